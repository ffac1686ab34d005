//! Compares cfnward's Guard engine with AWS's two: see `README.md` beside `Cargo.toml`.

pub mod cases;
pub mod engines;
pub mod fixed;
pub mod fuzz;
pub mod generate;
pub mod holes;
pub mod load;
pub mod ours;
pub mod ratchet;
pub mod suites;
pub mod trees;
pub mod worker;

// cfn-guard 3.2.1's language folder: its files name themselves `crate::rules` and their error `crate::Error`.
include!(concat!(env!("OUT_DIR"), "/newer.rs"));
pub(crate) use rules::errors::Error;
