//! GitHub's workflow commands: annotations in the checks of a pull request, without code scanning.
//!
//! GitHub shows ten annotations of each level of one step, in the order in which they come, and drops the rest
//! silently. So the worst come first, not more than that are written, and what was left out is said.

use std::io;

use crate::diag::{Finding, Place, Problem, Report, Severity};

use super::Options;
use super::escape::line;
use super::region::region;
use super::selection::{deployments, not_judged, opened, rules_by_id, totals, weight, weight_word};

/// The annotations of one level that GitHub shows.
const MOST: usize = 10;
/// The most characters of one text.
const LONGEST: usize = 1000;

/// The levels of an annotation, the worst first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn of(finding: &Finding) -> Self {
        match weight(finding) {
            Some(Severity::Critical | Severity::High) => Self::Error,
            Some(Severity::Medium) => Self::Warning,
            Some(Severity::Low | Severity::Info) | None => Self::Notice,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// Writes a report as workflow commands, and the counts on the last line.
///
/// # Errors
/// Those of the writer.
pub fn github(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    let findings = opened(report, options);
    let problems: Vec<&Problem> = not_judged(report).collect();
    let on = |level: Level| findings.iter().copied().filter(move |one| Level::of(one) == level);
    let total = |level: Level| on(level).count() + if level == Level::Error { problems.len() } else { 0 };
    // The word about what was left out is a notice itself.
    let cut = Level::ALL.into_iter().any(|level| total(level) > MOST);
    let room = |level: Level| if cut && level == Level::Notice { MOST - 1 } else { MOST };
    let mut left_out = Vec::new();
    for level in Level::ALL {
        let mut room = room(level);
        let missing = total(level).saturating_sub(room);
        if missing > 0 {
            left_out.push(format!("{missing} of level {}", level.as_str()));
        }
        if level == Level::Error {
            for problem in problems.iter().take(room) {
                let title = format!("Not judged: {}", problem.code.id());
                let mut message = vec![line(&problem.message, LONGEST)];
                message.extend(problem.help.iter().map(|help| line(help, LONGEST)));
                annotation(level, &problem.place, &title, &message, out)?;
            }
            room = room.saturating_sub(problems.len());
        }
        for finding in on(level).take(room) {
            let mut message = vec![line(&finding.message, LONGEST)];
            message.extend(Some(line(&deployments(finding), LONGEST)).filter(|when| !when.is_empty()));
            message.extend(rules.get(&*finding.rule).map(|rule| format!("Fix: {}", line(&rule.fix, LONGEST))));
            let title = format!("{}: {}", weight_word(finding), finding.rule);
            annotation(level, &finding.place, &title, &message, out)?;
        }
    }
    if !left_out.is_empty() {
        let title = property("cfnward");
        writeln!(
            out,
            "::notice title={title}::Left out, as GitHub shows {MOST} of each level: {}",
            left_out.join(", ")
        )?;
    }
    writeln!(out, "{}", totals(report))
}

fn annotation(level: Level, place: &Place, title: &str, message: &[String], out: &mut dyn io::Write) -> io::Result<()> {
    let region = region(place);
    let file = property(&line(&place.source.repository_path(), LONGEST));
    write!(out, "::{} file={file},line={},endLine={}", level.as_str(), region.start.line, region.end.line)?;
    // With columns an annotation of several lines is dropped.
    if region.start.line == region.end.line {
        write!(out, ",col={},endColumn={}", region.start.column, region.end.column)?;
    }
    let message: Vec<String> = message.iter().map(|text| escaped(text)).collect();
    writeln!(out, ",title={}::{}", property(&line(title, LONGEST)), message.join("%0A"))
}

/// Text of a message as the runner reads it.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property as the runner reads it.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runner_reads_is_what_was_said() {
        assert_eq!(escaped("100%\r\n::x"), "100%25%0D%0A::x");
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
