//! `--diff`, `--revision` and bare repositories, of repositories that somebody else made: nothing of theirs is run, nothing outside is read, and nothing that
//! they contain hides a finding.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::change::{DATA, DISKS, RULES, Repository, changes, run_in, said, text};

/// What must never run: it leaves a file behind.
const TRAP: &str = "touch \"$TRAPPED\"; cat";

/// A scan of the change since a commit, by which a trap would leave `trapped` in the folder.
fn diff(folder: &Path, base: &str, trapped: &Path) -> (String, std::process::Output) {
    let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args([&["scan", "--format", "json", "--diff", base], &RULES[..]].concat())
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("TRAPPED", trapped)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = serde_json::from_slice(&output.stdout).map(|report| changes(&report)).unwrap_or_default();
    (told, output)
}

/// Puts an object into the repository that git itself would not make; gives its id.
fn object(repository: &Repository, kind: &str, content: &[u8]) -> String {
    let mut child = Command::new("git")
        .args(["hash-object", "-w", "--literally", "--stdin", "-t", kind])
        .current_dir(repository.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    text(&child.wait_with_output().unwrap().stdout).trim().to_owned()
}

/// One entry of a tree.
fn entry(mode: &str, name: &[u8], id: &str) -> Vec<u8> {
    let id = (0..id.len() / 2).map(|at| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).unwrap());
    [mode.as_bytes(), b" ", name, b"\0", &id.collect::<Vec<u8>>()].concat()
}

/// A commit of a tree, as a branch.
fn branch(repository: &Repository, name: &str, tree: &str) {
    let commit = format!("tree {tree}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nx\n");
    let commit = object(repository, "commit", commit.as_bytes());
    fs::write(repository.path().join(".git/refs/heads").join(name), commit + "\n").unwrap();
}

#[test]
fn no_setting_of_the_repository_starts_a_program() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.write("sub/more.yaml", DISKS);
    repository.commit("begin");
    let trapped = repository.path().join("trapped");
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    // Names of filters need not be text.
    let mut attributes = b"disks.yaml filter=\xff diff=odd\nmore.yaml filter=new.line=x diff=odd\n".to_vec();
    attributes.extend(b"* filter=last\n");
    fs::write(repository.path().join(".gitattributes"), attributes).unwrap();
    let mut config = fs::read(repository.path().join(".git/config")).unwrap();
    let trap = TRAP.replace('"', "\\\"");
    for section in [&b"filter \"\xff\""[..], b"filter \"new.line=x\"", b"filter \"last\"", b"FILTER \"Last\""] {
        config.extend([b"[", section, b"]\n"].concat());
        config.extend(format!("\tclean = \"{trap}\"\n\tprocess = \"{trap}\"\n\tREQUIRED = true\n").bytes());
    }
    for (section, keys) in [
        ("diff \"odd\"", &["command", "textconv"][..]),
        ("diff", &["external"]),
        ("core", &["fsmonitor", "sshCommand", "pager", "editor", "askPass", "gitProxy", "alternateRefsCommand"]),
        ("gpg", &["program"]),
        ("credential", &["helper"]),
        ("alias", &["diff", "ls-tree", "rev-parse"]),
        ("uploadpack", &["packObjectsHook"]),
    ] {
        config.extend(format!("[{section}]\n").bytes());
        for key in keys {
            config.extend(format!("\t{key} = \"!{trap}\"\n").bytes());
        }
    }
    config.extend(b"[diff]\n\torderFile = /dev/zero\n[core]\n\tattributesFile = /dev/zero\n\thooksPath = hooks\n");
    config.extend(b"[color]\n\tui = always\n\tdiff = always\n[diff]\n\trelative = true\n\tnoprefix = true\n");
    fs::write(repository.path().join(".git/config"), config).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"] {
        for folder in ["hooks", ".git/hooks"] {
            repository.write(&format!("{folder}/{hook}"), &format!("#!/bin/sh\n{TRAP}\n"));
            let status = Command::new("chmod").arg("+x").arg(repository.path().join(folder).join(hook)).status();
            assert!(status.unwrap().success());
        }
    }
    for folder in [repository.path().to_owned(), repository.path().join("sub")] {
        let (told, output) = diff(&folder, "HEAD", &trapped);
        assert!(!trapped.exists(), "a program was started");
        let expected = if folder.ends_with("sub") { "=0" } else { "+Data =1" };
        assert_eq!(told, expected, "{}", said(&output));
    }
}

