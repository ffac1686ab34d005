//! What pages have in common.

use sha2::{Digest as _, Sha256};

/// The hash of a text as a content security policy names it.
pub(super) fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut hash = String::from("sha256-");
    for three in Sha256::digest(text.as_bytes()).chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, index| (bits << 8) | usize::from(three.get(index).copied().unwrap_or(0)));
        for index in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * index)) & 63).copied().unwrap_or(b'=');
            hash.push(if index > three.len() { '=' } else { char::from(digit) });
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_a_content_security_policy() {
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
