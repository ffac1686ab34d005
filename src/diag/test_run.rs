//! What the tests of rules gave, as plain data.

use std::sync::Arc;

use crate::text::SourceName;

use super::{Label, Place};

/// The tests of several rule files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestRun {
    /// Each test file with the rule file that it tests, sorted by both names.
    pub files: Vec<TestedFile>,
}

/// One test file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedFile {
    /// The rule file.
    pub rule_file: Arc<SourceName>,
    /// The test file.
    pub test_file: Arc<SourceName>,
    /// Its cases, in source order.
    pub cases: Vec<TestedCase>,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedCase {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// What was expected of each rule, in source order.
    pub expectations: Vec<TestedExpectation>,
    /// What is wrong besides: findings on other lines than expected, a rule that could not be evaluated.
    pub failures: Vec<Label>,
}

/// One expected status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedExpectation {
    /// The rule's name.
    pub rule: String,
    /// The expected status.
    pub expected: String,
    /// The status that it has; several, when several rules have the name.
    pub actual: String,
    /// Where the expectation stands.
    pub place: Place,
    /// Why it is not met; `None` when it is.
    pub failure: Option<String>,
}

impl TestedCase {
    /// Whether all is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty() && self.expectations.iter().all(|expectation| expectation.failure.is_none())
    }
}

impl TestRun {
    /// How many cases passed, and how many did not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let cases = || self.files.iter().flat_map(|file| &file.cases);
        let passed = cases().filter(|case| case.passed()).count();
        (passed, cases().count() - passed)
    }
}
