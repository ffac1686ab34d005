//! The keys of large mappings in order, so that looking one up does not go through all of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::document::{Document, Pair, Stored};

/// For each large mapping, by the range of its pairs: the numbers of those that count, sorted by key. Made when one is first
/// looked into; whoever changes a document takes it away.
#[derive(Debug, Default)]
pub(super) struct LargeMappings {
    made: OnceLock<HashMap<(u32, u32), Vec<u32>>>,
}

impl LargeMappings {
    /// Mappings with so many pairs are looked through as fast.
    pub(super) const SMALL: u32 = 24;

    /// The first pair of that key, of the mapping with those pairs.
    pub(super) fn get(&self, document: &Document<'_>, range: (u32, u32), key: &str) -> Option<Pair> {
        let sorted = self.made.get_or_init(|| sorted(document)).get(&range)?;
        let pair = |number: &u32| document.pairs.get(*number as usize).copied();
        let text = |number: &u32| pair(number).and_then(|pair| document.text(pair.key));
        let at = sorted.partition_point(|number| text(number) < Some(key));
        let number = sorted.get(at)?;
        pair(number).filter(|_| text(number) == Some(key))
    }
}

/// What is derived from the rest of a document is no part of what it is.
impl Clone for LargeMappings {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for LargeMappings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LargeMappings {}

fn sorted(document: &Document<'_>) -> HashMap<(u32, u32), Vec<u32>> {
    let mut all = HashMap::new();
    for data in &document.nodes {
        let Stored::Mapping { start, end } = data.stored else { continue };
        if end.saturating_sub(start) <= LargeMappings::SMALL {
            continue;
        }
        let pair = |number: &u32| document.pairs.get(*number as usize);
        let mut numbers: Vec<u32> = (start..end).filter(|number| pair(number).is_some_and(|pair| !pair.dead)).collect();
        // Pairs of one key stay in source order.
        numbers.sort_by_key(|number| pair(number).and_then(|pair| document.text(pair.key)));
        all.insert((start, end), numbers);
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Hint, read};

    #[test]
    fn the_keys_of_a_large_mapping_are_found_as_those_of_a_small_one() {
        for count in [3, 24, 25, 200] {
            let pairs: String = (0..count).map(|number| format!("k{number}: {number}\n")).collect();
            let text = format!("{pairs}k1: again\nlast: x\n");
            let document = read(&text, Hint::Yaml).document;
            let root = document.root().unwrap();
            let get = |key: &str| document.get(root, key).and_then(|pair| document.text(pair.value));
            assert_eq!((get("k0"), get("k1"), get("k2"), get("last")), (Some("0"), Some("again"), Some("2"), Some("x")));
            assert_eq!((get("k"), get("k9999"), get("")), (None, None, None));
        }
    }

    #[test]
    fn a_mapping_that_is_changed_has_its_new_keys() {
        let text: String = (0..100).map(|number| format!("k{number}: {number}\n")).collect();
        let mut document = read(&text, Hint::Yaml).document;
        let root = document.root().unwrap();
        let pairs: Vec<_> = document.pairs(root).collect();
        assert!(document.get(root, "k50").is_some());
        document.set_pairs(root, &pairs[60..]);
        assert!(document.get(root, "k50").is_none());
        assert!(document.get(root, "k70").is_some());
    }
}
