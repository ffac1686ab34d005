//! The rules of security groups in one shape.

use std::collections::BTreeMap;

use crate::value::{Deferred, Kind, Pending, Shape, Unknown, Value, World};

use super::addresses::Addresses;
use super::cidr::{self, Networks};
use super::identity::{Named, referent};
use super::labels::labels;
use super::linked::{Link, links};
use super::model::Graph;
use super::network::{Family, Network, missing_networks};
use super::origin::Origin;
use super::read::{Fields, child, is_missing, items, unknown};
use super::traffic::{Protocol, Traffic, Written};
use super::truth::Truth;

/// How many rules of one resource are compared with each other; EC2 allows 60 per direction by default, 1,000 at most.
const RULES: usize = 2_000;

/// Sixty rules, as many as a group has, make up everything only when one has a prefix as short as this.
const LARGE_PREFIX: u8 = 6;

/// Which way traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Into the resource.
    Ingress,
    /// Out of it.
    Egress,
}

impl Direction {
    /// Its name in facts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// Adds the facts of a security group.
pub(super) fn push_group_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let facts = [
        ("Ingress", GroupFact::Inline(Direction::Ingress)),
        ("Egress", GroupFact::Inline(Direction::Egress)),
        ("ImplicitEgress", GroupFact::ImplicitEgress),
        ("Labels", GroupFact::Labels),
    ];
    push_all(graph, world, resource, value, &facts, fields);
}

/// Adds the facts of a rule that is a resource of its own.
pub(super) fn push_rule_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    direction: Direction,
    fields: &mut Fields<'a>,
) {
    let key = match direction {
        Direction::Ingress => "Ingress",
        Direction::Egress => "Egress",
    };
    let facts = [(key, GroupFact::Own(direction)), ("DefaultGroup", GroupFact::DefaultGroup)];
    push_all(graph, world, resource, value, &facts, fields);
}

fn push_all<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    facts: &[(&'static str, GroupFact)],
    fields: &mut Fields<'a>,
) {
    for &(key, fact) in facts {
        let fact = world.later(DeferredFact { graph, resource, fact });
        fields.push(key, Origin::of(value).node(world, fact));
    }
}

/// Which fact.
#[derive(Clone, Copy, Debug)]
enum GroupFact {
    Inline(Direction),
    Own(Direction),
    ImplicitEgress,
    Labels,
    DefaultGroup,
}

struct DeferredFact<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    fact: GroupFact,
}

impl<'a> Deferred<'a> for DeferredFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(value) = self.graph.value(world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        let graph = self.graph;
        match self.fact {
            GroupFact::Inline(direction) => {
                let entries = inline(world, value, direction)?;
                if matches!(entries.kind, Kind::Unknown(_)) {
                    return Ok(entries);
                }
                let group = Some(self.resource);
                rules(graph, world, Origin::of(entries), &items(world, entries)?, direction, group)
            }
            GroupFact::Own(direction) => {
                let entry = child(world, value, "Properties")?;
                let entries = if is_missing(entry) { Vec::new() } else { vec![entry] };
                let group = Graph::property(world, value, "GroupId")?;
                let group = match referent(graph, world, group, "AWS::EC2::SecurityGroup")? {
                    Some(Named::Resource(group)) => Some(group),
                    _ => None,
                };
                rules(graph, world, Origin::of(entry), &entries, direction, group)
            }
            GroupFact::ImplicitEgress => implicit_egress(graph, world, self.resource, value),
            GroupFact::Labels => {
                labels(world, graph.resource(self.resource).map_or("", |found| found.logical_id), value)
            }
            GroupFact::DefaultGroup => {
                let group = Graph::property(world, value, "GroupId")?;
                let truth = match group.kind {
                    Kind::Unknown(unknown) => Truth::Unsure(unknown),
                    Kind::Reference(reference) => (reference.attribute == Some("DefaultSecurityGroup")
                        && graph.find(reference.logical_id).map(|found| graph.type_of(found)) == Some("AWS::EC2::VPC"))
                    .into(),
                    _ => Truth::No,
                };
                Ok(Origin::of(group).truth(world, truth))
            }
        }
    }
}

fn inline<'a>(world: &World<'a, '_>, value: Value<'a>, direction: Direction) -> Result<Value<'a>, Pending> {
    let key = match direction {
        Direction::Ingress => "SecurityGroupIngress",
        Direction::Egress => "SecurityGroupEgress",
    };
    Graph::property(world, value, key)
}

