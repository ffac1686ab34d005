//! Instances, groups of them, containers and notebooks: whether the internet reaches them.

use crate::value::{Kind, Pending, Shape, Value, World};

use super::cidr::{self, Networks};
use super::exposed_endpoints::{property, says};
use super::face::{Address, Face, Placement, WithoutGroups, reach};
use super::identity::values_at;
use super::linked::{Link, links};
use super::load_balancers::behind;
use super::model::Graph;
use super::network::Family;
use super::origin::Origin;
use super::port_filter::Ports;
use super::reach::{Reach, Step, Target, target};
use super::read::{Read, child, is_missing, items, text, unknown};
use super::subnet::{flag, id_of};
use super::truth::Truth;

/// How many values of one property are looked at.
const VALUES: usize = 64;

/// What an instance, a template for instances and an interface say of their place in the network.
#[derive(Clone, Debug, Default)]
struct Placed<'a> {
    subnets: Vec<Value<'a>>,
    groups: Vec<Value<'a>>,
    /// `AssociatePublicIpAddress`, where it is written.
    associates: Option<Value<'a>>,
    /// Whether IPv6 addresses are asked for.
    ipv6: Option<Value<'a>>,
}

impl<'a> Placed<'a> {
    /// Read from the properties of an instance, or the data of a launch template.
    fn read(world: &World<'a, '_>, properties: Value<'a>, groups_of_interface: &str) -> Result<Self, Pending> {
        let mut placed = Self {
            subnets: values_at(world, properties, "SubnetId", VALUES)?,
            groups: values_at(world, properties, "SecurityGroupIds[]", VALUES)?,
            ..Self::default()
        };
        placed.groups.extend(values_at(world, properties, "SecurityGroups[]", VALUES)?);
        placed.see_ipv6(world, properties)?;
        for interface in items(world, child(world, properties, "NetworkInterfaces")?)? {
            placed.subnets.extend(values_at(world, interface, "SubnetId", VALUES)?);
            placed.groups.extend(values_at(world, interface, groups_of_interface, VALUES)?);
            let associates = child(world, interface, "AssociatePublicIpAddress")?;
            if !is_missing(associates) && placed.associates.is_none() {
                placed.associates = Some(associates);
            }
            placed.see_ipv6(world, interface)?;
        }
        Ok(placed)
    }

    fn see_ipv6(&mut self, world: &World<'a, '_>, from: Value<'a>) -> Result<(), Pending> {
        for key in ["Ipv6AddressCount", "Ipv6Addresses"] {
            let written = child(world, from, key)?;
            let none = matches!(text(world, written), Read::Known("0")) || matches!(written.kind, Kind::List([]));
            if !is_missing(written) && !none {
                self.ipv6 = self.ipv6.or(Some(written));
            }
        }
        Ok(())
    }

    /// What is missing here is taken from a template.
    fn or(self, template: Self) -> Self {
        Self {
            subnets: if self.subnets.is_empty() { template.subnets } else { self.subnets },
            groups: if self.groups.is_empty() { template.groups } else { self.groups },
            associates: self.associates.or(template.associates),
            ipv6: self.ipv6.or(template.ipv6),
        }
    }

    fn face(&self, graph: &Graph<'a>, world: &World<'a, '_>, resource: usize) -> Face<'a> {
        let id = id_of(graph, resource);
        let address = match self.associates {
            Some(associates) => Address::Own(flag(world, associates)),
            None => Address::FromSubnet,
        };
        let ipv6 = match self.ipv6 {
            Some(_) => Address::Own(Truth::Yes),
            None => Address::FromSubnet,
        };
        let mut says = self.associates.map(|at| (at, format!("`{id}` asks for a public IPv4 address")));
        if let Some(at) = self.ipv6 {
            says = says.or_else(|| Some((at, format!("`{id}` asks for an IPv6 address"))));
        }
        Face {
            resource,
            address: [address, ipv6],
            says,
            subnets: self.subnets.clone(),
            placement: Placement::All,
            trusts_subnets: false,
            groups: self.groups.clone(),
            without_groups: WithoutGroups::DefaultGroup,
            ports: Ports::all(),
        }
    }
}

/// The launch template that a specification names, as far as it says where instances stand.
fn template<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    specification: Value<'a>,
) -> Result<Result<Placed<'a>, Reach<'a>>, Pending> {
    for (key, name) in [("LaunchTemplateId", None), ("LaunchTemplateName", Some("LaunchTemplateName"))] {
        let named = child(world, specification, key)?;
        if is_missing(named) {
            continue;
        }
        return Ok(match target(graph, world, named, "AWS::EC2::LaunchTemplate", name)? {
            Target::Elsewhere(unknown) => Err(Reach::unsure(unknown, Some(named))),
            Target::Here(template) => match graph.value(world, template)? {
                Some(template) => {
                    Ok(Placed::read(world, property(world, template, "LaunchTemplateData")?, "Groups[]")?)
                }
                None => Ok(Placed::default()),
            },
        });
    }
    Ok(Ok(Placed::default()))
}

