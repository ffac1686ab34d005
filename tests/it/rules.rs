//! The rules that are part of the program, all together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cfnward::check::{Checker, Input, Settings, TestSettings, lint, reach, run_rule_tests};
use cfnward::diag::{Coverage, Report, Status};
use cfnward::rules::{
    Catalog, Rule, SettingValue, View, builtin_packs, builtin_rules, default_of, load_embedded, read_tests,
};
use cfnward::syntax::{Hint, read};
use cfnward::text::{SourceFile, SourceName};

/// What is wrong, by rule; the test fails with all of it.
#[derive(Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn add(&mut self, rule: &str, text: impl std::fmt::Display) {
        self.0.push(format!("{rule}: {text}"));
    }

    fn none(&self) {
        assert!(self.0.is_empty(), "\n{}\n", self.0.join("\n"));
    }
}

fn tests_of(rule: &cfnward::rules::EmbeddedRule) -> SourceFile {
    SourceFile::new(SourceName::from_display(rule.test_path), rule.test_text.to_owned())
}

#[test]
fn every_header_is_complete() {
    let mut complaints = Complaints::default();
    for embedded in builtin_rules() {
        let (rule, problems) = load_embedded(embedded);
        for problem in problems {
            complaints.add(&rule.info.id, problem.message);
        }
        let info = &rule.info;
        let snake = |id: &str| {
            id.starts_with(|c: char| c.is_ascii_lowercase())
                && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if !snake(&info.id) {
            complaints.add(&info.id, "the id is not in snake case");
        }
        for (what, text) in
            [("title", &info.title), ("why", &info.why), ("fix", &info.fix), ("category", &info.category)]
        {
            if text.is_empty() {
                complaints.add(&info.id, format!("`{what}` is empty"));
            }
        }
        if info.title.ends_with('.') {
            complaints.add(&info.id, "the title ends with a period");
        }
        if info.status == Status::Retired {
            continue;
        }
        if info.controls.is_empty() {
            complaints.add(&info.id, "it checks no control");
        }
        for link in info.links.iter().filter(|link| !link.starts_with("https://")) {
            complaints.add(&info.id, format!("`{link}` is no https link"));
        }
    }
    complaints.none();
}

#[test]
fn ids_and_aliases_name_one_rule_each() {
    let mut complaints = Complaints::default();
    let catalog = Catalog::builtin();
    let ids: BTreeSet<&str> = catalog.rules.iter().map(|rule| &*rule.info.id).collect();
    assert_eq!(ids.len(), catalog.rules.len(), "an id stands twice");
    for rule in &catalog.rules {
        let mut own = BTreeSet::new();
        for alias in &*rule.info.aliases {
            if ids.contains(&**alias) {
                complaints.add(&rule.info.id, format!("the alias `{alias}` is the id of a rule"));
            }
            if !own.insert(alias) {
                complaints.add(&rule.info.id, format!("the alias `{alias}` stands there twice"));
            }
            if alias.is_empty() || alias.contains(char::is_whitespace) {
                complaints.add(&rule.info.id, format!("`{alias}` is no name"));
            }
        }
    }
    complaints.none();
}

#[test]
fn settings_have_one_default_and_one_meaning() {
    let mut complaints = Complaints::default();
    let mut known: BTreeMap<String, (String, SettingValue)> = BTreeMap::new();
    for rule in &Catalog::builtin().rules {
        for setting in &*rule.info.settings {
            let Some((default, _)) = default_of(rule, &setting.name) else {
                complaints.add(&rule.info.id, format!("`let {} = ...` with its default is missing", setting.name));
                continue;
            };
            if default.guard().is_none() {
                complaints.add(&rule.info.id, format!("the default of `{}` cannot be written", setting.name));
            }
            let own = (setting.meaning.to_string(), default);
            let first = known.entry(setting.name.to_string()).or_insert_with(|| own.clone());
            if *first != own {
                complaints.add(&rule.info.id, format!("`{}` is {own:?} here and {first:?} elsewhere", setting.name));
            }
        }
    }
    complaints.none();
}

#[test]
fn every_pack_selects_rules_and_every_category_has_its_pack() {
    let mut complaints = Complaints::default();
    let catalog = Catalog::builtin();
    let packs = builtin_packs();
    for pack in &packs {
        if pack.title.is_empty() || pack.description.is_empty() {
            complaints.add(&pack.name, "it lacks a title or a description");
        }
        if !catalog.rules.iter().any(|rule| pack.selects(rule)) {
            complaints.add(&pack.name, "it selects nothing");
        }
    }
    for rule in &catalog.rules {
        if !packs.iter().any(|pack| pack.name == rule.info.category) {
            complaints.add(&rule.info.id, format!("its category `{}` has no pack", rule.info.category));
        }
    }
    complaints.none();
}

#[test]
fn resources_are_the_types_that_a_rule_selects() {
    let mut complaints = Complaints::default();
    for rule in &Catalog::builtin().rules {
        let reach = reach(rule.text.file(), &rule.guard_name);
        let mut written = rule.info.resources.clone();
        // Parameters and outputs belong to no resource; a rule about them lists none.
        if written.is_empty() {
            continue;
        }
        if let Some(reason) = &reach.whole {
            complaints.add(&rule.info.id, format!("it cannot be asked of single resources: {reason}"));
        }
        if reach.functions && rule.view != View::AsWritten {
            complaints.add(&rule.info.id, "it looks for functions as they are written");
        }
        written.to_mut().sort();
        let selected = reach.types.clone().unwrap_or_else(|| vec!["*".to_owned()]);
        if !written.iter().eq(selected.iter()) {
            complaints.add(&rule.info.id, format!("`resources` is {written:?}, it selects {:?}", reach.types));
        }
    }
    complaints.none();
}

#[test]
fn rules_are_clean() {
    let mut complaints = Complaints::default();
    for rule in &Catalog::builtin().rules {
        for problem in lint(std::slice::from_ref(rule)) {
            let (place, message) = (&problem.place, &problem.message);
            complaints.add(&rule.info.id, format!("{}:{}: {message}", place.source.display, place.start.line));
        }
    }
    complaints.none();
}

#[test]
fn tests_of_rules_pass() {
    let mut complaints = Complaints::default();
    for embedded in builtin_rules() {
        let (rule, _) = load_embedded(embedded);
        let tests = tests_of(embedded);
        let id = Arc::clone(&rule.info.id);
        let report = run_rule_tests(&[Arc::new(rule)], &tests, TestSettings::default());
        for problem in &report.problems {
            complaints.add(&id, format!("{}: {}", embedded.test_path, problem.message));
        }
        for case in &report.cases {
            for (span, message) in case.failures() {
                let line = tests.position(span.start()).line;
                complaints.add(&id, format!("{}:{line}: {}: {message}", embedded.test_path, case.name));
            }
        }
    }
    complaints.none();
}

#[test]
fn every_rule_is_seen_to_fail_pass_and_skip_and_has_two_examples() {
    let mut complaints = Complaints::default();
    for embedded in builtin_rules() {
        let (rule, _) = load_embedded(embedded);
        let tests = tests_of(embedded);
        let document = read(tests.text(), Hint::Yaml).document;
        let cases = read_tests(&tests, &document).cases;
        // Where the resource itself is what is wrong, none can pass.
        let presence = rule.info.tags.iter().any(|tag| tag == "presence");
        let statuses = ["FAIL", "PASS", "SKIP"].into_iter().filter(|status| !(presence && *status == "PASS"));
        for status in statuses {
            let expects = |(name, word, _): &(String, String, _)| **name == *rule.info.id && word == status;
            if !cases.iter().any(|case| case.statuses.iter().any(expects)) {
                complaints.add(&rule.info.id, format!("no case expects {status}"));
            }
        }
        for example in ["bad", "good"] {
            let count = cases.iter().filter(|case| case.doc.as_deref() == Some(example)).count();
            if count != 1 {
                complaints.add(&rule.info.id, format!("{count} cases are the {example} example"));
            }
        }
        let mut names = BTreeSet::new();
        for case in cases.iter().filter(|case| !names.insert(case.name.clone())) {
            complaints.add(&rule.info.id, format!("two cases are called `{}`", case.name));
        }
    }
    complaints.none();
}

fn templates(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, found);
        } else if path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|one| extension == *one))
        {
            found.push(path);
        }
    }
}

#[test]
fn a_rule_that_is_not_asked_would_have_said_nothing() {
    let rules: Vec<Arc<Rule>> = Catalog::builtin().rules;
    let (indexed, _) = Checker::new(&rules, &Settings::default());
    let (mut unindexed, _) = Checker::new(&rules, &Settings::default());
    unindexed.ask_all_types();
    let mut files = Vec::new();
    templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates-examples"), &mut files);
    files.sort();
    assert!(!files.is_empty());
    let mut findings = BTreeMap::new();
    for file in files {
        let source = SourceFile::new(SourceName::from_display("t.yaml"), fs::read_to_string(&file).unwrap());
        // Only what was asked differs, and that is counted.
        let told = |checker: &Checker| {
            let report = checker.check(Input { source: &source, explicit: true });
            Report { coverage: Coverage::default(), ..report }
        };
        let report = told(&indexed);
        assert_eq!(report, told(&unindexed), "{}", file.display());
        findings.insert(file, report.findings.len());
    }
    assert!(findings.values().any(|count| *count > 0));
}
