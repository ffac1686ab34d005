//! Regular expressions that are seen to be valid without compiling them, which is by far the slowest thing in reading a
//! rule file. What is not plain here is compiled to find out.

use std::iter::Peekable;
use std::str::Chars;

/// The most that a plain pattern may weigh: far from the limits of the engine on the size of what is compiled.
const HEAVIEST: usize = 100_000;
/// What a class over the letters of Unicode weighs; a character weighs one.
const LETTERS: usize = 1_000;
/// What a smaller class weighs.
const CLASS: usize = 150;
/// How deep groups may nest.
const DEEPEST: usize = 16;
/// The longest pattern that is looked at.
const LONGEST: usize = 1_000;

/// Whether a pattern is so plain that it can be compiled for sure: characters, anchors, classes without surprises, groups,
/// each perhaps repeated, and such things looked ahead for. Most patterns of real rules are.
pub(super) fn is_plainly_valid(pattern: &str) -> bool {
    pattern.is_empty() || Reader::read(pattern).is_some()
}

/// Whether a pattern can be compiled for sure, needs no more than a finite automaton, and means the same to every engine.
pub(crate) fn is_plainly_regular(pattern: &str) -> bool {
    Reader::read(pattern).is_some_and(|reader| !reader.looks_ahead)
}

/// Whether a pattern cannot tell any character beyond ASCII from one of ASCII that it does not name: such a white space from
/// the vertical tab, every other one from another control character. What it can answer at all it then answers for ASCII.
pub(crate) fn is_alike_beyond_ascii(pattern: &str) -> bool {
    let mut escapes = pattern.split('\\').skip(1);
    // An escaped backslash leaves an empty piece, and what follows it looks escaped: that only makes fewer patterns alike.
    let has_classes = escapes.any(|rest| rest.starts_with(['w', 'W', 'd', 'D', 'b']));
    let has_inner_flags = pattern
        .match_indices("(?")
        .any(|(at, _)| at > 0 && !pattern.get(at..).is_some_and(|group| group.starts_with("(?:")));
    !has_classes && !has_inner_flags && is_plainly_regular(pattern)
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    /// Whether something is looked ahead for.
    looks_ahead: bool,
}

impl<'p> Reader<'p> {
    /// Reads a whole pattern; `None` unless it is plain.
    fn read(pattern: &'p str) -> Option<Self> {
        let mut reader = Self { rest: pattern.chars().peekable(), looks_ahead: false };
        let short = pattern.len() <= LONGEST;
        let weight = if short { reader.alternatives(0)? } else { return None };
        (weight <= HEAVIEST && reader.rest.peek().is_none()).then_some(reader)
    }

    /// Reads `a|b|c`, none of them empty; answers what they weigh.
    fn alternatives(&mut self, depth: usize) -> Option<usize> {
        let mut weight = self.sequence(depth)?;
        while self.rest.next_if_eq(&'|').is_some() {
            weight += self.sequence(depth)?;
        }
        Some(weight)
    }

    /// Reads things that follow each other up to `|`, `)` or the end.
    fn sequence(&mut self, depth: usize) -> Option<usize> {
        let mut weight = 0_usize;
        while let Some(&next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            self.rest.next();
            let one = match next {
                '^' | '$' => {
                    weight += 1;
                    continue;
                }
                '(' => match self.group(depth)? {
                    Some(weight) => weight,
                    None => continue,
                },
                '[' => self.class()?,
                '.' => CLASS,
                '\\' => match self.rest.next()? {
                    'w' | 'W' => LETTERS,
                    'd' | 'D' | 's' | 'S' => CLASS,
                    'n' | 't' | 'r' => 1,
                    'A' | 'z' => {
                        weight += 1;
                        continue;
                    }
                    'b' => {
                        weight += LETTERS;
                        continue;
                    }
                    escaped if is_sign(escaped) => 1,
                    _ => return None,
                },
                plain if is_plain(plain) => 4,
                _ => return None,
            };
            weight = weight.checked_add(one.checked_mul(self.repetition()?)?)?;
            if weight > HEAVIEST {
                return None;
            }
        }
        (weight > 0).then_some(weight)
    }

