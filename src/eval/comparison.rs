//! Comparing two values, of which some or all may be unknown.

use std::cmp::Ordering;

use crate::guard::{Operator, Range};
use crate::text::Span;
use crate::value::{Piece, Shape, Unknown};

use super::automaton::{Part, Possible, equals};
use super::evaluator::Evaluator;
use super::item::{Entries, Item, Items, View};
use super::outcome::Interrupt;
use super::statuses::Statuses;

/// What a comparison can come to: a set of true, false and not comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer(u8);

impl Answer {
    const NONE: Self = Self(0);
    pub(super) const TRUE: Self = Self(1);
    pub(super) const FALSE: Self = Self(2);
    /// The two cannot be compared, which fails an operator and its negation alike.
    pub(super) const NEITHER: Self = Self(4);
    /// True or false.
    pub(super) const UNSURE: Self = Self(3);
    pub(super) const ANY: Self = Self(7);

    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::TRUE } else { Self::FALSE }
    }

    fn possible(possible: Possible) -> Self {
        let yes = if possible.yes { Self::TRUE } else { Self::NONE };
        let no = if possible.no { Self::FALSE } else { Self::NONE };
        yes.union(no)
    }

    fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn may_be(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The statuses of a clause that asks this, or its negation.
    pub(super) fn statuses(self, negated: bool) -> Statuses {
        let (pass, fail) = if negated { (Self::FALSE, Self::TRUE) } else { (Self::TRUE, Self::FALSE) };
        let mut statuses = Statuses::NONE;
        if self.may_be(pass) {
            statuses = statuses.union(Statuses::PASS);
        }
        if self.may_be(fail) || self.may_be(Self::NEITHER) {
            statuses = statuses.union(Statuses::FAIL);
        }
        statuses
    }

    /// Not comparable counts as different.
    fn strict(self) -> Self {
        if self.may_be(Self::NEITHER) { Self(self.0 & 3).union(Self::FALSE) } else { self }
    }
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// `==` of two values.
    pub(super) fn equal(&mut self, left: View<'p, 'a>, right: View<'p, 'a>, span: Span) -> Result<Answer, Interrupt> {
        self.step(span)?;
        Ok(match (left, right) {
            (View::List(left), View::List(right)) => {
                self.deeper(span, |this| this.equal_lists(left, right, false, span))?
            }
            (View::Map(left), View::Map(right)) => {
                self.deeper(span, |this| this.equal_maps(left, right, false, span))?
            }
            (View::Integer(value), View::RangeInteger(range)) => Answer::of(within(value, range)),
            (View::Float(value), View::RangeFloat(range)) => Answer::of(within(value, range)),
            (View::Char(value), View::RangeChar(range)) => Answer::of(within(value, range)),
            (View::Integer(value), View::RangeFloat(range)) if self.newer() => {
                Answer::of(within_mixed(range, |bound| compare_integer_to_float(value, *bound)))
            }
            (View::Float(value), View::RangeInteger(range)) if self.newer() => {
                Answer::of(within_mixed(range, |bound| compare_integer_to_float(*bound, value).map(Ordering::reverse)))
            }
            (left, right) => match self.equal_scalars(left, right, span)? {
                Some(answer) => answer,
                None => match self.order(left, right) {
                    Some(Some(ordering)) => Answer::of(ordering == Ordering::Equal),
                    Some(None) => Answer::NEITHER,
                    None => self.equal_unknown(left, right),
                },
            },
        })
    }

    /// Whether two values are the same when one of them is looked for among others.
    pub(super) fn same(&mut self, left: View<'p, 'a>, right: View<'p, 'a>, span: Span) -> Result<Answer, Interrupt> {
        self.step(span)?;
        let newer = self.newer();
        Ok(match (left, right) {
            (View::List(left), View::List(right)) => {
                self.deeper(span, |this| this.equal_lists(left, right, true, span))?
            }
            (View::Map(left), View::Map(right)) => {
                self.deeper(span, |this| this.equal_maps(left, right, true, span))?
            }
            (View::Integer(value), View::RangeInteger(range)) if !newer => Answer::of(within(value, range)),
            (View::Float(value), View::RangeFloat(range)) if !newer => Answer::of(within(value, range)),
            (View::Char(value), View::RangeChar(range)) if !newer => Answer::of(within(value, range)),
            // In the default dialect a range equals itself, being the same object, and no other range.
            (View::RangeInteger(left), View::RangeInteger(right)) if std::ptr::eq(left, right) => Answer::of(true),
            (View::RangeFloat(left), View::RangeFloat(right)) if std::ptr::eq(left, right) => Answer::of(true),
            (View::RangeChar(left), View::RangeChar(right)) if std::ptr::eq(left, right) => Answer::of(true),
            (View::RangeInteger(left), View::RangeInteger(right)) if newer => Answer::of(left == right),
            (View::RangeFloat(left), View::RangeFloat(right)) if newer => Answer::of(left == right),
            (View::RangeChar(left), View::RangeChar(right)) if newer => Answer::of(left == right),
            (left, right) => match self.equal_scalars(left, right, span)? {
                Some(answer) => answer,
                None => match self.order(left, right) {
                    Some(ordering) => Answer::of(ordering == Some(Ordering::Equal)),
                    None => self.equal_unknown(left, right).strict(),
                },
            },
        })
    }

    /// Patterns, Booleans and texts of which parts are unknown; `None` for other pairs.
    fn equal_scalars(
        &mut self,
        left: View<'p, 'a>,
        right: View<'p, 'a>,
        span: Span,
    ) -> Result<Option<Answer>, Interrupt> {
        let fail = |message: String| Interrupt::error(message, span);
        Ok(Some(match (left, right) {
            (View::String(text), View::Regex(pattern)) | (View::Regex(pattern), View::String(text)) => {
                Answer::of(pattern.is_match(text).map_err(fail)?)
            }
            (View::Regex(left), View::Regex(right)) => Answer::of(left.text() == right.text()),
            (View::Bool(left), View::Bool(right)) => Answer::of(left == right),
            // What AWS owns is not made by a stack.
            (View::Regex(pattern), View::Reference(reference)) | (View::Reference(reference), View::Regex(pattern))
                if reference.attribute.is_none() && pattern.text().contains(":iam::aws:") =>
            {
                Answer::FALSE
            }
            (View::Regex(pattern), text) | (text, View::Regex(pattern)) => {
                let Some(parts) = self.parts(text) else { return Ok(None) };
                let answer = pattern.possible(&parts);
                self.note_parts(text);
                Answer::possible(answer)
            }
            _ => return Ok(None),
        }))
    }

    /// The order of two known values: `Some(None)` when they have none, `None` when a value is not known.
    fn order(&self, left: View<'p, 'a>, right: View<'p, 'a>) -> Option<Option<Ordering>> {
        Some(match (left, right) {
            (View::Null, View::Null) => Some(Ordering::Equal),
            (View::Integer(left), View::Integer(right)) => Some(left.cmp(&right)),
            (View::String(left), View::String(right)) => Some(left.cmp(right)),
            (View::Float(left), View::Float(right)) => left.partial_cmp(&right),
            (View::Char(left), View::Char(right)) => Some(left.cmp(&right)),
            (View::Integer(left), View::Float(right)) if self.newer() => compare_integer_to_float(left, right),
            (View::Float(left), View::Integer(right)) if self.newer() => {
                compare_integer_to_float(right, left).map(Ordering::reverse)
            }
            (View::Unknown(_) | View::Reference(_) | View::Partial(_), _)
            | (_, View::Unknown(_) | View::Reference(_) | View::Partial(_)) => return None,
            _ => None,
        })
    }

    /// `<`, `<=`, `>`, `>=`.
    pub(super) fn ordered(
        &mut self,
        operator: Operator,
        left: View<'p, 'a>,
        right: View<'p, 'a>,
        span: Span,
    ) -> Result<Answer, Interrupt> {
        self.step(span)?;
        Ok(match self.order(left, right) {
            Some(None) => Answer::NEITHER,
            Some(Some(ordering)) => Answer::of(match operator {
                Operator::Less => ordering.is_lt(),
                Operator::LessOrEqual => ordering.is_le(),
                Operator::Greater => ordering.is_gt(),
                _ => ordering.is_ge(),
            }),
            None => {
                self.note_parts(left);
                self.note_parts(right);
                match (is_text(left), is_text(right)) {
                    (Some(true), Some(true)) => Answer::UNSURE,
                    (Some(left), Some(right)) if left != right => Answer::NEITHER,
                    (Some(false), Some(false)) => Answer::NEITHER,
                    _ => Answer::ANY,
                }
            }
        })
    }

    /// Whether a text has another one in it.
    pub(super) fn contains(&mut self, whole: &str, part: View<'p, 'a>) -> Answer {
        match part {
            View::String(part) => Answer::of(whole.contains(part)),
            // A text that AWS makes up does not stand in a rule.
            View::Reference(_) => Answer::FALSE,
            View::Unknown(unknown) => match unknown.shape {
                Shape::Identifier | Shape::Secret => Answer::FALSE,
                Shape::Text => {
                    self.note(unknown);
                    Answer::UNSURE
                }
                Shape::List | Shape::Any | Shape::MaybeAbsent => {
                    self.note(unknown);
                    Answer::ANY
                }
            },
            View::Partial(pieces) => {
                let longest = pieces.iter().all(|piece| match piece {
                    Piece::Text(text) => whole.contains(text),
                    Piece::Unknown(_) | Piece::Reference(_) => true,
                });
                self.note_parts(part);
                if longest { Answer::UNSURE } else { Answer::FALSE }
            }
            _ => Answer::NEITHER,
        }
    }

    /// Whether a text that is not wholly known has `part` in it: also one that AWS makes up may.
    pub(super) fn may_contain(&mut self, whole: View<'p, 'a>, part: &str) -> Answer {
        let surely = part.is_empty()
            || match whole {
                View::Partial(pieces) => {
                    pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(part)))
                }
                _ => false,
            };
        if surely {
            return Answer::TRUE;
        }
        self.note_parts(whole);
        Answer::UNSURE
    }

    /// Equality where at least one side is unknown, a reference or a text with gaps.
    fn equal_unknown(&mut self, left: View<'p, 'a>, right: View<'p, 'a>) -> Answer {
        let answer = match (left, right) {
            (View::Reference(left), View::Reference(right)) => Answer::of(left == right),
            (View::Partial(pieces), View::String(text)) | (View::String(text), View::Partial(pieces)) => {
                Answer::possible(equals(&parts_of(pieces), text))
            }
            (View::Partial(left), View::Partial(right)) => equal_partials(left, right),
            (View::String(_), other) | (other, View::String(_)) => match other {
                View::Reference(_) => Answer::FALSE,
                View::Unknown(unknown) => match unknown.shape {
                    Shape::Identifier | Shape::Secret => Answer::FALSE,
                    Shape::Text => Answer::UNSURE,
                    Shape::List => Answer::NEITHER,
                    Shape::Any | Shape::MaybeAbsent => Answer::ANY,
                },
                _ => Answer::ANY,
            },
            (left, right) => match (is_text(left), is_text(right)) {
                (Some(true), Some(true)) => Answer::UNSURE,
                (Some(left), Some(right)) if left != right => Answer::NEITHER,
                _ => Answer::ANY,
            },
        };
        if !matches!(answer, Answer::TRUE | Answer::FALSE | Answer::NEITHER) {
            self.note_parts(left);
            self.note_parts(right);
        }
        answer
    }

    fn equal_lists(
        &mut self,
        left: Items<'p, 'a>,
        right: Items<'p, 'a>,
        among: bool,
        span: Span,
    ) -> Result<Answer, Interrupt> {
        let (left, right) = (self.items(left)?, self.items(right)?);
        if left.iter().chain(&right).any(|(_, maybe)| *maybe) {
            for (item, _) in left.iter().chain(&right) {
                self.note_parts(item.view());
            }
            return Ok(if among { Answer::UNSURE } else { Answer::ANY });
        }
        if left.len() != right.len() {
            return Ok(Answer::FALSE);
        }
        let mut answer = Answer::NONE;
        for ((left, _), (right, _)) in left.iter().zip(&right) {
            let pair = self.equal_pair(*left, *right, among, span)?;
            answer = answer.union(Answer(pair.0 & !Answer::TRUE.0));
            if !pair.may_be(Answer::TRUE) {
                return Ok(answer);
            }
        }
        Ok(answer.union(Answer::TRUE))
    }

    fn equal_pair(
        &mut self,
        left: Item<'p, 'a>,
        right: Item<'p, 'a>,
        among: bool,
        span: Span,
    ) -> Result<Answer, Interrupt> {
        if among { self.same(left.view(), right.view(), span) } else { self.equal(left.view(), right.view(), span) }
    }

    fn equal_maps(
        &mut self,
        left: Entries<'p, 'a>,
        right: Entries<'p, 'a>,
        among: bool,
        span: Span,
    ) -> Result<Answer, Interrupt> {
        let left = self.entries_there(left)?;
        let right = self.entries_there(right)?;
        if left.iter().chain(&right).any(|(_, _, maybe)| *maybe) {
            for (_, item, _) in left.iter().chain(&right) {
                self.note_parts(item.view());
            }
            return Ok(if among { Answer::UNSURE } else { Answer::ANY });
        }
        if left.len() != right.len() {
            return Ok(Answer::FALSE);
        }
        let right: std::collections::BTreeMap<&str, Item<'p, 'a>> =
            right.iter().map(|(key, item, _)| (*key, *item)).collect();
        let mut answer = Answer::NONE;
        for (key, left, _) in left {
            let pair = match right.get(key) {
                Some(right) => self.equal_pair(left, *right, among, span)?,
                None => Answer::FALSE,
            };
            answer = answer.union(Answer(pair.0 & !Answer::TRUE.0));
            if !pair.may_be(Answer::TRUE) {
                return Ok(answer);
            }
        }
        Ok(answer.union(Answer::TRUE))
    }

    fn entries_there(&mut self, entries: Entries<'p, 'a>) -> Result<Vec<(&'p str, Item<'p, 'a>, bool)>, Interrupt> {
        match entries {
            Entries::Constants(entries) => {
                Ok(entries.iter().map(|entry| (entry.key_text(), Item::Constant(&entry.value), false)).collect())
            }
            Entries::Nodes(map) => {
                let mut there = Vec::with_capacity(map.entries().len());
                for entry in map.entries() {
                    if let Some((value, maybe)) = self.present(entry.value)? {
                        there.push((entry.key, Item::Node(value), maybe));
                    }
                }
                Ok(there)
            }
        }
    }

    /// The values of a map that are there, or may be.
    pub(super) fn values(&mut self, entries: Entries<'p, 'a>) -> Result<Vec<(Item<'p, 'a>, bool)>, Interrupt> {
        Ok(self.entries_there(entries)?.into_iter().map(|(_, item, maybe)| (item, maybe)).collect())
    }

    /// The parts of a text that is not wholly known; `None` for everything else.
    fn parts(&self, view: View<'p, 'a>) -> Option<Vec<Part<'p>>> {
        match view {
            View::Reference(_) => Some(vec![Part::Gap { filled: true, plain: false }]),
            View::Partial(pieces) => Some(parts_of(pieces)),
            View::Unknown(unknown) => match unknown.shape {
                Shape::Text | Shape::Identifier | Shape::Secret => Some(vec![gap(unknown)]),
                Shape::List | Shape::Any | Shape::MaybeAbsent => None,
            },
            _ => None,
        }
    }

    /// Notes the unknowns that a value has on its surface.
    pub(super) fn note_parts(&mut self, view: View<'p, 'a>) {
        match view {
            View::Unknown(unknown) => self.note(unknown),
            View::Partial(pieces) => {
                for piece in pieces {
                    if let Piece::Unknown(unknown) = piece {
                        self.note(unknown);
                    }
                }
            }
            _ => {}
        }
    }
}

