//! The page for users of cfn-guard: every file on it is made, and every command on it is run.

use std::fs;
use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../../rules/MIGRATING-FROM-CFN-GUARD.md");

/// The fenced blocks: the words after the fence, and the text.
fn blocks() -> Vec<(Vec<&'static str>, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(Vec<&str>, String)> = None;
    for line in PAGE.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(words), None) => open = Some((words.split_whitespace().collect(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Runs a command line of the page and gives its exit code and all that it printed.
fn run(folder: &Path, line: &str) -> (i32, String) {
    let mut words = line.split_whitespace();
    assert_eq!(words.next(), Some("cfnward"), "{line}");
    let output = Command::new(env!("CARGO_BIN_EXE_cfnward")).args(words).current_dir(folder).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[test]
fn every_command_of_the_migration_page_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for (words, text) in blocks() {
        if let [_, file] = words.as_slice() {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
            continue;
        }
        assert_eq!(words, ["console"], "a block is a file or commands");
        let mut shown = String::new();
        for line in text.lines() {
            let Some(command) = line.strip_prefix("$ ") else {
                assert!(shown.contains(line), "`{line}` is not in what is printed:\n{shown}");
                continue;
            };
            let (command, code) = command.split_once("# exit code ").unwrap_or((command, "0"));
            let (actual, printed) = run(folder.path(), command);
            assert_eq!(actual.to_string(), code, "{command}\n{printed}");
            shown = printed;
            commands += 1;
        }
    }
    assert!(commands > 10);
    let junit = fs::read_to_string(folder.path().join("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\""), "{junit}");
    assert!(folder.path().join("guard.sarif").is_file());
}

#[test]
fn exit_codes_of_the_migration_page_are_ours() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let run = |line: &str| run(folder.path(), line);
    write("t.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n");
    let good = "let b = Resources.*[ Type == 'AWS::S3::Bucket' ]\nrule good when %b !empty { %b.Properties.BucketName exists }\n";
    write("r/good.guard", good);
    write("r/bad.guard", "rule bad {\n  a == \n}\n");
    // A malformed rule file: the others run, the problem has its place, the code is 2.
    let (code, printed) = run("cfnward scan --rules r t.yaml");
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("r/bad.guard:") && printed.contains("good"), "{printed}");
    fs::remove_file(folder.path().join("r/bad.guard")).unwrap();
    // A rule that cannot be evaluated stops nothing.
    write("r/error.guard", "rule error { Resources.*.Properties.Number empty }\n");
    write("n.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: {Number: 3, BucketName: a}\n");
    let (code, printed) = run("cfnward scan --rules r n.yaml");
    assert!(code == 0 && printed.contains("could not be evaluated"), "{code} {printed}");
    assert_eq!(run("cfnward scan --rules r --require-complete n.yaml").0, 3);
    fs::remove_file(folder.path().join("r/error.guard")).unwrap();
    assert_eq!(run("cfnward scan --rules nowhere t.yaml").0, 2);
    assert_eq!(run("cfnward scan --as-written t.yaml").0, 2);
    // Tests: unknown names, misspelt statuses, orphans.
    let case = |status: &str| format!("- input: {{Resources: {{}}}}\n  expectations: {{rules: {{{status}}}}}\n");
    write("r/tests/good_tests.yaml", &case("good: SKIP, gone: PASS"));
    let (code, printed) = run("cfnward test -d r");
    assert!(code == 1 && printed.contains("`gone` is not a rule of this file"), "{printed}");
    let (_, junit) = run("cfnward test -d r --format junit");
    assert!(junit.contains("failures=\"1\"") && junit.contains("good_tests.yaml:2:"), "{junit}");
    assert_eq!(run("cfnward test -d r --allow-unknown-rules").0, 0);
    write("r/tests/good_tests.yaml", &format!("{}{}", case("good: pass"), case("good: SKIP")));
    let (code, printed) = run("cfnward test -d r");
    assert!(code == 1 && printed.contains("1 cases passed, 1 failed"), "{printed}");
    write("r/tests/good_tests.yaml", &case("good: SKIP"));
    write("r/tests/other.yaml", &case("good: SKIP"));
    write("r/good_more.guard", "rule more { Resources exists }\n");
    let (code, printed) = run("cfnward test -d r");
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("belongs to no rule file") && printed.contains("has no tests"), "{printed}");
    assert_eq!(run("cfnward test -d r --require-tests").0, 1);
    // The longest name that fits wins, in JSON too.
    write("r/tests/good_more.json", r#"[{"input": {"Resources": {}}, "expectations": {"rules": {"more": "PASS"}}}]"#);
    let (code, printed) = run("cfnward test -d r");
    assert!(code == 0 && printed.contains("2 cases passed"), "{printed}");
    write("r/tests/good_more.json", "[{]");
    assert_eq!(run("cfnward test -d r").0, 2);
}
