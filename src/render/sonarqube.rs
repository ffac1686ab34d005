//! SonarQube's generic issues, in the shape of version 10.3 and later: rules with their impacts, then issues.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Value, json};

use crate::diag::{Place, Report, RuleInfo, Severity};

use super::encode::write_json;
use super::escape::line;
use super::prose::sentence;
use super::region::region;
use super::selection::{headline, not_judged, opened};
use super::{Options, rule_page};

/// The rule of issues that stand for what could not be judged.
const NOT_JUDGED: &str = "template_not_scanned";
/// The most characters of one text.
const LONGEST: usize = 2000;

/// Writes a report as generic issues. Severities are those of rules: there are none of single issues.
///
/// # Errors
/// Those of the writer.
pub fn sonarqube(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let findings = opened(report, options);
    let used: BTreeSet<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    let used = report.rules.iter().filter(|rule| used.contains(&*rule.id));
    let mut rules: Vec<Value> = used.map(|rule| described(rule)).collect();
    let mut issues = Vec::new();
    for problem in not_judged(report) {
        issues.push(issue(NOT_JUDGED, &format!("Not judged: {}", problem.message), &problem.place));
    }
    if !issues.is_empty() {
        let why = "What could not be read was not judged, so that nothing is known of its safety.";
        rules.push(rule(NOT_JUDGED, "A template could not be scanned", why, Severity::High));
    }
    issues.extend(findings.iter().map(|finding| issue(&finding.rule, &headline(finding), &finding.place)));
    write_json(&json!({"rules": rules, "issues": issues}), out)
}

fn described(info: &RuleInfo) -> Value {
    let text = |text: &str| line(text, LONGEST);
    let title = if info.title.trim().is_empty() { &*info.id } else { &*info.title };
    let parts = [&*info.why, &*info.fix].map(|part| sentence(&text(part))).join(" ");
    let more = rule_page(info);
    rule(&info.id, &text(title), &format!("{parts} {more}"), info.severity)
}

fn rule(id: &str, name: &str, description: &str, severity: Severity) -> Value {
    // Of the two ways to say it, the second is that of servers in standard mode.
    let (impact, standard) = match severity {
        Severity::Critical => ("HIGH", "BLOCKER"),
        Severity::High => ("HIGH", "CRITICAL"),
        Severity::Medium => ("MEDIUM", "MAJOR"),
        Severity::Low => ("LOW", "MINOR"),
        Severity::Info => ("LOW", "INFO"),
    };
    json!({
        "id": id,
        "name": name,
        "description": description,
        "engineId": "cfnward",
        "cleanCodeAttribute": "TRUSTWORTHY",
        "type": "VULNERABILITY",
        "severity": standard,
        "impacts": [{"softwareQuality": "SECURITY", "severity": impact}],
    })
}

fn issue(rule: &str, message: &str, place: &Place) -> Value {
    let region = region(place);
    let mut range = json!({"startLine": region.start.line, "endLine": region.end.line});
    // A range of no width is refused, and the analysis with it.
    if let Some(range) = range.as_object_mut().filter(|_| !region.text.is_empty()) {
        range.insert("startColumn".to_owned(), region.start.utf16_column.saturating_sub(1).into());
        range.insert("endColumn".to_owned(), region.end.utf16_column.saturating_sub(1).into());
    }
    json!({
        "ruleId": rule,
        "primaryLocation": {
            "message": line(message, LONGEST),
            "filePath": line(&place.source.repository_path(), LONGEST),
            "textRange": range,
        },
    })
}
