//! One line for each finding: `path:line:column: severity[rule] message`, as editors and problem matchers read it.

use std::io;

use crate::diag::{Place, Report};

use super::Options;
use super::escape::line;
use super::selection::{headline, not_judged, opened, totals, weight_word};

/// The most characters of a path or a message.
const LONGEST: usize = 1000;

/// Writes a report as lines that begin with a place, and the counts on the last one.
///
/// # Errors
/// Those of the writer.
pub fn concise(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    for problem in not_judged(report) {
        writeln!(out, "{}: error[{}] {}", at(&problem.place), problem.code.id(), line(&problem.message, LONGEST))?;
    }
    for finding in opened(report, options) {
        let (weight, rule) = (weight_word(finding), line(&finding.rule, LONGEST));
        writeln!(out, "{}: {weight}[{rule}] {}", at(&finding.place), line(&headline(finding), LONGEST))?;
    }
    writeln!(out, "{}", totals(report))
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", line(&place.source.display, LONGEST), place.start.line, place.start.column)
}
