//! The Guard language: text to syntax tree, all errors at once.
//!
//! Invariants: every node has a span; a file with errors still gives what could be read; time is linear in the text and
//! nesting is bounded, so hostile rule files neither hang nor overflow the stack.
//!
//! Deliberately absent: values and evaluation (`eval`), our rule headers (`rules`). Used by `rules` and `eval`.

mod ast;

pub use ast::{
    AccessClause, Block, BlockClause, Clause, Dialect, Disjunction, FunctionCall, Let, Literal, LiteralKind, Name,
    NamedReference, Operand, Operator, ParameterizedRule, Part, PartKind, Query, Range, Rule, RuleCall, RuleFile,
    TypeBlock, WhenBlock,
};
