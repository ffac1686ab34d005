//! What is tried, and what must hold.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cfnward::check::{Checker, Input, Settings, check};
use cfnward::config;
use cfnward::diag::{Place, Problem, Report};
use cfnward::eval::Program;
use cfnward::guard::{Dialect, parse};
use cfnward::render::{Options, SarifFlavour, json, sarif, terminal};
use cfnward::rules::{Catalog, GivenFile, GivenSettings, Rule, Selection, load_given, read_tests};
use cfnward::syntax::{Content, Document, Hint, NodeId, read, read_completely};
use cfnward::text::{SourceFile, SourceName, Span};

use super::generate;

/// Something that takes any bytes.
pub struct Target {
    /// Its name on the command line, and of its folder of cases.
    pub name: &'static str,
    /// Tries it; panics when something does not hold.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 10] = [
    Target { name: "yaml", run: yaml },
    Target { name: "reader-equality", run: reader_equality },
    Target { name: "json", run: json_text },
    Target { name: "guard", run: guard },
    Target { name: "evaluator", run: evaluator },
    Target { name: "template", run: template },
    Target { name: "generated-template", run: generated_template },
    Target { name: "configuration", run: configuration },
    Target { name: "parameters", run: parameters },
    Target { name: "rule-files", run: rule_files },
];

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn yaml(bytes: &[u8]) {
    if let Some(text) = text(bytes) {
        document(text, Hint::Yaml);
        document(text, Hint::Unknown);
    }
}

/// The fast way to read gives what the complete reader gives.
fn reader_equality(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    for hint in [Hint::Yaml, Hint::Unknown] {
        let (fast, complete) = (read(text, hint), read_completely(text, hint));
        assert_eq!(fast.document, complete.document, "both readers see the same");
        assert_eq!(fast.problems, complete.problems, "both readers say the same");
    }
}

fn json_text(bytes: &[u8]) {
    if let Some(text) = text(bytes) {
        document(text, Hint::Json);
    }
}

/// Every span can be sliced, nodes lie inside their parents' text, nesting is bounded, walking ends.
fn document(text: &str, hint: Hint) {
    let read = read(text, hint);
    for problem in &read.problems {
        sliceable(problem.span, text);
        for (span, _) in &problem.related {
            sliceable(*span, text);
        }
    }
    for comment in read.document.comments() {
        sliceable(*comment, text);
    }
    for node in read.document.nodes() {
        sliceable(read.document.span(node), text);
        if let Some(tag) = read.document.tag_span(node) {
            sliceable(tag, text);
        }
    }
    if let Some(root) = read.document.root() {
        assert!(depth(&read.document, root) <= 129, "nesting is bounded");
    }
}

/// The nesting of a document, aliases followed, without recursion.
fn depth(document: &Document<'_>, root: NodeId) -> usize {
    let mut deepest = 0;
    let mut visited = 0_u64;
    let mut open = vec![(root, 1)];
    while let Some((node, level)) = open.pop() {
        visited += 1;
        assert!(visited <= 4_000_000, "a walk of the document ends");
        deepest = deepest.max(level);
        match document.content(node) {
            Content::Sequence(items) => open.extend(items.iter().map(|item| (*item, level + 1))),
            Content::Mapping(pairs) => {
                open.extend(pairs.iter().flat_map(|pair| [(pair.key, level + 1), (pair.value, level + 1)]));
            }
            Content::Alias(target) => open.push((target, level)),
            Content::Scalar { .. } => {}
        }
    }
    deepest
}

fn sliceable(span: Span, text: &str) {
    assert!(span.slice(text).is_some(), "{span:?} of {} bytes can be sliced", text.len());
}

fn guard(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    for dialect in [Dialect::Classic, Dialect::V321] {
        let parsed = parse(text, dialect);
        for error in &parsed.errors {
            sliceable(error.span, text);
        }
        if parsed.errors.is_empty() {
            let (_, errors) = Program::compile(&parsed.file, text, dialect);
            for error in errors {
                sliceable(error.span, text);
            }
        }
    }
}

