//! Placeholders in the messages of rules: `{this}`, `{property}`, `{expected}`, `{resource}`.

use crate::value::{Kind, Piece, Value};

/// The most characters of a value that a message shows.
const SHOWN: usize = 60;

/// The message with its placeholders filled in; other braces stay as they are.
pub(super) fn fill(message: &str, this: &dyn Fn() -> String, property: &str, expected: &str, resource: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut rest = message;
    // What is filled in is not looked through again: a template cannot write placeholders.
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let filled = [("{this}", Some(this())), ("{property}", None), ("{expected}", None), ("{resource}", None)]
            .into_iter()
            .find(|(placeholder, _)| from.starts_with(placeholder));
        match filled {
            Some((placeholder, value)) => {
                let value = match placeholder {
                    "{property}" => shown(property),
                    "{expected}" => shown(expected),
                    "{resource}" => shown(resource),
                    _ => value.unwrap_or_default(),
                };
                text.push_str(&value);
                rest = from.get(placeholder.len()..).unwrap_or_default();
            }
            None => {
                text.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    text
}

/// A value for people, shortened, on one line.
pub(super) fn value_text(value: Value<'_>) -> String {
    match value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(value) => value.to_string(),
        Kind::Integer(value) => value.to_string(),
        Kind::Float(value) => value.to_string(),
        Kind::String(text) => shown(text),
        Kind::List(items) => format!("a list of {}", items.len()),
        Kind::Map(map) => {
            let keys: Vec<&str> = map.entries().iter().map(|entry| entry.key).collect();
            shown(&format!("a map with {}", if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") }))
        }
        Kind::Absent => "nothing".to_owned(),
        Kind::Unknown(unknown) => format!("unknown ({})", shown(unknown.reason)),
        Kind::Reference(reference) => format!("a reference to {}", shown(&reference.describe())),
        Kind::Partial(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(known) => text.push_str(known),
                    Piece::Unknown(_) => text.push_str("${...}"),
                    Piece::Reference(reference) => text.push_str(&format!("${{{}}}", reference.describe())),
                }
            }
            shown(&text)
        }
        Kind::Deferred(_) => "a value that depends on parameters".to_owned(),
    }
}

/// A text on one line, without control characters, at most [`SHOWN`] characters long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count >= SHOWN {
            shown.push('\u{2026}');
            break;
        }
        match c {
            '\n' | '\t' | '\r' => shown.push(' '),
            // Also those that turn the direction of writing, with which a text could pretend to be another.
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                shown.extend(c.escape_unicode());
            }
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_and_other_braces_stay() {
        let this = || "{resource}".to_owned();
        let filled = fill("{resource}: {this} {x} {property} is not {expected}", &this, "A.B", "== 1", "Logs");
        assert_eq!(filled, "Logs: {resource} {x} A.B is not == 1");
        assert_eq!(fill("}{", &this, "", "", ""), "}{");
    }

    #[test]
    fn long_and_wild_texts_are_tamed() {
        assert_eq!(shown(&"a".repeat(61)), format!("{}\u{2026}", "a".repeat(60)));
        assert_eq!(shown("a\nb\u{1b}[31m"), "a b\\u{1b}[31m");
    }
}
