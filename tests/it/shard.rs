//! Parts of a scan: all of them together say what one scan says, and each is a share of the work.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::archives::GOOD;
use crate::change::{run_in, said};

fn scan(folder: &Path, arguments: &[&str]) -> Value {
    let output = run_in(folder, &[&["scan", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
}

/// The entries of a list, sorted.
fn entries(reports: &[Value], list: &str) -> Vec<String> {
    let known_by_all = |entry: &&Value| !matches!(entry["code"].as_str(), Some("config.unused" | "baseline.stale"));
    let all = reports.iter().flat_map(|report| report[list].as_array().unwrap()).filter(known_by_all);
    let mut all: Vec<String> = all.map(Value::to_string).collect();
    all.sort();
    all
}

fn number(reports: &[Value], what: &str) -> u64 {
    reports.iter().map(|report| report["summary"][what].as_u64().unwrap()).sum()
}

/// Compares a scan with its parts.
fn split_well(folder: &Path, arguments: &[&str]) {
    let whole = [scan(folder, arguments)];
    assert!(number(&whole, "templates") > 1, "there is something to split");
    for of in [1, 2, 3, 7] {
        let part = |number: usize| scan(folder, &[arguments, &["--shard", &format!("{number}/{of}")]].concat());
        let parts: Vec<Value> = (1..=of).map(part).collect();
        for list in ["findings", "problems"] {
            assert_eq!(entries(&parts, list), entries(&whole, list), "{list} of {of} parts");
        }
        assert_eq!(number(&parts, "templates"), number(&whole, "templates"), "{of} parts");
    }
}

/// Stacks in stacks, files that others include, exports, files that are broken, and files that are none of these.
fn families() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let stack = |child: &str, safe: &str| {
        format!(
            "  S{}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {child}, Parameters: {{Safe: '{safe}'}}}}\n",
            safe.len()
        )
    };
    let child = "Parameters:\n  Safe: {Type: String}\nResources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: \
                 {AvailabilityZone: a, Size: 1, Encrypted: !Ref Safe}\n";
    for family in 0..5 {
        let safe = stack("child.yaml", "true");
        let unsafe_one = stack("child.yaml", "false");
        write(&format!("f{family}/root.yaml"), &format!("Resources:\n{safe}{unsafe_one}"));
        write(&format!("f{family}/other.yaml"), &format!("Resources:\n{unsafe_one}"));
        write(&format!("f{family}/child.yaml"), child);
        let include = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Fn::Transform: {Name: AWS::Include, Parameters: {Location: \
                       ../shared.yaml}}\n";
        write(&format!("z{family}/including.yaml"), include);
        write(&format!("z{family}/single.yaml"), GOOD);
        let silenced = GOOD.replace("Disk:", "Disk: # cfnward: ignore[ebs_volume_unencrypted] x");
        write(&format!("z{family}/silenced.yaml"), &silenced);
    }
    write("shared.yaml", "Properties: {AccessControl: PublicRead}\n");
    write("network.yaml", &format!("{GOOD}Outputs:\n  Out: {{Value: 'false', Export: {{Name: net-safe}}}}\n"));
    write("importing.yaml", &GOOD.replace("Size: 1", "Size: 1, Encrypted: !ImportValue net-safe"));
    write("broken.yaml", "Resources:\n  A: [\n  Type: AWS::S3::Bucket\n");
    write("page.json", "{\"name\": \"x\"}");
    folder
}

#[test]
fn the_parts_of_a_scan_say_together_what_it_says() {
    let folder = families();
    split_well(folder.path(), &["--no-local-config", "--unsure"]);
    let config = "[[ignore]]\nrules = [\"ebs_*\"]\npaths = [\"f1/\"]\nreason = \"x\"\n";
    fs::write(folder.path().join("cfnward.toml"), config).unwrap();
    let created = run_in(folder.path(), &["baseline", "create", "z1", "z2", "f2"]);
    assert_eq!(created.status.code(), Some(0), "{}", said(&created));
    split_well(folder.path(), &["--baseline", "cfnward-baseline.json"]);
    split_well(Path::new(env!("CARGO_MANIFEST_DIR")), &["templates-examples", "--no-local-config", "--pack", "all"]);
}

#[test]
fn members_of_archives_are_split_too() {
    let entries: Vec<_> = (0..9).map(|number| crate::archives::entry(format!("a{number}.yaml"), GOOD)).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = crate::archives::zip(&entries);
    // The directory says that there is one member more: one part tells it.
    let end = bytes.len() - 12;
    bytes[end] += 1;
    fs::write(folder.path().join("t.zip"), bytes).unwrap();
    split_well(folder.path(), &["t.zip"]);
}

#[test]
fn parts_are_of_about_the_same_size() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        // Beside each template lies a file that is none.
        fs::write(folder.path().join(format!("t{number}.yaml")), GOOD).unwrap();
        fs::write(folder.path().join(format!("t{number}.json")), "{}").unwrap();
    }
    for part in 1..=4 {
        let report = scan(folder.path(), &["--shard", &format!("{part}/4")]);
        assert_eq!(report["summary"]["templates"], 5, "part {part}");
    }
}

#[test]
fn what_is_no_part_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (shard, complaint) in [
        ("0/4", "of 4 parts the first is 1/4 and the last 4/4"),
        ("5/4", "of 4 parts the first is 1/4 and the last 4/4"),
        ("1/0", "there can be 1 to 10000 parts"),
        ("1/99999999", "there can be 1 to 10000 parts"),
        ("2", "a part is I/N, such as 2/8"),
        ("a/b", "a part is I/N, such as 2/8"),
        ("-1/2", "a part is I/N, such as 2/8"),
        ("", "a part is I/N, such as 2/8"),
    ] {
        let output = run_in(folder.path(), &["scan", &format!("--shard={shard}")]);
        assert_eq!(output.status.code(), Some(2), "{shard}");
        assert!(said(&output).contains(complaint), "{shard}: {}", said(&output));
    }
    let output = run_in(folder.path(), &["scan", "-", "--shard", "1/2"]);
    assert!(said(&output).contains("standard input is one"), "{}", said(&output));
    // A part without files is no mistake.
    let output = run_in(folder.path(), &["scan", "--shard", "2/2"]);
    assert_eq!((output.status.code(), said(&output)), (Some(0), String::new()));
}
