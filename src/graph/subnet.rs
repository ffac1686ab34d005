//! What a subnet makes of traffic from the internet: its routes, its network ACL, and the addresses that it gives.

use crate::value::{Deferred, Kind, Pending, Reference, Shape, Unknown, Value, World};

use super::cidr::{self, Networks};
use super::identity::{Named, referent, same};
use super::linked::{Link, links};
use super::model::Graph;
use super::network::{Family, Network, missing_networks};
use super::network_acl::{Action, entries_into};
use super::origin::Origin;
use super::port_filter::Filter;
use super::reach::{Step, Target, target, via};
use super::read::{Fields, Read, boolean, is_missing, text, unknown};
use super::truth::Truth;

/// A truth for each family of addresses.
pub(super) type ByFamily<T> = [T; 2];

/// The families in the order of [`ByFamily`].
pub(super) const FAMILIES: [Family; 2] = [Family::Ipv4, Family::Ipv6];

/// A subnet as traffic from the internet sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subnet<'a> {
    /// Its number, where it stands in the template.
    pub(super) resource: Option<usize>,
    /// Whether an internet gateway sends traffic to it and takes its answers.
    pub(super) routed: ByFamily<Truth<'a>>,
    /// How.
    pub(super) steps: &'a [Step<'a>],
    /// Whether what is launched in it gets a public address, and the text that says so.
    pub(super) gives_address: ByFamily<(Truth<'a>, Option<Value<'a>>)>,
    /// What its network ACL lets in.
    pub(super) acl: Filter<'a>,
}

impl<'a> Subnet<'a> {
    /// A subnet of which nothing is known.
    pub(super) fn unknown(unknown: &'a Unknown<'a>) -> Self {
        let unsure = Truth::Unsure(unknown);
        Self {
            resource: None,
            routed: [unsure; 2],
            steps: &[],
            gives_address: [(unsure, None); 2],
            acl: Filter::Unknown(unknown),
        }
    }

    /// The subnet that a forced value names.
    pub(super) fn of(graph: &'a Graph<'a>, world: &World<'a, '_>, value: Value<'a>) -> Result<Self, Pending> {
        match target(graph, world, value, "AWS::EC2::Subnet", None)? {
            Target::Elsewhere(unknown) => Ok(Self::unknown(unknown)),
            Target::Here(subnet) => match graph.readings(subnet) {
                Some(readings) => {
                    let read = || Ok(&*world.arena.alloc(Self::read(graph, world, subnet)?));
                    readings.subnet.answer(world, read).copied()
                }
                None => Ok(Self::unknown(no_such(world))),
            },
        }
    }

    fn read(graph: &'a Graph<'a>, world: &World<'a, '_>, subnet: usize) -> Result<Self, Pending> {
        let Some(found) = graph.value(world, subnet)? else { return Ok(Self::unknown(no_such(world))) };
        if let Kind::Unknown(unknown) = found.kind {
            return Ok(Self::unknown(unknown));
        }
        let mut routes = Routes { routed: [Truth::No; 2], steps: Vec::new() };
        routes.of_subnet(graph, world, subnet, found)?;
        let gives = |key| -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
            let value = Graph::property(world, found, key)?;
            Ok((flag(world, value), Some(value)))
        };
        Ok(Self {
            resource: Some(subnet),
            routed: routes.routed,
            steps: world.arena.alloc_slice_copy(&routes.steps),
            gives_address: [gives("MapPublicIpOnLaunch")?, gives("AssignIpv6AddressOnCreation")?],
            acl: acl_of(graph, world, subnet, found)?,
        })
    }
}

/// Adds the facts of a subnet: whether an internet gateway sends traffic to it.
pub(super) fn push_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let public = world.later(Public { graph, resource });
    fields.push("Public", Origin::of(value).node(world, public));
}

struct Public<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
}

