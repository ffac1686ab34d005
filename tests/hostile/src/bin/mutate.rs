//! Scans damaged copies of templates: `mutate COUNT FILE-OR-FOLDER...`.
//!
//! Each template gets COUNT damages, chosen by its name, so that a run can be repeated. A panic is caught and told with the
//! text that caused it, and so is a scan that takes longer than a second of processor time; either makes the exit code 1.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use hostile::{Random, TARGETS, mutated};

/// A scan that takes longer is a hang.
const PATIENCE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(count) = arguments.next().and_then(|count| count.parse::<usize>().ok()) else {
        eprintln!("usage: mutate COUNT FILE-OR-FOLDER...");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    for path in arguments {
        collect(Path::new(&path), &mut files);
    }
    files.sort();
    let target = TARGETS.iter().find(|target| target.name == "template").map(|target| target.run);
    let Some(run) = target else { return ExitCode::from(2) };
    let (mut tried, mut not_text, mut panics, mut slow) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut slowest = Duration::ZERO;
    for file in &files {
        let Ok(text) = fs::read_to_string(file) else { continue };
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let seed = name.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut random = Random::new(seed);
        for number in 0..count {
            let bytes = mutated(&text, &mut random);
            tried += 1;
            if std::str::from_utf8(&bytes).is_err() {
                not_text += 1;
                continue;
            }
            let begin = Instant::now();
            let ended = catch_unwind(|| run(&bytes));
            let mut taken = begin.elapsed();
            if taken > PATIENCE {
                // Other programs may have been in the way.
                let again = Instant::now();
                let _ = catch_unwind(|| run(&bytes));
                taken = taken.min(again.elapsed());
            }
            slowest = slowest.max(taken);
            let what = match (ended.is_err(), taken > PATIENCE) {
                (true, _) => "panic",
                (_, true) => "slow",
                _ => continue,
            };
            panics += usize::from(ended.is_err());
            slow += usize::from(taken > PATIENCE);
            let kept = std::env::temp_dir().join(format!("{what}-{number}-{name}"));
            let _ = fs::write(&kept, &bytes);
            eprintln!("{what}: damage {number} of {} ({taken:?}), kept as {}", file.display(), kept.display());
        }
    }
    println!(
        "{} templates, {tried} damaged ({not_text} no longer UTF-8), {panics} panics, {slow} slower than a second, \
         slowest {} ms",
        files.len(),
        slowest.as_millis()
    );
    ExitCode::from(u8::from(panics + slow > 0))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}
