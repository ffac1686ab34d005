//! Whether something is reached from the internet, and by which steps.

use crate::value::{Kind, Pending, Shape, Unknown, Value, Via, ViaKind, World};

use super::identity::{Named, names, referent};
use super::model::Graph;
use super::origin::Origin;
use super::port_filter::Ports;
use super::read::{Fields, Read, text, unknown, unknown_reference};
use super::truth::Truth;

/// One step on the way from the internet to a resource.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    /// The resource that the step passes.
    pub(super) resource: usize,
    /// A short sentence.
    pub(super) text: &'a str,
    /// The text that decides it.
    pub(super) origin: Origin<'a>,
}

impl<'a> Step<'a> {
    /// The step that passes a resource, in a short sentence, by the text that decides it.
    pub(super) fn new(world: &World<'a, '_>, resource: usize, text: &str, origin: Origin<'a>) -> Self {
        Self { resource, text: world.arena.alloc_str(text), origin }
    }
}

/// Whether something is reached.
#[derive(Clone, Debug)]
pub(super) struct Reach<'a> {
    pub(super) truth: Truth<'a>,
    /// The way, from the internet on; what is known of it where it is unsure, nothing where there is none.
    pub(super) steps: Vec<Step<'a>>,
    /// The ports by which it is reached, with whether that is certain.
    pub(super) ports: Vec<(Ports, Truth<'a>)>,
    /// The text of the resource itself that decides, where there is one.
    pub(super) decisive: Option<Value<'a>>,
}

impl<'a> Reach<'a> {
    /// It is not.
    pub(super) fn no() -> Self {
        Self { truth: Truth::No, steps: Vec::new(), ports: Vec::new(), decisive: None }
    }

    /// It is not, and this is why.
    pub(super) fn no_because(decisive: Value<'a>) -> Self {
        Self { decisive: Some(decisive), ..Self::no() }
    }

    /// Nothing in the template decides it.
    pub(super) fn unsure(unknown: &'a Unknown<'a>, decisive: Option<Value<'a>>) -> Self {
        Self { truth: Truth::Unsure(unknown), decisive, ..Self::no() }
    }

    /// It is, by one step and at these ports.
    pub(super) fn yes(step: Step<'a>, ports: &[Ports], decisive: Option<Value<'a>>) -> Self {
        let ports = ports.iter().map(|ports| (*ports, Truth::Yes)).collect();
        Self { truth: Truth::Yes, steps: vec![step], ports, decisive }
    }

    /// The same with another step at its end, if it is reached at all.
    pub(super) fn then(mut self, step: Step<'a>) -> Self {
        if !self.truth.is_no() {
            self.steps.push(step);
        }
        self
    }

    /// Reached one way or another: the surer one is told.
    pub(super) fn or(self, other: Self) -> Self {
        match (self.truth, other.truth) {
            (Truth::Yes, _) | (_, Truth::No) => {
                let decisive = self.decisive.or(other.decisive);
                Self { decisive, ..self }
            }
            (Truth::Unsure(_), Truth::Unsure(_)) => self,
            (Truth::No, _) | (Truth::Unsure(_), Truth::Yes) => other,
        }
    }

    /// Reached only where `condition` holds too.
    pub(super) fn only_if(self, condition: Truth<'a>) -> Self {
        match self.truth.and(condition) {
            Truth::No => Self { decisive: self.decisive, ..Self::no() },
            truth => Self { truth, ..self },
        }
    }

    /// The steps as facts show them.
    pub(super) fn show_steps(&self, graph: &'a Graph<'a>, world: &World<'a, '_>) -> Vec<Value<'a>> {
        let show = |step: &Step<'a>| {
            let id = graph.resource(step.resource).map_or("", |resource| resource.logical_id);
            let mut fields = Fields::default();
            fields.push("Id", step.origin.node(world, Kind::String(id)));
            fields.push("Type", step.origin.node(world, Kind::String(graph.type_of(step.resource))));
            fields.push("Step", step.origin.node(world, Kind::String(step.text)));
            fields.finish(world, step.origin)
        };
        self.steps.iter().map(show).collect()
    }
}

/// The sources of a fact that follows from steps: each step, and before it what its text came through.
pub(super) fn via<'a>(world: &World<'a, '_>, steps: &[Step<'a>]) -> Option<&'a Via<'a>> {
    let mut chain: Option<&'a Via<'a>> = None;
    for step in steps {
        let mut sources = Vec::new();
        let mut source = step.origin.via();
        while let Some(via) = source {
            sources.push(via);
            source = via.next;
        }
        for via in sources.into_iter().rev() {
            chain = Some(world.arena.alloc(Via { next: chain, ..*via }));
        }
        let kind = ViaKind::Step(step.text);
        let (place, document) = (step.origin.place(), step.origin.document());
        chain = Some(world.arena.alloc(Via { kind, place, document, next: chain }));
    }
    chain
}

/// What a property that should name a resource names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'a> {
    /// This resource of the template.
    Here(usize),
    /// Something else.
    Elsewhere(&'a Unknown<'a>),
}

/// The resource of a type that a forced value names, by reference or by the name under the property `name`.
pub(super) fn target<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    value: Value<'a>,
    target_type: &str,
    name: Option<&str>,
) -> Result<Target<'a>, Pending> {
    match referent(graph, world, value, target_type)? {
        Some(Named::Resource(resource)) => return Ok(Target::Here(resource)),
        Some(Named::Open(unknown)) => return Ok(Target::Elsewhere(unknown)),
        Some(Named::Nothing) => {
            return Ok(Target::Elsewhere(match value.kind {
                Kind::Reference(reference) => unknown_reference(world, reference),
                _ => elsewhere(world, value),
            }));
        }
        None => {}
    }
    if name.is_some() {
        for candidate in graph.of_type(target_type) {
            if let Truth::Yes = names(graph, world, value, candidate, name)? {
                return Ok(Target::Here(candidate));
            }
        }
    }
    Ok(Target::Elsewhere(elsewhere(world, value)))
}

/// What is named by a value that names nothing of this template.
fn elsewhere<'a>(world: &World<'a, '_>, value: Value<'a>) -> &'a Unknown<'a> {
    match text(world, value) {
        Read::Known(text) => unknown(world, &format!("`{text}`, which is not in this template"), Shape::Any),
        Read::Unknown(unknown) => unknown,
        Read::Missing => unknown(world, "something that is not given", Shape::Any),
    }
}
