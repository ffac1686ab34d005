//! What a value is in every deployment, forked where it varies and only there.

use std::sync::Arc;

use bumpalo::Bump;

use crate::diag::{Hole, Place, Plain, Variant, as_count};
use crate::resolve::{ClassKind, Resolver, VariableKind};
use crate::text::{SourceFile, SourceName, Span};
use crate::value::{Choices, Kind, Pending, Piece, Shape, Value, World};

use super::plain::{partial, unknown};

/// The most ways that are looked at for one value.
const WAYS: usize = 64;
/// The most nodes of a template's trees.
const NODES: usize = 500_000;
/// The most levels of a tree.
const LEVELS: usize = 1_000;

/// Ways to deploy: each a list of names and values of which all hold.
type Ways = Vec<Vec<(String, String)>>;

/// Makes trees of the values of one template.
pub(super) struct Trees<'m, 'a> {
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    source: &'m SourceFile,
    name: Arc<SourceName>,
    nodes: usize,
    level: usize,
    path: String,
    pub(super) holes: Vec<Hole>,
}

impl<'m, 'a> Trees<'m, 'a> {
    pub(super) fn new(resolver: &'a Resolver<'a>, arena: &'a Bump, source: &'m SourceFile) -> Self {
        let name = Arc::new(source.name().clone());
        Self { resolver, arena, source, name, nodes: 0, level: 0, path: String::new(), holes: Vec::new() }
    }

    /// A resource: the ways with which it is there, those with which it is not, and what it is.
    pub(super) fn resource(&mut self, path: String, value: Value<'a>) -> ([Ways; 2], Plain) {
        self.path = path;
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        let plain = match self.tree(value, &Choices::default()) {
            Plain::Varies(variants) => {
                let mut rest = Vec::new();
                for variant in variants {
                    match variant.value {
                        Plain::Absent => gone.extend(variant.when),
                        _ => {
                            there.extend(variant.when.clone());
                            rest.push(variant);
                        }
                    }
                }
                match (rest.len(), rest.pop()) {
                    (1, Some(only)) => only.value,
                    (_, Some(last)) => {
                        rest.push(last);
                        Plain::Varies(rest)
                    }
                    (_, None) => Plain::Absent,
                }
            }
            Plain::Absent => {
                gone.push(Vec::new());
                Plain::Absent
            }
            plain => {
                there.push(Vec::new());
                plain
            }
        };
        ([there, gone], plain)
    }

    /// A value whose path is `path`, whatever is chosen.
    pub(super) fn value(&mut self, path: String, value: Value<'a>) -> Plain {
        self.path = path;
        self.tree(value, &Choices::default())
    }

    /// What the value is with `choices` and all that may be chosen besides.
    fn tree(&mut self, value: Value<'a>, choices: &Choices) -> Plain {
        self.nodes += 1;
        if self.nodes > NODES || self.level > LEVELS {
            return unknown("a value that is left out, as there are too many");
        }
        let ways = self.ways(value, choices);
        if let [(way, value)] = ways.as_slice() {
            return self.content(value, way);
        }
        if ways.len() > WAYS {
            return unknown("too many parameters to show");
        }
        let mut variants: Vec<Variant> = Vec::new();
        for (way, value) in ways {
            let plain = self.content(value, &way);
            let default = self.keeps_defaults(&way);
            let when = self.assignments(&way, choices);
            match variants.iter_mut().find(|variant| variant.value == plain) {
                Some(same) => {
                    same.default |= default;
                    same.when.push(when);
                }
                None => variants.push(Variant { when: vec![when], default, value: plain }),
            }
        }
        match (variants.len(), variants.pop()) {
            (1, Some(only)) => only.value,
            (_, Some(last)) => {
                variants.push(last);
                Plain::Varies(variants)
            }
            (_, None) => Plain::Absent,
        }
    }

    /// The value as it is, itself but not what is in it, for each class of what it hangs on.
    fn ways(&self, value: Value<'a>, choices: &Choices) -> Vec<(Choices, Value<'a>)> {
        let mut found = Vec::new();
        let mut open = vec![choices.clone()];
        while let Some(choices) = open.pop() {
            match (World { arena: self.arena, choices: &choices }).force(value) {
                Ok(value) => found.push((choices, value)),
                Err(Pending(variable)) => {
                    let classes = self.resolver.possible_classes(variable, &choices);
                    open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
                }
            }
            if found.len() > WAYS || open.len() > WAYS {
                break;
            }
        }
        found
    }

