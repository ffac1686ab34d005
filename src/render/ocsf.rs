//! OCSF 1.5: a list of compliance findings (class 2003).
//!
//! A template has no account and no region unless somebody says which, and what it describes has no ARN yet. What is
//! not known is left out, never made up: who sends these on to Security Hub adds it there.

use std::io;

use serde_json::{Map, Value, json};

use crate::diag::{Confidence, Finding, Place, Problem, Report, RuleInfo, Severity};

use super::encode::write_json;
use super::escape::line;
use super::selection::{UniqueKeys, headline, not_judged, opened, rules_by_id, weight};
use super::{HOME, Options, documented_at};

/// The version of the schema.
const VERSION: &str = "1.5.0";
/// The most characters of one text.
const LONGEST: usize = 4000;

/// Writes a report as a list of compliance findings: those that count fail, and what could not be judged is a warning,
/// which in this format means that the check came to no result.
///
/// # Errors
/// Those of the writer.
pub fn ocsf(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    let mut keys = UniqueKeys::default();
    let mut events = Vec::new();
    for problem in not_judged(report) {
        events.push(unjudged(problem, report, options, &mut keys));
    }
    for finding in opened(report, options) {
        let rule = rules.get(&*finding.rule).copied();
        events.push(event(finding, rule, report, options, &mut keys));
    }
    write_json(&events, out)
}

/// The fields that every event has.
fn base(
    report: &Report,
    options: &Options,
    severity: Option<Severity>,
    code: &str,
    message: &str,
) -> Map<String, Value> {
    let (severity_id, severity) = match severity {
        None => (0, "Unknown"),
        Some(Severity::Info) => (1, "Informational"),
        Some(Severity::Low) => (2, "Low"),
        Some(Severity::Medium) => (3, "Medium"),
        Some(Severity::High) => (4, "High"),
        Some(Severity::Critical) => (5, "Critical"),
    };
    let mut metadata = json!({
        "version": VERSION,
        "product": {"name": "cfnward", "vendor_name": "cfnward", "version": report.version, "url_string": HOME},
        "event_code": line(code, LONGEST),
    });
    let mut event = json!({
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200_301,
        "type_name": "Compliance Finding: Create",
        "time": options.ended.saturating_mul(1000),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "message": line(message, LONGEST),
    });
    if let Some(cloud) = cloud(options) {
        insert(&mut event, "cloud", cloud);
        insert(&mut metadata, "profiles", json!(["cloud"]));
    }
    insert(&mut event, "metadata", metadata);
    event.as_object().cloned().unwrap_or_default()
}

/// What is known of the account; nothing unless somebody said so.
fn cloud(options: &Options) -> Option<Value> {
    let mut cloud = json!({"provider": "AWS"});
    if options.account_id.is_none() && options.region.is_none() {
        return None;
    }
    if let Some(account) = &options.account_id {
        insert(&mut cloud, "account", json!({"uid": account, "type": "AWS Account", "type_id": 10}));
    }
    if let Some(region) = &options.region {
        insert(&mut cloud, "region", json!(region));
    }
    Some(cloud)
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn place(place: &Place) -> Value {
    json!({
        "path": line(&place.source.repository_path(), LONGEST),
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    })
}

fn event(
    finding: &Finding,
    rule: Option<&RuleInfo>,
    report: &Report,
    options: &Options,
    keys: &mut UniqueKeys,
) -> Value {
    let text = |text: &str| line(text, LONGEST);
    let mut event = base(report, options, weight(finding), &finding.rule, &headline(finding));
    let title = rule.map(|rule| text(&rule.title)).filter(|title| !title.is_empty());
    let mut info = json!({
        "uid": keys.unique(&finding.fingerprint),
        "title": title.unwrap_or_else(|| text(&finding.rule)),
        "desc": text(&headline(finding)),
        "created_time": options.ended.saturating_mul(1000),
        "analytic": {"uid": text(&finding.rule), "name": text(&finding.rule), "type_id": 1, "type": "Rule"},
        "data_sources": [text(&finding.place.source.repository_path())],
    });
    let failed = finding.class.counts();
    let mut compliance = json!({
        "status_id": if failed { 3 } else { 2 },
        "status": if failed { "Fail" } else { "Warning" },
        "control": text(&finding.rule),
    });
    if let Some(rule) = rule {
        insert(&mut info, "types", json!([text(&rule.category)]));
        if let Some(page) = documented_at(rule) {
            insert(&mut info, "src_url", json!(page));
        }
        insert(&mut compliance, "desc", json!(text(&rule.why)));
        let standards: Vec<String> = rule.frameworks.iter().map(|one| text(&one.name)).collect();
        let requirements = rule
            .frameworks
            .iter()
            .flat_map(|one| one.requirements.iter().map(|requirement| text(&format!("{} {requirement}", one.name))));
        insert(&mut compliance, "requirements", json!(requirements.collect::<Vec<_>>()));
        insert(&mut compliance, "standards", json!(standards));
        event.insert("remediation".to_owned(), json!({"desc": text(&rule.fix), "references": rule.links}));
        let (confidence_id, confidence) = match rule.confidence {
            Confidence::Low => (1, "Low"),
            Confidence::Medium => (2, "Medium"),
            Confidence::High => (3, "High"),
        };
        event.insert("confidence_id".to_owned(), json!(confidence_id));
        event.insert("confidence".to_owned(), json!(confidence));
    }
    let mut data = place(&finding.place);
    if !finding.property.is_empty() {
        insert(&mut data, "property", json!(text(&finding.property)));
    }
    let mut resource = json!({"data": data});
    if let Some(named) = &finding.resource {
        insert(&mut resource, "name", json!(text(&named.logical_id)));
        insert(&mut resource, "type", json!(text(&named.resource_type)));
    }
    if let Some(region) = &options.region {
        insert(&mut resource, "region", json!(region));
    }
    let witness: Map<String, Value> =
        finding.witness.iter().map(|one| (text(&one.name), text(&one.value).into())).collect();
    let when: Vec<String> = finding.when.iter().map(|way| text(way)).collect();
    event.insert("finding_info".to_owned(), info);
    event.insert("compliance".to_owned(), compliance);
    event.insert("resources".to_owned(), json!([resource]));
    event.insert("unmapped".to_owned(), json!({"class": finding.class.as_str(), "when": when, "witness": witness}));
    event.into()
}

/// The event of something that could not be judged.
fn unjudged(problem: &Problem, report: &Report, options: &Options, keys: &mut UniqueKeys) -> Value {
    let code = problem.code.id();
    let message = format!("Not judged: {}", problem.message);
    let mut event = base(report, options, None, code, &message);
    let key = keys.unique(&line(&format!("{code}/{}/{}", problem.place.source.uri, problem.message), LONGEST));
    let info = json!({
        "uid": key,
        "title": problem.code.description().trim(),
        "desc": line(&message, LONGEST),
        "created_time": options.ended.saturating_mul(1000),
        "data_sources": [line(&problem.place.source.repository_path(), LONGEST)],
    });
    event.insert("finding_info".to_owned(), info);
    event.insert("compliance".to_owned(), json!({"status_id": 2, "status": "Warning", "control": code}));
    event.insert("resources".to_owned(), json!([{"data": place(&problem.place)}]));
    event.into()
}
