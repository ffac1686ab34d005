//! Reading the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Place, Problem, Severity};
use crate::rules::{Setting, SettingValue, did_you_mean, nearest};
use crate::text::{SourceFile, Span};

/// The file's name; it is looked for in the current folder and those above it.
pub const FILE_NAME: &str = "cfnward.toml";

/// A key of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub meaning: &'static str,
}

/// All keys.
pub const KEYS: [Key; 10] = [
    Key { name: "packs", meaning: "the packs of rules that run, like `--pack`" },
    Key { name: "rules", meaning: "further rules that run, like `--rule`" },
    Key { name: "skip-rules", meaning: "rules that do not run, like `--skip-rule`" },
    Key { name: "fail-on", meaning: "the least severity that makes the exit code 1, like `--fail-on`" },
    Key { name: "exclude", meaning: "globs of files and folders that are left out, relative to the current folder" },
    Key { name: "parameters", meaning: "a table of parameter values, like `--parameter`" },
    Key { name: "parameter-files", meaning: "files of parameter values, like `--parameters`, relative to this file" },
    Key { name: "region", meaning: "the region of the deployment, like `--region`" },
    Key { name: "account-id", meaning: "the account of the deployment, like `--account-id`" },
    Key { name: "settings", meaning: "a table of the values that rules leave to you, such as a retention period" },
];

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
}

/// Reads a configuration file. What is malformed is left out and reported.
#[must_use]
pub fn read(source: &SourceFile) -> (Configuration, Vec<Problem>) {
    let mut reader = Reader { source, problems: Vec::new() };
    let configuration = match DeTable::parse(source.text()) {
        Ok(table) => reader.configuration(table.get_ref()),
        Err(error) => {
            let span = error.span().map_or(Span::at(0), |span| Span::new(span.start, span.end));
            reader.problem(span, error.message().to_owned(), None);
            Configuration::default()
        }
    };
    reader.problems.sort_by_key(|problem| problem.place.span);
    (configuration, reader.problems)
}

struct Reader<'s> {
    source: &'s SourceFile,
    problems: Vec<Problem>,
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

fn span<T>(spanned: &Spanned<T>) -> Span {
    Span::new(spanned.span().start, spanned.span().end)
}

