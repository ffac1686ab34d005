//! What rules probably do not mean: variables that nobody uses, names that do not exist, rules that never apply, rules
//! that do not say what is wrong.

use std::sync::Arc;

use crate::diag::{Code, Place, Problem};
use crate::guard::{Block, Clause, Disjunction, FunctionCall, Let, Operand, PartKind, Query};
use crate::rules::{Rule, RuleText};
use crate::text::Span;

use super::lint_queries;
use super::reach::reach;

/// What is suspicious about rules, each said once, in the order of rules and places. Only what stands in a rule's own
/// file is looked at: what it imports is another rule's business.
#[must_use]
pub fn lint(rules: &[Arc<Rule>]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut files: Vec<*const RuleText> = Vec::new();
    for rule in rules {
        let mut found = Vec::new();
        if !files.contains(&Arc::as_ptr(&rule.text)) {
            files.push(Arc::as_ptr(&rule.text));
            unused_variables(&rule.text, &mut found);
            let functions = reach(rule.text.file(), &rule.guard_name).functions;
            lint_queries::check(rule.text.file(), functions, &mut found);
        }
        never_applies(rule, &mut found);
        no_message(rule, &mut found);
        found.sort_by_key(|lint| lint.span);
        for lint in found.into_iter().filter(|lint| rule.text.is_own(lint.span)) {
            let Some((source, span)) = rule.text.locate(lint.span) else { continue };
            let place = Place::new(source, &Arc::new(source.name().clone()), span);
            let problem =
                Problem { code: Code::RuleLint, message: lint.message, place, related: Vec::new(), help: lint.help };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
    }
    problems
}

/// Something suspicious, with its place in the rule's whole text.
pub(super) struct Lint {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// A variable may be used by whom it is not in sight of: parameterized rules see the variables of their callers.
fn unused_variables(text: &RuleText, found: &mut Vec<Lint>) {
    let file = text.file();
    let mut names = Names::default();
    names.lets(&file.lets);
    for rule in &file.rules {
        names.disjunctions(&rule.when);
        names.block(&rule.body);
    }
    for rule in &file.parameterized {
        names.block(&rule.body);
    }
    names.disjunctions(&file.default_clauses);
    for each in names.defined {
        if !names.used.contains(&each.name.text.as_str()) {
            found.push(Lint {
                span: each.name.span,
                message: format!("the variable `%{}` is not used", each.name.text),
                help: None,
            });
        }
    }
}

fn rule_spans(rule: &Rule) -> Option<Span> {
    let file = rule.text.file();
    match file.rules.iter().find(|one| one.name.text == rule.guard_name) {
        Some(one) => Some(one.name.span),
        None => file.default_clauses.first().map(|clause| clause.span),
    }
}

fn never_applies(rule: &Rule, found: &mut Vec<Lint>) {
    let reach = reach(rule.text.file(), &rule.guard_name);
    let Some(span) = rule_spans(rule) else { return };
    if reach.whole.is_none() && reach.types.as_ref().is_some_and(Vec::is_empty) {
        found.push(Lint {
            span,
            message: format!("the rule `{}` never applies: no type passes its filters", rule.guard_name),
            help: None,
        });
    }
}

fn no_message(rule: &Rule, found: &mut Vec<Lint>) {
    let file = rule.text.file();
    let mut names = Names::default();
    for one in file.rules.iter().filter(|one| one.name.text == rule.guard_name) {
        names.block(&one.body);
    }
    if rule.guard_name == "default" {
        names.disjunctions(&file.default_clauses);
    }
    let mut open = std::mem::take(&mut names.called);
    let mut seen: Vec<&str> = Vec::new();
    while let Some(name) = open.pop() {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        for called in file.parameterized.iter().filter(|called| called.name.text == name) {
            names.block(&called.body);
        }
        for called in file.rules.iter().filter(|called| called.name.text == name) {
            names.block(&called.body);
        }
        open.append(&mut names.called);
    }
    let Some(span) = rule_spans(rule).filter(|_| !names.message) else { return };
    found.push(Lint {
        span,
        message: format!("the rule `{}` does not say what is wrong", rule.guard_name),
        help: Some("put `<<what is wrong>>` after its clauses".to_owned()),
    });
}

/// The names in a part of a rule file.
#[derive(Default)]
struct Names<'f> {
    defined: Vec<&'f Let>,
    used: Vec<&'f str>,
    called: Vec<&'f str>,
    message: bool,
}

impl<'f> Names<'f> {
    fn block(&mut self, block: &'f Block) {
        self.lets(&block.lets);
        self.disjunctions(&block.clauses);
    }

    fn lets(&mut self, lets: &'f [Let]) {
        for each in lets {
            self.defined.push(each);
            self.operand(&each.value);
        }
    }

    fn disjunctions(&mut self, disjunctions: &'f [Disjunction]) {
        for clause in disjunctions.iter().flat_map(|one| &one.alternatives) {
            match clause {
                Clause::Access(access) => {
                    self.message |= access.message.is_some();
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
                    self.message |= named.message.is_some();
                    self.called.push(&named.name.text);
                }
                Clause::Call(call) => {
                    self.message |= call.message.is_some();
                    self.called.push(&call.name.text);
                    for argument in &call.arguments {
                        self.operand(argument);
                    }
                }
                Clause::Type(block) => {
                    self.disjunctions(&block.when);
                    self.block(&block.body);
                }
            }
        }
    }

    fn operand(&mut self, operand: &'f Operand) {
        match operand {
            Operand::Literal(_) => {}
            Operand::Query(query) => self.query(query),
            Operand::Call(FunctionCall { arguments, .. }) => {
                for argument in arguments {
                    self.operand(argument);
                }
            }
        }
    }

    fn query(&mut self, query: &'f Query) {
        for part in &query.parts {
            match &part.kind {
                PartKind::Variable(name) | PartKind::Interpolated(name) => self.used.push(name),
                PartKind::Filter { clauses, .. } => self.disjunctions(clauses),
                PartKind::KeyFilter { right, .. } => self.operand(right),
                _ => {}
            }
        }
    }
}
