//! Values that SAM writes: a description of a value, and the value made of it.

use std::collections::BTreeSet;

use bumpalo::collections::Vec as BumpVec;

use crate::text::Span;
use crate::value::{Choices, Deferred, Entry, Kind, Map, Path, Pending, Reference, Segment, Shape, Value, World};

use super::PropertyType;
use super::part::{Part, below};
use super::{At, Resolver};

/// A value to be made. Texts that SAM writes stand at the logical id of the resource that caused them; parts of the
/// template keep their own place.
#[derive(Clone)]
pub(super) enum Made<'a> {
    /// Left out.
    Nothing,
    Text(&'a str),
    Bool(bool),
    Integer(i64),
    Map(Fields<'a>),
    List(Vec<Made<'a>>),
    /// A part of the template.
    Part(Part<'a>),
    /// A value that is there already.
    Value(Value<'a>),
    /// `Ref` of a resource of the expanded template.
    Reference(&'a str),
    /// `Fn::GetAtt` of a resource of the expanded template.
    Attribute(&'a str, &'a str),
    /// `Fn::Sub` with own names.
    Sub(&'a str, Fields<'a>),
    /// Nobody can know it.
    Unknown(&'a str, Shape),
    /// What hangs on a choice.
    Later(&'a Chooser<'a>),
}

/// The entries of a map to be made.
pub(super) type Fields<'a> = Vec<(&'a str, Made<'a>)>;

/// Makes a value under choices, or names the choice that it needs first.
pub(super) type Chooser<'a> = dyn Fn(&World<'a, '_>) -> Result<Made<'a>, Pending> + 'a;

impl<'a> From<Option<Part<'a>>> for Made<'a> {
    fn from(part: Option<Part<'a>>) -> Self {
        part.map_or(Self::Nothing, Self::Part)
    }
}

impl<'a> Made<'a> {
    /// A value that hangs on choices.
    pub(super) fn later(
        resolver: &Resolver<'a>,
        chooser: impl Fn(&World<'a, '_>) -> Result<Self, Pending> + 'a,
    ) -> Self {
        Self::Later(resolver.arena.alloc(chooser))
    }

    /// A list of texts.
    pub(super) fn texts(texts: &[&'a str]) -> Self {
        Self::List(texts.iter().copied().map(Self::Text).collect())
    }
}

/// Where values are made.
#[derive(Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    /// The logical id in the text of the resource that caused the value.
    pub(super) place: Span,
    pub(super) path: &'a Path<'a>,
    pub(super) expected: PropertyType,
}

impl<'a> Maker<'a> {
    fn key(self, key: &'a str) -> Self {
        let path = below(self.resolver, self.path, Segment::Key(key), self.place);
        Self { path, expected: self.expected.key(key), ..self }
    }

    fn item(self, index: usize) -> Self {
        let segment = Segment::Index(u32::try_from(index).unwrap_or(u32::MAX));
        let path = below(self.resolver, self.path, segment, self.place);
        Self { path, expected: self.expected.item(), ..self }
    }

    fn at(self) -> At<'a> {
        At { path: self.path, expected: self.expected, scope: None }
    }

    /// The value that `made` describes; `None` for one that is left out.
    pub(super) fn make(self, made: &Made<'a>) -> Option<Value<'a>> {
        let resolver = self.resolver;
        let new = |kind| Some(resolver.typed(resolver.node(kind, self.place, self.path, None), self.expected, None));
        if !resolver.spend(0) {
            let reason = "a template over the size limit";
            return Some(resolver.unknown(reason, Shape::MaybeAbsent, self.place, self.at()));
        }
        match made {
            Made::Nothing => None,
            Made::Text(text) => new(resolver.with_secrets(Kind::String(text))),
            Made::Bool(value) => new(Kind::Bool(*value)),
            Made::Integer(value) => new(Kind::Integer(*value)),
            Made::Map(fields) => new(Kind::Map(self.map(fields))),
            Made::List(items) => {
                let values = items.iter().enumerate().filter_map(|(index, item)| self.item(index).make(item));
                let values = BumpVec::from_iter_in(values, resolver.arena);
                new(Kind::List(values.into_bump_slice()))
            }
            Made::Part(part) => Some(part.value(self.expected)),
            Made::Value(value) => Some(value),
            Made::Reference(logical_id) => {
                new(Kind::Reference(resolver.arena.alloc(Reference { logical_id, attribute: None })))
            }
            Made::Attribute(logical_id, attribute) => {
                let attribute = Some(*attribute);
                new(Kind::Reference(resolver.arena.alloc(Reference { logical_id, attribute })))
            }
            Made::Sub(text, names) => Some(self.substituted(text, names)),
            Made::Unknown(reason, shape) => Some(resolver.unknown(reason, *shape, self.place, self.at())),
            Made::Later(chooser) => {
                let later = Later { maker: self, chooser: *chooser };
                let choices = Choices::default();
                let constant = later.force(&World { arena: resolver.arena, choices: &choices });
                Some(constant.unwrap_or_else(|_| resolver.deferred(later, self.place, self.at())))
            }
        }
    }

    /// The map of those entries, in their order.
    pub(super) fn map(self, fields: &[(&'a str, Made<'a>)]) -> Map<'a> {
        let mut entries: BumpVec<'a, Entry<'a>> = BumpVec::with_capacity_in(fields.len(), self.resolver.arena);
        let mut keys = BTreeSet::new();
        for (key, made) in fields {
            if let Some(value) = self.key(key).make(made)
                && keys.insert(*key)
            {
                let key_place = match made {
                    Made::Part(part) => part.path.place,
                    _ => self.place,
                };
                entries.push(Entry { key, key_place, value });
            }
        }
        Map::new(entries.into_bump_slice())
    }

    fn substituted(self, text: &'a str, names: &[(&'a str, Made<'a>)]) -> Value<'a> {
        let resolver = self.resolver;
        let inner = Self { expected: PropertyType::UNKNOWN, ..self };
        let mut parts = BumpVec::new_in(resolver.arena);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            if !before.is_empty() {
                parts.push(resolver.node(Kind::String(before), self.place, self.path, None));
            }
            rest = behind;
            match names.iter().find(|(known, _)| *known == name) {
                Some((_, made)) => parts.extend(inner.make(made)),
                None => parts.push(match name.split_once('.') {
                    Some((id, attribute)) => resolver.attribute_of(id, attribute, self.place, inner.at()),
                    None => resolver.reference(name, self.place, inner.at()),
                }),
            }
        }
        if !rest.is_empty() {
            parts.push(resolver.node(Kind::String(rest), self.place, self.path, None));
        }
        let text = Text { maker: self, parts: parts.into_bump_slice() };
        let choices = Choices::default();
        let constant = text.force(&World { arena: resolver.arena, choices: &choices });
        constant.unwrap_or_else(|_| resolver.deferred(text, self.place, self.at()))
    }
}

/// A value whose description hangs on choices.
struct Later<'a> {
    maker: Maker<'a>,
    chooser: &'a Chooser<'a>,
}

impl<'a> Deferred<'a> for Later<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let made = (self.chooser)(world)?;
        match self.maker.make(&made) {
            Some(value) => world.force(value),
            None => Ok(self.maker.resolver.absent(self.maker.place, self.maker.path)),
        }
    }
}

/// A text made of pieces.
struct Text<'a> {
    maker: Maker<'a>,
    parts: &'a [Value<'a>],
}

impl<'a> Deferred<'a> for Text<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Maker { resolver, place, .. } = self.maker;
        let at = self.maker.at();
        let mut forced = BumpVec::with_capacity_in(self.parts.len(), resolver.arena);
        let mut pieces = BumpVec::new_in(resolver.arena);
        for part in self.parts {
            let part = world.force(part)?;
            if resolver.pieces(part, &mut pieces).is_none() {
                return Ok(resolver.unknown("a value that is no text", Shape::Text, place, at));
            }
            forced.push(part);
        }
        let value = resolver.text_value(resolver.concatenated(&pieces, place), &forced, place, at);
        Ok(resolver.typed(value, at.expected, None))
    }
}
