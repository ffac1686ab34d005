//! Stacks in stacks: what a template hands to those that are nested in it, and what they give back.
//!
//! Each nested stack has a resolver of its own, for one place where its template is used. All of them share variables and
//! limits, so that a choice made for a parameter of the outermost template holds in every stack below.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::diag::{Limits, as_count};
use crate::syntax::NodeId;
use crate::template::{Function, Name, ResourceEntry, Template, call};
use crate::text::Span;
use crate::value::{Choices, Deferred, Kind, Pending, Piece, Shape, Unknown, Value, Variable, Via, ViaKind, World};

use super::compared::{Compared, compared, reference_name};
use super::exports::Exports;
use super::parameters::{VariableInfo, variables};
use super::resolver::{At, ResolvedResource, Resolver, Settings};

/// How many borders between stacks a value may cross on its way.
const BORDERS: usize = 16;
/// The most crossings of one template and its nested stacks.
const CROSSINGS: usize = 1_000_000;
/// The most bytes of a text that crosses a border: more than CloudFormation takes.
const LONGEST_TEXT: usize = 64 * 1024;
/// The most literals that a name is compared with in nested templates.
const LITERALS: usize = 64;

/// One template of a family, and which of the others its stacks are made of.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The template.
    pub template: &'a Template<'a>,
    /// Its stacks: logical id and the number of the member that it deploys.
    pub nested: &'a [(&'a str, usize)],
}

/// A stack that a template deploys, whose own template is known.
#[derive(Clone, Copy)]
pub struct Nested<'a> {
    /// The resource in the template around it.
    pub entry: ResourceEntry<'a>,
    /// The number of its member.
    pub member: usize,
    /// What it deploys.
    pub resolver: &'a Resolver<'a>,
}

impl fmt::Debug for Nested<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nested").field("entry", &self.entry.named.name).finish_non_exhaustive()
    }
}

/// What a template and the stacks below it have in common.
pub(super) struct Shared<'a> {
    pub(super) variables: RefCell<BumpVec<'a, VariableInfo<'a>>>,
    /// The variable without classes, once it is made.
    pub(super) never: Cell<Option<Variable>>,
    /// How many nodes were made.
    pub(super) nodes: Cell<usize>,
    /// How many entries of mappings are being looked up, one inside of the other.
    pub(super) lookups: Cell<usize>,
    pub(super) exports: Option<&'a Exports>,
    pub(super) limits: Limits,
    /// The limits that were reached, each where that was first.
    pub(super) reached: RefCell<BTreeMap<&'static str, Option<Span>>>,
    /// The variables that stand for what others export under a name.
    pub(super) imports: RefCell<BTreeMap<&'a str, Variable>>,
    /// The names that were looked up among the exports.
    pub(super) looked_up: RefCell<BTreeSet<&'a str>>,
    /// Whether stacks were left out.
    cut: Cell<bool>,
    borders: Cell<usize>,
    crossings: Cell<usize>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(arena: &'a Bump, exports: Option<&'a Exports>, limits: Limits) -> Self {
        Self {
            variables: RefCell::new(BumpVec::new_in(arena)),
            never: Cell::new(None),
            nodes: Cell::new(0),
            lookups: Cell::new(0),
            exports,
            limits,
            reached: RefCell::default(),
            imports: RefCell::default(),
            looked_up: RefCell::default(),
            cut: Cell::new(false),
            borders: Cell::new(0),
            crossings: Cell::new(0),
        }
    }

    pub(super) fn add(&self, variable: VariableInfo<'a>) -> Variable {
        let mut variables = self.variables.borrow_mut();
        variables.push(variable);
        Variable(u32::try_from(variables.len() - 1).unwrap_or(u32::MAX))
    }

    /// Works something out beyond a border; nothing when too many borders have been crossed, as in a circle.
    fn cross<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let (borders, crossings) = (self.borders.get(), self.crossings.get());
        if borders >= BORDERS || crossings >= CROSSINGS {
            return None;
        }
        self.borders.set(borders + 1);
        self.crossings.set(crossings + 1);
        let done = work();
        self.borders.set(borders);
        Some(done)
    }
}

