//! JUnit XML: a suite for each template, a test that fails for each finding.

use std::collections::BTreeMap;
use std::io;

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::diag::{FileKind, Finding, Place, Report};

use super::escape::line;
use super::selection::{UniqueKeys, deployments, not_judged, opened, rules_by_id, weight_word};
use super::{Options, documented_at};

/// The most characters of one text.
const LONGEST: usize = 2000;

/// Writes a report as JUnit XML. A template without findings has one test that passes; what could not be judged is an
/// error, and what is shown though it does not count is skipped.
///
/// # Errors
/// Those of the writer.
pub fn junit(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<TestCase>> =
        report.files.iter().map(|file| (&*file.source.display, Vec::new())).collect();
    for problem in not_judged(report) {
        let texts = [&*problem.message, problem.help.as_deref().unwrap_or_default()];
        let status = failure(NonSuccessKind::Error, &problem.place, &texts);
        let case = test(problem.code.description(), problem.code.id(), status);
        suites.entry(&problem.place.source.display).or_default().push(located(case, &problem.place));
    }
    let rules = rules_by_id(report);
    for finding in opened(report, options) {
        let when = deployments(finding);
        let rule = rules.get(&*finding.rule);
        let fix = rule.map(|rule| format!("Fix: {}", rule.fix)).unwrap_or_default();
        let page = rule.and_then(|rule| documented_at(rule)).map(|page| format!("More: {page}")).unwrap_or_default();
        let status = if finding.class.counts() {
            let mut status = failure(NonSuccessKind::Failure, &finding.place, &[&finding.message, &when, &fix, &page]);
            status.set_type(weight_word(finding));
            status
        } else {
            let mut status = TestCaseStatus::skipped();
            status.set_message(line(&format!("{} ({when})", finding.message), LONGEST));
            status
        };
        let case = test(&name(finding), &finding.rule, status);
        suites.entry(&finding.place.source.display).or_default().push(located(case, &finding.place));
    }
    let templated: Vec<&str> =
        report.files.iter().filter(|file| file.kind == FileKind::Templated).map(|file| &*file.source.display).collect();
    let mut document = Document::new("cfnward");
    for (path, mut cases) in suites {
        if cases.is_empty() {
            let status = if templated.contains(&path) {
                let mut status = TestCaseStatus::skipped();
                status.set_message("not judged: to be rendered first");
                status
            } else {
                TestCaseStatus::success()
            };
            cases.push(test("no findings", "cfnward", status));
        }
        let mut names = UniqueKeys::default();
        for case in &mut cases {
            case.name = (&*names.unique(case.name.as_str())).into();
        }
        let mut suite = TestSuite::new(line(path, LONGEST));
        suite.add_test_cases(cases);
        document.add_test_suite(suite);
    }
    write(&document, out)
}

/// Writes the XML with a final line feed.
pub(super) fn write(document: &Document, out: &mut dyn io::Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    document.serialize(&mut bytes).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

/// A test of that name.
pub(super) fn test(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(line(name, LONGEST), status);
    case.set_classname(line(class, LONGEST));
    case
}

/// The status of a test that did not pass, with lines that say why.
pub(super) fn not_passed(kind: NonSuccessKind, lines: &[String]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(lines.first().map(String::as_str).unwrap_or_default());
    status.set_description(lines.join("\n"));
    status
}

fn failure(kind: NonSuccessKind, place: &Place, texts: &[&str]) -> TestCaseStatus {
    let mut lines: Vec<String> = texts.iter().map(|text| line(text, LONGEST)).filter(|text| !text.is_empty()).collect();
    lines.push(format!("at {}:{}:{}", line(&place.source.display, LONGEST), place.start.line, place.start.column));
    not_passed(kind, &lines)
}

/// What CI systems remember a test by: no line in it, as lines move.
fn name(finding: &Finding) -> String {
    let what = match &finding.resource {
        Some(resource) if finding.property.is_empty() => resource.logical_id.clone(),
        Some(resource) => format!("{}.{}", resource.logical_id, finding.property),
        None if finding.property.is_empty() => "template".to_owned(),
        None => finding.property.to_string(),
    };
    format!("{}: {what}", finding.place.source.display)
}

/// The test with the place that GitLab and CircleCI look for.
fn located(mut case: TestCase, place: &Place) -> TestCase {
    case.extra.insert("file".into(), (&*line(&place.source.repository_path(), LONGEST)).into());
    case.extra.insert("line".into(), (&*place.start.line.to_string()).into());
    case
}
