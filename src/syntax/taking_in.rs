//! One document taken into another: what `AWS::Include` does before CloudFormation reads a template.

use super::document::{Document, NodeData, NodeId, Pair, Stored};
use super::large_mappings::LargeMappings;
use crate::text::Span;

impl<'s> Document<'s> {
    /// Takes in the nodes of `other` and gives its root. Both texts are parts of `whole`: this document's is its beginning,
    /// that of `other` starts at `start`. From now on spans are those of `whole`.
    pub fn take_in(&mut self, whole: &'s str, other: &Document<'s>, start: usize) -> Option<NodeId> {
        let first_node = u32::try_from(self.nodes.len()).ok()?;
        let first_item = u32::try_from(self.items.len()).ok()?;
        let first_pair = u32::try_from(self.pairs.len()).ok()?;
        let first_byte = self.buffer.len();
        let node = |id: NodeId| NodeId(id.0.saturating_add(first_node));
        let moved = |span: Span, by: usize| match span.is_empty() && span.start() == 0 {
            true => span,
            false => Span::new(span.start() + by, span.end() + by),
        };
        self.source = whole;
        self.keys = LargeMappings::default();
        self.own_nodes.get_or_insert(first_node);
        self.nodes.extend(other.nodes.iter().map(|data| NodeData {
            stored: match data.stored {
                Stored::Borrowed { text, style } => Stored::Borrowed { text: moved(text, start), style },
                Stored::Buffered { text, style } => {
                    Stored::Buffered { text: Span::new(text.start() + first_byte, text.end() + first_byte), style }
                }
                Stored::Sequence { start, end } => {
                    Stored::Sequence { start: start.saturating_add(first_item), end: end.saturating_add(first_item) }
                }
                Stored::Mapping { start, end } => {
                    Stored::Mapping { start: start.saturating_add(first_pair), end: end.saturating_add(first_pair) }
                }
                Stored::Alias(target) => Stored::Alias(node(target)),
            },
            span: moved(data.span, start),
            tag: moved(data.tag, start),
        }));
        self.items.extend(other.items.iter().map(|item| node(*item)));
        self.pairs.extend(other.pairs.iter().map(|pair| Pair {
            key: node(pair.key),
            value: node(pair.value),
            ..*pair
        }));
        self.buffer.push_str(&other.buffer);
        self.comments.extend(other.comments.iter().map(|comment| moved(*comment, start)));
        other.root.map(node)
    }

    /// Whether a node stands in the text of `above`, or was taken in, wherever to.
    #[must_use]
    pub fn is_below(&self, above: NodeId, node: NodeId) -> bool {
        self.span(above).contains(self.span(node)) || self.is_taken_in(node)
    }

    /// Whether a node was taken in from another document.
    #[must_use]
    pub fn is_taken_in(&self, node: NodeId) -> bool {
        self.own_nodes.is_some_and(|own| node.0 >= own)
    }

    /// Makes `node` what `other` is, with the place of that.
    pub fn put(&mut self, node: NodeId, other: NodeId) {
        if let (Some(data), true) = (self.nodes.get(other.0 as usize).copied(), node != other)
            && let Some(here) = self.nodes.get_mut(node.0 as usize)
        {
            *here = data;
            self.keys = LargeMappings::default();
        }
    }

    /// Gives a mapping other pairs.
    pub fn set_pairs(&mut self, mapping: NodeId, pairs: &[Pair]) {
        self.keys = LargeMappings::default();
        let start = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        self.pairs.extend_from_slice(pairs);
        let end = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        if let Some(data) = self.nodes.get_mut(mapping.0 as usize)
            && matches!(data.stored, Stored::Mapping { .. })
        {
            data.stored = Stored::Mapping { start, end };
        }
    }

    /// Gives a sequence other items.
    pub fn set_items(&mut self, sequence: NodeId, items: &[NodeId]) {
        let start = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.extend_from_slice(items);
        let end = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        if let Some(data) = self.nodes.get_mut(sequence.0 as usize)
            && matches!(data.stored, Stored::Sequence { .. })
        {
            data.stored = Stored::Sequence { start, end };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Hint, read};

    #[test]
    fn what_is_taken_in_keeps_its_texts_and_has_places_in_the_whole() {
        let (host, other) = ("a: 1\nb: x\n", "- \"l\\u0061st\"\n- {k: v}\n");
        let whole = format!("{host}\n{other}");
        let start = host.len() + 1;
        let (_, other) = whole.split_at(start);
        let mut document = read(host, Hint::Yaml).document;
        let included = read(other, Hint::Yaml).document;
        let root = document.take_in(&whole, &included, start).unwrap();
        let host_root = document.root().unwrap();
        let target = document.get(host_root, "b").unwrap().value;
        document.put(target, root);
        let items = document.items(document.get(host_root, "b").unwrap().value).to_vec();
        assert_eq!(document.text(items[0]), Some("last"));
        let value = document.get(items[1], "k").unwrap().value;
        assert_eq!(document.text(value), Some("v"));
        assert_eq!(document.span(value).slice(&whole), Some("v"));
        assert!(document.is_below(host_root, value));
        assert_eq!(document.text(document.get(host_root, "a").unwrap().value), Some("1"));
    }
}