/// Whether EC2's own rule that lets everything out is in force.
fn implicit_egress<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
) -> Result<Value<'a>, Pending> {
    let entries = inline(world, value, Direction::Egress)?;
    let mut unsure = None;
    for entry in items(world, entries)? {
        match entry.kind {
            Kind::Unknown(unknown) => unsure = unsure.or(Some((entry, unknown))),
            _ => return Ok(Origin::of(entry).truth(world, Truth::No)),
        }
    }
    for &link in links(graph, world, resource, "EgressRules")? {
        match link {
            Link::To(rule) => {
                let origin = graph.value(world, rule)?.map_or(Origin::of(value), Origin::of);
                return Ok(origin.truth(world, Truth::No));
            }
            Link::Perhaps(item) => {
                if let Kind::Unknown(unknown) = item.kind {
                    unsure = unsure.or(Some((item, unknown)));
                }
            }
        }
    }
    Ok(match unsure {
        Some((at, reason)) => Origin::of(at).truth(world, Truth::Unsure(unknown(world, reason.reason, Shape::Any))),
        None => Origin::of(value).truth(world, Truth::Yes),
    })
}

/// What a rule admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Network,
    Group,
    PrefixList,
    Nothing,
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Network => "cidr",
            Self::Group => "group",
            Self::PrefixList => "prefix-list",
            Self::Nothing => "none",
        }
    }
}

/// One rule: one protocol, one interval of ports, one source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'a> {
    /// The text that says who is let in, else the rule.
    pub(super) origin: Origin<'a>,
    /// What for.
    pub(super) traffic: Traffic<'a>,
    source: Source,
    /// From where.
    pub(super) networks: Networks<'a>,
    /// The canonical network and its family, where the source is one.
    cidr: Option<(Value<'a>, Family)>,
}

/// The rules of a group for one direction: its own and those that are resources of their own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GroupRules<'a> {
    /// Those that are known.
    pub(super) rules: &'a [Rule<'a>],
    /// An entry that is unknown as a whole, and a rule that may belong, as what they hang on.
    pub(super) unknowns: &'a [Value<'a>],
}

/// Everything that lets traffic into a group.
pub(super) fn rules_into<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    group: usize,
) -> Result<GroupRules<'a>, Pending> {
    rules_of_group(graph, world, group, Direction::Ingress)
}

fn rules_of_group<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    group: usize,
    direction: Direction,
) -> Result<GroupRules<'a>, Pending> {
    let Some(readings) = graph.readings(group) else { return Ok(GroupRules::default()) };
    let known = match direction {
        Direction::Ingress => &readings.ingress,
        Direction::Egress => &readings.egress,
    };
    known.answer(world, || read_group(graph, world, group, direction))
}

fn read_group<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    group: usize,
    direction: Direction,
) -> Result<GroupRules<'a>, Pending> {
    let (mut rules, mut unknowns) = (Vec::new(), Vec::new());
    let Some(value) = graph.value(world, group)? else { return Ok(GroupRules::default()) };
    let mut entries = items(world, inline(world, value, direction)?)?;
    let role = match direction {
        Direction::Ingress => "IngressRules",
        Direction::Egress => "EgressRules",
    };
    for &link in links(graph, world, group, role)? {
        match link {
            Link::To(rule) => {
                if let Some(rule) = graph.value(world, rule)? {
                    entries.push(child(world, rule, "Properties")?);
                }
            }
            Link::Perhaps(unknown) => unknowns.push(unknown),
        }
    }
    for entry in entries {
        match entry.kind {
            Kind::Map(_) => read_entry(graph, world, entry, direction, &mut rules)?,
            Kind::Unknown(_) => unknowns.push(entry),
            _ => {}
        }
    }
    let arena = world.arena;
    Ok(GroupRules { rules: arena.alloc_slice_copy(&rules), unknowns: arena.alloc_slice_copy(&unknowns) })
}

impl Rule<'_> {
    /// The only family that it is about, where it is about one.
    pub(super) fn family(&self) -> Option<Family> {
        self.cidr.map(|(_, family)| family)
    }

    /// Whether it holds so much of the internet, though not all of it, that no group has enough rules to make up
    /// everything without one like it.
    fn is_large_part(&self) -> bool {
        let is_large = |network: &Network| !network.is_everything() && network.prefix() <= LARGE_PREFIX;
        matches!(&self.networks, Networks::Known(networks) if networks.iter().any(is_large))
    }
}

impl<'a> Rule<'a> {
    /// Whether its networks hold more of the internet than one owner has.
    fn is_wide(&self) -> Truth<'a> {
        match &self.networks {
            Networks::Narrow => Truth::No,
            Networks::Unknown(unknown) => Truth::Unsure(unknown),
            Networks::Known(networks) => {
                let wide = |family| Addresses::of(networks, family).is_internet(family);
                (wide(Family::Ipv4) || wide(Family::Ipv6)).into()
            }
        }
    }
}

