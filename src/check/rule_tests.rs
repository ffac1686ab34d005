//! Running the tests of a rule: each case's input is judged in place, so that findings point into the test file.

use std::sync::Arc;

use crate::diag::{Class, Finding};
use crate::eval::Statuses;
use crate::rules::{Case, Expected, Rule, RuleProblem, read_tests};
use crate::syntax::{Hint, read};
use crate::text::{SourceFile, Span};

use super::checker::{Checker, Settings};
use super::explore::Exploration;

/// What a rule says of a whole template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RuleStatus {
    fails: bool,
    passes: bool,
    unsure: bool,
}

impl RuleStatus {
    /// Adds what the rule says of one resource in all deployments.
    pub(super) fn add(&mut self, exploration: &Exploration<'_>) {
        for path in &exploration.paths {
            let statuses = path.outcome.statuses;
            if statuses == Statuses::FAIL {
                self.fails = true;
            } else if statuses == Statuses::PASS {
                self.passes = true;
            } else if statuses != Statuses::SKIP {
                self.unsure = true;
            }
        }
        self.unsure |= exploration.error.is_some() || exploration.capped;
    }

    /// The word for it: a failure in any deployment is a failure.
    fn word(self) -> &'static str {
        match (self.fails, self.unsure, self.passes) {
            (true, _, _) => "FAIL",
            (_, true, _) => "UNSURE",
            (_, _, true) => "PASS",
            _ => "SKIP",
        }
    }
}

/// The result of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// Where the case stands in the test file.
    pub span: Span,
    /// What differs from what is expected, with places in the test file; empty when the case passed.
    pub failures: Vec<(Span, String)>,
}

/// The results of a rule's test file.
#[derive(Clone, Debug, Default)]
pub struct RuleTestReport {
    /// Each case, in source order.
    pub cases: Vec<CaseResult>,
    /// What is malformed about the test file.
    pub problems: Vec<RuleProblem>,
}

/// Runs the tests of `rule` that stand in `tests`.
#[must_use]
pub fn run_rule_tests(rule: &Arc<Rule>, tests: &SourceFile) -> RuleTestReport {
    let read = read(tests.text(), Hint::Yaml);
    let file = read_tests(tests, &read.document);
    let mut report = RuleTestReport { cases: Vec::new(), problems: file.problems };
    for problem in read.problems {
        report.problems.push(RuleProblem {
            code: problem.code,
            span: problem.span,
            message: problem.message,
            help: problem.help,
        });
    }
    let (checker, _) = Checker::new(std::slice::from_ref(rule), &Settings::default());
    let name = Arc::new(tests.name().clone());
    for case in &file.cases {
        let judged = checker.judge(tests, &name, &read.document, case.input);
        let mut failures = Vec::new();
        for (rule_name, expected, span) in &case.statuses {
            let actual = match judged.statuses.get(rule_name.as_str()) {
                Some(status) => status.word(),
                None if **rule_name == *rule.info.id => "SKIP",
                None => "not a rule of this file",
            };
            if actual != expected {
                failures.push((*span, format!("`{rule_name}`: expected {expected}, got {actual}")));
            }
        }
        failures.extend(judged.problems.iter().map(|problem| (problem.place.span, problem.message.clone())));
        compare(case, &judged.findings, &mut failures);
        report.cases.push(CaseResult { name: case.name.clone(), span: case.span, failures });
    }
    report
}

fn compare(case: &Case, findings: &[Finding], failures: &mut Vec<(Span, String)>) {
    let mut open: Vec<&Finding> = findings.iter().collect();
    for expectation in &case.expectations {
        // Several values of one line may fail: one expectation speaks for all of them.
        let before = open.len();
        open.retain(|finding| finding.place.start.line != expectation.line || !fits(&expectation.expected, finding));
        if open.len() == before {
            failures.push((expectation.span, format!("expected {} on this line", describe(&expectation.expected))));
        }
    }
    for finding in open {
        let when = if finding.when.is_empty() { String::new() } else { format!(" when {}", finding.when.join(" | ")) };
        let depends = finding.depends_on.join(", ");
        let message = format!("unexpected finding ({}{when}): {} [{depends}]", finding.class.as_str(), finding.message);
        failures.push((finding.place.span, message));
    }
}

fn fits(expected: &Expected, finding: &Finding) -> bool {
    match (expected, finding.class) {
        (Expected::Finding, Class::Always | Class::Default)
        | (Expected::Possible, Class::Possible)
        | (Expected::Unsure, Class::Unsure) => true,
        (Expected::When(text), Class::When) => finding.when.iter().any(|when| when.contains(text.as_str())),
        _ => false,
    }
}

fn describe(expected: &Expected) -> String {
    match expected {
        Expected::Finding => "a finding".to_owned(),
        Expected::When(text) => format!("a finding when {text}"),
        Expected::Possible => "a possible finding".to_owned(),
        Expected::Unsure => "an unsure finding".to_owned(),
    }
}
