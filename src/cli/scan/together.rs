//! The files of a scan judged together, without holding more of them than those that have to do with each other.
//!
//! Files that mention no other are judged as they are read. The texts of the others wait until all have been looked
//! through; then the files that they ask for are read, if the scan found them, and they are judged among these. A template
//! never decides what is opened: it can only ask for files that the scan has found anyway.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};

use crate::check::{Assembly, Exports, Input, Mentions, Names, Neighbours};
use crate::diag::Report;
use crate::text::SourceFile;
use crate::walk::{self, Found};

use super::shards::Share;
use super::{Scanner, source_of};

/// Which files are judged.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'w> {
    /// All.
    All,
    /// These, and all that have to do with others.
    Changed(&'w BTreeSet<usize>),
    /// These alone: none of them has to do with one that is not among them.
    Share(&'w Share),
}

/// What becomes of a file when it is first read.
enum First {
    /// It is judged, and may export something.
    Judged(Box<Report>, bool),
    /// Nobody asked for it, and it may export something.
    PassedOver(bool),
    /// It has to be judged among others.
    Waits(Box<SourceFile>, Mentions),
}

/// Judges the files that are wanted, each among the others. Calls `done` for each, from any thread.
pub(super) fn judge_all(
    scanner: &Scanner<'_>,
    found: &[Found],
    wanted: Wanted<'_>,
    done: &(dyn Fn() + Sync),
) -> Vec<Report> {
    let assemblies = assemblies(found, scanner.settings.limits.file_size);
    let first: Vec<First> = found
        .par_iter()
        .enumerate()
        .map(|(number, file)| {
            let is_wanted = match wanted {
                Wanted::All => true,
                Wanted::Changed(changed) => changed.contains(&number),
                Wanted::Share(share) if share.files.contains(&number) => true,
                Wanted::Share(share) => {
                    done();
                    return First::PassedOver(share.exporting.contains(&number));
                }
            };
            first(scanner, file, is_wanted, &assemblies, done)
        })
        .collect();
    let mut passed_over = BTreeSet::new();
    let mut reports = Vec::with_capacity(first.len());
    let mut waiting: BTreeMap<usize, SourceFile> = BTreeMap::new();
    let mut exporting = BTreeSet::new();
    let mut any_imports = false;
    for (number, one) in first.into_iter().enumerate() {
        match one {
            First::Judged(report, exports) => {
                reports.push(*report);
                if exports {
                    exporting.insert(number);
                }
            }
            First::PassedOver(exports) => {
                passed_over.insert(number);
                if exports {
                    exporting.insert(number);
                }
            }
            First::Waits(source, mentions) => {
                waiting.insert(number, *source);
                any_imports |= mentions.imports;
                if mentions.exports {
                    exporting.insert(number);
                }
            }
        }
    }
    if waiting.is_empty() {
        return reports;
    }
    let names = Names::new(found.iter().map(|file| file.name.display.as_str()));
    let asked = asked(scanner, found, &names, &waiting);
    let exports = if any_imports { exports(scanner, found, &waiting, &exporting) } else { Exports::default() };
    let mut neighbours = Neighbours::new(names);
    for (&number, source) in waiting.iter().chain(&asked) {
        neighbours.add(number, source);
    }
    neighbours.set_exports(exports);
    for assembly in assemblies {
        neighbours.add_assembly(assembly);
    }
    // What a stack is made of is judged by itself too: only so it is known what its template gives anyway.
    let parts = asked.iter().filter(|(number, _)| passed_over.contains(number));
    let judged: Vec<(&usize, &SourceFile)> = waiting.iter().chain(parts).collect();
    let among: Vec<Report> = judged
        .par_iter()
        .map(|&(&number, source)| {
            let file = found.get(number);
            let explicit = file.is_some_and(|file| file.explicit);
            let path = file.map(|file| file.path.as_path());
            let report = scanner.judge_source(path, Input { source, explicit }, Some(&neighbours));
            done();
            report
        })
        .collect();
    reports.extend(among);
    reports
}

fn first(
    scanner: &Scanner<'_>,
    file: &Found,
    is_wanted: bool,
    assemblies: &[Assembly],
    done: &(dyn Fn() + Sync),
) -> First {
    let source = match source_of(&file.name, file.read(scanner.settings.limits.file_size), file.explicit) {
        Ok(source) => source,
        Err(report) => {
            done();
            return if is_wanted { First::Judged(report, false) } else { First::PassedOver(false) };
        }
    };
    let mentions = Mentions::of(source.text().as_bytes());
    if mentions.is_reaching() || assemblies.iter().any(|assembly| assembly.has(&file.name.display)) {
        return First::Waits(Box::new(source), mentions);
    }
    if !is_wanted {
        done();
        return First::PassedOver(mentions.exports);
    }
    let input = Input { source: &source, explicit: file.explicit };
    let report = scanner.judge_source(Some(&file.path), input, None);
    done();
    First::Judged(Box::new(report), mentions.exports)
}

/// The text of a file that the scan found, whatever it is.
pub(super) fn text_of(file: &Found, limit: u64) -> Option<SourceFile> {
    let text = walk::decode(file.read(limit).ok()?).ok()?;
    Some(SourceFile::new(file.name.clone(), text))
}

/// What CDK apps among the files say of their templates.
pub(super) fn assemblies(found: &[Found], limit: u64) -> Vec<Assembly> {
    let manifests = found.iter().filter(|file| Assembly::is_name(&file.name.display));
    manifests.filter_map(|file| Assembly::read(&text_of(file, limit)?)).collect()
}

/// The files that the waiting ones ask for, directly and through others.
fn asked(
    scanner: &Scanner<'_>,
    found: &[Found],
    names: &Names,
    waiting: &BTreeMap<usize, SourceFile>,
) -> BTreeMap<usize, SourceFile> {
    let numbers = |source: &SourceFile| -> Vec<usize> {
        if !Mentions::of(source.text().as_bytes()).files {
            return Vec::new();
        }
        scanner.asks(source).iter().filter_map(|ask| names.find(&source.name().display, ask)).collect()
    };
    let limit = scanner.settings.limits.file_size;
    let mut asked: BTreeMap<usize, SourceFile> = BTreeMap::new();
    let mut open: Vec<usize> = waiting.par_iter().flat_map_iter(|(_, source)| numbers(source)).collect();
    while !open.is_empty() {
        open.sort_unstable();
        open.dedup();
        open.retain(|number| !waiting.contains_key(number) && !asked.contains_key(number));
        let read: Vec<(usize, SourceFile)> = std::mem::take(&mut open)
            .into_par_iter()
            .filter_map(|number| Some((number, text_of(found.get(number)?, limit)?)))
            .collect();
        open = read.par_iter().flat_map_iter(|(_, source)| numbers(source)).collect();
        asked.extend(read);
    }
    asked
}

fn exports(
    scanner: &Scanner<'_>,
    found: &[Found],
    waiting: &BTreeMap<usize, SourceFile>,
    exporting: &BTreeSet<usize>,
) -> Exports {
    let exports = exporting.par_iter().flat_map_iter(|number| match waiting.get(number) {
        Some(source) => scanner.exports(source),
        None => {
            let source = found.get(*number).and_then(|file| text_of(file, scanner.settings.limits.file_size));
            source.map(|source| scanner.exports(&source)).unwrap_or_default()
        }
    });
    Exports::new(exports.collect::<Vec<_>>())
}
