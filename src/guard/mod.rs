//! The Guard language: text to syntax tree, all errors at once.
//!
//! [`parse`] reads exactly the files that AWS's parser of the same [`Dialect`] reads, and reads them the same way: the
//! productions are tried in AWS's order, with the same two kinds of failure (try the next production, or give up),
//! because half of the language's behaviour is what happens to fit first. Keywords that match prefixes, clauses that need
//! no white space between them and line breaks that end names of rules all come from there.
//!
//! Invariants: every node has a span; a file with errors still gives what could be read; time is linear in the text and
//! nesting is bounded, so hostile rule files neither hang nor overflow the stack. A file without errors is read once; only
//! an item with an error is read again, noting all that is wrong in it.
//!
//! Deliberately absent: values and evaluation (`eval`), our rule headers (`rules`), a printer. Used by `rules` and `eval`.
//!
//! # `KNOWN_DIFFERENCES` from AWS's parsers
//!
//! - Blocks, filters, key filters, calls, lists and maps nest at most 128 levels deep, a rule's body being the first; AWS's
//!   parsers go on until the stack overflows.
//! - A text that keeps the parser busy for more than 100 steps per byte is refused; AWS's parsers take time exponential in
//!   the nesting of filters. No text that a person would write comes near.
//! - Regular expressions are checked with a newer version of the same engine, which knows a little more: `\Z` and
//!   `(?'name'...)` are refused by AWS.
//! - A text without anything but white space and comments is a file without rules; AWS's parsers answer that there is no
//!   file.

mod ast;
mod clauses;
mod cursor;
mod file;
mod literals;
mod patterns;
mod queries;
mod recovery;
#[cfg(test)]
mod tests;
mod visit;
mod wording;

use cursor::Parser;

pub use ast::{
    AccessClause, Block, BlockClause, Clause, Dialect, Disjunction, FunctionCall, Let, Literal, LiteralKind, Name,
    NamedReference, Operand, Operator, ParameterizedRule, Part, PartKind, Query, Range, Rule, RuleCall, RuleFile,
    TypeBlock, WhenBlock,
};
pub(crate) use patterns::{is_alike_beyond_ascii, is_plainly_regular};
pub use recovery::SyntaxError;
pub use visit::{Visitor, inside_clause, inside_file, inside_literal, inside_part};

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
