//! What was judged and how it came out: no rule and no resource goes missing silently.

use std::collections::BTreeMap;

use super::Place;

/// How a question came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It fails in some deployment.
    Fail,
    /// Nothing in the template decides it, or not every deployment could be asked.
    Unsure,
    /// It passes in some deployment and fails in none.
    Pass,
    /// The rule has nothing to say of the resource, or the resource is never deployed.
    NotApplicable,
}

impl Verdict {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unsure => "unsure",
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// The verdict of one rule on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The rule's id.
    pub rule: String,
    /// The resource's logical id and type; `None` for a rule that is asked of templates as a whole.
    pub resource: Option<(String, String)>,
    /// The resource's logical id in the text, or the start of the template.
    pub place: Place,
    /// The verdict.
    pub verdict: Verdict,
    /// What an unsure verdict hangs on, each to be read after "depends on".
    pub reasons: Vec<String>,
}

/// Counts of questions, of which each is a rule asked of a resource, or of a template as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Resources of templates, those that SAM and loops make included.
    pub resources: usize,
    /// Of these, resources for whose type there is no rule.
    pub without_rule: usize,
    /// Questions. They are as many as the verdicts together.
    pub questions: usize,
    /// Questions by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Unsure questions by what they hang on (each once, by its first reason), names left out.
    pub reasons: BTreeMap<String, usize>,
    /// Questions by how many deployments they had to be asked in.
    pub deployments: BTreeMap<usize, usize>,
    /// Questions that had to be asked in more deployments than are tried.
    pub capped: usize,
    /// Templates with such questions.
    pub capped_templates: usize,
    /// Every verdict by itself, if that was asked for.
    pub judgements: Vec<Judgement>,
}

impl Coverage {
    /// The number of questions with that verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }

    /// In how many deployments the question was asked than which so many of a hundred questions took fewer or as many.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> usize {
        let all: usize = self.deployments.values().sum();
        let wanted = (all * percent).div_ceil(100);
        let mut seen = 0;
        for (deployments, questions) in &self.deployments {
            seen += questions;
            if seen >= wanted {
                return *deployments;
            }
        }
        0
    }

    /// Adds the counts of another file.
    pub(super) fn absorb(&mut self, other: Self) {
        self.resources += other.resources;
        self.without_rule += other.without_rule;
        self.questions += other.questions;
        self.capped += other.capped;
        self.capped_templates += other.capped_templates;
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        for (deployments, count) in other.deployments {
            *self.deployments.entry(deployments).or_default() += count;
        }
        self.judgements.extend(other.judgements);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_counts() {
        let coverage = Coverage { deployments: [(1, 98), (4, 1), (64, 1)].into(), ..Coverage::default() };
        assert_eq!([50, 98, 99, 100].map(|percent| coverage.percentile(percent)), [1, 1, 4, 64]);
        assert_eq!(Coverage::default().percentile(50), 0);
    }
}
