//! One part of the files, so that several runs share the work.
//!
//! Files that ask for one another (nested stacks, included files, the templates of a CDK app) are a family and stay
//! together, so what is said of them does not hang on where the cut lies. Exports are looked for in all files.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::check::{Mentions, Names, asks};
use crate::cli::arguments::Shard;
use crate::diag::{Code, Report};
use crate::template::prefilter;
use crate::walk::Found;

use super::together::{assemblies, text_of};

/// The part of the files that one run judges.
pub(super) struct Share {
    /// Their numbers.
    pub(super) files: BTreeSet<usize>,
    /// The numbers of all files that may export something.
    pub(super) exporting: BTreeSet<usize>,
}

/// What a look at a file says.
struct Glance {
    /// How much work it is: its size, if it will be judged.
    weight: u64,
    exports: bool,
    /// The files that it asks for.
    asked: Vec<usize>,
}

impl Share {
    /// The part that a shard has. The same files are always split in the same way, into parts of about the same size.
    pub(super) fn of(found: &[Found], shard: Shard, limit: u64) -> Self {
        let names = Names::new(found.iter().map(|file| file.name.display.as_str()));
        let glances: Vec<Glance> = found.par_iter().map(|file| glance(file, &names, limit)).collect();
        let mut families = Families::new(found.len());
        for (number, glance) in glances.iter().enumerate() {
            glance.asked.iter().for_each(|other| families.unite(number, *other));
        }
        for assembly in assemblies(found, limit) {
            let mut members = (0..found.len())
                .filter(|number| found.get(*number).is_some_and(|file| assembly.has(&file.name.display)));
            if let Some(first) = members.next() {
                members.for_each(|other| families.unite(first, other));
            }
        }
        let mut weights: BTreeMap<usize, u64> = BTreeMap::new();
        for (number, glance) in glances.iter().enumerate() {
            *weights.entry(families.first(number)).or_default() += glance.weight;
        }
        // The largest first, each to the part that has the least so far.
        let mut sorted: Vec<(usize, u64)> = weights.into_iter().collect();
        sorted.sort_by_key(|(first, weight)| (Reverse(*weight), *first));
        let mut loads: BTreeSet<(u64, usize, usize)> = (0..shard.of).map(|number| (0, 0, number)).collect();
        let mut ours = BTreeSet::new();
        for (first, weight) in sorted {
            let Some((load, files, number)) = loads.pop_first() else { break };
            if number + 1 == shard.number {
                ours.insert(first);
            }
            loads.insert((load.saturating_add(weight), files + 1, number));
        }
        let files = (0..found.len()).filter(|number| ours.contains(&families.first(*number))).collect();
        let exporting = glances.iter().enumerate().filter(|(_, glance)| glance.exports).map(|(number, _)| number);
        Self { files, exporting: exporting.collect() }
    }
}

fn glance(file: &Found, names: &Names, limit: u64) -> Glance {
    let Some(source) = text_of(file, limit) else { return Glance { weight: 0, exports: false, asked: Vec::new() } };
    let bytes = source.text().as_bytes();
    let mentions = Mentions::of(bytes);
    let asked = if mentions.files {
        asks(&source).iter().filter_map(|ask| names.find(&file.name.display, ask)).collect()
    } else {
        Vec::new()
    };
    let judged = file.explicit || prefilter(bytes);
    Glance { weight: if judged { bytes.len() as u64 } else { 0 }, exports: mentions.exports, asked }
}

/// Which files belong together.
struct Families {
    /// For each file one of its family with a lower number, or itself.
    lower: Vec<usize>,
}

impl Families {
    fn new(files: usize) -> Self {
        Self { lower: (0..files).collect() }
    }

    /// The first of a file's family.
    fn first(&mut self, file: usize) -> usize {
        let mut at = file;
        while let Some(&lower) = self.lower.get(at)
            && lower != at
        {
            let next = self.lower.get(lower).copied().unwrap_or(lower);
            if let Some(known) = self.lower.get_mut(at) {
                *known = next;
            }
            at = next;
        }
        at
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        if let Some(known) = self.lower.get_mut(a.max(b)) {
            *known = a.min(b);
        }
    }
}

/// Takes out what only a scan of all files can know: that something has nothing to silence.
pub(super) fn leave_out_unknown(report: &mut Report) {
    report.problems.retain(|problem| !matches!(problem.code, Code::ConfigurationUnused | Code::BaselineStale));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_named_by_their_first() {
        let mut families = Families::new(7);
        for (a, b) in [(5, 6), (4, 5), (1, 6), (3, 2)] {
            families.unite(a, b);
        }
        let firsts: Vec<usize> = (0..7).map(|file| families.first(file)).collect();
        assert_eq!(firsts, [0, 1, 2, 2, 1, 1, 1]);
    }
}
