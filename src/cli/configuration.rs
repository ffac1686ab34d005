//! Finding and reading the configuration file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Configuration, FILE_NAME, read};
use crate::diag::Problem;
use crate::rules::{Catalog, Rule, settings, with_settings};
use crate::text::{SourceFile, SourceName};
use crate::walk::Naming;

use super::diff::Base;
use super::output::{RunError, error, say};
use super::rule_files::text_of;

/// What the configuration says: the named file, or the nearest one at or above the current folder, as far up as the
/// repository goes; nothing when there is none or it is not wanted.
pub(super) fn load(named: Option<&Path>, no_local: bool) -> Result<(Configuration, Vec<Problem>), RunError> {
    let Some(path) = file(named, no_local)? else { return Ok(<_>::default()) };
    // One that a scanned tree brings along may be a link to what nobody should see quoted in a report.
    let text = if named.is_none() && path.is_symlink() {
        Err("it is a link; if you trust it, name it with --config".to_owned())
    } else {
        text_of(&path)
    };
    let text =
        text.map_err(|problem| error(format!("cannot read the configuration `{}`: {problem}", path.display())))?;
    Ok(of(&path, text))
}

/// What the configuration said where a change started: in the named file, or in the nearest one at or above the current
/// folder that there was. A file that was named and is new counts as it is.
pub(super) fn load_at(
    base: &Base,
    named: Option<&Path>,
    no_local: bool,
) -> Result<(Configuration, Vec<Problem>), RunError> {
    let present = match named {
        Some(path) => Some(path.to_owned()),
        None if no_local => return Ok(<_>::default()),
        None => nearest(&std::env::current_dir()?),
    };
    let path = if named.is_some() { present.clone() } else { base.nearest(FILE_NAME)? };
    if [&path, &present].into_iter().flatten().any(|path| !base.has_same(path)) {
        say("note: the configuration is that of the base; --trust-change takes the one of the working tree");
    }
    let Some(path) = path else { return Ok(<_>::default()) };
    match base.text(&path) {
        Ok(text) => Ok(of(&path, text)),
        Err(_) => load(named, no_local),
    }
}

fn of(path: &Path, text: String) -> (Configuration, Vec<Problem>) {
    let name = Naming::new(None).and_then(|naming| naming.name(path));
    let name = name.unwrap_or_else(|_| SourceName::from_display(&path.to_string_lossy()));
    let (mut configuration, problems) = read(&SourceFile::new(name, text));
    for file in &mut configuration.parameter_files {
        *file = path.with_file_name(&*file).to_string_lossy().into_owned();
    }
    (configuration, problems)
}

/// The configuration file that counts.
pub(super) fn file(named: Option<&Path>, no_local: bool) -> Result<Option<PathBuf>, RunError> {
    match named {
        Some(path) => Ok(Some(path.to_owned())),
        None if no_local => Ok(None),
        None => Ok(nearest(&std::env::current_dir()?)),
    }
}

/// The configuration file that counts, when a change may have to be judged by that of its base.
pub(super) fn file_at(base: Option<&Base>, named: Option<&Path>, no_local: bool) -> Result<Option<PathBuf>, RunError> {
    match base {
        Some(base) if named.is_none() && !no_local => base.nearest(FILE_NAME),
        _ => file(named, no_local),
    }
}

/// A path as globs and people read it.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// The rules with the values of settings that the configuration gives.
pub(super) fn apply_settings(
    configuration: &Configuration,
    rules: Vec<Arc<Rule>>,
    problems: &mut Vec<Problem>,
) -> Vec<Arc<Rule>> {
    if configuration.settings.is_empty() {
        return rules;
    }
    // A setting of a rule that does not run this time is no mistake.
    let mut all = Catalog::builtin();
    all.rules.extend(rules.iter().cloned());
    let (values, wrong) = configuration.fitting_settings(&settings(&all));
    problems.extend(wrong);
    rules.iter().map(|rule| with_settings(rule, &values)).collect()
}

/// The path as one would type it in `folder`, so that reports do not depend on where that lies.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let mut typed = PathBuf::new();
    for folder in folder.ancestors() {
        let path = folder.join(FILE_NAME);
        if path.is_file() {
            return Some(typed.join(FILE_NAME));
        }
        typed.push("..");
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
