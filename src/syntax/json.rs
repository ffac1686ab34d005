//! JSON to a document: iterative, with exact spans, and lenient where the author's meaning is plain.

use super::build::Builder;
use super::document::{Format, Style};
use super::problem::{SyntaxProblem, quote};
use super::read::Read;
use super::scalar::is_json_number;
use crate::diag::{Code, Limits};
use crate::text::Span;

/// Reading stops after so many errors.
const MOST_ERRORS: usize = 20;

/// Reads JSON; spans count from the beginning of `source`, a byte order mark included.
pub(super) fn read_json<'s>(source: &'s str, limits: &Limits) -> Read<'s> {
    let mut reader = Reader {
        source,
        at: 0,
        builder: Builder::new(source, Format::Json, limits),
        open: Vec::new(),
        seen: [false; LENIENCIES],
        errors: 0,
    };
    if source.starts_with('\u{feff}') {
        reader.tolerate(Leniency::ByteOrderMark, Span::new(0, '\u{feff}'.len_utf8()));
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.run();
    reader.builder.close_down_to(0);
    Read { document: reader.builder.document, problems: reader.builder.problems.finish() }
}

/// What is not strict JSON and is read all the same.
#[derive(Clone, Copy)]
enum Leniency {
    ByteOrderMark,
    Comment,
    TrailingComma,
    ControlCharacter,
}

const LENIENCIES: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// An item of a sequence, or its end.
    FirstItem,
    /// A key, or the end of the mapping.
    FirstKey,
    /// A key after a comma.
    Key,
    /// A comma or the end of the collection.
    Comma,
}

