//! The resolver: from a template's nodes to values.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;

use crate::diag::{Limits, as_count};
use crate::syntax::{Content, NodeId, Scalar};
use crate::template::{Call, Function, ResourceEntry, Template, call, name_text};
use crate::text::Span;
use crate::value::{
    Deferred, Entry, Kind, Map, Memo, Node, Path, Piece, Remembered, Segment, Shape, Unknown, Value, Variable, Via,
    ViaKind,
};

use super::deferred::ResourceBody;
use super::family::{Descent, Nested, Shared};
use super::loops::{Loops, Scope};
use super::parameters::{ClassInfo, ClassKind, ParameterSource, VariableInfo, VariableKind, Variables, variables};
use super::possible::{Assertion, Equated, Possible};
use super::sam::Expansion;
use super::schema::{Kind as PropertyKind, PropertyType};

/// What the caller knows of the deployment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`.
    pub parameters: BTreeMap<String, String>,
    /// Parameters that have a value which is not known, so that their default does not count.
    pub open: BTreeSet<String>,
    /// How much is worked out.
    pub limits: Limits,
}

/// A resource that the template deploys.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedResource<'a> {
    /// Its name, type and condition, and the text that it comes from.
    pub entry: ResourceEntry<'a>,
    /// Its map: deferred when it has a condition, absent where that does not hold.
    pub value: Value<'a>,
    /// Its map whether or not its condition holds: for questions that need not know.
    pub unconditional: Value<'a>,
}

/// Works out a template's values, lazily.
pub struct Resolver<'a> {
    pub(super) arena: &'a Bump,
    pub(super) template: &'a Template<'a>,
    /// What it shares with the stacks that it is nested in and that are nested in it.
    pub(super) shared: &'a Shared<'a>,
    /// Where it is nested, if it is.
    pub(super) descent: Option<Descent<'a>>,
    pub(super) nested: OnceCell<&'a [Nested<'a>]>,
    /// The comparisons that became variables, by their text.
    comparisons: RefCell<BTreeMap<&'a str, u32>>,
    /// What the conditions of the text have come to, by their numbers.
    pub(super) condition_answers: OnceCell<&'a [Memo<'a, bool>]>,
    /// What stands in conditions, made once for each place and loop: they are asked under many choices.
    pub(super) operands: RefCell<HashMap<(NodeId, Option<*const Scope<'a>>), Value<'a>>>,
    /// What other conditions have come to, by their names.
    pub(super) answers: RefCell<HashMap<&'a str, &'a Memo<'a, bool>>>,
    /// The conditions that are being worked out, each for the one before.
    pub(super) asked: RefCell<Vec<&'a str>>,
    /// How many comparisons are.
    pub(super) compared: Cell<usize>,
    /// The conditions that cannot be.
    pub(super) given_up: RefCell<BTreeSet<&'a str>>,
    pub(super) root_path: &'a Path<'a>,
    pub(super) parameters: &'a [ParameterSource<'a>],
    pub(super) pseudo: &'a [(&'a str, u32)],
    pub(super) pinned_pseudo: &'a [(&'a str, &'a str)],
    pub(super) loops: Loops<'a>,
    pub(super) assertions: OnceCell<&'a [Assertion<'a>]>,
    /// How many assertions have been evaluated.
    pub(super) evaluations: Cell<usize>,
    pub(super) possible: RefCell<BumpVec<'a, Possible<'a>>>,
    /// Comparisons of two unknowns.
    pub(super) equated: RefCell<Vec<Equated<'a>>>,
    /// Literals that a variable's constraints refuse.
    pub(super) refused: &'a [(&'a Unknown<'a>, &'a str)],
    bodies: OnceCell<&'a [OnceCell<Value<'a>>]>,
    resources: OnceCell<&'a [ResolvedResource<'a>]>,
    /// Their numbers, sorted by logical id.
    by_name: OnceCell<&'a [u32]>,
    expansion: OnceCell<Expansion<'a>>,
}

/// Where a value is being made.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) path: &'a Path<'a>,
    pub(super) expected: PropertyType,
    pub(super) scope: Option<&'a Scope<'a>>,
}

impl<'a> At<'a> {
    pub(super) fn root(path: &'a Path<'a>, scope: Option<&'a Scope<'a>>) -> Self {
        Self { path, expected: PropertyType::UNKNOWN, scope }
    }

    /// The arguments of a function that stands here.
    pub(super) fn inside(self) -> Self {
        Self { expected: PropertyType::UNKNOWN, ..self }
    }
}

/// A resource as it stands in the text or as a loop makes it.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) entry: ResourceEntry<'a>,
    pub(super) scope: Option<&'a Scope<'a>>,
}

/// An output that the template gives.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedOutput<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its map, as it is written: `Value`, `Export` and so on; whether its condition holds is not looked at.
    pub value: Value<'a>,
}

