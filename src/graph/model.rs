//! The graph of one template and the view of its resources.

use std::cell::{Cell, OnceCell};
use std::fmt;

use bumpalo::Bump;

use crate::text::Span;
use crate::value::{Deferred, Entry, Kind, Map, Memo, Node, Path, Pending, Remembered, Value, World};

use super::credentials::Signs;
use super::facts;
use super::linked::{self, Link};
use super::network_acl::AclEntry;
use super::origin::Origin;
use super::policy::KnownPolicies;
use super::read::{Fields, child};
use super::security_group::GroupRules;
use super::sources::{Sources, Targets};
use super::subnet::Subnet;

/// One resource of a template.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Its logical id.
    pub logical_id: &'a str,
    /// Its type.
    pub resource_type: &'a str,
    /// Its map: `Type`, `Properties` and so on. It may be [`Kind::Deferred`] and turn out [`Kind::Absent`] where the
    /// resource's condition does not hold.
    pub value: Value<'a>,
    /// Its map whether or not its condition holds. Equal to the other where there is none.
    pub unconditional: Value<'a>,
    /// Where its logical id stands.
    pub key_place: Span,
}

/// What of a template's text facts need that its resources do not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Authored<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The names of the parameters with `NoEcho`.
    pub hidden_parameters: &'a [&'a str],
}

/// The resources of a template, and what binds them. Made once per template; what depends on choices is remembered
/// with those that it depends on.
pub struct Graph<'a> {
    arena: &'a Bump,
    resources: &'a [Resource<'a>],
    /// (type, number of the resource), sorted: the resources of a type stand together, in source order.
    by_type: &'a [(&'a str, usize)],
    /// (logical id, number of the resource), sorted.
    by_id: &'a [(&'a str, usize)],
    authored: Authored<'a>,
    /// What rules see, made when it is first asked for.
    seen: &'a [Seen<'a>],
    /// What of credentials stands in the text, once it is asked for.
    signs: OnceCell<Signs>,
    /// The sources of each role by their targets, once they are asked for.
    pub(super) sources: OnceCell<&'a [OnceCell<&'a Sources<'a>>]>,
    /// The resources of each type by their names, once they are asked for.
    pub(super) targets: Cell<Option<&'a Targets<'a>>>,
}

/// What rules see of one resource, made once.
#[derive(Default)]
struct Seen<'a> {
    view: OnceCell<Value<'a>>,
    /// Its virtual keys, with the forced map that they were made for.
    parts: Cell<Option<(Value<'a>, Parts<'a>)>>,
    /// How it stands in lists of linked resources.
    companion: Memo<'a, Option<Value<'a>>>,
    /// Its links by role.
    links: Cell<Option<&'a Role<'a>>>,
    policies: KnownPolicies<'a>,
    readings: Cell<Option<&'a Readings<'a>>>,
}

/// What facts of other resources ask of one: read once, for there may be thousands of those.
#[derive(Default)]
pub(super) struct Readings<'a> {
    /// Of a security group: its rules for traffic into it, and out of it.
    pub(super) ingress: Memo<'a, GroupRules<'a>>,
    pub(super) egress: Memo<'a, GroupRules<'a>>,
    /// Of an entry of a network ACL: itself.
    pub(super) acl_entry: Memo<'a, Option<&'a AclEntry<'a>>>,
    /// Of a subnet: what it makes of traffic from the internet.
    pub(super) subnet: Memo<'a, &'a Subnet<'a>>,
}

/// What is made of a forced resource.
#[derive(Clone, Copy)]
struct Parts<'a> {
    facts: Value<'a>,
    linked: Value<'a>,
}

/// The links of a resource in one role.
struct Role<'a> {
    name: &'static str,
    links: Memo<'a, &'a [Link<'a>]>,
    next: Option<&'a Role<'a>>,
}

impl fmt::Debug for Graph<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Graph").field("resources", &self.resources.len()).finish_non_exhaustive()
    }
}

impl<'a> Graph<'a> {
    /// The graph of `resources`, in source order.
    pub fn new(arena: &'a Bump, resources: &'a [Resource<'a>], authored: Authored<'a>) -> &'a Self {
        let by_type = sorted(arena, resources.iter().map(|resource| resource.resource_type));
        let by_id = sorted(arena, resources.iter().map(|resource| resource.logical_id));
        let seen = arena.alloc_slice_fill_default(resources.len());
        arena.alloc(Self {
            arena,
            resources,
            by_type,
            by_id,
            authored,
            seen,
            signs: OnceCell::new(),
            sources: OnceCell::new(),
            targets: Cell::new(None),
        })
    }

