//! What is wrong with a rule's file, and which form of a template a rule is asked of.

use crate::diag::Code;
use crate::text::Span;

/// A problem of a rule's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// What kind of problem.
    pub code: Code,
    /// Where, in the rule's file.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Which form of a template a rule is asked of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// What its text asks for: as written when it looks for functions, else resolved.
    #[default]
    Auto,
    /// What would be deployed, with `Linked` and `Facts`.
    Resolved,
    /// The authored text, functions as maps, as cfn-guard reads it.
    AsWritten,
}

impl View {
    /// The view that a word of a header names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "auto" => Some(Self::Auto),
            "resolved" => Some(Self::Resolved),
            "as-written" => Some(Self::AsWritten),
            _ => None,
        }
    }
}
