//! The built-in functions.
//!
//! Each maps over the results of its first argument; results that it cannot map are dropped. Of a value that is not
//! wholly known the result is unknown, and where it depends on the value whether there is a result at all, that too.

use crate::text::Span;
use crate::value::{Kind, Shape};

use super::constant::compile;
use super::conversion::{self, parse_epoch, percent_decoded};
use super::embedded;
use super::evaluator::{Evaluator, Scope};
use super::item::{Found, Item, View};
use super::outcome::Interrupt;
use super::program::{FunctionCall, Operand};

/// How many arguments a function takes; `None` for a name that is no function.
pub(super) fn arity(name: &str) -> Option<usize> {
    Some(match name {
        "now" => 0,
        "join" => 2,
        "substring" | "regex_replace" => 3,
        "count" | "json_parse" | "to_lower" | "to_upper" | "url_decode" | "parse_int" | "parse_float"
        | "parse_string" | "parse_boolean" | "parse_char" | "parse_epoch" => 1,
        _ => return None,
    })
}

/// What a function makes of one value.
enum Made<'a> {
    Value(Kind<'a>),
    Char(char),
    Dropped,
    /// Something of this shape; the flag says that it may be dropped.
    Unknown(Shape, bool),
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    pub(super) fn function(
        &mut self,
        call: &'p FunctionCall,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        if arity(&call.name) != Some(call.arguments.len()) {
            let message = format!("`{}` is not a function, or not with {} arguments", call.name, call.arguments.len());
            return Err(Interrupt::error(message, call.span));
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.deeper(call.span, |this| this.operand(argument, scope))?);
        }
        let mut arguments = arguments.into_iter();
        let first = arguments.next().unwrap_or_default();
        let (second, third) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
        match call.name.as_str() {
            "count" => Ok(self.count(&first)),
            "join" => self.join(&first, &second, call),
            "now" => {
                let message = "`now()` needs a clock, and a scan has none: its report does not depend on the time";
                Err(Interrupt::error(message, call.span))
            }
            "substring" => {
                let (from, to) = (self.offset_argument(&second, call)?, self.offset_argument(&third, call)?);
                self.each(&first, call, |this, text| this.substring(text, from, to, call.span))
            }
            "regex_replace" => {
                let (pattern, template) = (self.text_argument(&second, call)?, self.text_argument(&third, call)?);
                let (Some(pattern), Some(template)) = (pattern, template) else {
                    return self.each(&first, call, |_, _| Ok(Made::Unknown(Shape::Text, false)));
                };
                let made;
                let regex = match call.arguments.get(1) {
                    Some(Operand::Literal(_)) => call.pattern.get_or_init(|| compile(pattern)),
                    _ => {
                        made = compile(pattern);
                        &made
                    }
                };
                let regex = regex.as_ref().map_err(|message| Interrupt::error(message.clone(), call.span))?;
                self.each(&first, call, |this, text| {
                    let View::String(text) = text else { return Ok(Made::Dropped) };
                    let mut replaced = String::new();
                    for captures in regex.captures_iter(text) {
                        let captures = captures.map_err(|error| Interrupt::error(error.to_string(), call.span))?;
                        this.step(call.span)?;
                        captures.expand(template, &mut replaced);
                    }
                    Ok(this.made_text(&replaced))
                })
            }
            "json_parse" => {
                let mut results = Vec::with_capacity(first.len());
                for found in &first {
                    if let (View::String(text), None) = (found.item.view(), found.missing) {
                        self.step(call.span)?;
                        let like = self.node_of(found.item).unwrap_or(self.root);
                        let value = embedded::parse(text, like, &self.world)
                            .map_err(|message| Interrupt::error(format!("`json_parse`: {message}"), call.span))?;
                        results.push(Found { item: Item::Node(value), open: false, literal: false, ..*found });
                    } else {
                        self.map_unknown(found, |text| (Shape::Any, !text), &mut results);
                    }
                }
                Ok(results)
            }
            name => self.each(&first, call, |this, value| this.convert(name, value, call.span)),
        }
    }

    /// Maps what is wholly known with `make`, and the rest to something unknown.
    fn each(
        &mut self,
        results: &[Found<'p, 'a>],
        call: &FunctionCall,
        mut make: impl FnMut(&mut Self, View<'p, 'a>) -> Result<Made<'a>, Interrupt>,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        let name = call.name.as_str();
        let of_unknown = |text: bool| match name {
            "to_lower" | "to_upper" | "regex_replace" | "parse_string" => (Shape::Text, !text),
            "substring" | "url_decode" => (Shape::Text, true),
            _ => (Shape::Any, !text || name == "parse_char"),
        };
        let mut made = Vec::with_capacity(results.len());
        for found in results {
            self.step(call.span)?;
            if found.missing.is_some() {
                continue;
            }
            if !matches!(found.item.view(), View::Unknown(_) | View::Reference(_) | View::Partial(_)) {
                let doubtful = found.maybe || found.open;
                let result = match make(self, found.item.view()) {
                    // What may not be there may not be an error either.
                    Err(Interrupt::Unsupported(_)) if doubtful => Made::Unknown(Shape::Any, true),
                    result => result?,
                };
                let mut found = Found { maybe: found.maybe || found.open, open: false, literal: false, ..*found };
                match result {
                    Made::Dropped => continue,
                    Made::Char(character) => found.item = Item::Char(character),
                    Made::Value(kind) => {
                        let like = self.node_of(found.item);
                        found.item = Item::Node(self.node(kind, like));
                    }
                    Made::Unknown(shape, may_drop) => {
                        let (item, hinges) = self.unknown(shape, found.item);
                        found.item = item;
                        found.maybe |= may_drop;
                        found.doubtful |= shape == Shape::Any;
                        found.hinges = found.hinges.union(hinges);
                    }
                }
                made.push(found);
            } else {
                self.map_unknown(found, of_unknown, &mut made);
            }
        }
        Ok(made)
    }

    fn map_unknown(
        &mut self,
        found: &Found<'p, 'a>,
        shape: impl Fn(bool) -> (Shape, bool),
        made: &mut Vec<Found<'p, 'a>>,
    ) {
        let text = match found.item.view() {
            View::Reference(_) | View::Partial(_) => true,
            View::Unknown(unknown) => match unknown.shape {
                Shape::Text | Shape::Identifier | Shape::Secret => true,
                // A list is no text and is dropped.
                Shape::List => return,
                Shape::Any | Shape::MaybeAbsent => false,
            },
            _ => return,
        };
        if found.missing.is_some() {
            return;
        }
        let (shape, may_drop) = shape(text);
        let (item, hinges) = self.unknown(shape, found.item);
        made.push(Found {
            item,
            open: false,
            doubtful: shape == Shape::Any,
            literal: false,
            maybe: found.maybe || found.open || may_drop,
            hinges: found.hinges.union(hinges),
            ..*found
        });
    }

    fn made_text(&self, text: &str) -> Made<'a> {
        Made::Value(Kind::String(self.world.arena.alloc_str(text)))
    }

    fn count(&mut self, results: &[Found<'p, 'a>]) -> Vec<Found<'p, 'a>> {
        let there = results.iter().filter(|found| found.missing.is_none()).count();
        let like = results.first().and_then(|found| self.node_of(found.item));
        if results.iter().any(|found| found.open || found.maybe || found.many) {
            let unsure = results.iter().find(|found| found.open || found.maybe || found.many);
            let item = unsure.map_or(Item::Node(self.root), |found| found.item);
            let (item, hinges) = self.unknown(Shape::Any, item);
            let hinges = results.iter().fold(hinges, |hinges, found| hinges.union(found.hinges));
            return vec![Found { hinges, ..Found::sure(item) }];
        }
        let count = i64::try_from(there).unwrap_or(i64::MAX);
        vec![Found::sure(Item::Node(self.node(Kind::Integer(count), like)))]
    }

    fn join(
        &mut self,
        results: &[Found<'p, 'a>],
        delimiter: &[Found<'p, 'a>],
        call: &FunctionCall,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        let delimiter = self.single(delimiter, call)?;
        let mut text = String::new();
        let mut unsure = None;
        let delimiter = match delimiter.item.view() {
            View::String(text) => text.to_owned(),
            View::Char(character) => character.to_string(),
            View::Unknown(_) | View::Reference(_) | View::Partial(_) => {
                unsure = Some(delimiter);
                String::new()
            }
            _ => return Err(Interrupt::error("`join` puts a text or a character between its parts", call.span)),
        };
        for (number, found) in results.iter().enumerate() {
            self.step(call.span)?;
            if found.open || found.maybe || found.many {
                unsure = Some(*found);
                continue;
            }
            match (found.item.view(), found.missing) {
                (View::Unknown(_) | View::Reference(_) | View::Partial(_), None) => unsure = Some(*found),
                (View::String(part), None) => {
                    text.push_str(part);
                    if number + 1 < results.len() {
                        text.push_str(&delimiter);
                    }
                }
                _ => return Err(Interrupt::unsupported("`join` joins texts only", call.span)),
            }
        }
        let like = results.first().and_then(|found| self.node_of(found.item));
        let Some(unsure) = unsure else {
            let text: &'a str = self.world.arena.alloc_str(&text);
            return Ok(vec![Found::sure(Item::Node(self.node(Kind::String(text), like)))]);
        };
        let (item, hinges) = self.unknown(Shape::Text, unsure.item);
        Ok(vec![Found { doubtful: true, hinges: hinges.union(unsure.hinges), ..Found::sure(item) }])
    }

    /// The first result of an argument that stands for one value.
    fn single(&self, argument: &[Found<'p, 'a>], call: &FunctionCall) -> Result<Found<'p, 'a>, Interrupt> {
        let found = argument.first().filter(|found| found.missing.is_none()).copied();
        found.ok_or_else(|| Interrupt::error(format!("an argument of `{}` has no value", call.name), call.span))
    }

    /// A text argument; `None` when it is not known.
    fn text_argument(&self, argument: &[Found<'p, 'a>], call: &FunctionCall) -> Result<Option<&'p str>, Interrupt> {
        let found = self.single(argument, call)?;
        match found.item.view() {
            View::String(text) if !(found.open || found.maybe || found.many) => Ok(Some(text)),
            View::String(_) | View::Unknown(_) | View::Reference(_) | View::Partial(_) => Ok(None),
            _ => Err(Interrupt::error(format!("`{}` takes texts as its last arguments", call.name), call.span)),
        }
    }

    /// An offset; `None` when it is not known.
    fn offset_argument(&self, argument: &[Found<'p, 'a>], call: &FunctionCall) -> Result<Option<usize>, Interrupt> {
        let found = self.single(argument, call)?;
        if found.open || found.maybe || found.many {
            return Ok(None);
        }
        let fail = || Interrupt::error("`substring` takes two offsets as its last arguments", call.span);
        match (found.item.view(), self.newer()) {
            (View::Integer(number), false) => Ok(Some(conversion::low_16_bits(number))),
            (View::Float(number), false) => Ok(Some(conversion::saturated_16_bits(number))),
            (View::Integer(number), true) => usize::try_from(number).map(Some).map_err(|_| fail()),
            (View::Float(number), true) if number.is_finite() => {
                usize::try_from(conversion::truncated(number)).map(Some).map_err(|_| fail())
            }
            (View::Unknown(_), _) => Ok(None),
            _ => Err(fail()),
        }
    }

    fn substring(
        &self,
        value: View<'p, 'a>,
        from: Option<usize>,
        to: Option<usize>,
        span: Span,
    ) -> Result<Made<'a>, Interrupt> {
        let View::String(text) = value else { return Ok(Made::Dropped) };
        let (Some(from), Some(to)) = (from, to) else { return Ok(Made::Unknown(Shape::Text, true)) };
        let length = if self.newer() { text.chars().count() } else { text.len() };
        if from >= to || to > length {
            return Ok(Made::Dropped);
        }
        if self.newer() {
            let part: String = text.chars().skip(from).take(to - from).collect();
            return Ok(self.made_text(&part));
        }
        // Bytes, in the default dialect.
        let part = text.get(from..to);
        let part = part.ok_or_else(|| Interrupt::error("an offset of `substring` lies inside a character", span))?;
        Ok(self.made_text(part))
    }

    /// The functions of one value.
    fn convert(&mut self, name: &str, value: View<'p, 'a>, span: Span) -> Result<Made<'a>, Interrupt> {
        let failed = || Interrupt::unsupported(format!("`{name}` cannot read this value"), span);
        Ok(match (name, value) {
            ("to_lower", View::String(text)) => self.made_text(&text.to_lowercase()),
            ("to_upper", View::String(text)) => self.made_text(&text.to_uppercase()),
            ("url_decode", View::String(text)) => match percent_decoded(text) {
                Some(text) => self.made_text(&text),
                None => Made::Dropped,
            },
            ("parse_int", View::String(text)) => Made::Value(Kind::Integer(text.parse().map_err(|_| failed())?)),
            ("parse_int", View::Integer(number)) => Made::Value(Kind::Integer(number)),
            ("parse_int", View::Float(number)) => Made::Value(Kind::Integer(conversion::truncated(number))),
            ("parse_int", View::Char(digit)) => {
                Made::Value(Kind::Integer(digit.to_digit(10).map(i64::from).ok_or_else(failed)?))
            }
            ("parse_float", View::String(text)) => Made::Value(Kind::Float(text.parse().map_err(|_| failed())?)),
            ("parse_float", View::Integer(number)) => Made::Value(Kind::Float(conversion::nearest(number))),
            ("parse_float", View::Float(number)) => Made::Value(Kind::Float(number)),
            ("parse_float", View::Char(digit)) => {
                Made::Value(Kind::Float(digit.to_digit(10).map(f64::from).ok_or_else(failed)?))
            }
            ("parse_string", View::String(text)) => self.made_text(text),
            ("parse_string", View::Integer(number)) => self.made_text(&number.to_string()),
            ("parse_string", View::Float(number)) => self.made_text(&number.to_string()),
            ("parse_string", View::Bool(value)) => self.made_text(&value.to_string()),
            ("parse_string" | "parse_char", View::Char(character)) => self.made_text(&character.to_string()),
            ("parse_boolean", View::Bool(value)) => Made::Value(Kind::Bool(value)),
            ("parse_boolean", View::String(text)) => match text.to_lowercase().as_str() {
                "true" => Made::Value(Kind::Bool(true)),
                "false" => Made::Value(Kind::Bool(false)),
                _ => return Err(failed()),
            },
            ("parse_char", View::Integer(number)) => {
                let digit = u32::try_from(number).ok().and_then(|digit| char::from_digit(digit, 10));
                Made::Char(digit.ok_or_else(failed)?)
            }
            ("parse_char", View::String(text)) => match text.chars().next() {
                None => Made::Dropped,
                Some(character) if text.len() == 1 => Made::Char(character),
                Some(_) => return Err(failed()),
            },
            ("parse_epoch", View::String(text)) => Made::Value(Kind::Integer(parse_epoch(text).ok_or_else(failed)?)),
            _ => Made::Dropped,
        })
    }
}
