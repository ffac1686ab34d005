//! What can be known of a program without a document: names that lead nowhere, circles, wrong arity, and which rules
//! hang on what earlier rules captured.

use std::collections::{BTreeMap, BTreeSet};

use super::functions::arity;
use super::program::{
    Block, Clause, CompileError, Disjunction, FunctionCall, Let, NamedSymbol, Operand, Part, Program, Query, Symbol,
};
use crate::text::Span;

/// The problems of a program; also settles which rules need the earlier ones to run first.
pub(super) fn check(program: &mut Program) -> Vec<CompileError> {
    let mut errors = Vec::new();
    let rules: Vec<Facts<'_>> = program
        .rules
        .iter()
        .map(|rule| {
            let mut facts = Facts::default();
            facts.disjunctions(&rule.when);
            facts.block(&rule.body);
            facts
        })
        .collect();
    let bodies: Vec<Facts<'_>> = program
        .parameterized
        .iter()
        .map(|rule| {
            let mut facts = Facts::default();
            facts.block(&rule.body);
            facts
        })
        .collect();
    let mut file = Facts::default();
    file.lets(&program.lets);

    let mut captured = file.captures.clone();
    let mut defined_somewhere: BTreeSet<Symbol> = program.lets.iter().map(|each| each.symbol).collect();
    for facts in rules.iter().chain(&bodies) {
        captured.extend(&facts.captures);
        defined_somewhere.extend(&facts.defines);
        errors.extend(facts.errors.iter().cloned());
    }
    errors.extend(file.errors.iter().cloned());
    defined_somewhere.extend(&captured);
    defined_somewhere.extend(program.parameterized.iter().flat_map(|rule| &rule.parameters));
    let global: BTreeSet<Symbol> =
        program.lets.iter().map(|each| each.symbol).chain(captured.iter().copied()).collect();

    for facts in rules.iter().chain([&file]) {
        for (variable, lexical) in &facts.uses {
            if !lexical && !global.contains(&variable.symbol) {
                errors.push(undefined(variable));
            }
        }
    }
    for facts in &bodies {
        // The body of a rule with parameters sees what its callers see.
        for (variable, lexical) in &facts.uses {
            if !lexical && !defined_somewhere.contains(&variable.symbol) {
                errors.push(undefined(variable));
            }
        }
    }
    errors.extend(wrong_calls(program, rules.iter().chain(&bodies)));
    errors.extend(circles(program, &rules, &bodies));
    let needs_earlier = needs_earlier(program, &rules, &bodies, &file);
    for (rule, needs) in program.rules.iter_mut().zip(needs_earlier) {
        rule.needs_earlier = needs;
    }
    program.captured = captured;
    errors.sort_by_key(|error| (error.span, error.message.clone()));
    errors.dedup();
    errors
}

fn undefined(variable: &NamedSymbol) -> CompileError {
    CompileError { span: variable.span, message: format!("the variable `%{}` is not defined", variable.name) }
}

fn wrong_calls<'f, 'p: 'f>(program: &Program, all: impl Iterator<Item = &'f Facts<'p>>) -> Vec<CompileError> {
    let mut errors = Vec::new();
    for facts in all {
        for call in &facts.calls {
            let message = match call.rule.and_then(|rule| program.parameterized.get(rule)) {
                None => format!("there is no rule `{}` with parameters", call.name),
                Some(rule) if rule.parameters.len() != call.arguments => {
                    format!("`{}` takes {} arguments, not {}", rule.name, rule.parameters.len(), call.arguments)
                }
                Some(_) => continue,
            };
            errors.push(CompileError { span: call.span, message });
        }
        for reference in &facts.references {
            if reference.group.is_none() {
                let message = format!("there is no rule `{}`", reference.name);
                errors.push(CompileError { span: reference.span, message });
            }
        }
    }
    errors
}

