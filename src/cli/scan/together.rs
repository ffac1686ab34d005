//! The files of a scan judged together, without holding more of them than those that have to do with each other.
//!
//! Files that mention no other are judged as they are read. The others wait until all have been looked through; then the
//! files that they ask for are read, if the scan found them, and they are judged among these. Only the texts of files that
//! others ask for are held. A template never decides what is opened: it can only ask for files that the scan has found
//! anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use rayon::iter::{
    IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelBridge as _, ParallelIterator as _,
};

use crate::check::{Ask, Assembly, Exports, Input, Mentions, Names, Neighbours};
use crate::cli::kept::{Kept, Part};
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
    /// It is judged.
    Judged(Part),
    /// Nobody asked for it.
    PassedOver,
    /// It has to be judged among others, of which it asks for these.
    Waits(Vec<Ask>),
}

/// What is known when all files have been looked through.
#[derive(Default)]
struct Looked {
    passed_over: BTreeSet<usize>,
    /// The files that are judged among others, with what they ask for.
    waiting: BTreeMap<usize, Vec<Ask>>,
    exporting: BTreeSet<usize>,
    any_imports: bool,
}

/// What the files give that are wanted, each judged among the others: in the order of the files, so that nothing hangs on
/// the number of threads. Calls `done` for each, from any thread.
pub(super) fn judge_all(scanner: &Scanner<'_>, found: &[Found], wanted: Wanted<'_>, done: &(dyn Fn() + Sync)) -> Kept {
    let mut kept = Kept::new(scanner.rules);
    let assemblies = assemblies(found, scanner.settings.limits.file_size);
    let looked = Mutex::new(Looked::default());
    let in_order = InOrder::new(&mut kept);
    // One after the other rather than in halves: so few results wait for those before them.
    found.iter().enumerate().par_bridge().for_each(|(number, file)| {
        let is_wanted = match wanted {
            Wanted::All => true,
            Wanted::Changed(changed) => changed.contains(&number),
            Wanted::Share(share) => share.files.contains(&number),
        };
        let (first, mentions) = match wanted {
            // What there is to know of it is known.
            Wanted::Share(share) if !is_wanted => {
                done();
                let exports = share.exporting.contains(&number);
                (First::PassedOver, Mentions { exports, ..Mentions::default() })
            }
            _ => first(scanner, file, is_wanted, &assemblies, done),
        };
        let mut looked = looked.lock().unwrap_or_else(PoisonError::into_inner);
        if mentions.exports {
            looked.exporting.insert(number);
        }
        let part = match first {
            First::Judged(part) => Some(part),
            First::PassedOver => {
                looked.passed_over.insert(number);
                None
            }
            First::Waits(asks) => {
                looked.waiting.insert(number, asks);
                looked.any_imports |= mentions.imports;
                None
            }
        };
        drop(looked);
        in_order.add(number, part);
    });
    let Looked { passed_over, waiting, exporting, any_imports } =
        looked.into_inner().unwrap_or_else(PoisonError::into_inner);
    if waiting.is_empty() {
        return kept;
    }
    let names = Names::new(found.iter().map(|file| file.name.display.as_str()));
    let asked = asked(scanner, found, &names, &waiting);
    let exports = if any_imports { exports(scanner, found, &exporting) } else { Exports::default() };
    let mut neighbours = Neighbours::new(names);
    for (&number, source) in &asked {
        neighbours.add(number, source);
    }
    neighbours.set_exports(exports);
    for assembly in assemblies {
        neighbours.add_assembly(assembly);
    }
    // What a stack is made of is judged by itself too: only so it is known what its template gives anyway.
    let parts = asked.keys().filter(|number| passed_over.contains(number));
    let judged: Vec<usize> = waiting.keys().chain(parts).copied().collect();
    let in_order = InOrder::new(&mut kept);
    judged.iter().enumerate().par_bridge().for_each(|(place, number)| {
        let part = found.get(*number).map(|file| {
            let judge = |source: &SourceFile| {
                scanner.part(&file.path, Input { source, explicit: file.explicit }, Some(&neighbours))
            };
            match asked.get(number) {
                Some(source) => judge(source),
                // Its text was not kept, as no other file asks for it.
                None => match source_of(&file.name, file.read(scanner.settings.limits.file_size), file.explicit) {
                    Ok(source) => judge(&source),
                    Err(report) => Part::packed(*report, scanner.rules),
                },
            }
        });
        done();
        in_order.add(place, part);
    });
    kept
}

/// Brings reports that come in any order into that of their numbers.
struct InOrder<'r> {
    state: Mutex<Gathering<'r>>,
}