impl<'a> Resolver<'a> {
    /// A resolver of `template`, in its arena.
    #[must_use]
    pub fn new(arena: &'a Bump, template: &'a Template<'a>, settings: &Settings) -> &'a Self {
        let shared = arena.alloc(Shared::new(arena, None, settings.limits));
        let made = variables(arena, template, settings, shared, None);
        Self::assemble(arena, template, settings, made, shared, 0, None)
    }

    /// A resolver with its variables made.
    pub(super) fn assemble(
        arena: &'a Bump,
        template: &'a Template<'a>,
        settings: &Settings,
        made: Variables<'a>,
        shared: &'a Shared<'a>,
        document: u32,
        descent: Option<Descent<'a>>,
    ) -> &'a Self {
        let pinned = settings.parameters.iter().filter(|(name, _)| name.starts_with("AWS::"));
        let pinned: Vec<(&'a str, &'a str)> =
            pinned.map(|(name, value)| (&*arena.alloc_str(name), &*arena.alloc_str(value))).collect();
        arena.alloc(Self {
            arena,
            template,
            shared,
            descent,
            nested: OnceCell::new(),
            comparisons: RefCell::default(),
            condition_answers: OnceCell::new(),
            operands: RefCell::default(),
            answers: RefCell::default(),
            asked: RefCell::default(),
            compared: Cell::new(0),
            given_up: RefCell::default(),
            root_path: arena.alloc(Path::root(document)),
            parameters: arena.alloc_slice_copy(&made.parameters),
            pseudo: arena.alloc_slice_copy(&made.pseudo),
            pinned_pseudo: arena.alloc_slice_copy(&pinned),
            loops: Loops::default(),
            assertions: OnceCell::new(),
            evaluations: Cell::new(0),
            possible: RefCell::new(BumpVec::new_in(arena)),
            equated: RefCell::new(Vec::new()),
            refused: arena.alloc_slice_copy(&made.refused),
            bodies: OnceCell::new(),
            resources: OnceCell::new(),
            by_name: OnceCell::new(),
            expansion: OnceCell::new(),
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
        self.shared.variables.borrow().get(variable.0 as usize).copied()
    }

    /// The resources that the template deploys: those of the text in source order, those that loops make where their loop
    /// stands, then what SAM makes of them.
    #[must_use]
    pub fn resources(&'a self) -> &'a [ResolvedResource<'a>] {
        self.resources.get_or_init(|| {
            let resources = self.made().iter().enumerate().map(|(number, made)| {
                let path = self.resource_path(&made.entry);
                let place = self.template.document.span(made.entry.named.node);
                let body = |unconditional| {
                    let body = ResourceBody { resolver: self, number, unconditional };
                    let thunk = self.arena.alloc(Remembered::new(body));
                    self.node(Kind::Deferred(thunk), place, path, None)
                };
                ResolvedResource { entry: made.entry, value: body(false), unconditional: body(true) }
            });
            let mut resources = BumpVec::from_iter_in(resources, self.arena);
            resources.extend(self.expansion().resources(self).map(|made| self.where_nested(made)));
            resources.into_bump_slice()
        })
    }

    /// The first resource with that logical id.
    #[must_use]
    pub fn resource_named(&'a self, logical_id: &str) -> Option<&'a ResolvedResource<'a>> {
        let resources = self.resources();
        let name = |number: &u32| resources.get(*number as usize).map(|resource| resource.entry.named.name);
        let by_name = self.by_name.get_or_init(|| {
            let mut numbers: Vec<u32> = (0..u32::try_from(resources.len()).unwrap_or(u32::MAX)).collect();
            numbers.sort_by_key(name);
            self.arena.alloc_slice_copy(&numbers)
        });
        let at = by_name.partition_point(|number| name(number) < Some(logical_id));
        by_name
            .get(at)
            .and_then(|number| resources.get(*number as usize))
            .filter(|one| one.entry.named.name == logical_id)
    }

    /// The outputs, in source order.
    #[must_use]
    pub fn outputs(&'a self) -> Vec<ResolvedOutput<'a>> {
        let section = self.child(self.root_path, Segment::Key("Outputs"), Span::default());
        let outputs = self.output_entries().into_iter().map(|(named, scope)| {
            let path = self.child(section, Segment::Key(named.name), named.name_span);
            ResolvedOutput { name: named.name, value: self.value(named.node, At::root(path, scope)) }
        });
        outputs.collect()
    }

    /// What SAM makes of the template.
    pub(super) fn expansion(&'a self) -> &'a Expansion<'a> {
        self.expansion.get_or_init(|| Expansion::plan(self))
    }

    /// The text of a parameter that is given as a text or has a default, as SAM sees it.
    pub(super) fn known_parameter(&self, number: usize) -> Option<&'a str> {
        match self.parameters.get(number) {
            Some(&(ParameterSource::Pinned(text) | ParameterSource::Settled(text, _))) => return Some(text),
            Some(&ParameterSource::Passed(node)) => return self.descent?.known_text(node),
            _ => {}
        }
        let parameter = self.template.parameters.get(number).filter(|parameter| !parameter.is_stored())?;
        self.template.document.text(parameter.default?)
    }

    /// How much is worked out.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.shared.limits
    }

    /// Notes that a limit was reached, for the first time there.
    pub(super) fn reach(&self, limit: &'static str, place: Option<Span>) {
        // Only the outermost template's own text is at hand where the problem is told.
        let place = place.filter(|_| self.descent.is_none());
        self.shared.reached.borrow_mut().entry(limit).or_insert(place);
    }

    /// The limits that were reached so far in the template and the stacks nested in it, by name, each with a place in the
    /// text where that is known.
    #[must_use]
    pub fn reached_limits(&self) -> Vec<(&'static str, Option<Span>)> {
        self.shared.reached.borrow().iter().map(|(limit, place)| (*limit, *place)).collect()
    }

    /// Takes nodes from the template's budget; whether any were left.
    pub(super) fn spend(&self, nodes: usize) -> bool {
        let spent = self.shared.nodes.get().saturating_add(nodes);
        self.shared.nodes.set(spent);
        spent < as_count(self.shared.limits.values)
    }

    /// The pinned value of a pseudo parameter.
    pub(super) fn pinned(&self, name: &str) -> Option<&'a str> {
        self.pinned_pseudo.iter().find(|(pseudo, _)| *pseudo == name).map(|(_, value)| *value)
    }

    fn resource_path(&self, entry: &ResourceEntry<'a>) -> &'a Path<'a> {
        let resources = self.child(self.root_path, Segment::Key("Resources"), Span::default());
        self.child(resources, Segment::Key(entry.named.name), entry.named.name_span)
    }

    pub(super) fn body(&'a self, number: usize, made: &Made<'a>) -> Value<'a> {
        let entry = &made.entry;
        let bodies = self.bodies.get_or_init(|| {
            let bodies = self.made().iter().map(|_| OnceCell::new());
            BumpVec::from_iter_in(bodies, self.arena).into_bump_slice()
        });
        let Some(body) = bodies.get(number) else { return self.absent(entry.named.name_span, self.root_path) };
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
                let value = self.value(pair.value, At { path, expected, scope: made.scope });
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
        if self.shared.nodes.get() >= as_count(self.shared.limits.values) {
            self.reach("values", Some(place));
            return self.unknown("a template over the size limit", Shape::MaybeAbsent, place, at);
        }
        match call(document, node) {
            Some(call) if !matches!(call.function, Function::ForEach(_)) => self.call(&call, place, at),
            _ => self.plain(node, place, at),
        }
    }

