//! Decisions, written in templates, that a finding does not count.
//!
//! [`written`](written::Written) suppressions are found in comments and metadata, in our own form and in those of other
//! tools, whose ids are the aliases of rules. Each has a reach: the whole template, or the text of a resource, a property
//! or a line. [`Silencing`] then brings them together with the findings of the template, marks those that are silenced,
//! and says what is wrong with suppressions: unknown rules, misspelt keys, days that are over, nothing to silence.
//!
//! Invariants: what is malformed silences nothing and is said; a suppression silences only the rules that it names; a
//! text without any of a few words is not looked into at all.
//!
//! Deliberately absent: suppressions of the configuration (`config`) and of baselines. Used by the checker only.

mod comments;
mod foreign_comments;
mod foreign_metadata;
mod lines;
mod metadata;
mod names;
mod reading;
mod settings;
mod silencing;
#[cfg(test)]
mod tests;
mod written;

pub(super) use names::RuleNames;
pub use reading::{may_have as may_have_suppressions, suppressions_in};
pub use settings::SuppressionSettings;
pub(super) use silencing::Silencing;
pub use written::{SuppressionReach, WrittenSuppression};
