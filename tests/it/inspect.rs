//! `cfnward inspect` as people and scripts run it.

use std::path::Path;
use std::process::{Command, Output};

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
