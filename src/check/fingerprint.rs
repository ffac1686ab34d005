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

    #[test]
    fn the_algorithm_does_not_change_by_accident() {
        let identity = Identity {
            rule: "s3_bucket_unencrypted",
            path: "infra/a.yaml",
            section: "Resources",
            logical_id: "Logs",
            property: "Properties.BucketEncryption",
            discriminator: "",
        };
        assert_eq!(identity.fingerprint(), "faa1172e009129fcb0972097e41479c8");
        assert_eq!(repeated(&identity.fingerprint(), 2), "0a9649160cd48909e7d0a05ff0372685");
    }
}
