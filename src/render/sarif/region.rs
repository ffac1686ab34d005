//! Places as SARIF locations.

use crate::diag::Place;
use crate::render::region;

use super::shape::{ArtifactLocation, Location, PhysicalLocation, Region, text};

/// The location of a place: a relative URI and a tight region whose snippet is exactly its text.
pub(super) fn location(place: &Place) -> Location<'_> {
    let tight = region::region(place);
    let region = Region {
        end_column: tight.end.utf16_column,
        end_line: tight.end.line,
        snippet: (!tight.text.is_empty()).then(|| text(tight.text)),
        start_column: tight.start.utf16_column,
        start_line: tight.start.line,
    };
    let artifact_location = ArtifactLocation { uri: &place.source.uri };
    Location {
        id: None,
        logical_locations: Vec::new(),
        message: None,
        physical_location: PhysicalLocation { artifact_location, region },
    }
}