/// Rules, a line with `====`, and a template: each rule is asked, of the template as it is deployed and as it is written, in
/// both dialects, and the report can be written.
fn evaluator(bytes: &[u8]) {
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
fn template(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    whole("fuzz.yaml", text);
}

fn generated_template(bytes: &[u8]) {
    let text = generate::template(bytes);
    whole("fuzz.json", &text);
}

fn whole(name: &str, text: &str) {
    let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
    let mut report = checker().empty_report();
    report.absorb(checker().check(Input { source: &source, explicit: true }));
    report.sort();
    rendered(&report, &source);
}

fn rendered(report: &Report, source: &SourceFile) {
    for finding in &report.findings {
        placed(&finding.place, source);
        assert!(finding.fingerprint.len() == 32, "a finding has an identity");
        for label in finding.origins.iter().chain(&finding.through) {
            placed(&label.place, source);
        }
    }
    problems(&report.problems, source);
    let mut identities: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *identities.entry(&finding.fingerprint).or_default() += 1;
    }
    assert!(identities.values().all(|count| *count == 1), "no two findings are the same");

    let full = Options { sarif_flavour: SarifFlavour::Full, ..Options::default() };
    let verbose = Options { verbose: true, show_unsure: true, stats: true, ..Options::default() };
    let text = written(|out| terminal(report, &verbose, out));
    let harmless = |character: char| character == '\n' || !character.is_control();
    assert!(text.chars().all(harmless), "no control character reaches the terminal");
    let machine = written(|out| json(report, &Options::default(), out));
    let _: serde_json::Value = serde_json::from_str(&machine).expect("the report is JSON");
    for options in [&Options::default(), &full] {
        let log = written(|out| sarif(report, options, out));
        let _: serde_sarif::sarif::Sarif = serde_json::from_str(&log).expect("the log is SARIF");
    }
}

/// What a renderer writes, which is always UTF-8.
fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    thread_local! { static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) }; }
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        write(buffer).expect("memory takes everything");
        String::from_utf8(buffer.clone()).expect("a report is UTF-8")
    })
}

fn placed(place: &Place, source: &SourceFile) {
    assert!(place.start <= place.end, "a region does not end before it starts");
    if *place.source == *source.name() {
        sliceable(place.span, source.text());
        assert!(place.start.line <= source.line_count().max(1) + 1, "the line exists");
    }
}

fn problems(problems: &[Problem], source: &SourceFile) {
    for problem in problems {
        placed(&problem.place, source);
        assert!(!problem.message.is_empty(), "a problem says something");
    }
}

fn configuration(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let source = SourceFile::new(SourceName::from_display("cfnward.toml"), text.to_owned());
    let (_, found) = config::read(&source);
    problems(&found, &source);
}

/// The first byte says how the file is named.
fn parameters(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Some(text) = text(rest) else { return };
    let name = ["p.json", "p.yaml", "samconfig.toml", "p"][usize::from(first % 4)];
    let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
    let (_, found) = config::read_parameters(&source);
    problems(&found, &source);
}

/// A rule file of a user with its header, the same text as a file of tests, and as rules for a small template.
fn rule_files(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let name = SourceName::from_display("r.guard");
    let source = SourceFile::new(name.clone(), text.to_owned());
    let file = GivenFile { name, path: "r.guard".to_owned(), text: text.to_owned() };
    let (rules, found) = load_given(file, GivenSettings::default(), &mut |_| Err("no other file".to_owned()));
    problems(&found, &source);
    let read = read(text, Hint::Yaml);
    for problem in read_tests(&source, &read.document).problems {
        sliceable(problem.span, text);
    }
    let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
    let small = SourceName::from_display("t.yaml");
    let small = SourceFile::new(small, "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n".to_owned());
    let report = check(&[Input { source: &small, explicit: true }], &rules, &Settings::default());
    assert!(report.files.len() == 1, "the template is judged whatever the rules");
}
