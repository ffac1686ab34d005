//! What operators answer for the results of two queries.

use crate::guard::Operator;
use crate::text::Span;
use crate::value::Shape;

use super::comparison::Answer;
use super::evaluator::Evaluator;
use super::item::{Found, Item, Items, Rest, View};
use super::outcome::Interrupt;
use super::program::AccessClause;
use super::statuses::{Hinges, Status, Statuses};

/// One answer of an operator: most operators give one for each value on the left.
pub(super) struct Vote<'p, 'a> {
    /// Pass, fail, or both.
    pub(super) statuses: Statuses,
    /// It may not be given at all.
    pub(super) maybe: bool,
    /// The value on the left.
    pub(super) item: Item<'p, 'a>,
    /// Why there is no value on the left.
    pub(super) missing: Option<Rest<'p>>,
    pub(super) hinges: Hinges,
}

/// The answers of an operator.
pub(super) struct Votes<'p, 'a> {
    pub(super) votes: Vec<Vote<'p, 'a>>,
    /// Comparing lists item by item may have left nothing to compare.
    pub(super) may_be_empty: bool,
    /// Whether the clause asks for the opposite.
    pub(super) negated: bool,
    pub(super) span: Span,
}

impl<'p, 'a> Votes<'p, 'a> {
    pub(super) fn new(clause: &AccessClause) -> Self {
        Self {
            votes: Vec::new(),
            may_be_empty: false,
            negated: clause.negated != clause.inverted,
            span: clause.legend.span,
        }
    }

    fn add(&mut self, statuses: Statuses, found: &Found<'p, 'a>, maybe: bool, hinges: Hinges) {
        // What may lead nowhere may give no other answer than the fail for that.
        let maybe = maybe || found.open;
        self.votes.push(Vote {
            statuses,
            maybe: maybe || found.maybe,
            item: found.item,
            missing: found.missing,
            hinges: hinges.union(found.hinges),
        });
    }

    fn unresolved(&mut self, found: &Found<'p, 'a>) {
        self.add(Statuses::FAIL, found, false, Hinges::NONE);
    }
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// `==`, `!=`, `in`, `<` and so on, both sides not empty.
    pub(super) fn compare(
        &mut self,
        operator: Operator,
        left: &[Found<'p, 'a>],
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        self.take_noted();
        for found in left.iter().filter(|found| found.open) {
            // Where it leads nowhere it fails, even if there is nothing to compare it with.
            votes.add(Statuses::FAIL, found, true, found.hinges);
        }
        let literal = |side: &[Found<'p, 'a>]| match side {
            [one] if one.literal => Some(*one),
            _ => None,
        };
        match (operator, literal(left), literal(right)) {
            (Operator::Equal, Some(left), Some(right)) => self.vote_equal(&left, left.item, &right, right.item, votes),
            (Operator::Equal, Some(left), None) => self.literal_equals(&left, right, votes),
            (Operator::Equal, None, Some(right)) => self.equals_literal(left, &right, votes),
            (Operator::Equal, None, None) => self.equal_sets(left, right, votes),
            (Operator::In, Some(left), Some(right)) => self.literal_in_literal(&left, &right, votes),
            (Operator::In, Some(left), None) => self.literal_in(&left, right, votes),
            (Operator::In, None, Some(right)) => self.in_literal(left, &right, votes),
            (Operator::In, None, None) => self.in_results(left, right, votes),
            _ => self.order_pairs(operator, left, right, votes),
        }
    }

    fn vote_equal(
        &mut self,
        left: &Found<'p, 'a>,
        item: Item<'p, 'a>,
        right: &Found<'p, 'a>,
        other: Item<'p, 'a>,
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        let answer = self.equal(item.view(), other.view(), votes.span)?;
        self.vote(answer.statuses(votes.negated), left, item, right, false, votes);
        Ok(())
    }

    /// Counts the answer for a pair of values.
    fn vote(
        &mut self,
        statuses: Statuses,
        left: &Found<'p, 'a>,
        item: Item<'p, 'a>,
        right: &Found<'p, 'a>,
        maybe: bool,
        votes: &mut Votes<'p, 'a>,
    ) {
        let hinges = self.take_noted().union(right.hinges);
        let statuses = if right.open { statuses.union(Statuses::FAIL) } else { statuses };
        votes.add(statuses, &Found { item, ..*left }, maybe || right.maybe, hinges);
    }

