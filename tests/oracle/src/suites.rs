//! The fixed rule files and documents that are compared, by where they come from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cfnward::check::{far_view, Settings};
use cfnward::render::view_json;
use cfnward::rules::{builtin_rules, load_embedded, read_tests, View};
use cfnward::syntax::{read, Hint};
use cfnward::text::{SourceFile, SourceName};

use crate::cases::{Loader, Status};

/// Rule files and the documents that they are asked of.
#[derive(Debug, Default)]
pub struct Suite {
    /// Where they come from.
    pub name: &'static str,
    /// Rule files: name and text.
    pub rules: Vec<(String, String)>,
    /// Documents.
    pub documents: Vec<Document>,
    /// Why there is nothing.
    pub absent: Option<String>,
}

/// A document and the rule files that it is asked with.
#[derive(Debug)]
pub struct Document {
    /// Its name; empty when the rule file's name says it all.
    pub name: String,
    /// Its text.
    pub text: String,
    /// How it is read.
    pub loader: Loader,
    /// The rule files by number; `None` for all.
    pub rules: Option<Vec<usize>>,
    /// The rule whose status is known beforehand, and that status.
    pub expected: Option<(String, Status)>,
}

impl Document {
    /// The numbers of the rule files that it is asked with.
    #[must_use]
    pub fn rules(&self, all: usize) -> Vec<usize> {
        self.rules.clone().unwrap_or_else(|| (0..all).collect())
    }
}

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of the suites.
pub const NAMES: [&str; 5] = ["probes", "rules", "views", "packages", "controls"];

