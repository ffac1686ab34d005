//! Bytes, spans, lines and columns.
//!
//! The ground floor: what a piece of source text is and how a place in it is named. A [`Span`] is a pair of
//! byte offsets; lines and columns are computed only at the edge, by [`SourceFile::position`], the one place
//! in the project that turns an offset into the 1-based numbers that people and formats use.
//!
//! Invariants: a span's `start` is at most its `end`; slicing is checked and never panics; a byte order mark
//! stays in the text (offsets are those of the file) but takes no column.
//!
//! Deliberately absent: YAML, JSON, file access. Everybody may use this room; it uses none.

mod line_hash;
mod source;
mod span;

pub use line_hash::line_hashes;
pub use source::{Position, SourceFile, SourceName, percent_encode_path};
pub use span::Span;
