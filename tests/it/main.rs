//! The one integration-test binary.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

mod arrows;
#[cfg(feature = "cli")]
mod walk;