struct Reader<'s> {
    source: &'s str,
    at: usize,
    builder: Builder<'s>,
    /// For each open collection whether it is a mapping, and where it begins.
    open: Vec<(bool, usize)>,
    seen: [bool; LENIENCIES],
    errors: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn run(&mut self) {
        let mut expect = Expect::Value;
        self.skip_blank();
        if self.peek().is_none() {
            return;
        }
        loop {
            self.skip_blank();
            if self.builder.is_too_big(self.at) || self.errors >= MOST_ERRORS {
                return;
            }
            let next = match expect {
                Expect::Comma if self.open.is_empty() => return self.end(),
                Expect::Comma => self.comma(),
                Expect::FirstItem if self.peek() == Some(b']') => Some(self.close()),
                Expect::FirstKey | Expect::Key if self.peek() == Some(b'}') => Some(self.close()),
                Expect::FirstKey | Expect::Key => self.key(),
                Expect::Value | Expect::FirstItem => self.value(),
            };
            let Some(next) = next else { return };
            expect = next;
        }
    }

    fn end(&mut self) {
        if self.at < self.source.len() {
            self.error(self.at, "text after the end of the document");
        }
    }

    /// After a value: `None` when nothing can be made of what stands there.
    fn comma(&mut self) -> Option<Expect> {
        let is_mapping = self.open.last().is_some_and(|&(is_mapping, _)| is_mapping);
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_blank();
                let closing = if is_mapping { b'}' } else { b']' };
                if self.peek() == Some(closing) {
                    self.tolerate(Leniency::TrailingComma, Span::new(comma, comma + 1));
                    return Some(self.close());
                }
                Some(if is_mapping { Expect::Key } else { Expect::Value })
            }
            Some(b'}') if is_mapping => Some(self.close()),
            Some(b']') if !is_mapping => Some(self.close()),
            Some(b'"') if is_mapping => {
                self.error(self.at, "expected `,` before the next key");
                Some(Expect::Key)
            }
            Some(b'"' | b'{' | b'[') if !is_mapping => {
                self.error(self.at, "expected `,` before the next value");
                Some(Expect::Value)
            }
            _ => {
                self.error(self.at, if is_mapping { "expected `,` or `}`" } else { "expected `,` or `]`" });
                None
            }
        }
    }

    fn close(&mut self) -> Expect {
        self.at += 1;
        self.open.pop();
        self.builder.close(Some(self.at));
        Expect::Comma
    }

    fn key(&mut self) -> Option<Expect> {
        if self.peek() != Some(b'"') {
            self.error(self.at, "expected a key in double quotes");
            return None;
        }
        self.string()?;
        self.skip_blank();
        if self.peek() != Some(b':') {
            self.error(self.at, "expected `:` after the key");
            return None;
        }
        self.at += 1;
        Some(Expect::Value)
    }

    fn value(&mut self) -> Option<Expect> {
        match self.peek() {
            Some(byte @ (b'{' | b'[')) => {
                let is_mapping = byte == b'{';
                self.builder.open(is_mapping, true, self.at, Span::default());
                self.open.push((is_mapping, self.at));
                self.at += 1;
                Some(if is_mapping { Expect::FirstKey } else { Expect::FirstItem })
            }
            Some(b'"') => {
                self.string()?;
                Some(Expect::Comma)
            }
            _ => self.word(),
        }
    }

    /// A number, `true`, `false`, `null`, or a bare word, which is an error and kept as a text.
    fn word(&mut self) -> Option<Expect> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let length = rest
            .bytes()
            .take_while(|&byte| {
                byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'+' | b'-' | b'.' | b'_')
            })
            .count();
        if length == 0 {
            self.error(self.at, "expected a value");
            return None;
        }
        let word = rest.get(..length).unwrap_or_default();
        let span = Span::new(self.at, self.at + length);
        if !matches!(word, "true" | "false" | "null") && !is_json_number(word) {
            self.error_at(span, format!("{} is not a JSON value", quote(word)));
        }
        self.at += length;
        self.builder.borrowed_scalar(span, Style::Plain, span, Span::default());
        Some(Expect::Comma)
    }

    /// A text in double quotes; `None` when it does not end.
    fn string(&mut self) -> Option<()> {
        let start = self.at;
        let mut at = start + 1;
        let mut copied = at;
        let mut unescaped: Option<String> = None;
        loop {
            let rest = self.source.as_bytes().get(at..).unwrap_or_default();
            at += rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')).unwrap_or(rest.len());
            match self.source.as_bytes().get(at) {
                None => {
                    self.error_at(Span::new(start, start + 1), "the text that begins here does not end");
                    return None;
                }
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(self.source.get(copied..at).unwrap_or_default());
                    match escape(self.source, at) {
                        Some((character, length)) => {
                            text.push(character);
                            at += length;
                            copied = at;
                        }
                        None => {
                            // Kept as it is written; the character after the backslash is looked at as usual.
                            copied = at;
                            at += 1;
                            self.error_at(Span::new(copied, at), "JSON has no such escape");
                        }
                    }
                }
                Some(_) => {
                    self.tolerate(Leniency::ControlCharacter, Span::new(at, at + 1));
                    at += 1;
                }
            }
        }
        let span = Span::new(start, at + 1);
        match unescaped {
            None => self.builder.borrowed_scalar(Span::new(start + 1, at), Style::Quoted, span, Span::default()),
            Some(mut text) => {
                text.push_str(self.source.get(copied..at).unwrap_or_default());
                self.builder.owned_scalar(&text, Style::Quoted, span, Span::default());
            }
        }
        self.at = at + 1;
        Some(())
    }

    /// Skips blanks and comments.
    fn skip_blank(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') => {
                    let rest = self.source.get(self.at..).unwrap_or_default();
                    let length = if rest.starts_with("//") {
                        rest.find(['\n', '\r']).unwrap_or(rest.len())
                    } else if let Some(inside) = rest.strip_prefix("/*") {
                        inside.find("*/").map_or(rest.len(), |end| end + "/**/".len())
                    } else {
                        return;
                    };
                    let span = Span::new(self.at, self.at + length);
                    self.tolerate(Leniency::Comment, span);
                    self.builder.document.comments.push(span);
                    self.at += length;
                }
                _ => return,
            }
        }
    }

    fn tolerate(&mut self, leniency: Leniency, span: Span) {
        let Some(seen) = self.seen.get_mut(leniency as usize) else { return };
        if std::mem::replace(seen, true) {
            return;
        }
        let (message, help) = match leniency {
            Leniency::ByteOrderMark => ("the JSON begins with a byte order mark", "save the file without it"),
            Leniency::Comment => ("JSON has no comments", "remove the comments, or write the template in YAML"),
            Leniency::TrailingComma => ("JSON has no comma before a closing bracket", "remove the comma"),
            Leniency::ControlCharacter => {
                ("JSON texts have no raw line breaks or control characters", "write `\\n`, `\\t` or `\\u....`")
            }
        };
        self.builder.problems.push(SyntaxProblem::new(Code::JsonLenient, span, message).with_help(help));
    }

    fn error(&mut self, at: usize, message: &str) {
        let length = self.source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let message = if length == 0 { format!("{message}, found the end") } else { message.to_owned() };
        self.error_at(Span::new(at, at + length), message);
    }

    fn error_at(&mut self, span: Span, message: impl Into<String>) {
        self.errors += 1;
        let mut problem = SyntaxProblem::new(Code::ParseJson, span, message);
        if let Some(&(_, opened)) = self.open.last().filter(|_| span.start() >= self.source.len()) {
            problem = problem.with_related(Span::new(opened, opened + 1), "this bracket is not closed");
        }
        self.builder.problems.push(problem);
    }
}

/// The character that the escape at `at` stands for, and the escape's length in bytes. Half a surrogate pair stands for
/// U+FFFD.
fn escape(source: &str, at: usize) -> Option<(char, usize)> {
    let hexadecimal = |from: usize| {
        let digits = source.get(from..from + 4)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let character = match source.as_bytes().get(at + 1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = hexadecimal(at + 2)?;
            if (0xd800..0xdc00).contains(&unit) && source.get(at + 6..at + 8) == Some("\\u") {
                let low = hexadecimal(at + 8).filter(|low| (0xdc00..0xe000).contains(low));
                if let Some(low) = low {
                    let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    return Some((char::from_u32(code)?, 12));
                }
            }
            return Some((char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6));
        }
        _ => return None,
    };
    Some((character, 2))
}
