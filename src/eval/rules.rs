//! Rules: asking one, and references from one to another.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::value::{Value, World};

use super::evaluator::{Answered, Evaluator, Failure, NamedAnswer, Names, Role, Scope};
use super::indexed::Indexed;
use super::item::Item;
use super::outcome::{Check, EvaluationError, Interrupt, Outcome, Stop};
use super::program::{Group, NamedReference, Program, Rule};
use super::skipping::Need;
use super::statuses::{Hinges, Status, Statuses, Verdict};

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
    let verdict = match evaluator.straight(asked)? {
        Some(verdict) => verdict,
        None => evaluator.rule(asked, Role::Assertion)?,
    };
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
            let body = |this: &mut Self| this.guarded(condition, |this| this.block(&rule.body, root, &scope, role));
            let verdict = this.behind_a_gate(body)?;
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
        let earlier = match self.named.get(slot) {
            Some(Some(NamedAnswer::Done(answer))) => Some(answer.clone()),
            Some(Some(NamedAnswer::Running)) => {
                return Err(Interrupt::error(format!("the rule `{}` leads back to itself", group.name), span));
            }
            _ => None,
        };
        if let Some(answer) = &earlier {
            self.stirred |= answer.unasked.is_some();
            self.also_unsupported(answer.doubt);
            if answer.unasked.is_none() {
                return Ok((answer.verdict, Rc::clone(&answer.failures)));
            }
        }
        self.remember(slot, Some(NamedAnswer::Running));
        let outer = std::mem::take(&mut self.failures);
        let collecting = std::mem::replace(&mut self.collecting, true);
        let before = std::mem::replace(&mut self.stirred, false);
        let perhaps = earlier.as_ref().and_then(|answer| answer.unasked);
        let total = self.conditionally(perhaps, |this| this.doubted(|this| this.first_that_applies(group, role)));
        let failures = std::mem::replace(&mut self.failures, outer);
        self.collecting = collecting;
        let stirs = std::mem::replace(&mut self.stirred, before) || earlier.is_some();
        self.stirred |= stirs;
        let mut answer = match (total, earlier) {
            (Ok((verdict, doubt)), None) => Answered { verdict, failures: Rc::new(failures), doubt, unasked: None },
            (Ok((verdict, doubt)), Some(earlier)) => earlier.or(verdict, failures, doubt),
            (Err(Interrupt::Unsupported(_)), Some(earlier)) if self.newer() => {
                // An error only where it has not been asked before.
                self.also_unsupported(perhaps);
                earlier
            }
            (Err(interrupt), earlier) => {
                self.remember(slot, earlier.map(NamedAnswer::Done));
                return Err(interrupt);
            }
        };
        answer.unasked = if stirs { self.perhaps_not() } else { None };
        self.remember(slot, Some(NamedAnswer::Done(answer.clone())));
        Ok((answer.verdict, answer.failures))
    }

    fn first_that_applies(&mut self, group: &'p Group, role: Role) -> Result<Verdict, Interrupt> {
        let program = self.program;
        let mut total = Verdict::sure(Statuses::SKIP);
        for rule in group.rules.iter().filter_map(|rule| program.rules.get(*rule)) {
            let mark = self.failures.len();
            let doubtful = total.statuses.is_unsure();
            let perhaps = doubtful.then_some(total.hinges);
            let verdict = match self.conditionally(perhaps, |this| this.rule(rule, role)) {
                Err(Interrupt::Unsupported(_)) if self.newer() && doubtful => {
                    // An error only where no earlier rule of the name applies.
                    self.failures.truncate(mark);
                    self.also_unsupported(perhaps);
                    return Ok(Verdict { statuses: total.statuses.without(Status::Skip), ..total });
                }
                verdict => verdict?,
            };
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

impl<'p, 'a> Answered<'p, 'a> {
    /// This answer or another one, which hangs on when the rule was first asked.
    fn or(self, verdict: Verdict, failures: Vec<Failure<'p, 'a>>, doubt: Option<Hinges>) -> Self {
        let hinges = self.verdict.hinges.union(verdict.hinges).union(self.unasked.unwrap_or_default());
        let all = self.failures.iter().copied().chain(failures).map(|failure| Failure {
            certain: false,
            hinges: failure.hinges.union(hinges),
            ..failure
        });
        Self {
            verdict: Verdict { statuses: self.verdict.statuses.union(verdict.statuses), hinges },
            failures: Rc::new(all.collect()),
            doubt: doubt.map_or(self.doubt, |doubt| Some(doubt.union(self.doubt.unwrap_or_default()))),
            unasked: None,
        }
    }
}
