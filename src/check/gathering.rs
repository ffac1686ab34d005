//! A template and the others that it deploys, read together.

use std::collections::VecDeque;
use std::sync::Arc;

use bumpalo::Bump;

use crate::diag::{Code, Level, Limits, as_count};
use crate::syntax::{Document, NodeId, Read, read_within};
use crate::template::{TemplateProblem, detect};
use crate::text::{SourceFile, Span};

use super::checker::hint;
use super::heard::Among;
use super::including::include;
use super::neighbours::{Ask, Stack, stacks};
use super::texts::Text;

/// So many bytes of memory each byte of a template takes, about, while it is judged.
const COST_OF_A_BYTE: u64 = 16;

/// One file of a family.
pub(super) struct Gathered<'t> {
    pub(super) text: Text<'t>,
    pub(super) read: Read<'t>,
    /// What is wrong with what it includes and deploys.
    pub(super) problems: Vec<TemplateProblem>,
    /// Its stacks: logical id, place, and the number of the file that it deploys.
    pub(super) stacks: Vec<(String, Span, usize)>,
    /// Whether there are others, which are not followed: too many or too large together.
    pub(super) is_cut: bool,
}

/// Reads `source`, which is the first, and what it deploys, directly and through others.
pub(super) fn gather<'t>(
    arena: &'t Bump,
    source: &'t SourceFile,
    neighbours: &Among<'_, 't>,
    limits: &Limits,
) -> Vec<Gathered<'t>> {
    let mut gathered = vec![gather_one(arena, source, neighbours, limits)];
    let mut sources = vec![source];
    let mut open = VecDeque::from([0]);
    let (mut bytes, most) = (source.text().len(), as_count(limits.memory / COST_OF_A_BYTE));
    while let Some(number) = open.pop_front() {
        let Some(from) = sources.get(number).copied() else { continue };
        let Some(one) = gathered.get(number) else { continue };
        let document = &one.read.document;
        let Some(root) = document.root().filter(|_| detect(document).template().is_some()) else { continue };
        let wanted: Vec<(String, Span, Ask)> = stacks(document, root)
            .into_iter()
            .map(|Stack { logical_id, span, ask }| (logical_id.to_owned(), span, ask))
            .collect();
        let (mut found, mut problems, mut is_cut) = (Vec::new(), Vec::new(), false);
        for (logical_id, span, ask) in wanted {
            let Some((_, other)) = neighbours.asked(&from.name().display, &ask) else {
                problems.extend(missing(&ask, span, "is not among the scanned files"));
                continue;
            };
            let known = sources.iter().position(|known| std::ptr::eq(*known, other));
            let inner = match known {
                Some(known) => known,
                None if sources.len() > as_count(limits.stacks) || bytes + other.text().len() > most => {
                    is_cut = true;
                    continue;
                }
                None => {
                    let one = gather_one(arena, other, neighbours, limits);
                    if detect(&one.read.document).template().is_none() {
                        problems.extend(missing(&ask, span, "is no CloudFormation template"));
                        continue;
                    }
                    bytes += other.text().len();
                    sources.push(other);
                    gathered.push(one);
                    open.push_back(sources.len() - 1);
                    sources.len() - 1
                }
            };
            let fits = match (&ask, gathered.get(number), gathered.get(inner)) {
                (Ask::Name(_), Some(outer), Some(inner)) => {
                    fits(&outer.read.document, &logical_id, &inner.read.document)
                }
                _ => true,
            };
            if fits {
                found.push((logical_id, span, inner));
            }
        }
        if let Some(one) = gathered.get_mut(number) {
            one.stacks = found;
            one.is_cut = is_cut;
            one.problems.extend(problems);
        }
    }
    circles(&mut gathered);
    gathered
}

fn gather_one<'t>(
    arena: &'t Bump,
    source: &'t SourceFile,
    neighbours: &Among<'_, 't>,
    limits: &Limits,
) -> Gathered<'t> {
    let name = Arc::new(source.name().clone());
    let mut text = Text::new(source, &name);
    let mut read = read_within(source.text(), hint(&name.display), limits);
    let problems = include(arena, source, &mut read.document, &mut text, neighbours, limits);
    Gathered { text, read, problems, stacks: Vec::new(), is_cut: false }
}

