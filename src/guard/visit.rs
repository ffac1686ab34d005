//! Going through a syntax tree.

use super::ast::{
    Block, Clause, Disjunction, FunctionCall, Let, Literal, LiteralKind, Operand, ParameterizedRule, Part, PartKind,
    Query, Rule, RuleFile,
};

/// Sees the nodes of a syntax tree, in source order except that the variables of a file, then its rules, come first.
///
/// A method that is not overridden goes on to what is inside of the node; one that is does so by the function of its
/// name with `inside_`. The parser bounds how deep trees nest.
pub trait Visitor<'f> {
    /// The definition of a variable.
    fn assignment(&mut self, assignment: &'f Let) {
        self.operand(&assignment.value);
    }

    /// A rule without parameters.
    fn rule(&mut self, rule: &'f Rule) {
        self.conjunction(&rule.when);
        self.block(&rule.body);
    }

    /// A rule with parameters.
    fn parameterized(&mut self, rule: &'f ParameterizedRule) {
        self.block(&rule.body);
    }

    /// A block.
    fn block(&mut self, block: &'f Block) {
        for assignment in &block.lets {
            self.assignment(assignment);
        }
        self.conjunction(&block.clauses);
    }

    /// Clauses that follow each other.
    fn conjunction(&mut self, disjunctions: &'f [Disjunction]) {
        for clause in disjunctions.iter().flat_map(|disjunction| &disjunction.alternatives) {
            self.clause(clause);
        }
    }

    /// A clause.
    fn clause(&mut self, clause: &'f Clause) {
        inside_clause(self, clause);
    }

    /// A right side, an argument or the value of a variable.
    fn operand(&mut self, operand: &'f Operand) {
        match operand {
            Operand::Literal(literal) => self.literal(literal),
            Operand::Query(query) => self.query(query),
            Operand::Call(call) => self.function(call),
        }
    }

    /// A call of a built-in function.
    fn function(&mut self, call: &'f FunctionCall) {
        for argument in &call.arguments {
            self.operand(argument);
        }
    }

    /// A query.
    fn query(&mut self, query: &'f Query) {
        for part in &query.parts {
            self.part(part);
        }
    }

    /// A part of a query.
    fn part(&mut self, part: &'f Part) {
        inside_part(self, part);
    }

    /// A literal.
    fn literal(&mut self, literal: &'f Literal) {
        inside_literal(self, literal);
    }
}

/// Goes through a whole file.
pub fn inside_file<'f>(visitor: &mut (impl Visitor<'f> + ?Sized), file: &'f RuleFile) {
    for assignment in &file.lets {
        visitor.assignment(assignment);
    }
    for rule in &file.rules {
        visitor.rule(rule);
    }
    for rule in &file.parameterized {
        visitor.parameterized(rule);
    }
    visitor.conjunction(&file.default_clauses);
}

/// Goes through what a clause holds.
pub fn inside_clause<'f>(visitor: &mut (impl Visitor<'f> + ?Sized), clause: &'f Clause) {
    match clause {
        Clause::Access(access) => {
            visitor.query(&access.query);
            if let Some(right) = &access.right {
                visitor.operand(right);
            }
        }
        Clause::Block(block) => {
            visitor.query(&block.query);
            visitor.block(&block.body);
        }
        Clause::When(when) => {
            visitor.conjunction(&when.conditions);
            visitor.block(&when.body);
        }
        Clause::Named(_) => {}
        Clause::Call(call) => {
            for argument in &call.arguments {
                visitor.operand(argument);
            }
        }
        Clause::Type(block) => {
            visitor.conjunction(&block.when);
            visitor.block(&block.body);
        }
    }
}

/// Goes through what a part of a query holds.
pub fn inside_part<'f>(visitor: &mut (impl Visitor<'f> + ?Sized), part: &'f Part) {
    match &part.kind {
        PartKind::Filter { clauses, .. } => visitor.conjunction(clauses),
        PartKind::KeyFilter { right, .. } => visitor.operand(right),
        PartKind::This
        | PartKind::Variable(_)
        | PartKind::Key(_)
        | PartKind::Interpolated(_)
        | PartKind::AllValues { .. }
        | PartKind::AllIndices { .. }
        | PartKind::Index(_) => {}
    }
}

/// Goes through what a literal holds.
pub fn inside_literal<'f>(visitor: &mut (impl Visitor<'f> + ?Sized), literal: &'f Literal) {
    match &literal.kind {
        LiteralKind::List(items) => items.iter().for_each(|item| visitor.literal(item)),
        LiteralKind::Map(entries) => entries.iter().for_each(|(_, value)| visitor.literal(value)),
        _ => {}
    }
}
