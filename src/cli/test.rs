//! `cfnward test`: the tests of rules.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{RuleTestReport, run_rule_tests};
use crate::diag::{Code, Place, Problem, Report};
use crate::guard::Dialect;
use crate::render::{Options, terminal};
use crate::rules::{Rule, RuleProblem, builtin_rules, load, load_embedded};
use crate::text::{SourceFile, SourceName, Span};

use super::arguments::{Colour, Test};
use super::ending::Ending;
use super::output::{RunError, colours, error, to_stdout};

/// A rule with its problems, and the text of its tests.
struct Subject {
    rule: Arc<Rule>,
    problems: Vec<RuleProblem>,
    tests: Option<SourceFile>,
}

/// Runs the tests.
pub(super) fn run(arguments: &Test) -> Result<Ending, RunError> {
    let mut subjects = if arguments.paths.is_empty() { builtin() } else { from_paths(&arguments.paths)? };
    if let Some(only) = &arguments.only {
        subjects.retain(|subject| subject.rule.info.id.contains(only.as_str()));
    }
    if subjects.is_empty() {
        return Err(error("no rule was found: rules are files that end in `.guard`"));
    }
    let mut report = Report::default();
    let (mut passed, mut failed) = (0, 0);
    let mut lines = Vec::new();
    for subject in &subjects {
        let name = Arc::new(subject.rule.source.name().clone());
        add_problems(&mut report, &subject.rule.source, &name, &subject.problems);
        let id = &subject.rule.info.id;
        let Some(tests) = &subject.tests else {
            let message = format!("`{id}` has no tests: `{id}.test.yaml` is missing");
            let problem = RuleProblem { code: Code::RuleTest, span: Span::default(), message, help: None };
            add_problems(&mut report, &subject.rule.source, &name, &[problem]);
            continue;
        };
        let name = Arc::new(tests.name().clone());
        let RuleTestReport { cases, problems } = run_rule_tests(&subject.rule, tests);
        add_problems(&mut report, tests, &name, &problems);
        for case in cases {
            let word = if case.failures.is_empty() { "pass" } else { "FAIL" };
            if arguments.verbose || !case.failures.is_empty() {
                lines.push(format!("{word}  {id}: {}", case.name));
            }
            if case.failures.is_empty() {
                passed += 1;
                continue;
            }
            failed += 1;
            let failures = case.failures.into_iter();
            let failures =
                failures.map(|(span, message)| RuleProblem { code: Code::RuleTest, span, message, help: None });
            add_problems(&mut report, tests, &name, &failures.collect::<Vec<_>>());
        }
    }
    report.sort();
    let broken = !report.problems.is_empty();
    to_stdout(|out| {
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        if broken {
            let options = Options { colour: colours(Colour::Auto), problems_only: true, ..Options::default() };
            terminal(&report, &options, out)?;
        }
        writeln!(out, "{} rules, {passed} cases passed, {failed} failed", subjects.len())
    })?;
    Ok(if broken { Ending::Findings } else { Ending::Clean })
}

fn add_problems(report: &mut Report, source: &SourceFile, name: &Arc<SourceName>, problems: &[RuleProblem]) {
    report.problems.extend(problems.iter().map(|problem| Problem {
        code: problem.code,
        message: problem.message.clone(),
        place: Place::new(source, name, problem.span),
        related: Vec::new(),
        help: problem.help.clone(),
    }));
}

fn builtin() -> Vec<Subject> {
    builtin_rules()
        .iter()
        .map(|embedded| {
            let (rule, problems) = load_embedded(embedded);
            let tests = SourceFile::new(SourceName::from_display(embedded.test_path), embedded.test_text.to_owned());
            Subject { rule: Arc::new(rule), problems, tests: Some(tests) }
        })
        .collect()
}

fn from_paths(paths: &[PathBuf]) -> Result<Vec<Subject>, RunError> {
    let mut files = Vec::new();
    for path in paths {
        rule_files(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    files.iter().map(|path| from_file(path)).collect()
}

fn rule_files(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), RunError> {
    let cannot = |problem| error(format!("cannot read `{}`: {problem}", path.display()));
    let metadata = fs::symlink_metadata(path).map_err(cannot)?;
    if metadata.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let kind = entry.file_type().map_err(cannot)?;
        let path = entry.path();
        if kind.is_dir() {
            rule_files(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "guard") {
            files.push(path);
        }
    }
    Ok(())
}

fn from_file(path: &Path) -> Result<Subject, RunError> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|problem| error(format!("cannot read `{}`: {problem}", path.display())))
    };
    let name = |path: &Path| SourceName::from_display(&path.to_string_lossy());
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (rule, problems) = load(&stem, name(path), read(path)?, Dialect::Classic);
    let test_path = path.with_extension("test.yaml");
    let tests = if test_path.is_file() { Some(SourceFile::new(name(&test_path), read(&test_path)?)) } else { None };
    Ok(Subject { rule: Arc::new(rule), problems, tests })
}
