//! Rules made ready to be asked.

use std::sync::{Arc, OnceLock};

use crate::diag::{RuleInfo, Words};
use crate::eval::Program;
use crate::guard::Dialect;
use crate::rules::{EmbeddedReach, Rule, RuleText};

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
        self.program.get_or_init(|| Program::compile(self.text.file(), self.text.text(), Dialect::Classic).0)
    }
}

/// One Guard rule of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RulePart {
    /// Its number in the program.
    pub(super) number: usize,
    pub(super) asked: Asked,
    /// The resource types that it selects; `None` when it may select any.
    pub(super) types: Option<Vec<String>>,
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
        let types: Option<Vec<&[String]>> = self.parts.iter().map(|part| part.types.as_deref()).collect();
        let mut resources: Vec<Words> = types.unwrap_or_default().concat().into_iter().map(Into::into).collect();
        resources.sort();
        resources.dedup();
        Arc::new(RuleInfo { resources: resources.into(), ..(*self.rule.info).clone() })
    }
}

/// What each Guard rule of a rule can reach, with its number in the program.
pub(super) fn reaches(rule: &Rule, program: &LazyProgram) -> Vec<(usize, Reach)> {
    if rule.reach.is_empty() {
        let entries = program.get().rules().iter().enumerate().filter(|(_, entry)| entry.name == rule.guard_name);
        let numbers = entries.map(|(number, _)| number);
        return numbers.zip(reach_of_each(rule.text.file(), &rule.guard_name)).collect();
    }
    let reach = |known: &EmbeddedReach| Reach {
        types: known.types.map(|types| types.iter().map(|&text| text.to_owned()).collect()),
        whole: known.whole.then(|| "its text says so".to_owned()),
        functions: known.functions,
    };
    rule.reach.iter().map(|known| (known.number, reach(known))).collect()
}
