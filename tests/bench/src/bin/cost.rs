//! What a scan is measured against: each command does only a part of its work, so that a process can be timed from outside.
//!
//! `cost bytes FOLDER` reads the templates of a folder; `cost hashes FOLDER` reads and hashes them; `cost trees FOLDER` reads them
//! and builds their trees; `cost start` makes all built-in rules ready, `cost judge FOLDER` judges each template by them;
//! `cost template NUMBER` prints a template with so many resources.
#![expect(clippy::disallowed_methods, reason = "what is measured lies in files")]

use std::env::args;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;

use bench::{files, generated};
use cfnward::check::{Checker, Input, Settings};
use cfnward::rules::{Catalog, Selection};
use cfnward::syntax::{Hint, read};
use cfnward::text::{SourceFile, SourceName};
use sha2::{Digest as _, Sha256};

const ENDINGS: [&str; 5] = ["yaml", "yml", "json", "template", "txt"];

fn main() -> ExitCode {
    let given: Vec<String> = args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    match given.as_slice() {
        ["bytes", folder] => each(folder, |_, bytes| bytes.len()),
        ["hashes", folder] => each(folder, |_, bytes| usize::from(Sha256::digest(bytes)[0])),
        ["trees", folder] => each(folder, |path, bytes| {
            let hint = match path.extension().and_then(|ending| ending.to_str()) {
                Some("json") => Hint::Json,
                Some("yaml" | "yml") => Hint::Yaml,
                _ => Hint::Unknown,
            };
            str::from_utf8(bytes).map_or(0, |text| black_box(read(text, hint)).document.nodes().count())
        }),
        ["start"] => {
            black_box(checker());
            ExitCode::SUCCESS
        }
        ["judge", folder] => {
            let Some(checker) = checker() else { return ExitCode::FAILURE };
            each(folder, |path, bytes| {
                let Ok(text) = str::from_utf8(bytes) else { return 0 };
                let name = SourceName::from_display(&path.display().to_string());
                let source = SourceFile::new(name, text.to_owned());
                checker.check(Input { source: &source, explicit: false }).findings.len()
            })
        }
        ["template", resources] if let Ok(resources) = resources.parse() => {
            print!("{}", generated(resources));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: cost bytes|hashes|trees|judge FOLDER, cost start, cost template NUMBER");
            ExitCode::from(2)
        }
    }
}

/// All built-in rules, ready.
fn checker() -> Option<Checker> {
    let selection = Selection { packs: vec!["all".to_owned()], ..Selection::default() };
    let rules = selection.apply(&Catalog::builtin()).ok()?;
    Some(Checker::new(&rules, &Settings::default()).0)
}

fn each(folder: &str, work: impl Fn(&Path, &[u8]) -> usize) -> ExitCode {
    let (mut number, mut size, mut result) = (0, 0, 0_usize);
    for path in files(Path::new(folder), &ENDINGS) {
        let Ok(bytes) = fs::read(&path) else { continue };
        number += 1;
        size += bytes.len();
        result = result.wrapping_add(black_box(work(&path, &bytes)));
    }
    println!("{number} files, {size} bytes, {result}");
    ExitCode::SUCCESS
}