/// Rules that refer to each other in a circle. Rules come first among the numbers of the graph, then the bodies of
/// rules with parameters.
fn circles(program: &Program, rules: &[Facts<'_>], bodies: &[Facts<'_>]) -> Vec<CompileError> {
    let edges: Vec<Vec<usize>> = rules
        .iter()
        .chain(bodies)
        .map(|facts| {
            let named = facts.references.iter().filter_map(|reference| program.groups.get(reference.group?));
            let called = facts.calls.iter().filter_map(|call| Some(rules.len() + call.rule?));
            named.flat_map(|group| group.rules.iter().copied()).chain(called).collect()
        })
        .collect();
    let circular = circular(&edges);
    let mut errors = Vec::new();
    for (number, facts) in rules.iter().chain(bodies).enumerate() {
        if !circular.contains(&number) {
            continue;
        }
        for reference in &facts.references {
            let group = reference.group.and_then(|group| program.groups.get(group));
            if group.is_some_and(|group| group.rules.iter().any(|rule| circular.contains(rule))) {
                let message = format!("the rule `{}` leads back to itself", reference.name);
                errors.push(CompileError { span: reference.span, message });
            }
        }
        for call in &facts.calls {
            if call.rule.is_some_and(|rule| circular.contains(&(rules.len() + rule))) {
                let message = format!("the rule `{}` leads back to itself", call.name);
                errors.push(CompileError { span: call.span, message });
            }
        }
    }
    errors
}

/// The nodes that lie on a circle, or between two.
fn circular(edges: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (from, targets) in edges.iter().enumerate() {
        for target in targets {
            if let Some(sources) = back.get_mut(*target) {
                sources.push(from);
            }
        }
    }
    let forward = remaining(edges, &back);
    let backward = remaining(&back, edges);
    forward.intersection(&backward).copied().collect()
}

/// The nodes that are left when those without a way on are taken away again and again.
fn remaining(edges: &[Vec<usize>], back: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut ways: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut left: BTreeSet<usize> = (0..edges.len()).collect();
    let mut ends: Vec<usize> = ways.iter().enumerate().filter(|(_, ways)| **ways == 0).map(|(node, _)| node).collect();
    while let Some(end) = ends.pop() {
        left.remove(&end);
        for source in back.get(end).into_iter().flatten() {
            if let Some(count) = ways.get_mut(*source) {
                *count -= 1;
                if *count == 0 {
                    ends.push(*source);
                }
            }
        }
    }
    left
}

/// Rules in a file beyond which nobody works out which of them hang on captures: all are taken to.
const MANY: usize = 1_000;

/// For each rule whether it reads, itself or through others, a variable that an earlier rule captures, or one that it
/// captures itself and that an earlier rule may have read before.
fn needs_earlier(program: &Program, rules: &[Facts<'_>], bodies: &[Facts<'_>], file: &Facts<'_>) -> Vec<bool> {
    if rules.iter().chain(bodies).chain([file]).all(|facts| facts.captures.is_empty()) {
        return vec![false; rules.len()];
    }
    if rules.len() > MANY {
        return vec![true; rules.len()];
    }
    let all: Vec<&Facts<'_>> = rules.iter().chain(bodies).collect();
    let closure = |rule: usize| {
        let (mut uses, mut captures) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = BTreeSet::from([rule]);
        let mut waiting = vec![rule];
        while let Some(number) = waiting.pop() {
            let Some(facts) = all.get(number) else { continue };
            uses.extend(facts.uses.iter().map(|(variable, _)| variable.symbol));
            captures.extend(facts.captures.iter().copied());
            let named = facts.references.iter().filter_map(|reference| program.groups.get(reference.group?));
            let called = facts.calls.iter().filter_map(|call| Some(rules.len() + call.rule?));
            for next in named.flat_map(|group| group.rules.iter().copied()).chain(called) {
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        uses.extend(file.uses.iter().map(|(variable, _)| variable.symbol));
        captures.extend(file.captures.iter().copied());
        (uses, captures)
    };
    let (mut read, mut captured): (BTreeSet<Symbol>, BTreeSet<Symbol>) = Default::default();
    (0..rules.len())
        .map(|rule| {
            let (uses, captures) = closure(rule);
            let needs = |symbol| captured.contains(symbol) || read.contains(symbol) && captures.contains(symbol);
            let needs = uses.iter().any(needs);
            read.extend(uses);
            captured.extend(captures);
            needs
        })
        .collect()
}

struct CallFacts<'p> {
    name: &'p str,
    rule: Option<usize>,
    arguments: usize,
    span: Span,
}

struct ReferenceFacts<'p> {
    name: &'p str,
    group: Option<usize>,
    span: Span,
}

