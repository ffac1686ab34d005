//! The findings of two versions of the same templates: which are the same, which are new, which are gone.
//!
//! A finding is known again by its fingerprint, which names the file as the newer version has it; and if its resource got
//! another logical id, by everything else that it says, as long as the resource itself is the same. An old finding
//! stands for one new finding at most.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Class, Code, Difference, FileKind, Finding, Problem, Report};
use crate::syntax::read;
use crate::text::SourceFile;

use super::checker::hint;
use super::written_path::WrittenPaths;

/// One version of the templates: what was found in them, and what their resources look like.
#[derive(Debug, Default)]
pub struct Side {
    /// What was found, settled.
    pub report: Report,
    /// A short name of what stands below each resource, by file and logical id.
    bodies: BTreeMap<(String, String), String>,
}

impl Side {
    /// A version of which this was found.
    #[must_use]
    pub fn new(report: Report) -> Self {
        Self { report, bodies: BTreeMap::new() }
    }

    /// Remembers the resources of a text, so that one that was renamed can be known again.
    pub fn add(&mut self, source: &SourceFile) {
        let name = source.name();
        let read = read(source.text(), hint(&name.display));
        let document = &read.document;
        let Some(resources) = document.root().and_then(|root| document.get(root, "Resources")) else { return };
        let paths = WrittenPaths::new(document, document.root());
        for pair in document.pairs(resources.value) {
            if let Some(logical_id) = document.text(pair.key) {
                let body = paths.content(pair.value);
                self.bodies.insert((name.uri.clone(), logical_id.to_owned()), body);
            }
        }
    }

    /// What the resource of a finding looks like.
    fn body(&self, finding: &Finding) -> Option<&str> {
        self.bodies.get(&resource_key(finding)?).map(String::as_str)
    }

    /// Whether there is a resource of that name in the file of the finding.
    fn has_resource_of(&self, finding: &Finding) -> bool {
        resource_key(finding).is_some_and(|key| self.bodies.contains_key(&key))
    }
}

fn resource_key(finding: &Finding) -> Option<(String, String)> {
    let resource = finding.resource.as_ref()?;
    Some((finding.place.source.uri.clone(), resource.logical_id.clone()))
}

/// What a change introduces: the newer version's report, with the findings and problems only that the older one does not
/// have, and with what became of the others in its `difference`. `base` names the older version.
///
/// A finding is introduced too when it was there before but did not count, when it was silenced, or when it holds in
/// deployments in which it did not hold before.
#[must_use]
pub fn keep_introduced(new: Side, old: &Side, base: &str) -> Report {
    let partners = partners(&new, old);
    let mut report = new.report;
    let mut difference = Difference { base: base.to_owned(), ..Difference::default() };
    let mut known = BTreeSet::new();
    let mut kept = Vec::new();
    for (finding, partner) in report.findings.into_iter().zip(partners) {
        known.extend(partner);
        let before = partner.and_then(|number| old.report.findings.get(number));
        if let Some(before) = before.filter(|before| counts(before) && !counts(&finding)) {
            if finding.suppressed.is_none() {
                difference.fixed.push(before.clone());
            }
        }
        if before.is_some_and(|before| excuses(before, &finding)) {
            difference.unchanged += usize::from(counts(&finding));
            continue;
        }
        difference.introduced += usize::from(counts(&finding));
        difference.silenced += usize::from(finding.suppressed.is_some() && finding.class.counts());
        kept.push(finding);
    }
    report.findings = kept;
    // Of what cannot be read any more nobody knows what is fixed.
    let whole_before =
        |uri: &str| old.report.files.iter().any(|file| file.source.uri == uri && file.kind == FileKind::Template);
    let unread = |finding: &Finding| {
        let uri = &finding.place.source.uri;
        report.files.iter().filter(|file| file.source.uri == *uri).any(|file| match file.kind {
            FileKind::Broken | FileKind::Templated => true,
            FileKind::Partial => whole_before(uri),
            FileKind::Template | FileKind::NotTemplate => false,
        })
    };
    let gone = old.report.findings.iter().enumerate().filter(|(number, _)| !known.contains(number));
    let gone = gone.map(|(_, finding)| finding).filter(|finding| counts(finding) && !unread(finding));
    difference.fixed.extend(gone.cloned());
    difference
        .fixed
        .sort_by(|a, b| (&a.place.source, a.place.span, &a.rule).cmp(&(&b.place.source, b.place.span, &b.rule)));
    report.difference = Some(difference);
    keep_new_problems(&mut report, &old.report);
    report
}

