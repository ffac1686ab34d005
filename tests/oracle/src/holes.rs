//! Documents of which parts are forgotten, and ways in which those parts could turn out.

use bumpalo::Bump;
use cfnward::value::{Kind, Piece, Shape, Unknown, Value};

use crate::generate::{leaf_or_more, some_text, Tape};
use crate::load::Data;

/// A text that begins so is a hole; the letter after it says what is known of it.
const HOLE: &str = "\u{1}";
/// How many ways of turning out are tried.
pub const COMPLETIONS: usize = 3;

/// A document with holes, and complete documents that it may stand for.
#[derive(Clone, Debug)]
pub struct Holed {
    /// With holes.
    pub document: Data,
    /// Without; the one from which parts were forgotten comes first.
    pub completions: Vec<Data>,
}

/// Forgets parts of a document.
#[must_use]
pub fn forget(document: &Data, tape: &mut Tape) -> Holed {
    let [with_holes, completions @ ..] = forget_some(document, tape, true).map(|data| data.unwrap_or(Data::Null));
    Holed { document: with_holes, completions: completions.to_vec() }
}

/// First the node with holes, then the completions; `None` for what is not there.
type Versions = [Option<Data>; COMPLETIONS + 1];

fn forget_some(data: &Data, tape: &mut Tape, root: bool) -> Versions {
    let leaf = !matches!(data, Data::List(_) | Data::Map(_));
    if !root && tape.one_in(if leaf { 3 } else { 8 }) {
        return hole(data, tape);
    }
    match data {
        Data::List(items) => {
            let mut lists: [Vec<Data>; COMPLETIONS + 1] = Default::default();
            for item in items {
                for (list, version) in lists.iter_mut().zip(forget_some(item, tape, false)) {
                    list.extend(version);
                }
            }
            lists.map(|list| Some(Data::List(list)))
        }
        Data::Map(entries) => {
            let mut maps: [Vec<(String, Data)>; COMPLETIONS + 1] = Default::default();
            for (key, value) in entries {
                for (map, version) in maps.iter_mut().zip(forget_some(value, tape, false)) {
                    map.extend(version.map(|value| (key.clone(), value)));
                }
            }
            maps.map(|map| Some(Data::Map(map)))
        }
        _ => std::array::from_fn(|_| Some(data.clone())),
    }
}

fn hole(data: &Data, tape: &mut Tape) -> Versions {
    let text = |text: &str| Some(Data::String(text.to_owned()));
    match (data, tape.roll(6)) {
        (_, 1) => {
            let mut other = || if tape.one_in(3) { None } else { Some(leaf_or_more(tape)) };
            [text("\u{1}?"), Some(data.clone()), other(), other()]
        }
        (Data::String(known), 2) => [text("\u{1}t"), text(known), text(some_text(tape)), text(some_text(tape))],
        (Data::String(known), 3) => {
            let mut cut = tape.roll(known.len() as u32 + 1) as usize;
            while !known.is_char_boundary(cut) {
                cut -= 1;
            }
            let (before, after) = known.split_at(cut);
            // Each way keeps the beginning or the end.
            if tape.one_in(2) {
                let mut other = || text(&format!("{}{after}", some_text(tape)));
                [text(&format!("\u{1}e{after}")), text(known), other(), other()]
            } else {
                let mut other = || text(&format!("{before}{}", some_text(tape)));
                [text(&format!("\u{1}b{before}")), text(known), other(), other()]
            }
        }
        (Data::String(_), 4) => {
            // What AWS makes is none of the texts that rules name, but may contain them.
            [text("\u{1}i"), text("made-x-1"), text("made-2"), text("Amade-a.b")]
        }
        (Data::List(items), 5) if items.iter().all(|item| matches!(item, Data::String(_))) => {
            let mut list = || {
                let count = tape.roll(3);
                Some(Data::List((0..count).map(|_| Data::String(some_text(tape).to_owned())).collect()))
            };
            [text("\u{1}l"), Some(data.clone()), list(), list()]
        }
        _ => [text("\u{1}!"), Some(data.clone()), Some(leaf_or_more(tape)), Some(leaf_or_more(tape))],
    }
}

/// The value tree of a document with holes.
pub fn value<'a>(document: &Data, arena: &'a Bump) -> Value<'a> {
    let mut count = 0;
    document.value(arena, &mut |_, data| {
        let Data::String(text) = data else { return None };
        let rest = text.strip_prefix(HOLE)?;
        let kind = rest.chars().next()?;
        count += 1;
        let unknown = |shape| -> &'a Unknown<'a> {
            arena.alloc(Unknown { reason: arena.alloc_str(&format!("hole {count}")), shape })
        };
        let shape = match kind {
            '?' => Shape::MaybeAbsent,
            't' => Shape::Text,
            'i' => Shape::Identifier,
            'l' => Shape::List,
            'b' | 'e' => {
                let known = Piece::Text(arena.alloc_str(&rest[1..]));
                let gap = Piece::Unknown(unknown(Shape::Text));
                let pieces = if kind == 'b' { [known, gap] } else { [gap, known] };
                return Some(Kind::Partial(arena.alloc_slice_copy(&pieces)));
            }
            _ => Shape::Any,
        };
        Some(Kind::Unknown(unknown(shape)))
    })
}
