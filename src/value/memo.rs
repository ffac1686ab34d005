//! Answers that are remembered together with the choices that they hang on.

use std::cell::Cell;
use std::fmt;

use super::world::AskedFor;
use super::{Deferred, Pending, Value, Variable, World};

/// So many answers to one question are remembered, which bounds memory and the search.
const REMEMBERED: u8 = 32;

/// What one question about a template has come to so far. Every rule asks the same few, under choices that mostly differ
/// in what does not matter to them: an answer holds wherever the variables that it asked for have the same classes.
pub struct Memo<'a, T> {
    latest: Cell<Option<&'a Answer<'a, T>>>,
    count: Cell<u8>,
}

/// An answer, and what it hangs on.
struct Answer<'a, T> {
    asked: AskedFor,
    /// The variables that were asked for, with their classes.
    under: &'a [(Variable, Option<u16>)],
    answer: Result<T, Pending>,
    earlier: Option<&'a Answer<'a, T>>,
}

impl<T> Default for Memo<'_, T> {
    fn default() -> Self {
        Self { latest: Cell::new(None), count: Cell::new(0) }
    }
}

impl<T> fmt::Debug for Memo<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Memo").field("count", &self.count.get()).finish_non_exhaustive()
    }
}

impl<'a, T: Copy> Memo<'a, T> {
    /// The answer under the choices of `world`, which `work` gives where it is not known.
    ///
    /// # Errors
    /// The variable that must be chosen first.
    pub fn answer(&self, world: &World<'a, '_>, work: impl FnOnce() -> Result<T, Pending>) -> Result<T, Pending> {
        let choices = world.choices;
        let mut next = self.latest.get();
        while let Some(known) = next {
            if known.under.iter().all(|(variable, class)| choices.peek(*variable) == *class) {
                choices.note(known.asked);
                return known.answer;
            }
            next = known.earlier;
        }
        let (answer, asked) = choices.watch(work);
        let count = self.count.get();
        if asked != AskedFor::EVERYTHING && count < REMEMBERED {
            let under: &[(Variable, Option<u16>)] = match asked {
                AskedFor::NOTHING => &[],
                _ => {
                    let under = asked.variables().map(|variable| (variable, choices.peek(variable)));
                    world.arena.alloc_slice_fill_iter(under.collect::<Vec<_>>())
                }
            };
            self.count.set(count + 1);
            self.latest.set(Some(world.arena.alloc(Answer { asked, under, answer, earlier: self.latest.get() })));
        }
        answer
    }
}

/// A value that is made when it is asked for, and remembered.
pub struct Remembered<'a, D> {
    made: D,
    memo: Memo<'a, Value<'a>>,
}

impl<D> Remembered<'_, D> {
    /// What `made` makes.
    pub fn new(made: D) -> Self {
        Self { made, memo: Memo::default() }
    }
}

impl<D> fmt::Debug for Remembered<'_, D> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Remembered").finish_non_exhaustive()
    }
}

impl<'a, D: Deferred<'a>> Deferred<'a> for Remembered<'a, D> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        self.memo.answer(world, || world.force(self.made.force(world)?))
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::value::Choices;

    #[test]
    fn an_answer_holds_where_what_it_asked_for_is_the_same() {
        let arena = Bump::new();
        let memo = Memo::default();
        let count = Cell::new(0);
        let ask = |choices: &Choices| {
            memo.answer(&World { arena: &arena, choices }, || {
                count.set(count.get() + 1);
                choices.get(Variable(3)).ok_or(Pending(Variable(3)))
            })
        };
        let open = Choices::default();
        assert_eq!((ask(&open), ask(&open), count.get()), (Err(Pending(Variable(3))), Err(Pending(Variable(3))), 1));
        let chosen = open.with(Variable(3), 7);
        assert_eq!((ask(&chosen), count.get()), (Ok(7), 2));
        assert_eq!((ask(&chosen.with(Variable(200), 1)), count.get()), (Ok(7), 2));
        assert_eq!((ask(&open.with(Variable(5), 1).with(Variable(3), 8)), count.get()), (Ok(8), 3));
        assert_eq!((ask(&chosen), ask(&open), count.get()), (Ok(7), Err(Pending(Variable(3))), 3));
    }

    #[test]
    fn an_answer_hangs_on_what_remembered_answers_hang_on() {
        let arena = Bump::new();
        let (inner, outer) = (Memo::default(), Memo::default());
        let ask = |choices: &Choices| {
            let world = World { arena: &arena, choices };
            let inner = || inner.answer(&world, || choices.get(Variable(1)).ok_or(Pending(Variable(1))));
            let _ = inner();
            outer.answer(&world, inner)
        };
        let open = Choices::default();
        assert_eq!(ask(&open.with(Variable(1), 4)), Ok(4));
        assert_eq!(ask(&open.with(Variable(1), 5)), Ok(5));
    }

    #[test]
    fn what_hangs_on_all_choices_is_asked_again() {
        let arena = Bump::new();
        for variable in [126, 127, 128, u32::MAX] {
            let memo = Memo::default();
            let ask = |choices: &Choices| {
                memo.answer(&World { arena: &arena, choices }, || {
                    choices.get(Variable(variable)).ok_or(Pending(Variable(variable)))
                })
            };
            let open = Choices::default();
            let chosen = open.with(Variable(variable), 2);
            assert_eq!((ask(&open), ask(&chosen)), (Err(Pending(Variable(variable))), Ok(2)));
            assert_eq!(ask(&open.with(Variable(variable), 3)), Ok(3));
        }
        let memo = Memo::default();
        let ask = |choices: &Choices| memo.answer(&World { arena: &arena, choices }, || Ok(choices.made().len()));
        let open = Choices::default();
        assert_eq!((ask(&open), ask(&open.with(Variable(1), 1))), (Ok(0), Ok(1)));
    }

    #[test]
    fn answers_that_hang_on_a_few_variables_are_remembered_whatever_their_numbers() {
        let arena = Bump::new();
        for (asked, times) in [(&[130, 1_000, 3, 131, 132][..], 1), (&[130, 131, 132, 133, 134], 2)] {
            let (memo, count) = (Memo::default(), Cell::new(0));
            let ask = |choices: &Choices| {
                memo.answer(&World { arena: &arena, choices }, || {
                    count.set(count.get() + 1);
                    Ok(asked.iter().filter_map(|number| choices.get(Variable(*number))).sum::<u16>())
                })
            };
            let chosen = Choices::default().with(Variable(130), 1).with(Variable(131), 4);
            assert_eq!((ask(&chosen), ask(&chosen), count.get()), (Ok(5), Ok(5), times), "{asked:?}");
            let other = Choices::default().with(Variable(131), 5).with(Variable(130), 1);
            assert_eq!(ask(&other), Ok(6), "{asked:?}");
        }
    }
}
