//! The parts of a query that choose among many values: `*`, filters, key filters, interpolated keys.

use crate::guard::Operator;
use crate::value::{Kind, Shape};

use super::comparison::Answer;
use super::evaluator::{Evaluator, Scope};
use super::indexed::Inventory;
use super::item::{Entries, Found, Item, Items, View};
use super::outcome::Interrupt;
use super::program::{Filter, NamedSymbol, Operand, Part, Symbol};
use super::query::{Entry, Out, Walk};
use super::statuses::{Hinges, Status, Statuses};

/// What a key filter asks of keys.
pub(super) struct KeyQuestion<'p> {
    pub(super) operator: Operator,
    pub(super) negated: bool,
    pub(super) right: &'p Operand,
}

/// A value of a map with its key.
struct Member<'p, 'a> {
    key: &'p str,
    /// The key as a value, when somebody captures it.
    captured: Option<Item<'p, 'a>>,
    value: Item<'p, 'a>,
    maybe: bool,
    hinges: Hinges,
}

impl<'p, 'a: 'p> Evaluator<'p, 'a, '_> {
    fn hinge_of(&mut self, item: Item<'p, 'a>) -> Hinges {
        match item.view() {
            View::Unknown(unknown) => self.hinge(unknown),
            _ => Hinges::NONE,
        }
    }

    pub(super) fn walk_items(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        current: Item<'p, 'a>,
        items: Items<'p, 'a>,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let items = self.items(items)?;
        if let [(item, true)] = items.as_slice() {
            // The item, or nothing and so nowhere: one result in either case.
            let walk = Walk { open: true, hinges: walk.hinges.union(self.hinge_of(*item)), ..walk };
            return self.walk(walk, index + 1, *item, scope, out);
        }
        let mut doubts = Hinges::NONE;
        for (item, maybe) in &items {
            let hinges = if *maybe { self.hinge_of(*item) } else { Hinges::NONE };
            doubts = doubts.union(hinges);
            self.walk(walk.maybe(*maybe, hinges), index + 1, *item, scope, out)?;
        }
        if items.iter().all(|(_, maybe)| *maybe) {
            // An empty list leads nowhere.
            out.push(walk.maybe(!items.is_empty(), doubts).missing(index, current));
        }
        Ok(())
    }

    fn members(&mut self, entries: Entries<'p, 'a>, capturing: bool) -> Result<Vec<Member<'p, 'a>>, Interrupt> {
        match entries {
            Entries::Constants(entries) => Ok(entries
                .iter()
                .map(|entry| Member {
                    key: entry.key_text(),
                    captured: Some(Item::Constant(&entry.key)),
                    value: Item::Constant(&entry.value),
                    maybe: false,
                    hinges: Hinges::NONE,
                })
                .collect()),
            Entries::Nodes(map) => {
                let mut members = Vec::with_capacity(map.entries().len());
                for entry in map.entries() {
                    let Some((value, maybe)) = self.present(entry.value)? else { continue };
                    let captured = capturing.then(|| {
                        let place = entry.key_place;
                        let kind = Kind::String(entry.key);
                        Item::Node(self.world.node(crate::value::Node { kind, place, path: value.path, via: None }))
                    });
                    let value = Item::Node(value);
                    let hinges = if maybe { self.hinge_of(value) } else { Hinges::NONE };
                    members.push(Member { key: entry.key, captured, value, maybe, hinges });
                }
                Ok(members)
            }
        }
    }

    pub(super) fn walk_members(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        (current, entries): (Item<'p, 'a>, Entries<'p, 'a>),
        capture: Option<Symbol>,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        if let (Entries::Nodes(map), None, Some(inventory), Some(Part::Filter(filter))) =
            (entries, capture, self.inventory, walk.query.parts.get(index + 1))
            && let Some(types) = &filter.types
            && inventory.is_of(map)
        {
            return self.walk_candidates((walk, index), current, (inventory, types), scope, out);
        }
        let members = self.members(entries, capture.is_some())?;
        let mut doubts = Hinges::NONE;
        for member in &members {
            doubts = doubts.union(member.hinges);
            let walk = walk.maybe(member.maybe, member.hinges);
            self.capture_key(capture, &walk, member);
            self.walk(walk, index + 1, member.value, &Scope::at(member.value, scope), out)?;
        }
        if members.iter().all(|member| member.maybe) {
            out.push(walk.maybe(!members.is_empty(), doubts).missing(index, current));
        }
        Ok(())
    }

