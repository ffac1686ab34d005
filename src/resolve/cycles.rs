//! Circles in a graph of names.

use std::collections::BTreeMap;

/// The circles of a graph, each as the names that reach each other, in order. Takes time in proportion to the graph.
pub(super) fn cycles<'a>(graph: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<Vec<&'a str>> {
    let names: Vec<&'a str> = graph.keys().copied().collect();
    let number: BTreeMap<&str, usize> = names.iter().enumerate().map(|(number, name)| (*name, number)).collect();
    let edges: Vec<Vec<usize>> =
        graph.values().map(|targets| targets.iter().filter_map(|name| number.get(name).copied()).collect()).collect();
    // Two passes: in the order in which nodes are left, then backwards along the edges.
    let forward = |node: usize| edges.get(node).map(Vec::as_slice).unwrap_or_default();
    let mut backwards = vec![Vec::new(); names.len()];
    for (from, targets) in edges.iter().enumerate() {
        for &to in targets {
            if let Some(sources) = backwards.get_mut(to) {
                sources.push(from);
            }
        }
    }
    let mut order = Vec::with_capacity(names.len());
    let mut seen = vec![false; names.len()];
    for start in 0..names.len() {
        visit(start, &mut seen, forward, |node| order.push(node));
    }
    let mut seen = vec![false; names.len()];
    let mut circles = Vec::new();
    for start in order.into_iter().rev() {
        let mut circle = Vec::new();
        visit(
            start,
            &mut seen,
            |node| backwards.get(node).map(Vec::as_slice).unwrap_or_default(),
            |node| circle.push(node),
        );
        let alone = circle.len() < 2 && !forward(start).contains(&start);
        if !circle.is_empty() && !alone {
            circle.sort_unstable();
            circles.push(circle.into_iter().filter_map(|node| names.get(node).copied()).collect::<Vec<_>>());
        }
    }
    circles.sort();
    circles
}

/// Visits what can be reached from `start` and has not been seen; `left` gets the nodes as they are left.
fn visit<'e>(start: usize, seen: &mut [bool], edges: impl Fn(usize) -> &'e [usize], mut left: impl FnMut(usize)) {
    let mut enter = |node: usize| seen.get_mut(node).is_some_and(|seen| !std::mem::replace(seen, true));
    if !enter(start) {
        return;
    }
    let mut path = vec![(start, 0)];
    while let Some((node, next)) = path.last_mut() {
        match edges(*node).get(*next) {
            Some(&target) => {
                *next += 1;
                if enter(target) {
                    path.push((target, 0));
                }
            }
            None => {
                left(*node);
                path.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn names_that_reach_each_other_are_one_circle() {
        let graph =
            [("a", vec!["b"]), ("b", vec!["c", "d"]), ("c", vec!["a"]), ("d", vec!["d"]), ("e", vec!["a", "x"])];
        assert_eq!(cycles(&graph.into()), [vec!["a", "b", "c"], vec!["d"]]);
        assert!(cycles(&[("a", vec!["b"]), ("b", vec![])].into()).is_empty());
    }
}
