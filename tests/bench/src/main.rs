//! How long each part of a scan takes: reading in the fast way and completely, resolving, relating, judging by all rules, writing.
//!
//! The examples that people try first are measured together; generated templates show how time grows with resources.
#![expect(clippy::disallowed_methods, reason = "what is measured lies in files")]

use std::fmt::{Display, Formatter, Result};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use bench::{files, generated};
use cfnward::check::{Checker, Input, Settings, inspect, view};
use cfnward::diag::Report;
use cfnward::render::{Format, Options};
use cfnward::rules::{Catalog, Selection};
use cfnward::syntax::{Hint, read, read_completely};
use cfnward::text::{SourceFile, SourceName};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// What is read.
#[derive(Clone, Copy, Debug)]
enum Texts {
    /// The example templates in YAML.
    Examples,
    /// The same in JSON.
    JsonExamples,
    /// One template in YAML with so many resources.
    Generated(usize),
}

impl Display for Texts {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        match self {
            Self::Examples => to.write_str("examples"),
            Self::JsonExamples => to.write_str("examples in JSON"),
            Self::Generated(resources) => write!(to, "{resources} resources"),
        }
    }
}

const ALL: [Texts; 7] = [
    Texts::Examples,
    Texts::JsonExamples,
    Texts::Generated(10),
    Texts::Generated(100),
    Texts::Generated(1_000),
    Texts::Generated(2_500),
    Texts::Generated(5_000),
];

impl Texts {
    fn texts(self) -> Vec<String> {
        let examples = |ending: &str| -> Vec<String> {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates-examples");
            files(&folder, &[ending]).into_iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
        };
        match self {
            Self::Examples => examples("yaml"),
            Self::JsonExamples => examples("json"),
            Self::Generated(resources) => vec![generated(resources)],
        }
    }

    fn hint(self) -> Hint {
        if matches!(self, Self::JsonExamples) { Hint::Json } else { Hint::Yaml }
    }
}

fn measure(bencher: Bencher<'_, '_>, texts: &[String], work: impl Fn(&str) + Sync) {
    let bytes: usize = texts.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| texts.iter().for_each(|text| work(black_box(text))));
}

#[divan::bench(args = ALL)]
fn reading(bencher: Bencher<'_, '_>, texts: Texts) {
    let hint = texts.hint();
    measure(bencher, &texts.texts(), |text| drop(black_box(read(text, hint))));
}

#[divan::bench(args = ALL)]
fn reading_completely(bencher: Bencher<'_, '_>, texts: Texts) {
    let hint = texts.hint();
    measure(bencher, &texts.texts(), |text| drop(black_box(read_completely(text, hint))));
}

/// The values of a template, as `cfnward inspect` shows them.
#[divan::bench(args = ALL)]
fn resolving(bencher: Bencher<'_, '_>, texts: Texts) {
    measure(bencher, &texts.texts(), |text| drop(black_box(inspect(&source(text), &Settings::default()))));
}

/// The same with facts and links, as rules see it.
#[divan::bench(args = ALL)]
fn relating(bencher: Bencher<'_, '_>, texts: Texts) {
    measure(bencher, &texts.texts(), |text| drop(black_box(view(&source(text), &Settings::default()))));
}

#[divan::bench(args = ALL)]
fn judging(bencher: Bencher<'_, '_>, texts: Texts) {
    let Some(checker) = checker() else { return };
    measure(bencher, &texts.texts(), |text| drop(black_box(judged(checker, text))));
}

#[divan::bench(args = ALL)]
fn writing_json(bencher: Bencher<'_, '_>, texts: Texts) {
    writing(bencher, texts, Format::Json);
}

#[divan::bench(args = ALL)]
fn writing_sarif(bencher: Bencher<'_, '_>, texts: Texts) {
    writing(bencher, texts, Format::Sarif);
}

/// All built-in rules, from the program's own text to ready; each is compiled when it is first asked, which is not a part.
#[divan::bench]
fn making_rules_ready(bencher: Bencher<'_, '_>) {
    bencher.bench(ready);
}

fn writing(bencher: Bencher<'_, '_>, texts: Texts, format: Format) {
    let Some(checker) = checker() else { return };
    let mut report = checker.empty_report();
    for text in texts.texts() {
        report.absorb(judged(checker, &text));
    }
    bencher.bench(|| format.write(&report, &Options::default(), &mut std::io::sink()));
}

fn source(text: &str) -> SourceFile {
    SourceFile::new(SourceName::from_display("template"), text.to_owned())
}

fn judged(checker: &Checker, text: &str) -> Report {
    checker.check(Input { source: &source(text), explicit: true })
}

fn checker() -> Option<&'static Checker> {
    static CHECKER: OnceLock<Option<Checker>> = OnceLock::new();
    CHECKER.get_or_init(ready).as_ref()
}

fn ready() -> Option<Checker> {
    let selection = Selection { packs: vec!["all".to_owned()], ..Selection::default() };
    let rules = selection.apply(&Catalog::builtin()).ok()?;
    Some(Checker::new(&rules, &Settings::default()).0)
}
