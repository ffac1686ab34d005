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
    /// 32 hexadecimal digits; `occurrence` counts equal identities of one report from 1.
    pub(super) fn fingerprint(&self, occurrence: usize) -> String {
        let occurrence = occurrence.to_string();
        let fields =
            ["v1", self.rule, self.path, self.section, self.logical_id, self.property, self.discriminator, &occurrence];
        hash(&fields.join(&SEPARATOR.to_string()), 32)
    }
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
        assert_eq!(identity.fingerprint(1), "4d09095ce648c9e36430e1333c6cacdb");
        assert_eq!(identity.fingerprint(2), "ffbeb17e0374df1cf957687f44f297af");
    }
}