/// Elastic IP addresses that are given to a resource.
fn elastic_ip<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
) -> Result<(Truth<'a>, Option<(Value<'a>, String)>), Pending> {
    let mut found = (Truth::No, None);
    for role in ["ElasticIps", "ElasticIpAssociations"] {
        for &link in links(graph, world, resource, role)? {
            match link {
                Link::To(address) => {
                    if let Some(value) = graph.value(world, address)? {
                        let text = format!("`{}` gives it an Elastic IP address", id_of(graph, address));
                        return Ok((Truth::Yes, Some((value, text))));
                    }
                }
                Link::Perhaps(item) => {
                    if let Kind::Unknown(reason) = item.kind {
                        let reason = unknown(world, reason.reason, Shape::Any);
                        found = (found.0.or(Truth::Unsure(reason)), None);
                    }
                }
            }
        }
    }
    Ok(found)
}

/// A face with an Elastic IP address, where there is one.
fn with_elastic_ip<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, mut face: Face<'a>) -> Result<Face<'a>, Pending> {
    let [address, _] = &mut face.address;
    if matches!(address, Address::Own(Truth::Yes)) {
        return Ok(face);
    }
    let (truth, says) = elastic_ip(graph, world, face.resource)?;
    match (truth, &address) {
        (Truth::Yes, _) => {
            *address = Address::Own(Truth::Yes);
            face.says = says;
        }
        (Truth::Unsure(_), Address::Own(Truth::No)) => *address = Address::Own(truth),
        _ => {}
    }
    Ok(face)
}

/// A virtual machine: by an address of its own, or behind a load balancer.
pub(super) fn instance<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let properties = child(world, value, "Properties")?;
    let placed = Placed::read(world, properties, "GroupSet[]")?;
    let direct = match template(graph, world, child(world, properties, "LaunchTemplate")?)? {
        Ok(template) => {
            let placed = placed.or(template);
            let face = with_elastic_ip(graph, world, placed.face(graph, world, resource))?;
            let mut found = reach(graph, world, &face)?;
            for named in values_at(world, properties, "NetworkInterfaces[].NetworkInterfaceId", VALUES)? {
                found = found.or(match target(graph, world, named, "AWS::EC2::NetworkInterface", None)? {
                    Target::Elsewhere(unknown) => Reach::unsure(unknown, Some(named)),
                    Target::Here(interface) => match graph.value(world, interface)? {
                        Some(value) => network_interface(graph, world, interface, value)?,
                        None => Reach::no(),
                    },
                });
            }
            found
        }
        Err(unsure) => unsure,
    };
    if let Truth::Yes = direct.truth {
        return Ok(direct);
    }
    Ok(direct.or(behind(graph, world, resource)?))
}

/// A network interface, which has no public address unless it is given one.
pub(super) fn network_interface<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let properties = child(world, value, "Properties")?;
    let mut placed = Placed::read(world, properties, "GroupSet[]")?;
    placed.groups = values_at(world, properties, "GroupSet[]", VALUES)?;
    let mut face = placed.face(graph, world, resource);
    let [address, _] = &mut face.address;
    *address = Address::Own(Truth::No);
    reach(graph, world, &with_elastic_ip(graph, world, face)?)
}

/// What is launched from a template: by the groups and instances of this template that use it.
pub(super) fn launch_template<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let data = property(world, value, "LaunchTemplateData")?;
    let placed = Placed::read(world, data, "Groups[]")?;
    launched(graph, world, resource, &placed)
}

