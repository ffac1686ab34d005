//! Reading values: children, texts, numbers and Booleans, and what an unknown hangs on.

use crate::value::{Entry, Kind, Map, Pending, Piece, Reference, Shape, Unknown, Value, World};

use super::origin::Origin;

/// What a value says when a scalar is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read<'a, T> {
    /// It says this.
    Known(T),
    /// It is there and not known.
    Unknown(&'a Unknown<'a>),
    /// It is not there.
    Missing,
}

/// The forced value under `key`. Of an unknown value every child is that unknown; of anything else that is not a map,
/// or where the map has no such key, the child is absent and stands where its parent does.
pub(super) fn child<'a>(world: &World<'a, '_>, value: Value<'a>, key: &str) -> Result<Value<'a>, Pending> {
    let value = world.force(value)?;
    match value.kind {
        Kind::Map(map) => match map.get(key) {
            Some(entry) => world.force(entry.value),
            None => Ok(absent(world, value)),
        },
        Kind::Unknown(_) => Ok(value),
        _ => Ok(absent(world, value)),
    }
}

fn absent<'a>(world: &World<'a, '_>, parent: Value<'a>) -> Value<'a> {
    Origin::of(parent).node(world, Kind::Absent)
}

/// The forced items of a value that should be a list: of a list its items that are there, of an absent value none, of
/// anything else (CloudFormation takes one item for a list of one) the value itself.
pub(super) fn items<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Vec<Value<'a>>, Pending> {
    let value = world.force(value)?;
    let mut items = Vec::new();
    match value.kind {
        Kind::List(list) => {
            for item in list {
                let item = world.force(item)?;
                if !is_missing(item) {
                    items.push(item);
                }
            }
        }
        Kind::Absent | Kind::Null => {}
        _ => items.push(value),
    }
    Ok(items)
}

/// Whether a forced value is not there; CloudFormation treats a null property as one that is not given.
pub(super) fn is_missing(value: Value<'_>) -> bool {
    matches!(value.kind, Kind::Absent | Kind::Null)
}

/// The text of a forced scalar; numbers and Booleans read as they are written.
pub(super) fn text<'a>(world: &World<'a, '_>, value: Value<'a>) -> Read<'a, &'a str> {
    match value.kind {
        Kind::String(text) => Read::Known(text),
        Kind::Integer(number) => Read::Known(world.arena.alloc_str(&number.to_string())),
        Kind::Float(number) => Read::Known(world.arena.alloc_str(&number.to_string())),
        Kind::Bool(holds) => Read::Known(if holds { "true" } else { "false" }),
        Kind::Null | Kind::Absent => Read::Missing,
        _ => Read::Unknown(unknown_of(world, value)),
    }
}

/// The integer that a forced scalar spells, quoted or not.
pub(super) fn integer<'a>(world: &World<'a, '_>, value: Value<'a>) -> Read<'a, i64> {
    if let Kind::Integer(number) = value.kind {
        return Read::Known(number);
    }
    match text(world, value) {
        Read::Known(text) => match text.trim().parse() {
            Ok(number) => Read::Known(number),
            Err(_) => Read::Unknown(unknown(world, "a number that cannot be read", Shape::Any)),
        },
        Read::Unknown(unknown) => Read::Unknown(unknown),
        Read::Missing => Read::Missing,
    }
}

/// The Boolean that a forced scalar spells, quoted or not.
pub(super) fn boolean<'a>(world: &World<'a, '_>, value: Value<'a>) -> Read<'a, bool> {
    match text(world, value) {
        Read::Known(text) if text.trim().eq_ignore_ascii_case("true") => Read::Known(true),
        Read::Known(text) if text.trim().eq_ignore_ascii_case("false") => Read::Known(false),
        Read::Known(_) => Read::Unknown(unknown(world, "a Boolean that cannot be read", Shape::Any)),
        Read::Unknown(unknown) => Read::Unknown(unknown),
        Read::Missing => Read::Missing,
    }
}

/// A new unknown.
pub(super) fn unknown<'a>(world: &World<'a, '_>, reason: &str, shape: Shape) -> &'a Unknown<'a> {
    world.arena.alloc(Unknown { reason: world.arena.alloc_str(reason), shape })
}

/// What a forced value that is not a known scalar hangs on.
pub(super) fn unknown_of<'a>(world: &World<'a, '_>, value: Value<'a>) -> &'a Unknown<'a> {
    match value.kind {
        Kind::Unknown(unknown) => unknown,
        Kind::Reference(reference) => unknown_reference(world, reference),
        Kind::Partial(pieces) => unknown_piece(world, pieces),
        _ => unknown(world, "a value of an unexpected kind", Shape::Any),
    }
}

fn unknown_piece<'a>(world: &World<'a, '_>, pieces: &[Piece<'a>]) -> &'a Unknown<'a> {
    for piece in pieces {
        match piece {
            Piece::Text(_) => {}
            Piece::Unknown(unknown) => return unknown,
            Piece::Reference(reference) => return unknown_reference(world, reference),
        }
    }
    unknown(world, "a text of which parts are unknown", Shape::Text)
}

/// The identifier or attribute that a reference stands for, as something unknown.
pub(super) fn unknown_reference<'a>(world: &World<'a, '_>, reference: &Reference<'_>) -> &'a Unknown<'a> {
    unknown(world, &format!("`{}`", reference.describe()), Shape::Identifier)
}

/// The entries of a map under construction.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    entries: Vec<Entry<'a>>,
}

impl<'a> Fields<'a> {
    /// Adds an entry whose key stands where its value does.
    pub(super) fn push(&mut self, key: &'a str, value: Value<'a>) {
        self.entries.push(Entry { key, key_place: value.place, value });
    }

    /// Adds an entry as it is.
    pub(super) fn push_entry(&mut self, entry: Entry<'a>) {
        self.entries.push(entry);
    }

    /// The map.
    pub(super) fn finish(self, world: &World<'a, '_>, origin: Origin<'a>) -> Value<'a> {
        let entries = world.arena.alloc_slice_copy(&self.entries);
        origin.node(world, Kind::Map(Map::new(entries)))
    }
}
