//! Fingerprints keep what they stand for: whatever an author does to a template beside the finding, its fingerprint
//! stays, and no other finding has it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::edits::{Layout, Tree, tree};
use crate::stability::{Counts, findings};

fn folder(path: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(path)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn edits_of_our_examples_leave_fingerprints_as_they_are() {
    let mut counts = Counts::default();
    for path in folder("templates-examples") {
        counts.try_edits(&path.display().to_string(), &fs::read_to_string(&path).unwrap_or_default());
    }
    assert!(counts.templates >= 5, "{counts}");
    counts.must_hold();
}

/// Templates of other people, where they are at hand; the program `identity` beside the oracle takes 500 of them.
#[test]
fn edits_of_real_templates_leave_fingerprints_as_they_are() {
    const WANTED: usize = 12;
    let all = folder("../shared/corpus/dev");
    let mut counts = Counts::default();
    let stride = (all.len() / (WANTED * 5 / 4)).max(1);
    for path in all.iter().step_by(stride) {
        if counts.templates < WANTED {
            counts
                .try_edits(&path.file_name().unwrap().to_string_lossy(), &fs::read_to_string(path).unwrap_or_default());
        }
    }
    if !all.is_empty() {
        counts.must_hold();
    }
}

const STACK: &str = "
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, live]}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
        - !If [IsLive, {IpProtocol: tcp, FromPort: 3389, ToPort: 3389, CidrIp: 0.0.0.0/0}, !Ref AWS::NoValue]
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
  Disk:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: a, Size: 1}
";

fn fingerprints(text: &str) -> Vec<String> {
    let findings = findings(text).unwrap().into_iter();
    findings.map(|one| format!("{} {}", one.rule, one.fingerprint)).collect()
}

fn unique(prints: &[String]) -> bool {
    prints.iter().collect::<BTreeSet<_>>().len() == prints.len()
}

#[test]
fn a_resource_written_twice_has_findings_of_its_own() {
    let before = fingerprints(STACK);
    let mut twice: Tree = tree(STACK).unwrap();
    let resources = twice.get_mut("Resources").unwrap();
    let disk = resources.get("Disk").unwrap().clone();
    resources.pairs_mut().unwrap().insert(0, ("Copy".to_owned(), disk));
    let after = fingerprints(&twice.written(Layout::Yaml { wide: false }).unwrap());
    assert!(before.iter().all(|one| after.contains(one)) && unique(&before) && unique(&after));
    let of_disk = findings(STACK).unwrap();
    let of_disk = of_disk.iter().filter(|one| one.resource.as_ref().is_some_and(|one| one.logical_id == "Disk"));
    assert_eq!(after.len(), before.len() + of_disk.count());
}

#[test]
fn what_is_mended_is_gone_and_nothing_else() {
    let before = fingerprints(STACK);
    let mended = STACK.replace("Size: 1}", "Size: 1, Encrypted: true}");
    let gone: Vec<String> =
        before.iter().filter(|one| !fingerprints(&mended).contains(one)).map(|one| one.replace(' ', "")).collect();
    assert!(gone.iter().all(|one| one.starts_with("ebs_")), "{gone:?}");
    assert_eq!(fingerprints(&mended).iter().filter(|one| !before.contains(one)).count(), 0);
    assert!(!gone.is_empty());
}

#[test]
fn equal_items_and_branches_have_fingerprints_of_their_own() {
    let open: Vec<String> = fingerprints(STACK).into_iter().filter(|one| one.contains("_open_to_world")).collect();
    assert!(open.len() >= 4 && unique(&open), "{open:?}");
    let other_condition = STACK.replace("IsLive", "IsReal");
    let kept = fingerprints(&other_condition).iter().filter(|one| open.contains(one)).count();
    assert!(kept > 0 && kept < open.len(), "the condition names its branch, and that alone: {kept} of {}", open.len());
}

/// A fingerprint from which a secret could be found by trying is as bad as the secret.
#[test]
fn a_secret_leaves_no_trace_in_a_fingerprint() {
    let with = |secret: &str| {
        fingerprints(&format!(
            "Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n        \
             - Image: app\n          Password: {secret}\n          Privileged: true\n          Environment:\n            \
             - Name: DB_PASSWORD\n              Value: {secret}\n"
        ))
    };
    assert!(!with("hunter2").is_empty());
    assert_eq!(with("hunter2"), with("correct-horse"));
}
