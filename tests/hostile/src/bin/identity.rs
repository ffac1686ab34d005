//! Whether fingerprints survive edits, on many templates of other people: those of a folder, evenly picked.
//!
//!     identity FOLDER [NUMBER]
//!
//! Prints the share of fingerprints that each edit leaves as they are, and fails unless the aims are met. Without the
//! folder there is nothing to do.

#[path = "../../../it/edits.rs"]
mod edits;
#[path = "../../../it/stability.rs"]
mod stability;

use std::fs;

use stability::Counts;

/// Some templates hold what the edits do not know and are passed over, so more of them are looked at.
const SPARE: usize = 2;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "../shared/corpus/dev".to_owned());
    let number: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(500);
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: there is no folder {folder}");
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let stride = (paths.len() / (number * SPARE)).max(1);
    let mut counts = Counts::default();
    for path in paths.iter().step_by(stride).filter(|path| path.is_file()) {
        if counts.templates < number {
            counts.try_edits(&path.display().to_string(), &fs::read_to_string(path).unwrap_or_default());
        }
    }
    println!("{counts}");
    counts.must_hold();
}
