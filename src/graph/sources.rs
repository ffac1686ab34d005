//! Which resources may name which: an index, so that a resource need not look through all that could name it.

use std::cell::OnceCell;

use crate::value::{Choices, Kind, Pending, World};

use super::identity::{Named, referent};
use super::linked::{name_of, named_by};
use super::model::Graph;
use super::roles::{ROLES, Role, Tied};

/// So many resources are looked through as fast as an index is made.
const FEW: usize = 8;

/// The resources that are the sources of one role.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    /// (target, source) of those that name resources of this template and nothing else whatever is chosen, sorted.
    settled: &'a [(usize, usize)],
    /// All others, in source order.
    open: &'a [usize],
    /// The first that is not looked at because there are too many.
    pub(super) beyond: Option<usize>,
}

impl<'a> Sources<'a> {
    /// The sources that may name that target, in source order; the others certainly name other things.
    pub(super) fn that_may_name(&self, target: usize) -> impl Iterator<Item = usize> + use<'a> {
        let start = self.settled.partition_point(|(other, _)| *other < target);
        let rest = self.settled.get(start..).unwrap_or_default();
        let mut settled = rest.iter().take_while(move |(other, _)| *other == target).map(|(_, source)| *source).peekable();
        let mut open = self.open.iter().copied().peekable();
        std::iter::from_fn(move || match (settled.peek(), open.peek()) {
            (Some(first), Some(second)) if first < second => settled.next(),
            (Some(_), None) => settled.next(),
            _ => open.next(),
        })
    }
}

impl<'a> Graph<'a> {
    /// The sources of a role, of which at most `limit` are looked at.
    pub(super) fn sources_of(&'a self, tied: &Tied, limit: usize) -> &'a Sources<'a> {
        let all = self.sources.get_or_init(|| {
            let cells = ROLES.iter().map(|_| OnceCell::new()).collect::<Vec<_>>();
            self.arena().alloc_slice_fill_iter(cells)
        });
        let make = || &*self.arena().alloc(self.make_sources(tied.role, limit));
        match all.get(tied.number) {
            Some(cell) => cell.get_or_init(make),
            None => make(),
        }
    }

    fn make_sources(&'a self, role: &'static Role, limit: usize) -> Sources<'a> {
        let beyond = self.of_type(role.source).nth(limit);
        let sources: Vec<usize> = self.of_type(role.source).take(limit).collect();
        if sources.len() <= FEW {
            return Sources { settled: &[], open: self.arena().alloc_slice_copy(&sources), beyond };
        }
        // What is known before anything is chosen, no choice changes.
        let choices = Choices::default();
        let world = World { arena: self.arena(), choices: &choices };
        let (mut settled, mut open) = (Vec::new(), Vec::new());
        for source in sources {
            match self.settled_targets(&world, source, role) {
                Ok(Some(targets)) => settled.extend(targets.into_iter().map(|target| (target, source))),
                Ok(None) | Err(Pending(_)) => open.push(source),
            }
        }
        settled.sort_unstable();
        settled.dedup();
        let arena = self.arena();
        Sources { settled: arena.alloc_slice_copy(&settled), open: arena.alloc_slice_copy(&open), beyond }
    }

    /// The targets that a source names; `None` when something else than a resource of this template decides that.
    fn settled_targets(
        &'a self,
        world: &World<'a, '_>,
        source: usize,
        role: &Role,
    ) -> Result<Option<Vec<usize>>, Pending> {
        let Some(value) = self.unconditional(world, source)? else { return Ok(Some(Vec::new())) };
        if !matches!(value.kind, Kind::Map(_)) {
            return Ok(None);
        }
        let mut targets = Vec::new();
        for value in named_by(world, value, role)? {
            match referent(self, world, value, role.target)? {
                Some(Named::Resource(target)) => targets.push(target),
                Some(Named::Nothing) => {}
                // What is not known by a name is not named by a text.
                None if name_of(role).is_none() && matches!(value.kind, Kind::String(_)) => {}
                Some(Named::Open(_)) | None => return Ok(None),
            }
        }
        Ok(Some(targets))
    }
}
