//! Which classes a variable can still have: the assertions of `Rules`, and equality that follows from equality.

use crate::syntax::NodeId;
use crate::template::Named;
use crate::value::{Choices, Memo, Pending, Unknown, Variable, World};

use super::parameters::{ClassInfo, ClassKind, VariableInfo, VariableKind};
use super::resolver::{At, Resolver};

/// The most evaluations of assertions that one question about a choice may take; beyond it everything is possible.
const EVALUATIONS: usize = 4_096;
/// The same for a whole template.
const ALL_EVALUATIONS: usize = 1_000_000;

/// So many answers are remembered: every rule makes the same few choices.
const REMEMBERED: usize = 64;

/// The classes that a variable can still have under some choices.
pub(super) type Possible<'a> = (Variable, &'a [(Variable, u16)], &'a [u16]);

/// An assertion of the `Rules` section: what must hold, and the condition under which it must.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assertion<'a> {
    guard: Option<NodeId>,
    assert: NodeId,
    /// What it has come to so far.
    answers: &'a Memo<'a, bool>,
}

/// A comparison of two unknowns that became a variable.
pub(super) type Equated<'a> = (Variable, &'a Unknown<'a>, &'a Unknown<'a>);

impl<'a> Resolver<'a> {
    /// The classes that `variable` can still have under `choices`: without those that `Rules` assertions rule out and
    /// those that contradict a comparison already decided. None when this deployment cannot happen.
    #[must_use]
    pub fn possible_classes(&'a self, variable: Variable, choices: &Choices) -> Vec<u16> {
        let known = self.possible.borrow();
        if let Some((_, _, classes)) = known.iter().find(|(of, under, _)| *of == variable && *under == choices.made()) {
            return classes.to_vec();
        }
        drop(known);
        let classes = self.variable(variable).map_or(0, |info| info.classes.len());
        let classes = 0..u16::try_from(classes).unwrap_or(u16::MAX);
        let classes: Vec<u16> = classes.filter(|class| self.can_be(variable, *class, choices)).collect();
        let mut known = self.possible.borrow_mut();
        if known.len() < REMEMBERED {
            let (under, classes) = (choices.made(), classes.as_slice());
            known.push((variable, self.arena.alloc_slice_copy(under), self.arena.alloc_slice_copy(classes)));
        }
        classes
    }

    fn can_be(&'a self, variable: Variable, class: u16, choices: &Choices) -> bool {
        if !self.follows(variable, class, choices) {
            return false;
        }
        // What the stack around this one rules out is ruled out here.
        if self.descent.is_some_and(|descent| !descent.parent.can_be(variable, class, choices)) {
            return false;
        }
        let assertions = self.assertions();
        if assertions.is_empty() {
            return true;
        }
        let mut budget = EVALUATIONS;
        self.satisfiable(assertions, &choices.with(variable, class), &mut budget)
    }

    /// The assertions, unless no deployment satisfies them: then they say nothing about any.
    fn assertions(&'a self) -> &'a [Assertion<'a>] {
        self.assertions.get_or_init(|| {
            let document = self.template.document;
            let mut found = Vec::new();
            let section = self.template.root.and_then(|root| document.get(root, "Rules"));
            for rule in section.into_iter().flat_map(|section| document.pairs(section.value)) {
                let guard = document.get(rule.value, "RuleCondition").map(|pair| pair.value);
                let Some(list) = document.get(rule.value, "Assertions") else { continue };
                for &item in document.items(list.value) {
                    if let Some(assert) = document.get(item, "Assert") {
                        found.push(Assertion {
                            guard,
                            assert: assert.value,
                            answers: self.arena.alloc(Memo::default()),
                        });
                    }
                }
            }
            let mut budget = EVALUATIONS;
            if !self.satisfiable(&found, &Choices::default(), &mut budget) {
                found.clear();
            }
            self.arena.alloc_slice_copy(&found)
        })
    }

    /// Whether some way to go on from `choices` satisfies every assertion; `true` when the budget ends.
    fn satisfiable(&'a self, assertions: &[Assertion<'a>], choices: &Choices, budget: &mut usize) -> bool {
        let mut open = vec![choices.clone()];
        while let Some(choices) = open.pop() {
            let spent = self.evaluations.get() + assertions.len();
            self.evaluations.set(spent);
            let Some(rest) = budget.checked_sub(assertions.len()).filter(|_| spent < ALL_EVALUATIONS) else {
                return true;
            };
            *budget = rest;
            let world = World { arena: self.arena, choices: &choices };
            let mut pending = None;
            let mut holds = true;
            for assertion in assertions {
                match assertion.answers.answer(&world, || self.assertion(assertion, &world)) {
                    Ok(true) => {}
                    Ok(false) => holds = false,
                    Err(Pending(variable)) => pending = pending.or(Some(variable)),
                }
            }
            match (holds, pending) {
                (false, _) => {}
                (true, None) => return true,
                (true, Some(variable)) => {
                    let classes = self.variable(variable).map_or(0, |info| info.classes.len());
                    let classes = (0..u16::try_from(classes).unwrap_or(u16::MAX)).rev();
                    let classes = classes.filter(|class| self.follows(variable, *class, &choices));
                    open.extend(classes.map(|class| choices.with(variable, class)));
                }
            }
        }
        false
    }