#[test]
fn what_a_partial_clone_lacks_is_not_fetched_by_a_command_of_its_choice() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let trapped = repository.path().join("trapped");
    let id = repository.git(&["rev-parse", "HEAD:disks.yaml"]).trim().to_owned();
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    fs::remove_file(repository.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    for (name, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "evil"),
        ("remote.evil.promisor", "true"),
        ("remote.evil.url", "ext::sh -c touch% $TRAPPED"),
        ("remote.evil.uploadpack", TRAP),
        ("protocol.ext.allow", "always"),
        ("protocol.allow", "always"),
    ] {
        repository.git(&["config", name, value]);
    }
    let (_, output) = diff(repository.path(), "HEAD", &trapped);
    assert!(!trapped.exists(), "a program was started");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn a_working_tree_that_is_elsewhere_brings_no_settings_along() {
    let Some(outer) = Repository::new() else { return };
    let trapped = outer.path().join("trapped");
    outer.write("inner/disks.yaml", DISKS);
    let inner = outer.path().join("inner");
    let git = |folder: &Path, arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=A", "-c", "user.email=a@example.com"]).args(arguments).current_dir(folder);
        assert!(command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap().status.success(), "{arguments:?}");
    };
    git(&inner, &["init", "--quiet", "."]);
    git(&inner, &["add", "."]);
    git(&inner, &["commit", "--quiet", "-m", "x"]);
    git(&inner, &["config", "filter.evil.clean", TRAP]);
    fs::write(inner.join(".gitattributes"), "* filter=evil\n").unwrap();
    fs::write(inner.join("disks.yaml"), format!("{DISKS}{DATA}")).unwrap();
    outer.write("other.yaml", DISKS);
    outer.git(&["config", "core.worktree", inner.to_str().unwrap()]);
    let (_, output) = diff(outer.path(), "HEAD", &trapped);
    assert!(!trapped.exists(), "a program was started");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    // Two that point at each other are not believed.
    git(&inner, &["config", "core.worktree", outer.path().to_str().unwrap()]);
    let (_, output) = diff(&inner, "HEAD", &trapped);
    assert!(!trapped.exists(), "a program was started");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn a_folder_that_looks_like_a_bare_repository_is_none() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    // Git keeps no such folder, but an archive may.
    for file in ["HEAD", "config"] {
        fs::create_dir_all(repository.path().join("sub/objects")).unwrap();
        fs::create_dir_all(repository.path().join("sub/refs")).unwrap();
        fs::copy(repository.path().join(".git").join(file), repository.path().join("sub").join(file)).unwrap();
    }
    repository.commit("begin");
    repository.write("sub/disks.yaml", DISKS);
    let (_, output) = diff(&repository.path().join("sub"), "HEAD", &repository.path().join("trapped"));
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).starts_with("error: "), "{}", said(&output));
}

