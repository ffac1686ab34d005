//! What a template says once parameters, conditions, mappings and functions are worked out.
//!
//! [`Resolver`] gives each resource as a [`Value`](crate::value::Value) in which everything that is certain is folded and
//! everything that hangs on a parameter or condition is deferred: it is worked out when a question touches it, under
//! the choices that the question has made. Parameters are the decision variables ([`VariableInfo`]): each has a few
//! classes (its default, its allowed values, the literals it is compared with, anything else), and choosing classes
//! makes every condition true or false consistently.
//!
//! Not every class is possible under every choice: [`Resolver::possible_classes`] knows the assertions of `Rules`,
//! equalities that follow from others, and lookups that would fail the deployment. Loops (`Fn::ForEach`) are written
//! out. [`Resolver::problems`] says what keeps a template from being deployed as it is written.
//!
//! Invariants: nothing fails; what nobody can know is `Unknown` with a reason; the same choices give the same value.
//!
//! Deliberately absent: rules, severities, links between resources. Used by `graph` and `check`.

mod address_blocks;
mod arguments;
mod compared;
mod conditions;
mod constraints;
mod cycles;
mod deferred;
mod encodings;
mod exports;
mod family;
mod functions;
mod lookups;
#[cfg(test)]
mod loop_tests;
mod loops;
mod parameters;
mod possible;
#[cfg(test)]
mod possible_tests;
#[cfg(test)]
mod problem_tests;
mod problems;
mod references;
mod resolver;
mod sam;
mod schema;
#[cfg(test)]
mod tests;
mod text_values;

pub use exports::{Export, Exports, exports};
pub use family::{Member, Nested};
pub use parameters::{ClassInfo, ClassKind, VariableInfo, VariableKind};
pub use resolver::{ResolvedOutput, ResolvedResource, Resolver, Settings};
pub use schema::{Kind as PropertyKind, PropertyType, resource_types, schema_source};
