//! Walking queries through values.

use crate::value::{Kind, Node, Shape, Unknown};

use super::evaluator::{Evaluator, Scope};
use super::item::{Entries, Found, Item, Items, Rest, View};
use super::outcome::Interrupt;
use super::program::{Key, NamedSymbol, Operand, Part, Query};
use super::selection::KeyQuestion;
use super::statuses::Hinges;

/// What is true of a walk so far, whatever value it stands at.
#[derive(Clone, Copy)]
pub(super) struct Walk<'p> {
    pub(super) query: &'p Query,
    /// It may have led nowhere already.
    pub(super) open: bool,
    /// It may not be there at all.
    pub(super) maybe: bool,
    /// It stands for one or more walks.
    pub(super) many: bool,
    pub(super) hinges: Hinges,
    /// The spelling of keys that succeeded first, which the rest of the query keeps.
    pub(super) spelling: Option<usize>,
}

impl<'p> Walk<'p> {
    pub(super) fn found<'a>(&self, item: Item<'p, 'a>) -> Found<'p, 'a> {
        Found {
            item,
            missing: None,
            open: self.open,
            maybe: self.maybe,
            many: self.many,
            doubtful: false,
            literal: false,
            hinges: self.hinges,
        }
    }

    pub(super) fn missing<'a>(&self, from: usize, at: Item<'p, 'a>) -> Found<'p, 'a> {
        Found { missing: Some(Rest { query: self.query, from }), open: false, ..self.found(at) }
    }

    /// The same walk, not sure to be there.
    pub(super) fn maybe(self, maybe: bool, hinges: Hinges) -> Self {
        if maybe { Self { maybe: true, hinges: self.hinges.union(hinges), ..self } } else { self }
    }
}

/// What looking up a key came to.
pub(super) enum Entry<'p, 'a> {
    There(Item<'p, 'a>, Option<usize>),
    /// The value may be absent.
    Perhaps(Item<'p, 'a>),
    Missing,
}