#[test]
fn no_name_of_a_file_leads_astray() {
    let Some(repository) = Repository::new() else { return };
    let names: [&[u8]; 7] = [
        b"line\nbreak.yaml",
        b"tab\tstop.yaml",
        b"not\xfftext.yaml",
        b"\x1b]0;title\x07.yaml",
        b"--output=x.yaml",
        b":(exclude)*.yaml",
        b"R100.yaml",
    ];
    let path = |name: &[u8]| repository.path().join(OsStr::from_bytes(name));
    for name in names {
        fs::write(path(name), DISKS).unwrap();
    }
    symlink("/etc/passwd", repository.path().join("link.yaml")).unwrap();
    symlink("line\nbreak.yaml", repository.path().join("other.yaml")).unwrap();
    repository.commit("begin");
    for name in names {
        fs::write(path(name), format!("{DISKS}{DATA}")).unwrap();
    }
    // What was a link is a file, and what was a file is a link.
    fs::remove_file(repository.path().join("link.yaml")).unwrap();
    fs::write(repository.path().join("link.yaml"), DISKS).unwrap();
    fs::remove_file(path(names[6])).unwrap();
    symlink("/etc/passwd", path(names[6])).unwrap();
    let (told, output) = diff(repository.path(), "HEAD", &repository.path().join("trapped"));
    assert_eq!(told, "+Data +Data +Data +Data +Disk +Data +Data -Disk =6", "{}", said(&output));
    let shown = run_in(repository.path(), &["scan", "--diff", "HEAD", "--color", "never", RULES[0], RULES[1]]);
    assert!(!shown.stdout.contains(&0x1b) && !shown.stdout.contains(&0x07));
}

#[test]
fn no_name_of_a_base_is_an_option_or_a_program() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let trapped = repository.path().join("trapped");
    let head = repository.git(&["rev-parse", "HEAD"]);
    fs::write(repository.path().join(".git/refs/heads/--output=trapped"), &head).unwrap();
    fs::write(repository.path().join(".git/refs/heads/-O"), &head).unwrap();
    for base in [
        "--upload-pack=touch trapped",
        "--output=trapped",
        "-O",
        "-",
        "",
        "HEAD..HEAD",
        "HEAD\n--output=trapped",
        "HEAD:disks.yaml",
        "HEAD^{tree}",
        ":/begin",
        "$(touch trapped)",
        "ext::sh -c 'touch trapped'",
    ] {
        let output = run_in(repository.path(), &["scan", &format!("--diff={base}")]);
        assert_eq!(output.status.code(), Some(2), "{base:?}: {}", said(&output));
        assert!(said(&output).starts_with("error: "), "{base:?}: {}", said(&output));
        assert!(!trapped.exists(), "{base:?}");
    }
    assert_eq!(repository.changes("refs/heads/--output=trapped"), "=0", "in full it is a name");
}

#[test]
fn trees_that_git_would_not_make_are_refused_or_harmless() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let trapped = repository.path().join("trapped");
    let blob = object(&repository, "blob", format!("{DISKS}{DATA}").as_bytes());
    let commit = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let above = repository.path().parent().unwrap().join("above.yaml");
    let trees = [
        entry("100644", b"../above.yaml", &blob),
        entry("100644", b"..", &blob),
        entry("100644", b"/etc/above.yaml", &blob),
        entry("100644", b".git/config", &blob),
        entry("160000", b"", &commit),
        entry("160000", b"..", &commit),
        entry("160000", b"../..", &commit),
        entry("160000", b".", &commit),
        entry("100644", b"", &blob),
        entry("777777", b"disks.yaml", &blob),
        [entry("100644", b"disks.yaml", &blob), entry("100644", b"disks.yaml", &blob)].concat(),
        b"100644 cut short".to_vec(),
        entry("40000", b"folder.yaml", &blob),
        entry("100644", b"disks.yaml", &commit),
    ];
    for (number, content) in trees.iter().enumerate() {
        let tree = object(&repository, "tree", content);
        branch(&repository, "evil", &tree);
        // The change is that of a child of that commit, whatever is in the index.
        let evil = repository.git(&["rev-parse", "evil"]).trim().to_owned();
        let child = repository.git(&["commit-tree", "-p", &evil, "-m", "x", "HEAD^{tree}"]).trim().to_owned();
        fs::write(repository.path().join(".git/refs/heads/main"), format!("{child}\n")).unwrap();
        let (told, output) = diff(repository.path(), "evil", &trapped);
        match output.status.code() {
            Some(2) => assert!(said(&output).starts_with("error: "), "{number}: {}", said(&output)),
            // Not a line of the working tree is taken for known or left out.
            Some(1) => assert!(told.starts_with("+Disk"), "{number}: {told} {}", said(&output)),
            Some(0) => assert_eq!(told, "-Data =1", "{number}: {}", said(&output)),
            other => panic!("{number}: {other:?} {}", said(&output)),
        }
        assert!(!above.exists() && !trapped.exists(), "{number}");
    }
}

