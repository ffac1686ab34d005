//! JSON Lines: one object on each line, for reports that are too long to be read at once.
//!
//! Each line has a `type` (`file`, `finding`, `problem`, `judgement`, and `summary` on the last one) and besides it the
//! fields of the definition of that name in `json-v1.schema.json`; the last one has `version`, `tool` and, for a change,
//! `diff` besides. A report without its last line was cut off.

use std::io;

use serde::Serialize;

use crate::diag::Report;
use crate::render::Options;
use crate::render::encode::write_json_line;
use crate::render::selection::rules_by_id;

use super::{File, Summary, Tool, WireDifference, WireFinding, WireJudgement, WireProblem};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    File(File<'a>),
    Finding(WireFinding<'a>),
    Problem(WireProblem<'a>),
    Judgement(WireJudgement<'a>),
    Summary(LastLine<'a>),
}

#[derive(Serialize)]
struct LastLine<'a> {
    version: u32,
    tool: Tool<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<WireDifference<'a>>,
    #[serde(flatten)]
    summary: Summary,
}

/// Writes a whole report as JSON Lines: every finding of every class, suppressed ones too, and the counts at the end.
///
/// # Errors
/// Those of the writer.
pub fn json_lines(report: &Report, _options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    for file in &report.files {
        write_json_line(&Line::File(File::new(file)), out)?;
    }
    let rules = rules_by_id(report);
    for finding in &report.findings {
        let controls = rules.get(&*finding.rule).map_or(&[][..], |rule| &rule.controls);
        write_json_line(&Line::Finding(WireFinding::new(finding, controls)), out)?;
    }
    for problem in &report.problems {
        write_json_line(&Line::Problem(WireProblem::new(problem)), out)?;
    }
    for judgement in &report.coverage.judgements {
        write_json_line(&Line::Judgement(WireJudgement::new(judgement)), out)?;
    }
    let last = LastLine {
        version: super::VERSION,
        tool: Tool::new(report),
        diff: report.difference.as_ref().map(WireDifference::new),
        summary: Summary::new(report),
    };
    write_json_line(&Line::Summary(last), out)
}
