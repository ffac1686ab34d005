//! Archives that are named: their members are judged like files of a folder, and no archive does harm.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use serde_json::Value;
use tempfile::TempDir;

use crate::change::{run_in, said, text};

/// One finding: a volume that is not encrypted.
pub(crate) const GOOD: &str =
    "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {AvailabilityZone: a, Size: 1}\n";
const RULE: [&str; 4] = ["--rule", "ebs_volume_unencrypted", "--format", "json"];

/// An entry of a zip archive, which may lie.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) content: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) mode: u32,
    pub(crate) size: Option<u32>,
    pub(crate) sum: Option<u32>,
}

pub(crate) fn entry(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Entry {
    Entry {
        name: name.as_ref().to_vec(),
        content: content.as_ref().to_vec(),
        method: 8,
        flags: 0,
        mode: 0o100_644,
        size: None,
        sum: None,
    }
}

fn sum(bytes: &[u8]) -> u32 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum()
}

/// A zip archive of these entries, byte by byte, so that it can be one that no archiver would write.
pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.method == 8 {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&entry.content).unwrap();
            encoder.finish().unwrap()
        } else {
            entry.content.clone()
        };
        let size = entry.size.unwrap_or(u32::try_from(entry.content.len()).unwrap());
        let sum = entry.sum.unwrap_or_else(|| sum(&entry.content));
        let common = [
            &20_u16.to_le_bytes()[..],
            &entry.flags.to_le_bytes(),
            &entry.method.to_le_bytes(),
            &[0; 4],
            &sum.to_le_bytes(),
            &u32::try_from(packed.len()).unwrap().to_le_bytes(),
            &size.to_le_bytes(),
            &u16::try_from(entry.name.len()).unwrap().to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        directory.extend(b"PK\x01\x02\x1e\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(u32::try_from(out.len()).unwrap().to_le_bytes());
        directory.extend(&entry.name);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(&entry.name);
        out.extend(packed);
    }
    let begin = u32::try_from(out.len()).unwrap();
    let count = (entries.len() as u16).to_le_bytes();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(begin.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// One member of a tar archive of that kind; `tail` is a link's target.
fn tar_member(name: &[u8], kind: u8, size: u64, target: &[u8]) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.as_mut_bytes()[157..157 + target.len()].copy_from_slice(target);
    header.set_mode(0o644);
    header.set_size(size);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    header
}

/// Blocks of a tar archive without the mark at its end.
pub(crate) fn tar_blocks(members: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, content) in members {
        let is_link = matches!(kind, b'1' | b'2');
        let (size, target) = if is_link { (0, *content) } else { (content.len() as u64, &b""[..]) };
        out.extend(tar_member(name, *kind, size, target).as_bytes());
        if !is_link {
            out.extend(*content);
            out.resize(out.len().next_multiple_of(512), 0);
        }
    }
    out
}

pub(crate) fn tar(members: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let mut out = tar_blocks(members);
    out.extend([0; 1024]);
    out
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    folder
}

/// What a scan says: files with findings, then problems with their files, then the exit code.
struct Scanned {
    report: Value,
    output: Output,
}