    /// What was made of the policies of the resource with that number.
    pub(super) fn known_policies(&self, resource: usize) -> Option<&KnownPolicies<'a>> {
        self.seen.get(resource).map(|seen| &seen.policies)
    }

    /// The resource with that number as rules see it: its own entries plus `Linked` and `Facts`, made when they are
    /// asked for. Absent where the resource is; absent for a number that no resource has.
    pub fn view(&'a self, resource: usize) -> Value<'a> {
        let Some((found, seen)) = self.resources.get(resource).zip(self.seen.get(resource)) else {
            return self.arena.alloc(Node {
                kind: Kind::Absent,
                place: Span::default(),
                path: self.arena.alloc(Path::root(0)),
                via: None,
            });
        };
        seen.view.get_or_init(|| {
            let view = Remembered::new(View { graph: self, resource });
            self.arena.alloc(Node { kind: Kind::Deferred(self.arena.alloc(view)), ..*found.value })
        })
    }

    /// The links of a resource in one role, which `work` finds where they are not known.
    pub(super) fn links(
        &'a self,
        world: &World<'a, '_>,
        resource: usize,
        name: &'static str,
        work: impl FnOnce() -> Result<&'a [Link<'a>], Pending>,
    ) -> Result<&'a [Link<'a>], Pending> {
        let Some(seen) = self.seen.get(resource) else { return Ok(&[]) };
        let mut next = seen.links.get();
        while let Some(role) = next.filter(|role| role.name != name) {
            next = role.next;
        }
        let role = next.unwrap_or_else(|| {
            let role = &*self.arena.alloc(Role { name, links: Memo::default(), next: seen.links.get() });
            seen.links.set(Some(role));
            role
        });
        role.links.answer(world, work)
    }

    /// What is asked of the resource with that number for others; `None` for a number that no resource has.
    pub(super) fn readings(&self, resource: usize) -> Option<&'a Readings<'a>> {
        let kept = &self.seen.get(resource)?.readings;
        let readings = kept.get().unwrap_or_else(|| self.arena.alloc(Readings::default()));
        kept.set(Some(readings));
        Some(readings)
    }

    /// Where what is made goes.
    pub(super) fn arena(&self) -> &'a Bump {
        self.arena
    }

    /// Whether what a parameter is given stays hidden.
    pub(super) fn hides(&self, parameter: &str) -> bool {
        self.authored.hidden_parameters.contains(&parameter)
    }

    /// What of credentials stands in the text.
    pub(super) fn signs(&self) -> Signs {
        *self.signs.get_or_init(|| Signs::of(self.authored.text))
    }

    /// The text that stands at a place of the template.
    pub(super) fn text_at(&self, place: Span) -> &'a str {
        place.slice(self.authored.text).unwrap_or_default()
    }

    /// The resource with that number.
    pub(super) fn resource(&self, resource: usize) -> Option<&'a Resource<'a>> {
        self.resources.get(resource)
    }

    /// The number of the resource with that logical id: of a SAM resource and what is made of it, the latter.
    pub(super) fn find(&self, logical_id: &str) -> Option<usize> {
        same_key(self.by_id, logical_id).last()
    }

    /// The numbers of the resources of a type, in source order.
    pub(super) fn of_type(&self, resource_type: &str) -> impl Iterator<Item = usize> + use<'a> {
        same_key(self.by_type, resource_type)
    }

    /// The type of the resource with that number; empty for a number that no resource has.
    pub(super) fn type_of(&self, resource: usize) -> &'a str {
        self.resources.get(resource).map_or("", |resource| resource.resource_type)
    }

    /// The forced map of a resource: absent where the resource is.
    pub(super) fn value(&self, world: &World<'a, '_>, resource: usize) -> Result<Option<Value<'a>>, Pending> {
        match self.resources.get(resource) {
            Some(resource) => world.force(resource.value).map(Some),
            None => Ok(None),
        }
    }

    /// The map of a resource, forced as if its condition held.
    pub(super) fn unconditional(&self, world: &World<'a, '_>, resource: usize) -> Result<Option<Value<'a>>, Pending> {
        self.resources.get(resource).map(|resource| world.force(resource.unconditional)).transpose()
    }

    /// A forced property of a forced resource.
    pub(super) fn property(world: &World<'a, '_>, value: Value<'a>, name: &str) -> Result<Value<'a>, Pending> {
        child(world, child(world, value, "Properties")?, name)
    }
}

