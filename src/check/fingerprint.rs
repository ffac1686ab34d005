//! The identity of a finding across versions of a file.
//!
//! A SHA-256 over rule, path, section, logical id and property path, with list items named by content: it survives
//! reformatting, moved lines and unrelated edits. Its algorithm has a version; golden values are tested.

use sha2::{Digest, Sha256};

/// Separates the fields, so that no two tuples have the same text.
const SEPARATOR: char = '\u{1f}';

/// What a finding is, for as long as it is the same finding.
pub(super) struct Identity<'a> {
    pub(super) rule: &'a str,
    pub(super) path: &'a str,
    pub(super) section: &'a str,
    pub(super) logical_id: &'a str,
    pub(super) property: &'a str,
    pub(super) discriminator: &'a str,
}

impl Identity<'_> {
    /// 32 hexadecimal digits.
    pub(super) fn fingerprint(&self) -> String {
        let fields = ["v1", self.rule, self.path, self.section, self.logical_id, self.property, self.discriminator];
        hash(&fields.join(&SEPARATOR.to_string()), 32)
    }
}

/// The fingerprint of the `occurrence`-th finding (from 2) that has this one too.
pub(super) fn repeated(fingerprint: &str, occurrence: usize) -> String {
    hash(&format!("{fingerprint}{SEPARATOR}{occurrence}"), 32)
}

/// A short name for an item without one.
pub(super) fn short_hash(text: &str) -> String {
    hash(text, 12)
}

fn hash(text: &str, digits: usize) -> String {
    use std::fmt::Write as _;
    let mut hexadecimal = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a String cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal.truncate(digits);
    hexadecimal
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by another program.
    #[test]
    fn the_algorithm_does_not_change_by_accident() {
        let golden = [
            (
                ["s3_bucket_unencrypted", "infra/a.yaml", "Resources", "Logs", "Properties.BucketEncryption", ""],
                "faa1172e009129fcb0972097e41479c8",
            ),
            (
                ["s3_bucket_unencrypted", "infra/b.yaml", "Resources", "Logs", "Properties.BucketEncryption", ""],
                "64079f6db499a068cdac2322d8ec3ef1",
            ),
            (
                ["s3_bucket_unencrypted", "infra/a.yaml", "Resources", "Data", "Properties.BucketEncryption", ""],
                "a7745678ebd4fc6c77e1c9f395f0a2ba",
            ),
            (
                ["s3_bucket_public", "infra/a.yaml", "Resources", "Logs", "Properties.BucketEncryption", ""],
                "e54d6ac36ff44354a8aa0d13c2ded537",
            ),
            (
                ["s3_bucket_unencrypted", "infra/a.yaml", "Resources", "Logs", "", "Properties.BucketEncryption"],
                "6ec1cac9d2e83d6a44900420e9977c24",
            ),
            (
                ["s3_bucket_unencrypted", "infra/a.yaml", "Resources", "Logs", "", ""],
                "35156c49cecde5551717b16623986317",
            ),
            (
                ["s3_bucket_unencrypted", "infra/a.yaml", "Parameters", "Logs", "", ""],
                "466fe3aba95bfc5d63f992dde599a03d",
            ),
            (["s3_bucket_unencrypted", "infra/a.yaml", "Mappings", "", "", ""], "9576c4299b665617b83488ae3b07407c"),
            (
                [
                    "group_open",
                    "a%20b.yaml",
                    "Resources",
                    "Web",
                    "Properties.Ingress[tcp:22:22:0.0.0.0/0:::::].CidrIp",
                    "",
                ],
                "0a65d9e040f87fda3f20b38a8a5b60bd",
            ),
            (
                [
                    "group_open",
                    "a%20b.yaml",
                    "Resources",
                    "Web",
                    "Properties.Ingress[tcp:22:22:0.0.0.0/0:::::~1].CidrIp",
                    "",
                ],
                "ef456d34158ab518ea656806b1ee211a",
            ),
            (
                [
                    "group_open",
                    "a%20b.yaml",
                    "Resources",
                    "Web",
                    "Properties.Ingress[tcp:22:22:0.0.0.0/0:::::~2].CidrIp",
                    "",
                ],
                "6ff645786f900f4b5feab4caafd82e3d",
            ),
            (
                [
                    "policy_admin",
                    "iam.json",
                    "Resources",
                    "Role",
                    "Properties.Policies[PolicyName=all].Statement[Sid=All].Action",
                    "",
                ],
                "a5b671f8d078a833d94fb0d66210840b",
            ),
            (
                [
                    "policy_admin",
                    "iam.json",
                    "Resources",
                    "Role",
                    "Properties.Policies[PolicyName=all].Statement[b1946ac92492].Action",
                    "",
                ],
                "2eefcb6b03cabaf4a8a0e4eaa8064c72",
            ),
            (
                [
                    "policy_admin",
                    "iam.json",
                    "Resources",
                    "Role",
                    "Properties.Statement[b1946ac92492#0123456789ab].Action",
                    "",
                ],
                "51c10ec9642bf295d981ab1b59b52569",
            ),
            (
                ["rds_unencrypted", "db.yaml", "Resources", "Database", "Properties.StorageEncrypted?IsProduction", ""],
                "02d35cf9295c9cd8f5d15172933b31b9",
            ),
            (
                ["rds_unencrypted", "db.yaml", "Resources", "Database", "Properties.StorageEncrypted!IsProduction", ""],
                "c043a2fa516eabbd9997cac94175c528",
            ),
            (
                ["tags_missing", "db.yaml", "Resources", "Database", "Properties", "Tags"],
                "a843a99fe6716ec381d75d990cda6381",
            ),
            (
                ["password_in_clear", "dms.yaml", "Resources", "Ümlaut", "Properties.Password", ""],
                "e3b9c54255a8e5e60e5744849d6a8a07",
            ),
            (["template_hygiene", "dms.yaml", "", "", "", ""], "579d003078f6621578e478792ddfa120"),
            (["", "", "", "", "", ""], "28cbac78109e9b675a38c49a31c1f0b2"),
        ];
        for (fields, expected) in golden {
            let [rule, path, section, logical_id, property, discriminator] = fields;
            let identity = Identity { rule, path, section, logical_id, property, discriminator };
            assert_eq!(identity.fingerprint(), expected, "{fields:?}");
        }
        assert_eq!(repeated("faa1172e009129fcb0972097e41479c8", 2), "0a9649160cd48909e7d0a05ff0372685");
    }
}