#[test]
fn a_tree_that_unfolds_without_end_is_refused() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let mut id = object(&repository, "blob", b"a: b\n");
    let mut mode = "100644";
    for _ in 0..10 {
        let entries = (0..10).map(|number| entry(mode, format!("folder-with-a-long-name-{number}").as_bytes(), &id));
        id = object(&repository, "tree", &entries.collect::<Vec<_>>().concat());
        mode = "40000";
    }
    branch(&repository, "bomb", &id);
    let bomb = repository.git(&["rev-parse", "bomb"]).trim().to_owned();
    let child = repository.git(&["commit-tree", "-p", &bomb, "-m", "x", "HEAD^{tree}"]).trim().to_owned();
    fs::write(repository.path().join(".git/refs/heads/main"), format!("{child}\n")).unwrap();
    let begun = Instant::now();
    let (_, output) = diff(repository.path(), "bomb", &repository.path().join("trapped"));
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("more files than can be compared"), "{}", said(&output));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn a_content_of_100_megabytes_is_skipped_with_a_word() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.write("huge.yaml", &" ".repeat(100 * 1024 * 1024));
    repository.commit("begin");
    repository.write("huge.yaml", DISKS);
    let (told, output) = diff(repository.path(), "HEAD", &repository.path().join("trapped"));
    assert_eq!(told, "+Disk =0");
    assert!(said(&output).contains("`huge.yaml` is too big in the base"), "{}", said(&output));
}

#[test]
fn a_folder_that_was_or_becomes_another_repository_is_judged() {
    let Some(inner) = Repository::new() else { return };
    inner.write("disks.yaml", DISKS);
    inner.commit("begin");
    let repository = Repository::new().unwrap();
    repository.write("other.yaml", DISKS);
    repository.commit("without");
    repository.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "inner"]);
    repository.commit("with");
    assert_eq!(repository.changes("HEAD~1"), "+Disk =0", "it became one");
    repository.git(&["rm", "--quiet", "-f", "inner"]);
    repository.write("inner/disks.yaml", DISKS);
    repository.commit("no more");
    assert_eq!(repository.changes("HEAD~1"), "+Disk =0", "it was one");
}

#[test]
fn files_that_git_was_told_not_to_look_at_are_compared() {
    let Some(repository) = Repository::new() else { return };
    for flag in ["--assume-unchanged", "--skip-worktree"] {
        repository.write("disks.yaml", DISKS);
        repository.commit("begin");
        repository.git(&["update-index", flag, "disks.yaml"]);
        repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
        assert_eq!(repository.changes("HEAD"), "+Data =1", "{flag}");
        repository.git(&["update-index", &flag.replace("--", "--no-"), "disks.yaml"]);
    }
}

#[test]
fn a_replaced_object_does_not_stand_for_the_base() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let before = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    repository.commit("another");
    repository.git(&["replace", &before, "HEAD"]);
    assert_eq!(repository.changes(&before), "+Data =1");
}

#[test]
fn a_broken_repository_is_an_error() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    let id = repository.git(&["rev-parse", "HEAD:disks.yaml"]).trim().to_owned();
    let blob = repository.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    fs::remove_file(&blob).unwrap();
    fs::write(&blob, "no object").unwrap();
    let refused = |what: &str| {
        let output = repository.run(&["scan", "--diff", "HEAD"]);
        assert_eq!(output.status.code(), Some(2), "{what}: {}", said(&output));
        assert!(said(&output).starts_with("error: "), "{what}: {}", said(&output));
    };
    refused("a content that is none");
    fs::write(repository.path().join(".git/index"), "no index").unwrap();
    refused("an index that is none");
    let config = repository.path().join(".git/config");
    fs::write(&config, "[[[").unwrap();
    refused("settings that are none");
}

