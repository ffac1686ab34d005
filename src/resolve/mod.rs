//! From a template to what would be deployed; so far only the types of resource properties.
//!
//! [`PropertyType`] says what the published resource schemas declare for a place in a resource's `Properties`. It is a
//! view of a table that lies in the program as bytes: nothing is parsed, nothing can fail, and what the table does not
//! know is [`PropertyType::UNKNOWN`].
//!
//! Deliberately absent: descriptions, limits, patterns and allowed values of properties; files, environment, clock.
//! `graph` and `check` may use this room.

mod schema;

pub use schema::{Kind, PropertyType, resource_types, schema_source};
