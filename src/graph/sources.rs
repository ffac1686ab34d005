//! Which resources may name which: indexes, so that a resource need not look through all that could name it or that it
//! could name.

use std::cell::OnceCell;

use crate::value::{Choices, Kind, Pending, Value, World};

use super::identity::{NAMES, Named, referent, spelled_names, values_at};
use super::linked::{name_of, named_by};
use super::model::Graph;
use super::read::{Read, child, text};
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
        let mut settled =
            rest.iter().take_while(move |(other, _)| *other == target).map(|(_, source)| *source).peekable();
        let mut open = self.open.iter().copied().peekable();
        std::iter::from_fn(move || match (settled.peek(), open.peek()) {
            (Some(first), Some(second)) if first < second => settled.next(),
            (Some(_), None) => settled.next(),
            _ => open.next(),
        })
    }
}

/// The resources of one type, by the names that they are given.
#[derive(Debug)]
pub(super) struct Targets<'a> {
    resource_type: &'static str,
    name: Option<&'static str>,
    /// All.
    all: &'a [usize],
    /// Whether the rest is made.
    is_indexed: bool,
    /// (name, resource) of those whose names are known whatever is chosen, sorted.
    named: &'a [(&'a str, usize)],
    /// Those whose names are not all known.
    open: &'a [usize],
    next: Option<&'a Targets<'a>>,
}

impl<'a> Targets<'a> {
    /// Those that a forced value which is no reference may name, in source order; it certainly names none of the others.
    pub(super) fn that_may_be(&self, value: Value<'a>) -> Vec<usize> {
        let Kind::String(text) = value.kind else { return self.all.to_vec() };
        if !self.is_indexed {
            return self.all.to_vec();
        }
        let mut found = self.open.to_vec();
        for name in spelled_names(text) {
            let start = self.named.partition_point(|(other, _)| *other < name);
            let rest = self.named.get(start..).unwrap_or_default();
            found.extend(rest.iter().take_while(|(other, _)| *other == name).map(|(_, target)| *target));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl<'a> Graph<'a> {
    /// The targets of a role, of which at most `limit` are looked at.
    pub(super) fn targets_of(&'a self, role: &'static Role, limit: usize) -> &'a Targets<'a> {
        let mut next = self.targets.get();
        while let Some(known) = next {
            if known.resource_type == role.target && known.name == name_of(role) {
                return known;
            }
            next = known.next;
        }
        let made = &*self.arena().alloc(self.make_targets(role, limit));
        self.targets.set(Some(made));
        made
    }

    fn make_targets(&'a self, role: &'static Role, limit: usize) -> Targets<'a> {
        let arena = self.arena();
        let all: Vec<usize> = self.of_type(role.target).take(limit).collect();
        let all = &*arena.alloc_slice_copy(&all);
        let name = name_of(role);
        let next = self.targets.get();
        let plain = Targets { resource_type: role.target, name, all, is_indexed: false, named: &[], open: &[], next };
        if all.len() <= FEW {
            return plain;
        }
        let choices = Choices::default();
        let world = World { arena, choices: &choices };
        let (mut named, mut open) = (Vec::new(), Vec::new());
        for &target in all {
            match name.map_or(Ok(Some(Vec::new())), |name| self.settled_names(&world, target, name)) {
                Ok(Some(names)) => named.extend(names.into_iter().map(|name| (name, target))),
                Ok(None) | Err(Pending(_)) => open.push(target),
            }
        }
        named.sort_unstable();
        let (named, open) = (arena.alloc_slice_copy(&named), arena.alloc_slice_copy(&open));
        Targets { is_indexed: true, named, open, ..plain }
    }

    /// The names that a resource is given; `None` when they are not all known.
    fn settled_names(
        &'a self,
        world: &World<'a, '_>,
        target: usize,
        name: &str,
    ) -> Result<Option<Vec<&'a str>>, Pending> {
        let Some(found) = self.unconditional(world, target)? else { return Ok(Some(Vec::new())) };
        let mut names = Vec::new();
        for given in values_at(world, child(world, found, "Properties")?, name, NAMES)? {
            match text(world, given) {
                Read::Known(text) => names.push(text),
                Read::Unknown(_) => return Ok(None),
                Read::Missing => {}
            }
        }
        Ok(Some(names))
    }

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
