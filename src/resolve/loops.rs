//! `Fn::ForEach`: sections and maps with their loops written out.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use bumpalo::collections::Vec as BumpVec;

use crate::diag::{Code, as_count};
use crate::syntax::{NodeId, Pair};
use crate::template::{Function, Named, ResourceEntry, TemplateProblem};
use crate::text::Span;
use crate::value::{Choices, Deferred, Entry, Kind, Pending, Segment, Shape, Value, World};

use super::resolver::{At, Made, Resolver};

/// The rounds that the loops of one section or one map may take for each entry that they may make.
const ROUNDS: usize = 4;
/// The most ways to choose parameters that are tried to learn what a collection can hold.
const WAYS: usize = 64;

/// The variable of a loop in one of its rounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    name: &'a str,
    member: &'a str,
    /// The collection, when what it holds hangs on a choice.
    varying: Option<NodeId>,
    outer: Option<&'a Scope<'a>>,
}

impl<'a> Scope<'a> {
    /// What the variable of that name stands for.
    pub(super) fn member_of(&self, name: &str) -> Option<&'a str> {
        let mut scope = Some(self);
        while let Some(one) = scope {
            if one.name == name {
                return Some(one.member);
            }
            scope = one.outer;
        }
        None
    }
}

/// What the loops of the sections make.
#[derive(Default)]
pub(super) struct Loops<'a> {
    written_out: OnceCell<&'a WrittenOut<'a>>,
    busy: Cell<bool>,
}

struct WrittenOut<'a> {
    resources: &'a [Made<'a>],
    types: BTreeMap<&'a str, &'a str>,
    conditions: BTreeMap<&'a str, (&'a str, NodeId, Option<&'a Scope<'a>>)>,
    outputs: Vec<(Named<'a>, Option<&'a Scope<'a>>)>,
    problems: Vec<TemplateProblem>,
}

/// Entries that loops of one section have made so far.
#[derive(Default)]
struct Round<'a> {
    entries: Vec<(Named<'a>, Option<&'a Scope<'a>>)>,
    problems: Vec<TemplateProblem>,
    rounds: usize,
    over_budget: bool,
}

