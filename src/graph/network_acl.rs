//! The entries of network ACLs, and what their order does to them.
//!
//! Entries of one ACL and direction are tried in ascending rule number; the first that matches decides. An entry that
//! may or may not belong to the same ACL, or whose number, action, network or ports are not known, makes unsure what
//! it could change and nothing else.

use crate::value::{Deferred, Kind, Pending, Shape, Unknown, Value, World};

use super::cidr::{self, Networks};
use super::identity::{certain_referent, same};
use super::model::Graph;
use super::network::{Family, Network, missing_networks};
use super::origin::Origin;
use super::read::{Fields, Read, boolean, child, integer, is_missing, text, unknown};
use super::security_group::Direction;
use super::traffic::{Part, Protocol, Traffic, Written};
use super::truth::Truth;

/// How many entries of a template are compared with each other: twice the resources that CloudFormation deploys.
const ENTRIES: usize = 1_000;

/// An ACL has at most forty entries: they make up everything only when one has a prefix as short as this.
const LARGE_PREFIX: u8 = 6;

const TYPE: &str = "AWS::EC2::NetworkAclEntry";

/// Adds the facts of an entry.
pub(super) fn push_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let origin = Origin::of(value);
    for (key, fact) in [
        ("Entry", AclFact::Entry),
        ("Shadowed", AclFact::Shadowed),
        ("DuplicateRuleNumber", AclFact::DuplicateRuleNumber),
        ("PrecedingDenies", AclFact::PrecedingDenies),
        ("PublicIngress", AclFact::PublicIngress),
    ] {
        fields.push(key, origin.node(world, world.later(DeferredFact { graph, resource, fact })));
    }
}

/// Which fact.
#[derive(Clone, Copy, Debug)]
enum AclFact {
    Entry,
    Shadowed,
    DuplicateRuleNumber,
    PrecedingDenies,
    PublicIngress,
}

struct DeferredFact<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    fact: AclFact,
}

impl<'a> Deferred<'a> for DeferredFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(entry) = entry_of(self.graph, world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        if let (AclFact::Entry, false) = (self.fact, entry.is_large_part()) {
            return Ok(entry.show(world, entry.is_public()));
        }
        let others = match others(self.graph, world, self.resource, entry)? {
            Ok(others) => others,
            Err(unknown) => return Ok(entry.origin.unknown(world, unknown)),
        };
        Ok(match self.fact {
            AclFact::Entry => entry.show(world, joined(entry, others.iter())),
            AclFact::Shadowed => {
                let truth = others.iter().fold(Truth::No, |truth, other| truth.or(other.shadows(entry)));
                entry.origin.truth(world, truth)
            }
            AclFact::DuplicateRuleNumber => {
                let truth = others.iter().fold(Truth::No, |truth, other| {
                    truth.or(other.belongs.and(compare(other.entry.number.value, entry.number.value, |a, b| a == b)))
                });
                entry.number.origin.truth(world, truth)
            }
            AclFact::PrecedingDenies => preceding_denies(world, entry, &others),
            AclFact::PublicIngress => public_ingress(world, entry, &others),
        })
    }
}

/// What an entry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Lets traffic through.
    Allow,
    /// Stops it.
    Deny,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct AclEntry<'a> {
    /// The network, else the entry.
    pub(super) origin: Origin<'a>,
    acl: Acl<'a>,
    is_egress: Part<'a, bool>,
    /// What it does.
    pub(super) action: Part<'a, Action>,
    /// When it is tried.
    pub(super) number: Part<'a, i64>,
    /// What for.
    pub(super) traffic: Traffic<'a>,
    /// From where.
    pub(super) networks: Networks<'a>,
    cidr: Option<(Value<'a>, Family)>,
}

/// What an entry says of its ACL.
#[derive(Clone, Copy, Debug)]
struct Acl<'a> {
    value: Value<'a>,
    /// The resource that it certainly is: said once, because each entry is compared with all others.
    resource: Option<usize>,
}

impl<'a> Acl<'a> {
    fn of(graph: &Graph<'a>, value: Value<'a>) -> Self {
        Self { value, resource: certain_referent(graph, value) }
    }

