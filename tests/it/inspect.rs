//! `cfnward inspect` as people and scripts run it.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::snapshot;

/// What the program answers to these arguments, run in the project's folder.
fn inspect(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfnward"));
    command.arg("inspect").args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output().unwrap()
}

#[test]
fn the_view_of_an_example_is_json_with_facts_and_links() {
    let output = inspect(&["--view", "templates-examples/quickstart/insecure.yaml"]);
    assert_eq!(output.status.code(), Some(0));
    let view: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let group = &view["Resources"]["WebGroup"];
    assert_eq!(group["Facts"]["Ingress"][1]["Public"], true);
    assert_eq!(group["Linked"]["Vpcs"][0]["Id"], "Network");
    assert_eq!(view["Parameters"]["Environment"]["Default"], "production");
}

#[test]
fn a_parameter_changes_the_view() {
    let view = |arguments: &[&str]| {
        let output = inspect(&[&["--view", "templates-examples/quickstart/insecure.yaml"], arguments].concat());
        let view: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        view["Resources"]["WebGroup"]["Facts"]["Ingress"][1]["Public"].clone()
    };
    assert_eq!(view(&[]), true);
    assert_eq!(view(&["--parameter", "AdminRange=10.0.0.0/8"]), false);
}

#[test]
fn what_is_no_template_is_refused() {
    let output = inspect(&["--view", "Cargo.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_template_is_shown_as_its_snapshot() {
    for (name, path) in
        [("inspect-insecure", "quickstart/insecure.yaml"), ("inspect-two-stages", "conditions/two-stages.yaml")]
    {
        let output = inspect(&[&format!("templates-examples/{path}")]);
        assert_eq!(output.status.code(), Some(0));
        snapshot!("terminal", name, String::from_utf8(output.stdout).unwrap());
    }
    let output = inspect(&["templates-examples/conditions/two-stages.yaml", "--format", "json"]);
    snapshot!("json", "inspect-two-stages", String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_hostile_template_cannot_forge_an_inspection() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.yaml");
    let text = "Parameters:\n  \"A\\x1b[31m\": {Type: \"String\\n::error::x\", Default: \"\\x1b[2J\"}\n\
                Conditions: {\"C\\n##[error]x\": !Equals [\"\\x1b[1m\", b]}\n\
                Resources:\n  \"Q\\x1b]0;x\\a\":\n    Type: \"AWS::SQS::Queue\\n::error::y\"\n    \
                Properties: {\"a\\n::error::z\": \"##vso[task.x]\", \"$unknown\": 1, b: !ImportValue \"\\x1b[7m\"}\n  \
                Plain: {Type: AWS::SQS::Queue}\n";
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    for arguments in [vec![path], vec![path, "--format", "json"], vec!["--view", path]] {
        let output = inspect(&arguments);
        let shown = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown}");
        assert!(!shown.contains("##[") && !shown.contains("##vso["), "{shown}");
        assert_eq!(output.status.code(), Some(0), "{shown}");
    }
    let json: serde_json::Value = serde_json::from_slice(&inspect(&[path, "--format", "json"]).stdout).unwrap();
    assert_eq!(json["resources"][0]["value"]["Properties"]["$$unknown"], 1);
}
