//! What stacks export to each other: `Outputs.*.Export` here, `Fn::ImportValue` there.

use std::collections::BTreeMap;

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use serde::{Deserialize, Serialize};

use crate::template::Template;
use crate::text::Span;
use crate::value::{Choices, Kind, Pending, Piece, Shape, Unknown, Value, Variable, ViaKind, World};

use super::parameters::{ClassInfo, ClassKind, VariableInfo, VariableKind};
use super::resolver::{At, Resolver, Settings};

/// The most ways to deploy that one export is looked at in.
const WAYS: usize = 64;

/// A value that a template exports, by itself: it can be kept when the template is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    name: String,
    file: String,
    value: Vec<Part>,
    certainty: Certainty,
}

/// A part of an exported text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Text(String),
    Unknown(String, Shape),
}

/// When an export has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Certainty {
    /// Whatever is chosen.
    Always,
    /// In every deployment that its template provides for.
    Provided,
    /// When every parameter of its template keeps its default, and not always else.
    ByDefault,
}

/// The exports of several templates, by name.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    by_name: BTreeMap<String, Vec<Export>>,
}

impl Exports {
    /// Those exports. Their order does not matter.
    #[must_use]
    pub fn new(exports: impl IntoIterator<Item = Export>) -> Self {
        let mut by_name: BTreeMap<String, Vec<Export>> = BTreeMap::new();
        for export in exports {
            by_name.entry(export.name.clone()).or_default().push(export);
        }
        for same in by_name.values_mut() {
            same.sort_by(|a, b| a.file.cmp(&b.file));
        }
        Self { by_name }
    }

    /// What is exported under a name, and by several files perhaps.
    #[must_use]
    pub fn named(&self, name: &str) -> &[Export] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What `template` exports under names that it decides by itself. `file` is how people know it.
#[must_use]
pub fn exports(template: &Template<'_>, settings: &Settings, file: &str) -> Vec<Export> {
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, template, settings);
    resolver.exports(file)
}

/// An export in one way to deploy.
struct Way {
    name: Option<String>,
    value: Vec<Part>,
    keeps_defaults: bool,
    chosen: bool,
}

impl<'a> Resolver<'a> {
    fn exports(&'a self, file: &str) -> Vec<Export> {
        let mut exports = Vec::new();
        for output in self.outputs() {
            let Kind::Map(map) = output.value.kind else { continue };
            let (Some(value), Some(export)) = (map.get("Value"), map.get("Export")) else { continue };
            let condition = map.get("Condition").and_then(|entry| self.text_of(entry.value));
            let Some(ways) = self.ways(condition, export.value, value.value) else { continue };
            let mut names: Vec<&str> = ways.iter().filter_map(|way| way.name.as_deref()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let named: Vec<&Way> = ways.iter().filter(|way| way.name.as_deref() == Some(name)).collect();
                let by_default = named.iter().find(|way| way.keeps_defaults).or(named.first());
                let Some(shown) = by_default else { continue };
                let same = named.iter().all(|way| way.value == shown.value);
                let certainty = match (same, ways.iter().any(|way| way.chosen)) {
                    (true, false) => Certainty::Always,
                    (true, true) => Certainty::Provided,
                    (false, _) if shown.keeps_defaults => Certainty::ByDefault,
                    (false, _) => {
                        let reason = format!("`{name}`, which `{file}` exports with several values");
                        let value = vec![Part::Unknown(reason, Shape::Text)];
                        exports.push(Export {
                            name: name.to_owned(),
                            file: file.to_owned(),
                            value,
                            certainty: Certainty::Always,
                        });
                        continue;
                    }
                };
                exports.push(Export {
                    name: name.to_owned(),
                    file: file.to_owned(),
                    value: shown.value.clone(),
                    certainty,
                });
            }
        }
        exports
    }

    /// Name and value in every way to deploy; `None` when there are too many.
    fn ways(&'a self, condition: Option<&'a str>, export: Value<'a>, value: Value<'a>) -> Option<Vec<Way>> {
        let mut ways = Vec::new();
        let mut open = vec![Choices::default()];
        while let Some(choices) = open.pop() {
            let world = World { arena: self.arena, choices: &choices };
            match self.way(condition, export, value, &world) {
                Ok(way) => ways.extend(way),
                Err(Pending(variable)) => {
                    let classes = self.possible_classes(variable, &choices);
                    if choices.get(variable).is_some() || ways.len() + open.len() + classes.len() > WAYS {
                        return None;
                    }
                    open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
                }
            }
        }
        Some(ways)
    }

