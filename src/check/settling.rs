//! What templates give by themselves and what they give where they are nested, brought together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Class, Code, Finding, Report};
use crate::text::{SourceName, Span};

use super::fingerprint::repeated;

/// The most ways of nesting that one finding names.
const WAYS: usize = 8;

/// What makes two findings one.
type Key = (Arc<SourceName>, Span, Arc<str>, String, Box<str>);

/// Leaves out what nested stacks give when their template gives it by itself as surely, what a template leaves open when
/// a stack settles it, suppressions that are only unused where a template is judged by itself, and problems that are said
/// twice.
pub fn settle(report: &mut Report) {
    let silencing = std::mem::take(&mut report.silencing);
    report.problems.retain(|problem| {
        let unused = matches!(problem.code, Code::SuppressionUnused | Code::SuppressionForeign);
        !unused || !silencing.contains(&(Arc::clone(&problem.place.source), problem.place.span))
    });
    if !report.findings.iter().any(|finding| !finding.through.is_empty()) {
        remove_repeated_problems(report);
        return;
    }
    // In place: two lists of all findings at a time are a good part of what a long report takes.
    let nested: Vec<Finding> = report.findings.extract_if(.., |finding| !finding.through.is_empty()).collect();
    let mut merged: BTreeMap<Key, Finding> = BTreeMap::new();
    for finding in sorted(nested) {
        match merged.get_mut(&key(&finding)) {
            Some(known) if known.class == finding.class => {
                known.through.extend(finding.through);
            }
            // They are sorted by class, the surest first.
            Some(_) => {}
            None => {
                merged.insert(key(&finding), finding);
            }
        }
    }
    report.findings.retain(|finding| {
        let key = key(finding);
        let settled = !finding.class.counts() && merged.get(&key).is_some_and(|nested| nested.class.counts());
        if !settled {
            merged.remove(&key);
        }
        !settled
    });
    let own: BTreeSet<&str> = report.findings.iter().map(|finding| &*finding.fingerprint).collect();
    let mut taken: BTreeSet<Box<str>> = BTreeSet::new();
    let mut added = Vec::with_capacity(merged.len());
    for (_, mut finding) in merged {
        finding.through.sort_by(|a, b| a.text.cmp(&b.text));
        finding.through.truncate(WAYS);
        let base = finding.fingerprint.clone();
        let mut occurrence = 1;
        while own.contains(&*finding.fingerprint) || !taken.insert(finding.fingerprint.clone()) {
            occurrence += 1;
            finding.fingerprint = repeated(&base, occurrence).into();
        }
        added.push(finding);
    }
    report.findings.extend(added);
    remove_repeated_problems(report);
}

fn key(finding: &Finding) -> Key {
    let resource = finding.resource.as_ref().map(|resource| resource.logical_id.clone()).unwrap_or_default();
    let place = &finding.place;
    (Arc::clone(&place.source), place.span, Arc::clone(&finding.rule), resource, finding.property.clone())
}

/// The surest first, then in the order of the ways that lead there.
fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    let way = |finding: &Finding| finding.through.first().map(|label| label.text.clone());
    findings.sort_by_cached_key(|finding| (class_number(finding.class), way(finding)));
    findings
}

fn class_number(class: Class) -> usize {
    Class::ALL.iter().position(|other| *other == class).unwrap_or(usize::MAX)
}

/// A file that several templates include is read once for each.
fn remove_repeated_problems(report: &mut Report) {
    let mut seen = BTreeSet::new();
    report.problems.retain(|problem| {
        let place = &problem.place;
        seen.insert((Arc::clone(&place.source), place.span, problem.code, problem.message.clone()))
    });
}
