//! The path to a value as a fingerprint knows it: nothing in it changes when lines move, keys change places, other
//! items come or go, or a function is written in its other form.
//!
//! List items are named by what they say, never by their number. A branch of `Fn::If` is named by its condition. No
//! text that may be a secret goes in: a short one could be found out by trying.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::syntax::{Document, NodeId, Scalar};
use crate::template::{Call, Function, call, long_form, name_text};
use crate::text::Span;
use crate::value::{Segment, Value};

use super::fingerprint::short_hash;
use super::property::push_segment;

/// Keys that name a list item, in the order in which they are tried.
const NAMES: [&str; 12] = [
    "Sid",
    "Key",
    "PolicyName",
    "Name",
    "DeviceName",
    "ContainerName",
    "AttributeName",
    "IndexName",
    "Id",
    "TargetOriginId",
    "PathPattern",
    "ParameterKey",
];
/// The keys that together name a network rule.
const NETWORK_RULE: [&str; 9] = [
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "SourcePrefixListId",
    "DestinationSecurityGroupId",
    "DestinationPrefixListId",
];
/// Parts of the names of keys that hold secrets, in lower case.
const SECRET_KEYS: [&str; 9] =
    ["password", "passwd", "secret", "token", "apikey", "api_key", "accesskey", "privatekey", "credential"];
/// The most bytes of an item that its name looks at.
const LONGEST: usize = 64 * 1024;
/// The most branches within branches that a path goes through.
const BRANCHES: usize = 32;

/// The names of a list's items.
type Names = Rc<[String]>;

/// Nodes that are `Fn::If`, with the names of their conditions.
type Branches<'d> = Vec<(NodeId, &'d str)>;

/// The paths of one template's values.
pub(super) struct WrittenPaths<'d> {
    document: &'d Document<'d>,
    root: Option<NodeId>,
    /// The names of the items of each list that was asked for: with text, and with everything but names left out.
    items: RefCell<HashMap<(NodeId, bool), Names>>,
    /// The branches of the template's own text, sorted by their places, and those that were taken in.
    branches: OnceCell<(Branches<'d>, Branches<'d>)>,
}

impl<'d> WrittenPaths<'d> {
    /// Those of a template.
    pub(super) fn new(document: &'d Document<'d>, root: Option<NodeId>) -> Self {
        Self { document, root, items: RefCell::default(), branches: OnceCell::new() }
    }

