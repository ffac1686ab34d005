//! What is wrong with a text, and where reading goes on after it.

use crate::text::Span;

use super::ast::{Block, RuleFile};
use super::clauses::Item;
use super::cursor::{Parse, Parser};
use super::wording;

/// Something in a rule file that is not the Guard language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The text that is wrong; empty at the end of the file.
    pub span: Span,
    /// What was expected and what was found, in lower case, without a final period.
    pub message: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

/// The furthest place at which reading failed, and what could have stood there. Productions are tried one after another,
/// and the one that got furthest is nearly always the one that the author meant.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    at: usize,
    expected: Vec<&'static str>,
    note: Option<SyntaxError>,
}

impl Trouble {
    /// Begins with the item at `start`. A note that reaches further stays: it says why what was read before ended there.
    pub(super) fn begin(&mut self, start: usize) {
        if self.note.is_none() || self.at <= start {
            *self = Self { at: start, ..Self::default() };
        }
    }

    /// Says that `what` could have stood at `at`.
    pub(super) fn expect(&mut self, at: usize, what: &'static str) {
        if at < self.at {
            return;
        }
        if at > self.at {
            self.at = at;
            self.note = None;
            self.expected.clear();
        }
        if !self.expected.contains(&what) {
            self.expected.push(what);
        }
    }

    /// Says something particular about `span`. It counts until reading gets further than `reach`.
    pub(super) fn note(&mut self, reach: usize, span: Span, message: String, help: Option<String>) {
        if reach > self.at || (reach == self.at && self.note.is_none()) {
            self.at = reach;
            self.note = Some(SyntaxError { span, message, help });
        }
    }
}

impl Parser<'_> {
    /// Reads the wrong item at `start` again, this time noting everything that is wrong in it, and goes behind it.
    pub(super) fn recover(&mut self, start: usize, file: &mut RuleFile) {
        let first_trouble = std::mem::take(&mut self.trouble);
        let known = self.errors.len();
        self.trouble.note = first_trouble.note.clone();
        self.trouble.at = first_trouble.at;
        self.trouble.begin(start);
        self.at = start;
        self.recovering = true;
        self.no_block_at.clear();
        self.rule_met_inside = None;
        if self.top_level(file).is_err() {
            let wrong = self.report(start);
            self.resume(start, wrong, true);
        }
        if self.errors.len() == known {
            self.trouble = first_trouble;
            self.report(start);
        }
        self.recovering = false;
        self.rule_met_inside = None;
        self.no_block_at.clear();
        if self.exhausted() {
            self.at = self.text.len();
        }
    }

    /// Reads the entries of a block in which something is wrong.
    pub(super) fn broken_entries(&mut self, item: Item, open: usize, block: &mut Block) -> Parse<()> {
        let known = self.errors.len();
        loop {
            self.skip_space();
            if self.eat("}") {
                if block.lets.is_empty() && block.clauses.is_empty() && self.errors.len() == known {
                    self.error(self.since(open), "a block without clauses".to_owned(), None);
                }
                return Ok(());
            }
            if self.at_end() || self.exhausted() || self.rule_starts_here() {
                if self.rule_met_inside != Some(self.at) {
                    self.error(Span::new(open, open + 1), "`{` is never closed".to_owned(), None);
                    self.rule_met_inside = Some(self.at);
                }
                return Ok(());
            }
            let start = self.at;
            self.trouble.begin(start);
            if self.entry_of_block(item, block).is_err() {
                let wrong = self.report(start);
                self.resume(start, wrong, false);
            }
        }
    }

    fn error(&mut self, span: Span, message: String, help: Option<String>) {
        let error = SyntaxError { span, message, help };
        if self.errors.last() != Some(&error) {
            self.errors.push(error);
        }
    }

    /// Turns the trouble with the item at `start` into an error, and says where it is.
    fn report(&mut self, start: usize) -> usize {
        let trouble = std::mem::take(&mut self.trouble);
        if self.exhausted() {
            let message = "the text can be read in too many ways; nothing after this was read".to_owned();
            self.error(Span::new(start, self.text.len()), message, None);
            return start;
        }
        let error = trouble
            .note
            .unwrap_or_else(|| wording::unexpected(self.text, trouble.at.max(start), &trouble.expected, self.dialect));
        let wrong = error.span.start().max(start);
        self.error(error.span, error.message, error.help);
        wrong
    }

    /// Goes from the wrong item at `start` to where the next one may begin: behind the end of the line of what is wrong,
    /// with what is opened until there closed again. A block on the way is read for the errors in it.
    fn resume(&mut self, start: usize, wrong: usize, outside: bool) {
        let (mut braces, mut brackets) = (0_usize, 0_usize);
        self.at = start;
        while let Some(next) = self.peek()
            && self.step().is_ok()
        {
            match next {
                '#' => self.skip_comment(),
                '\n' => {
                    self.at += 1;
                    if (braces == 0 && brackets == 0 && self.at > wrong) || self.rule_starts_here() {
                        return;
                    }
                }
                '\'' | '"' | '/' => self.skip_to_closing(next),
                '<' if self.eat("<<") => {
                    self.at += self.up_to_message_end().map_or(0, |message| message.len() + 2);
                }
                '{' if self.at >= wrong && self.block_opens_here() && self.block(Item::ClauseOrReference).is_ok() => {
                    if self.rule_met_inside.is_some() {
                        return;
                    }
                }
                '{' => {
                    self.at += 1;
                    braces += 1;
                }
                '}' if braces == 0 => {
                    if outside {
                        self.at += 1;
                    }
                    return;
                }
                _ => {
                    self.at += next.len_utf8();
                    match next {
                        '}' => braces -= 1,
                        '[' | '(' => brackets += 1,
                        ']' | ')' => brackets = brackets.saturating_sub(1),
                        _ => {}
                    }
                }
            }
        }
        if self.exhausted() {
            self.at = self.text.len();
        }
    }

    /// Goes behind the closing `mark` when there is one on the line, else behind the opening one.
    fn skip_to_closing(&mut self, mark: char) {
        self.at += 1;
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or_default();
        let mut escaped = false;
        for (index, next) in line.char_indices() {
            if next == mark && !escaped {
                self.at += index + 1;
                return;
            }
            escaped = next == '\\';
        }
    }

    /// Whether the brace here opens a block rather than a map: it ends its line, and no operator stands before it.
    fn block_opens_here(&self) -> bool {
        let behind = self.rest().get(1..).unwrap_or_default().split('\n').next().unwrap_or_default().trim_start();
        let before = self.text.get(..self.at).unwrap_or_default().trim_end();
        (behind.is_empty() || behind.starts_with('#')) && !before.ends_with(['=', ':', ',', '[', '(', '<', '>'])
    }

    /// Whether a line with the head of a rule starts here.
    fn rule_starts_here(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let Some(head) = self.rest().trim_start_matches([' ', '\t']).strip_prefix("rule") else { return false };
        let name = head.trim_start_matches([' ', '\t']);
        let end = name.trim_start_matches(|next: char| next.is_alphanumeric() || next == '_');
        let mark = end.trim_start_matches([' ', '\t']);
        line.trim().is_empty()
            && name.len() < head.len()
            && end.len() < name.len()
            && (mark.starts_with(['{', '(']) || mark.starts_with("when") || mark.starts_with(['\r', '\n']))
    }
}
