//! reviewdog's diagnostics (rdjsonl): one object on each line, columns in bytes.
//!
//! reviewdog puts messages into comments as Markdown, so what templates say is escaped for that.

use std::io;

use serde_json::{Value, json};

use crate::diag::{Place, Report, Severity};

use super::encode::write_json_line;
use super::escape::line;
use super::markup::markdown_with_code;
use super::region::region;
use super::selection::{headline, not_judged, opened, rules_by_id, weight};
use super::{HOME, Options, documented_at};

/// The most characters of one text.
const LONGEST: usize = 2000;

/// Writes a report as diagnostics.
///
/// # Errors
/// Those of the writer.
pub fn rdjsonl(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    for problem in not_judged(report) {
        let message = markdown_with_code(&format!("Not judged: {}", problem.message), LONGEST);
        let code = json!({"value": problem.code.id()});
        write_json_line(&diagnostic(message, "ERROR", &problem.place, code), out)?;
    }
    for finding in opened(report, options) {
        let severity = match weight(finding) {
            Some(Severity::Critical | Severity::High) => "ERROR",
            Some(Severity::Medium) => "WARNING",
            Some(Severity::Low | Severity::Info) | None => "INFO",
        };
        let mut message = markdown_with_code(&headline(finding), LONGEST);
        let rule = rules.get(&*finding.rule);
        if let Some(rule) = rule.filter(|rule| !rule.fix.trim().is_empty()) {
            message.push_str("\n\n");
            message.push_str(&markdown_with_code(&rule.fix, LONGEST));
        }
        let mut code = json!({"value": &*finding.rule});
        if let (Some(page), Some(code)) = (rule.and_then(|rule| documented_at(rule)), code.as_object_mut()) {
            code.insert("url".to_owned(), page.into());
        }
        write_json_line(&diagnostic(message, severity, &finding.place, code), out)?;
    }
    Ok(())
}

fn diagnostic(message: String, severity: &str, place: &Place, code: Value) -> Value {
    let region = region(place);
    json!({
        "message": message,
        "location": {
            "path": line(&place.source.display, LONGEST),
            "range": {
                "start": {"line": region.start.line, "column": region.start.byte_column},
                "end": {"line": region.end.line, "column": region.end.byte_column},
            },
        },
        "severity": severity,
        "source": {"name": "cfnward", "url": HOME},
        "code": code,
    })
}
