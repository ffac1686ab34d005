//! `Linked`: the companions of a resource by role, both directions.

use crate::value::{Deferred, Kind, Pending, Shape, Unknown, Value, World};

use super::identity::{Named, between, names, referent, values_at};
use super::model::{Graph, companion};
use super::origin::Origin;
use super::read::{Fields, Read, child, text, unknown};
use super::roles::{Identity, Role, Tied, ties_of};
use super::truth::Truth;

/// How many resources of one type are looked through for a link: twice what CloudFormation deploys.
const CANDIDATES: usize = 1_000;

/// How many values of one property are looked at.
const VALUES: usize = 256;

/// The map of the roles that a resource of its type has; each holds a list.
pub(super) fn make<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Value<'a>, Pending> {
    let mut names: Vec<&'static str> = Vec::new();
    for tied in ties_of(graph.type_of(resource)) {
        if !names.contains(&tied.name) {
            names.push(tied.name);
        }
    }
    let mut fields = Fields::default();
    let origin = Origin::of(value);
    for name in names {
        fields.push(name, origin.node(world, world.later(Companions { graph, resource, name })));
    }
    Ok(fields.finish(world, origin))
}

/// The list of companions in one role.
struct Companions<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    name: &'static str,
}

impl<'a> Deferred<'a> for Companions<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(value) = self.graph.value(world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        if !matches!(value.kind, Kind::Map(_)) {
            return Ok(value);
        }
        let links = links(self.graph, world, self.resource, self.name)?;
        let mut items = Vec::new();
        for link in links {
            match link {
                Link::To(other) => items.extend(companion(self.graph, world, *other)?),
                Link::Perhaps(unknown) => items.push(*unknown),
            }
        }
        Ok(Origin::of(value).list(world, &items))
    }
}

/// One entry of a role.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link<'a> {
    /// A resource, which is there.
    To(usize),
    /// A resource that may be there: an unknown at the text that does not decide it.
    Perhaps(Value<'a>),
}

/// The companions of a resource in one role, each once, and what is unsure.
pub(super) fn links<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    name: &'static str,
) -> Result<&'a [Link<'a>], Pending> {
    graph.links(world, resource, name, || {
        let resource_type = graph.type_of(resource);
        let mut found = Vec::new();
        for tied in ties_of(resource_type).iter().filter(|tied| tied.name == name) {
            // What an account has one of is the same for all resources of a type: the first of them keeps it.
            if tied.role.identity == Identity::Account
                && let Some(first) = graph.of_type(resource_type).next()
                && first != resource
            {
                return links(graph, world, first, name);
            }
            if tied.is_source {
                forward(graph, world, resource, tied.role, &mut found)?;
            } else {
                reverse(graph, world, resource, tied, &mut found)?;
            }
        }
        Ok(world.arena.alloc_slice_copy(&found))
    })
}

fn add(found: &mut Vec<Link<'_>>, resource: usize) {
    if !found.iter().any(|link| matches!(link, Link::To(other) if *other == resource)) {
        found.push(Link::To(resource));
    }
}

/// An unknown companion: whether it is there hangs on what `unknown` does.
fn perhaps<'a>(world: &World<'a, '_>, at: Value<'a>, reason: &'a Unknown<'a>) -> Link<'a> {
    let unknown = world.arena.alloc(Unknown { reason: reason.reason, shape: Shape::MaybeAbsent });
    Link::Perhaps(Origin::of(at).unknown(world, unknown))
}

fn is_there<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, resource: usize) -> Result<bool, Pending> {
    let value = graph.value(world, resource)?;
    Ok(value.is_some_and(|value| matches!(value.kind, Kind::Map(_) | Kind::Unknown(_))))
}

/// The values of the property of a role on a resource that is its source.
fn values<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    source: usize,
    role: &Role,
) -> Result<Vec<Value<'a>>, Pending> {
    let Some(value) = graph.value(world, source)? else { return Ok(Vec::new()) };
    if let Some((property, expected)) = role.only {
        match text(world, Graph::property(world, value, property)?) {
            Read::Known(found) if !found.eq_ignore_ascii_case(expected) => return Ok(Vec::new()),
            _ => {}
        }
    }
    named_by(world, value, role)
}

/// The values of the property of a role on a forced resource, without what stands around a name.
pub(super) fn named_by<'a>(world: &World<'a, '_>, source: Value<'a>, role: &Role) -> Result<Vec<Value<'a>>, Pending> {
    let mut values = values_at(world, child(world, source, "Properties")?, role.path, VALUES)?;
    let (before, after) = role.around;
    if !before.is_empty() || !after.is_empty() {
        values = values.into_iter().filter_map(|value| between(world, value, before, after)).collect();
    }
    Ok(values)
}