    fn is_same(self, graph: &'a Graph<'a>, world: &World<'a, '_>, other: Self) -> Truth<'a> {
        match (self.resource, other.resource) {
            (Some(left), Some(right)) => (left == right).into(),
            _ => same(graph, world, self.value, other.value),
        }
    }
}

/// An entry and whether it belongs to an ACL.
pub(super) type MaybeEntry<'a> = (&'a AclEntry<'a>, Truth<'a>);

/// The entries for traffic into the ACL that a forced value names, with whether each belongs; an unknown when there
/// are too many.
pub(super) fn entries_into<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    acl: Value<'a>,
) -> Result<Result<Vec<MaybeEntry<'a>>, &'a Unknown<'a>>, Pending> {
    if let Some(unknown) = too_many(graph, world) {
        return Ok(Err(unknown));
    }
    let mut found = Vec::new();
    let acl = Acl::of(graph, acl);
    for entry in graph.of_type(TYPE) {
        let Some(entry) = entry_of(graph, world, entry)? else { continue };
        let ingress = compare(entry.is_egress.value, Ok(false), |left, right| left == right);
        let belongs = entry.acl.is_same(graph, world, acl).and(ingress);
        if !belongs.is_no() {
            found.push((entry, belongs));
        }
    }
    Ok(Ok(found))
}

/// What everything hangs on that entries do together, where a template has too many to compare each with all others.
fn too_many<'a>(graph: &Graph<'a>, world: &World<'a, '_>) -> Option<&'a Unknown<'a>> {
    let is_beyond = graph.of_type(TYPE).nth(ENTRIES).is_some();
    is_beyond.then(|| unknown(world, "too many network ACL entries", Shape::Any))
}

/// The entry that a resource is; `None` where the resource is not there.
fn entry_of<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
) -> Result<Option<&'a AclEntry<'a>>, Pending> {
    let Some(readings) = graph.readings(resource) else { return Ok(None) };
    readings.acl_entry.answer(world, || {
        let entry = read_entry(graph, world, resource)?;
        Ok(entry.map(|entry| &*world.arena.alloc(entry)))
    })
}

fn read_entry<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
) -> Result<Option<AclEntry<'a>>, Pending> {
    let Some(value) = graph.value(world, resource)? else { return Ok(None) };
    let properties = match value.kind {
        Kind::Map(_) | Kind::Unknown(_) => child(world, value, "Properties")?,
        _ => return Ok(None),
    };
    let get = |key| child(world, properties, key);
    let egress = get("Egress")?;
    let is_egress = match boolean(world, egress) {
        Read::Known(is_egress) => Ok(is_egress),
        Read::Unknown(unknown) => Err(unknown),
        Read::Missing => Ok(false),
    };
    let action_value = get("RuleAction")?;
    let action = match text(world, action_value) {
        Read::Known(text) if text.eq_ignore_ascii_case("allow") => Ok(Action::Allow),
        Read::Known(text) if text.eq_ignore_ascii_case("deny") => Ok(Action::Deny),
        Read::Unknown(unknown) => Err(unknown),
        Read::Known(_) | Read::Missing => Err(unknown(world, "a missing rule action", Shape::Any)),
    };
    let number_value = get("RuleNumber")?;
    let number = match integer(world, number_value) {
        Read::Known(number) => Ok(number),
        Read::Unknown(unknown) => Err(unknown),
        Read::Missing => Err(unknown(world, "a missing rule number", Shape::Any)),
    };
    let protocol = get("Protocol")?;
    let ports = get("PortRange")?;
    let mut written = Written { protocol, from: child(world, ports, "From")?, to: child(world, ports, "To")? };
    if let Read::Known("1" | "58" | "icmp" | "icmpv6") = text(world, protocol) {
        let icmp = get("Icmp")?;
        written.from = child(world, icmp, "Type")?;
        written.to = child(world, icmp, "Code")?;
    }
    let (mut origin, mut networks, mut found) = (Origin::of(properties), Networks::Narrow, None);
    for (key, family) in [("CidrBlock", Family::Ipv4), ("Ipv6CidrBlock", Family::Ipv6)] {
        let value = get(key)?;
        // EC2 wants exactly one of the two.
        if found.is_none() && !is_missing(value) {
            origin = Origin::of(value);
            let (read, family) = cidr::read(world, value, family);
            networks = read;
            found = Some((cidr::canonical(world, value), family));
        }
    }
    Ok(Some(AclEntry {
        origin,
        acl: Acl::of(graph, get("NetworkAclId")?),
        is_egress: Part { value: is_egress, origin: Origin::of(egress) },
        action: Part { value: action, origin: Origin::of(action_value) },
        number: Part { value: number, origin: Origin::of(number_value) },
        traffic: Traffic::read(world, written),
        networks,
        cidr: found,
    }))
}

