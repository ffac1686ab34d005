//! Statuses, sets of them, and AWS's rules of combination lifted to sets.

use std::fmt;

/// What a rule or clause comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It does not apply.
    Skip,
}

/// A set of possible statuses. An outcome is never the empty set; more than one status means: unsure.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Statuses(u8);

impl Statuses {
    /// No status: the start of a union.
    pub(super) const NONE: Self = Self(0);
    /// Passes for sure.
    pub const PASS: Self = Self(1);
    /// Fails for sure.
    pub const FAIL: Self = Self(2);
    /// Does not apply for sure.
    pub const SKIP: Self = Self(4);
    /// Passes or fails.
    pub const PASS_OR_FAIL: Self = Self(3);

    /// The set of that status alone.
    #[must_use]
    pub fn of(status: Status) -> Self {
        match status {
            Status::Pass => Self::PASS,
            Status::Fail => Self::FAIL,
            Status::Skip => Self::SKIP,
        }
    }

    /// Whether `status` is possible.
    #[must_use]
    pub fn contains(self, status: Status) -> bool {
        self.0 & Self::of(status).0 != 0
    }

    /// Everything that is possible in one of the two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The same set without `status`.
    #[must_use]
    pub(super) fn without(self, status: Status) -> Self {
        Self(self.0 & !Self::of(status).0)
    }

    /// Whether more than one status is possible.
    #[must_use]
    pub fn is_unsure(self) -> bool {
        self.0.count_ones() > 1
    }

    /// The only possible status, or `None` when unsure.
    #[must_use]
    pub fn sure(self) -> Option<Status> {
        if self.is_unsure() { None } else { self.iter().next() }
    }

    /// The possible statuses: pass, fail, skip.
    pub fn iter(self) -> impl Iterator<Item = Status> {
        [Status::Pass, Status::Fail, Status::Skip].into_iter().filter(move |status| self.contains(*status))
    }

    /// The set of what `change` makes of each.
    #[must_use]
    pub(super) fn map(self, change: impl Fn(Status) -> Status) -> Self {
        self.iter().fold(Self::NONE, |set, status| set.union(Self::of(change(status))))
    }

    /// Pass and fail exchanged.
    #[must_use]
    pub(super) fn inverted(self) -> Self {
        self.map(|status| match status {
            Status::Pass => Status::Fail,
            Status::Fail => Status::Pass,
            Status::Skip => Status::Skip,
        })
    }

