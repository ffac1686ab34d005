//! From the syntax tree to a program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

use crate::guard::{self, Dialect, LiteralKind, Operator, PartKind, RuleFile};
use crate::text::Span;

use super::analysis;
use super::at_a_glance::is_simple;
use super::constant::Constant;
use super::fixed::fixed_variables;
use super::program::{
    AccessClause, Block, BlockClause, Clause, CompileError, Disjunction, Filter, FunctionCall, Group, Key, Legend, Let,
    NamedReference, NamedSymbol, Operand, ParameterizedRule, Part, Program, Query, Rule, RuleCall, RuleEntry, Symbol,
    TypeBlock, WhenBlock,
};
use super::skipping::{are_plain, needs, plain_from};
use super::straight;

impl Program {
    /// Compiles a rule file; `text` is the text that it was parsed from.
    ///
    /// The errors name what a rule cannot be evaluated for, such as a variable that is nowhere defined. The rules that
    /// have none run; a rule that has one answers [`super::Stop::Error`] when its evaluation gets there.
    #[must_use]
    pub fn compile(file: &RuleFile, text: &str, dialect: Dialect) -> (Self, Vec<CompileError>) {
        let mut compiler = Compiler {
            text,
            dialect,
            symbols: BTreeMap::new(),
            keys: BTreeMap::new(),
            groups: BTreeMap::new(),
            parameterized: BTreeMap::new(),
            fixed: fixed_variables(file),
        };
        let mut program = compiler.file(file);
        let errors = analysis::check(&mut program);
        if errors.is_empty() {
            let needs: Vec<_> = program.rules.iter().map(|rule| needs(&program, &rule.when)).collect();
            for (rule, needs) in program.rules.iter_mut().zip(needs).filter(|(rule, _)| !rule.needs_earlier) {
                rule.needs = needs;
            }
            let selections: Vec<_> = program.rules.iter().map(|rule| straight::selection(&program, rule)).collect();
            for (rule, selection) in program.rules.iter_mut().zip(selections) {
                rule.selection = selection;
            }
        }
        (program, errors)
    }
}

/// What is expected of a condition that stopped the evaluation.
const CONDITION: &str = "a condition that can be evaluated";

struct Compiler<'t> {
    text: &'t str,
    dialect: Dialect,
    symbols: BTreeMap<SmolStr, Symbol>,
    keys: BTreeMap<SmolStr, Arc<Key>>,
    groups: BTreeMap<SmolStr, usize>,
    parameterized: BTreeMap<SmolStr, usize>,
    /// Variables that stand for one literal wherever they are read.
    fixed: BTreeMap<&'t str, &'t LiteralKind>,
}

