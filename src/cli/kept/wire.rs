//! The report of one file as it is kept: plain data, in which names of files and rules stand once.
//!
//! The words of enumerations are numbers in their lists. Another build of the program never reads what this one wrote.

use serde::{Deserialize, Serialize};

use crate::diag::{FileKind, Verdict};

pub(super) const KINDS: [FileKind; 5] =
    [FileKind::Template, FileKind::Partial, FileKind::NotTemplate, FileKind::Templated, FileKind::Broken];
pub(super) const VERDICTS: [Verdict; 4] = [Verdict::Fail, Verdict::Unsure, Verdict::Pass, Verdict::NotApplicable];
#[derive(Serialize, Deserialize)]
pub(super) struct WireReport<'w> {
    #[serde(borrow)]
    pub(super) names: Vec<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(super) rules: Vec<&'w str>,
    pub(super) files: Vec<(usize, usize, usize)>,
    #[serde(borrow)]
    pub(super) findings: Vec<WireFinding<'w>>,
    #[serde(borrow)]
    pub(super) problems: Vec<WireProblem<'w>>,
    pub(super) other_files: usize,
    #[serde(borrow)]
    pub(super) parameters: Vec<&'w str>,
    #[serde(borrow)]
    pub(super) coverage: WireCoverage<'w>,
    pub(super) silencing: Vec<(usize, WireSpan)>,
}

pub(super) type WireSpan = (usize, usize);
pub(super) type WirePosition = (u32, u32, u32, u32);

#[derive(Serialize, Deserialize)]
pub(super) struct WirePlace<'w> {
    pub(super) source: usize,
    pub(super) span: WireSpan,
    pub(super) start: WirePosition,
    pub(super) end: WirePosition,
    pub(super) text: &'w str,
    pub(super) first_line: u32,
    pub(super) shown: WireSpan,
    pub(super) cut_before: bool,
    pub(super) cut_after: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireLabel<'w> {
    #[serde(borrow)]
    pub(super) place: WirePlace<'w>,
    pub(super) text: &'w str,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireFinding<'w> {
    pub(super) rule: usize,
    pub(super) severity: usize,
    pub(super) class: usize,
    pub(super) message: &'w str,
    #[serde(borrow)]
    pub(super) place: WirePlace<'w>,
    pub(super) resource: Option<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(super) declared: Option<WirePlace<'w>>,
    pub(super) property: &'w str,
    #[serde(borrow)]
    pub(super) origins: Vec<WireLabel<'w>>,
    #[serde(borrow)]
    pub(super) when: Vec<&'w str>,
    #[serde(borrow)]
    pub(super) witness: Vec<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(super) depends_on: Vec<&'w str>,
    #[serde(borrow)]
    pub(super) through: Vec<WireLabel<'w>>,
    pub(super) construct: Option<&'w str>,
    #[serde(borrow)]
    pub(super) suppressed: Option<WireSuppression<'w>>,
    pub(super) fingerprint: &'w str,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireSuppression<'w> {
    pub(super) kind: &'w str,
    pub(super) tool: &'w str,
    pub(super) reason: Option<&'w str>,
    pub(super) owner: Option<&'w str>,
    pub(super) until: Option<String>,
    #[serde(borrow)]
    pub(super) place: Option<WirePlace<'w>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireProblem<'w> {
    pub(super) code: usize,
    pub(super) message: &'w str,
    #[serde(borrow)]
    pub(super) place: WirePlace<'w>,
    #[serde(borrow)]
    pub(super) related: Vec<WireLabel<'w>>,
    pub(super) help: Option<&'w str>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireCoverage<'w> {
    pub(super) resources: usize,
    pub(super) without_rule: usize,
    pub(super) questions: usize,
    pub(super) verdicts: Vec<(usize, usize)>,
    #[serde(borrow)]
    pub(super) reasons: Vec<(&'w str, usize)>,
    pub(super) deployments: Vec<(usize, usize)>,
    pub(super) capped: usize,
    pub(super) capped_templates: usize,
    #[serde(borrow)]
    pub(super) judgements: Vec<WireJudgement<'w>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct WireJudgement<'w> {
    pub(super) rule: &'w str,
    pub(super) resource: Option<(&'w str, &'w str)>,
    #[serde(borrow)]
    pub(super) place: WirePlace<'w>,
    pub(super) verdict: usize,
    #[serde(borrow)]
    pub(super) reasons: Vec<&'w str>,
}
