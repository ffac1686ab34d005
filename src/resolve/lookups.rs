//! `Fn::FindInMap`.

use crate::syntax::NodeId;
use crate::text::Span;
use crate::value::{Kind, Pending, Shape, Value, ViaKind, World};

use super::resolver::{At, Resolver};

/// How many lookups may stand in entries that are looked up.
const NESTED_LOOKUPS: usize = 4;

impl<'a> Resolver<'a> {
    pub(super) fn find_in_map(
        &'a self,
        keys: [Value<'a>; 3],
        default: Option<Value<'a>>,
        place: Span,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Value<'a>, Pending> {
        let [mapping, first, second] = keys;
        let names = (self.text_of(mapping), self.text_of(first), self.text_of(second));
        let (Some(name), Some(first_key), Some(second_key)) = names else {
            if let Some(mapping) = names.0.and_then(|name| self.template.mapping(name))
                && self.is_failing_choice(&mapping, [first, second], world)
            {
                return default.map_or_else(|| Err(self.never()), |default| world.force(default));
            }
            let open = keys.into_iter().find(|key| self.text_of(key).is_none()).unwrap_or(mapping);
            return Ok(self.dependent("`Fn::FindInMap`", open, Shape::Any, place, at));
        };
        let document = self.template.document;
        let leaf = self.template.mapping(name).and_then(|mapping| {
            let row = document.get(mapping.node, first_key)?;
            document.get(row.value, second_key)
        });
        let Some(leaf) = leaf else {
            if let Some(default) = default {
                return world.force(default);
            }
            if let Some(mapping) = self.template.mapping(name)
                && self.is_failing_choice(&mapping, [first, second], world)
            {
                return Err(self.never());
            }
            let reason = format!("`Fn::FindInMap` of `{name}`, which has no entry `{first_key}`, `{second_key}`");
            return Ok(self.unknown(self.arena.alloc_str(&reason), Shape::Any, place, at));
        };
        // CloudFormation takes no functions in mappings; a text that has them may lead anywhere, itself included.
        let depth = self.shared.lookups.get();
        if depth >= NESTED_LOOKUPS {
            let reason = format!("`Fn::FindInMap` of `{name}`, whose entries look up mappings");
            return Ok(self.unknown(self.arena.alloc_str(&reason), Shape::Any, place, at));
        }
        self.shared.lookups.set(depth + 1);
        let entry = world.force(self.entry_of_mapping(leaf.value, at));
        self.shared.lookups.set(depth);
        let value = entry?;
        let earlier = self.joined_via(&keys);
        let via = self.via(ViaKind::Mapping(name), document.span(leaf.value), earlier);
        Ok(self.node(value.kind, place, at.path, via))
    }

    /// An entry of a mapping: a text or a list of texts, whatever its scalars look like.
    fn entry_of_mapping(&'a self, node: NodeId, at: At<'a>) -> Value<'a> {
        let value = self.value(node, at);
        match value.kind {
            Kind::List(items) => {
                let items = items.iter().map(|item| self.as_text(item, at));
                let items = bumpalo::collections::Vec::from_iter_in(items, self.arena).into_bump_slice();
                self.node(Kind::List(items), value.place, value.path, value.via)
            }
            _ => self.as_text(value, at),
        }
    }

    fn as_text(&'a self, value: Value<'a>, at: At<'a>) -> Value<'a> {
        match (value.kind, self.text_of(value)) {
            (Kind::Bool(_) | Kind::Integer(_) | Kind::Float(_), Some(text)) => {
                let text = self.node(Kind::String(text), value.place, value.path, value.via);
                self.typed(text, at.expected, None)
            }
            _ => value,
        }
    }
}
