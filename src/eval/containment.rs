//! Whether a value stands in another: the heart of `in`.

use crate::text::Span;
use crate::value::Shape;

use super::comparison::Answer;
use super::constant::Constant;
use super::evaluator::Evaluator;
use super::item::{Item, View};
use super::operators::Votes;
use super::outcome::Interrupt;
use super::statuses::Statuses;

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// Whether `value` is the same as one of `others`, of which each may be unsure to be there. The one looked among
    /// stands on the left: a range there does not mean its numbers.
    pub(super) fn among(
        &mut self,
        value: Item<'p, 'a>,
        others: &[(Item<'p, 'a>, bool)],
        span: Span,
    ) -> Result<Answer, Interrupt> {
        let mut answer = Answer::FALSE;
        for (other, maybe) in others {
            match self.same(other.view(), value.view(), span)? {
                Answer::TRUE if !maybe => return Ok(Answer::TRUE),
                Answer::FALSE => {}
                _ => answer = Answer::UNSURE,
            }
        }
        Ok(answer)
    }

    /// Whether `left` is contained in `right`; with the negation of the clause applied.
    pub(super) fn contained(
        &mut self,
        left: Item<'p, 'a>,
        right: Item<'p, 'a>,
        votes: &Votes<'p, 'a>,
    ) -> Result<Statuses, Interrupt> {
        let (negated, span) = (votes.negated, votes.span);
        let could_be_list = |view: View<'p, 'a>| match view {
            View::Unknown(unknown) => matches!(unknown.shape, Shape::Any | Shape::MaybeAbsent),
            _ => false,
        };
        let unknown_list = |view: View<'p, 'a>| match view {
            View::Unknown(unknown) => unknown.shape == Shape::List,
            _ => false,
        };
        let (left_view, right_view) = (left.view(), right.view());
        if could_be_list(left_view) || could_be_list(right_view) || unknown_list(left_view) || unknown_list(right_view)
        {
            self.note_parts(left_view);
            self.note_parts(right_view);
            let other_is_no_list = match (unknown_list(left_view), unknown_list(right_view)) {
                (true, false) => !right.is_list() && !could_be_list(right_view),
                _ => false,
            };
            return Ok(if other_is_no_list { Statuses::FAIL } else { Statuses::PASS_OR_FAIL });
        }
        Ok(match (left_view, right_view) {
            (View::List(items), View::List(others)) => {
                let (items, others) = (self.items(items)?, self.items(others)?);
                let nested = others.first().map(|(first, maybe)| (first.view(), *maybe));
                match nested {
                    Some((first, maybe)) if could_be_list(first) || unknown_list(first) || maybe => {
                        self.note_parts(first);
                        Statuses::PASS_OR_FAIL
                    }
                    Some((View::List(_), _)) => {
                        let answer = self.among(left, &others, span)?;
                        if !negated {
                            answer.statuses(false)
                        } else if items.is_empty() {
                            answer.statuses(true)
                        } else if items.iter().all(|(_, maybe)| *maybe) {
                            Statuses::PASS_OR_FAIL
                        } else {
                            Statuses::FAIL
                        }
                    }
                    _ => self.list_in_list(&items, &others, votes)?,
                }
            }
            (View::List(_), _) => Statuses::FAIL,
            (_, View::List(others)) => {
                let others = self.items(others)?;
                self.among(left, &others, span)?.statuses(negated)
            }
            (left, right) => self.equal(left, right, span)?.statuses(negated),
        })
    }

    /// Every item in the other list; negated, none of them.
    fn list_in_list(
        &mut self,
        items: &[(Item<'p, 'a>, bool)],
        others: &[(Item<'p, 'a>, bool)],
        votes: &Votes<'p, 'a>,
    ) -> Result<Statuses, Interrupt> {
        let (mut pass, mut fail) = (true, false);
        let wanted = if votes.negated { Answer::FALSE } else { Answer::TRUE };
        let mut unrecognised = Vec::new();
        for (item, maybe) in items {
            let answer = self.among(*item, others, votes.span)?;
            let holds = answer == wanted;
            fail |= !holds;
            pass &= *maybe || answer.may_be(wanted);
            if votes.negated && !self.equals_its_copy(*item) {
                unrecognised.push(*item);
            }
        }
        // What lacks is looked for among copies of all that lacks, and a range of the default dialect is no copy of itself.
        for item in unrecognised {
            let mut found = Answer::FALSE;
            for (other, _) in items {
                if self.equals_its_copy(*other) && self.same(other.view(), item.view(), votes.span)? == Answer::TRUE {
                    match self.among(*other, others, votes.span)? {
                        Answer::FALSE => found = Answer::TRUE,
                        Answer::UNSURE if found == Answer::FALSE => found = Answer::UNSURE,
                        _ => {}
                    }
                }
            }
            fail |= found != Answer::TRUE;
            pass &= found.may_be(Answer::TRUE);
        }
        if votes.negated && items.iter().all(|(_, maybe)| *maybe) {
            // An empty list is in every list.
            fail = true;
            pass = !items.is_empty();
        }
        let mut statuses = Statuses::NONE;
        if pass {
            statuses = statuses.union(Statuses::PASS);
        }
        if fail {
            statuses = statuses.union(Statuses::FAIL);
        }
        Ok(statuses)
    }

    /// Whether a value is the same as a copy of it.
    fn equals_its_copy(&self, item: Item<'p, 'a>) -> bool {
        fn holds(constant: &Constant, newer: bool) -> bool {
            match constant {
                Constant::RangeInteger(_) | Constant::RangeFloat(_) | Constant::RangeChar(_) => newer,
                Constant::List(items) => items.iter().all(|item| holds(item, newer)),
                Constant::Map(entries) => entries.iter().all(|entry| holds(&entry.value, newer)),
                _ => true,
            }
        }
        match item {
            Item::Constant(constant) => holds(constant, self.newer()),
            Item::Node(_) | Item::Char(_) => true,
        }
    }
}
