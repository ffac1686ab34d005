//! The plan of an expansion: which resources there will be.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use bumpalo::collections::Vec as BumpVec;

use crate::diag::as_count;
use crate::template::{Named, ResourceEntry};
use crate::text::Span;
use crate::value::{Deferred, Entry, Kind, Map, Path, Pending, Segment, Value, World};

use super::PropertyType;
use super::events::Event;
use super::make::{Fields, Made, Maker};
use super::part::{Part, below};
use super::{At, ResolvedResource, Resolver};
use super::{api, connectors, function, globals, http_api, simple, state_machine};

/// What SAM makes of a template.
pub struct Expansion<'a> {
    generated: &'a [&'a Generated<'a>],
    /// Name and type, sorted by name.
    by_name: &'a [(&'a str, &'static str)],
    /// `(logical id, property)` of a SAM resource and the generated resource that `!Ref Id.Property` stands for, sorted.
    properties: &'a [((&'a str, &'a str), &'a str)],
}

/// A resource that SAM makes.
struct Generated<'a> {
    entry: ResourceEntry<'a>,
    conditions: Conditions<'a>,
    make: &'a dyn Fn() -> Fields<'a>,
    body: OnceCell<Value<'a>>,
}

/// When a generated resource exists.
#[derive(Clone, Copy, Default)]
pub(super) struct Conditions<'a> {
    /// One of these holds; empty for always.
    pub(super) any: &'a [&'a str],
    /// This property is left out.
    pub(super) unless: Option<Part<'a>>,
}

/// A SAM resource.
#[derive(Clone, Copy)]
pub(super) struct Cause<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    pub(super) entry: ResourceEntry<'a>,
    /// Its properties, `Globals` merged in.
    pub(super) properties: Part<'a>,
    pub(super) conditions: Conditions<'a>,
}

impl<'a> Cause<'a> {
    pub(super) fn name(self) -> &'a str {
        self.entry.named.name
    }

    pub(super) fn get(self, key: &str) -> Option<Part<'a>> {
        self.properties.get(key)
    }

    /// A name made of pieces.
    pub(super) fn id(self, pieces: &[&str]) -> &'a str {
        self.resolver.arena.alloc_str(&pieces.concat())
    }

    /// Those properties that are there, under their own names.
    pub(super) fn pass(self, keys: &[&'static str]) -> Fields<'a> {
        keys.iter().filter_map(|&key| Some((key, Made::Part(self.get(key)?)))).collect()
    }
}

/// Collects the resources of an expansion.
pub(super) struct Planner<'a> {
    pub(super) resolver: &'a Resolver<'a>,
    /// The calls of APIs that functions and state machines answer, in source order.
    pub(super) routes: Vec<Route<'a>>,
    generated: Vec<&'a Generated<'a>>,
    by_name: BTreeMap<&'a str, &'static str>,
    properties: BTreeMap<(&'a str, &'a str), &'a str>,
}

/// An API's call that a function answers.
#[derive(Clone, Copy)]
pub(super) struct Route<'a> {
    pub(super) event: Event<'a>,
    /// Which API; `None` for the one that SAM makes.
    pub(super) api: Option<Part<'a>>,
    /// Whether that is an HTTP API.
    pub(super) http: bool,
    /// Whether a function answers, which the API must be allowed to call.
    pub(super) is_function: bool,
}

impl<'a> Route<'a> {
    /// The API that it names.
    pub(super) fn api_name(&self) -> Option<&'a str> {
        let api = self.api?;
        api.referenced().or_else(|| api.text())
    }
}

impl<'a> Planner<'a> {
    /// Adds a resource, unless there is one of that name already.
    pub(super) fn add(
        &mut self,
        cause: Cause<'a>,
        name: &'a str,
        resource_type: &'static str,
        properties: impl Fn() -> Fields<'a> + 'a,
    ) {
        if self.by_name.contains_key(name) || self.is_full(cause) {
            return;
        }
        let arena = self.resolver.arena;
        let named = Named { name, ..cause.entry.named };
        let entry = ResourceEntry { named, resource_type, condition: cause.entry.condition };
        let make = arena.alloc(properties);
        self.generated.push(arena.alloc(Generated {
            entry,
            conditions: cause.conditions,
            make,
            body: OnceCell::new(),
        }));
        self.by_name.insert(name, resource_type);
    }

