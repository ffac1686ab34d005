//! What an evaluation answers.

use crate::text::Span;
use crate::value::{Pending, Unknown, Value};

use super::Statuses;

/// The answer to one rule.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// What is possible; never empty.
    pub statuses: Statuses,
    /// When the rule fails or may fail: the clauses and values that make it so, in the order of evaluation, each once.
    /// Empty otherwise.
    pub checks: Vec<Check<'a>>,
}

/// One clause that failed or might fail, for one value: what a finding is made of.
#[derive(Clone, Debug)]
pub struct Check<'a> {
    /// The clause, in the rule file.
    pub clause: Span,
    /// The author's message, trimmed: the clause's own, else that of the reference or call that led to it.
    pub message: Option<String>,
    /// The value that decided; for a missing key the last value reached.
    pub value: Value<'a>,
    /// For a query that led nowhere: the rest of the query.
    pub missing: Option<String>,
    /// The operator and its right side, as the rule writes them.
    pub expected: String,
    /// Whether it fails whatever the unknowns turn out to be.
    pub certain: bool,
    /// The unknowns that the answer hangs on, those in filters and conditions included.
    pub depends_on: Vec<&'a Unknown<'a>>,
}

/// Why an evaluation ended without an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Something must be chosen first; then ask again.
    Pending(Pending),
    /// The rule cannot be evaluated on this document.
    Error(EvaluationError),
}

/// A rule that cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// What is wrong.
    pub message: String,
    /// Where, in the rule file.
    pub span: Span,
}

/// An end that is under way: kept apart from [`Stop`] because one dialect turns some errors into failures.
#[derive(Debug)]
pub(super) enum Interrupt {
    Pending(Pending),
    Error(EvaluationError),
    /// An operation met a type that it does not support.
    Unsupported(EvaluationError),
}

impl From<Pending> for Interrupt {
    fn from(pending: Pending) -> Self {
        Self::Pending(pending)
    }
}

impl From<Interrupt> for Stop {
    fn from(interrupt: Interrupt) -> Self {
        match interrupt {
            Interrupt::Pending(pending) => Self::Pending(pending),
            Interrupt::Error(error) | Interrupt::Unsupported(error) => Self::Error(error),
        }
    }
}

impl Interrupt {
    pub(super) fn error(message: impl Into<String>, span: Span) -> Self {
        Self::Error(EvaluationError { message: message.into(), span })
    }

    pub(super) fn unsupported(message: impl Into<String>, span: Span) -> Self {
        Self::Unsupported(EvaluationError { message: message.into(), span })
    }
}