    pub(super) fn plain(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let resolved = document.resolve_alias(node);
        match document.content(resolved) {
            Content::Scalar { .. } => self.scalar(resolved, place, at),
            Content::Sequence(items) => {
                let mut values = BumpVec::with_capacity_in(items.len(), self.arena);
                for (index, &item) in items.iter().enumerate() {
                    let segment = Segment::Index(u32::try_from(index).unwrap_or(u32::MAX));
                    let path = self.child(at.path, segment, document.span(item));
                    values.push(self.value(item, At { path, expected: at.expected.item(), ..at }));
                }
                self.node(Kind::List(values.into_bump_slice()), place, at.path, None)
            }
            Content::Mapping(_) => self.map(resolved, place, at),
            Content::Alias(_) => self.unknown("a YAML alias", Shape::MaybeAbsent, place, at),
        }
    }

    fn map(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let document = self.template.document;
        let looped = |key| matches!(Function::from_key(key), Some(Function::ForEach(_)));
        if document.pairs(node).any(|pair| document.text(pair.key).is_some_and(looped)) {
            return self.looped_map(node, place, at);
        }
        let object = self.object_type(at);
        let pairs: Vec<_> = document.pairs(node).collect();
        let mut entries = BumpVec::with_capacity_in(pairs.len(), self.arena);
        for pair in pairs {
            let key = self.text_at(pair.key, at).unwrap_or_default();
            if Function::from_key(key) == Some(Function::Transform) {
                return self.unknown("`Fn::Transform`", Shape::MaybeAbsent, place, at);
            }
            let key_place = document.span(pair.key);
            let path = self.child(at.path, Segment::Key(key), key_place);
            let value = self.value(pair.value, At { path, expected: object.key(key), ..at });
            entries.push(Entry { key, key_place, value });
        }
        self.finished_map(entries, place, at)
    }

