//! What traffic a rule of a security group or a network ACL is about: protocol and ports.

use crate::value::{Shape, Unknown, Value, World};

use super::origin::Origin;
use super::read::{Fields, Read, integer, text, unknown};
use super::truth::Truth;

/// A value that is known, or the unknown that it hangs on, and the text that decides it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a, T> {
    /// The value.
    pub(super) value: Result<T, &'a Unknown<'a>>,
    /// What decides it.
    pub(super) origin: Origin<'a>,
}

/// The last port.
const LAST_PORT: i64 = 65_535;

/// A protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol<'a> {
    /// Any.
    All,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
    /// ICMP for IPv6.
    Icmpv6,
    /// Another, by its number. Such a rule opens all ports whatever it says of them.
    Other(&'a str),
}

impl<'a> Protocol<'a> {
    fn parse(world: &World<'a, '_>, text: &'a str) -> Self {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        match lower.as_str() {
            "-1" | "all" => Self::All,
            "6" | "tcp" => Self::Tcp,
            "17" | "udp" => Self::Udp,
            "1" | "icmp" => Self::Icmp,
            "58" | "icmpv6" => Self::Icmpv6,
            _ => Self::Other(world.arena.alloc_str(&lower)),
        }
    }

    /// Its name in facts.
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::All => "all",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
            Self::Other(number) => number,
        }
    }
}

/// Protocol and ports. For ICMP the bounds are type and code, -1 for any; for TCP and UDP an interval of ports; for the
/// others all ports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traffic<'a> {
    /// The protocol.
    pub(super) protocol: Part<'a, Protocol<'a>>,
    /// The first port.
    pub(super) from: Part<'a, i64>,
    /// The last port.
    pub(super) to: Part<'a, i64>,
}

/// The forced values that a rule's traffic is written in; for ICMP of an ACL the bounds are type and code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written<'a> {
    /// The protocol.
    pub(super) protocol: Value<'a>,
    /// The first port.
    pub(super) from: Value<'a>,
    /// The last port.
    pub(super) to: Value<'a>,
}

impl<'a> Traffic<'a> {
    /// The traffic that the values say, by EC2's reading of them.
    pub(super) fn read(world: &World<'a, '_>, written: Written<'a>) -> Self {
        let protocol = Part {
            value: match text(world, written.protocol) {
                Read::Known(text) => Ok(Protocol::parse(world, text)),
                Read::Unknown(unknown) => Err(unknown),
                Read::Missing => Err(unknown(world, "a missing protocol", Shape::Any)),
            },
            origin: Origin::of(written.protocol),
        };
        let whole = |from: i64, to: i64, from_origin: Origin<'a>, to_origin: Origin<'a>| Self {
            protocol,
            from: Part { value: Ok(from), origin: from_origin },
            to: Part { value: Ok(to), origin: to_origin },
        };
        let from = integer(world, written.from);
        let to = integer(world, written.to);
        let (from_origin, to_origin) = (Origin::of(written.from), Origin::of(written.to));
        match (protocol.value, from, to) {
            (Err(unknown), ..) => Self {
                protocol,
                from: Part { value: Err(unknown), origin: from_origin },
                to: Part { value: Err(unknown), origin: to_origin },
            },
            (Ok(Protocol::All | Protocol::Other(_)), ..) => whole(0, LAST_PORT, protocol.origin, protocol.origin),
            (Ok(Protocol::Tcp | Protocol::Udp), Read::Known(-1), _) => whole(0, LAST_PORT, from_origin, from_origin),
            (Ok(Protocol::Tcp | Protocol::Udp), _, Read::Known(-1)) => whole(0, LAST_PORT, to_origin, to_origin),
            (Ok(Protocol::Tcp | Protocol::Udp), Read::Missing, Read::Missing) => {
                whole(0, LAST_PORT, from_origin, to_origin)
            }
            (Ok(Protocol::Tcp | Protocol::Udp), from, to) => Self {
                protocol,
                from: Part { value: bound(world, from, "a missing first port"), origin: from_origin },
                to: Part { value: bound(world, to, "a missing last port"), origin: to_origin },
            },
            (Ok(Protocol::Icmp | Protocol::Icmpv6), from, to) => Self {
                protocol,
                from: Part { value: any_when_missing(from), origin: from_origin },
                to: Part { value: any_when_missing(to), origin: to_origin },
            },
        }
    }

