//! What can go wrong around a run, done for real: disks that are full, readers that went away, processes that are killed,
//! files that vanish. A run ends with exit code 2 and a message, or as if nothing had been; under the name of a report
//! stands the old one or the new one, whole.
#![cfg(unix)]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cfnward::render::Format;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cfnward");
const RULE: [&str; 2] = ["--rule", "ebs_volume_unencrypted"];

/// A template with as many findings.
fn volumes(count: usize) -> String {
    let volume = |number: usize| {
        format!("  Disk{number}:\n    Type: AWS::EC2::Volume\n    Properties: {{AvailabilityZone: a, Size: 1}}\n")
    };
    format!("Resources:\n{}", (0..count).map(volume).collect::<String>())
}

/// A folder with one template of so many findings.
fn folder(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disks.yaml"), volumes(count)).unwrap();
    folder
}

fn scan(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder).args(["scan", "disks.yaml"]).args(RULE).stdin(Stdio::null());
    command.env_remove("GITHUB_STEP_SUMMARY");
    command
}

/// A line of shell in which `"$@"` is a scan with these arguments.
fn shell(folder: &Path, line: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("bash");
    command.current_dir(folder).args(["-c", line, "bash", PROGRAM, "scan", "disks.yaml"]).args(RULE).args(arguments);
    command.env_remove("GITHUB_STEP_SUMMARY").stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The findings of a JSON report, which must be whole.
fn findings(report: &[u8]) -> usize {
    let report: serde_json::Value = serde_json::from_slice(report).expect("the report is whole");
    let findings = report["findings"].as_array().unwrap().len();
    assert_eq!(report["summary"]["findings"], findings);
    findings
}

/// Whether this user may mount a file system of its own.
pub(crate) fn can_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    tried.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_device_is_an_error_in_every_format() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let folder = folder(1);
    for format in Format::ALL.iter().map(|format| format.as_str()) {
        let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = scan(folder.path()).args(["--format", format]).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}: {}", said(&output));
        assert!(said(&output).starts_with("error: cannot write to standard output: "), "{format}: {}", said(&output));
        let output = scan(folder.path()).args(["--output", &format!("{format}=/dev/full")]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}: {}", said(&output));
        assert!(said(&output).starts_with("error: cannot write `/dev/full`: "), "{format}: {}", said(&output));
    }
    for arguments in [&["--help"][..], &["--version"], &["rules"], &["explain"], &["man"], &["completions", "bash"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(PROGRAM).args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).starts_with("error: "), "{arguments:?}: {}", said(&output));
    }
    // Standard error that is full takes nothing from the report.
    let output = shell(folder.path(), "\"$@\" 2>/dev/full", &["--format", "json"]);
    assert_eq!((output.status.code(), findings(&output.stdout)), (Some(1), 1));
}

#[test]
fn nobody_reading_changes_neither_the_verdict_nor_the_other_reports() {
    let folder = folder(400);
    for format in Format::ALL.iter().map(|format| format.as_str()) {
        let line = "set -o pipefail; \"$@\" | head -c 10 >/dev/null";
        let arguments = ["--format", format, "--output", "-", "--output", "json=report.json"];
        let output = shell(folder.path(), line, &arguments);
        assert_eq!((output.status.code(), said(&output).as_str()), (Some(1), ""), "{format}");
        assert_eq!(findings(&fs::read(folder.path().join("report.json")).unwrap()), 400, "{format}");
        fs::remove_file(folder.path().join("report.json")).unwrap();
    }
    let output = shell(folder.path(), "\"$@\" >&-", &["--format", "json"]);
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(1), ""), "closed from the beginning");
    let output = shell(folder.path(), "\"$@\" >&- 2>&- <&-", &["--output", "json=report.json"]);
    assert_eq!(output.status.code(), Some(1), "all closed: the file is not taken for one of them");
    assert_eq!(findings(&fs::read(folder.path().join("report.json")).unwrap()), 400);
    let output = shell(folder.path(), "\"$@\"", &["--output", "json=report.json", "--output", "csv=/dev/stdout"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 401, "its name means standard output");
    let line = "mkfifo pipe; head -c 10 pipe >/dev/null & \"$@\"";
    let output = shell(folder.path(), line, &["--output", "json=pipe"]);
    assert_eq!(
        (output.status.code(), said(&output).as_str()),
        (Some(1), ""),
        "a reader of a named pipe that went away"
    );
}

