//! Things that stand in subnets behind security groups, and whether the internet gets to them.

use crate::value::{Kind, Pending, Shape, Unknown, Value, World};

use super::model::Graph;
use super::network::Family;
use super::origin::Origin;
use super::port_filter::{Filter, LAST_PORT, Passage, Ports, passages};
use super::reach::{Reach, Step, Target, target};
use super::read::unknown;
use super::security_group::{GroupRules, rules_into};
use super::subnet::{ByFamily, FAMILIES, Subnet, id_of};
use super::truth::Truth;

/// How many subnets and groups of one resource are looked at.
const PARTS: usize = 64;

/// How a thing comes to a public address of one family.
#[derive(Clone, Debug)]
pub(super) enum Address<'a> {
    /// It has one, or has none, by its own text.
    Own(Truth<'a>),
    /// As its subnet gives them.
    FromSubnet,
}

/// Where the thing stands when it names several subnets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// In all of them.
    All,
    /// In one of them, and nobody knows which.
    One,
}

/// A thing in subnets behind groups.
#[derive(Clone, Debug)]
pub(super) struct Face<'a> {
    /// Its number.
    pub(super) resource: usize,
    /// Its public addresses.
    pub(super) address: ByFamily<Address<'a>>,
    /// The text that says so, and what it says.
    pub(super) says: Option<(Value<'a>, String)>,
    /// The forced values that name its subnets.
    pub(super) subnets: Vec<Value<'a>>,
    /// How it stands in them.
    pub(super) placement: Placement,
    /// Whether its address is worth nothing unless its subnets are public, so that subnets which this template does
    /// not show are taken for public ones.
    pub(super) trusts_subnets: bool,
    /// The forced values that name its security groups.
    pub(super) groups: Vec<Value<'a>>,
    /// What holds when it names no group.
    pub(super) without_groups: WithoutGroups,
    /// The ports at which it listens.
    pub(super) ports: Vec<Ports>,
}

/// What lets traffic into a thing that names no security group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithoutGroups {
    /// Everything gets in.
    Open,
    /// The default group of its VPC.
    DefaultGroup,
}

/// Whether the internet gets to a thing.
pub(super) fn reach<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, face: &Face<'a>) -> Result<Reach<'a>, Pending> {
    let decisive = face.says.as_ref().map(|(value, _)| *value);
    let no = || Reach { decisive, ..Reach::no() };
    if face.address.iter().all(|address| matches!(address, Address::Own(Truth::No))) {
        return Ok(no());
    }
    let groups = groups(graph, world, face)?;
    if let Filter::Groups { groups, unsure: None } = &groups
        && groups.iter().all(|rules| rules.is_empty())
    {
        return Ok(no());
    }
    let mut found: Vec<Reach<'a>> = Vec::new();
    if face.subnets.is_empty() {
        let reason = unknown(world, "the subnet, which is not given", Shape::Any);
        found.push(in_subnet(graph, world, face, &groups, &Subnet::unknown(reason)));
    }
    for (count, value) in face.subnets.iter().enumerate() {
        if count >= PARTS {
            found.push(Reach::unsure(unknown(world, "too many subnets", Shape::Any), decisive));
            break;
        }
        let subnet = Subnet::of(graph, world, value)?;
        found.push(in_subnet(graph, world, face, &groups, &subnet));
        if face.placement == Placement::All && found.last().is_some_and(|reach| matches!(reach.truth, Truth::Yes)) {
            break;
        }
    }
    let mixed = found.iter().any(|reach| reach.truth.is_no()) && found.iter().any(|reach| !reach.truth.is_no());
    let mut best = no();
    for reach in found {
        best = best.or(reach);
    }
    if mixed && face.placement == Placement::One {
        best = best.only_if(Truth::Unsure(unknown(world, "which of its subnets it is placed in", Shape::Any)));
    }
    best.decisive = best.decisive.or(decisive);
    Ok(best)
}

