//! What a parameter's `MinLength`, `AllowedPattern` and so on refuse.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use fancy_regex::{Regex, RegexBuilder};
use regex_automata::nfa::thompson::{self, pikevm::PikeVM};
use regex_automata::util::syntax;

use crate::syntax::Document;
use crate::template::Parameter;

/// The most bytes that a compiled pattern may take.
const PATTERN_BUDGET: usize = 1 << 20;
/// The most steps back that a pattern may take on a text.
const STEPS: usize = 10_000;

/// Constraints on the text of a parameter.
pub(super) struct Constraints<'p> {
    shortest: usize,
    longest: Option<usize>,
    least: Option<f64>,
    most: Option<f64>,
    pattern: Option<&'p str>,
    patterns: &'p Patterns,
}

/// The patterns of the parameters of a template, each compiled when a text is first held against it: many have the same.
#[derive(Default)]
pub(super) struct Patterns {
    compiled: RefCell<HashMap<String, Rc<Pattern>>>,
}

impl Patterns {
    fn get(&self, written: &str) -> Rc<Pattern> {
        if let Some(known) = self.compiled.borrow().get(written) {
            return Rc::clone(known);
        }
        let pattern = Rc::new(Pattern::new(written));
        self.compiled.borrow_mut().insert(written.to_owned(), Rc::clone(&pattern));
        pattern
    }
}

/// A pattern, which the whole text must match. A text or two are held against it, so what counts is how soon it is ready.
struct Pattern {
    /// Every engine reads it alike.
    plain: bool,
    text: String,
    /// Ready for texts of ASCII alone, which takes a fraction of what all characters take; `None` inside when it cannot be.
    ascii: OnceCell<Option<Box<PikeVM>>>,
    /// Ready for all texts.
    complete: OnceCell<Complete>,
}

/// A pattern ready for all texts.
enum Complete {
    Plain(Box<PikeVM>),
    /// With what a finite automaton cannot do.
    Full(Box<Regex>),
    /// It cannot be compiled, so that it refuses nothing.
    Malformed,
}

impl Pattern {
    fn new(written: &str) -> Self {
        let text = format!("^(?:{})$", with_plain_classes(written));
        Self { plain: means_one_thing(&text), text, ascii: OnceCell::new(), complete: OnceCell::new() }
    }

    /// Whether a text certainly does not match.
    fn refuses(&self, text: &str) -> bool {
        let none_matches = |plain: &PikeVM| !plain.is_match(&mut plain.create_cache(), text);
        if self.plain
            && text.is_ascii()
            && let Some(ascii) = self.ascii.get_or_init(|| self.for_ascii())
        {
            return none_matches(ascii);
        }
        match self.complete.get_or_init(|| self.for_all()) {
            Complete::Plain(plain) => none_matches(plain),
            Complete::Full(full) => full.is_match(text).is_ok_and(|matches| !matches),
            Complete::Malformed => false,
        }
    }

    fn for_ascii(&self) -> Option<Box<PikeVM>> {
        if !self.text.is_ascii() {
            return None;
        }
        let bytes = syntax::Config::new().unicode(false).utf8(false);
        let bounded = thompson::Config::new().utf8(false).nfa_size_limit(Some(PATTERN_BUDGET));
        PikeVM::builder().syntax(bytes).thompson(bounded).build(&self.text).ok().map(Box::new)
    }

    fn for_all(&self) -> Complete {
        let bounded = thompson::Config::new().nfa_size_limit(Some(PATTERN_BUDGET));
        if self.plain
            && let Ok(plain) = PikeVM::builder().thompson(bounded).build(&self.text)
        {
            return Complete::Plain(Box::new(plain));
        }
        let mut full = RegexBuilder::new(&self.text);
        // Tables that make long searches quick take longer to make than they are used.
        full.delegate_size_limit(PATTERN_BUDGET).delegate_dfa_size_limit(0).backtrack_limit(STEPS);
        full.build().map_or(Complete::Malformed, |full| Complete::Full(Box::new(full)))
    }
}

impl<'p> Constraints<'p> {
    /// The constraints of a parameter; those that cannot be read refuse nothing.
    pub(super) fn of(document: &'p Document<'_>, parameter: &Parameter<'_>, patterns: &'p Patterns) -> Self {
        let none = Self { shortest: 0, longest: None, least: None, most: None, pattern: None, patterns };
        if parameter.is_list() || parameter.is_stored() {
            return none;
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
            pattern: text("AllowedPattern"),
            ..none
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
        self.pattern.is_some_and(|pattern| self.patterns.get(pattern).refuses(text))
    }
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
    use super::{Complete, Pattern, with_plain_classes};

    #[test]
    fn patterns_are_held_against_the_whole_text_whatever_they_need() {
        let plain = Pattern::new("[a-z]+|x{2}");
        assert!(matches!(plain.for_all(), Complete::Plain(_)) && !plain.refuses("abc") && plain.refuses("abc1"));
        let full = Pattern::new("(?!aws).*");
        assert!(matches!(full.for_all(), Complete::Full(_)) && !full.refuses("mine") && full.refuses("aws-x"));
        // What a possessive quantifier has taken it does not give back; the other engine would read it as two quantifiers.
        for possessive in ["a++a", "a*+a", "a?+a", "(a{1,2}+)a"] {
            let pattern = Pattern::new(possessive);
            assert!(!pattern.plain && matches!(pattern.for_all(), Complete::Full(_)), "{possessive}");
        }
        assert!(Pattern::new("a++a").refuses("aa"));
        assert!(matches!(Pattern::new("[").for_all(), Complete::Malformed) && !Pattern::new("[").refuses("a"));
        assert!(matches!(Pattern::new("(?i)a").for_all(), Complete::Full(_)));
    }

    #[test]
    fn what_is_ready_for_ascii_answers_as_what_is_ready_for_all() {
        let patterns = ["[^a-c]+", ".*", r"a\.b", r"[\w-]{1,3}", r"\x41|\t", r"[^\s]\d?", "(a|b)*c", "[!-~]+"];
        for written in patterns {
            let pattern = Pattern::new(written);
            let ascii = pattern.for_ascii().expect(written);
            let Complete::Plain(complete) = pattern.for_all() else { panic!("{written}") };
            for text in ["", "a", "abc", "a.b", "A", "\t", "\n", "d1", "d", "a-1", "a b", "~", "\u{7f}"] {
                let alike = ascii.is_match(&mut ascii.create_cache(), text);
                assert_eq!(alike, complete.is_match(&mut complete.create_cache(), text), "/{written}/ on {text:?}");
            }
        }
        // Texts beyond ASCII are held against all characters.
        assert!(!Pattern::new(".").refuses("é") && Pattern::new("..").refuses("é") && !Pattern::new("é").refuses("é"));
    }

    #[test]
    fn short_classes_are_written_out_inside_and_outside_of_brackets() {
        assert_eq!(with_plain_classes(r"\d+[\w.-]\.\\d"), r"[0-9]+[a-zA-Z0-9_.-]\.\\d");
    }
}
