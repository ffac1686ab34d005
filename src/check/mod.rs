//! The hall where models meet rules: [`check`] is the whole core as one function.
//!
//! A [`Checker`] holds compiled rules, by the resource types that they judge. For each template it resolves, builds the
//! graph, asks each rule of each of its resources in every deployment that the template provides for, and says what it
//! found as plain data.
//!
//! Templates are judged together: stacks that one deploys of another, what they export to each other, and files that they
//! include ([`Neighbours`]). A template only ever names files; which there are, the caller decides.
//!
//! Invariants: a file takes from another only what the template asks for by name; the same sources, rules and settings give the same report;
//! a rule that cannot be evaluated is a problem, never a silent pass.
//!
//! Deliberately absent: files, threads, printing, formats. Used by `config` and `cli`.

mod assembly;
mod baseline;
mod checker;
mod comparing;
mod compiled;
mod coverage;
mod explore;
mod findings;
mod fingerprint;
mod gathering;
mod heard;
mod including;
mod inspect;
mod lint;
mod lint_queries;
mod message;
mod model;
mod neighbours;
mod property;
mod reach;
mod roots;
mod rule_tests;
mod settling;
mod suppression;
#[cfg(test)]
mod tests;
mod texts;
mod trace;
mod troubles;
mod wording;
mod written_path;

pub use crate::resolve::{Export, Exports};
pub use assembly::Assembly;
pub use baseline::{Baseline, baseline_json};
pub use checker::{Checker, Clock, Input, Settings, check};
pub use comparing::{Side, keep_introduced};
pub use heard::{Answer, Heard};
pub use inspect::{draw, far_view, inspect, view};
pub use lint::lint;
pub use neighbours::{Ask, Mentions, Names, Neighbours, asks, exports_of};
pub use reach::{Reach, reach};
pub use rule_tests::{CaseResult, ExpectationResult, RuleTestReport, TestSettings, run_rule_tests};
pub use settling::settle;
pub use suppression::{
    SuppressionReach, SuppressionSettings, WrittenSuppression, may_have_suppressions, suppressions_in,
};
pub use trace::{Trace, TracedClause, TracedVerdict};
