//! What queries find: values of the document, literals of the rule file, and how sure they are.

use crate::guard::Range;
use crate::value::{Kind, Map, Piece, Reference, Unknown, Value};

use super::constant::{Constant, ConstantEntry, Pattern};
use super::program::Query;
use super::statuses::Hinges;

/// One value: a node of the document (forced, never absent), a literal of the rule file, or the one kind of value
/// that only a function makes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'p, 'a> {
    Node(Value<'a>),
    Constant(&'p Constant),
    Char(char),
}

/// The same look at a node and at a literal.
#[derive(Clone, Copy)]
pub(super) enum View<'p, 'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Char(char),
    String(&'p str),
    Regex(&'p Pattern),
    RangeInteger(&'p Range<i64>),
    RangeFloat(&'p Range<f64>),
    RangeChar(&'p Range<char>),
    List(Items<'p, 'a>),
    Map(Entries<'p, 'a>),
    Unknown(&'a Unknown<'a>),
    Reference(&'a Reference<'a>),
    Partial(&'a [Piece<'a>]),
}

/// The items of a list.
#[derive(Clone, Copy)]
pub(super) enum Items<'p, 'a> {
    Nodes(&'a [Value<'a>]),
    Constants(&'p [Constant]),
}

/// The entries of a map.
#[derive(Clone, Copy)]
pub(super) enum Entries<'p, 'a> {
    Nodes(Map<'a>),
    Constants(&'p [ConstantEntry]),
}

impl<'p, 'a: 'p> Item<'p, 'a> {
    pub(super) fn view(self) -> View<'p, 'a> {
        match self {
            Self::Node(node) => match node.kind {
                // `force` has been asked: an absent or deferred node does not get here, and null is harmless.
                Kind::Null | Kind::Absent | Kind::Deferred(_) => View::Null,
                Kind::Bool(value) => View::Bool(value),
                Kind::Integer(value) => View::Integer(value),
                Kind::Float(value) => View::Float(value),
                Kind::String(text) => View::String(text),
                Kind::List(items) => View::List(Items::Nodes(items)),
                Kind::Map(map) => View::Map(Entries::Nodes(map)),
                Kind::Unknown(unknown) => View::Unknown(unknown),
                Kind::Reference(reference) => View::Reference(reference),
                Kind::Partial(pieces) => View::Partial(pieces),
            },
            Self::Constant(constant) => constant.view(),
            Self::Char(character) => View::Char(character),
        }
    }

    /// Whether both are the same value: one node, or equal scalars.
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Node(one), Self::Node(two)) if std::ptr::eq(one, two) => true,
            (Self::Constant(one), Self::Constant(two)) => std::ptr::eq(one, two),
            (Self::Node(one), Self::Node(two)) => match (one.kind, two.kind) {
                (Kind::Null, Kind::Null) => true,
                (Kind::Bool(one), Kind::Bool(two)) => one == two,
                (Kind::Integer(one), Kind::Integer(two)) => one == two,
                (Kind::Float(one), Kind::Float(two)) => one.to_bits() == two.to_bits(),
                (Kind::String(one), Kind::String(two)) => one == two,
                (Kind::Unknown(one), Kind::Unknown(two)) => one == two,
                _ => false,
            },
            (Self::Char(one), Self::Char(two)) => one == two,
            _ => false,
        }
    }

    /// Whether it is a list for sure.
    pub(super) fn is_list(self) -> bool {
        matches!(self.view(), View::List(_))
    }
}

/// One result of a query.
#[derive(Clone, Copy)]
pub(super) struct Found<'p, 'a> {
    /// The value; for a query that led nowhere the last value reached.
    pub(super) item: Item<'p, 'a>,
    /// The query led nowhere for sure.
    pub(super) missing: Option<Rest<'p>>,
    /// There is a value, or the query leads nowhere: which of the two is not known.
    pub(super) open: bool,
    /// It is not sure that this result is there.
    pub(super) maybe: bool,
    /// It stands for one or more results.
    pub(super) many: bool,
    /// A function may have found what it made this of to be of a type that it does not support.
    pub(super) doubtful: bool,
    /// It is a literal bound to a variable, which compares like a literal written in place.
    pub(super) literal: bool,
    /// What the doubts above hang on.
    pub(super) hinges: Hinges,
}

/// The part of a query that could not be walked.
#[derive(Clone, Copy)]
pub(super) struct Rest<'p> {
    pub(super) query: &'p Query,
    pub(super) from: usize,
}

impl<'p, 'a> Found<'p, 'a> {
    pub(super) fn sure(item: Item<'p, 'a>) -> Self {
        Self {
            item,
            missing: None,
            open: false,
            maybe: false,
            many: false,
            doubtful: false,
            literal: false,
            hinges: Hinges::NONE,
        }
    }

    /// Whether it is the same result of the same kind, however sure.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let rest = |found: &Self| found.missing.map(|rest| (std::ptr::from_ref(rest.query), rest.from));
        self.literal == other.literal
            && self.open == other.open
            && rest(self) == rest(other)
            && self.item.is(other.item)
    }

    /// The same, not sure to be there.
    pub(super) fn perhaps(self, hinges: Hinges) -> Self {
        Self { maybe: true, hinges: self.hinges.union(hinges), ..self }
    }

    pub(super) fn literal(constant: &'p Constant) -> Self {
        Self { literal: true, ..Self::sure(Item::Constant(constant)) }
    }
}
