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
//! Of a security group, `Labels` are its logical id, name, description and values of tags, as far as they are written
//! (`labels.rs`).
//!
//! What policies become (`Facts` of every type in `policy_places.rs`; `statement.rs`, `caller_conditions.rs`):
//!
//! | Fact | Says |
//! |---|---|
//! | `Statements`, `TrustStatements` | the statements, whichever form the policy is written in; JSON texts are read |
//! | `Grants` | the sensitive actions (`sensitive_actions.rs`) that the policy allows through any wildcard or `NotAction`, without those that it denies on everything unconditionally; each stands at the text that allows it |
//! | `Administrators`, `Users` | of a KMS key: the principals that may change or delete the key, and that may use it |
//! | `..Actions`, `NotActions`, `Resources`, `NotResources` | always lists; one that is not written is empty |
//! | `..Principals`, `NotPrincipals`, `AwsPrincipals`, `ServicePrincipals`, `FederatedPrincipals` | all principals, and those of one kind |
//! | `..NamedPrincipals` | particular identities: neither everybody nor an account as a whole |
//! | `..AllActions`, `AllResources` | a `*` stands for everything |
//! | `..FullServices` | the services given whole: `s3` of `s3:*` |
//! | `..PublicPrincipal` | everybody: `*` of any kind, or all but `NotPrincipal` |
//! | `..CrossAccount` | another account by its literal number (AWS's own for load balancer logs excluded); unknown for a parameter |
//! | `..HasCondition` | any condition is there |
//! | `..CallerRestricted` | a condition keeps most callers out (organization, account, source, network), or a deny of the same document keeps all others out |
//! | `..Grants` | those of the statement |
//! | `..Source` | `inline`, `managed`, `resource` or `guardrail` |
//!
//! Invariants: nothing is computed before it is asked for, and nothing that hung on choices is kept: every answer is
//! made under the choices of the question, and a choice that is missing is handed up as `Pending`. A fact stands at
//! the text that decides it and carries that text's sources. What is not known is unknown, never absent: a companion
//! that may be there is an unknown of `Shape::MaybeAbsent`, a flag that hangs on a parameter has the parameter's
//! reason. Limits (candidates per type, rules per group) turn answers into unknowns, never into passes.
//!
//! Every resource with a network face (`exposure.rs`) has `InternetReachable` (true, false, or unknown with its
//! reason), `InternetPath` (the steps from the internet to it: `Id`, `Type` and `Step`, a short sentence, each standing
//! at the text that decides it; empty where there is no way) and `InternetPorts` (`Protocol`, `FromPort`, `ToPort`).
//! They carry the path as their sources, so a finding about them tells it.
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
mod statement;
mod subnet;
#[cfg(test)]
mod tests;
mod traffic;
mod truth;

pub use model::{Authored, Graph, Resource};
pub use names::{fact_names, linked_roles};
pub use sensitive_actions::{Danger, sensitive_actions};
