//! The report of one file as it is kept: plain data, in which names of files and rules stand once.
//!
//! The words of enumerations are numbers in their lists. Another build of the program never reads what this one wrote.

use serde::{Deserialize, Serialize};

use crate::diag::{FileKind, Verdict};

pub(in crate::cli) const KINDS: [FileKind; 5] =
    [FileKind::Template, FileKind::Partial, FileKind::NotTemplate, FileKind::Templated, FileKind::Broken];
pub(in crate::cli) const VERDICTS: [Verdict; 4] =
    [Verdict::Fail, Verdict::Unsure, Verdict::Pass, Verdict::NotApplicable];
#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireReport<'w> {
    #[serde(borrow)]
    pub(in crate::cli) names: Vec<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(in crate::cli) rules: Vec<&'w str>,
    pub(in crate::cli) files: Vec<(usize, usize, usize)>,
    #[serde(borrow)]
    pub(in crate::cli) findings: Vec<WireFinding<'w>>,
    #[serde(borrow)]
    pub(in crate::cli) problems: Vec<WireProblem<'w>>,
    pub(in crate::cli) other_files: usize,
    #[serde(borrow)]
    pub(in crate::cli) parameters: Vec<&'w str>,
    #[serde(borrow)]
    pub(in crate::cli) coverage: WireCoverage<'w>,
    pub(in crate::cli) silencing: Vec<(usize, WireSpan)>,
}

pub(in crate::cli) type WireSpan = (usize, usize);
pub(in crate::cli) type WirePosition = (u32, u32, u32, u32);

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WirePlace<'w> {
    pub(in crate::cli) source: usize,
    pub(in crate::cli) span: WireSpan,
    pub(in crate::cli) start: WirePosition,
    pub(in crate::cli) end: WirePosition,
    pub(in crate::cli) text: &'w str,
    pub(in crate::cli) first_line: u32,
    pub(in crate::cli) shown: WireSpan,
    pub(in crate::cli) cut_before: bool,
    pub(in crate::cli) cut_after: bool,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireLabel<'w> {
    #[serde(borrow)]
    pub(in crate::cli) place: WirePlace<'w>,
    pub(in crate::cli) text: &'w str,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireFinding<'w> {
    pub(in crate::cli) rule: usize,
    pub(in crate::cli) severity: usize,
    pub(in crate::cli) class: usize,
    pub(in crate::cli) message: &'w str,
    #[serde(borrow)]
    pub(in crate::cli) place: WirePlace<'w>,
    pub(in crate::cli) resource: Option<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(in crate::cli) declared: Option<WirePlace<'w>>,
    pub(in crate::cli) property: &'w str,
    #[serde(borrow)]
    pub(in crate::cli) origins: Vec<WireLabel<'w>>,
    #[serde(borrow)]
    pub(in crate::cli) when: Vec<&'w str>,
    #[serde(borrow)]
    pub(in crate::cli) witness: Vec<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(in crate::cli) depends_on: Vec<&'w str>,
    #[serde(borrow)]
    pub(in crate::cli) through: Vec<WireLabel<'w>>,
    pub(in crate::cli) construct: Option<&'w str>,
    #[serde(borrow)]
    pub(in crate::cli) suppressed: Option<WireSuppression<'w>>,
    pub(in crate::cli) fingerprint: &'w str,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireSuppression<'w> {
    pub(in crate::cli) kind: &'w str,
    pub(in crate::cli) tool: &'w str,
    pub(in crate::cli) reason: Option<&'w str>,
    pub(in crate::cli) owner: Option<&'w str>,
    pub(in crate::cli) until: Option<String>,
    #[serde(borrow)]
    pub(in crate::cli) place: Option<WirePlace<'w>>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireProblem<'w> {
    pub(in crate::cli) code: usize,
    pub(in crate::cli) message: &'w str,
    #[serde(borrow)]
    pub(in crate::cli) place: WirePlace<'w>,
    #[serde(borrow)]
    pub(in crate::cli) related: Vec<WireLabel<'w>>,
    pub(in crate::cli) help: Option<&'w str>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireCoverage<'w> {
    pub(in crate::cli) resources: usize,
    pub(in crate::cli) without_rule: usize,
    pub(in crate::cli) questions: usize,
    pub(in crate::cli) verdicts: Vec<(usize, usize)>,
    #[serde(borrow)]
    pub(in crate::cli) reasons: Vec<(&'w str, usize)>,
    pub(in crate::cli) deployments: Vec<(usize, usize)>,
    pub(in crate::cli) capped: usize,
    pub(in crate::cli) capped_templates: usize,
    #[serde(borrow)]
    pub(in crate::cli) judgements: Vec<WireJudgement<'w>>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::cli) struct WireJudgement<'w> {
    pub(in crate::cli) rule: &'w str,
    pub(in crate::cli) resource: Option<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(in crate::cli) place: WirePlace<'w>,
    pub(in crate::cli) verdict: usize,
    #[serde(borrow)]
    pub(in crate::cli) reasons: Vec<&'w str>,
}
