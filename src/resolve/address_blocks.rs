//! `Fn::Cidr`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bumpalo::collections::Vec as BumpVec;

use crate::text::Span;
use crate::value::{Kind, Shape, Value};

use super::resolver::{At, Resolver};

impl<'a> Resolver<'a> {
    /// What `Fn::Cidr` gives.
    pub(super) fn address_blocks(&'a self, arguments: [Value<'a>; 3], place: Span, at: At<'a>) -> Value<'a> {
        let [block, count, bits] = arguments;
        let (Some(block_text), Some(count_text), Some(bits_text)) =
            (self.text_of(block), self.text_of(count), self.text_of(bits))
        else {
            let open = arguments.into_iter().find(|argument| self.text_of(argument).is_none()).unwrap_or(block);
            return self.dependent("`Fn::Cidr`", open, Shape::List, place, at);
        };
        let Some(blocks) = address_blocks(block_text, count_text, bits_text) else {
            return self.unknown("`Fn::Cidr` with arguments that it does not take", Shape::List, place, at);
        };
        let via = self.joined_via(&arguments);
        let items =
            blocks.iter().map(|block| self.node(Kind::String(self.arena.alloc_str(block)), place, at.path, via));
        let items = BumpVec::from_iter_in(items, self.arena).into_bump_slice();
        self.node(Kind::List(items), place, at.path, via)
    }
}

/// The first `count` blocks of `block` that leave `bits` bits to the host; `None` for arguments that do not fit.
pub(super) fn address_blocks(block: &str, count: &str, bits: &str) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let address: IpAddr = address.trim().parse().ok()?;
    let prefix: u32 = prefix.trim().parse().ok()?;
    let count: u128 = count.trim().parse().ok().filter(|count| (1..=256).contains(count))?;
    let bits: u32 = bits.trim().parse().ok().filter(|bits| *bits >= 1)?;
    let (width, number): (u32, u128) = match address {
        IpAddr::V4(address) => (32, u128::from(u32::from(address))),
        IpAddr::V6(address) => (128, u128::from(address)),
    };
    // `bits` counts the host part: it must fit between the block's own prefix and the end.
    let host = width.checked_sub(prefix)?;
    let subnet = host.checked_sub(bits)?;
    if subnet < 9 && count > 1 << subnet {
        return None;
    }
    let network = number.checked_shr(host).and_then(|number| number.checked_shl(host)).unwrap_or(0);
    let step = 1_u128.checked_shl(bits).unwrap_or(0);
    (0..count)
        .map(|index| {
            let start = network.checked_add(index.checked_mul(step)?)?;
            let prefix = width - bits;
            Some(match address {
                IpAddr::V4(_) => format!("{}/{prefix}", Ipv4Addr::from(u32::try_from(start).ok()?)),
                IpAddr::V6(_) => format!("{}/{prefix}", Ipv6Addr::from(start)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::address_blocks;

    #[test]
    fn blocks_follow_each_other_from_the_start_of_the_network() {
        let blocks = |block, count, bits| address_blocks(block, count, bits).map(|blocks| blocks.join(" "));
        assert_eq!(blocks("10.0.3.7/16", "2", "8").as_deref(), Some("10.0.0.0/24 10.0.1.0/24"));
        assert_eq!(blocks("2001:db8::/56", "2", "64").as_deref(), Some("2001:db8::/64 2001:db8:0:1::/64"));
        assert_eq!(blocks("0.0.0.0/0", "1", "32").as_deref(), Some("0.0.0.0/0"));
        assert_eq!(blocks("::/0", "1", "128").as_deref(), Some("::/0"));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (block, count, bits) in [
            ("10.0.0.0/24", "300", "4"),
            ("10.0.0.0/24", "17", "4"),
            ("10.0.0.0/24", "1", "16"),
            ("10.0.0.0/33", "1", "1"),
        ] {
            assert_eq!(address_blocks(block, count, bits), None, "{block}");
        }
        for block in ["10.0.0.0", "text/8", "10.0.0.0/-1", ""] {
            assert_eq!(address_blocks(block, "1", "4"), None, "{block}");
        }
    }
}
