//! Suppression and configuration, as people and scripts use them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::snapshot;

/// A template with one finding: an unencrypted volume.
const VOLUME: &str =
    "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n";

/// The same with a comment behind its logical id.
fn volume(comment: &str) -> String {
    VOLUME.replace("Disk:", &format!("Disk: {comment}"))
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cfnward")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a scan of these files gives: its exit code and its JSON.
fn scan(files: &[(&str, &str)], flags: &[&str]) -> (Option<i32>, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    // The folder is where configuration ends to be looked for.
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    let arguments = ["scan", ".", "--rule", "ebs_volume_unencrypted", "--format", "json"];
    let output = run(folder.path(), &[&arguments, flags].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    (output.status.code(), report)
}

#[test]
fn a_silenced_finding_does_not_count_and_is_told_on_request() {
    let commented = volume("# cfnward: ignore[ebs_volume_unencrypted] until=2027-06-30 owner=ops scratch space");
    let files = [("t.yaml", commented.as_str())];
    let (code, report) = scan(&files, &["--today", "2026-11-22"]);
    assert_eq!(
        (code, &report["summary"]["findings"], &report["summary"]["suppressed"]),
        (Some(0), &0.into(), &1.into())
    );
    let by = serde_json::json!({"kind": "comment", "tool": "cfnward", "reason": "scratch space", "owner": "ops",
        "until": "2027-06-30", "path": "t.yaml", "line": 2, "column": 27});
    assert_eq!(report["findings"][0]["suppressed"], by);
    for (flags, code, problem) in [
        (vec!["--no-ignores"], 1, None),
        (vec!["--ignore-only-from-config"], 1, None),
        (vec!["--today", "2027-06-20"], 0, Some("suppression.ends")),
        (vec!["--today", "2027-07-01"], 1, Some("suppression.expired")),
    ] {
        let (ended, report) = scan(&files, &flags);
        assert_eq!((ended, report["problems"][0]["code"].as_str()), (Some(code), problem), "{flags:?}");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.yaml"), &commented).unwrap();
    let arguments = ["scan", "t.yaml", "--rule", "ebs_volume_unencrypted", "--today", "2026-11-22"];
    let quiet = text(&run(folder.path(), &arguments).stdout);
    assert!(quiet.contains("1 suppressed finding hidden, show with --show-suppressed"), "{quiet}");
    let shown = text(&run(folder.path(), &[&arguments[..], &["--show-suppressed"]].concat()).stdout);
    assert!(shown.contains("suppressed: by comment (t.yaml:2) of ops until 2027-06-30: scratch space"), "{shown}");
}

#[test]
fn suppressions_of_other_tools_count_as_far_as_they_are_wanted() {
    let comment = volume("# checkov:skip=CKV_AWS_3:scratch");
    let metadata = VOLUME.replace("    Prop", "    Metadata: {cfn_nag: {rules_to_suppress: [{id: F1}]}}\n    Prop");
    let code = |template: &str, flags: &[&str], configuration: &str| {
        scan(&[("t.yaml", template), ("cfnward.toml", configuration)], flags).0
    };
    assert_eq!((code(&metadata, &[], ""), code(&comment, &[], "")), (Some(0), Some(1)));
    let none = "--honor-foreign-suppressions=none";
    assert_eq!((code(&metadata, &[none], ""), code(&comment, &[none], "")), (Some(1), Some(1)));
    let all = "--honor-foreign-suppressions";
    assert_eq!((code(&metadata, &[all], ""), code(&comment, &[all], "")), (Some(0), Some(0)));
    let configured = "honor-foreign-suppressions = 'all'";
    assert_eq!((code(&comment, &[], configured), code(&comment, &[none], configured)), (Some(0), Some(1)));
}

#[test]
fn the_configuration_silences_and_changes_what_it_names() {
    let files =
        |configuration: &'static str| [("a.yaml", VOLUME), ("old/b.yaml", VOLUME), ("cfnward.toml", configuration)];
    let told = |report: &serde_json::Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        let one =
            |one: &serde_json::Value| format!("{} {} {}", one["path"], one["severity"], one["suppressed"]["kind"]);
        findings.map(|found| one(found).replace('"', "")).collect()
    };
    let (code, report) = scan(&files("[[ignore]]\nrules = ['CKV_AWS_3']\npaths = ['old/']\n"), &[]);
    assert_eq!(
        (code, told(&report)),
        (Some(1), vec!["a.yaml high null".into(), "old/b.yaml high configuration".into()])
    );
    assert_eq!(report["findings"][1]["suppressed"]["path"], "cfnward.toml");
    let (_, report) = scan(&files("[[ignore]]\nrules = ['CKV_AWS_3']\n"), &["--no-local-config"]);
    assert_eq!(told(&report), ["a.yaml high null", "old/b.yaml high null"]);
    let everywhere = "fail-on = 'high'\n[[override]]\nrules = ['ebs_*']\nseverity = 'low'\n";
    let (code, report) = scan(&files(everywhere), &[]);
    assert_eq!((code, told(&report)), (Some(0), vec!["a.yaml low null".into(), "old/b.yaml low null".into()]));
    assert_eq!(report["rules"][0]["severity"], "low");
    let off = "[[override]]\nrules = ['ebs_*']\nseverity = 'off'\npaths = ['a.yaml']\n";
    assert_eq!(told(&scan(&files(off), &[]).1), ["old/b.yaml high null"]);
    let (code, report) = scan(&files("[[ignore]]\nrules = ['ebs_volume_unencryptd']\n"), &[]);
    assert_eq!((code, &report["problems"][0]["code"]), (Some(1), &"suppression.unknown-rule".into()));
    assert_eq!(scan(&files("[[ignore]]\nrule = 'x'\n"), &[]).0, Some(2));
}

#[test]
fn globs_are_relative_to_the_configuration_wherever_the_scan_is_started() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("infra/old")).unwrap();
    fs::write(folder.path().join("infra/old/t.yaml"), VOLUME).unwrap();
    let configuration = "[[ignore]]\nrules = ['ebs_*']\npaths = ['infra/old/*.yaml']\n";
    fs::write(folder.path().join("cfnward.toml"), configuration).unwrap();
    for (from, path) in [(".", "."), ("infra", "."), ("infra/old", "t.yaml"), ("infra/old", "../old")] {
        let arguments = ["scan", path, "--rule", "ebs_volume_unencrypted", "--format", "json"];
        let output = run(&folder.path().join(from), &arguments);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["summary"]["suppressed"], 1, "{from} {path}");
        let path = report["findings"][0]["suppressed"]["path"].as_str().unwrap();
        assert!(path.ends_with("cfnward.toml") && !path.starts_with('/'), "{path}");
    }
}