struct Gathering<'r> {
    kept: &'r mut Kept,
    next: usize,
    /// Those that came before one whose number is smaller.
    early: BTreeMap<usize, Option<Part>>,
}

impl<'r> InOrder<'r> {
    /// What is added goes to the end of `kept`.
    fn new(kept: &'r mut Kept) -> Self {
        Self { state: Mutex::new(Gathering { kept, next: 0, early: BTreeMap::new() }) }
    }

    /// Adds what the file with that number gives; each number has to come once.
    fn add(&self, number: usize, part: Option<Part>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Gathering { kept, next, early } = &mut *state;
        early.insert(number, part);
        while let Some(part) = early.remove(next) {
            *next += 1;
            if let Some(part) = part {
                kept.add(part);
            }
        }
    }
}

fn first(
    scanner: &Scanner<'_>,
    file: &Found,
    is_wanted: bool,
    assemblies: &[Assembly],
    done: &(dyn Fn() + Sync),
) -> (First, Mentions) {
    let source = match source_of(&file.name, file.read(scanner.settings.limits.file_size), file.explicit) {
        Ok(source) => source,
        Err(report) => {
            done();
            let first = if is_wanted { First::Judged(Part::packed(*report, scanner.rules)) } else { First::PassedOver };
            return (first, Mentions::default());
        }
    };
    let mentions = Mentions::of(source.text().as_bytes());
    if mentions.is_reaching() || assemblies.iter().any(|assembly| assembly.has(&file.name.display)) {
        return (First::Waits(if mentions.files { scanner.asks(&source) } else { Vec::new() }), mentions);
    }
    if !is_wanted {
        done();
        return (First::PassedOver, mentions);
    }
    let input = Input { source: &source, explicit: file.explicit };
    let part = scanner.part(&file.path, input, None);
    done();
    (First::Judged(part), mentions)
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

/// The texts of the files that the waiting ones ask for, directly and through others.
fn asked(
    scanner: &Scanner<'_>,
    found: &[Found],
    names: &Names,
    waiting: &BTreeMap<usize, Vec<Ask>>,
) -> BTreeMap<usize, SourceFile> {
    let find =
        |from: &str, asks: &[Ask]| -> Vec<usize> { asks.iter().filter_map(|ask| names.find(from, ask)).collect() };
    let limit = scanner.settings.limits.file_size;
    let mut asked: BTreeMap<usize, SourceFile> = BTreeMap::new();
    let mut open: Vec<usize> = Vec::new();
    for (number, asks) in waiting {
        let from = found.get(*number).map_or("", |file| &file.name.display);
        open.extend(find(from, asks));
    }
    while !open.is_empty() {
        open.sort_unstable();
        open.dedup();
        open.retain(|number| !asked.contains_key(number));
        let read: Vec<(usize, SourceFile)> = std::mem::take(&mut open)
            .into_par_iter()
            .filter_map(|number| Some((number, text_of(found.get(number)?, limit)?)))
            .collect();
        let further = |(number, source): &(usize, SourceFile)| -> Vec<usize> {
            // What waiting files ask for is known.
            if waiting.contains_key(number) || !Mentions::of(source.text().as_bytes()).files {
                return Vec::new();
            }
            find(&source.name().display, &scanner.asks(source))
        };
        open = read.par_iter().flat_map_iter(further).collect();
        asked.extend(read);
    }
    asked
}

fn exports(scanner: &Scanner<'_>, found: &[Found], exporting: &BTreeSet<usize>) -> Exports {
    let exports = exporting.par_iter().flat_map_iter(|number| {
        let source = found.get(*number).and_then(|file| text_of(file, scanner.settings.limits.file_size));
        source.map(|source| scanner.exports(&source)).unwrap_or_default()
    });
    Exports::new(exports.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cli::kept::rule_ids;
    use crate::diag::{FileKind, FileReport, Report};
    use crate::text::SourceName;

    #[test]
    fn reports_are_added_up_in_the_order_of_their_numbers() {
        let of = |name: &str| {
            let source = Arc::new(SourceName::from_display(name));
            let file = FileReport { source, kind: FileKind::Template, resources: 0 };
            Some(Part::Whole(Box::new(Report { files: vec![file], ..Report::default() })))
        };
        let mut kept = Kept::new(&rule_ids(&[]));
        let in_order = InOrder::new(&mut kept);
        for (number, part) in [(2, of("c")), (0, of("a")), (3, None), (4, of("e")), (1, of("b"))] {
            in_order.add(number, part);
        }
        drop(in_order);
        let mut whole = Report::default();
        kept.unpack(&mut whole, true);
        let names: Vec<&str> = whole.files.iter().map(|file| file.source.display.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "e"]);
    }
}
