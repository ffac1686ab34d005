//! Azure Pipelines' logging commands: issues of a run.

use std::io;

use crate::diag::{Place, Report, Severity};

use super::Options;
use super::escape::line;
use super::selection::{headline, not_judged, opened, totals, weight};

/// The most characters of one text.
const LONGEST: usize = 1000;

/// Writes a report as logging commands, and the counts on the last line.
///
/// # Errors
/// Those of the writer.
pub fn azure(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    for problem in not_judged(report) {
        issue("error", &problem.place, problem.code.id(), &problem.message, out)?;
    }
    for finding in opened(report, options) {
        let serious = matches!(weight(finding), Some(Severity::Critical | Severity::High));
        // There are two kinds of issues only.
        let kind = if serious { "error" } else { "warning" };
        issue(kind, &finding.place, &finding.rule, &headline(finding), out)?;
    }
    writeln!(out, "{}", totals(report))
}

fn issue(kind: &str, place: &Place, code: &str, message: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let path = property(&line(&place.source.repository_path(), LONGEST));
    writeln!(
        out,
        "##vso[task.logissue type={kind};sourcepath={path};linenumber={};columnnumber={};code={}]{}",
        place.start.line,
        place.start.column,
        property(&line(code, LONGEST)),
        escaped(&line(message, LONGEST))
    )
}

/// Text of a message as the agent reads it.
fn escaped(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property as the agent reads it.
fn property(text: &str) -> String {
    escaped(text).replace(';', "%3B").replace(']', "%5D")
}
