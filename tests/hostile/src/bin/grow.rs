//! Grows templates and sees what a scan takes for it: `grow [--templates NUMBER] [FILE-OR-FOLDER...]`.
//!
//! Each template gets copies of its resources, once tied to one another as the first ones are, and once all tied to the first
//! ones; besides, each role of the graph is grown as a star and as pairs. What is four times as large may take about four times
//! as long: what takes more than ten times as long, or ends at a limit, is told, and makes the exit code 1.

#[path = "../../../it/edits.rs"]
#[expect(dead_code, reason = "of the edits of authors only new names are needed")]
mod edits;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use cfnward::check::{Checker, Input, Settings};
use cfnward::diag::Limits;
use cfnward::graph::{LinkedRole, all_roles};
use cfnward::rules::{Catalog, Selection};
use cfnward::text::{SourceFile, SourceName};
use edits::{Kind, Layout, Tree, tree};
use hostile::{files_below, processor_time};
use serde_json::{Value, json};

/// Resources of the smaller template, about.
const RESOURCES: usize = 300;
/// How many times as large the larger one is.
const TIMES: usize = 4;
/// How many times as long it may take; what is quadratic takes sixteen times as long.
const MOST_TIMES: u32 = 10;
/// What takes no longer than that is never told.
const SHORT: Duration = Duration::from_millis(500);
/// The most bytes of memory that a resource with a tie may come to.
const MEMORY_OF_ONE: usize = 100_000;
/// Where templates are kept that grew too far.
const FOUND: &str = "target/hostile/grown";
const USAGE: &str = "usage: grow [--templates NUMBER] [FILE-OR-FOLDER...]";

fn main() -> ExitCode {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut number = usize::MAX;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--templates" {
            let Some(given) = arguments.next().and_then(|text| text.parse().ok()).filter(|number| *number > 0) else {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            };
            number = given;
        } else {
            files.extend(files_below(Path::new(&argument)));
        }
    }
    files.sort();
    let mut tally = Tally::default();
    let strict = checker(|limits| limits.memory = (MEMORY_OF_ONE * RESOURCES * TIMES) as u64);
    for role in all_roles() {
        for (shape, star) in [("star", true), ("pairs", false)] {
            let name = format!("{shape} of {}.{} of {}", role.source, role.path, role.target);
            tally.grow(&strict, &name, &|resources| tied(role, star, resources));
        }
    }
    let usual = checker(|_| ());
    let stride = (files.len() / number).max(1);
    for file in files.iter().step_by(stride) {
        let Some(template) = fs::read_to_string(file).ok().and_then(|text| tree(&text)) else { continue };
        for (shape, apart) in [("copies of", true), ("copies tied to", false)] {
            let name = format!("{shape} {}", file.display());
            tally.grow(&usual, &name, &|resources| copied(&template, apart, resources));
        }
    }
    println!("{} shapes grown, {} of them too far; the slowest:", tally.shapes, tally.wrong);
    tally.slowest.sort();
    for (taken, name) in tally.slowest.iter().rev().take(20) {
        println!("{:6} ms {name}", taken.as_millis());
    }
    ExitCode::from(u8::from(tally.wrong > 0))
}

#[derive(Default)]
struct Tally {
    shapes: usize,
    wrong: usize,
    slowest: Vec<(Duration, String)>,
}