    /// The conditions that branches below a node ask for.
    pub(super) fn conditions_below(&self, above: NodeId) -> impl Iterator<Item = &'d str> {
        let document = self.document;
        let start = |node: NodeId| document.span(node).start();
        let (own, taken_in) = self.branches.get_or_init(|| {
            let branches = document.nodes().filter_map(|node| {
                let call = call(document, node).filter(|call| call.function == Function::If)?;
                let condition = document.items(call.argument).first()?;
                Some((node, name_text(document, *condition)?))
            });
            // What was taken in from other files may have become a part of anything.
            let (taken_in, mut own): (Branches<'d>, Branches<'d>) =
                branches.partition(|(node, _)| document.is_taken_in(*node));
            own.sort_by_key(|(node, _)| start(*node));
            (own, taken_in)
        });
        let span = document.span(above);
        let from = own.partition_point(|(node, _)| start(*node) < span.start());
        let to = own.partition_point(|(node, _)| start(*node) <= span.end());
        let inside = own.get(from..to).into_iter().flatten().filter(move |(node, _)| document.is_below(above, *node));
        inside.chain(taken_in).map(|(_, name)| *name)
    }

    /// The path of a value of that document. With `secret` no text of an item without a name goes in.
    pub(super) fn path(&self, value: Value<'_>, secret: bool) -> String {
        let mut text = String::new();
        let mut node = self.root;
        for segment in value.path.segments() {
            node = node.map(|node| self.branch(node, value.place, &mut text));
            match segment.segment {
                Segment::Root(_) => {}
                Segment::Key(key) => {
                    push_segment(&mut text, segment.segment);
                    let map = node.filter(|node| call(self.document, *node).is_none());
                    node = map.and_then(|node| self.document.get(node, key)).map(|pair| pair.value);
                }
                Segment::Index(index) => {
                    let list = node.filter(|node| call(self.document, *node).is_none());
                    let number = usize::try_from(index).unwrap_or(usize::MAX);
                    let name = list.and_then(|list| self.items(list, secret).get(number).cloned());
                    match name {
                        Some(name) => {
                            text.push('[');
                            text.push_str(&name);
                            text.push(']');
                        }
                        None => push_segment(&mut text, segment.segment),
                    }
                    node = list.and_then(|list| self.document.items(list).get(number)).copied();
                }
            }
        }
        if let Some(node) = node {
            self.branch(node, value.place, &mut text);
        }
        text
    }

    /// The branch of `Fn::If` that holds that place, if the node is one, with the condition written behind the path.
    fn branch(&self, node: NodeId, place: Span, text: &mut String) -> NodeId {
        let mut node = self.document.resolve_alias(node);
        for _ in 0..BRANCHES {
            let Some(Call { argument, .. }) =
                call(self.document, node).filter(|call| call.function == Function::If && !place.is_empty())
            else {
                break;
            };
            let &[condition, holds, fails] = self.document.items(argument) else { break };
            let stands_in = |branch: NodeId| {
                let span = self.document.span(branch);
                self.document.tag_span(branch).map_or(span, |tag| tag.join(span)).contains(place)
            };
            let (mark, taken) = match (stands_in(holds), stands_in(fails)) {
                (true, _) => ('?', holds),
                (false, true) => ('!', fails),
                (false, false) => break,
            };
            text.push(mark);
            text.push_str(name_text(self.document, condition).unwrap_or_default());
            node = self.document.resolve_alias(taken);
        }
        node
    }

    /// The names of a list's items, no two of them alike.
    fn items(&self, list: NodeId, secret: bool) -> Names {
        if let Some(names) = self.items.borrow().get(&(list, secret)) {
            return Rc::clone(names);
        }
        let items = self.document.items(list);
        let mut names: Vec<String> = items.iter().map(|item| self.name(*item, secret)).collect();
        // Items with one name are told apart by all that they say; those that say the same by their order, which then
        // makes no difference.
        let repeated = repeats(&names);
        for (number, item) in items.iter().enumerate().filter(|_| !secret) {
            if let Some(name) = names.get_mut(number).filter(|name| repeated.contains_key(*name)) {
                name.push('#');
                name.push_str(&self.hash(*item, Words { secret, names: true }));
            }
        }
        let mut repeated = repeats(&names);
        for name in &mut names {
            if let Some(count) = repeated.get_mut(name) {
                *count += 1;
                name.push('~');
                name.push_str(&count.to_string());
            }
        }
        let names: Names = names.into();
        self.items.borrow_mut().insert((list, secret), Rc::clone(&names));
        names
    }

    fn name(&self, item: NodeId, secret: bool) -> String {
        let words = Words { secret: false, names: false };
        let value = |key: &str| self.document.get(item, key).map(|pair| self.canonical(pair.value, words));
        if let Some((key, name)) = NAMES.iter().find_map(|key| Some((key, value(key)?))) {
            return format!("{key}={name}");
        }
        if self.document.get(item, "IpProtocol").is_some() {
            let parts: Vec<String> = NETWORK_RULE.iter().map(|key| value(key).unwrap_or_default()).collect();
            return parts.join(":");
        }
        self.hash(item, Words { secret, names: false })
    }

    /// A short name of what a node says, whatever the resources are called that it refers to. It is for comparing in
    /// memory: secrets are in it.
    pub(super) fn content(&self, node: NodeId) -> String {
        self.hash(node, Words { secret: false, names: false })
    }

    fn hash(&self, item: NodeId, words: Words) -> String {
        short_hash(&self.canonical(item, words))
    }

    /// A text that does not change with layout, quotes, comments, the order of keys or the form of functions.
    fn canonical(&self, node: NodeId, words: Words) -> String {
        let mut text = String::new();
        self.write(node, words, &mut text);
        text
    }

    fn write(&self, node: NodeId, words: Words, text: &mut String) {
        // The document's depth is bounded by the reader; its aliases may still multiply.
        if text.len() > LONGEST {
            return;
        }
        match call(self.document, node) {
            Some(call) => self.write_call(call, words, text),
            None => self.write_content(node, words, text),
        }
    }

    fn write_call(&self, call: Call<'_>, words: Words, text: &mut String) {
        text.push_str(call.function.name());
        text.push('(');
        let argument = call.argument;
        let written = self.document.text(argument);
        match (call.function, written) {
            (Function::Ref, Some(name)) => self.write_name(name, words, text),
            (Function::GetAtt, Some(both)) => {
                let (name, attribute) = both.split_once('.').unwrap_or((both, ""));
                self.write_name(name, words, text);
                text.push('.');
                text.push_str(attribute);
            }
            (Function::GetAtt, None) => {
                for (number, part) in self.document.items(argument).iter().enumerate() {
                    match self.document.text(*part) {
                        Some(name) if number == 0 => {
                            self.write_name(name, words, text);
                            text.push('.');
                        }
                        _ => self.write(*part, words, text),
                    }
                }
            }
            (Function::Sub, Some(template)) => self.write_sub(template, words, text),
            (Function::Sub, None) => {
                for (number, part) in self.document.items(argument).iter().enumerate() {
                    match self.document.text(*part) {
                        Some(template) if number == 0 => self.write_sub(template, words, text),
                        _ => self.write(*part, words, text),
                    }
                }
            }
            // A short form may hold a long one, a long one either.
            _ if call.short_form => match long_form(self.document, argument) {
                Some(inner) => self.write_call(inner, words, text),
                None => self.write_content(argument, words, text),
            },
            _ => self.write(argument, words, text),
        }
        text.push(')');
    }

    /// A text with `${Name}` and `${Name.Attribute}` in it.
    fn write_sub(&self, template: &str, words: Words, text: &mut String) {
        for (number, part) in template.split("${").enumerate() {
            let (name, rest) = match part.find(['}', '.']) {
                Some(end) if number > 0 => part.split_at(end),
                _ => ("", part),
            };
            if number > 0 {
                text.push_str("${");
                self.write_name(name, words, text);
            }
            text.push_str(if words.secret { "" } else { rest });
        }
    }

    /// A name that a function uses. A resource may be renamed without anything else being another: its type stands for it.
    fn write_name(&self, name: &str, words: Words, text: &mut String) {
        let resource = || {
            let resources = self.document.get(self.root?, "Resources")?.value;
            let resource = self.document.get(resources, name)?.value;
            self.document.text(self.document.get(resource, "Type")?.value)
        };
        text.push_str(if words.names { None } else { resource() }.unwrap_or(name));
    }

    fn write_content(&self, node: NodeId, words: Words, text: &mut String) {
        let document = self.document;
        if document.is_mapping(node) {
            let mut pairs: Vec<(&str, NodeId)> =
                document.pairs(node).map(|pair| (document.text(pair.key).unwrap_or_default(), pair.value)).collect();
            pairs.sort_by_key(|(key, _)| *key);
            text.push('{');
            for (key, value) in pairs {
                text.push_str(key);
                text.push(':');
                self.write(value, Words { secret: words.secret || is_secret(key), ..words }, text);
                text.push(',');
            }
            text.push('}');
        } else if document.is_sequence(node) {
            let items = document.items(node);
            let is_map = |item: &NodeId| document.is_mapping(*item) && call(document, *item).is_none();
            text.push('[');
            // Items that are maps have names of their own: one more or less of them makes no other thing of what holds
            // them.
            if words.names || !items.iter().any(is_map) {
                for &item in items {
                    self.write(item, words, text);
                    text.push(',');
                }
            }
            text.push(']');
        } else if words.secret {
            text.push('*');
        } else {
            match document.scalar(document.resolve_alias(node)) {
                Scalar::Null => text.push_str("null"),
                Scalar::Bool(value) => text.push_str(if value { "true" } else { "false" }),
                Scalar::Integer(_) | Scalar::Float(_) | Scalar::Text(_) => {
                    text.push_str(document.text(node).unwrap_or_default());
                }
            }
        }
    }
}

/// Which words of an item go into its name.
#[derive(Clone, Copy)]
struct Words {
    /// Whether its texts may be secrets and stay out.
    secret: bool,
    /// Whether the names of other resources and the items of inner lists go in.
    names: bool,
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_KEYS.iter().any(|part| key.contains(part))
}

/// The names that stand more than once.
fn repeats(names: &[String]) -> HashMap<String, usize> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    names
        .iter()
        .filter(|name| counts.get(name.as_str()).is_some_and(|count| *count > 1))
        .map(|name| (name.clone(), 0))
        .collect()
}
