//! The literals of a rule file, made ready once.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

use crate::guard::{Literal, LiteralKind, Range};

use super::automaton::Automaton;
use super::item::{Entries, Items, View};
use super::plain_pattern::PlainPattern;

/// A literal.
#[derive(Debug)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    Regex(Box<Pattern>),
    RangeInteger(Range<i64>),
    RangeFloat(Range<f64>),
    RangeChar(Range<char>),
    List(Vec<Constant>),
    Map(Vec<ConstantEntry>),
}

/// An entry of a literal map.
#[derive(Debug)]
pub(super) struct ConstantEntry {
    /// Always a [`Constant::String`]: a key can itself become the result of a query.
    pub(super) key: Constant,
    pub(super) value: Constant,
}

impl ConstantEntry {
    pub(super) fn key_text(&self) -> &str {
        match &self.key {
            Constant::String(text) => text,
            _ => "",
        }
    }
}

impl Constant {
    pub(super) fn new(literal: &Literal) -> Self {
        match &literal.kind {
            LiteralKind::Null => Self::Null,
            LiteralKind::Bool(value) => Self::Bool(*value),
            LiteralKind::Integer(value) => Self::Integer(*value),
            LiteralKind::Float(value) => Self::Float(*value),
            LiteralKind::String(text) => Self::String(text.to_string()),
            LiteralKind::Regex(pattern) => Self::Regex(Box::new(Pattern::new(pattern))),
            LiteralKind::RangeInteger(range) => Self::RangeInteger(*range),
            LiteralKind::RangeFloat(range) => Self::RangeFloat(*range),
            LiteralKind::RangeChar(range) => Self::RangeChar(*range),
            LiteralKind::List(items) => Self::List(items.iter().map(Self::new).collect()),
            LiteralKind::Map(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| ConstantEntry {
                        key: Self::String(key.text.to_string()),
                        value: Self::new(value),
                    })
                    .collect(),
            ),
        }
    }

    /// The text, if it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether comparing it cannot go wrong: it is a scalar, or a list of such.
    pub(super) fn is_plain(&self) -> bool {
        match self {
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::String(_) => true,
            Self::List(items) => items.iter().all(|item| !matches!(item, Self::List(_)) && item.is_plain()),
            _ => false,
        }
    }

    pub(super) fn view<'p, 'a>(&'p self) -> View<'p, 'a> {
        match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Integer(value) => View::Integer(*value),
            Self::Float(value) => View::Float(*value),
            Self::String(text) => View::String(text),
            Self::Regex(pattern) => View::Regex(pattern),
            Self::RangeInteger(range) => View::RangeInteger(range),
            Self::RangeFloat(range) => View::RangeFloat(range),
            Self::RangeChar(range) => View::RangeChar(range),
            Self::List(items) => View::List(Items::Constants(items)),
            Self::Map(entries) => View::Map(Entries::Constants(entries)),
        }
    }
}

/// A regular expression, compiled when it is first asked: most rules of a large set never get to theirs.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    plain: Option<PlainPattern>,
    regex: OnceLock<Result<Regex, String>>,
    automaton: OnceLock<Option<Automaton>>,
}

impl Pattern {
    /// Steps of the backtracking matcher before a match is given up: AWS's limit.
    const BACKTRACKING_LIMIT: usize = 1_000_000;

    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            plain: PlainPattern::new(text),
            regex: OnceLock::new(),
            automaton: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn regex(&self) -> Result<&Regex, String> {
        self.regex.get_or_init(|| compile(&self.text)).as_ref().map_err(Clone::clone)
    }

    /// Whether the pattern matches somewhere in `text`; the error says why that could not be found out.
    pub(super) fn is_match(&self, text: &str) -> Result<bool, String> {
        if let Some(answer) = self.plain.as_ref().and_then(|plain| plain.is_match(text)) {
            return Ok(answer);
        }
        self.regex()?
            .is_match(text)
            .map_err(|error| format!("the regular expression `/{}/` gave up: {error}", self.text))
    }

    /// The same pattern as a finite automaton, for texts with unknown parts; `None` when it needs more than that.
    pub(super) fn automaton(&self) -> Option<&Automaton> {
        self.automaton.get_or_init(|| Automaton::new(&self.text)).as_ref()
    }
}

/// A compiled pattern with AWS's limit on backtracking.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .backtrack_limit(Pattern::BACKTRACKING_LIMIT)
        .build()
        .map_err(|error| format!("`/{pattern}/` is not a regular expression: {error}"))
}
