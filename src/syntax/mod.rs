//! YAML and JSON to a [`Document`]: an arena with byte spans, comments and tags.
//!
//! [`read()`] never fails and never panics: it gives a document and a list of problems. What can be read is read; after a
//! syntax error in YAML reading goes on at the next key of the root mapping or of the mapping below it.
//!
//! YAML is first read in a fast way that knows what templates are made of (`fast`); it declines whatever is unusual, and the
//! complete reader gives the same document for the rest ([`read_completely()`] is without it).
//!
//! Invariants: nesting is at most 128 levels and nodes at most two million, both with aliases followed, so that a walk of
//! a document always ends; an alias stands for an earlier node that does not contain it; every span can be sliced.
//!
//! Deliberately absent: CloudFormation's meaning of anything. Used by `template`, `rules`, `config` and `check`.

mod build;
mod document;
mod fast;
mod json;
mod large_mappings;
mod problem;
mod read;
mod repair;
mod resume;
mod scalar;
mod taking_in;
mod yaml;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod tests;

pub use document::{Content, Document, Format, NodeId, Pair, Scalar, Style};
pub use problem::SyntaxProblem;
pub use read::{Hint, Read, read, read_completely, read_within};
