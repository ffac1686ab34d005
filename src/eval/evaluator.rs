//! The state of one evaluation: budgets, scopes, variables, what has been noted and what has failed.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use crate::guard::Dialect;
use crate::text::Span;
use crate::value::{Kind, Node, Shape, Unknown, Value, World};

use super::indexed::Inventory;
use super::item::{Found, Item, Rest};
use super::outcome::Interrupt;
use super::program::{Legend, Let, Operand, Program, Symbol};
use super::statuses::{Hinges, Verdict};
use super::variables::Memo;

/// The results of a variable, shared by everybody who reads it.
pub(super) type Results<'p, 'a> = Rc<Vec<Found<'p, 'a>>>;

/// Whether a clause asserts something or guards something: the newer dialect tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// In the body of a rule.
    Assertion,
    /// In a condition or a filter.
    Gate,
}

/// Steps that one evaluation may take: parts of queries walked, values compared.
const STEPS: u64 = 10_000_000;
/// How many values that are only looked at in passing cost as much as a step.
const VALUES_A_STEP: u64 = 64;

/// How deep rules, blocks, filters, variables and compared values may nest in each other.
const DEPTH: u32 = 160;

/// What a name can mean in a scope.
pub(super) enum Names<'p, 'a> {
    /// Nothing new.
    None,
    /// The variables of a block, with what is remembered of them.
    Lets(&'p [Let], RefCell<Vec<(Symbol, Memo<'p, 'a>)>>),
    /// The arguments of a call.
    Arguments(Vec<(Symbol, Results<'p, 'a>)>),
}

/// Where queries start and names are looked up.
pub(super) struct Scope<'s, 'p, 'a> {
    pub(super) parent: Option<&'s Scope<'s, 'p, 'a>>,
    pub(super) root: Item<'p, 'a>,
    pub(super) names: Names<'p, 'a>,
    /// It only moves the start of queries, in a filter or for `*`. Filters in such queries that are asked of what is
    /// around them then look at the scope outside of this one.
    pub(super) passing: bool,
}

impl<'s, 'p, 'a> Scope<'s, 'p, 'a> {
    /// A scope that only starts at another value.
    pub(super) fn at(root: Item<'p, 'a>, parent: &'s Scope<'s, 'p, 'a>) -> Self {
        Self { parent: Some(parent), root, names: Names::None, passing: true }
    }
}

/// A clause that failed for a value.
#[derive(Clone, Copy)]
pub(super) struct Failure<'p, 'a> {
    pub(super) legend: &'p Legend,
    /// The message of a reference or call on the way here, for a clause that has none.
    pub(super) message: Option<&'p str>,
    pub(super) value: Value<'a>,
    pub(super) missing: Option<Rest<'p>>,
    pub(super) certain: bool,
    pub(super) hinges: Hinges,
}

/// The answer to a named rule.
#[derive(Clone)]
pub(super) enum NamedAnswer<'p, 'a> {
    Running,
    Done(Answered<'p, 'a>),
}

/// The answer to a named rule that has been asked.
#[derive(Clone)]
pub(super) struct Answered<'p, 'a> {
    pub(super) verdict: Verdict,
    pub(super) failures: Rc<Vec<Failure<'p, 'a>>>,
    /// Asking it may have met what an operation does not support.
    pub(super) doubt: Option<Hinges>,
    /// It may not have been asked yet, and what it comes to hangs on when it is.
    pub(super) unasked: Option<Hinges>,
}

pub(super) struct Evaluator<'p, 'a, 'c> {
    pub(super) program: &'p Program,
    pub(super) world: World<'a, 'c>,
    pub(super) root: Value<'a>,
    /// The resources by type, where they have been worked out.
    pub(super) inventory: Option<&'p Inventory<'a>>,
    steps: u64,
    depth: u32,
    unknowns: Vec<&'a Unknown<'a>>,
    /// The unknowns met since this was last taken.
    noted: Hinges,
    /// File-level variables and captured keys, by symbol.
    pub(super) file: Vec<Memo<'p, 'a>>,
    /// Named rules by group, as far as any was asked; the newer dialect has a second half for references in conditions.
    pub(super) named: Vec<Option<NamedAnswer<'p, 'a>>>,
    pub(super) failures: Vec<Failure<'p, 'a>>,
    /// A condition or filter may meet a type that an operation does not support, which the newer dialect turns into a
    /// failure of what the condition or filter belongs to.
    pub(super) unsupported: Option<Hinges>,
    /// Whether failures are of interest here: not in conditions and filters.
    pub(super) collecting: bool,
    /// What is being evaluated may not be evaluated at all.
    pub(super) perhaps: Option<Hinges>,
    /// It may be evaluated more than once.
    pub(super) repeated: bool,
    /// It is only evaluated for what it leaves behind.
    pub(super) rehearsing: bool,
    /// What has been evaluated since this was last taken hangs on when it is evaluated, or has captured keys.
    pub(super) stirred: bool,
    /// The linked resources from which the query that is walked has gone on, each with the part that it went on with and
    /// the spelling of keys.
    pub(super) reached: HashSet<(usize, Option<usize>, *const Node<'a>)>,
}

