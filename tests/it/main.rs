//! The one integration-test binary.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "what tests call fails by panicking, too"
)]

mod arrows;
mod render;
mod reports;
mod sarif_rules;
mod support;