    /// The values that a value stands for where lists are compared item by item. Unknown lists stand for any number
    /// of unknown values.
    fn expanded(
        &mut self,
        item: Item<'p, 'a>,
        votes: &mut Votes<'p, 'a>,
    ) -> Result<Vec<(Item<'p, 'a>, bool)>, Interrupt> {
        Ok(match item.view() {
            View::List(items) => {
                let items = self.items(items)?;
                votes.may_be_empty |= items.iter().all(|(_, maybe)| *maybe);
                items
            }
            View::Unknown(unknown) => match unknown.shape {
                Shape::Any | Shape::MaybeAbsent => {
                    votes.may_be_empty = true;
                    vec![(item, true)]
                }
                Shape::List => {
                    votes.may_be_empty = true;
                    let (text, _) = self.unknown(Shape::Text, item);
                    vec![(text, true)]
                }
                Shape::Text | Shape::Identifier | Shape::Secret => vec![(item, false)],
            },
            _ => vec![(item, false)],
        })
    }

    fn literal_equals(
        &mut self,
        left: &Found<'p, 'a>,
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        for other in right {
            if other.missing.is_some() {
                self.vote(Statuses::FAIL, left, left.item, other, false, votes);
            } else if left.item.is_list() {
                self.vote_equal(left, left.item, other, other.item, votes)?;
            } else {
                for (item, maybe) in self.expanded(other.item, votes)? {
                    let answer = self.equal(left.item.view(), item.view(), votes.span)?;
                    self.vote(answer.statuses(votes.negated), left, left.item, other, maybe, votes);
                }
            }
        }
        Ok(())
    }

    fn equals_literal(
        &mut self,
        left: &[Found<'p, 'a>],
        right: &Found<'p, 'a>,
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        let single = match right.item.view() {
            View::List(Items::Constants([single])) => Some(Some(Item::Constant(single))),
            View::List(_) => Some(None),
            _ => None,
        };
        for found in left {
            if found.missing.is_some() {
                votes.unresolved(found);
                continue;
            }
            match single {
                Some(single) => {
                    let whole = matches!(found.item.view(), View::List(_) | View::Map(_));
                    let other = single.filter(|_| !whole).unwrap_or(right.item);
                    self.vote_equal(found, found.item, right, other, votes)?;
                }
                None => {
                    for (item, maybe) in self.expanded(found.item, votes)? {
                        let answer = self.equal(item.view(), right.item.view(), votes.span)?;
                        self.vote(answer.statuses(votes.negated), found, item, right, maybe, votes);
                    }
                }
            }
        }
        Ok(())
    }

    /// Two selections compared as sets: the values of the longer side that the other side lacks.
    fn equal_sets(
        &mut self,
        left: &[Found<'p, 'a>],
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        let (values, others) = (there(left), there(right));
        self.vote_unresolved(left, &values, right, votes);
        let unsure = |found: &&Found<'p, 'a>| found.maybe || found.many || found.open;
        let one_each = match (left, right) {
            ([left], [right]) => {
                [left, right].iter().all(|found| !found.many && !found.open && found.missing.is_none())
            }
            _ => false,
        };
        if left.iter().chain(right).any(|found| unsure(&found)) && !one_each {
            let hinges = self.hinges_of(left.iter().chain(right));
            for found in values.iter().take(1) {
                votes.add(Statuses::PASS_OR_FAIL, found, true, hinges);
            }
            // The same comparison may give no answer at all only when everything on the left may lead nowhere.
            if left.iter().all(|found| found.missing.is_some() || unsure(&found)) {
                votes.may_be_empty = true;
            }
            return Ok(());
        }
        let from_left = values.len() > others.len();
        let (longer, shorter) = if from_left { (&values, &others) } else { (&others, &values) };
        let shorter: Vec<(Item<'p, 'a>, bool)> = shorter.iter().map(|found| (found.item, false)).collect();
        let mut lacking = Vec::with_capacity(longer.len());
        for found in longer {
            lacking.push(self.among(found.item, &shorter, votes.span)?);
        }
        let hinges = self.take_noted();
        let all_there = lacking.iter().all(|answer| answer.may_be(Answer::TRUE));
        let surely_all_there = lacking.iter().all(|answer| *answer == Answer::TRUE);
        // The negation asks of the right side unless there are more results on the left, those that led nowhere
        // included: whether none of its values is left when the lacking ones are taken away.
        let asks_right = right.len() >= left.len();
        let (statuses, of_lacking) = if votes.negated {
            let none_common = if asks_right != from_left {
                lacking.iter().all(|answer| answer.may_be(Answer::FALSE))
            } else {
                shorter.is_empty()
            };
            let surely_common = !none_common || surely_all_there;
            let may_be_common = lacking.iter().any(|answer| answer.may_be(Answer::TRUE)) || surely_common;
            let mut statuses = Statuses::NONE;
            if !surely_common {
                statuses = statuses.union(Statuses::PASS);
            }
            if may_be_common {
                statuses = statuses.union(Statuses::FAIL);
            }
            (statuses, false)
        } else {
            let mut statuses = Statuses::NONE;
            if all_there {
                statuses = statuses.union(Statuses::PASS);
            }
            if !surely_all_there {
                statuses = statuses.union(Statuses::FAIL);
            }
            (statuses, from_left)
        };
        let hinges = others.iter().fold(hinges, |hinges, found| hinges.union(found.hinges));
        let maybe = others.iter().any(|found| found.maybe);
        let mut voted = false;
        if of_lacking && statuses.contains(Status::Fail) {
            for (found, answer) in values.iter().zip(&lacking) {
                if answer.may_be(Answer::FALSE) {
                    votes.add(statuses, found, maybe, hinges);
                    voted = true;
                }
            }
        }
        // Without a value on the left there is nothing that a pass could be given for.
        if !voted && let Some(first) = values.first() {
            votes.add(statuses, first, maybe, hinges);
        }
        Ok(())
    }

