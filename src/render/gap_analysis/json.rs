//! For programs.

use std::io;

use serde_json::{Value, json};

use crate::diag::{AreaGap, Finding, GapAnalysis, RuleGap, Severity, Tally};
use crate::render::encode::write_json;

/// The version of the form; it grows when a key changes its meaning or goes.
const VERSION: u32 = 1;

/// Writes the gap analysis as JSON, version 1.
///
/// # Errors
/// When writing fails.
pub fn gap_analysis_json(analysis: &GapAnalysis, out: &mut dyn io::Write) -> io::Result<()> {
    let rules: serde_json::Map<String, Value> =
        analysis.rules.iter().map(|(readiness, count)| (readiness.as_str().to_owned(), json!(count))).collect();
    let offender = |path: &str, counts: &[(Severity, usize)]| json!({"path": path, "findings": severities(counts)});
    let document = json!({
        "version": VERSION,
        "tool": {"name": "cfnward", "version": analysis.version},
        "packs": analysis.packs,
        "templates": analysis.templates,
        "resources": analysis.resources,
        "rules": rules,
        "counts": tally(analysis.tally),
        "findings": severities(&analysis.by_severity),
        "areas": analysis.areas.iter().map(area).collect::<Vec<_>>(),
        "offenders": analysis.offenders.iter().map(|one| offender(&one.path, &one.by_severity)).collect::<Vec<_>>(),
        "incomplete": analysis
            .incomplete
            .iter()
            .map(|(path, kind)| json!({"path": path, "kind": kind.as_str()}))
            .collect::<Vec<_>>(),
    });
    write_json(&document, out)
}

fn area(area: &AreaGap) -> Value {
    let tasks: Vec<Value> = area
        .tasks
        .iter()
        .map(|task| {
            json!({
                "name": task.name,
                "state": task.tally.readiness().as_str(),
                "counts": tally(task.tally),
                "rules": task.rules.iter().map(|gap| rule(gap)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({"name": area.name, "tasks": tasks})
}

fn tally(tally: Tally) -> Value {
    json!({
        "failing": tally.failing,
        "unsure": tally.unsure,
        "passing": tally.passing,
        "notApplicable": tally.not_applicable,
    })
}

fn severities(by_severity: &[(Severity, usize)]) -> Value {
    by_severity.iter().map(|(severity, count)| (severity.as_str().to_owned(), json!(count))).collect()
}

fn rule(gap: &RuleGap) -> Value {
    json!({
        "rule": &*gap.rule.id,
        "title": gap.rule.title,
        "controls": gap.rule.controls,
        "severity": gap.rule.severity.as_str(),
        "state": gap.tally.readiness().as_str(),
        "counts": tally(gap.tally),
        "findings": gap.findings,
        "evidence": gap.evidence.iter().map(evidence).collect::<Vec<_>>(),
    })
}

fn evidence(finding: &Finding) -> Value {
    json!({
        "path": finding.place.source.display,
        "line": finding.place.start.line,
        "column": finding.place.start.column,
        "resource": finding.resource.as_ref().map(|resource| &resource.logical_id),
        "message": finding.message,
        "when": finding.deployments(),
        "fingerprint": finding.fingerprint,
    })
}