impl<'a> Resolver<'a> {
    /// The resources of the text and of its loops.
    pub(super) fn made(&'a self) -> &'a [Made<'a>] {
        self.written_out().map_or(&[], |out| out.resources)
    }

    /// The type of a resource that a loop makes.
    pub(super) fn generated_type(&'a self, name: &str) -> Option<&'a str> {
        self.written_out()?.types.get(name).copied()
    }

    /// A condition of the text or of a loop: its name, its node and the loops around it.
    pub(super) fn condition_entry(&'a self, name: &str) -> Option<(&'a str, NodeId, Option<&'a Scope<'a>>)> {
        match self.written_out() {
            Some(out) => out.conditions.get(name).copied(),
            None => {
                let condition = self.template.conditions.get(self.template.condition(name)?)?;
                Some((condition.name, condition.node, None))
            }
        }
    }

    /// How many conditions loops make.
    pub(super) fn generated_conditions(&'a self) -> usize {
        self.written_out().map_or(0, |out| out.conditions.len())
    }

    pub(super) fn output_entries(&'a self) -> Vec<(Named<'a>, Option<&'a Scope<'a>>)> {
        self.written_out().map(|out| out.outputs.clone()).unwrap_or_default()
    }

    /// What is wrong with the loops of the sections.
    pub(super) fn loop_problems(&'a self) -> &'a [TemplateProblem] {
        self.written_out().map_or(&[], |out| &out.problems)
    }

    /// Whether the loops' collections hold these members under the choices of `world`.
    pub(super) fn is_made(&'a self, scope: Option<&'a Scope<'a>>, world: &World<'a, '_>) -> Result<bool, Pending> {
        let mut scope = scope;
        while let Some(one) = scope {
            if let Some(collection) = one.varying
                && let Some(members) = self.members(collection, At::root(self.root_path, one.outer), world)?
                && !members.contains(&one.member)
            {
                return Ok(false);
            }
            scope = one.outer;
        }
        Ok(true)
    }

    /// `text` with `${Variable}` and `&{Variable}` of the loops around it replaced.
    pub(super) fn looped_text(&self, text: &'a str, scope: Option<&'a Scope<'a>>) -> &'a str {
        let Some(scope) = scope.filter(|_| text.contains("${") || text.contains("&{")) else { return text };
        let mut made = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("{") {
            let (before, variable) = rest.split_at(start);
            let end = variable.find('}');
            let name = end.and_then(|end| variable.get(1..end)).unwrap_or_default();
            match (scope.member_of(name), before.strip_suffix('$'), before.strip_suffix('&')) {
                (Some(member), Some(before), _) => {
                    made.push_str(before);
                    made.push_str(member);
                }
                (Some(member), _, Some(before)) => {
                    made.push_str(before);
                    made.extend(member.chars().filter(char::is_ascii_alphanumeric));
                }
                _ => {
                    made.push_str(before);
                    made.push('{');
                    rest = variable.get(1..).unwrap_or_default();
                    continue;
                }
            }
            rest = end.and_then(|end| variable.get(end + 1..)).unwrap_or_default();
        }
        made.push_str(rest);
        self.arena.alloc_str(&made)
    }

    /// A map that has loops among its keys.
    pub(super) fn looped_map(&'a self, node: NodeId, place: Span, at: At<'a>) -> Value<'a> {
        let choices = Choices::default();
        let map = LoopedMap { resolver: self, node, place, at, rounds: Cell::new(0) };
        match map.force(&World { arena: self.arena, choices: &choices }) {
            Ok(value) => value,
            Err(_) => self.deferred(map, place, at),
        }
    }

    /// The members of a loop's collection under the choices of `world`; `None` when they are not known.
    fn members(
        &'a self,
        collection: NodeId,
        at: At<'a>,
        world: &World<'a, '_>,
    ) -> Result<Option<Vec<&'a str>>, Pending> {
        let value = world.force(self.value(collection, at.inside()))?;
        let Kind::List(items) = value.kind else { return Ok(None) };
        let mut members = Vec::with_capacity(items.len());
        for item in items {
            let item = world.force(item)?;
            match item.kind {
                Kind::Absent => {}
                Kind::List(inner) => {
                    for item in inner {
                        let Some(text) = self.text_of(world.force(item)?) else { return Ok(None) };
                        members.push(text);
                    }
                }
                _ => {
                    let Some(text) = self.text_of(item) else { return Ok(None) };
                    members.push(text);
                }
            }
        }
        Ok(Some(members))
    }

    /// The most entries that one section's or one map's loops may make.
    fn loop_entries(&self) -> usize {
        as_count(self.shared.limits.loop_entries)
    }

    /// The members that a collection can have in any deployment, and whether that hangs on a choice.
    fn all_members(&'a self, collection: NodeId, scope: Option<&'a Scope<'a>>) -> Option<(Vec<&'a str>, bool)> {
        let at = At::root(self.root_path, scope);
        let mut all: Option<Vec<&'a str>> = None;
        let mut ways = 0;
        let mut open = vec![Choices::default()];
        while let Some(choices) = open.pop() {
            match self.members(collection, at, &World { arena: self.arena, choices: &choices }) {
                Ok(members) => {
                    ways += 1;
                    for member in members.into_iter().flatten() {
                        let all = all.get_or_insert_default();
                        if !all.contains(&member) && all.len() <= self.loop_entries() {
                            all.push(member);
                        }
                    }
                    if choices.made().is_empty() {
                        // Also a list that is empty in every deployment is known.
                        let known = self.members(collection, at, &World { arena: self.arena, choices: &choices });
                        return known.ok().flatten().map(|members| (members, false));
                    }
                }
                Err(Pending(variable)) => {
                    let classes = self.variable(variable).map_or(0, |info| info.classes.len());
                    if ways + open.len() + classes > WAYS || choices.get(variable).is_some() {
                        return None;
                    }
                    let classes = (0..classes).rev().map(|class| u16::try_from(class).unwrap_or(u16::MAX));
                    open.extend(classes.map(|class| choices.with(variable, class)));
                }
            }
        }
        all.map(|all| (all, ways > 1))
    }

    fn written_out(&'a self) -> Option<&'a WrittenOut<'a>> {
        if let Some(out) = self.loops.written_out.get() {
            return Some(out);
        }
        // While collections are worked out the names that loops make are not known yet.
        if self.loops.busy.replace(true) {
            return None;
        }
        let out = self.write_out();
        self.loops.busy.set(false);
        Some(self.loops.written_out.get_or_init(|| self.arena.alloc(out)))
    }

    fn write_out(&'a self) -> WrittenOut<'a> {
        let template = self.template;
        let mut problems = Vec::new();
        let conditions = template.conditions.iter().filter(|named| is_loop(named.name)).copied().collect();
        let conditions = self.section(conditions, &mut problems);
        let outputs = self.section(template.outputs.clone(), &mut problems);
        let mut resources = Vec::with_capacity(template.resources.len());
        let mut types = BTreeMap::new();
        let mut written = template.resources.iter().enumerate().peekable();
        for (before, named) in template.loops.iter().copied() {
            while let Some((_, entry)) = written.next_if(|(number, _)| *number < before) {
                resources.push(Made { entry: *entry, scope: None });
            }
            for (named, scope) in self.section(vec![named], &mut problems) {
                if template.name(named.name).is_some() || types.contains_key(named.name) {
                    problems.push(duplicate(&named));
                    continue;
                }
                let Some(entry) = self.resource_entry(named, scope) else {
                    problems.push(TemplateProblem {
                        code: Code::TemplateShape,
                        message: format!(
                            "resource `{}`, which a loop makes, must be a mapping with a `Type`",
                            named.name
                        ),
                        span: named.name_span,
                        help: None,
                    });
                    continue;
                };
                types.insert(named.name, entry.resource_type);
                resources.push(Made { entry, scope });
            }
        }
        resources.extend(written.map(|(_, entry)| Made { entry: *entry, scope: None }));
        let written = template.conditions.iter().filter(|named| !is_loop(named.name));
        let mut by_name: BTreeMap<_, _> = written.map(|named| (named.name, (named.name, named.node, None))).collect();
        for (named, scope) in conditions {
            if by_name.contains_key(named.name) {
                problems.push(duplicate(&named));
            } else {
                by_name.insert(named.name, (named.name, named.node, scope));
            }
        }
        problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        problems.dedup();
        let resources = BumpVec::from_iter_in(resources, self.arena).into_bump_slice();
        WrittenOut { resources, types, conditions: by_name, outputs, problems }
    }

    fn resource_entry(&self, named: Named<'a>, scope: Option<&'a Scope<'a>>) -> Option<ResourceEntry<'a>> {
        let document = self.template.document;
        let at = At::root(self.root_path, scope);
        let resource_type = document.get(named.node, "Type").and_then(|pair| self.text_at(pair.value, at))?;
        let condition = document
            .get(named.node, "Condition")
            .and_then(|pair| Some((self.name_at(pair.value, at)?, document.span(pair.value))));
        Some(ResourceEntry { named, resource_type, condition })
    }

    /// The entries of a section with its loops written out.
    fn section(
        &'a self,
        entries: Vec<Named<'a>>,
        problems: &mut Vec<TemplateProblem>,
    ) -> Vec<(Named<'a>, Option<&'a Scope<'a>>)> {
        let mut round = Round::default();
        for named in entries {
            if is_loop(named.name) {
                self.write_out_loop(named, None, &mut round);
            } else {
                round.entries.push((named, None));
            }
        }
        problems.append(&mut round.problems);
        round.entries
    }

    fn write_out_loop(&'a self, named: Named<'a>, scope: Option<&'a Scope<'a>>, round: &mut Round<'a>) {
        let document = self.template.document;
        let mut problem = |code, message: String, node: Option<NodeId>, help: Option<&str>| {
            let whole = |node| document.tag_span(node).map_or(document.span(node), |tag| tag.join(document.span(node)));
            let span = node.map_or(named.name_span, whole);
            round.problems.push(TemplateProblem { code, message, span, help: help.map(str::to_owned) });
        };
        let Some((name, collection, body)) = self.loop_parts(named.node, scope) else {
            let message = format!("`{}` needs a variable's name, a collection and a map", named.name);
            let help = "write `[Variable, [member, ...], {\"Name${Variable}\": ...}]`";
            problem(Code::FunctionArguments, message, None, Some(help));
            return;
        };
        let Some((members, varies)) = self.all_members(collection, scope) else {
            let message = format!("what `{}` makes is not judged: its collection is not known", named.name);
            let help = "give the parameters that it hangs on with `--parameter NAME=VALUE`";
            problem(Code::TransformUnknown, message, Some(collection), Some(help));
            return;
        };
        for member in members {
            round.rounds += 1;
            let varying = varies.then_some(collection);
            let scope: &'a Scope<'a> = self.arena.alloc(Scope { name, member, varying, outer: scope });
            for pair in document.pairs(body) {
                let key = self.looped_text(document.text(pair.key).unwrap_or_default(), Some(scope));
                let inner = Named { name: key, name_span: document.span(pair.key), node: pair.value };
                let full = round.entries.len() >= self.loop_entries() || round.rounds >= ROUNDS * self.loop_entries();
                if is_loop(key) && !full {
                    self.write_out_loop(inner, Some(scope), round);
                    continue;
                }
                if full {
                    if !round.over_budget {
                        round.over_budget = true;
                        round.problems.push(TemplateProblem {
                            code: Code::TransformUnknown,
                            message: format!(
                                "`{}` makes more than {} entries: the rest is not judged",
                                named.name,
                                self.loop_entries()
                            ),
                            span: named.name_span,
                            help: None,
                        });
                    }
                    return;
                }
                round.entries.push((inner, Some(scope)));
            }
            if round.over_budget {
                return;
            }
        }
    }

    /// The variable, the collection and the body of a loop.
    fn loop_parts(&self, node: NodeId, scope: Option<&'a Scope<'a>>) -> Option<(&'a str, NodeId, NodeId)> {
        let document = self.template.document;
        let &[name, collection, body] = document.items(node) else { return None };
        let name = self.text_at(name, At::root(self.root_path, scope)).filter(|name| !name.is_empty())?;
        document.is_mapping(body).then_some((name, collection, body))
    }
}

fn is_loop(name: &str) -> bool {
    matches!(Function::from_key(name), Some(Function::ForEach(_)))
}

fn duplicate(named: &Named<'_>) -> TemplateProblem {
    TemplateProblem {
        code: Code::DuplicateKey,
        message: format!("a loop makes `{}`, which is there already; this one does not count", named.name),
        span: named.name_span,
        help: Some("use the loop's variable in the name, so that each round makes another".to_owned()),
    }
}

/// A map with loops among its keys.
struct LoopedMap<'a> {
    resolver: &'a Resolver<'a>,
    node: NodeId,
    place: Span,
    at: At<'a>,
    rounds: Cell<usize>,
}

impl<'a> Deferred<'a> for LoopedMap<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        self.rounds.set(0);
        let mut entries = BumpVec::new_in(self.resolver.arena);
        let pairs: Vec<Pair> = self.resolver.template.document.pairs(self.node).collect();
        if self.push(&pairs, self.at, &mut entries, world)? {
            return Ok(self.resolver.finished_map(entries, self.place, self.at));
        }
        Ok(self.resolver.unknown("`Fn::ForEach`", Shape::MaybeAbsent, self.place, self.at))
    }
}

impl<'a> LoopedMap<'a> {
    /// Adds entries; `false` when not all of them can be known.
    fn push(
        &self,
        pairs: &[Pair],
        at: At<'a>,
        entries: &mut BumpVec<'a, Entry<'a>>,
        world: &World<'a, '_>,
    ) -> Result<bool, Pending> {
        let resolver = self.resolver;
        let document = resolver.template.document;
        for pair in pairs {
            let key = resolver.text_at(pair.key, at).unwrap_or_default();
            let key_place = document.span(pair.key);
            match Function::from_key(key) {
                Some(Function::ForEach(_)) => {
                    let Some((name, collection, body)) = resolver.loop_parts(pair.value, at.scope) else {
                        return Ok(false);
                    };
                    let Some(members) = resolver.members(collection, at, world)? else { return Ok(false) };
                    let body: Vec<Pair> = document.pairs(body).collect();
                    for member in members {
                        self.rounds.set(self.rounds.get() + 1);
                        if self.rounds.get() > ROUNDS * resolver.loop_entries() {
                            resolver.reach("loop-entries", Some(key_place));
                            return Ok(false);
                        }
                        let scope = Scope { name, member, varying: None, outer: at.scope };
                        let scope: &'a Scope<'a> = resolver.arena.alloc(scope);
                        if !self.push(&body, At { scope: Some(scope), ..at }, entries, world)? {
                            return Ok(false);
                        }
                    }
                }
                Some(Function::Transform) => return Ok(false),
                _ => {
                    if entries.len() >= resolver.loop_entries() {
                        resolver.reach("loop-entries", Some(key_place));
                        return Ok(false);
                    }
                    let path = resolver.child(at.path, Segment::Key(key), key_place);
                    let expected = resolver.object_type(at).key(key);
                    let value = resolver.value(pair.value, At { path, expected, ..at });
                    entries.retain(|entry| entry.key != key);
                    entries.push(Entry { key, key_place, value });
                }
            }
        }
        Ok(true)
    }
}
