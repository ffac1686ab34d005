//! What users give besides templates: configuration, parameters, rules, baselines.

use std::sync::Arc;

use cfnward::check::{Baseline, Input, Settings, baseline_json, check};
use cfnward::config;
use cfnward::diag::Finding;
use cfnward::rules::{GivenFile, GivenSettings, Rule, load_given, read_tests};
use cfnward::syntax::{Hint, read};
use cfnward::text::{SourceFile, SourceName};

use super::reports;
use super::scanning::problems;
use super::text;
use super::texts::sliceable;

pub(super) fn configuration(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let source = SourceFile::new(SourceName::from_display("cfnward.toml"), text.to_owned());
    let (_, found) = config::read(&source);
    problems(&found, &source);
}

/// The first byte says how the file is named.
pub(super) fn parameters(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Some(text) = text(rest) else { return };
    let name = ["p.json", "p.yaml", "samconfig.toml", "p"][usize::from(first % 4)];
    let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
    let (_, found) = config::read_parameters(&source);
    problems(&found, &source);
}

/// A rule file of a user with its header, the same text as a file of tests, and as rules for a small template.
pub(super) fn rule_files(bytes: &[u8]) {
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

/// The bytes as a baseline; and the baseline of findings whose texts are the bytes, which knows all of them.
pub(super) fn baseline(bytes: &[u8]) {
    let report = reports::saying(bytes);
    let known = baseline_json(&report);
    let (own, wrong) = Baseline::read(&SourceFile::new(SourceName::from_display("b.json"), known.clone()));
    assert!(wrong.is_empty(), "what is written can be read: {wrong:?}");
    assert_eq!(own.json(), known, "and says the same");
    let mut now = report.clone();
    own.apply(&mut now, &|_| false);
    assert_eq!(now.findings.len(), report.findings.len(), "a baseline marks findings and takes none away");
    let counts = |finding: &&Finding| finding.class.counts() && finding.suppressed.is_none();
    assert_eq!(now.findings.iter().filter(counts).count(), 0, "all of them are known");

    let Some(text) = text(bytes) else { return };
    let source = SourceFile::new(SourceName::from_display("b.json"), text.to_owned());
    let (given, wrong) = Baseline::read(&source);
    problems(&wrong, &source);
    if !wrong.is_empty() {
        return;
    }
    let (again, wrong) = Baseline::read(&SourceFile::new(SourceName::from_display("b.json"), given.json()));
    assert!(wrong.is_empty() && again.len() == given.len(), "what was understood can be written: {wrong:?}");
    for gone in [true, false] {
        let mut now = report.clone();
        given.apply(&mut now, &|_| gone);
        assert_eq!(now.findings.len(), report.findings.len(), "a baseline marks findings and takes none away");
        assert!(given.pruned(&now).len() <= given.len(), "pruning adds nothing");
    }
}

/// A baseline of each report to begin with.
pub(super) fn baselines() -> Vec<Vec<u8>> {
    let seeds = reports::seeds();
    let known = seeds.iter().map(|seed| baseline_json(&reports::saying(seed)).into_bytes()).collect::<Vec<_>>();
    seeds.into_iter().chain(known).collect()
}