#[test]
fn a_baseline_check_and_failing_tests_fail_without_a_reader() {
    let folder = folder(200);
    fs::write(folder.path().join("known.json"), "{\"version\":1,\"findings\":[]}\n").unwrap();
    let closed = |arguments: &[&str]| {
        let mut command = Command::new("bash");
        command.args(["-c", "set -o pipefail; \"$@\" | true", "bash", PROGRAM]).args(arguments);
        command.current_dir(folder.path()).output().unwrap().status.code()
    };
    assert_eq!(closed(&["baseline", "check", "--output", "known.json"]), Some(1));
    fs::write(folder.path().join("r.guard"), "rule r { Resources empty }\n").unwrap();
    let test = "- name: a\n  input: {Resources: {A: {Type: B}}}\n  expectations: {rules: {r: PASS}}\n";
    fs::write(folder.path().join("r.test.yaml"), test.repeat(300)).unwrap();
    assert_eq!(closed(&["test", "r.guard"]), Some(1));
}

#[test]
fn a_folder_that_takes_no_file_is_an_error_and_the_other_reports_are_written() {
    let folder = folder(1);
    let output = scan(folder.path()).args(["-o", "json=gone/a.json", "-o", "json=b.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("cannot write `gone/a.json`"), "{}", said(&output));
    assert_eq!(findings(&fs::read(folder.path().join("b.json")).unwrap()), 1);
    let output = scan(folder.path()).args(["-o", "json=gone/a.json", "-o", "csv=gone/b.csv"]).output().unwrap();
    assert!(said(&output).contains("gone/a.json") && said(&output).contains("gone/b.csv"), "{}", said(&output));
    // Root may write everywhere but to a file system that takes nothing.
    if !can_mount() {
        return;
    }
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::write(locked.join("old.json"), "old").unwrap();
    let line = "mount --bind locked locked && mount -o remount,ro,bind locked && \"$@\"";
    let line = format!("exec unshare -rm bash -c '{line}' bash \"$@\"");
    for file in ["old.json", "new.json"] {
        let output = shell(folder.path(), &line, &["-o", &format!("json=locked/{file}")]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).starts_with(&format!("error: cannot write `locked/{file}`: ")), "{}", said(&output));
    }
    assert_eq!(names(&locked), ["old.json"]);
    assert_eq!(fs::read_to_string(locked.join("old.json")).unwrap(), "old");
}

#[test]
fn a_folder_without_permission_is_an_error() {
    let folder = folder(1);
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(locked.join("probe"), "").is_ok() {
        return;
    }
    let output = scan(folder.path()).args(["-o", "json=locked/a.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("cannot write `locked/a.json`"), "{}", said(&output));
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_file_and_no_part() {
    if !can_mount() {
        return;
    }
    let folder = folder(400);
    fs::create_dir(folder.path().join("disk")).unwrap();
    let inside = |commands: &str| {
        format!("exec unshare -rm bash -c 'mount -t tmpfs -o size=8k none disk && {commands}' bash \"$@\"")
    };
    // GitHub takes only some annotations, for which there is room.
    for format in Format::ALL.iter().map(|format| format.as_str()).filter(|format| *format != "github") {
        let replaced = inside("echo old >disk/r; \"$@\"; code=$?; echo; ls -A disk; cat disk/r; exit $code");
        let output = shell(
            folder.path(),
            &replaced,
            &["-o", &format!("{format}=disk/r"), "-o", "json=whole.json", "--max-shown", "all"],
        );
        let shown = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}: {}", said(&output));
        assert!(
            said(&output).starts_with("error: cannot write `disk/r`: No space left"),
            "{format}: {}",
            said(&output)
        );
        assert!(shown.ends_with("\nr\nold\n"), "{format}: {shown}");
        assert_eq!(findings(&fs::read(folder.path().join("whole.json")).unwrap()), 400, "{format}");
    }
    // Behind a redirection nothing is better than a part that looks whole.
    let redirected = inside("echo before >disk/r; \"$@\" >>disk/r; code=$?; cat disk/r; exit $code");
    let output = shell(folder.path(), &redirected, &["--format", "csv"]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b"before\n"[..]), "{}", said(&output));
    let redirected = inside("{ echo before; \"$@\"; code=$?; echo after; } >disk/r; cat disk/r; exit $code");
    let output = shell(folder.path(), &redirected, &["--format", "csv"]);
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(2), &b"before\nafter\n"[..]),
        "{}",
        said(&output)
    );
    // What steps before have said stays.
    let summary =
        inside("export GITHUB_STEP_SUMMARY=disk/r; echo before >disk/r; \"$@\"; code=$?; cat disk/r; exit $code");
    let output = shell(folder.path(), &summary, &["-o", "csv=disk/r", "-o", "json=whole.json", "--quiet"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(output.stdout.ends_with(b"before\n"), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_file_that_is_mounted_by_itself_is_whole_or_empty() {
    if !can_mount() {
        return;
    }
    let folder = folder(400);
    fs::write(folder.path().join("report"), "old").unwrap();
    fs::create_dir(folder.path().join("disk")).unwrap();
    let line = |size: &str| {
        format!(
            "exec unshare -rm bash -c 'mount -t tmpfs -o size={size} none disk && echo old >disk/r && \
             mount --bind disk/r report && \"$@\"; code=$?; cat report; exit $code' bash \"$@\""
        )
    };
    let output = shell(folder.path(), &line("64m"), &["-o", "csv=report", "--quiet"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.contains("Disk")).count(), 400);
    let output = shell(folder.path(), &line("8k"), &["-o", "csv=report", "-o", "json=other.json"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("Disk399,"), "no part of it is left");
    assert_eq!(names(folder.path()), ["disk", "disks.yaml", "other.json", "report"]);
}

#[test]
fn a_limit_on_the_size_of_files_leaves_the_old_file() {
    let folder = folder(400);
    fs::write(folder.path().join("r"), "old").unwrap();
    let read = || fs::read_to_string(folder.path().join("r")).unwrap();
    let output = shell(folder.path(), "trap '' XFSZ; ulimit -f 16; exec \"$@\"", &["-o", "json=r"]);
    assert_eq!((output.status.code(), read().as_str()), (Some(2), "old"), "{}", said(&output));
    assert!(said(&output).contains("cannot write `r`: File too large"), "{}", said(&output));
    assert_eq!(names(folder.path()), ["disks.yaml", "r"]);
    // Where the system kills for it, that is how it ended.
    let output = shell(folder.path(), "ulimit -c 0; ulimit -f 16; exec \"$@\"", &["-o", "json=r"]);
    assert!(output.status.signal().is_some(), "{:?}", output.status);
    assert_eq!(read(), "old");
}

#[test]
fn a_run_that_is_killed_leaves_the_old_report_or_the_new_one() {
    let folder = folder(800);
    let report = folder.path().join("r.json");
    let fresh = || scan(folder.path()).args(["-o", "json=r.json"]).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    assert_eq!(fresh().wait().unwrap().code(), Some(1));
    let whole = begun.elapsed();
    let new = fs::read(&report).unwrap();
    let mut killed = 0;
    for round in 0..16_u32 {
        fs::write(&report, "old").unwrap();
        let mut child = fresh();
        // From the middle of the run to its end, where the writing is.
        thread::sleep(whole * (16 + round) / 32);
        let id = child.id().to_string();
        let signal = if round % 2 == 0 { "-KILL" } else { "-TERM" };
        let _ = Command::new("kill").args([signal, &id]).stderr(Stdio::null()).status().unwrap();
        killed += u32::from(child.wait().unwrap().signal().is_some());
        let left = fs::read(&report).unwrap();
        assert!(left == b"old" || findings(&left) == findings(&new), "round {round}");
    }
    assert!(killed > 0, "it was never killed before its end");
    // What a killed run leaves behind is in nobody's way.
    assert_eq!(fresh().wait().unwrap().code(), Some(1));
    assert_eq!(findings(&fs::read(&report).unwrap()), 800);
}

#[test]
fn several_runs_into_one_file_give_one_whole_report() {
    let folder = folder(300);
    let report = folder.path().join("r.json");
    fs::write(&report, "{\"summary\":{\"findings\":0},\"findings\":[]}").unwrap();
    for _ in 0..3 {
        let mut children: Vec<Child> = (0..6)
            .map(|_| scan(folder.path()).args(["-o", "json=r.json"]).stdout(Stdio::null()).spawn().unwrap())
            .collect();
        while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
            assert!([0, 300].contains(&findings(&fs::read(&report).unwrap())));
        }
        assert!(children.iter_mut().all(|child| child.wait().unwrap().code() == Some(1)));
        assert_eq!(findings(&fs::read(&report).unwrap()), 300);
    }
    assert_eq!(names(folder.path()), ["disks.yaml", "r.json"], "nothing is left beside it");
}

#[test]
fn what_lies_beside_a_report_is_neither_followed_nor_overwritten() {
    let folder = folder(1);
    let long = "r".repeat(255);
    let output = scan(folder.path()).args(["-o", &format!("json={long}")]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "the longest name that there can be: {}", said(&output));
    assert_eq!(findings(&fs::read(folder.path().join(&long)).unwrap()), 1);
    let shared = Path::new("/dev/shm");
    if shared.is_dir() {
        let inside = tempfile::tempdir_in(shared).unwrap();
        let file = inside.path().join("r.json");
        for _ in 0..2 {
            scan(folder.path()).args(["-o", file.to_str().unwrap()]).output().unwrap();
            assert_eq!(findings(&fs::read(&file).unwrap()), 1, "a file below /dev is a file");
        }
    }
}

#[test]
fn files_that_come_and_go_are_judged_or_named() {
    let folder = folder(3);
    let stop = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            let texts = [volumes(1), volumes(40), String::new(), "Resources: {".to_owned()];
            for round in 0_usize.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                for number in 0..40 {
                    let path = folder.path().join(format!("other{number}.yaml"));
                    match (round + number) % 6 {
                        0 => drop(fs::remove_file(&path)),
                        1 => {
                            let _ = fs::remove_file(&path);
                            let _ = std::os::unix::fs::symlink("/dev/zero", &path);
                        }
                        2 => {
                            let _ = fs::remove_file(&path);
                            let _ = fs::create_dir(&path);
                        }
                        rest => {
                            let _ = fs::remove_dir(&path);
                            let _ = fs::remove_file(&path);
                            let _ = fs::write(&path, &texts[(round + rest) % texts.len()]);
                        }
                    }
                }
            }
        });
        let mut troubles = 0;
        for round in 0..25 {
            let identity = if round % 2 == 0 { "semantic" } else { "line" };
            let mut command = Command::new(PROGRAM);
            command.current_dir(folder.path()).args(["scan", ".", "--format", "json", "--alert-identity", identity]);
            let output = command.args(RULE).stdin(Stdio::null()).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{}", said(&output));
            assert_eq!(said(&output), "");
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let list = |key: &str| report[key].as_array().unwrap().clone();
            let steady = list("findings").iter().filter(|one| one["path"] == "disks.yaml").count();
            assert_eq!(steady, 3, "what did not change is judged");
            for file in list("files").iter().filter(|file| file["kind"] == "broken") {
                troubles += 1;
                assert!(list("problems").iter().any(|problem| problem["path"] == file["path"]), "{file}");
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(troubles > 0, "no file was gone or broken when it was read");
    });
}

#[test]
fn a_template_that_was_named_and_is_gone_ends_the_run() {
    let folder = folder(1);
    fs::remove_file(folder.path().join("disks.yaml")).unwrap();
    let output = scan(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("disks.yaml"), "{}", said(&output));
}

#[test]
fn too_few_open_files_lose_no_template_silently() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..60 {
        let below = folder.path().join(format!("a{number}/b/c"));
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("disks.yaml"), volumes(1)).unwrap();
    }
    for limit in [6, 8, 10, 12, 16] {
        let line = format!("ulimit -n {limit}; exec \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &line, "bash", PROGRAM, "scan", ".", "--format", "json", "--threads", "4"]).args(RULE);
        let output = command.current_dir(folder.path()).output().unwrap();
        if output.status.code() == Some(2) {
            assert!(said(&output).starts_with("error: "), "{limit}: {}", said(&output));
            continue;
        }
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{limit}: {:?} {}", output.status, said(&output)));
        let findings = report["findings"].as_array().unwrap().len();
        let problems = report["problems"].as_array().unwrap().len();
        assert!(findings == 60 || problems > 0, "{limit}: {findings} findings and nothing said");
    }
}

