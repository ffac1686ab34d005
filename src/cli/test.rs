//! `cfnward test`: the tests of rules.

use std::path::PathBuf;
use std::sync::Arc;

use crate::check::{RuleTestReport, TestSettings, lint, run_rule_tests};
use crate::diag::{Code, Label, Level, Place, Problem, Report, TestRun, TestedCase, TestedExpectation, TestedFile};
use crate::render::{Options, terminal, tests_json, tests_junit};
use crate::rules::{Catalog, Rule, RuleProblem, builtin_rules, load_embedded};
use crate::text::{SourceFile, SourceName};

use super::abilities::colours;
use super::arguments::{Colour, Test, TestFormat};
use super::ending::Ending;
use super::output::{RunError, error, to_file, to_stdout};
use super::rule_files::{self, name_of, text_of};
use super::test_files;

/// The rules of a file, and its tests.
struct Subject {
    name: SourceName,
    rules: Vec<Arc<Rule>>,
    tests: Vec<SourceFile>,
}

/// What was collected, and what is wrong so far.
#[derive(Default)]
struct Collected {
    subjects: Vec<Subject>,
    problems: Vec<Problem>,
}

/// Runs the tests.
pub(super) fn run(arguments: &Test) -> Result<Ending, RunError> {
    let given = !arguments.paths.is_empty() || !arguments.rules.is_empty();
    let mut collected = if given { from_paths(arguments)? } else { builtin() };
    if let Some(only) = &arguments.only {
        let wanted = |rule: &Arc<Rule>| rule.info.id.contains(only.as_str());
        collected.subjects.retain(|subject| subject.rules.iter().any(wanted));
    }
    let mut report = Report { problems: collected.problems, ..Report::default() };
    let broken_rules = report.problems.iter().any(|problem| problem.code.level() == Level::Error);
    let settings = TestSettings { allow_unknown_rules: arguments.allow_unknown_rules };
    let mut test_run = TestRun::default();
    let mut broken_tests = false;
    for subject in &collected.subjects {
        if arguments.lint {
            report.problems.extend(lint(&subject.rules));
        }
        if subject.tests.is_empty() && !subject.rules.is_empty() {
            let help = "put them beside it as `RULE.test.yaml`, or into a folder `tests`".to_owned();
            report.problems.push(file_problem(
                Code::RuleUntested,
                &subject.name,
                "the rule file has no tests",
                Some(help),
            ));
        }
        for tests in &subject.tests {
            let RuleTestReport { cases, problems } = run_rule_tests(&subject.rules, tests, settings);
            let name = Arc::new(tests.name().clone());
            broken_tests |= problems.iter().any(|problem| problem.code.level() == Level::Error);
            report.problems.extend(problems.iter().map(|one| placed(tests, &name, one)));
            let cases = cases
                .into_iter()
                .map(|case| TestedCase {
                    place: Place::new(tests, &name, case.span),
                    name: case.name,
                    expectations: case
                        .expectations
                        .into_iter()
                        .map(|one| TestedExpectation {
                            rule: one.rule,
                            expected: one.expected,
                            actual: one.actual,
                            place: Place::new(tests, &name, one.span),
                            failure: one.failure,
                        })
                        .collect(),
                    failures: case
                        .others
                        .into_iter()
                        .map(|(span, text)| Label { place: Place::new(tests, &name, span), text })
                        .collect(),
                })
                .collect();
            test_run.files.push(TestedFile { rule_file: Arc::new(subject.name.clone()), test_file: name, cases });
        }
    }
    test_run.files.sort_by(|a, b| (&a.rule_file, &a.test_file).cmp(&(&b.rule_file, &b.test_file)));
    let rules = collected.subjects.iter().map(|subject| subject.rules.len()).sum();
    write(arguments, &test_run, &mut report, rules)?;
    let has = |code: Code| report.problems.iter().any(|problem| problem.code == code);
    let (_, failed) = test_run.counts();
    Ok(if broken_rules || broken_tests {
        Ending::Usage
    } else if failed > 0 || has(Code::RuleLint) || (arguments.require_tests && has(Code::RuleUntested)) {
        Ending::Findings
    } else {
        Ending::Clean
    })
}

/// What writes the results.
type Writer<'w> = Box<dyn FnOnce(&mut dyn std::io::Write) -> std::io::Result<()> + 'w>;

