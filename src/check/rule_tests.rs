//! Running the tests of rules: each case's input is judged in place, so that findings point into the test file.

use std::sync::Arc;

use crate::diag::{Class, Code, Finding};
use crate::eval::Statuses;
use crate::rules::{Case, Expected, Rule, RuleProblem, read_tests};
use crate::syntax::read;
use crate::text::{SourceFile, Span};

use super::checker::{Checker, Judged, Settings};
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
        self.unsure |= !exploration.is_complete();
    }

    /// The word for it: a failure in any deployment is a failure.
    pub(super) fn word(self) -> &'static str {
        match (self.fails, self.unsure, self.passes) {
            (true, _, _) => "FAIL",
            (_, true, _) => "UNSURE",
            (_, _, true) => "PASS",
            _ => "SKIP",
        }
    }
}

/// How tests are run.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestSettings {
    /// Whether an expectation may name a rule that the file does not have.
    pub allow_unknown_rules: bool,
}

/// The result of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The case's name.
    pub name: String,
    /// Where the case stands in the test file.
    pub span: Span,
    /// What was expected of each rule, in source order.
    pub expectations: Vec<ExpectationResult>,
    /// What else differs from what is expected, with places in the test file.
    pub others: Vec<(Span, String)>,
}

impl CaseResult {
    /// All that differs from what is expected, with places in the test file; empty when the case passed.
    #[must_use]
    pub fn failures(&self) -> Vec<(Span, String)> {
        let unmet = self.expectations.iter().filter_map(|one| Some((one.span, one.failure.clone()?)));
        unmet.chain(self.others.iter().cloned()).collect()
    }
}

/// One expected status and the one that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationResult {
    /// The rule's name.
    pub rule: String,
    /// What is expected.
    pub expected: String,
    /// What there is; several words, when several rules have the name.
    pub actual: String,
    /// Where the expectation stands.
    pub span: Span,
    /// Why it is not met; `None` when it is.
    pub failure: Option<String>,
}

/// The results of a test file.
#[derive(Clone, Debug, Default)]
pub struct RuleTestReport {
    /// Each case, in source order.
    pub cases: Vec<CaseResult>,
    /// What is malformed about the test file.
    pub problems: Vec<RuleProblem>,
}

/// Runs the tests in `tests` of the rules of one file.
#[must_use]
pub fn run_rule_tests(rules: &[Arc<Rule>], tests: &SourceFile, settings: TestSettings) -> RuleTestReport {
    let name = Arc::new(tests.name().clone());
    let read = read(tests.text(), super::checker::hint(&name.display));
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
    let (mut checker, _) = Checker::new(rules, &Settings::default());
    checker.ask_empty_templates();
    checker.keep_statuses();
    // Files of other tools say nothing about lines.
    let marked = file.cases.iter().any(|case| !case.expectations.is_empty());
    for case in &file.cases {
        let judged = checker.judge(tests, &name, &read.document, case.input, checker.settings());
        let expectations =
            case.statuses.iter().map(|expected| expectation(&checker, &judged, expected, settings)).collect();
        let errors = judged.problems.iter().filter(|problem| problem.code == Code::GuardEvaluation);
        let mut others: Vec<(Span, String)> =
            errors.map(|problem| (problem.place.span, problem.message.clone())).collect();
        for (_, _, span) in case.statuses.iter().filter(|(_, status, _)| !is_status(status)) {
            others.push((*span, "a status is PASS, FAIL or SKIP".to_owned()));
        }
        if marked {
            compare(case, &judged.findings, &mut others);
        }
        report.cases.push(CaseResult { name: case.name.clone(), span: case.span, expectations, others });
    }
    report
}

fn is_status(word: &str) -> bool {
    matches!(word, "PASS" | "FAIL" | "SKIP")
}

/// Whether a rule has the expected status. Of several rules of one name, one must have it, or all for `SKIP`.
fn expectation(
    checker: &Checker,
    judged: &Judged,
    (rule, expected, span): &(String, String, Span),
    settings: TestSettings,
) -> ExpectationResult {
    // The clauses outside any rule are called after their file, in several ways.
    let guard_name = if rule.ends_with("/default") { "default" } else { rule.as_str() };
    let words: Vec<&str> = checker
        .entries(guard_name)
        .map(|entry| judged.statuses.get(&entry).copied().unwrap_or_default().word())
        .collect();
    let met = match expected.as_str() {
        "SKIP" => words.iter().all(|word| *word == "SKIP"),
        _ => words.iter().any(|word| word == expected),
    };
    let mut actual = words.clone();
    actual.dedup();
    let actual = actual.join(" and ");
    let failure = if words.is_empty() {
        (!settings.allow_unknown_rules).then(|| format!("`{rule}` is not a rule of this file"))
    } else {
        (!met && is_status(expected)).then(|| {
            let reasons: Vec<&str> =
                judged.findings.iter().flat_map(|finding| &finding.depends_on).map(String::as_str).collect();
            let why = match (actual.contains("UNSURE"), reasons.first()) {
                (true, Some(reason)) => format!(", which depends on {reason}"),
                _ => String::new(),
            };
            format!("`{rule}`: expected {expected}, got {actual}{why}")
        })
    };
    ExpectationResult { rule: rule.clone(), expected: expected.clone(), actual, span: *span, failure }
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
