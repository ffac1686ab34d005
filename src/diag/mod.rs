//! What we tell people, as plain data.
//!
//! Three words for three things: a [`Finding`] says that a stack is unsafe, a [`Problem`] says that an input of
//! ours (template, rule, configuration, test file) is malformed, and an error (in the shell) says that we could
//! not do what was asked. A [`Report`] is everything one run has to say, self-contained: a renderer needs
//! nothing but it.
//!
//! Invariants: every list in a report is sorted (path, place, rule) and free of hash order; a finding has one
//! primary place; suppressed findings stay in the list with who silenced them.
//!
//! Deliberately absent: knowledge of any rule, output format or colour. Everybody above may use this room.

mod coverage;
mod day;
mod difference;
mod drawing;
mod finding;
mod gap_analysis;
mod inspection;
mod limits;
mod place;
mod problem;
mod report;
mod rule_info;
mod severity;
mod suppression;
mod test_run;

pub use coverage::{Coverage, Judgement, Verdict};
pub use day::Day;
pub use difference::Difference;
pub use drawing::{Drawing, DrawnFinding, DrawnLink, DrawnResource, InternetReach, LinkEnd};
pub use finding::{Assignment, Class, Finding, ResourceName};
pub use gap_analysis::{AreaGap, GapAnalysis, Offender, Readiness, RuleGap, Tally, TaskGap, gap_analysis};
pub use inspection::{
    Hole, InspectedCondition, InspectedResource, InspectedVariable, Inspection, Part, Plain, Statistics, Variant, View,
};
pub use limits::{LIMITS, Limit, LimitError, Limits, as_count};
pub use place::{Excerpt, Label, Place};
pub use problem::{Code, Level, Problem};
pub use report::{FileKind, FileReport, Report, Summary};
pub use rule_info::{Confidence, DeclaredSetting, Framework, List, Profile, RuleInfo, Status, Words};
pub use severity::Severity;
pub use suppression::{Suppression, SuppressionKind};
pub use test_run::{TestRun, TestedCase, TestedExpectation, TestedFile};