/// The resource that a template is nested by.
#[derive(Clone, Copy)]
pub(super) struct Descent<'a> {
    pub(super) parent: &'a Resolver<'a>,
    entry: ResourceEntry<'a>,
}

impl<'a> Descent<'a> {
    fn parameters(&self) -> Option<NodeId> {
        let document = self.parent.template.document;
        let properties = document.get(self.entry.named.node, "Properties")?;
        Some(document.get(properties.value, "Parameters")?.value)
    }

    /// Whether functions decide which parameters are passed.
    pub(super) fn is_open(&self) -> bool {
        let document = self.parent.template.document;
        let function = |node: NodeId| {
            call(document, node).is_some()
                || document.pairs(node).any(|pair| document.text(pair.key).is_some_and(|key| key.starts_with("Fn::")))
        };
        let properties = document.get(self.entry.named.node, "Properties");
        properties.is_some_and(|pair| function(pair.value)) || self.parameters().is_some_and(function)
    }

    /// What is passed for a parameter.
    pub(super) fn passed(&self, name: &str) -> Option<NodeId> {
        let document = self.parent.template.document;
        Some(document.get(self.parameters()?, name)?.value)
    }

    /// What is passed, if that is a text or a parameter whose text is known.
    pub(super) fn known_text(&self, node: NodeId) -> Option<&'a str> {
        let template = self.parent.template;
        match call(template.document, node) {
            None => template.document.text(node),
            Some(call) if call.function == Function::Ref => {
                match template.name(template.document.text(call.argument)?)? {
                    Name::Parameter(number) => self.parent.known_parameter(number),
                    Name::Resource(_) => None,
                }
            }
            Some(_) => None,
        }
    }

    /// The variable of a pseudo parameter that is the same in the stack around.
    pub(super) fn pseudo(&self, name: &str) -> Option<u32> {
        let known = self.parent.pseudo.iter().find(|(pseudo, _)| *pseudo == name && !is_of_stack(name));
        known.map(|(_, variable)| *variable)
    }
}

/// Whether a pseudo parameter differs between a stack and those nested in it.
fn is_of_stack(name: &str) -> bool {
    matches!(name, "AWS::StackName" | "AWS::StackId")
}

