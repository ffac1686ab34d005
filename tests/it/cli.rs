//! The program as people and scripts run it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::snapshot;

#[test]
fn a_setting_changes_the_verdict_and_what_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: 60}\n";
    fs::write(folder.path().join("t.yaml"), template).unwrap();
    let scan = ["scan", "t.yaml", "--rule", "log_group_retention_short"];
    assert_eq!(run_in(folder.path(), &scan, "").status.code(), Some(1));
    let configure = |text: &str| fs::write(folder.path().join("cfnward.toml"), text).unwrap();
    configure("[settings]\nlog_retention_days_minimum = 30\n");
    assert_eq!(run_in(folder.path(), &scan, "").status.code(), Some(0));
    let export = run_in(folder.path(), &["rules", "--pack", "logging", "--export", "out"], "");
    assert_eq!(export.status.code(), Some(0), "{}", text(&export.stderr));
    let exported = fs::read_to_string(folder.path().join("out/log_group_retention_short.guard")).unwrap();
    assert!(exported.contains("\nlet log_retention_days_minimum = 30\n"));
    configure("[settings]\nlog_retention_days_minimum = 'x'\nother = 1\n");
    let wrong = run_in(folder.path(), &scan, "");
    assert_eq!(wrong.status.code(), Some(2));
    let said = text(&wrong.stdout);
    assert!(said.contains("cfnward.toml:2:30") && said.contains("cfnward.toml:3:9"), "{said}");
}

/// What the program answers to these arguments, run in the project's folder.
fn cfnward(arguments: &[&str]) -> Output {
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, "")
}

fn run_in(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

/// A template with one finding: an unencrypted volume.
const VOLUME: &str =
    "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n";

/// The example templates, relative to the project's folder.
fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in fs::read_dir(root.join("templates-examples")).unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            for file in fs::read_dir(folder).unwrap() {
                let file = file.unwrap().path();
                // Among the pipelines only one is a stack.
                if !fs::read_to_string(&file).unwrap().contains("AWS::") {
                    continue;
                }
                found.push(file.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn each_example_is_reported_as_its_snapshot_shows() {
    let examples = examples();
    assert!(examples.len() >= 7, "{examples:?}");
    for example in &examples {
        let output = cfnward(&["scan", example, "--unsure"]);
        let name = example.trim_start_matches("templates-examples/").replace(['/', '.'], "-");
        snapshot!("examples", name, text(&output.stdout));
        let secure = example.contains("/secure");
        assert_eq!(output.status.code(), Some(i32::from(!secure)), "{example}");
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn every_example_is_named_in_its_readme() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates-examples/README.md")).unwrap();
    for example in examples() {
        let link = example.trim_start_matches("templates-examples/");
        assert!(readme.contains(&format!("[{link}]({link})")), "{link} is missing");
    }
}

#[test]
fn the_readme_shows_what_the_program_says() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let block = readme.split("<!-- output -->").nth(1).unwrap().split("<!-- /output -->").next().unwrap();
    let block = block.trim().trim_start_matches("```console\n").trim_end_matches("```");
    let (command, shown) = block.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.trim_start_matches("$ cfnward ").split(' ').collect();
    assert_eq!(text(&cfnward(&arguments).stdout), shown);
}

#[test]
fn exit_codes_tell_how_a_scan_ended() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disk.yaml"), VOLUME).unwrap();
    fs::write(folder.path().join("broken.yaml"), "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {B: [\n")
        .unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let code = |arguments: &[&str]| run_in(folder.path(), arguments, "").status.code();
    assert_eq!(code(&["scan", "disk.yaml"]), Some(1));
    assert_eq!(code(&["scan", "disk.yaml", "--fail-on", "critical"]), Some(0), "high is below critical");
    assert_eq!(code(&["scan", "disk.yaml", "--fail-on", "high"]), Some(1));
    assert_eq!(code(&["scan", "disk.yaml", "--fail-on", "never"]), Some(0));
    assert_eq!(code(&["scan", "empty"]), Some(0));
    assert_eq!(code(&["scan", "missing.yaml"]), Some(2));
    assert_eq!(code(&["scan", "disk.yaml", "--rule", "no_such_rule"]), Some(2));
    assert_eq!(code(&["scan", "disk.yaml", "--pack", "no_such_pack"]), Some(2));
    assert_eq!(code(&["scan", "disk.yaml", "--parameter", "novalue"]), Some(2));
    assert_eq!(code(&["scan", "disk.yaml", "--output", "no/such/folder.json"]), Some(2));
    assert_eq!(code(&["scan", "broken.yaml"]), Some(0));
    assert_eq!(code(&["scan", "broken.yaml", "--require-complete"]), Some(3));
    assert_eq!(code(&["scan", ".", "--require-complete"]), Some(3), "incomplete wins over findings when asked for");
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["no-such-command"]), Some(2));
}

