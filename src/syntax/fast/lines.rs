//! Lines: what they are made of, where they end, blank ones and comments.

use super::Reader;
use crate::text::Span;

/// Whether a text has nothing in it that the fast way does not look for later: control characters, the line breaks that
/// only some versions of YAML know, carriage returns by themselves, byte order marks.
pub(super) fn is_ordinary(source: &str) -> bool {
    let bytes = source.as_bytes();
    let (mut has_control, mut has_return, mut has_wide) = (false, false, false);
    // Without a way out of the loop, so that many bytes are looked at in one step.
    for &byte in bytes {
        let is_known = byte == b'\n' || byte == b'\r' || byte == b'\t';
        has_control |= (byte < b' ' && !is_known) || byte == 0x7f;
        has_return |= byte == b'\r';
        has_wide |= byte >= 0x80;
    }
    if has_control || (has_wide && source.chars().any(is_unusual)) {
        return false;
    }
    !has_return || memchr::memchr_iter(b'\r', bytes).all(|at| bytes.get(at + 1) == Some(&b'\n'))
}

fn is_unusual(character: char) -> bool {
    let is_special = matches!(character, '\u{80}'..='\u{9f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}');
    is_special || (!character.is_ascii() && character.is_whitespace())
}

impl Reader<'_> {
    /// Skips blanks; a tab is unusual wherever it separates things.
    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        while self.byte(self.at) == b' ' {
            self.at += 1;
        }
    }

    /// Moves to the next content in this line or below; whether there is any.
    #[inline]
    pub(super) fn next_content(&mut self) -> Option<bool> {
        loop {
            self.skip_blanks();
            match self.byte(self.at) {
                b'\n' | b'\r' => self.pass_break(),
                b'#' => self.comment(),
                b'\t' => return None,
                0 => return Some(false),
                _ => return Some(true),
            }
        }
    }

    /// Passes what may stand between a value and the end of its line: blanks and a comment.
    #[inline]
    pub(super) fn finish_line(&mut self) -> Option<()> {
        if self.byte(self.at) != b'\n' {
            self.skip_blanks();
            if self.byte(self.at) == b'#' {
                if self.byte(self.at.checked_sub(1)?) != b' ' {
                    return None;
                }
                self.comment();
            }
        }
        match self.byte(self.at) {
            b'\n' | b'\r' => self.pass_break(),
            0 => {}
            _ => return None,
        }
        Some(())
    }

    /// Passes the line break that stands there.
    #[inline]
    pub(super) fn pass_break(&mut self) {
        // A carriage return is never by itself.
        self.at += if self.byte(self.at) == b'\r' { 2 } else { 1 };
        self.line = self.at;
    }

    /// Takes the comment that stands there; the line break stays.
    pub(super) fn comment(&mut self) {
        let start = self.at;
        self.at = self.line_end(start);
        self.builder.document.comments.push(Span::new(start, self.at));
    }

    /// Where the line ends that `at` stands in, its break excluded.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(self.bytes.len(), |length| at + length);
        if end > at && self.byte(end - 1) == b'\r' { end - 1 } else { end }
    }

    /// Whether a marker of the beginning or the end of a document stands there, at the beginning of a line.
    pub(super) fn is_marker(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.starts_with(b"---") || rest.starts_with(b"...")
    }

    /// Moves over a line break and empty lines to the next text; how many breaks there were. Nothing when a tab stands
    /// before the text.
    pub(super) fn pass_breaks(&mut self) -> Option<usize> {
        let mut breaks = 0;
        loop {
            self.skip_blanks();
            match self.byte(self.at) {
                b'\n' | b'\r' => {
                    self.pass_break();
                    breaks += 1;
                }
                b'\t' => return None,
                _ => return Some(breaks),
            }
        }
    }
}
