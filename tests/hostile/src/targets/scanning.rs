//! Judging templates, and what every report must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use cfnward::check::{Checker, Exports, Input, Names, Neighbours, Settings, check, exports_of, settle};
use cfnward::diag::{Place, Problem, Report};
use cfnward::guard::Dialect;
use cfnward::render::{Options, SarifFlavour, json, sarif, terminal};
use cfnward::rules::{Catalog, GivenFile, GivenSettings, Rule, Selection, load_given};
use cfnward::text::{SourceFile, SourceName};
use serde_json::Value;
use serde_sarif::sarif::Sarif;

use super::texts::sliceable;
use super::{NOT_SARIF, NOT_UTF8, Random, generate, text};

/// Rules, a line with `====`, and a template: each rule is asked, of the template as it is deployed and as it is written, in
/// both dialects, and the report can be written.
pub(super) fn evaluator(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let Some((rules, template)) = text.split_once("\n====\n") else { return };
    let source = SourceFile::new(SourceName::from_display("fuzz.yaml"), template.to_owned());
    for (as_written, dialect) in [(false, Dialect::Classic), (true, Dialect::Classic), (true, Dialect::V321)] {
        let name = SourceName::from_display("r.guard");
        let file = GivenFile { name, path: "r.guard".to_owned(), text: rules.to_owned() };
        let settings = GivenSettings { as_written, dialect };
        let (rules, _) = load_given(file, settings, &mut |_| Err("no other file".to_owned()));
        let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
        let report = check(&[Input { source: &source, explicit: true }], &rules, &Settings::default());
        assert!(report.files.len() == 1, "the file is judged");
        for finding in &report.findings {
            placed(&finding.place, &source);
        }
    }
}

fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let selection = Selection { packs: vec!["all".to_owned()], ..Selection::default() };
        let rules = selection.apply(&Catalog::builtin()).expect("the pack exists");
        let (checker, problems) = Checker::new(&rules, &Settings::default());
        assert!(problems.is_empty(), "{problems:?}");
        checker
    })
}

/// The whole way of a template: what is reported has places that exist, and every format holds what its readers need.
pub(super) fn template(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    whole("fuzz.yaml", text);
}

pub(super) fn generated_template(bytes: &[u8]) {
    let text = generate::template(bytes);
    whole(if text.starts_with("{\"") { "fuzz.json" } else { "fuzz.yaml" }, &text);
}

/// A few rules, for what asks little of them.
pub(super) fn some_rules(settings: &Settings) -> Checker {
    let rules = ["ebs_volume_unencrypted", "security_group_ssh_open_to_world", "s3_bucket_unversioned"];
    let selection = Selection { rules: rules.map(str::to_owned).to_vec(), ..Selection::default() };
    let rules = selection.apply(&Catalog::builtin()).expect("there are these rules");
    let (checker, problems) = Checker::new(&rules, settings);
    assert!(problems.is_empty(), "{problems:?}");
    checker
}

/// Three templates that may ask for one another, judged together.
pub(super) fn family(bytes: &[u8]) {
    let third = bytes.len().div_ceil(3).max(1);
    let mut parts = bytes.chunks(third);
    let sources = ["a.json", "b.json", "c.json"].map(|name| {
        let text = generate::template(parts.next().unwrap_or_default());
        SourceFile::new(SourceName::from_display(name), text)
    });
    let settings = Settings::default();
    let names = sources.iter().map(|source| source.name().display.as_str());
    let mut neighbours = Neighbours::new(Names::new(names));
    let mut exports = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        neighbours.add(number, source);
        exports.extend(exports_of(source, &settings));
    }
    neighbours.set_exports(Exports::new(exports));
    let mut report = checker().empty_report();
    for source in &sources {
        report.absorb(checker().check_among(Input { source, explicit: true }, &neighbours, &settings));
    }
    settle(&mut report);
    report.sort();
    for source in &sources {
        report.findings.iter().for_each(|finding| placed(&finding.place, source));
        problems(&report.problems, source);
    }
    readable(report);
}

