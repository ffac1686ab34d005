//! The scan of a change: both versions of what it may concern, and what is new in the later one.

use std::collections::BTreeSet;
use std::path::Path;

use crate::check::{Settings, Side, keep_introduced, settle};
use crate::cli::arguments::AlertIdentity;
use crate::cli::deployment;
use crate::cli::diff::Base;
use crate::cli::kept;
use crate::cli::output::{RunError, error};
use crate::diag::Report;
use crate::walk::Found;

use super::together::Wanted;
use super::{Scanner, Task, find, pool, progress, sarif, standard_input, together};

/// Scans both versions. `task.report` holds what is to be said of the run itself.
pub(super) fn scan(task: Task<'_>, base: &Base) -> Result<Report, RunError> {
    let Task { scan, configuration, checker, settings, governor, baseline, cache, mut report } = task;
    if standard_input(scan) {
        return Err(error("--diff compares files; standard input is none"));
    }
    let naming = super::naming(scan)?;
    let walk = super::walk(scan, configuration, naming.clone());
    let progress = progress();
    let mut found = find(&walk, &mut report, &progress)?;
    super::archives::refuse(&found)?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let versions = base.versions(&walk, found)?;

    let mut old_problems = Vec::new();
    let read = |path: &Path| base.text(path);
    let before = deployment::settings_with(&scan.deployment, configuration, &read, &mut old_problems);
    // Parameters that the base did not have yet: what is known now was not known then.
    let before = before.unwrap_or_else(|_| settings.clone());
    let before = Settings {
        suppression: settings.suppression.clone(),
        limits: settings.limits,
        clock: settings.clock,
        ..before
    };
    let read_old = |path: &Path| base.text(path).ok();
    let (checker, rules, discover) = (&checker, &kept::rule_ids(&report.rules), scan.discover_parameters);
    let new_scanner = Scanner { checker, settings, rules, discover, read: &deployment::in_working_tree, cache };
    let old_scanner = Scanner { checker, settings: &before, rules, discover, read: &read_old, cache };

    // With other parameters every template may come to something else.
    let all = scan.discover_parameters || before.parameters != settings.parameters || before.open != settings.open;
    progress.set_length((versions.new.len() + versions.old.len()) as u64);
    progress.set_message("scanning");
    let threads = pool(scan)?;
    let side = |scanner: &Scanner<'_>, files: &[Found], changed: &BTreeSet<usize>, mut report: Report| {
        let wanted = if all { Wanted::All } else { Wanted::Changed(changed) };
        let kept = threads.install(|| together::judge_all(scanner, files, wanted, &|| progress.inc(1)));
        kept.unpack(&mut report, true);
        settle(&mut report);
        if scan.sarif.alert_identity == AlertIdentity::Line {
            sarif::add_all_line_hashes(&mut report, files, settings.limits.file_size);
        }
        governor.govern(&mut report);
        report.sort();
        if let Some(baseline) = baseline {
            baseline.apply(&mut report, &|uri| !naming.has(uri));
        }
        let mut side = Side::new(report);
        for source in
            changed.iter().filter_map(|number| together::text_of(files.get(*number)?, settings.limits.file_size))
        {
            side.add(&source);
        }
        side
    };
    let rules = report.rules.clone();
    let new = side(&new_scanner, &versions.new, &versions.new_changed, report);
    let old = Report { rules, ..Report::default() };
    let old = side(&old_scanner, &versions.old, &versions.old_changed, old);
    progress.finish_and_clear();
    Ok(keep_introduced(new, &old, &base.commit))
}
