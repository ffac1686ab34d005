//! What changed between two scans.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

use crate::cli::output::visible;
use crate::diag::{FileKind, Finding, Report};

/// The most findings of each kind that are listed.
const MOST: usize = 10;

/// The findings that came and went.
pub(super) struct Change<'a> {
    new: Vec<&'a Finding>,
    fixed: Vec<&'a Finding>,
    /// Those of templates that can no longer be read or judged whole: nobody knows.
    unknown: Vec<&'a Finding>,
}

impl<'a> Change<'a> {
    /// What came and went between two reports. A finding that only moved is the same.
    pub(super) fn between(before: &'a Report, after: &'a Report) -> Self {
        let unread: BTreeSet<&str> = after
            .files
            .iter()
            .filter(|file| file.kind != FileKind::Template)
            .map(|file| file.source.display.as_str())
            .collect();
        let (before, after) = (counting(before), counting(after));
        let without = |all: &BTreeMap<Identity<'a>, &'a Finding>, others: &BTreeMap<Identity<'a>, &'a Finding>| {
            all.iter().filter(|(one, _)| !others.contains_key(*one)).map(|(_, finding)| *finding).collect::<Vec<_>>()
        };
        let gone: Vec<&'a Finding> = without(&before, &after);
        let (unknown, fixed) = gone.into_iter().partition(|one| unread.contains(one.place.source.display.as_str()));
        Self { new: without(&after, &before), fixed, unknown }
    }

    /// Writes a line for each.
    pub(super) fn list(&self, out: &mut dyn Write) -> io::Result<()> {
        for (word, findings) in [("new", &self.new), ("fixed", &self.fixed), ("?", &self.unknown)] {
            for finding in findings.iter().take(MOST) {
                let place = format!("{}:{}", finding.place.source.display, finding.place.start.line);
                let severity = finding.severity.as_str();
                writeln!(out, "  {word:5}  {severity:8}  {}  {}", visible(&finding.rule), visible(&place))?;
            }
            if findings.len() > MOST {
                writeln!(out, "  {word:5}  and {} more", findings.len() - MOST)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.new.len(), self.fixed.len()) {
            (0, 0) if self.unknown.is_empty() => write!(formatter, "nothing new, nothing fixed")?,
            (new, fixed) => write!(formatter, "{new} new, {fixed} fixed")?,
        }
        match self.unknown.len() {
            0 => Ok(()),
            unknown => write!(formatter, ", {unknown} in templates that cannot be judged now,"),
        }
    }
}

/// The file, the fingerprint, and which of those with the same it is.
type Identity<'a> = (&'a str, &'a str, usize);

fn counting(report: &Report) -> BTreeMap<Identity<'_>, &Finding> {
    let mut found = BTreeMap::new();
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts()) {
        let key = (finding.place.source.display.as_str(), &*finding.fingerprint);
        let number = seen.entry(key).or_default();
        found.insert((key.0, key.1, *number), finding);
        *number += 1;
    }
    found
}
