//! What helps people to type commands and to find names: completions, pages of the manual, suggestions, explanations.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::snapshot;

fn cfnward(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn said(arguments: &[&str]) -> String {
    let output = cfnward(project(), arguments, &[]);
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// The commands that the help of the program lists.
fn commands() -> Vec<String> {
    let help = said(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<String> = names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert!(names.len() >= 9, "{names:?}");
    names
}

#[test]
fn every_shell_completes_every_command_and_the_names_of_packs_and_rules() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{command} in {shell}");
        }
        for flag in ["group-by", "max-shown", "fail-on"] {
            assert!(script.contains(flag), "{flag} in {shell}");
        }
    }
    let script = said(&["completions", "bash"]);
    assert!(script.contains("encryption-at-rest") && script.contains("ebs_volume_unencrypted"));
}

#[test]
fn the_manual_has_a_page_for_the_program_and_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let output = cfnward(project(), &["man", "--dir", folder.path().join("man1").to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(0));
    let read = |name: &str| fs::read_to_string(folder.path().join("man1").join(name)).unwrap();
    let program = read("cfnward.1");
    for section in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH \"EXIT CODES\"", ".SH FILES", ".SH ENVIRONMENT"]
    {
        assert!(program.contains(section), "{section} in {program}");
    }
    for command in commands().iter().filter(|name| *name != "help") {
        let page = read(&format!("cfnward-{command}.1"));
        assert!(page.contains(".TH CFNWARD-") && page.contains(".SH OPTIONS"), "{page}");
        assert_eq!(said(&["man", command]), page);
        assert!(program.contains(&format!("cfnward\\-{}(1)", command.replace('-', "\\-"))), "{command} in {program}");
    }
    assert!(read("cfnward-baseline-create.1").contains(".SH SYNOPSIS"), "a command of a command has its page too");
    assert!(said(&["man", "scna"]).contains("did you mean `scan`?"));
}

