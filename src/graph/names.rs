//! The names under `Linked` and `Facts` that resources of a type have, for checking what rules ask for.

use bumpalo::Bump;

use crate::text::Span;
use crate::value::{Choices, Kind, Map, Node, Path, World};

use super::facts;
use super::model::{Authored, Graph, Resource};
use super::roles::ROLES;

/// The roles under `Linked` of a resource of that type, each with the types of the companions in it; sorted by role.
#[must_use]
pub fn linked_roles(resource_type: &str) -> Vec<(&'static str, &'static str)> {
    let mut roles: Vec<(&str, &str)> = Vec::new();
    for role in ROLES {
        if role.source == resource_type {
            roles.push((role.forward, role.target));
        }
        if role.target == resource_type {
            roles.push((role.reverse, role.source));
        }
    }
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// One way in which resources are tied to each other.
#[derive(Clone, Copy, Debug)]
pub struct LinkedRole {
    /// The type whose property names the other resource.
    pub source: &'static str,
    /// That property, below `Properties`; `*` where resources of one account belong together without a word.
    pub path: &'static str,
    /// The type of the resource that is named.
    pub target: &'static str,
    /// The role of the target under `Linked` of the source.
    pub forward: &'static str,
    /// The role of the source under `Linked` of the target.
    pub reverse: &'static str,
}

/// All of them.
pub fn all_roles() -> impl Iterator<Item = LinkedRole> {
    ROLES.iter().map(|role| LinkedRole {
        source: role.source,
        path: role.path,
        target: role.target,
        forward: role.forward,
        reverse: role.reverse,
    })
}

/// The keys under `Facts` of a resource of that type: those of a resource without properties.
#[must_use]
pub fn fact_names(resource_type: &str) -> Vec<String> {
    let arena = Bump::new();
    let resource_type: &str = arena.alloc_str(resource_type);
    let path = arena.alloc(Path::root(0));
    let value = arena.alloc(Node { kind: Kind::Map(Map::new(&[])), place: Span::default(), path, via: None });
    let resource = Resource { logical_id: "", resource_type, value, unconditional: value, key_place: Span::default() };
    let graph = Graph::new(&arena, arena.alloc_slice_copy(&[resource]), Authored::default());
    let choices = Choices::default();
    let world = World { arena: &arena, choices: &choices };
    match facts::make(graph, &world, 0, value).map(|facts| facts.kind) {
        Ok(Kind::Map(map)) => map.entries().iter().map(|entry| entry.key.to_owned()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_view() {
        assert_eq!(
            fact_names("AWS::EC2::SecurityGroup"),
            ["Ingress", "Egress", "ImplicitEgress", "Labels", "Credentials"]
        );
        assert_eq!(fact_names("AWS::IAM::Role"), ["Statements", "Grants", "TrustStatements", "Credentials"]);
        assert_eq!(fact_names("AWS::SQS::Queue"), ["Credentials"]);
        assert!(linked_roles("AWS::S3::Bucket").contains(&("BucketPolicies", "AWS::S3::BucketPolicy")));
        assert!(linked_roles("Custom::Thing").is_empty());
    }
}
