//! Choices that a question has made so far, and forcing values under them.

use std::fmt;

use bumpalo::Bump;

use super::{Kind, Value};

/// Something whose value is open: a parameter, or a condition that nothing in the template decides. Numbered by
/// the room that makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(pub u32);

/// A question cannot go on before this variable is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending(pub Variable);

/// The classes chosen for variables on one path of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choices {
    made: Vec<(Variable, u16)>,
}

impl Choices {
    /// The class chosen for `variable`, if any.
    #[must_use]
    pub fn get(&self, variable: Variable) -> Option<u16> {
        self.made.iter().find(|(made, _)| *made == variable).map(|&(_, class)| class)
    }

    /// The same choices and one more.
    #[must_use]
    pub fn with(&self, variable: Variable, class: u16) -> Self {
        let mut made = self.made.clone();
        made.push((variable, class));
        Self { made }
    }

    /// The choices in the order in which they were made.
    #[must_use]
    pub fn made(&self) -> &[(Variable, u16)] {
        &self.made
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
}

/// A value that is made when it is asked for.
pub trait Deferred<'a> {
    /// The value under the choices of `world`.
    ///
    /// # Errors
    /// The variable that must be chosen first.
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending>;
}
