//! One deployment of a template, chosen as questions come up.

use std::collections::BTreeSet;

use bumpalo::Bump;

use crate::resolve::{ClassKind, Resolver};
use crate::value::{Choices, Pending, Value, Variable, World};

/// How many deployments are tried before a template counts as one that cannot be deployed.
const ATTEMPTS: usize = 1_000;

/// What was chosen cannot be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeadEnd;

/// Choices that are made when a value asks for one: the default where there is one, or else what leaves most open.
pub(super) struct Deployment<'a> {
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    choices: Choices,
    /// Choices that were passed over, the nearest last.
    others: Vec<Choices>,
    /// Variables that cannot stay open: a deployment with "any other value" leads nowhere.
    closed: BTreeSet<Variable>,
}

impl<'a> Deployment<'a> {
    /// The first deployment in which `question` has an answer, with its choices. It is asked again from the start when
    /// its choices turn out to be impossible.
    pub(super) fn find<T>(
        resolver: &'a Resolver<'a>,
        arena: &'a Bump,
        mut question: impl FnMut(&mut Self) -> Result<T, DeadEnd>,
    ) -> Option<(T, Choices)> {
        let (choices, others, closed) = (Choices::default(), Vec::new(), BTreeSet::new());
        let mut deployment = Self { resolver, arena, choices, others, closed };
        for _ in 0..ATTEMPTS {
            match question(&mut deployment) {
                Ok(answer) => return Some((answer, deployment.choices)),
                Err(DeadEnd) if deployment.turn_back() => {}
                Err(DeadEnd) => return None,
            }
        }
        None
    }

    /// The value in this deployment. What was forced before stays as it was: choices are only added.
    pub(super) fn force(&mut self, value: Value<'a>) -> Result<Value<'a>, DeadEnd> {
        self.answer(|world| world.force(value))
    }

    /// What a question says in this deployment.
    pub(super) fn answer<T>(
        &mut self,
        mut question: impl FnMut(&World<'a, '_>) -> Result<T, Pending>,
    ) -> Result<T, DeadEnd> {
        loop {
            match question(&World { arena: self.arena, choices: &self.choices }) {
                Ok(answer) => return Ok(answer),
                Err(Pending(variable)) => self.choose(variable)?,
            }
        }
    }

    fn choose(&mut self, variable: Variable) -> Result<(), DeadEnd> {
        let mut classes = self.resolver.possible_classes(variable, &self.choices);
        let info = self.resolver.variable(variable).ok_or(DeadEnd)?;
        let stays_open = !self.closed.contains(&variable);
        classes.sort_by_key(|class| match info.classes.get(usize::from(*class)).map(|class| class.kind) {
            Some(ClassKind::Default) => 0,
            Some(ClassKind::Other | ClassKind::False) if stays_open && !info.has_default() => 1,
            _ => 2,
        });
        let (first, others) = classes.split_first().ok_or(DeadEnd)?;
        self.others.extend(others.iter().rev().map(|class| self.choices.with(variable, *class)));
        self.choices = self.choices.with(variable, *first);
        Ok(())
    }

    /// Goes back to a choice that can be made otherwise. What stayed open is closed first: it need not be the nearest
    /// choice that led nowhere.
    fn turn_back(&mut self) -> bool {
        let open = self.choices.made().iter().rev().find(|(variable, class)| {
            let info = self.resolver.variable(*variable);
            let kind = info.and_then(|info| info.classes.get(usize::from(*class))).map(|class| class.kind);
            kind == Some(ClassKind::Other) && !self.closed.contains(variable)
        });
        if let Some((variable, _)) = open {
            self.closed.insert(*variable);
            self.choices = Choices::default();
            self.others.clear();
            return true;
        }
        match self.others.pop() {
            Some(choices) => {
                self.choices = choices;
                true
            }
            None => false,
        }
    }
}
