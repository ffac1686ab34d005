//! Tags: only the short ones of CloudFormation, such as `!Sub`.

use super::Reader;
use crate::text::Span;

impl Reader<'_> {
    /// Reads a tag that is followed by a blank or the end of the line. Those of YAML itself are not read here: they decide
    /// what their values may be.
    pub(super) fn tag(&mut self) -> Option<Span> {
        let start = self.at;
        let name = self.bytes.get(start + 1..)?;
        let length = name
            .iter()
            .position(|byte| !matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' | b'.' | b'-'))
            .unwrap_or(name.len());
        self.at = start + 1 + length;
        if length == 0 || !self.is_gap(self.at) {
            return None;
        }
        self.end = self.at;
        Some(Span::new(start, self.at))
    }
}