    fn assertion(&'a self, assertion: &Assertion<'a>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let at = At::root(self.root_path, None);
        let guard = assertion.guard.map_or(Ok(true), |guard| self.boolean(guard, at, world));
        if guard == Ok(false) {
            return Ok(true);
        }
        match (guard, self.boolean(assertion.assert, at, world)) {
            (_, Ok(true)) => Ok(true),
            (Ok(_), assert) => assert,
            (Err(pending), _) => Err(pending),
        }
    }

    /// Whether a class of a comparison of unknowns agrees with the comparisons that are decided: `A == C` follows from
    /// `A == B` and `B == C`.
    fn follows(&self, variable: Variable, class: u16, choices: &Choices) -> bool {
        let equated = self.equated.borrow();
        let Some(&(_, left, right)) = equated.iter().find(|(one, _, _)| *one == variable) else { return true };
        let decided = |wanted: u16| {
            let decided = choices.made().iter().filter(move |(_, class)| *class == wanted);
            decided.filter_map(|(one, _)| equated.iter().find(|(other, _, _)| other == one).copied())
        };
        let same = |from: &'a Unknown<'a>, to: &'a Unknown<'a>| {
            let mut reached = vec![from];
            let mut next = 0;
            while let Some(&one) = reached.get(next) {
                next += 1;
                for (_, left, right) in decided(0) {
                    for (here, there) in [(left, right), (right, left)] {
                        if std::ptr::eq(here, one) && !reached.iter().any(|known| std::ptr::eq(*known, there)) {
                            reached.push(there);
                        }
                    }
                }
            }
            reached.iter().any(|one| std::ptr::eq(*one, to))
        };
        match class {
            0 => !decided(1).any(|(_, a, b)| same(left, a) && same(right, b) || same(left, b) && same(right, a)),
            _ => !same(left, right),
        }
    }

    /// What a question stops at when the deployment that it asks about cannot happen: a variable without classes.
    pub(super) fn never(&self) -> Pending {
        let known = self.shared.never.get();
        Pending(known.unwrap_or_else(|| {
            let other = self.arena.alloc(Unknown { reason: "nothing", shape: crate::value::Shape::Any });
            let kind = VariableKind::Comparison;
            let never = self.shared.add(VariableInfo { name: "nothing", kind, classes: &[], decides: true, other });
            self.shared.never.set(Some(never));
            never
        }))
    }

    /// Whether a mapping's key, missing there, comes from a choice against which another choice finds its entry: the
    /// deployment with this one fails.
    pub(super) fn is_failing_choice(
        &self,
        mapping: &Named<'a>,
        keys: [crate::value::Value<'a>; 2],
        world: &World<'a, '_>,
    ) -> bool {
        let document = self.template.document;
        let [first, second] = keys;
        let (first_text, second_text) = (self.text_of(first), self.text_of(second));
        let finds = |class: &ClassInfo<'a>, row: bool| {
            let Some(text) = class.text else { return false };
            let (row_key, leaf_key) = if row { (Some(text), second_text) } else { (first_text, Some(text)) };
            let Some((row_key, leaf_key)) = row_key.zip(leaf_key) else { return false };
            document.get(mapping.node, row_key).is_some_and(|row| document.get(row.value, leaf_key).is_some())
        };
        world.choices.made().iter().any(|&(variable, class)| {
            let Some(info) = self.variable(variable).filter(|info| info.kind != VariableKind::Comparison) else {
                return false;
            };
            let Some(chosen) = info.classes.get(usize::from(class)) else { return false };
            [(first, true), (second, false)].into_iter().any(|(key, row)| {
                let from_choice = match (key.kind, chosen.kind) {
                    (crate::value::Kind::Unknown(unknown), ClassKind::Other) => std::ptr::eq(unknown, info.other),
                    _ => chosen.text.is_some() && chosen.text == self.text_of(key),
                };
                from_choice && info.classes.iter().any(|class| finds(class, row))
            })
        })
    }
}
