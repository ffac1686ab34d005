//! What a change does to the findings.

use super::Finding;

/// How the findings of a change differ from those of its base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The commit that the change was compared with, in full.
    pub base: String,
    /// How many findings that count the change introduces.
    pub introduced: usize,
    /// The findings that counted before and are gone, sorted like all findings; their places are in the base's texts.
    pub fixed: Vec<Finding>,
    /// How many findings counted before and still do, in the templates that the change may concern.
    pub unchanged: usize,
    /// How many findings the change silences or brings along silenced.
    pub silenced: usize,
}