fn in_subnet<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    face: &Face<'a>,
    groups: &Filter<'a>,
    subnet: &Subnet<'a>,
) -> Reach<'a> {
    let mut best = Reach::no();
    for (number, family) in FAMILIES.into_iter().enumerate() {
        let (Some(address), Some(routed), Some(given)) =
            (face.address.get(number), subnet.routed.get(number), subnet.gives_address.get(number))
        else {
            continue;
        };
        let trusted = face.trusts_subnets && subnet.resource.is_none();
        let routed = if trusted { Truth::Yes } else { *routed };
        let (has_address, from_subnet) = match address {
            Address::Own(truth) => (*truth, None),
            Address::FromSubnet => (given.0, given.1),
        };
        let before = routed.and(has_address);
        if before.is_no() {
            continue;
        }
        let acl = if trusted { &Filter::Open } else { &subnet.acl };
        let through = passages(world, groups, acl, family, &face.ports);
        let Some(first) = through.iter().find(|passage| matches!(passage.open, Truth::Yes)).or(through.first()) else {
            continue;
        };
        let mut reach = Reach {
            truth: first.open,
            steps: subnet.steps.to_vec(),
            ports: through.iter().map(|passage| (passage.ports, passage.open.and(before))).collect(),
            decisive: None,
        };
        if let (Some(resource), Some(value)) = (subnet.resource, from_subnet) {
            let id = id_of(graph, resource);
            let text = format!("what is launched in subnet `{id}` gets a public {} address", spelled(family));
            reach.steps.push(Step::new(world, resource, &text, Origin::of(value)));
        }
        push_filters(graph, world, face.resource, first, &mut reach.steps);
        if let Some((value, text)) = &face.says {
            reach.steps.push(Step::new(world, face.resource, text, Origin::of(value)));
        }
        best = best.or(reach.only_if(before));
    }
    best
}

fn spelled(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "IPv4",
        Family::Ipv6 => "IPv6",
    }
}

fn push_filters<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    passage: &Passage<'a>,
    steps: &mut Vec<Step<'a>>,
) {
    let ports = passage.ports;
    let shown = match (ports.from, ports.to) {
        (0, LAST_PORT) => format!("all {} ports", ports.protocol.name()),
        (from, to) if from == to => format!("{} port {from}", ports.protocol.name()),
        (from, to) => format!("{} ports {from} to {to}", ports.protocol.name()),
    };
    let [group, acl] = passage.by;
    for origin in [acl, group].into_iter().flatten() {
        let owner = origin.resource().and_then(|id| graph.find(id)).unwrap_or(resource);
        let what = match graph.type_of(owner) {
            "AWS::EC2::SecurityGroup" => "security group",
            "AWS::EC2::NetworkAclEntry" => "network ACL entry",
            "AWS::EC2::PrefixList" => "prefix list",
            _ => "rule",
        };
        let text = format!("{what} `{}` lets {shown} in from the internet", id_of(graph, owner));
        steps.push(Step::new(world, owner, &text, origin));
    }
}

/// What the security groups of a thing let in.
fn groups<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, face: &Face<'a>) -> Result<Filter<'a>, Pending> {
    if face.groups.is_empty() {
        return Ok(match face.without_groups {
            WithoutGroups::Open => Filter::Open,
            WithoutGroups::DefaultGroup => default_group(world, face),
        });
    }
    let (mut all, mut unsure): (Vec<_>, Option<&'a Unknown<'a>>) = (Vec::new(), None);
    for (count, value) in face.groups.iter().enumerate() {
        if count >= PARTS {
            unsure = Some(unknown(world, "too many security groups", Shape::Any));
            break;
        }
        // The default group of a VPC of this template lets in what is in it, and what the template adds.
        match target(graph, world, value, "AWS::EC2::SecurityGroup", Some("GroupName"))? {
            Target::Elsewhere(unknown) => unsure = unsure.or(Some(unknown)),
            Target::Here(group) => {
                let GroupRules { rules, unknowns } = rules_into(graph, world, group)?;
                all.push(rules);
                for item in unknowns {
                    if let Kind::Unknown(reason) = item.kind {
                        unsure = unsure.or(Some(unknown(world, reason.reason, Shape::Any)));
                    }
                }
            }
        }
    }
    Ok(Filter::Groups { groups: world.arena.alloc_slice_copy(&all), unsure })
}

/// The default group, which lets in only what is in it as long as nobody changes it: nobody in a VPC that this
/// template makes, who knows elsewhere.
fn default_group<'a>(world: &World<'a, '_>, face: &Face<'a>) -> Filter<'a> {
    let here = face.subnets.iter().any(|value| matches!(value.kind, Kind::Reference(_)));
    let reason = || unknown(world, "the default security group of the VPC", Shape::Any);
    Filter::Groups { groups: &[], unsure: (!here).then(reason) }
}
