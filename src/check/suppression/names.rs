//! Which rules a suppression means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::diag::{RuleInfo, Severity};
use crate::rules::{Catalog, nearest};

use super::written::Tool;

/// The rules that run, by all their names.
#[derive(Default)]
pub(in crate::check) struct RuleNames {
    by_name: BTreeMap<String, BTreeSet<Arc<str>>>,
    severities: BTreeMap<Arc<str>, Severity>,
    /// The rules of the program, for telling those that do not run from those that do not exist.
    all: OnceLock<Catalog>,
}

impl RuleNames {
    pub(in crate::check) fn new<'r>(rules: impl Iterator<Item = &'r RuleInfo>) -> Self {
        let mut names = Self::default();
        for info in rules {
            names.severities.insert(Arc::clone(&info.id), info.severity);
            let id = std::iter::once(&*info.id);
            let others = info.controls.iter().chain(&*info.aliases).map(|name| &**name);
            for name in id.chain(others) {
                names.by_name.entry(name.to_owned()).or_default().insert(Arc::clone(&info.id));
            }
        }
        names
    }

    /// How bad a rule's findings are.
    pub(super) fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.get(rule).copied()
    }

    /// The rules that run and that a tool means by a name.
    pub(super) fn meant(&self, tool: Tool, name: &str) -> BTreeSet<Arc<str>> {
        let mut meant = BTreeSet::new();
        let mut add = |name: &str| meant.extend(self.by_name.get(name).into_iter().flatten().cloned());
        match tool {
            Tool::Own => {
                // An id means one rule, whatever else has the same name.
                if self.severities.contains_key(name) {
                    return self.severities.keys().filter(|id| &***id == name).cloned().collect();
                }
                add(name);
                add(&format!("cfn_nag:{name}"));
            }
            Tool::Checkov | Tool::Guard => add(name),
            Tool::CfnNag => {
                add(&format!("cfn_nag:{name}"));
                add(name);
            }
            Tool::CdkNag => {
                add(name);
                // Packs but its own have the names of other collections behind theirs.
                let behind = name.split_once('-').filter(|(pack, _)| *pack != "AwsSolutions");
                add(behind.map_or("", |(_, rule)| rule));
            }
            Tool::CfnLint => return self.beginning(name, is_lint_id),
            Tool::Trivy | Tool::Kics => {
                if let Some(begin) = name.strip_suffix('*') {
                    return self.beginning(begin, |_| true);
                }
                add(name);
                add(&format!("AVD-{name}"));
            }
        }
        meant
    }

    fn beginning(&self, begin: &str, fits: fn(&str) -> bool) -> BTreeSet<Arc<str>> {
        let from = self.by_name.range(begin.to_owned()..);
        let all = from.take_while(|(name, _)| name.starts_with(begin)).filter(|(name, _)| fits(name));
        all.flat_map(|(_, rules)| rules.iter().cloned()).collect()
    }

    /// Whether the program knows a name although no rule of that name runs; else the names that may have been meant.
    pub(super) fn known(&self, name: &str) -> Result<(), Vec<String>> {
        let all = self.all.get_or_init(Catalog::builtin);
        if !all.find(name).is_empty() || !all.find(&format!("cfn_nag:{name}")).is_empty() {
            return Ok(());
        }
        let ids = all.rules.iter().map(|rule| &*rule.info.id);
        let near = nearest(name, ids.chain(self.severities.keys().map(|id| &**id)));
        Err(near.into_iter().map(str::to_owned).collect())
    }
}

/// Whether a name is an id of cfn-lint: a letter and four digits.
fn is_lint_id(name: &str) -> bool {
    name.len() == 5 && name.starts_with(['E', 'W', 'I']) && name.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}
