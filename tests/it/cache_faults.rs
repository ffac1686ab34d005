//! What can go wrong around a cache, done for real: damage, links, folders that take nothing, full disks, killed runs, and
//! several runs at once. A scan with a cache says what one without says; at worst there is a warning more.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Instant;

use crate::cache::{Ground, assert_same, disk};
use crate::change::said;
use crate::faults::can_mount;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cfnward");
const RULES: [&str; 4] = ["--rule", "ebs_volume_unencrypted", "--rule", "security_group_ssh_open_to_world"];
const SCAN: [&str; 6] = ["scan", "--format", "json", "--cache", "../cache", "--threads=2"];

/// So many templates, each with one finding.
fn ground(count: usize) -> Ground {
    let names: Vec<String> = (0..count).map(|number| format!("{number}.yaml")).collect();
    let ground = Ground::new(&[]);
    names.iter().for_each(|name| ground.write(name, &disk(&format!("Size: {name}"))));
    ground
}

fn scan(ground: &Ground) -> Command {
    let mut command = Command::new(PROGRAM);
    command.current_dir(ground.path()).args(SCAN).args(RULES).stdin(Stdio::null());
    command
}

fn start(ground: &Ground) -> Child {
    scan(ground).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A line of shell in which `"$@"` is a scan with the cache.
fn shell(ground: &Ground, line: &str) -> Output {
    let mut command = Command::new("bash");
    command.current_dir(ground.path()).args(["-c", line, "bash", PROGRAM]).args(SCAN).args(RULES);
    command.stdin(Stdio::null()).output().unwrap()
}

/// Whether a warning is all that a scan says more than another.
#[track_caller]
fn assert_warned(output: &Output, plain: &Output, warning: &str) {
    assert!(said(output).starts_with(&format!("warning: the cache `../cache` {warning}")), "{}", said(output));
    assert_eq!(said(output).lines().count(), 1, "{}", said(output));
    assert_eq!((output.status.code(), &output.stdout), (plain.status.code(), &plain.stdout));
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let ground = ground(12);
    let plain = ground.cached(&RULES);
    let [(path, whole)] = ground.packs().try_into().unwrap();
    let half = &whole[..whole.len() / 2];
    let mut damaged = vec![Vec::new(), half.to_vec(), whole[half.len()..].to_vec(), whole.repeat(2), b"x".repeat(999)];
    // An answer, the table, what says where that is, and the version of the format.
    for at in [100, whole.len() - 100, whole.len() - 60, whole.len() - 40, whole.len() - 2] {
        let mut changed = whole.clone();
        changed[at] ^= 3;
        damaged.push(changed);
    }
    for (number, bytes) in damaged.iter().enumerate() {
        fs::write(&path, bytes).unwrap();
        assert_same(&plain, &ground.cached(&RULES), &format!("damage {number}"));
        let sound = ground.packs();
        assert!(sound != [(path.clone(), bytes.clone())], "damage {number} is repaired");
        assert_same(&plain, &ground.cached(&RULES), &format!("after damage {number}"));
        assert!(sound == ground.packs(), "damage {number} is repaired for good");
    }
}

#[test]
fn links_in_a_cache_lead_nowhere() {
    let ground = ground(3);
    let plain = ground.cached(&RULES);
    let [(pack, bytes)] = ground.packs().try_into().unwrap();
    let elsewhere = ground.path().join("elsewhere");
    fs::write(&elsewhere, &bytes).unwrap();
    fs::remove_file(&pack).unwrap();
    symlink(&elsewhere, &pack).unwrap();
    for name in ["CACHEDIR.TAG", ".gitignore"] {
        fs::remove_file(ground.cache().join(name)).unwrap();
        symlink(ground.path().join("nothing"), ground.cache().join(name)).unwrap();
    }
    assert_warned(&ground.cached(&RULES), &plain, "is not used: it is the cache of another program");
    fs::remove_file(ground.cache().join("CACHEDIR.TAG")).unwrap();
    assert_same(&plain, &ground.cached(&RULES), "what it leads to is not read");
    assert!(!pack.is_symlink(), "it was replaced");
    assert!(fs::read(&elsewhere).unwrap() == bytes, "what it led to is as it was");
    assert!(!ground.path().join("nothing").exists());
    // The folder itself.
    fs::rename(ground.cache(), ground.path().join("real")).unwrap();
    symlink(ground.path().join("real"), ground.cache()).unwrap();
    assert_warned(&ground.cached(&RULES), &plain, "is not used: it is a link; name what it leads to");
}

#[test]
fn only_the_owner_can_look_into_a_new_cache() {
    let ground = ground(1);
    ground.cached(&RULES);
    assert_eq!(fs::metadata(ground.cache()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_cache_that_takes_nothing_costs_a_warning() {
    let ground = ground(3);
    let plain = ground.cached(&RULES);
    ground.write("3.yaml", &disk("Size: 3"));
    let more = shell(&ground, "\"$@\" --cache ../other");
    assert_eq!(more.status.code(), Some(2), "a flag is given once");
    if !can_mount() {
        return;
    }
    let locked = |what: &str| {
        let line = "mount --bind ../cache ../cache && mount -o remount,ro,bind ../cache && exec \"$@\"";
        let output = shell(&ground, &format!("exec unshare -rm bash -c '{line}' bash \"$@\""));
        assert!(
            said(&output).contains("Read-only file system") || said(&output).is_empty(),
            "{what}: {}",
            said(&output)
        );
        output
    };
    let fresh =
        Command::new(PROGRAM).current_dir(ground.path()).args(["scan", "--format", "json"]).args(RULES).output();
    assert_warned(&locked("new"), &fresh.unwrap(), "could not be written: Read-only file system");
    fs::remove_file(ground.path().join("3.yaml")).unwrap();
    assert_same(&locked("known"), &plain, "what is known can be read");
    // One that nothing was ever put into.
    fs::remove_dir_all(ground.cache()).unwrap();
    fs::create_dir(ground.cache()).unwrap();
    assert_warned(&locked("empty"), &plain, "is not used: Read-only file system");
}

#[test]
fn a_disk_that_fills_up_costs_a_warning_and_leaves_no_part() {
    if !can_mount() {
        return;
    }
    let ground = ground(400);
    let plain = ground.cached(&RULES);
    fs::remove_dir_all(ground.cache()).unwrap();
    fs::create_dir(ground.cache()).unwrap();
    let line = "mount -t tmpfs -o size=32k none ../cache && \"$@\"; code=$?; ls -A ../cache >&2; exit $code";
    let output = shell(&ground, &format!("exec unshare -rm bash -c '{line}' bash \"$@\""));
    let warning = "warning: the cache `../cache` could not be written: No space left on device (os error 28)\n";
    assert_eq!(said(&output), format!("{warning}.gitignore\nCACHEDIR.TAG\n"));
    assert_eq!((output.status.code(), &output.stdout), (plain.status.code(), &plain.stdout));
    // Not even room for the folder's own files.
    let line = "mount -t tmpfs -o nr_inodes=1 none ../cache && exec \"$@\"";
    let output = shell(&ground, &format!("exec unshare -rm bash -c '{line}' bash \"$@\""));
    assert_warned(&output, &plain, "is not used: No space left on device");
}

#[test]
fn a_folder_that_cannot_be_made_costs_a_warning() {
    let ground = ground(1);
    let plain = ground.cached(&RULES);
    fs::remove_dir_all(ground.cache()).unwrap();
    fs::write(ground.cache(), "a file").unwrap();
    assert_warned(&ground.cached(&RULES), &plain, "is not used: it is no folder");
    let output = shell(&ground, "set -- \"${@/..\\/cache/0.yaml/below}\"; exec \"$@\"");
    assert!(said(&output).starts_with("warning: the cache `0.yaml/below` is not used: "), "{}", said(&output));
    assert_eq!((output.status.code(), &output.stdout), (plain.status.code(), &plain.stdout));
}

#[test]
fn several_runs_on_one_cache_say_the_same_and_leave_it_whole() {
    let ground = ground(60);
    let plain = ground.cached(&RULES);
    for round in 0..4 {
        if round % 2 == 0 {
            fs::remove_dir_all(ground.cache()).unwrap();
        } else {
            // Each of the runs has something to add.
            ground.write("0.yaml", &disk(&format!("Size: {round} # {round}")));
        }
        let children: Vec<Child> = (0..5).map(|_| start(&ground)).collect();
        let outputs: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let expected = if round % 2 == 0 { &plain } else { &outputs[0] };
        outputs.iter().for_each(|output| assert_same(expected, output, "all say the same"));
        let [(_, pack)] = ground.packs().try_into().unwrap();
        assert_same(&outputs[0], &ground.cached(&RULES), "afterwards");
        assert!(ground.packs()[0].1 == pack, "everything is known, whoever wrote it");
        let names: Vec<_> = fs::read_dir(ground.cache()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 3, "nothing is left beside it: {names:?}");
        ground.write("0.yaml", &disk("Size: 0.yaml"));
    }
}

#[test]
fn runs_with_other_rules_do_not_get_in_each_others_way() {
    let ground = ground(30);
    let run = |rules: &[&str]| {
        let mut command = Command::new(PROGRAM);
        command.current_dir(ground.path()).args(SCAN).args(rules).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let [one, other] = [&RULES[..2], &RULES[2..]];
    let outputs = [run(one), run(other), run(one), run(other)].map(|child| child.wait_with_output().unwrap());
    assert_same(&outputs[0], &outputs[2], "the one");
    assert_same(&outputs[1], &outputs[3], "the other");
    assert!(outputs[0].stdout != outputs[1].stdout);
    assert_eq!(ground.packs().len(), 2);
    assert_same(&outputs[0], &ground.cached(one), "the one, afterwards");
    assert_same(&outputs[1], &ground.cached(other), "the other, afterwards");
}

#[test]
fn a_run_that_is_killed_leaves_nothing_that_looks_whole() {
    let ground = ground(120);
    let begun = Instant::now();
    let plain = start(&ground).wait_with_output().unwrap();
    let whole = begun.elapsed();
    let mut killed = 0;
    for round in 0..16_u32 {
        if round % 3 == 0 {
            fs::remove_dir_all(ground.cache()).unwrap();
        }
        ground.write("0.yaml", &disk(&format!("Size: 0 # {round}")));
        let mut child = start(&ground);
        thread::sleep(whole * (2 + round) / 18);
        let signal = if round % 2 == 0 { "-KILL" } else { "-TERM" };
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        killed += u32::from(child.wait().unwrap().signal().is_some());
        ground.write("0.yaml", &disk("Size: 0.yaml"));
        let output = ground.cached(&RULES);
        assert_same(&plain, &output, &format!("after the run that was killed in round {round}"));
    }
    assert!(killed > 0, "it was never killed before its end");
}