#[test]
fn a_git_that_ends_early_is_no_clean_end() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    repository.write("disks.yaml", &format!("{DISKS}{DATA}"));
    let real = Command::new("bash").args(["-c", "command -v git"]).output().unwrap();
    let real = text(&real.stdout).trim().to_owned();
    let programs = tempfile::tempdir().unwrap();
    let script = programs.path().join("git");
    for early in ["exec true", "echo 0123 blob 500; exec echo short", "exec head -c 3", "kill -KILL $$"] {
        let text =
            format!("#!/bin/bash\nfor word; do [[ $word == cat-file ]] && {{ {early}; }}; done\nexec {real} \"$@\"\n");
        fs::write(&script, text).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(&script).status().unwrap().success());
        let path = format!("{}:{}", programs.path().display(), std::env::var("PATH").unwrap());
        let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
            .args(["scan", "--diff", "HEAD"])
            .current_dir(repository.path())
            .env("PATH", path)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{early}: {}", said(&output));
        assert!(
            said(&output).contains("git ended early") || said(&output).contains("git has not got"),
            "{}",
            said(&output)
        );
    }
}

/// Makes the folder `bare` of a repository its bare copy; gives its path.
fn bare(repository: &Repository) -> std::path::PathBuf {
    let source = repository.path().to_str().unwrap();
    repository.git(&["clone", "--quiet", "--bare", source, "bare"]);
    repository.path().join("bare")
}

/// A scan of a bare repository or of a commit, by which a trap would leave `trapped` in the folder.
fn scan(folder: &Path, arguments: &[&str], trapped: &Path) -> (Vec<String>, std::process::Output) {
    let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
        .args([&["scan", "--format", "json"], arguments, &RULES[..]].concat())
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("TRAPPED", trapped)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let findings = report["findings"].as_array().into_iter().flatten();
    (findings.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect(), output)
}

