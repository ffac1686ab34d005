//! Which suppressions count.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diag::{Day, Severity};

/// Which suppressions that templates carry count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionSettings {
    /// Whether any does.
    pub in_templates: bool,
    /// Whether those count that other tools have in metadata.
    pub foreign_metadata: bool,
    /// Whether those count that other tools have in comments.
    pub foreign_comments: bool,
    /// Whether a suppression without a reason does not count.
    pub require_reason: bool,
    /// The ids of rules that templates cannot silence.
    pub locked_rules: BTreeSet<Arc<str>>,
    /// The severity from which on templates cannot silence a rule.
    pub locked_severity: Option<Severity>,
    /// The day of the scan; without it no suppression is ever over.
    pub today: Option<Day>,
}

impl Default for SuppressionSettings {
    fn default() -> Self {
        Self {
            in_templates: true,
            foreign_metadata: true,
            foreign_comments: false,
            require_reason: false,
            locked_rules: BTreeSet::new(),
            locked_severity: None,
            today: None,
        }
    }
}
