//! Clauses: what a rule, a block, a filter or a condition is made of.

use super::ast::{
    AccessClause, Block, BlockClause, Clause, Disjunction, Name, NamedReference, Operand, Operator, Query, RuleCall,
    TypeBlock, WhenBlock,
};
use super::cursor::{Parse, Parser, Stop};
use super::wording::REFERENCE_END;

use crate::text::Span;

/// Which clauses may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// The body of a rule: everything.
    RuleBody,
    /// The body of a `when` directly in a rule: clauses and names of rules.
    ClauseOrReference,
    /// Any deeper body, or a filter: clauses, without bare names of rules.
    Clause,
    /// After `when`: comparisons, calls and names of rules, without blocks.
    Condition,
    /// A type block.
    TypeBlock,
}

const UNARY_WORDS: &[(Operator, [&str; 2])] = &[
    (Operator::IsString, ["IS_STRING", "is_string"]),
    (Operator::IsList, ["IS_LIST", "is_list"]),
    (Operator::IsStruct, ["IS_STRUCT", "is_struct"]),
    (Operator::IsBool, ["IS_BOOL", "is_bool"]),
    (Operator::IsInt, ["IS_INT", "is_int"]),
    (Operator::IsNull, ["IS_NULL", "is_null"]),
    (Operator::IsFloat, ["IS_FLOAT", "is_float"]),
];

/// Builds a clause outside the frame of the production that read it, so that deep nesting needs little stack.
#[inline(never)]
fn add(clauses: &mut Vec<Clause>, build: impl FnOnce() -> Clause) {
    clauses.push(build());
}

