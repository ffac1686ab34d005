//! Compares and counts: see `README.md` beside `Cargo.toml`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use oracle::cases::{Loader, DIALECTS};
use oracle::engines::{ask_classic, ask_newer};
use oracle::fuzz::{self, batch};
use oracle::ratchet::{Difference, Ratchet};
use oracle::suites::{suite, NAMES};
use oracle::worker::{self, begin, tell, End};
use oracle::{fixed, fuzz::Counts, ours};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "\
usage: oracle short                       everything in small: a few minutes
       oracle long                        all collected templates; no generated rules
       oracle generate PAIRS [BATCH]      generated rules until that many pairs agree, from a batch on
       oracle suite NAME [long]           one of probes, rules, packages, controls
       oracle ask RULES DATA              what all engines say to one rule file and one document";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    match words.as_slice() {
        ["child", "generate", from, rule] => {
            // The engines' panics are answers.
            std::panic::set_hook(Box::new(|_| {}));
            generate_child(number(from), number(rule));
            ExitCode::SUCCESS
        }
        ["child", name, length, step, rule] => {
            std::panic::set_hook(Box::new(|_| {}));
            fixed::child(name, *length == "long", number(step), number(rule));
            ExitCode::SUCCESS
        }
        ["short"] => {
            let time = Duration::from_secs(60);
            run(&NAMES, false, Some(Generate { pairs: u64::MAX, from: 0, time: Some(time) }))
        }
        ["long"] => run(&NAMES, true, None),
        ["suite", name, rest @ ..] if NAMES.contains(name) => {
            let names: Vec<&'static str> = NAMES.into_iter().filter(|each| each == name).collect();
            run(&names, rest == ["long"], None)
        }
        ["generate", pairs] => run(&[], false, Some(Generate { pairs: number(pairs), from: 0, time: None })),
        ["generate", pairs, from] => {
            run(&[], false, Some(Generate { pairs: number(pairs), from: number(from), time: None }))
        }
        ["ask", rules, data] => match (std::fs::read_to_string(rules), std::fs::read_to_string(data)) {
            (Ok(rules), Ok(data)) => {
                ask(&rules, &data);
                ExitCode::SUCCESS
            }
            (Err(error), _) | (_, Err(error)) => {
                eprintln!("{error}");
                ExitCode::from(2)
            }
        },
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn ask(rules: &str, data: &str) {
    let loader = Loader::Validate;
    let theirs = [ask_classic(rules, data, loader), ask_newer(rules, data, loader)];
    for ((dialect, name), theirs) in DIALECTS.into_iter().zip(theirs) {
        println!("{name}: theirs: {theirs:?}");
        println!("{name}: ours: {:?}", ours::ask_texts(rules, data, loader, dialect));
    }
}

/// How much is generated.
struct Generate {
    pairs: u64,
    from: u64,
    time: Option<Duration>,
}

fn run(names: &[&'static str], long: bool, generate: Option<Generate>) -> ExitCode {
    let mut ratchet = match Ratchet::read() {
        Ok(ratchet) => ratchet,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    let mut ran = Vec::new();
    let mut new = 0;
    let mut table = vec![
        ["source", "rule files", "documents", "pairs", "statuses", "trees", "known", "new", "s"].map(str::to_owned)
    ];
    for name in names {
        let suite = suite(name, long);
        if let Some(reason) = &suite.absent {
            println!("{name}: skipped: {reason}");
            continue;
        }
        let start = Instant::now();
        let (mut known, mut unknown) = (0, 0);
        let result = fixed::compare(&suite, long, &mut |difference| {
            if ratchet.knows(&difference) {
                known += 1;
            } else {
                unknown += 1;
                show(&difference);
            }
        });
        match result {
            Ok(counts) => {
                let figures =
                    [counts.rules, counts.documents, counts.pairs, counts.statuses, counts.trees, known, unknown];
                table.push(row(name, &figures, start));
            }
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::from(2);
            }
        }
        new += unknown;
        match *name {
            // A sample, or all.
            "controls" => ran.extend(suite.documents.iter().map(|document| document.name.clone())),
            name => ran.push(name.to_owned()),
        }
    }
    if let Some(generate) = generate {
        let start = Instant::now();
        let (counts, batches, differences) = generated(&generate);
        let figures =
            [batches * fuzz::RULE_FILES, batches * fuzz::DOCUMENTS, counts.pairs, 0, counts.trees, 0, differences];
        table.push(row("generated", &figures, start));
        let figures = [batches * fuzz::RULE_FILES, batches * fuzz::HOLED as u64, counts.completions, 0, 0, 0, 0];
        table.push(row("three values", &figures, start));
        println!(
            "generated: {} of the pairs without an answer on both sides; three values: {} statuses unsure",
            counts.errors, counts.unsure
        );
        new += differences;
    }
    print(&table);
    let stale = ratchet.stale(&ran);
    for each in &stale {
        println!("no longer different, so take it out of ratchet.yaml: {each}");
    }
    if new == 0 && stale.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("{new} new differences, {} known ones that are gone", stale.len());
        ExitCode::FAILURE
    }
}