fn scan(folder: &Path, arguments: &[&str]) -> Scanned {
    let output = run_in(folder, &[&["scan", "--no-local-config"], arguments, &RULE].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    Scanned { report, output }
}

impl Scanned {
    fn found(&self) -> Vec<&str> {
        let sure = self.report["findings"].as_array().unwrap().iter().filter(|finding| finding["class"] != "unsure");
        sure.map(|finding| finding["path"].as_str().unwrap()).collect()
    }

    fn problems(&self) -> Vec<String> {
        let problem =
            |problem: &Value| format!("{} {}", problem["path"].as_str().unwrap(), problem["code"].as_str().unwrap());
        self.report["problems"].as_array().unwrap().iter().map(problem).collect()
    }

    fn messages(&self) -> String {
        let problems = self.report["problems"].as_array().unwrap().iter();
        problems.map(|problem| problem["message"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }
}

/// The scan of one archive alone.
fn scan_one(name: &str, bytes: &[u8], more: &[&str]) -> Scanned {
    let folder = folder_with(name, bytes);
    scan(folder.path(), &[&[name], more].concat())
}

#[test]
fn members_are_judged_in_every_format() {
    let plain = tar(&[(b"./a/good.yaml", b'0', GOOD.as_bytes()), (b"./b.json", b'0', b"{}")]);
    let zipped = zip(&[entry("a/", ""), entry("a/good.yaml", GOOD), entry("b.json", "{}")]);
    let stored = zip(&[Entry { method: 0, ..entry("a/good.yaml", GOOD) }]);
    for (name, bytes) in [
        ("t.zip", zipped),
        ("stored.zip", stored),
        ("t.tar", plain.clone()),
        ("t.tar.gz", gzip(&plain)),
        ("t.tgz", gzip(&plain)),
        ("T.TGZ", gzip(&plain)),
        ("really-gzipped.zip", gzip(&plain)),
    ] {
        let scanned = scan_one(name, &bytes, &[]);
        assert_eq!(scanned.found(), [format!("{name}!/a/good.yaml")], "{}", said(&scanned.output));
        assert_eq!(scanned.problems(), [""; 0], "{name}");
        assert_eq!(scanned.output.status.code(), Some(1));
    }
}

#[test]
fn real_archivers_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("in/stacks")).unwrap();
    let long = format!("in/stacks/{}.yaml", "long-name-".repeat(15));
    fs::write(folder.path().join(&long), GOOD).unwrap();
    let script = "for format in gnu pax ustar v7; do tar --format=$format -czf $format.tgz in 2>/dev/null || rm $format.tgz; done; \
                  git init -q . 2>/dev/null && git add in && git -c user.name=A -c user.email=a@example.com commit -q -m x && \
                  git archive -o git.tar.gz HEAD && git archive -o git.zip HEAD; \
                  python3 -m zipfile -c python.zip in 2>/dev/null; true";
    let ran = std::process::Command::new("sh").args(["-c", script]).current_dir(folder.path()).status();
    assert!(ran.unwrap().success());
    let mut tried = 0;
    for name in ["gnu.tgz", "pax.tgz", "ustar.tgz", "v7.tgz", "git.tar.gz", "git.zip", "python.zip"] {
        // Not every archiver is everywhere, and not every format has room for that name.
        if folder.path().join(name).exists() {
            tried += 1;
            let scanned = scan(folder.path(), &[name]);
            assert_eq!(scanned.found(), [format!("{name}!/{long}")], "{name}");
            assert_eq!(scanned.problems(), [""; 0], "{name}");
        }
    }
    assert!(tried > 0);
}

#[test]
fn the_rules_of_folders_count_for_members() {
    let inner = zip(&[entry("inner.yaml", GOOD)]);
    let names = [
        ("good.yaml", "good.yaml"),
        ("Stack", "Stack"),
        (".hidden.yaml", ""),
        (".github/x.yaml", ""),
        ("__MACOSX/._good.yaml", ""),
        ("node_modules/x/y.yaml", ""),
        ("page.md", ""),
        ("vendor/x.yaml", ""),
    ];
    let mut entries: Vec<Entry> = names.iter().map(|(name, _)| entry(name, GOOD)).collect();
    entries.push(entry("Notes", "nothing about templates"));
    entries.push(entry("Binary", b"AWSTemplateFormatVersion\0\x01Resources: AWS::EC2::Volume"));
    entries.push(entry("inner.zip", &inner));
    let members: Vec<(&[u8], u8, &[u8])> = entries.iter().map(|entry| (&*entry.name, b'0', &*entry.content)).collect();
    for (name, bytes) in [("t.zip", zip(&entries)), ("t.tar", tar(&members))] {
        let folder = folder_with(name, &bytes);
        fs::write(folder.path().join("cfnward.toml"), "exclude = [\"*!/vendor\"]\n").unwrap();
        let output = run_in(folder.path(), &[&["scan", name], &RULE[..]].concat());
        let scanned = Scanned { report: serde_json::from_slice(&output.stdout).unwrap(), output };
        assert_eq!(scanned.found(), [format!("{name}!/Stack"), format!("{name}!/good.yaml")]);
        assert_eq!(scanned.problems(), [""; 0], "{}", scanned.messages());
    }
}

#[test]
fn archives_below_a_folder_are_left_alone() {
    let folder = folder_with("t.zip", &zip(&[entry("good.yaml", GOOD)]));
    fs::write(folder.path().join("good.yaml"), GOOD).unwrap();
    assert_eq!(scan(folder.path(), &["."]).found(), ["good.yaml"]);
    assert_eq!(scan(folder.path(), &[".", "t.zip"]).found(), ["good.yaml", "t.zip!/good.yaml"]);
}

#[test]
fn members_find_their_neighbours() {
    let root = "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ../child.yaml\n      \
                Parameters: {Safe: 'false'}\n  Bucket:\n    Type: AWS::S3::Bucket\n    Fn::Transform: {Name: AWS::Include, Parameters: \
                {Location: snippet.yaml}}\n";
    let child = "Parameters:\n  Safe: {Type: String}\nResources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: \
                 {AvailabilityZone: a, Size: 1, Encrypted: !Ref Safe}\n";
    let snippet = "Properties: {BucketName: x}\n";
    let entries = [entry("in/root.yaml", root), entry("child.yaml", child), entry("in/snippet.yaml", snippet)];
    let members: Vec<(&[u8], u8, &[u8])> = entries.iter().map(|entry| (&*entry.name, b'0', &*entry.content)).collect();
    for (name, bytes) in [("t.zip", zip(&entries)), ("t.tgz", gzip(&tar(&members)))] {
        let scanned = scan_one(name, &bytes, &[]);
        assert_eq!(scanned.problems(), [""; 0], "{}", scanned.messages());
        assert_eq!(scanned.found(), [format!("{name}!/child.yaml")]);
    }
}

#[test]
fn suppressions_and_baselines_hold_in_archives() {
    let silenced = GOOD.replace("Disk:", "Disk: # cfnward: ignore[ebs_volume_unencrypted] scratch");
    let folder =
        folder_with("t.zip", &zip(&[entry("a.yaml", GOOD), entry("b.yaml", &silenced), entry("old/c.yaml", GOOD)]));
    fs::write(
        folder.path().join("cfnward.toml"),
        "[[ignore]]\nrules = [\"ebs_*\"]\npaths = [\"t.zip!/old/\"]\nreason = \"x\"\n",
    )
    .unwrap();
    fs::write(folder.path().join("other.yaml"), GOOD).unwrap();
    let rule = &RULE[..2];
    let create = [&["baseline", "create", "t.zip"], rule].concat();
    assert_eq!(run_in(folder.path(), &create).status.code(), Some(0));
    let known = fs::read_to_string(folder.path().join("cfnward-baseline.json")).unwrap();
    assert!(known.contains("t.zip%21/a.yaml") && !known.contains("b.yaml") && !known.contains("c.yaml"), "{known}");
    let again = run_in(folder.path(), &[&["scan", "t.zip", "--baseline", "cfnward-baseline.json"], rule].concat());
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stdout));
    // What was not scanned this time is not gone.
    let other = run_in(folder.path(), &[&["scan", "other.yaml", "--baseline", "cfnward-baseline.json"], rule].concat());
    assert!(!text(&other.stdout).contains("baseline.stale"), "{}", text(&other.stdout));
    assert_eq!(other.status.code(), Some(1));
}

