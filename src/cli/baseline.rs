//! `cfnward baseline`, and reading the file.

use std::io;
use std::path::Path;

use clap::Parser as _;

use crate::check::{Baseline, baseline_json};
use crate::diag::{Code, Problem, Report};
use crate::text::SourceFile;

use super::arguments::{Arguments, BaselineAction, BaselineScan, Command, Comparing, Scan};
use super::diff::Base;
use super::ending::Ending;
use super::output::{RunError, error, say, to_file, to_stdout};
use super::rule_files::{name_of, text_of};
use super::scan;

/// Creates, renews or checks a baseline.
pub(super) fn run(arguments: &super::arguments::Baseline) -> Result<Ending, RunError> {
    match &arguments.action {
        BaselineAction::Create(with) => create(with),
        BaselineAction::Update(with) => update(with),
        BaselineAction::Prune(with) => prune(with),
        BaselineAction::Check(with) => check(with),
    }
}

/// The baseline in a file; as it was where a change started, when the change must not decide. A malformed one ends the
/// run: to take half of it would be to take too little or too much for known.
pub(super) fn load(path: &Path, base: Option<&Base>) -> Result<Baseline, RunError> {
    let before = base.filter(|base| !base.has_same(path));
    let text = match before {
        Some(base) => {
            say("note: the baseline is that of the base; --trust-change takes the one of the working tree");
            match base.text(path) {
                Ok(text) => text,
                // The change brings the first one along.
                Err(_) => return Ok(Baseline::default()),
            }
        }
        None => text_of(path)
            .map_err(|problem| error(format!("cannot read the baseline `{}`: {problem}", path.display())))?,
    };
    let (baseline, problems) = Baseline::read(&SourceFile::new(name_of(path), text));
    match problems.first() {
        None => Ok(baseline),
        Some(problem) => Err(error(malformed(problem))),
    }
}

fn malformed(problem: &Problem) -> String {
    let (place, help) = (&problem.place, problem.help.as_ref());
    let help = help.map(|help| format!("; {help}")).unwrap_or_default();
    let (line, column) = (place.start.line, place.start.column);
    format!("malformed baseline: {}:{line}:{column}: {}{help}", place.source.display, problem.message)
}

fn create(with: &BaselineScan) -> Result<Ending, RunError> {
    if with.output.symlink_metadata().is_ok() {
        let file = with.output.display();
        return Err(error(format!("`{file}` is there already; write it anew with `cfnward baseline update`")));
    }
    let report = report(with, false)?;
    write(with, &baseline_json(&report))?;
    say(&format!("{} in `{}`", entries(report.summary().findings), with.output.display()));
    Ok(Ending::Clean)
}

fn update(with: &BaselineScan) -> Result<Ending, RunError> {
    let report = report(with, true)?;
    write(with, &baseline_json(&report))?;
    let summary = report.summary();
    let (new, gone) = (summary.findings, stale(&report));
    say(&format!("{new} added, {gone} taken out of `{}`", with.output.display()));
    Ok(Ending::Clean)
}

fn prune(with: &BaselineScan) -> Result<Ending, RunError> {
    let report = report(with, true)?;
    let baseline = load(&with.output, None)?;
    write(with, &baseline.pruned(&report).json())?;
    say(&format!("{} taken out of `{}`", entries(stale(&report)), with.output.display()));
    Ok(Ending::Clean)
}

fn check(with: &BaselineScan) -> Result<Ending, RunError> {
    let report = report(with, true)?;
    let (new, gone) = (report.summary().findings, stale(&report));
    to_stdout(|out| {
        for finding in report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts()) {
            let (place, rule) = (&finding.place, &finding.rule);
            let path = super::output::visible(&place.source.display);
            let message = super::output::visible(&finding.message);
            writeln!(out, "new: {path}:{}:{}: {rule}: {message}", place.start.line, place.start.column)?;
        }
        for problem in report.problems.iter().filter(|problem| problem.code == Code::BaselineStale) {
            let place = &problem.place;
            let path = super::output::visible(&place.source.display);
            let entry = super::output::visible(place.excerpt.text.trim());
            writeln!(out, "gone: {path}:{}: {entry}", place.start.line)?;
        }
        writeln!(out, "{new} not in the baseline, {gone} gone since")
    })?;
    Ok(if new + gone == 0 { Ending::Clean } else { Ending::Findings })
}

fn entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

/// How many entries match nothing any more.
fn stale(report: &Report) -> usize {
    report.problems.iter().filter(|problem| problem.code == Code::BaselineStale).count()
}

fn write(with: &BaselineScan, text: &str) -> Result<(), RunError> {
    to_file(&with.output, |out| out.write_all(text.as_bytes()))
}

/// What a scan of these paths says, with the baseline or without.
fn report(with: &BaselineScan, compared: bool) -> Result<Report, RunError> {
    let Command::Scan(scan) = Arguments::try_parse_from(["cfnward", "scan"]).map_err(io::Error::other)?.command else {
        return Err(error("the defaults of a scan are missing"));
    };
    let scanned = scan::report(&Scan {
        paths: with.paths.clone(),
        pack: with.pack.clone(),
        rule: with.rule.clone(),
        rules: with.rules.clone(),
        skip_rule: with.skip_rule.clone(),
        deployment: with.deployment.clone(),
        config: with.config.clone(),
        no_local_config: with.no_local_config,
        comparing: Comparing { baseline: compared.then(|| with.output.clone()), ..Comparing::default() },
        ..scan
    })?;
    if scanned.input_is_wrong {
        let first = scanned.report.problems.first().map(|problem| problem.message.clone());
        return Err(error(first.unwrap_or_else(|| "the configuration or a rule is wrong".to_owned())));
    }
    Ok(scanned.report)
}