    /// Whether no more resources are made, nor routes that may become some; that one is wanted for `cause` is then noted.
    fn is_full(&self, cause: Cause<'a>) -> bool {
        let is_full = self.generated.len().max(self.routes.len()) >= as_count(self.resolver.limits().sam_resources);
        if is_full {
            self.resolver.reach("sam-resources", Some(cause.entry.named.name_span));
        }
        is_full
    }

    /// Adds a call of an API.
    pub(super) fn add_route(&mut self, route: Route<'a>) {
        if !self.is_full(route.event.cause) {
            self.routes.push(route);
        }
    }

    /// Makes `!Ref id.property` stand for a generated resource.
    pub(super) fn name_property(&mut self, id: &'a str, property: &'static str, generated: &'a str) {
        self.properties.insert((id, property), generated);
    }

    /// A map of `Globals`, such as `Api`.
    pub(super) fn global(&self, section: &'static str) -> Option<Part<'a>> {
        globals::section(self.resolver, section)
    }

    /// The SAM resource of that name, `Globals` merged in.
    pub(super) fn cause(&self, entry: &ResourceEntry<'a>) -> Cause<'a> {
        cause(self.resolver, entry)
    }
}

fn cause<'a>(resolver: &'a Resolver<'a>, entry: &ResourceEntry<'a>) -> Cause<'a> {
    let document = resolver.template.document;
    let path = resource_path(resolver, entry.named.name, entry.named.name_span);
    let properties = match document.get(entry.named.node, "Properties") {
        Some(pair) => {
            let path = below(resolver, path, Segment::Key("Properties"), document.span(pair.key));
            Part::written(resolver, pair.value, path)
        }
        None => Part::empty(resolver, below(resolver, path, Segment::Key("Properties"), entry.named.name_span)),
    };
    let properties = globals::merged(resolver, entry, properties);
    let any: &'a [&'a str] = match entry.condition {
        Some((condition, _)) => resolver.arena.alloc_slice_copy(&[condition]),
        None => &[],
    };
    Cause { resolver, entry: *entry, properties, conditions: Conditions { any, unless: None } }
}

fn resource_path<'a>(resolver: &Resolver<'a>, name: &'a str, place: Span) -> &'a Path<'a> {
    let resources = below(resolver, resolver.root_path, Segment::Key("Resources"), Span::default());
    below(resolver, resources, Segment::Key(name), place)
}

impl<'a> Expansion<'a> {
    /// Plans the expansion of the resolver's template; empty for one without SAM resources.
    pub fn plan(resolver: &'a Resolver<'a>) -> Self {
        let mut planner = Planner {
            resolver,
            routes: Vec::new(),
            generated: Vec::new(),
            by_name: BTreeMap::new(),
            properties: BTreeMap::new(),
        };
        if resolver.template.has_serverless() {
            let (mut rest_apis, mut http_apis) = (Vec::new(), Vec::new());
            for entry in &resolver.template.resources {
                let Some(kind) = entry.resource_type.strip_prefix("AWS::Serverless::") else { continue };
                let cause = planner.cause(entry);
                match kind {
                    "Function" => function::plan(&mut planner, cause),
                    "SimpleTable" => simple::table(&mut planner, cause),
                    "LayerVersion" => simple::layer(&mut planner, cause),
                    "Application" => simple::application(&mut planner, cause),
                    "StateMachine" => state_machine::plan(&mut planner, cause),
                    "Api" => rest_apis.push(cause),
                    "HttpApi" => http_apis.push(cause),
                    _ => {}
                }
            }
            api::plan_all(&mut planner, &rest_apis);
            http_api::plan_all(&mut planner, &http_apis);
            for entry in &resolver.template.resources {
                if entry.resource_type == "AWS::Serverless::Connector" {
                    let cause = planner.cause(entry);
                    connectors::plan(&mut planner, cause);
                }
                let document = resolver.template.document;
                if let Some(pair) = document.get(entry.named.node, "Connectors") {
                    let path = resource_path(resolver, entry.named.name, entry.named.name_span);
                    let path = below(resolver, path, Segment::Key("Connectors"), document.span(pair.key));
                    let cause = planner.cause(entry);
                    connectors::plan_embedded(&mut planner, cause, Part::written(resolver, pair.value, path));
                }
            }
        }
        let generated = BumpVec::from_iter_in(planner.generated, resolver.arena).into_bump_slice();
        // In the arena, as nothing that lives there is ever dropped.
        let by_name = BumpVec::from_iter_in(planner.by_name, resolver.arena).into_bump_slice();
        let properties = BumpVec::from_iter_in(planner.properties, resolver.arena).into_bump_slice();
        Self { generated, by_name, properties }
    }

