//! `--diff` and baselines, on repositories made here with the real git.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A repository that goes when the test ends.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// The rules that the tests are about: other findings do not matter here.
pub(crate) const RULES: [&str; 4] = ["--rule", "ebs_volume_unencrypted", "--rule", "security_group_ssh_open_to_world"];

impl Repository {
    /// `None` on a machine without git.
    pub(crate) fn new() -> Option<Self> {
        let git = Command::new("git").arg("--version").stdout(Stdio::null()).status().is_ok();
        let repository = git.then(|| Self { folder: tempfile::tempdir().unwrap() })?;
        repository.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        Some(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgSign=false"])
            .args(["-c", "protocol.file.allow=always", "-c", "core.autocrlf=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn replace(&self, name: &str, old: &str, new: &str) {
        let before = fs::read_to_string(self.path().join(name)).unwrap();
        assert!(before.contains(old), "{name} lacks {old:?}");
        self.write(name, &before.replacen(old, new, 1));
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run_in(self.path(), arguments)
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(&[&["scan", "--format", "json"], arguments, &RULES].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
    }

    /// What the working tree does to the findings since that commit: `+Id` for each that is introduced, `-Id` for each
    /// that is fixed, then the number of those that stay.
    pub(crate) fn changes(&self, base: &str) -> String {
        changes(&self.json(&["--diff", base]))
    }
}

pub(crate) fn changes(report: &serde_json::Value) -> String {
    let ids = |list: &serde_json::Value, sign: char| -> Vec<String> {
        let active = list.as_array().unwrap().iter().filter(|one| one["suppressed"].is_null());
        active.map(|one| format!("{sign}{}", one["resource"].as_str().unwrap())).collect()
    };
    let introduced = ids(&report["findings"], '+');
    let fixed = ids(&report["diff"]["fixedFindings"], '-');
    assert_eq!(report["diff"]["introduced"], introduced.len());
    assert_eq!(report["diff"]["fixed"], fixed.len());
    [introduced, fixed, vec![format!("={}", report["diff"]["unchanged"])]].concat().join(" ")
}

pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    text(&output.stderr)
}

const NETWORK: &str = "\
Parameters:
  Range: {Type: String, Default: 10.0.0.0/8}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Range}
";

pub(crate) const DISKS: &str = "\
Resources:
  Disk:
    Type: AWS::EC2::Volume
    Properties:
      AvailabilityZone: a
      Size: 1
";

pub(crate) const DATA: &str = "  Data:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 2}\n";

const PARENT: &str = "\
Resources:
  Storage:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./child.yaml
      Parameters: {Encrypted: 'true'}
";

const CHILD: &str = "\
Parameters:
  Encrypted: {Type: String, Default: 'true'}
Resources:
  Nested:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: a, Size: 3, Encrypted: !Ref Encrypted}
";

#[test]
fn each_of_ten_commits_is_told_what_it_introduces_and_fixes() {
    let Some(repository) = Repository::new() else { return };
    repository.write("network.yaml", NETWORK);
    repository.write("disks.yaml", DISKS);
    repository.write("stacks/parent.yaml", PARENT);
    repository.write("stacks/child.yaml", CHILD);
    repository.write("other.txt", "nothing\n");
    repository.commit("begin");
    let since_last = |message: &str, expected: &str| {
        repository.git(&["add", "--intent-to-add", "."]);
        assert_eq!(repository.changes("HEAD"), expected, "{message}, not committed yet");
        repository.commit(message);
        assert_eq!(repository.changes("HEAD~1"), expected, "{message}");
        assert!(repository.changes("HEAD").starts_with('='), "{message}");
    };

    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    since_last("1: another disk", "+Data =1");

    repository.replace("disks.yaml", "      Size: 1\n", "      Size: 1\n      Encrypted: true\n");
    since_last("2: the first disk is encrypted", "-Disk =1");

    let first = DISKS.strip_prefix("Resources:\n").unwrap();
    let moved = format!("# Disks\n\nResources:\n{DATA}\n\n  # The first one\n{first}      Encrypted: true\n");
    repository.write("disks.yaml", &moved);
    since_last("3: lines moved, comments", "=1");

    repository.replace("network.yaml", "10.0.0.0/8", "0.0.0.0/0");
    since_last("4: another default of a parameter, far from the rule", "+Web =0");

    fs::create_dir(repository.path().join("storage")).unwrap();
    repository.git(&["mv", "disks.yaml", "storage/volumes.yaml"]);
    repository.replace("storage/volumes.yaml", "# Disks", "# Volumes");
    since_last("5: a file renamed", "=1");

    repository.replace("storage/volumes.yaml", "  Data:", "  Archive:");
    since_last("6: a resource renamed", "=1");

    repository.replace("storage/volumes.yaml", "      Encrypted: true\n", "");
    since_last("7: a line removed", "+Disk =1");

    repository.replace("stacks/parent.yaml", "'true'", "'false'");
    since_last("8: a stack passes something else to a template that stays", "+Nested =0");

    repository.replace("stacks/child.yaml", "!Ref Encrypted", "true");
    since_last("9: the nested template takes no notice", "-Nested =0");

    fs::remove_file(repository.path().join("network.yaml")).unwrap();
    since_last("10: a template removed", "-Web =0");

    // By now the renamed file has too little in common with the one that it was.
    assert_eq!(repository.changes("HEAD~10"), "+Archive +Disk -Disk =0", "in sum");
}

#[test]
fn findings_that_hold_in_further_deployments_are_introduced() {
    let Some(repository) = Repository::new() else { return };
    let template = "\
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod, test]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [!Ref Env, dev]
Resources:
  Disk:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: a, Size: 1, Encrypted: !If [IsDev, false, true]}
";
    repository.write("disk.yaml", template);
    repository.commit("unsafe in dev");
    repository.replace("disk.yaml", "!If [IsDev", "!If [IsProd");
    assert_eq!(repository.changes("HEAD"), "+Disk =0", "in prod instead");
    repository.replace("disk.yaml", "!If [IsProd, false, true]", "false");
    assert_eq!(repository.changes("HEAD"), "+Disk =0", "everywhere");
    repository.commit("unsafe everywhere");
    repository.replace("disk.yaml", "false", "!If [IsProd, false, true]");
    assert_eq!(repository.changes("HEAD"), "=1", "less than before");
    repository.commit("unsafe in prod");
    repository.replace("disk.yaml", "IsProd: !Equals", "IsProduction: !Equals");
    repository.replace("disk.yaml", "!If [IsProd", "!If [IsProduction");
    assert_eq!(repository.changes("HEAD"), "=1", "a condition renamed");
}