impl<'a> Resolver<'a> {
    /// A resolver of the first member with the stacks nested in it, and what others export. `None` without members.
    #[must_use]
    pub fn of_family(
        arena: &'a Bump,
        members: &'a [Member<'a>],
        exports: Option<&'a Exports>,
        settings: &Settings,
    ) -> Option<&'a Self> {
        let first = members.first()?;
        let shared = arena.alloc(Shared::new(arena, exports, settings.limits));
        let mut builder = Builder { arena, members, shared, literals: BTreeMap::new(), stacks: 0 };
        let compared = builder.literals(0, &mut Vec::new());
        let made = variables(arena, first.template, settings, shared, Some((&compared, None)));
        let root = Resolver::assemble(arena, first.template, settings, made, shared, 0, None);
        let mut below = settings.clone();
        below.parameters.retain(|name, _| name.starts_with("AWS::") && !is_of_stack(name));
        below.open.clear();
        builder.nest(root, 0, &below, &mut vec![0]);
        Some(root)
    }

    /// The stacks nested in the template whose templates are known, in source order.
    #[must_use]
    pub fn nested_stacks(&self) -> &'a [Nested<'a>] {
        self.nested.get().copied().unwrap_or_default()
    }

    /// Whether stacks below were left out because there are too many, or too deep.
    #[must_use]
    pub fn is_family_cut(&self) -> bool {
        self.shared.cut.get()
    }

    /// Whether it is nested in another.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.descent.is_some()
    }

    pub(super) fn nested_stack(&self, logical_id: &str) -> Option<Nested<'a>> {
        self.nested_stacks().iter().find(|nested| nested.entry.named.name == logical_id).copied()
    }

    /// Whether the stack is deployed at all, as far as the stacks around it decide that.
    pub(super) fn is_deployed(&self, world: &World<'a, '_>) -> Result<bool, Pending> {
        let Some(Descent { parent, entry }) = self.descent else { return Ok(true) };
        if !parent.is_deployed(world)? {
            return Ok(false);
        }
        entry.condition.map_or(Ok(true), |(condition, _)| parent.condition(condition, world))
    }

    /// The resource, absent where the stack is not deployed.
    pub(super) fn where_nested(&'a self, resource: ResolvedResource<'a>) -> ResolvedResource<'a> {
        if self.descent.is_none() {
            return resource;
        }
        let at = At::root(resource.value.path, None);
        let value = self.deferred(WhereDeployed { resolver: self, value: resource.value }, resource.value.place, at);
        ResolvedResource { value, ..resource }
    }

    /// The value that the stack around hands to a parameter.
    pub(super) fn passed(&'a self, number: usize, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let passed = self.descent.and_then(|descent| {
            let parent = descent.parent;
            self.shared.cross(|| parent.value(node, At::root(parent.root_path, None)))
        });
        let Some(value) = passed else {
            return self.unknown("stacks that refer to each other too often", Shape::Any, place, at);
        };
        self.now_or_later(Passed { resolver: self, number, value, place, at }, place, at)
    }

    /// The value of a nested stack's output.
    pub(super) fn nested_output(&'a self, nested: Nested<'a>, output: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        let inner = nested.resolver;
        let name = &*self.arena.alloc_str(&format!("{}.Outputs.{output}", nested.entry.named.name));
        let mut outputs = inner.output_entries().into_iter();
        let found = outputs
            .find(|(named, _)| named.name == output)
            .and_then(|(named, scope)| Some((inner.template.document.get(named.node, "Value")?.value, scope)));
        let Some((node, scope)) = found else {
            let reason = self.arena.alloc_str(&format!("`{name}`, which the nested template does not give"));
            return self.unknown(reason, Shape::Any, place, at);
        };
        let value = self.shared.cross(|| inner.value(node, At::root(inner.root_path, scope)));
        let Some(value) = value else {
            return self.unknown("stacks that refer to each other too often", Shape::Any, place, at);
        };
        self.now_or_later(Output { resolver: self, value, name, place, at }, place, at)
    }

    fn now_or_later<T: Deferred<'a> + Copy + 'a>(&'a self, later: T, place: Span, at: At<'a>) -> Value<'a> {
        let choices = Choices::default();
        let now = later.force(&World { arena: self.arena, choices: &choices });
        now.unwrap_or_else(|_| self.deferred(later, place, at))
    }

    /// A forced value beyond a border: what names a resource there is an identifier of which nothing else is known here.
    fn foreign(&self, value: Value<'a>, name: &str) -> Kind<'a> {
        let identifier = |shown: &str| -> &'a Unknown<'a> {
            let reason = self.arena.alloc_str(&format!("`{shown}`, a resource of another stack"));
            self.arena.alloc(Unknown { reason, shape: Shape::Identifier })
        };
        let any = |shape: Shape| {
            let reason = self.arena.alloc_str(&format!("`{name}`"));
            Kind::Unknown(self.arena.alloc(Unknown { reason, shape }))
        };
        match value.kind {
            Kind::Reference(reference) => Kind::Unknown(identifier(&reference.describe())),
            Kind::Partial(pieces) => {
                let pieces = pieces.iter().map(|piece| match piece {
                    Piece::Reference(reference) => Piece::Unknown(identifier(&reference.describe())),
                    piece => *piece,
                });
                Kind::Partial(BumpVec::from_iter_in(pieces, self.arena).into_bump_slice())
            }
            Kind::Unknown(unknown) => match unknown.shape {
                Shape::MaybeAbsent | Shape::Any | Shape::List => {
                    Kind::Unknown(self.arena.alloc(Unknown { reason: unknown.reason, shape: Shape::Text }))
                }
                Shape::Text | Shape::Identifier | Shape::Secret => Kind::Unknown(unknown),
            },
            _ => match self.text_of(value) {
                Some(text) if text.len() <= LONGEST_TEXT => Kind::String(text),
                _ => any(Shape::Text),
            },
        }
    }
}

/// A value that is there where its stack is.
struct WhereDeployed<'a> {
    resolver: &'a Resolver<'a>,
    value: Value<'a>,
}

