//! Every recorded answer of AWS's engines, where the recordings are at hand.
#![expect(clippy::disallowed_methods, reason = "the recordings are files beside the project")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bumpalo::Bump;

use super::support::{DIALECTS, letters, node, validate_loader};
use crate::eval::{Program, Stop, embedded, evaluate};
use crate::guard::{Dialect, parse};
use crate::value::{Choices, Kind, Path as ValuePath, Value, World};

#[derive(serde::Deserialize)]
struct Probe {
    id: String,
    rules: String,
    data: String,
    test_loader: bool,
}

/// What an engine said: statuses by rule, or that it could not.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Statuses(BTreeSet<(String, String)>),
    Unreadable,
    Error,
}

/// Differences that are meant, with their reasons.
const MEANT: &[(&str, &str, &str)] = &[
    ("final", "dupkeys-capture2", "a map here has each key once; theirs keeps a second list of keys"),
    ("final", "dupkeys-keysfilter-count", "as above"),
    ("funcs", "now-1", "the core has no clock"),
    ("funcs", "pflt-3b", "theirs finds a value that is not a number equal to itself when it is the same object"),
    ("load", "infw", "their report cannot write the number"),
    ("load", "infw-T", "as above"),
    ("load", "nanw", "as above"),
    ("load", "nanw-T", "as above"),
    ("load", "infinity", "as above"),
    ("load", "infinity-T", "as above"),
    ("load2", "json-surrogate", "their reader refuses what JSON allows"),
    ("load2", "json-surrogate-T", "as above"),
    ("load2", "yaml-longkey", "their reader has a limit of 1,024 bytes for such keys"),
    ("load2", "yaml-longkey-T", "as above"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/guard/probes")
}

fn recorded(text: &str) -> Said {
    let mut words = text.split_whitespace();
    match words.next().unwrap_or("") {
        "PARSE-ERR" | "LOAD-ERR" => Said::Unreadable,
        "EVAL-ERR" | "PANIC" => Said::Error,
        "ERR" if text.contains("Parsing error handling rule file") => Said::Unreadable,
        "ERR" if text.contains("Parser Error when parsing `Unable to") => Said::Unreadable,
        "ERR" => Said::Error,
        "EMPTY-FILE" => Said::Statuses(BTreeSet::new()),
        _ => Said::Statuses(
            text.split_whitespace()
                .filter_map(|word| word.rsplit_once('='))
                .map(|(name, status)| (name.rsplit('/').next().unwrap_or(name).to_owned(), status.to_owned()))
                .collect(),
        ),
    }
}

/// The recorded answers of one file, for both dialects, in the order of its probes.
fn recordings(text: &str) -> Vec<(String, [Said; 2])> {
    let mut all: Vec<(String, [Said; 2])> = Vec::new();
    for line in text.lines() {
        let Some((at, word)) = ["BOTH", "320", "321"]
            .iter()
            .filter_map(|word| line.find(&format!(" {word} ")).map(|at| (at, *word)))
            .min()
        else {
            continue;
        };
        let (id, said) = line.split_at(at);
        let said = recorded(said.trim_start().strip_prefix(word).unwrap());
        if line.starts_with(' ') {
            all.last_mut().unwrap().1[1] = said;
        } else {
            all.push((id.trim_end().to_owned(), [said.clone(), said]));
        }
    }
    all
}

/// The newer engine was only asked through its `validate` command.
fn load<'a>(probe: &Probe, dialect: Dialect, arena: &'a Bump) -> Option<Value<'a>> {
    let choices = Choices::default();
    let world = &World { arena, choices: &choices };
    if probe.test_loader && dialect == Dialect::Classic {
        let like = node(arena, Kind::Null, arena.alloc(ValuePath::root(0)));
        embedded::parse(&probe.data, like, world).ok()
    } else {
        validate_loader(arena, &probe.data)
    }
}

fn ours<'a>(probe: &Probe, dialect: Dialect, root: Option<Value<'a>>, arena: &'a Bump) -> Said {
    let choices = Choices::default();
    let world = World { arena, choices: &choices };
    let parsed = parse(&probe.rules, dialect);
    let Some(root) = root else { return Said::Unreadable };
    if !parsed.errors.is_empty() {
        return Said::Unreadable;
    }
    let (program, _) = Program::compile(&parsed.file, &probe.rules, dialect);
    let mut statuses = BTreeSet::new();
    for (number, rule) in program.rules().iter().enumerate() {
        let answer = evaluate(&program, number, root, &world);
        match &answer {
            Err(Stop::Error(_)) => return Said::Error,
            Err(Stop::Pending(_)) => panic!("nothing is deferred"),
            Ok(outcome) => {
                let fails = outcome.statuses.contains(crate::eval::Status::Fail);
                assert_eq!(fails, !outcome.checks.is_empty(), "a fail has its checks: {}", probe.id);
                assert!(outcome.checks.iter().all(|check| check.certain), "all is known: {}", probe.id);
            }
        }
        let word = match letters(&answer).as_str() {
            "P" => "PASS",
            "F" => "FAIL",
            "S" => "SKIP",
            _ => "UNSURE",
        };
        statuses.insert((rule.name.clone(), word.to_owned()));
    }
    Said::Statuses(statuses)
}

#[test]
fn recorded_answers_are_ours() {
    let Ok(files) = fs::read_dir(folder()) else { return };
    let mut files: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    files.sort();
    let (mut same, mut unread, mut different) = (0, BTreeMap::<String, usize>::new(), Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let probes: Vec<Probe> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let recordings = recordings(&fs::read_to_string(file.with_extension("out")).unwrap());
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mut recordings = recordings.into_iter().peekable();
        // Many probes ask the same data.
        let arena = Bump::new();
        let mut loaded: BTreeMap<(&str, bool, bool), Option<Value<'_>>> = BTreeMap::new();
        for probe in &probes {
            let Some((_, recordings)) = recordings.next_if(|(id, _)| id == probe.id.trim_end()) else {
                *unread.entry(name.clone()).or_default() += 2;
                continue;
            };
            for (dialect, theirs) in DIALECTS.into_iter().zip(recordings) {
                let key = (probe.data.as_str(), probe.test_loader, dialect == Dialect::Classic);
                let root = *loaded.entry(key).or_insert_with(|| load(probe, dialect, &arena));
                let ours = ours(probe, dialect, root, &arena);
                let meant = MEANT.iter().any(|(file, id, _)| *file == name && *id == probe.id);
                if ours == theirs {
                    same += 1;
                } else if ours == Said::Unreadable || theirs == Said::Unreadable {
                    // Reading rules and data is the business of others.
                    *unread.entry(name.clone()).or_default() += 1;
                    if name == "parse" {
                        println!("{} {dialect:?}: ours {ours:?}, theirs {theirs:?}", probe.id);
                    }
                } else if !meant {
                    different.push(format!("{name} {} {dialect:?}\n  ours   {ours:?}\n  theirs {theirs:?}", probe.id));
                }
            }
        }
    }
    println!("{same} the same, {} read differently: {unread:?}", unread.values().sum::<usize>());
    assert!(different.is_empty(), "{} different\n{}", different.len(), different.join("\n"));
}
