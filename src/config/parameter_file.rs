//! Files that give values to parameters, in the forms that AWS's tools and others have for them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Code, Label, Level, Place, Problem};
use crate::syntax::{Document, Hint, NodeId, Scalar, read};
use crate::text::{SourceFile, Span};

use super::samconfig;

/// What a parameter file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenParameters {
    /// Values by parameter.
    pub values: BTreeMap<String, String>,
    /// Parameters that get a value which the file does not say, such as the one they had before: not their default.
    pub open: BTreeSet<String>,
    /// The template that the file is for, relative to it, where it names one.
    pub template: Option<String>,
}

impl GivenParameters {
    /// Adds what another file says, which wins.
    pub fn extend(&mut self, other: Self) {
        for (name, value) in other.values {
            self.open.remove(&name);
            self.values.insert(name, value);
        }
        for name in other.open {
            self.values.remove(&name);
            self.open.insert(name);
        }
    }
}

/// Reads a parameter file. It is one of: the list that AWS's command line takes (`ParameterKey` and `ParameterValue`, or
/// `Name=Value`), a map under `Parameters` (CodePipeline, rain) or `parameters` (Git sync), a plain map, or
/// `samconfig.toml` (also in YAML) with `parameter_overrides`. What is malformed is left out and reported.
#[must_use]
pub fn read_parameters(source: &SourceFile) -> (GivenParameters, Vec<Problem>) {
    let mut reader =
        Reader { source, given: GivenParameters::default(), places: BTreeMap::new(), problems: Vec::new() };
    let name = source.name().display.as_str();
    if name.ends_with(".toml") {
        samconfig::read_toml(&mut reader);
    } else {
        reader.document(if name.ends_with(".json") { Hint::Json } else { Hint::Unknown });
    }
    reader.problems.sort_by_key(|problem| problem.place.span);
    (reader.given, reader.problems)
}

