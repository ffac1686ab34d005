//! What people read about a wrong place.

use crate::text::Span;

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

/// The error for a place where none of `expected` stands.
pub(super) fn unexpected(text: &str, at: usize, expected: &[&'static str]) -> SyntaxError {
    let token = token(text.get(at..).unwrap_or_default());
    let found = match token {
        "" => "the end of the file".to_owned(),
        "\n" | "\r" => "the end of the line".to_owned(),
        _ if token.chars().all(|next| next.is_whitespace() || next.is_control() || next == '\u{feff}') => {
            format!("the character U+{:04X}", token.chars().next().map_or(0, u32::from))
        }
        _ => format!("`{token}`"),
    };
    let message = match expected {
        [] => format!("unexpected {found}"),
        [only] => format!("expected {only}, found {found}"),
        [first @ .., last] => format!("expected {} or {last}, found {found}", first.join(", ")),
    };
    SyntaxError { span: Span::new(at, at + token.len()), message, help: help(text, at, token, expected) }
}

/// The word, the run of operator signs or the single character at the start of `rest`.
fn token(rest: &str) -> &str {
    const SIGNS: &[char] = &['=', '<', '>', '!', '&', '|', '~'];
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

fn help(text: &str, at: usize, token: &str, expected: &[&'static str]) -> Option<String> {
    let before = text.get(..at).unwrap_or_default();
    let goes_on = token.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    if goes_on && let Some(word) = ["this", "THIS", "keys", "KEYS"].into_iter().find(|word| before.ends_with(word)) {
        return Some(format!("a key that begins with `{word}` must be quoted: `'{word}{token}'`"));
    }
    if let Some((_, help)) = INSTEAD.iter().find(|(words, _)| words.contains(&token)) {
        return Some((*help).to_owned());
    }
    if expected.contains(&"the end of the line after the name of a rule") {
        return Some(
            "the name of another rule must be the last thing on its line, or be followed by a message".to_owned(),
        );
    }
    if token == "." && before.ends_with(|next: char| next.is_ascii_digit()) {
        let number = before.trim_end_matches(|next: char| next.is_ascii_digit());
        return number.ends_with('-').then(|| "a number with a fraction cannot be negative in this dialect".to_owned());
    }
    if token == "{"
        && before.ends_with(|next: char| next.is_alphanumeric())
        && expected.contains(&"white space after the type")
    {
        return Some("put a space before the brace".to_owned());
    }
    if token == "when" && before.ends_with([')', ' ', '\n']) && expected == ["`{`"] {
        return Some("a rule with parameters has no condition of its own; put the `when` into its body".to_owned());
    }
    if token == "}" && expected.contains(&"a clause") && before.trim_end().ends_with("or") {
        return Some("another clause must follow `or`".to_owned());
    }
    let line_ended = before.trim_end_matches([' ', '\t', '\r', '\n']).len() < before.rfind('\n').unwrap_or_default();
    if line_ended && expected == ["an operator"] {
        let help = "the name of a rule may stand only in the body of a rule and of a `when` directly in it";
        return Some(help.to_owned());
    }
    None
}
