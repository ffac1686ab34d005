//! Policies that are written as JSON inside a text.
//!
//! All nodes stand where the text does: a place inside a text that went through escaping and folding has no offset of
//! its own. A text with unknown parts is read too: each part becomes a mark while the text is parsed, and a text with
//! parts again afterwards.

use crate::value::{Entry, Kind, Map, Piece, Shape, Value, World};

use super::origin::Origin;
use super::read::{unknown, unknown_of};

/// Characters around the number of an unknown part, from the area that no text uses for anything.
const OPEN: char = '\u{F8F0}';
const CLOSE: char = '\u{F8F1}';

/// The document that a forced text spells; an unknown when it spells none.
pub(super) fn parse<'a>(world: &World<'a, '_>, value: Value<'a>) -> Value<'a> {
    let origin = Origin::of(value);
    let mut marked = String::new();
    let mut pieces: &[Piece<'a>] = &[];
    match value.kind {
        Kind::String(text) => marked.push_str(text),
        Kind::Partial(parts) => {
            pieces = parts;
            for (number, part) in parts.iter().enumerate() {
                match part {
                    Piece::Text(text) if text.contains([OPEN, CLOSE]) => {
                        return origin.unknown(world, unknown_of(world, value));
                    }
                    Piece::Text(text) => marked.push_str(text),
                    Piece::Unknown(_) | Piece::Reference(_) => {
                        marked.push(OPEN);
                        marked.push_str(&number.to_string());
                        marked.push(CLOSE);
                    }
                }
            }
        }
        _ => return origin.unknown(world, unknown_of(world, value)),
    }
    // Nesting is bounded by the parser.
    match serde_json::from_str::<serde_json::Value>(&marked) {
        Ok(json) => build(world, origin, &json, pieces),
        Err(_) if pieces.is_empty() => {
            origin.unknown(world, unknown(world, "a policy text that is not JSON", Shape::Any))
        }
        Err(_) => origin.unknown(world, unknown_of(world, value)),
    }
}

fn build<'a>(world: &World<'a, '_>, origin: Origin<'a>, json: &serde_json::Value, pieces: &[Piece<'a>]) -> Value<'a> {
    match json {
        serde_json::Value::Null => origin.node(world, Kind::Null),
        serde_json::Value::Bool(holds) => origin.node(world, Kind::Bool(*holds)),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => origin.integer(world, number),
            (None, Some(number)) => origin.node(world, Kind::Float(number)),
            (None, None) => origin.text(world, &number.to_string()),
        },
        serde_json::Value::String(text) => marked_text(world, origin, text, pieces),
        serde_json::Value::Array(list) => {
            let items: Vec<Value<'a>> = list.iter().map(|item| build(world, origin, item, pieces)).collect();
            origin.list(world, &items)
        }
        serde_json::Value::Object(map) => {
            let entries: Vec<Entry<'a>> = map
                .iter()
                .map(|(key, item)| {
                    let value = build(world, origin, item, pieces);
                    Entry { key: world.arena.alloc_str(key), key_place: value.place, value }
                })
                .collect();
            origin.node(world, Kind::Map(Map::new(world.arena.alloc_slice_copy(&entries))))
        }
    }
}

/// A text in which marks stand for unknown parts.
fn marked_text<'a>(world: &World<'a, '_>, origin: Origin<'a>, text: &str, pieces: &[Piece<'a>]) -> Value<'a> {
    if pieces.is_empty() || !text.contains(OPEN) {
        return origin.text(world, text);
    }
    let mut parts = Vec::new();
    let push_text = |parts: &mut Vec<Piece<'a>>, text: &str| {
        if !text.is_empty() {
            parts.push(Piece::Text(world.arena.alloc_str(text)));
        }
    };
    for (number, part) in text.split(OPEN).enumerate() {
        let mark = part.split_once(CLOSE).filter(|_| number > 0);
        let piece = mark.and_then(|(mark, _)| pieces.get(mark.parse::<usize>().ok()?));
        match (mark, piece) {
            (Some((_, rest)), Some(piece)) => {
                parts.push(*piece);
                push_text(&mut parts, rest);
            }
            _ => push_text(&mut parts, part),
        }
    }
    let kind = match parts.as_slice() {
        [Piece::Unknown(unknown)] => Kind::Unknown(unknown),
        [Piece::Reference(reference)] => Kind::Reference(reference),
        _ => Kind::Partial(world.arena.alloc_slice_copy(&parts)),
    };
    origin.node(world, kind)
}