/// What stands in one rule.
#[derive(Default)]
struct Facts<'p> {
    scopes: Vec<BTreeSet<Symbol>>,
    /// Variables that are read, and whether a `let` around them defines them.
    uses: Vec<(&'p NamedSymbol, bool)>,
    captures: BTreeSet<Symbol>,
    defines: BTreeSet<Symbol>,
    references: Vec<ReferenceFacts<'p>>,
    calls: Vec<CallFacts<'p>>,
    errors: Vec<CompileError>,
}

impl<'p> Facts<'p> {
    fn block(&mut self, block: &'p Block) {
        let names: BTreeSet<Symbol> = block.lets.iter().map(|each| each.symbol).collect();
        self.defines.extend(&names);
        self.scopes.push(names);
        self.lets(&block.lets);
        self.disjunctions(&block.clauses);
        self.scopes.pop();
    }

    fn lets(&mut self, lets: &'p [Let]) {
        let numbers: BTreeMap<Symbol, usize> = lets.iter().enumerate().map(|(at, each)| (each.symbol, at)).collect();
        let mut edges: Vec<Vec<usize>> = Vec::new();
        for each in lets {
            let before = self.uses.len();
            self.operand(&each.value);
            let used: BTreeSet<Symbol> = self.uses.iter().skip(before).map(|(variable, _)| variable.symbol).collect();
            edges.push(used.iter().filter_map(|symbol| numbers.get(symbol).copied()).collect());
        }
        for number in circular(&edges) {
            if let Some(each) = lets.get(number) {
                let message = "the variable leads back to itself".to_owned();
                self.errors.push(CompileError { span: each.span, message });
            }
        }
    }

    fn disjunctions(&mut self, disjunctions: &'p [Disjunction]) {
        for clause in disjunctions.iter().flatten() {
            self.clause(clause);
        }
    }

    fn clause(&mut self, clause: &'p Clause) {
        match clause {
            Clause::Access(access) => {
                self.query(&access.query);
                if let Some(right) = &access.right {
                    self.operand(right);
                }
            }
            Clause::Block(block) => {
                self.query(&block.query);
                self.block(&block.body);
            }
            Clause::When(when) => {
                self.disjunctions(&when.conditions);
                self.block(&when.body);
            }
            Clause::Named(named) => {
                self.references.push(ReferenceFacts { name: &named.name, group: named.group, span: named.legend.span });
            }
            Clause::Call(call) => {
                self.calls.push(CallFacts {
                    name: &call.name,
                    rule: call.rule,
                    arguments: call.arguments.len(),
                    span: call.legend.span,
                });
                for argument in &call.arguments {
                    self.operand(argument);
                }
            }
            Clause::Type(block) => {
                self.query(&block.query);
                self.disjunctions(&block.when);
                self.block(&block.body);
            }
        }
    }

    fn operand(&mut self, operand: &'p Operand) {
        match operand {
            Operand::Literal(_) => {}
            Operand::Query(query) => self.query(query),
            Operand::Call(call) => self.function(call),
        }
    }

    fn function(&mut self, call: &'p FunctionCall) {
        match arity(&call.name) {
            None => {
                let message = format!("there is no function `{}`", call.name);
                self.errors.push(CompileError { span: call.span, message });
            }
            Some(count) if count != call.arguments.len() => {
                let message = format!("`{}` takes {count} arguments, not {}", call.name, call.arguments.len());
                self.errors.push(CompileError { span: call.span, message });
            }
            Some(_) => {}
        }
        for argument in &call.arguments {
            self.operand(argument);
        }
    }

    fn query(&mut self, query: &'p Query) {
        for part in &query.parts {
            match part {
                Part::Variable(variable) | Part::Interpolated(variable) => {
                    let lexical = self.scopes.iter().any(|scope| scope.contains(&variable.symbol));
                    self.uses.push((variable, lexical));
                }
                Part::AllValues { capture } | Part::AllIndices { capture } => self.captures.extend(*capture),
                Part::Filter(filter) => {
                    self.captures.extend(filter.capture);
                    self.disjunctions(&filter.clauses);
                }
                Part::KeyFilter { right, .. } => self.operand(right),
                Part::This | Part::Key(_) | Part::Index(_) => {}
            }
        }
    }
}
