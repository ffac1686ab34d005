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

/// What the configuration makes of findings.
pub(super) struct Governor<'c> {
    configuration: &'c Configuration,
    ignores: bool,
    today: Day,
    current: PathBuf,
    /// The folder that globs are relative to.
    folder: Option<PathBuf>,
}

impl<'c> Governor<'c> {
    /// One for a configuration that stands in `file`.
    pub(super) fn new(
        flags: &Suppression,
        configuration: &'c Configuration,
        file: Option<&Path>,
    ) -> Result<Self, RunError> {
        let current = std::env::current_dir()?;
        let folder = file.and_then(|file| whole(&current, file).parent().map(Path::to_path_buf));
        Ok(Self { configuration, ignores: !flags.no_ignores, today: today(flags), current, folder })
    }

    /// Changes the severities of findings and marks those that do not count.
    pub(super) fn govern(&self, report: &mut Report) {
        let path_of = |name: &SourceName| {
            let path = whole(&self.current, Path::new(&name.display));
            let below = self.folder.as_ref().and_then(|folder| path.strip_prefix(folder).ok());
            below.map_or_else(|| name.display.clone(), configuration::slashed)
        };
        self.configuration.govern(report, self.ignores, Some(self.today), &path_of);
    }
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
