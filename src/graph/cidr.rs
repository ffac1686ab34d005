//! Reading the networks that a rule names.

use crate::value::{Kind, Piece, Unknown, Value, World};

use super::network::{Family, Network};
use super::origin::Origin;
use super::read::{Read, text};

/// What is known of the networks of a rule.
#[derive(Clone, Copy, Debug)]
pub(super) enum Networks<'a> {
    /// These.
    Known(&'a [Network]),
    /// Something that is not the internet: one address, a network of this template, a group.
    Narrow,
    /// Not known.
    Unknown(&'a Unknown<'a>),
}

/// Of a prefix at least this long, whatever address it follows, no rule is open to the internet.
const NARROW_PREFIX: u8 = 8;

/// The networks that the forced value of a key for `family` names, and the family that they turn out to be.
pub(super) fn read<'a>(world: &World<'a, '_>, value: Value<'a>, family: Family) -> (Networks<'a>, Family) {
    match value.kind {
        // An address range that AWS gives to a resource of this template.
        Kind::Reference(_) => return (Networks::Narrow, family),
        Kind::Partial(pieces) => {
            if let Some(prefix) = known_prefix(pieces) {
                if prefix == 0 {
                    return (known(world, &[Network::everything(family)]), family);
                }
                if prefix >= NARROW_PREFIX {
                    return (Networks::Narrow, family);
                }
            }
        }
        _ => {}
    }
    match text(world, value) {
        Read::Known(text) => match Network::parse(text) {
            Some(network) => (known(world, &[network]), network.family()),
            None => (Networks::Narrow, family),
        },
        Read::Unknown(unknown) => (Networks::Unknown(unknown), family),
        Read::Missing => (Networks::Narrow, family),
    }
}

fn known<'a>(world: &World<'a, '_>, networks: &[Network]) -> Networks<'a> {
    Networks::Known(world.arena.alloc_slice_copy(networks))
}

/// The length of the prefix in a text such as `${Address}/32`.
fn known_prefix(pieces: &[Piece<'_>]) -> Option<u8> {
    let Some(Piece::Text(last)) = pieces.last() else { return None };
    let (_, prefix) = last.rsplit_once('/')?;
    if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    prefix.parse().ok()
}

/// The text of a forced network value in its canonical spelling, as a value of the same origin.
pub(super) fn canonical<'a>(world: &World<'a, '_>, value: Value<'a>) -> Value<'a> {
    match text(world, value) {
        Read::Known(text) => {
            let origin = Origin::of(value);
            match Network::parse(text) {
                Some(network) => origin.text(world, &network.to_string()),
                None => origin.text(world, text),
            }
        }
        Read::Unknown(_) | Read::Missing => value,
    }
}
