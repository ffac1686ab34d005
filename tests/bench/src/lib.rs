//! The texts that the benchmarks read.
#![expect(clippy::disallowed_methods, reason = "what is measured lies in files")]

use std::fs;
use std::path::{Path, PathBuf};

/// A template in YAML with so many resources, rounded down to a multiple of five: they refer to each other in such groups.
#[must_use]
pub fn generated(resources: usize) -> String {
    const FIVE: &str = include_str!("five-resources.yaml");
    let groups = (1..=resources / 5).map(|number| FIVE.replace("NUMBER", &number.to_string()));
    std::iter::once("Resources:\n".to_owned()).chain(groups).collect()
}

/// The files below a folder with one of these endings, by name. What cannot be listed is left out.
#[must_use]
pub fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    collect(folder, endings, &mut paths);
    paths.sort();
    paths
}

fn collect(folder: &Path, endings: &[&str], paths: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, endings, paths);
        } else if path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending)) {
            paths.push(path);
        }
    }
}
