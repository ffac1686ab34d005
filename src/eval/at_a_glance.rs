//! Clauses that are answered at a glance: keys that lead to a known scalar, and a literal that it is held against. Most of
//! what filters ask is of this kind; the general way makes lists of what it finds and of what it answers.

use crate::guard::Operator;
use crate::value::Kind;

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
        (Operator::Exists, None) => true,
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
            let Some(entry) = map.get(&key.text) else { return Ok(None) };
            let Some((value, false)) = self.present(entry.value)? else { return Ok(None) };
            current = value;
        }
        let holds = match &access.right {
            None => Some(true),
            Some(Operand::Literal(Constant::List(literals))) => {
                literals.iter().try_fold(false, |any, literal| Some(any || equals(current.kind, literal)?))
            }
            Some(Operand::Literal(literal)) => equals(current.kind, literal),
            Some(_) => None,
        };
        let Some(holds) = holds else { return Ok(None) };
        let passes = holds != (access.negated != access.inverted);
        if !passes && self.collecting {
            return Ok(None);
        }
        self.take_noted();
        Ok(Some(Verdict::sure(if passes { Statuses::PASS } else { Statuses::FAIL })))
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
