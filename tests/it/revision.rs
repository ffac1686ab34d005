//! Bare repositories and commits are scanned without being checked out.

use std::fs;

use serde_json::Value;

use crate::change::{DATA, DISKS, RULES, Repository, run_in, said};

/// The files with findings.
fn found(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["path"].as_str().unwrap()).collect()
}

fn problems(report: &Value) -> Vec<String> {
    let problems = report["problems"].as_array().unwrap().iter();
    problems.map(|one| format!("{} {}", one["path"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

/// A repository with two commits, of which the first has a file more.
fn repository() -> Option<Repository> {
    let repository = Repository::new()?;
    repository.write("disks.yaml", DISKS);
    repository.write("infra/more.yaml", DISKS);
    repository.write("gone/old.yaml", DISKS);
    repository.commit("begin");
    repository.git(&["tag", "v1"]);
    fs::remove_dir_all(repository.path().join("gone")).unwrap();
    repository.commit("without");
    Some(repository)
}

#[test]
fn of_a_bare_repository_the_files_of_head_or_of_a_commit_are_scanned() {
    let Some(repository) = repository() else { return };
    let checked_out = repository.json(&["--no-local-config"]);
    let around = tempfile::tempdir().unwrap();
    let source = repository.path().to_str().unwrap();
    let target = around.path().join("some.git");
    repository.git(&["clone", "--quiet", "--bare", source, target.to_str().unwrap()]);
    for (folder, name) in [(around.path(), "some.git"), (target.as_path(), ".")] {
        let json = |more: &[&str]| -> Value {
            let output = run_in(folder, &[&["scan", name, "--format", "json"], more, &RULES].concat());
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
        };
        let report = json(&[]);
        assert_eq!(found(&report), ["disks.yaml", "infra/more.yaml"], "{name}");
        assert_eq!(report["findings"], checked_out["findings"], "{name}: as in the working tree");
        assert_eq!(found(&json(&["--revision", "v1"])), ["disks.yaml", "gone/old.yaml", "infra/more.yaml"], "{name}");
    }
    let both = run_in(around.path(), &["scan", "some.git", "other.yaml"]);
    assert!(said(&both).contains("`some.git` is a bare repository: scan it by itself"), "{}", said(&both));
    assert_eq!(both.status.code(), Some(2));
    repository.git(&["init", "--quiet", "--bare", around.path().join("empty.git").to_str().unwrap()]);
    let empty = run_in(around.path(), &["scan", "empty.git"]);
    assert!(said(&empty).contains("the bare repository `empty.git` has no commit"), "{}", said(&empty));
    assert!(said(&empty).contains("no template was found in `empty.git`"), "{}", said(&empty));
}

#[test]
fn a_commit_is_scanned_whatever_the_working_tree_is() {
    let Some(repository) = repository() else { return };
    let before = repository.json(&[]);
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    repository.write("untracked.yaml", DISKS);
    assert_eq!(repository.json(&["--revision", "HEAD"])["findings"], before["findings"]);
    assert_eq!(found(&repository.json(&["--revision", "v1", "gone"])), ["gone/old.yaml"], "a folder that is gone");
    assert_eq!(found(&repository.json(&["--revision", "v1", "gone/old.yaml"])), ["gone/old.yaml"]);
    assert_eq!(
        found(&repository.json(&["--revision", "v1", "infra", "disks.yaml"])),
        ["disks.yaml", "infra/more.yaml"]
    );
    let inside = repository.path().join("infra");
    let scan = |arguments: &[&str]| run_in(&inside, &[&["scan", "--format", "json"], arguments, &RULES].concat());
    let report: Value = serde_json::from_slice(&scan(&["--revision", "v1"]).stdout).unwrap();
    assert_eq!(found(&report), ["more.yaml"], "the current folder, as always");
    let report: Value = serde_json::from_slice(&scan(&["--revision", "v1", "../gone"]).stdout).unwrap();
    assert_eq!(found(&report), ["../gone/old.yaml"]);
    for (arguments, complaint) in [
        (&["--revision", "HEAD", "gone"][..], "cannot scan `gone`: the commit has nothing of that name"),
        (&["--revision", "HEAD", "/etc"], "cannot scan `/etc`"),
        (&["--revision", "nothing"], "`nothing` is no commit"),
        (&["--revision", "HEAD:disks.yaml"], "is no commit"),
        (&["--revision", "v1..HEAD"], "takes one branch, tag or commit"),
        (&["--revision=--output=x"], "takes one branch, tag or commit"),
        (&["--revision", "HEAD", "--diff", "HEAD"], "cannot be used with"),
        (&["--revision", "HEAD", "-"], "standard input is no file of a commit"),
    ] {
        let output = repository.run(&[&["scan"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(complaint), "{arguments:?}: {}", said(&output));
    }
    let outside = tempfile::tempdir().unwrap();
    let output = run_in(outside.path(), &["scan", "--revision", "HEAD"]);
    assert!(said(&output).contains("--revision needs a git repository"), "{}", said(&output));
}

#[test]
fn the_rules_of_folders_count_for_commits() {
    let Some(repository) = Repository::new() else { return };
    for name in ["disks.yaml", ".hidden/a.yaml", "node_modules/b.yaml", "page.md", "Stack", "vendor/c.yaml"] {
        repository.write(name, DISKS);
    }
    repository.write("Notes", "nothing");
    repository.write("huge.yaml", &" ".repeat(20_000));
    repository.write("cfnward.toml", "exclude = [\"vendor\"]\n");
    repository.commit("begin");
    let report = repository.json(&["--revision", "HEAD", "--limit", "file-size=10000"]);
    assert_eq!(found(&report), ["Stack", "disks.yaml"]);
    assert_eq!(problems(&report), ["huge.yaml file.too-big"]);
}

#[test]
fn files_of_a_commit_find_their_neighbours_and_nothing_of_the_working_tree() {
    let Some(repository) = Repository::new() else { return };
    let root = "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./child.yaml\n      \
                Parameters: {Safe: 'false'}\n";
    let child = "Parameters:\n  Safe: {Type: String}\nResources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: \
                 {AvailabilityZone: a, Size: 1, Encrypted: !Ref Safe}\n";
    repository.write("root.yaml", root);
    repository.write("child.yaml", child);
    repository.write("lone.yaml", child);
    repository.write("lone.parameters.json", r#"{"Safe": "false"}"#);
    repository.commit("begin");
    fs::remove_file(repository.path().join("child.yaml")).unwrap();
    repository.write("lone.parameters.json", r#"{"Safe": "true"}"#);
    let sure = |arguments: &[&str]| -> Vec<String> {
        let report = repository.json(arguments);
        let findings = report["findings"].as_array().unwrap().iter().filter(|one| one["class"] != "unsure");
        findings.map(|one| one["path"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(sure(&["--revision", "HEAD"]), ["child.yaml"]);
    assert_eq!(sure(&["--revision", "HEAD", "--discover-parameters"]), ["child.yaml", "lone.yaml"]);
}

#[test]
fn baselines_hold_for_commits() {
    let Some(repository) = repository() else { return };
    assert_eq!(repository.run(&["baseline", "create", "--rule", RULES[1]]).status.code(), Some(0));
    let rule = ["--rule", RULES[1], "--baseline", "cfnward-baseline.json"];
    let output = repository.run(&[&["scan", "--revision", "HEAD"], &rule[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = repository.run(&[&["scan", "--revision", "v1"], &rule[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}
