//! What SAM reads: a written node, or what merging `Globals` makes of several.

use std::collections::BTreeMap;

use bumpalo::collections::Vec as BumpVec;

use crate::syntax::{NodeId, Scalar};
use crate::template::{Call, Function, Name, call};
use crate::text::Span;
use crate::value::{Entry, Kind, Map, Path, Segment, Value};

use super::PropertyType;
use super::{At, Resolver};

/// The deepest that maps of `Globals` are merged; below, the local value wins.
const MERGE_DEPTH: usize = 32;

/// A property as SAM sees it before it resolves anything.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) path: &'a Path<'a>,
    body: Body<'a>,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    /// A node of the text.
    Written(NodeId),
    /// The keys of a global and a local map.
    Merged(&'a [Field<'a>]),
    /// The items of a global list and a local one.
    Joined(&'a [Part<'a>]),
}

/// A key and what stands under it.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) key: &'a str,
    pub(super) place: Span,
    pub(super) part: Part<'a>,
}

impl<'a> Part<'a> {
    /// A node of the text that stands at `path`.
    pub(super) fn written(resolver: &'a Resolver<'a>, node: NodeId, path: &'a Path<'a>) -> Self {
        Self { resolver, path, body: Body::Written(node) }
    }

    /// A map without keys.
    pub(super) fn empty(resolver: &'a Resolver<'a>, path: &'a Path<'a>) -> Self {
        Self { resolver, path, body: Body::Merged(&[]) }
    }

