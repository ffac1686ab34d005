//! Which reader a text goes to.

use super::document::Document;
use super::fast::read_fast;
use super::json::read_json;
use super::problem::SyntaxProblem;
use super::yaml::read_yaml;
use crate::diag::{Code, Level, Limits};

/// What the name of a file says about its syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hint {
    /// It is named as JSON.
    Json,
    /// It is named as YAML.
    Yaml,
    /// Its name says nothing (`.template`, or no name at all).
    Unknown,
}

/// A text that was read: as much of it as can be read, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Read<'s> {
    /// What was read, also when there are errors.
    pub document: Document<'s>,
    /// What is wrong, in source order; at most a thousand.
    pub problems: Vec<SyntaxProblem>,
}

impl Read<'_> {
    fn is_flawless(&self) -> bool {
        self.problems.is_empty()
    }

    fn first_error(&self) -> Option<usize> {
        let is_syntax = |problem: &&SyntaxProblem| matches!(problem.code, Code::ParseYaml | Code::ParseJson);
        self.problems.iter().find(is_syntax).map(|problem| problem.span.start())
    }

    fn has_error(&self) -> bool {
        self.problems.iter().any(|problem| problem.code.level() == Level::Error)
    }
}

/// Reads a text as JSON when its first character is a bracket (or begins `//` or `/*`), else as YAML.
///
/// Never fails: what can be read is in the document, what is wrong in the problems. A text in brackets that is not JSON
/// may be YAML in flow style, unless its name says JSON. An empty text, and a root that is not a mapping, are the
/// caller's to judge.
#[must_use]
pub fn read(source: &str, hint: Hint) -> Read<'_> {
    read_within(source, hint, &Limits::default())
}

/// The same with other limits of nesting and nodes.
#[must_use]
pub fn read_within<'s>(source: &'s str, hint: Hint, limits: &Limits) -> Read<'s> {
    read_by(source, hint, limits, |source, limits| {
        read_fast(source, limits).unwrap_or_else(|| read_yaml(source, limits))
    })
}

/// Reads as [`read()`] does, without the fast way for YAML as templates are written: the same result, later. For those
/// who compare the two.
#[must_use]
pub fn read_completely(source: &str, hint: Hint) -> Read<'_> {
    read_by(source, hint, &Limits::default(), read_yaml)
}

fn read_by<'s>(
    source: &'s str,
    hint: Hint,
    limits: &Limits,
    read_yaml: impl Fn(&'s str, &Limits) -> Read<'s>,
) -> Read<'s> {
    let content = source.strip_prefix('\u{feff}').unwrap_or(source);
    let first = content.trim_ascii_start();
    // YAML does not begin with a comment of JavaScript, JSON with a licence does.
    if !first.starts_with(['{', '[']) && !first.starts_with("//") && !first.starts_with("/*") {
        return read_yaml(source, limits);
    }
    let json = read_json(source, limits);
    let is_readable_json = json.first_error().is_none();
    if json.is_flawless() || hint == Hint::Json || (is_readable_json && hint == Hint::Unknown) {
        return json;
    }
    let yaml = read_yaml(source, limits);
    if !yaml.has_error() {
        return yaml;
    }
    // Neither is clean: the one that understood more is what the author meant.
    match (json.first_error(), yaml.first_error()) {
        (None, _) => json,
        (Some(_), None) => yaml,
        (Some(in_json), Some(in_yaml)) if in_yaml > in_json && hint == Hint::Yaml => yaml,
        _ => json,
    }
}