impl<'a> Deferred<'a> for Public<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let (Some(value), Some(found)) = (self.graph.value(world, self.resource)?, self.graph.resource(self.resource))
        else {
            return Ok(self.graph.view(self.resource));
        };
        let mut routes = Routes { routed: [Truth::No; 2], steps: Vec::new() };
        routes.of_subnet(self.graph, world, self.resource, value)?;
        let [ipv4, ipv6] = routes.routed;
        let origin = Origin::whole(value, found.key_place);
        Ok(origin.through(via(world, &routes.steps).or(origin.via())).truth(world, ipv4.or(ipv6)))
    }
}

/// A Boolean property that is false when it is missing.
pub(super) fn flag<'a>(world: &World<'a, '_>, value: Value<'a>) -> Truth<'a> {
    match boolean(world, value) {
        Read::Known(holds) => holds.into(),
        Read::Unknown(unknown) => Truth::Unsure(unknown),
        Read::Missing => Truth::No,
    }
}

fn no_such<'a>(world: &World<'a, '_>) -> &'a Unknown<'a> {
    unknown(world, "a resource that is not there", Shape::Any)
}

/// The reason of an item that stands for a companion that may be there.
fn reason_of<'a>(world: &World<'a, '_>, item: Value<'a>) -> &'a Unknown<'a> {
    match item.kind {
        Kind::Unknown(reason) => unknown(world, reason.reason, Shape::Any),
        _ => no_such(world),
    }
}

/// The routes of a subnet.
struct Routes<'a> {
    routed: ByFamily<Truth<'a>>,
    steps: Vec<Step<'a>>,
}

impl<'a> Routes<'a> {
    fn of_subnet(
        &mut self,
        graph: &'a Graph<'a>,
        world: &World<'a, '_>,
        subnet: usize,
        found: Value<'a>,
    ) -> Result<(), Pending> {
        let vpc = Graph::property(world, found, "VpcId")?;
        let mut unsure = None;
        let mut has_table = false;
        for &link in links(graph, world, subnet, "RouteTableAssociations")? {
            let association = match link {
                Link::To(association) => association,
                Link::Perhaps(item) => {
                    unsure = unsure.or(Some(reason_of(world, item)));
                    continue;
                }
            };
            let Some(value) = graph.value(world, association)? else { continue };
            has_table = true;
            let table = Graph::property(world, value, "RouteTableId")?;
            match target(graph, world, table, "AWS::EC2::RouteTable", None)? {
                Target::Elsewhere(unknown) => unsure = unsure.or(Some(unknown)),
                Target::Here(table) => {
                    self.of_table(graph, world, table, vpc)?;
                    if !self.steps.is_empty() {
                        let id = id_of(graph, subnet);
                        let text = format!("subnet `{id}` is routed by `{}`", id_of(graph, table));
                        let origin = Origin::of(Graph::property(world, value, "SubnetId")?);
                        self.steps.push(Step::new(world, subnet, &text, origin));
                    }
                }
            }
        }
        if !has_table && unsure.is_none() {
            // The main table of a VPC, which no template can show.
            let name = match target(graph, world, vpc, "AWS::EC2::VPC", None)? {
                Target::Here(vpc) => format!("the main route table of `{}`", id_of(graph, vpc)),
                Target::Elsewhere(_) => "the main route table of the VPC".to_owned(),
            };
            unsure = Some(unknown(world, &name, Shape::Any));
        }
        if let Some(unknown) = unsure {
            self.routed = self.routed.map(|routed| routed.or(Truth::Unsure(unknown)));
        }
        Ok(())
    }