    /// Reads what is in a group; `None` inside for a flag and for what is looked ahead for, which are nothing to repeat.
    fn group(&mut self, depth: usize) -> Option<Option<usize>> {
        if depth >= DEEPEST {
            return None;
        }
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' => {}
                'i' | 'm' => {
                    self.rest.next_if_eq(&'m');
                    return (self.rest.next() == Some(')')).then_some(None);
                }
                '!' | '=' => {
                    self.looks_ahead = true;
                    self.alternatives(depth + 1)?;
                    return (self.rest.next() == Some(')')).then_some(None);
                }
                _ => return None,
            }
        }
        let weight = self.alternatives(depth + 1)?;
        (self.rest.next() == Some(')')).then_some(Some(weight))
    }

    /// Reads a class behind its bracket.
    fn class(&mut self) -> Option<usize> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut weight = if negated { CLASS } else { 0 };
        let mut first = true;
        loop {
            let start = match self.rest.next()? {
                ']' if !first => return Some(weight),
                '-' => {
                    // At an end of the class it is itself.
                    if !first && self.rest.peek() != Some(&']') {
                        return None;
                    }
                    weight += 4;
                    first = false;
                    continue;
                }
                '\\' => {
                    weight += match self.rest.next()? {
                        'w' | 'W' => LETTERS,
                        'd' | 'D' | 's' | 'S' => CLASS,
                        'n' | 't' | 'r' => 4,
                        escaped if is_sign(escaped) => 4,
                        _ => return None,
                    };
                    first = false;
                    if self.rest.peek() == Some(&'-') {
                        self.rest.next();
                        weight += 4;
                        if self.rest.peek() != Some(&']') {
                            return None;
                        }
                    }
                    continue;
                }
                // Two of them are an operator.
                '&' if self.rest.peek() == Some(&'&') => return None,
                start if is_plain(start) || matches!(start, '.' | '*' | '+' | '?' | '$' | '(' | ')' | '|' | '&') => {
                    start
                }
                _ => return None,
            };
            first = false;
            weight += 4;
            if self.rest.next_if_eq(&'-').is_some() {
                if self.rest.peek() == Some(&']') {
                    weight += 4;
                    continue;
                }
                let end = self.rest.next()?;
                let alike = [char::is_ascii_lowercase, char::is_ascii_uppercase, |c: &char| c.is_ascii_digit()]
                    .iter()
                    .any(|kind| kind(&start) && kind(&end));
                if !alike || start > end {
                    return None;
                }
                weight += 60;
            }
        }
    }

    /// Reads how often the thing before is repeated; answers how many copies that makes at most.
    fn repetition(&mut self) -> Option<usize> {
        let copies = match self.rest.peek() {
            Some('*' | '+' | '?') => {
                self.rest.next();
                2
            }
            Some('{') => {
                self.rest.next();
                let low = self.number()?;
                let high = match self.rest.next()? {
                    '}' => low,
                    ',' => {
                        let high = if self.rest.peek() == Some(&'}') { low + 1 } else { self.number()? };
                        (self.rest.next() == Some('}') && low <= high).then_some(high)?
                    }
                    _ => return None,
                };
                high.max(1)
            }
            _ => return Some(1),
        };
        self.rest.next_if_eq(&'?');
        // A second repetition of the same thing is somebody else's to judge.
        if matches!(self.rest.peek(), Some('*' | '+' | '?' | '{')) { None } else { Some(copies) }
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            number = Some(number.unwrap_or(0) * 10 + usize::try_from(digit.to_digit(10)?).ok()?);
            if number > Some(1_000) {
                return None;
            }
        }
        number
    }
}

/// Whether a character stands for itself wherever it stands.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, ' ' | '-' | '_' | ':' | '/' | ',' | '=' | '@' | '%' | ';' | '"' | '\'' | '<' | '>' | '!')
}

