//! What parameters are compared with: the literals and mapping keys that cut their values into classes.

use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;

use crate::syntax::{Document, NodeId};
use crate::template::{Function, Name, Template, boolean_call, call};
use crate::text::Span;

use super::parameters::{arguments, scalar_text};

/// The literals that each name is compared with, and the mapping keys that it selects. A name that only stands inside a
/// comparison has none.
pub(super) type Compared<'a> = BTreeMap<&'a str, Vec<(&'a str, Span)>>;

/// The most names that are taken to be compared with each other.
const CIRCLE: usize = 64;

/// Collects comparisons.
struct Collector<'a> {
    arena: &'a Bump,
    template: &'a Template<'a>,
    compared: Compared<'a>,
    /// Names that are compared with each other.
    equated: Vec<(&'a str, &'a str)>,
}

pub(super) fn compared<'a>(arena: &'a Bump, template: &'a Template<'a>) -> Compared<'a> {
    let document = template.document;
    let mut collector = Collector { arena, template, compared: Compared::new(), equated: Vec::new() };
    // The template may be a part of its document.
    let Some(root) = template.root else { return Compared::new() };
    for node in document.nodes().filter(|node| document.is_below(root, *node)) {
        let Some(call) = boolean_call(document, node) else { continue };
        let items = arguments(document, &call);
        match (call.function, items) {
            (Function::Equals | Function::EachMemberEquals, &[left, right]) => collector.pair(left, right),
            (Function::Contains | Function::EachMemberIn, &[list, value]) => {
                let (list, value) = match call.function {
                    Function::Contains => (list, value),
                    _ => (value, list),
                };
                let items = document.items(list);
                for &item in items {
                    collector.pair(item, value);
                }
                if items.is_empty() {
                    collector.mark(list);
                    collector.mark(value);
                }
            }
            (Function::FindInMap, &[mapping, first, second, ..]) => collector.lookup(mapping, first, second),
            _ => {}
        }
    }
    collector.share();
    collector.compared
}

impl<'a> Collector<'a> {
    fn is_known(&self, name: &str) -> bool {
        matches!(self.template.name(name), Some(Name::Parameter(_)))
            || matches!(name, "AWS::Region" | "AWS::AccountId" | "AWS::Partition" | "AWS::StackName" | "AWS::URLSuffix")
    }

