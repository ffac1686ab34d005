//! The one integration-test binary.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests touch files and fail by panicking, in their helpers as well, which clippy does not take for tests"
)]

#[cfg(feature = "cli")]
mod archives;
mod arrows;
#[cfg(feature = "cli")]
mod cache;
#[cfg(feature = "cli")]
mod cache_faults;
#[cfg(feature = "cli")]
mod change;
#[cfg(feature = "cli")]
mod cli;
mod edits;
mod fact_page;
#[cfg(feature = "cli")]
mod faults;
#[cfg(feature = "cli")]
mod foreign_repositories;
mod formats;
#[cfg(feature = "cli")]
mod gap_analysis;
#[cfg(feature = "cli")]
mod graph;
#[cfg(feature = "cli")]
mod help_pages;
mod hostile_cases;
mod identity;
mod inspect;
#[cfg(feature = "cli")]
mod limits;
mod metamorphic;
#[cfg(feature = "cli")]
mod migration;
mod museum;
mod render;
#[cfg(feature = "cli")]
mod report_files;
mod reports;
#[cfg(feature = "cli")]
mod revision;
mod rule_pages;
mod rules;
#[cfg(feature = "cli")]
mod sarif_files;
mod sarif_rules;
mod security_page;
#[cfg(feature = "cli")]
mod shard;
mod stability;
mod support;
#[cfg(feature = "cli")]
mod suppression;
mod terminal;
mod together;
mod upload;
mod vector_areas;
mod vector_networks;
mod vector_suppressions;
mod vectors;
#[cfg(feature = "cli")]
mod walk;
#[cfg(feature = "cli")]
mod watching;
