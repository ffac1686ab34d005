//! `Facts`: which facts a resource of a type has.

use crate::value::{Pending, Value, World};

use super::model::Graph;
use super::origin::Origin;
use super::read::Fields;
use super::security_group::{Direction, push_group_facts, push_rule_facts};
use super::{exposure, network_acl, policy, secrets, subnet};

/// The map of the facts of a resource, each made when it is asked for; empty for most types.
pub(super) fn make<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Value<'a>, Pending> {
    let mut fields = Fields::default();
    match graph.type_of(resource) {
        "AWS::EC2::SecurityGroup" => push_group_facts(graph, world, resource, value, &mut fields),
        "AWS::EC2::SecurityGroupIngress" => {
            push_rule_facts(graph, world, resource, value, Direction::Ingress, &mut fields);
        }
        "AWS::EC2::SecurityGroupEgress" => {
            push_rule_facts(graph, world, resource, value, Direction::Egress, &mut fields);
        }
        "AWS::EC2::Subnet" => subnet::push_facts(graph, world, resource, value, &mut fields),
        "AWS::EC2::NetworkAclEntry" => network_acl::push_facts(graph, world, resource, value, &mut fields),
        _ => {
            policy::push_facts(graph, world, resource, value, &mut fields);
            exposure::push_facts(graph, world, resource, value, &mut fields);
        }
    }
    secrets::push_facts(graph, world, resource, value, &mut fields);
    Ok(fields.finish(world, Origin::of(value)))
}
