//! Blocks, variables, rules and the file.

use super::ast::{Block, Disjunction, Let, Name, Operand, ParameterizedRule, Rule, RuleFile};
use super::clauses::Item;
use super::cursor::{Parse, Parser, Stop};

use crate::text::Span;

impl Parser<'_> {
    /// Reads `{ lets and clauses }`, at least one of them.
    pub(super) fn block(&mut self, item: Item) -> Parse<Block> {
        let before = self.at;
        self.skip_space();
        let start = self.at;
        if !self.eat("{") || self.no_block_at.contains(&(start, item)) {
            self.at = before;
            return Err(Stop::Retry);
        }
        let mut block = Block::default();
        let read = self.nested(|parser| {
            if parser.recovering {
                parser.broken_entries(item, start, &mut block)
            } else {
                parser.entries(item, &mut block)
            }
        });
        if let Err(stop) = read {
            if stop == Stop::Retry {
                // Where no clause and no name can be read, no clause can.
                self.no_block_at.extend([(start, item), (start, Item::Clause)]);
                self.at = before;
            }
            return Err(stop);
        }
        block.span = self.since(start);
        Ok(block)
    }

    fn entries(&mut self, item: Item, block: &mut Block) -> Parse<()> {
        self.entry_of_block(item, block)?;
        while self.optional(|parser| parser.entry_of_block(item, block))?.is_some() {}
        self.committed(|parser| parser.mark("}", "`}`"))
    }

    /// Reads a variable or a clause of a block.
    pub(super) fn entry_of_block(&mut self, item: Item, block: &mut Block) -> Parse<()> {
        self.step()?;
        self.skip_space();
        match self.optional(Self::assignment)? {
            Some(assignment) => block.lets.push(assignment),
            None => block.clauses.push(self.disjunction(item)?),
        }
        Ok(())
    }

    /// Reads `let name = value`.
    fn assignment(&mut self) -> Parse<Let> {
        let start = self.at;
        if !self.eat("let") || !self.skip_space() {
            return Err(Stop::Retry);
        }
        let name = self.name().map_err(|_| self.expect("the name of a variable"))?;
        self.skip_space();
        if !self.eat_any(&["=", ":="]) {
            self.expect("`=` after the name of the variable");
            return Err(Stop::Fatal);
        }
        let value = self.assigned_value()?;
        Ok(Let { name, value, span: self.since(start) })
    }

    /// Unlike elsewhere, whatever is wrong with a function call here, a query is tried.
    fn assigned_value(&mut self) -> Parse<Operand> {
        if let Some(literal) = self.optional(Self::literal)? {
            return Ok(Operand::Literal(literal));
        }
        self.skip_space();
        let start = self.at;
        if let Ok(call) = self.function_call() {
            return Ok(Operand::Call(call));
        }
        self.at = start;
        self.committed(|parser| {
            parser.query().inspect_err(|_| parser.trouble.expect(start, "a literal, a query or a function call"))
        })
        .map(Operand::Query)
    }

    fn rule_keyword(&mut self) -> Parse<Name> {
        if !self.eat("rule") || !self.skip_space() {
            return Err(Stop::Retry);
        }
        self.committed(|parser| {
            parser.name().inspect_err(|_| {
                parser.expect("the name of a rule");
            })
        })
    }

    fn rule(&mut self, file: &mut RuleFile) -> Parse<()> {
        let start = self.at;
        let name = self.rule_keyword()?;
        if self.rest().starts_with('(') {
            let parameters = self.parameters()?;
            let body = self.rule_body("`{`")?;
            file.parameterized.push(ParameterizedRule { name, parameters, body, span: self.since(start) });
        } else {
            let when = self.optional(Self::when)?;
            let body = self.rule_body(if when.is_some() { "`{`" } else { "`{`, `when` or `(`" })?;
            file.rules.push(Rule { name, when: when.unwrap_or_default(), body, span: self.since(start) });
        }
        Ok(())
    }

    fn rule_body(&mut self, expected: &'static str) -> Parse<Block> {
        let body_at = self.next_thing();
        if !self.text.get(body_at..).unwrap_or_default().starts_with('{') {
            self.trouble.expect(body_at, expected);
        }
        self.committed(|parser| parser.block(Item::RuleBody))
    }

    fn parameters(&mut self) -> Parse<Vec<Name>> {
        self.eat("(");
        let mut parameters: Vec<Name> = Vec::new();
        // A set beside the list: a long list must not be searched for each of its names.
        let mut seen = std::collections::HashSet::new();
        loop {
            self.skip_plain_space();
            let Ok(name) = self.name() else {
                self.expect("the name of a parameter");
                return Err(Stop::Fatal);
            };
            if seen.insert(name.text.clone()) {
                parameters.push(name);
            }
            self.skip_plain_space();
            if !self.eat(",") {
                break;
            }
        }
        if self.eat(")") {
            return Ok(parameters);
        }
        self.expect("`)` or `,` and another parameter");
        Err(Stop::Fatal)
    }

    /// Reads a variable, a rule or a clause outside rules into `file`.
    pub(super) fn top_level(&mut self, file: &mut RuleFile) -> Parse<()> {
        if let Some(assignment) = self.optional(Self::assignment)? {
            file.lets.push(assignment);
            return Ok(());
        }
        if self.optional(|parser| parser.rule(file))?.is_some() {
            return Ok(());
        }
        if let Some(types) = self.optional(|parser| parser.disjunction(Item::TypeBlock))? {
            file.default_clauses.push(types);
            return Ok(());
        }
        if let Some(when) = self.optional(Self::default_when)? {
            file.default_clauses.push(when);
            return Ok(());
        }
        file.default_clauses.push(self.disjunction(Item::Clause)?);
        Ok(())
    }

    fn default_when(&mut self) -> Parse<Disjunction> {
        let start = self.at;
        let mut alternatives = Vec::with_capacity(1);
        self.when_block(Item::ClauseOrReference, &mut alternatives)?;
        let span: Span = self.since(start);
        Ok(Disjunction { alternatives, span })
    }

    /// Reads the whole text.
    pub(super) fn file(&mut self) -> RuleFile {
        let mut file = RuleFile::default();
        self.skip_space();
        while !self.at_end() {
            let start = self.at;
            self.trouble.begin(start);
            // Nobody reads again what stands before this.
            self.unused_queries.clear();
            if self.top_level(&mut file).is_err() {
                self.recover(start, &mut file);
            }
            self.skip_space();
        }
        file.comments = self.take_comments();
        file
    }
}
