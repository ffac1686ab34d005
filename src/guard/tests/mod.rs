//! Tests of the room, by what they look at.

mod recorded;
