//! Arenas that are used again: a template's values are made in one and freed together, and most templates fit in as much.
//! An arena that had to grow is not used again: how much each takes must not hang on what was in it before, or limits
//! would be reached in one run and not in the next.

use std::sync::{Mutex, PoisonError};

use bumpalo::Bump;

/// The bytes of an arena at first.
const FIRST: usize = 1 << 20;

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
        let mut arena = kept.unwrap_or_else(|| Bump::with_capacity(FIRST));
        let before = arena.allocated_bytes();
        let done = work(&arena);
        if arena.allocated_bytes() == before {
            arena.reset();
            idle().push(arena);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arena_is_used_again_unless_it_had_to_grow() {
        let arenas = Arenas::default();
        let count = || arenas.idle.lock().unwrap().len();
        arenas.with(|outer| {
            outer.alloc(1);
            arenas.with(|inner| inner.alloc(2) == &2);
        });
        assert_eq!(count(), 2);
        arenas.with(|arena| assert_eq!(arena.alloc_slice_fill_copy(2 * FIRST, 0_u8).len(), 2 * FIRST));
        assert_eq!(count(), 1);
    }
}
