//! Sentences, line breaks and names.

use unicode_width::UnicodeWidthStr as _;

use crate::diag::{Finding, Severity};

/// The first sentence of a text, without its final period. A period ends a sentence when a capital letter or
/// nothing follows, so `e.g. this` does not.
pub(super) fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    for (index, _) in text.match_indices('.') {
        let rest = text.get(index + 1..).unwrap_or_default();
        let next = rest.trim_start();
        if next.is_empty() || (rest.len() > next.len() && next.starts_with(|c: char| !c.is_lowercase())) {
            return text.get(..index).unwrap_or(text);
        }
    }
    text
}

/// The text as a sentence: trimmed, with a capital letter in front and a final period.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(letters.as_str());
    if !sentence.is_empty() && !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

/// At most `limit` characters; the last one is an ellipsis when something is left out.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

/// The columns that a text takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Breaks a one-line text at spaces into lines of at most `width` columns, where its words permit.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    wrapped_after(text, width, width)
}

/// The same with another width for the first line.
pub(super) fn wrapped_after(text: &str, first_width: usize, width: usize) -> String {
    let mut lines = String::with_capacity(text.len() + 8);
    let mut used = 0;
    let mut room = first_width;
    for word in text.split(' ') {
        let length = columns(word);
        if used > 0 && used + 1 + length > room {
            lines.push('\n');
            used = 0;
            room = width;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines
}

/// How many there are of each severity: `1 critical, 2 low`; empty when there is none.
pub(super) fn by_severity<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> String {
    let of = |severity: Severity| findings.clone().filter(|one| one.severity == severity).count();
    let counts = Severity::ALL.into_iter().rev().map(|severity| (of(severity), severity.as_str()));
    let shown: Vec<String> =
        counts.filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    shown.join(", ")
}

/// `s3_bucket_public` as `S3BucketPublic`.
pub(super) fn pascal_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}

/// `1 template`, `2 templates`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_before_a_capital_letter() {
        assert_eq!(first_sentence("Use TLS 1.2, e.g. here. Then stop."), "Use TLS 1.2, e.g. here");
        assert_eq!(first_sentence("No period"), "No period");
        assert_eq!(sentence(" no period"), "No period.");
        assert_eq!(sentence("One."), "One.");
    }

    #[test]
    fn lines_break_at_words() {
        assert_eq!(wrapped("aa bb cc", 5), "aa bb\ncc");
        assert_eq!(wrapped("aaaaaaaa b", 3), "aaaaaaaa\nb");
        assert_eq!(wrapped_after("aa bb cc dd", 2, 5), "aa\nbb cc\ndd");
    }

    #[test]
    fn a_wide_letter_takes_two_columns() {
        assert_eq!(wrapped("日本 語", 6), "日本\n語");
        assert_eq!(wrapped("日本 語", 7), "日本 語");
    }

    #[test]
    fn names_are_pascal_case() {
        assert_eq!(pascal_case("s3_bucket_public"), "S3BucketPublic");
    }
}
