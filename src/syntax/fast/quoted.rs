//! Scalars in single and double quotes.

use super::Style;
use super::{Reader, Scalar};
use crate::text::Span;

impl Reader<'_> {
    /// Reads the quoted scalar that begins here.
    pub(super) fn quoted(&mut self) -> Option<Scalar> {
        let start = self.at;
        let quote = self.byte(start);
        let inside = start + 1;
        let rest = self.bytes.get(inside..)?;
        let length = if quote == b'"' {
            rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n' | b'\r'))?
        } else {
            rest.iter().position(|byte| matches!(byte, b'\'' | b'\n' | b'\r'))?
        };
        let end = inside + length;
        if self.byte(end) == quote && (quote == b'"' || self.byte(end + 1) != b'\'') {
            self.at = end + 1;
            let span = Span::new(start, self.at);
            return Some(Scalar { text: Span::new(inside, end), is_buffered: false, style: Style::Quoted, span });
        }
        self.at = end;
        self.rest_of_quoted(start, quote)
    }

    /// Goes on from the first byte that is not what it stands for.
    fn rest_of_quoted(&mut self, start: usize, quote: u8) -> Option<Scalar> {
        let least = self.least_column();
        let first = self.builder.document.buffer.len();
        // What is in the buffer reaches up to here.
        let mut kept = start + 1;
        loop {
            match self.byte(self.at) {
                0 => return None,
                b'\'' if quote == b'\'' && self.byte(self.at + 1) == b'\'' => {
                    self.keep(kept, self.at + 1)?;
                    self.at += 2;
                    kept = self.at;
                }
                byte if byte == quote => break,
                b'\\' if quote == b'"' => {
                    self.keep(kept, self.at)?;
                    self.escape(least)?;
                    kept = self.at;
                }
                b'\n' | b'\r' => {
                    self.keep_without_blanks(kept)?;
                    let breaks = self.pass_breaks()?;
                    // A quote that ends the text, too.
                    if self.at - self.line < least {
                        return None;
                    }
                    self.fold(breaks);
                    kept = self.at;
                }
                _ => self.at += 1,
            }
        }
        self.keep(kept, self.at)?;
        self.at += 1;
        Some(self.buffered(first, Style::Quoted, Span::new(start, self.at)))
    }

    /// Keeps a line of a quoted text; the blanks before a line break do not count, unless they were escaped.
    fn keep_without_blanks(&mut self, kept: usize) -> Option<()> {
        let line = self.source.get(kept..self.at)?;
        self.builder.document.buffer.push_str(line.trim_end_matches([' ', '\t']));
        Some(())
    }

    /// Puts what an escape stands for into the buffer and moves behind it.
    fn escape(&mut self, least: usize) -> Option<()> {
        let kind = self.byte(self.at + 1);
        if matches!(kind, b'\n' | b'\r') {
            // The line goes on below; only empty lines count.
            self.at += 1;
            let breaks = self.pass_breaks()?;
            self.keep_breaks(breaks - 1);
            return (self.at - self.line >= least).then_some(());
        }
        self.at += 2;
        let character = match kind {
            b'0' => '\0',
            b'a' => '\u{7}',
            b'b' => '\u{8}',
            b't' => '\t',
            b'n' => '\n',
            b'v' => '\u{b}',
            b'f' => '\u{c}',
            b'r' => '\r',
            b'e' => '\u{1b}',
            b' ' => ' ',
            b'"' => '"',
            b'/' => '/',
            b'\\' => '\\',
            b'N' => '\u{85}',
            b'_' => '\u{a0}',
            b'L' => '\u{2028}',
            b'P' => '\u{2029}',
            b'x' => self.hexadecimal(2)?,
            b'u' => self.hexadecimal(4)?,
            _ => return None,
        };
        self.builder.document.buffer.push(character);
        Some(())
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<char> {
        let mut code = 0;
        for _ in 0..digits {
            code = code * 16 + char::from(self.byte(self.at)).to_digit(16)?;
            self.at += 1;
        }
        char::from_u32(code)
    }
}
