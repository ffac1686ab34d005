//! The statements of one policy document, and what those that deny do to the others: worked out once per document, for
//! there may be as many that ask as there are statements.

use crate::value::{Kind, Memo, Pending, Value, World};

use super::caller_conditions::keeps_others_out;
use super::read::{child, is_missing, items};
use super::statement::public_principal;
use super::truth::Truth;

/// The statements of one document, forced, in source order.
#[derive(Clone, Copy)]
pub(super) struct Siblings<'a> {
    /// All of them: maps, and what is unknown.
    pub(super) all: &'a [Value<'a>],
    denies: &'a Denies<'a>,
}

/// What is known of the statements that deny.
#[derive(Default)]
struct Denies<'a> {
    plain: Memo<'a, &'a [Value<'a>]>,
    keepers: Memo<'a, &'a [Keeper<'a>]>,
}

/// A statement that keeps others out.
#[derive(Clone, Copy)]
pub(super) struct Keeper<'a> {
    /// The statement.
    pub(super) statement: Value<'a>,
    /// Whether everybody else is kept out; never a no.
    pub(super) keeps_out: Truth<'a>,
}

impl<'a> Siblings<'a> {
    pub(super) fn new(world: &World<'a, '_>, statements: &[Value<'a>]) -> Self {
        Self { all: world.arena.alloc_slice_copy(statements), denies: world.arena.alloc(Denies::default()) }
    }

    /// Those that deny without condition, on everything and to everybody that they reach.
    pub(super) fn plain_denies(self, world: &World<'a, '_>) -> Result<&'a [Value<'a>], Pending> {
        self.denies.plain.answer(world, || {
            let mut found = Vec::new();
            for statement in self.denies(world)? {
                if is_plain(world, statement)? {
                    found.push(statement);
                }
            }
            Ok(&*world.arena.alloc_slice_copy(&found))
        })
    }

    /// Those that keep everybody but some out of what they are about.
    pub(super) fn keepers(self, world: &World<'a, '_>) -> Result<&'a [Keeper<'a>], Pending> {
        self.denies.keepers.answer(world, || {
            let mut found = Vec::new();
            for statement in self.denies(world)? {
                let keeps_out = keeps_out(world, statement)?;
                if !keeps_out.is_no() {
                    found.push(Keeper { statement, keeps_out });
                }
            }
            Ok(&*world.arena.alloc_slice_copy(&found))
        })
    }

    fn denies(self, world: &World<'a, '_>) -> Result<Vec<Value<'a>>, Pending> {
        let mut found = Vec::new();
        for statement in self.all.iter().filter(|statement| matches!(statement.kind, Kind::Map(_))) {
            if matches!(child(world, statement, "Effect")?.kind, Kind::String("Deny")) {
                found.push(*statement);
            }
        }
        Ok(found)
    }
}

fn is_plain<'a>(world: &World<'a, '_>, deny: Value<'a>) -> Result<bool, Pending> {
    if !is_missing(child(world, deny, "Condition")?) {
        return Ok(false);
    }
    let everything = |value: &Value<'a>| matches!(value.kind, Kind::String("*"));
    let principals = child(world, deny, "Principal")?;
    let anybody = match principals.kind {
        Kind::Absent => is_missing(child(world, deny, "NotPrincipal")?),
        Kind::Map(map) => match map.entries() {
            [only] => only.key == "AWS" && items(world, only.value)?.iter().any(everything),
            _ => false,
        },
        _ => everything(&principals),
    };
    Ok(anybody && items(world, child(world, deny, "Resource")?)?.iter().any(everything))
}

fn keeps_out<'a>(world: &World<'a, '_>, deny: Value<'a>) -> Result<Truth<'a>, Pending> {
    let excluded = child(world, deny, "NotPrincipal")?;
    if !is_missing(excluded) {
        return Ok(is_missing(child(world, deny, "Condition")?).into());
    }
    match public_principal(world, deny)?.0 {
        Truth::Yes => keeps_others_out(world, child(world, deny, "Condition")?),
        Truth::No | Truth::Unsure(_) => Ok(Truth::No),
    }
}
