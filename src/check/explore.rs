//! Asking one rule of one resource in every deployment that the template provides for.

use std::time::Duration;

use bumpalo::Bump;

use crate::diag::as_count;
use crate::eval::{EvaluationError, Outcome, Stop};
use crate::resolve::{ClassKind, Resolver, VariableInfo, VariableKind};
use crate::value::{Choices, Pending, Variable, World};

use super::checker::{Clock, Settings};

/// How far the questions about one file may go.
pub(super) struct Bounds {
    /// The most paths that one question may take; beyond it the answer is unsure, and the report says so.
    pub(super) paths: usize,
    /// A clock, and what it shows when time is up.
    pub(super) deadline: Option<(Clock, Duration)>,
    /// The most bytes that the arena of the answers may take.
    pub(super) memory: usize,
}

/// What there was too little of to ask everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shortage {
    Time,
    Memory,
}

impl Bounds {
    pub(super) fn new(settings: &Settings) -> Self {
        let seconds = Duration::from_secs(settings.limits.seconds);
        let deadline = settings.clock.map(|clock| (clock, clock().saturating_add(seconds)));
        Self { paths: as_count(settings.limits.paths), deadline, memory: as_count(settings.limits.memory) }
    }

    /// Why no more may be asked of a template whose values and facts are in `arena`. What is full comes first: unlike the
    /// time, it is the same in every run.
    pub(super) fn shortage(&self, arena: &Bump) -> Option<Shortage> {
        // A chunk that was just begun may be as large as all before it.
        if arena.allocated_bytes().saturating_sub(arena.chunk_capacity()) > self.memory {
            return Some(Shortage::Memory);
        }
        self.deadline.is_some_and(|(clock, end)| clock() >= end).then_some(Shortage::Time)
    }
}

/// One way to deploy, and what the rule says of it.
pub(super) struct Path<'a> {
    pub(super) choices: Choices,
    pub(super) outcome: Outcome<'a>,
}

/// All ways that matter to one question.
pub(super) struct Exploration<'a> {
    pub(super) paths: Vec<Path<'a>>,
    /// Whether ways were left out.
    pub(super) capped: bool,
    /// Why not all of them were asked, where that is so.
    pub(super) shortage: Option<Shortage>,
    /// Whether no way can happen at all, so that nothing was judged.
    pub(super) impossible: bool,
    /// Why the rule could not be evaluated, if it could not.
    pub(super) error: Option<EvaluationError>,
}

/// Asks `question` under no choices, and again under each class of every variable that it turns out to touch. Choosing
/// only what is touched keeps the number of paths small; asking again from the start keeps each path's choices
/// consistent.
pub(super) fn explore<'a>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    bounds: &Bounds,
    mut question: impl FnMut(&World<'a, '_>) -> Result<Outcome<'a>, Stop>,
) -> Exploration<'a> {
    let mut exploration =
        Exploration { paths: Vec::new(), capped: false, shortage: None, impossible: false, error: None };
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        exploration.shortage = bounds.shortage(arena);
        if exploration.shortage.is_some() {
            break;
        }
        match question(&World { arena, choices: &choices }) {
            Ok(outcome) => exploration.paths.push(Path { choices, outcome }),
            Err(Stop::Error(error)) => {
                exploration.error.get_or_insert(error);
            }
            Err(Stop::Pending(Pending(variable))) => {
                // Without classes this deployment cannot happen.
                let classes = resolver.possible_classes(variable, &choices);
                let already = choices.get(variable).is_some();
                if already || exploration.paths.len() + open.len() + classes.len() > bounds.paths {
                    exploration.capped = true;
                    continue;
                }
                // The first class (a default) is asked first.
                open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
            }
        }
    }
    exploration.impossible = exploration.paths.is_empty()
        && exploration.error.is_none()
        && !exploration.capped
        && exploration.shortage.is_none();
    exploration
}

impl Exploration<'_> {
    /// Whether every way that can happen was asked and answered.
    pub(super) fn is_complete(&self) -> bool {
        !self.capped && self.shortage.is_none() && !self.impossible && self.error.is_none()
    }
}

/// How far a path is from the deployment with all defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Distance {
    /// Choices against a default.
    pub(super) against_default: usize,
    /// Choices of variables without default.
    pub(super) free: usize,
    /// Choices of "any other value", which cannot be replayed.
    pub(super) vague: usize,
}

pub(super) fn distance(resolver: &Resolver<'_>, choices: &Choices) -> Distance {
    let mut distance = Distance::default();
    for &(variable, class) in choices.made() {
        let Some(info) = resolver.variable(variable) else { continue };
        if info.has_default() {
            distance.against_default += usize::from(class != 0);
        } else {
            distance.free += 1;
        }
        let kind = info.classes.get(usize::from(class)).map(|class| class.kind);
        distance.vague += usize::from(matches!(kind, Some(ClassKind::Other | ClassKind::True | ClassKind::False)));
    }
    distance
}

/// Whether a path keeps every default.
pub(super) fn keeps_defaults(resolver: &Resolver<'_>, choices: &Choices) -> bool {
    distance(resolver, choices).against_default == 0
}

/// Whether the author provided for what a path chose: nothing is "any other value" of a parameter with a default.
pub(super) fn is_provided_for(resolver: &Resolver<'_>, choices: &Choices) -> bool {
    made(resolver, choices).all(|(info, class)| {
        let other = info.classes.get(usize::from(class)).is_some_and(|class| class.kind == ClassKind::Other);
        !(other && info.has_default())
    })
}

/// Whether what a path chose against a default is only what some parameter, used as a value, is allowed to be: no
/// condition and no mapping asks for it.
pub(super) fn only_allowed_values(resolver: &Resolver<'_>, choices: &Choices) -> bool {
    let mut any = false;
    for (info, class) in made(resolver, choices) {
        if info.has_default() && class != 0 {
            any = true;
            if info.decides {
                return false;
            }
        }
    }
    any
}

pub(super) fn made<'a, 'r>(
    resolver: &'r Resolver<'a>,
    choices: &'r Choices,
) -> impl Iterator<Item = (VariableInfo<'a>, u16)> + 'r {
    choices.made().iter().filter_map(move |&(variable, class)| Some((resolver.variable(variable)?, class)))
}

/// The choices of a path that say more than "the default", as name and value.
pub(super) fn assignments(resolver: &Resolver<'_>, choices: &Choices) -> Vec<(String, String)> {
    made(resolver, choices)
        .filter(|(info, class)| !(info.has_default() && *class == 0))
        .map(|(info, class)| {
            let class = info.classes.get(usize::from(class));
            let value = match class.map(|class| (class.kind, class.text)) {
                Some((ClassKind::True, _)) => "true".to_owned(),
                Some((ClassKind::False, _)) => "false".to_owned(),
                Some((_, Some(text))) => text.to_owned(),
                _ => "any other value".to_owned(),
            };
            let name = match info.kind {
                VariableKind::Comparison => format!("`{}`", info.name),
                _ => info.name.to_owned(),
            };
            (name, value)
        })
        .collect()
}

/// The smallest path of several, by distance and then by the order of choices.
pub(super) fn nearest<'p, 'a>(resolver: &Resolver<'_>, paths: &[&'p Path<'a>]) -> Option<&'p Path<'a>> {
    paths.iter().copied().min_by_key(|path| {
        let order: Vec<(Variable, u16)> = path.choices.made().to_vec();
        (distance(resolver, &path.choices), order)
    })
}
