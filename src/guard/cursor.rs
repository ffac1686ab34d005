//! Where the parser stands in the text, what it remembers, and the small words it reads.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::text::Span;

use super::ast::{Dialect, Name, Query};
use super::clauses::Item;
use super::recovery::{SyntaxError, Trouble};

/// How deep blocks, filters, lists, maps and calls may nest.
pub(super) const DEEPEST_NESTING: usize = 128;

/// Work that is allowed for each byte of text. Ordinary files need less than 2; only texts made to be read in many ways
/// come near.
const STEPS_PER_BYTE: usize = 100;

/// About how many bytes a file has for each of its comments.
const BYTES_PER_COMMENT: usize = 64;

/// Why a production did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Another production may match at the same place.
    Retry,
    /// The text was clearly meant as this production, so nothing else is tried.
    Fatal,
}

pub(super) type Parse<T> = Result<T, Stop>;

/// Hashes offsets in a text. Nobody can choose them freely, so they need no secret.
pub(super) type Places = BuildHasherDefault<PlaceHasher>;

#[derive(Default)]
pub(super) struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // The multiplier spreads neighbouring offsets over all bits.
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }
}

/// A parser of one text. A production that answers [`Stop::Retry`] leaves `at` anywhere; whoever tries the next
/// production puts it back.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    /// The offset of the next byte to read; always on a character boundary.
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    depth: usize,
    steps_left: usize,
    comments: Vec<Span>,
    /// From where to where the last word went: one place is mostly read as several things.
    last_word: (usize, usize),
    pub(super) trouble: Trouble,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether the item being read is already known to be wrong, so that blocks report what is wrong in them and go on.
    pub(super) recovering: bool,
    /// The start of a rule that was met inside a block: all open blocks end before it.
    pub(super) rule_met_inside: Option<usize>,
    /// Queries that were read and then not used, by where they were read, with where they end. Reading them again
    /// at each level of nesting would take exponential time.
    pub(super) unused_queries: HashMap<usize, (Query, usize), Places>,
    /// Where no block of clauses can be read.
    pub(super) no_block_at: HashSet<(usize, Item), Places>,
    /// What is wrong with the regular expressions already seen.
    pub(super) checked_patterns: HashMap<String, Option<String>>,
    /// From where on no message is closed any more.
    pub(super) no_message_end_from: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            at: 0,
            dialect,
            depth: 0,
            steps_left: text.len().saturating_mul(STEPS_PER_BYTE).saturating_add(10_000),
            comments: Vec::with_capacity(text.len() / BYTES_PER_COMMENT),
            last_word: (0, 0),
            trouble: Trouble::default(),
            errors: Vec::new(),
            recovering: false,
            rule_met_inside: None,
            unused_queries: HashMap::default(),
            no_block_at: HashSet::default(),
            checked_patterns: HashMap::new(),
            no_message_end_from: text.len(),
        }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn since(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// Reads `word` if it comes next. No word boundary is asked for.
    #[inline]
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let (bytes, word) = (self.bytes(), word.as_bytes());
        // Nearly always the first byte tells.
        let found = bytes.first() == word.first() && bytes.starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    #[inline]
    pub(super) fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    /// Reads one of `words`. The classic dialect reads prefixes of longer names too; 3.2.1 asks for a word boundary.
    pub(super) fn eat_keyword(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        if !self.eat_any(words) {
            return false;
        }
        if self.dialect == Dialect::V321 && self.name_goes_on() {
            self.at = start;
            return false;
        }
        true
    }

    /// Whether the next character would continue a name.
    pub(super) fn name_goes_on(&self) -> bool {
        self.peek().is_some_and(|next| next.is_alphanumeric() || next == '_')
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|next| !wanted(next)).unwrap_or(rest.len());
        self.at += length;
        self.spend(length / 8);
        rest.get(..length).unwrap_or_default()
    }

    /// Reads what `production` reads, or nothing.
    pub(super) fn optional<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<Option<T>> {
        let start = self.at;
        match production(self) {
            Ok(found) => Ok(Some(found)),
            Err(Stop::Retry) => {
                self.at = start;
                Ok(None)
            }
            Err(Stop::Fatal) => Err(Stop::Fatal),
        }
    }

    /// Reads what `production` reads; when it does not match, nothing else is tried.
    pub(super) fn committed<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        production(self).map_err(|_| Stop::Fatal)
    }

    /// Runs `production` one level deeper.
    pub(super) fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.depth >= DEEPEST_NESTING {
            let here = Span::new(self.at, self.at + self.peek().map_or(0, char::len_utf8));
            let message = format!("nested deeper than {DEEPEST_NESTING} levels");
            self.trouble.note(self.text.len(), here, message, Some("split the rule or use variables".to_owned()));
            return Err(Stop::Fatal);
        }
        self.depth += 1;
        let result = production(self);
        self.depth -= 1;
        result
    }

    pub(super) fn spend(&mut self, steps: usize) {
        self.steps_left = self.steps_left.saturating_sub(steps);
    }

    /// Whether all allowed work is done.
    pub(super) fn exhausted(&self) -> bool {
        self.steps_left == 0
    }

    /// Counts one step; fatal when all allowed work is done.
    pub(super) fn step(&mut self) -> Parse<()> {
        self.spend(1);
        if self.exhausted() { Err(Stop::Fatal) } else { Ok(()) }
    }

    /// Skips white space and comments; whether there was any.
    pub(super) fn skip_space(&mut self) -> bool {
        let start = self.at;
        loop {
            self.skip_plain_space();
            if self.bytes().first() != Some(&b'#') {
                return self.at > start;
            }
            self.skip_comment();
        }
    }

    /// Skips white space, but no comments.
    pub(super) fn skip_plain_space(&mut self) {
        self.skip_bytes(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n'));
    }

    /// Skips spaces and tabs.
    pub(super) fn skip_blanks(&mut self) -> bool {
        self.skip_bytes(|next| matches!(next, b' ' | b'\t'))
    }

    /// Skips ASCII characters; whether there were any.
    fn skip_bytes(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        let rest = self.bytes();
        let length = rest.iter().position(|next| !wanted(*next)).unwrap_or(rest.len());
        self.at += length;
        self.spend(length / 8);
        length > 0
    }

    /// Skips from `#` to the end of the line and remembers the comment.
    pub(super) fn skip_comment(&mut self) {
        let start = self.at;
        let rest = self.bytes();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let breaks = rest.get(..length).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\r').count();
        self.at += length;
        self.spend(length / 8);
        let span = Span::new(start, start + length - breaks);
        // The same place is read several times; comments nearly always come in order.
        if self.comments.last().is_none_or(|last| last.start() < start) {
            self.comments.push(span);
        } else if let Err(index) = self.comments.binary_search_by_key(&start, |comment| comment.start()) {
            self.comments.insert(index, span);
        }
    }

    pub(super) fn take_comments(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.comments)
    }

    /// Where the next thing after white space and comments starts.
    pub(super) fn next_thing(&mut self) -> usize {
        let start = self.at;
        self.skip_space();
        std::mem::replace(&mut self.at, start)
    }

    /// Says what could have stood here.
    pub(super) fn expect(&mut self, what: &'static str) -> Stop {
        self.trouble.expect(self.at, what);
        Stop::Retry
    }

    /// Reads `mark` after white space and comments.
    pub(super) fn mark(&mut self, mark: &str, what: &'static str) -> Parse<()> {
        self.skip_space();
        if self.eat(mark) { Ok(()) } else { Err(self.expect(what)) }
    }

    /// The text up to the next `>>`.
    pub(super) fn up_to_message_end(&mut self) -> Option<&'t str> {
        if self.at >= self.no_message_end_from {
            return None;
        }
        let Some(length) = memchr::memmem::find(self.bytes(), b">>") else {
            self.no_message_end_from = self.at;
            return None;
        };
        self.spend(length / 8);
        self.rest().get(..length)
    }

    /// Reads a name: ASCII letters, then letters, digits and `_`.
    pub(super) fn name(&mut self) -> Parse<Name> {
        let start = self.at;
        let text = self.word()?;
        Ok(Name { text: text.into(), span: self.since(start) })
    }

    /// Reads what a name is made of.
    pub(super) fn word(&mut self) -> Parse<&'t str> {
        let (start, end) = self.last_word;
        if start == self.at && end > start {
            self.at = end;
            return self.text.get(start..end).ok_or(Stop::Retry);
        }
        let start = self.at;
        let bytes = self.bytes();
        if !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
            return Err(Stop::Retry);
        }
        let length = bytes.iter().position(|next| !is_plain(*next)).unwrap_or(bytes.len());
        if bytes.get(length).is_some_and(|next| !next.is_ascii()) {
            self.take_while(|next| next.is_alphanumeric() || next == '_');
        } else {
            self.at += length;
            self.spend(length / 8);
        }
        self.last_word = (start, self.at);
        self.text.get(start..self.at).ok_or(Stop::Retry)
    }

    /// Reads `not`, `NOT` (with spaces or tabs after it) or `!`.
    pub(super) fn not(&mut self) -> Parse<()> {
        let start = self.at;
        if self.eat_any(&["not", "NOT"]) && self.skip_blanks() {
            return Ok(());
        }
        self.at = start;
        if self.eat("!") { Ok(()) } else { Err(Stop::Retry) }
    }

    /// Reads `or` with white space after it.
    pub(super) fn or(&mut self) -> Parse<()> {
        self.skip_space();
        if self.eat_any(&["or", "OR", "|OR|"]) && self.skip_space() { Ok(()) } else { Err(Stop::Retry) }
    }
}

/// Whether a byte is an ASCII character that names go on with.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_')
}
