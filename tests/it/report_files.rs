//! Where reports go: several of one scan, each whole or not at all.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cfnward::render::Format;

const VOLUME: &str = "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {Size: 1, Encrypted: false}\n";

fn scan_in(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cfnward"));
    for name in ["GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(name);
    }
    command.current_dir(folder).env("SOURCE_DATE_EPOCH", "1700000000").envs(environment.iter().copied());
    command.args(["scan", "disk.yaml", "--rule", "ebs_volume_unencrypted"]).args(arguments).output().unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disk.yaml"), VOLUME).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_format_is_written_by_one_scan_and_the_exit_code_is_the_same() {
    let folder = folder();
    let outputs: Vec<String> =
        Format::ALL.iter().map(|format| format!("--output={0}=report.{0}", format.as_str())).collect();
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let output = scan_in(folder.path(), &outputs, &[]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert_eq!(names(folder.path()).len(), 1 + Format::ALL.len(), "nothing half-written is left");
    for format in Format::ALL {
        let alone = scan_in(folder.path(), &["--format", format.as_str()], &[]);
        assert_eq!(alone.status.code(), Some(1), "{}", format.as_str());
        let file = fs::read(folder.path().join(format!("report.{}", format.as_str()))).unwrap();
        assert!(alone.stdout == file, "{} differs between file and standard output", format.as_str());
    }
}

#[test]
fn the_name_of_a_file_means_a_format_when_none_is_given() {
    let folder = folder();
    let output = scan_in(folder.path(), &["-o", "a.sarif", "-o", "b.html", "-o", "c.json", "-o", "markdown=d"], &[]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("a.sarif").contains("2.1.0") && read("b.html").starts_with("<!DOCTYPE html>"));
    assert!(read("c.json").contains("\"findings\"") && read("d").starts_with("<!-- cfnward"));
    assert!(!output.stdout.is_empty(), "the terminal still gets its report");
    let wrong = scan_in(folder.path(), &["-o", "report.xml"], &[]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("junit=report.xml"));
}

#[test]
fn links_come_from_the_ci_system_or_the_flag() {
    let folder = folder();
    let github = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "o/n"),
        ("GITHUB_SHA", "abc"),
    ];
    let shown = |arguments: &[&str], environment: &[(&str, &str)]| {
        let arguments = [&["--format", "markdown"], arguments].concat();
        String::from_utf8(scan_in(folder.path(), &arguments, environment).stdout).unwrap()
    };
    assert!(shown(&[], &github).contains("(https://github.com/o/n/blob/abc/disk.yaml#L"));
    let gitlab = [("GITLAB_CI", "true"), ("CI_PROJECT_URL", "https://gitlab.com/g/p"), ("CI_COMMIT_SHA", "def")];
    assert!(shown(&[], &gitlab).contains("(https://gitlab.com/g/p/-/blob/def/disk.yaml#L"));
    assert!(shown(&["--source-url", "https://h.example/x"], &github).contains("(https://h.example/x/disk.yaml#L"));
    assert!(!shown(&[], &[]).contains("/disk.yaml#L"));
}

#[test]
fn a_step_summary_is_added_to_and_any_other_file_is_replaced() {
    let folder = folder();
    let summary = folder.path().join("summary.md");
    fs::write(&summary, "what others said").unwrap();
    let environment = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    scan_in(folder.path(), &["-o", "markdown=summary.md"], &environment);
    let read = || fs::read_to_string(&summary).unwrap();
    assert!(read().starts_with("what others said\n<!-- cfnward"), "{}", read());
    scan_in(folder.path(), &["-o", "markdown=summary.md"], &[]);
    assert!(read().starts_with("<!-- cfnward"));
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder();
    let real = folder.path().join("real.json");
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.json", folder.path().join("link.json")).unwrap();
    scan_in(folder.path(), &["-o", "json=link.json"], &[]);
    assert!(folder.path().join("link.json").is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("\"findings\""));
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(names(folder.path()), ["disk.yaml", "link.json", "real.json"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to_as_it_is() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = folder();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::read_to_string(pipe).unwrap())
    };
    scan_in(folder.path(), &["-o", "concise=pipe"], &[]);
    assert!(reader.join().unwrap().contains("ebs_volume_unencrypted"));
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    let output = scan_in(folder.path(), &["-o", "concise=/dev/stdout", "-o", "json=/dev/null", "--quiet"], &[]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("ebs_volume_unencrypted"));
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_report_that_cannot_be_written_leaves_the_old_one() {
    let folder = folder();
    let output = scan_in(folder.path(), &["-o", "json=no/such/folder.json"], &[]);
    assert_eq!(output.status.code(), Some(2));
    fs::create_dir(folder.path().join("folder")).unwrap();
    assert_eq!(scan_in(folder.path(), &["-o", "json=folder"], &[]).status.code(), Some(2));
    assert_eq!(names(folder.path()), ["disk.yaml", "folder"]);
}
