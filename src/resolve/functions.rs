//! Functions over values: applied at once when their arguments are settled, else when a question asks.

use bumpalo::collections::Vec as BumpVec;

use crate::syntax::NodeId;
use crate::template::{Call, Function};
use crate::text::Span;
use crate::value::{Deferred, Kind, Pending, Piece, Shape, Value, ViaKind, World};

use super::resolver::{At, Resolver};

/// A function with its arguments worked out as far as they go.
#[derive(Clone, Copy)]
enum Applied<'a> {
    /// The pieces of a `Fn::Sub` text, in order.
    Sub(&'a [Value<'a>]),
    /// Delimiter and list.
    Join(Value<'a>, Value<'a>),
    /// Index and list.
    Select(Value<'a>, Value<'a>),
    /// Delimiter and text.
    Split(Value<'a>, Value<'a>),
    /// Mapping name and keys.
    FindInMap(Value<'a>, Value<'a>, Value<'a>),
}

/// A function whose arguments hang on a choice.
struct Application<'a> {
    resolver: &'a Resolver<'a>,
    applied: Applied<'a>,
    place: Span,
    at: At<'a>,
}

impl<'a> Deferred<'a> for Application<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let value = self.resolver.apply(self.applied, self.place, self.at, world)?;
        Ok(self.resolver.typed(value, self.at.expected, None))
    }
}

impl<'a> Resolver<'a> {
    /// The value of a call of any function but `Ref`, `Fn::GetAtt` and `Fn::If`.
    pub(super) fn function(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let inner = At::root(at.path);
        let items = document.items(call.argument);
        let value = |node: NodeId| self.value(node, inner);
        let applied = match (call.function, items) {
            (Function::Sub, items) => self.sub(call, items, inner),
            (Function::Join, &[delimiter, list]) => Some(Applied::Join(value(delimiter), value(list))),
            (Function::Select, &[index, list]) => Some(Applied::Select(value(index), value(list))),
            (Function::Split, &[delimiter, text]) => Some(Applied::Split(value(delimiter), value(text))),
            (Function::FindInMap, &[mapping, first, second]) => {
                Some(Applied::FindInMap(value(mapping), value(first), value(second)))
            }
            _ => None,
        };
        let Some(applied) = applied else {
            return self.not_worked_out(call, place, at);
        };
        let choices = crate::value::Choices::default();
        match self.apply(applied, place, at, &World { arena: self.arena, choices: &choices }) {
            Ok(value) => self.typed(value, at.expected, None),
            Err(_) => self.deferred(Application { resolver: self, applied, place, at }, place, at),
        }
    }

    /// An honest unknown for what the normalizer does not work out.
    fn not_worked_out(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let name = call.function.name();
        let shape = match call.function {
            Function::Base64 | Function::ToJsonString => Shape::Text,
            Function::GetAZs | Function::Cidr => Shape::List,
            Function::Transform | Function::Unknown(_) => Shape::MaybeAbsent,
            _ => Shape::Any,
        };
        let argument = self.template.document.text(call.argument).filter(|text| !text.is_empty());
        let reason = match argument {
            Some(argument) => format!("`{name}` of `{argument}`"),
            None => format!("`{name}`"),
        };
        let via = self.via(ViaKind::Function(name), place, None);
        let unknown = self.unknown(self.arena.alloc_str(&reason), shape, place, at);
        self.node(unknown.kind, place, at.path, via)
    }

    fn sub(&'a self, call: &Call<'a>, items: &[NodeId], at: At<'a>) -> Option<Applied<'a>> {
        let document = self.template.document;
        let (text_node, map) = match items {
            [] => (call.argument, None),
            &[text] => (text, None),
            &[text, map] => (text, Some(map)),
            _ => return None,
        };
        let text = document.text(text_node)?;
        let place = document.span(text_node);
        let mut parts = BumpVec::new_in(self.arena);
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let (before, variable) = rest.split_at_checked(start)?;
            let Some(end) = variable.find('}') else { break };
            let name = variable.get(2..end)?;
            rest = variable.get(end + 1..)?;
            if !before.is_empty() {
                parts.push(self.node(Kind::String(before), place, at.path, None));
            }
            if let Some(literal) = name.strip_prefix('!') {
                let literal = self.arena.alloc_str(&format!("${{{literal}}}"));
                parts.push(self.node(Kind::String(literal), place, at.path, None));
                continue;
            }
            let name = name.trim();
            let mapped = map.and_then(|map| document.get(map, name));
            parts.push(match (mapped, name.split_once('.')) {
                (Some(pair), _) => self.value(pair.value, at),
                (None, Some((id, attribute))) => self.attribute_of(id, attribute, place, at),
                (None, None) => self.reference(name, place, at),
            });
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(self.node(Kind::String(rest), place, at.path, None));
        }
        Some(Applied::Sub(parts.into_bump_slice()))
    }

