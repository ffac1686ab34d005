//! Three-valued truth: yes, no, or unsure with the reason.

use crate::value::Unknown;

/// What is known of a statement. The reason of an unsure one is that of the first unknown that it hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Truth<'a> {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// Nothing in the template decides it.
    Unsure(&'a Unknown<'a>),
}

impl Truth<'_> {
    /// Holds when both hold: one no is enough for no.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unsure(unknown), _) | (_, Self::Unsure(unknown)) => Self::Unsure(unknown),
            (Self::Yes, Self::Yes) => Self::Yes,
        }
    }

    /// Holds when one holds: one yes is enough for yes.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unsure(unknown), _) | (_, Self::Unsure(unknown)) => Self::Unsure(unknown),
            (Self::No, Self::No) => Self::No,
        }
    }

    /// Whether it is certain that it does not hold.
    pub(super) fn is_no(self) -> bool {
        matches!(self, Self::No)
    }
}

impl From<bool> for Truth<'_> {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}
