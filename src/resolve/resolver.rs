//! The resolver: from a template's nodes to values.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::syntax::{Content, NodeId, Scalar};
use crate::template::{Call, Function, Name, ResourceEntry, Template, call, name_text};
use crate::text::Span;
use crate::value::{
    Deferred, Entry, Kind, Map, Node, Path, Pending, Reference, Segment, Shape, Unknown, Value, Variable, Via, ViaKind,
    World,
};

use super::parameters::{ClassInfo, ClassKind, ParameterSource, VariableInfo, VariableKind, variables};
use super::sam::Expansion;
use super::schema::{Kind as PropertyKind, PropertyType};

/// The most nodes that one template may become; what is beyond is unknown.
const NODE_BUDGET: usize = 2_000_000;

/// What the caller knows of the deployment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`.
    pub parameters: BTreeMap<String, String>,
}

/// A resource that the template deploys.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedResource<'a> {
    /// Its name, type and condition, and the text that it comes from.
    pub entry: ResourceEntry<'a>,
    /// Its map: deferred when it has a condition, absent where that does not hold.
    pub value: Value<'a>,
}

/// Works out a template's values, lazily.
pub struct Resolver<'a> {
    pub(super) arena: &'a Bump,
    pub(super) template: &'a Template<'a>,
    pub(super) variables: RefCell<BumpVec<'a, VariableInfo<'a>>>,
    pub(super) root_path: &'a Path<'a>,
    parameters: &'a [ParameterSource<'a>],
    pseudo: &'a [(&'a str, u32)],
    pinned_pseudo: &'a [(&'a str, &'a str)],
    bodies: &'a [OnceCell<Value<'a>>],
    resources: OnceCell<&'a [ResolvedResource<'a>]>,
    expansion: OnceCell<Expansion<'a>>,
    nodes: Cell<usize>,
}

/// Where a value is being made.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) path: &'a Path<'a>,
    pub(super) expected: PropertyType,
}

impl<'a> At<'a> {
    pub(super) fn root(path: &'a Path<'a>) -> Self {
        Self { path, expected: PropertyType::UNKNOWN }
    }
}

impl<'a> Resolver<'a> {
    /// A resolver of `template`, in its arena.
    #[must_use]
    pub fn new(arena: &'a Bump, template: &'a Template<'a>, settings: &Settings) -> &'a Self {
        let made = variables(arena, template, settings);
        let pinned = settings.parameters.iter().filter(|(name, _)| name.starts_with("AWS::"));
        let pinned: Vec<(&'a str, &'a str)> =
            pinned.map(|(name, value)| (&*arena.alloc_str(name), &*arena.alloc_str(value))).collect();
        arena.alloc(Self {
            arena,
            template,
            variables: RefCell::new(BumpVec::from_iter_in(made.variables, arena)),
            root_path: arena.alloc(Path::root(0)),
            parameters: arena.alloc_slice_copy(&made.parameters),
            pseudo: arena.alloc_slice_copy(&made.pseudo),
            pinned_pseudo: arena.alloc_slice_copy(&pinned),
            bodies: arena.alloc_slice_fill_with(template.resources.len(), |_| OnceCell::new()),
            resources: OnceCell::new(),
            expansion: OnceCell::new(),
            nodes: Cell::new(0),
        })
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &'a Template<'a> {
        self.template
    }

    /// What a variable stands for.
    #[must_use]
    pub fn variable(&self, variable: Variable) -> Option<VariableInfo<'a>> {
        self.variables.borrow().get(variable.0 as usize).copied()
    }

    /// The resources that the template deploys: those of the text in source order, then what SAM makes of them.
    #[must_use]
    pub fn resources(&'a self) -> &'a [ResolvedResource<'a>] {
        self.resources.get_or_init(|| {
            let entries = self.template.resources.iter().enumerate();
            let resources = entries.map(|(number, entry)| {
                let thunk = self.arena.alloc(ResourceBody { resolver: self, number });
                let path = self.resource_path(entry);
                let place = self.template.document.span(entry.named.node);
                ResolvedResource { entry: *entry, value: self.node(Kind::Deferred(thunk), place, path, None) }
            });
            let mut resources = BumpVec::from_iter_in(resources, self.arena);
            resources.extend(self.expansion().resources(self));
            resources.into_bump_slice()
        })
    }

    /// What SAM makes of the template.
    fn expansion(&'a self) -> &'a Expansion<'a> {
        self.expansion.get_or_init(|| Expansion::plan(self))
    }

    /// The text of a parameter that is pinned or has a default, as SAM sees it.
    pub(super) fn known_parameter(&self, number: usize) -> Option<&'a str> {
        if let Some(&ParameterSource::Pinned(text)) = self.parameters.get(number) {
            return Some(text);
        }
        let parameter = self.template.parameters.get(number).filter(|parameter| !parameter.is_stored())?;
        self.template.document.text(parameter.default?)
    }

    /// Takes nodes from the template's budget; whether any were left.
    pub(super) fn spend(&self, nodes: usize) -> bool {
        let spent = self.nodes.get().saturating_add(nodes);
        self.nodes.set(spent);
        spent < NODE_BUDGET
    }

    /// The pinned value of a pseudo parameter.
    pub(super) fn pinned(&self, name: &str) -> Option<&'a str> {
        self.pinned_pseudo.iter().find(|(pseudo, _)| *pseudo == name).map(|(_, value)| *value)
    }

