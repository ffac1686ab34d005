//! The nodes of a value tree.

use std::fmt;

use crate::text::Span;

use super::{Deferred, Piece, Reference, Unknown};

/// A value: a node of an arena.
pub type Value<'a> = &'a Node<'a>;

/// One node of a value tree.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind<'a>,
    /// The text that stands for it in its document: for a value that came through a function, the place where
    /// the function is used.
    pub place: Span,
    /// Where it stands in its document.
    pub path: &'a Path<'a>,
    /// What it came through, nearest source first; `None` for a value written where it stands.
    pub via: Option<&'a Via<'a>>,
}

/// What a value is.
#[derive(Clone, Copy)]
pub enum Kind<'a> {
    /// A written null.
    Null,
    /// A Boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction or out of the range of integers.
    Float(f64),
    /// A text.
    String(&'a str),
    /// A list. Items may be deferred and turn out absent.
    List(&'a [Value<'a>]),
    /// A map.
    Map(Map<'a>),
    /// No value: a key or item that is not there.
    Absent,
    /// Known only at deployment.
    Unknown(&'a Unknown<'a>),
    /// The identifier or an attribute of a resource of this template: a text that no literal equals.
    Reference(&'a Reference<'a>),
    /// A text of which parts are unknown.
    Partial(&'a [Piece<'a>]),
    /// Depends on something that has not been chosen yet.
    Deferred(&'a dyn Deferred<'a>),
}

impl fmt::Debug for Kind<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(value) => write!(formatter, "{value}"),
            Self::Float(value) => write!(formatter, "{value:?}"),
            Self::String(text) => write!(formatter, "{text:?}"),
            Self::List(items) => formatter.debug_list().entries(items.iter().map(|item| item.kind)).finish(),
            Self::Map(map) => {
                formatter.debug_map().entries(map.entries().iter().map(|entry| (entry.key, entry.value.kind))).finish()
            }
            Self::Absent => formatter.write_str("absent"),
            Self::Unknown(unknown) => write!(formatter, "unknown({})", unknown.reason),
            Self::Reference(reference) => write!(formatter, "reference({})", reference.describe()),
            Self::Partial(pieces) => formatter.debug_list().entries(pieces.iter()).finish(),
            Self::Deferred(_) => formatter.write_str("deferred"),
        }
    }
}

/// A map with its entries in source order. Keys are unique: where a text repeats one, the last stands here.
#[derive(Clone, Copy, Debug)]
pub struct Map<'a> {
    entries: &'a [Entry<'a>],
}

impl<'a> Map<'a> {
    /// The map of those entries, whose keys are unique.
    #[must_use]
    pub fn new(entries: &'a [Entry<'a>]) -> Self {
        Self { entries }
    }

    /// Its entries in source order.
    #[must_use]
    pub fn entries(self) -> &'a [Entry<'a>] {
        self.entries
    }

    /// The entry of `key`.
    #[must_use]
    pub fn get(self, key: &str) -> Option<&'a Entry<'a>> {
        // Keys of one length mostly differ in their last byte: seeing that takes no call.
        let like = |entry: &&Entry<'_>| {
            entry.key.len() == key.len() && entry.key.as_bytes().last() == key.as_bytes().last() && entry.key == key
        };
        self.entries.iter().find(like)
    }
}

/// A key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The key.
    pub key: &'a str,
    /// Where the key stands.
    pub key_place: Span,
    /// The value.
    pub value: Value<'a>,
}

/// Where a node stands in its document: a list of segments, last first.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    /// The node above; `None` for a root.
    pub parent: Option<&'a Path<'a>>,
    /// The last step.
    pub segment: Segment<'a>,
    /// The key's text for a map entry, the item's for a list item.
    pub place: Span,
}

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// The root of a document: the document's number in its model.
    Root(u32),
    /// A key of a map.
    Key(&'a str),
    /// An item of a list, counted from 0 in the text.
    Index(u32),
}

impl<'a> Path<'a> {
    /// The path of a document's root.
    #[must_use]
    pub fn root(document: u32) -> Self {
        Self { parent: None, segment: Segment::Root(document), place: Span::default() }
    }

    /// The segments from the root down, the root itself excluded.
    #[must_use]
    pub fn segments(&'a self) -> Vec<&'a Path<'a>> {
        let mut segments = Vec::new();
        let mut current = Some(self);
        while let Some(path) = current {
            if path.parent.is_some() {
                segments.push(path);
            }
            current = path.parent;
        }
        segments.reverse();
        segments
    }

    /// The document that the path lies in.
    #[must_use]
    pub fn document(&self) -> u32 {
        let mut current = self;
        while let Some(parent) = current.parent {
            current = parent;
        }
        match current.segment {
            Segment::Root(document) => document,
            Segment::Key(_) | Segment::Index(_) => 0,
        }
    }
}

/// A source that a value came through.
#[derive(Clone, Copy, Debug)]
pub struct Via<'a> {
    /// What kind of source.
    pub kind: ViaKind<'a>,
    /// Where it stands.
    pub place: Span,
    /// The number of the document that it stands in, of those of the model.
    pub document: u32,
    /// The source before this one.
    pub next: Option<&'a Via<'a>>,
}

/// What kind of source a value came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViaKind<'a> {
    /// The default of a parameter.
    ParameterDefault(&'a str),
    /// An allowed value of a parameter.
    ParameterAllowed(&'a str),
    /// A parameter with a value that was pinned or compared with.
    ParameterValue(&'a str),
    /// A parameter without a known value.
    Parameter(&'a str),
    /// An entry of a mapping.
    Mapping(&'a str),
    /// A branch of `Fn::If`.
    Branch {
        /// The condition's name.
        condition: &'a str,
        /// Which branch.
        holds: bool,
    },
    /// A function, by name.
    Function(&'a str),
    /// What a template hands to a parameter of a nested stack.
    Passed(&'a str),
    /// An output of a nested stack.
    Output(&'a str),
    /// A step of reasoning, as a short sentence: how a fact follows from this place.
    Step(&'a str),
}
