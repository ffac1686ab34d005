//! Rules made ready to be asked.

use std::sync::{Arc, OnceLock};

use crate::diag::{RuleInfo, Words};
use crate::eval::Program;
use crate::guard::{Dialect, RuleFile};
use crate::rules::{EmbeddedReach, Rule, RuleText, View};

use super::reach::{Reach, reach_of_each};

/// A rule and its compiled form.
pub(super) struct Compiled {
    pub(super) rule: Arc<Rule>,
    /// Shared by the rules of a file.
    pub(super) program: Arc<LazyProgram>,
    /// Its Guard rules, of which most rules have one.
    pub(super) parts: Vec<RulePart>,
}

/// The program of a rule file, compiled when it is first asked: most templates have nothing for most rules.
pub(super) struct LazyProgram {
    pub(super) text: Arc<RuleText>,
    pub(super) program: OnceLock<Program>,
}

impl LazyProgram {
    pub(super) fn get(&self) -> &Program {
        let compile = |file: &RuleFile| Program::compile(file, self.text.text(), Dialect::Classic).0;
        self.program.get_or_init(|| self.text.with_file(compile))
    }
}

/// One Guard rule of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RulePart {
    /// Its number in the program.
    pub(super) number: usize,
    pub(super) asked: Asked,
    /// The resource types that it selects; `None` when it may select any.
    pub(super) types: Option<Types>,
}

/// Resource types: known when the program was built, or found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Types {
    Known(&'static [&'static str]),
    Found(Vec<String>),
}

impl Types {
    pub(super) fn iter(&self) -> impl Iterator<Item = Words> {
        let (known, found) = match self {
            Self::Known(known) => (*known, &[][..]),
            Self::Found(found) => (&[][..], found.as_slice()),
        };
        known.iter().map(|&known| Words::Borrowed(known)).chain(found.iter().cloned().map(Words::Owned))
    }
}

/// What a rule is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Each resource of the types that it selects.
    Resources,
    /// The resolved template as a whole.
    Whole,
    /// The text as written.
    Written,
}

impl Compiled {
    /// The rule's description. A rule that does not say what it judges says what it selects.
    pub(super) fn info(&self) -> Arc<RuleInfo> {
        if !self.rule.info.resources.is_empty() {
            return Arc::clone(&self.rule.info);
        }
        let types: Option<Vec<&Types>> = self.parts.iter().map(|part| part.types.as_ref()).collect();
        let mut resources: Vec<Words> = types.unwrap_or_default().into_iter().flat_map(Types::iter).collect();
        resources.sort();
        resources.dedup();
        Arc::new(RuleInfo { resources: resources.into(), sarif: None, ..(*self.rule.info).clone() })
    }
}

/// What each Guard rule of a rule is asked of.
pub(super) fn parts(rule: &Rule, program: &LazyProgram) -> Vec<RulePart> {
    if !rule.reach.is_empty() {
        // All of a rule sees the same view.
        let functions = rule.reach.iter().any(|known| known.functions);
        let part = |known: &EmbeddedReach| RulePart {
            number: known.number,
            asked: asked(rule.view, functions, known.whole),
            types: known.types.map(Types::Known),
        };
        return rule.reach.iter().map(part).collect();
    }
    let entries = program.get().rules().iter().enumerate().filter(|(_, entry)| *entry.name == *rule.guard_name);
    let numbers = entries.map(|(number, _)| number);
    let reaches: Vec<(usize, Reach)> = numbers.zip(reach_of_each(rule.text.file(), &rule.guard_name)).collect();
    let functions = reaches.iter().any(|(_, reach)| reach.functions);
    let part = |(number, reach): (usize, Reach)| RulePart {
        number,
        asked: asked(rule.view, functions, reach.whole.is_some()),
        types: reach.types.map(Types::Found),
    };
    reaches.into_iter().map(part).collect()
}

fn asked(view: View, functions: bool, whole: bool) -> Asked {
    match view {
        View::AsWritten => Asked::Written,
        View::Auto if functions => Asked::Written,
        _ if whole => Asked::Whole,
        _ => Asked::Resources,
    }
}
