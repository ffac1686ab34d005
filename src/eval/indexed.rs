//! A document whose resources are found by their type.
//!
//! Nearly every query begins with `Resources.*[ Type == 'x' ]`. With the types worked out once for each document such a
//! query looks only at the resources that it selects, and a rule whose conditions ask for a type that is not there is
//! skipped at a glance.

use std::collections::HashMap;

use bumpalo::Bump;

use crate::value::{Choices, Entry, Kind, Map, Value, World};

/// A document with its resources by type.
#[derive(Debug)]
pub struct Indexed<'a> {
    root: Value<'a>,
    inventory: Option<Inventory<'a>>,
}

/// The resources of a document by their type.
#[derive(Debug)]
pub(super) struct Inventory<'a> {
    sections: Map<'a>,
    resources: Map<'a>,
    /// Numbers of resources, in source order.
    by_type: HashMap<&'a str, Vec<usize>>,
    /// Resources whose type is not plain to see: they may be of any.
    odd: Vec<usize>,
}

impl<'a> Indexed<'a> {
    /// A document as it is; its resources are not indexed, which is best for those with a single one.
    #[must_use]
    pub fn plain(root: Value<'a>) -> Self {
        Self { root, inventory: None }
    }

    /// Works out which types its resources have.
    #[must_use]
    pub fn new(root: Value<'a>, arena: &'a Bump) -> Self {
        // What is found without choosing anything holds whatever is chosen.
        let choices = Choices::default();
        let world = World { arena, choices: &choices };
        let Ok(root) = world.force(root) else { return Self::plain(root) };
        let inventory = Inventory::new(root, &world, |_, resource| {
            let Kind::Map(map) = world.force(resource).ok()?.kind else { return None };
            match world.force(map.get("Type")?.value).ok()?.kind {
                Kind::String(text) => Some(text),
                _ => None,
            }
        });
        Self { root, inventory }
    }

    /// A document of whose resources the types are known: those of `types`, one for each entry of `Resources`.
    #[must_use]
    pub fn with_types(root: Value<'a>, types: &[&'a str], arena: &'a Bump) -> Self {
        let choices = Choices::default();
        let world = World { arena, choices: &choices };
        let Ok(root) = world.force(root) else { return Self::plain(root) };
        let inventory = Inventory::new(root, &world, |number, _| types.get(number).copied());
        Self { root, inventory }
    }

    /// The document.
    #[must_use]
    pub fn root(&self) -> Value<'a> {
        self.root
    }

    pub(super) fn inventory(&self) -> Option<&Inventory<'a>> {
        self.inventory.as_ref()
    }
}

impl<'a> Inventory<'a> {
    fn new(
        root: Value<'a>,
        world: &World<'a, '_>,
        mut type_of: impl FnMut(usize, Value<'a>) -> Option<&'a str>,
    ) -> Option<Self> {
        let Kind::Map(sections) = root.kind else { return None };
        let Kind::Map(resources) = world.force(sections.get("Resources")?.value).ok()?.kind else { return None };
        let mut by_type: HashMap<&'a str, Vec<usize>> = HashMap::new();
        let mut odd = Vec::new();
        for (number, entry) in resources.entries().iter().enumerate() {
            match type_of(number, entry.value) {
                Some(resource_type) => by_type.entry(resource_type).or_default().push(number),
                None => odd.push(number),
            }
        }
        Some(Self { sections, resources, by_type, odd })
    }

    /// Whether `entries` are the resources.
    pub(super) fn is_of(&self, map: Map<'a>) -> bool {
        std::ptr::eq(self.resources.entries(), map.entries())
    }

    /// Whether no resource can be of one of the types.
    pub(super) fn lacks(&self, types: &[String]) -> bool {
        self.odd.is_empty() && types.iter().all(|each| !self.by_type.contains_key(each.as_str()))
    }

    /// Whether the document has no section of exactly that name.
    pub(super) fn lacks_section(&self, name: &str) -> bool {
        self.sections.get(name).is_none()
    }

    /// The resources that can be of one of the types, in source order, with their numbers.
    pub(super) fn candidates(&self, types: &[String]) -> Vec<(usize, &'a Entry<'a>)> {
        let of_types = types.iter().filter_map(|each| self.by_type.get(each.as_str())).flatten();
        let mut numbers: Vec<usize> = of_types.chain(&self.odd).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let entries = self.resources.entries();
        numbers.into_iter().filter_map(|number| Some((number, entries.get(number)?))).collect()
    }

    /// The resources that are not among `numbers`, which are sorted.
    pub(super) fn others(&self, numbers: &[(usize, &'a Entry<'a>)]) -> impl Iterator<Item = &'a Entry<'a>> {
        let entries = self.resources.entries().iter().enumerate();
        let other = |number: usize| numbers.binary_search_by_key(&number, |(number, _)| *number).is_err();
        entries.filter(move |(number, _)| other(*number)).map(|(_, entry)| entry)
    }
}
