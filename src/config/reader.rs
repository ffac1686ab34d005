//! From the text of the file to values that fit their keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Day, LIMITS, LimitError, Limits, Place, Problem};
use crate::rules::{SettingValue, did_you_mean, nearest};
use crate::text::{SourceFile, SourceName, Span};

use super::given::{Entry, Given, PlacedText};
use super::keys::{Key, Kind};

/// Reads values and gathers what is wrong.
pub(super) struct Reader<'s> {
    source: &'s SourceFile,
    name: Arc<SourceName>,
    pub(super) problems: Vec<Problem>,
}

fn span<T>(spanned: &Spanned<T>) -> Span {
    Span::new(spanned.span().start, spanned.span().end)
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s SourceFile) -> Self {
        Self { source, name: Arc::new(source.name().clone()), problems: Vec::new() }
    }

    /// The values of the whole file, by their keys.
    pub(super) fn read(&mut self, keys: &'static [Key]) -> BTreeMap<&'static str, (Given, Place)> {
        let table = match DeTable::parse(self.source.text()) {
            Ok(table) => table,
            Err(error) => {
                let span = error.span().map_or(Span::at(0), |span| Span::new(span.start, span.end));
                self.problem(span, error.message().to_owned(), None);
                return BTreeMap::new();
            }
        };
        self.table(table.get_ref(), keys, "a key of the configuration")
    }

    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        let place = self.place(span);
        self.problems.push(Problem { code: Code::Configuration, message, place, related: Vec::new(), help });
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.source, &self.name, span)
    }

    fn table(
        &mut self,
        table: &DeTable<'_>,
        keys: &'static [Key],
        what: &str,
    ) -> BTreeMap<&'static str, (Given, Place)> {
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let text = name.get_ref().as_ref();
            let Some(key) = keys.iter().find(|key| key.name == text) else {
                let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
                let near = nearest(text, known.iter().copied());
                let help = near.is_empty().then(|| format!("the keys are {}", known.join(", ")));
                self.problem(span(name), format!("`{text}` is not {what}{}", did_you_mean(&near)), help);
                continue;
            };
            if let Some(given) = self.value(key, value) {
                values.insert(key.name, (given, self.place(span(name))));
            }
        }
        values
    }

    fn value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) -> Option<Given> {
        let place = span(value);
        let wrong = |what: &str| format!("`{}` must be {what}", key.name);
        match (key.kind, value.get_ref()) {
            (Kind::Text, DeValue::String(text)) => return Some(Given::Text(text.to_string())),
            (Kind::Text, _) => self.problem(place, wrong("a text in quotes"), None),
            (Kind::Texts, DeValue::Array(items)) => {
                let mut texts = Vec::new();
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::String(text) => {
                            texts.push(PlacedText { text: text.to_string(), place: self.place(span(item)) });
                        }
                        _ => self.problem(span(item), wrong("a list of texts"), None),
                    }
                }
                return Some(Given::Texts(texts));
            }
            (Kind::Texts, _) => self.problem(place, wrong("a list of texts"), None),
            (Kind::Boolean, DeValue::Boolean(value)) => return Some(Given::Boolean(*value)),
            (Kind::Boolean, _) => self.problem(place, wrong("true or false"), None),
            (Kind::Day, value) => {
                let text = match value {
                    DeValue::String(text) => text.to_string(),
                    DeValue::Datetime(day) => day.to_string(),
                    _ => String::new(),
                };
                match Day::parse(&text) {
                    Some(day) => return Some(Given::Day(day)),
                    None => self.problem(place, wrong("a day such as 2026-12-31"), None),
                }
            }
            (Kind::Word(words), value) => {
                let text = if let DeValue::String(text) = value { text.as_ref() } else { "" };
                match words.iter().find(|word| **word == text) {
                    Some(word) => return Some(Given::Word(word)),
                    None => {
                        let near = did_you_mean(&nearest(text, words.iter().copied()));
                        let all = match words.split_last() {
                            Some((last, others)) => format!("{} or {last}", others.join(", ")),
                            None => String::new(),
                        };
                        self.problem(place, format!("`{}` is one of {all}{near}", key.name), None);
                    }
                }
            }
            (Kind::Parameters, DeValue::Table(table)) => return Some(Given::Parameters(self.parameters(table))),
            (Kind::Parameters, _) => self.problem(place, wrong("a table of texts"), None),
            (Kind::Settings, DeValue::Table(table)) => return Some(Given::Settings(self.settings(table))),
            (Kind::Limits, DeValue::Table(table)) => return Some(Given::Limits(self.limits(table))),
            (Kind::Limits, _) => self.problem(place, wrong("a table"), None),
            (Kind::Settings, _) => self.problem(place, wrong("a table"), None),
            (Kind::Entries(keys), DeValue::Array(items)) => {
                let mut entries = Vec::new();
                for item in items.iter() {
                    entries.extend(self.entry(key.name, keys, item));
                }
                return Some(Given::Entries(entries));
            }
            (Kind::Entries(_), _) => {
                let help = format!("begin each entry with a line `[[{}]]`", key.name);
                self.problem(place, wrong("a list of tables"), Some(help));
            }
        }
        None
    }

    /// An entry, unless something about it is wrong: half of one could silence more than was meant.
    fn entry(&mut self, name: &str, keys: &'static [Key], item: &Spanned<DeValue<'_>>) -> Option<Entry> {
        let DeValue::Table(table) = item.get_ref() else {
            self.problem(span(item), format!("an entry of `{name}` must be a table"), None);
            return None;
        };
        let before = self.problems.len();
        let values = self.table(table, keys, &format!("a key of `{name}`"));
        let given: BTreeSet<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
        for key in keys.iter().filter(|key| key.required && !given.contains(key.name)) {
            self.problem(
                span(item),
                format!("an entry of `{name}` needs `{}`", key.name),
                Some(key.meaning.to_owned()),
            );
        }
        for (key, (value, place)) in &values {
            if matches!(value, Given::Texts(texts) if texts.is_empty()) {
                let message = format!("`{key}` is an empty list");
                let problem = Problem {
                    code: Code::Configuration,
                    message,
                    place: place.clone(),
                    related: Vec::new(),
                    help: Some("name something, or leave the key out".to_owned()),
                };
                self.problems.push(problem);
            }
        }
        let values = values.into_iter().map(|(key, (value, _))| (key, value)).collect();
        (self.problems.len() == before).then(|| Entry { values, place: self.place(span(item)) })
    }

    fn limits(&mut self, table: &DeTable<'_>) -> BTreeMap<String, u64> {
        let mut limits = BTreeMap::new();
        for (name, value) in table {
            let number = match value.get_ref() {
                DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
                _ => None,
            };
            let Some(number) = number else {
                self.problem(span(value), format!("the limit `{}` is a whole number", name.get_ref()), None);
                continue;
            };
            match Limits::default().set(name.get_ref(), number) {
                Ok(()) => {
                    limits.insert(name.get_ref().to_string(), number);
                }
                Err(LimitError::Unknown) => {
                    let known: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
                    let near = nearest(name.get_ref(), known.iter().copied());
                    let help = near.is_empty().then(|| format!("the limits are {}", known.join(", ")));
                    let message = format!("there is no limit `{}`{}", name.get_ref(), did_you_mean(&near));
                    self.problem(span(name), message, help);
                }
                Err(LimitError::OutOfRange(most)) => {
                    self.problem(span(value), format!("it must lie between 1 and {most}"), None);
                }
            }
        }
        limits
    }

    fn settings(&mut self, table: &DeTable<'_>) -> BTreeMap<String, (SettingValue, Place)> {
        let mut settings = BTreeMap::new();
        for (name, value) in table {
            match setting_value(value.get_ref()) {
                Some(setting) => {
                    settings.insert(name.get_ref().to_string(), (setting, self.place(span(value))));
                }
                None => {
                    let message = "a setting is true, false, a whole number, a text, or a list of these".to_owned();
                    self.problem(span(value), message, None);
                }
            }
        }
        settings
    }

    fn parameters(&mut self, table: &DeTable<'_>) -> BTreeMap<String, String> {
        let mut parameters = BTreeMap::new();
        for (name, value) in table {
            match value.get_ref() {
                DeValue::String(text) => {
                    parameters.insert(name.get_ref().to_string(), text.to_string());
                }
                _ => self.problem(span(value), "a parameter's value must be a text in quotes".to_owned(), None),
            }
        }
        parameters
    }
}

fn setting_value(value: &DeValue<'_>) -> Option<SettingValue> {
    Some(match value {
        DeValue::Boolean(value) => SettingValue::Boolean(*value),
        DeValue::Integer(number) => SettingValue::Number(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::String(text) => SettingValue::Text(text.to_string()),
        DeValue::Array(items) => {
            SettingValue::List(items.iter().map(|item| setting_value(item.get_ref())).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}
