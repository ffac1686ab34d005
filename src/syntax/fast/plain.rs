//! Scalars without quotes, on one line or several.

use super::Style;
use super::{Reader, Scalar};
use crate::text::Span;

/// Longer keys are refused, as YAML wants it.
const LONGEST_KEY: usize = 1000;

impl Reader<'_> {
    /// Finds the end of the plain text that begins here, on this line: without the blanks that follow it. Moves to what ends
    /// it: a colon and a gap, a blank and `#`, the end of the line.
    #[inline]
    pub(super) fn plain_line(&mut self) -> Option<usize> {
        let start = self.at;
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..)?;
            at += rest.iter().position(|byte| matches!(byte, b':' | b'#' | b'\n' | b'\r')).unwrap_or(rest.len());
            match self.byte(at) {
                b':' if !matches!(self.byte(at + 1), b' ' | b'\n' | b'\r' | b'\t' | 0) => at += 1,
                b'#' if at == start || !matches!(self.byte(at - 1), b' ' | b'\t') => at += 1,
                _ => break,
            }
        }
        self.at = at;
        Some(self.without_blanks(start, at))
    }

    /// The same inside brackets, where commas and brackets end it too.
    pub(super) fn plain_in_brackets(&mut self) -> Option<usize> {
        let start = self.at;
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..)?;
            at += rest
                .iter()
                .position(|byte| matches!(byte, b':' | b'#' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}'))
                .unwrap_or(rest.len());
            match self.byte(at) {
                b':' => match self.byte(at + 1) {
                    b' ' | b'\n' | b'\r' => break,
                    // Read differently by different readers.
                    b'\t' | b',' | b'[' | b']' | b'{' | b'}' | 0 => return None,
                    _ => at += 1,
                },
                b'#' if at == start || !matches!(self.byte(at - 1), b' ' | b'\t') => at += 1,
                _ => break,
            }
        }
        self.at = at;
        Some(self.without_blanks(start, at))
    }

    fn without_blanks(&self, start: usize, end: usize) -> usize {
        let mut end = end;
        while end > start && matches!(self.byte(end - 1), b' ' | b'\t') {
            end -= 1;
        }
        end
    }

    /// The plain text as a scalar.
    pub(super) fn plain(start: usize, end: usize) -> Scalar {
        let span = Span::new(start, end);
        Scalar { text: span, is_buffered: false, style: Style::Plain, span }
    }

    /// Whether a text may be a key.
    pub(super) fn may_be_key(span: Span) -> bool {
        (1..=LONGEST_KEY).contains(&span.len())
    }

    /// Goes on after the first line `start..end` of a plain value, whose end was found: the text may go on below. Ends in the
    /// blanks of the next line that does not belong to it.
    pub(super) fn rest_of_plain(&mut self, start: usize, end: usize) -> Option<Scalar> {
        let least = self.least_column();
        match self.byte(self.at) {
            b':' => return None,
            b'#' => {
                self.finish_line()?;
                return Some(Self::plain(start, end));
            }
            _ => {}
        }
        let mut breaks = self.pass_breaks()?;
        if !self.goes_on(least) {
            return Some(Self::plain(start, end));
        }
        let first = self.builder.document.buffer.len();
        self.keep(start, end)?;
        let mut last = end;
        while self.goes_on(least) {
            self.fold(breaks);
            let begin = self.at;
            last = self.plain_line()?;
            self.keep(begin, last)?;
            match self.byte(self.at) {
                b':' => return None,
                b'#' => {
                    self.finish_line()?;
                    break;
                }
                _ => breaks = self.pass_breaks()?,
            }
        }
        Some(self.buffered(first, Style::Plain, Span::new(start, last)))
    }

    /// Whether the text on a new line belongs to the plain scalar above it.
    fn goes_on(&self, least: usize) -> bool {
        self.at - self.line >= least && !matches!(self.byte(self.at), b'#' | 0)
    }
}
