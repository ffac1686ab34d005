//! What rules probably do not mean: variables that nobody uses, names that do not exist, rules that never apply, rules
//! that do not say what is wrong.

use std::sync::Arc;

use crate::diag::{Code, Place, Problem};
use crate::guard::{Clause, Let, Part, PartKind, Visitor, inside_clause, inside_file, inside_part};
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
    inside_file(&mut names, file);
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
    match file.rules.iter().find(|one| *one.name.text == *rule.guard_name) {
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
    for one in file.rules.iter().filter(|one| *one.name.text == *rule.guard_name) {
        names.block(&one.body);
    }
    if rule.guard_name == "default" {
        names.conjunction(&file.default_clauses);
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

impl<'f> Visitor<'f> for Names<'f> {
    fn assignment(&mut self, assignment: &'f Let) {
        self.defined.push(assignment);
        self.operand(&assignment.value);
    }

    fn clause(&mut self, clause: &'f Clause) {
        let message = match clause {
            Clause::Access(access) => &access.message,
            Clause::Named(named) => {
                self.called.push(&named.name.text);
                &named.message
            }
            Clause::Call(call) => {
                self.called.push(&call.name.text);
                &call.message
            }
            Clause::Block(_) | Clause::When(_) | Clause::Type(_) => &None,
        };
        self.message |= message.is_some();
        inside_clause(self, clause);
    }

    fn part(&mut self, part: &'f Part) {
        if let PartKind::Variable(name) | PartKind::Interpolated(name) = &part.kind {
            self.used.push(name);
        }
        inside_part(self, part);
    }
}
