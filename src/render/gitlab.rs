//! GitLab's two reports: of static analysis (SAST) and of code quality.

use std::io;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::diag::{FileKind, Finding, Place, Problem, Report, RuleInfo, Severity};

use super::encode::write_json;
use super::escape::line;
use super::markup::markdown_with_code;
use super::prose::shortened;
use super::region::region;
use super::selection::{UniqueKeys, headline, not_judged, opened, rules_by_id, weight};
use super::time::date_and_time;
use super::{HOME, Options, documented_at};

/// The version of the report's schema.
const SCHEMA_VERSION: &str = "15.2.1";
/// The most characters of one text.
const LONGEST: usize = 2000;
/// The most characters of a name.
const LONGEST_NAME: usize = 255;

/// Writes a report as a security report for static analysis.
///
/// # Errors
/// Those of the writer.
pub fn sast(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    let mut keys = UniqueKeys::default();
    let vulnerabilities: Vec<Value> = opened(report, options)
        .into_iter()
        .map(|finding| vulnerability(finding, rules.get(&*finding.rule).copied(), &keys.unique(&finding.fingerprint)))
        .collect();
    let messages: Vec<Value> = not_judged(report)
        .map(|problem| json!({"level": "warn", "value": format!("{}: {}", at(&problem.place), said(problem))}))
        .collect();
    let tool = json!({
        "id": "cfnward",
        "name": "cfnward",
        "url": HOME,
        "vendor": {"name": "cfnward"},
        "version": version(report),
    });
    // What was found earlier in a file that cannot be read now is not repaired.
    let complete = !report.files.iter().any(|file| file.kind == FileKind::Broken);
    let mut scan = json!({
        "analyzer": tool,
        "scanner": tool,
        "type": "sast",
        "start_time": date_and_time(options.started),
        "end_time": date_and_time(options.ended),
        "status": if complete { "success" } else { "failure" },
    });
    if let Some(scan) = scan.as_object_mut().filter(|_| !messages.is_empty()) {
        scan.insert("messages".to_owned(), messages.into());
    }
    write_json(&json!({"version": SCHEMA_VERSION, "scan": scan, "vulnerabilities": vulnerabilities}), out)
}

fn version(report: &Report) -> &str {
    if report.version.is_empty() { "unknown" } else { &report.version }
}

fn vulnerability(finding: &Finding, rule: Option<&RuleInfo>, key: &str) -> Value {
    let region = region(&finding.place);
    let title = rule.map(|rule| line(&rule.title, LONGEST)).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| line(&finding.rule, LONGEST));
    let severity = match weight(finding) {
        Some(Severity::Critical) => "Critical",
        Some(Severity::High) => "High",
        Some(Severity::Medium) => "Medium",
        Some(Severity::Low) => "Low",
        Some(Severity::Info) => "Info",
        None => "Unknown",
    };
    let mut description = markdown_with_code(&headline(finding), LONGEST);
    if let Some(rule) = rule.filter(|rule| !rule.why.trim().is_empty()) {
        description.push_str("\n\n");
        description.push_str(&markdown_with_code(&rule.why, LONGEST));
    }
    let name = line(&finding.rule, LONGEST);
    let mut primary = json!({"type": "cfnward_rule", "name": name, "value": name});
    if let (Some(page), Some(primary)) = (rule.and_then(documented_at), primary.as_object_mut()) {
        primary.insert("url".to_owned(), page.into());
    }
    let links = rule.map(|rule| &*rule.links).unwrap_or_default();
    let links: Vec<Value> =
        links.iter().filter(|link| link.starts_with("https://")).map(|link| json!({"url": link})).collect();
    let mut location = json!({
        "file": line(&finding.place.source.repository_path(), LONGEST),
        "start_line": region.start.line,
        "end_line": region.end.line,
    });
    if let (Some(resource), Some(location)) = (&finding.resource, location.as_object_mut()) {
        // The nearest that a template has to a class.
        location.insert("class".to_owned(), line(&resource.logical_id, LONGEST).into());
    }
    let mut vulnerability = json!({
        "id": uuid(key),
        "name": shortened(&title, LONGEST_NAME),
        "description": description,
        "severity": severity,
        "identifiers": [primary],
        "links": links,
        "location": location,
    });
    if let (Some(rule), Some(object)) = (rule, vulnerability.as_object_mut()) {
        object.insert("solution".to_owned(), markdown_with_code(&rule.fix, LONGEST).into());
    }
    vulnerability
}

/// An identifier in the shape of a UUID (version 8: made by rules of our own), the same for the same key.
fn uuid(key: &str) -> String {
    let mut bytes = [0_u8; 16];
    for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(key.as_bytes())) {
        *byte = hashed;
    }
    let number = u128::from_be_bytes(bytes);
    let versioned = (number & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{versioned:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// Writes a report as a code quality report.
///
/// # Errors
/// Those of the writer.
pub fn codequality(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut keys = UniqueKeys::default();
    let mut items = Vec::new();
    for problem in not_judged(report) {
        let key = format!("{}/{}/{}", problem.code.id(), problem.place.source.uri, problem.message);
        let message = format!("Not judged: {}", said(problem));
        items.push(item(problem.code.id(), &message, "critical", &problem.place, &keys.unique(&hexadecimal(&key))));
    }
    for finding in opened(report, options) {
        let severity = match weight(finding) {
            Some(Severity::Critical) => "blocker",
            Some(Severity::High) => "critical",
            Some(Severity::Medium) => "major",
            Some(Severity::Low) => "minor",
            Some(Severity::Info) | None => "info",
        };
        let key = keys.unique(&finding.fingerprint);
        items.push(item(&finding.rule, &headline(finding), severity, &finding.place, &key));
    }
    write_json(&items, out)
}

fn item(check: &str, description: &str, severity: &str, place: &Place, fingerprint: &str) -> Value {
    let region = region(place);
    json!({
        "description": line(description, LONGEST),
        "check_name": line(check, LONGEST),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": line(&place.source.repository_path(), LONGEST),
            "lines": {"begin": region.start.line, "end": region.end.line},
        },
    })
}

fn hexadecimal(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn at(place: &Place) -> String {
    format!("{}:{}", line(&place.source.repository_path(), LONGEST), place.start.line)
}

fn said(problem: &Problem) -> String {
    line(&problem.message, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_uuid_of_version_8() {
        let one = uuid("a");
        assert_eq!(one.len(), 36);
        assert_eq!(one.as_bytes()[14], b'8');
        assert!("89ab".contains(char::from(one.as_bytes()[19])));
        assert_ne!(one, uuid("b"));
    }
}