/// What is launched from a launch configuration.
pub(super) fn launch_configuration<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let placed = configuration(world, value)?;
    launched(graph, world, resource, &placed)
}

fn configuration<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Placed<'a>, Pending> {
    let associates = property(world, value, "AssociatePublicIpAddress")?;
    Ok(Placed {
        groups: values_at(world, child(world, value, "Properties")?, "SecurityGroups[]", VALUES)?,
        associates: (!is_missing(associates)).then_some(associates),
        ..Placed::default()
    })
}

fn launched<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    placed: &Placed<'a>,
) -> Result<Reach<'a>, Pending> {
    let mut found: Option<Reach<'a>> = None;
    let mut add = |reach: Reach<'a>| {
        let reach = Reach { decisive: placed.associates, ..reach };
        found = Some(match found.take() {
            Some(other) => other.or(reach),
            None => reach,
        });
    };
    for (role, judge) in [("AutoScalingGroups", auto_scaling_group as Judge), ("Instances", instance as Judge)] {
        for &link in links(graph, world, resource, role)? {
            match link {
                Link::To(user) => {
                    if let Some(value) = graph.value(world, user)? {
                        add(judge(graph, world, user, value)?);
                    }
                }
                Link::Perhaps(item) => {
                    if let Kind::Unknown(unknown) = item.kind {
                        add(Reach::unsure(unknown, placed.associates));
                    }
                }
            }
        }
    }
    // Nobody here uses it: what it says itself, in a subnet that is not known.
    match found {
        Some(found) => Ok(found),
        None => reach(graph, world, &placed.face(graph, world, resource)),
    }
}

type Judge = for<'a, 'c> fn(&'a Graph<'a>, &World<'a, 'c>, usize, Value<'a>) -> Result<Reach<'a>, Pending>;

/// A group of instances: by their addresses, or behind a load balancer.
pub(super) fn auto_scaling_group<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let properties = child(world, value, "Properties")?;
    let mut direct = None;
    let named = child(world, properties, "LaunchConfigurationName")?;
    let mut placed = Placed::default();
    if is_missing(named) {
        let mixed = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification";
        for specification in [child(world, properties, "LaunchTemplate")?, property(world, value, mixed)?] {
            match template(graph, world, specification)? {
                Ok(template) => placed = placed.or(template),
                Err(unsure) => direct = direct.or(Some(unsure)),
            }
        }
    } else {
        let name = Some("LaunchConfigurationName");
        match target(graph, world, named, "AWS::AutoScaling::LaunchConfiguration", name)? {
            Target::Elsewhere(unknown) => direct = Some(Reach::unsure(unknown, Some(named))),
            Target::Here(found) => {
                if let Some(found) = graph.value(world, found)? {
                    placed = configuration(world, found)?;
                }
            }
        }
    }
    let subnets = values_at(world, properties, "VPCZoneIdentifier[]", VALUES)?;
    if !subnets.is_empty() {
        placed.subnets = subnets;
    }
    let direct = match direct {
        Some(unsure) => unsure,
        None => reach(graph, world, &placed.face(graph, world, resource))?,
    };
    if let Truth::Yes = direct.truth {
        return Ok(direct);
    }
    Ok(direct.or(behind(graph, world, resource)?))
}

/// A service of containers: by their addresses, or behind a load balancer.
pub(super) fn service<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let configuration = property(world, value, "NetworkConfiguration.AwsvpcConfiguration")?;
    let direct = if is_missing(configuration) {
        // The tasks share the addresses of the machines that they run on.
        let reason = unknown(world, "the container instances that the tasks run on", Shape::Any);
        Reach::unsure(reason, None)
    } else {
        let assigns = child(world, configuration, "AssignPublicIp")?;
        let face = Face {
            resource,
            address: [Address::Own(says(world, assigns, "ENABLED", false)), Address::FromSubnet],
            says: Some((assigns, format!("tasks of `{}` get public addresses", id_of(graph, resource)))),
            subnets: values_at(world, configuration, "Subnets[]", VALUES)?,
            placement: Placement::All,
            trusts_subnets: false,
            groups: values_at(world, configuration, "SecurityGroups[]", VALUES)?,
            without_groups: WithoutGroups::DefaultGroup,
            ports: Ports::all(),
        };
        reach(graph, world, &face)?
    };
    if let Truth::Yes = direct.truth {
        return Ok(direct);
    }
    Ok(direct.or(behind(graph, world, resource)?))
}