    /// The resources of which a filter by type may keep some. The others need not be known, except that where there are
    /// none at all the walk leads nowhere.
    fn walk_candidates(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        current: Item<'p, 'a>,
        (inventory, types): (&'p Inventory<'a>, &'p [String]),
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let candidates = inventory.candidates(types);
        let mut there = Vec::with_capacity(candidates.len());
        for (_, entry) in &candidates {
            there.extend(self.present(entry.value)?);
        }
        let (mut doubts, mut any) = (Hinges::NONE, !there.is_empty());
        let mut leads_somewhere = there.iter().any(|(_, maybe)| !maybe);
        if !leads_somewhere {
            let mut pending = None;
            for entry in inventory.others(&candidates) {
                match self.present(entry.value) {
                    Ok(Some((value, true))) => {
                        any = true;
                        doubts = doubts.union(self.hinge_of(Item::Node(value)));
                    }
                    Ok(Some((_, false))) => {
                        leads_somewhere = true;
                        break;
                    }
                    Ok(None) => {}
                    Err(interrupt) => {
                        pending.get_or_insert(interrupt);
                    }
                }
            }
            if let (Some(pending), false) = (pending, leads_somewhere) {
                return Err(pending);
            }
        }
        for (value, maybe) in there {
            let item = Item::Node(value);
            let hinges = if maybe { self.hinge_of(item) } else { Hinges::NONE };
            doubts = doubts.union(hinges);
            self.walk(walk.maybe(maybe, hinges), index + 1, item, &Scope::at(item, scope), out)?;
        }
        if !leads_somewhere {
            out.push(walk.maybe(any, doubts).missing(index, current));
        }
        Ok(())
    }

    fn capture_key(&mut self, capture: Option<Symbol>, walk: &Walk<'p>, member: &Member<'p, 'a>) {
        if let (Some(name), Some(key)) = (capture, member.captured) {
            self.capture(name, Found { open: false, maybe: walk.maybe || walk.open, ..walk.found(key) });
        }
    }

    /// The walk beyond a filter whose clauses came to `statuses`, or `None` when the candidate is dropped.
    fn kept(
        &mut self,
        walk: Walk<'p>,
        filter: &'p Filter,
        scope: &Scope<'_, 'p, 'a>,
    ) -> Result<Option<Walk<'p>>, Interrupt> {
        let perhaps = walk.maybe.then_some(walk.hinges);
        let verdict = match self.conditionally(perhaps, |this| this.sift(&filter.clauses, filter.plain_from, scope)) {
            Err(Interrupt::Unsupported(_)) if self.newer() && perhaps.is_some() => {
                // An error only where the candidate is there.
                self.also_unsupported(perhaps);
                return Ok(None);
            }
            verdict => verdict?,
        };
        if !verdict.statuses.contains(Status::Pass) {
            return Ok(None);
        }
        Ok(Some(walk.maybe(verdict.statuses.is_unsure(), verdict.hinges)))
    }

