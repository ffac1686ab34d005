//! Whether a rule looks for functions as they are written: `Properties.Key.Ref exists`, `[ keys == 'Fn::Sub' ]`.

use std::collections::BTreeSet;

use crate::guard::{
    Clause, Literal, LiteralKind, Operand, Part, PartKind, Rule, RuleFile, Visitor, inside_clause, inside_literal,
    inside_part,
};

/// Whether what `rules` reach looks for functions; with `default`, the clauses outside any rule.
pub(super) fn looks_for_functions(file: &RuleFile, rules: &[&Rule], default: bool) -> bool {
    let mut search = Search { file, seen: BTreeSet::new(), open: Vec::new(), found: false };
    for rule in rules {
        search.rule(rule);
    }
    if default {
        search.conjunction(&file.default_clauses);
    }
    // What is referred to is looked at once, without recursion from rule to rule.
    while let Some(name) = search.open.pop() {
        match name {
            Reference::Variable(name) => {
                for each in file.lets.iter().filter(|each| each.name.text == name) {
                    search.operand(&each.value);
                }
            }
            Reference::Rule(name) => {
                for rule in file.rules.iter().filter(|rule| rule.name.text == name) {
                    search.rule(rule);
                }
                for rule in file.parameterized.iter().filter(|rule| rule.name.text == name) {
                    search.parameterized(rule);
                }
            }
        }
    }
    search.found
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reference<'f> {
    Variable(&'f str),
    Rule(&'f str),
}

struct Search<'f> {
    file: &'f RuleFile,
    seen: BTreeSet<Reference<'f>>,
    open: Vec<Reference<'f>>,
    found: bool,
}

/// Whether a key is that of a function in its long form.
fn is_function(key: &str) -> bool {
    key == "Ref" || key.starts_with("Fn::")
}

// The parser bounds how deep clauses, queries and literals nest.
impl<'f> Search<'f> {
    fn refer(&mut self, reference: Reference<'f>) {
        let known = match reference {
            Reference::Variable(name) => self.file.lets.iter().any(|each| each.name.text == name),
            Reference::Rule(_) => true,
        };
        if known && self.seen.insert(reference) {
            self.open.push(reference);
        }
    }
}

impl<'f> Visitor<'f> for Search<'f> {
    fn clause(&mut self, clause: &'f Clause) {
        match clause {
            Clause::Named(named) => self.refer(Reference::Rule(&named.name.text)),
            Clause::Call(call) => self.refer(Reference::Rule(&call.name.text)),
            _ => {}
        }
        inside_clause(self, clause);
    }

    fn part(&mut self, part: &'f Part) {
        match &part.kind {
            PartKind::Key(key) => self.found |= is_function(key),
            PartKind::Variable(name) | PartKind::Interpolated(name) => self.refer(Reference::Variable(name)),
            PartKind::KeyFilter { right, .. } => self.found |= asks_for_functions(right),
            _ => {}
        }
        inside_part(self, part);
    }

    fn literal(&mut self, literal: &'f Literal) {
        match &literal.kind {
            LiteralKind::String(text) => self.found |= text.starts_with("Fn::"),
            LiteralKind::Regex(pattern) => self.found |= pattern.contains("Fn::"),
            LiteralKind::Map(entries) => self.found |= entries.iter().any(|(name, _)| is_function(&name.text)),
            _ => {}
        }
        inside_literal(self, literal);
    }
}

/// Keys may be asked for `Ref` too, which elsewhere is a word like any other.
fn asks_for_functions(right: &Operand) -> bool {
    let Operand::Literal(literal) = right else { return false };
    let items = match &literal.kind {
        LiteralKind::List(items) => items.as_slice(),
        _ => std::slice::from_ref(literal),
    };
    items.iter().any(|item| matches!(&item.kind, LiteralKind::String(text) if is_function(text)))
}