fn write(arguments: &Test, run: &TestRun, report: &mut Report, rules: usize) -> Result<(), RunError> {
    let write: Writer<'_> = match arguments.format {
        TestFormat::Junit => Box::new(|out| tests_junit(run, out)),
        TestFormat::Json => Box::new(|out| tests_json(run, out)),
        TestFormat::Terminal => Box::new(|out| for_people(arguments, run, report, rules, out)),
    };
    match &arguments.output {
        Some(path) => to_file(path, write),
        None => to_stdout(write),
    }
}

fn for_people(
    arguments: &Test,
    run: &TestRun,
    report: &mut Report,
    rules: usize,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    for file in &run.files {
        for case in &file.cases {
            let word = if case.passed() { "pass" } else { "FAIL" };
            if arguments.verbose || !case.passed() {
                writeln!(
                    out,
                    "{word}  {}: {}",
                    super::output::visible(&file.test_file.display),
                    super::output::visible(&case.name)
                )?;
            }
            let unmet = case.expectations.iter().filter_map(|one| Some((&one.place, one.failure.as_ref()?)));
            for (place, message) in unmet.chain(case.failures.iter().map(|one| (&one.place, &one.text))) {
                report.problems.push(Problem {
                    code: Code::RuleTest,
                    message: message.clone(),
                    place: place.clone(),
                    related: Vec::new(),
                    help: None,
                });
            }
        }
    }
    report.sort();
    if !report.problems.is_empty() {
        let options =
            Options { colour: colours(Colour::Auto), problems_only: true, verbose: true, ..Options::default() };
        terminal(report, &options, out)?;
    }
    let (passed, failed) = run.counts();
    writeln!(out, "{rules} rules, {passed} cases passed, {failed} failed")
}

fn placed(source: &SourceFile, name: &Arc<SourceName>, problem: &RuleProblem) -> Problem {
    Problem {
        code: problem.code,
        message: problem.message.clone(),
        place: Place::new(source, name, problem.span),
        related: Vec::new(),
        help: problem.help.clone(),
    }
}

fn file_problem(code: Code, name: &SourceName, message: &str, help: Option<String>) -> Problem {
    let place = Place::file(&Arc::new(name.clone()));
    Problem { code, message: message.to_owned(), place, related: Vec::new(), help }
}

fn builtin() -> Collected {
    let mut collected = Collected::default();
    for embedded in builtin_rules() {
        let (rule, problems) = load_embedded(embedded);
        let name = SourceName::from_display(embedded.path);
        let source = SourceFile::new(name.clone(), embedded.text.to_owned());
        let shared = Arc::new(name.clone());
        collected.problems.extend(problems.iter().map(|problem| placed(&source, &shared, problem)));
        let tests = SourceFile::new(SourceName::from_display(embedded.test_path), embedded.test_text.to_owned());
        collected.subjects.push(Subject { name, rules: vec![Arc::new(rule)], tests: vec![tests] });
    }
    collected
}

/// The rules and tests that the arguments name.
fn from_paths(arguments: &Test) -> Result<Collected, RunError> {
    let mut files = Vec::new();
    for path in arguments.paths.iter().chain(&arguments.rules) {
        files.extend(rule_files::find(path)?);
    }
    files.sort();
    files.dedup_by(|a, b| a.path == b.path);
    if files.is_empty() {
        return Err(error("no rule was found: rules are files that end in `.guard`"));
    }
    let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let (loaded, problems) = rule_files::load(&files, arguments.as_written, &Catalog::default());
    let mut collected = Collected { subjects: Vec::new(), problems };
    let mut pairing =
        if arguments.tests.is_empty() { test_files::pair(&paths)? } else { test_files::Pairing::default() };
    if !arguments.tests.is_empty() {
        let [only] = paths.as_slice() else {
            return Err(error("--tests takes one rule file: name it with --rules"));
        };
        for tests in &arguments.tests {
            pairing.tests.entry(only.clone()).or_default().extend(test_files::find(tests)?);
        }
    }
    for orphan in &pairing.orphans {
        let message = "the test file belongs to no rule file: its name begins with none of their names";
        collected.problems.push(file_problem(Code::RuleUntested, &name_of(orphan), message, None));
    }
    for file in loaded {
        let mut tests = Vec::new();
        for path in pairing.tests.remove(&file.path).unwrap_or_default() {
            let name = name_of(&path);
            match text_of(&path) {
                Ok(text) => tests.push(SourceFile::new(name, text)),
                Err(message) => collected.problems.push(file_problem(Code::RuleTest, &name, &message, None)),
            }
        }
        collected.subjects.push(Subject { name: file.name, rules: file.rules, tests });
    }
    Ok(collected)
}
