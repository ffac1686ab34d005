//! What security groups and a network ACL let in from the internet together, port by port.
//!
//! Both are turned into openings: a protocol, an interval of ports, addresses, and whether all of it is certain. The
//! bounds of all intervals cut the ports into pieces on which nothing changes; on each piece the sets of addresses
//! that certainly, and that possibly, get through both filters are worked out.

use crate::value::{Unknown, World};

use super::addresses::Addresses;
use super::cidr::Networks;
use super::network::Family;
use super::network_acl::{Action, MaybeEntry};
use super::origin::Origin;
use super::read::unknown;
use super::security_group::Rule;
use super::traffic::{Protocol, Traffic};
use super::truth::Truth;

/// The last port.
pub(super) const LAST_PORT: i64 = 65_535;

/// How many openings of one resource are looked at.
const OPENINGS: usize = 512;

/// The protocols by which services are reached.
const PROTOCOLS: [Protocol<'static>; 2] = [Protocol::Tcp, Protocol::Udp];

/// Ports of one protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ports {
    pub(super) protocol: Protocol<'static>,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Ports {
    /// One TCP port.
    pub(super) fn tcp(port: i64) -> Self {
        Self { protocol: Protocol::Tcp, from: port, to: port }
    }

    /// All ports that services are reached at.
    pub(super) fn all() -> Vec<Self> {
        PROTOCOLS.iter().map(|&protocol| Self { protocol, from: 0, to: LAST_PORT }).collect()
    }
}

/// A part of a filter that lets traffic in or stops it.
#[derive(Clone, Debug)]
pub(super) struct Opening<'a> {
    /// The text that decides it.
    pub(super) origin: Origin<'a>,
    protocol: Truth<'a>,
    from: i64,
    to: i64,
    /// What makes it unsure as a whole or in its ports.
    unsure: Option<&'a Unknown<'a>>,
    /// `None` for addresses that are not known.
    addresses: Option<Addresses>,
    /// For an ACL: what it does and when it is tried, where known.
    action: Option<Action>,
    number: Option<i64>,
}

/// What a filter is made of, for one family and protocol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Filter<'a> {
    /// Lets everything in.
    Open,
    /// Not known.
    Unknown(&'a Unknown<'a>),
    /// One of the rules of these groups lets it in.
    Groups { groups: &'a [&'a [Rule<'a>]], unsure: Option<&'a Unknown<'a>> },
    /// The first of these that matches decides.
    Acl { entries: &'a [MaybeEntry<'a>], otherwise: Action },
}

/// A piece of the ports and what gets through there.
#[derive(Clone, Debug)]
pub(super) struct Passage<'a> {
    pub(super) ports: Ports,
    /// Whether the internet gets through.
    pub(super) open: Truth<'a>,
    /// The texts that let it in: in the groups, in the ACL.
    pub(super) by: [Option<Origin<'a>>; 2],
}

/// The pieces of `wanted` ports on which the internet gets, or may get, through both filters.
pub(super) fn passages<'a>(
    world: &World<'a, '_>,
    groups: &Filter<'a>,
    acl: &Filter<'a>,
    family: Family,
    wanted: &[Ports],
) -> Vec<Passage<'a>> {
    let mut found = Vec::new();
    for protocol in PROTOCOLS {
        let wanted: Vec<&Ports> = wanted.iter().filter(|ports| ports.protocol == protocol).collect();
        if wanted.is_empty() {
            continue;
        }
        let (groups, acl) = (Side::of(world, groups, family, protocol), Side::of(world, acl, family, protocol));
        let mut starts: Vec<i64> = vec![0, LAST_PORT + 1];
        for ports in &wanted {
            starts.extend([ports.from, ports.to.saturating_add(1)]);
        }
        for opening in groups.openings.iter().chain(&acl.openings) {
            starts.extend([opening.from, opening.to.saturating_add(1)]);
        }
        starts.retain(|start| (0..=LAST_PORT + 1).contains(start));
        starts.sort_unstable();
        starts.dedup();
        for (from, next) in starts.iter().zip(starts.iter().skip(1)) {
            let is_wanted = wanted.iter().any(|ports| ports.from <= *from && *from <= ports.to);
            if is_wanted {
                let ports = Ports { protocol, from: *from, to: next - 1 };
                found.extend(passage(&groups, &acl, family, ports));
            }
        }
    }
    join(found)
}