    /// The generated resources, in the order of the SAM resources that caused them.
    pub fn resources(&self, resolver: &'a Resolver<'a>) -> impl Iterator<Item = ResolvedResource<'a>> + use<'_, 'a> {
        self.generated.iter().map(move |generated| {
            let named = generated.entry.named;
            let at = At::root(resource_path(resolver, named.name, named.name_span), None);
            let value = resolver.deferred(Existing { resolver, generated }, named.name_span, at);
            ResolvedResource { entry: generated.entry, value, unconditional: value }
        })
    }

    /// The type of the generated resource of that name.
    pub fn type_of(&self, name: &str) -> Option<&'static str> {
        let found = self.by_name.binary_search_by(|(other, _)| (*other).cmp(name)).ok()?;
        self.by_name.get(found).map(|(_, resource_type)| *resource_type)
    }

    /// The generated resource that `id.property` stands for.
    pub fn property(&self, id: &str, property: &str) -> Option<&'a str> {
        let found = self.properties.binary_search_by(|(other, _)| other.cmp(&(id, property))).ok()?;
        self.properties.get(found).map(|(_, generated)| *generated)
    }
}

/// A generated resource: absent where its conditions do not hold.
struct Existing<'a> {
    resolver: &'a Resolver<'a>,
    generated: &'a Generated<'a>,
}

impl<'a> Deferred<'a> for Existing<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Self { resolver, generated } = *self;
        let place = generated.entry.named.name_span;
        let Conditions { any, unless } = generated.conditions;
        let mut exists = any.is_empty();
        for condition in any {
            exists = exists || resolver.condition(condition, world)?;
        }
        if let Some(part) = unless {
            exists &= matches!(world.force(part.value(PropertyType::UNKNOWN))?.kind, Kind::Absent);
        }
        if !exists {
            return Ok(resolver.absent(place, resolver.root_path));
        }
        Ok(generated.body.get_or_init(|| body(resolver, generated)))
    }
}

fn body<'a>(resolver: &'a Resolver<'a>, generated: &Generated<'a>) -> Value<'a> {
    let Named { name, name_span: place, node } = generated.entry.named;
    let path = resource_path(resolver, name, place);
    let new = |key: &'a str, kind| {
        let path = below(resolver, path, Segment::Key(key), place);
        Entry { key, key_place: place, value: resolver.node(kind, place, path, None) }
    };
    let maker = Maker {
        resolver,
        place,
        path: below(resolver, path, Segment::Key("Properties"), place),
        expected: PropertyType::resource(generated.entry.resource_type),
    };
    let properties = maker.map(&(generated.make)());
    let mut entries = BumpVec::new_in(resolver.arena);
    entries.push(new("Type", Kind::String(generated.entry.resource_type)));
    entries.push(new("Properties", Kind::Map(properties)));
    let document = resolver.template.document;
    for key in ["DeletionPolicy", "UpdateReplacePolicy", "Metadata"] {
        if let Some(pair) = document.get(node, key) {
            let key_place = document.span(pair.key);
            let at = At::root(below(resolver, path, Segment::Key(key), key_place), None);
            entries.push(Entry { key, key_place, value: resolver.value(pair.value, at) });
        }
    }
    resolver.node(Kind::Map(Map::new(entries.into_bump_slice())), place, path, None)
}
