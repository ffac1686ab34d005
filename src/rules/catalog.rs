//! All rules that were loaded.

use std::sync::Arc;

use crate::diag::{Code, RuleInfo, Words};
use crate::guard::{Dialect, parse};
use crate::text::{SourceFile, SourceName, Span};

use super::embedded::{EmbeddedReach, builtin_rules_by_id};
use super::header::{read_header, view};
use super::nearest::nearest;
use super::problem::{RuleProblem, View};
use super::rule_text::RuleText;

/// One rule: what is reported under one id.
#[derive(Debug)]
pub struct Rule {
    /// Its description.
    pub info: Arc<RuleInfo>,
    /// The name of its Guard rules in the file; several rules of one name are one rule here. `default` for the clauses
    /// outside any rule.
    pub guard_name: Words,
    /// Which form of a template it is asked of.
    pub view: View,
    /// Its text, shared by all rules of a file.
    pub text: Arc<RuleText>,
    /// What its Guard rules can reach, where that was worked out when the program was built; else empty.
    pub reach: &'static [EmbeddedReach],
}

/// Reads a rule. `id` is the stem of its file. Problems do not stop it: what can be used is used.
#[must_use]
pub fn load(id: &str, name: SourceName, text: String, dialect: Dialect) -> (Rule, Vec<RuleProblem>) {
    let (info, mut problems) = read_header(id, &text);
    let parsed = parse(&text, dialect);
    for error in parsed.errors {
        problems.push(RuleProblem {
            code: Code::GuardSyntax,
            span: error.span,
            message: error.message,
            help: error.help,
        });
    }
    if !parsed.file.rules.iter().any(|rule| rule.name.text == id) {
        problems.push(RuleProblem {
            code: Code::RuleHeader,
            span: Span::default(),
            message: format!("the file holds no rule named `{id}` like the file"),
            help: None,
        });
    }
    let view = match view(&text) {
        Ok(View::Auto) => View::Resolved,
        Ok(view) => view,
        Err((message, span)) => {
            problems.push(RuleProblem { code: Code::RuleHeader, span, message, help: None });
            View::Resolved
        }
    };
    let text = Arc::new(RuleText::new(SourceFile::new(name, text), parsed.file));
    (Rule { info: Arc::new(info), guard_name: id.to_owned().into(), view, text, reach: &[] }, problems)
}

/// All rules that were loaded, sorted by id.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The rules.
    pub rules: Vec<Arc<Rule>>,
}

impl Catalog {
    /// The rules that are part of the program. They have no problems: a test says so.
    #[must_use]
    pub fn builtin() -> Self {
        Self { rules: builtin_rules_by_id().map(Arc::new).collect() }
    }

    /// The rule that an id names, or all that a control or another tool's id names.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<&Arc<Rule>> {
        if let Some(rule) = self.rules.iter().find(|rule| &*rule.info.id == name) {
            return vec![rule];
        }
        let named = |names: fn(&Rule) -> &[Words]| -> Vec<&Arc<Rule>> {
            self.rules.iter().filter(|rule| names(rule).iter().any(|one| one == name)).collect()
        };
        let of_control = named(|rule| &rule.info.controls);
        if of_control.is_empty() { named(|rule| &rule.info.aliases) } else { of_control }
    }

    /// The ids, controls and other tools' ids that look most like a misspelt one, nearest first.
    #[must_use]
    pub fn suggestions(&self, name: &str) -> Vec<&str> {
        let ids = self.rules.iter().map(|rule| &*rule.info.id);
        let near = nearest(name, ids);
        if !near.is_empty() {
            return near;
        }
        let others = self.rules.iter().flat_map(|rule| rule.info.controls.iter().chain(&*rule.info.aliases));
        nearest(name, others.map(|name| &**name))
    }
}
