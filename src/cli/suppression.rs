//! Which suppressions count: flags over the configuration, and the day.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::check::SuppressionSettings;
use crate::config::{Configuration, ForeignSuppressions};
use crate::diag::{Day, Report};
use crate::rules::Rule;
use crate::text::SourceName;

use super::arguments::Suppression;
use super::configuration;
use super::output::RunError;

/// Which suppressions in templates count. `rules` are those that run.
pub(super) fn settings(flags: &Suppression, configuration: &Configuration, rules: &[Arc<Rule>]) -> SuppressionSettings {
    let configured = configuration.suppression(rules);
    let foreign = flags.honor_foreign_suppressions.map(|which| which.suppressions());
    SuppressionSettings {
        in_templates: !flags.no_ignores && !flags.ignore_only_from_config,
        foreign_metadata: foreign.map_or(configured.foreign_metadata, |which| which != ForeignSuppressions::None),
        foreign_comments: foreign.map_or(configured.foreign_comments, |which| which == ForeignSuppressions::All),
        today: Some(today(flags)),
        ..configured
    }
}

/// Lets the configuration change and silence findings.
pub(super) fn govern(
    flags: &Suppression,
    configuration: &Configuration,
    file: Option<&Path>,
    report: &mut Report,
) -> Result<(), RunError> {
    let current = std::env::current_dir()?;
    let folder = match file {
        Some(file) => whole(&current, file).parent().map(Path::to_path_buf),
        None => None,
    };
    let path_of = |name: &SourceName| {
        let path = whole(&current, Path::new(&name.display));
        let below = folder.as_ref().and_then(|folder| path.strip_prefix(folder).ok());
        below.map_or_else(|| name.display.clone(), configuration::slashed)
    };
    configuration.govern(report, !flags.no_ignores, Some(today(flags)), &path_of);
    Ok(())
}

fn today(flags: &Suppression) -> Day {
    let now = || chrono::Utc::now().format("%Y-%m-%d").to_string();
    flags.today.or_else(|| Day::parse(&now())).unwrap_or(Day::LAST)
}

/// A path from the root on, without `.` and `..`; links are not followed.
fn whole(current: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in current.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}
