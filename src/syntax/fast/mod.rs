//! The fast way for YAML as templates are written.
//!
//! It reads what nearly every template is made of: mappings and sequences in blocks or brackets, all kinds of scalars, short
//! tags and comments. It either gives exactly the document that the complete reader gives (the same nodes in the same
//! order, spans, tags, texts and comments), for a text without any problem, or declines the text at the first thing that is
//! unusual. So problems are never reported from here, and declining is always right.
//!
//! Everything here gives `None` for a text that is declined.

mod block;
mod block_scalar;
mod flow;
mod lines;
mod plain;
mod quoted;
mod tag;
#[cfg(test)]
mod tests;

use super::build::Builder;
use super::document::{Format, Style};
use super::read::Read;
use crate::diag::Limits;
use crate::text::Span;

/// Reads YAML in the fast way; `None` when the text must be read by the complete reader.
pub(super) fn read_fast<'s>(source: &'s str, limits: &Limits) -> Option<Read<'s>> {
    if !lines::is_ordinary(source) {
        return None;
    }
    let mut reader = Reader {
        source,
        bytes: source.as_bytes(),
        at: 0,
        line: 0,
        end: 0,
        levels: Vec::new(),
        brackets: Vec::new(),
        builder: Builder::new(source, Format::Yaml, limits),
    };
    reader.run()?;
    reader.builder.finish_flawless()
}

/// A block collection that is still open.
#[derive(Clone, Copy)]
struct Level {
    is_mapping: bool,
    /// Where its keys or dashes stand, in bytes from the beginning of the line.
    column: usize,
    /// Whether it is a sequence in the column of the mapping around it.
    is_indentless: bool,
    /// Whether the value after a key or a dash is still to come, on a later line.
    waits: bool,
    /// The tag of the value that is to come.
    tag: Span,
}

/// A scalar that was read and is not yet in the document.
#[derive(Clone, Copy)]
struct Scalar {
    /// Its text, in the buffer of the document or in the source.
    text: Span,
    is_buffered: bool,
    style: Style,
    span: Span,
}

struct Reader<'s> {
    source: &'s str,
    bytes: &'s [u8],
    /// The next byte.
    at: usize,
    /// Where the line begins that is read.
    line: usize,
    /// The end of the last key's colon, dash or tag, where an empty value stands.
    end: usize,
    levels: Vec<Level>,
    /// What is open inside brackets.
    brackets: Vec<flow::Bracket>,
    builder: Builder<'s>,
}

impl Reader<'_> {
    /// The byte there; 0 behind the end, which no text has that is read here.
    #[inline]
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Whether a blank, a line break or the end stands there.
    #[inline]
    fn is_gap(&self, at: usize) -> bool {
        matches!(self.byte(at), b' ' | b'\n' | b'\r' | 0)
    }

    /// The column from which a line belongs to the value of the innermost collection.
    fn least_column(&self) -> usize {
        self.levels.last().map_or(0, |level| level.column + 1)
    }

    #[inline]
    fn add(&mut self, scalar: Scalar, tag: Span) {
        if scalar.is_buffered {
            self.builder.buffered_scalar(scalar.text, scalar.style, scalar.span, tag);
        } else {
            self.builder.borrowed_scalar(scalar.text, scalar.style, scalar.span, tag);
        }
    }

    /// The scalar whose text was put into the buffer from `first` on.
    fn buffered(&self, first: usize, style: Style, span: Span) -> Scalar {
        let text = Span::new(first, self.builder.document.buffer.len());
        Scalar { text, is_buffered: true, style, span }
    }

    /// Puts a part of the source into the buffer.
    fn keep(&mut self, start: usize, end: usize) -> Option<()> {
        self.builder.document.buffer.push_str(self.source.get(start..end)?);
        Some(())
    }

    /// Puts what a line break and the empty lines after it stand for into the buffer: a blank, or the empty lines.
    fn fold(&mut self, breaks: usize) {
        if breaks == 1 {
            self.builder.document.buffer.push(' ');
        } else {
            self.keep_breaks(breaks.saturating_sub(1));
        }
    }

    fn keep_breaks(&mut self, breaks: usize) {
        self.builder.document.buffer.extend(std::iter::repeat_n('\n', breaks));
    }
}