    /// Whether it is about all ports.
    pub(super) fn all_ports(&self) -> Truth<'a> {
        match self.protocol.value {
            Err(unknown) => Truth::Unsure(unknown),
            Ok(Protocol::All | Protocol::Other(_)) => Truth::Yes,
            Ok(Protocol::Icmp | Protocol::Icmpv6) => Truth::No,
            Ok(Protocol::Tcp | Protocol::Udp) => {
                at_most(self.from.value, Ok(0)).and(at_most(Ok(LAST_PORT), self.to.value))
            }
        }
    }

    /// Whether it is about nothing: a first port above the last one.
    pub(super) fn is_empty(&self) -> bool {
        matches!(
            (self.protocol.value, self.from.value, self.to.value),
            (Ok(Protocol::Tcp | Protocol::Udp), Ok(from), Ok(to)) if from > to
        )
    }

    /// Whether it is about at least what `other` is about.
    pub(super) fn covers(&self, other: &Self) -> Truth<'a> {
        match (self.protocol.value, other.protocol.value) {
            (Ok(Protocol::All), _) => Truth::Yes,
            (Err(unknown), _) => Truth::Unsure(unknown),
            (Ok(_), Err(unknown)) => Truth::Unsure(unknown),
            (Ok(left), Ok(right)) if left != right => Truth::No,
            (Ok(Protocol::Other(_)), Ok(_)) => Truth::Yes,
            (Ok(Protocol::Tcp | Protocol::Udp), Ok(_)) => {
                let lower = match self.from.value {
                    Ok(..=0) => Truth::Yes,
                    from => at_most(from, other.from.value),
                };
                let upper = match self.to.value {
                    Ok(LAST_PORT..) => Truth::Yes,
                    to => at_most(other.to.value, to),
                };
                lower.and(upper)
            }
            (Ok(Protocol::Icmp | Protocol::Icmpv6), Ok(_)) => match self.from.value {
                Ok(-1) => Truth::Yes,
                from => equal(from, other.from.value).and(match self.to.value {
                    Ok(-1) => Truth::Yes,
                    to => equal(to, other.to.value),
                }),
            },
        }
    }

    /// What makes two rules about the same traffic, where all of it is known.
    pub(super) fn key(&self) -> Option<(Protocol<'a>, i64, i64)> {
        Some((self.protocol.value.ok()?, self.from.value.ok()?, self.to.value.ok()?))
    }

    /// The keys `Protocol`, `FromPort`, `ToPort` and `AllPorts` of a rule. The bounds of ICMP, which are no ports, are
    /// given as -1; `IcmpType` has its type, -1 for any.
    pub(super) fn push(&self, world: &World<'a, '_>, fields: &mut Fields<'a>) {
        let protocol = match self.protocol.value {
            Ok(protocol) => self.protocol.origin.text(world, protocol.name()),
            Err(unknown) => self.protocol.origin.unknown(world, unknown),
        };
        fields.push("Protocol", protocol);
        let is_icmp = matches!(self.protocol.value, Ok(Protocol::Icmp | Protocol::Icmpv6));
        for (key, part) in [("FromPort", self.from), ("ToPort", self.to)] {
            let value = match part.value {
                _ if is_icmp => part.origin.integer(world, -1),
                Ok(port) => part.origin.integer(world, port),
                Err(unknown) => part.origin.unknown(world, unknown),
            };
            fields.push(key, value);
        }
        fields.push("AllPorts", self.from.origin.truth(world, self.all_ports()));
        if is_icmp {
            let icmp_type = match self.from.value {
                Ok(number) => self.from.origin.integer(world, number),
                Err(unknown) => self.from.origin.unknown(world, unknown),
            };
            fields.push("IcmpType", icmp_type);
        }
    }
}

fn bound<'a>(world: &World<'a, '_>, read: Read<'a, i64>, missing: &str) -> Result<i64, &'a Unknown<'a>> {
    match read {
        Read::Known(port) => Ok(port),
        Read::Unknown(unknown) => Err(unknown),
        Read::Missing => Err(unknown(world, missing, Shape::Any)),
    }
}

fn any_when_missing<'a>(read: Read<'a, i64>) -> Result<i64, &'a Unknown<'a>> {
    match read {
        Read::Known(number) => Ok(number),
        Read::Unknown(unknown) => Err(unknown),
        Read::Missing => Ok(-1),
    }
}

fn at_most<'a>(left: Result<i64, &'a Unknown<'a>>, right: Result<i64, &'a Unknown<'a>>) -> Truth<'a> {
    match (left, right) {
        (Ok(left), Ok(right)) => (left <= right).into(),
        (Err(unknown), _) | (_, Err(unknown)) => Truth::Unsure(unknown),
    }
}

fn equal<'a>(left: Result<i64, &'a Unknown<'a>>, right: Result<i64, &'a Unknown<'a>>) -> Truth<'a> {
    match (left, right) {
        (Ok(left), Ok(right)) => (left == right).into(),
        (Err(unknown), _) | (_, Err(unknown)) => Truth::Unsure(unknown),
    }
}