#[test]
fn the_merge_base_is_compared_and_not_what_the_other_branch_became() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    repository.git(&["switch", "--quiet", "--create", "work"]);
    repository.write("more.yaml", &format!("Resources:\n{DATA}"));
    repository.commit("more");
    repository.git(&["switch", "--quiet", "main"]);
    repository.replace("disks.yaml", "Size: 1", "Size: 1\n      Encrypted: true");
    repository.commit("fixed on main");
    repository.git(&["switch", "--quiet", "work"]);
    assert_eq!(repository.changes("main"), "+Data =0");
    // A file that git does not know counts, one that it ignores does not.
    repository.write("new.yaml", &DISKS.replace("Disk", "New"));
    repository.write("ignored.yaml", &DISKS.replace("Disk", "Ignored"));
    repository.write(".gitignore", "ignored.yaml\n");
    assert_eq!(repository.changes("main"), "+Data +New =0");
    // From a folder inside, for a part of the tree.
    repository.write("part/x.yaml", &DISKS.replace("Disk", "Part"));
    let folder = repository.path().join("part");
    let output = run_in(&folder, &[&["scan", "--format", "json", "--diff", "main"], &RULES[..]].concat());
    assert_eq!(changes(&serde_json::from_slice(&output.stdout).unwrap()), "+Part =0");
    assert_eq!(output.status.code(), Some(1));
    let output = run_in(&folder, &[&["scan", "--diff", "main", "--fail-on", "critical"], &RULES[..]].concat());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn odd_names_and_any_number_of_threads_give_the_same_bytes() {
    let Some(repository) = Repository::new() else { return };
    let names = ["a b.yaml", "\u{e9}t\u{e9}.yaml", "quo\"te.yaml", "-dash.yaml", "percent%41.yaml", "sub dir/#x.yaml"];
    for name in names {
        repository.write(name, DISKS);
    }
    repository.commit("begin");
    for name in names {
        repository.replace(name, "Resources:\n", &format!("# moved\nResources:\n{DATA}"));
    }
    repository.git(&["mv", "a b.yaml", "new name%41.yaml"]);
    let run = |threads: &str| {
        let fixed = ["scan", "--diff", "HEAD", "--format", "json", "--threads", threads];
        text(&repository.run(&[&fixed[..], &RULES].concat()).stdout)
    };
    let one = run("1");
    assert_eq!(changes(&serde_json::from_str(&one).unwrap()), "+Data +Data +Data +Data +Data +Data =6");
    for threads in ["2", "7"] {
        assert_eq!(run(threads), one);
    }
}