    fn apply(
        &'a self,
        applied: Applied<'a>,
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        Ok(match applied {
            Applied::Sub(parts) => {
                let mut forced = BumpVec::with_capacity_in(parts.len(), self.arena);
                let mut pieces = BumpVec::new_in(self.arena);
                for part in parts {
                    let part = world.force(part)?;
                    if self.pieces(part, &mut pieces).is_none() {
                        return Ok(self.unknown("`Fn::Sub` of a value that is no text", Shape::Text, place, at));
                    }
                    forced.push(part);
                }
                self.text_value(self.concatenated(&pieces), &forced, place, at)
            }
            Applied::Join(delimiter, list) => {
                let delimiter = world.force(delimiter)?;
                let list = world.force(list)?;
                let Some(items) = self.items(list, world)? else {
                    return Ok(self.dependent("`Fn::Join`", list, Shape::Text, place, at));
                };
                let Some(delimiter_text) = self.text_of(delimiter) else {
                    return Ok(self.dependent("`Fn::Join`", delimiter, Shape::Text, place, at));
                };
                let mut pieces = BumpVec::new_in(self.arena);
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        pieces.push(Piece::Text(delimiter_text));
                    }
                    if self.pieces(item, &mut pieces).is_none() {
                        return Ok(self.unknown("`Fn::Join` of values that are no texts", Shape::Text, place, at));
                    }
                }
                self.text_value(self.concatenated(&pieces), &items, place, at)
            }
            Applied::Select(index, list) => {
                let index = world.force(index)?;
                let list = world.force(list)?;
                let items = self.items(list, world)?;
                let number = self.text_of(index).and_then(|text| text.trim().parse::<usize>().ok());
                match (number, items) {
                    (Some(number), Some(items)) => match items.get(number) {
                        Some(item) => self.node(item.kind, place, at.path, self.joined_via(&[item, list])),
                        None => self.unknown("`Fn::Select` out of the list's range", Shape::Any, place, at),
                    },
                    (None, _) => self.dependent("`Fn::Select`", index, Shape::Any, place, at),
                    (_, None) => self.dependent("`Fn::Select`", list, Shape::Any, place, at),
                }
            }
            Applied::Split(delimiter, text) => {
                let delimiter = world.force(delimiter)?;
                let text = world.force(text)?;
                match (self.text_of(delimiter), self.text_of(text)) {
                    (Some(delimiter), Some(known)) if !delimiter.is_empty() => {
                        let mut values = BumpVec::new_in(self.arena);
                        for part in known.split(delimiter) {
                            values.push(self.typed(
                                self.node(Kind::String(part), place, at.path, text.via),
                                at.expected.item(),
                                None,
                            ));
                        }
                        self.node(Kind::List(values.into_bump_slice()), place, at.path, text.via)
                    }
                    _ => self.dependent("`Fn::Split`", text, Shape::List, place, at),
                }
            }
            Applied::FindInMap(mapping, first, second) => {
                let (mapping, first, second) = (world.force(mapping)?, world.force(first)?, world.force(second)?);
                self.find_in_map([mapping, first, second], place, at, world)?
            }
        })
    }

    fn find_in_map(
        &'a self,
        keys: [Value<'a>; 3],
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let [mapping, first, second] = keys;
        let names = (self.text_of(mapping), self.text_of(first), self.text_of(second));
        let (Some(name), Some(first_key), Some(second_key)) = names else {
            let open = keys.into_iter().find(|key| self.text_of(key).is_none()).unwrap_or(mapping);
            return Ok(self.dependent("`Fn::FindInMap`", open, Shape::Any, place, at));
        };
        let document = self.template.document;
        let leaf = self.template.mapping(name).and_then(|mapping| {
            let row = document.get(mapping.node, first_key)?;
            document.get(row.value, second_key)
        });
        let Some(leaf) = leaf else {
            let reason = format!("`Fn::FindInMap` of `{name}`, which has no entry `{first_key}`, `{second_key}`");
            return Ok(self.unknown(self.arena.alloc_str(&reason), Shape::Any, place, at));
        };
        let value = world.force(self.value(leaf.value, At { path: at.path, expected: at.expected }))?;
        let earlier = self.joined_via(&keys);
        let via = self.via(ViaKind::Mapping(name), document.span(leaf.value), earlier);
        Ok(self.node(value.kind, place, at.path, via))
    }

    /// The forced items of a list that are there; `None` when `list` is no list or an item may be missing.
    fn items(&'a self, list: Value<'a>, world: &World<'a, '_>) -> Result<Option<BumpVec<'a, Value<'a>>>, Pending> {
        let Kind::List(items) = list.kind else { return Ok(None) };
        let mut forced = BumpVec::with_capacity_in(items.len(), self.arena);
        for item in items {
            let item = world.force(item)?;
            match item.kind {
                Kind::Absent => {}
                Kind::Unknown(unknown) if unknown.shape == Shape::MaybeAbsent => return Ok(None),
                _ => forced.push(item),
            }
        }
        Ok(Some(forced))
    }

    /// An unknown that hangs on an argument which is not wholly known.
    fn dependent(&'a self, function: &str, argument: Value<'a>, shape: Shape, place: Span, at: At<'a>) -> Value<'a> {
        let reason = match argument.kind {
            Kind::Unknown(unknown) => unknown.reason,
            Kind::Reference(reference) => self.arena.alloc_str(&format!("`{}`", reference.describe())),
            Kind::Partial(pieces) => pieces
                .iter()
                .find_map(|piece| match piece {
                    Piece::Unknown(unknown) => Some(unknown.reason),
                    Piece::Reference(reference) => Some(&*self.arena.alloc_str(&format!("`{}`", reference.describe()))),
                    Piece::Text(_) => None,
                })
                .unwrap_or("a text with unknown parts"),
            _ => self.arena.alloc_str(&format!("{function} of a value that it does not take")),
        };
        let unknown = self.unknown(reason, shape, place, at);
        self.node(unknown.kind, place, at.path, argument.via)
    }
}