fn row(name: &str, figures: &[u64; 7], start: Instant) -> [String; 9] {
    let mut row: [String; 9] = Default::default();
    row[0] = name.to_owned();
    for (cell, figure) in row[1..8].iter_mut().zip(figures) {
        *cell = figure.to_string();
    }
    row[8] = start.elapsed().as_secs().to_string();
    row
}

fn print(table: &[[String; 9]]) {
    let width = |column: usize| table.iter().map(|row| row[column].len()).max().unwrap_or(0);
    for row in table {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| match column {
                0 => format!("{cell:<width$}", width = width(0)),
                _ => format!("{cell:>width$}", width = width(column)),
            })
            .collect();
        println!("{}", cells.join("  "));
    }
}

fn show(difference: &Difference) {
    println!("--- {} ({})\n{}", difference.case, difference.dialect, difference.said);
}

/// Batches from one on, until somebody kills this process.
fn generate_child(from: u64, rule: u64) {
    for number in from.. {
        let first = if number == from { rule } else { 0 };
        let mut found = |found: fuzz::Found| tell(&json!({"found": found.json()}));
        let counts = batch(number, first, |rule| begin(number, rule), &mut found);
        tell(&json!({
            "pairs": counts.pairs, "errors": counts.errors, "completions": counts.completions,
            "unsure": counts.unsure, "trees": counts.trees,
        }));
    }
}

/// How many differences are enough to stop.
const ENOUGH: usize = 100;

fn generated(generate: &Generate) -> (Counts, u64, u64) {
    let until = generate.time.map(|time| Instant::now() + time);
    let (mut counts, mut batches) = (Counts::default(), 0);
    let mut seen = BTreeSet::new();
    let (mut from, mut rule) = (generate.from, 0);
    let mut aborts = 0;
    let mut said = 0;
    loop {
        let arguments = ["child", "generate", &from.to_string(), &rule.to_string()].map(str::to_owned);
        let end = worker::run(&arguments, until, |line| {
            if let Some(pairs) = line["pairs"].as_u64() {
                let figure = |key: &str| line[key].as_u64().unwrap_or(0);
                counts.pairs += pairs;
                counts.errors += figure("errors");
                counts.completions += figure("completions");
                counts.unsure += figure("unsure");
                counts.trees += figure("trees");
                batches += 1;
                if counts.pairs / 1_000_000 > said {
                    said = counts.pairs / 1_000_000;
                    println!("{} pairs, {} completions, {batches} batches", counts.pairs, counts.completions);
                }
            }
            let found = &line["found"];
            let word = |key: &str| found[key].as_str().unwrap_or_default();
            if found.is_object() && seen.insert(found.to_string()) {
                println!(
                    "--- generated, {}, {}\n{}\n{}\n{}",
                    word("dialect"),
                    word("kind"),
                    word("rules"),
                    word("said"),
                    found["data"]
                );
            }
            counts.pairs < generate.pairs && seen.len() < ENOUGH
        });
        match end {
            Ok(End::Died(batch, number)) => {
                println!("a child died in rule file {number} of batch {batch}");
                aborts += 1;
                (from, rule) = (batch, number + 1);
                if aborts < ENOUGH as u64 {
                    continue;
                }
            }
            Ok(End::Done | End::Stopped) => {}
            Err(error) => println!("{error}"),
        }
        return (counts, batches, seen.len() as u64);
    }
}