/// Bytes that decide for all sorts of templates.
pub(super) fn decisions() -> Vec<Vec<u8>> {
    let mut random = Random::new(1);
    let bytes = |_| (0..600).map(|_| u8::try_from(random.below(256)).unwrap_or_default()).collect();
    (0..300).map(bytes).collect()
}

fn whole(name: &str, text: &str) {
    let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
    let mut report = checker().empty_report();
    report.absorb(checker().check(Input { source: &source, explicit: true }));
    report.sort();
    rendered(report, &source);
}

fn rendered(report: Report, source: &SourceFile) {
    for finding in &report.findings {
        placed(&finding.place, source);
        assert!(finding.fingerprint.len() == 32, "a finding has an identity");
        for label in finding.origins.iter().chain(&finding.through) {
            placed(&label.place, source);
        }
    }
    problems(&report.problems, source);
    readable(report);
}

/// No two findings are the same, and those who read a report can.
fn readable(mut report: Report) {
    let mut identities: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *identities.entry(&finding.fingerprint).or_default() += 1;
    }
    assert!(identities.values().all(|count| *count == 1), "no two findings are the same");

    let verbose = Options { verbose: true, show_unsure: true, stats: true, ..Options::default() };
    let text = written(|out| terminal(&report, &verbose, out));
    let harmless = |character: char| character == '\n' || !character.is_control();
    assert!(text.chars().all(harmless), "no control character reaches the terminal");
    // What is said of rules that found nothing is the same whatever the template.
    let found: BTreeSet<&str> = report.findings.iter().map(|finding| &*finding.rule).collect();
    report.rules.retain(|rule| found.contains(&*rule.id));
    report.idle_rules.clear();
    let machine = written(|out| json(&report, &Options::default(), out));
    let _: Value = serde_json::from_str(&machine).expect("the report is JSON");
    for options in [&Options::default(), &Options { sarif_flavour: SarifFlavour::Full, ..Options::default() }] {
        is_sarif(&written(|out| sarif(&report, options, out)));
    }
}

/// A log is SARIF as others read it, and says the same after it was read and written by them.
pub(super) fn is_sarif(log: &str) {
    let ours: Value = serde_json::from_str(log).unwrap_or_else(|error| panic!("{NOT_SARIF}, nor JSON: {error}"));
    let read: Sarif = serde_json::from_str(log).unwrap_or_else(|error| panic!("{NOT_SARIF}: {error}"));
    let theirs = serde_json::to_value(&read).unwrap_or_else(|error| panic!("{NOT_SARIF}: {error}"));
    assert!(ours == theirs, "{NOT_SARIF}: it says something else after it was read");
    sound(&ours);
}

/// What code hosts refuse a log for, wherever it stands: addresses that are none, and regions that begin before the text.
fn sound(value: &Value) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                match (key.as_str(), inner) {
                    ("uri", Value::String(uri)) => {
                        let allowed = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
                        assert!(uri.bytes().all(allowed), "{NOT_SARIF}: {uri:?} is no address");
                    }
                    ("startLine" | "startColumn" | "endLine" | "endColumn", number) => {
                        assert!(number.as_u64().is_some_and(|number| number > 0), "{NOT_SARIF}: {key} is {number}");
                    }
                    _ => sound(inner),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(sound),
        _ => {}
    }
}

/// What a renderer writes, which is always UTF-8.
pub(super) fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{NOT_UTF8}: {error}"))
}

pub(super) fn placed(place: &Place, source: &SourceFile) {
    assert!(place.start <= place.end, "a region does not end before it starts");
    if *place.source == *source.name() {
        sliceable(place.span, source.text());
        assert!(place.start.line <= source.line_count().max(1) + 1, "the line exists");
    }
}

pub(super) fn problems(problems: &[Problem], source: &SourceFile) {
    for problem in problems {
        placed(&problem.place, source);
        assert!(!problem.message.is_empty(), "a problem says something");
    }
}