#[test]
fn standard_input_without_end_is_cut() {
    let folder = folder(1);
    let endless = fs::File::open("/dev/zero").unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["scan", "-", "--format", "json", "--require-complete"]).stdin(endless).current_dir(folder.path());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("are more than the limit of"), "{}", said(&output));
    let output = shell(folder.path(), "yes 'a: b' | \"$1\" scan - --require-complete", &[]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    // Nor do other inputs that never end.
    for flag in ["--config", "--parameters", "--baseline", "--rules"] {
        let begun = Instant::now();
        let output = scan(folder.path()).args([flag, "/dev/zero"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flag}: {}", said(&output));
        assert!(begun.elapsed() < Duration::from_secs(30), "{flag}");
    }
}

#[test]
fn a_configuration_that_is_found_is_no_link_and_no_pipe() {
    let folder = folder(1);
    let config = folder.path().join("cfnward.toml");
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, "aws_secret_access_key = 's3cr3t'\n").unwrap();
    std::os::unix::fs::symlink(&secret, &config).unwrap();
    let output = scan(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("it is a link"), "{}", said(&output));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("s3cr3t"));
    assert_eq!(scan(folder.path()).arg("--no-local-config").output().unwrap().status.code(), Some(1));
    fs::remove_file(&config).unwrap();
    assert!(Command::new("mkfifo").arg(&config).status().unwrap().success());
    assert_eq!(scan(folder.path()).output().unwrap().status.code(), Some(1), "a pipe is no configuration");
    std::os::unix::fs::symlink(&secret, folder.path().join("disks.parameters.json")).unwrap();
    let output = scan(folder.path()).arg("--discover-parameters").output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("s3cr3t"));
}

#[test]
fn a_terminated_run_gives_no_whole_looking_json() {
    let folder = folder(800);
    let mut command = scan(folder.path());
    let mut child = command.args(["--format", "json"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut begin = [0; 100];
    out.read_exact(&mut begin).unwrap();
    child.kill().unwrap();
    assert!(child.wait().unwrap().signal().is_some());
    let mut rest = Vec::new();
    out.read_to_end(&mut rest).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&[&begin[..], &rest].concat()).is_err());
}