/// Whether a forced value of the property of a role names the target.
fn is_named<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    value: Value<'a>,
    target: usize,
    role: &Role,
) -> Result<Truth<'a>, Pending> {
    Ok(match referent(graph, world, value, role.target)? {
        Some(Named::Resource(other)) => (other == target).into(),
        Some(Named::Open(unknown)) => Truth::Unsure(unknown),
        Some(Named::Nothing) => Truth::No,
        None => names(graph, world, value, target, name_of(role))?,
    })
}

/// Whether a source certainly names other things than the target. That does not ask whether the source is there: a
/// resource whose condition has nothing to do with a question must not split it.
fn names_others<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    source: usize,
    target: usize,
    role: &Role,
) -> Result<bool, Pending> {
    let Some(value) = graph.unconditional(world, source)? else { return Ok(true) };
    if !matches!(value.kind, Kind::Map(_)) {
        return Ok(false);
    }
    for value in named_by(world, value, role)? {
        if !is_named(graph, world, value, target, role)?.is_no() {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn name_of(role: &Role) -> Option<&'static str> {
    match role.identity {
        Identity::Name(name) => Some(name),
        Identity::Ref | Identity::Attribute(_) | Identity::Account => None,
    }
}

/// Adds what a source names in one role.
pub(super) fn forward<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    source: usize,
    role: &'static Role,
    found: &mut Vec<Link<'a>>,
) -> Result<(), Pending> {
    if role.identity == Identity::Account {
        return all(graph, world, source, role.target, found);
    }
    for value in values(graph, world, source, role)? {
        match referent(graph, world, value, role.target)? {
            Some(Named::Resource(target)) => {
                if is_there(graph, world, target)? {
                    add(found, target);
                }
            }
            Some(Named::Open(unknown)) => found.push(perhaps(world, value, unknown)),
            Some(Named::Nothing) => {}
            None => {
                let mut unsure = match value.kind {
                    Kind::Unknown(unknown) => Some(unknown),
                    _ => None,
                };
                let mut certain = false;
                for target in graph.targets_of(role, CANDIDATES).that_may_be(value) {
                    match names(graph, world, value, target, name_of(role))? {
                        Truth::Yes if is_there(graph, world, target)? => {
                            certain = true;
                            add(found, target);
                        }
                        Truth::Unsure(unknown) if unsure.is_none() && is_there(graph, world, target)? => {
                            unsure = Some(unknown);
                        }
                        Truth::Yes | Truth::No | Truth::Unsure(_) => {}
                    }
                }
                if graph.of_type(role.target).nth(CANDIDATES).is_some() {
                    unsure = Some(too_many(world));
                }
                if let (Some(unknown), false) = (unsure, certain) {
                    found.push(perhaps(world, value, unknown));
                }
            }
        }
    }
    Ok(())
}

fn reverse<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    target: usize,
    tied: &Tied,
    found: &mut Vec<Link<'a>>,
) -> Result<(), Pending> {
    let role = tied.role;
    if role.identity == Identity::Account {
        return all(graph, world, target, role.source, found);
    }
    let sources = graph.sources_of(tied, CANDIDATES);
    for source in sources.that_may_name(target) {
        // A choice that is missing to answer is asked for below, where it matters.
        if names_others(graph, world, source, target, role).unwrap_or(false) || !is_there(graph, world, source)? {
            continue;
        }
        let mut unsure = None;
        let mut certain = false;
        for value in values(graph, world, source, role)? {
            match is_named(graph, world, value, target, role)? {
                Truth::Yes => certain = true,
                Truth::Unsure(unknown) if unsure.is_none() => unsure = Some((value, unknown)),
                Truth::No | Truth::Unsure(_) => {}
            }
        }
        match (certain, unsure) {
            (true, _) => add(found, source),
            (false, Some((value, unknown))) => found.push(perhaps(world, value, unknown)),
            (false, None) => {}
        }
    }
    if let Some(beyond) = sources.beyond
        && let Some(value) = graph.value(world, beyond)?
    {
        found.push(perhaps(world, value, too_many(world)));
    }
    Ok(())
}

/// Every resource of a type that is there, for what an account has one of.
fn all<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    asked: usize,
    resource_type: &str,
    found: &mut Vec<Link<'a>>,
) -> Result<(), Pending> {
    for (count, other) in graph.of_type(resource_type).enumerate() {
        if count >= CANDIDATES {
            if let Some(value) = graph.value(world, asked)? {
                found.push(perhaps(world, value, too_many(world)));
            }
            break;
        }
        if is_there(graph, world, other)? {
            // Nothing else ties these types, so that none of them is in the list already.
            found.push(Link::To(other));
        }
    }
    Ok(())
}

fn too_many<'a>(world: &World<'a, '_>) -> &'a Unknown<'a> {
    unknown(world, "too many resources of one type", Shape::MaybeAbsent)
}
