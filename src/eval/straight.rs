//! Rules of the commonest shape, asked of a document with one resource:
//!
//! ```guard
//! let buckets = Resources.*[ Type == 'AWS::S3::Bucket' ]
//! rule encrypted when %buckets !empty { %buckets { Properties.BucketEncryption exists } }
//! ```
//!
//! Such a rule comes to what its block comes to for that resource. The general way works out the variable, asks the condition
//! of it, and walks to the resource again, which takes longer than most blocks do.

use crate::guard::{Dialect, Operator};
use crate::value::{Kind, Value};

use super::evaluator::{Evaluator, Names, Role, Scope};
use super::item::Item;
use super::outcome::Interrupt;
use super::program::{BlockClause, Clause, Filter, Let, Operand, Part, Program, Query, Rule};
use super::query::plain_type;
use super::statuses::{Status, Statuses, Verdict};

/// The place among the variables of the file of the one that a rule of that shape selects resources by.
pub(super) fn selection(program: &Program, rule: &Rule) -> Option<usize> {
    if program.dialect != Dialect::Classic || !program.captured.is_empty() || rule.needs_earlier {
        return None;
    }
    let [condition] = rule.when.as_slice() else { return None };
    let [Clause::Access(access)] = condition.as_slice() else { return None };
    let asks_for_some = access.operator == Operator::Empty && access.negated != access.inverted && !access.query.some;
    let symbol = lone_variable(&access.query)?;
    let block = only_block(rule)?;
    if !asks_for_some || block.not_empty || block.query.some || lone_variable(&block.query)? != symbol {
        return None;
    }
    let number = program.lets.iter().position(|each| each.symbol == symbol)?;
    program.lets.get(number).and_then(filter_of).map(|_| number)
}

fn lone_variable(query: &Query) -> Option<super::program::Symbol> {
    match query.parts.as_slice() {
        [Part::Variable(variable)] => Some(variable.symbol),
        _ => None,
    }
}

/// The block that is all of a rule's body.
fn only_block(rule: &Rule) -> Option<&BlockClause> {
    match rule.body.clauses.as_slice() {
        [alternatives] if rule.body.lets.is_empty() => match alternatives.as_slice() {
            [Clause::Block(block)] => Some(block),
            _ => None,
        },
        _ => None,
    }
}

/// The filter of `Resources.*[ Type == 'x' ]`.
fn filter_of(each: &Let) -> Option<&Filter> {
    let Operand::Query(query) = &each.value else { return None };
    match query.parts.as_slice() {
        [Part::Key(key), Part::AllValues { capture: None }, Part::Filter(filter)] => {
            let of_resources = key.text == "Resources" && key.index.is_none() && !query.some;
            (of_resources && filter.capture.is_none() && filter.types.is_some()).then_some(filter)
        }
        _ => None,
    }
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// What a rule of that shape comes to where the document has one resource, of which it is sure whether the rule selects
    /// it. `None` for any other rule or document.
    pub(super) fn straight(&mut self, rule: &'p Rule) -> Result<Option<Verdict>, Interrupt> {
        let program = self.program;
        let each = rule.selection.and_then(|number| program.lets.get(number));
        let (Some(filter), Some(block)) = (each.and_then(filter_of), only_block(rule)) else {
            return Ok(None);
        };
        let Some(resource) = self.only_resource()? else { return Ok(None) };
        let item = Item::Node(resource);
        let Some(found) = plain_type(item) else { return Ok(None) };
        let skipped = Ok(Some(Verdict::sure(Statuses::SKIP)));
        if !filter.types.iter().flatten().any(|each| each == found) {
            return skipped;
        }
        let around = Scope { parent: None, root: Item::Node(self.root), names: Names::None, passing: false };
        if !filter.only_types {
            let verdict = self.sift(&filter.clauses, filter.plain_from, &Scope::at(item, &around))?;
            match verdict.statuses.sure() {
                Some(Status::Pass) => {}
                Some(_) => return skipped,
                None => return Ok(None),
            }
        }
        self.deeper(block.query.span, |this| {
            let verdict = this.block(&block.body, item, &around, Role::Assertion)?;
            this.fail_as_a_whole(0, &block.legend, &around, verdict);
            this.settle(0, verdict);
            Ok(Some(verdict))
        })
    }

    /// The only resource of the document, where it is a map.
    fn only_resource(&mut self) -> Result<Option<Value<'a>>, Interrupt> {
        let Kind::Map(sections) = self.root.kind else { return Ok(None) };
        let Some(Kind::Map(resources)) = sections.get("Resources").map(|entry| entry.value.kind) else {
            return Ok(None);
        };
        let [entry] = resources.entries() else { return Ok(None) };
        let present = self.present(entry.value)?;
        Ok(present.and_then(|(value, _)| matches!(value.kind, Kind::Map(_)).then_some(value)))
    }
}
