//! Where one reads more.

use crate::diag::RuleInfo;

/// Where the project lives: the base of every link that a report carries.
pub(super) const HOME: &str = env!("CARGO_PKG_REPOSITORY");

/// Where one reads more of a rule; `None` for rules of users.
pub(super) fn documented_at(rule: &RuleInfo) -> Option<String> {
    rule.page.as_ref().map(|page| format!("{HOME}/blob/main/{page}#{}", rule.id))
}

/// The page of a rule; that of the program for rules of users.
pub(super) fn rule_page(rule: &RuleInfo) -> String {
    documented_at(rule).unwrap_or_else(|| HOME.to_owned())
}
