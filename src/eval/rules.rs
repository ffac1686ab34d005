//! Rules: asking one, and references from one to another.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::value::{Value, World};

use super::evaluator::{Evaluator, Failure, NamedAnswer, Names, Role, Scope};
use super::indexed::Indexed;
use super::item::Item;
use super::outcome::{Check, EvaluationError, Interrupt, Outcome, Stop};
use super::program::{Group, NamedReference, Program, Rule};
use super::skipping::Need;
use super::statuses::{Status, Statuses, Verdict};

/// Asks one rule of one document.
///
/// `rule` is an index into [`Program::rules`]. Rules that it refers to are evaluated with it.
///
/// # Errors
/// [`Stop::Pending`] when a variable must be chosen first: choose it in the world and ask again. [`Stop::Error`] when
/// the rule cannot be evaluated on this document, as AWS's engine could not.
pub fn evaluate<'a>(
    program: &Program,
    rule: usize,
    root: Value<'a>,
    world: &World<'a, '_>,
) -> Result<Outcome<'a>, Stop> {
    evaluate_indexed(program, rule, &Indexed::plain(root), world)
}

/// Asks one rule of a document whose resources may be indexed by their type. The answer is that of [`evaluate`], except
/// that what does not matter to it need not be chosen.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_indexed<'a>(
    program: &Program,
    rule: usize,
    document: &Indexed<'a>,
    world: &World<'a, '_>,
) -> Result<Outcome<'a>, Stop> {
    let inventory = document.inventory();
    let root = world.force(document.root()).map_err(Stop::Pending)?;
    let Some(asked) = program.rules.get(rule) else {
        let message = format!("there is no rule number {rule}");
        return Err(Stop::Error(EvaluationError { message, span: crate::text::Span::default() }));
    };
    let is_missing = |needs: &Vec<Need>| inventory.is_some_and(|it| needs.iter().all(|need| need.is_missing(it)));
    if asked.needs.iter().any(is_missing) {
        return Ok(Outcome { statuses: Statuses::SKIP, checks: Vec::new() });
    }
    let mut evaluator = Evaluator::new(program, root, inventory, *world);
    if asked.needs_earlier {
        for earlier in program.rules.iter().take(rule) {
            // Only for the keys that they capture. What is wrong with them is said when they are asked.
            if let Err(Interrupt::Pending(pending)) = evaluator.rule(earlier, Role::Assertion) {
                return Err(Stop::Pending(pending));
            }
            evaluator.start_again();
        }
    }
    let verdict = evaluator.rule(asked, Role::Assertion)?;
    Ok(evaluator.outcome(verdict))
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// Evaluates a rule at the document's root.
    fn rule(&mut self, rule: &'p Rule, role: Role) -> Result<Verdict, Interrupt> {
        let root = Item::Node(self.root);
        let scope = Scope { parent: None, root, names: Names::None, passing: false };
        self.deeper(rule.legend.span, |this| {
            if rule.when.is_empty() {
                return this.block(&rule.body, root, &scope, role);
            }
            let condition = match this.gate(&rule.when, &scope) {
                Err(Interrupt::Unsupported(_)) if this.newer() && role == Role::Assertion => {
                    let verdict = Verdict::sure(Statuses::FAIL);
                    this.fail(&rule.legend, &scope, None, verdict);
                    return Ok(verdict);
                }
                result => result?,
            };
            let met = this.unsupported.take();
            let verdict = this.guarded(condition, |this| this.block(&rule.body, root, &scope, role))?;
            this.also_unsupported(met);
            Ok(this.or_unsupported(verdict, role, &rule.legend, &scope))
        })
    }

    /// A reference to another rule.
    pub(super) fn named(
        &mut self,
        reference: &'p NamedReference,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let mark = self.failures.len();
        let (answer, failures) = self.group(reference, role)?;
        let newer = self.newer();
        let statuses = answer.statuses.map(|status| match (status, reference.negated) {
            (Status::Pass, false) => Status::Pass,
            (Status::Pass, true) | (Status::Fail, false) => Status::Fail,
            (Status::Fail, true) => Status::Pass,
            (Status::Skip, _) if newer && role == Role::Assertion => Status::Fail,
            (Status::Skip, false) if newer => Status::Skip,
            (Status::Skip, false) => Status::Fail,
            (Status::Skip, true) => Status::Pass,
        });
        let verdict = Verdict { statuses, hinges: answer.hinges };
        if self.collecting && !reference.negated {
            self.failures.extend(failures.iter().copied());
            self.carry_message(mark, reference.legend.message.as_deref());
        }
        self.fail_as_a_whole(mark, &reference.legend, scope, verdict);
        self.settle(mark, verdict);
        Ok(verdict)
    }

    /// The rules of one name: the first that is not skipped answers for all.
    fn group(
        &mut self,
        reference: &'p NamedReference,
        role: Role,
    ) -> Result<(Verdict, Rc<Vec<Failure<'p, 'a>>>), Interrupt> {
        let program = self.program;
        let span = reference.legend.span;
        let found = reference.group.and_then(|number| Some((number, program.groups.get(number)?)));
        let Some((number, group)) = found else {
            return Err(Interrupt::error(format!("there is no rule `{}`", reference.name), span));
        };
        let slot = if self.newer() && role == Role::Gate { number + program.groups.len() } else { number };
        match self.named.get(slot) {
            Some(Some(NamedAnswer::Done(verdict, failures, doubt))) => {
                let answer = (*verdict, Rc::clone(failures));
                let doubt = *doubt;
                self.also_unsupported(doubt);
                return Ok(answer);
            }
            Some(Some(NamedAnswer::Running)) => {
                return Err(Interrupt::error(format!("the rule `{}` leads back to itself", group.name), span));
            }
            _ => {}
        }
        self.remember(slot, Some(NamedAnswer::Running));
        let outer = std::mem::take(&mut self.failures);
        let collecting = std::mem::replace(&mut self.collecting, true);
        let total = self.doubted(|this| this.first_that_applies(group, role));
        let failures = Rc::new(std::mem::replace(&mut self.failures, outer));
        self.collecting = collecting;
        match total {
            Ok((total, doubt)) => {
                self.remember(slot, Some(NamedAnswer::Done(total, Rc::clone(&failures), doubt)));
                Ok((total, failures))
            }
            Err(interrupt) => {
                self.remember(slot, None);
                Err(interrupt)
            }
        }
    }

    fn first_that_applies(&mut self, group: &'p Group, role: Role) -> Result<Verdict, Interrupt> {
        let program = self.program;
        let mut total = Verdict::sure(Statuses::SKIP);
        for rule in group.rules.iter().filter_map(|rule| program.rules.get(*rule)) {
            let mark = self.failures.len();
            let verdict = self.rule(rule, role)?;
            let doubtful = total.statuses.is_unsure();
            total = Verdict {
                statuses: total.statuses.without(Status::Skip).union(verdict.statuses),
                hinges: total.hinges.union(verdict.hinges),
            };
            if doubtful {
                self.settle(mark, Verdict { statuses: Statuses::PASS_OR_FAIL, hinges: total.hinges });
            }
            if !total.statuses.contains(Status::Skip) {
                break;
            }
        }
        Ok(total)
    }

    fn remember(&mut self, slot: usize, answer: Option<NamedAnswer<'p, 'a>>) {
        if self.named.len() <= slot {
            self.named.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.named.get_mut(slot) {
            *place = answer;
        }
    }

    /// Forgets what an earlier rule failed for.
    fn start_again(&mut self) {
        self.failures.clear();
        self.collecting = true;
        self.forget_unfinished();
    }

    fn outcome(self, verdict: Verdict) -> Outcome<'a> {
        let mut checks: Vec<Check<'a>> = Vec::new();
        let mut seen = BTreeMap::new();
        if verdict.statuses.contains(Status::Fail) {
            for failure in &self.failures {
                // The same clause of the same value, reached on another way.
                let key = (
                    std::ptr::from_ref(failure.legend).addr(),
                    std::ptr::from_ref(failure.value).addr(),
                    failure.missing.map(|rest| (std::ptr::from_ref(rest.query).addr(), rest.from)),
                );
                let at = *seen.entry(key).or_insert(checks.len());
                if let Some(check) = checks.get_mut(at) {
                    check.certain |= failure.certain;
                    continue;
                }
                checks.push(Check {
                    clause: failure.legend.span,
                    message: failure.legend.message.clone().or_else(|| failure.message.map(str::to_owned)),
                    value: failure.value,
                    missing: failure.missing.map(|rest| rest.query.describe(rest.from)),
                    expected: failure.legend.expected.clone(),
                    certain: failure.certain,
                    depends_on: if failure.certain { Vec::new() } else { self.unknowns(failure.hinges) },
                });
            }
        }
        Outcome { statuses: verdict.statuses, checks }
    }
}
