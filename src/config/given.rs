//! Values as the file gives them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diag::{Day, Place};
use crate::rules::SettingValue;

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedText {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// An entry of a list of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) values: BTreeMap<&'static str, Given>,
    pub(super) place: Place,
}

/// A value that fits its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Given {
    Text(String),
    Texts(Vec<PlacedText>),
    Boolean(bool),
    Day(Day),
    Word(&'static str),
    Parameters(BTreeMap<String, String>),
    Settings(BTreeMap<String, (SettingValue, Place)>),
    Limits(BTreeMap<String, u64>),
    Entries(Vec<Entry>),
}

impl Given {
    /// The value as TOML writes it; entries and tables as lines of their own below `name`.
    pub(super) fn toml(&self, name: &str) -> String {
        let list = |texts: &[PlacedText]| texts.iter().map(|one| quoted(&one.text)).collect::<Vec<_>>().join(", ");
        match self {
            Self::Text(text) => format!("{name} = {}", quoted(text)),
            Self::Texts(texts) => format!("{name} = [{}]", list(texts)),
            Self::Boolean(value) => format!("{name} = {value}"),
            Self::Day(day) => format!("{name} = \"{day}\""),
            Self::Word(word) => format!("{name} = \"{word}\""),
            Self::Parameters(table) => {
                let lines = table.iter().map(|(key, value)| format!("{} = {}", bare(key), quoted(value)));
                lines_below(&format!("[{name}]"), lines)
            }
            Self::Settings(table) => {
                let lines = table.iter().map(|(key, (value, _))| format!("{} = {}", bare(key), setting(value)));
                lines_below(&format!("[{name}]"), lines)
            }
            Self::Limits(limits) => {
                let lines = limits.iter().map(|(limit, value)| format!("{limit} = {value}"));
                lines_below(&format!("[{name}]"), lines)
            }
            Self::Entries(entries) => {
                let one = |entry: &Entry| {
                    lines_below(&format!("[[{name}]]"), entry.values.iter().map(|(key, value)| value.toml(key)))
                };
                entries.iter().map(one).collect::<Vec<_>>().join("\n")
            }
        }
    }

    pub(super) fn texts(self) -> Vec<PlacedText> {
        match self {
            Self::Texts(texts) => texts,
            _ => Vec::new(),
        }
    }

    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word(word) => Some(word.to_owned()),
            _ => None,
        }
    }
}

fn lines_below(head: &str, lines: impl Iterator<Item = String>) -> String {
    lines.fold(head.to_owned(), |all, line| format!("{all}\n{line}"))
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(quoted, "\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn bare(key: &str) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if plain { key.to_owned() } else { quoted(key) }
}

fn setting(value: &SettingValue) -> String {
    match value {
        SettingValue::Boolean(value) => value.to_string(),
        SettingValue::Number(number) => number.to_string(),
        SettingValue::Text(text) | SettingValue::Pattern(text) => quoted(text),
        SettingValue::List(items) => {
            format!("[{}]", items.iter().map(setting).collect::<Vec<_>>().join(", "))
        }
    }
}