#[test]
fn parameters_beside_a_member_are_used() {
    let template = "Parameters:\n  Safe: {Type: String}\nResources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: \
                    {AvailabilityZone: a, Size: 1, Encrypted: !Ref Safe}\n";
    let parameters = r#"{"Parameters": {"Safe": "false"}}"#;
    let bytes = zip(&[entry("a/t.yaml", template), entry("a/t.parameters.json", parameters)]);
    assert_eq!(scan_one("t.zip", &bytes, &["--discover-parameters"]).found(), ["t.zip!/a/t.yaml"]);
    let hidden = zip(&[entry("a/t.yaml", template)]);
    let folder = folder_with("t.zip", &hidden);
    fs::write(folder.path().join("t.parameters.json"), parameters).unwrap();
    assert_eq!(scan(folder.path(), &["t.zip", "--discover-parameters"]).found(), [""; 0]);
}

#[test]
fn names_in_archives_lead_nowhere_and_forge_nothing() {
    let names: [&[u8]; 12] = [
        b"../../etc/passwd.yaml",
        b"/absolute.yaml",
        b"back\\slash.yaml",
        b"..\\..\\up.yaml",
        b"C:\\drive.yaml",
        b"nul\0.yaml",
        b"line\nbreak.yaml",
        b"\x1b[2Jescape.yaml",
        b"not\xfftext.yaml",
        "bidi\u{202e}lmay.yaml".as_bytes(),
        b"a/./b//c.yaml",
        b"::error::x.yaml",
    ];
    let entries: Vec<Entry> = names.iter().map(|name| entry(name, GOOD)).collect();
    let folder = folder_with("t.zip", &zip(&entries));
    let scanned = scan(folder.path(), &["t.zip"]);
    let found = scanned.found();
    for name in
        ["etc/passwd", "absolute", "back/slash", "up", "C:/drive", "nul\0", "line\nbreak", "not\u{fffd}text", "a/b/c"]
    {
        assert!(found.contains(&&*format!("t.zip!/{name}.yaml")), "{name}: {found:?}");
    }
    assert_eq!(found.len(), names.len());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");
    let arguments = ["scan", "t.zip", "--color", "never", "--no-local-config"];
    let shown = text(&run_in(folder.path(), &arguments).stdout);
    assert!(shown.chars().all(|character| character == '\n' || !character.is_control()), "{shown}");
    assert!(!shown.contains('\u{202e}') && !shown.lines().any(|line| line.trim_start().starts_with("::")));
    let sarif =
        text(&run_in(folder.path(), &["scan", "t.zip", "--format", "sarif", "--alert-identity", "line"]).stdout);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.starts_with("t.zip%21/") && !uri.contains(".."), "{uri}");
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
    }
}