    pub(super) fn walk_filter(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        current: Item<'p, 'a>,
        filter: &'p Filter,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let mut walk = walk;
        if walk.open {
            // What has led nowhere already is not dropped by the filter.
            out.push(walk.maybe(true, Hinges::NONE).missing(index, current));
            walk = Walk { open: false, maybe: true, ..walk };
        }
        let before = index.checked_sub(1).and_then(|index| walk.query.parts.get(index));
        match (current.view(), before) {
            (View::Map(_), Some(Part::AllValues { .. } | Part::AllIndices { .. })) => {
                if let Some(walk) = self.kept(walk, filter, scope)? {
                    self.walk(walk, index + 1, current, scope, out)?;
                }
            }
            (View::Map(Entries::Nodes(map)), Some(Part::Key(_)))
                if filter.capture.is_none()
                    && filter.types.is_some()
                    && self.inventory.is_some_and(|it| it.is_of(map)) =>
            {
                let candidates =
                    self.inventory.zip(filter.types.as_ref()).map(|(inventory, types)| inventory.candidates(types));
                for (_, entry) in candidates.unwrap_or_default() {
                    let Some((value, maybe)) = self.present(entry.value)? else { continue };
                    let item = Item::Node(value);
                    let hinges = if maybe { self.hinge_of(item) } else { Hinges::NONE };
                    let inside = Scope::at(item, scope);
                    if let Some(walk) = self.kept(walk.maybe(maybe, hinges), filter, &inside)? {
                        self.walk(walk, index + 1, item, &inside, out)?;
                    }
                }
            }
            (View::Map(entries), Some(Part::Key(_) | Part::Interpolated(_))) => {
                for member in self.members(entries, filter.capture.is_some())? {
                    let inside = Scope::at(member.value, scope);
                    if let Some(walk) = self.kept(walk.maybe(member.maybe, member.hinges), filter, &inside)? {
                        self.capture_key(filter.capture, &walk, &member);
                        self.walk(walk, index + 1, member.value, &inside, out)?;
                    }
                }
            }
            (View::Map(_), _) => {
                let message = "a filter of a map must follow a key, `*` or `[*]`";
                return Err(Interrupt::error(message, walk.query.span));
            }
            (View::List(items), _) => {
                for (item, maybe) in self.items(items)? {
                    let hinges = if maybe { self.hinge_of(item) } else { Hinges::NONE };
                    let inside = Scope::at(item, scope);
                    if let Some(walk) = self.kept(walk.maybe(maybe, hinges), filter, &inside)? {
                        self.walk(walk, index + 1, item, scope, out)?;
                    }
                }
            }
            (_, Some(Part::AllIndices { .. })) => {
                if let Some(walk) = self.kept(walk, filter, &Scope::at(current, scope))? {
                    self.walk(walk, index + 1, current, scope, out)?;
                }
            }
            _ => out.push(walk.missing(index, current)),
        }
        Ok(())
    }