    fn content(&mut self, value: Value<'a>, choices: &Choices) -> Plain {
        self.level += 1;
        let plain = match value.kind {
            Kind::Null => Plain::Null,
            Kind::Absent => Plain::Absent,
            Kind::Bool(value) => Plain::Bool(value),
            Kind::Integer(value) => Plain::Integer(value),
            Kind::Float(value) => Plain::Float(value),
            Kind::String(text) => Plain::Text(text.to_owned()),
            Kind::List(list) => {
                let mut items = Vec::with_capacity(list.len());
                for (index, item) in list.iter().enumerate() {
                    let item = self.below(&format!("[{index}]"), item, choices);
                    items.extend((item != Plain::Absent).then_some(item));
                }
                Plain::List(items)
            }
            Kind::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries().len());
                for entry in map.entries() {
                    let value = self.below(&format!(".{}", entry.key), entry.value, choices);
                    entries.extend((value != Plain::Absent).then(|| (entry.key.to_owned(), value)));
                }
                Plain::Map(entries)
            }
            Kind::Unknown(unknown) => {
                self.note(unknown.reason, value.place);
                Plain::Unknown { reason: unknown.reason.to_owned(), list: unknown.shape == Shape::List }
            }
            Kind::Reference(reference) => Plain::Reference(reference.describe()),
            Kind::Partial(pieces) => {
                for piece in pieces {
                    if let Piece::Unknown(unknown) = piece {
                        self.note(unknown.reason, value.place);
                    }
                }
                partial(pieces)
            }
            Kind::Deferred(_) => unknown("a value that could not be worked out"),
        };
        self.level -= 1;
        plain
    }

    fn below(&mut self, step: &str, value: Value<'a>, choices: &Choices) -> Plain {
        let length = self.path.len();
        self.path.push_str(step);
        let plain = self.tree(value, choices);
        self.path.truncate(length);
        plain
    }

    fn note(&mut self, reason: &str, place: Span) {
        let place = Place::new(self.source, &self.name, place);
        let hole = Hole { path: self.path.clone(), reason: reason.to_owned(), place };
        if self.holes.last() != Some(&hole) {
            self.holes.push(hole);
        }
    }

    fn keeps_defaults(&self, choices: &Choices) -> bool {
        choices.made().iter().all(|(variable, class)| {
            *class == 0 && self.resolver.variable(*variable).is_some_and(|info| info.has_default())
        })
    }

    /// What was chosen beyond `before`, as name and value.
    fn assignments(&self, choices: &Choices, before: &Choices) -> Vec<(String, String)> {
        let mut made: Vec<_> =
            choices.made().iter().filter(|(variable, _)| before.get(*variable).is_none()).copied().collect();
        made.sort_unstable();
        made.into_iter()
            .filter_map(|(variable, class)| {
                let info = self.resolver.variable(variable)?;
                let chosen = info.classes.get(usize::from(class))?;
                let value = match (chosen.kind, chosen.text) {
                    (ClassKind::True, _) => "true",
                    (ClassKind::False, _) => "false",
                    (_, Some(text)) => text,
                    _ => "any other value",
                };
                let name = match info.kind {
                    VariableKind::Comparison => format!("`{}`", info.name),
                    _ => info.name.to_owned(),
                };
                Some((name, value.to_owned()))
            })
            .collect()
    }
}

/// How many deployments differ in a value, and whether there are more than were counted.
pub(super) fn deployments<'a>(resolver: &'a Resolver<'a>, arena: &'a Bump, value: Value<'a>) -> (usize, bool) {
    let (mut found, mut capped) = (0, false);
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        match touch(&World { arena, choices: &choices }, value, 0) {
            Ok(()) => found += 1,
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                if found + open.len() + classes.len() > as_count(resolver.limits().paths) {
                    capped = true;
                    continue;
                }
                open.extend(classes.into_iter().map(|class| choices.with(variable, class)));
            }
        }
    }
    (found, capped)
}

/// Forces all that is in a value.
fn touch<'a>(world: &World<'a, '_>, value: Value<'a>, level: usize) -> Result<(), Pending> {
    match world.force(value)?.kind {
        Kind::List(items) if level < LEVELS => items.iter().try_for_each(|item| touch(world, item, level + 1)),
        Kind::Map(map) if level < LEVELS => {
            map.entries().iter().try_for_each(|entry| touch(world, entry.value, level + 1))
        }
        _ => Ok(()),
    }
}