#[test]
fn members_of_one_name_are_all_judged() {
    let other = GOOD.replace("Disk", "Other");
    let zipped = zip(&[entry("a.yaml", GOOD), entry("a.yaml", &other), entry("x/../a.yaml", GOOD)]);
    let tarred = tar(&[(b"a.yaml", b'0', GOOD.as_bytes()), (b"./a.yaml", b'0', other.as_bytes())]);
    for (name, bytes, number) in [("t.zip", zipped, 3), ("t.tar", tarred, 2)] {
        let scanned = scan_one(name, &bytes, &[]);
        assert_eq!(scanned.found().len(), number, "{name}");
        assert_eq!(scanned.problems(), [format!("{name} archive.same-name")]);
    }
}

#[test]
fn links_and_devices_are_left_out() {
    let linked = zip(&[entry("good.yaml", GOOD), Entry { mode: 0o120_777, ..entry("link.yaml", "/etc/passwd") }]);
    let scanned = scan_one("t.zip", &linked, &[]);
    assert_eq!((scanned.found(), scanned.problems()), (vec!["t.zip!/good.yaml"], vec![]));
    let odd = tar(&[
        (b"good.yaml", b'0', GOOD.as_bytes()),
        (b"soft.yaml", b'2', b"/etc/passwd"),
        (b"hard.yaml", b'1', b"good.yaml"),
        (b"device.yaml", b'3', b""),
        (b"block.yaml", b'4', b""),
        (b"pipe.yaml", b'6', b""),
        (b"folder.yaml", b'5', b""),
        (b"later.yaml", b'0', GOOD.as_bytes()),
    ]);
    let scanned = scan_one("t.tar", &odd, &[]);
    assert_eq!((scanned.found(), scanned.problems()), (vec!["t.tar!/good.yaml", "t.tar!/later.yaml"], vec![]));
    let hidden = tar(&[(b".hidden.yaml", b'0', GOOD.as_bytes()), (b"hard.yaml", b'1', b".hidden.yaml")]);
    assert_eq!(
        scan_one("t.tar", &hidden, &[]).problems(),
        ["t.tar!/hard.yaml file.unreadable"],
        "silence must mean safe"
    );
}

