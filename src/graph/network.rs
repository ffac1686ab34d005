//! Networks: blocks of IPv4 or IPv6 addresses, parsed from any spelling, compared as numbers and never as text.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Which kind of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    /// 32 bits.
    Ipv4,
    /// 128 bits.
    Ipv6,
}

impl Family {
    /// The family's name in facts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }

    fn width(self) -> u8 {
        match self {
            Self::Ipv4 => 32,
            Self::Ipv6 => 128,
        }
    }

    fn last(self) -> u128 {
        match self {
            Self::Ipv4 => u128::from(u32::MAX),
            Self::Ipv6 => u128::MAX,
        }
    }
}

/// A block of addresses: a prefix with its host bits cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Network {
    family: Family,
    first: u128,
    prefix: u8,
}

impl Network {
    /// All addresses of a family.
    pub(super) fn everything(family: Family) -> Self {
        Self { family, first: 0, prefix: 0 }
    }

    /// The network that a text such as `10.1.2.3/8` or `0::/0` spells, host bits cleared as EC2 clears them. `None`
    /// for anything else, a bare address included.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.trim().split_once('/')?;
        let prefix = decimal(prefix)?;
        let (family, bits) = match address.parse::<Ipv6Addr>() {
            Ok(address) => (Family::Ipv6, u128::from(address)),
            Err(_) => (Family::Ipv4, u128::from(u32::from(dotted(address)?))),
        };
        if prefix > family.width() {
            return None;
        }
        let first = bits & !host_mask(family.width() - prefix);
        Some(Self { family, first, prefix })
    }

    /// Which kind of addresses it holds.
    pub(super) fn family(self) -> Family {
        self.family
    }

    /// The length of its prefix in bits.
    pub(super) fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether it holds all addresses of its family.
    pub(super) fn is_everything(self) -> bool {
        self.prefix == 0
    }

    /// Whether it holds every address of `other`.
    pub(super) fn contains(self, other: Self) -> bool {
        self.family == other.family
            && self.prefix <= other.prefix
            && self.first <= other.first
            && other.first <= self.last()
    }

    /// Its first address.
    pub(super) fn first(self) -> u128 {
        self.first
    }

    /// Its last address.
    pub(super) fn last(self) -> u128 {
        self.first | host_mask(self.family.width() - self.prefix)
    }
}

impl fmt::Display for Network {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.family {
            Family::Ipv4 => {
                let address = Ipv4Addr::from(u32::try_from(self.first).unwrap_or_default());
                write!(formatter, "{address}/{}", self.prefix)
            }
            Family::Ipv6 => write!(formatter, "{}/{}", Ipv6Addr::from(self.first), self.prefix),
        }
    }
}

/// How many more networks it takes at least, beside `networks`, to hold all addresses of `family`: 0 when they
/// hold all together. Networks of the other family do not count.
pub(super) fn missing_networks(family: Family, networks: &[Network]) -> usize {
    let mut sorted: Vec<Network> = networks.iter().copied().filter(|network| network.family == family).collect();
    sorted.sort_unstable();
    let mut missing = 0;
    let mut next = 0;
    for network in sorted {
        if network.first > next {
            missing += blocks_between(next, network.first - 1);
        }
        let last = network.last();
        if last == family.last() {
            return missing;
        }
        next = next.max(last + 1);
    }
    missing + blocks_between(next, family.last())
}

/// The smallest number of blocks whose union is exactly `first..=last`.
fn blocks_between(first: u128, last: u128) -> usize {
    let mut count = 0;
    let mut first = first;
    while first <= last {
        let aligned = first.trailing_zeros().min(127);
        // A block of 2^size addresses must start on a multiple of its size and end at or before `last`. The 2^128
        // addresses of all of IPv6 count as two blocks here, where one would do: no harm, and no overflow.
        let room = (last - first).checked_add(1).map_or(127, u128::ilog2);
        let size = aligned.min(room);
        count += 1;
        match first.checked_add(1_u128 << size) {
            Some(next) => first = next,
            None => break,
        }
    }
    count
}

