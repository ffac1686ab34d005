//! Fingerprints keep what they stand for: whatever an author does to a template beside the finding, its fingerprint
//! stays, and no other finding has it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::stability::Counts;

fn folder(path: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(path)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn edits_of_our_examples_leave_fingerprints_as_they_are() {
    let mut counts = Counts::default();
    for path in folder("templates-examples") {
        counts.try_edits(&path.display().to_string(), &fs::read_to_string(&path).unwrap_or_default());
    }
    assert!(counts.templates >= 5, "{counts}");
    counts.must_hold();
}

/// Templates of other people, where they are at hand; the program `identity` beside the oracle takes 500 of them.
#[test]
fn edits_of_real_templates_leave_fingerprints_as_they_are() {
    const WANTED: usize = 12;
    let all = folder("../shared/corpus/dev");
    let mut counts = Counts::default();
    let stride = (all.len() / (WANTED * 5 / 4)).max(1);
    for path in all.iter().step_by(stride) {
        if counts.templates < WANTED {
            counts.try_edits(&path.file_name().unwrap().to_string_lossy(), &fs::read_to_string(path).unwrap_or_default());
        }
    }
    if !all.is_empty() {
        counts.must_hold();
    }
}
