//! One file, one rule: headers, the catalogue, packs and selection.
//!
//! A [`Rule`] is a Guard file whose leading comment block is YAML: its description ([`RuleInfo`](crate::diag::RuleInfo)).
//! A [`Catalog`] is all rules that were loaded, built-in or from files; [`Selection`] says which of them run.
//!
//! Rules of users ([`load_given`]) may be several in a file, have no header or somebody else's, and share definitions
//! through `# import:` comments, which other tools read as comments.
//!
//! The rules of the program are read late: the build script writes down what their headers say ([`EmbeddedRule`]), and a
//! text is parsed when it is first looked at.
//!
//! Invariants: an id of the house is the file's stem and the name of its Guard rule; ids and aliases are unique over a
//! catalogue; a rule of a user has its Guard name as id unless that is taken.
//!
//! Deliberately absent: evaluating a rule (`eval`, `check`), reading files (the shell). Used by `check`, `config` and `cli`.

mod catalog;
mod embedded;
mod examples;
mod given;
mod header;
mod nearest;
mod packs;
mod problem;
mod registry;
mod rule_text;
mod settings;
#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Rule, load};
pub use embedded::{EmbeddedReach, EmbeddedRule, builtin_rules, load_embedded};
pub use examples::{Case, Expectation, Expected, TestFile, add_examples, read_tests};
pub use given::{GivenFile, GivenSettings, ReadImport, load_given, make_ids_unique};
pub use nearest::{did_you_mean, nearest};
pub use packs::{Pack, Selection, builtin_packs};
pub use problem::{RuleProblem, View};
pub use rule_text::RuleText;
pub use settings::{Setting, SettingValue, default_of, settings, with_settings};
