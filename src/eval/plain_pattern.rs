//! Regular expressions that are plain texts with or without anchors, as most in rules are: `^arn:`, `(?i)^(on|true)$`.
//! They are answered by comparing texts; building an automaton for each would cost more than all its answers.

/// One of these texts, somewhere or at the ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PlainPattern {
    texts: Vec<String>,
    at_start: bool,
    at_end: bool,
    ignores_case: bool,
}

impl PlainPattern {
    /// The pattern as plain texts; `None` when it is more than that.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        if !pattern.is_ascii() {
            return None;
        }
        let mut rest = pattern;
        let mut ignores_case = take(&mut rest, "(?i)");
        let at_start = take(&mut rest, "^");
        ignores_case |= take(&mut rest, "(?i)");
        let grouped = take(&mut rest, "(");
        let mut texts = vec![String::new()];
        let mut at_end = false;
        let mut open = grouped;
        while let Some(character) = take_one(&mut rest) {
            let literal = match character {
                // The characters that every engine takes as themselves behind a backslash.
                '\\' => take_one(&mut rest).filter(|escaped| r"\.+*?()|[]{}^$#&-~".contains(*escaped))?,
                '|' if open => {
                    texts.push(String::new());
                    continue;
                }
                ')' if open => {
                    open = false;
                    at_end = take(&mut rest, "$");
                    break;
                }
                '$' if !grouped => {
                    at_end = true;
                    break;
                }
                '.' | '+' | '*' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
                '\0'..='\u{1f}' => return None,
                literal => literal,
            };
            texts.last_mut()?.push(literal);
        }
        let whole = rest.is_empty() && !open && texts.iter().all(|text| !text.is_empty());
        whole.then_some(Self { texts, at_start, at_end, ignores_case })
    }

    /// Whether the pattern matches; `None` when letters beyond ASCII might be other forms of its own.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        if self.ignores_case && !text.is_ascii() {
            return None;
        }
        Some(self.texts.iter().any(|wanted| self.has(text.as_bytes(), wanted.as_bytes())))
    }

    fn has(&self, text: &[u8], wanted: &[u8]) -> bool {
        let same = |part: &[u8]| {
            if self.ignores_case { part.eq_ignore_ascii_case(wanted) } else { part == wanted }
        };
        let Some(last) = text.len().checked_sub(wanted.len()) else { return false };
        match (self.at_start, self.at_end) {
            (true, true) => same(text),
            (true, false) => text.get(..wanted.len()).is_some_and(same),
            (false, true) => text.get(last..).is_some_and(same),
            (false, false) => text.windows(wanted.len()).any(same),
        }
    }
}

fn take(rest: &mut &str, prefix: &str) -> bool {
    match rest.strip_prefix(prefix) {
        Some(after) => {
            *rest = after;
            true
        }
        None => false,
    }
}

fn take_one(rest: &mut &str) -> Option<char> {
    let mut characters = rest.chars();
    let first = characters.next()?;
    *rest = characters.as_str();
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::PlainPattern;

    /// Each pattern is plain, and gives the regular expression's answer on texts around it.
    #[test]
    fn plain_patterns_answer_as_the_regular_expression_does() {
        let patterns = [
            "abc",
            "^abc",
            "abc$",
            "^abc$",
            "(?i)^abc$",
            "^(?i)abc",
            "(?i)abc",
            r"^\*$",
            r"\*",
            r"\.amazonaws$",
            "^(abc|ab)$",
            "(abc|b)$",
            "(?i)^(abc|b)",
            "^sqlserver-",
            "^arn:aws:",
            "(a|c)",
            "(?i)k$",
            "^a b",
        ];
        let texts = [
            "",
            "a",
            "b",
            "abc",
            "ABC",
            "aBc",
            "xabc",
            "abcx",
            "abc\n",
            "ab",
            "*",
            "a*",
            "*a",
            "x.amazonaws",
            "xamazonaws",
            "arn:aws:s3",
            "sqlserver-ee",
            "a b c",
            "c",
            "k",
            "K",
            "\u{212a}",
            "é",
            "éabc",
            "abcé",
        ];
        for pattern in patterns {
            let plain = PlainPattern::new(pattern).unwrap_or_else(|| panic!("{pattern} is plain"));
            let regex = fancy_regex::Regex::new(pattern).unwrap();
            for text in texts {
                if let Some(answer) = plain.is_match(text) {
                    assert_eq!(answer, regex.is_match(text).unwrap(), "{pattern} on {text:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_more_than_plain_is_left_alone() {
        for pattern in [
            "", "a|b", "a.c", "a+", "a*", "a?", "[ab]", r"\d", r"a\b", "a{2}", "(?s)a", "(a)b", "(a", "a)", "^^a",
            "a$b", "((a))", "(?:a)", "(a|)", "é", "a\nb", "(?x)a b", "$", "^", "^$", r"\<a", r"\/",
        ] {
            assert_eq!(PlainPattern::new(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn letters_that_fold_to_ascii_are_left_to_the_regular_expression() {
        let plain = PlainPattern::new("(?i)^k$").unwrap();
        assert_eq!(plain.is_match("\u{212a}"), None, "the Kelvin sign");
        assert_eq!(plain.is_match("K"), Some(true));
    }
}
