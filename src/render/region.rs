//! The region of a place as other programs want it: tight, and never past the text that it marks.

use crate::diag::Place;
use crate::text::Position;

/// The most lines of a region: an alert is shown in a pull request only if all of them are in the diff.
const MOST_LINES: usize = 3;

/// A region whose end was computed from the text that it marks, so that the two cannot disagree.
pub(super) struct Region<'a> {
    /// The text, without white space at its end, and only its first line if it has too many.
    pub(super) text: &'a str,
    pub(super) start: Position,
    /// Exclusive.
    pub(super) end: Position,
}

/// The region of a place.
pub(super) fn region(place: &Place) -> Region<'_> {
    let text = kept_text(place);
    let breaks = line_breaks(text);
    let last_line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    let first = if breaks == 0 {
        place.start
    } else {
        Position { line: place.start.line, column: 1, utf16_column: 1, byte_column: 1 }
    };
    let moved = |from: u32, by: usize| from.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
    let end = Position {
        line: moved(place.start.line, breaks),
        column: moved(first.column, last_line.chars().count()),
        utf16_column: moved(first.utf16_column, last_line.chars().map(char::len_utf16).sum()),
        byte_column: moved(first.byte_column, last_line.len()),
    };
    Region { text, start: place.start, end }
}

fn kept_text(place: &Place) -> &str {
    let excerpt = &place.excerpt;
    let text = excerpt.span.slice(&excerpt.text).unwrap_or_default();
    // A byte order mark takes no column.
    let text = if place.span.start() == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    let text = text.trim_end_matches(['\n', '\r', ' ', '\t']);
    if line_breaks(text) < MOST_LINES && excerpt.span.len() == place.span.len() {
        return text;
    }
    text.split(['\n', '\r']).next().unwrap_or_default().trim_end_matches([' ', '\t'])
}

/// How often a text goes to another line; `\r\n` is one break.
fn line_breaks(text: &str) -> usize {
    let breaks = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    if breaks == 0 { 0 } else { breaks - text.matches("\r\n").count() }
}