#[test]
fn a_broken_file_costs_no_finding_of_another() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), VOLUME).unwrap();
    fs::write(folder.path().join("b.yaml"), "AWSTemplateFormatVersion: '2010-09-09'\nResources: {A: [\n").unwrap();
    fs::write(folder.path().join("c.yaml"), b"AWSTemplateFormatVersion: '2010-09-09'\nResources: \xff\xfe\n").unwrap();
    fs::write(folder.path().join("d.yaml"), "").unwrap();
    fs::write(folder.path().join("e.json"), VOLUME).unwrap();
    fs::write(folder.path().join("z.template"), VOLUME).unwrap();
    let report = json(&run_in(folder.path(), &["scan", "--format", "json"], ""));
    let paths: Vec<&str> = report["findings"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["a.yaml", "e.json", "z.template"], "content decides, not the name");
    let problems: Vec<&str> =
        report["problems"].as_array().unwrap().iter().map(|p| p["path"].as_str().unwrap()).collect();
    assert!(problems.contains(&"b.yaml") && problems.contains(&"c.yaml"), "{problems:?}");
}

#[test]
fn problems_name_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.yaml"), "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: *nothing\n")
        .unwrap();
    let output = run_in(folder.path(), &["scan", "b.yaml"], "");
    assert!(text(&output.stdout).contains("b.yaml:3:"), "{}", text(&output.stdout));
}

#[test]
fn a_named_file_that_is_no_template_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), "{\"name\": \"x\"}").unwrap();
    fs::write(folder.path().join("empty.yaml"), "").unwrap();
    let output = run_in(folder.path(), &["scan", "package.json", "empty.yaml"], "");
    let shown = text(&output.stdout);
    assert!(shown.contains("package.json") && shown.contains("empty.yaml"), "{shown}");
    let walked = text(&run_in(folder.path(), &["scan", "."], "").stdout);
    assert!(walked.starts_with("0 findings in 0 templates, 0 resources; 0 problems\n"), "{walked}");
}

