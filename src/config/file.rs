//! Reading the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Place, Problem, Severity};
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
pub const KEYS: [Key; 6] = [
    Key { name: "packs", meaning: "the packs of rules that run, like `--pack`" },
    Key { name: "rules", meaning: "further rules that run, like `--rule`" },
    Key { name: "skip-rules", meaning: "rules that do not run, like `--skip-rule`" },
    Key { name: "fail-on", meaning: "the least severity that makes the exit code 1, like `--fail-on`" },
    Key { name: "exclude", meaning: "globs of files and folders that are left out, relative to the current folder" },
    Key { name: "parameters", meaning: "a table of parameter values, like `--parameter`" },
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
                other => {
                    let known: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
                    let help = format!("the keys are {}", known.join(", "));
                    self.problem(span(key), format!("`{other}` is not a key of the configuration"), Some(help));
                }
            }
        }
        configuration
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
                    [parameters]\nEnv = 'prod'\n";
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
    fn a_syntax_error_has_its_place() {
        let (configuration, problems) = read_text("packs = [\n");
        assert_eq!(configuration, Configuration::default());
        assert_eq!(problems.len(), 1);
    }
}
