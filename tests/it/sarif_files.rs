//! The logs that the program writes, for real files: the examples, names that are hard to write, templates of other people
//! where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::upload::{For, complaints};

fn scan(folder: &Path, paths: &[&str], flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(["scan", "--no-local-config", "--fail-on", "never", "--format", "sarif"])
        .args(flags)
        .args(paths)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Scans, and refuses a log that code scanning would refuse.
fn checked(folder: &Path, paths: &[&str], flags: &[&str]) -> Value {
    let output = scan(folder, paths, flags);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let readers = if flags.contains(&"full") { For::Everybody } else { For::GitHub };
    let text = |path: &str| fs::read(folder.join(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let wrong = complaints(&output.stdout, readers, &text);
    assert!(wrong.is_empty(), "{flags:?}\n{}\n{said}", wrong.join("\n"));
    serde_json::from_slice(&output.stdout).unwrap()
}

const FLAVOURS: [&[&str]; 4] = [
    &["--pack", "default"],
    &["--pack", "all", "--sarif", "full", "--category", "infra/all"],
    &["--pack", "all", "--alert-identity", "line"],
    &["--rule", "ebs_volume_unencrypted", "--max-results", "2"],
];

#[test]
fn logs_of_the_examples_can_be_uploaded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let logs: Vec<Value> = FLAVOURS.iter().map(|flags| checked(root, &["templates-examples"], flags)).collect();
    let rules = |log: &Value| log["runs"][0]["tool"]["driver"]["rules"].clone();
    assert!(logs.iter().all(|log| rules(log) == rules(&logs[0])), "the catalogue is the same whatever runs");
    assert_eq!(logs[1]["runs"][0]["automationDetails"]["id"], "infra/all/");
}

#[test]
fn names_that_are_hard_to_write_can_be_uploaded() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join(".git")).unwrap();
    let folder = root.path().join("a b#c%20/[ünï] {x}");
    fs::create_dir_all(&folder).unwrap();
    let hostile = "Parameters:\n  \"](1)[x](javascript:alert) <script>\": {Type: String, Default: '##[error]'}\n\
                   Resources:\n  \"::error::x ](9)\": {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: '😀', Size: 1}}\n  \
                   \"a\\\\b [c](2) \\u202e . D\":\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Encrypted: !Ref \"](1)[x](javascript:alert) <script>\"}\n";
    let long = format!("Resources:\n  {}:\n    Type: AWS::EC2::Volume\n    Properties: {{Size: 1}}\n", "L".repeat(250));
    for (name, text) in
        [("a:b?.yaml", hostile), ("-x;&'.yaml", hostile), ("long.yaml", &long), ("broken.yaml", "Resources: [AWS::\n")]
    {
        fs::write(folder.join(name), text).unwrap();
    }
    fs::write(root.path().join("c:d.yaml"), hostile.replace('\n', "\r\n")).unwrap();
    for flags in FLAVOURS {
        let log = checked(root.path(), &["."], flags);
        assert!(log["runs"][0]["results"].as_array().unwrap().len() > 1);
    }
}

#[test]
fn an_incomplete_scan_that_must_be_complete_closes_no_alert() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("broken.yaml"), "AWSTemplateFormatVersion: '2010-09-09'\nResources: [AWS::\n").unwrap();
    let output = scan(root.path(), &["."], &["--require-complete", "--output", "out.sarif"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!root.path().join("out.sarif").exists());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no SARIF is written"));
    let log = checked(root.path(), &["."], &[]);
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "template_not_scanned");
}

/// Templates of other people, where they are at hand.
#[test]
fn logs_of_real_templates_can_be_uploaded() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let mut paths: Vec<PathBuf> = ["dev", "broken"]
        .iter()
        .flat_map(|name| fs::read_dir(root.join(name)).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let few: Vec<String> =
        paths.iter().step_by(150).map(|path| path.strip_prefix(&root).unwrap().display().to_string()).collect();
    let few: Vec<&str> = few.iter().map(String::as_str).filter(|path| !path.ends_with(".jsonl")).collect();
    if few.is_empty() {
        return;
    }
    let here = ["--source-root", "."];
    for flavour in FLAVOURS.iter().take(3) {
        checked(&root, &few, &[&here, *flavour].concat());
    }
}
