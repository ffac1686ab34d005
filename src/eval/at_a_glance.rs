//! Clauses that are answered at a glance: keys that lead to a known value or nowhere, and what is asked of it by itself or
//! against a literal. Most of what filters ask is of this kind; the general way makes lists of what it finds and of what it
//! answers.

use crate::guard::Operator;
use crate::value::{Kind, Value};

use super::constant::Constant;
use super::evaluator::{Evaluator, Scope};
use super::item::Item;
use super::outcome::Interrupt;
use super::program::{AccessClause, Operand, Part, Query};
use super::statuses::{Statuses, Verdict};

/// Whether a clause may be answered at a glance, as far as its text tells.
pub(super) fn is_simple(query: &Query, operator: Operator, right: Option<&Operand>) -> bool {
    let keys = query.parts.iter().all(|part| match part {
        Part::This => true,
        Part::Key(key) => key.index.is_none(),
        _ => false,
    });
    let scalar = |constant: &Constant| {
        matches!(constant, Constant::String(_) | Constant::Regex(_) | Constant::Bool(_) | Constant::Integer(_))
    };
    keys && match (operator, right) {
        (_, None) => true,
        (Operator::Equal, Some(Operand::Literal(literal))) => scalar(literal),
        // Of an empty list both `in` and `not in` fail.
        (Operator::In, Some(Operand::Literal(Constant::List(literals)))) => {
            !literals.is_empty() && literals.iter().all(scalar)
        }
        _ => false,
    }
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// What a clause comes to that is answered at a glance. `None` for any other, and where there is a failure to tell.
    pub(super) fn at_a_glance(
        &mut self,
        access: &'p AccessClause,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Option<Verdict>, Interrupt> {
        let Item::Node(mut current) = scope.root else { return Ok(None) };
        if !access.simple {
            return Ok(None);
        }
        for part in &access.query.parts {
            let Part::Key(key) = part else { continue };
            self.step(access.query.span)?;
            let Kind::Map(map) = current.kind else { return Ok(None) };
            let found = match map.get(&key.text) {
                Some(entry) => self.present(entry.value)?,
                None => None,
            };
            match found {
                Some((value, false)) => current = value,
                Some((_, true)) => return Ok(None),
                None => {
                    let elsewhere = map.entries().iter().any(|entry| key.may_be_spelled(entry.key));
                    let known = access.right.is_none() && !elsewhere;
                    // What is not there is empty, and nothing else.
                    return Ok(if known { self.glanced(access, access.operator == Operator::Empty) } else { None });
                }
            }
        }
        let holds = match &access.right {
            None => self.is(access.operator, current.kind)?,
            Some(Operand::Literal(Constant::List(literals))) => {
                literals.iter().try_fold(false, |any, literal| Some(any || equals(current.kind, literal)?))
            }
            Some(Operand::Literal(literal)) => equals(current.kind, literal),
            Some(_) => None,
        };
        Ok(holds.and_then(|holds| self.glanced(access, holds)))
    }

    /// The verdict of a clause that holds or not; `None` where there is a failure to tell.
    fn glanced(&mut self, access: &AccessClause, holds: bool) -> Option<Verdict> {
        let passes = holds != (access.negated != access.inverted);
        if !passes && self.collecting {
            return None;
        }
        self.take_noted();
        Some(Verdict::sure(if passes { Statuses::PASS } else { Statuses::FAIL }))
    }

    /// Whether a value is what an operator without a right side asks for; `None` where that takes more than a look.
    fn is(&mut self, operator: Operator, kind: Kind<'a>) -> Result<Option<bool>, Interrupt> {
        let of_type = match (operator, kind) {
            (Operator::Exists, _) => return Ok(Some(true)),
            (Operator::Empty, Kind::String(text)) => return Ok(Some(text.is_empty())),
            (Operator::Empty, Kind::List(items)) => return self.is_nothing(items.first().copied()),
            (Operator::Empty, Kind::Map(map)) => {
                return self.is_nothing(map.entries().first().map(|entry| entry.value));
            }
            (Operator::Empty, _) => return Ok(None),
            (_, Kind::String(_)) => Operator::IsString,
            (_, Kind::List(_)) => Operator::IsList,
            (_, Kind::Map(_)) => Operator::IsStruct,
            (_, Kind::Bool(_)) => Operator::IsBool,
            (_, Kind::Integer(_)) => Operator::IsInt,
            (_, Kind::Float(_)) => Operator::IsFloat,
            (_, Kind::Null) => Operator::IsNull,
            _ => return Ok(None),
        };
        Ok(Some(operator == of_type))
    }

    /// Whether a list or map is empty that begins like this: one value that is there is enough, and nobody need know the
    /// others.
    fn is_nothing(&mut self, first: Option<Value<'a>>) -> Result<Option<bool>, Interrupt> {
        let Some(first) = first else { return Ok(Some(true)) };
        let there = matches!(self.present(first)?, Some((_, false)));
        Ok(there.then_some(false))
    }
}

/// Whether a value is what a literal says; `None` where that takes more than a look.
fn equals(kind: Kind<'_>, literal: &Constant) -> Option<bool> {
    match (kind, literal) {
        (Kind::String(text), Constant::String(other)) => Some(text == other),
        (Kind::String(text), Constant::Regex(pattern)) => pattern.is_match(text).ok(),
        (Kind::Bool(value), Constant::Bool(other)) => Some(value == *other),
        (Kind::Integer(value), Constant::Integer(other)) => Some(value == *other),
        _ => None,
    }
}
