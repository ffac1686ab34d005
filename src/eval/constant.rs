//! The literals of a rule file, made ready once.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};
use regex_automata::meta;
use regex_automata::util::syntax;

use crate::guard::{Literal, LiteralKind, Range, is_plainly_regular};

use super::automaton::{Automaton, Part, Possible};
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
            // Other patterns may give up.
            Self::Regex(pattern) => is_plainly_regular(&pattern.text),
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
    /// Ready for texts of ASCII alone.
    ascii: OnceLock<Option<meta::Regex>>,
    quick: OnceLock<Option<meta::Regex>>,
    regex: OnceLock<Result<Regex, String>>,
    ascii_automaton: OnceLock<Option<Automaton>>,
    automaton: OnceLock<Option<Automaton>>,
}

impl Pattern {
    /// Steps of the backtracking matcher before a match is given up: AWS's limit.
    const BACKTRACKING_LIMIT: usize = 1_000_000;

    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            plain: PlainPattern::new(text),
            ascii: OnceLock::new(),
            quick: OnceLock::new(),
            regex: OnceLock::new(),
            ascii_automaton: OnceLock::new(),
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
        let ascii = text.is_ascii() && self.text.is_ascii();
        let quick = if ascii { &self.ascii } else { &self.quick };
        if let Some(quick) = quick.get_or_init(|| quickly_compiled(&self.text, ascii)) {
            return Ok(quick.is_match(text));
        }
        self.regex()?
            .is_match(text)
            .map_err(|error| format!("the regular expression `/{}/` gave up: {error}", self.text))
    }

    /// What it can answer for a text with unknown parts.
    pub(super) fn possible(&self, parts: &[Part<'_>]) -> Possible {
        let is_ascii = parts.iter().all(|part| !matches!(part, Part::Known(text) if !text.is_ascii()));
        let ascii = || self.ascii_automaton.get_or_init(|| Automaton::for_ascii(&self.text)).as_ref();
        let automaton = if is_ascii { ascii() } else { None };
        let complete = || self.automaton.get_or_init(|| Automaton::new(&self.text)).as_ref();
        // A pattern that needs more than a finite automaton may answer anything.
        automaton.or_else(complete).map_or(Possible::BOTH, |automaton| automaton.matches(parts))
    }
}

/// A pattern that means the same to every engine, compiled into as little as can answer: texts are short and most patterns
/// are asked a few times, so tables that make matching quick cost more than they save. For texts of ASCII alone it is a
/// fraction of what the classes of Unicode need. `None` for other patterns.
fn quickly_compiled(pattern: &str, ascii: bool) -> Option<meta::Regex> {
    if !is_plainly_regular(pattern) {
        return None;
    }
    let config = meta::Config::new().dfa(false).hybrid(false).onepass(false).auto_prefilter(false).utf8_empty(!ascii);
    let characters = syntax::Config::new().unicode(!ascii).utf8(!ascii);
    meta::Builder::new().configure(config).syntax(characters).build(pattern).ok()
}

/// A compiled pattern with AWS's limit on backtracking.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        // Tables that make long searches quick take longer to make than these texts take to be searched.
        .delegate_dfa_size_limit(0)
        .backtrack_limit(Pattern::BACKTRACKING_LIMIT)
        .build()
        .map_err(|error| format!("`/{pattern}/` is not a regular expression: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{compile, quickly_compiled};

    /// Every pattern of three of these pieces that can be compiled quickly answers as AWS's engine does.
    #[test]
    fn what_is_compiled_quickly_answers_alike() {
        let pieces = [
            "a", "A", "(?i)", ".", "^", "$", "[a-c]", "[^b]", r"\d", r"\w", "|", "*", "+?", "{2}", "(a|ab)", r"\b",
            "(?im)", r"[\s\S]",
        ];
        let texts = ["", "a", "A", "ab", "aab", "bA", "a1", "c\n", "\na", "é", "aé1", "1 ", "b"];
        let count = pieces.len();
        let mut compared = 0;
        for number in 0..count.pow(3) {
            let at = |place: u32| pieces[number / count.pow(place) % count];
            let pattern = [at(2), at(1), at(0)].concat();
            let Some(quick) = quickly_compiled(&pattern, false) else { continue };
            let ascii = quickly_compiled(&pattern, true).expect("it is as plain for fewer characters");
            let complete = compile(&pattern).unwrap();
            for text in texts {
                let matches = complete.is_match(text).unwrap();
                assert_eq!(quick.is_match(text), matches, "/{pattern}/ on {text:?}");
                if text.is_ascii() {
                    assert_eq!(ascii.is_match(text), matches, "/{pattern}/ on {text:?}, for ASCII");
                }
                compared += 1;
            }
        }
        assert!(compared > 10_000, "{compared}");
    }

    #[test]
    fn what_needs_more_is_not_compiled_quickly() {
        for pattern in ["(?=a)b", r"(a)\1", "a(?!b)", "[[:alpha:]]"] {
            assert!(
                quickly_compiled(pattern, false).is_none() && quickly_compiled(pattern, true).is_none(),
                "{pattern}"
            );
        }
    }
}
