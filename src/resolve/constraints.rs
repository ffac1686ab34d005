//! What a parameter's `MinLength`, `AllowedPattern` and so on refuse.

use std::cell::OnceCell;

use fancy_regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::{self, pikevm::PikeVM};

use crate::syntax::Document;
use crate::template::Parameter;

/// The most bytes that a compiled pattern may take.
const PATTERN_BUDGET: usize = 1 << 20;
/// The most steps back that a pattern may take on a text.
const STEPS: usize = 10_000;

/// Constraints on the text of a parameter.
#[derive(Default)]
pub(super) struct Constraints {
    shortest: usize,
    longest: Option<usize>,
    least: Option<f64>,
    most: Option<f64>,
    /// The pattern as written.
    pattern: Option<String>,
    /// The pattern compiled, when a text was held against it; `None` inside when it cannot be.
    compiled: OnceCell<Option<Pattern>>,
}

/// A compiled pattern. A text or two are held against it, so what counts is how soon it is ready.
enum Pattern {
    Plain(Box<PikeVM>),
    /// With what a finite automaton cannot do.
    Full(Box<Regex>),
}

impl Pattern {
    /// Whether a text certainly does not match.
    fn refuses(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => !plain.is_match(&mut plain.create_cache(), text),
            Self::Full(full) => full.is_match(text).is_ok_and(|matches| !matches),
        }
    }
}

impl Constraints {
    /// The constraints of a parameter; those that cannot be read refuse nothing.
    pub(super) fn of(document: &Document<'_>, parameter: &Parameter<'_>) -> Self {
        if parameter.is_list() || parameter.is_stored() {
            return Self::default();
        }
        let text = |key| document.get(parameter.named.node, key).and_then(|pair| document.text(pair.value));
        let number = |key| text(key).and_then(|text| text.trim().parse::<f64>().ok());
        let length = |key| text(key).and_then(|text| text.trim().parse::<usize>().ok());
        let is_number = parameter.parameter_type == "Number";
        Self {
            shortest: length("MinLength").unwrap_or(0),
            longest: length("MaxLength"),
            least: number("MinValue").filter(|_| is_number),
            most: number("MaxValue").filter(|_| is_number),
            pattern: text("AllowedPattern").map(str::to_owned),
            compiled: OnceCell::new(),
        }
    }

    /// Whether a text can certainly not be the parameter's value.
    pub(super) fn refuse(&self, text: &str) -> bool {
        let length = text.chars().count();
        if length < self.shortest || self.longest.is_some_and(|longest| length > longest) {
            return true;
        }
        if let Ok(number) = text.trim().parse::<f64>()
            && (self.least.is_some_and(|least| number < least) || self.most.is_some_and(|most| number > most))
        {
            return true;
        }
        let Some(pattern) = &self.pattern else { return false };
        let compiled = self.compiled.get_or_init(|| compile(pattern));
        compiled.as_ref().is_some_and(|pattern| pattern.refuses(text))
    }
}

/// The pattern, which the whole text must match.
fn compile(pattern: &str) -> Option<Pattern> {
    let pattern = format!("^(?:{})$", with_plain_classes(pattern));
    let within_budget = thompson::Config::new().nfa_size_limit(Some(PATTERN_BUDGET));
    if means_one_thing(&pattern)
        && let Ok(plain) = PikeVM::builder().thompson(within_budget).build(&pattern)
    {
        return Some(Pattern::Plain(Box::new(plain)));
    }
    let mut full = RegexBuilder::new(&pattern);
    let full = full.delegate_size_limit(PATTERN_BUDGET).backtrack_limit(STEPS).build();
    full.ok().map(|full| Pattern::Full(Box::new(full)))
}

/// Whether a pattern means the same to both engines, if both take it: letters are escaped, groups have flags, and a `+`
/// behind another quantifier is read, in ways that each has for itself.
fn means_one_thing(pattern: &str) -> bool {
    let is_same = |first: char| {
        matches!(first, 't' | 'n' | 'r' | 'f' | 'x') || first.is_ascii_punctuation() && !matches!(first, '<' | '>')
    };
    let mut escaped = pattern.split('\\').skip(1).map(|rest| rest.chars().next());
    let possessive = ["++", "*+", "?+", "}+"].iter().any(|quantifier| pattern.contains(quantifier));
    !possessive
        && escaped.all(|first| first.is_none_or(is_same))
        && pattern.match_indices("(?").all(|(at, _)| pattern.get(at + 2..at + 3) == Some(":"))
}

/// The pattern with `\d`, `\w` and `\s` written out as what they are in Java, whose patterns CloudFormation takes: ASCII. It
/// is also far cheaper to compile than all digits and letters of Unicode.
fn with_plain_classes(pattern: &str) -> String {
    let mut plain = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next();
                let members = match escaped {
                    Some('d') => "0-9",
                    Some('w') => "a-zA-Z0-9_",
                    Some('s') => " \\t\\n\\x0B\\f\\r",
                    _ => {
                        plain.push('\\');
                        plain.extend(escaped);
                        continue;
                    }
                };
                if in_class {
                    plain.push_str(members);
                } else {
                    plain.push('[');
                    plain.push_str(members);
                    plain.push(']');
                }
            }
            '[' | ']' => {
                in_class = character == '[';
                plain.push(character);
            }
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Pattern, compile, with_plain_classes};

    #[test]
    fn patterns_are_held_against_the_whole_text_whatever_they_need() {
        let plain = compile("[a-z]+|x{2}").unwrap();
        assert!(matches!(plain, Pattern::Plain(_)) && !plain.refuses("abc") && plain.refuses("abc1"));
        let full = compile("(?!aws).*").unwrap();
        assert!(matches!(full, Pattern::Full(_)) && !full.refuses("mine") && full.refuses("aws-x"));
        // What a possessive quantifier has taken it does not give back; the other engine would read it as two quantifiers.
        for possessive in ["a++a", "a*+a", "a?+a", "(a{1,2}+)a"] {
            let pattern = compile(possessive).unwrap();
            assert!(matches!(pattern, Pattern::Full(_)), "{possessive}");
        }
        assert!(compile("a++a").unwrap().refuses("aa"));
        assert!(compile("[").is_none());
        assert!(matches!(compile("(?i)a").unwrap(), Pattern::Full(_)));
    }

    #[test]
    fn short_classes_are_written_out_inside_and_outside_of_brackets() {
        assert_eq!(with_plain_classes(r"\d+[\w.-]\.\\d"), r"[0-9]+[a-zA-Z0-9_.-]\.\\d");
    }
}
