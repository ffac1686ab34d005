//! Addresses of places in scanned files, for documents that may carry links.

use crate::diag::Place;

use super::Options;
use super::region::region;

/// The address of a place, when it is known where the files can be read.
pub(super) fn permalink(place: &Place, options: &Options) -> Option<String> {
    let base = options.source_url.as_deref()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%@+=".contains(c);
    if !base.starts_with("https://") || !base.chars().all(plain) {
        return None;
    }
    let region = region(place);
    let lines = if region.start.line == region.end.line {
        format!("L{}", region.start.line)
    } else {
        // GitLab writes ranges in its own way.
        let second = if base.contains("/-/blob/") { "" } else { "L" };
        format!("L{}-{second}{}", region.start.line, region.end.line)
    };
    Some(format!("{}/{}#{lines}", base.trim_end_matches('/'), place.source.uri))
}
