//! What a configuration file says.

use std::collections::BTreeMap;

use crate::diag::{Code, Day, Place, Problem, Severity};
use crate::rules::{Setting, SettingValue, did_you_mean, nearest};
use crate::text::SourceFile;

use super::given::{Entry, Given, PlacedText};
use super::keys::KEYS;
use super::reader::Reader;

/// The file's name; it is looked for in the current folder and those above it.
pub const FILE_NAME: &str = "cfnward.toml";

/// Which suppressions of other tools count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignSuppressions {
    /// None.
    None,
    /// Those in metadata.
    Metadata,
    /// Those in metadata and in comments.
    All,
}

/// What a part of the configuration is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Rules: ids, perhaps with `*`, controls or other tools' ids.
    pub rules: Vec<PlacedText>,
    /// Globs of templates; empty for all.
    pub paths: Vec<PlacedText>,
    /// Logical ids or types, perhaps with `*`; empty for all.
    pub resources: Vec<PlacedText>,
    /// Where the entry stands.
    pub place: Place,
}

/// Findings that do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// Which.
    pub about: About,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Day>,
}

/// Another severity for some findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Which.
    pub about: About,
    /// How bad they are; `None` when they are not asked for.
    pub severity: Option<Severity>,
}

/// What a configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Packs of rules.
    pub packs: Vec<String>,
    /// Further rules.
    pub rules: Vec<String>,
    /// Rules that do not run.
    pub skip_rules: Vec<String>,
    /// The threshold: `Some(None)` for never.
    pub fail_on: Option<Option<Severity>>,
    /// What is left out.
    pub exclude: Vec<String>,
    /// Values of parameters.
    pub parameters: BTreeMap<String, String>,
    /// Files of parameter values.
    pub parameter_files: Vec<String>,
    /// The region.
    pub region: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// Values of settings by name, each with the place where it is given.
    pub settings: BTreeMap<String, (SettingValue, Place)>,
    /// Limits by name, within their ranges.
    pub limits: BTreeMap<String, u64>,
    /// Whether a suppression without a reason does not count.
    pub require_reason: bool,
    /// Rules that templates cannot silence.
    pub locked_rules: Vec<PlacedText>,
    /// The severity from which on templates cannot silence a rule.
    pub locked_severity: Option<Severity>,
    /// Which suppressions of other tools count.
    pub foreign_suppressions: Option<ForeignSuppressions>,
    /// Findings that do not count.
    pub ignores: Vec<Ignore>,
    /// Other severities, in the order of the file.
    pub overrides: Vec<Override>,
    /// Every value as it is given, with its place.
    pub(super) given: BTreeMap<&'static str, (Given, Place)>,
}

