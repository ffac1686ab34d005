//! Places in source texts, with everything a renderer needs to show them.

use std::sync::Arc;

use crate::text::{Position, SourceFile, SourceName, Span};

/// The most lines that an excerpt shows.
const EXCERPT_LINES: u32 = 8;
/// The most bytes of one line that an excerpt keeps on each side of the region (minified JSON is one line).
const EXCERPT_LINE_BYTES: usize = 160;

/// A region of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The source's name.
    pub source: Arc<SourceName>,
    /// The bytes of the region.
    pub span: Span,
    /// Where it starts, 1-based.
    pub start: Position,
    /// Where it ends, 1-based and exclusive.
    pub end: Position,
    /// The lines of the region, for showing; shared by all that is said of it.
    pub excerpt: Arc<Excerpt>,
}

/// A few source lines with the region inside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The text of the lines (a very long line is cut around the region).
    pub text: Box<str>,
    /// The 1-based number of the first line.
    pub first_line: u32,
    /// The bytes of the region inside `text`.
    pub span: Span,
    /// Whether `text` begins inside the first line, a piece of it being left out before.
    pub cut_before: bool,
    /// Whether `text` ends before the last line of the region does.
    pub cut_after: bool,
}

impl Place {
    /// The place of `span` in `source`.
    #[must_use]
    pub fn new(source: &SourceFile, name: &Arc<SourceName>, span: Span) -> Self {
        let end = span.end().min(source.text().len());
        let span = Span::new(span.start().min(end), end);
        Self {
            source: Arc::clone(name),
            span,
            start: source.position(span.start()),
            end: source.position(span.end()),
            excerpt: Arc::new(Excerpt::new(source, span)),
        }
    }

    /// A place in a file that could not be read: its start, with nothing to show.
    #[must_use]
    pub fn file(name: &Arc<SourceName>) -> Self {
        let start = Position { line: 1, column: 1, utf16_column: 1, byte_column: 1 };
        Self { source: Arc::clone(name), span: Span::default(), start, end: start, excerpt: Arc::default() }
    }
}

impl Excerpt {
    fn new(source: &SourceFile, span: Span) -> Self {
        let first_line = source.position(span.start()).line;
        let last_line = source.position(span.end()).line;
        let shown_last = last_line.min(first_line.saturating_add(EXCERPT_LINES - 1));
        let lines = source.line_span(first_line).unwrap_or(Span::at(span.start()));
        let lines = source.line_span(shown_last).map_or(lines, |last| lines.join(last));
        let mut start = lines.start();
        let mut end = lines.end();
        let region_end = span.end().min(end).max(span.start());
        let mut cut_after = shown_last < last_line;
        if span.start().saturating_sub(start) > EXCERPT_LINE_BYTES {
            start = floor_boundary(source.text(), span.start() - EXCERPT_LINE_BYTES);
        }
        if end.saturating_sub(region_end) > EXCERPT_LINE_BYTES {
            end = floor_boundary(source.text(), region_end + EXCERPT_LINE_BYTES);
            cut_after = true;
        }
        let longest = 16 * EXCERPT_LINE_BYTES;
        if end.saturating_sub(start) > longest {
            end = floor_boundary(source.text(), start + longest);
            cut_after = true;
        }
        let text: Box<str> = source.slice(Span::new(start, end)).into();
        let offset = |place: usize| place.saturating_sub(start).min(text.len());
        Self {
            span: Span::new(offset(span.start()), offset(region_end)),
            cut_before: start > lines.start(),
            cut_after,
            text,
            first_line,
        }
    }
}

fn floor_boundary(text: &str, mut offset: usize) -> usize {
    offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What: lower case, no final period.
    pub text: String,
}