fn host_mask(bits: u8) -> u128 {
    match bits {
        128.. => u128::MAX,
        bits => (1_u128 << bits) - 1,
    }
}

/// A number of one to three decimal digits that fits in a byte.
fn decimal(text: &str) -> Option<u8> {
    if text.is_empty() || text.len() > 3 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// A dotted address. Leading zeros are read as decimal: `000.000.000.000` must not pass for a text of another kind.
fn dotted(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.').map(decimal);
    let address = Ipv4Addr::new(parts.next()??, parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap_or_else(|| panic!("{text} is a network"))
    }

    #[test]
    fn every_spelling_of_the_whole_internet_is_everything() {
        for text in ["0.0.0.0/0", "1.2.3.4/0", "000.0.0.0/0", " 0.0.0.0/0 ", "255.255.255.255/00"] {
            assert_eq!(network(text), Network::everything(Family::Ipv4), "{text}");
        }
        for text in
            ["::/0", "::0/0", "0::/0", "0:0:0:0:0:0:0:0/0", "0000:0000::0000/0", "2001:db8::1/0", "::ffff:1.2.3.4/0"]
        {
            assert_eq!(network(text), Network::everything(Family::Ipv6), "{text}");
        }
    }

    #[test]
    fn host_bits_are_cleared_and_ipv6_is_compressed() {
        assert_eq!(network("10.1.2.3/8").to_string(), "10.0.0.0/8");
        assert_eq!(network("2001:0DB8:0:0:0:0:0:1/32").to_string(), "2001:db8::/32");
        assert_eq!(network("10.0.0.1/32").to_string(), "10.0.0.1/32");
        assert_eq!(network("::1/128").to_string(), "::1/128");
    }

    #[test]
    fn what_is_not_a_network_is_refused() {
        for text in
            ["", "/", "/0", "0.0.0.0", "0.0.0/0", "0.0.0.0.0/0", "0.0.0.256/8", "10.0.0.0/33", "::/129", "::/-1"]
        {
            assert_eq!(Network::parse(text), None, "{text}");
        }
        for text in ["::/", "::/+0", "10.0.0.0/8/8", "sg-123/0", "fe80::1%eth0/64", "0x0.0.0.0/0", "٠.0.0.0/0"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_network_contains_itself_and_what_is_inside() {
        assert!(network("10.0.0.0/8").contains(network("10.2.0.0/16")));
        assert!(network("10.0.0.0/8").contains(network("10.0.0.0/8")));
        assert!(!network("10.0.0.0/8").contains(network("11.0.0.0/16")));
        assert!(!network("10.0.0.0/16").contains(network("10.0.0.0/8")));
        assert!(!network("::/0").contains(network("10.0.0.0/8")));
        assert!(network("::/0").contains(network("ffff::/16")));
    }

    #[test]
    fn missing_networks_are_counted_exactly() {
        let count = |family, texts: &[&str]| {
            missing_networks(family, &texts.iter().map(|text| network(text)).collect::<Vec<_>>())
        };
        assert_eq!(count(Family::Ipv4, &["0.0.0.0/1", "128.0.0.0/1"]), 0);
        assert_eq!(count(Family::Ipv4, &["128.0.0.0/1", "0.0.0.0/1", "10.0.0.0/8"]), 0);
        assert_eq!(count(Family::Ipv4, &["0.0.0.0/1"]), 1);
        assert_eq!(count(Family::Ipv4, &["10.0.0.0/8"]), 8);
        assert_eq!(count(Family::Ipv4, &["::/0"]), 1);
        assert_eq!(count(Family::Ipv6, &["::/1", "8000::/1"]), 0);
        assert_eq!(count(Family::Ipv6, &["::/1"]), 1);
        assert_eq!(count(Family::Ipv6, &["::/2", "c000::/2"]), 2);
        assert_eq!(count(Family::Ipv6, &["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"]), 128);
        assert_eq!(count(Family::Ipv4, &["0.0.0.0/32", "255.255.255.255/32"]), 62);
    }
}