/// Whether a character stands for itself behind a backslash.
fn is_sign(character: char) -> bool {
    matches!(character, '.' | '/' | '-' | '\\' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$')
}

#[cfg(test)]
mod tests {
    use fancy_regex::Regex;

    use super::{is_alike_beyond_ascii, is_plainly_regular, is_plainly_valid};

    #[test]
    fn patterns_of_real_rules_are_plain() {
        for pattern in [
            "^x2iezn\\..+?$",
            "\\A\\s*\\z",
            "^arn:aws:s3:::",
            "$^",
            "",
            "(?i)^s3:\\*$",
            "(?i)^AWSManagedRulesCommonRuleSet$|owasp|all_rules|core",
            "^(?i)kms:GrantIsForAWSResource$",
            "arn:aws[a-z0-9\\-]*:acm:[a-z0-9\\-]+:\\d{12}:certificate\\/[\\w\\-]{1,64}",
            "^(http(s)?)(:\\/\\/github\\.com\\/)([^\\/]+)\\/([\\w\\.-]+)(\\.git)?$",
            "(.*)\\.s3(-external-\\d|[-\\.][a-z]*-[a-z]*-[0-9])?\\.amazonaws\\.com(\\.cn)?$",
            "(?i)^((?!from|by|via).)*(bastion|jump[-_ ]?(host|box))",
            "(?i)\\bnat|firewall|\\bfw\\b",
            "(?im)^[ \\t]*(a\\.)?b[ \\t]*[=:]",
            "^[\\s\\S]{14}",
            "[\"']?on[\"']?\\s*:\\s*[\"']?false",
            "[^\\n|;&]*\\|\\s*",
        ] {
            assert!(is_plainly_valid(pattern), "{pattern}");
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_may_be_wrong_is_not_plain() {
        let wrong =
            ["(", ")", "*a", "a**", "a++", "[z-a]", "[a-Z]", "\\y", "a\\", "^*", "a{2,1}", "a{2}{3}", "(a", "[a"];
        let strange = [
            "(?P<n>a)",
            "(?<n>a)",
            "(?<=a)b",
            "(?im",
            "(?mi)a",
            "[&&a]",
            "[[:alpha:]]",
            "[a&&b]",
            "a{1001}",
            "(|a)",
            "[]a]",
            "[\\w-a]",
            "\\w{900}",
        ];
        for pattern in wrong.into_iter().chain(strange) {
            assert!(!is_plainly_valid(pattern), "{pattern}");
        }
    }

    #[test]
    fn classes_of_letters_and_digits_tell_characters_beyond_ascii_apart() {
        for pattern in ["(?i)^s3:\\*$", "a[^b]|.+", "(?:a)\\s", "\\\\x"] {
            assert!(is_alike_beyond_ascii(pattern), "{pattern}");
        }
        for pattern in ["\\w", "[\\d]", "\\ba", "a(?i)k", "(?=a)", "é", "a\\D"] {
            assert!(!is_alike_beyond_ascii(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_is_plain_can_be_compiled() {
        // Every pattern of four of these pieces.
        let pieces =
            ["a", "*", "?", "^", "\\d", "\\b", "\\n", "&", "<", "(", "(?=", "(?m)", ")", "[", "]", "|", "{2}", "-"];
        let count = pieces.len();
        for number in 0..count.pow(4) {
            let at = |place: u32| pieces[number / count.pow(place) % count];
            let pattern = [at(3), at(2), at(1), at(0)].concat();
            assert!(!is_plainly_valid(&pattern) || Regex::new(&pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn the_heaviest_can_be_compiled() {
        for pattern in
            ["\\w{99}", "\\D{600}", "[^a]{600}", "(?i)[\\w\\d\\s]{70}", "(\\w|\\W|.|\\S){40}", "(?i)(k{1000}){24}"]
        {
            assert!(is_plainly_valid(pattern), "{pattern}");
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn what_looks_ahead_is_valid_and_not_regular() {
        for pattern in ["a(?!b)", "((?=a).)*b"] {
            assert!(is_plainly_valid(pattern) && !is_plainly_regular(pattern), "{pattern}");
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
        }
        assert!(is_plainly_regular("a(?:b|c)"));
        assert!(!is_plainly_valid("(?!a)*"));
    }
}
