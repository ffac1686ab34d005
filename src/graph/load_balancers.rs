//! Load balancers, and what stands behind them.

use crate::value::{Kind, Pending, Shape, Unknown, Value, World};

use super::exposed_endpoints::{property, says};
use super::face::{Address, Face, Placement, WithoutGroups, reach};
use super::identity::values_at;
use super::linked::{Link, links};
use super::model::Graph;
use super::origin::Origin;
use super::port_filter::{LAST_PORT, Ports};
use super::reach::{Reach, Step, Target, target};
use super::read::{Read, child, integer, is_missing, items, text, unknown};
use super::subnet::id_of;
use super::traffic::Protocol;
use super::truth::Truth;

/// How many values of one property are looked at.
const VALUES: usize = 64;

const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";

/// Whether a scheme is that of the internet; load balancers are internet-facing unless told otherwise.
fn is_internet_facing<'a>(world: &World<'a, '_>, scheme: Value<'a>) -> Truth<'a> {
    match says(world, scheme, "internal", false) {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        unsure @ Truth::Unsure(_) => unsure,
    }
}

/// Where a listener listens.
fn listener_ports<'a>(world: &World<'a, '_>, port: Value<'a>, protocol: Value<'a>) -> Vec<Ports> {
    let protocols: &[Protocol<'static>] = match text(world, protocol) {
        Read::Known(text) => match text.to_ascii_uppercase().as_str() {
            "UDP" | "QUIC" => &[Protocol::Udp],
            "TCP_UDP" | "TCP_QUIC" => &[Protocol::Tcp, Protocol::Udp],
            _ => &[Protocol::Tcp],
        },
        Read::Unknown(_) | Read::Missing => &[Protocol::Tcp],
    };
    let (from, to) = match integer(world, port) {
        Read::Known(port) => (port, port),
        Read::Unknown(_) | Read::Missing => (0, LAST_PORT),
    };
    protocols.iter().map(|&protocol| Ports { protocol, from, to }).collect()
}

/// An application, network or gateway load balancer, at the ports of its listeners.
pub(super) fn modern<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let scheme = property(world, value, "Scheme")?;
    let open = is_internet_facing(world, scheme);
    let kind = property(world, value, "Type")?;
    if let Truth::Yes = says(world, kind, "gateway", false) {
        return Ok(Reach::no_because(kind));
    }
    if open.is_no() {
        return Ok(Reach::no_because(scheme));
    }
    let mut ports = Vec::new();
    let mut unsure: Option<&'a Unknown<'a>> = None;
    for &link in links(graph, world, resource, "Listeners")? {
        match link {
            Link::To(listener) => {
                if let Some(listener) = graph.value(world, listener)? {
                    let get = |key| Graph::property(world, listener, key);
                    ports.extend(listener_ports(world, get("Port")?, get("Protocol")?));
                }
            }
            Link::Perhaps(item) => {
                if let Kind::Unknown(reason) = item.kind {
                    unsure = unsure.or(Some(unknown(world, reason.reason, Shape::Any)));
                }
            }
        }
    }
    if ports.is_empty() {
        let reason = || unknown(world, "the listeners, of which none is in this template", Shape::Any);
        unsure = Some(unsure.unwrap_or_else(reason));
        ports = Ports::all();
    }
    let properties = child(world, value, "Properties")?;
    let mut subnets = values_at(world, properties, "Subnets[]", VALUES)?;
    subnets.extend(values_at(world, properties, "SubnetMappings[].SubnetId", VALUES)?);
    let dual = match says(world, property(world, value, "IpAddressType")?, "ipv4", true) {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        unsure @ Truth::Unsure(_) => unsure,
    };
    let without_groups = match says(world, kind, "network", false) {
        Truth::Yes => WithoutGroups::Open,
        _ => WithoutGroups::DefaultGroup,
    };
    let face = Face {
        resource,
        address: [Address::Own(open), Address::Own(open.and(dual))],
        says: Some((at(scheme, value), format!("load balancer `{}` is internet-facing", id_of(graph, resource)))),
        subnets,
        placement: Placement::All,
        trusts_subnets: true,
        groups: values_at(world, properties, "SecurityGroups[]", VALUES)?,
        without_groups,
        ports,
    };
    let mut found = reach(graph, world, &face)?;
    found.decisive = Some(scheme);
    Ok(match unsure {
        Some(unknown) if face.ports == Ports::all() => found.only_if(Truth::Unsure(unknown)),
        _ => found,
    })
}

