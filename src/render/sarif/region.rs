//! Places as SARIF locations.

use serde_sarif::sarif::{ArtifactContent, ArtifactLocation, Location, PhysicalLocation, Region};

use crate::diag::Place;
use crate::render::region;

/// The location of a place: a relative URI and a tight region whose snippet is exactly its text.
pub(super) fn location(place: &Place) -> Location {
    let artifact = ArtifactLocation { uri: Some(place.source.uri.clone()), ..ArtifactLocation::default() };
    let tight = region::region(place);
    let snippet = (!tight.text.is_empty())
        .then(|| ArtifactContent { text: Some(tight.text.to_owned()), ..ArtifactContent::default() });
    let region = Region {
        start_line: Some(i64::from(tight.start.line)),
        start_column: Some(i64::from(tight.start.utf16_column)),
        end_line: Some(i64::from(tight.end.line)),
        end_column: Some(i64::from(tight.end.utf16_column)),
        snippet,
        ..Region::default()
    };
    Location {
        physical_location: Some(PhysicalLocation {
            artifact_location: Some(artifact),
            region: Some(region),
            ..PhysicalLocation::default()
        }),
        ..Location::default()
    }
}
