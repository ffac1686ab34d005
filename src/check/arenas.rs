//! Arenas that are used again: a template's values are made in one and freed together, and most templates need as much as
//! the one before.

use std::sync::{Mutex, PoisonError};

use bumpalo::Bump;

/// The most bytes of an arena that is kept for the next template.
const KEPT: usize = 1 << 20;

/// Arenas that nobody uses at the moment: at most as many as there were users at one time.
#[derive(Default)]
pub(super) struct Arenas {
    idle: Mutex<Vec<Bump>>,
}

impl Arenas {
    /// What `work` makes of an empty arena.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Bump) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut arena = kept.unwrap_or_default();
        let done = work(&arena);
        arena.reset();
        if arena.allocated_bytes() <= KEPT {
            idle().push(arena);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arena_is_used_again_unless_it_is_large() {
        let arenas = Arenas::default();
        let count = || arenas.idle.lock().unwrap().len();
        arenas.with(|outer| {
            outer.alloc(1);
            arenas.with(|inner| inner.alloc(2) == &2);
        });
        assert_eq!(count(), 2);
        arenas.with(|arena| assert_eq!(arena.alloc_slice_fill_copy(2 * KEPT, 0_u8).len(), 2 * KEPT));
        assert_eq!(count(), 1);
    }
}
