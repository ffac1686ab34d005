//! The tree of one YAML or JSON document: an arena of nodes with byte spans.

use super::large_mappings::LargeMappings;
use crate::text::Span;

/// A node of one document; valid only for the document that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes: may be a number, a Boolean or null.
    Plain,
    /// In single or double quotes: always a text.
    Quoted,
    /// As a literal or folded block: always a text.
    Block,
}

/// A pair of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key: a scalar.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
    /// Whether it does not count: a later pair of the same mapping has the same key, or it is a merge key, whose pairs
    /// follow it.
    pub dead: bool,
    /// Whether the pair came in through a merge key (`<<`); its nodes then stand elsewhere.
    pub merged: bool,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content<'d> {
    /// A scalar with its text: escapes resolved, quotes removed, lines folded.
    Scalar {
        /// The text.
        text: &'d str,
        /// How it is written.
        style: Style,
    },
    /// A sequence.
    Sequence(&'d [NodeId]),
    /// A mapping, in source order, dead pairs included.
    Mapping(&'d [Pair]),
    /// A YAML alias and the node it stands for.
    Alias(NodeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// A scalar whose text is a part of the source.
    Borrowed { text: Span, style: Style },
    /// A scalar whose text is a part of the buffer.
    Buffered { text: Span, style: Style },
    /// Items `start..end` of `items`.
    Sequence { start: u32, end: u32 },
    /// Pairs `start..end` of `pairs`.
    Mapping { start: u32, end: u32 },
    /// Another node.
    Alias(NodeId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeData {
    pub(super) stored: Stored,
    pub(super) span: Span,
    /// The tag's text such as `!Sub`, in the source; empty when there is none.
    pub(super) tag: Span,
}

/// The tree of one document.
///
/// Invariants: a child's span lies inside its parent's, except through an alias or a merge; pairs stand in source order
/// with duplicates kept; spans end at the last byte of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'s> {
    pub(super) source: &'s str,
    pub(super) nodes: Vec<NodeData>,
    pub(super) items: Vec<NodeId>,
    pub(super) pairs: Vec<Pair>,
    pub(super) buffer: String,
    pub(super) comments: Vec<Span>,
    pub(super) root: Option<NodeId>,
    pub(super) format: Format,
    /// How many nodes are its own, once it has taken in those of another.
    pub(super) own_nodes: Option<u32>,
    pub(super) keys: LargeMappings,
}

/// Which syntax a document was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl<'s> Document<'s> {
    /// A document without nodes.
    #[must_use]
    pub fn empty(source: &'s str, format: Format) -> Self {
        Self {
            source,
            nodes: Vec::new(),
            items: Vec::new(),
            pairs: Vec::new(),
            buffer: String::new(),
            comments: Vec::new(),
            root: None,
            format,
            own_nodes: None,
            keys: LargeMappings::default(),
        }
    }

    /// The root; `None` for a document without content.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// Which syntax it was read from.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The source that the spans belong to.
    #[must_use]
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// The number of nodes.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Every node, in the order in which they were read.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// The comments in source order: `#` included, line break excluded.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// What the node is, aliases not followed.
    #[must_use]
    pub fn content(&self, node: NodeId) -> Content<'_> {
        let Some(data) = self.nodes.get(node.0 as usize) else {
            return Content::Scalar { text: "", style: Style::Plain };
        };
        match data.stored {
            Stored::Borrowed { text, style } => {
                Content::Scalar { text: text.slice(self.source).unwrap_or_default(), style }
            }
            Stored::Buffered { text, style } => {
                Content::Scalar { text: text.slice(&self.buffer).unwrap_or_default(), style }
            }
            Stored::Sequence { start, end } => {
                Content::Sequence(self.items.get(start as usize..end as usize).unwrap_or_default())
            }
            Stored::Mapping { start, end } => {
                Content::Mapping(self.pairs.get(start as usize..end as usize).unwrap_or_default())
            }
            Stored::Alias(target) => Content::Alias(target),
        }
    }

    /// The text of a key (aliases followed) as bytes; empty for a collection.
    pub(super) fn key_bytes(&self, node: NodeId) -> &[u8] {
        let (text, of) = match self.stored(node) {
            Some(Stored::Borrowed { text, .. }) => (text, self.source),
            Some(Stored::Buffered { text, .. }) => (text, self.buffer.as_str()),
            _ => return self.text(node).unwrap_or_default().as_bytes(),
        };
        of.as_bytes().get(text.start()..text.end()).unwrap_or_default()
    }

    /// How the node is kept.
    fn stored(&self, node: NodeId) -> Option<Stored> {
        self.nodes.get(node.0 as usize).map(|data| data.stored)
    }

    /// The node itself, or what it stands for when it is an alias.
    #[must_use]
    pub fn resolve_alias(&self, node: NodeId) -> NodeId {
        let mut node = node;
        // An alias can only stand for an earlier node, so this ends.
        while let Some(Stored::Alias(target)) = self.stored(node) {
            if target >= node {
                break;
            }
            node = target;
        }
        node
    }

    /// The bytes of the node: for a tagged node without its tag, for a quoted scalar with its quotes, for a block scalar
    /// from its `|` or `>` to the last byte of its content.
    #[must_use]
    pub fn span(&self, node: NodeId) -> Span {
        self.nodes.get(node.0 as usize).map_or_else(Span::default, |data| data.span)
    }

    /// The node's tag, `!` included, such as `!Sub`.
    #[must_use]
    pub fn tag(&self, node: NodeId) -> Option<&'s str> {
        let tag = self.tag_span(node)?;
        tag.slice(self.source)
    }

    /// Where the node's tag stands.
    #[must_use]
    pub fn tag_span(&self, node: NodeId) -> Option<Span> {
        self.nodes.get(node.0 as usize).map(|data| data.tag).filter(|tag| !tag.is_empty())
    }

    /// The text of a scalar (aliases followed); `None` for a collection.
    #[must_use]
    pub fn text(&self, node: NodeId) -> Option<&str> {
        let node = self.resolve_alias(node);
        match self.stored(node) {
            Some(Stored::Sequence { .. } | Stored::Mapping { .. }) => None,
            _ => match self.content(node) {
                Content::Scalar { text, .. } => Some(text),
                _ => None,
            },
        }
    }

    /// The pairs of a mapping that count (aliases followed, dead pairs left out); empty for anything else.
    pub fn pairs(&self, node: NodeId) -> impl Iterator<Item = Pair> {
        let pairs: &[Pair] = match self.stored(self.resolve_alias(node)) {
            Some(Stored::Mapping { start, end }) => self.pairs.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        };
        pairs.iter().copied().filter(|pair| !pair.dead)
    }

    /// The items of a sequence (aliases followed); empty for anything else.
    #[must_use]
    pub fn items(&self, node: NodeId) -> &[NodeId] {
        match self.stored(self.resolve_alias(node)) {
            Some(Stored::Sequence { start, end }) => self.items.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The value of a mapping's key.
    #[must_use]
    pub fn get(&self, node: NodeId, key: &str) -> Option<Pair> {
        let node = self.resolve_alias(node);
        match self.stored(node) {
            Some(Stored::Mapping { start, end }) if end.saturating_sub(start) > LargeMappings::SMALL => {
                self.keys.get(self, (start, end), key)
            }
            _ => self.pairs(node).find(|pair| self.text(pair.key) == Some(key)),
        }
    }

    /// Whether the node is a mapping (aliases followed).
    #[must_use]
    pub fn is_mapping(&self, node: NodeId) -> bool {
        matches!(self.stored(self.resolve_alias(node)), Some(Stored::Mapping { .. }))
    }

    /// Whether the node is a sequence (aliases followed).
    #[must_use]
    pub fn is_sequence(&self, node: NodeId) -> bool {
        matches!(self.stored(self.resolve_alias(node)), Some(Stored::Sequence { .. }))
    }
}

/// What a plain scalar means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'d> {
    /// Null.
    Null,
    /// A Boolean.
    Bool(bool),
    /// An integer that fits 64 bits.
    Integer(i64),
    /// Another number.
    Float(f64),
    /// A text.
    Text(&'d str),
}
