//! Collections in brackets.

use super::Style;
use super::{Reader, Scalar};
use crate::text::Span;

/// What may come next inside brackets.
#[derive(Clone, Copy)]
enum Expect {
    /// An item, or the end of the sequence.
    Item,
    /// A key, or the end of the mapping.
    Key,
    /// The value of a key.
    Value,
    /// A comma, or the end.
    Comma,
}

/// What is open inside brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `[`.
    Sequence,
    /// `{`.
    Mapping,
    /// None: a single pair as an item of a sequence, `[a: b]`.
    Pair,
}

impl Reader<'_> {
    /// Reads the collection whose bracket opens here.
    pub(super) fn flow(&mut self, tag: Span) -> Option<()> {
        self.brackets.clear();
        let mut expect = self.open_bracket(tag)?;
        loop {
            self.pass_between()?;
            let byte = self.byte(self.at);
            if matches!(expect, Expect::Comma) && self.brackets.last() == Some(&Bracket::Pair) {
                self.brackets.pop();
                self.builder.close(None);
            }
            expect = match (expect, byte) {
                (Expect::Item | Expect::Comma, b']') | (Expect::Key | Expect::Comma, b'}') => {
                    let closed = if byte == b']' { Bracket::Sequence } else { Bracket::Mapping };
                    if self.brackets.pop()? != closed {
                        return None;
                    }
                    self.at += 1;
                    self.builder.close(Some(self.at));
                    if self.brackets.is_empty() {
                        return Some(());
                    }
                    Expect::Comma
                }
                (Expect::Comma, b',') => {
                    self.at += 1;
                    if *self.brackets.last()? == Bracket::Mapping { Expect::Key } else { Expect::Item }
                }
                (Expect::Comma, _) => return None,
                (Expect::Key, _) => {
                    let key = self.flow_scalar(byte)?;
                    self.flow_key(key)?
                }
                (Expect::Item | Expect::Value, b'!') => self.tagged_in_brackets()?,
                (Expect::Item | Expect::Value, b'[' | b'{') => self.open_bracket(Span::default())?,
                (Expect::Value, _) => {
                    let scalar = self.flow_scalar(byte)?;
                    self.add(scalar, Span::default());
                    Expect::Comma
                }
                (Expect::Item, _) => self.item_in_brackets(byte)?,
            };
        }
    }

    fn open_bracket(&mut self, tag: Span) -> Option<Expect> {
        let is_mapping = self.byte(self.at) == b'{';
        self.open_in_brackets(if is_mapping { Bracket::Mapping } else { Bracket::Sequence }, self.at, tag)?;
        self.at += 1;
        Some(if is_mapping { Expect::Key } else { Expect::Item })
    }

    fn open_in_brackets(&mut self, bracket: Bracket, start: usize, tag: Span) -> Option<()> {
        self.builder.open(bracket != Bracket::Sequence, true, start, tag);
        self.brackets.push(bracket);
        (!self.builder.is_skipping()).then_some(())
    }

    /// Passes blanks, line breaks and comments. A line that is not indented is unusual.
    fn pass_between(&mut self) -> Option<()> {
        let line = self.line;
        loop {
            match self.byte(self.at) {
                b' ' => self.at += 1,
                b'\n' | b'\r' => self.pass_break(),
                b'#' if matches!(self.byte(self.at.checked_sub(1)?), b' ' | b'\n') => self.comment(),
                b'\t' | b'#' | 0 => return None,
                _ => break,
            }
        }
        let is_closing = matches!(self.byte(self.at), b']' | b'}');
        let least = self.least_column().saturating_sub(usize::from(is_closing));
        (self.line == line || self.at - self.line >= least).then_some(())
    }

    /// Reads a tag and what it is the tag of, which may be nothing.
    fn tagged_in_brackets(&mut self) -> Option<Expect> {
        let tag = self.tag()?;
        self.pass_between()?;
        match self.byte(self.at) {
            b'[' | b'{' => return self.open_bracket(tag),
            b',' | b']' | b'}' if !self.is_behind_comment() => self.add_empty(tag),
            byte => {
                let scalar = self.flow_scalar(byte)?;
                self.add(scalar, tag);
            }
        }
        Some(Expect::Comma)
    }

    /// Reads an item of a sequence, which may be a pair.
    fn item_in_brackets(&mut self, byte: u8) -> Option<Expect> {
        let (start, line) = (self.at, self.line);
        let scalar = self.flow_scalar(byte)?;
        let end = self.at;
        if self.line == line {
            self.skip_blanks();
            if self.byte(self.at) == b':' {
                self.open_in_brackets(Bracket::Pair, start, Span::default())?;
                return self.flow_key(scalar);
            }
            self.at = end;
        }
        self.add(scalar, Span::default());
        Some(Expect::Comma)
    }

    /// Goes on after a key with its colon.
    fn flow_key(&mut self, key: Scalar) -> Option<Expect> {
        self.skip_blanks();
        let is_on_line = key.span.start() >= self.line;
        if !is_on_line || !Self::may_be_key(key.span) || self.byte(self.at) != b':' {
            return None;
        }
        // As in JSON, the value may follow at once.
        let is_quoted = key.style == Style::Quoted && self.byte(self.at + 1) != b'\t';
        if !is_quoted && !self.is_gap(self.at + 1) {
            return None;
        }
        self.add(key, Span::default());
        self.at += 1;
        Some(Expect::Value)
    }

    /// Reads a scalar inside brackets; plain ones are on one line.
    fn flow_scalar(&mut self, byte: u8) -> Option<Scalar> {
        let start = self.at;
        match byte {
            b'"' | b'\'' => return self.quoted(),
            b'-' if matches!(self.byte(start + 1), b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']' | b'{' | b'}') => {
                return None;
            }
            b'?' | b':' | b'&' | b'*' | b'!' | b'|' | b'>' | b'%' | b'@' | b'`' | b',' | b'[' | b']' | b'{' | b'}'
            | b'#' => return None,
            _ => {}
        }
        let end = self.plain_in_brackets()?;
        (end > start).then(|| Self::plain(start, end))
    }
}
