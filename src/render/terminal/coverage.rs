//! What was judged: totals, and every resource when that was asked for.

use std::collections::BTreeMap;
use std::io;

use crate::diag::{FileKind, Report, Severity, Verdict};
use crate::render::Options;
use crate::render::escape::line;
use crate::render::prose::{count, wrapped};

use super::look;

/// The most rules that are listed.
const MOST_RULES: usize = 10;
/// The columns before the text of an entry.
const ENTRY_INDENT: usize = 15;
/// The most reasons that are listed.
const MOST_REASONS: usize = 12;
/// The most characters of a name or a reason.
const LONGEST: usize = 120;

/// Writes the totals: what was found most often, and what was judged.
pub(super) fn totals(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut often: BTreeMap<&str, (Severity, usize)> = BTreeMap::new();
    for finding in report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts()) {
        often.entry(&finding.rule).or_insert((finding.severity, 0)).1 += 1;
    }
    let mut often: Vec<(&str, (Severity, usize))> = often.into_iter().collect();
    often.sort_by(|a, b| (b.1.1, b.1.0, a.0).cmp(&(a.1.1, a.1.0, b.0)));
    if !often.is_empty() {
        writeln!(out, "\n{}", look::heading("Most often", options))?;
    }
    for (rule, (severity, number)) in often.iter().take(MOST_RULES) {
        let word = look::severity(&format!("{:8}", severity.as_str()), *severity, options);
        writeln!(out, "  {number:>6}  {word}  {}", line(rule, LONGEST))?;
    }
    if often.len() > MOST_RULES {
        writeln!(out, "          and {}", count(often.len() - MOST_RULES, "other rule"))?;
    }
    let coverage = &report.coverage;
    let files = |kind: FileKind| report.files.iter().filter(|file| file.kind == kind).count();
    let kinds = [
        (files(FileKind::Template), "whole"),
        (files(FileKind::Partial), "in part"),
        (files(FileKind::Broken), "broken"),
        (files(FileKind::Templated), "to be rendered first"),
        (files(FileKind::NotTemplate) + report.other_files, "no template"),
    ];
    writeln!(out, "\n{}", look::heading("Coverage", options))?;
    let mut entry = |name: &str, text: &str| {
        let room = options.width.saturating_sub(ENTRY_INDENT).max(20);
        for (number, one) in wrapped(text, room).lines().enumerate() {
            let name = if number == 0 { name } else { "" };
            writeln!(out, "  {name:11}  {one}")?;
        }
        io::Result::Ok(())
    };
    if let Some(elapsed) = options.elapsed {
        entry("time", &format!("{:.2} s", elapsed.as_secs_f64()))?;
    }
    entry("rules", &format!("{} ran, {} found something", report.rules.len(), often.len()))?;
    entry("files", &parts(&kinds))?;
    let judged = coverage.resources - coverage.without_rule.min(coverage.resources);
    entry("resources", &format!("{judged} judged, {} of types without a rule", coverage.without_rule))?;
    let verdicts = [
        (coverage.count(Verdict::Pass), "pass"),
        (coverage.count(Verdict::Fail), "fail"),
        (coverage.count(Verdict::NotApplicable), "not applicable"),
        (coverage.count(Verdict::Unsure), "unsure"),
    ];
    entry("questions", &format!("{}: {}", coverage.questions, parts(&verdicts)))?;
    let deployments = format!(
        "for a question {}, for 99 of 100 at most {}, at most {}; too many in {}",
        coverage.percentile(50),
        coverage.percentile(99),
        coverage.percentile(100),
        count(coverage.capped_templates, "template"),
    );
    entry("deployments", &deployments)?;
    let mut reasons: Vec<(&String, usize)> = coverage.reasons.iter().map(|(reason, count)| (reason, *count)).collect();
    reasons.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    if !reasons.is_empty() {
        writeln!(out, "  unsure because of")?;
    }
    for (reason, count) in reasons.iter().take(MOST_REASONS) {
        writeln!(out, "    {count:>6}  {}", line(reason, LONGEST))?;
    }
    if reasons.len() > MOST_REASONS {
        writeln!(out, "            and {}", count(reasons.len() - MOST_REASONS, "other reason"))?;
    }
    Ok(())
}

/// Writes a line for each resource that rules were asked of.
pub(super) fn resources(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let judgements = &report.coverage.judgements;
    let mut path = "";
    for group in judgements.chunk_by(|a, b| a.place.source == b.place.source && a.resource == b.resource) {
        let Some(first) = group.first() else { continue };
        if path != first.place.source.display {
            path = &first.place.source.display;
            writeln!(out, "\n{}", line(path, LONGEST))?;
        }
        let subject = match &first.resource {
            Some((id, kind)) => format!("{} {}", line(id, LONGEST), line(kind, LONGEST)),
            None => "the template".to_owned(),
        };
        let of = |verdict: Verdict| group.iter().filter(|one| one.verdict == verdict).count();
        let verdicts = [
            (of(Verdict::Fail), "fail"),
            (of(Verdict::Unsure), "unsure"),
            (of(Verdict::Pass), "pass"),
            (of(Verdict::NotApplicable), "not applicable"),
        ];
        writeln!(out, "  {subject}: {}", parts(&verdicts))?;
        let mut unsure: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for one in group.iter().filter(|one| one.verdict == Verdict::Unsure) {
            unsure.entry(one.reasons.join(", ")).or_default().push(&one.rule);
        }
        for (reason, rules) in unsure {
            writeln!(out, "    unsure, depends on {}: {}", line(&reason, LONGEST), line(&rules.join(", "), LONGEST))?;
        }
    }
    Ok(())
}

/// Counts in words, those of nothing left out.
fn parts(parts: &[(usize, &str)]) -> String {
    let shown: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}