#[test]
fn a_name_that_means_nothing_is_answered_with_one_that_does() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("cfnward.toml"), "pakcs = ['strict']\n[settings]\nlog_retention_days_minimun = 1\n")
        .unwrap();
    fs::write(folder.path().join("t.yaml"), "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n").unwrap();
    for (arguments, expected) in [
        (&["scan", "--rule", "ebs_volume_unecnrypted"][..], "did you mean `ebs_volume_unencrypted`?"),
        (&["scan", "--skip-rule", "ckv-aws-3"], "did you mean `CKV_AWS_3`?"),
        (&["scan", "--rule", "ENC-EBS-1"], "did you mean `ENC-EBS-01`"),
        (&["scan", "--pack", "strcit"], "did you mean `strict`?"),
        (&["scan", "--pack", "no_such_pack"], "the packs are all, "),
        (&["scan", "--rule", "migration"], "a pack of rules: run it with `--pack migration`"),
        (&["scan", "--output", "srif=out"], "did you mean `sarif`?"),
        (&["scan", "--format", "jsno"], "json"),
        (&["scna"], "'scan'"),
        (&["explain", "ebs_volume_unecnrypted"], "did you mean `ebs_volume_unencrypted`?"),
        (&["scan"], "`pakcs` is not a key of the configuration; did you mean `packs`?"),
        (&["scan"], "did you mean `log_retention_days_minimum`?"),
    ] {
        let configured = expected.contains("configuration") || expected.contains("retention");
        let more: &[&str] = if arguments[0] == "scan" && !configured { &["--no-local-config"] } else { &[] };
        let output = cfnward(folder.path(), &[arguments, more].concat(), &[]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        // Lines are broken where the page ends.
        assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(expected), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn explain_without_a_whole_name_lists_what_could_be_meant() {
    snapshot!("terminal", "explain-overview", without_numbers(&said(&["explain"])));
    let listed = said(&["explain", "AWS::EC2::Volume"]);
    assert!(listed.contains("\nebs_volume_unencrypted") || listed.starts_with("ebs_volume_unencrypted"), "{listed}");
    assert!(listed.contains("rules for `AWS::EC2::Volume`"), "{listed}");
    for (part, whole) in [("bucket_allows_htt", "s3_bucket_allows_http"), ("ckv_aws_3", "ebs_volume_unencrypted")] {
        assert!(said(&["explain", part]).starts_with(&format!("{whole}  (")), "{part}");
    }
    assert!(said(&["explain", ""]).starts_with("error: "));
    let with_settings = said(&["explain", "log_group_retention_short"]);
    assert!(with_settings.contains("log_retention_days_minimum = 365: "), "{with_settings}");
}

/// Numbers of rules change with every rule.
fn without_numbers(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once("  ") {
        Some((name, number)) if number.ends_with(" rules") => format!("{name}  N rules\n"),
        _ => format!("{line}\n"),
    };
    let text: String = text.lines().map(line).collect();
    let end = text.rfind("\n\n").unwrap() + 2;
    format!("{}N{}", &text[..end], text[end..].trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[test]
fn the_program_alone_teaches() {
    let output = cfnward(project(), &[], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("Start with:\n  cfnward scan "), "{said}");
}

#[test]
fn colours_follow_the_flag_and_then_the_environment() {
    let coloured = |arguments: &[&str], environment: &[(&str, &str)]| {
        let all = [&["scan", "templates-examples/conditions"], arguments].concat();
        cfnward(project(), &all, environment).stdout.contains(&0x1b)
    };
    assert!(!coloured(&[], &[]), "nobody looks");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn links_lead_to_the_file_on_request_and_nowhere_else() {
    let scan = |hyperlinks: &str| said(&["scan", "templates-examples/conditions", "--hyperlinks", hyperlinks]);
    let linked = scan("always");
    let folder = project().canonicalize().unwrap();
    let address = format!("\u{1b}]8;;file://{}/templates-examples/conditions/two-stages.yaml#", folder.display());
    assert!(linked.contains(&address), "{linked}");
    assert_eq!(scan("never"), scan("auto"), "nobody looks");
    assert!(!scan("auto").contains('\u{1b}'));
}

#[test]
fn a_path_without_templates_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/t.yaml"), "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n").unwrap();
    for format in ["terminal", "json", "sarif"] {
        let output = cfnward(folder.path(), &["scan", "full", "empty", "--format", format], &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("warning: no template was found in `empty`") && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn nothing_that_is_named_or_written_by_strangers_commands_a_runner() {
    let folder = tempfile::tempdir().unwrap();
    let name = "##vso[task.setvariable variable=x]y.yaml";
    let template = "Resources:\n  '::error::x':\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: '##[error]x', Size: \"::stop-commands::a\\n::error::b\\e[2J\"}\n";
    fs::write(folder.path().join(name), template).unwrap();
    fs::write(folder.path().join("::error::t.yaml"), "AWSTemplateFormatVersion: '2010-09-09'\nResources: [\n").unwrap();
    let rules =
        "# title: \"::error::title ##[x]\"\nrule mine { Resources.*.Properties.Size == '::error::' <<::error::m>> }\n";
    fs::write(folder.path().join("mine.guard"), rules).unwrap();
    let missing = "::error::gone ##[error].yaml";
    for arguments in [
        &["scan", "--unsure", "--verbose", "--coverage", "--stats", "--group-by", "resource"][..],
        &["scan", ".", "--rules", "mine.guard", "--group-by", "rule", "--pack", "all"],
        &["scan", missing],
        &["scan", "--config", missing],
        &["inspect", name],
        &["inspect", missing],
        &["explain", "mine", "--rules", "mine.guard"],
        &["explain", "mine", "--rules", "mine.guard", "--trace", name],
        &["explain", "::error::x"],
        &["explain", "m", "--rules", "mine.guard"],
    ] {
        let output = cfnward(folder.path(), arguments, &[("GITHUB_ACTIONS", "true"), ("TF_BUILD", "True")]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!said.is_empty());
        for line in said.lines() {
            assert!(!line.trim_start().starts_with("::"), "{arguments:?}: {line:?}");
            assert!(!line.contains("##[") && !line.contains("##vso["), "{arguments:?}: {line:?}");
            assert!(!line.contains(|c: char| c.is_control()), "{arguments:?}: {line:?}");
        }
    }
}
