//! One file, one rule: headers, the catalogue, packs and selection.
//!
//! A [`Rule`] is a Guard file whose leading comment block is YAML: its description ([`RuleInfo`](crate::diag::RuleInfo)).
//! A [`Catalog`] is all rules that were loaded, built-in or from files; [`Selection`] says which of them run.
//!
//! Invariants: an id is the file's stem and the name of its Guard rule; ids and aliases are unique over a catalogue.
//!
//! Deliberately absent: evaluating a rule (`eval`, `check`), reading files (the shell). Used by `check`, `config` and `cli`.

mod catalog;
mod examples;
mod header;
mod packs;

pub use catalog::{Catalog, EmbeddedRule, Rule, RuleProblem, add_examples, builtin_rules, load, load_embedded};
pub use examples::{Case, Expectation, Expected, TestFile, read_tests};
pub use packs::{Pack, Selection, builtin_packs};
