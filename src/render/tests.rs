//! The results of tests of rules, as JUnit XML and as JSON.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde::Serialize;

use crate::diag::{Label, Place, TestRun};

use super::encode::write_json;

/// Writes JUnit XML: one suite for each test file, one test for each expectation, and one more for a case in which
/// something else is wrong.
///
/// # Errors
/// Those of the writer.
pub fn tests_junit(run: &TestRun, out: &mut dyn io::Write) -> io::Result<()> {
    let mut report = Report::new("cfnward");
    for file in &run.files {
        let mut suite = TestSuite::new(file.test_file.display.as_str());
        let class = file.rule_file.display.as_str();
        for case in &file.cases {
            for expectation in &case.expectations {
                let failure = expectation.failure.as_ref().map(|text| format!("{}: {text}", at(&expectation.place)));
                suite.add_test_case(test(&format!("{}: {}", case.name, expectation.rule), class, failure));
            }
            if !case.failures.is_empty() {
                let lines: Vec<String> =
                    case.failures.iter().map(|one| format!("{}: {}", at(&one.place), one.text)).collect();
                suite.add_test_case(test(&case.name, class, Some(lines.join("\n"))));
            }
        }
        report.add_test_suite(suite);
    }
    let mut bytes = Vec::new();
    report.serialize(&mut bytes).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn test(name: &str, class: &str, failure: Option<String>) -> TestCase {
    let status = match failure {
        None => TestCaseStatus::success(),
        Some(text) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(text.lines().next().unwrap_or_default());
            status.set_description(text);
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", place.source.display, place.start.line, place.start.column)
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
