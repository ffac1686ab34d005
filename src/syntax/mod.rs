//! YAML and JSON to a [`Document`]: an arena with byte spans, comments and tags.
//!
//! Parsing never fails: it gives a document and a list of problems. What can be read is read.
//!
//! Deliberately absent: CloudFormation. Used by `template`, `rules`, `config` and `check`.

mod document;

pub use document::{Content, Document, Format, NodeId, Pair, Scalar, Style};
