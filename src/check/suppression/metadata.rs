//! Our own metadata: `Metadata.cfnward.ignore` of a resource or of the template.

use crate::diag::{Day, SuppressionKind};
use crate::rules::{did_you_mean, nearest};
use crate::syntax::{Document, NodeId};
use crate::template::TemplateProblem;
use crate::text::Span;

use super::comments::{malformed, no_day};
use super::written::{Reach, Tool, Written};

/// The keys of an entry.
const KEYS: [&str; 6] = ["id", "rule", "path", "reason", "until", "owner"];

const HELP: &str = "write `Metadata: {cfnward: {ignore: [{rule: ID, reason: why it is accepted}]}}`";

/// What metadata is read from, and what it gives.
pub(super) struct Source<'d, 's> {
    pub(super) document: &'d Document<'s>,
    /// What its suppressions reach.
    pub(super) reach: Reach,
    /// The resource that it belongs to.
    pub(super) resource: Option<String>,
    pub(super) written: Vec<Written>,
    pub(super) problems: Vec<TemplateProblem>,
}

impl<'d, 's> Source<'d, 's> {
    pub(super) fn new(document: &'d Document<'s>, reach: Reach, resource: Option<&str>) -> Self {
        let resource = resource.map(str::to_owned);
        Self { document, reach, resource, written: Vec::new(), problems: Vec::new() }
    }

    /// A text that is given, not worked out.
    pub(super) fn plain(&self, node: NodeId) -> Option<&'d str> {
        let node = self.document.resolve_alias(node);
        self.document.text(node).filter(|_| self.document.tag(node).is_none_or(|tag| tag.starts_with("!!")))
    }

    /// A suppression of one rule, named at `node`.
    pub(super) fn one(&self, tool: Tool, rule: &str, node: NodeId) -> Written {
        let place = self.document.span(node);
        let reach = self.reach.clone();
        let resource = self.resource.clone();
        Written { resource, ..Written::new(tool, SuppressionKind::Metadata, rule, place, reach) }
    }

    /// Says of a key that it means nothing, if it looks like one that does.
    pub(super) fn misspelt(&mut self, key: NodeId, known: &[&str]) {
        let text = self.document.text(key).unwrap_or_default();
        let near = nearest(text, known.iter().copied());
        if near.is_empty() {
            return;
        }
        let message = format!("`{text}` silences nothing{}", did_you_mean(&near));
        let span = self.document.span(key);
        self.problems.push(malformed(message, span, "correct the key: what stands below it is not read"));
    }

    /// Reads what stands under `cfnward`.
    pub(super) fn read_own(&mut self, node: NodeId, key: Span) {
        let document = self.document;
        if !document.is_mapping(node) {
            self.problems.push(malformed("the metadata `cfnward` must be a mapping".to_owned(), key, HELP));
        }
        for pair in document.pairs(node) {
            let name = document.text(pair.key).unwrap_or_default();
            if name != "ignore" {
                let message = format!("`{name}` means nothing here{}", did_you_mean(&nearest(name, ["ignore"])));
                self.problems.push(malformed(message, document.span(pair.key), HELP));
            } else if document.is_sequence(pair.value) {
                for item in document.items(pair.value) {
                    self.read_entry(*item);
                }
            } else {
                self.read_entry(pair.value);
            }
        }
    }

    fn read_entry(&mut self, node: NodeId) {
        match self.entry(node) {
            Ok(entries) => self.written.extend(entries),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn entry(&self, node: NodeId) -> Result<Vec<Written>, TemplateProblem> {
        let document = self.document;
        let whole = document.span(node);
        if let Some(rule) = self.plain(node) {
            return Ok(vec![self.named(rule, node)?]);
        }
        let mut entry = self.one(Tool::Own, "", node);
        let mut rules = Vec::new();
        for pair in document.pairs(node) {
            let key = document.text(pair.key).unwrap_or_default();
            if !KEYS.contains(&key) {
                let message = format!("`{key}` is no key of a suppression{}", did_you_mean(&nearest(key, KEYS)));
                return Err(malformed(message, document.span(pair.key), &format!("the keys are {}", KEYS.join(", "))));
            }
            if matches!(key, "id" | "rule") && document.is_sequence(pair.value) {
                rules.extend_from_slice(document.items(pair.value));
                continue;
            }
            let Some(text) = self.plain(pair.value) else {
                let message = format!("`{key}` of a suppression must be a text");
                return Err(malformed(message, document.span(pair.value), HELP));
            };
            let given = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            match key {
                "id" | "rule" => rules.push(pair.value),
                "path" => entry.path = given,
                "reason" => entry.reason = given,
                "owner" => entry.owner = given,
                _ => entry.until = Some(Day::parse(text).ok_or_else(|| no_day(text, document.span(pair.value)))?),
            }
        }
        if rules.is_empty() {
            return Err(malformed("the suppression names no rule".to_owned(), whole, HELP));
        }
        let named = rules.iter().map(|rule| {
            let text = self.plain(*rule).unwrap_or_default();
            let Written { rule, place, .. } = self.named(text, *rule)?;
            Ok(Written { rule, place, ..entry.clone() })
        });
        named.collect()
    }

    fn named(&self, rule: &str, node: NodeId) -> Result<Written, TemplateProblem> {
        let span = self.document.span(node);
        if rule.trim().is_empty() {
            return Err(malformed("the suppression names no rule".to_owned(), span, HELP));
        }
        if rule.contains('*') {
            let help = "name the rules; whole files are left out with `exclude` in cfnward.toml";
            return Err(malformed("metadata cannot silence every rule".to_owned(), span, help));
        }
        Ok(self.one(Tool::Own, rule.trim(), node))
    }
}