fn sorted<'a>(arena: &'a Bump, keys: impl Iterator<Item = &'a str>) -> &'a [(&'a str, usize)] {
    let mut pairs: Vec<(&str, usize)> = keys.enumerate().map(|(number, key)| (key, number)).collect();
    pairs.sort_unstable();
    arena.alloc_slice_copy(&pairs)
}

fn same_key<'a>(pairs: &'a [(&'a str, usize)], key: &str) -> impl Iterator<Item = usize> + use<'a> {
    let start = pairs.partition_point(|(other, _)| *other < key);
    let rest = pairs.get(start..).unwrap_or_default();
    let length = rest.partition_point(|(other, _)| *other == key);
    rest.iter().take(length).map(|&(_, number)| number)
}

/// A resource with its virtual keys.
struct View<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
}

impl<'a> Deferred<'a> for View<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(resource) = self.graph.resource(self.resource) else { return Ok(self.graph.view(self.resource)) };
        let value = world.force(resource.value)?;
        let Kind::Map(map) = value.kind else { return Ok(value) };
        let mut fields = Fields::default();
        for entry in map.entries() {
            // A template cannot speak for us: what it writes under our names is not a property of anything.
            if entry.key != "Linked" && entry.key != "Facts" {
                fields.push_entry(*entry);
            }
        }
        push_virtual(self.graph, world, self.resource, value, &mut fields);
        Ok(fields.finish(world, Origin::of(value)))
    }
}

fn push_virtual<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let key_place = graph.resource(resource).map_or(value.place, |resource| resource.key_place);
    let seen = graph.seen.get(resource);
    let known = seen.and_then(|seen| seen.parts.get()).filter(|(of, _)| std::ptr::eq(*of, value));
    let parts = known.map_or_else(
        || {
            let origin = Origin::of(value);
            let parts = Parts {
                facts: origin.node(world, world.later(VirtualKey { graph, resource, make: facts::make })),
                linked: origin.node(world, world.later(VirtualKey { graph, resource, make: linked::make })),
            };
            if let Some(seen) = seen {
                seen.parts.set(Some((value, parts)));
            }
            parts
        },
        |(_, parts)| parts,
    );
    fields.push_entry(Entry { key: "Facts", key_place, value: parts.facts });
    fields.push_entry(Entry { key: "Linked", key_place, value: parts.linked });
}

/// What a virtual key holds: made from the forced map of its resource, under the choices of the question.
struct VirtualKey<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    make: fn(&'a Graph<'a>, &World<'a, '_>, usize, Value<'a>) -> Result<Value<'a>, Pending>,
}

impl<'a> Deferred<'a> for VirtualKey<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(value) = self.graph.value(world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        match value.kind {
            Kind::Map(_) => (self.make)(self.graph, world, self.resource, value),
            _ => Ok(value),
        }
    }
}

/// A resource as it stands in a list of linked ones: `Id`, `Type`, `Properties`, `Facts`, `Linked`. `None` where the
/// resource is not there; itself where it is unknown as a whole.
pub(super) fn companion<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
) -> Result<Option<Value<'a>>, Pending> {
    let Some(seen) = graph.seen.get(resource) else { return Ok(None) };
    seen.companion.answer(world, || make_companion(graph, world, resource))
}

fn make_companion<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
) -> Result<Option<Value<'a>>, Pending> {
    let (Some(found), Some(value)) = (graph.resource(resource), graph.value(world, resource)?) else {
        return Ok(None);
    };
    let map: Map<'a> = match value.kind {
        Kind::Map(map) => map,
        Kind::Unknown(_) => return Ok(Some(value)),
        _ => return Ok(None),
    };
    let origin = Origin::of(value);
    let mut fields = Fields::default();
    let id = origin.node(world, Kind::String(found.logical_id));
    fields.push_entry(Entry { key: "Id", key_place: found.key_place, value: id });
    fields.push_entry(map.get("Type").copied().unwrap_or(Entry {
        key: "Type",
        key_place: found.key_place,
        value: origin.node(world, Kind::String(found.resource_type)),
    }));
    if let Some(properties) = map.get("Properties") {
        fields.push_entry(*properties);
    }
    push_virtual(graph, world, resource, value, &mut fields);
    Ok(Some(fields.finish(world, origin)))
}
