//! What the SAM transform makes of `AWS::Serverless::*` resources.
//!
//! [`Expansion`] is planned once per template from its text alone: names, types and conditions. The values of the
//! resources are made when they are asked for, from the resolved properties of the SAM resource (which keep their place
//! in the text) and from what SAM adds (which stands at the SAM resource's logical id).
//!
//! Invariants: planning resolves no value, so that references to generated resources can be resolved while values are
//! made; a generated logical id is SAM's, without the hash that SAM puts behind the ids of deployments, versions,
//! layers and domain names; what is not known is unknown, never left out.
//!
//! Deliberately absent: validation of SAM templates, the files that `CodeUri` and `DefinitionUri` name, changes that
//! SAM makes to resources that are no SAM resources (notifications of buckets, triggers of user pools). Used by the
//! resolver only.

mod api;
mod api_auth;
mod connectors;
#[cfg(test)]
mod corpus_tests;
mod domain;
mod events;
mod function;
mod globals;
mod http_api;

mod make;
mod part;
mod plan;
mod policies;
mod policy_templates;
mod pull_events;
mod role;
mod simple;
mod state_machine;

#[cfg(test)]
mod tests;
mod url;

use super::resolver::{At, ResolvedResource, Resolver};
use super::schema::PropertyType;

pub(super) use plan::Expansion;
