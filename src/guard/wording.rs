//! What people read about a wrong place.

use crate::text::Span;

use super::ast::Dialect;
use super::recovery::SyntaxError;

/// Words of other languages and other spellings, and what to write instead.
const INSTEAD: &[(&[&str], &str)] = &[
    (&["=", "===", "=>", "=<"], "`=` belongs to `let`; compare with `==`, `!=`, `>=`, `<=`, `>` or `<`"),
    (
        &["=~", "~", "~=", "matches", "like", "MATCHES", "LIKE"],
        "compare with a regular expression: `name == /pattern/`",
    ),
    (&["&&", "&", "and", "AND", "And"], "there is no `and`: clauses written one after another must all hold"),
    (&["||", "|", "Or"], "write `or`"),
    (&[";", ","], "clauses are separated by white space alone"),
    (&["NOT_IN", "not_in", "notin", "NotIn", "nin"], "write `not in`"),
    (&["<>"], "write `!=`"),
    (&["In"], "write `in` or `IN`"),
    (&["Not"], "write `not`, `NOT` or `!`"),
    (&["Exists", "exist", "defined"], "write `exists` or `EXISTS`"),
    (&["Empty", "is_empty"], "write `empty` or `EMPTY`"),
    (&["contains", "CONTAINS"], "ask from the other side: `value in name`"),
    (
        &["is", "IS"],
        "compare with `==`, or ask for the type with `is_string`, `is_list`, `is_struct`, `is_bool`, `is_int`, `is_float` or `is_null`",
    ),
    (&["is_map", "is_object", "IS_MAP"], "write `is_struct`"),
    (&["is_number", "is_integer"], "write `is_int` or `is_float`"),
    (&["is_boolean"], "write `is_bool`"),
    (&["is_array"], "write `is_list`"),
    (&["//", "/*"], "a comment starts with `#`"),
    (&["("], "clauses cannot be grouped with parentheses; name the group in a rule of its own"),
    (
        &["<<"],
        "a message belongs to a comparison, to a call or to the name of a rule, never to a block, a rule or a variable",
    ),
    (
        &["\u{feff}", "\u{a0}", "\u{c}", "\u{b}", "\u{2028}", "\u{3000}"],
        "only spaces, tabs and line breaks are white space",
    ),
];

/// The end of a reference to a rule, as `expected` names it.
pub(super) const REFERENCE_END: &str = "the end of the line after the name of a rule";