fn passage<'a>(groups: &Side<'a>, acl: &Side<'a>, family: Family, ports: Ports) -> Option<Passage<'a>> {
    let (left, right) = (groups.at(ports.from, family), acl.at(ports.from, family));
    let by = [left.by, right.by];
    if left.certain.and(&right.certain).is_internet(family) {
        return Some(Passage { ports, open: Truth::Yes, by });
    }
    let unknown = left.unsure.or(right.unsure)?;
    let possible = left.possible.and(&right.possible).is_internet(family);
    possible.then_some(Passage { ports, open: Truth::Unsure(unknown), by })
}

/// Neighbours for the same reason are one.
fn join(pieces: Vec<Passage<'_>>) -> Vec<Passage<'_>> {
    let mut joined: Vec<Passage<'_>> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last)
                if last.ports.protocol == piece.ports.protocol
                    && last.ports.to + 1 == piece.ports.from
                    && matches!((last.open, piece.open), (Truth::Yes, Truth::Yes)) =>
            {
                last.ports.to = piece.ports.to;
            }
            _ => joined.push(piece),
        }
    }
    joined
}

/// One filter for one family and protocol.
struct Side<'a> {
    openings: Vec<Opening<'a>>,
    /// For an ACL, what happens when nothing matches; `None` for groups.
    otherwise: Option<Action>,
    unsure: Option<&'a Unknown<'a>>,
}

/// What gets through at one port.
struct Through<'a> {
    certain: Addresses,
    possible: Addresses,
    unsure: Option<&'a Unknown<'a>>,
    by: Option<Origin<'a>>,
}

impl<'a> Side<'a> {
    fn of(world: &World<'a, '_>, filter: &Filter<'a>, family: Family, protocol: Protocol<'static>) -> Self {
        let mut side = Self { openings: Vec::new(), otherwise: None, unsure: None };
        match filter {
            Filter::Open => side.otherwise = Some(Action::Allow),
            Filter::Unknown(unknown) => side.unsure = Some(unknown),
            Filter::Groups { groups, unsure } => {
                side.unsure = *unsure;
                for rule in
                    groups.iter().copied().flatten().filter(|rule| rule.family().is_none_or(|own| own == family))
                {
                    side.push(opening(rule.origin, &rule.traffic, &rule.networks, family, protocol));
                }
            }
            Filter::Acl { entries, otherwise } => {
                side.otherwise = Some(*otherwise);
                for (entry, belongs) in *entries {
                    if entry.family().is_some_and(|own| own != family) {
                        continue;
                    }
                    let found = opening(entry.origin, &entry.traffic, &entry.networks, family, protocol);
                    side.push(found.map(|found| Opening {
                        unsure: found.unsure.or(match belongs {
                            Truth::Unsure(unknown) => Some(unknown),
                            _ => entry.action.value.err().or(entry.number.value.err()),
                        }),
                        action: entry.action.value.ok(),
                        number: entry.number.value.ok(),
                        ..found
                    }));
                }
                side.openings.sort_by_key(|opening| opening.number);
            }
        }
        if side.openings.len() > OPENINGS {
            side.openings.clear();
            side.otherwise = None;
            side.unsure = Some(unknown(world, "too many rules", crate::value::Shape::Any));
        }
        side
    }

    fn push(&mut self, opening: Option<Opening<'a>>) {
        self.openings.extend(opening);
    }

