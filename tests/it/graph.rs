//! `cfnward graph`: templates as a picture.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::snapshot;

/// What `cfnward graph` answers to these arguments, run in the project's folder.
fn graph(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfnward"));
    command.arg("graph").args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output().unwrap()
}

fn drawn(arguments: &[&str]) -> String {
    let output = graph(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const EXAMPLE: &str = "templates-examples/quickstart/insecure.yaml";
/// A rule that finds something in the example.
const RULE: &str = "security_group_ssh_open_to_world";

#[test]
fn a_template_is_drawn_as_its_snapshots() {
    for format in ["dot", "mermaid"] {
        snapshot!("drawing", format, drawn(&[EXAMPLE, "--rule", RULE, "--format", format]));
    }
    // The script and the style are read where they stand.
    let page = drawn(&[EXAMPLE, "--rule", RULE, "--format", "html"]);
    let data = page.split_once("id=\"data\">\n").unwrap().1.split_once("</script>").unwrap().0;
    snapshot!("drawing", "html-data", data);
}

#[test]
fn the_name_of_the_output_chooses_the_format() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start) in [("a.html", "<!DOCTYPE html>"), ("a.dot", "digraph"), ("a.md", "flowchart")] {
        let path = folder.path().join(name);
        assert_eq!(drawn(&[EXAMPLE, "--output", path.to_str().unwrap()]), "");
        assert!(fs::read_to_string(path).unwrap().starts_with(start), "{name}");
    }
}

#[test]
fn several_templates_are_one_drawing_and_no_template_is_an_error() {
    let other = "templates-examples/quickstart/secure.yaml";
    let mermaid = drawn(&[EXAMPLE, other]);
    assert!(mermaid.contains("insecure.yaml\"") && mermaid.contains("/secure.yaml\""), "{mermaid}");
    let output = graph(&[EXAMPLE, "Cargo.toml"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert_eq!(graph(&[]).status.code(), Some(2));
    assert_eq!(graph(&[EXAMPLE, "--rule", "no_such_rule"]).status.code(), Some(2));
}

#[test]
fn graphviz_reads_what_is_drawn_whatever_a_template_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.yaml");
    let evil = r#""x\"]; y [label=\"\\\\\" \\N &quot; <b> \\n\x1b[31m""#;
    let text = format!(
        "Resources:\n  {evil}: {{Type: AWS::EC2::VPC, Condition: {evil}}}\n  S:\n    Type: AWS::EC2::Subnet\n    \
         Properties: {{VpcId: !Ref {evil}}}\n"
    );
    fs::write(&path, text).unwrap();
    for template in [path.to_str().unwrap(), EXAMPLE, "templates-examples/conditions/two-stages.yaml"] {
        let dot = drawn(&[template, "--format", "dot"]);
        let mut command = Command::new("dot");
        command.arg("-Tplain").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A machine without Graphviz cannot tell.
        let Ok(mut child) = command.spawn() else { return };
        child.stdin.take().unwrap().write_all(dot.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        let plain = String::from_utf8(output.stdout).unwrap();
        let boxes = dot.lines().filter(|line| line.starts_with("    r") || line.starts_with("  internet [")).count();
        assert_eq!(plain.lines().filter(|line| line.starts_with("node ")).count(), boxes, "{plain}");
    }
}
