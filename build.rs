//! Embeds the rule files and packs: one table of texts with what their headers say and what they can reach, sorted by
//! path, so that a scan need not read them all before it begins; and a digest of all that the program is built from, by
//! which a cache knows whether another build wrote it.
//!
//! The rooms that read rules are compiled into this script as they are; what it writes is held against the texts by a
//! test.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a build script reads files and may stop the build")]
#![allow(dead_code, unused_imports, reason = "of the rooms that read rules only a part is needed here")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use diag::{RuleInfo, Words};
use guard::Dialect;
use problem::{RuleProblem, View};
use sha2::{Digest as _, Sha256};

#[path = "src/diag/mod.rs"]
mod diag;
#[path = "src/rules/examples.rs"]
mod examples;
#[path = "src/guard/mod.rs"]
mod guard;
#[path = "src/rules/header.rs"]
mod header;
#[path = "src/rules/problem.rs"]
mod problem;
#[path = "src/check/reach.rs"]
mod reach;
#[path = "src/syntax/mod.rs"]
mod syntax;
#[path = "src/text/mod.rs"]
mod text;
#[path = "src/check/wording.rs"]
mod wording;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Rust that stands for the text of a file of the package, the same in whatever folder that lies.
fn text_of(shown: &str) -> String {
    format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))", format!("/{shown}"))
}

/// A list of texts as Rust writes a slice of them.
fn slice(texts: &[String]) -> String {
    format!("&{texts:?}")
}

/// A text as Rust writes one that is not copied.
fn words(text: &str) -> String {
    format!("Words::Borrowed({text:?})")
}

/// A list as Rust writes one that is not copied.
fn list<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    format!("List::Borrowed(&[{}])", all.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// What a header says, as Rust writes it.
fn header_of(info: &RuleInfo) -> String {
    let texts = |texts: &[Words]| list(texts, |text| words(text));
    let frameworks = list(&info.frameworks, |one| {
        format!("Framework {{ name: {}, requirements: {} }}", words(&one.name), texts(&one.requirements))
    });
    let settings = list(&info.settings, |one| {
        format!("DeclaredSetting {{ name: {}, meaning: {} }}", words(&one.name), words(&one.meaning))
    });
    format!(
        "EmbeddedInfo {{ controls: {}, title: {:?}, severity: Severity::{:?}, security_severity: {}, \
         confidence: Confidence::{:?}, status: Status::{:?}, profile: Profile::{:?}, since: {:?}, resources: {}, \
         category: {:?}, tags: {}, aliases: {}, frameworks: {}, settings: {}, why: {:?}, fix: {:?}, links: {}, \
         bad_example: {:?}, good_example: {:?} }}",
        texts(&info.controls),
        info.title,
        info.severity,
        info.security_severity,
        info.confidence,
        info.status,
        info.profile,
        info.since,
        texts(&info.resources),
        info.category,
        texts(&info.tags),
        texts(&info.aliases),
        frameworks,
        settings,
        info.why,
        info.fix,
        texts(&info.links),
        info.bad_example.as_deref(),
        info.good_example.as_deref(),
    )
}

/// What the Guard rules of a name can reach, as Rust writes it; nothing for a text with errors, which is read when the
/// program runs.
fn reach_of(text: &str, name: &str) -> String {
    let parsed = guard::parse(text, Dialect::Classic);
    if !parsed.errors.is_empty() {
        return "&[]".to_owned();
    }
    // Clauses outside any rule come first and are one more.
    let first = usize::from(!parsed.file.default_clauses.is_empty());
    let named = parsed.file.rules.iter().enumerate().filter(|(_, rule)| rule.name.text == name);
    let mut parts = String::from("&[");
    for ((number, _), reach) in named.zip(reach::reach_of_each(&parsed.file, name)) {
        let types = reach.types.map_or("None".to_owned(), |types| format!("Some({})", slice(&types)));
        let _ = write!(
            parts,
            "EmbeddedReach {{ number: {}, types: {types}, whole: {}, functions: {} }}, ",
            first + number,
            reach.whole.is_some(),
            reach.functions
        );
    }
    parts.push(']');
    parts
}

/// The SHA-256 of the names and contents of what the program is built from, in hexadecimal digits.
fn digest(root: &Path) -> String {
    let mut found = Vec::new();
    for part in ["src", "rules"] {
        println!("cargo::rerun-if-changed={part}");
        files(&root.join(part), &mut found);
    }
    // The lock file decides on the versions of libraries. It is not there when the program is a library of another.
    for part in ["build.rs", "Cargo.toml", "Cargo.lock"].into_iter().filter(|part| root.join(part).is_file()) {
        println!("cargo::rerun-if-changed={part}");
        found.push(root.join(part));
    }
    found.sort();
    let mut digest = Sha256::new();
    for path in &found {
        let shown = path.strip_prefix(root).expect("found below the root").to_string_lossy().replace('\\', "/");
        let content = fs::read(path).expect("a source can be read");
        for part in [shown.as_bytes(), &content] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets the folder of the package"));
    println!("cargo::rustc-env=CFNWARD_SOURCES={}", digest(&root));
    let mut found = Vec::new();
    files(&root.join("rules"), &mut found);
    found.sort();
    let mut rules = String::from("static EMBEDDED_RULES: &[EmbeddedRule] = &[\n");
    let mut packs = String::from("static EMBEDDED_PACKS: &[(&str, &str)] = &[\n");
    for path in &found {
        let shown = path.strip_prefix(&root).expect("found below the root").to_string_lossy().replace('\\', "/");
        if shown.ends_with(".guard") {
            let test = path.with_extension("test.yaml");
            let test_shown = shown.replace(".guard", ".test.yaml");
            assert!(test.is_file(), "{shown} has no sibling {test_shown}");
            let name = path.file_stem().expect("a file has a name").to_string_lossy();
            let text = fs::read_to_string(path).expect("a rule can be read");
            let test_text = fs::read_to_string(&test).expect("a test can be read");
            let (mut info, _) = header::read_header(&name, &text);
            // Rules of the house are asked of the resolved view unless they say otherwise.
            let view = header::view(&text).ok().filter(|view| *view != View::Auto).unwrap_or(View::Resolved);
            examples::add_examples(&mut info, &test_shown, &test_text);
            let _ = writeln!(
                rules,
                "EmbeddedRule {{ path: {shown:?}, text: {}, test_path: {test_shown:?}, test_text: {}, info: {}, view: \
                 View::{view:?}, reach: {} }},",
                text_of(&shown),
                text_of(&test_shown),
                header_of(&info),
                reach_of(&text, &name)
            );
        } else if shown.starts_with("rules/packs/") && shown.ends_with(".yaml") {
            let _ = writeln!(packs, "({shown:?}, {}),", text_of(&shown));
        }
    }
    rules.push_str("];\n");
    packs.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets the folder for output"));
    fs::write(out.join("embedded_rules.rs"), rules).expect("the output folder can be written");
    fs::write(out.join("embedded_packs.rs"), packs).expect("the output folder can be written");
}
