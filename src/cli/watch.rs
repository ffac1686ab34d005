//! `cfnward scan --watch`: scan, wait for a change, scan again.
//!
//! Whatever goes wrong with an input (a template half written, a configuration with a slip, a folder that is gone for a
//! moment) is said, and the watch goes on. Ctrl-C ends the program as it does any other.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::diag::Report;
use crate::render::Format;

use super::arguments::Scan;
use super::configuration;
use super::ending::Ending;
use super::output::{RunError, error, say, say_error, to_stdout_while_read, visible};
use super::scan;
use super::target::targets;

mod change;
mod lookout;

use change::Change;
use lookout::Lookout;

/// The most changed files that are named.
const MOST_NAMED: usize = 3;
/// Empties a terminal and goes to its first line; what was shown before stays in its history.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";

/// Scans again and again.
pub(super) fn run(scan: &Scan) -> Result<Ending, RunError> {
    if scan.paths.iter().any(|path| path == Path::new("-")) {
        return Err(error("standard input cannot be watched: name files or folders"));
    }
    let targets = targets(scan.format, &scan.output)?;
    if targets.iter().any(|target| target.file.is_none() && target.format != Format::Terminal) {
        return Err(error("with --watch standard output is for people: write other formats to files with --output"));
    }
    let written = targets.iter().filter_map(|target| target.file.clone());
    let written: Vec<PathBuf> = written.chain(scan.cache.clone()).collect();
    let mut lookout = Lookout::new(&watched(scan), &written)?;
    let mut last: Option<(Report, String)> = None;
    let mut changed = BTreeSet::new();
    loop {
        let begun = Instant::now();
        match scan::report(scan) {
            Ok(scanned) => {
                let report = scanned.report;
                // Editors write neighbours that are gone again.
                let known = |path: &PathBuf| {
                    let name = shown(path);
                    let reports = last.iter().map(|(report, _)| report).chain([&report]);
                    path.exists() || reports.flat_map(|one| &one.files).any(|file| file.source.display == name)
                };
                changed.retain(known);
                if is_worth_showing(last.as_ref().map(|(report, _)| report), &report, &changed) {
                    let took = begun.elapsed();
                    if io::stdout().is_terminal() {
                        to_stdout_while_read(|out| write!(out, "{CLEAR}"))?;
                    }
                    scan::write_reports(scan, &scanned.configuration, &targets, &report, took)?;
                    let now = chrono::Local::now().format("%H:%M:%S").to_string();
                    to_stdout_while_read(|out| {
                        match &last {
                            None => writeln!(out, "\n{now}  scanned in {}", short(took))?,
                            Some((before, then)) => {
                                let change = Change::between(before, &report);
                                let causes = causes(&changed);
                                writeln!(out, "\n{now}  {change} since {then} (in {}){causes}", short(took))?;
                                change.list(out)?;
                            }
                        }
                        writeln!(out, "watching {}; Ctrl-C ends it", names(scan))
                    })?;
                    last = Some((report, now));
                }
            }
            Err(problem) if super::output::is_closed_pipe(&problem) => return Err(problem),
            Err(problem) => {
                say_error(&problem);
                say("still watching; Ctrl-C ends it");
            }
        }
        changed = lookout.wait()?;
    }
}

/// What a scan depends on.
fn watched(scan: &Scan) -> Vec<PathBuf> {
    let mut paths = scan.paths.clone();
    paths.extend(scan.rules.iter().cloned());
    paths.extend(scan.deployment.parameters.iter().cloned());
    paths.extend(scan.comparing.baseline.clone());
    if let Ok(Some(file)) = configuration::file(scan.config.as_deref(), scan.no_local_config) {
        paths.push(file);
    }
    paths
}

/// Whether somebody wants to see the report: it is the first one, it says something else, or a template was saved.
fn is_worth_showing(last: Option<&Report>, report: &Report, changed: &BTreeSet<PathBuf>) -> bool {
    let Some(last) = last else { return true };
    let differs = last.findings != report.findings || last.problems != report.problems || last.files != report.files;
    differs || report.files.iter().any(|file| changed.iter().any(|path| shown(path) == file.source.display))
}

/// A changed file as reports name it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn causes(changed: &BTreeSet<PathBuf>) -> String {
    let mut names: Vec<String> = changed.iter().take(MOST_NAMED).map(|path| visible(&shown(path))).collect();
    if changed.len() > MOST_NAMED {
        names.push(format!("{} more", changed.len() - MOST_NAMED));
    }
    if names.is_empty() { String::new() } else { format!("; changed: {}", names.join(", ")) }
}

fn names(scan: &Scan) -> String {
    let names: Vec<String> = scan.paths.iter().map(|path| visible(&path.display().to_string())).collect();
    names.join(", ")
}

fn short(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
