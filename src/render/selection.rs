//! What formats tell of a report: one rule for all of them.
//!
//! Formats for programs (JSON, JSON Lines, CSV) carry everything and say what each finding is. Formats that open
//! something for each finding (an annotation, an issue, a test that fails) carry the findings that count, and with
//! `show_unsure` those that nobody can decide too, at the least weight; never silenced ones. Documents for people have
//! sections, as the terminal has them. All of them say what could not be judged.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::diag::{Class, Difference, Finding, Level, Problem, Report, RuleInfo, Severity, Suppression};

use super::Options;
use super::prose::{by_severity, count};

/// The findings for which a format opens something, the worst first.
pub(super) fn opened<'a>(report: &'a Report, options: &Options) -> Vec<&'a Finding> {
    let wanted = |one: &&Finding| one.suppressed.is_none() && (one.class.counts() || options.show_unsure);
    let mut findings: Vec<&Finding> = report.findings.iter().filter(wanted).collect();
    findings.sort_by_key(|one| Reverse(weight(one)));
    findings
}

/// How much a finding weighs where something is opened for it; `None`, the least, when it does not count.
pub(super) fn weight(finding: &Finding) -> Option<Severity> {
    finding.class.counts().then_some(finding.severity)
}

/// The word for that weight: the severity, or why it has none.
pub(super) fn weight_word(finding: &Finding) -> &'static str {
    if finding.class.counts() { finding.severity.as_str() } else { finding.class.as_str() }
}

/// What could not be judged: silence about it would look like safety.
pub(super) fn not_judged(report: &Report) -> impl Iterator<Item = &Problem> {
    report.problems.iter().filter(|problem| problem.code.level() == Level::Error)
}

/// Findings under one heading.
pub(super) struct Section<'a> {
    /// What they have in common; empty for those that count.
    pub(super) heading: &'static str,
    pub(super) findings: Vec<&'a Finding>,
}

/// The findings of a document for people, the worst of each section first; sections without any are left out.
pub(super) fn sections<'a>(report: &'a Report, options: &Options) -> Vec<Section<'a>> {
    let section = |heading, wanted: fn(&Finding) -> bool| {
        let mut findings: Vec<&Finding> = report.findings.iter().filter(|one| wanted(one)).collect();
        findings.sort_by_key(|one| Reverse(one.severity));
        Section { heading, findings }
    };
    let mut sections = vec![
        section("", |one| one.suppressed.is_none() && one.class.counts()),
        section("Possible: safe with the default, unsafe with another allowed value", |one| {
            one.suppressed.is_none() && one.class == Class::Possible
        }),
    ];
    if options.show_unsure {
        sections.push(section("Unsure: nothing in the template decides it", |one| {
            one.suppressed.is_none() && one.class == Class::Unsure
        }));
    }
    if options.show_suppressed {
        sections.push(section("Suppressed: somebody silenced it", |one| one.suppressed.is_some()));
    }
    sections.retain(|section| !section.findings.is_empty());
    sections
}

/// When a finding holds, in words; empty when it always does.
pub(super) fn deployments(finding: &Finding) -> String {
    match finding.class {
        Class::Always => String::new(),
        Class::Default if finding.when.is_empty() => "when every parameter keeps its default".to_owned(),
        Class::Unsure if finding.when.is_empty() => {
            let what = finding.depends_on.join(", ");
            if what.is_empty() { "unsure".to_owned() } else { format!("unsure, it depends on {what}") }
        }
        Class::Possible => format!("possible: {}", finding.when.join("; or ")),
        _ => format!("when {}", finding.when.join("; or ")),
    }
}

/// What a finding says, and when it holds.
pub(super) fn headline(finding: &Finding) -> String {
    let when = deployments(finding);
    if when.is_empty() { finding.message.to_string() } else { format!("{} ({when})", finding.message) }
}

/// Who silenced a finding, and why; `None` when nobody did.
pub(super) fn silenced(finding: &Finding) -> Option<String> {
    finding.suppressed.as_deref().map(silenced_by)
}

/// A suppression in words.
pub(super) fn silenced_by(by: &Suppression) -> String {
    let foreign = if by.tool == "cfnward" { String::new() } else { format!(" for {}", by.tool) };
    let at = by.place.as_ref().map(|place| format!(" ({}:{})", place.source.display, place.start.line));
    let owner = by.owner.as_ref().map(|owner| format!(" of {owner}"));
    let until = by.until.map(|until| format!(" until {until}"));
    let reason = by.reason.as_ref().map(|reason| format!(": {reason}"));
    let rest = [at, owner, until, reason].map(Option::unwrap_or_default).concat();
    format!("by {}{foreign}{rest}", by.kind.as_str())
}

/// What a change does to the findings, besides what it introduces.
pub(super) fn compared(difference: &Difference) -> String {
    let base = difference.base.get(..12).unwrap_or(&difference.base);
    let base = if base.is_empty() { "nothing".to_owned() } else { format!("commit {base}") };
    format!(
        "compared with {base}: {} introduced, {} fixed, {} silenced, {} as before",
        difference.introduced,
        difference.fixed.len(),
        difference.silenced,
        difference.unchanged
    )
}

/// The counts of a report in one line.
pub(super) fn totals(report: &Report) -> String {
    let counts = report.summary();
    let severities = by_severity(report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts()));
    let severities = if severities.is_empty() { severities } else { format!(" ({severities})") };
    format!(
        "{}{severities} in {}, {}; {}",
        count(counts.findings, "finding"),
        count(counts.templates, "template"),
        count(counts.resources, "resource"),
        count(counts.problems, "problem")
    )
}

/// How many findings of a severity count.
pub(super) fn counting(report: &Report, severity: Severity) -> usize {
    let counts = |one: &&Finding| one.suppressed.is_none() && one.class.counts() && one.severity == severity;
    report.findings.iter().filter(counts).count()
}

/// What the counts do not show, in words: files that were not judged, findings that are not counted.
pub(super) fn remarks(report: &Report, options: &Options) -> Vec<String> {
    let counts = report.summary();
    let hidden = |shown: bool| if shown { "" } else { ", not shown" };
    let numbers = [
        (counts.broken, "template", "not judged: unreadable or malformed".to_owned()),
        (counts.templated, "file", "not judged: to be rendered first".to_owned()),
        (counts.possible, "possible finding", "not counted".to_owned()),
        (counts.unsure, "unsure finding", format!("not counted{}", hidden(options.show_unsure))),
        (counts.suppressed, "suppressed finding", format!("not counted{}", hidden(options.show_suppressed))),
    ];
    let numbers = numbers.into_iter().filter(|(number, ..)| *number > 0);
    let numbers = numbers.map(|(number, noun, remark)| format!("{} {remark}", count(number, noun)));
    report.difference.iter().map(compared).chain(numbers).collect()
}

/// The rules of a report by id.
pub(super) fn rules_by_id(report: &Report) -> BTreeMap<&str, &RuleInfo> {
    report.rules.iter().map(|rule| (&*rule.id, &**rule)).collect()
}

/// Keys of which no two are the same.
#[derive(Default)]
pub(super) struct UniqueKeys {
    seen: BTreeMap<String, usize>,
}

impl UniqueKeys {
    /// The key itself the first time, with a number after that.
    pub(super) fn unique(&mut self, key: &str) -> String {
        let seen = self.seen.entry(key.to_owned()).or_default();
        *seen += 1;
        if *seen == 1 { key.to_owned() } else { format!("{key}:{seen}") }
    }
}