#[test]
fn members_that_cannot_be_read_are_told() {
    let bytes = zip(&[
        entry("good.yaml", GOOD),
        Entry { flags: 1, ..entry("encrypted.yaml", GOOD) },
        Entry { method: 14, ..entry("lzma.yaml", GOOD) },
        Entry { sum: Some(1), ..entry("sum.yaml", GOOD) },
        Entry { size: Some(3), ..entry("more.yaml", GOOD) },
        Entry { size: Some(9999), ..entry("less.yaml", GOOD) },
        Entry { size: Some(u32::MAX), ..entry("huge.yaml", GOOD) },
        Entry { flags: 1, ..entry("Unknown", GOOD) },
        entry("later.yaml", GOOD),
    ]);
    let scanned = scan_one("t.zip", &bytes, &["--require-complete"]);
    assert_eq!(scanned.found(), ["t.zip!/good.yaml", "t.zip!/later.yaml"]);
    let expected = ["encrypted", "huge", "less", "lzma", "more", "sum"].map(|name| {
        let code = if name == "huge" { "too-big" } else { "unreadable" };
        format!("t.zip!/{name}.yaml file.{code}")
    });
    assert_eq!(scanned.problems(), expected);
    assert_eq!(scanned.output.status.code(), Some(3));
    let messages = scanned.messages();
    for word in ["encrypted", "lzma", "checksum"] {
        assert!(messages.to_lowercase().contains(word), "{word}: {messages}");
    }
}

