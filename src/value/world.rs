//! Choices that a question has made so far, and forcing values under them.

use std::cell::Cell;
use std::cmp::Ordering;
use std::fmt;

use bumpalo::Bump;

use super::{Kind, Remembered, Value};

/// Something whose value is open: a parameter, or a condition that nothing in the template decides. Numbered by
/// the room that makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub u32);

/// A question cannot go on before this variable is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending(pub Variable);

/// The classes chosen for variables on one path of a question.
///
/// They notice which variables they are asked for, so that an answer can be remembered with all that it hangs on.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    made: Vec<(Variable, u16)>,
    asked: Cell<AskedFor>,
}

impl Choices {
    /// The class chosen for `variable`, if any.
    #[must_use]
    pub fn get(&self, variable: Variable) -> Option<u16> {
        self.note(AskedFor::one(variable));
        self.peek(variable)
    }

    /// The same choices and one more.
    #[must_use]
    pub fn with(&self, variable: Variable, class: u16) -> Self {
        let mut made = Vec::with_capacity(self.made.len() + 1);
        made.extend_from_slice(&self.made);
        made.push((variable, class));
        Self { made, asked: Cell::default() }
    }

    /// The choices in the order in which they were made.
    #[must_use]
    pub fn made(&self) -> &[(Variable, u16)] {
        self.note(AskedFor::EVERYTHING);
        &self.made
    }

    /// Says that an answer that is being worked out hangs on more than choices, so that it is not remembered.
    pub fn forbid_remembering(&self) {
        self.note(AskedFor::EVERYTHING);
    }

    /// The same without being noticed.
    pub(super) fn peek(&self, variable: Variable) -> Option<u16> {
        self.made.iter().find(|(made, _)| *made == variable).map(|&(_, class)| class)
    }

    pub(super) fn note(&self, asked: AskedFor) {
        self.asked.set(self.asked.get().and(asked));
    }

    /// What was asked for by `work`, and what it gives.
    pub(super) fn watch<T>(&self, work: impl FnOnce() -> T) -> (T, AskedFor) {
        let before = self.asked.take();
        let done = work();
        let during = self.asked.get();
        self.asked.set(before.and(during));
        (done, during)
    }
}

impl PartialEq for Choices {
    fn eq(&self, other: &Self) -> bool {
        self.made == other.made
    }
}

impl Eq for Choices {}

impl PartialOrd for Choices {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Choices {
    fn cmp(&self, other: &Self) -> Ordering {
        self.made.cmp(&other.made)
    }
}

/// A set of variables: of those with small numbers as many as there are, of the others a few; or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AskedFor {
    /// A bit for each of the first; with the last bit, which is no variable, the set is that of all.
    first: u128,
    /// The others, none twice, then zeros.
    others: [u32; 4],
}

impl AskedFor {
    pub(super) const NOTHING: Self = Self { first: 0, others: [0; 4] };
    pub(super) const EVERYTHING: Self = Self { first: u128::MAX, others: [0; 4] };
    /// The first variable that has no bit.
    const BEYOND: u32 = u128::BITS - 1;

    fn one(variable: Variable) -> Self {
        match 1_u128.checked_shl(variable.0) {
            Some(bit) if variable.0 < Self::BEYOND => Self { first: bit, ..Self::NOTHING },
            _ => Self { others: [variable.0, 0, 0, 0], ..Self::NOTHING },
        }
    }

    fn and(self, other: Self) -> Self {
        let mut both = Self { first: self.first | other.first, ..self };
        if both.first >> Self::BEYOND != 0 {
            return Self::EVERYTHING;
        }
        for number in other.others.into_iter().take_while(|number| *number != 0) {
            match both.others.iter_mut().find(|known| **known == number || **known == 0) {
                Some(place) => *place = number,
                None => return Self::EVERYTHING,
            }
        }
        both
    }

    /// The variables, unless it is all of them.
    pub(super) fn variables(self) -> impl Iterator<Item = Variable> {
        let mut left = self.first;
        let first = std::iter::from_fn(move || {
            let number = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (number < u128::BITS).then_some(Variable(number))
        });
        first.chain(self.others.into_iter().filter(|number| *number != 0).map(Variable))
    }
}

/// Where values are forced: an arena for what is made on the way, and the choices of this path.
#[derive(Clone, Copy)]
pub struct World<'a, 'c> {
    /// Where new nodes go.
    pub arena: &'a Bump,
    /// What has been chosen.
    pub choices: &'c Choices,
}

impl fmt::Debug for World<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").field("choices", &self.choices).finish_non_exhaustive()
    }
}

impl<'a> World<'a, '_> {
    /// The value as it is under these choices: never [`Kind::Deferred`].
    ///
    /// # Errors
    /// The variable that must be chosen first.
    pub fn force(&self, value: Value<'a>) -> Result<Value<'a>, Pending> {
        let mut value = value;
        while let Kind::Deferred(deferred) = value.kind {
            value = deferred.force(self)?;
        }
        Ok(value)
    }

    /// A new node in the arena.
    #[must_use]
    pub fn node(&self, node: super::Node<'a>) -> Value<'a> {
        self.arena.alloc(node)
    }

    /// What a node is whose value is made when it is asked for, once for all choices that are alike in what it hangs on.
    #[must_use]
    pub fn later(&self, deferred: impl Deferred<'a> + 'a) -> Kind<'a> {
        Kind::Deferred(self.arena.alloc(Remembered::new(deferred)))
    }
}

/// A value that is made when it is asked for.
pub trait Deferred<'a> {
    /// The value under the choices of `world`.
    ///
    /// # Errors
    /// The variable that must be chosen first.
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending>;
}
