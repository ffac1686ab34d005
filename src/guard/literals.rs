//! Literals: what stands for itself.

use fancy_regex::Regex;
use smol_str::SmolStr;

use crate::text::Span;

use super::ast::{Dialect, Literal, LiteralKind, Name, Range};
use super::cursor::{Parse, Parser, Stop};
use super::patterns::is_plainly_valid;

/// A bound of a range.
enum Bound {
    Float(f64),
    Integer(i64),
    Char(char),
}

/// The last part of a message about a pattern, in the style of ours.
fn reason(message: &str) -> String {
    let line = message.lines().last().unwrap_or_default();
    let part = line.rsplit(": ").next().unwrap_or_default().trim_end_matches('.');
    let mut letters = part.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl Parser<'_> {
    /// Reads a literal, white space before it included.
    pub(super) fn literal(&mut self) -> Parse<Literal> {
        self.step()?;
        self.skip_space();
        let start = self.at;
        let kind = match self.peek() {
            Some('n' | 'N') => self.null(),
            Some('\'' | '"') => self.quoted().map(LiteralKind::String),
            Some('0'..='9' | '-') => self.number(),
            Some('t' | 'T' | 'f' | 'F') => self.boolean(),
            Some('/') => self.regex(),
            Some('r') => self.range(),
            Some('[') => self.nested(Self::list),
            Some('{') => self.nested(Self::map),
            _ => Err(Stop::Retry),
        }?;
        Ok(Literal { kind, span: self.since(start) })
    }

    fn null(&mut self) -> Parse<LiteralKind> {
        let words: &[&str] = match self.dialect {
            Dialect::Classic => &["null", "NULL"],
            Dialect::V321 => &["null", "NULL", "Null"],
        };
        if self.eat_keyword(words) { Ok(LiteralKind::Null) } else { Err(Stop::Retry) }
    }

    fn boolean(&mut self) -> Parse<LiteralKind> {
        let (yes, no): (&[&str], &[&str]) = match self.dialect {
            Dialect::Classic => (&["true", "True"], &["false", "False"]),
            Dialect::V321 => (&["true", "True", "TRUE"], &["false", "False", "FALSE"]),
        };
        if self.eat_keyword(yes) {
            Ok(LiteralKind::Bool(true))
        } else if self.eat_keyword(no) {
            Ok(LiteralKind::Bool(false))
        } else {
            Err(Stop::Retry)
        }
    }

    /// Reads a text in quotes. A backslash before the same quote gives the quote; any other backslash is itself.
    pub(super) fn quoted(&mut self) -> Parse<SmolStr> {
        let start = self.at;
        let Some(quote @ ('\'' | '"')) = self.peek() else { return Err(Stop::Retry) };
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.rest();
            let Some(length) = rest.find(quote) else {
                self.spend(rest.len() / 8);
                self.unterminated_text(start, value.contains(quote));
                return Err(if rest.ends_with('\\') { Stop::Retry } else { Stop::Fatal });
            };
            self.at += length + 1;
            self.spend(length / 8);
            let piece = rest.get(..length).unwrap_or_default();
            if let Some(kept) = piece.strip_suffix('\\') {
                value.push_str(kept);
                value.push(quote);
            } else if value.is_empty() {
                return Ok(piece.into());
            } else {
                value.push_str(piece);
                return Ok(value.into());
            }
        }
    }

    fn unterminated_text(&mut self, start: usize, escapes: bool) {
        let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let help =
            escapes.then(|| "a backslash before a quote escapes it, so a text cannot end in a backslash".to_owned());
        let span = Span::new(start, start + line.len());
        self.trouble.note(self.text.len(), span, "text without its closing quote".to_owned(), help);
    }

    fn number(&mut self) -> Parse<LiteralKind> {
        let start = self.at;
        match self.float() {
            Ok(value) => return Ok(LiteralKind::Float(value)),
            Err(Stop::Retry) => self.at = start,
            Err(Stop::Fatal) => return Err(Stop::Fatal),
        }
        self.integer().map(LiteralKind::Integer)
    }

    fn digits(&mut self) -> bool {
        !self.take_while(|next| next.is_ascii_digit()).is_empty()
    }

    /// Reads a number with a fraction or an exponent. Whether it is one is decided first, in the classic dialect
    /// without a sign and with a sign demanded in the exponent; then it is read as far as floats go.
    fn float(&mut self) -> Parse<f64> {
        let start = self.at;
        let modern = self.dialect == Dialect::V321;
        if modern {
            self.eat("-");
        }
        if !self.digits() {
            return Err(Stop::Retry);
        }
        let whole = self.at;
        let fraction = self.eat(".") && self.digits();
        if !fraction {
            self.at = whole;
        }
        let exponent = self.eat_any(&["e", "E"]) && (self.eat_any(&["+", "-"]) || modern) && self.digits();
        if !fraction && !exponent {
            return Err(Stop::Retry);
        }
        self.at = start;
        self.eat("-");
        self.digits();
        if self.eat(".") {
            self.digits();
        }
        if self.eat_any(&["e", "E"]) {
            self.eat_any(&["+", "-"]);
            if !self.digits() {
                self.expect("the digits of the exponent");
                return Err(Stop::Fatal);
            }
        }
        let value = self.since(start).slice(self.text).and_then(|digits| digits.parse().ok()).ok_or(Stop::Retry)?;
        self.number_ends(start)?;
        Ok(value)
    }

    /// Reads an integer; its digits alone must fit 64 bits with a sign.
    pub(super) fn integer(&mut self) -> Parse<i64> {
        let start = self.at;
        let negative = self.eat("-");
        let digits = self.take_while(|next| next.is_ascii_digit());
        if digits.is_empty() {
            return Err(Stop::Retry);
        }
        let Ok(value) = digits.parse::<i64>() else {
            let message =
                format!("the integer `{}` does not fit 64 bits", if digits.len() > 40 { "..." } else { digits });
            self.trouble.note(self.at, self.since(start), message, None);
            return Err(Stop::Retry);
        };
        self.number_ends(start)?;
        Ok(if negative { -value } else { value })
    }

    fn number_ends(&mut self, start: usize) -> Parse<()> {
        if self.dialect == Dialect::V321 && self.name_goes_on() {
            let message = "a number followed by a letter, digit or underscore".to_owned();
            self.trouble.note(self.at, self.since(start), message, None);
            return Err(Stop::Retry);
        }
        Ok(())
    }

    fn regex(&mut self) -> Parse<LiteralKind> {
        let start = self.at;
        self.at += 1;
        let mut pattern = String::new();
        loop {
            let rest = self.rest();
            let Some(length) = rest.find('/') else {
                self.spend(rest.len() / 8);
                let line = rest.lines().next().unwrap_or_default();
                let span = Span::new(start, self.at + line.len());
                self.trouble.note(span.end(), span, "regular expression without its closing `/`".to_owned(), None);
                return Err(Stop::Retry);
            };
            if length == 0 {
                let (message, help) = if pattern.is_empty() {
                    ("an empty regular expression", None)
                } else {
                    (
                        "a regular expression that ends in an escaped `/`",
                        Some("write the last slash as `[\\/]`".to_owned()),
                    )
                };
                let span = Span::new(start, self.at + 1);
                self.trouble.note(span.end(), span, message.to_owned(), help);
                return Err(Stop::Retry);
            }
            self.at += length + 1;
            self.spend(length / 8);
            let piece = rest.get(..length).unwrap_or_default();
            if let Some(kept) = piece.strip_suffix('\\') {
                pattern.push_str(kept);
                pattern.push('/');
            } else {
                pattern.push_str(piece);
                break;
            }
        }
        if self.pattern_is_valid(start, &pattern) { Ok(LiteralKind::Regex(pattern.into())) } else { Err(Stop::Retry) }
    }

    fn pattern_is_valid(&mut self, start: usize, pattern: &str) -> bool {
        let complaint = match self.checked_patterns.get(pattern) {
            Some(known) => known.clone(),
            None => {
                // Compiling is by far the slowest thing here, and files repeat their patterns.
                let complaint = if is_plainly_valid(pattern) {
                    None
                } else {
                    Regex::new(pattern).err().map(|error| reason(&error.to_string()))
                };
                self.checked_patterns.insert(pattern.to_owned(), complaint.clone());
                complaint
            }
        };
        let Some(complaint) = complaint else { return true };
        self.trouble.note(self.at, self.since(start), format!("invalid regular expression: {complaint}"), None);
        false
    }

    fn range(&mut self) -> Parse<LiteralKind> {
        let start = self.at;
        self.eat("r");
        let low_inclusive = self.eat("[");
        if !low_inclusive && !self.eat("(") {
            return Err(Stop::Retry);
        }
        let low = self.bound()?;
        if !self.eat(",") {
            return Err(Stop::Retry);
        }
        let high = self.bound()?;
        let high_inclusive = self.eat("]");
        if !high_inclusive && !self.eat(")") {
            return Err(self.expect("`]` or `)` after the range"));
        }
        Ok(match (low, high) {
            (Bound::Integer(low), Bound::Integer(high)) => {
                LiteralKind::RangeInteger(Range { low, high, low_inclusive, high_inclusive })
            }
            (Bound::Float(low), Bound::Float(high)) => {
                LiteralKind::RangeFloat(Range { low, high, low_inclusive, high_inclusive })
            }
            (Bound::Char(low), Bound::Char(high)) => {
                LiteralKind::RangeChar(Range { low, high, low_inclusive, high_inclusive })
            }
            _ => {
                let message = "a range between bounds of different kinds".to_owned();
                let help = "give both bounds as integers, both with a fraction, or both as one character".to_owned();
                self.trouble.note(self.at, self.since(start), message, Some(help));
                return Err(Stop::Fatal);
            }
        })
    }

    fn bound(&mut self) -> Parse<Bound> {
        self.skip_blanks();
        let bound = if let Some(value) = self.optional(Self::float)? {
            Bound::Float(value)
        } else if let Some(value) = self.optional(Self::integer)? {
            Bound::Integer(value)
        } else {
            let value = self.peek().ok_or(Stop::Retry)?;
            self.at += value.len_utf8();
            Bound::Char(value)
        };
        self.skip_blanks();
        Ok(bound)
    }

    /// Reads `, item` after an item; puts itself back before the comma when no item follows.
    fn next_item<T>(&mut self, item: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<Option<T>> {
        self.optional(|parser| {
            parser.skip_space();
            if parser.eat(",") { item(parser) } else { Err(Stop::Retry) }
        })
    }

    fn list(&mut self) -> Parse<LiteralKind> {
        self.eat("[");
        let mut items = Vec::new();
        if let Some(first) = self.optional(Self::literal)? {
            items.push(first);
            while let Some(item) = self.next_item(Self::literal)? {
                items.push(item);
            }
        }
        self.mark("]", "`]` or `,` and another literal")?;
        Ok(LiteralKind::List(items))
    }

    fn map(&mut self) -> Parse<LiteralKind> {
        self.eat("{");
        let mut entries: Vec<(Name, Literal)> = Vec::new();
        // Positions of the keys: a long map must not be searched for each of its keys.
        let mut places = std::collections::HashMap::new();
        let mut next = self.optional(Self::entry)?;
        while let Some((key, value)) = next {
            let place = *places.entry(key.text.clone()).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(earlier) => earlier.1 = value,
                None => entries.push((key, value)),
            }
            next = self.next_item(Self::entry)?;
        }
        self.mark("}", "`}` or `,` and another entry")?;
        Ok(LiteralKind::Map(entries))
    }

    fn entry(&mut self) -> Parse<(Name, Literal)> {
        self.skip_space();
        let start = self.at;
        let bare = self.take_while(|next| next.is_alphanumeric() || matches!(next, '-' | '_'));
        let text = if bare.is_empty() { self.quoted()? } else { bare.into() };
        let key = Name { text, span: self.since(start) };
        self.mark(":", "`:` after the key")?;
        let value_at = self.next_thing();
        let value = self.literal().inspect_err(|_| self.trouble.expect(value_at, "a literal"))?;
        Ok((key, value))
    }
}