    fn add(&mut self, name: &'a str, literal: Option<(&'a str, Span)>) {
        if self.is_known(name) {
            self.compared.entry(name).or_default().extend(literal);
        }
    }

    /// A comparison of two values.
    fn pair(&mut self, left: NodeId, right: NodeId) {
        let document = self.template.document;
        for (reference, other) in [(left, right), (right, left)] {
            let Some(name) = reference_name(document, reference) else {
                self.mark(reference);
                continue;
            };
            self.add(name, None);
            if let Some(equated) = reference_name(document, other) {
                self.equated.push((name, equated));
            } else if call(document, other).is_none() {
                if let Some(text) = scalar_text(self.arena, document, other) {
                    self.add(name, Some((text, document.span(other))));
                }
            } else {
                self.leaves(name, other);
            }
        }
    }

    /// Whatever a mapping holds may be what `name` is compared with.
    fn leaves(&mut self, name: &'a str, lookup: NodeId) {
        let document = self.template.document;
        let Some(call) = call(document, lookup).filter(|call| call.function == Function::FindInMap) else { return };
        let mapping = arguments(document, &call).first().and_then(|name| document.text(*name));
        let Some(mapping) = mapping.and_then(|name| self.template.mapping(name)) else { return };
        for row in document.pairs(mapping.node) {
            for leaf in document.pairs(row.value) {
                if let Some(text) = scalar_text(self.arena, document, leaf.value) {
                    self.add(name, Some((text, document.span(leaf.value))));
                }
            }
        }
    }

    fn lookup(&mut self, mapping: NodeId, first: NodeId, second: NodeId) {
        let document = self.template.document;
        let Some(mapping) = document.text(mapping).and_then(|name| self.template.mapping(name)) else { return };
        let first = reference_name(document, first);
        let second = reference_name(document, second);
        for row in document.pairs(mapping.node) {
            if let (Some(name), Some(key)) = (first, document.text(row.key)) {
                self.add(name, Some((key, document.span(row.key))));
            }
            for leaf in document.pairs(row.value) {
                if let (Some(name), Some(key)) = (second, document.text(leaf.key)) {
                    self.add(name, Some((key, document.span(leaf.key))));
                }
            }
        }
    }

    /// The names anywhere inside a compared value: a comparison hangs on them, in a way that no class describes.
    fn mark(&mut self, node: NodeId) {
        let document = self.template.document;
        let mut open = vec![node];
        let mut seen = BTreeSet::new();
        while let Some(node) = open.pop() {
            if !seen.insert(document.resolve_alias(node)) {
                continue;
            }
            if let Some(name) = reference_name(document, node) {
                self.add(name, None);
            } else if call(document, node).is_some_and(|call| call.function == Function::Sub) {
                self.mark_variables(document.text(node).or_else(|| {
                    let call = call(document, node)?;
                    document.text(call.argument).or_else(|| document.text(*document.items(call.argument).first()?))
                }));
            }
            open.extend(document.items(node));
            open.extend(document.pairs(node).map(|pair| pair.value));
        }
    }

    fn mark_variables(&mut self, text: Option<&'a str>) {
        for part in text.unwrap_or_default().split("${").skip(1) {
            if let Some((name, _)) = part.split_once('}') {
                self.add(name, None);
            }
        }
    }

    /// Gives names that are compared with each other the literals of all of them: one may have what another has.
    fn share(&mut self) {
        let mut circles: Vec<BTreeSet<&'a str>> = Vec::new();
        for &(left, right) in &self.equated {
            let mut circle = BTreeSet::from([left, right]);
            circles.retain(|other| {
                let apart = other.is_disjoint(&circle) || other.len() + circle.len() > CIRCLE;
                if !apart {
                    circle.extend(other);
                }
                apart
            });
            circles.push(circle);
        }
        let document = self.template.document;
        for circle in circles {
            let mut literals: Vec<(&'a str, Span)> = Vec::new();
            for name in &circle {
                literals.extend(self.compared.get(name).into_iter().flatten());
                let Some(Name::Parameter(number)) = self.template.name(name) else { continue };
                let Some(parameter) = self.template.parameters.get(number) else { continue };
                let allowed = parameter.allowed_values.map(|node| document.items(node)).unwrap_or_default();
                for &node in parameter.default.iter().chain(allowed) {
                    literals.extend(scalar_text(self.arena, document, node).map(|text| (text, document.span(node))));
                }
            }
            for name in circle {
                for &literal in &literals {
                    self.add(name, Some(literal));
                }
            }
        }
    }
}

/// The name in `Ref: name`, `Fn::Sub: ${name}` or `Fn::Join: ["", [{Ref: name}, ""]]`.
pub(super) fn reference_name<'a>(document: &'a Document<'a>, node: NodeId) -> Option<&'a str> {
    let outer = call(document, node)?;
    if outer.function == Function::Join {
        let &[delimiter, list] = arguments(document, &outer) else { return None };
        let mut parts = document.items(list).iter().filter(|part| document.text(**part) != Some(""));
        let (only, rest) = (*parts.next()?, parts.next());
        let plain = document.text(delimiter) == Some("") && rest.is_none();
        // A list that is joined is not its only part.
        return plain.then(|| simple_name(document, only)).flatten();
    }
    simple_name(document, node)
}

fn simple_name<'a>(document: &'a Document<'a>, node: NodeId) -> Option<&'a str> {
    let call = call(document, node)?;
    let text = document.text(call.argument)?;
    match call.function {
        Function::Ref => Some(text),
        Function::Sub => {
            let name = text.strip_prefix("${")?.strip_suffix('}')?;
            (!name.contains(['$', '!', '.', '{', '}'])).then_some(name)
        }
        _ => None,
    }
}