/// Collects what a file says.
pub(super) struct Reader<'s> {
    pub(super) source: &'s SourceFile,
    pub(super) given: GivenParameters,
    /// Where each name was given.
    places: BTreeMap<String, Span>,
    pub(super) problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn problem(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        let place = self.place(span);
        let help = help.map(str::to_owned);
        let (code, message, related) = (Code::ParameterFile, message.into(), Vec::new());
        self.problems.push(Problem { code, message, place, related, help });
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.source, &Arc::new(self.source.name().clone()), span)
    }

    /// Gives a parameter its value; `None` for one that the file does not say.
    pub(super) fn give(&mut self, name: &str, span: Span, value: Option<String>) {
        if name.is_empty() {
            self.problem(span, "a parameter's name is empty", None);
            return;
        }
        if let Some(first) = self.places.insert(name.to_owned(), span) {
            let message = format!("parameter `{name}` is given twice; the last value counts");
            self.problem(span, message, None);
            let first = Label { place: self.place(first), text: "first given here".to_owned() };
            if let Some(problem) = self.problems.last_mut() {
                problem.related.push(first);
            }
        }
        let name = name.to_owned();
        let one = match value {
            Some(value) => GivenParameters { values: BTreeMap::from([(name, value)]), ..GivenParameters::default() },
            None => GivenParameters { open: BTreeSet::from([name]), ..GivenParameters::default() },
        };
        self.given.extend(one);
    }

    /// What follows may give again what stands above: it wins.
    pub(super) fn new_section(&mut self) {
        self.places.clear();
    }

    /// `Name=Value`, split at the first sign.
    pub(super) fn give_pair(&mut self, pair: &str, span: Span) {
        match pair.split_once('=') {
            Some((name, value)) => self.give(name.trim(), span, Some(value.to_owned())),
            None => self.problem(span, format!("`{pair}` is not `Name=Value`"), None),
        }
    }

    fn document(&mut self, hint: Hint) {
        let read = read(self.source.text(), hint);
        for problem in read.problems {
            // What is only odd does not matter here, except for a key that stands twice, which is said below.
            if problem.code.level() == Level::Error {
                self.problem(problem.span, problem.message, problem.help.as_deref());
            }
        }
        let document = &read.document;
        let Some(root) = document.root() else {
            if self.problems.is_empty() {
                self.problem(Span::at(0), "the parameter file is empty", None);
            }
            return;
        };
        if document.is_sequence(root) {
            for &item in document.items(root) {
                self.item(document, item);
            }
        } else if document.is_mapping(root) {
            self.mapping(document, root);
        } else {
            self.problem(document.span(root), "a parameter file is a list or a map", Some(FORMS));
        }
    }

    fn mapping(&mut self, document: &Document<'_>, root: NodeId) {
        let get = |key| document.get(root, key).map(|pair| pair.value);
        self.given.template = get("template-file-path").and_then(|node| document.text(node)).map(str::to_owned);
        if document.get(root, "Resources").is_some() {
            let place = document.get(root, "Resources").map_or(Span::at(0), |pair| document.span(pair.key));
            self.problem(place, "this is a template, not a file of parameters", Some(FORMS));
        } else if let Some(section) = get("Parameters").or_else(|| get("parameters")) {
            if document.is_mapping(section) {
                self.values(document, section);
            } else if document.is_sequence(section) {
                for &item in document.items(section) {
                    self.item(document, item);
                }
            } else {
                self.problem(document.span(section), "`Parameters` must be a map of names and values", None);
            }
        } else if !samconfig::read_yaml(self, document, root) {
            self.values(document, root);
        }
    }

    /// An item of the list that AWS's command line takes.
    fn item(&mut self, document: &Document<'_>, item: NodeId) {
        let span = document.span(item);
        if let Some(pair) = document.text(item) {
            self.give_pair(pair, span);
            return;
        }
        let get = |key| document.get(item, key).map(|pair| pair.value);
        let Some(name) = get("ParameterKey").and_then(|node| document.text(node)) else {
            self.problem(span, "an item of the list has no `ParameterKey`", Some(FORMS));
            return;
        };
        let previous = get("UsePreviousValue").and_then(|node| document.text(node));
        let value = get("ResolvedValue").or_else(|| get("ParameterValue"));
        match value {
            Some(value) => {
                if let Some(value) = self.value(document, name, value) {
                    self.give(name, span, value);
                }
            }
            None if previous.is_some_and(|text| text.eq_ignore_ascii_case("true")) => self.give(name, span, None),
            None => {
                let message = format!("parameter `{name}` has neither `ParameterValue` nor `UsePreviousValue: true`");
                self.problem(span, message, None);
            }
        }
    }

    fn values(&mut self, document: &Document<'_>, map: NodeId) {
        for pair in document.pairs(map) {
            let Some(name) = document.text(pair.key) else { continue };
            if let Some(value) = self.value(document, name, pair.value) {
                self.give(name, document.span(pair.key), value);
            }
        }
    }

    /// The value that a node gives: the text as it is written; a list joined with commas. `Some(None)` for one that is
    /// only known later.
    fn value(&mut self, document: &Document<'_>, name: &str, node: NodeId) -> Option<Option<String>> {
        let node = document.resolve_alias(node);
        let span = document.span(node);
        if document.is_sequence(node) {
            let mut texts = Vec::new();
            for &item in document.items(node) {
                match document.text(item) {
                    Some(text) => texts.push(text.to_owned()),
                    None => {
                        self.problem(document.span(item), format!("an item of `{name}` must be a text"), None);
                        return None;
                    }
                }
            }
            return Some(Some(texts.join(",")));
        }
        if document.is_mapping(node) {
            let mut keys = document.pairs(node).filter_map(|pair| document.text(pair.key));
            if keys.next().is_some_and(|key| key.starts_with("Fn::")) && keys.next().is_none() {
                return Some(None);
            }
            self.problem(span, format!("the value of `{name}` must be a text or a list, not a map"), Some(FORMS));
            return None;
        }
        if document.scalar(node) == Scalar::Null {
            self.problem(span, format!("`{name}` has no value"), Some("write \"\" for an empty text"));
            return None;
        }
        document.text(node).map(|text| Some(text.to_owned()))
    }
}

const FORMS: &str = "a parameter file is a list of `ParameterKey` and `ParameterValue`, a map under `Parameters`, \
                     a plain map of names and values, or a samconfig.toml with `parameter_overrides`";
