//! Where a fact comes from, and nodes that say so.

use crate::text::Span;
use crate::value::{Kind, Node, Path, Segment, Shape, Unknown, Value, Via, World};

use super::truth::Truth;

/// The place, path and sources of the text that decides a fact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    place: Span,
    path: &'a Path<'a>,
    via: Option<&'a Via<'a>>,
}

impl<'a> Origin<'a> {
    /// That of a node.
    pub(super) fn of(value: Value<'a>) -> Self {
        Self { place: value.place, path: value.path, via: value.via }
    }

    /// Whether both are one place of the template.
    pub(super) fn is_same(self, other: Self) -> bool {
        self.place == other.place && std::ptr::eq(self.path, other.path)
    }

    /// The place of a resource's logical id, for what follows from the resource as a whole.
    pub(super) fn whole(value: Value<'a>, key_place: Span) -> Self {
        Self { place: key_place, ..Self::of(value) }
    }

    /// The number of the document that it stands in.
    pub(super) fn document(self) -> u32 {
        self.path.document()
    }

    /// The place.
    pub(super) fn place(self) -> Span {
        self.place
    }

    /// The logical id of the resource in which it stands.
    pub(super) fn resource(self) -> Option<&'a str> {
        let segments = self.path.segments();
        let mut keys = segments.iter().filter_map(|path| match path.segment {
            Segment::Key(key) => Some(key),
            Segment::Root(_) | Segment::Index(_) => None,
        });
        keys.find(|key| *key != "Resources")
    }

    /// What its text came through.
    pub(super) fn via(self) -> Option<&'a Via<'a>> {
        self.via
    }

    /// The same place with other sources.
    pub(super) fn through(self, via: Option<&'a Via<'a>>) -> Self {
        Self { via, ..self }
    }

    /// A node of that origin.
    pub(super) fn node(self, world: &World<'a, '_>, kind: Kind<'a>) -> Value<'a> {
        world.node(Node { kind, place: self.place, path: self.path, via: self.via })
    }

    /// A text of that origin, copied.
    pub(super) fn text(self, world: &World<'a, '_>, text: &str) -> Value<'a> {
        self.node(world, Kind::String(world.arena.alloc_str(text)))
    }

    /// An integer of that origin.
    pub(super) fn integer(self, world: &World<'a, '_>, number: i64) -> Value<'a> {
        self.node(world, Kind::Integer(number))
    }

    /// A list of that origin.
    pub(super) fn list(self, world: &World<'a, '_>, items: &[Value<'a>]) -> Value<'a> {
        self.node(world, Kind::List(world.arena.alloc_slice_copy(items)))
    }

    /// A fact of that origin that hangs on an unknown. What is known of the unknown (that it is a text, say) does not
    /// hold for what is derived from it; only that it may be absent does.
    pub(super) fn unknown(self, world: &World<'a, '_>, unknown: &'a Unknown<'a>) -> Value<'a> {
        let unknown = match unknown.shape {
            Shape::MaybeAbsent | Shape::Any => unknown,
            Shape::Text | Shape::List | Shape::Identifier | Shape::Secret => {
                world.arena.alloc(Unknown { reason: unknown.reason, shape: Shape::Any })
            }
        };
        self.node(world, Kind::Unknown(unknown))
    }

    /// A Boolean of that origin, or the unknown that it hangs on.
    pub(super) fn truth(self, world: &World<'a, '_>, truth: Truth<'a>) -> Value<'a> {
        match truth {
            Truth::Yes => self.node(world, Kind::Bool(true)),
            Truth::No => self.node(world, Kind::Bool(false)),
            Truth::Unsure(unknown) => self.unknown(world, unknown),
        }
    }
}