impl Reader<'_> {
    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        let name = Arc::new(self.source.name().clone());
        let place = Place::new(self.source, &name, span);
        self.problems.push(Problem { code: Code::Configuration, message, place, related: Vec::new(), help });
    }

    fn configuration(&mut self, table: &DeTable<'_>) -> Configuration {
        let mut configuration = Configuration::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "packs" => configuration.packs = self.texts(value, "packs"),
                "rules" => configuration.rules = self.texts(value, "rules"),
                "skip-rules" => configuration.skip_rules = self.texts(value, "skip-rules"),
                "exclude" => configuration.exclude = self.texts(value, "exclude"),
                "fail-on" => configuration.fail_on = self.threshold(value),
                "parameters" => configuration.parameters = self.parameters(value),
                "parameter-files" => configuration.parameter_files = self.texts(value, "parameter-files"),
                "region" => configuration.region = self.text(value, "region"),
                "account-id" => configuration.account_id = self.text(value, "account-id"),
                "settings" => configuration.settings = self.settings(value),
                other => {
                    let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
                    let near = nearest(other, known.iter().copied());
                    let help = near.is_empty().then(|| format!("the keys are {}", known.join(", ")));
                    let message = format!("`{other}` is not a key of the configuration{}", did_you_mean(&near));
                    self.problem(span(key), message, help);
                }
            }
        }
        configuration
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.problem(span(value), format!("`{key}` must be a text in quotes"), None);
                None
            }
        }
    }

    fn texts(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.problem(span(value), format!("`{key}` must be a list of texts"), None);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push(text.to_string()),
                _ => self.problem(span(item), format!("`{key}` must be a list of texts"), None),
            }
        }
        texts
    }

    fn threshold(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Option<Severity>> {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        if text == "never" {
            return Some(None);
        }
        let severity = Severity::from_word(&text);
        if severity.is_none() {
            let words: Vec<&str> = Severity::ALL.iter().map(|one| one.as_str()).collect();
            self.problem(span(value), format!("`fail-on` is one of {} or never", words.join(", ")), None);
        }
        severity.map(Some)
    }

    fn settings(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, (SettingValue, Place)> {
        let mut settings = BTreeMap::new();
        let DeValue::Table(table) = value.get_ref() else {
            self.problem(span(value), "`settings` must be a table".to_owned(), None);
            return settings;
        };
        for (name, value) in table {
            match setting_value(value.get_ref()) {
                Some(setting) => {
                    let source = Arc::new(self.source.name().clone());
                    let place = Place::new(self.source, &source, span(value));
                    settings.insert(name.get_ref().to_string(), (setting, place));
                }
                None => {
                    let message = "a setting is true, false, a whole number, a text, or a list of these".to_owned();
                    self.problem(span(value), message, None);
                }
            }
        }
        settings
    }

    fn parameters(&mut self, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, String> {
        let mut parameters = BTreeMap::new();
        let DeValue::Table(table) = value.get_ref() else {
            self.problem(span(value), "`parameters` must be a table of texts".to_owned(), None);
            return parameters;
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SourceName;

    fn read_text(text: &str) -> (Configuration, Vec<(u32, u32, String)>) {
        let (configuration, problems) = read(&SourceFile::new(SourceName::from_display(FILE_NAME), text.to_owned()));
        let problems = problems
            .into_iter()
            .map(|problem| (problem.place.start.line, problem.place.start.column, problem.message))
            .collect();
        (configuration, problems)
    }

    #[test]
    fn every_key_is_read() {
        let text = "packs = ['default']\nrules = ['a']\nskip-rules = ['b']\nfail-on = 'high'\nexclude = ['x/**']\n\
                    parameter-files = ['p.json']\nregion = 'eu-west-1'\naccount-id = '123456789012'\n\
                    [parameters]\nEnv = 'prod'\n[settings]\n";
        let (configuration, problems) = read_text(text);
        assert_eq!(problems, []);
        assert_eq!(
            configuration,
            Configuration {
                packs: vec!["default".to_owned()],
                rules: vec!["a".to_owned()],
                skip_rules: vec!["b".to_owned()],
                fail_on: Some(Some(Severity::High)),
                exclude: vec!["x/**".to_owned()],
                parameters: [("Env".to_owned(), "prod".to_owned())].into(),
                parameter_files: vec!["p.json".to_owned()],
                region: Some("eu-west-1".to_owned()),
                account_id: Some("123456789012".to_owned()),
                settings: BTreeMap::new(),
            }
        );
        for key in KEYS {
            assert!(text.contains(key.name), "{} is in the table but not tried here", key.name);
        }
    }

    #[test]
    fn never_is_no_threshold() {
        assert_eq!(read_text("fail-on = 'never'").0.fail_on, Some(None));
    }

    #[test]
    fn what_is_wrong_has_its_place_and_costs_nothing_else() {
        let (configuration, problems) =
            read_text("pack = ['x']\nrules = ['a', 1]\nfail-on = 'bad'\npacks = ['strict']\n");
        assert_eq!(configuration.packs, ["strict"]);
        assert_eq!(configuration.rules, ["a"]);
        let places: Vec<(u32, u32)> = problems.iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(places, [(1, 1), (2, 15), (3, 11)]);
    }

    #[test]
    fn settings_fit_what_rules_have_or_are_refused_at_their_place() {
        let text = "[settings]\ndays = 30\nports = [22]\nname = 7\nodd = 1\nwhen = 1979-05-27\n";
        let (configuration, problems) = read_text(text);
        assert_eq!(problems.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>(), [(6, 8)]);
        let setting = |name: &str, default| Setting {
            name: name.to_owned(),
            meaning: "what it is".to_owned(),
            default,
            rules: Vec::new(),
        };
        let known = [
            setting("days", SettingValue::Number(365)),
            setting("ports", SettingValue::List(vec![SettingValue::Number(443)])),
            setting("name", SettingValue::Text("x".to_owned())),
        ];
        let known = known.into_iter().map(|setting| (setting.name.clone(), setting)).collect();
        let (fitting, problems) = configuration.fitting_settings(&known);
        assert_eq!(fitting.keys().collect::<Vec<_>>(), ["days", "ports"]);
        let told: Vec<(u32, &str)> =
            problems.iter().map(|problem| (problem.place.start.line, problem.message.as_str())).collect();
        assert_eq!(told, [(4, "`name` must be a text"), (5, "no rule has a setting `odd`")]);
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let (configuration, problems) = read_text("packs = [\n");
        assert_eq!(configuration, Configuration::default());
        assert_eq!(problems.len(), 1);
    }
}