    /// The type of an object that stands here: providers take one object where a list is declared.
    pub(super) fn object_type(&self, at: At<'a>) -> PropertyType {
        if at.expected.kind() == PropertyKind::List { at.expected.item() } else { at.expected }
    }

    /// The map of those entries, as a list of one where a list is declared.
    pub(super) fn finished_map(&self, entries: BumpVec<'a, Entry<'a>>, place: Span, at: At<'a>) -> Value<'a> {
        let map = self.node(Kind::Map(Map::new(entries.into_bump_slice())), place, at.path, None);
        if at.expected.kind() != PropertyKind::List {
            return map;
        }
        self.node(Kind::List(self.arena.alloc_slice_copy(&[map])), place, at.path, None)
    }

    /// The text of a scalar, with the variables of the loops around it replaced.
    pub(super) fn text_at(&self, node: NodeId, at: At<'a>) -> Option<&'a str> {
        self.template.document.text(node).map(|text| self.looped_text(text, at.scope))
    }

    /// The same for a place where something is named.
    pub(super) fn name_at(&self, node: NodeId, at: At<'a>) -> Option<&'a str> {
        name_text(self.template.document, node).map(|text| self.looped_text(text, at.scope))
    }

    fn scalar(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let kind = match self.template.document.scalar(node) {
            // A null property is refused by CloudFormation; inside free-form JSON it is data.
            Scalar::Null if at.expected.kind() == PropertyKind::Json => Kind::Null,
            Scalar::Null => Kind::Absent,
            Scalar::Bool(value) => Kind::Bool(value),
            Scalar::Integer(value) => Kind::Integer(value),
            Scalar::Float(value) => Kind::Float(value),
            Scalar::Text(text) => Kind::String(self.looped_text(text, at.scope)),
        };
        self.typed(
            self.node(self.with_secrets(kind), place, at.path, None),
            at.expected,
            self.template.document.text(node),
        )
    }

    pub(super) fn call(&'a self, call: &Call<'a>, place: Span, at: At<'a>) -> Value<'a> {
        match call.function {
            Function::Ref => self.reference_call(call, place, at),
            Function::GetAtt => self.attribute(call, place, at),
            Function::If => self.branches(call, place, at),
            _ => self.function(call, place, at),
        }
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
            (PropertyKind::Bool | PropertyKind::Integer | PropertyKind::Number, Kind::Partial(pieces)) => {
                let reason = pieces.iter().find_map(|piece| match piece {
                    Piece::Unknown(unknown) => Some(unknown.reason),
                    Piece::Text(_) | Piece::Reference(_) => None,
                });
                let Some(reason) = reason else { return value };
                Kind::Unknown(self.arena.alloc(Unknown { reason, shape: Shape::Any }))
            }
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
        self.shared.nodes.set(self.shared.nodes.get() + 1);
        self.arena.alloc(Node { kind, place, path, via })
    }

    pub(super) fn deferred<T: Deferred<'a> + 'a>(&self, deferred: T, place: Span, at: At<'a>) -> Value<'a> {
        self.node(Kind::Deferred(self.arena.alloc(Remembered::new(deferred))), place, at.path, None)
    }

    pub(super) fn absent(&self, place: Span, path: &'a Path<'a>) -> Value<'a> {
        self.node(Kind::Absent, place, path, None)
    }

    pub(super) fn unknown(&self, reason: &'a str, shape: Shape, place: Span, at: At<'a>) -> Value<'a> {
        self.node(Kind::Unknown(self.arena.alloc(Unknown { reason, shape })), place, at.path, None)
    }

    pub(super) fn via(&self, kind: ViaKind<'a>, place: Span, next: Option<&'a Via<'a>>) -> Option<&'a Via<'a>> {
        Some(self.arena.alloc(Via { kind, place, document: self.root_path.document(), next }))
    }

    pub(super) fn child(&self, parent: &'a Path<'a>, segment: Segment<'a>, place: Span) -> &'a Path<'a> {
        self.arena.alloc(Path { parent: Some(parent), segment, place })
    }

    /// The variable of a comparison that nothing decides, made when it is first met.
    pub(super) fn variable_of(&self, comparison: &'a str) -> Variable {
        if let Some(&number) = self.comparisons.borrow().get(comparison) {
            return Variable(number);
        }
        let class = |kind| ClassInfo { kind, text: None, place: Span::default() };
        let classes = self.arena.alloc_slice_copy(&[class(ClassKind::True), class(ClassKind::False)]);
        let other = self.arena.alloc(Unknown { reason: comparison, shape: Shape::Any });
        let kind = VariableKind::Comparison;
        let variable = self.shared.add(VariableInfo { name: comparison, kind, classes, decides: true, other });
        self.comparisons.borrow_mut().insert(comparison, variable.0);
        variable
    }
}