/// Where results go.
pub(super) type Out<'o, 'p, 'a> = &'o mut Vec<Found<'p, 'a>>;

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    /// The results of a query that starts in `scope`.
    pub(super) fn query(
        &mut self,
        query: &'p Query,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        let around = if scope.passing { scope.parent.unwrap_or(scope) } else { scope };
        self.query_from(query, scope.root, None, around)
    }

    pub(super) fn query_from(
        &mut self,
        query: &'p Query,
        root: Item<'p, 'a>,
        spelling: Option<usize>,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Vec<Found<'p, 'a>>, Interrupt> {
        let walk = Walk { query, open: false, maybe: false, many: false, hinges: Hinges::NONE, spelling };
        let mut out = Vec::new();
        if query.onward.is_none() {
            self.walk(walk, 0, root, scope, &mut out)?;
            return Ok(out);
        }
        // A filter within may ask such a query too.
        let around = std::mem::take(&mut self.reached);
        let result = self.walk(walk, 0, root, scope, &mut out);
        self.reached = around;
        result.map(|()| out)
    }

    /// Whether a query has been walked on from a linked resource before, with the same results. Where many lead to one (all
    /// subnets to one route table, say) the ways to what it leads to would multiply.
    fn was_here(&mut self, walk: &Walk<'p>, index: usize, current: Item<'p, 'a>) -> bool {
        let (Some(onward), Item::Node(node @ Node { kind: Kind::Map(map), .. })) = (walk.query.onward, current) else {
            return false;
        };
        // Only linked resources are one wherever they are reached.
        let is_linked = map.entries().first().is_some_and(|entry| entry.key == "Id");
        let is_certain = !walk.open && !walk.maybe && !walk.many;
        is_linked
            && is_certain
            && index >= onward
            && !self.reached.insert((index, walk.spelling, std::ptr::from_ref(node)))
    }

    /// Walks from the part `index` on, at `current`. Parts with one result are taken in turn, the others recurse.
    pub(super) fn walk(
        &mut self,
        walk: Walk<'p>,
        index: usize,
        current: Item<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let (mut walk, mut index, mut current) = (walk, index, current);
        loop {
            self.step(walk.query.span)?;
            let Some(part) = walk.query.parts.get(index) else {
                out.push(walk.found(current));
                return Ok(());
            };
            if let (View::Unknown(unknown), false) = (current.view(), matches!(part, Part::Variable(_) | Part::This)) {
                match unknown.shape {
                    Shape::Any | Shape::MaybeAbsent => {
                        walk = self.step_into_anything(walk, part, unknown, current);
                        self.leave_behind_what_is_skipped(walk, part, current, scope)?;
                        index += 1;
                        self.rehearse_rest(walk, index, current, scope)?;
                        continue;
                    }
                    Shape::List => match self.step_into_list(walk, part, current) {
                        Some((next, item)) => {
                            (walk, current) = (next, item);
                            self.leave_behind_what_is_skipped(walk, part, current, scope)?;
                            index += 1;
                            self.rehearse_rest(walk, index, current, scope)?;
                            continue;
                        }
                        None => {
                            out.push(walk.missing(index, current));
                            return Ok(());
                        }
                    },
                    Shape::Text | Shape::Identifier | Shape::Secret => {}
                }
            }
            match part {
                Part::This => {}
                Part::Variable(variable) => {
                    return self.branch((walk, index), current, out, |this, out| {
                        this.walk_variable(walk, index, variable, scope, out)
                    });
                }
                Part::Key(key) => {
                    if self.was_here(&walk, index, current) {
                        return Ok(());
                    }
                    let entry = match (key.index, current.view()) {
                        (Some(position), View::List(items)) => self.list_item(items, position)?,
                        (None, View::Map(entries)) => self.entry(entries, key, walk.spelling)?,
                        _ => Entry::Missing,
                    };
                    match self.follow(&mut walk, entry) {
                        Some(next) => current = next,
                        None => {
                            out.push(walk.missing(index, current));
                            return Ok(());
                        }
                    }
                }
                Part::Index(position) => {
                    let entry = match current.view() {
                        View::List(items) => self.list_item(items, *position)?,
                        _ => Entry::Missing,
                    };
                    match self.follow(&mut walk, entry) {
                        Some(next) => current = next,
                        None => {
                            out.push(walk.missing(index, current));
                            return Ok(());
                        }
                    }
                }
                Part::AllIndices { capture } => match (current.view(), capture) {
                    (View::List(items), _) => {
                        return self.branch((walk, index), current, out, |this, out| {
                            this.walk_items((walk, index), current, items, scope, out)
                        });
                    }
                    (View::Map(entries), Some(name)) => {
                        return self.branch((walk, index), current, out, |this, out| {
                            this.walk_members((walk, index), (current, entries), Some(*name), scope, out)
                        });
                    }
                    _ => {}
                },
                Part::AllValues { capture } => match current.view() {
                    View::List(items) => {
                        return self.branch((walk, index), current, out, |this, out| {
                            this.walk_items((walk, index), current, items, scope, out)
                        });
                    }
                    View::Map(entries) => {
                        return self.branch((walk, index), current, out, |this, out| {
                            this.walk_members((walk, index), (current, entries), *capture, scope, out)
                        });
                    }
                    _ => {}
                },
                Part::Filter(filter) => {
                    match (&filter.types, plain_type(current)) {
                        _ if !asks_the_value((walk, index), current, scope) => {}
                        (Some(types), Some(found)) if !types.iter().any(|each| each == found) => return Ok(()),
                        (Some(_), Some(_)) if filter.only_types => {
                            index += 1;
                            continue;
                        }
                        _ => {}
                    }
                    return self.branch((walk, index), current, out, |this, out| {
                        this.walk_filter((walk, index), current, filter, scope, out)
                    });
                }
                Part::KeyFilter { operator, negated, right, .. } => {
                    let View::Map(entries) = current.view() else {
                        out.push(walk.missing(index, current));
                        return Ok(());
                    };
                    let question = KeyQuestion { operator: *operator, negated: *negated, right };
                    return self.branch((walk, index), current, out, |this, out| {
                        this.walk_keys((walk, index), (current, entries), &question, scope, out)
                    });
                }
                Part::Interpolated(variable) => {
                    return self.branch((walk, index), current, out, |this, out| {
                        this.walk_interpolated((walk, index), current, variable, scope, out)
                    });
                }
            }
            index += 1;
        }
    }

    /// Walks on one level deeper. Where the walk may not have got here, an error is no sure one.
    fn branch(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        current: Item<'p, 'a>,
        out: Out<'_, 'p, 'a>,
        inside: impl FnOnce(&mut Self, Out<'_, 'p, 'a>) -> Result<(), Interrupt>,
    ) -> Result<(), Interrupt> {
        let mark = out.len();
        let perhaps = (walk.maybe || walk.open).then_some(walk.hinges);
        let inside = |this: &mut Self| this.deeper(walk.query.span, |this| inside(this, out));
        let result = self.conditionally(perhaps, |this| this.repeatedly(walk.many, inside));
        match result {
            Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                out.truncate(mark);
                self.also_unsupported(perhaps);
                if walk.open {
                    out.push(walk.missing(index, current));
                }
                Ok(())
            }
            result => result,
        }
    }

    /// The next value of a walk, or `None` when it leads nowhere.
    pub(super) fn follow(&mut self, walk: &mut Walk<'p>, entry: Entry<'p, 'a>) -> Option<Item<'p, 'a>> {
        match entry {
            Entry::There(item, spelling) => {
                walk.spelling = spelling.or(walk.spelling);
                Some(item)
            }
            Entry::Perhaps(item) => {
                walk.open = true;
                if let View::Unknown(unknown) = item.view() {
                    walk.hinges = walk.hinges.union(self.hinge(unknown));
                }
                Some(item)
            }
            Entry::Missing => None,
        }
    }

    /// A step into a value of which nothing is known: it may lead nowhere or anywhere, and to how many is known only
    /// for some parts.
    fn step_into_anything(
        &mut self,
        walk: Walk<'p>,
        part: &'p Part,
        unknown: &'a Unknown<'a>,
        current: Item<'p, 'a>,
    ) -> Walk<'p> {
        let hinges = walk.hinges.union(self.hinge(unknown));
        let mut walk = Walk { open: true, hinges, ..walk };
        match part {
            Part::This | Part::Variable(_) | Part::Key(_) | Part::Index(_) => {}
            Part::AllValues { capture } | Part::AllIndices { capture } => {
                walk.many = true;
                if let Some(name) = capture {
                    let (item, _) = self.unknown(Shape::Text, current);
                    self.capture(*name, Found { open: false, maybe: true, many: true, ..walk.found(item) });
                }
            }
            Part::Filter(filter) => {
                walk.many = true;
                walk.maybe = true;
                if filter.touchy {
                    self.also_unsupported(Some(hinges));
                }
                if let Some(name) = filter.capture {
                    let (item, _) = self.unknown(Shape::Text, current);
                    self.capture(name, Found { open: false, ..walk.found(item) });
                }
            }
            Part::KeyFilter { right, .. } => {
                walk.many = true;
                walk.maybe = true;
                // In a map the right side would be worked out, which may be an error unless it is a literal.
                if !matches!(**right, Operand::Literal(_)) {
                    self.also_unsupported(Some(hinges));
                }
            }
            Part::Interpolated(_) => {
                walk.many = true;
                walk.maybe = true;
                // In a map the variable would be read, which may be an error, and so may be what it stands for.
                self.also_unsupported(Some(hinges));
            }
        }
        walk
    }

    /// A step into a list of texts of unknown length; `None` when it leads nowhere for sure.
    fn step_into_list(
        &mut self,
        walk: Walk<'p>,
        part: &'p Part,
        current: Item<'p, 'a>,
    ) -> Option<(Walk<'p>, Item<'p, 'a>)> {
        let (item, hinge) = self.unknown(Shape::Text, current);
        let hinges = walk.hinges.union(hinge);
        match part {
            Part::Key(key) if key.index.is_some() => Some((Walk { open: true, hinges, ..walk }, item)),
            Part::Index(_) => Some((Walk { open: true, hinges, ..walk }, item)),
            Part::AllValues { .. } | Part::AllIndices { .. } => {
                Some((Walk { open: true, many: true, hinges, ..walk }, item))
            }
            // What the filter would ask of an item is not asked: it may keep some or none, or be an error.
            Part::Filter(filter) => {
                if filter.touchy {
                    self.also_unsupported(Some(hinges));
                }
                Some((Walk { maybe: true, many: true, hinges, ..walk }, item))
            }
            Part::Key(_) | Part::KeyFilter { .. } | Part::Interpolated(_) | Part::This | Part::Variable(_) => None,
        }
    }

    /// What a part would evaluate of a value that is not known.
    fn leave_behind_what_is_skipped(
        &mut self,
        walk: Walk<'p>,
        part: &'p Part,
        current: Item<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        match part {
            Part::Filter(filter) => self.leave_behind(walk.hinges, |this| {
                let (item, _) = this.unknown(Shape::Any, current);
                this.gate(&filter.clauses, &Scope::at(item, scope))
            }),
            Part::KeyFilter { right, .. } => self.leave_behind(walk.hinges, |this| match &**right {
                Operand::Query(query) => this.query_from(query, current, walk.spelling, scope),
                other => this.operand(other, scope),
            }),
            Part::Interpolated(variable) => self.leave_behind(walk.hinges, |this| this.variable(variable, scope)),
            _ => Ok(()),
        }
    }

    /// The rest of a walk that stands for many.
    fn rehearse_rest(
        &mut self,
        walk: Walk<'p>,
        index: usize,
        current: Item<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        if !walk.many || index >= walk.query.parts.len() {
            return Ok(());
        }
        self.rehearse(walk.hinges, |this| this.walk(walk, index, current, scope, &mut Vec::new()))
    }

    fn walk_variable(
        &mut self,
        walk: Walk<'p>,
        index: usize,
        variable: &'p NamedSymbol,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let results = self.variable(variable, scope)?;
        // `[*]` right after a variable is the variable itself: it mostly was put there by the language.
        let next = match walk.query.parts.get(index + 1) {
            Some(Part::AllIndices { .. }) => index + 2,
            _ => index + 1,
        };
        for found in results.iter() {
            if found.missing.is_some() || next >= walk.query.parts.len() {
                self.step(walk.query.span)?;
                out.push(*found);
                continue;
            }
            let walk = Walk {
                open: found.open,
                maybe: found.maybe,
                many: found.many,
                hinges: walk.hinges.union(found.hinges),
                ..walk
            };
            self.walk(walk, next, found.item, &Scope::at(found.item, scope), out)?;
        }
        Ok(())
    }

    /// The item at `position`, counting only the items that are there.
    fn list_item(&mut self, items: Items<'p, 'a>, position: i64) -> Result<Entry<'p, 'a>, Interrupt> {
        let nodes = match items {
            Items::Constants(constants) => {
                let at = self.offset(position, constants.len());
                let item = at.and_then(|at| constants.get(at));
                return Ok(item.map_or(Entry::Missing, |item| Entry::There(Item::Constant(item), None)));
            }
            Items::Nodes(nodes) => nodes,
        };
        // Counted from the front, only what stands before the position matters.
        let wanted = self.offset(position, usize::MAX);
        let mut there = Vec::new();
        for node in nodes {
            if let Some((value, maybe)) = self.present(node)? {
                if maybe {
                    return Ok(Entry::Perhaps(Item::Node(value)));
                }
                there.push(value);
                if wanted.is_some_and(|wanted| wanted < there.len()) {
                    return Ok(Entry::There(Item::Node(value), None));
                }
            }
        }
        let at = self.offset(position, there.len());
        let item = at.and_then(|at| there.get(at));
        Ok(item.map_or(Entry::Missing, |item| Entry::There(Item::Node(item), None)))
    }

    /// The default dialect drops the sign of an index; the newer one counts from the end.
    pub(super) fn offset(&self, position: i64, length: usize) -> Option<usize> {
        let offset = if self.newer() && position < 0 {
            // A length beyond all integers stands for one that is not known yet.
            i64::try_from(length).ok()?.checked_add(position)?
        } else {
            position.checked_abs()?
        };
        usize::try_from(offset).ok().filter(|offset| *offset < length)
    }

    fn entry(
        &mut self,
        entries: Entries<'p, 'a>,
        key: &'p Key,
        spelling: Option<usize>,
    ) -> Result<Entry<'p, 'a>, Interrupt> {
        let exact = self.exact_entry(entries, &key.text)?;
        if !matches!(exact, Entry::Missing) {
            return Ok(exact);
        }
        if let Entries::Nodes(map) = entries
            && !map.entries().iter().any(|entry| key.may_be_spelled(entry.key))
        {
            return Ok(Entry::Missing);
        }
        let tries = match spelling {
            Some(one) => one..one + 1,
            None => 0..Key::SPELLINGS,
        };
        for number in tries {
            let Some(text) = key.spellings().get(number) else { continue };
            match self.exact_entry(entries, text)? {
                Entry::There(item, _) => return Ok(Entry::There(item, Some(number))),
                Entry::Perhaps(item) => return Ok(Entry::Perhaps(item)),
                Entry::Missing => {}
            }
        }
        Ok(Entry::Missing)
    }

    pub(super) fn exact_entry(&mut self, entries: Entries<'p, 'a>, key: &str) -> Result<Entry<'p, 'a>, Interrupt> {
        match entries {
            Entries::Nodes(map) => {
                let Some(entry) = map.get(key) else { return Ok(Entry::Missing) };
                Ok(match self.present(entry.value)? {
                    None => Entry::Missing,
                    Some((value, true)) => Entry::Perhaps(Item::Node(value)),
                    Some((value, false)) => Entry::There(Item::Node(value), None),
                })
            }
            Entries::Constants(entries) => {
                let entry = entries.iter().find(|entry| entry.key_text() == key);
                Ok(entry.map_or(Entry::Missing, |entry| Entry::There(Item::Constant(&entry.value), None)))
            }
        }
    }

    /// The items of a list that are there, or may be.
    pub(super) fn items(&mut self, items: Items<'p, 'a>) -> Result<Vec<(Item<'p, 'a>, bool)>, Interrupt> {
        match items {
            Items::Constants(constants) => Ok(constants.iter().map(|each| (Item::Constant(each), false)).collect()),
            Items::Nodes(nodes) => {
                let mut there = Vec::with_capacity(nodes.len());
                for node in nodes {
                    if let Some((value, maybe)) = self.present(node)? {
                        there.push((Item::Node(value), maybe));
                    }
                }
                Ok(there)
            }
        }
    }
}

/// Whether the filter at `index` is asked of the value that is walked through, which is there: behind `[*]` of a map and in
/// lists it is asked of what is around them.
fn asks_the_value<'p, 'a>((walk, index): (Walk<'p>, usize), current: Item<'p, 'a>, scope: &Scope<'_, 'p, 'a>) -> bool {
    let before = index.checked_sub(1).and_then(|index| walk.query.parts.get(index));
    let is_root = match (current, scope.root) {
        (Item::Node(current), Item::Node(root)) => std::ptr::eq(current, root),
        _ => false,
    };
    is_root && !walk.open && matches!(before, Some(Part::AllValues { .. } | Part::AllIndices { .. }))
}

/// The type of a resource, where it is plain to see.
pub(super) fn plain_type<'a>(item: Item<'_, 'a>) -> Option<&'a str> {
    let Item::Node(Node { kind: Kind::Map(map), .. }) = item else { return None };
    match map.get("Type")?.value.kind {
        Kind::String(text) => Some(text),
        _ => None,
    }
}