/// The canonical rules of entries, as a list; an entry that is unknown as a whole stands for itself.
fn rules<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    origin: Origin<'a>,
    entries: &[Value<'a>],
    direction: Direction,
    group: Option<usize>,
) -> Result<Value<'a>, Pending> {
    let mut rules = Vec::new();
    let mut unknowns = Vec::new();
    for entry in entries {
        match entry.kind {
            Kind::Map(_) => read_entry(graph, world, entry, direction, &mut rules)?,
            Kind::Unknown(_) => unknowns.push(*entry),
            _ => {}
        }
    }
    let own = rules.len();
    if let (Some(group), true) = (group, own <= RULES && rules.iter().any(Rule::is_large_part)) {
        // The other part may stand in another resource of the same group.
        let others = rules_of_group(graph, world, group, direction)?.rules;
        let is_new = |other: &&Rule<'a>| !rules.iter().any(|rule| rule.origin.is_same(other.origin));
        let others: Vec<Rule<'a>> = others.iter().filter(is_new).copied().collect();
        rules.extend(others);
    }
    let mut publicity = Publicity::new(world, &rules);
    let mut list = Vec::with_capacity(own + unknowns.len());
    for rule in rules.iter().take(own) {
        let public = publicity.of(rule);
        let mut fields = Fields::default();
        fields.push("Direction", rule.origin.text(world, direction.name()));
        rule.traffic.push(world, &mut fields);
        if let Some((cidr, family)) = rule.cidr {
            fields.push("Cidr", cidr);
            fields.push("Family", rule.origin.text(world, family.name()));
        }
        fields.push("Source", rule.origin.text(world, rule.source.name()));
        fields.push("Public", rule.origin.truth(world, public));
        fields.push("Wide", rule.origin.truth(world, public.or(rule.is_wide())));
        list.push(fields.finish(world, rule.origin));
    }
    list.extend(unknowns);
    Ok(origin.list(world, &list))
}

fn read_entry<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    entry: Value<'a>,
    direction: Direction,
    rules: &mut Vec<Rule<'a>>,
) -> Result<(), Pending> {
    let traffic = Traffic::read(
        world,
        Written {
            protocol: child(world, entry, "IpProtocol")?,
            from: child(world, entry, "FromPort")?,
            to: child(world, entry, "ToPort")?,
        },
    );
    let before = rules.len();
    for (key, family) in [("CidrIp", Family::Ipv4), ("CidrIpv6", Family::Ipv6)] {
        let value = child(world, entry, key)?;
        if !is_missing(value) {
            let (networks, family) = cidr::read(world, value, family);
            let cidr = Some((cidr::canonical(world, value), family));
            rules.push(Rule { origin: Origin::of(value), traffic, source: Source::Network, networks, cidr });
        }
    }
    let (groups, list): (&[&str], _) = match direction {
        Direction::Ingress => (&["SourceSecurityGroupId", "SourceSecurityGroupName"], "SourcePrefixListId"),
        Direction::Egress => (&["DestinationSecurityGroupId"], "DestinationPrefixListId"),
    };
    for key in groups {
        let value = child(world, entry, key)?;
        if !is_missing(value) {
            let (source, networks) = (Source::Group, Networks::Narrow);
            rules.push(Rule { origin: Origin::of(value), traffic, source, networks, cidr: None });
        }
    }
    let value = child(world, entry, list)?;
    if !is_missing(value) {
        let networks = prefix_list(graph, world, value)?;
        let source = Source::PrefixList;
        rules.push(Rule { origin: Origin::of(value), traffic, source, networks, cidr: None });
    }
    if rules.len() == before {
        let (source, networks) = (Source::Nothing, Networks::Narrow);
        rules.push(Rule { origin: Origin::of(entry), traffic, source, networks, cidr: None });
    }
    Ok(())
}

/// The networks of a prefix list: known when it stands in the template.
fn prefix_list<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, value: Value<'a>) -> Result<Networks<'a>, Pending> {
    let list = match (value.kind, referent(graph, world, value, "AWS::EC2::PrefixList")?) {
        (_, Some(Named::Resource(resource))) => graph.value(world, resource)?,
        (_, Some(Named::Open(unknown))) | (Kind::Unknown(unknown), _) => return Ok(Networks::Unknown(unknown)),
        _ => None,
    };
    if let Kind::String(id) = value.kind
        && is_list_of_aws(id)
    {
        return Ok(Networks::Narrow);
    }
    let Some(list) = list else {
        let reason = match value.kind {
            Kind::String(id) => format!("the prefix list `{id}`"),
            _ => "a prefix list".to_owned(),
        };
        return Ok(Networks::Unknown(unknown(world, &reason, Shape::Any)));
    };
    let mut known: Vec<Network> = Vec::new();
    let mut unsure = None;
    for entry in items(world, Graph::property(world, list, "Entries")?)? {
        match cidr::read(world, child(world, entry, "Cidr")?, Family::Ipv4).0 {
            Networks::Known(networks) => known.extend(networks),
            Networks::Unknown(unknown) => unsure = unsure.or(Some(unknown)),
            Networks::Narrow => {}
        }
    }
    let is_everything = known.iter().any(|network| network.is_everything());
    Ok(match unsure {
        Some(unknown) if !is_everything => Networks::Unknown(unknown),
        _ => Networks::Known(world.arena.alloc_slice_copy(&known)),
    })
}