/// A suite by its name.
#[must_use]
pub fn suite(name: &str, long: bool) -> Suite {
    match name {
        "probes" => probes(),
        "rules" => our_rules(),
        "views" => views(),
        "packages" => packages(),
        _ => controls(long),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// All files below a folder with one of these extensions, sorted, with their texts.
fn texts(folder: &Path, extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(folder, &mut found);
    found.sort();
    let wanted = |path: &PathBuf| path.extension().is_some_and(|it| extensions.iter().any(|wanted| it == *wanted));
    let read = |path: PathBuf| {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        Some((name, fs::read_to_string(&path).ok()?))
    };
    found.into_iter().filter(wanted).filter_map(read).collect()
}

/// Single questions about the language that were put to AWS's engines, where they are at hand.
fn probes() -> Suite {
    let mut suite = Suite { name: "probes", ..Suite::default() };
    let mut documents: BTreeMap<(String, Loader), Vec<usize>> = BTreeMap::new();
    for (file, text) in texts(&root().join("../shared/guard/probes"), &["json"]) {
        let Ok(serde_json::Value::Array(cases)) = serde_json::from_str(&text) else { continue };
        for case in &cases {
            let word = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
            let loader = if case["test_loader"] == true { Loader::Test } else { Loader::Validate };
            documents.entry((word("data"), loader)).or_default().push(suite.rules.len());
            suite.rules.push((format!("{}/{}", file.trim_end_matches(".json"), word("id")), word("rules")));
        }
    }
    suite.documents = documents
        .into_iter()
        .map(|((text, loader), rules)| Document {
            name: String::new(),
            text,
            loader,
            rules: Some(rules),
            expected: None,
        })
        .collect();
    if suite.rules.is_empty() {
        suite.absent = Some("the collection of probes is not on this machine".to_owned());
    }
    suite
}

/// The inputs of our rules' tests, read by both loaders.
fn our_rules() -> Suite {
    let mut suite = Suite { name: "rules", ..Suite::default() };
    suite.rules = texts(&root().join("rules"), &["guard"]);
    for (file, text) in texts(&root().join("rules"), &["yaml"]) {
        let Some(stem) = file.strip_suffix(".test.yaml") else { continue };
        let Some(rule) = suite.rules.iter().position(|(name, _)| name.strip_suffix(".guard") == Some(stem)) else {
            continue;
        };
        let Ok(serde_yaml::Value::Sequence(cases)) = serde_yaml::from_str(&text) else { continue };
        for (number, case) in cases.iter().enumerate() {
            let Some(text) = case.get("input").and_then(|input| serde_yaml::to_string(input).ok()) else { continue };
            for loader in [Loader::Validate, Loader::Test] {
                let name = format!("case {}, {loader:?}", number + 1);
                let rules = Some(vec![rule]);
                suite.documents.push(Document { name, text: text.clone(), loader, rules, expected: None });
            }
        }
    }
    suite
}

/// How many steps of links the rules with the longest way go: from a database over its subnets to their gateway.
const HOPS: usize = 6;

/// What our rules see of the inputs of their tests, as `cfnward inspect --view` prints it, only that links are written
/// out for as many steps as the rule mentions them: plain data, of which any Guard
/// engine must think what our scanner thinks of the template. Where nothing is left open the test says what that is.
fn views() -> Suite {
    let mut suite = Suite { name: "views", ..Suite::default() };
    for embedded in builtin_rules() {
        let (rule, _) = load_embedded(embedded);
        // The others are not asked of the view.
        if rule.view != View::Resolved {
            continue;
        }
        let number = suite.rules.len();
        suite.rules.push((embedded.path.to_owned(), embedded.text.to_owned()));
        let tests = SourceFile::new(SourceName::from_display(embedded.test_path), embedded.test_text.to_owned());
        let document = read(tests.text(), Hint::Yaml).document;
        let cases = read_tests(&tests, &document).cases;
        for (place, case) in cases.iter().enumerate() {
            let span = document.span(case.input);
            let Some(text) = span.slice(tests.text()) else { continue };
            // As it stands there: its first line is as far in as the others.
            let indent = tests.text()[..span.start()].rsplit('\n').next().map_or(0, str::len);
            let text = format!("{}{text}", " ".repeat(indent));
            let source = SourceFile::new(SourceName::from_display("view.yaml"), text);
            let hops = embedded.text.matches("Linked.").count().clamp(2, HOPS);
            let (Some(view), _) = far_view(&source, &Settings::default(), hops) else { continue };
            let mut printed = Vec::new();
            if view_json(&view, &mut printed).is_err() {
                continue;
            }
            let open = !view.choices.is_empty() || !view.holes.is_empty() || view.cut;
            let expected =
                case.statuses.iter().find(|(name, ..)| **name == rule.guard_name).and_then(|(_, word, _)| {
                    let status = match word.as_str() {
                        "PASS" => Status::Pass,
                        "FAIL" => Status::Fail,
                        _ => Status::Skip,
                    };
                    (!open).then(|| (rule.guard_name.to_string(), status))
                });
            suite.documents.push(Document {
                name: format!("view {}", place + 1),
                text: String::from_utf8_lossy(&printed).into_owned(),
                loader: Loader::Validate,
                rules: Some(vec![number]),
                expected,
            });
        }
    }
    suite
}

/// Everything in AWS's own two packages.
fn packages() -> Suite {
    let mut suite = Suite { name: "packages", ..Suite::default() };
    for folder in [env!("SOURCES_OF_CLASSIC"), env!("SOURCES_OF_V321")] {
        suite.rules.extend(texts(Path::new(folder), &["guard", "ruleset"]));
        for (name, text) in texts(Path::new(folder), &["yaml", "yml", "json", "jsn", "template"]) {
            // Not the files that a package is developed with.
            if name.starts_with("resources/") || name.starts_with("tests/") {
                suite.documents.push(Document { name, text, loader: Loader::Validate, rules: None, expected: None });
            }
        }
    }
    suite
}

/// How many of the collected templates a short run takes.
const SAMPLE: usize = 40;

/// The Control Tower rules that AWS publishes, over the collected templates and over our examples.
fn controls(long: bool) -> Suite {
    let mut suite = Suite { name: "controls", ..Suite::default() };
    let folder = root().join("target/oracle/node_modules/@cdklabs/cdk-validator-cfnguard/rules/control-tower");
    suite.rules = texts(&folder, &["guard"]);
    if suite.rules.is_empty() {
        suite.absent = Some("run tests/oracle/control-tower.sh, which installs the rules".to_owned());
        return suite;
    }
    suite.documents = templates(if long { usize::MAX } else { SAMPLE });
    suite
}

/// Templates: our examples, and as many of the collected ones.
#[must_use]
pub fn templates(most: usize) -> Vec<Document> {
    let mut all = texts(&root().join("templates-examples"), &["yaml", "yml", "json"]);
    let collected = texts(&root().join("../shared/corpus/dev"), &["yaml", "yml", "json", "template"]);
    let step = (collected.len() / most.max(1)).max(1);
    all.extend(collected.into_iter().step_by(step).take(most));
    // The loaders of both engines take time in the square of a map's size.
    all.retain(|(_, text)| text.len() < 1 << 20);
    let document = |(name, text)| Document { name, text, loader: Loader::Validate, rules: None, expected: None };
    all.into_iter().map(document).collect()
}