#[test]
fn what_cannot_be_compared_is_said_with_what_to_do() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    let refused = |arguments: &[&str], words: &str| {
        let output = repository.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    };
    refused(&["scan", "--diff", "main"], "has no commit yet");
    assert_eq!(repository.changes("HEAD"), "+Disk =0", "before the first commit everything is new");
    repository.commit("begin");
    repository.commit("more");
    refused(&["scan", "--diff", "no-such-branch"], "is no commit of this repository");
    refused(&["scan", "--diff=--output=x"], "takes one branch, tag or commit");
    refused(&["scan", "--diff", "main..HEAD"], "takes one branch, tag or commit");
    refused(&["scan", "-", "--diff", "main"], "standard input is none");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("x.yaml"), DISKS).unwrap();
    refused(&["scan", outside.path().to_str().unwrap(), "--diff", "main"], "lies outside of the repository");
    let output = run_in(outside.path(), &["scan", "--diff", "main"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("needs a git repository"), "{}", said(&output));
    // A clone without history.
    let shallow = outside.path().join("shallow");
    let from = format!("file://{}", repository.path().display());
    repository.git(&["clone", "--quiet", "--depth", "1", &from, shallow.to_str().unwrap()]);
    let output = run_in(&shallow, &["scan", "--diff", "HEAD~1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("fetch-depth: 0"), "{}", said(&output));
    // No git at all.
    let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(["scan", "--diff", "main"])
        .current_dir(repository.path())
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("not installed"), "{}", said(&output));
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_names_is_run() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    repository.write(".gitattributes", "*.yaml filter=evil diff=evil\n");
    let trap = "touch trapped; cat";
    for name in ["filter.evil.clean", "filter.evil.process", "diff.evil.textconv", "diff.evil.command", "diff.external"]
    {
        repository.git(&["config", name, trap]);
    }
    repository.git(&["config", "filter.evil.required", "true"]);
    repository.git(&["config", "core.fsmonitor", "touch trapped"]);
    repository.git(&["config", "core.pager", "touch trapped"]);
    // Variables that another git has set lead nowhere.
    let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args([&["scan", "--diff", "HEAD", "--format", "json"], &RULES[..]].concat())
        .current_dir(repository.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_DIR", "/nowhere")
        .env("GIT_INDEX_FILE", "/nowhere")
        .env("GIT_EXTERNAL_DIFF", trap)
        .output()
        .unwrap();
    assert!(!repository.path().join("trapped").exists());
    assert_eq!(changes(&serde_json::from_slice(&output.stdout).unwrap()), "+Data =1", "{}", said(&output));
}

#[test]
fn a_submodule_is_left_out_and_named() {
    let Some(inner) = Repository::new() else { return };
    inner.write("disks.yaml", DISKS);
    inner.commit("begin");
    let repository = Repository::new().unwrap();
    repository.write("more.yaml", &format!("Resources:\n{DATA}"));
    repository.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "inner"]);
    repository.commit("begin");
    repository.write("inner/new.yaml", DISKS);
    repository.replace("more.yaml", "Data:", "Other:");
    repository.replace("more.yaml", "Size: 2", "Size: 3");
    let output = repository.run(&[&["scan", "--format", "json", "--diff", "HEAD"], &RULES[..]].concat());
    assert!(said(&output).contains("submodule `inner`"), "{}", said(&output));
    assert_eq!(changes(&serde_json::from_slice(&output.stdout).unwrap()), "+Other -Data =0");
}

