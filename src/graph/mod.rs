//! What ties the resources of a template together, and what follows from what they say: the two virtual keys that
//! rules see on every resource.
//!
//! - `Linked` holds the companions of a resource by role, in both directions, whichever way they are tied: a
//!   reference, an ARN around one, an equal name. The roles are a table (`roles.rs`). Each role is a list, empty
//!   when nothing is there; a companion has `Id`, `Type`, `Properties`, `Facts` and its own `Linked`.
//! - `Facts` holds derived data in one shape, which no rule language should compute: security group rules
//!   (`security_group.rs`), network ACL entries and the effect of their order (`network_acl.rs`), policy statements
//!   (`policy.rs`). It is an empty map for other types.
//!
//! Invariants: nothing is computed before it is asked for, and what hung on choices is kept only with them: every answer
//! is one under the choices of the question, and a choice that is missing is handed up as `Pending`. A fact stands at
//! the text that decides it and carries that text's sources. What is not known is unknown, never absent: a companion
//! that may be there is an unknown of `Shape::MaybeAbsent`, a flag that hangs on a parameter has the parameter's
//! reason. Limits (candidates per type, rules per group) turn answers into unknowns, never into passes.
//!
//! What each fact and each of its keys says is data too (`fact_descriptions.rs`); `rules/LINKS-AND-FACTS.md` is made of
//! it and of the table of roles. Whether the internet reaches a resource is judged in `exposure.rs` and its neighbours,
//! from the gateway to the resource; the answer carries the way as its sources, so that a finding tells it.
//!
//! For drawings, [`Graph::ties`] gives what a resource names, one way only and without going through the view.
//!
//! Deliberately absent: Guard, findings. Used by `check`.

mod addresses;
mod caller_conditions;
mod cidr;
mod credentials;
mod exposed_compute;
mod exposed_data;
mod exposed_endpoints;
mod exposure;
mod face;
mod fact_descriptions;
mod facts;
mod grants;
mod identity;
mod labels;
mod linked;
mod load_balancers;
mod model;
mod names;
mod network;
mod network_acl;
mod origin;
mod pattern;
mod policy;
mod policy_places;
mod policy_text;
mod port_filter;
mod principals;
mod reach;
mod read;
mod roles;
mod secret_places;
mod secrets;
mod security_group;
mod sensitive_actions;
mod siblings;
mod sources;
mod statement;
mod subnet;
#[cfg(test)]
mod tests;
mod ties;
mod traffic;
mod truth;

pub use fact_descriptions::{FactDescription, SAME_KEYS, fact_descriptions, fact_keys};
pub use model::{Authored, Graph, Resource};
pub use names::{LinkedRole, all_roles, fact_names, linked_roles};
pub use sensitive_actions::{Danger, sensitive_actions};
pub use ties::{Tie, TieEnd};
