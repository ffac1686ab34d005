//! A template worked out, and the stacks below it.

use bumpalo::Bump;

use crate::graph::{Authored, Graph, Resource};
use crate::resolve::{Nested, ResolvedResource, Resolver};
use crate::value::Value;

use super::roots::Roots;

/// A template, worked out.
pub(super) struct Model<'a> {
    pub(super) arena: &'a Bump,
    pub(super) resources: &'a [ResolvedResource<'a>],
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) graph: &'a Graph<'a>,
    pub(super) roots: Roots<'a>,
}

impl<'a> Model<'a> {
    /// The model of what `resolver` works out; `None` for a template without a root.
    pub(super) fn of(arena: &'a Bump, resolver: &'a Resolver<'a>) -> Option<Self> {
        let template = resolver.template();
        let root = template.root?;
        let resolved = resolver.resources();
        let resources = resolved.iter().map(|one| Resource {
            logical_id: one.entry.named.name,
            resource_type: one.entry.resource_type,
            value: one.value,
            unconditional: one.unconditional,
            key_place: one.entry.named.name_span,
        });
        let hidden = template.parameters.iter().filter(|one| one.no_echo).map(|one| one.named.name);
        let hidden_parameters = arena.alloc_slice_copy(&hidden.collect::<Vec<_>>());
        let authored = Authored { text: template.document.source(), hidden_parameters };
        let graph = Graph::new(arena, arena.alloc_slice_fill_iter(resources), authored);
        let roots = Roots::new(arena, template.document, resolved, root);
        Some(Self { arena, resolver, graph, resources: resolved, roots })
    }

    /// The whole template as rules see it.
    pub(super) fn resolved(&self) -> Value<'a> {
        self.roots.resolved(self.graph).root()
    }
}

/// A stack that is deployed below a template.
pub(super) struct Deployed<'a> {
    pub(super) nested: Nested<'a>,
    /// The number of the file that deploys it.
    pub(super) around: usize,
    /// The way to it, for people.
    pub(super) way: String,
}

/// The stacks below `root`, which is the template of the file `name`: each before those below it.
pub(super) fn deployed<'a>(root: &'a Resolver<'a>, name: &str) -> Vec<Deployed<'a>> {
    let mut all = Vec::new();
    let mut open = vec![(root, 0, format!("`{name}`"))];
    while let Some((resolver, around, way)) = open.pop() {
        let below = resolver.nested_stacks().iter().map(|nested| {
            let way = format!("{way} > `{}`", nested.entry.named.name);
            Deployed { nested: *nested, around, way }
        });
        let below: Vec<Deployed<'a>> = below.collect();
        open.extend(below.iter().rev().map(|one| (one.nested.resolver, one.nested.member, one.way.clone())));
        all.extend(below);
    }
    all
}
