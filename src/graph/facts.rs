//! `Facts`: which facts a resource of a type has.

use crate::value::{Pending, Value, World};

use super::model::Graph;
use super::origin::Origin;
use super::read::Fields;
use super::security_group::{Direction, group_facts, rule_facts};
use super::{network_acl, policy};

/// The map of the facts of a resource, each made when it is asked for; empty for most types.
pub(super) fn make<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Value<'a>, Pending> {
    Ok(match graph.type_of(resource) {
        "AWS::EC2::SecurityGroup" => group_facts(graph, world, resource, value),
        "AWS::EC2::SecurityGroupIngress" => rule_facts(graph, world, resource, value, Direction::Ingress),
        "AWS::EC2::SecurityGroupEgress" => rule_facts(graph, world, resource, value, Direction::Egress),
        "AWS::EC2::NetworkAclEntry" => network_acl::facts(graph, world, resource, value),
        other => match policy::facts(graph, world, resource, value, other) {
            Some(facts) => facts,
            None => Fields::default().finish(world, Origin::of(value)),
        },
    })
}
