//! Whether a rule looks for functions as they are written: `Properties.Key.Ref exists`, `[ keys == 'Fn::Sub' ]`.

use std::collections::BTreeSet;

use crate::guard::{
    Block, Clause, Disjunction, FunctionCall, Let, Literal, LiteralKind, Operand, Part, PartKind, Query, Rule, RuleFile,
};

/// Whether what `rules` reach looks for functions; with `default`, the clauses outside any rule.
pub(super) fn looks_for_functions(file: &RuleFile, rules: &[&Rule], default: bool) -> bool {
    let mut search = Search { file, seen: BTreeSet::new(), open: Vec::new(), found: false };
    for rule in rules {
        search.disjunctions(&rule.when);
        search.block(&rule.body);
    }
    if default {
        search.disjunctions(&file.default_clauses);
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
                    search.disjunctions(&rule.when);
                    search.block(&rule.body);
                }
                for rule in file.parameterized.iter().filter(|rule| rule.name.text == name) {
                    search.block(&rule.body);
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

    fn block(&mut self, block: &'f Block) {
        self.lets(&block.lets);
        self.disjunctions(&block.clauses);
    }

    fn lets(&mut self, lets: &'f [Let]) {
        for each in lets {
            self.operand(&each.value);
        }
    }

    fn disjunctions(&mut self, disjunctions: &'f [Disjunction]) {
        for clause in disjunctions.iter().flat_map(|one| &one.alternatives) {
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
                Clause::Named(named) => self.refer(Reference::Rule(&named.name.text)),
                Clause::Call(call) => {
                    self.refer(Reference::Rule(&call.name.text));
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
            Operand::Literal(literal) => self.literal(literal),
            Operand::Query(query) => self.query(query),
            Operand::Call(call) => self.function(call),
        }
    }

    fn function(&mut self, call: &'f FunctionCall) {
        for argument in &call.arguments {
            self.operand(argument);
        }
    }

    fn query(&mut self, query: &'f Query) {
        for Part { kind, .. } in &query.parts {
            match kind {
                PartKind::Key(key) => self.found |= is_function(key),
                PartKind::Variable(name) | PartKind::Interpolated(name) => self.refer(Reference::Variable(name)),
                PartKind::Filter { clauses, .. } => self.disjunctions(clauses),
                PartKind::KeyFilter { right, .. } => {
                    self.key_filter(right);
                    self.operand(right);
                }
                _ => {}
            }
        }
    }

    /// Keys may be asked for `Ref` too, which elsewhere is a word like any other.
    fn key_filter(&mut self, right: &'f Operand) {
        if let Operand::Literal(literal) = right {
            let items = match &literal.kind {
                LiteralKind::List(items) => items.as_slice(),
                _ => std::slice::from_ref(literal),
            };
            self.found |= items.iter().any(|item| matches!(&item.kind, LiteralKind::String(text) if is_function(text)));
        }
    }

    fn literal(&mut self, literal: &'f Literal) {
        match &literal.kind {
            LiteralKind::String(text) => self.found |= text.starts_with("Fn::"),
            LiteralKind::Regex(pattern) => self.found |= pattern.contains("Fn::"),
            LiteralKind::List(items) => items.iter().for_each(|item| self.literal(item)),
            LiteralKind::Map(entries) => {
                for (name, value) in entries {
                    self.found |= is_function(&name.text);
                    self.literal(value);
                }
            }
            _ => {}
        }
    }
}