impl<'p, 'a: 'p, 'c> Evaluator<'p, 'a, 'c> {
    pub(super) fn new(
        program: &'p Program,
        root: Value<'a>,
        inventory: Option<&'p Inventory<'a>>,
        world: World<'a, 'c>,
    ) -> Self {
        Self {
            program,
            world,
            root,
            inventory,
            steps: 0,
            depth: 0,
            unknowns: Vec::new(),
            noted: Hinges::NONE,
            file: (0..program.symbols).map(|_| Memo::default()).collect(),
            named: Vec::new(),
            failures: Vec::new(),
            unsupported: None,
            collecting: true,
            perhaps: None,
            repeated: false,
            rehearsing: false,
            stirred: false,
            reached: HashSet::new(),
        }
    }

    /// Comes back from an evaluation that may have ended in the middle.
    pub(super) fn start_again(&mut self) {
        self.depth = 0;
        self.failures.clear();
        self.collecting = true;
        // An error that nothing turned into a failure would have ended the evaluation of the file.
        self.unsupported = None;
        (self.perhaps, self.repeated, self.rehearsing) = (None, false, false);
        self.file.iter_mut().for_each(|memo| memo.running = false);
    }

    /// Whether the dialect is the newer one.
    pub(super) fn newer(&self) -> bool {
        self.program.dialect == Dialect::V321
    }

    /// Spends steps for values that were looked at in passing, and none for a few of them. What is spent too much is told
    /// at the next step.
    pub(super) fn passed(&mut self, values: usize) {
        self.steps = self.steps.saturating_add(values as u64 / VALUES_A_STEP);
    }

    /// Spends one step.
    pub(super) fn step(&mut self, span: Span) -> Result<(), Interrupt> {
        self.steps += 1;
        if self.steps > STEPS {
            return Err(Interrupt::error("too many steps: the evaluation was given up", span));
        }
        Ok(())
    }

    /// Goes one level deeper for `inside`.
    pub(super) fn deeper<T>(
        &mut self,
        span: Span,
        inside: impl FnOnce(&mut Self) -> Result<T, Interrupt>,
    ) -> Result<T, Interrupt> {
        if self.depth >= DEPTH {
            return Err(Interrupt::error("rules or values nest too deeply: the evaluation was given up", span));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// The number of an unknown.
    pub(super) fn hinge(&mut self, unknown: &'a Unknown<'a>) -> Hinges {
        let known = self.unknowns.iter().position(|each| std::ptr::eq(*each, unknown) || *each == unknown);
        let number = known.unwrap_or_else(|| {
            self.unknowns.push(unknown);
            self.unknowns.len() - 1
        });
        let bit = u32::try_from(number).ok().and_then(|number| 1_u128.checked_shl(number));
        if bit.is_none() && known.is_none() {
            self.unknowns.pop();
        }
        Hinges(bit.unwrap_or(0))
    }

    /// The unknowns behind the numbers.
    pub(super) fn unknowns(&self, hinges: Hinges) -> Vec<&'a Unknown<'a>> {
        self.unknowns
            .iter()
            .enumerate()
            .filter(|(number, _)| hinges.0 >> number & 1 == 1)
            .map(|(_, each)| *each)
            .collect()
    }

    /// Remembers that what is being compared hangs on this unknown.
    pub(super) fn note(&mut self, unknown: &'a Unknown<'a>) {
        let hinge = self.hinge(unknown);
        self.noted = self.noted.union(hinge);
    }

    /// Puts back what was taken.
    pub(super) fn note_again(&mut self, noted: Hinges) {
        self.noted = self.noted.union(noted);
    }

    /// What was noted since the last time.
    pub(super) fn take_noted(&mut self) -> Hinges {
        std::mem::take(&mut self.noted)
    }

    /// The value as it is, or `None` when it is not there. The flag says that even that is not sure.
    pub(super) fn present(&mut self, value: Value<'a>) -> Result<Option<(Value<'a>, bool)>, Interrupt> {
        let value = self.world.force(value)?;
        Ok(match value.kind {
            Kind::Absent => None,
            Kind::Unknown(unknown) if unknown.shape == Shape::MaybeAbsent => Some((value, true)),
            _ => Some((value, false)),
        })
    }

    /// A node that stands where `like` stands.
    pub(super) fn node(&self, kind: Kind<'a>, like: Option<Value<'a>>) -> Value<'a> {
        let like = like.unwrap_or(self.root);
        self.world.node(Node { kind, ..*like })
    }

    /// A value of which only the shape is known, made from `item`.
    pub(super) fn unknown(&mut self, shape: Shape, item: Item<'p, 'a>) -> (Item<'p, 'a>, Hinges) {
        let like = self.node_of(item);
        let reason: &'a str = match like.map(|node| node.kind) {
            Some(Kind::Unknown(unknown)) => unknown.reason,
            Some(Kind::Reference(reference)) => self.world.arena.alloc_str(&reference.describe()),
            Some(Kind::Partial(pieces)) => {
                let unknown = pieces.iter().find_map(|piece| match piece {
                    crate::value::Piece::Unknown(unknown) => Some(unknown.reason),
                    crate::value::Piece::Text(_) | crate::value::Piece::Reference(_) => None,
                });
                unknown.unwrap_or("a text that is known only in part")
            }
            _ => "a value that is known only in part",
        };
        let unknown: &'a Unknown<'a> = self.world.arena.alloc(Unknown { reason, shape });
        let hinge = self.hinge(unknown);
        (Item::Node(self.node(Kind::Unknown(unknown), like)), hinge)
    }

    pub(super) fn node_of(&self, item: Item<'p, 'a>) -> Option<Value<'a>> {
        match item {
            Item::Node(node) => Some(node),
            Item::Constant(_) | Item::Char(_) => None,
        }
    }

    /// The results of a right side, an argument, a variable's value.
    pub(super) fn operand(
        &mut self,
        operand: &'p Operand,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        match operand {
            Operand::Literal(constant) => Ok(vec![Found::literal(constant)]),
            Operand::Query(query) => self.query(query, scope),
            Operand::Call(call) => {
                let results = self.function(call, scope)?;
                self.doubt_results(&results);
                Ok(results)
            }
        }
    }
}