    fn is_subset_of(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

impl fmt::Debug for Statuses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

/// The unknowns that an answer hangs on, by their number in one evaluation. Only the first 128 have a number: beyond
/// that an answer is still unsure, but does not name them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hinges(pub(super) u128);

impl Hinges {
    pub(super) const NONE: Self = Self(0);

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A set of possible statuses and what the choice among them hangs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) statuses: Statuses,
    pub(super) hinges: Hinges,
}

impl Verdict {
    pub(super) fn sure(statuses: Statuses) -> Self {
        Self { statuses, hinges: Hinges::NONE }
    }
}

/// Counts the parts of a whole: values of a query, clauses of a block, alternatives of a disjunction.
///
/// Each part has a set of possible statuses, and may itself be uncertain to be there. The result holds every status
/// that some choice of parts and statuses gives under AWS's rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    some_part_may: Statuses,
    sure_parts: bool,
    every_sure_part_may_not_fail: bool,
    every_sure_part_may_not_pass: bool,
    every_sure_part_may_skip: bool,
    hinges: Hinges,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            some_part_may: Statuses::NONE,
            sure_parts: false,
            every_sure_part_may_not_fail: true,
            every_sure_part_may_not_pass: true,
            every_sure_part_may_skip: true,
            hinges: Hinges::NONE,
        }
    }

    /// Counts one part; `maybe` says that it may not be there.
    pub(super) fn add(&mut self, statuses: Statuses, maybe: bool, hinges: Hinges) {
        self.some_part_may = self.some_part_may.union(statuses);
        if !maybe {
            self.sure_parts = true;
            self.every_sure_part_may_not_fail &= !statuses.is_subset_of(Statuses::FAIL);
            self.every_sure_part_may_not_pass &= !statuses.is_subset_of(Statuses::PASS);
            self.every_sure_part_may_skip &= statuses.contains(Status::Skip);
        }
        if maybe || statuses.is_unsure() {
            self.hinges = self.hinges.union(hinges);
        }
    }

    /// Whether it is possible that no part is there.
    pub(super) fn may_be_nothing(&self) -> bool {
        !self.sure_parts
    }

    /// A fail beats a pass beats a skip; nothing at all gives `nothing`.
    pub(super) fn all(&self, nothing: Statuses) -> Verdict {
        let mut result = if self.may_be_nothing() { nothing } else { Statuses::NONE };
        if self.some_part_may.contains(Status::Fail) {
            result = result.union(Statuses::FAIL);
        }
        if self.some_part_may.contains(Status::Pass) && self.every_sure_part_may_not_fail {
            result = result.union(Statuses::PASS);
        }
        self.finish(result)
    }

    /// A pass beats a fail beats a skip; nothing at all gives `nothing`.
    pub(super) fn any(&self, nothing: Statuses) -> Verdict {
        let mut result = if self.may_be_nothing() { nothing } else { Statuses::NONE };
        if self.some_part_may.contains(Status::Pass) {
            result = result.union(Statuses::PASS);
        }
        if self.some_part_may.contains(Status::Fail) && self.every_sure_part_may_not_pass {
            result = result.union(Statuses::FAIL);
        }
        self.finish(result)
    }

    fn finish(&self, result: Statuses) -> Verdict {
        let mut result = result;
        if self.some_part_may.contains(Status::Skip) && self.every_sure_part_may_skip {
            result = result.union(Statuses::SKIP);
        }
        Verdict { statuses: result, hinges: if result.is_unsure() { self.hinges } else { Hinges::NONE } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(parts: &[(Statuses, bool)]) -> Tally {
        let mut tally = Tally::new();
        for (statuses, maybe) in parts {
            tally.add(*statuses, *maybe, Hinges::NONE);
        }
        tally
    }

    /// Every set that the lifted rules give, against trying out all choices.
    #[test]
    fn lifting_is_trying_out_every_choice() {
        let sets: Vec<Statuses> = (1..8).map(Statuses).collect();
        let choices = |set: Statuses, maybe: bool| {
            let mut choices: Vec<Option<Status>> = set.iter().map(Some).collect();
            if maybe {
                choices.push(None);
            }
            choices
        };
        let fold = |parts: &[Option<Status>], first: Status, second: Status| {
            let there: Vec<Status> = parts.iter().flatten().copied().collect();
            if there.is_empty() {
                return Statuses::SKIP;
            }
            let found = [first, second].into_iter().find(|status| there.contains(status)).unwrap_or(Status::Skip);
            Statuses::of(found)
        };
        for a in &sets {
            for b in &sets {
                for (maybe_a, maybe_b) in [(false, false), (true, false), (true, true)] {
                    let (mut all, mut any) = (Statuses::NONE, Statuses::NONE);
                    for x in choices(*a, maybe_a) {
                        for y in choices(*b, maybe_b) {
                            all = all.union(fold(&[x, y], Status::Fail, Status::Pass));
                            any = any.union(fold(&[x, y], Status::Pass, Status::Fail));
                        }
                    }
                    let lifted = tally(&[(*a, maybe_a), (*b, maybe_b)]);
                    assert_eq!(lifted.all(Statuses::SKIP).statuses, all, "{a:?} {maybe_a} {b:?} {maybe_b}");
                    assert_eq!(lifted.any(Statuses::SKIP).statuses, any, "{a:?} {maybe_a} {b:?} {maybe_b}");
                }
            }
        }
    }
}