impl Tally {
    /// Judges a shape in both sizes, in resources.
    fn grow(&mut self, checker: &Checker, name: &str, of_size: &dyn Fn(usize) -> Option<String>) {
        let (Some(small), Some(large)) = (of_size(RESOURCES), of_size(RESOURCES * TIMES)) else { return };
        self.shapes += 1;
        let first = scan(checker, &small);
        let mut second = scan(checker, &large);
        if second.0 > SHORT && second.0 > first.0 * MOST_TIMES {
            second.0 = second.0.min(scan(checker, &large).0);
        }
        let slow = second.0 > SHORT && second.0 > first.0 * MOST_TIMES;
        if slow || first.1 != second.1 {
            self.wrong += 1;
            let kept = Path::new(FOUND).join(format!("{}.json", self.wrong));
            let written = fs::create_dir_all(FOUND).and_then(|()| fs::write(&kept, large));
            println!("{} ({}):", kept.display(), if written.is_ok() { "kept" } else { "could not be kept" });
            println!(
                "{name}: {} ms {:?}, then {} ms {:?}",
                first.0.as_millis(),
                first.1,
                second.0.as_millis(),
                second.1
            );
        }
        self.slowest.push((second.0, format!("({} ms) {name}", first.0.as_millis())));
    }
}

fn checker(limited: impl FnOnce(&mut Limits)) -> Checker {
    let selection = Selection { packs: vec!["all".to_owned()], ..Selection::default() };
    let rules = selection.apply(&Catalog::builtin()).expect("the pack exists");
    let mut settings = Settings::default();
    limited(&mut settings.limits);
    let (checker, problems) = Checker::new(&rules, &settings);
    assert!(problems.is_empty(), "{problems:?}");
    checker
}

/// The processor time of a scan, and the problems that it tells.
fn scan(checker: &Checker, text: &str) -> (Duration, BTreeSet<String>) {
    let source = SourceFile::new(SourceName::from_display("grown.json"), text.to_owned());
    let begin = processor_time();
    let report = checker.check(Input { source: &source, explicit: true });
    let taken = processor_time().saturating_sub(begin);
    (taken, report.problems.iter().map(|problem| problem.code.id().to_owned()).collect())
}

/// Sources of a role, all tied to one target or each to its own.
fn tied(role: LinkedRole, star: bool, resources: usize) -> Option<String> {
    let sources = if star { resources } else { resources / 2 };
    let mut all = BTreeMap::new();
    for number in 0..sources {
        let target = if star { 0 } else { number };
        all.insert(
            format!("S{number}"),
            json!({"Type": role.source, "Properties": at(role.path, json!({"Ref": format!("T{target}")}))?}),
        );
        all.insert(format!("T{target}"), json!({"Type": role.target, "Properties": {}}));
    }
    Some(json!({"Resources": all}).to_string())
}

/// The properties in which that value stands at that path.
fn at(path: &str, value: Value) -> Option<Value> {
    let Some((rest, last)) =
        path.rsplit_once('.').map_or((path != "*" && !path.is_empty()).then_some(("", path)), Some)
    else {
        return Some(json!({}));
    };
    let end = last.find(['[', '{']).unwrap_or(last.len());
    let value = match &last[end..] {
        "" => value,
        "[]" => json!([value]),
        "{}" => json!({"K": value}),
        _ => return None,
    };
    let value = json!({&last[..end]: value});
    if rest.is_empty() { Some(value) } else { at(rest, value) }
}

/// The template with about that many resources.
fn copied(template: &Tree, apart: bool, resources: usize) -> Option<String> {
    let originals = template.get("Resources")?.pairs();
    let names: BTreeSet<String> = originals.iter().map(|(name, _)| name.clone()).collect();
    if names.is_empty() || names.len() > RESOURCES / 2 || names.iter().any(|name| name.starts_with("Fn::")) {
        return None;
    }
    let mut all = Vec::new();
    for copy in 0..resources / names.len() {
        let suffix = format!("Copy{copy}");
        if apart {
            all.extend(template.clone().renamed(&names, &suffix).get("Resources")?.pairs().iter().cloned());
        } else {
            let suffix = if copy == 0 { "" } else { &suffix };
            all.extend(originals.iter().map(|(name, resource)| (format!("{name}{suffix}"), resource.clone())));
        }
    }
    let mut grown = template.clone();
    if apart {
        grown = grown.renamed(&names, "Copy0");
    }
    grown.get_mut("Resources")?.kind = Kind::Map(all);
    grown.written(Layout::Json)
}
