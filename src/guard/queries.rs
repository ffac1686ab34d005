//! Queries: paths into a document, their filters, and what may stand on the right of an operator.

use smol_str::SmolStr;

use super::ast::{Dialect, FunctionCall, Name, Operand, Operator, Part, PartKind, Query};
use super::clauses::Item;
use super::cursor::{Parse, Parser, Stop};

use crate::text::Span;

/// The built-in functions and how many arguments each takes.
const FUNCTIONS: &[(&str, usize)] = &[
    ("count", 1),
    ("join", 2),
    ("json_parse", 1),
    ("now", 0),
    ("parse_boolean", 1),
    ("parse_char", 1),
    ("parse_epoch", 1),
    ("parse_float", 1),
    ("parse_int", 1),
    ("parse_string", 1),
    ("regex_replace", 3),
    ("substring", 3),
    ("to_lower", 1),
    ("to_upper", 1),
    ("url_decode", 1),
];

/// A key, or a variable when its text begins with `%`, quoted or not.
fn key_or_variable(text: SmolStr, variable: fn(SmolStr) -> PartKind) -> PartKind {
    match text.strip_prefix('%') {
        Some(name) => variable(name.into()),
        None => PartKind::Key(text),
    }
}

impl Parser<'_> {
    /// Reads a query.
    pub(super) fn query(&mut self) -> Parse<Query> {
        if !self.unused_queries.is_empty()
            && let Some((query, end)) = self.unused_queries.remove(&self.at)
        {
            self.at = end;
            return Ok(query);
        }
        self.step()?;
        let start = self.next_thing();
        let some = self.optional(Self::some)?.is_some();
        let head = self.head()?;
        let mut parts = vec![head];
        while let Some(part) = self.optional(Self::part)? {
            parts.push(part);
        }
        let starts_with_variable = matches!(parts.first(), Some(Part { kind: PartKind::Variable(_), .. }));
        let iterates = matches!(parts.get(1), None | Some(Part { kind: PartKind::AllIndices { .. }, .. }));
        if starts_with_variable && !iterates {
            let place = parts.first().map_or(start, |head| head.span.end());
            parts.insert(1, Part { kind: PartKind::AllIndices { capture: None }, span: Span::at(place) });
        }
        Ok(Query { some, parts, span: self.since(start) })
    }

    /// Keeps a query that was read at `start` and not used, for whoever reads there again.
    pub(super) fn keep_unused(&mut self, start: usize, query: Query, end: usize) {
        self.unused_queries.insert(start, (query, end));
    }

    fn some(&mut self) -> Parse<()> {
        self.skip_space();
        if self.eat_any(&["SOME", "some"]) && self.skip_space() { Ok(()) } else { Err(Stop::Retry) }
    }

    fn head(&mut self) -> Parse<Part> {
        let before = self.at;
        self.skip_space();
        let start = self.at;
        if self.eat_keyword(&["this", "THIS"]) {
            return Ok(Part { kind: PartKind::This, span: self.since(start) });
        }
        self.at = before;
        let kind = if self.eat("%") {
            let name = self.name().map_err(|_| self.expect("the name of a variable"))?;
            PartKind::Variable(name.text)
        } else {
            key_or_variable(self.key()?, PartKind::Variable)
        };
        Ok(Part { kind, span: self.since(before) })
    }

    /// Reads a bare or quoted key.
    fn key(&mut self) -> Parse<SmolStr> {
        match self.word() {
            Ok(word) => Ok(word.into()),
            Err(_) => self.quoted(),
        }
    }

    fn part(&mut self) -> Parse<Part> {
        self.skip_space();
        let start = self.at;
        let kind = if self.eat(".") {
            self.dotted()
        } else if self.eat("[") {
            self.bracketed()
        } else {
            Err(Stop::Retry)
        }?;
        Ok(Part { kind, span: self.since(start) })
    }

    /// The classic dialect cuts indexes to 32 bits.
    #[expect(clippy::cast_possible_truncation, reason = "the classic dialect cuts indexes so")]
    fn index(&mut self) -> Parse<PartKind> {
        let index = self.integer()?;
        Ok(PartKind::Index(match self.dialect {
            Dialect::Classic => i64::from(index as i32),
            Dialect::V321 => index,
        }))
    }

    fn dotted(&mut self) -> Parse<PartKind> {
        if let Some(index) = self.optional(Self::index)? {
            return Ok(index);
        }
        if let Some(key) = self.optional(Self::key)? {
            return Ok(key_or_variable(key, PartKind::Interpolated));
        }
        if self.eat("%") {
            return Ok(PartKind::Interpolated(self.name()?.text));
        }
        if self.eat("*") {
            return Ok(PartKind::AllValues { capture: None });
        }
        Err(self.expect("a key, an index, `*` or a variable after `.`"))
    }

    /// What follows `[`. White space decides: `[name]` and `[ name ]` are different parts.
    fn bracketed(&mut self) -> Parse<PartKind> {
        if let Some(kind) = self.optional(Self::all_indices)? {
            return Ok(kind);
        }
        if let Some(kind) = self.optional(Self::index)? {
            self.committed(|parser| parser.mark("]", "`]` after the index"))?;
            return Ok(kind);
        }
        if let Some(kind) = self.optional(Self::bracketed_key)? {
            return Ok(kind);
        }
        let clauses_at = self.at;
        if let Some(kind) = self.optional(|parser| parser.nested(Self::key_filter))? {
            return Ok(kind);
        }
        self.at = clauses_at;
        self.nested(Self::filter)
    }

    fn all_indices(&mut self) -> Parse<PartKind> {
        let start = self.at;
        self.skip_space();
        let capture = if self.eat("*") {
            None
        } else {
            self.at = start;
            Some(self.name()?.text)
        };
        self.closing()?;
        Ok(PartKind::AllIndices { capture })
    }

    fn bracketed_key(&mut self) -> Parse<PartKind> {
        if let Some(key) = self.optional(Self::quoted)? {
            self.closing()?;
            return Ok(key_or_variable(key, PartKind::Interpolated));
        }
        self.skip_space();
        let capture = Some(self.name()?.text);
        self.closing()?;
        Ok(PartKind::AllValues { capture })
    }

    /// Reads `]` without saying that it is missing: other readings of the brackets follow.
    fn closing(&mut self) -> Parse<()> {
        self.skip_space();
        if self.eat("]") { Ok(()) } else { Err(Stop::Retry) }
    }

    /// Reads `name |`.
    fn capture(&mut self) -> Parse<SmolStr> {
        self.skip_space();
        let name = self.name()?.text;
        self.skip_blanks();
        if self.eat("|") { Ok(name) } else { Err(Stop::Retry) }
    }

    fn key_filter(&mut self) -> Parse<PartKind> {
        let capture = self.optional(Self::capture)?;
        self.skip_space();
        if !self.eat_keyword(&["KEYS", "keys"]) {
            return Err(Stop::Retry);
        }
        self.skip_space();
        let (operator, negated) = self.committed(Self::key_operator)?;
        self.skip_space();
        let start = self.at;
        let right = if let Some(literal) = self.optional(Self::literal)? {
            Operand::Literal(literal)
        } else {
            let query = self.committed(|parser| parser.query().map_err(|_| parser.expect("a literal or a query")))?;
            Operand::Query(query)
        };
        let end = self.at;
        if let Err(stop) = self.closing() {
            // Brackets that go on are read again as a filter on a property named `keys`.
            if let Operand::Query(query) = right {
                self.keep_unused(start, query, end);
            }
            return Err(stop);
        }
        Ok(PartKind::KeyFilter { capture, operator, negated, right: Box::new(right) })
    }

    fn key_operator(&mut self) -> Parse<(Operator, bool)> {
        if self.eat("==") {
            return Ok((Operator::Equal, false));
        }
        if self.eat("!=") {
            return Ok((Operator::Equal, true));
        }
        let start = self.at;
        let negated = self.optional(Self::not)?.is_some();
        if self.eat_any(&["in", "IN"]) {
            return Ok((Operator::In, negated));
        }
        self.at = start;
        Err(self.expect("`==`, `!=`, `in` or `not in` after `keys`"))
    }

    fn filter(&mut self) -> Parse<PartKind> {
        let capture = self.optional(Self::capture)?;
        let clauses = self.conjunction(Item::Clause)?;
        self.committed(|parser| parser.mark("]", "`]` after the filter"))?;
        Ok(PartKind::Filter { capture, clauses })
    }

    /// Reads a literal, a function call or a query, white space before it included.
    pub(super) fn operand(&mut self) -> Parse<Operand> {
        self.skip_space();
        if let Some(literal) = self.optional(Self::literal)? {
            return Ok(Operand::Literal(literal));
        }
        if let Some(call) = self.optional(Self::function_call)? {
            return Ok(Operand::Call(call));
        }
        match self.optional(Self::query)? {
            Some(query) => Ok(Operand::Query(query)),
            None => Err(self.expect("a literal, a query or a function call")),
        }
    }

    pub(super) fn function_call(&mut self) -> Parse<FunctionCall> {
        let start = self.at;
        let (name, arguments) = self.call()?;
        let span = self.since(start);
        let Some((_, arity)) = FUNCTIONS.iter().find(|(known, _)| *known == name.text) else {
            let known = FUNCTIONS.iter().map(|(known, _)| format!("`{known}`")).collect::<Vec<_>>().join(", ");
            let message = format!("there is no function `{}`", name.text);
            self.trouble.note(self.at, name.span, message, Some(format!("the functions are {known}")));
            return Err(Stop::Retry);
        };
        if *arity != arguments.len() {
            let message = format!(
                "the function `{}` takes {arity} argument{}, not {}",
                name.text,
                if *arity == 1 { "" } else { "s" },
                arguments.len()
            );
            self.trouble.note(self.at, span, message, None);
            return Err(Stop::Retry);
        }
        Ok(FunctionCall { name, arguments, span })
    }

    /// Reads `name(arguments)`; no space is allowed before the parenthesis.
    pub(super) fn call(&mut self) -> Parse<(Name, Vec<Operand>)> {
        let start = self.at;
        let word = self.word()?;
        let span = self.since(start);
        if !self.eat("(") {
            return Err(Stop::Retry);
        }
        let name = Name { text: word.into(), span };
        let arguments = self.nested(Self::arguments)?;
        if !self.eat(")") {
            return Err(self.expect("`)` or `,` and another argument"));
        }
        Ok((name, arguments))
    }

    fn arguments(&mut self) -> Parse<Vec<Operand>> {
        let mut arguments = Vec::new();
        let mut next = self.optional(Self::argument)?;
        while let Some(argument) = next {
            arguments.push(argument);
            next = self.optional(|parser| if parser.eat(",") { parser.argument() } else { Err(Stop::Retry) })?;
        }
        Ok(arguments)
    }

    fn argument(&mut self) -> Parse<Operand> {
        let argument = self.operand()?;
        self.skip_plain_space();
        Ok(argument)
    }
}