/// Whether a prefix list is one of AWS's own (CloudFront's servers, S3, DynamoDB), by its name or by its id: AWS's lists
/// are older than the long ids that customers' lists have without exception.
fn is_list_of_aws(id: &str) -> bool {
    let is_short = |digits: &str| digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    id.starts_with("com.amazonaws.") || id.strip_prefix("pl-").is_some_and(is_short)
}

/// The networks that together admit some traffic, apart from those that alone hold all addresses.
#[derive(Clone, Debug)]
struct Union<'a> {
    networks: Vec<Network>,
    missing: usize,
    /// How many networks are not known or may not belong, and why the first of them.
    open: usize,
    reason: Option<&'a Unknown<'a>>,
}

/// Who is open to the internet among the rules of one resource.
struct Publicity<'r, 'a> {
    rules: &'r [Rule<'a>],
    too_many: Option<&'a Unknown<'a>>,
    /// Unions by traffic and family: rules of a group are mostly about the same few ports.
    known: BTreeMap<(Protocol<'a>, i64, i64, Family), Union<'a>>,
}

impl<'r, 'a> Publicity<'r, 'a> {
    fn new(world: &World<'a, '_>, rules: &'r [Rule<'a>]) -> Self {
        let too_many = (rules.len() > RULES).then(|| unknown(world, "too many rules", Shape::Any));
        Self { rules, too_many, known: BTreeMap::new() }
    }

    /// Whether a rule is open to the internet: its network is everything, or it is one of the parts that make up
    /// everything together. A part that lies inside another adds nothing and is not blamed.
    fn of(&mut self, rule: &Rule<'a>) -> Truth<'a> {
        let own = match rule.networks {
            Networks::Narrow => return Truth::No,
            Networks::Unknown(unknown) => return Truth::Unsure(unknown),
            Networks::Known(own) => own,
        };
        if rule.traffic.is_empty() {
            return Truth::No;
        }
        if own.iter().any(|network| network.is_everything()) {
            return Truth::Yes;
        }
        let mut truth = Truth::No;
        for family in [Family::Ipv4, Family::Ipv6] {
            if own.iter().any(|network| network.family() == family) {
                truth = truth.or(self.joined(rule, own, family));
            }
        }
        truth
    }

    fn joined(&mut self, rule: &Rule<'a>, own: &[Network], family: Family) -> Truth<'a> {
        if let Some(unknown) = self.too_many {
            return Truth::Unsure(unknown);
        }
        let fresh;
        let union = match rule.traffic.key() {
            Some((protocol, from, to)) => {
                let rules = self.rules;
                self.known.entry((protocol, from, to, family)).or_insert_with(|| union(rules, rule, own, family))
            }
            None => {
                fresh = union(self.rules, rule, own, family);
                &fresh
            }
        };
        if union.missing == 0 {
            let is_part = own.iter().any(|network| {
                network.family() == family
                    && !union.networks.iter().any(|other| other != network && other.contains(*network))
            });
            return is_part.into();
        }
        match union.reason {
            Some(unknown) if union.missing <= union.open => Truth::Unsure(unknown),
            _ => Truth::No,
        }
    }
}

/// The union for the traffic of `part`, to which the networks `own` of it certainly belong.
fn union<'a>(rules: &[Rule<'a>], part: &Rule<'a>, own: &[Network], family: Family) -> Union<'a> {
    let belongs = |network: &&Network| network.family() == family && !network.is_everything();
    let mut networks: Vec<Network> = own.iter().filter(belongs).copied().collect();
    let mut open = 0;
    let mut reason = None;
    for rule in rules {
        if std::ptr::eq(rule, part) || rule.cidr.is_some_and(|(_, other)| other != family) {
            continue;
        }
        let unsure = match (rule.traffic.covers(&part.traffic), &rule.networks) {
            (Truth::No, _) | (_, Networks::Narrow) => continue,
            (Truth::Yes, Networks::Known(known)) => {
                networks.extend(known.iter().filter(belongs));
                continue;
            }
            (Truth::Unsure(_), Networks::Known(known)) if !known.iter().any(|network| belongs(&network)) => continue,
            (Truth::Yes, Networks::Unknown(unknown)) => unknown,
            (Truth::Unsure(unknown), _) => unknown,
        };
        open += 1;
        reason = reason.or(Some(unsure));
    }
    networks.sort_unstable();
    networks.dedup();
    let missing = missing_networks(family, &networks);
    Union { networks, missing, open, reason }
}