#[test]
fn files_full_of_markers_are_templated_and_dynamic_references_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let jinja = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n{% for i in x %}\n  A{{ i }}:\n    Type: AWS::S3::Bucket\n{% endfor %}\n";
    fs::write(folder.path().join("a.yaml"), jinja).unwrap();
    let secret = "Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      StorageEncrypted: true\n      MasterUserPassword: '{{resolve:secretsmanager:x}}'\n";
    fs::write(folder.path().join("b.yaml"), secret).unwrap();
    let report = json(&run_in(folder.path(), &["scan", "--format", "json"], ""));
    let kinds: Vec<(&str, &str)> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(kinds, [("a.yaml", "templated"), ("b.yaml", "template")]);
    assert_eq!(report["problems"][0]["code"], "template.templated");
    assert_eq!(report["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn standard_input_is_scanned_under_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = run_in(folder.path(), &["scan", "-", "--format", "json", "--stdin-filename", "infra/x.yaml"], VOLUME);
    let report = json(&output);
    assert_eq!(report["findings"][0]["path"], "infra/x.yaml");
    assert_eq!(report["findings"][0]["rule"], "ebs_volume_unencrypted");
}

#[test]
fn a_witness_replays_its_finding() {
    let report = json(&cfnward(&["scan", "--format", "json", "templates-examples"]));
    let conditional: Vec<&serde_json::Value> =
        report["findings"].as_array().unwrap().iter().filter(|finding| finding["class"] == "when").collect();
    assert!(conditional.len() >= 5, "the examples hold findings of that class");
    for finding in conditional {
        let path = finding["path"].as_str().unwrap();
        let mut arguments = vec!["scan".to_owned(), "--format".to_owned(), "json".to_owned(), path.to_owned()];
        for (name, value) in finding["witness"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            arguments.extend(["--parameter".to_owned(), format!("{name}={value}")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let replayed = json(&cfnward(&arguments));
        let found = replayed["findings"].as_array().unwrap().iter().any(|other| {
            other["fingerprint"] == finding["fingerprint"]
                && matches!(other["class"].as_str(), Some("always" | "default"))
        });
        assert!(found, "{finding}");
    }
}

#[test]
fn thread_counts_change_nothing() {
    let with = |threads: &str, format: &str| {
        cfnward(&["scan", "templates-examples", "--threads", threads, "--format", format, "--unsure", "--pack", "all"])
            .stdout
    };
    for format in ["terminal", "sarif", "json"] {
        let one = with("1", format);
        assert!(!one.is_empty());
        assert_eq!(one, with("2", format), "{format}");
        assert_eq!(one, with("7", format), "{format}");
    }
}

#[test]
fn several_reports_come_from_one_scan() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disk.yaml"), VOLUME).unwrap();
    let output = run_in(folder.path(), &["scan", "--output", "sarif=a.sarif", "--output", "json=b.json"], "");
    assert!(text(&output.stdout).contains("1 finding"), "the terminal still gets its report");
    let sarif: serde_json::Value = serde_json::from_slice(&fs::read(folder.path().join("a.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(folder.path().join("b.json")).unwrap()).unwrap();
    assert_eq!(json["summary"]["findings"], 1);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "nothing half-written is left: {left:?}");
}

#[test]
fn a_rule_is_explained_by_any_of_its_names() {
    let by_id = cfnward(&["explain", "ebs_volume_unencrypted"]);
    snapshot!("terminal", "explain", text(&by_id.stdout));
    for name in ["ENC-EBS-01", "CKV_AWS_3"] {
        assert_eq!(cfnward(&["explain", name]).stdout, by_id.stdout, "{name}");
    }
    let misspelt = cfnward(&["explain", "ebs_volume_unencryptd"]);
    assert_eq!(misspelt.status.code(), Some(2));
    assert!(text(&misspelt.stderr).contains("did you mean `ebs_volume_unencrypted`?"), "{}", text(&misspelt.stderr));
}

#[test]
fn rules_of_users_are_listed_with_what_they_select() {
    let folder = tempfile::tempdir().unwrap();
    let text = "let v = Resources.*[ Type == 'AWS::EC2::Volume' ]\nrule VOLUME_NAMED { %v.Properties.Tags exists }\n";
    fs::write(folder.path().join("mine.guard"), text).unwrap();
    let listed = |more: &[&str]| {
        let arguments = [&["rules", "--format", "json", "--rules", folder.path().to_str().unwrap()], more].concat();
        let rules = json(&cfnward(&arguments));
        rules["rules"].as_array().or(rules.as_array()).unwrap().clone()
    };
    let mine = listed(&[]);
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0]["id"], "VOLUME_NAMED");
    assert_eq!(mine[0]["resources"], serde_json::json!(["AWS::EC2::Volume"]));
    assert!(listed(&["--pack", "default"]).len() > 1);
    fs::write(folder.path().join("wrong.guard"), "rule x {").unwrap();
    let wrong = cfnward(&["rules", "--rules", folder.path().to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text_of_error(&wrong).contains("wrong.guard:1"), "{}", text_of_error(&wrong));
}

fn text_of_error(output: &Output) -> String {
    text(&output.stderr)
}

#[test]
fn rules_are_listed_for_people_and_for_programs() {
    let listed = cfnward(&["rules"]);
    snapshot!("terminal", "rules", text(&listed.stdout));
    let rules = json(&cfnward(&["rules", "--format", "json"]));
    let rules = rules.as_array().unwrap();
    assert!(rules.len() >= 40);
    for rule in rules {
        for key in ["id", "controls", "severity", "category", "profile", "aliases", "frameworks", "resources"] {
            assert!(!rule[key].is_null(), "{key} of {rule}");
        }
    }
}

#[test]
fn help_is_as_its_snapshot_shows() {
    for command in ["scan", "test", "rules", "explain", "inspect", "graph", "completions", "man"] {
        let output = cfnward(&[command, "--help"]);
        snapshot!("help", command, text(&output.stdout));
    }
    snapshot!("help", "cfnward", text(&cfnward(&["--help"]).stdout));
}

#[test]
fn nobody_reading_is_a_clean_end() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(["rules", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn a_configuration_file_is_obeyed_unless_it_is_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("infra/old")).unwrap();
    fs::write(folder.path().join("infra/disk.yaml"), VOLUME).unwrap();
    fs::write(folder.path().join("infra/old/disk.yaml"), VOLUME).unwrap();
    let scan = |extra: &[&str]| {
        let output = run_in(&folder.path().join("infra"), &[&["scan", "--format", "json"], extra].concat(), "");
        (json(&output)["summary"]["findings"].as_u64().unwrap(), output.status.code())
    };
    assert_eq!(scan(&[]), (2, Some(1)));
    fs::write(folder.path().join("cfnward.toml"), "fail-on = 'critical'\nexclude = ['old/']\n").unwrap();
    assert_eq!(scan(&[]), (1, Some(0)), "found in the folder above");
    assert_eq!(scan(&["--fail-on", "high"]), (1, Some(1)), "flags win");
    assert_eq!(scan(&["--no-local-config"]), (2, Some(1)));
    fs::write(folder.path().join("cfnward.toml"), "skip-rules = ['ebs_volume_unencrypted']\n").unwrap();
    assert_eq!(scan(&[]), (0, Some(0)));
    fs::write(folder.path().join("cfnward.toml"), "skip-rule = ['ebs_volume_unencrypted']\n").unwrap();
    assert_eq!(scan(&[]), (2, Some(2)), "a key that means nothing is said, and the scan goes on");
}

/// A bucket policy, or none, by a parameter; two volumes whose encryption hangs on parameters.
const STAGES: &str = "Parameters:\n  Encrypted: {Type: String, Default: 'false'}\n  Name: {Type: String, Default: x}\n\
                      Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    \
                      Properties: {AvailabilityZone: a, Size: 1, Encrypted: !Ref Encrypted}\n";

/// The findings of a template in a folder of its own with other files beside it.
fn findings_with(files: &[(&str, &str)], arguments: &[&str]) -> (usize, Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), STAGES).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let all = [&["scan", "template.yaml", "--format", "json", "--rule", "ebs_volume_unencrypted"], arguments].concat();
    let output = run_in(folder.path(), &all, "");
    let count = json(&output)["summary"]["findings"].as_u64().unwrap();
    (usize::try_from(count).unwrap(), output.status.code(), text(&output.stderr))
}

#[test]
fn parameters_come_from_flags_and_files_and_the_last_one_counts() {
    let yes = ("yes.json", r#"[{"ParameterKey": "Encrypted", "ParameterValue": "true"}]"#);
    let no = ("no.yaml", "Encrypted: 'false'\n");
    let count = |arguments: &[&str]| findings_with(&[yes, no], arguments).0;
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&["--parameters", "yes.json"]), 0);
    assert_eq!(count(&["--parameters", "yes.json", "--parameters", "no.yaml"]), 1);
    assert_eq!(count(&["--parameters", "no.yaml", "--parameter", "Encrypted=true"]), 0);
    let configured = ("cfnward.toml", "parameter-files = ['yes.json']\n");
    assert_eq!(findings_with(&[yes, configured], &[]).0, 0);
    assert_eq!(findings_with(&[yes, configured], &["--no-local-config"]).0, 1);
}

#[test]
fn a_parameter_file_beside_a_template_counts_only_when_asked() {
    let beside = ("template.parameters.json", r#"{"Parameters": {"Encrypted": "true"}}"#);
    let sam = ("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = 'Encrypted=true'\n");
    let other = (
        "samconfig.toml",
        "[default.deploy.parameters]\ntemplate_file = 'other.yaml'\nparameter_overrides = 'Encrypted=true'\n",
    );
    for (file, found) in [(beside, 0), (sam, 0), (other, 1)] {
        assert_eq!(findings_with(&[file], &[]).0, 1, "{file:?}");
        assert_eq!(findings_with(&[file], &["--discover-parameters"]).0, found, "{file:?}");
        assert_eq!(findings_with(&[file], &["--discover-parameters", "--parameter", "Encrypted=false"]).0, 1);
    }
}

#[test]
fn what_is_wrong_with_parameters_is_said() {
    let (_, code, said) = findings_with(&[], &["--parameter", "Encrypte=true"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("no template has a parameter `Encrypte`"), "{said}");
    let bad = ("bad.json", "[\n  {\"ParameterValue\": 1}\n]");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("template.yaml"), STAGES).unwrap();
    fs::write(folder.path().join(bad.0), bad.1).unwrap();
    let output = run_in(folder.path(), &["scan", "template.yaml", "--parameters", "bad.json", "--format", "json"], "");
    assert_eq!(output.status.code(), Some(2));
    let problem = json(&output)["problems"][0].clone();
    assert_eq!((problem["line"].as_u64(), problem["column"].as_u64()), (Some(2), Some(3)), "{problem}");
    let output = run_in(folder.path(), &["scan", "template.yaml", "--parameters", "gone.json"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("gone.json"));
}

#[test]
fn a_region_brings_its_partition() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      \
                    TopicName: !Sub '${AWS::Region}.${AWS::Partition}.${AWS::AccountId}.${AWS::URLSuffix}'\n";
    fs::write(folder.path().join("t.yaml"), template).unwrap();
    let name = |arguments: &[&str]| {
        let output = run_in(folder.path(), &[&["inspect", "--view", "t.yaml"], arguments].concat(), "");
        json(&output)["Resources"]["T"]["Properties"]["TopicName"].as_str().unwrap().to_owned()
    };
    let given = name(&["--region", "cn-north-1", "--account-id", "123456789012"]);
    assert_eq!(given, "cn-north-1.aws-cn.123456789012.amazonaws.com.cn");
    assert!(name(&["--region", "moon-1"]).starts_with("moon-1.${?"));
    assert!(name(&["--region", "eu-west-1", "--parameter", "AWS::Partition=x"]).starts_with("eu-west-1.x."));
}

#[test]
fn coverage_adds_up_and_misses_no_resource() {
    let folder = tempfile::tempdir().unwrap();
    let second = "  Queue:\n    Type: AWS::SQS::Queue\n  Odd: {Type: 'Custom::Odd'}\n";
    fs::write(folder.path().join("one.yaml"), VOLUME).unwrap();
    fs::write(folder.path().join("two.yaml"), VOLUME.to_owned() + second).unwrap();
    fs::write(folder.path().join("notes.yaml"), "a: 1\n").unwrap();
    fs::write(folder.path().join("broken.yaml"), "Resources:\n  A: [\n    Type: AWS::S3::Bucket\n").unwrap();
    let of = |arguments: &[&str]| {
        json(&run_in(folder.path(), &[&["scan", "--format", "json", "--coverage"], arguments].concat(), ""))
    };
    let number = |report: &serde_json::Value, key: &str| report["summary"]["coverage"][key].as_u64().unwrap();
    let [one, two] = [of(&["one.yaml"]), of(&["two.yaml"])];
    for report in [&one, &two, &of(&["."])] {
        let verdicts = ["pass", "fail", "notApplicable", "unsure"].map(|verdict| number(report, verdict));
        let listed = report["coverage"].as_array().unwrap();
        assert_eq!(verdicts.iter().sum::<u64>(), number(report, "questions"));
        assert_eq!(listed.len() as u64, number(report, "questions"));
        assert_eq!(number(report, "resources"), report["summary"]["resources"].as_u64().unwrap());
        for (verdict, count) in ["pass", "fail", "not-applicable", "unsure"].iter().zip(verdicts) {
            assert_eq!(listed.iter().filter(|one| one["verdict"] == *verdict).count() as u64, count, "{verdict}");
        }
    }
    // Each resource brings the questions of the rules for its type, whatever stands beside it.
    let questions = |report: &serde_json::Value, id: &str| {
        report["coverage"].as_array().unwrap().iter().filter(|one| one["resource"] == id).count() as u64
    };
    assert_eq!(questions(&one, "Disk"), questions(&two, "Disk"));
    assert!(questions(&two, "Queue") > 0);
    let more = questions(&two, "Queue") + questions(&two, "Odd");
    assert_eq!(number(&two, "questions"), number(&one, "questions") + more);
    assert_eq!(number(&two, "resources"), 3);
    let all = of(&["."]);
    let kinds: Vec<&str> = all["files"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    let seen = kinds.len() as u64 + all["summary"]["otherFiles"].as_u64().unwrap();
    assert_eq!(seen, all["summary"]["files"].as_u64().unwrap());
    assert_eq!(seen, 4, "{kinds:?}");
}

#[test]
fn what_was_judged_is_shown_on_the_terminal() {
    let output = cfnward(&["scan", "templates-examples/quickstart", "--stats", "--coverage", "--quiet"]);
    let shown = text(&output.stdout);
    assert!(shown.contains("\nCoverage\n") && shown.contains("questions"), "{shown}");
    assert!(shown.contains("Database AWS::RDS::DBInstance: "), "{shown}");
}
