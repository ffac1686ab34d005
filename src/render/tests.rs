//! The results of tests of rules, as JUnit XML and as JSON.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCaseStatus, TestSuite};
use serde::Serialize;

use crate::diag::{Label, Place, TestRun};

use super::encode::write_json;
use super::escape::line;
use super::junit::{not_passed, test, write};

/// The most characters of one text.
const LONGEST: usize = 2000;

/// Writes JUnit XML: one suite for each test file, one test for each expectation, and one more for a case in which
/// something else is wrong.
///
/// # Errors
/// Those of the writer.
pub fn tests_junit(run: &TestRun, out: &mut dyn io::Write) -> io::Result<()> {
    let mut report = Report::new("cfnward");
    for file in &run.files {
        let mut suite = TestSuite::new(line(&file.test_file.display, LONGEST));
        let class = file.rule_file.display.as_str();
        for case in &file.cases {
            for expectation in &case.expectations {
                let failure = expectation.failure.iter().map(|text| told(&expectation.place, text));
                let status = status(&failure.collect::<Vec<_>>());
                suite.add_test_case(test(&format!("{}: {}", case.name, expectation.rule), class, status));
            }
            if !case.failures.is_empty() {
                let lines: Vec<String> = case.failures.iter().map(|one| told(&one.place, &one.text)).collect();
                suite.add_test_case(test(&case.name, class, status(&lines)));
            }
        }
        report.add_test_suite(suite);
    }
    write(&report, out)
}

fn status(failures: &[String]) -> TestCaseStatus {
    if failures.is_empty() { TestCaseStatus::success() } else { not_passed(NonSuccessKind::Failure, failures) }
}

fn told(place: &Place, text: &str) -> String {
    line(&format!("{}:{}:{}: {text}", place.source.display, place.start.line, place.start.column), LONGEST)
}

/// Writes JSON, version 1.
///
/// # Errors
/// Those of the writer.
pub fn tests_json(run: &TestRun, out: &mut dyn io::Write) -> io::Result<()> {
    let (passed, failed) = run.counts();
    let files = run
        .files
        .iter()
        .map(|file| File {
            rule_file: &file.rule_file.display,
            test_file: &file.test_file.display,
            cases: file
                .cases
                .iter()
                .map(|case| Case {
                    name: &case.name,
                    passed: case.passed(),
                    line: case.place.start.line,
                    expectations: case
                        .expectations
                        .iter()
                        .map(|one| Expectation {
                            rule: &one.rule,
                            expected: &one.expected,
                            actual: &one.actual,
                            line: one.place.start.line,
                            column: one.place.start.column,
                            failure: one.failure.as_deref(),
                        })
                        .collect(),
                    failures: case.failures.iter().map(Failure::new).collect(),
                })
                .collect(),
        })
        .collect();
    write_json(&Document { version: 1, passed, failed, files }, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    passed: usize,
    failed: usize,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    rule_file: &'a str,
    test_file: &'a str,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    name: &'a str,
    passed: bool,
    line: u32,
    expectations: Vec<Expectation<'a>>,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
struct Expectation<'a> {
    rule: &'a str,
    expected: &'a str,
    actual: &'a str,
    line: u32,
    column: u32,
    failure: Option<&'a str>,
}

#[derive(Serialize)]
struct Failure<'a> {
    line: u32,
    column: u32,
    message: &'a str,
}

impl<'a> Failure<'a> {
    fn new(label: &'a Label) -> Self {
        Self { line: label.place.start.line, column: label.place.start.column, message: &label.text }
    }
}
