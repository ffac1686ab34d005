//! Comments and metadata that silence findings, or look as if they did.

use std::sync::OnceLock;

use cfnward::check::{Checker, Input, Settings, SuppressionSettings, suppressions_in};
use cfnward::diag::{Day, Finding, Report};
use cfnward::text::{SourceFile, SourceName};

use super::scanning::{placed, problems, some_rules};
use super::text;

/// What may silence something, in the words of each tool; after the line what stands in metadata.
const SEEDS: [&str; 8] = [
    "cfnward: ignore[ebs_volume_unencrypted] until=2030-01-01 owner=me because\ncfnward: ignore-file[*]\n====\ncfnward:\n  ignore: \
     [{rule: ebs_volume_unencrypted, reason: x, until: 2030-01-01, owner: me, property: Properties.Size}]\n",
    "checkov:skip=CKV_AWS_3: because\n====\ncheckov:\n  skip: [{id: CKV_AWS_3, comment: x}]\n",
    "trivy:ignore:AVD-AWS-0026:exp:2030-01-01\ntfsec:ignore:aws-ec2-x\n====\ncfn_nag:\n  rules_to_suppress: [{id: F1, reason: x}]\n",
    "kics-scan ignore-line\nkics-scan ignore-block\nkics-scan disable=a,b\n====\ncdk_nag:\n  rules_to_suppress: [{id: AwsSolutions-EC26, \
     reason: x, applies_to: [a, {regex: /x/}]}]\n",
    "\n====\nguard:\n  SuppressedRules: [ENCRYPTED_VOLUMES, x]\ncfn-lint:\n  config: {ignore_checks: [E1, W2]}\n",
    "cfnward: ignore\ncfnward:ignore[]\ncfnward: ignore[a, b,] until=2026-02-30\ncfnward: ignore[a",
    "\n====\ncfnward: {ignore: ebs_volume_unencrypted}\n",
    "\n====\ncfnward: {ignore: [[a], {rule: [a]}, {rules: a, rule: b}, 1, null]}\n",
];

/// The inputs to begin with.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    SEEDS.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

/// Which suppressions count: all, whoever wrote them, on a day like any other.
fn heeding() -> Settings {
    let suppression = SuppressionSettings {
        foreign_comments: true,
        today: Day::parse("2026-01-01"),
        ..SuppressionSettings::default()
    };
    Settings { suppression, ..Settings::default() }
}

/// Up to a line with `====` what stands in comments, a line of it at each place; then what stands in metadata. A suppression
/// marks findings and takes none away.
pub(super) fn suppressions(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    let (comments, metadata) = text.split_once("\n====\n").unwrap_or((text, ""));
    let mut comments = comments.split(['\n', '\r']).chain(std::iter::repeat(""));
    let mut comment = || comments.next().unwrap_or_default();
    let plain = format!(
        "# {}\nResources:\n  # {}\n  Disk: # {}\n    # {}\n    Type: AWS::EC2::Volume # {}\n    Properties:\n      Size: 1 # {}\n      \
         AvailabilityZone: a\n  Other:\n    Type: AWS::EC2::Volume\n# {}\n",
        comment(),
        comment(),
        comment(),
        comment(),
        comment(),
        comment(),
        comment()
    );
    let report = heeded(&plain);
    // Line breaks that only YAML knows may end a comment early.
    if report.problems.iter().all(|problem| problem.code.id().starts_with("suppression.")) {
        let lost = |finding: &&Finding| &*finding.rule == "ebs_volume_unencrypted";
        assert_eq!(report.findings.iter().filter(lost).count(), 2, "a comment takes no finding away");
    }
    let indented: String = metadata.lines().map(|line| format!("      {line}\n")).collect();
    heeded(&format!(
        "Metadata:\n  A:\n{indented}Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Metadata:\n{indented}"
    ));
    heeded(metadata);
}

fn heeded(text: &str) -> Report {
    static HEEDING: OnceLock<Checker> = OnceLock::new();
    let heeding = HEEDING.get_or_init(|| some_rules(&heeding()));
    let source = SourceFile::new(SourceName::from_display("fuzz.yaml"), text.to_owned());
    for written in suppressions_in(&source, &heeding.settings().suppression) {
        placed(&written.place, &source);
    }
    let mut report = heeding.empty_report();
    report.absorb(heeding.check(Input { source: &source, explicit: true }));
    report.sort();
    for finding in &report.findings {
        placed(&finding.place, &source);
    }
    problems(&report.problems, &source);
    report
}