impl Configuration {
    /// The values of settings that fit those that the rules have, and problems for those that do not.
    #[must_use]
    pub fn fitting_settings(
        &self,
        known: &BTreeMap<String, Setting>,
    ) -> (BTreeMap<String, SettingValue>, Vec<Problem>) {
        let mut fitting = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, (value, place)) in &self.settings {
            let (message, help) = match known.get(name) {
                None => {
                    let near = nearest(name, known.keys().map(String::as_str));
                    let names: Vec<&str> = known.keys().map(String::as_str).collect();
                    let help = near.is_empty().then(|| format!("the settings are {}", names.join(", ")));
                    (format!("no rule has a setting `{name}`{}", did_you_mean(&near)), help)
                }
                Some(setting) => match value.fitted(&setting.default).filter(|value| value.guard().is_some()) {
                    Some(value) => {
                        fitting.insert(name.clone(), value);
                        continue;
                    }
                    None => (format!("`{name}` must be {}", setting.default.kind()), Some(setting.meaning.clone())),
                },
            };
            problems.push(Problem {
                code: Code::Configuration,
                message,
                place: place.clone(),
                related: Vec::new(),
                help,
            });
        }
        (fitting, problems)
    }

    /// The texts that the file gives for a key, with their places.
    #[must_use]
    pub fn names_of(&self, key: &str) -> &[PlacedText] {
        match self.given.get(key) {
            Some((Given::Texts(texts), _)) => texts,
            _ => &[],
        }
    }

    /// Every key and what counts for it, as TOML writes it, with the place where the file says so; keys without a value
    /// and without a default are left out.
    #[must_use]
    pub fn effective(&self) -> Vec<(String, Option<&Place>)> {
        let line = |key: &super::keys::Key| match self.given.get(key.name) {
            Some((given, place)) => Some((given.toml(key.name), Some(place))),
            None => (!key.default.is_empty()).then(|| (format!("{} = {}", key.name, key.default), None)),
        };
        KEYS.iter().filter_map(line).collect()
    }

    fn of(given: BTreeMap<&'static str, (Given, Place)>) -> Self {
        let value = |key: &str| given.get(key).map(|(value, _)| value.clone());
        let placed = |key: &str| value(key).map(Given::texts).unwrap_or_default();
        let texts = |key: &str| placed(key).into_iter().map(|one| one.text).collect();
        let text = |key: &str| value(key).and_then(Given::text);
        let entries = |key: &str| match value(key) {
            Some(Given::Entries(entries)) => entries,
            _ => Vec::new(),
        };
        Self {
            packs: texts("packs"),
            rules: texts("rules"),
            skip_rules: texts("skip-rules"),
            fail_on: text("fail-on").map(|word| Severity::from_word(&word)),
            exclude: texts("exclude"),
            parameters: match value("parameters") {
                Some(Given::Parameters(table)) => table,
                _ => BTreeMap::new(),
            },
            parameter_files: texts("parameter-files"),
            region: text("region"),
            account_id: text("account-id"),
            settings: match value("settings") {
                Some(Given::Settings(table)) => table,
                _ => BTreeMap::new(),
            },
            limits: match value("limits") {
                Some(Given::Limits(limits)) => limits,
                _ => BTreeMap::new(),
            },
            require_reason: value("require-reason") == Some(Given::Boolean(true)),
            locked_rules: placed("locked-rules"),
            locked_severity: text("locked-severity").and_then(|word| Severity::from_word(&word)),
            foreign_suppressions: text("honor-foreign-suppressions").map(|word| match word.as_str() {
                "none" => ForeignSuppressions::None,
                "all" => ForeignSuppressions::All,
                _ => ForeignSuppressions::Metadata,
            }),
            ignores: entries("ignore").into_iter().map(ignore).collect(),
            overrides: entries("override").into_iter().map(override_of).collect(),
            given,
        }
    }
}

fn about(entry: &Entry) -> About {
    let texts = |key: &str| entry.values.get(key).cloned().map(Given::texts).unwrap_or_default();
    let place = entry.place.clone();
    About { rules: texts("rules"), paths: texts("paths"), resources: texts("resources"), place }
}

fn ignore(entry: Entry) -> Ignore {
    let text = |key: &str| {
        let text = entry.values.get(key).cloned().and_then(Given::text);
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let until = match entry.values.get("until") {
        Some(Given::Day(day)) => Some(*day),
        _ => None,
    };
    Ignore { about: about(&entry), reason: text("reason"), owner: text("owner"), until }
}

fn override_of(entry: Entry) -> Override {
    let word = entry.values.get("severity").cloned().and_then(Given::text);
    Override { about: about(&entry), severity: word.and_then(|word| Severity::from_word(&word)) }
}

/// Reads a configuration file. What is malformed is left out and reported.
#[must_use]
pub fn read(source: &SourceFile) -> (Configuration, Vec<Problem>) {
    let mut reader = Reader::new(source);
    let configuration = Configuration::of(reader.read(KEYS));
    let mut problems = reader.problems;
    for one in configuration.ignores.iter().filter(|one| configuration.require_reason && one.reason.is_none()) {
        problems.push(Problem {
            code: Code::Configuration,
            message: "this entry of `ignore` gives no reason".to_owned(),
            place: one.about.place.clone(),
            related: Vec::new(),
            help: Some("add `reason`: `require-reason` demands one of every suppression".to_owned()),
        });
    }
    problems.sort_by_key(|problem| problem.place.span);
    (configuration, problems)
}
