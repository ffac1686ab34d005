//! From a report to bytes: for people, for code scanning, for programs.
//!
//! Every renderer is a function of a [`Report`](crate::diag::Report), [`Options`] and a writer; [`Format`] is the list of
//! them, and [`Format::write`] calls each. The results of tests of rules have theirs ([`tests_junit`], [`tests_json`]), and so have
//! pictures of templates ([`drawing_dot`], [`drawing_mermaid`], [`drawing_html`]). A report is self-contained, so nothing
//! else is read; what differs between formats is what they leave out, never what is true.
//!
//! Invariants: the same report and options give the same bytes; nothing depends on the clock, the machine or the
//! order of a hash; paths are those of the report (relative, never absolute). Text that comes from templates is
//! shown so that it cannot forge output: control characters, escape sequences and bidirectional marks become
//! visible, and the tokens that make a CI runner obey a line (`##[`, `##vso[`, `::` at the start of a line) are
//! broken. In JSON and SARIF the values stay exact and only their spelling is escaped.
//!
//! Deliberately absent: whether a terminal has colours and how wide it is (the caller decides), exit codes, files.
//! Only the shell uses this room; it uses `text` and `diag`.

mod azure;
mod checkstyle;
mod concise;
mod csv;
mod drawing;
mod encode;
mod escape;
mod explanation;
mod format;
mod gap_analysis;
mod github;
mod gitlab;
mod html;
mod inspection;
mod json;
mod junit;
mod links;
mod markdown;
mod markup;
mod ocsf;
mod options;
mod page;
mod pages_of_rules;
mod prose;
mod rdjsonl;
mod region;
mod sarif;
mod selection;
mod sonarqube;
mod terminal;
mod tests;
mod time;

pub use drawing::{drawing_dot, drawing_html, drawing_mermaid};
pub use escape::harmless;
pub use explanation::explanation;
pub use format::Format;
pub use gap_analysis::{gap_analysis_html, gap_analysis_json, gap_analysis_markdown};
pub use inspection::{inspection_json, inspection_terminal, view_json};
pub use json::{JSON_SCHEMA, json, rules_json};
pub use options::{AlertIdentity, Grouping, Links, Options, SarifFlavour};
pub use sarif::{sarif, sarif_left_out};
pub use terminal::terminal;
pub use tests::{tests_json, tests_junit};

use pages_of_rules::{HOME, documented_at, rule_page};