    /// The function call that it is, if it is one.
    pub(super) fn call(self) -> Option<Call<'a>> {
        match self.body {
            Body::Written(node) => call(self.resolver.template.document, node),
            Body::Merged(_) | Body::Joined(_) => None,
        }
    }

    /// Whether it is a map that is no function call.
    pub(super) fn is_map(self) -> bool {
        match self.body {
            Body::Written(node) => self.call().is_none() && self.resolver.template.document.is_mapping(node),
            Body::Merged(_) => true,
            Body::Joined(_) => false,
        }
    }

    /// Whether it is a list that is no function call.
    pub(super) fn is_list(self) -> bool {
        match self.body {
            Body::Written(node) => self.call().is_none() && self.resolver.template.document.is_sequence(node),
            Body::Merged(_) => false,
            Body::Joined(_) => true,
        }
    }

    /// Its keys, when it is a map.
    pub(super) fn fields(self) -> Vec<Field<'a>> {
        if !self.is_map() {
            return Vec::new();
        }
        match self.body {
            Body::Written(node) => {
                let document = self.resolver.template.document;
                let field = |pair: crate::syntax::Pair| {
                    let key = document.text(pair.key)?;
                    let place = document.span(pair.key);
                    let path = below(self.resolver, self.path, Segment::Key(key), place);
                    Some(Field { key, place, part: Self::written(self.resolver, pair.value, path) })
                };
                document.pairs(node).filter_map(field).collect()
            }
            Body::Merged(fields) => fields.to_vec(),
            Body::Joined(_) => Vec::new(),
        }
    }

    /// What stands under a key; `None` also for a written null and for `AWS::NoValue`.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let part = match self.body {
            Body::Written(node) if self.is_map() => {
                let document = self.resolver.template.document;
                let pair = document.get(node, key)?;
                let key = document.text(pair.key)?;
                let path = below(self.resolver, self.path, Segment::Key(key), document.span(pair.key));
                Self::written(self.resolver, pair.value, path)
            }
            Body::Merged(fields) => fields.iter().find(|field| field.key == key)?.part,
            Body::Written(_) | Body::Joined(_) => return None,
        };
        (!part.is_nothing()).then_some(part)
    }

    /// What stands under a chain of keys.
    pub(super) fn at(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |part, key| part.get(key))
    }

    /// The text under a key, as [`Self::text`] reads it.
    pub(super) fn text_at(self, key: &str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    /// Whether a key holds a literal `true`.
    pub(super) fn is_true(self, key: &str) -> bool {
        self.text_at(key).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Its items, when it is a list.
    pub(super) fn items(self) -> Vec<Self> {
        if !self.is_list() {
            return Vec::new();
        }
        match self.body {
            Body::Written(node) => {
                let document = self.resolver.template.document;
                let items = document.items(node).iter().enumerate();
                items
                    .map(|(index, &item)| {
                        let segment = Segment::Index(u32::try_from(index).unwrap_or(u32::MAX));
                        let path = below(self.resolver, self.path, segment, document.span(item));
                        Self::written(self.resolver, item, path)
                    })
                    .collect()
            }
            Body::Joined(items) => items.to_vec(),
            Body::Merged(_) => Vec::new(),
        }
    }

    /// The text that it is while SAM runs: a scalar, or a reference to a parameter with a known value.
    pub(super) fn text(self) -> Option<&'a str> {
        let Body::Written(node) = self.body else { return None };
        let template = self.resolver.template;
        match self.call() {
            None => template.document.text(node),
            Some(call) if call.function == Function::Ref => {
                let Some(Name::Parameter(number)) = template.name(template.document.text(call.argument)?) else {
                    return None;
                };
                self.resolver.known_parameter(number)
            }
            Some(_) => None,
        }
    }

    /// The name that a `Ref` refers to.
    pub(super) fn referenced(self) -> Option<&'a str> {
        let call = self.call().filter(|call| call.function == Function::Ref)?;
        self.resolver.template.document.text(call.argument)
    }

    /// The resource whose attribute it is, and the attribute.
    pub(super) fn attribute(self) -> Option<(&'a str, &'a str)> {
        let call = self.call().filter(|call| call.function == Function::GetAtt)?;
        let document = self.resolver.template.document;
        match document.text(call.argument) {
            Some(text) => text.split_once('.'),
            None => match document.items(call.argument) {
                &[id, attribute] => Some((document.text(id)?, document.text(attribute)?)),
                _ => None,
            },
        }
    }

    fn is_nothing(self) -> bool {
        let Body::Written(node) = self.body else { return false };
        match self.call() {
            Some(_) => self.referenced() == Some("AWS::NoValue"),
            None => {
                let document = self.resolver.template.document;
                document.text(node).is_some() && matches!(document.scalar(node), Scalar::Null)
            }
        }
    }

    /// Its text, where it is written in one piece.
    pub(super) fn place(self) -> Span {
        match self.body {
            Body::Written(node) => self.resolver.template.document.span(node),
            Body::Merged(_) | Body::Joined(_) => self.path.place,
        }
    }

    /// Its value, as a property of that type.
    pub(super) fn value(self, expected: PropertyType) -> Value<'a> {
        let resolver = self.resolver;
        match self.body {
            Body::Written(node) => resolver.value(node, At { path: self.path, expected, scope: None }),
            Body::Merged(fields) => {
                let mut entries = BumpVec::with_capacity_in(fields.len(), resolver.arena);
                for field in fields {
                    let value = field.part.value(expected.key(field.key));
                    entries.push(Entry { key: field.key, key_place: field.place, value });
                }
                resolver.node(Kind::Map(Map::new(entries.into_bump_slice())), self.path.place, self.path, None)
            }
            Body::Joined(items) => {
                let values = items.iter().map(|item| item.value(expected.item()));
                let values = BumpVec::from_iter_in(values, resolver.arena).into_bump_slice();
                resolver.node(Kind::List(values), self.path.place, self.path, None)
            }
        }
    }

    /// This global value under a local one: maps merge, lists follow each other, anything else is replaced.
    pub(super) fn under(self, local: Self, depth: usize) -> Self {
        let arena = self.resolver.arena;
        // Once the budget is spent, every value is unknown, so nothing is lost that would be known.
        if !self.resolver.spend(0) {
            return local;
        }
        if depth < MERGE_DEPTH && self.is_map() && local.is_map() {
            let locals = local.fields();
            let globals = self.fields();
            self.resolver.spend(locals.len() + globals.len());
            let mut merged = BumpVec::with_capacity_in(globals.len() + locals.len(), arena);
            let by_key = |fields: &[Field<'a>]| -> BTreeMap<&'a str, Field<'a>> {
                fields.iter().map(|field| (field.key, *field)).collect()
            };
            let (local_keys, global_keys) = (by_key(&locals), by_key(&globals));
            for global in &globals {
                merged.push(match local_keys.get(global.key) {
                    // Architectures are chosen, not added up.
                    Some(field) if field.key == "Architectures" => *field,
                    Some(field) => Field { part: global.part.under(field.part, depth + 1), ..*field },
                    None => *global,
                });
            }
            merged.extend(locals.iter().filter(|field| !global_keys.contains_key(field.key)).copied());
            return Self { body: Body::Merged(merged.into_bump_slice()), ..local };
        }
        if self.is_list() && local.is_list() {
            let items = BumpVec::from_iter_in(self.items().into_iter().chain(local.items()), arena);
            self.resolver.spend(items.len());
            return Self { body: Body::Joined(items.into_bump_slice()), ..local };
        }
        local
    }

    /// The same map without some of its keys.
    pub(super) fn without(self, keys: &[&str]) -> Self {
        let fields = self.fields().into_iter().filter(|field| !keys.contains(&field.key));
        let fields = BumpVec::from_iter_in(fields, self.resolver.arena).into_bump_slice();
        Self { body: Body::Merged(fields), ..self }
    }
}

/// The path one step below `parent`.
pub(super) fn below<'a>(
    resolver: &Resolver<'a>,
    parent: &'a Path<'a>,
    segment: Segment<'a>,
    place: Span,
) -> &'a Path<'a> {
    resolver.arena.alloc(Path { parent: Some(parent), segment, place })
}
