//! Which sensitive actions a statement allows, whatever wildcards it is written with, and what covers what.

use crate::value::{Kind, Pending, Value, World};

use super::origin::Origin;
use super::pattern::{loosest, matches, skeleton};
use super::read::{child, is_missing, items, unknown_of};
use super::sensitive_actions::sensitive_actions;
use super::siblings::Siblings;
use super::statement::{allows, maybe};
use super::truth::Truth;

/// The sensitive actions that a forced statement allows, each at the text that allows it, without those that another
/// statement of the same document denies whatever the circumstances. What unknown actions may allow is unknown.
pub(super) fn grants<'a>(
    world: &World<'a, '_>,
    statement: Value<'a>,
    siblings: Siblings<'a>,
) -> Result<Vec<Value<'a>>, Pending> {
    let mut found = Vec::new();
    let effect = allows(world, statement)?;
    if effect.is_no() {
        return Ok(found);
    }
    if let Truth::Unsure(unknown) = effect {
        return Ok(vec![maybe(world, child(world, statement, "Effect")?, unknown)]);
    }
    let patterns = Patterns::of(world, statement)?;
    if patterns.is_empty() {
        return Ok(found);
    }
    let mut denies = Vec::new();
    for deny in siblings.plain_denies(world)? {
        denies.push(Patterns::of(world, deny)?);
    }
    for (_, action) in sensitive_actions() {
        if let Some(pattern) = patterns.certainly(action)
            && !denies.iter().any(|deny| deny.certainly(action).is_some())
        {
            found.push(Origin::of(pattern).text(world, action));
        }
    }
    for (value, pattern) in &patterns.open {
        // A known start may rule every sensitive action out.
        if sensitive_actions().any(|(_, action)| matches(pattern, action)) {
            found.push(maybe(world, value, unknown_of(world, value)));
        }
    }
    Ok(found)
}

/// The action patterns of a statement.
struct Patterns<'a> {
    /// Whether it is about all actions but those that match.
    negated: bool,
    known: Vec<(Value<'a>, &'a str)>,
    /// Those of which parts are unknown, with the pattern that each would be at its widest.
    open: Vec<(Value<'a>, String)>,
    element: Value<'a>,
}

impl<'a> Patterns<'a> {
    fn of(world: &World<'a, '_>, statement: Value<'a>) -> Result<Self, Pending> {
        let action = child(world, statement, "Action")?;
        let negated = is_missing(action);
        let element = if negated { child(world, statement, "NotAction")? } else { action };
        let mut patterns = Self { negated, known: Vec::new(), open: Vec::new(), element };
        for item in items(world, element)? {
            match item.kind {
                Kind::String(text) => patterns.known.push((item, text)),
                _ => patterns.open.extend(loosest(world, item).map(|pattern| (item, pattern))),
            }
        }
        Ok(patterns)
    }

    fn is_empty(&self) -> bool {
        self.known.is_empty() && self.open.is_empty()
    }

    /// The text that makes the statement be about an action for sure.
    fn certainly(&self, action: &str) -> Option<Value<'a>> {
        if !self.negated {
            return self.known.iter().find(|(_, pattern)| matches(pattern, action)).map(|(value, _)| *value);
        }
        let excluded = self.known.iter().any(|(_, pattern)| matches(pattern, action));
        let perhaps = self.open.iter().any(|(_, pattern)| matches(pattern, action));
        (!excluded && !perhaps).then_some(self.element)
    }
}

/// The sensitive actions among `wanted` that a statement is about for sure, allowing or denying.
pub(super) fn is_about<'a>(world: &World<'a, '_>, statement: Value<'a>, wanted: &[&str]) -> Result<Truth<'a>, Pending> {
    let patterns = Patterns::of(world, statement)?;
    if patterns.is_empty() {
        return Ok(Truth::No);
    }
    if wanted.iter().any(|action| patterns.certainly(action).is_some()) {
        return Ok(Truth::Yes);
    }
    let open = patterns.open.iter().find(|(_, pattern)| wanted.iter().any(|action| matches(pattern, action)));
    Ok(match open {
        Some((value, _)) => Truth::Unsure(unknown_of(world, value)),
        None => Truth::No,
    })
}

/// Whether every action of `inner` is one of `outer`, as far as their texts say.
pub(super) fn covers_actions<'a>(world: &World<'a, '_>, outer: Value<'a>, inner: Value<'a>) -> Result<bool, Pending> {
    covers(world, outer, inner, "Action")
}

/// Whether every resource of `inner` is one of `outer`, as far as their texts say.
pub(super) fn covers_resources<'a>(world: &World<'a, '_>, outer: Value<'a>, inner: Value<'a>) -> Result<bool, Pending> {
    covers(world, outer, inner, "Resource")
}

fn covers<'a>(world: &World<'a, '_>, outer: Value<'a>, inner: Value<'a>, key: &str) -> Result<bool, Pending> {
    let read = |statement| -> Result<Vec<Option<String>>, Pending> {
        Ok(items(world, child(world, statement, key)?)?.into_iter().map(|item| skeleton(world, item)).collect())
    };
    let (outer, inner) = (read(outer)?, read(inner)?);
    let covered = |text: &String| outer.iter().flatten().any(|pattern| matches(pattern, text));
    Ok(!inner.is_empty() && inner.iter().all(|text| text.as_ref().is_some_and(covered)))
}
