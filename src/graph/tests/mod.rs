//! Tests of the room: templates are written as JSON with marks for what CloudFormation would resolve.

mod exposure;
mod facts;
mod links;
mod network_acls;
mod policies;
mod security_groups;
mod template;
