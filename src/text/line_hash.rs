//! How GitHub knows a line when those around it move: a hash of the line and what follows it.

use std::collections::HashMap;

/// The UTF-16 units that one hash covers.
const WINDOW: usize = 100;
/// The base of the polynomial, which is taken modulo 2^64.
const BASE: u64 = 37;
/// Stands for the end of the text.
const END: u16 = u16::MAX;
/// The unit that a line break is, whatever it is in the text.
const LINE_FEED: u16 = 0x0a;

/// For each line of the text the hash that GitHub's upload action computes for `primaryLocationLineHash`: 16 or fewer
/// hexadecimal digits, a colon, and how many lines up to this one have the same hash.
///
/// It covers the first hundred units from the line's start that are no spaces and tabs. A text ends with one more line,
/// which is empty when the text ends with a line break.
#[must_use]
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len() + 1);
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let folded = after_return && unit == LINE_FEED;
        after_return = unit == 0x0d;
        match unit {
            0x20 | 0x09 => {}
            0x0d => units.push(LINE_FEED),
            _ if folded => {}
            _ => units.push(unit),
        }
    }
    units.push(END);
    let starts = units.iter().enumerate().filter(|(_, unit)| **unit == LINE_FEED).map(|(index, _)| index + 1);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    std::iter::once(0)
        .chain(starts)
        .map(|start| {
            let covered = units.iter().skip(start).copied().chain(std::iter::repeat(0)).take(WINDOW);
            let hash = covered.fold(0_u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit)));
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes that the action's authors publish with it.
    #[test]
    fn the_hashes_are_those_of_the_upload_action() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
        assert_eq!(
            line_hashes(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n"),
            [
                "e9496ae3ebfced30:1",
                "fb7c023a8b9ccb3f:1",
                "ce8ba1a563dcdaca:1",
                "e20e36e16fcb0cc8:1",
                "b3edc88f2938467e:1",
                "c8e28b0b4002a3a0:1",
                "c129715d7a2bc9a3:1"
            ]
        );
        let lines = line_hashes(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lines[5], "a7f2ff13bc495cf2:6");
        assert_eq!(
            lines[6..],
            [
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1"
            ]
        );
    }
}
