//! Sets of addresses of one family, and how much of the internet they hold.

use super::network::{Family, Network};

/// Networks that nobody on the internet has: private, shared, local, multicast and reserved ones.
const NOT_PUBLIC: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "224.0.0.0/3",
];

/// The IPv6 addresses that the internet uses.
const GLOBAL_IPV6: &str = "2000::/3";

/// A set of addresses: sorted intervals, bounds included, that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    intervals: Vec<(u128, u128)>,
}

impl Addresses {
    /// All addresses of a family.
    pub(super) fn everything(family: Family) -> Self {
        Self::of(&[Network::everything(family)], family)
    }

    /// The addresses of those networks that are of a family.
    pub(super) fn of(networks: &[Network], family: Family) -> Self {
        let of_family = networks.iter().filter(|network| network.family() == family);
        Self::joined(of_family.map(|network| (network.first(), network.last())).collect())
    }

    fn joined(mut intervals: Vec<(u128, u128)>) -> Self {
        intervals.sort_unstable();
        let mut joined: Vec<(u128, u128)> = Vec::with_capacity(intervals.len());
        for (first, last) in intervals {
            match joined.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
                _ => joined.push((first, last)),
            }
        }
        Self { intervals: joined }
    }

    /// Those in one of the two.
    pub(super) fn or(&self, other: &Self) -> Self {
        Self::joined(self.intervals.iter().chain(&other.intervals).copied().collect())
    }

    /// Those in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        let (mut left, mut right) = (self.intervals.iter().peekable(), other.intervals.iter().peekable());
        while let (Some(&&(left_first, left_last)), Some(&&(right_first, right_last))) = (left.peek(), right.peek()) {
            let (first, last) = (left_first.max(right_first), left_last.min(right_last));
            if first <= last {
                found.push((first, last));
            }
            if left_last <= right_last {
                left.next();
            } else {
                right.next();
            }
        }
        Self { intervals: found }
    }

    /// Those of this set that are not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut found = Vec::new();
        let mut cuts = other.intervals.iter().peekable();
        for &(first, last) in &self.intervals {
            let mut next = Some(first);
            while let (Some(start), Some(&&(cut_first, cut_last))) = (next, cuts.peek()) {
                if cut_first > last {
                    break;
                }
                if cut_last >= start {
                    if cut_first > start {
                        found.push((start, cut_first - 1));
                    }
                    next = cut_last.checked_add(1).filter(|start| *start <= last);
                }
                if cut_last > last {
                    break;
                }
                cuts.next();
            }
            found.extend(next.filter(|start| *start <= last).map(|start| (start, last)));
        }
        Self { intervals: found }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Whether it holds so much of the internet that no network of one owner is meant: more public IPv4 addresses than
    /// a /8 has, or a public IPv6 block of /16.
    pub(super) fn is_internet(&self, family: Family) -> bool {
        let public = match family {
            Family::Ipv4 => {
                let private: Vec<Network> = NOT_PUBLIC.iter().filter_map(|text| Network::parse(text)).collect();
                self.without(&Self::of(&private, family))
            }
            Family::Ipv6 => match Network::parse(GLOBAL_IPV6) {
                Some(global) => self.and(&Self::of(&[global], family)),
                None => self.clone(),
            },
        };
        let least = match family {
            Family::Ipv4 => (1 << 24) + 1,
            Family::Ipv6 => 1 << 112,
        };
        let count = |(first, last): &(u128, u128)| (last - first).saturating_add(1);
        public.intervals.iter().map(count).fold(0_u128, u128::saturating_add) >= least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> Addresses {
        let networks: Vec<Network> = texts.iter().map(|text| Network::parse(text).unwrap()).collect();
        let family = networks.first().map_or(Family::Ipv4, |network| network.family());
        Addresses::of(&networks, family)
    }

    #[test]
    fn sets_are_joined_met_and_cut() {
        let all = Addresses::everything(Family::Ipv4);
        assert_eq!(set(&["0.0.0.0/1", "128.0.0.0/1"]), all);
        assert_eq!(set(&["0.0.0.0/1"]).or(&set(&["128.0.0.0/1"])), all);
        assert_eq!(all.without(&set(&["0.0.0.0/1"])), set(&["128.0.0.0/1"]));
        assert_eq!(all.without(&all), Addresses::default());
        assert_eq!(set(&["10.0.0.0/8"]).and(&set(&["10.1.0.0/16", "11.0.0.0/8"])), set(&["10.1.0.0/16"]));
        let middle = set(&["0.0.0.0/2", "128.0.0.0/2"]).without(&set(&["16.0.0.0/4", "32.0.0.0/4", "144.0.0.0/4"]));
        assert_eq!(middle, set(&["0.0.0.0/4", "48.0.0.0/4", "128.0.0.0/4", "160.0.0.0/3"]));
        assert_eq!(Addresses::everything(Family::Ipv6).without(&set(&["::/1"])), set(&["8000::/1"]));
        assert!(set(&["10.0.0.0/8"]).without(&all).is_empty());
    }

    #[test]
    fn the_internet_is_more_than_one_owner_has() {
        for (texts, expected) in [
            (&["0.0.0.0/0"] as &[&str], true),
            (&["0.0.0.0/1"], true),
            (&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], false),
            (&["9.0.0.0/8"], false),
            (&["52.0.0.0/8", "54.0.0.0/8"], true),
            (&["203.0.113.0/24"], false),
            (&["::/0"], true),
            (&["fc00::/7"], false),
            (&["2001:db8::/32"], false),
            (&["2600::/12"], true),
        ] {
            let family = if texts[0].contains(':') { Family::Ipv6 } else { Family::Ipv4 };
            assert_eq!(set(texts).is_internet(family), expected, "{texts:?}");
        }
        assert!(!Addresses::default().is_internet(Family::Ipv4));
    }
}