/// The API server of a Kubernetes cluster: public unless it is told otherwise, to everybody unless it is told to whom.
pub(super) fn kubernetes<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let public = property(world, value, "ResourcesVpcConfig.EndpointPublicAccess")?;
    let open = if is_missing(public) { Truth::Yes } else { flag(world, public) };
    if open.is_no() {
        return Ok(Reach::no_because(public));
    }
    let properties = child(world, value, "Properties")?;
    let allowed = values_at(world, properties, "ResourcesVpcConfig.PublicAccessCidrs[]", VALUES)?;
    let mut from_everywhere = Truth::from(allowed.is_empty());
    let mut at = public;
    let mut networks = Vec::new();
    for value in allowed {
        match cidr::read(world, value, Family::Ipv4).0 {
            Networks::Known(known) => {
                if known.iter().any(|network| network.is_everything()) {
                    at = value;
                }
                networks.extend(known);
            }
            Networks::Unknown(unknown) => from_everywhere = from_everywhere.or(Truth::Unsure(unknown)),
            Networks::Narrow => {}
        }
    }
    for family in super::subnet::FAMILIES {
        let open = super::addresses::Addresses::of(&networks, family).is_internet(family);
        from_everywhere = from_everywhere.or(open.into());
    }
    let text = format!("the API server of cluster `{}` has a public endpoint", id_of(graph, resource));
    let origin = Origin::of(if is_missing(at) { value } else { at });
    let found = Reach::yes(Step::new(world, resource, &text, origin), &[Ports::tcp(443)], Some(at));
    Ok(found.only_if(open.and(from_everywhere)))
}

/// An environment of Elastic Beanstalk: a web server behind a public load balancer unless its options say otherwise.
pub(super) fn beanstalk<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let tier = property(world, value, "Tier.Name")?;
    if let Truth::Yes = says(world, tier, "Worker", false) {
        return Ok(Reach::no_because(tier));
    }
    let mut open = Truth::Yes;
    let mut at = None;
    for option in items(world, property(world, value, "OptionSettings")?)? {
        let get = |key| child(world, option, key);
        if let Kind::Unknown(unknown) = option.kind {
            open = open.and(Truth::Unsure(unknown));
            continue;
        }
        let (Read::Known(namespace), Read::Known(name)) =
            (text(world, get("Namespace")?), text(world, get("OptionName")?))
        else {
            continue;
        };
        if namespace == "aws:ec2:vpc" && name == "ELBScheme" {
            let scheme = get("Value")?;
            at = Some(scheme);
            open = open.and(match says(world, scheme, "internal", false) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unsure @ Truth::Unsure(_) => unsure,
            });
        }
    }
    for key in ["TemplateName", "PlatformArn"] {
        let template = property(world, value, key)?;
        // A saved configuration may hold options of its own.
        if key == "TemplateName" && at.is_none() && !is_missing(template) {
            let reason = unknown(world, "the saved configuration of the environment", Shape::Any);
            open = open.and(Truth::Unsure(reason));
        }
    }
    let text = format!("environment `{}` serves the internet", id_of(graph, resource));
    let step = Step::new(world, resource, &text, Origin::of(at.unwrap_or(value)));
    Ok(Reach::yes(step, &[Ports::tcp(80), Ports::tcp(443)], at).only_if(open))
}

/// A notebook, which stands on a network of the service with direct access to the internet unless it is told otherwise.
pub(super) fn notebook<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Reach<'a>, Pending> {
    let at = property(world, value, "DirectInternetAccess")?;
    let open = says(world, at, "Enabled", true);
    let text = format!("notebook `{}` has direct internet access", id_of(graph, resource));
    let step = Step::new(world, resource, &text, Origin::of(if is_missing(at) { value } else { at }));
    Ok(Reach::yes(step, &[Ports::tcp(443)], Some(at)).only_if(open))
}