    fn resource_path(&self, entry: &ResourceEntry<'a>) -> &'a Path<'a> {
        let resources = self.child(self.root_path, Segment::Key("Resources"), Span::default());
        self.child(resources, Segment::Key(entry.named.name), entry.named.name_span)
    }

    fn body(&'a self, number: usize, entry: &ResourceEntry<'a>) -> Value<'a> {
        let Some(body) = self.bodies.get(number) else { return self.absent(entry.named.name_span, self.root_path) };
        body.get_or_init(|| {
            let path = self.resource_path(entry);
            let document = self.template.document;
            let pairs: Vec<_> = document.pairs(entry.named.node).collect();
            let mut entries = BumpVec::with_capacity_in(pairs.len(), self.arena);
            for pair in pairs {
                let key = document.text(pair.key).unwrap_or_default();
                let key_place = document.span(pair.key);
                let path = self.child(path, Segment::Key(key), key_place);
                let expected = match key {
                    "Properties" => PropertyType::resource(entry.resource_type),
                    _ => PropertyType::UNKNOWN,
                };
                let value = self.value(pair.value, At { path, expected });
                entries.push(Entry { key, key_place, value });
            }
            let place = document.span(entry.named.node);
            self.node(Kind::Map(Map::new(entries.into_bump_slice())), place, path, None)
        })
    }

    /// The value of a node.
    pub(super) fn value(&'a self, node: NodeId, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let place = document.tag_span(node).map_or(document.span(node), |tag| tag.join(document.span(node)));
        if self.nodes.get() >= NODE_BUDGET {
            return self.unknown("a template over the size limit", Shape::MaybeAbsent, place, at);
        }
        match call(document, node) {
            Some(call) => self.call(&call, place, at),
            None => self.plain(node, place, at),
        }
    }

    fn plain(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let resolved = document.resolve_alias(node);
        match document.content(resolved) {
            Content::Scalar { .. } => self.scalar(resolved, place, at),
            Content::Sequence(items) => {
                let mut values = BumpVec::with_capacity_in(items.len(), self.arena);
                for (index, &item) in items.iter().enumerate() {
                    let segment = Segment::Index(u32::try_from(index).unwrap_or(u32::MAX));
                    let path = self.child(at.path, segment, document.span(item));
                    values.push(self.value(item, At { path, expected: at.expected.item() }));
                }
                self.node(Kind::List(values.into_bump_slice()), place, at.path, None)
            }
            Content::Mapping(_) => {
                let pairs: Vec<_> = document.pairs(resolved).collect();
                let mut entries = BumpVec::with_capacity_in(pairs.len(), self.arena);
                let object = if at.expected.kind() == PropertyKind::List { at.expected.item() } else { at.expected };
                for pair in pairs {
                    let key = document.text(pair.key).unwrap_or_default();
                    if matches!(Function::from_key(key), Some(Function::ForEach(_) | Function::Transform)) {
                        let reason = self.arena.alloc_str(&format!("`{key}`"));
                        return self.unknown(reason, Shape::MaybeAbsent, place, at);
                    }
                    let key_place = document.span(pair.key);
                    let path = self.child(at.path, Segment::Key(key), key_place);
                    let value = self.value(pair.value, At { path, expected: object.key(key) });
                    entries.push(Entry { key, key_place, value });
                }
                let map = self.node(Kind::Map(Map::new(entries.into_bump_slice())), place, at.path, None);
                if at.expected.kind() != PropertyKind::List {
                    return map;
                }
                // One object where a list is declared: providers take it as a list of one.
                self.node(Kind::List(self.arena.alloc_slice_copy(&[map])), place, at.path, None)
            }
            Content::Alias(_) => self.unknown("a YAML alias", Shape::MaybeAbsent, place, at),
        }
    }

    fn scalar(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let kind = match self.template.document.scalar(node) {
            // A null property is refused by CloudFormation; inside free-form JSON it is data.
            Scalar::Null if at.expected.kind() == PropertyKind::Json => Kind::Null,
            Scalar::Null => Kind::Absent,
            Scalar::Bool(value) => Kind::Bool(value),
            Scalar::Integer(value) => Kind::Integer(value),
            Scalar::Float(value) => Kind::Float(value),
            Scalar::Text(text) => Kind::String(text),
        };
        self.typed(
            self.node(self.with_secrets(kind), place, at.path, None),
            at.expected,
            self.template.document.text(node),
        )
    }

    fn call(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        match call.function {
            Function::Ref => match self.template.document.text(call.argument) {
                Some(name) => self.reference(name, place, at),
                None => self.unknown("`Ref` of a value", Shape::Text, place, at),
            },
            Function::GetAtt => self.attribute(call, place, at),
            Function::If => self.branches(call, place, at),
            _ => self.function(call, place, at),
        }
    }

    /// What `Ref: name` gives.
    pub(super) fn reference(&'a self, name: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        if name == "AWS::NoValue" {
            return self.absent(place, at.path);
        }
        if let Some(&(_, pinned)) = self.pinned_pseudo.iter().find(|(pseudo, _)| *pseudo == name) {
            return self.node(Kind::String(pinned), place, at.path, None);
        }
        if let Some(&(_, variable)) = self.pseudo.iter().find(|(pseudo, _)| *pseudo == name) {
            return self.deferred(VariableValue { resolver: self, variable: Variable(variable), place, at }, place, at);
        }
        match self.template.name(name) {
            Some(Name::Parameter(number)) => self.parameter(number, name, place, at),
            Some(Name::Resource(_)) => {
                let reference = self.arena.alloc(Reference { logical_id: name, attribute: None });
                self.node(Kind::Reference(reference), place, at.path, None)
            }
            None if name.starts_with("AWS::") => {
                let shape = if name == "AWS::NotificationARNs" { Shape::List } else { Shape::Identifier };
                self.unknown(self.arena.alloc_str(&format!("pseudo parameter `{name}`")), shape, place, at)
            }
            None => {
                let generated = self.expansion().type_of(name).map(|_| name);
                let generated = generated.or_else(|| {
                    let (id, property) = name.split_once('.')?;
                    self.expansion().property(id, property)
                });
                if let Some(logical_id) = generated {
                    let reference = self.arena.alloc(Reference { logical_id, attribute: None });
                    return self.node(Kind::Reference(reference), place, at.path, None);
                }
                let reason = self.arena.alloc_str(&format!("`{name}`, which is not defined"));
                self.unknown(reason, Shape::Any, place, at)
            }
        }
    }

    fn parameter(&'a self, number: usize, name: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        let parameter = self.template.parameters.get(number);
        match self.parameters.get(number) {
            Some(ParameterSource::Pinned(text)) => {
                let span = parameter.map_or(place, |parameter| parameter.named.name_span);
                let via = self.via(ViaKind::ParameterValue(name), span, None);
                self.parameter_text(number, text, place, at, via)
            }
            Some(&ParameterSource::Variable(variable)) => {
                self.deferred(VariableValue { resolver: self, variable: Variable(variable), place, at }, place, at)
            }
            Some(&ParameterSource::Unknown(unknown)) => {
                let span = parameter.map_or(place, |parameter| parameter.named.name_span);
                let via = self.via(ViaKind::Parameter(name), span, None);
                self.typed(self.node(Kind::Unknown(unknown), place, at.path, via), at.expected, None)
            }
            None => self.unknown("a parameter", Shape::Any, place, at),
        }
    }

    /// The value of a parameter whose text is known: a list for a list type.
    fn parameter_text(
        &'a self,
        number: usize,
        text: &'a str,
        place: Span,
        at: At<'a>,
        via: Option<&'a Via<'a>>,
    ) -> Value<'a> {
        if self.template.parameters.get(number).is_some_and(crate::template::Parameter::is_list) {
            let mut values = BumpVec::new_in(self.arena);
            for item in text.split(',').map(str::trim).filter(|item| !item.is_empty() || text.contains(',')) {
                values.push(self.typed(self.node(Kind::String(item), place, at.path, via), at.expected.item(), None));
            }
            return self.node(Kind::List(values.into_bump_slice()), place, at.path, via);
        }
        self.typed(self.node(self.with_secrets(Kind::String(text)), place, at.path, via), at.expected, None)
    }

    fn attribute(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let named = match document.text(call.argument) {
            Some(text) => text.split_once('.'),
            None => match document.items(call.argument) {
                [resource, attribute] => document.text(*resource).zip(document.text(*attribute)),
                [resource, first, rest @ ..] => {
                    document.text(*resource).zip(document.text(*first)).map(|(id, first)| {
                        let mut attribute = first.to_owned();
                        for part in rest.iter().filter_map(|part| document.text(*part)) {
                            attribute.push('.');
                            attribute.push_str(part);
                        }
                        (id, &*self.arena.alloc_str(&attribute))
                    })
                }
                _ => None,
            },
        };
        match named {
            Some((logical_id, attribute)) => self.attribute_of(logical_id, attribute, place, at),
            None => self.unknown("`Fn::GetAtt`", Shape::Any, place, at),
        }
    }

    /// What `Fn::GetAtt` of a resource's attribute gives.
    pub(super) fn attribute_of(&'a self, id: &'a str, attribute: &'a str, place: Span, at: At<'a>) -> Value<'a> {
        let resource_type = match self.template.name(id) {
            Some(Name::Resource(number)) => self.template.resources.get(number).map(|entry| entry.resource_type),
            _ => self.expansion().type_of(id),
        };
        if let Some((property, rest)) = attribute.split_once('.').or(Some((attribute, "")))
            && let Some(logical_id) = self.expansion().property(id, property)
        {
            let attribute = Some(rest).filter(|rest| !rest.is_empty());
            let reference = self.arena.alloc(Reference { logical_id, attribute });
            return self.node(Kind::Reference(reference), place, at.path, None);
        }
        // Outputs of other stacks, answers of custom resources, stored values and address ranges are not identifiers that
        // AWS makes up: they can be any text.
        let anything = match resource_type {
            None => true,
            Some(kind) => {
                kind == "AWS::CloudFormation::Stack"
                    || kind == "AWS::CloudFormation::CustomResource"
                    || kind.starts_with("Custom::")
                    || kind.ends_with("::MODULE")
                    || kind == "AWS::SSM::Parameter"
                    || !kind.starts_with("AWS::")
                    || attribute.contains("Cidr")
            }
        };
        if anything {
            let reason = self.arena.alloc_str(&format!("`{id}.{attribute}`"));
            return self.unknown(reason, Shape::Any, place, at);
        }
        let reference = self.arena.alloc(Reference { logical_id: id, attribute: Some(attribute) });
        self.node(Kind::Reference(reference), place, at.path, None)
    }

    fn branches(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let &[condition, then, otherwise] = document.items(call.argument) else {
            return self.unknown("`Fn::If` without three arguments", Shape::MaybeAbsent, place, at);
        };
        let Some(name) = name_text(document, condition) else {
            return self.unknown("`Fn::If` without a condition", Shape::MaybeAbsent, place, at);
        };
        let condition_place = document.span(condition);
        let branch = |node| self.value(node, at);
        let branches = Branches {
            resolver: self,
            condition: name,
            condition_place,
            then: branch(then),
            otherwise: branch(otherwise),
        };
        let choices = crate::value::Choices::default();
        let constant = branches.force(&World { arena: self.arena, choices: &choices });
        constant.unwrap_or_else(|_| self.deferred(branches, place, at))
    }

    /// `value` in the type that the resource's schema gives the property: CloudFormation takes `"true"` for `true`.
    pub(super) fn typed(&'a self, value: Value<'a>, expected: PropertyType, written: Option<&'a str>) -> Value<'a> {
        let kind = match (expected.kind(), value.kind) {
            (PropertyKind::Bool, Kind::String(text)) if text.eq_ignore_ascii_case("true") => Kind::Bool(true),
            (PropertyKind::Bool, Kind::String(text)) if text.eq_ignore_ascii_case("false") => Kind::Bool(false),
            (PropertyKind::Integer | PropertyKind::Number, Kind::String(text)) => match text.trim().parse::<i64>() {
                Ok(number) => Kind::Integer(number),
                Err(_) => match text.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() && expected.kind() == PropertyKind::Number => Kind::Float(number),
                    _ => return value,
                },
            },
            // A text that nobody knows may be any value of the property's type.
            (
                PropertyKind::Bool | PropertyKind::Integer | PropertyKind::Number,
                Kind::Unknown(Unknown { reason, shape: Shape::Text }),
            ) => Kind::Unknown(self.arena.alloc(Unknown { reason, shape: Shape::Any })),
            (PropertyKind::Text, Kind::Bool(bool)) => Kind::String(if bool { "true" } else { "false" }),
            (PropertyKind::Text, Kind::Integer(number)) => {
                Kind::String(written.unwrap_or_else(|| self.arena.alloc_str(&number.to_string())))
            }
            (PropertyKind::Text, Kind::Float(number)) => {
                Kind::String(written.unwrap_or_else(|| self.arena.alloc_str(&number.to_string())))
            }
            _ => return value,
        };
        self.node(kind, value.place, value.path, value.via)
    }

    pub(super) fn node(&self, kind: Kind<'a>, place: Span, path: &'a Path<'a>, via: Option<&'a Via<'a>>) -> Value<'a> {
        self.nodes.set(self.nodes.get() + 1);
        self.arena.alloc(Node { kind, place, path, via })
    }

    pub(super) fn deferred<T: Deferred<'a> + 'a>(&self, deferred: T, place: Span, at: At<'a>) -> Value<'a> {
        self.node(Kind::Deferred(self.arena.alloc(deferred)), place, at.path, None)
    }

    pub(super) fn absent(&self, place: Span, path: &'a Path<'a>) -> Value<'a> {
        self.node(Kind::Absent, place, path, None)
    }

    pub(super) fn unknown(&self, reason: &'a str, shape: Shape, place: Span, at: At<'a>) -> Value<'a> {
        self.node(Kind::Unknown(self.arena.alloc(Unknown { reason, shape })), place, at.path, None)
    }

    pub(super) fn via(&self, kind: ViaKind<'a>, place: Span, next: Option<&'a Via<'a>>) -> Option<&'a Via<'a>> {
        Some(self.arena.alloc(Via { kind, place, next }))
    }

    fn child(&self, parent: &'a Path<'a>, segment: Segment<'a>, place: Span) -> &'a Path<'a> {
        self.arena.alloc(Path { parent: Some(parent), segment, place })
    }

    /// The variable of a comparison that nothing decides, made when it is first met.
    pub(super) fn variable_of(&self, comparison: &'a str) -> Variable {
        let mut variables = self.variables.borrow_mut();
        let known = variables
            .iter()
            .position(|variable| variable.kind == VariableKind::Comparison && variable.name == comparison);
        let number = known.unwrap_or_else(|| {
            let class = |kind| ClassInfo { kind, text: None, place: Span::default() };
            let classes = self.arena.alloc_slice_copy(&[class(ClassKind::True), class(ClassKind::False)]);
            let other = self.arena.alloc(Unknown { reason: comparison, shape: Shape::Any });
            let kind = VariableKind::Comparison;
            variables.push(VariableInfo { name: comparison, kind, classes, decides: true, other });
            variables.len() - 1
        });
        Variable(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

/// A resource: absent where its condition does not hold.
struct ResourceBody<'a> {
    resolver: &'a Resolver<'a>,
    number: usize,
}

impl<'a> Deferred<'a> for ResourceBody<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let resolver = self.resolver;
        let Some(entry) = resolver.template.resources.get(self.number) else {
            return Ok(resolver.absent(Span::default(), resolver.root_path));
        };
        if let Some((condition, place)) = entry.condition
            && !resolver.condition(condition, world)?
        {
            return Ok(resolver.absent(place, resolver.root_path));
        }
        Ok(resolver.body(self.number, entry))
    }
}