impl Parser<'_> {
    /// Reads clauses until none follows: a conjunction. Fatal when there is none at all.
    pub(super) fn conjunction(&mut self, item: Item) -> Parse<Vec<Disjunction>> {
        let mut clauses = vec![self.committed(|parser| parser.disjunction(item))?];
        while let Some(clause) = self.optional(|parser| parser.disjunction(item))? {
            clauses.push(clause);
        }
        Ok(clauses)
    }

    /// Reads `clause or clause or ...`.
    pub(super) fn disjunction(&mut self, item: Item) -> Parse<Disjunction> {
        self.skip_space();
        let start = self.at;
        let mut alternatives = Vec::with_capacity(1);
        self.item(item, &mut alternatives)?;
        let mut end = self.at;
        while self
            .optional(|parser| {
                parser.or()?;
                parser.item(item, &mut alternatives)
            })?
            .is_some()
        {
            end = self.at;
        }
        Ok(Disjunction { alternatives, span: Span::new(start, end) })
    }

    /// Reads one clause and adds it to `clauses`.
    fn item(&mut self, item: Item, clauses: &mut Vec<Clause>) -> Parse<()> {
        let start = self.at;
        match item {
            Item::RuleBody => {
                if self.optional(|parser| parser.type_block(clauses))?.is_some()
                    || self.optional(|parser| parser.when_block(Item::ClauseOrReference, clauses))?.is_some()
                {
                    return Ok(());
                }
                self.item(Item::ClauseOrReference, clauses)
            }
            Item::ClauseOrReference => match self.optional(|parser| parser.clause(clauses))? {
                Some(()) => Ok(()),
                None => self.reference(clauses).inspect_err(|_| self.trouble.expect(start, "a clause")),
            },
            Item::Clause => self.clause(clauses).inspect_err(|_| self.trouble.expect(start, "a clause")),
            Item::Condition => {
                if self.optional(|parser| parser.access_clause(clauses))?.is_some()
                    || self.optional(|parser| parser.rule_call(clauses))?.is_some()
                {
                    return Ok(());
                }
                self.reference(clauses).inspect_err(|_| self.trouble.expect(start, "a condition"))
            }
            Item::TypeBlock => self.type_block(clauses),
        }
    }

    fn clause(&mut self, clauses: &mut Vec<Clause>) -> Parse<()> {
        self.step()?;
        if self.optional(|parser| parser.when_block(Item::Clause, clauses))?.is_some() {
            return Ok(());
        }
        let start = self.at;
        let Some(query) = self.optional(Self::query)? else {
            if self.optional(|parser| parser.rule_call(clauses))?.is_some() {
                return Ok(());
            }
            return self.access_clause(clauses);
        };
        let end = self.at;
        let Some(query) = self.block_clause(start, query, clauses)? else { return Ok(()) };
        self.at = start;
        if self.optional(|parser| parser.rule_call(clauses))?.is_some() {
            return Ok(());
        }
        if self.optional(Self::not)?.is_some() {
            // What was read is a key named `not`.
            self.keep_unused(start, query, end);
            self.at = start;
            return self.access_clause(clauses);
        }
        self.at = end;
        self.access_clause_of(start, false, query, clauses)
    }

    /// Reads `when conditions`.
    pub(super) fn when(&mut self) -> Parse<Vec<Disjunction>> {
        self.skip_space();
        let start = self.at;
        if !self.eat_any(&["when", "WHEN"]) {
            return Err(Stop::Retry);
        }
        if !self.skip_space() {
            let word = self.take_while(|next| next.is_alphanumeric() || next == '_');
            let message = "`when` without white space after it".to_owned();
            let help =
                (!word.is_empty()).then(|| format!("a key that begins with `when` must be quoted: `'when{word}'`"));
            self.trouble.note(self.at, self.since(start), message, help);
            return Err(Stop::Fatal);
        }
        self.conjunction(Item::Condition)
    }

    pub(super) fn when_block(&mut self, item: Item, clauses: &mut Vec<Clause>) -> Parse<()> {
        let start = self.at;
        let conditions = self.when()?;
        match self.block(item) {
            Ok(body) => {
                add(clauses, || Clause::When(WhenBlock { conditions, body, span: self.since(start) }));
                Ok(())
            }
            Err(stop) => {
                // A key named `when` is tried next.
                if stop == Stop::Retry {
                    let at = self.next_thing();
                    self.trouble.expect(at, "`{` after the conditions");
                    self.keep_queries_of(conditions);
                }
                Err(stop)
            }
        }
    }

    fn keep_queries_of(&mut self, conditions: Vec<Disjunction>) {
        for clause in conditions.into_iter().flat_map(|condition| condition.alternatives) {
            let Clause::Access(clause) = clause else { continue };
            let right = match clause.right {
                Some(Operand::Query(query)) => Some(query),
                _ => None,
            };
            for query in [Some(clause.query), right].into_iter().flatten() {
                let (start, end) = (query.span.start(), query.span.end());
                self.keep_unused(start, query, end);
            }
        }
    }

    /// Reads `[not empty] { ... }` after a query, or gives the query back.
    fn block_clause(&mut self, start: usize, query: Query, clauses: &mut Vec<Clause>) -> Parse<Option<Query>> {
        let end = self.at;
        let not_empty = self.optional(|parser| {
            parser.skip_space();
            parser.not()?;
            if parser.eat_keyword(&["EMPTY", "empty"]) { Ok(()) } else { Err(Stop::Retry) }
        })?;
        match self.block(Item::Clause) {
            Ok(body) => {
                let span = self.since(start);
                add(clauses, || Clause::Block(BlockClause { query, not_empty: not_empty.is_some(), body, span }));
                Ok(None)
            }
            Err(Stop::Retry) => Ok(Some(query)),
            Err(Stop::Fatal) => {
                self.keep_unused(start, query, end);
                Err(Stop::Fatal)
            }
        }
    }

    fn rule_call(&mut self, clauses: &mut Vec<Clause>) -> Parse<()> {
        let start = self.at;
        let negated = self.optional(Self::not)?.is_some();
        let (name, arguments) = self.call()?;
        let message = self.message()?;
        let span = self.since(start);
        add(clauses, || Clause::Call(RuleCall { negated, name, arguments, message, span }));
        Ok(())
    }

    /// Reads `[not] query operator [right] [message]`.
    fn access_clause(&mut self, clauses: &mut Vec<Clause>) -> Parse<()> {
        self.skip_space();
        let start = self.at;
        let negated = self.optional(Self::not)?.is_some();
        let query = self.query()?;
        self.access_clause_of(start, negated, query, clauses)
    }

    /// Reads what follows the query of a clause.
    fn access_clause_of(&mut self, start: usize, negated: bool, query: Query, clauses: &mut Vec<Clause>) -> Parse<()> {
        let operator_at = self.next_thing();
        let query_start = query.span.start();
        let query_end = query.span.end();
        self.at = operator_at;
        let Some((operator, operator_negated)) = self.optional(Self::operator)? else {
            self.keep_after_failure(query_start, query, query_end);
            return Err(Stop::Retry);
        };
        let operator_span = self.since(operator_at);
        let right = if operator.is_unary() { None } else { Some(self.committed(Self::operand)?) };
        let message = self.message()?;
        let span = self.since(start);
        add(clauses, || {
            Clause::Access(AccessClause {
                negated,
                query,
                operator,
                operator_negated,
                operator_span,
                right,
                message,
                span,
            })
        });
        Ok(())
    }

    /// A query without an operator may be read again as something else; only long ones are worth keeping.
    fn keep_after_failure(&mut self, start: usize, query: Query, end: usize) {
        if query.parts.len() > 1 {
            self.keep_unused(start, query, end);
        }
    }

    fn operator(&mut self) -> Parse<(Operator, bool)> {
        let start = self.at;
        let (length, comparison) = match self.bytes() {
            [b'<', b'<', ..] => return Err(self.expect("an operator")),
            [b'=', b'=', ..] => (2, Some((Operator::Equal, false))),
            [b'!', b'=', ..] => (2, Some((Operator::Equal, true))),
            [b'>', b'=', ..] => (2, Some((Operator::GreaterOrEqual, false))),
            [b'<', b'=', ..] => (2, Some((Operator::LessOrEqual, false))),
            [b'>', ..] => (1, Some((Operator::Greater, false))),
            [b'<', ..] => (1, Some((Operator::Less, false))),
            _ => (0, None),
        };
        self.at += length;
        if let Some(comparison) = comparison {
            return Ok(comparison);
        }
        let negated = self.optional(Self::not)?.is_some();
        let operator = if self.eat_any(&["in", "IN"]) {
            Some(Operator::In)
        } else if self.eat_keyword(&["EXISTS", "exists"]) {
            Some(Operator::Exists)
        } else if self.eat_keyword(&["EMPTY", "empty"]) {
            Some(Operator::Empty)
        } else {
            UNARY_WORDS.iter().find(|(_, words)| self.eat_any(words)).map(|(operator, _)| *operator)
        };
        match operator {
            Some(operator) => Ok((operator, negated)),
            None => {
                self.at = start;
                Err(self.expect("an operator"))
            }
        }
    }

    /// Reads `<<message>>` after white space; nothing, white space included, when there is none.
    fn message(&mut self) -> Parse<Option<Name>> {
        self.optional(|parser| {
            parser.skip_space();
            parser.message_here()
        })
    }

    fn message_here(&mut self) -> Parse<Name> {
        let start = self.at;
        if !self.eat("<<") {
            return Err(Stop::Retry);
        }
        let Some(text) = self.up_to_message_end() else {
            let message = "message without its closing `>>`".to_owned();
            self.trouble.note(self.text.len(), Span::new(start, start + 2), message, None);
            return Err(Stop::Fatal);
        };
        self.at += text.len() + 2;
        Ok(Name { text: text.into(), span: self.since(start) })
    }

    /// Reads the name of a rule. To tell it from the start of a clause, a line break, a comment, a brace, `or` or a
    /// message must follow.
    fn reference(&mut self, clauses: &mut Vec<Clause>) -> Parse<()> {
        let start = self.at;
        let negated = self.optional(Self::not)?.is_some();
        let name = self.name()?;
        let end = self.at;
        if self.reference_ends()? {
            self.at = end;
            let span = self.since(start);
            add(clauses, || Clause::Named(NamedReference { negated, name, message: None, span }));
            return Ok(());
        }
        self.at = end;
        self.skip_blanks();
        let message = self.committed(|parser| {
            parser.message_here().inspect_err(|_| {
                parser.expect(REFERENCE_END);
            })
        })?;
        let span = self.since(start);
        add(clauses, || Clause::Named(NamedReference { negated, name, message: Some(message), span }));
        Ok(())
    }

    fn reference_ends(&mut self) -> Parse<bool> {
        if self.at_end() || self.optional(Self::or)?.is_some() {
            return Ok(true);
        }
        self.skip_blanks();
        let rest = self.rest();
        Ok(["\n", "\r\n", "#", "{"].iter().any(|mark| rest.starts_with(mark)))
    }

    fn type_block(&mut self, clauses: &mut Vec<Clause>) -> Parse<()> {
        let start = self.at;
        let type_name = self.type_name()?;
        if !self.skip_space() {
            self.expect("white space after the type");
            return Err(Stop::Fatal);
        }
        let body_at = self.at;
        let when = self.optional(Self::when)?;
        let body = if when.is_some() {
            self.committed(|parser| {
                let at = parser.next_thing();
                parser.block(Item::Clause).inspect_err(|_| parser.trouble.expect(at, "`{` after the conditions"))
            })?
        } else {
            match self.optional(|parser| parser.block(Item::Clause))? {
                Some(block) => block,
                None => self.committed(|parser| parser.single_clause(body_at))?,
            }
        };
        let when = when.unwrap_or_default();
        let span = self.since(start);
        add(clauses, || Clause::Type(TypeBlock { type_name, when, body, span }));
        Ok(())
    }

    fn single_clause(&mut self, start: usize) -> Parse<Block> {
        let mut alternatives = Vec::with_capacity(1);
        self.clause(&mut alternatives).inspect_err(|_| self.trouble.expect(start, "`{` or a clause"))?;
        let span = self.since(start);
        Ok(Block { lets: Vec::new(), clauses: vec![Disjunction { alternatives, span }], span })
    }

    /// Reads `AWS::S3::Bucket` or `Custom::Thing`. `::MODULE` is read and left out of the text.
    fn type_name(&mut self) -> Parse<Name> {
        let start = self.at;
        self.word()?;
        if !self.eat("::") {
            return Err(Stop::Retry);
        }
        self.word()?;
        let mut end = self.at;
        if self.eat("::") && self.word().is_ok() {
            end = self.at;
            self.eat("::MODULE");
        } else {
            self.at = end;
        }
        let text = Span::new(start, end).slice(self.text).unwrap_or_default().into();
        Ok(Name { text, span: self.since(start) })
    }
}