#[test]
fn resources_that_sam_makes_are_silenced_with_theirs() {
    let template = |ignored: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    \
             Metadata: {{cfnward: {{ignore: [{ignored}]}}}}\n    Properties:\n      Runtime: python3.12\n      \
             Handler: a.b\n      CodeUri: s3://b/k\n      Policies:\n        \
             - Statement: [{{Effect: Allow, Action: '*', Resource: '*'}}]\n"
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let silenced = |ignored: &str| {
        fs::write(folder.path().join("t.yaml"), template(ignored)).unwrap();
        let arguments = ["scan", "t.yaml", "--rule", "iam_policy_full_admin", "--no-local-config", "--format", "json"];
        let report: serde_json::Value = serde_json::from_slice(&run(folder.path(), &arguments).stdout).unwrap();
        let finding = &report["findings"][0];
        assert_eq!(finding["resource"], "FnRole");
        finding["suppressed"]["kind"].clone()
    };
    assert_eq!(silenced("{rule: iam_policy_full_admin}"), "metadata");
    assert_eq!(silenced("{rule: iam_role_trusts_everybody}"), serde_json::Value::Null);
}

#[test]
fn text_of_suppressions_cannot_forge_output() {
    let folder = tempfile::tempdir().unwrap();
    let hostile = VOLUME.replace(
        "    Prop",
        "    Metadata: {cfnward: {ignore: [{rule: ebs_volume_unencrypted, reason: \"a\\n::error::b \\e[31m\", owner: \"\\u202E::x\"}, \
         {rule: \"zz\\n::error::no\\e]8;;x\"}]}}\n    Prop",
    );
    fs::write(folder.path().join("t.yaml"), hostile).unwrap();
    let output = run(folder.path(), &["scan", "t.yaml", "--show-suppressed", "--verbose"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("suppressed") && shown.contains("there is no rule"), "{shown}");
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
    assert!(shown.lines().all(|line| !line.trim_start().starts_with("::")), "{shown}");
}

#[test]
fn the_configuration_is_checked_with_carets() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    let write = |text: &str| fs::write(folder.path().join("cfnward.toml"), text).unwrap();
    let none = run(folder.path(), &["config", "check"]);
    assert!(none.status.success() && text(&none.stdout).contains("there is no cfnward.toml"), "{}", text(&none.stdout));
    write(
        "fail-on = \"high\"\nlocked-severity = \"critical\"\n[[ignore]]\nrules = [\"ebs_*\"]\npaths = [\"legacy/\"]\n\
         reason = \"until the move\"\nuntil = 2027-03-31\n",
    );
    let right = run(folder.path(), &["config", "check"]);
    assert_eq!(right.status.code(), Some(0));
    snapshot!("terminal", "config-check-right", text(&right.stdout));
    write(
        "packs = [\"defualt\"]\nfial-on = \"high\"\nlocked-severity = \"hihg\"\nlocked-rules = [\"ebs_volume_unencryptd\"]\n\
         [[ignore]]\nrules = [\"CKV_AWS_18\"]\nreson = \"x\"\n[settings]\nlog_retention_days_minimun = 1\n",
    );
    let wrong = run(folder.path(), &["config", "check", "cfnward.toml"]);
    assert_eq!(wrong.status.code(), Some(2));
    snapshot!("terminal", "config-check-wrong", text(&wrong.stdout));
    let schema = run(folder.path(), &["config", "schema"]);
    assert_eq!(text(&schema.stdout), include_str!("../../src/config/cfnward.schema.json"));
}

/// The blocks of a language in the project's page.
fn blocks(language: &str) -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = page.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix(language));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_examples_of_the_page_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let configurations = blocks("toml\n");
    assert!(configurations.iter().any(|one| one.contains("[[ignore]]")));
    for configuration in configurations {
        fs::write(folder.path().join("cfnward.toml"), &configuration).unwrap();
        let checked = run(folder.path(), &["config", "check", "cfnward.toml"]);
        assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));
    }
    fs::remove_file(folder.path().join("cfnward.toml")).unwrap();
    let template = blocks("yaml\n").into_iter().find(|block| block.contains("cfnward: ignore[")).unwrap();
    fs::write(folder.path().join("t.yaml"), template).unwrap();
    let scan = ["scan", "t.yaml", "--no-local-config", "--today", "2026-11-22", "--format", "json"];
    let report: serde_json::Value = serde_json::from_slice(&run(folder.path(), &scan).stdout).unwrap();
    assert_eq!(report["problems"], serde_json::json!([]), "{report}");
    assert!(report["summary"]["suppressed"].as_u64() >= Some(2), "{}", report["summary"]);
}
