//! All rules of the catalogue, as a run lists them.

use serde::ser::{Serialize, SerializeSeq as _, Serializer};

use crate::diag::{Report, RuleInfo};
use crate::render::encode::Written;

use super::reference;
use super::rule::{self, NOT_SCANNED};
use super::shape::{Configuration, ConfigurationOverride};

/// The rules of a run sorted by id, whatever ran and whatever was found: what is known of a rule does not come and go.
pub(super) struct Catalogue<'a> {
    /// Each with whether it ran.
    rules: Vec<(&'a RuleInfo, bool)>,
}

impl<'a> Catalogue<'a> {
    /// Those of a report.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut rules: Vec<(&RuleInfo, bool)> = report.rules.iter().map(|rule| (&**rule, true)).collect();
        rules.extend(report.idle_rules.iter().map(|rule| (&**rule, false)));
        rules.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        Self { rules }
    }

    /// The rules.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'a RuleInfo> {
        self.rules.iter().map(|(rule, _)| *rule)
    }

    /// Where a rule stands in the list.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        if id == NOT_SCANNED {
            return Some(self.rules.len());
        }
        self.rules.binary_search_by(|(rule, _)| (*rule.id).cmp(id)).ok()
    }

    /// Says of the rules that did not run that they were switched off for this run.
    pub(super) fn idle(&self) -> Vec<ConfigurationOverride<'a>> {
        let idle = self.rules.iter().enumerate().filter(|(_, (_, ran))| !ran);
        idle.map(|(place, (rule, _))| ConfigurationOverride {
            configuration: Configuration { enabled: Some(false), level: rule::level_word(rule.severity) },
            descriptor: reference(&rule.id, place),
        })
        .collect()
    }
}

/// The descriptors, made one after the other while they are written, unless that was done when the program was built; the
/// last is that of templates that could not be read.
impl Serialize for Catalogue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut descriptors = serializer.serialize_seq(Some(self.rules.len() + 1))?;
        for rule in self.rules() {
            match rule.sarif {
                Some(written) => descriptors.serialize_element(&Written(written))?,
                None => descriptors.serialize_element(&rule::descriptor(rule))?,
            }
        }
        descriptors.serialize_element(&rule::not_scanned())?;
        descriptors.end()
    }
}
