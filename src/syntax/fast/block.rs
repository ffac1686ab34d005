//! Collections in blocks: what indentation says.

use super::Style;
use super::{Level, Reader, Scalar};
use crate::text::Span;

impl Reader<'_> {
    /// Reads the whole text.
    pub(super) fn run(&mut self) -> Option<()> {
        let has_content = self.next_content()?;
        if has_content && self.at == self.line && self.bytes.get(self.at..)?.starts_with(b"---") {
            self.at += 3;
            if !self.is_gap(self.at) {
                return None;
            }
            self.finish_line()?;
        }
        while self.next_content()? {
            if self.at == self.line && self.is_marker(self.at) {
                self.end_marker()?;
                break;
            }
            self.content()?;
        }
        // A text without content is unusual.
        self.levels.last()?;
        while let Some(level) = self.levels.last().copied() {
            if level.waits {
                self.empty_value(level)?;
            }
            self.close();
        }
        Some(())
    }

    /// Reads `...`, after which there are only comments.
    fn end_marker(&mut self) -> Option<()> {
        if self.byte(self.at) != b'.' || !self.is_gap(self.at + 3) {
            return None;
        }
        self.at += 3;
        self.finish_line()?;
        (!self.next_content()?).then_some(())
    }

    /// Reads what begins at the beginning of a line.
    fn content(&mut self) -> Option<()> {
        let column = self.at - self.line;
        let is_dash = self.byte(self.at) == b'-' && self.is_gap(self.at + 1);
        loop {
            let Some(level) = self.levels.last_mut() else {
                // There is one root.
                return if self.builder.document.root.is_none() { self.node(Span::default()) } else { None };
            };
            if level.waits {
                level.waits = false;
                let level = *level;
                if column > level.column {
                    return self.node(level.tag);
                }
                if level.is_mapping && column == level.column && is_dash {
                    self.open(false, level.tag)?;
                    if let Some(level) = self.levels.last_mut() {
                        level.is_indentless = true;
                    }
                    return self.item();
                }
                self.empty_value(level)?;
                continue;
            }
            if column > level.column {
                return None;
            }
            if column == level.column {
                match (level.is_mapping, is_dash) {
                    (true, false) => return self.pair(),
                    (false, true) => return self.item(),
                    (false, false) if level.is_indentless => {}
                    _ => return None,
                }
            }
            self.close();
        }
    }

    /// Opens a collection in a block that begins here.
    fn open(&mut self, is_mapping: bool, tag: Span) -> Option<()> {
        self.builder.open(is_mapping, false, self.at, tag);
        let column = self.at - self.line;
        self.levels.push(Level { is_mapping, column, is_indentless: false, waits: false, tag: Span::default() });
        (!self.builder.is_skipping()).then_some(())
    }

    fn close(&mut self) {
        self.levels.pop();
        self.builder.close(None);
    }

    /// The value of a key or a dash after which nothing comes. Behind the comment of a dash its place is unusual.
    fn empty_value(&mut self, level: Level) -> Option<()> {
        if level.is_mapping || !self.is_behind_comment() {
            self.add_empty(level.tag);
            return Some(());
        }
        None
    }

    /// Whether a comment was read since the last key, dash or tag.
    pub(super) fn is_behind_comment(&self) -> bool {
        self.builder.document.comments.last().is_some_and(|comment| comment.start() >= self.end)
    }

    /// Adds an empty scalar behind the last key, dash or tag.
    pub(super) fn add_empty(&mut self, tag: Span) {
        let place = Span::at(self.end);
        self.builder.borrowed_scalar(place, Style::Plain, place, tag);
    }

    /// The value comes on a later line, if there is one.
    fn wait(&mut self, tag: Span) -> Option<()> {
        let level = self.levels.last_mut()?;
        level.waits = true;
        level.tag = tag;
        self.finish_line()
    }

    /// Reads a node where a collection may begin: on a line of its own, or behind a dash.
    fn node(&mut self, tag: Span) -> Option<()> {
        match self.byte(self.at) {
            b'-' if self.is_gap(self.at + 1) => {
                self.open(false, tag)?;
                self.item()
            }
            b'!' if tag.is_empty() => self.tagged(),
            b'"' | b'\'' => {
                let (start, line) = (self.at, self.line);
                let scalar = self.quoted()?;
                let is_key = self.line == line && self.finds_colon()?;
                if is_key { self.first_pair(start, scalar, tag) } else { self.quoted_value(scalar, tag) }
            }
            b'|' | b'>' | b'[' | b'{' => self.value(tag),
            _ if self.is_indicator() => None,
            _ => {
                let start = self.at;
                let end = self.plain_line()?;
                if self.byte(self.at) == b':' {
                    return self.first_pair(start, Self::plain(start, end), tag);
                }
                self.plain_value(start, end, tag)
            }
        }
    }

    /// Opens the mapping whose first key was just read: its colon comes next.
    fn first_pair(&mut self, start: usize, key: Scalar, tag: Span) -> Option<()> {
        let colon = std::mem::replace(&mut self.at, start);
        self.open(true, tag)?;
        self.at = colon;
        self.value_of(key)
    }

    /// Reads items that begin with this dash, those of sequences that begin right behind it too.
    fn item(&mut self) -> Option<()> {
        loop {
            self.at += 1;
            self.end = self.at;
            self.skip_blanks();
            match self.byte(self.at) {
                b'-' if self.is_gap(self.at + 1) => self.open(false, Span::default())?,
                b'\n' | b'\r' | b'#' | 0 => return self.wait(Span::default()),
                _ => return self.node(Span::default()),
            }
        }
    }

    /// Reads a key and the value on its line.
    #[inline]
    fn pair(&mut self) -> Option<()> {
        let line = self.line;
        let key = match self.byte(self.at) {
            b'"' | b'\'' => {
                let key = self.quoted()?;
                if self.line != line || !self.finds_colon()? {
                    return None;
                }
                key
            }
            b'!' | b'|' | b'>' | b'[' | b'{' => return None,
            _ if self.is_indicator() => return None,
            _ => {
                let start = self.at;
                let end = self.plain_line()?;
                if self.byte(self.at) != b':' {
                    return None;
                }
                Self::plain(start, end)
            }
        };
        self.value_of(key)
    }

    /// Whether a colon comes next, after blanks; one that no gap follows is unusual.
    fn finds_colon(&mut self) -> Option<bool> {
        let end = self.at;
        self.skip_blanks();
        if self.byte(self.at) == b':' {
            return self.is_gap(self.at + 1).then_some(true);
        }
        self.at = end;
        Some(false)
    }

    /// Reads the value of a key, from its colon on.
    #[inline]
    fn value_of(&mut self, key: Scalar) -> Option<()> {
        if !Self::may_be_key(key.span) {
            return None;
        }
        self.add(key, Span::default());
        self.at += 1;
        self.end = self.at;
        self.skip_blanks();
        match self.byte(self.at) {
            b'\n' | b'\r' | b'#' | 0 => self.wait(Span::default()),
            b'!' => self.tagged(),
            _ => self.value(Span::default()),
        }
    }

    /// Reads a tag and what it is the tag of.
    fn tagged(&mut self) -> Option<()> {
        let tag = self.tag()?;
        self.skip_blanks();
        match self.byte(self.at) {
            b'\n' | b'\r' | b'#' | 0 => self.wait(tag),
            _ => self.value(tag),
        }
    }

    /// Reads a value that is no collection in a block.
    #[inline]
    fn value(&mut self, tag: Span) -> Option<()> {
        if self.levels.is_empty() {
            return None;
        }
        match self.byte(self.at) {
            b'|' | b'>' => self.block_scalar(tag),
            b'[' | b'{' => {
                self.flow(tag)?;
                self.finish_line()
            }
            b'"' | b'\'' => {
                let scalar = self.quoted()?;
                self.quoted_value(scalar, tag)
            }
            _ if self.is_indicator() => None,
            _ => {
                let start = self.at;
                let end = self.plain_line()?;
                self.plain_value(start, end, tag)
            }
        }
    }

    fn quoted_value(&mut self, scalar: Scalar, tag: Span) -> Option<()> {
        if self.levels.is_empty() {
            return None;
        }
        self.add(scalar, tag);
        self.finish_line()
    }

    #[inline]
    fn plain_value(&mut self, start: usize, end: usize, tag: Span) -> Option<()> {
        if self.levels.is_empty() {
            return None;
        }
        let scalar = self.rest_of_plain(start, end)?;
        self.add(scalar, tag);
        Some(())
    }

    /// Whether what stands here does not begin a plain text, or is unusual.
    fn is_indicator(&self) -> bool {
        match self.byte(self.at) {
            b'&' | b'*' | b'!' | b'%' | b'@' | b'`' | b',' | b']' | b'}' | b'#' | b'\t' => true,
            b'-' | b':' | b'?' => self.is_gap(self.at + 1) || self.byte(self.at + 1) == b'\t',
            _ => false,
        }
    }
}
