//! `cfnward gap-analysis`: the document about an example, its sums, and templates that try to write into it.

use std::sync::Arc;

use cfnward::check::{Checker, Input, Settings};
use cfnward::diag::{GapAnalysis, Readiness, Report, gap_analysis};
use cfnward::render::{gap_analysis_html, gap_analysis_json, gap_analysis_markdown};
use cfnward::rules::{Catalog, Rule, Selection};
use cfnward::text::{SourceFile, SourceName};

fn analysis(name: &str, text: &str) -> GapAnalysis {
    let packs = vec!["migration".to_owned()];
    let selection = Selection { packs: packs.clone(), ..Selection::default() };
    let rules: Vec<Arc<Rule>> = selection.apply(&Catalog::builtin()).unwrap();
    let (mut checker, _) = Checker::new(&rules, &Settings::default());
    checker.keep_verdicts();
    let source = SourceFile::new(SourceName::from_display(name), text.to_owned());
    let mut report = Report { version: "1.2.3".to_owned(), ..checker.empty_report() };
    report.absorb(checker.check(Input { source: &source, explicit: true }));
    report.sort();
    gap_analysis(&report, "migration", &packs)
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const VOLUME: &str = "\
Resources:
  Disk:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: eu-west-1a, Size: 8, Encrypted: false}
  Safe:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: eu-west-1a, Size: 8, Encrypted: true}
";

#[test]
fn a_task_fails_with_its_evidence() {
    let analysis = analysis("disk.yaml", VOLUME);
    let tasks: Vec<_> = analysis.areas.iter().flat_map(|area| &area.tasks).collect();
    let task = tasks.iter().find(|task| task.name == "Task 1.5 at-rest encryption design").unwrap();
    let gap = task.rules.iter().find(|gap| &*gap.rule.id == "ebs_volume_unencrypted").unwrap();
    assert_eq!((gap.tally.failing, gap.tally.passing, gap.findings), (1, 1, 1));
    assert_eq!(gap.tally.readiness(), Readiness::Failing);
    assert_eq!(gap.evidence[0].place.start.line, 4);
    let page = written(|out| gap_analysis_markdown(&analysis, out));
    assert!(page.contains("- disk.yaml:4: \\`Disk\\`: "), "{page}");
}

#[test]
fn every_rule_stands_in_a_task_and_is_counted_once() {
    let analysis = analysis("disk.yaml", VOLUME);
    let all: usize = analysis.rules.values().sum();
    let mut ids: Vec<&str> = analysis
        .areas
        .iter()
        .flat_map(|area| &area.tasks)
        .flat_map(|task| &task.rules)
        .map(|gap| &*gap.rule.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let numbers: Vec<&str> =
        analysis.areas[0].tasks.iter().filter_map(|task| task.name.split_whitespace().nth(1)).collect();
    assert_eq!(numbers.first(), Some(&"1.2"));
    assert_eq!(numbers.last(), Some(&"1.10"), "tasks stand in the order of their numbers");
    assert_eq!(analysis.offenders.len(), 1);
}

#[test]
fn a_template_cannot_write_into_the_document() {
    let name = "a|b<script>alert(1)</script>.yaml";
    let analysis = analysis(name, &VOLUME.replace("Disk", "\"<img src=x onerror=alert(1)>\""));
    let page = written(|out| gap_analysis_html(&analysis, out));
    assert!(page.contains("a|b&lt;script&gt;") && page.contains("&lt;img src=x"));
    assert!(!page.contains("<script") && !page.contains("<img"));
    let markdown = written(|out| gap_analysis_markdown(&analysis, out));
    assert!(markdown.contains("a\\|b&lt;script&gt;") && !markdown.contains("<img"));
    let json: serde_json::Value = serde_json::from_str(&written(|out| gap_analysis_json(&analysis, out))).unwrap();
    assert_eq!(json["offenders"][0]["path"], name);
    assert_eq!(json["version"], 1);
}
