//! Texts as the format wants them.

use super::shape::Words;

/// Text on one line: control characters and runs of white space become single spaces.
pub(super) fn one_line(text: &str) -> Words<'_> {
    let is_one = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains("  ");
    if is_one(text) && text.trim_ascii().len() == text.len() {
        return text.into();
    }
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").into()
}

/// Text in which no bracket makes a link.
pub(super) fn escaped(text: &str) -> Words<'_> {
    let is_special = |c: char| matches!(c, '[' | ']' | '\\');
    if !text.contains(is_special) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_special(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped.into()
}
