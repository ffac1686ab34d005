//! Functions over values: applied at once when their arguments are settled, else when a question asks.

use std::collections::BTreeMap;

use bumpalo::collections::Vec as BumpVec;

use crate::syntax::NodeId;
use crate::template::{Call, Function, call as call_of, long_form};
use crate::text::Span;
use crate::value::{Deferred, Kind, Pending, Piece, Shape, Value, ViaKind, World};

use super::resolver::{At, Resolver};

/// A function with its arguments worked out as far as they go.
#[derive(Clone, Copy)]
pub(super) enum Applied<'a> {
    /// A function that names a parameter or resource.
    Ref(Value<'a>),
    /// A resource and the parts of an attribute, of which some are functions.
    GetAtt(&'a [Value<'a>]),
    /// The pieces of a `Fn::Sub` text, in order.
    Sub(&'a [Value<'a>]),
    /// Delimiter and list.
    Join(Value<'a>, Value<'a>),
    /// Index and list.
    Select(Value<'a>, Value<'a>),
    /// Index, and the delimiter and text of the split that it selects from.
    SelectSplit(Value<'a>, Value<'a>, Value<'a>),
    /// Delimiter and text.
    Split(Value<'a>, Value<'a>),
    /// Mapping name and keys, and what is given when there is no such entry.
    FindInMap([Value<'a>; 3], Option<Value<'a>>),
    /// A text.
    Base64(Value<'a>),
    /// Address block, count and bits.
    Cidr([Value<'a>; 3]),
    /// A list.
    Length(Value<'a>),
    /// A list or map.
    ToJsonString(Value<'a>),
    /// The name of an export.
    ImportValue(Value<'a>),
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
        let inner = at.inside();
        let items = document.items(call.argument);
        let value = |node: NodeId| self.value(node, inner);
        let applied = match (call.function, items) {
            (Function::Sub, items) => self.sub(call, items, inner),
            (Function::Join, &[delimiter, list]) => Some(Applied::Join(value(delimiter), value(list))),
            (Function::Select, &[index, list]) => Some(match call_of(document, list) {
                Some(Call { function: Function::Split, argument, .. }) if document.items(argument).len() == 2 => {
                    let parts = document.items(argument).iter().map(|part| value(*part));
                    match parts.collect::<Vec<_>>().as_slice() {
                        &[delimiter, text] => Applied::SelectSplit(value(index), delimiter, text),
                        _ => Applied::Select(value(index), value(list)),
                    }
                }
                _ => Applied::Select(value(index), value(list)),
            }),
            (Function::Split, &[delimiter, text]) => Some(Applied::Split(value(delimiter), value(text))),
            (Function::FindInMap, &[mapping, first, second]) => {
                Some(Applied::FindInMap([value(mapping), value(first), value(second)], None))
            }
            (Function::FindInMap, &[mapping, first, second, options]) => document
                .get(options, "DefaultValue")
                .map(|pair| self.value(pair.value, at))
                .map(|default| Applied::FindInMap([value(mapping), value(first), value(second)], Some(default))),
            (Function::Cidr, &[block, count, bits]) => Some(Applied::Cidr([value(block), value(count), value(bits)])),
            (Function::Base64, _) => Some(Applied::Base64(self.argument_value(call, inner))),
            (Function::ImportValue, _) => Some(Applied::ImportValue(self.argument_value(call, inner))),
            (Function::Length, _) => Some(Applied::Length(self.argument_value(call, inner))),
            (Function::ToJsonString, _) => Some(Applied::ToJsonString(self.argument_value(call, inner))),
            _ => None,
        };
        match applied {
            Some(applied) => self.applied(applied, place, at),
            None => self.not_worked_out(call, place, at),
        }
    }

    /// The value of a function: at once when its arguments are settled, else when a question asks.
    pub(super) fn applied(&'a self, applied: Applied<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let choices = crate::value::Choices::default();
        match self.apply(applied, place, at, &World { arena: self.arena, choices: &choices }) {
            Ok(value) => self.typed(value, at.expected, None),
            Err(_) => self.deferred(Application { resolver: self, applied, place, at }, place, at),
        }
    }

    /// The value of a call's one argument; that of a list with one item is the item.
    pub(super) fn argument_value(&'a self, call: &Call<'a>, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let listed = matches!(call.function, Function::Base64 | Function::ImportValue);
        match document.items(call.argument) {
            [only] if listed => self.value(*only, at),
            // The argument of a short form is the tagged node itself.
            _ if call.short_form => match long_form(document, call.argument) {
                Some(inner) => self.call(&inner, document.span(call.argument), at),
                None => self.plain(call.argument, document.span(call.argument), at),
            },
            _ => self.value(call.argument, at),
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
        let argument = self.text_at(call.argument, at).filter(|text| !text.is_empty());
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
        let text = self.text_at(text_node, at)?;
        let place = document.span(text_node);
        let map = map.into_iter().flat_map(|map| document.pairs(map));
        let map: BTreeMap<&str, NodeId> =
            map.filter_map(|pair| Some((self.text_at(pair.key, at)?, pair.value))).collect();
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
            if !is_variable(name) {
                return None;
            }
            let mapped = map.get(name);
            parts.push(match (mapped, name.split_once('.')) {
                (Some(node), _) => self.value(*node, at),
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
                self.text_value(self.concatenated(&pieces, place), &forced, place, at)
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
                self.text_value(self.concatenated(&pieces, place), &items, place, at)
            }
            Applied::Select(index, list) => self.select(world.force(index)?, world.force(list)?, place, at, world)?,
            Applied::SelectSplit(index, delimiter, text) => {
                let (index, delimiter, text) = (world.force(index)?, world.force(delimiter)?, world.force(text)?);
                let number = self.text_of(index).and_then(|index| index.trim().parse::<usize>().ok());
                let start = match text.kind {
                    Kind::Partial([Piece::Text(start), ..]) => *start,
                    _ => "",
                };
                let known = number.zip(self.text_of(delimiter)).and_then(|(number, delimiter)| {
                    // What stands before a delimiter in the known start is certain, whatever follows.
                    let (certain, _) = start.rsplit_once(delimiter).filter(|_| !delimiter.is_empty())?;
                    certain.split(delimiter).nth(number)
                });
                match known {
                    Some(part) => self.node(Kind::String(part), place, at.path, text.via),
                    None => {
                        let list = self.apply(Applied::Split(delimiter, text), place, at.inside(), world)?;
                        self.select(index, list, place, at, world)?
                    }
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
            Applied::FindInMap(keys, default) => {
                let [mapping, first, second] = keys;
                let keys = [world.force(mapping)?, world.force(first)?, world.force(second)?];
                self.find_in_map(keys, default, place, at, world)?
            }
            Applied::Ref(name) => {
                let name = world.force(name)?;
                match self.text_of(name) {
                    Some(text) => world.force(self.reference(text, place, at))?,
                    None => self.dependent("`Ref`", name, Shape::Any, place, at),
                }
            }
            Applied::GetAtt(parts) => self.dynamic_attribute(parts, place, at, world)?,
            Applied::Base64(text) => self.base64(world.force(text)?, place, at),
            Applied::Cidr([block, count, bits]) => {
                self.address_blocks([world.force(block)?, world.force(count)?, world.force(bits)?], place, at)
            }
            Applied::Length(list) => {
                let list = world.force(list)?;
                match self.items(list, world)? {
                    Some(items) => {
                        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                        self.node(Kind::Integer(length), place, at.path, self.joined_via(&[list]))
                    }
                    None => self.dependent("`Fn::Length`", list, Shape::Any, place, at),
                }
            }
            Applied::ToJsonString(value) => self.json_text(world.force(value)?, place, at, world)?,
            Applied::ImportValue(name) => self.imported(world.force(name)?, place, at, world)?,
        })
    }

    fn select(
        &'a self,
        index: Value<'a>,
        list: Value<'a>,
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let items = self.items(list, world)?;
        let number = self.text_of(index).map(|text| text.trim().parse::<usize>().ok());
        Ok(match (number, items) {
            (Some(Some(number)), Some(items)) => match items.get(number) {
                Some(item) => self.node(item.kind, place, at.path, self.joined_via(&[item, list])),
                None => self.unknown("`Fn::Select` out of the list's range", Shape::Any, place, at),
            },
            (Some(None), _) => self.unknown("`Fn::Select` with an index that is no number", Shape::Any, place, at),
            (None, _) => self.dependent("`Fn::Select`", index, Shape::Any, place, at),
            (_, None) => self.dependent("`Fn::Select`", list, Shape::Any, place, at),
        })
    }

    fn dynamic_attribute(
        &'a self,
        parts: &'a [Value<'a>],
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            let part = world.force(part)?;
            match self.text_of(part) {
                Some(text) => texts.push(text),
                None => return Ok(self.dependent("`Fn::GetAtt`", part, Shape::Any, place, at)),
            }
        }
        Ok(match texts.split_first() {
            Some((id, attribute)) => self.attribute_of(id, self.arena.alloc_str(&attribute.join(".")), place, at),
            None => self.unknown("`Fn::GetAtt`", Shape::Any, place, at),
        })
    }

    /// The forced items of a list that are there; `None` when `list` is no list or an item may be missing.
    pub(super) fn items(
        &'a self,
        list: Value<'a>,
        world: &World<'a, '_>,
    ) -> Result<Option<BumpVec<'a, Value<'a>>>, Pending> {
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
    pub(super) fn dependent(
        &'a self,
        function: &str,
        argument: Value<'a>,
        shape: Shape,
        place: Span,
        at: At<'a>,
    ) -> Value<'a> {
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

/// Whether `Fn::Sub` takes a name: letters, digits, underscores, periods and colons.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "_.:".contains(character))
}
