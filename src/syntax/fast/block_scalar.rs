//! Literal and folded scalars.

use super::Reader;
use super::Style;
use crate::text::Span;

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomp {
    /// One stays.
    Clip,
    /// None stays.
    Strip,
    /// All stay.
    Keep,
}

impl Reader<'_> {
    /// Reads the block scalar whose `|` or `>` stands here.
    pub(super) fn block_scalar(&mut self, tag: Span) -> Option<()> {
        let start = self.at;
        let is_literal = self.byte(start) == b'|';
        let (chomp, given) = self.header()?;
        // From the sign to its last indicator.
        let mut end = self.at;
        self.finish_line()?;
        let column = self.levels.last()?.column;
        let indent = match given {
            Some(more) => column + more,
            None => self.first_indent()?,
        };
        let first = self.builder.document.buffer.len();
        let mut breaks = 0;
        let mut has_text = false;
        let mut after_indented = false;
        loop {
            // A line: `line` is its beginning, `at` its first byte that is not indentation.
            let limit = self.line + indent;
            while self.at < limit && self.byte(self.at) == b' ' {
                self.at += 1;
            }
            match self.byte(self.at) {
                0 if self.at > self.line => return None,
                0 => break,
                b'\n' | b'\r' => {
                    breaks += 1;
                    self.pass_break();
                    continue;
                }
                b'\t' if self.at < limit => return None,
                // Without any text above it, it should have been the text.
                _ if self.at < limit && !has_text && self.at - self.line > column => return None,
                _ if self.at < limit => break,
                _ => {}
            }
            let line_end = self.line_end(self.at);
            let is_indented = matches!(self.byte(self.at), b' ' | b'\t');
            if !has_text || is_literal || is_indented || after_indented {
                self.keep_breaks(breaks);
            } else {
                self.fold(breaks);
            }
            self.keep(self.at, line_end)?;
            let is_visible = self.bytes.get(self.at..line_end)?.iter().any(|byte| !matches!(byte, b' ' | b'\t'));
            if is_visible {
                end = line_end;
            }
            has_text = true;
            after_indented = is_indented;
            self.at = line_end;
            // The end of the text ends a line, too.
            breaks = 1;
            if self.at == self.bytes.len() {
                break;
            }
            self.pass_break();
        }
        match chomp {
            Chomp::Strip => {}
            Chomp::Clip => self.keep_breaks(breaks.min(usize::from(has_text))),
            Chomp::Keep => self.keep_breaks(breaks),
        }
        let scalar = self.buffered(first, Style::Block, Span::new(start, end));
        self.add(scalar, tag);
        Some(())
    }

    /// Reads the indicators behind the sign.
    fn header(&mut self) -> Option<(Chomp, Option<usize>)> {
        let (mut chomp, mut indent) = (Chomp::Clip, None);
        self.at += 1;
        loop {
            match self.byte(self.at) {
                b'-' if chomp == Chomp::Clip => chomp = Chomp::Strip,
                b'+' if chomp == Chomp::Clip => chomp = Chomp::Keep,
                digit @ b'1'..=b'9' if indent.is_none() => indent = Some(usize::from(digit - b'0')),
                b' ' | b'\n' | b'\r' | 0 => return Some((chomp, indent)),
                _ => return None,
            }
            self.at += 1;
        }
    }

    /// The indentation of the first line with text; at least what belongs to the value at all.
    fn first_indent(&self) -> Option<usize> {
        let (mut at, mut line, mut longest) = (self.at, self.line, 0);
        loop {
            while self.byte(at) == b' ' {
                at += 1;
            }
            longest = longest.max(at - line);
            match self.byte(at) {
                b'\n' => at += 1,
                b'\r' => at += 2,
                b'\t' => return None,
                _ => break,
            }
            line = at;
        }
        let indent = at - line;
        // Blank lines that are longer than the first text's indentation.
        if longest > indent {
            return None;
        }
        Some(indent.max(self.least_column()))
    }
}