fn at<'a>(written: Value<'a>, whole: Value<'a>) -> Value<'a> {
    if is_missing(written) { whole } else { written }
}

/// A classic load balancer.
pub(super) fn classic<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let scheme = property(world, value, "Scheme")?;
    let open = is_internet_facing(world, scheme);
    if open.is_no() {
        return Ok(Reach::no_because(scheme));
    }
    let mut ports = Vec::new();
    for listener in items(world, property(world, value, "Listeners")?)? {
        ports.extend(listener_ports(world, child(world, listener, "LoadBalancerPort")?, listener));
    }
    let properties = child(world, value, "Properties")?;
    let face = Face {
        resource,
        address: [Address::Own(open), Address::Own(Truth::No)],
        says: Some((at(scheme, value), format!("load balancer `{}` is internet-facing", id_of(graph, resource)))),
        subnets: values_at(world, properties, "Subnets[]", VALUES)?,
        placement: Placement::All,
        trusts_subnets: true,
        groups: values_at(world, properties, "SecurityGroups[]", VALUES)?,
        without_groups: WithoutGroups::DefaultGroup,
        ports,
    };
    let found = reach(graph, world, &face)?;
    Ok(Reach { decisive: Some(scheme), ..found })
}

/// The reach of something by the load balancers in whose target groups it is: those under the role `TargetGroups`,
/// and the classic ones under `LoadBalancers` and `ClassicLoadBalancers`.
pub(super) fn behind<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, resource: usize) -> Result<Reach<'a>, Pending> {
    let mut found = Reach::no();
    for &link in links(graph, world, resource, "TargetGroups")? {
        found = match link {
            Link::To(group) => found.or(by_target_group(graph, world, group)?),
            Link::Perhaps(item) => found.or(perhaps(item)),
        };
        if let Truth::Yes = found.truth {
            break;
        }
    }
    for role in ["ClassicLoadBalancers", "LoadBalancers"] {
        for &link in links(graph, world, resource, role)? {
            found = match link {
                Link::To(balancer) => match graph.value(world, balancer)? {
                    Some(value) => found.or(classic(graph, world, balancer, value)?),
                    None => found,
                },
                Link::Perhaps(item) => found.or(perhaps(item)),
            };
        }
    }
    if !found.truth.is_no() {
        let text = format!("`{}` is a target of it", id_of(graph, resource));
        let origin = graph.value(world, resource)?.zip(graph.resource(resource));
        if let Some((value, written)) = origin {
            let origin = Origin::whole(value, written.key_place);
            found = found.then(Step::new(world, resource, &text, origin));
        }
    }
    found.decisive = None;
    Ok(found)
}

fn perhaps(item: Value<'_>) -> Reach<'_> {
    match item.kind {
        Kind::Unknown(unknown) => Reach::unsure(unknown, None),
        _ => Reach::no(),
    }
}

fn by_target_group<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, group: usize) -> Result<Reach<'a>, Pending> {
    let mut listeners: Vec<(usize, usize)> = Vec::new();
    let mut found = Reach::no();
    for &link in links(graph, world, group, "Listeners")? {
        match link {
            Link::To(listener) => listeners.push((listener, listener)),
            Link::Perhaps(item) => found = found.or(perhaps(item)),
        }
    }
    for &link in links(graph, world, group, "ListenerRules")? {
        match link {
            Link::To(rule) => {
                for &link in links(graph, world, rule, "Listeners")? {
                    match link {
                        Link::To(listener) => listeners.push((listener, rule)),
                        Link::Perhaps(item) => found = found.or(perhaps(item)),
                    }
                }
            }
            Link::Perhaps(item) => found = found.or(perhaps(item)),
        }
    }
    for (listener, by) in listeners {
        let Some(value) = graph.value(world, listener)? else { continue };
        let named = Graph::property(world, value, "LoadBalancerArn")?;
        let reach = match target(graph, world, named, LOAD_BALANCER, None)? {
            Target::Elsewhere(unknown) => Reach::unsure(unknown, None),
            Target::Here(balancer) => match graph.value(world, balancer)? {
                Some(balancer_value) => modern(graph, world, balancer, balancer_value)?,
                None => Reach::no(),
            },
        };
        let (id, to) = (id_of(graph, by), id_of(graph, group));
        let text = format!("`{id}` forwards to target group `{to}`");
        let Some((value, written)) = graph.value(world, by)?.zip(graph.resource(by)) else { continue };
        let origin = Origin::whole(value, written.key_place);
        found = found.or(reach.then(Step::new(world, by, &text, origin)));
    }
    Ok(found)
}