#[test]
fn of_a_damaged_archive_the_readable_part_is_judged() {
    let filler: Vec<u8> = (0..60_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let plain = tar(&[
        (b"good.yaml", b'0', GOOD.as_bytes()),
        (b"filler.bin", b'0', &filler),
        (b"later.yaml", b'0', GOOD.as_bytes()),
    ]);
    let unmarked = tar_blocks(&[(b"good.yaml", b'0', GOOD.as_bytes())]);
    let mut header = plain.clone();
    header[1024 + 512 * 119] ^= 1;
    let packed = gzip(&plain);
    let mut wrong_sum = packed.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    for (what, name, bytes) in [
        ("within a member", "t.tar", plain[..3000].to_vec()),
        ("between members", "t.tar", unmarked),
        ("gzip within", "t.tgz", packed[..packed.len() / 2].to_vec()),
        ("gzip at the end", "t.tgz", packed[..packed.len() - 4].to_vec()),
        ("a wrong sum", "t.tgz", wrong_sum),
        ("a header", "t.tar", header),
    ] {
        let scanned = scan_one(name, &bytes, &["--require-complete"]);
        let good = format!("{name}!/good.yaml");
        assert!(scanned.found().contains(&&*good), "{what}: {}", scanned.messages());
        assert!(scanned.problems().contains(&format!("{name} archive.incomplete")), "{what}: {:?}", scanned.problems());
        assert_eq!(scanned.output.status.code(), Some(3), "{what}");
    }
    let zipped = zip(&[entry("good.yaml", GOOD), entry("later.yaml", GOOD)]);
    let mut directory = zipped.clone();
    let second = directory.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    directory[second] = b'X';
    let scanned = scan_one("t.zip", &directory, &[]);
    assert_eq!(
        (scanned.found(), scanned.problems()),
        (vec!["t.zip!/good.yaml"], vec!["t.zip archive.incomplete".into()])
    );
    let mut local = zipped.clone();
    local[0] = b'X';
    let scanned = scan_one("t.zip", &local, &[]);
    assert_eq!(scanned.problems(), ["t.zip!/good.yaml file.unreadable"]);
    assert_eq!(scanned.found(), ["t.zip!/later.yaml"]);
    let mut count = zipped.clone();
    let end = count.len() - 12;
    count[end] = 3;
    assert_eq!(scan_one("t.zip", &count, &[]).problems(), ["t.zip archive.incomplete"]);
    for (name, bytes) in [
        ("cut.zip", &zipped[..zipped.len() - 30]),
        ("none.zip", b"Resources: {}\n"),
        ("empty.zip", b""),
        ("empty.tar", b""),
        ("none.tgz", GOOD.as_bytes()),
        ("half.tgz", &[0x1F, 0x8B, 8]),
    ] {
        let scanned = scan_one(name, bytes, &["--require-complete"]);
        assert_eq!(scanned.problems(), [format!("{name} archive.incomplete")]);
        assert_eq!(scanned.output.status.code(), Some(3));
    }
}

#[test]
fn each_limit_of_archives_can_be_lowered_and_says_so() {
    let spaced = format!("{GOOD}{}", " ".repeat(100_000));
    let members: Vec<(&[u8], u8, &[u8])> = vec![
        (b"a.yaml", b'0', GOOD.as_bytes()),
        (b"b.yaml", b'0', spaced.as_bytes()),
        (b"c.yaml", b'0', GOOD.as_bytes()),
        (b"d.yaml", b'0', spaced.as_bytes()),
    ];
    let entries: Vec<Entry> = members.iter().map(|(name, _, content)| entry(name, content)).collect();
    for (name, bytes) in [("t.zip", zip(&entries)), ("t.tgz", gzip(&tar(&members)))] {
        let folder = folder_with(name, &bytes);
        let told = |limits: &[&str]| {
            let flags: Vec<&str> = limits.iter().flat_map(|limit| ["--limit", limit]).collect();
            let scanned = scan(folder.path(), &[&[name], &flags[..]].concat());
            let limit = limits[0].split('=').next().unwrap();
            let said =
                scanned.problems() == [format!("{name} archive.incomplete")] && scanned.messages().contains(limit);
            (scanned.found().len(), said)
        };
        assert_eq!(told(&["archive-members=2"]), (2, true), "{name}");
        assert_eq!(told(&["archive-size=2000"]), (1, true), "{name}");
        assert_eq!(told(&["archive-ratio=2", "file-size=101000"]), (3, true), "{name}");
        if name == "t.tgz" {
            assert_eq!(told(&["archive-memory=2000"]), (1, true), "{name}");
        }
        let small = scan(folder.path(), &[name, "--limit", "file-size=2000"]);
        assert_eq!(small.problems(), ["b", "d"].map(|member| format!("{name}!/{member}.yaml file.too-big")));
        assert_eq!(small.found().len(), 2);
    }
}

#[test]
fn what_can_only_be_done_with_files_is_refused_for_archives() {
    let Some(repository) = crate::change::Repository::new() else { return };
    fs::write(repository.path().join("t.zip"), zip(&[entry("a.yaml", GOOD)])).unwrap();
    repository.commit("begin");
    let output = repository.run(&["scan", "t.zip", "--diff", "HEAD"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`t.zip` is an archive"), "{}", said(&output));
}

#[test]
fn an_archive_without_templates_is_no_clean_one() {
    let scanned = scan_one("t.zip", &zip(&[entry("page.md", "x")]), &[]);
    assert!(said(&scanned.output).contains("no template was found in `t.zip`"), "{}", said(&scanned.output));
}