#[test]
fn a_change_does_not_decide_by_what_it_is_judged_unless_it_is_trusted() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.write("infra/cfnward.toml", "fail-on = \"low\"\n");
    repository.commit("begin");
    repository.write("infra/more.yaml", &format!("Resources:\n{DATA}"));
    repository.write("infra/cfnward.toml", "skip-rules = [\"ebs_volume_unencrypted\"]\n");
    let infra = repository.path().join("infra");
    let scan = ["scan", "--diff", "HEAD"];
    let output = run_in(&infra, &scan);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("configuration is that of the base"), "{}", said(&output));
    assert_eq!(run_in(&infra, &[&scan[..], &["--trust-change"]].concat()).status.code(), Some(0));
    fs::remove_file(infra.join("cfnward.toml")).unwrap();
    let output = run_in(&infra, &scan);
    assert_eq!(output.status.code(), Some(1), "one that was deleted counts still");
    // A baseline that comes with the change silences nothing.
    assert_eq!(run_in(repository.path(), &["baseline", "create", "--output", "known.json"]).status.code(), Some(0));
    let scan = ["scan", "--diff", "HEAD", "--baseline", "known.json"];
    let output = repository.run(&scan);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("baseline is that of the base"), "{}", said(&output));
    let output = repository.run(&[&scan[..], &["--trust-change"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[test]
fn other_parameters_are_a_change_too() {
    let Some(repository) = Repository::new() else { return };
    repository.write("network.yaml", NETWORK);
    repository.write("values.json", "{\"Range\": \"10.0.0.0/8\"}\n");
    repository.commit("begin");
    repository.write("values.json", "{\"Range\": \"0.0.0.0/0\"}\n");
    assert_eq!(changes(&repository.json(&["--diff", "HEAD", "--parameters", "values.json"])), "+Web =0");
    repository.git(&["mv", "values.json", "network.parameters.json"]);
    assert_eq!(changes(&repository.json(&["--diff", "HEAD", "--discover-parameters"])), "+Web =0");
    repository.commit("open");
    repository.write("network.parameters.json", "{\"Range\": \"10.0.0.0/8\"}\n");
    assert_eq!(changes(&repository.json(&["--diff", "HEAD", "--discover-parameters"])), "-Web =0");
}

#[test]
fn a_template_that_broke_has_fixed_nothing() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", &format!("AWSTemplateFormatVersion: '2010-09-09'\n{DISKS}"));
    repository.commit("begin");
    repository.write("disks.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources: {\n");
    let report = repository.json(&["--diff", "HEAD"]);
    assert_eq!(changes(&report), "=0");
    assert_eq!(repository.run(&["scan", "--diff", "HEAD", "--require-complete"]).status.code(), Some(3));
}

#[test]
fn a_baseline_knows_findings_wherever_their_lines_move() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    let run = |arguments: &[&str]| run_in(folder.path(), arguments);
    let code = |arguments: &[&str]| run(arguments).status.code();
    write("disks.yaml", DISKS);
    let with_rules = |first: &[&'static str]| [first, &RULES[..]].concat();
    assert_eq!(code(&with_rules(&["baseline", "create"])), Some(0));
    assert_eq!(code(&with_rules(&["baseline", "create"])), Some(2), "it overwrites nothing");
    let scan = with_rules(&["scan", "--baseline", "cfnward-baseline.json"]);
    let check = with_rules(&["baseline", "check"]);
    assert_eq!(code(&scan), Some(0));
    assert_eq!(code(&check), Some(0));
    let first = DISKS.strip_prefix("Resources:\n").unwrap();
    write("disks.yaml", &format!("# Moved\nResources:\n{DATA}\n{first}"));
    let output = run(&scan);
    assert_eq!(output.status.code(), Some(1), "a new one beside it counts");
    assert!(text(&output.stdout).contains("`Data`") && !text(&output.stdout).contains("`Disk`"));
    assert_eq!(code(&check), Some(1));
    write("disks.yaml", DISKS);
    fs::rename(folder.path().join("disks.yaml"), folder.path().join("volumes.yaml")).unwrap();
    assert_eq!(code(&scan), Some(0), "its file was renamed");
    write("disks.yaml", DISKS);
    assert_eq!(code(&scan), Some(1), "a copy is not");
    fs::remove_file(folder.path().join("volumes.yaml")).unwrap();
    write("disks.yaml", "Resources: {Logs: {Type: AWS::Logs::LogGroup}}\n");
    let output = run(&scan);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("baseline.stale"), "{}", text(&output.stdout));
    assert!(text(&run(&check).stdout).contains("gone: cfnward-baseline.json:5: {\"rule\""));
    assert_eq!(code(&check), Some(1));
    assert_eq!(code(&with_rules(&["baseline", "prune"])), Some(0));
    assert_eq!(code(&check), Some(0));
    write("disks.yaml", DISKS);
    assert_eq!(code(&with_rules(&["baseline", "prune"])), Some(0));
    assert_eq!(code(&check), Some(1), "pruning adds nothing");
    assert_eq!(code(&with_rules(&["baseline", "update"])), Some(0));
    assert_eq!(code(&check), Some(0));
}

#[test]
fn a_malformed_baseline_ends_the_run_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disks.yaml"), DISKS).unwrap();
    let refused = |content: &str, words: &str| {
        fs::write(folder.path().join("b.json"), content).unwrap();
        let output = run_in(folder.path(), &["scan", "--baseline", "b.json"]);
        assert_eq!(output.status.code(), Some(2), "{content}");
        assert!(said(&output).contains(words), "{content}: {}", said(&output));
    };
    refused("{\"version\":1,\n\"findings\":[\n{\"rule\":\"a\" \"path\"}]}", "b.json:3:13");
    refused("{\"version\":2,\"findings\":[]}", "b.json:1:12");
    refused("{\"version\":1}", "`findings` is missing");
    refused("[]", "b.json:1:1");
    refused("", "b.json:1:1");
    refused("{\"version\":1,\"findings\":[\n{\"rule\":\"a\",\"path\":\"b\",\"fingerprint\":1}]}", "b.json:2:1");
    refused("{\n<<<<<<< ours\n\"version\":1\n", "b.json:2:1: the file holds the markers of a merge");
    let output = run_in(folder.path(), &["scan", "--baseline", "missing.json"]);
    assert_eq!(output.status.code(), Some(2));
}
