//! Clauses, blocks, conditions.

use std::cell::RefCell;
use std::rc::Rc;

use crate::guard::Operator;
use crate::value::Value;

use super::evaluator::{Evaluator, Failure, Names, Results, Role, Scope};
use super::item::{Found, Item};
use super::operators::Votes;
use super::outcome::Interrupt;
use super::program::{
    AccessClause, Block, BlockClause, Clause, Disjunction, Legend, RuleCall, Symbol, TypeBlock, WhenBlock,
};
use super::statuses::{Hinges, Status, Statuses, Tally, Verdict};

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// The conjunction of disjunctions, each of which is evaluated whatever the others give.
    pub(super) fn conjunction(
        &mut self,
        disjunctions: &'p [Disjunction],
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        self.conjunction_until(disjunctions, usize::MAX, scope, role)
    }

    /// The same, ended by a failure where all that follow stand at `end` or behind it.
    fn conjunction_until(
        &mut self,
        disjunctions: &'p [Disjunction],
        end: usize,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let mut tally = Tally::new();
        for (next, disjunction) in (1..).zip(disjunctions) {
            let verdict = self.disjunction(disjunction, scope, role)?;
            tally.add(verdict.statuses, false, verdict.hinges);
            if verdict.statuses == Statuses::FAIL && next >= end {
                break;
            }
        }
        Ok(tally.all(Statuses::SKIP))
    }

    fn disjunction(
        &mut self,
        alternatives: &'p [Clause],
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let mark = self.failures.len();
        let mut tally = Tally::new();
        for clause in alternatives {
            let earlier = tally.any(Statuses::SKIP);
            let perhaps = earlier.statuses.contains(Status::Pass).then_some(earlier.hinges);
            let verdict = match self.conditionally(perhaps, |this| this.clause(clause, scope, role)) {
                Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                    // An error only if no earlier alternative passes.
                    self.also_unsupported(perhaps);
                    let verdict = Verdict { statuses: Statuses::PASS, hinges: earlier.hinges };
                    self.settle(mark, verdict);
                    return Ok(verdict);
                }
                verdict => verdict?,
            };
            tally.add(verdict.statuses, false, verdict.hinges);
            if verdict.statuses == Statuses::PASS {
                break;
            }
        }
        let verdict = tally.any(Statuses::SKIP);
        self.settle(mark, verdict);
        Ok(verdict)
    }

    /// Brings the failures since `mark` in line with the verdict that they led to.
    pub(super) fn settle(&mut self, mark: usize, verdict: Verdict) {
        if !verdict.statuses.contains(Status::Fail) {
            self.failures.truncate(mark);
        } else if verdict.statuses.is_unsure() {
            self.doubt(mark, verdict.hinges);
        }
    }

    /// The failures since `mark` hang on these unknowns too.
    fn doubt(&mut self, mark: usize, hinges: Hinges) {
        for failure in self.failures.iter_mut().skip(mark) {
            failure.certain = false;
            failure.hinges = failure.hinges.union(hinges);
        }
    }

    pub(super) fn fail(
        &mut self,
        legend: &'p Legend,
        scope: &Scope<'_, 'p, 'a>,
        found: Option<&Found<'p, 'a>>,
        verdict: Verdict,
    ) {
        if !self.collecting || !verdict.statuses.contains(Status::Fail) {
            return;
        }
        let value = found.and_then(|found| self.node_of(found.item)).unwrap_or_else(|| self.nearest(scope));
        let maybe = found.is_some_and(|found| found.maybe);
        self.failures.push(Failure {
            legend,
            message: None,
            value,
            missing: found.and_then(|found| found.missing),
            certain: !maybe && !verdict.statuses.is_unsure(),
            hinges: verdict.hinges,
        });
    }

    /// A clause that fails for sure, although each of its values fails only perhaps, fails as a whole.
    pub(super) fn fail_as_a_whole(
        &mut self,
        mark: usize,
        legend: &'p Legend,
        scope: &Scope<'_, 'p, 'a>,
        verdict: Verdict,
    ) {
        let failures = self.failures.get(mark..).unwrap_or_default();
        let told = match verdict.statuses.sure() {
            Some(_) => failures.iter().any(|failure| failure.certain),
            None => !failures.is_empty(),
        };
        if !told {
            self.fail(legend, scope, None, verdict);
        }
    }

    /// The value of the document that a scope starts at.
    fn nearest(&self, scope: &Scope<'_, 'p, 'a>) -> Value<'a> {
        let mut current = Some(scope);
        while let Some(here) = current {
            if let Some(node) = self.node_of(here.root) {
                return node;
            }
            current = here.parent;
        }
        self.root
    }

    /// The verdict of conditions or of a filter, whose failures are nobody's business.
    pub(super) fn gate(
        &mut self,
        conditions: &'p [Disjunction],
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Verdict, Interrupt> {
        self.sift(conditions, usize::MAX, scope)
    }

    /// The same for clauses that are plain from one on: they are asked only as long as none has failed.
    pub(super) fn sift(
        &mut self,
        clauses: &'p [Disjunction],
        plain_from: usize,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Verdict, Interrupt> {
        let collecting = std::mem::replace(&mut self.collecting, false);
        let verdict = self.conjunction_until(clauses, plain_from, scope, Role::Gate);
        self.collecting = collecting;
        verdict
    }

    fn clause(&mut self, clause: &'p Clause, scope: &Scope<'_, 'p, 'a>, role: Role) -> Result<Verdict, Interrupt> {
        match clause {
            Clause::Access(access) => self.access(access, scope, role),
            Clause::Block(block) => self.deeper(block.query.span, |this| this.block_clause(block, scope, role)),
            Clause::When(when) => self.deeper(when.legend.span, |this| this.when_block(when, scope, role)),
            Clause::Named(named) => self.deeper(named.legend.span, |this| this.named(named, scope, role)),
            Clause::Call(call) => self.deeper(call.legend.span, |this| this.call(call, scope, role)),
            Clause::Type(block) => self.deeper(block.legend.span, |this| this.type_block(block, scope, role)),
        }
    }

    /// In the newer dialect a clause that cannot be evaluated has failed where it asserts something.
    fn access(
        &mut self,
        access: &'p AccessClause,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        if let Some(verdict) = self.at_a_glance(access, scope)? {
            return Ok(self.or_unsupported(verdict, role, &access.legend, scope));
        }
        // The right side comes first, and its errors are never turned into failures.
        let right = match &access.right {
            Some(right) => Some(self.operand(right, scope)?),
            None => None,
        };
        let mark = self.failures.len();
        let result = match &right {
            Some(right) => self.binary(access, right, scope, role),
            None => self.unary(access, scope, role),
        };
        match result {
            Err(Interrupt::Unsupported(_)) if self.newer() && role == Role::Assertion => {
                self.failures.truncate(mark);
                let verdict = Verdict::sure(Statuses::FAIL);
                self.fail(&access.legend, scope, None, verdict);
                Ok(verdict)
            }
            result => Ok(self.or_unsupported(result?, role, &access.legend, scope)),
        }
    }

    /// The verdict, and a failure where a filter or condition may have met what it does not support.
    pub(super) fn or_unsupported(
        &mut self,
        verdict: Verdict,
        role: Role,
        legend: &'p Legend,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Verdict {
        if !self.newer() || role == Role::Gate {
            return verdict;
        }
        let Some(hinges) = self.unsupported.take() else { return verdict };
        let statuses = verdict.statuses.union(Statuses::FAIL);
        let verdict = Verdict { statuses, hinges: verdict.hinges.union(hinges) };
        self.fail_as_a_whole(self.failures.len(), legend, scope, verdict);
        verdict
    }

    fn binary(
        &mut self,
        access: &'p AccessClause,
        right: &[Found<'p, 'a>],
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let left = self.query(&access.query, scope)?;
        let strict = self.newer() && role == Role::Assertion;
        let mut nothing = Statuses::NONE;
        if left.iter().all(|found| found.maybe) {
            let fails = strict && access.query.is_lone_variable();
            nothing = nothing.union(if fails { Statuses::FAIL } else { Statuses::SKIP });
        }
        if !left.is_empty() && right.iter().all(|found| found.maybe) {
            nothing = nothing.union(if strict { Statuses::FAIL } else { Statuses::SKIP });
        }
        let mut votes = Votes::new(access);
        if !left.is_empty() && !right.is_empty() {
            self.compare(access.operator, &left, right, &mut votes)?;
        }
        if nothing != Statuses::NONE {
            // Where a side has no results nothing is compared, not even what led nowhere on the other.
            votes.votes.iter_mut().for_each(|vote| vote.maybe = true);
        }
        if votes.may_be_empty || (votes.votes.is_empty() && nothing == Statuses::NONE) {
            nothing = nothing.union(if access.query.some { Statuses::FAIL } else { Statuses::PASS });
        }
        let mut tally = Tally::new();
        for vote in &votes.votes {
            tally.add(vote.statuses, vote.maybe, vote.hinges);
        }
        let mut verdict = if access.query.some { tally.any(nothing) } else { tally.all(nothing) };
        if verdict.statuses.is_unsure() && votes.votes.is_empty() {
            for found in left.iter().chain(right) {
                verdict.hinges = verdict.hinges.union(found.hinges);
            }
        }
        if self.collecting {
            let mark = self.failures.len();
            for vote in &votes.votes {
                let found = Found { missing: vote.missing, maybe: vote.maybe, ..Found::sure(vote.item) };
                self.fail(
                    &access.legend,
                    scope,
                    Some(&found),
                    Verdict { statuses: vote.statuses, hinges: vote.hinges },
                );
            }
            self.fail_as_a_whole(mark, &access.legend, scope, verdict);
            self.settle(mark, verdict);
        }
        Ok(verdict)
    }

    fn unary(&mut self, access: &'p AccessClause, scope: &Scope<'_, 'p, 'a>, role: Role) -> Result<Verdict, Interrupt> {
        let found = self.query(&access.query, scope)?;
        let lone = access.query.is_lone_variable();
        let selection = access.operator == Operator::Empty && (lone || access.query.ends_in_filter());
        let nothing = if selection {
            Statuses::of(if access.negated == access.inverted { Status::Pass } else { Status::Fail })
        } else {
            Statuses::SKIP
        };
        let mark = self.failures.len();
        let mut tally = Tally::new();
        for each in &found {
            self.step(access.query.span)?;
            let statuses = self.ask(access, each, selection, lone, role)?;
            let (statuses, hinges) = statuses;
            tally.add(statuses, each.maybe, hinges);
            self.fail(&access.legend, scope, Some(each), Verdict { statuses, hinges });
        }
        let verdict = if access.query.some { tally.any(nothing) } else { tally.all(nothing) };
        self.fail_as_a_whole(mark, &access.legend, scope, verdict);
        self.settle(mark, verdict);
        Ok(verdict)
    }

    /// The body of a block with a value as its root.
    pub(super) fn block(
        &mut self,
        block: &'p Block,
        root: Item<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let names = if block.lets.is_empty() { Names::None } else { Names::Lets(&block.lets, RefCell::default()) };
        let inside = Scope { parent: Some(scope), root, names, passing: false };
        self.conjunction(&block.clauses, &inside, role)
    }

    fn block_clause(
        &mut self,
        block: &'p BlockClause,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        let found = self.query(&block.query, scope)?;
        let outer = self.failures.len();
        let mut tally = Tally::new();
        for each in &found {
            let mark = self.failures.len();
            let missing = Verdict { statuses: Statuses::FAIL, hinges: each.hinges };
            let verdict = if each.missing.is_some() {
                self.fail(&block.legend, scope, Some(each), missing);
                missing
            } else {
                let mut verdict = self.of_part(each, |this| this.block(&block.body, each.item, scope, role))?;
                if each.open {
                    self.doubt(mark, each.hinges);
                    self.fail(&block.legend, scope, Some(&Found { maybe: true, ..*each }), missing);
                    verdict.statuses = verdict.statuses.union(Statuses::FAIL);
                }
                verdict.hinges = verdict.hinges.union(each.hinges);
                verdict
            };
            if each.maybe {
                self.doubt(mark, each.hinges);
            }
            tally.add(verdict.statuses, each.maybe, verdict.hinges);
        }
        let nothing = if block.not_empty { Statuses::FAIL } else { Statuses::SKIP };
        let verdict = if block.query.some { tally.any(nothing) } else { tally.all(nothing) };
        self.fail_as_a_whole(outer, &block.legend, scope, verdict);
        self.settle(outer, verdict);
        Ok(verdict)
    }

    /// The verdict of a body for one value, which may not be there: then an error of the body is no sure one.
    fn of_part(
        &mut self,
        each: &Found<'p, 'a>,
        body: impl Fn(&mut Self) -> Result<Verdict, Interrupt>,
    ) -> Result<Verdict, Interrupt> {
        let mark = self.failures.len();
        let perhaps = (each.maybe || each.open).then_some(each.hinges);
        if each.many {
            self.rehearse(each.hinges, &body)?;
        }
        match self.conditionally(perhaps, |this| this.repeatedly(each.many, body)) {
            Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                self.failures.truncate(mark);
                self.also_unsupported(Some(each.hinges));
                Ok(Verdict { statuses: Statuses::SKIP, hinges: each.hinges })
            }
            verdict => verdict,
        }
    }

    /// Remembers that there may have been an error instead of an answer.
    pub(super) fn also_unsupported(&mut self, hinges: Option<Hinges>) {
        if let Some(hinges) = hinges {
            self.unsupported = Some(self.unsupported.unwrap_or_default().union(hinges));
        }
    }

    /// The body where conditions hold; skipped where they do not.
    pub(super) fn guarded(
        &mut self,
        condition: Verdict,
        body: impl FnOnce(&mut Self) -> Result<Verdict, Interrupt>,
    ) -> Result<Verdict, Interrupt> {
        if !condition.statuses.contains(Status::Pass) {
            return Ok(Verdict::sure(Statuses::SKIP));
        }
        let mark = self.failures.len();
        let perhaps = condition.statuses.is_unsure().then_some(condition.hinges);
        let mut verdict = match self.conditionally(perhaps, body) {
            Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                // An error only where the condition holds.
                self.failures.truncate(mark);
                self.also_unsupported(perhaps);
                return Ok(Verdict { statuses: Statuses::SKIP, hinges: condition.hinges });
            }
            verdict => verdict?,
        };
        if condition.statuses.is_unsure() {
            verdict = Verdict {
                statuses: verdict.statuses.union(Statuses::SKIP),
                hinges: verdict.hinges.union(condition.hinges),
            };
            self.settle(mark, verdict);
        }
        Ok(verdict)
    }

    fn when_block(&mut self, when: &'p WhenBlock, scope: &Scope<'_, 'p, 'a>, role: Role) -> Result<Verdict, Interrupt> {
        let condition = match self.gate(&when.conditions, scope) {
            Err(Interrupt::Unsupported(_)) if self.newer() && role == Role::Assertion => {
                let verdict = Verdict::sure(Statuses::FAIL);
                self.fail(&when.legend, scope, None, verdict);
                return Ok(verdict);
            }
            result => result?,
        };
        let body = |this: &mut Self| this.guarded(condition, |this| this.block(&when.body, scope.root, scope, role));
        let verdict = self.behind_a_gate(body)?;
        Ok(self.or_unsupported(verdict, role, &when.legend, scope))
    }

    fn type_block(
        &mut self,
        block: &'p TypeBlock,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        if self.newer() {
            return self.resources(block, scope, role);
        }
        // The default dialect asks the conditions once, of what is around the block.
        let condition = self.gate(&block.when, scope)?;
        let condition = if block.when.is_empty() { Verdict::sure(Statuses::PASS) } else { condition };
        self.guarded(condition, |this| this.resources(block, scope, role))
    }

    fn resources(&mut self, block: &'p TypeBlock, scope: &Scope<'_, 'p, 'a>, role: Role) -> Result<Verdict, Interrupt> {
        let found = self.query(&block.query, scope)?;
        let outer = self.failures.len();
        let mut tally = Tally::new();
        for each in &found {
            if each.missing.is_some() {
                if self.newer() {
                    tally.add(Statuses::SKIP, each.maybe, each.hinges);
                    continue;
                }
                if each.maybe {
                    // That this leads nowhere is not sure; where it does, there is no verdict to compare with.
                    continue;
                }
                let message = format!("no resources of type {} can be looked for here", block.legend.expected);
                return Err(Interrupt::error(message, block.legend.span));
            }
            let mark = self.failures.len();
            let mut verdict = self.of_part(each, |this| this.resource(block, each.item, scope, role))?;
            if each.open {
                verdict.statuses = verdict.statuses.union(Statuses::SKIP);
                self.doubt(mark, each.hinges);
            }
            verdict.hinges = verdict.hinges.union(each.hinges);
            if each.maybe {
                self.doubt(mark, each.hinges);
            }
            tally.add(verdict.statuses, each.maybe, verdict.hinges);
        }
        let verdict = tally.all(Statuses::SKIP);
        self.settle(outer, verdict);
        Ok(verdict)
    }

    fn resource(
        &mut self,
        block: &'p TypeBlock,
        item: Item<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
        role: Role,
    ) -> Result<Verdict, Interrupt> {
        if !self.newer() || block.when.is_empty() {
            return self.block(&block.body, item, scope, role);
        }
        let inside = Scope::at(item, scope);
        let condition = match self.gate(&block.when, &inside) {
            Err(Interrupt::Unsupported(_)) if role == Role::Assertion => {
                let verdict = Verdict::sure(Statuses::FAIL);
                self.fail(&block.legend, &inside, None, verdict);
                return Ok(verdict);
            }
            result => result?,
        };
        let body = |this: &mut Self| this.guarded(condition, |this| this.block(&block.body, item, &inside, role));
        let verdict = self.behind_a_gate(body)?;
        Ok(self.or_unsupported(verdict, role, &block.legend, &inside))
    }

    fn call(&mut self, call: &'p RuleCall, scope: &Scope<'_, 'p, 'a>, role: Role) -> Result<Verdict, Interrupt> {
        let program = self.program;
        let Some(rule) = call.rule.and_then(|rule| program.parameterized.get(rule)) else {
            let message = format!("there is no rule `{}` with parameters", call.name);
            return Err(Interrupt::error(message, call.legend.span));
        };
        if rule.parameters.len() != call.arguments.len() {
            let message =
                format!("`{}` takes {} arguments, not {}", rule.name, rule.parameters.len(), call.arguments.len());
            return Err(Interrupt::unsupported(message, call.legend.span));
        }
        let mut arguments: Vec<(Symbol, Results<'p, 'a>)> = Vec::with_capacity(call.arguments.len());
        for (symbol, argument) in rule.parameters.iter().zip(&call.arguments) {
            let mut results = self.operand(argument, scope)?;
            if let super::program::Operand::Literal(_) = argument {
                // A literal argument compares like a value of the document.
                results.iter_mut().for_each(|found| found.literal = false);
            }
            arguments.push((*symbol, Rc::new(results)));
        }
        let mark = self.failures.len();
        let frame = Scope { parent: Some(scope), root: scope.root, names: Names::Arguments(arguments), passing: false };
        let body = self.block(&rule.body, scope.root, &frame, role)?;
        if !self.newer() {
            self.carry_message(mark, call.legend.message.as_deref());
            return Ok(body);
        }
        let statuses = body.statuses.map(|status| match (status, role) {
            (Status::Skip, Role::Assertion) => Status::Fail,
            (Status::Skip, Role::Gate) if !call.negated => Status::Skip,
            (Status::Pass, _) if !call.negated => Status::Pass,
            (Status::Pass, _) => Status::Fail,
            (Status::Fail | Status::Skip, _) if call.negated => Status::Pass,
            (Status::Fail | Status::Skip, _) => Status::Fail,
        });
        let verdict = Verdict { statuses, hinges: body.hinges };
        if call.negated {
            self.failures.truncate(mark);
        }
        self.carry_message(mark, call.legend.message.as_deref());
        self.fail_as_a_whole(mark, &call.legend, scope, verdict);
        self.settle(mark, verdict);
        Ok(verdict)
    }

    /// Gives the message of a reference to the failures behind it that have none of their own.
    pub(super) fn carry_message(&mut self, mark: usize, message: Option<&'p str>) {
        for failure in self.failures.iter_mut().skip(mark) {
            if failure.message.is_none() && failure.legend.message.is_none() {
                failure.message = message;
            }
        }
    }
}
