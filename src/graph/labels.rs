//! What its author calls a security group: the words by which a group for a purpose is recognised.

use crate::value::{Kind, Pending, Piece, Value, World};

use super::identity::values_at;
use super::origin::Origin;
use super::read::{Read, child, text};

/// Where the words stand, below `Properties`.
const PLACES: &[&str] = &["GroupName", "GroupDescription", "Tags[].Value"];

/// How many values of one property are looked at; EC2 allows 50 tags.
const VALUES: usize = 64;

/// The logical id, name, description and values of tags, as texts. Only what is written counts: a part that nobody
/// knows, such as the name of the stack, says nothing about the purpose and is left out.
pub(super) fn labels<'a>(world: &World<'a, '_>, logical_id: &str, group: Value<'a>) -> Result<Value<'a>, Pending> {
    let properties = child(world, group, "Properties")?;
    let mut labels = vec![Origin::of(group).text(world, logical_id)];
    for place in PLACES {
        for value in values_at(world, properties, place, VALUES)? {
            let origin = Origin::of(value);
            match (value.kind, text(world, value)) {
                (Kind::Partial(pieces), _) => {
                    let written = pieces.iter().filter_map(|piece| match piece {
                        Piece::Text(text) => Some(*text),
                        Piece::Unknown(_) | Piece::Reference(_) => None,
                    });
                    labels.push(origin.text(world, &written.collect::<Vec<_>>().join(" ")));
                }
                (_, Read::Known(text)) => labels.push(origin.text(world, text)),
                _ => {}
            }
        }
    }
    Ok(Origin::of(group).list(world, &labels))
}