/// The error for a place where none of `expected` stands.
pub(super) fn unexpected(text: &str, at: usize, expected: &[&'static str], dialect: Dialect) -> SyntaxError {
    let token = token(text.get(at..).unwrap_or_default());
    let found = match token {
        "" => "the end of the file".to_owned(),
        "\n" | "\r" => "the end of the line".to_owned(),
        " " | "\t" => "white space".to_owned(),
        _ if token.chars().all(|next| next.is_whitespace() || next.is_control() || next == '\u{feff}') => {
            format!("the character U+{:04X}", token.chars().next().map_or(0, u32::from))
        }
        _ => format!("`{token}`"),
    };
    let instead = INSTEAD.iter().find(|(words, _)| words.contains(&token));
    // Before what looks like an operator, nobody meant the name of a rule.
    let compares = expected.contains(&"an operator") && (instead.is_some() || token.starts_with(SIGNS));
    let shown: Vec<&str> = expected.iter().copied().filter(|&what| !(compares && what == REFERENCE_END)).collect();
    let message = match shown.as_slice() {
        [] => format!("unexpected {found}"),
        [only] => format!("expected {only}, found {found}"),
        [first @ .., last] => format!("expected {} or {last}, found {found}", first.join(", ")),
    };
    let before = text.get(..at).unwrap_or_default();
    let help = help(before, token, expected, dialect).or_else(|| instead.map(|(_, help)| (*help).to_owned()));
    SyntaxError { span: Span::new(at, at + token.len()), message, help }
}

const SIGNS: &[char] = &['=', '<', '>', '!', '&', '|', '~'];

/// The word, the run of operator signs or the single character at the start of `rest`.
fn token(rest: &str) -> &str {
    let Some(first) = rest.chars().next() else { return "" };
    let run = |belongs: fn(char) -> bool| rest.find(|next| !belongs(next)).unwrap_or(rest.len());
    let length = if first.is_alphanumeric() || first == '_' {
        run(|next| next.is_alphanumeric() || next == '_')
    } else if SIGNS.contains(&first) {
        run(|next| SIGNS.contains(&next))
    } else if rest.starts_with("//") || rest.starts_with("/*") {
        2
    } else {
        first.len_utf8()
    };
    // A long word says nothing that its beginning does not.
    let length = rest
        .char_indices()
        .map(|(index, next)| index + next.len_utf8())
        .take(40)
        .take_while(|&end| end <= length)
        .last();
    rest.get(..length.unwrap_or_default()).unwrap_or_default()
}

/// What to write instead, where the text around the place says what was meant.
fn help(before: &str, token: &str, expected: &[&'static str], dialect: Dialect) -> Option<String> {
    let in_name = |next: char| next.is_alphanumeric() || next == '_';
    let trimmed = before.trim_end();
    let word = trimmed.rsplit(|next| !in_name(next)).next().unwrap_or_default();
    let goes_on = token.starts_with(in_name);
    if goes_on
        && before.ends_with(in_name)
        && let Some(keyword) = ["keys", "KEYS"].iter().find(|key| word.ends_with(*key))
    {
        return Some(format!("a key that begins with `{keyword}` must be quoted: `'{keyword}{token}'`"));
    }
    if dialect == Dialect::Classic && (expected.contains(&"an operator") || expected.contains(&REFERENCE_END)) {
        let name = if before.ends_with(in_name) && goes_on { format!("{word}{token}") } else { word.to_owned() };
        if let Some(keyword) = ["this", "THIS"].iter().find(|key| name.len() > key.len() && name.starts_with(*key)) {
            return Some(format!("a key that begins with `{keyword}` must be quoted: `'{name}'`"));
        }
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|next| next.is_ascii_digit());
        if let Some((number, exponent)) = word.split_once(['e', 'E'])
            && digits(number)
            && digits(exponent)
        {
            return Some(format!("in this dialect an exponent needs its sign: `{number}e+{exponent}`"));
        }
    }
    if matches!(word, "and" | "AND" | "And") && goes_on {
        return Some("there is no `and`: clauses written one after another must all hold".to_owned());
    }
    if expected.iter().any(|what| what.ends_with("another literal") || *what == "a literal") {
        return Some("lists and maps hold literals only, no queries and no variables".to_owned());
    }
    if expected.contains(&REFERENCE_END) && !INSTEAD.iter().any(|(words, _)| words.contains(&token)) {
        return Some(
            "the name of another rule must be the last thing on its line, or be followed by a message".to_owned(),
        );
    }
    if token == "." && trimmed.ends_with(|next: char| next.is_ascii_digit()) {
        let number = trimmed.trim_end_matches(|next: char| next.is_ascii_digit());
        return number.ends_with('-').then(|| "a number with a fraction cannot be negative in this dialect".to_owned());
    }
    let spaced_bracket =
        trimmed.len() < before.len() && trimmed.ends_with('[') && token.starts_with(|next: char| next.is_ascii_digit());
    let spaced_key = token == "]" && trimmed.ends_with(['\'', '"']) && expected.contains(&"an operator");
    if spaced_bracket || spaced_key {
        return Some(
            "white space after `[` begins a filter; write an index or a key without it: `[0]`, `['key']`".to_owned(),
        );
    }
    match (token, expected) {
        ("{", ["white space after the type"]) => Some("put a space before the brace".to_owned()),
        ("when", ["`{`"]) => {
            Some("a rule with parameters has no condition of its own; put the `when` into its body".to_owned())
        }
        ("}", ["a clause"]) => Some("no `{` is open here".to_owned()),
        (_, ["an operator"]) if before.get(trimmed.len()..).is_some_and(|space| space.contains('\n')) => {
            Some("the name of a rule may stand only in the body of a rule and of a `when` directly in it".to_owned())
        }
        _ => None,
    }
}