    pub(super) fn walk_keys(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        (current, entries): (Item<'p, 'a>, Entries<'p, 'a>),
        question: &KeyQuestion<'p>,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let right = match question.right {
            Operand::Query(query) => self.query_from(query, current, walk.spelling, scope)?,
            other => self.operand(other, scope)?,
        };
        for member in self.members(entries, false)? {
            self.step(walk.query.span)?;
            self.take_noted();
            let statuses = self.key_statuses(member.key, &right, question, walk)?;
            let hinges = self.take_noted();
            if statuses.contains(Status::Pass) {
                let walk = walk.maybe(member.maybe, member.hinges).maybe(statuses.is_unsure(), hinges);
                self.walk(walk, index + 1, member.value, scope, out)?;
            }
        }
        Ok(())
    }

    fn key_statuses(
        &mut self,
        key: &'p str,
        right: &[Found<'p, 'a>],
        question: &KeyQuestion<'p>,
        walk: Walk<'p>,
    ) -> Result<Statuses, Interrupt> {
        let span = walk.query.span;
        if right.iter().any(|found| found.maybe || found.many || found.open) {
            for found in right {
                if let View::Unknown(unknown) = found.item.view() {
                    self.note(unknown);
                }
            }
            return Ok(Statuses::PASS_OR_FAIL);
        }
        let within = question.operator == Operator::In || right.len() > 1;
        let mut statuses = Statuses::FAIL;
        for found in right.iter().filter(|found| found.missing.is_none()) {
            let key = View::String(key);
            let mut answer =
                if within { self.key_in(key, found.item, span)? } else { self.equal(key, found.item.view(), span)? };
            if answer == Answer::NEITHER
                && found.literal
                && let View::List(items) = found.item.view()
                && let [(single, false)] = self.items(items)?.as_slice()
            {
                answer = if within { self.key_in(key, *single, span)? } else { self.equal(key, single.view(), span)? };
            }
            let one = answer.statuses(question.negated);
            // One right side that selects the key is enough.
            statuses = match (one.contains(Status::Pass), one.contains(Status::Fail)) {
                (true, false) => return Ok(Statuses::PASS),
                (true, true) => Statuses::PASS_OR_FAIL,
                _ => statuses,
            };
        }
        Ok(statuses)
    }

    /// How key filters read `in`: part of a text, equal to an item of a list.
    fn key_in(&mut self, key: View<'p, 'a>, right: Item<'p, 'a>, span: crate::text::Span) -> Result<Answer, Interrupt> {
        match (key, right.view()) {
            (View::String(key), View::String(text)) => Ok(Answer::of(text.contains(key))),
            (View::String(key), text) if is_unknown_text(text) => Ok(self.may_contain(text, key)),
            (_, View::List(items)) => {
                let mut found = Answer::FALSE;
                for (item, maybe) in self.items(items)? {
                    let answer = self.equal(key, item.view(), span)?;
                    if answer == Answer::NEITHER && !maybe {
                        return Ok(Answer::NEITHER);
                    }
                    if answer == Answer::TRUE && !maybe && found == Answer::FALSE {
                        found = Answer::TRUE;
                    } else if answer != Answer::FALSE && found != Answer::TRUE {
                        found = Answer::ANY;
                    }
                }
                Ok(found)
            }
            (key, right) => self.equal(key, right, span),
        }
    }

    pub(super) fn walk_interpolated(
        &mut self,
        (walk, index): (Walk<'p>, usize),
        current: Item<'p, 'a>,
        variable: &'p NamedSymbol,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let View::Map(entries) = current.view() else {
            out.push(walk.missing(index, current));
            return Ok(());
        };
        let results = self.variable(variable, scope)?;
        let mut next = index + 1;
        let mut chosen = results.as_slice();
        let mut doubt = false;
        match walk.query.parts.get(next) {
            None | Some(Part::AllIndices { .. } | Part::Key(_) | Part::Interpolated(_)) => {}
            Some(Part::Index(position)) => {
                // The index takes one of the keys. The default dialect then takes it again, of the value.
                if self.newer() {
                    next += 1;
                }
                doubt = chosen.iter().any(|found| found.maybe || found.many);
                if !doubt {
                    let Some(one) = self.offset(*position, chosen.len()).and_then(|at| chosen.get(at..=at)) else {
                        out.push(walk.missing(index, current));
                        return Ok(());
                    };
                    chosen = one;
                }
            }
            Some(_) => {
                let message =
                    format!("after `%{}` inside a query only a key, `[*]` or an index can follow", variable.name);
                return Err(Interrupt::unsupported(message, walk.query.span));
            }
        }
        if doubt {
            out.push(walk.maybe(true, Hinges::NONE).missing(index, current));
        }
        for found in chosen {
            let walk = Walk {
                open: walk.open || found.open,
                many: walk.many || found.many,
                hinges: walk.hinges.union(found.hinges),
                ..walk.maybe(doubt || found.maybe, found.hinges)
            };
            if found.missing.is_some() {
                out.push(walk.missing(index, current));
                continue;
            }
            match found.item.view() {
                View::List(items) => {
                    for (item, maybe) in self.items(items)? {
                        self.walk_key(
                            (walk.maybe(maybe, Hinges::NONE), index, next),
                            (current, entries),
                            item,
                            variable,
                            scope,
                            out,
                        )?;
                    }
                }
                _ => self.walk_key((walk, index, next), (current, entries), found.item, variable, scope, out)?,
            }
        }
        Ok(())
    }

    fn walk_key(
        &mut self,
        (walk, index, next): (Walk<'p>, usize, usize),
        (current, entries): (Item<'p, 'a>, Entries<'p, 'a>),
        key: Item<'p, 'a>,
        variable: &'p NamedSymbol,
        scope: &Scope<'_, 'p, 'a>,
        out: Out<'_, 'p, 'a>,
    ) -> Result<(), Interrupt> {
        let mut walk = walk;
        match key.view() {
            View::String(text) => {
                let entry = match self.exact_entry(entries, text)? {
                    Entry::There(item, _) => Entry::There(item, None),
                    other => other,
                };
                match self.follow(&mut walk, entry) {
                    Some(item) => self.walk(walk, next, item, scope, out)?,
                    None => out.push(walk.missing(index, current)),
                }
            }
            View::Unknown(_) | View::Reference(_) | View::Partial(_) => {
                // Any of the values, several when the key turns out to be a list, or none.
                let hinges = self.hinge_of(key);
                let (item, hinge) = self.unknown(Shape::MaybeAbsent, key);
                let hinges = walk.hinges.union(hinge).union(hinges);
                let walk = Walk { open: true, many: true, maybe: true, hinges, ..walk };
                self.walk(walk, next, item, scope, out)?;
            }
            _ => {
                let message = format!("`%{}` stands for a key, but its value is not a text", variable.name);
                return Err(Interrupt::error(message, walk.query.span));
            }
        }
        Ok(())
    }
}

/// Whether a value is a text of which not every letter is known.
fn is_unknown_text(view: View<'_, '_>) -> bool {
    match view {
        View::Reference(_) | View::Partial(_) => true,
        View::Unknown(unknown) => matches!(unknown.shape, Shape::Text | Shape::Identifier | Shape::Secret),
        _ => false,
    }
}