impl<'a> Deferred<'a> for WhereDeployed<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        if self.resolver.is_deployed(world)? {
            return world.force(self.value);
        }
        Ok(self.resolver.absent(self.value.place, self.resolver.root_path))
    }
}

/// What the stack around hands to a parameter.
#[derive(Clone, Copy)]
struct Passed<'a> {
    resolver: &'a Resolver<'a>,
    number: usize,
    /// As it is in the stack around.
    value: Value<'a>,
    place: Span,
    at: At<'a>,
}

impl<'a> Deferred<'a> for Passed<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Self { resolver, number, value, place, at } = *self;
        let Some(forced) = resolver.shared.cross(|| world.force(value)) else {
            // It hangs on how the question came here.
            world.choices.forbid_remembering();
            return Ok(resolver.unknown("stacks that refer to each other too often", Shape::Any, place, at));
        };
        let forced = forced?;
        let parameter = resolver.template.parameters.get(number);
        let name = parameter.map_or("", |parameter| parameter.named.name);
        let document = resolver.descent.map_or(0, |descent| descent.parent.root_path.document());
        let via: Option<&'a Via<'a>> = Some(resolver.arena.alloc(Via {
            kind: ViaKind::Passed(name),
            place: forced.place,
            document,
            next: forced.via,
        }));
        let is_list = parameter.is_some_and(crate::template::Parameter::is_list);
        let kind = match forced.kind {
            Kind::List(_) => resolver.joined(forced, world)?,
            _ => resolver.foreign(forced, name),
        };
        Ok(match kind {
            Kind::String(text) => resolver.parameter_text(number, text, place, at, via),
            Kind::Unknown(unknown) if is_list && unknown.shape == Shape::Identifier => {
                let item = resolver.node(kind, place, at.path, via);
                resolver.node(Kind::List(resolver.arena.alloc_slice_copy(&[item])), place, at.path, via)
            }
            Kind::Unknown(unknown) if is_list => {
                let unknown = resolver.arena.alloc(Unknown { reason: unknown.reason, shape: Shape::List });
                resolver.node(Kind::Unknown(unknown), place, at.path, via)
            }
            Kind::Partial(_) if is_list => {
                let reason = resolver.arena.alloc_str(&format!("parameter `{name}`"));
                let unknown = resolver.arena.alloc(Unknown { reason, shape: Shape::List });
                resolver.node(Kind::Unknown(unknown), place, at.path, via)
            }
            kind => resolver.typed(resolver.node(kind, place, at.path, via), at.expected, None),
        })
    }
}

impl<'a> Resolver<'a> {
    /// The text that a list is handed on as.
    fn joined(&'a self, list: Value<'a>, world: &World<'a, '_>) -> Result<Kind<'a>, Pending> {
        let unknown = |reason: &'a str| Kind::Unknown(self.arena.alloc(Unknown { reason, shape: Shape::Text }));
        let Some(items) = self.items(list, world)? else { return Ok(unknown("a list with unknown items")) };
        let mut text = String::new();
        for (number, item) in items.iter().enumerate() {
            let Some(item) = self.text_of(item).filter(|item| text.len() + item.len() <= LONGEST_TEXT) else {
                return Ok(unknown("a list with unknown items"));
            };
            if number > 0 {
                text.push(',');
            }
            text.push_str(item);
        }
        Ok(Kind::String(self.arena.alloc_str(&text)))
    }
}

/// An output of a nested stack.
#[derive(Clone, Copy)]
struct Output<'a> {
    resolver: &'a Resolver<'a>,
    /// As it is in the nested stack.
    value: Value<'a>,
    name: &'a str,
    place: Span,
    at: At<'a>,
}

impl<'a> Deferred<'a> for Output<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Self { resolver, value, name, place, at } = *self;
        let Some(forced) = resolver.shared.cross(|| world.force(value)) else {
            // It hangs on how the question came here.
            world.choices.forbid_remembering();
            return Ok(resolver.unknown("stacks that refer to each other too often", Shape::Any, place, at));
        };
        let forced = forced?;
        let kind = match forced.kind {
            Kind::List(_) | Kind::Map(_) | Kind::Null | Kind::Absent => {
                return Ok(resolver.unknown(resolver.arena.alloc_str(&format!("`{name}`")), Shape::Any, place, at));
            }
            _ => resolver.foreign(forced, name),
        };
        let via: &'a Via<'a> = resolver.arena.alloc(Via {
            kind: ViaKind::Output(name),
            place: forced.place,
            document: forced.path.document(),
            next: forced.via,
        });
        Ok(resolver.typed(resolver.node(kind, place, at.path, Some(via)), at.expected, None))
    }
}