#[test]
fn no_setting_of_a_bare_repository_starts_a_program() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.write(".gitattributes", "* filter=evil diff=evil\n");
    repository.commit("begin");
    let bare = bare(&repository);
    let trapped = repository.path().join("trapped");
    let trap = TRAP.replace('"', "\\\"");
    let mut config = fs::read_to_string(bare.join("config")).unwrap();
    for (section, keys) in [
        ("filter \"evil\"", &["clean", "smudge", "process"][..]),
        ("diff \"evil\"", &["command", "textconv"]),
        ("core", &["fsmonitor", "sshCommand", "pager", "editor", "askPass", "gitProxy", "alternateRefsCommand"]),
        ("alias", &["ls-tree", "rev-parse", "cat-file"]),
        ("uploadpack", &["packObjectsHook"]),
    ] {
        config.push_str(&format!("[{section}]\n"));
        for key in keys {
            config.push_str(&format!("\t{key} = \"!{trap}\"\n"));
        }
    }
    fs::write(bare.join("config"), config).unwrap();
    let (found, output) = scan(repository.path(), &["bare"], &trapped);
    assert!(!trapped.exists(), "a program was started");
    assert_eq!(found, ["disks.yaml"], "{}", said(&output));
    // What is not there is not fetched.
    let id = repository.git(&["rev-parse", "HEAD:disks.yaml"]).trim().to_owned();
    for name in ["remote.evil.promisor=true", "remote.evil.url=ext::sh -c touch% $TRAPPED", "protocol.ext.allow=always"]
    {
        let (name, value) = name.split_once('=').unwrap();
        repository.git(&["--git-dir", "bare", "config", name, value]);
    }
    repository.git(&["--git-dir", "bare", "config", "extensions.partialClone", "evil"]);
    repository.git(&["--git-dir", "bare", "config", "core.repositoryFormatVersion", "1"]);
    let _ = fs::remove_file(bare.join(format!("objects/{}/{}", &id[..2], &id[2..])));
    let (_, output) = scan(repository.path(), &["bare"], &trapped);
    assert!(!trapped.exists(), "a program was started");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn a_folder_that_looks_like_a_bare_repository_hides_nothing() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", "Resources: {}\n");
    repository.commit("begin");
    let bare = bare(&repository);
    let trapped = repository.path().join("trapped");
    fs::write(bare.join("hidden.yaml"), DISKS).unwrap();
    fs::write(bare.join("objects/more.yaml"), DISKS).unwrap();
    let (found, output) = scan(repository.path(), &["bare"], &trapped);
    assert_eq!(found, ["bare/hidden.yaml", "bare/objects/more.yaml"], "{}", said(&output));
    // One that is none is a folder like any other.
    fs::write(bare.join("HEAD"), "no reference\n").unwrap();
    let (found, output) = scan(repository.path(), &["bare"], &trapped);
    assert_eq!(found, ["bare/hidden.yaml", "bare/objects/more.yaml"], "{}", said(&output));
    fs::create_dir_all(repository.path().join("fake/objects")).unwrap();
    fs::create_dir_all(repository.path().join("fake/refs")).unwrap();
    fs::write(repository.path().join("fake/HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(repository.path().join("fake/t.yaml"), DISKS).unwrap();
    assert_eq!(scan(repository.path(), &["fake"], &trapped).0, ["fake/t.yaml"]);
    // Nor does the folder of a repository that has a working tree become one.
    fs::write(repository.path().join(".git/t.yaml"), DISKS).unwrap();
    assert_eq!(scan(repository.path(), &[".git"], &trapped).0, [".git/t.yaml"]);
}

#[test]
fn no_tree_leads_out_of_its_commit() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let trapped = repository.path().join("trapped");
    let blob = object(&repository, "blob", DISKS.as_bytes());
    let commit = repository.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let trees = [
        (entry("100644", b"../above.yaml", &blob), "above.yaml"),
        (entry("100644", b"/etc/above.yaml", &blob), "etc/above.yaml"),
        (entry("100644", b"line\nbreak\x1b.yaml", &blob), "line\nbreak\u{1b}.yaml"),
        (entry("100644", b"not\xfftext.yaml", &blob), "not\u{fffd}text.yaml"),
        (entry("120000", b"link.yaml", &blob), ""),
        (entry("160000", b"module.yaml", &commit), ""),
        (entry("160000", b"..", &commit), ""),
        (entry("777777", b"odd.yaml", &blob), ""),
        (entry("100644", b".git/config.yaml", &blob), ""),
        (b"100644 cut short".to_vec(), "error"),
        (entry("40000", b"folder.yaml", &blob), "error"),
        (entry("100644", b"disks.yaml", &commit), "any"),
    ];
    for (number, (content, expected)) in trees.iter().enumerate() {
        let tree = object(&repository, "tree", content);
        branch(&repository, "evil", &tree);
        let (found, output) = scan(repository.path(), &["--revision", "evil"], &trapped);
        assert!(!trapped.exists(), "{number}");
        let code = output.status.code();
        match *expected {
            "any" => assert!(code.is_some(), "{number}: {}", said(&output)),
            "error" => assert_eq!(code, Some(2), "{number}: {}", said(&output)),
            "" => assert_eq!((found, code), (vec![], Some(0)), "{number}: {}", said(&output)),
            name => assert_eq!(found, [name], "{number}: {}", said(&output)),
        }
    }
}

#[test]
fn a_git_that_ends_early_is_no_clean_scan_of_a_commit() {
    let Some(repository) = Repository::new() else { return };
    repository.write("disks.yaml", DISKS);
    repository.commit("begin");
    let id = repository.git(&["rev-parse", "HEAD:disks.yaml"]).trim().to_owned();
    let blob = repository.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
    let whole = fs::read(&blob).unwrap();
    fs::remove_file(&blob).unwrap();
    for content in [&whole[..whole.len() / 2], b"no object"] {
        fs::write(&blob, content).unwrap();
        let output = repository.run(&["scan", "--revision", "HEAD"]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("error: "), "{}", said(&output));
        let _ = fs::remove_file(&blob);
    }
}
