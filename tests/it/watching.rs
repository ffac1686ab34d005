//! `cfnward scan --watch` as somebody at a terminal has it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A template with an unencrypted volume, and the same without the fault.
const UNSAFE: &str =
    "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n";
const SAFE: &str = "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1, Encrypted: true}\n";

/// Much longer than anything takes, for machines that do much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running watch, which ends with the test.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn begin(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cfnward"))
            .args(["scan", "--watch", "--rule", "ebs_volume_unencrypted"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let say = |stream: Box<dyn std::io::Read + Send>| {
            let sender = sender.clone();
            thread::spawn(move || {
                BufReader::new(stream).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        };
        say(Box::new(child.stdout.take().unwrap()));
        say(Box::new(child.stderr.take().unwrap()));
        Self { child, lines }
    }

    /// What is said up to and including a line that holds `end`.
    fn until(&self, end: &str) -> String {
        let mut said = String::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => said.push_str(&line),
                Err(problem) => panic!("no `{end}` but {problem} after: {said}"),
            }
            said.push('\n');
            if said.lines().last().unwrap().contains(end) {
                return said;
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What it says when it has told everything and waits.
const WAITS: &str = "Ctrl-C ends it";

#[test]
fn a_change_is_scanned_and_said_to_be_new_or_fixed() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("disk.yaml");
    fs::write(&template, UNSAFE).unwrap();
    let watch = Watch::begin(folder.path(), &[]);
    let first = watch.until(WAITS);
    assert!(first.contains("1 finding (1 high)") && first.contains("scanned in"), "{first}");
    assert!(!first.contains('\u{1b}'), "nothing is cleared where nobody looks");

    fs::write(&template, SAFE).unwrap();
    let fixed = watch.until(WAITS);
    assert!(fixed.contains("0 new, 1 fixed since ") && fixed.contains("changed: disk.yaml"), "{fixed}");
    assert!(fixed.contains("  fixed  high      ebs_volume_unencrypted  disk.yaml:2"), "{fixed}");

    // As editors save: a neighbour takes the name.
    fs::write(folder.path().join("disk.yaml~"), UNSAFE).unwrap();
    fs::rename(folder.path().join("disk.yaml~"), &template).unwrap();
    let again = watch.until(WAITS);
    assert!(again.contains("1 new, 0 fixed since "), "{again}");

    fs::create_dir(folder.path().join("more")).unwrap();
    fs::write(folder.path().join("more/other.yaml"), UNSAFE).unwrap();
    let more = watch.until(WAITS);
    assert!(more.contains("1 new, 0 fixed since ") && more.contains("more/other.yaml"), "{more}");

    fs::write(&template, "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {B: [\n").unwrap();
    let broken = watch.until(WAITS);
    assert!(broken.contains("0 new, 0 fixed, 1 in templates that cannot be judged now, since "), "{broken}");
}

#[test]
fn a_named_file_may_be_replaced_and_a_folder_may_go_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("disk.yaml");
    let below = folder.path().join("infra");
    fs::write(&template, UNSAFE).unwrap();
    fs::create_dir(&below).unwrap();
    fs::write(below.join("a.yaml"), UNSAFE).unwrap();
    let watch = Watch::begin(folder.path(), &["disk.yaml", "infra"]);
    watch.until(WAITS);

    for (text, change) in [(SAFE, "0 new, 1 fixed"), (UNSAFE, "1 new, 0 fixed")] {
        fs::write(folder.path().join("new"), text).unwrap();
        fs::rename(folder.path().join("new"), &template).unwrap();
        let said = watch.until(WAITS);
        assert!(said.contains(change), "{said}");
    }

    fs::remove_dir_all(&below).unwrap();
    let gone = watch.until(WAITS);
    assert!(gone.contains("error: ") && gone.contains("infra"), "{gone}");
    fs::create_dir(&below).unwrap();
    fs::write(below.join("a.yaml"), SAFE).unwrap();
    let back = watch.until("0 new, 1 fixed");
    assert!(back.contains("1 finding"), "{back}");
    watch.until(WAITS);
    fs::write(below.join("a.yaml"), UNSAFE).unwrap();
    let said = watch.until("1 new, 0 fixed");
    assert!(said.contains("2 findings"), "{said}");
}

#[test]
fn its_own_reports_are_no_change_and_standard_input_cannot_be_watched() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("disk.yaml"), UNSAFE).unwrap();
    let watch = Watch::begin(folder.path(), &["--output", "json=report.json"]);
    watch.until(WAITS);
    assert!(folder.path().join("report.json").exists());
    fs::write(folder.path().join("disk.yaml"), SAFE).unwrap();
    let said = watch.until(WAITS);
    assert!(said.contains("changed: disk.yaml\n"), "the report is not among what changed: {said}");
    assert!(watch.lines.recv_timeout(Duration::from_millis(400)).is_err(), "it would go round and round");

    for (arguments, why) in [(["-"].as_slice(), "standard input"), (&["--format", "json"], "for people")] {
        let mut refused = Watch::begin(folder.path(), arguments);
        let said = refused.until("error: ");
        assert!(said.contains(why), "{said}");
        assert_eq!(refused.child.wait().unwrap().code(), Some(2));
    }
}