/// The value of a parameter or pseudo parameter under its chosen class.
struct VariableValue<'a> {
    resolver: &'a Resolver<'a>,
    variable: Variable,
    place: Span,
    at: At<'a>,
}

impl<'a> Deferred<'a> for VariableValue<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let class = world.choices.get(self.variable).ok_or(Pending(self.variable))?;
        let resolver = self.resolver;
        let Some(info) = resolver.variable(self.variable) else {
            return Ok(resolver.unknown("a parameter", Shape::Any, self.place, self.at));
        };
        let class = info.classes.get(usize::from(class));
        let name = info.name;
        let Some((class, text)) = class.and_then(|class| Some((class, class.text?))) else {
            let via = resolver.via(ViaKind::Parameter(name), class.map_or(self.place, |class| class.place), None);
            let unknown = resolver.node(Kind::Unknown(info.other), self.place, self.at.path, via);
            return Ok(resolver.typed(unknown, self.at.expected, None));
        };
        if info.kind == VariableKind::Pseudo {
            return Ok(resolver.node(Kind::String(text), self.place, self.at.path, None));
        }
        let kind = match class.kind {
            ClassKind::Default => ViaKind::ParameterDefault(name),
            ClassKind::Allowed => ViaKind::ParameterAllowed(name),
            _ => ViaKind::ParameterValue(name),
        };
        let via = resolver.via(kind, class.place, None);
        match resolver.template.name(name) {
            Some(Name::Parameter(number)) => Ok(resolver.parameter_text(number, text, self.place, self.at, via)),
            _ => Ok(resolver.node(Kind::String(text), self.place, self.at.path, via)),
        }
    }
}

/// `Fn::If` whose condition is open.
struct Branches<'a> {
    resolver: &'a Resolver<'a>,
    condition: &'a str,
    condition_place: Span,
    then: Value<'a>,
    otherwise: Value<'a>,
}

impl<'a> Deferred<'a> for Branches<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let holds = self.resolver.condition(self.condition, world)?;
        let branch = world.force(if holds { self.then } else { self.otherwise })?;
        let kind = ViaKind::Branch { condition: self.condition, holds };
        let via = self.resolver.via(kind, self.condition_place, branch.via);
        Ok(self.resolver.node(branch.kind, branch.place, branch.path, via))
    }
}
