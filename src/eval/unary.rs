//! Operators without a right side: `exists`, `empty`, `is_string` and the like.

use crate::guard::Operator;
use crate::value::{Piece, Shape};

use super::evaluator::{Evaluator, Role};
use super::item::{Found, Item, View};
use super::outcome::Interrupt;
use super::program::AccessClause;
use super::statuses::{Hinges, Statuses};

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// One result asked by an operator without a right side.
    pub(super) fn ask(
        &mut self,
        access: &AccessClause,
        found: &Found<'p, 'a>,
        selection: bool,
        lone: bool,
        role: Role,
    ) -> Result<(Statuses, Hinges), Interrupt> {
        let turned =
            |statuses: Statuses| if access.negated == access.inverted { statuses } else { statuses.inverted() };
        self.take_noted();
        let empty = access.operator == Operator::Empty;
        let missing = if empty { Statuses::PASS } else { Statuses::FAIL };
        if found.missing.is_some() {
            return Ok((turned(missing), found.hinges));
        }
        let statuses = if access.operator == Operator::Exists {
            Some(Statuses::PASS)
        } else if !empty {
            Some(self.is_of_type(access.operator, found.item))
        } else if selection && !(lone && self.newer()) {
            Some(self.is_null(found.item))
        } else {
            self.is_empty(found.item)?
        };
        let Some(statuses) = statuses else {
            if self.newer() && role == Role::Assertion {
                return Ok((Statuses::FAIL, found.hinges));
            }
            let message = "`empty` is asked of a value that is neither a text, a list nor a map";
            return Err(if found.maybe || found.open {
                Interrupt::error(message, access.legend.span)
            } else {
                Interrupt::unsupported(message, access.legend.span)
            });
        };
        let statuses = if found.open { statuses.union(missing) } else { statuses };
        Ok((turned(statuses), self.take_noted().union(found.hinges)))
    }

    fn is_of_type(&mut self, operator: Operator, item: Item<'p, 'a>) -> Statuses {
        let holds = match item.view() {
            View::Unknown(unknown) => match unknown.shape {
                Shape::Any | Shape::MaybeAbsent => {
                    self.note(unknown);
                    return Statuses::PASS_OR_FAIL;
                }
                Shape::List => operator == Operator::IsList,
                Shape::Text | Shape::Identifier | Shape::Secret => operator == Operator::IsString,
            },
            View::String(_) | View::Reference(_) | View::Partial(_) => operator == Operator::IsString,
            View::List(_) => operator == Operator::IsList,
            View::Map(_) => operator == Operator::IsStruct,
            View::Bool(_) => operator == Operator::IsBool,
            View::Integer(_) => operator == Operator::IsInt,
            View::Float(_) => operator == Operator::IsFloat,
            View::Null => operator == Operator::IsNull,
            View::Char(_) | View::Regex(_) | View::RangeInteger(_) | View::RangeFloat(_) | View::RangeChar(_) => false,
        };
        if holds { Statuses::PASS } else { Statuses::FAIL }
    }

    fn is_null(&mut self, item: Item<'p, 'a>) -> Statuses {
        self.is_of_type(Operator::IsNull, item)
    }

    /// Whether there is nothing in it; `None` for values of which that cannot be asked.
    fn is_empty(&mut self, item: Item<'p, 'a>) -> Result<Option<Statuses>, Interrupt> {
        let of = |empty: bool| if empty { Statuses::PASS } else { Statuses::FAIL };
        Ok(Some(match item.view() {
            View::String(text) => of(text.is_empty()),
            View::List(items) => {
                let items = self.items(items)?;
                self.may_all_be_absent(&items)
            }
            View::Map(entries) => {
                let values = self.values(entries)?;
                self.may_all_be_absent(&values)
            }
            View::Bool(_) if !self.newer() => Statuses::FAIL,
            View::Reference(_) => Statuses::FAIL,
            View::Partial(pieces) => {
                let filled = pieces.iter().any(|piece| match piece {
                    Piece::Text(text) => !text.is_empty(),
                    Piece::Reference(_) => true,
                    Piece::Unknown(unknown) => matches!(unknown.shape, Shape::Identifier | Shape::Secret),
                });
                self.note_parts(item.view());
                if filled { Statuses::FAIL } else { Statuses::PASS_OR_FAIL }
            }
            View::Unknown(unknown) => match unknown.shape {
                Shape::Identifier | Shape::Secret => Statuses::FAIL,
                Shape::Text | Shape::List => {
                    self.note(unknown);
                    Statuses::PASS_OR_FAIL
                }
                Shape::Any | Shape::MaybeAbsent => {
                    self.note(unknown);
                    let hinge = self.hinge(unknown);
                    self.unsupported = Some(self.unsupported.unwrap_or_default().union(hinge));
                    Statuses::PASS_OR_FAIL
                }
            },
            _ => return Ok(None),
        }))
    }

    fn may_all_be_absent(&mut self, items: &[(Item<'p, 'a>, bool)]) -> Statuses {
        if items.is_empty() {
            Statuses::PASS
        } else if items.iter().all(|(_, maybe)| *maybe) {
            for (item, _) in items {
                self.note_parts(item.view());
            }
            Statuses::PASS_OR_FAIL
        } else {
            Statuses::FAIL
        }
    }
}
