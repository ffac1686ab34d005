//! Which word did somebody mean?

/// The candidate that looks most like a misspelt word; `None` when none looks like it.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let close = word.chars().count().div_ceil(3);
    let scored = candidates.into_iter().map(|candidate| (edit_distance(word, candidate), candidate));
    scored.filter(|(distance, _)| *distance <= close).min().map(|(_, candidate)| candidate)
}

/// The number of insertions, removals and replacements between two texts. Only the first hundred characters of each are
/// looked at.
#[must_use]
pub fn edit_distance(left: &str, right: &str) -> usize {
    const LONGEST: usize = 100;
    let right: Vec<char> = right.chars().take(LONGEST).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.chars().take(LONGEST).enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        let mut next = vec![before];
        for (b, &above) in right.iter().zip(row.iter().skip(1)) {
            let cost = diagonal + usize::from(a != *b);
            before = cost.min(above + 1).min(before + 1);
            diagonal = above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_counts_single_edits() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("same", "same"), 0);
    }

    #[test]
    fn only_a_word_that_looks_like_it_is_meant() {
        assert_eq!(closest("ingore", ["owner", "ignore"]), Some("ignore"));
        assert_eq!(closest("see", ["owner", "ignore"]), None);
    }
}
