//! A value tree in which every node knows its origin, and in which not knowing is a value.
//!
//! Values live in an arena (`bumpalo`) and are handed around as references: cheap to copy, compared by pointer
//! when the same node is meant, freed together. A [`Node`] carries its place in the text, its path from the
//! root of its document and the chain of sources it came through ([`Via`]: a parameter's default, a mapping's
//! entry, a branch).
//!
//! Invariants: absence (`AWS::NoValue`) is [`Kind::Absent`], never null; a value that hangs on an undecided
//! choice is [`Kind::Deferred`] and becomes one of the other kinds by [`World::force`], which either answers or
//! names the [`Variable`] that must be chosen first; [`Kind::Deferred`] never comes out of `force`.
//!
//! What is made when it is asked for is remembered ([`Memo`]) with the variables that it hangs on: rules ask the same few
//! questions under choices that mostly differ in other variables.
//!
//! Deliberately absent: CloudFormation, Guard, parameters, conditions. Every room above may use this one.

mod memo;
mod node;
mod unknown;
mod world;

pub use memo::{Memo, Remembered};
pub use node::{Entry, Kind, Map, Node, Path, Segment, Value, Via, ViaKind};
pub use unknown::{Piece, Reference, Shape, Unknown};
pub use world::{Choices, Deferred, Pending, Variable, World};