fn gap(unknown: &Unknown<'_>) -> Part<'static> {
    match unknown.shape {
        _ if unknown.is_word() => Part::Word,
        Shape::Identifier => Part::Gap { filled: true, plain: true },
        Shape::Secret => Part::Gap { filled: true, plain: false },
        Shape::Text | Shape::List | Shape::Any | Shape::MaybeAbsent => Part::Gap { filled: false, plain: false },
    }
}

fn parts_of<'t>(pieces: &'t [Piece<'t>]) -> Vec<Part<'t>> {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => Part::Known(text),
            Piece::Unknown(unknown) => gap(unknown),
            Piece::Reference(_) => Part::Gap { filled: true, plain: false },
        })
        .collect()
}

/// Two texts with gaps: the same pieces are the same text; different known ends are different texts.
fn equal_partials(left: &[Piece<'_>], right: &[Piece<'_>]) -> Answer {
    let same = |pair: (&Piece<'_>, &Piece<'_>)| match pair {
        (Piece::Unknown(left), Piece::Unknown(right)) => std::ptr::eq(*left, *right),
        (left, right) => left == right,
    };
    if left.len() == right.len() && left.iter().zip(right).all(same) {
        return Answer::TRUE;
    }
    let differ = |left: Option<&Piece<'_>>, right: Option<&Piece<'_>>, from_end: bool| match (left, right) {
        (Some(Piece::Text(left)), Some(Piece::Text(right))) => {
            if from_end {
                left.bytes().rev().zip(right.bytes().rev()).any(|(left, right)| left != right)
            } else {
                left.bytes().zip(right.bytes()).any(|(left, right)| left != right)
            }
        }
        _ => false,
    };
    if differ(left.first(), right.first(), false) || differ(left.last(), right.last(), true) {
        return Answer::FALSE;
    }
    Answer::UNSURE
}

