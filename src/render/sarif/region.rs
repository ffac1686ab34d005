//! Places as SARIF locations.

use serde_sarif::sarif::{ArtifactContent, ArtifactLocation, Location, PhysicalLocation, Region};

use crate::diag::Place;

/// The most lines of a region: an alert is shown in a pull request only if all of them are in the diff.
const MOST_LINES: usize = 3;

/// The location of a place: a relative URI and a tight region whose snippet is exactly its text.
pub(super) fn location(place: &Place) -> Location {
    let artifact = ArtifactLocation { uri: Some(place.source.uri.clone()), ..ArtifactLocation::default() };
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact),
            region: Some(region(place)),
            ..PhysicalLocation::default()
        }),
        ..Location::default()
    }
}

/// The end is computed from the text that is kept, so region and snippet cannot disagree.
fn region(place: &Place) -> Region {
    let text = kept_text(place);
    let breaks = text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    let last_line = text.rsplit(['\n', '\r']).next().unwrap_or_default();
    let first_column = if breaks == 0 { i64::from(place.start.utf16_column) } else { 1 };
    let length = last_line.chars().map(char::len_utf16).sum::<usize>();
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Region {
        start_line: Some(i64::from(place.start.line)),
        start_column: Some(i64::from(place.start.utf16_column)),
        end_line: Some(i64::from(place.start.line).saturating_add(number(breaks))),
        end_column: Some(first_column.saturating_add(number(length))),
        snippet: (!text.is_empty())
            .then(|| ArtifactContent { text: Some(text.to_owned()), ..ArtifactContent::default() }),
        ..Region::default()
    }
}

/// The text of the region: without white space at its end, and only its first line if it has too many.
fn kept_text(place: &Place) -> &str {
    let excerpt = &place.excerpt;
    let text = excerpt.span.slice(&excerpt.text).unwrap_or_default();
    // A byte order mark takes no column.
    let text = if place.span.start() == 0 { text.strip_prefix('\u{feff}').unwrap_or(text) } else { text };
    let text = text.trim_end_matches(['\n', '\r', ' ', '\t']);
    let lines = text.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    if lines <= MOST_LINES && excerpt.span.len() == place.span.len() {
        return text;
    }
    text.split(['\n', '\r']).next().unwrap_or_default().trim_end_matches([' ', '\t'])
}