    fn of_table(
        &mut self,
        graph: &'a Graph<'a>,
        world: &World<'a, '_>,
        table: usize,
        vpc: Value<'a>,
    ) -> Result<(), Pending> {
        let mut to_gateways: Vec<(Network, Truth<'a>)> = Vec::new();
        let mut unsure: Option<&'a Unknown<'a>> = None;
        let mut steps = Vec::new();
        for &link in links(graph, world, table, "Routes")? {
            let route = match link {
                Link::To(route) => route,
                Link::Perhaps(item) => {
                    unsure = unsure.or(Some(reason_of(world, item)));
                    continue;
                }
            };
            let Some(value) = graph.value(world, route)? else { continue };
            let (truth, gateway) = to_internet(graph, world, value, vpc)?;
            if truth.is_no() {
                continue;
            }
            for (key, family) in [("DestinationCidrBlock", Family::Ipv4), ("DestinationIpv6CidrBlock", Family::Ipv6)] {
                let destination = Graph::property(world, value, key)?;
                if is_missing(destination) {
                    continue;
                }
                match cidr::read(world, destination, family).0 {
                    Networks::Known(networks) => {
                        to_gateways.extend(networks.iter().map(|network| (*network, truth)));
                        // Half of the internet is a step, a block of somebody's is none.
                        if networks.iter().any(|network| network.prefix() <= 1) {
                            steps.extend(gateway);
                            let id = id_of(graph, route);
                            let shown = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                            let text = format!("route `{id}` sends {shown} to the internet gateway");
                            steps.push(Step::new(world, route, &text, Origin::of(destination)));
                        }
                    }
                    Networks::Unknown(unknown) => unsure = unsure.or(Some(unknown)),
                    Networks::Narrow => {}
                }
            }
        }
        for (routed, family) in self.routed.iter_mut().zip(FAMILIES) {
            let networks = |wanted: fn(&Truth<'_>) -> bool| -> Vec<Network> {
                to_gateways.iter().filter(|(_, truth)| wanted(truth)).map(|(network, _)| *network).collect()
            };
            let certain = missing_networks(family, &networks(|truth| matches!(truth, Truth::Yes))) == 0;
            let possible = missing_networks(family, &networks(|truth| !truth.is_no())) == 0;
            let open = to_gateways.iter().find_map(|(_, truth)| match truth {
                Truth::Unsure(unknown) => Some(*unknown),
                _ => None,
            });
            let truth = match (certain, possible, unsure, open) {
                (true, ..) => Truth::Yes,
                (_, true, _, Some(unknown)) => Truth::Unsure(unknown),
                (_, _, Some(unknown), _) => Truth::Unsure(unknown),
                _ => Truth::No,
            };
            *routed = routed.or(truth);
        }
        if self.routed.iter().any(|routed| !routed.is_no()) {
            self.steps.extend(steps);
        }
        Ok(())
    }
}

/// Whether a route leads to an internet gateway of the VPC, and the step that says so.
fn to_internet<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    route: Value<'a>,
    vpc: Value<'a>,
) -> Result<(Truth<'a>, Option<Step<'a>>), Pending> {
    let gateway = Graph::property(world, route, "GatewayId")?;
    if is_missing(gateway) {
        // What a firewall behind an endpoint lets through is not written here.
        let endpoint = Graph::property(world, route, "VpcEndpointId")?;
        let reason = || unknown(world, "what the endpoint of the route lets through", Shape::Any);
        let truth = if is_missing(endpoint) { Truth::No } else { Truth::Unsure(reason()) };
        return Ok((truth, None));
    }
    let found = match referent(graph, world, gateway, "AWS::EC2::InternetGateway")? {
        Some(Named::Resource(found)) => found,
        Some(Named::Open(unknown)) => return Ok((Truth::Unsure(unknown), None)),
        Some(Named::Nothing) => return attached_by(graph, world, gateway, vpc),
        None => {
            return Ok(match text(world, gateway) {
                Read::Known(text) => (text.starts_with("igw-").into(), None),
                Read::Unknown(unknown) => (Truth::Unsure(unknown), None),
                Read::Missing => (Truth::No, None),
            });
        }
    };
    let mut truth = Truth::No;
    let mut step = None;
    for &link in links(graph, world, found, "GatewayAttachments")? {
        match link {
            Link::Perhaps(item) => truth = truth.or(Truth::Unsure(reason_of(world, item))),
            Link::To(attachment) => {
                let Some(value) = graph.value(world, attachment)? else { continue };
                let of = Graph::property(world, value, "VpcId")?;
                let here = same(graph, world, of, vpc);
                truth = truth.or(here);
                if !here.is_no() && step.is_none() {
                    let text = format!("internet gateway `{}` is attached to the VPC", id_of(graph, found));
                    let origin = Origin::of(Graph::property(world, value, "InternetGatewayId")?);
                    step = Some(Step::new(world, found, &text, origin));
                }
            }
        }
    }
    Ok((truth, step))
}

