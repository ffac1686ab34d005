//! Which test files belong to which rule file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::output::RunError;
use super::rule_files::below;

/// Whether a file may hold tests, by its name.
fn is_test_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| ["yaml", "yml", "json", "jsn"].iter().any(|known| extension == *known))
}

/// The test files of each rule file, and those that belong to none.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    pub(super) tests: BTreeMap<PathBuf, Vec<PathBuf>>,
    pub(super) orphans: Vec<PathBuf>,
}

/// Pairs rule files with tests: the sibling `RULE.test.yaml`, and in the folder `tests` beside the rules every file
/// whose name begins with the rule file's stem. The longest stem that fits wins.
pub(super) fn pair(rules: &[PathBuf]) -> Result<Pairing, RunError> {
    let mut pairing = Pairing::default();
    let mut folders: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for rule in rules {
        let sibling = rule.with_extension("test.yaml");
        let tests = pairing.tests.entry(rule.clone()).or_default();
        if sibling.is_file() {
            tests.push(sibling);
        }
        let folder = rule.parent().map(|parent| parent.join("tests")).unwrap_or_default();
        folders.entry(folder).or_default().push(rule);
    }
    for (folder, rules) in folders {
        if !folder.is_dir() {
            continue;
        }
        let mut files = Vec::new();
        below(&folder, &mut |file| {
            if is_test_file(&file) && file.parent() == Some(&folder) {
                files.push(file);
            }
        })?;
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let stem = |rule: &&PathBuf| rule.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let fitting = rules.iter().copied().filter(|rule| name.starts_with(&stem(rule)));
            // Of equal stems (`a.guard`, `a.ruleset`) the first.
            match fitting.rev().max_by_key(|rule| stem(rule).len()) {
                Some(rule) => pairing.tests.entry(rule.clone()).or_default().push(file),
                None => pairing.orphans.push(file),
            }
        }
    }
    Ok(pairing)
}

/// The test files at a path: itself, or all that may be tests below a folder.
pub(super) fn find(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    below(path, &mut |file| {
        if is_test_file(&file) {
            files.push(file);
        }
    })?;
    files.sort();
    Ok(files)
}