/// For each new finding the number of the old one that it is, if there is one.
fn partners(new: &Side, old: &Side) -> Vec<Option<usize>> {
    let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // The first one shall be taken first.
    for (number, finding) in old.report.findings.iter().enumerate().rev() {
        free.entry(&finding.fingerprint).or_default().push(number);
    }
    let findings = &new.report.findings;
    let mut partners: Vec<Option<usize>> =
        findings.iter().map(|finding| free.get_mut(&*finding.fingerprint).and_then(Vec::pop)).collect();
    let mut left: BTreeSet<usize> = free.into_values().flatten().collect();
    for (finding, partner) in findings.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
        let Some(body) = new.body(finding).filter(|_| !old.has_resource_of(finding)) else { continue };
        let same = |number: &&usize| {
            old.report.findings.get(**number).is_some_and(|before| {
                before.rule == finding.rule
                    && before.place.source.uri == finding.place.source.uri
                    && before.property == finding.property
                    && old.body(before) == Some(body)
                    && !new.has_resource_of(before)
            })
        };
        *partner = left.iter().find(same).copied();
        if let Some(number) = partner {
            left.remove(number);
        }
    }
    partners
}

/// Whether a finding counts towards the exit code.
fn counts(finding: &Finding) -> bool {
    finding.suppressed.is_none() && finding.class.counts()
}

/// Whether a finding is nothing new to those who had the older one.
fn excuses(old: &Finding, new: &Finding) -> bool {
    match (&old.suppressed, &new.suppressed) {
        (Some(_), None) | (None, Some(_)) => false,
        (Some(_), Some(_)) => true,
        (None, None) => !new.class.counts() || (old.class.counts() && !is_wider(old, new)),
    }
}

/// Whether a finding holds where the older one did not.
fn is_wider(old: &Finding, new: &Finding) -> bool {
    let ways = |finding: &Finding| finding.through.iter().map(|way| way.text.clone()).collect::<BTreeSet<String>>();
    let (old_ways, new_ways) = (ways(old), ways(new));
    // Without a way it holds wherever the template is deployed.
    if !old_ways.is_empty() && (new_ways.is_empty() || !new_ways.is_subset(&old_ways)) {
        return true;
    }
    match (old.class, new.class) {
        (Class::Default | Class::When, Class::Always) | (Class::When, Class::Default) => true,
        (Class::When, Class::When) => !choices(new).is_subset(&choices(old)),
        _ => false,
    }
}

/// What stands in the brackets at the end of a way for a finding to hold.
fn chosen(way: &str) -> Option<&str> {
    way.strip_suffix(')')?.rsplit_once(" (").map(|(_, chosen)| chosen)
}

/// The parameters that are chosen in each way for a finding to hold, without the conditions that they amount to: those
/// can be renamed.
fn choices(finding: &Finding) -> BTreeSet<&str> {
    finding.when.iter().map(|way| chosen(way).unwrap_or(way)).collect()
}

/// Leaves out the problems that the older version has too.
fn keep_new_problems(report: &mut Report, old: &Report) {
    let key = |problem: &Problem| (problem.place.source.uri.clone(), problem.code, problem.message.clone());
    let mut known: BTreeMap<(String, Code, String), usize> = BTreeMap::new();
    for problem in &old.problems {
        *known.entry(key(problem)).or_default() += 1;
    }
    report.problems.retain(|problem| match known.get_mut(&key(problem)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
}
