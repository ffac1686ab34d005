//! Conditions as formulas, and what they can be.

use bumpalo::Bump;

use crate::diag::{InspectedCondition, Place};
use crate::resolve::Resolver;
use crate::syntax::{Document, NodeId};
use crate::template::{Function, Named, boolean_call, call};
use crate::value::{Choices, Pending, World};

/// The most ways that are tried for one condition.
const WAYS: usize = 4_096;
/// The most levels of a formula that are written out.
const LEVELS: usize = 64;
/// The most characters of a value in a formula.
const SHOWN: usize = 80;

/// What a condition of the template says and can be.
pub(super) fn condition<'a>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    named: Named<'a>,
    place: Place,
) -> InspectedCondition {
    let document = resolver.template().document;
    let (mut can_hold, mut can_fail, mut by_default) = (Some(false), Some(false), None);
    let mut open = vec![Choices::default()];
    let mut ways = 0;
    while let Some(choices) = open.pop() {
        ways += 1;
        if ways > WAYS {
            can_hold = can_hold.filter(|holds| *holds);
            can_fail = can_fail.filter(|fails| *fails);
            break;
        }
        match resolver.condition(named.name, &World { arena, choices: &choices }) {
            Ok(holds) => {
                if holds {
                    can_hold = Some(true);
                } else {
                    can_fail = Some(true);
                }
                let made = choices.made();
                let default = made.iter().all(|(variable, class)| {
                    *class == 0 && resolver.variable(*variable).is_some_and(|info| info.has_default())
                });
                if default {
                    by_default = Some(holds);
                }
                if can_hold == Some(true) && can_fail == Some(true) && by_default.is_some() {
                    break;
                }
            }
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
            }
        }
    }
    let mut formula = String::new();
    write(document, named.node, 0, &mut formula);
    InspectedCondition { name: named.name.to_owned(), formula, place, can_hold, can_fail, by_default }
}

/// Writes a condition; parts of a part are put in parentheses.
fn write(document: &Document<'_>, node: NodeId, level: usize, text: &mut String) {
    let Some(found) = boolean_call(document, node).filter(|_| level < LEVELS) else {
        text.push_str(&source(document, node));
        return;
    };
    let items = document.items(found.argument);
    match (found.function, items) {
        (Function::Condition, _) => text.push_str(document.text(found.argument).unwrap_or("?")),
        (Function::Not, [item]) => {
            text.push_str("not ");
            write(document, *item, level + 1, text);
        }
        (Function::And | Function::Or, items) if !items.is_empty() => {
            let word = if found.function == Function::And { " and " } else { " or " };
            let inner = level > 0;
            text.push_str(if inner { "(" } else { "" });
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { word } else { "" });
                write(document, *item, level + 1, text);
            }
            text.push_str(if inner { ")" } else { "" });
        }
        (Function::Equals, [left, right]) => {
            let inner = level > 0;
            text.push_str(if inner { "(" } else { "" });
            text.push_str(&source(document, *left));
            text.push_str(" == ");
            text.push_str(&source(document, *right));
            text.push_str(if inner { ")" } else { "" });
        }
        _ => text.push_str(&source(document, node)),
    }
}

/// A compared value: a parameter's name, a text in quotes, or else its text in the template on one line.
fn source(document: &Document<'_>, node: NodeId) -> String {
    match (call(document, node), document.text(node)) {
        (Some(found), _) if found.function == Function::Ref => {
            document.text(found.argument).unwrap_or_default().to_owned()
        }
        (None, Some(text)) => format!("{text:?}"),
        (found, _) => {
            let span = found.map_or(document.span(node), |found| found.span);
            let text = document.source().get(span.start()..span.end()).unwrap_or_default();
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = text.chars().take(SHOWN).collect();
            if short.len() < text.len() { short + "\u{2026}" } else { short }
        }
    }
}