impl<'a> AclEntry<'a> {
    /// The only family that it is about, where it names a network.
    pub(super) fn family(&self) -> Option<Family> {
        self.cidr.map(|(_, family)| family)
    }

    fn show(&self, world: &World<'a, '_>, public: Truth<'a>) -> Value<'a> {
        let mut fields = Fields::default();
        let direction = if self.is_egress.value == Ok(true) { Direction::Egress } else { Direction::Ingress };
        fields.push(
            "Direction",
            match self.is_egress.value {
                Ok(_) => self.is_egress.origin.text(world, direction.name()),
                Err(unknown) => self.is_egress.origin.unknown(world, unknown),
            },
        );
        fields.push(
            "Action",
            match self.action.value {
                Ok(Action::Allow) => self.action.origin.text(world, "allow"),
                Ok(Action::Deny) => self.action.origin.text(world, "deny"),
                Err(unknown) => self.action.origin.unknown(world, unknown),
            },
        );
        fields.push(
            "RuleNumber",
            match self.number.value {
                Ok(number) => self.number.origin.integer(world, number),
                Err(unknown) => self.number.origin.unknown(world, unknown),
            },
        );
        self.traffic.push(world, &mut fields);
        if let Some((cidr, family)) = self.cidr {
            fields.push("Cidr", cidr);
            fields.push("Family", self.origin.text(world, family.name()));
        }
        fields.push("Public", self.origin.truth(world, public));
        fields.finish(world, self.origin)
    }

    /// Whether it is about all addresses of its family.
    fn is_public(&self) -> Truth<'a> {
        match &self.networks {
            Networks::Known(networks) => networks.iter().any(|network| network.is_everything()).into(),
            Networks::Narrow => Truth::No,
            Networks::Unknown(unknown) => Truth::Unsure(unknown),
        }
    }

    /// Whether it is about so much of the internet, though not all of it, that others may make up the rest.
    fn is_large_part(&self) -> bool {
        let is_large = |network: &Network| !network.is_everything() && network.prefix() <= LARGE_PREFIX;
        matches!(&self.networks, Networks::Known(networks) if networks.iter().any(is_large))
    }

    /// Whether its networks hold those of `other`.
    fn holds(&self, other: &Self) -> Truth<'a> {
        if let (Some((_, left)), Some((_, right))) = (self.cidr, other.cidr)
            && left != right
        {
            return Truth::No;
        }
        match (&self.networks, &other.networks) {
            (Networks::Known(left), Networks::Known(right)) => {
                let held = |network: &Network| left.iter().any(|outer| outer.contains(*network));
                right.iter().all(held).into()
            }
            (Networks::Known(left), _) if left.iter().any(|network| network.is_everything()) => Truth::Yes,
            (Networks::Unknown(unknown), _) | (_, Networks::Unknown(unknown)) => Truth::Unsure(unknown),
            (Networks::Narrow, _) | (_, Networks::Narrow) => Truth::No,
        }
    }
}

/// Another entry, and whether it is of the same ACL and direction.
struct Other<'a> {
    entry: &'a AclEntry<'a>,
    belongs: Truth<'a>,
    /// Belongs, and has a lower number.
    precedes: Truth<'a>,
}

impl<'a> Other<'a> {
    fn shadows(&self, entry: &AclEntry<'a>) -> Truth<'a> {
        self.precedes
            .and(compare(self.entry.action.value, entry.action.value, |left, right| left != right))
            .and(self.entry.holds(entry))
            .and(self.entry.traffic.covers(&entry.traffic))
    }

    fn is_preceding_deny(&self) -> Truth<'a> {
        self.precedes.and(match self.entry.action.value {
            Ok(action) => (action == Action::Deny).into(),
            Err(unknown) => Truth::Unsure(unknown),
        })
    }
}