    fn hinges_of<'f>(&mut self, found: impl Iterator<Item = &'f Found<'p, 'a>>) -> Hinges
    where
        'p: 'f,
        'a: 'f,
    {
        let mut hinges = Hinges::NONE;
        for found in found {
            self.note_parts(found.item.view());
            hinges = hinges.union(found.hinges);
        }
        hinges.union(self.take_noted())
    }

    /// Results that led nowhere: each on the left is a fail, each on the right one for every value on the left.
    fn vote_unresolved(
        &mut self,
        left: &[Found<'p, 'a>],
        values: &[Found<'p, 'a>],
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) {
        for found in left.iter().filter(|found| found.missing.is_some()) {
            votes.unresolved(found);
        }
        for other in right.iter().filter(|other| other.missing.is_some() || other.open) {
            for found in values {
                self.vote(Statuses::FAIL, found, found.item, other, other.open, votes);
            }
        }
    }

    fn literal_in_literal(
        &mut self,
        left: &Found<'p, 'a>,
        right: &Found<'p, 'a>,
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        if let (View::String(part), View::String(whole)) = (left.item.view(), right.item.view())
            && whole.contains(part)
        {
            self.vote(Answer::TRUE.statuses(votes.negated), left, left.item, right, false, votes);
            return Ok(());
        }
        let statuses = self.contained(left.item, right.item, votes)?;
        self.vote(statuses, left, left.item, right, false, votes);
        Ok(())
    }

    fn literal_in(
        &mut self,
        left: &Found<'p, 'a>,
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        let others: Vec<Found<'p, 'a>> = right.iter().filter(|found| found.missing.is_none()).copied().collect();
        for other in right.iter().filter(|found| found.missing.is_some()) {
            self.vote(Statuses::FAIL, left, left.item, other, false, votes);
        }
        let may_be_list = others.iter().any(|other| match other.item.view() {
            View::Unknown(unknown) => matches!(unknown.shape, Shape::Any | Shape::MaybeAbsent | Shape::List),
            _ => other.open || (other.item.is_list() && other.maybe),
        });
        if may_be_list || (left.item.is_list() && others.iter().any(|other| other.maybe || other.many)) {
            let hinges = self.hinges_of(others.iter());
            votes.add(Statuses::PASS_OR_FAIL, left, others.iter().all(|other| other.maybe), hinges);
            return Ok(());
        }
        if others.iter().any(|other| other.item.is_list()) {
            for other in &others {
                let statuses = self.contained(left.item, other.item, votes)?;
                self.vote(statuses, left, left.item, other, false, votes);
            }
        } else if let View::List(items) = left.item.view() {
            let among: Vec<(Item<'p, 'a>, bool)> = others.iter().map(|other| (other.item, false)).collect();
            let mut answer = Answer::TRUE;
            for (item, _) in self.items(items)? {
                match self.among(item, &among, votes.span)? {
                    Answer::TRUE => {}
                    Answer::FALSE => {
                        answer = Answer::FALSE;
                        break;
                    }
                    _ => answer = Answer::UNSURE,
                }
            }
            let hinges = self.take_noted();
            // Not in: the list itself is never among what is lacking, so this cannot pass.
            let statuses = if votes.negated { Statuses::FAIL } else { answer.statuses(false) };
            votes.add(statuses, left, false, hinges);
        } else {
            for other in &others {
                let statuses = self.contained(left.item, other.item, votes)?;
                self.vote(statuses, left, left.item, other, false, votes);
            }
        }
        Ok(())
    }

    fn in_literal(
        &mut self,
        left: &[Found<'p, 'a>],
        right: &Found<'p, 'a>,
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        for found in left {
            if found.missing.is_some() {
                votes.unresolved(found);
                continue;
            }
            if let View::String(whole) = right.item.view() {
                for (item, maybe) in self.expanded(found.item, votes)? {
                    self.step(votes.span)?;
                    let answer = self.contains(whole, item.view());
                    self.vote(answer.statuses(votes.negated), found, item, right, maybe, votes);
                }
            } else {
                let statuses = self.contained(found.item, right.item, votes)?;
                self.vote(statuses, found, found.item, right, false, votes);
            }
        }
        Ok(())
    }

    /// One answer for all values on the left: whether each is contained in some value on the right.
    fn in_results(
        &mut self,
        left: &[Found<'p, 'a>],
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        let (values, others) = (there(left), there(right));
        self.vote_unresolved(left, &values, right, votes);
        let negated = std::mem::replace(&mut votes.negated, false);
        let mut answers = Vec::with_capacity(values.len());
        for found in &values {
            let mut answer = Answer::FALSE;
            for other in &others {
                let statuses = self.contained(found.item, other.item, votes)?;
                match statuses.sure() {
                    Some(Status::Pass) if !other.maybe && !other.open => {
                        answer = Answer::TRUE;
                        break;
                    }
                    Some(Status::Fail) => {}
                    _ => answer = Answer::UNSURE,
                }
            }
            answers.push((answer, self.take_noted()));
        }
        votes.negated = negated;
        let unsure = |found: &Found<'p, 'a>| found.maybe || found.open;
        let wanted = if negated { Answer::FALSE } else { Answer::TRUE };
        let opposite = if negated { Answer::TRUE } else { Answer::FALSE };
        // All values on the left must be as wanted. Those that may not be there can only spoil it.
        let may_pass = values.iter().zip(&answers).all(|(found, (answer, _))| answer.may_be(wanted) || unsure(found));
        let surely_fails =
            values.iter().zip(&answers).any(|(found, (answer, _))| *answer == opposite && !unsure(found));
        let may_fail = answers.iter().any(|(answer, _)| answer.may_be(opposite));
        let mut statuses = Statuses::NONE;
        if may_pass && !surely_fails {
            statuses = statuses.union(Statuses::PASS);
        }
        if may_fail || !may_pass {
            statuses = statuses.union(Statuses::FAIL);
        }
        let mut hinges = self.hinges_of(others.iter().filter(|other| unsure(other)));
        for (_, noted) in &answers {
            hinges = hinges.union(*noted);
        }
        let mut voted = false;
        for (found, (answer, _)) in values.iter().zip(&answers) {
            if answer.may_be(opposite) {
                votes.add(statuses, found, unsure(found) && values.iter().all(unsure), hinges);
                voted = true;
            }
        }
        if !voted && let Some(first) = values.first() {
            votes.add(statuses, first, values.iter().all(unsure), hinges);
        }
        if values.iter().all(unsure) {
            votes.may_be_empty = true;
        }
        Ok(())
    }

    /// Every value on the left with every value on the right, lists item by item.
    fn order_pairs(
        &mut self,
        operator: Operator,
        left: &[Found<'p, 'a>],
        right: &[Found<'p, 'a>],
        votes: &mut Votes<'p, 'a>,
    ) -> Result<(), Interrupt> {
        for found in left {
            if found.missing.is_some() {
                votes.unresolved(found);
                continue;
            }
            for (item, maybe) in self.expanded(found.item, votes)? {
                for other in right {
                    if other.missing.is_some() {
                        self.vote(Statuses::FAIL, found, item, other, maybe, votes);
                        continue;
                    }
                    for (other_item, other_maybe) in self.expanded(other.item, votes)? {
                        let answer = self.ordered(operator, item.view(), other_item.view(), votes.span)?;
                        self.vote(answer.statuses(votes.negated), found, item, other, maybe || other_maybe, votes);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The values of a selection that are there; the others led nowhere.
fn there<'p, 'a>(side: &[Found<'p, 'a>]) -> Vec<Found<'p, 'a>> {
    side.iter().filter(|found| found.missing.is_none()).copied().collect()
}