/// Makes the resolvers of a family.
struct Builder<'a> {
    arena: &'a Bump,
    members: &'a [Member<'a>],
    shared: &'a Shared<'a>,
    literals: BTreeMap<usize, Compared<'a>>,
    stacks: usize,
}

impl<'a> Builder<'a> {
    /// Makes the resolvers of the stacks nested in `resolver`, which is made of `member`. `chain` holds the members around.
    fn nest(&mut self, resolver: &'a Resolver<'a>, member: usize, settings: &Settings, chain: &mut Vec<usize>) {
        let Some(Member { template, nested }) = self.members.get(member).copied() else { return };
        let mut made = BumpVec::new_in(self.arena);
        for &(logical_id, member) in nested {
            let entry = template.resources.iter().find(|entry| entry.named.name == logical_id).copied();
            let Some((entry, inner)) = entry.zip(self.members.get(member)) else { continue };
            if chain.contains(&member) {
                continue;
            }
            if chain.len() > as_count(self.shared.limits.stack_depth)
                || self.stacks >= as_count(self.shared.limits.stacks)
            {
                self.shared.cut.set(true);
                continue;
            }
            self.stacks += 1;
            let descent = Descent { parent: resolver, entry };
            let compared = self.literals(member, &mut chain.clone());
            let place = Some((&compared, Some(descent)));
            let parts = variables(self.arena, inner.template, settings, self.shared, place);
            let document = u32::try_from(member).unwrap_or(u32::MAX);
            let inner =
                Resolver::assemble(self.arena, inner.template, settings, parts, self.shared, document, Some(descent));
            chain.push(member);
            self.nest(inner, member, settings, chain);
            chain.pop();
            made.push(Nested { entry, member, resolver: inner });
        }
        // A resolver is nested once, here.
        let _ = resolver.nested.set(made.into_bump_slice());
    }

    /// What the names of a member are compared with, in it and in the stacks that they are handed to.
    fn literals(&mut self, member: usize, chain: &mut Vec<usize>) -> Compared<'a> {
        if let Some(known) = self.literals.get(&member) {
            return known.clone();
        }
        let Some(Member { template, nested }) = self.members.get(member).copied() else { return Compared::new() };
        let mut all = compared(self.arena, template);
        if chain.len() <= as_count(self.shared.limits.stack_depth) && !chain.contains(&member) {
            chain.push(member);
            for &(logical_id, inner) in nested {
                let below = self.literals(inner, chain);
                self.hand_up(template, logical_id, &below, &mut all);
            }
            chain.pop();
        }
        self.literals.insert(member, all.clone());
        all
    }

    fn hand_up(&self, template: &'a Template<'a>, stack: &str, below: &Compared<'a>, all: &mut Compared<'a>) {
        let document = template.document;
        let passed = document.root().and(template.resources.iter().find(|entry| entry.named.name == stack));
        let passed = passed.and_then(|entry| document.get(entry.named.node, "Properties"));
        let passed = passed.and_then(|pair| document.get(pair.value, "Parameters"));
        for (&name, literals) in below {
            let (name, place) = if name.starts_with("AWS::") {
                if is_of_stack(name) {
                    continue;
                }
                (name, Span::default())
            } else {
                let node = passed.and_then(|pair| document.get(pair.value, name));
                let Some(name) = node.and_then(|pair| reference_name(document, pair.value)) else { continue };
                let Some(Name::Parameter(number)) = template.name(name) else { continue };
                let place = template.parameters.get(number).map_or(Span::default(), |one| one.named.name_span);
                (name, place)
            };
            let known = all.entry(name).or_default();
            for &(text, _) in literals {
                if known.len() < LITERALS && !known.iter().any(|(other, _)| *other == text) {
                    known.push((text, place));
                }
            }
        }
    }
}