/// Whether an entry is about all addresses of its family: alone, or together with other entries of the same ACL and
/// direction that do the same for the same traffic.
fn joined<'a, 'o>(entry: &AclEntry<'a>, others: impl Iterator<Item = &'o Other<'a>>) -> Truth<'a>
where
    'a: 'o,
{
    let alone = entry.is_public();
    let (Truth::No, true, Networks::Known(own), Some(family)) =
        (alone, entry.is_large_part(), &entry.networks, entry.family())
    else {
        return alone;
    };
    let mut networks = own.to_vec();
    let mut open: Vec<&'a Unknown<'a>> = Vec::new();
    for other in others.filter(|other| other.entry.family() == Some(family)) {
        let same = other
            .belongs
            .and(compare(other.entry.action.value, entry.action.value, |left, right| left == right))
            .and(other.entry.traffic.covers(&entry.traffic));
        match (same, &other.entry.networks) {
            (Truth::No, _) | (_, Networks::Narrow) => {}
            (Truth::Yes, Networks::Known(known)) => networks.extend(*known),
            (Truth::Unsure(unknown), _) => open.push(unknown),
            (Truth::Yes, Networks::Unknown(unknown)) => open.push(*unknown),
        }
    }
    match (missing_networks(family, &networks), open.first()) {
        (0, _) => Truth::Yes,
        (missing, Some(unknown)) if missing <= open.len() => Truth::Unsure(unknown),
        _ => Truth::No,
    }
}

fn compare<'a, T>(
    left: Result<T, &'a Unknown<'a>>,
    right: Result<T, &'a Unknown<'a>>,
    holds: impl FnOnce(T, T) -> bool,
) -> Truth<'a> {
    match (left, right) {
        (Ok(left), Ok(right)) => holds(left, right).into(),
        (Err(unknown), _) | (_, Err(unknown)) => Truth::Unsure(unknown),
    }
}

/// The other entries that may be of the same ACL and direction; an unknown when there are too many.
fn others<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    entry: &AclEntry<'a>,
) -> Result<Result<Vec<Other<'a>>, &'a Unknown<'a>>, Pending> {
    if let Some(unknown) = too_many(graph, world) {
        return Ok(Err(unknown));
    }
    let mut others = Vec::new();
    for other in graph.of_type(TYPE) {
        if other == resource {
            continue;
        }
        let Some(other) = entry_of(graph, world, other)? else { continue };
        let belongs = other.acl.is_same(graph, world, entry.acl).and(compare(
            other.is_egress.value,
            entry.is_egress.value,
            |left, right| left == right,
        ));
        if !belongs.is_no() {
            let precedes = belongs.and(compare(other.number.value, entry.number.value, |left, right| left < right));
            others.push(Other { entry: other, belongs, precedes });
        }
    }
    Ok(Ok(others))
}