/// A route may name the attachment of a gateway by its attribute, which is the gateway.
fn attached_by<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    gateway: Value<'a>,
    vpc: Value<'a>,
) -> Result<(Truth<'a>, Option<Step<'a>>), Pending> {
    let Some(Named::Resource(attachment)) = referent(graph, world, gateway, "AWS::EC2::VPCGatewayAttachment")? else {
        return Ok((Truth::No, None));
    };
    let Some(value) = graph.value(world, attachment)? else { return Ok((Truth::No, None)) };
    let is_internet = !is_missing(Graph::property(world, value, "InternetGatewayId")?);
    let truth = same(graph, world, Graph::property(world, value, "VpcId")?, vpc).and(is_internet.into());
    Ok((truth, None))
}

/// What the network ACL of a subnet lets in.
fn acl_of<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    subnet: usize,
    found: Value<'a>,
) -> Result<Filter<'a>, Pending> {
    let mut acl = None;
    for &link in links(graph, world, subnet, "NetworkAclAssociations")? {
        match link {
            Link::To(association) => {
                if let Some(value) = graph.value(world, association)? {
                    acl = Some(Graph::property(world, value, "NetworkAclId")?);
                }
            }
            Link::Perhaps(item) => return Ok(Filter::Unknown(reason_of(world, item))),
        }
    }
    let vpc = Graph::property(world, found, "VpcId")?;
    let (acl, otherwise) = match (acl, vpc.kind) {
        (Some(acl), _) => match target(graph, world, acl, "AWS::EC2::NetworkAcl", None)? {
            Target::Here(_) => (acl, Action::Deny),
            Target::Elsewhere(_) if is_default_acl(acl) => (acl, Action::Allow),
            Target::Elsewhere(unknown) => return Ok(Filter::Unknown(unknown)),
        },
        // The default ACL, which lets everything in unless entries of the template come before that.
        (None, Kind::Reference(vpc)) => {
            let reference = Reference { logical_id: vpc.logical_id, attribute: Some("DefaultNetworkAcl") };
            let kind = Kind::Reference(world.arena.alloc(reference));
            (Origin::of(found).node(world, kind), Action::Allow)
        }
        (None, _) => return Ok(Filter::Open),
    };
    let entries = entries_into(graph, world, acl)?;
    let acl = |entries: &[_]| Filter::Acl { entries: world.arena.alloc_slice_copy(entries), otherwise };
    Ok(match entries {
        Ok(mut entries) if otherwise == Action::Allow => {
            // Its own entry that lets everything in has this number.
            entries.retain(|(entry, _)| {
                entry.number.value.is_ok_and(|number| number < 100) || entry.number.value.is_err()
            });
            if entries.is_empty() { Filter::Open } else { acl(&entries) }
        }
        Ok(entries) => acl(&entries),
        Err(unknown) => Filter::Unknown(unknown),
    })
}

fn is_default_acl(value: Value<'_>) -> bool {
    matches!(value.kind, Kind::Reference(reference) if reference.attribute == Some("DefaultNetworkAcl"))
}

/// The logical id of a resource.
pub(super) fn id_of<'a>(graph: &Graph<'a>, resource: usize) -> &'a str {
    graph.resource(resource).map_or("", |resource| resource.logical_id)
}