    fn way(
        &'a self,
        condition: Option<&'a str>,
        export: Value<'a>,
        value: Value<'a>,
        world: &World<'a, '_>,
    ) -> Result<Option<Way>, Pending> {
        if let Some(condition) = condition
            && !self.condition(condition, world)?
        {
            return Ok(None);
        }
        let name = match world.force(export)?.kind {
            Kind::Map(map) => map.get("Name").map(|entry| world.force(entry.value)).transpose()?,
            _ => None,
        };
        let name = name.and_then(|name| self.text_of(name)).map(str::to_owned);
        let value = world.force(value)?;
        let chosen = |&(variable, class): &(Variable, u16)| {
            self.variable(variable).is_some_and(|info| info.has_default() && class != 0)
        };
        Ok(Some(Way {
            name,
            value: self.parts(value),
            keeps_defaults: !world.choices.made().iter().any(chosen),
            chosen: !world.choices.made().is_empty(),
        }))
    }

    /// A forced value as data of its own.
    fn parts(&self, value: Value<'a>) -> Vec<Part> {
        let unknown = |unknown: &Unknown<'a>| Part::Unknown(unknown.reason.to_owned(), unknown.shape);
        let identifier =
            |shown: String| Part::Unknown(format!("`{shown}`, a resource of another stack"), Shape::Identifier);
        match value.kind {
            Kind::Unknown(one) => vec![unknown(one)],
            Kind::Reference(reference) => vec![identifier(reference.describe())],
            Kind::Partial(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Part::Text((*text).to_owned()),
                    Piece::Unknown(one) => unknown(one),
                    Piece::Reference(reference) => identifier(reference.describe()),
                })
                .collect(),
            _ => match self.text_of(value) {
                Some(text) => vec![Part::Text(text.to_owned())],
                None => vec![Part::Unknown("a value that is no text".to_owned(), Shape::Any)],
            },
        }
    }

    /// What `Fn::ImportValue` of a forced name gives.
    pub(super) fn imported(
        &'a self,
        name: Value<'a>,
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let via = self.via(ViaKind::Function("Fn::ImportValue"), place, name.via);
        let unknown = |reason: &'a str| {
            let unknown = self.unknown(reason, Shape::Any, place, at);
            Ok(self.node(unknown.kind, place, at.path, via))
        };
        let Some(text) = self.text_of(name) else { return unknown("`Fn::ImportValue`") };
        self.shared.looked_up.borrow_mut().insert(text);
        let exports = self.shared.exports.map(|exports| exports.named(text)).unwrap_or_default();
        let export = match exports {
            [export] => export,
            [] => return unknown(self.arena.alloc_str(&format!("`Fn::ImportValue` of `{text}`"))),
            several => {
                let reason = format!("`Fn::ImportValue` of `{text}`, which {} templates export", several.len());
                return unknown(self.arena.alloc_str(&reason));
            }
        };
        let reason = &*self.arena.alloc_str(&format!("`Fn::ImportValue` of `{text}`"));
        if export.certainty != Certainty::Always {
            let variable = self.import_variable(text, reason, export.certainty);
            if world.choices.get(variable).ok_or(Pending(variable))? != 0 {
                return unknown(reason);
            }
        }
        let kind = self.exported(export, reason);
        Ok(self.node(kind, place, at.path, via))
    }

    /// The names that were looked up among the exports so far, in the whole family.
    #[must_use]
    pub fn looked_up_exports(&self) -> Vec<&'a str> {
        self.shared.looked_up.borrow().iter().copied().collect()
    }

    fn exported(&self, export: &Export, reason: &'a str) -> Kind<'a> {
        let unknown = |why: &str, shape: Shape| -> &'a Unknown<'a> {
            let reason = self.arena.alloc_str(&format!("{reason} ({why} in `{}`)", export.file));
            self.arena.alloc(Unknown { reason, shape })
        };
        match export.value.as_slice() {
            [Part::Text(text)] => Kind::String(self.arena.alloc_str(text)),
            [Part::Unknown(why, shape)] => Kind::Unknown(unknown(why, *shape)),
            parts => {
                let pieces = parts.iter().map(|part| match part {
                    Part::Text(text) => Piece::Text(self.arena.alloc_str(text)),
                    Part::Unknown(why, shape) => Piece::Unknown(unknown(why, *shape)),
                });
                Kind::Partial(BumpVec::from_iter_in(pieces, self.arena).into_bump_slice())
            }
        }
    }

    /// The variable of an import whose value hangs on defaults of the template that exports it.
    fn import_variable(&self, name: &str, reason: &'a str, certainty: Certainty) -> Variable {
        if let Some(&variable) = self.shared.imports.borrow().get(name) {
            return variable;
        }
        let class = |kind| ClassInfo { kind, text: None, place: Span::default() };
        let classes: &[ClassInfo<'a>] = match certainty {
            Certainty::ByDefault => &[class(ClassKind::Default), class(ClassKind::Other)],
            Certainty::Always | Certainty::Provided => &[class(ClassKind::Default)],
        };
        let variable = self.shared.add(VariableInfo {
            name: reason,
            kind: VariableKind::Comparison,
            classes: self.arena.alloc_slice_copy(classes),
            decides: false,
            other: self.arena.alloc(Unknown { reason, shape: Shape::Any }),
        });
        self.shared.imports.borrow_mut().insert(self.arena.alloc_str(name), variable);
        variable
    }
}