fn preceding_denies<'a>(world: &World<'a, '_>, entry: &AclEntry<'a>, others: &[Other<'a>]) -> Value<'a> {
    let mut count = 0;
    for other in others {
        match other.is_preceding_deny() {
            Truth::Yes => count += 1,
            Truth::No => {}
            Truth::Unsure(unknown) => return entry.origin.unknown(world, unknown),
        }
    }
    entry.origin.integer(world, count)
}

/// What an entry lets in from everywhere, after the denies from everywhere that come before it.
fn public_ingress<'a>(world: &World<'a, '_>, entry: &AclEntry<'a>, others: &[Other<'a>]) -> Value<'a> {
    let lets_in = compare(entry.is_egress.value, Ok(false), |left, right| left == right)
        .and(compare(entry.action.value, Ok(Action::Allow), |left, right| left == right))
        .and(joined(entry, others.iter()));
    match lets_in {
        Truth::Yes if !entry.traffic.is_empty() => {}
        Truth::Yes | Truth::No => return entry.origin.list(world, &[]),
        Truth::Unsure(unknown) => return entry.origin.unknown(world, unknown),
    }
    let (protocol, from, to) = match (entry.traffic.protocol.value, entry.traffic.from.value, entry.traffic.to.value) {
        (Ok(protocol), Ok(from), Ok(to)) => (protocol, from, to),
        (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => {
            return entry.origin.unknown(world, unknown);
        }
    };
    let mut denies = Vec::new();
    for other in others {
        if other.entry.cidr.map(|(_, family)| family) != entry.cidr.map(|(_, family)| family) {
            continue;
        }
        let denied = other.entry.traffic;
        let preceding = others.iter().filter(|other| !other.is_preceding_deny().is_no());
        match other.is_preceding_deny().and(joined(other.entry, preceding)) {
            Truth::No => {}
            _ if !may_meet(denied.protocol.value.ok(), protocol) => {}
            Truth::Unsure(unknown) => return entry.origin.unknown(world, unknown),
            Truth::Yes => match (denied.protocol.value, denied.from.value, denied.to.value) {
                (Ok(protocol), Ok(from), Ok(to)) => denies.push(Interval { protocol, from, to }),
                (Err(unknown), ..) | (_, Err(unknown), _) | (.., Err(unknown)) => {
                    return entry.origin.unknown(world, unknown);
                }
            },
        }
    }
    let left = subtract(Interval { protocol, from, to }, &denies);
    let list: Vec<Value<'a>> = left.into_iter().map(|interval| interval.show(world, entry.origin)).collect();
    entry.origin.list(world, &list)
}

/// Whether an entry about one protocol can be about the traffic of another's.
fn may_meet(left: Option<Protocol<'_>>, right: Protocol<'_>) -> bool {
    match left {
        None | Some(Protocol::All) => true,
        Some(left) => left == right || right == Protocol::All,
    }
}

/// An interval of ports of one protocol; type and code for ICMP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval<'a> {
    protocol: Protocol<'a>,
    from: i64,
    to: i64,
}

impl<'a> Interval<'a> {
    fn show(self, world: &World<'a, '_>, origin: Origin<'a>) -> Value<'a> {
        let is_icmp = matches!(self.protocol, Protocol::Icmp | Protocol::Icmpv6);
        let (from, to) = if is_icmp { (-1, -1) } else { (self.from, self.to) };
        let mut fields = Fields::default();
        fields.push("Protocol", origin.text(world, self.protocol.name()));
        fields.push("FromPort", origin.integer(world, from));
        fields.push("ToPort", origin.integer(world, to));
        fields.finish(world, origin)
    }
}

/// What is left of an interval. All protocols of which one is denied in part are given as TCP, UDP and the ICMPs.
fn subtract<'a>(whole: Interval<'a>, denies: &[Interval<'a>]) -> Vec<Interval<'a>> {
    if denies.iter().any(|deny| deny.protocol == Protocol::All) {
        return Vec::new();
    }
    let is_other = |deny: &Interval<'_>| matches!(deny.protocol, Protocol::Other(_));
    match whole.protocol {
        Protocol::All if denies.iter().all(is_other) => vec![whole],
        Protocol::All => [Protocol::Tcp, Protocol::Udp, Protocol::Icmp, Protocol::Icmpv6]
            .into_iter()
            .flat_map(|protocol| subtract_ports(Interval { protocol, ..whole }, denies))
            .collect(),
        _ => subtract_ports(whole, denies),
    }
}

fn subtract_ports<'a>(whole: Interval<'a>, denies: &[Interval<'a>]) -> Vec<Interval<'a>> {
    let mut denies: Vec<&Interval<'a>> = denies.iter().filter(|deny| deny.protocol == whole.protocol).collect();
    match whole.protocol {
        Protocol::Tcp | Protocol::Udp => {}
        // Denying some types of ICMP leaves the others.
        Protocol::Icmp | Protocol::Icmpv6 => {
            let is_denied = |deny: &&Interval<'_>| {
                deny.from == -1 || (deny.from == whole.from && (deny.to == -1 || deny.to == whole.to))
            };
            return if denies.iter().any(is_denied) { Vec::new() } else { vec![whole] };
        }
        Protocol::All | Protocol::Other(_) => return if denies.is_empty() { vec![whole] } else { Vec::new() },
    }
    denies.sort_by_key(|deny| deny.from);
    let mut left = Vec::new();
    let mut next = whole.from;
    for deny in denies {
        if deny.from > deny.to || deny.to < next {
            continue;
        }
        if deny.from > whole.to {
            break;
        }
        if deny.from > next {
            left.push(Interval { from: next, to: deny.from - 1, ..whole });
        }
        next = deny.to.saturating_add(1);
    }
    if next <= whole.to {
        left.push(Interval { from: next, ..whole });
    }
    left
}
