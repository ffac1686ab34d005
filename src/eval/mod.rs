//! Guard rules asked of values, in three-valued logic.
//!
//! A rule file is compiled once to a [`Program`], which owns all it needs and can be asked from many threads.
//! [`evaluate`] asks one rule of one value tree and answers with every status that is possible, and with the clauses
//! and values that make the rule fail. [`evaluate_indexed`] does the same with a document whose resources are indexed by
//! type: filters by type look only at what they can keep, and rules whose conditions cannot hold are skipped.
//!
//! Invariants: on wholly known data the answer is exactly that of AWS's engine in the dialect of the program; with
//! unknowns the answer contains the status of every way in which they could turn out; errors and panics of AWS's
//! engine are [`Stop::Error`] of the rule, never a pass. Evaluation is bounded in steps and depth. Every value is
//! forced before it is looked at, and [`Stop::Pending`] comes out as soon as forcing asks for a choice.
//!
//! Deliberately absent: CloudFormation, loading of documents, scenarios, findings, the time (`now()` is an error).
//! Used by `check`.

mod analysis;
mod at_a_glance;
mod automaton;
mod clauses;
mod comparison;
mod compile;
mod conditional;
mod constant;
mod containment;
mod conversion;
mod embedded;
mod evaluator;
mod fixed;
mod functions;
mod indexed;
mod item;
mod operators;
mod outcome;
mod plain_pattern;
mod program;
mod query;
mod rules;
mod selection;
mod skipping;
mod statuses;
mod straight;
#[cfg(test)]
mod tests;
mod unary;
mod variables;

pub use indexed::Indexed;
pub use outcome::{Check, EvaluationError, Outcome, Stop};
pub use program::{CompileError, Program, RuleEntry};
pub use rules::{evaluate, evaluate_indexed};
pub use statuses::{Status, Statuses};