/// What to say of a template that is named by its path and not there; addresses may be anywhere.
fn missing(ask: &Ask, span: Span, what: &str) -> Option<TemplateProblem> {
    let Ask::Path(path) = ask else { return None };
    Some(TemplateProblem {
        code: Code::NestedMissing,
        message: format!("`{path}`, which a stack is made of, {what}"),
        span,
        help: Some("scan the folder that holds both; nothing else is read".to_owned()),
    })
}

/// Whether a template that only has the right file name takes what the stack passes: each parameter is declared, and none
/// that has to be passed is left out.
fn fits(outer: &Document<'_>, logical_id: &str, inner: &Document<'_>) -> bool {
    let below = |document: &Document<'_>, node: Option<NodeId>, key: &str| {
        node.and_then(|node| document.get(node, key)).map(|pair| pair.value)
    };
    let resource = below(outer, below(outer, outer.root(), "Resources"), logical_id);
    let passed = below(outer, below(outer, resource, "Properties"), "Parameters");
    let declared = below(inner, inner.root(), "Parameters");
    let passed: Vec<&str> =
        passed.into_iter().flat_map(|node| outer.pairs(node)).filter_map(|pair| outer.text(pair.key)).collect();
    let declared: Vec<(&str, bool)> = declared
        .into_iter()
        .flat_map(|node| inner.pairs(node))
        .filter_map(|pair| Some((inner.text(pair.key)?, inner.get(pair.value, "Default").is_some())))
        .collect();
    passed.iter().all(|name| declared.iter().any(|(known, _)| known == name))
        && declared.iter().all(|(name, has_default)| *has_default || passed.contains(name))
}

/// Says of the first file which of its stacks lead back to it.
fn circles(gathered: &mut [Gathered<'_>]) {
    let Some(first) = gathered.first() else { return };
    let mut problems = Vec::new();
    for (logical_id, span, start) in &first.stacks {
        let Some(chain) = chain_back(gathered, *start) else { continue };
        let names: Vec<String> = [0]
            .iter()
            .chain(&chain)
            .chain(&[0])
            .filter_map(|number| gathered.get(*number))
            .map(|one| format!("`{}`", one.text.display()))
            .collect();
        problems.push(TemplateProblem {
            code: Code::NestedCycle,
            message: format!("stack `{logical_id}` leads back to this template: {}", names.join(" > ")),
            span: *span,
            help: Some("CloudFormation cannot deploy stacks that are nested in themselves".to_owned()),
        });
    }
    if let Some(first) = gathered.first_mut() {
        first.problems.extend(problems);
    }
}

/// The shortest chain of files from `start` to the first file, `start` included; empty when `start` is the first.
fn chain_back(gathered: &[Gathered<'_>], start: usize) -> Option<Vec<usize>> {
    if start == 0 {
        return Some(Vec::new());
    }
    let mut before: Vec<Option<usize>> = vec![None; gathered.len()];
    let mut open = VecDeque::from([start]);
    while let Some(number) = open.pop_front() {
        for &(_, _, next) in gathered.get(number).map(|one| one.stacks.as_slice()).unwrap_or_default() {
            if next == 0 {
                let mut chain = vec![number];
                let mut current = number;
                while let Some(&Some(previous)) = before.get(current) {
                    chain.push(previous);
                    current = previous;
                }
                chain.reverse();
                return Some(chain);
            }
            if let Some(known) = before.get_mut(next)
                && known.is_none()
                && next != start
            {
                *known = Some(number);
                open.push_back(next);
            }
        }
    }
    None
}

impl Gathered<'_> {
    /// Whether a part of it cannot be read.
    pub(super) fn is_broken(&self) -> bool {
        self.read.problems.iter().any(|problem| problem.code.level() == Level::Error)
    }
}
