//! What is shown of a report, in which order, and how much of it.
//!
//! Findings that read the same are one message. Messages stand in groups, groups in sections. When there are more than
//! a reader asked for, the worst of the surest section stay.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Class, Finding, Report, RuleInfo, Severity};
use crate::render::escape::line;
use crate::render::options::Grouping;
use crate::render::prose::{by_severity, count};

use super::LONGEST_TEXT;

/// Findings that read the same; never empty.
pub(super) struct Message<'a> {
    pub(super) first: &'a Finding,
    pub(super) others: Vec<&'a Finding>,
}

/// Messages under one heading, which is empty when there is nothing to tell groups apart.
pub(super) struct MessageGroup<'a> {
    pub(super) heading: String,
    pub(super) messages: Vec<Message<'a>>,
}

/// A kind of findings.
pub(super) struct Section<'a> {
    pub(super) heading: &'static str,
    pub(super) groups: Vec<MessageGroup<'a>>,
}

/// What is shown, and what is left out.
pub(super) struct Plan<'a> {
    pub(super) sections: Vec<Section<'a>>,
    /// Findings that are not shown because there are too many.
    pub(super) hidden: Vec<&'a Finding>,
}

/// What a group is made by. The first part orders the groups.
type Key<'a> = (usize, &'a str, &'a str);

/// Plans what is shown of a report.
pub(super) fn plan<'a>(report: &'a Report, options: &super::Options) -> Plan<'a> {
    let by_id: BTreeMap<&str, &RuleInfo> = report.rules.iter().map(|rule| (&*rule.id, &**rule)).collect();
    let of = |heading: &'static str, shown: bool, wanted: fn(&Finding) -> bool| {
        let findings = report.findings.iter().filter(|finding| shown && wanted(finding)).collect();
        Section { heading, groups: groups(findings, options.group_by, &by_id) }
    };
    let mut sections = vec![
        of("", true, |one| one.suppressed.is_none() && one.class.counts()),
        of("Possible: safe with the default, unsafe with another allowed value", true, |one| {
            one.suppressed.is_none() && one.class == Class::Possible
        }),
        of("Unsure: nothing in the template decides it", options.show_unsure, |one| {
            one.suppressed.is_none() && one.class == Class::Unsure
        }),
        of("Suppressed: somebody silenced it", options.show_suppressed, |one| one.suppressed.is_some()),
    ];
    let hidden = options.max_shown.map(|most| cut(&mut sections, most)).unwrap_or_default();
    sections.retain(|section| !section.groups.is_empty());
    Plan { sections, hidden }
}

fn groups<'a>(
    findings: Vec<&'a Finding>,
    grouping: Grouping,
    rules: &BTreeMap<&str, &'a RuleInfo>,
) -> Vec<MessageGroup<'a>> {
    let mut groups: BTreeMap<Key<'a>, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(key(finding, grouping)).or_default().push(finding);
    }
    let alone = groups.len() == 1 && grouping != Grouping::Rule;
    let group = |(key, findings): (Key<'a>, Vec<&'a Finding>)| MessageGroup {
        heading: if alone { String::new() } else { heading(key, grouping, &findings, rules) },
        messages: messages(findings),
    };
    groups.into_iter().map(group).collect()
}

fn key(finding: &Finding, grouping: Grouping) -> Key<'_> {
    let path = finding.place.source.display.as_str();
    let worst_first = Severity::ALL.iter().rev().position(|one| *one == finding.severity).unwrap_or_default();
    match grouping {
        Grouping::File => (0, path, ""),
        Grouping::Rule => (worst_first, &finding.rule, ""),
        Grouping::Severity => (worst_first, finding.severity.as_str(), ""),
        Grouping::Resource => (0, path, finding.resource.as_ref().map_or("", |resource| &resource.logical_id)),
    }
}

fn heading(key: Key<'_>, grouping: Grouping, findings: &[&Finding], rules: &BTreeMap<&str, &RuleInfo>) -> String {
    let number = count(findings.len(), "finding");
    let (_, name, below) = key;
    let counts = format!("{number} ({})", by_severity(findings.iter().copied()));
    let text = match grouping {
        Grouping::File => format!("{name}: {counts}"),
        Grouping::Severity => format!("{name}: {number}"),
        Grouping::Rule => match rules.get(name) {
            Some(rule) if !rule.title.is_empty() => format!("{name}: {number}. {}", rule.title),
            _ => format!("{name}: {number}"),
        },
        Grouping::Resource => {
            let kind = findings.first().and_then(|one| one.resource.as_ref()).map(|one| one.resource_type.as_str());
            match kind {
                Some(kind) => format!("{below} ({kind}) in {name}: {counts}"),
                None => format!("{name}: {counts}"),
            }
        }
    };
    line(&text, LONGEST_TEXT)
}

fn messages(findings: Vec<&Finding>) -> Vec<Message<'_>> {
    let by = |one: &Finding| one.suppressed.clone().map(|by| (by.kind, by.tool, by.reason, by.owner, by.until));
    let alike =
        |one: &'_ Finding| (one.rule.clone(), one.severity, one.class, one.message.clone(), one.when.clone(), by(one));
    let mut messages: Vec<Message<'_>> = Vec::new();
    let mut places = BTreeMap::new();
    for finding in findings {
        let place = *places.entry(alike(finding)).or_insert(messages.len());
        match messages.get_mut(place) {
            Some(message) => message.others.push(finding),
            None => messages.push(Message { first: finding, others: Vec::new() }),
        }
    }
    messages
}

/// Leaves at most that many messages: the worst of the first sections. Returns the findings of the others.
fn cut<'a>(sections: &mut [Section<'a>], most: usize) -> Vec<&'a Finding> {
    let mut order = Vec::new();
    for (section, one) in sections.iter().enumerate() {
        for (number, message) in one.groups.iter().flat_map(|group| &group.messages).enumerate() {
            order.push((section, std::cmp::Reverse(message.first.severity), number));
        }
    }
    order.sort_unstable();
    let kept: BTreeSet<(usize, usize)> =
        order.into_iter().take(most).map(|(section, _, number)| (section, number)).collect();
    let mut hidden = Vec::new();
    for (section, one) in sections.iter_mut().enumerate() {
        let mut number = 0;
        for group in &mut one.groups {
            group.messages.retain(|message| {
                let stays = kept.contains(&(section, number));
                number += 1;
                if !stays {
                    hidden.push(message.first);
                    hidden.extend(&message.others);
                }
                stays
            });
        }
        one.groups.retain(|group| !group.messages.is_empty());
    }
    hidden
}