impl Compiler<'_> {
    fn file(&mut self, file: &RuleFile) -> Program {
        let mut entries = Vec::new();
        let mut groups: Vec<Group> = Vec::new();
        if let (Some(first), Some(last)) = (file.default_clauses.first(), file.default_clauses.last()) {
            entries.push(RuleEntry { name: "default".to_owned(), span: first.span.join(last.span) });
        }
        for rule in &file.rules {
            let group = *self.groups.entry(rule.name.text.clone()).or_insert_with(|| {
                groups.push(Group { name: rule.name.text.to_string(), rules: Vec::new() });
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(group) {
                group.rules.push(entries.len());
            }
            entries.push(RuleEntry { name: rule.name.text.to_string(), span: rule.span });
        }
        for (index, rule) in file.parameterized.iter().enumerate() {
            self.parameterized.insert(rule.name.text.clone(), index);
        }
        let mut rules = Vec::new();
        if !file.default_clauses.is_empty() {
            let span = entries.first().map_or_else(Span::default, |entry| entry.span);
            let body = Block { lets: Vec::new(), clauses: self.disjunctions(&file.default_clauses) };
            rules.push(Rule {
                when: Vec::new(),
                body,
                legend: legend(span, None, CONDITION),
                needs_earlier: false,
                needs: Vec::new(),
                selection: None,
            });
        }
        for rule in &file.rules {
            let when = self.disjunctions(&rule.when);
            let body = self.block(&rule.body);
            rules.push(Rule {
                when,
                body,
                legend: legend(rule.name.span, None, CONDITION),
                needs_earlier: false,
                needs: Vec::new(),
                selection: None,
            });
        }
        let parameterized = file
            .parameterized
            .iter()
            .map(|rule| ParameterizedRule {
                name: rule.name.text.to_string(),
                parameters: rule.parameters.iter().map(|name| self.symbol(&name.text)).collect(),
                body: self.block(&rule.body),
            })
            .collect();
        let lets = self.lets(&file.lets);
        let symbols = self.symbols.len();
        let captured = BTreeSet::new();
        Program { dialect: self.dialect, entries, rules, groups, parameterized, lets, symbols, captured }
    }

    fn symbol(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(name) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.symbols.len()).unwrap_or(u32::MAX));
        self.symbols.insert(name.into(), symbol);
        symbol
    }

    fn variable(&mut self, name: &str, span: Span) -> NamedSymbol {
        NamedSymbol { symbol: self.symbol(name), name: name.to_owned(), span }
    }

    fn capture(&mut self, name: Option<&SmolStr>) -> Option<Symbol> {
        name.map(|name| self.symbol(name))
    }

    fn key(&mut self, text: &str) -> Arc<Key> {
        let dialect = self.dialect;
        let key = self.keys.entry(text.into()).or_insert_with(|| Arc::new(Key::new(text, dialect)));
        Arc::clone(key)
    }

    /// Of several `let` of one name only one is ever read: literals before functions before queries, the last of each.
    fn lets(&mut self, lets: &[guard::Let]) -> Vec<Let> {
        let rank = |value: &guard::Operand| match value {
            guard::Operand::Literal(_) => 2,
            guard::Operand::Call(_) => 1,
            guard::Operand::Query(_) => 0,
        };
        let mut chosen: BTreeMap<&str, &guard::Let> = BTreeMap::new();
        for each in lets {
            let before = chosen.get(each.name.text.as_str());
            if before.is_none_or(|before| rank(&each.value) >= rank(&before.value)) {
                chosen.insert(&each.name.text, each);
            }
        }
        chosen
            .values()
            .map(|each| Let {
                symbol: self.symbol(&each.name.text),
                value: self.operand(&each.value),
                span: each.name.span,
            })
            .collect()
    }

    fn block(&mut self, block: &guard::Block) -> Block {
        Block { lets: self.lets(&block.lets), clauses: self.disjunctions(&block.clauses) }
    }

    fn disjunctions(&mut self, disjunctions: &[guard::Disjunction]) -> Vec<Disjunction> {
        disjunctions
            .iter()
            .map(|disjunction| disjunction.alternatives.iter().map(|clause| self.clause(clause)).collect())
            .collect()
    }

    fn operand(&mut self, operand: &guard::Operand) -> Operand {
        match operand {
            guard::Operand::Literal(literal) => Operand::Literal(Constant::new(literal)),
            guard::Operand::Query(query) => Operand::Query(self.query(query)),
            guard::Operand::Call(call) => Operand::Call(FunctionCall {
                name: call.name.text.to_string(),
                arguments: call.arguments.iter().map(|argument| self.operand(argument)).collect(),
                pattern: OnceLock::new(),
                span: call.span,
            }),
        }
    }

    fn query(&mut self, query: &guard::Query) -> Query {
        let parts = query.parts.iter().map(|part| self.part(part)).collect();
        Query::new(query.some, parts, query.span)
    }

    fn part(&mut self, part: &guard::Part) -> Part {
        match &part.kind {
            PartKind::This => Part::This,
            PartKind::Variable(name) => Part::Variable(self.variable(name, part.span)),
            PartKind::Key(text) => Part::Key(self.key(text)),
            PartKind::Interpolated(name) => Part::Interpolated(self.variable(name, part.span)),
            PartKind::AllValues { capture } => Part::AllValues { capture: self.capture(capture.as_ref()) },
            PartKind::AllIndices { capture } => Part::AllIndices { capture: self.capture(capture.as_ref()) },
            PartKind::Index(index) => Part::Index(self.index(*index)),
            PartKind::Filter { capture, clauses } => {
                let types = self.types_of(clauses);
                let compiled = self.disjunctions(clauses);
                Part::Filter(Box::new(Filter {
                    capture: self.capture(capture.as_ref()),
                    only_types: compiled.len() == 1,
                    types: types.filter(|_| compiled.get(1..).is_some_and(are_plain)),
                    plain_from: plain_from(&compiled),
                    clauses: compiled,
                    touchy: touchy(clauses),
                    text: self.words(part.span),
                }))
            }
            PartKind::KeyFilter { operator, negated, right, .. } => Part::KeyFilter {
                operator: *operator,
                negated: *negated,
                right: Box::new(self.operand(right)),
                text: self.words(part.span),
            },
        }
    }

    /// What the type must be one of where a filter begins with `Type == 'x'` or `Type in ['x', 'y']`.
    fn types_of(&self, clauses: &[guard::Disjunction]) -> Option<Vec<String>> {
        let [guard::Clause::Access(access)] = clauses.first()?.alternatives.as_slice() else { return None };
        let query = &access.query;
        let [guard::Part { kind: PartKind::Key(key), .. }] = query.parts.as_slice() else { return None };
        if key != "Type" || query.some || access.negated || access.operator_negated {
            return None;
        }
        let literal = match access.right.as_ref()? {
            guard::Operand::Literal(literal) => &literal.kind,
            guard::Operand::Query(guard::Query { some: false, parts, .. }) => match parts.as_slice() {
                [guard::Part { kind: PartKind::Variable(name), .. }] => self.fixed.get(name.as_str())?,
                _ => return None,
            },
            _ => return None,
        };
        match (access.operator, literal) {
            (Operator::Equal, LiteralKind::String(text)) => Some(vec![text.to_string()]),
            (Operator::In, LiteralKind::List(items)) => {
                let text = |item: &guard::Literal| match &item.kind {
                    LiteralKind::String(text) => Some(text.to_string()),
                    _ => None,
                };
                items.iter().map(text).collect()
            }
            _ => None,
        }
    }

    /// The default dialect keeps 32 bits of an index.
    fn index(&self, index: i64) -> i64 {
        match self.dialect {
            Dialect::Classic => {
                let [a, b, c, d, ..] = index.to_le_bytes();
                i64::from(i32::from_le_bytes([a, b, c, d]))
            }
            Dialect::V321 => index,
        }
    }

    fn clause(&mut self, clause: &guard::Clause) -> Clause {
        match clause {
            guard::Clause::Access(access) => Clause::Access(self.access(access)),
            guard::Clause::Block(block) => Clause::Block(BlockClause {
                query: self.query(&block.query),
                not_empty: block.not_empty,
                body: self.block(&block.body),
                legend: legend(block.span, None, if block.not_empty { "!empty" } else { "exists" }),
            }),
            guard::Clause::When(when) => Clause::When(WhenBlock {
                conditions: self.disjunctions(&when.conditions),
                body: self.block(&when.body),
                legend: legend(when.span, None, CONDITION),
            }),
            guard::Clause::Named(named) => {
                let group = self.groups.get(&named.name.text).copied();
                let expected = format!("{}{}", if named.negated { "not " } else { "" }, named.name.text);
                Clause::Named(NamedReference {
                    negated: named.negated,
                    name: named.name.text.to_string(),
                    group,
                    legend: legend(named.span, named.message.as_ref(), &expected),
                })
            }
            guard::Clause::Call(call) => {
                let negated = call.negated && self.dialect == Dialect::V321;
                let expected = format!("{}{}", if negated { "not " } else { "" }, call.name.text);
                Clause::Call(RuleCall {
                    negated,
                    name: call.name.text.to_string(),
                    rule: self.parameterized.get(&call.name.text).copied(),
                    arguments: call.arguments.iter().map(|argument| self.operand(argument)).collect(),
                    legend: legend(call.span, call.message.as_ref(), &expected),
                })
            }
            guard::Clause::Type(block) => Clause::Type(self.type_block(block)),
        }
    }

    fn access(&mut self, access: &guard::AccessClause) -> AccessClause {
        // Before a binary operator the default dialect reads `not` and forgets it.
        let inverted = access.negated && (access.operator.is_unary() || self.dialect == Dialect::V321);
        let mut expected = self.words(access.operator_span);
        let right = access.right.as_ref();
        if let Some(right) = right {
            let span = match right {
                guard::Operand::Literal(literal) => literal.span,
                guard::Operand::Query(query) => query.span,
                guard::Operand::Call(call) => call.span,
            };
            expected.push(' ');
            expected.push_str(&self.words(span));
        }
        if inverted {
            expected.insert_str(0, "not ");
        }
        let query = self.query(&access.query);
        let right = right.map(|right| self.operand(right));
        AccessClause {
            simple: is_simple(&query, access.operator, right.as_ref()),
            query,
            operator: access.operator,
            negated: access.operator_negated,
            inverted,
            right,
            legend: legend(access.span, access.message.as_ref(), &expected),
        }
    }

    /// A type block asks `Resources.*[ Type == "..." ]`.
    fn type_block(&mut self, block: &guard::TypeBlock) -> TypeBlock {
        let name = &block.type_name.text;
        let span = block.type_name.span;
        let of_type = AccessClause {
            query: Query::new(false, vec![Part::Key(self.key("Type"))], span),
            operator: Operator::Equal,
            negated: false,
            inverted: false,
            right: Some(Operand::Literal(Constant::String(name.to_string()))),
            simple: true,
            legend: legend(span, None, ""),
        };
        let query = Query::new(
            false,
            vec![
                Part::Key(self.key("Resources")),
                Part::AllValues { capture: None },
                Part::Filter(Box::new(Filter {
                    capture: None,
                    clauses: vec![vec![Clause::Access(of_type)]],
                    plain_from: 0,
                    touchy: false,
                    types: Some(vec![name.to_string()]),
                    only_types: true,
                    text: format!("[ Type == '{name}' ]"),
                })),
            ],
            span,
        );
        TypeBlock {
            query,
            when: self.disjunctions(&block.when),
            body: self.block(&block.body),
            legend: legend(block.span, None, name),
        }
    }

    /// The text of `span` on one line.
    fn words(&self, span: Span) -> String {
        let text = span.slice(self.text).unwrap_or("");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn legend(span: Span, message: Option<&guard::Name>, expected: &str) -> Legend {
    let message = message.map(|message| message.text.trim().to_owned()).filter(|message| !message.is_empty());
    Legend { span, message, expected: expected.to_owned() }
}

/// Whether clauses may meet a type that they do not support: they ask `empty`, or something that stands elsewhere.
fn touchy(clauses: &[guard::Disjunction]) -> bool {
    let query = |query: &guard::Query| {
        query.parts.iter().any(|part| match &part.kind {
            PartKind::Variable(_) | PartKind::Interpolated(_) => true,
            PartKind::Filter { clauses, .. } => touchy(clauses),
            _ => false,
        })
    };
    clauses.iter().flat_map(|disjunction| &disjunction.alternatives).any(|clause| match clause {
        guard::Clause::Access(access) => {
            let right = match &access.right {
                Some(guard::Operand::Query(right)) => query(right),
                Some(guard::Operand::Call(_)) => true,
                Some(guard::Operand::Literal(_)) | None => false,
            };
            access.operator == Operator::Empty || right || query(&access.query)
        }
        guard::Clause::Block(block) => {
            query(&block.query) || !block.body.lets.is_empty() || touchy(&block.body.clauses)
        }
        _ => true,
    })
}
