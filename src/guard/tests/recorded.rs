//! Answers that AWS's two parsers gave, compared with ours where the recordings are at hand.
#![expect(clippy::disallowed_methods, reason = "a test reads recordings and says how many agree")]

use std::fs;
use std::path::Path;

use crate::guard::{Dialect, parse};

/// Cases in which we differ on purpose: file, id, reason.
const INTENDED: &[(&str, &str, &str)] = &[("parse", "rx-Zbig", "our newer regex engine knows `\\Z`")];

/// The answers of the classic and of the 3.2.1 engine: whether each read the rules. Recordings may end early.
fn recorded(lines: &mut std::str::Lines<'_>, id: &str) -> Option<(bool, bool)> {
    let line = lines.next()?;
    let answer = line.strip_prefix(id).unwrap_or_else(|| panic!("`{line}` is not about {id}")).trim_start();
    let reads = |answer: &str| !answer.contains("PARSE-ERR");
    if let Some(both) = answer.strip_prefix("BOTH") {
        return Some((reads(both), reads(both)));
    }
    let classic = answer.strip_prefix("320").unwrap_or_else(|| panic!("`{line}` names no engine"));
    let other = lines.next().map(str::trim_start).and_then(|line| line.strip_prefix("321"));
    Some((reads(classic), reads(other?)))
}

#[test]
fn recorded_answers_of_both_engines_are_ours() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/guard/probes");
    let Ok(files) = fs::read_dir(&folder) else { return };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let (mut compared, mut differences) = (0, Vec::new());
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let cases: Vec<serde_json::Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let answers = fs::read_to_string(file.with_extension("out")).unwrap();
        let mut lines = answers.lines();
        for case in &cases {
            let id = case["id"].as_str().unwrap();
            let text = case["rules"].as_str().unwrap();
            let Some((classic, modern)) = recorded(&mut lines, id) else { break };
            for (dialect, recorded) in [(Dialect::Classic, classic), (Dialect::V321, modern)] {
                compared += 1;
                let parsed = parse(text, dialect);
                let intended = INTENDED.iter().any(|(file, name, _)| *file == stem && *name == id);
                if parsed.errors.is_empty() != recorded && !intended {
                    differences
                        .push(format!("{stem}/{id} {dialect:?}: recorded {recorded}\n{text}\n{:?}", parsed.errors));
                }
            }
        }
    }
    println!("{compared} answers compared, {} differences", differences.len());
    assert!(compared > 0 && differences.is_empty(), "{}", differences.join("\n\n"));
}