/// Whether a value is a text: `None` when that is not known.
fn is_text(view: View<'_, '_>) -> Option<bool> {
    match view {
        View::String(_) | View::Reference(_) | View::Partial(_) => Some(true),
        View::Unknown(unknown) => match unknown.shape {
            Shape::Text | Shape::Identifier | Shape::Secret => Some(true),
            Shape::List => Some(false),
            Shape::Any | Shape::MaybeAbsent => None,
        },
        _ => Some(false),
    }
}

fn within<T: PartialOrd>(value: T, range: &Range<T>) -> bool {
    let above = if range.low_inclusive { value >= range.low } else { value > range.low };
    let below = if range.high_inclusive { value <= range.high } else { value < range.high };
    above && below
}

fn within_mixed<T>(range: &Range<T>, compare: impl Fn(&T) -> Option<Ordering>) -> bool {
    let above = compare(&range.low).is_some_and(|order| order.is_gt() || (order.is_eq() && range.low_inclusive));
    let below = compare(&range.high).is_some_and(|order| order.is_lt() || (order.is_eq() && range.high_inclusive));
    above && below
}

/// The exact order of an integer and a float; `None` for a float that is not a number.
fn compare_integer_to_float(integer: i64, float: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        return None;
    }
    if float >= LIMIT {
        return Some(Ordering::Less);
    }
    if float < -LIMIT {
        return Some(Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range of integers, and its fraction is cut off")]
    let whole = float.trunc() as i64;
    Some(integer.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal)))
}
