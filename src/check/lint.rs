//! What a rule probably does not mean.

use crate::diag::Problem;
use crate::rules::Rule;

/// What is suspicious about a rule.
#[must_use]
pub fn lint(_rule: &Rule) -> Vec<Problem> {
    Vec::new()
}