    fn at(&self, port: i64, family: Family) -> Through<'a> {
        let matching = self.openings.iter().filter(|opening| opening.from <= port && port <= opening.to);
        let everything = Addresses::everything(family);
        let mut through = Through {
            certain: Addresses::default(),
            possible: if self.unsure.is_some() { everything.clone() } else { Addresses::default() },
            unsure: self.unsure,
            by: None,
        };
        match self.otherwise {
            None => {
                for opening in matching {
                    through.allow(opening, &everything, &Addresses::default(), &Addresses::default());
                }
            }
            Some(otherwise) => {
                // Denied for sure, and perhaps. An entry that may come first may deny everything behind it.
                let (mut denied, mut perhaps) = (Addresses::default(), Addresses::default());
                let unnumbered = |opening: &&Opening<'a>| opening.number.is_none();
                for opening in
                    matching.clone().filter(unnumbered).filter(|opening| opening.action != Some(Action::Allow))
                {
                    perhaps = perhaps.or(opening.addresses.as_ref().unwrap_or(&everything));
                    through.unsure = through.unsure.or(opening.unsure);
                }
                for opening in matching {
                    let addresses = opening.addresses.as_ref().unwrap_or(&everything);
                    if opening.action != Some(Action::Deny) {
                        through.allow(opening, &everything, &denied, &perhaps);
                    }
                    if opening.action != Some(Action::Allow) {
                        perhaps = perhaps.or(addresses);
                        if opening.is_certain() {
                            denied = denied.or(addresses);
                        } else {
                            through.unsure = through.unsure.or(opening.unsure);
                        }
                    }
                }
                if otherwise == Action::Allow {
                    through.certain = through.certain.or(&everything.without(&perhaps));
                    through.possible = through.possible.or(&everything.without(&denied));
                }
            }
        }
        through
    }
}

impl<'a> Through<'a> {
    fn allow(&mut self, opening: &Opening<'a>, everything: &Addresses, denied: &Addresses, perhaps: &Addresses) {
        let addresses = opening.addresses.as_ref().unwrap_or(everything);
        self.possible = self.possible.or(&addresses.without(denied));
        if opening.is_certain() {
            let certain = addresses.without(perhaps);
            if self.by.is_none() && !certain.is_empty() {
                self.by = Some(opening.origin);
            }
            self.certain = self.certain.or(&certain);
        } else {
            self.by = self.by.or(Some(opening.origin));
            self.unsure = self.unsure.or(opening.unsure);
        }
    }
}

impl Opening<'_> {
    fn is_certain(&self) -> bool {
        self.unsure.is_none() && matches!(self.protocol, Truth::Yes) && self.addresses.is_some()
    }
}

/// What a rule opens of a protocol; `None` when nothing.
fn opening<'a>(
    origin: Origin<'a>,
    traffic: &Traffic<'a>,
    networks: &Networks<'a>,
    family: Family,
    protocol: Protocol<'static>,
) -> Option<Opening<'a>> {
    let (is_meant, whole) = match traffic.protocol.value {
        Ok(Protocol::All) => (Truth::Yes, true),
        Ok(other) if other == protocol => (Truth::Yes, false),
        Ok(_) => return None,
        Err(unknown) => (Truth::Unsure(unknown), false),
    };
    let (from, to) = if whole { (Ok(0), Ok(LAST_PORT)) } else { (traffic.from.value, traffic.to.value) };
    let mut unsure = match is_meant {
        Truth::Unsure(unknown) => Some(unknown),
        _ => None,
    };
    unsure = unsure.or(from.err()).or(to.err());
    let (from, to) = (from.unwrap_or(0), to.unwrap_or(LAST_PORT));
    if from > to {
        return None;
    }
    let addresses = match networks {
        Networks::Narrow => return None,
        Networks::Known(networks) => {
            let addresses = Addresses::of(networks, family);
            if addresses.is_empty() {
                return None;
            }
            Some(addresses)
        }
        Networks::Unknown(unknown) => {
            unsure = unsure.or(Some(unknown));
            None
        }
    };
    Some(Opening { origin, protocol: is_meant, from, to, unsure, addresses, action: None, number: None })
}
