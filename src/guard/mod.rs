//! The Guard language: text to syntax tree, all errors at once.
//!
//! Invariants: every node has a span; a file with errors still gives what could be read; time is linear in the text and
//! nesting is bounded, so hostile rule files neither hang nor overflow the stack.
//!
//! Deliberately absent: values and evaluation (`eval`), our rule headers (`rules`). Used by `rules` and `eval`.

mod ast;
mod clauses;
mod cursor;
mod file;
mod literals;
mod queries;
mod recovery;
#[cfg(test)]
mod tests;
mod wording;

use cursor::Parser;

pub use ast::{
    AccessClause, Block, BlockClause, Clause, Dialect, Disjunction, FunctionCall, Let, Literal, LiteralKind, Name,
    NamedReference, Operand, Operator, ParameterizedRule, Part, PartKind, Query, Range, Rule, RuleCall, RuleFile,
    TypeBlock, WhenBlock,
};
pub use recovery::SyntaxError;

/// A rule file as far as it could be read, and all that is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// What could be read. A rule with errors in it is there without the wrong clauses, so only a file without errors
    /// may be evaluated.
    pub file: RuleFile,
    /// What is wrong, in source order; empty exactly when the text is a rule file of the dialect.
    pub errors: Vec<SyntaxError>,
}

/// Reads a rule file. An empty text is a file without rules.
#[must_use]
pub fn parse(text: &str, dialect: Dialect) -> Parsed {
    let mut parser = Parser::new(text, dialect);
    let file = parser.file();
    let mut errors = std::mem::take(&mut parser.errors);
    errors.sort_by_key(|error| error.span);
    errors.dedup();
    Parsed { file, errors }
}
