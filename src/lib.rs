//! cfnward: judges what a CloudFormation template would deploy.
//!
//! The core is one function from source texts and rules to a report; it reads no file, starts no thread and prints
//! nothing. `src/README.md` has the plan of the rooms.

pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod diag;
pub mod eval;
pub mod graph;
pub mod guard;
pub mod render;
pub mod resolve;
pub mod rules;
pub mod syntax;
pub mod template;
pub mod text;
pub mod value;
#[cfg(feature = "cli")]
pub mod walk;
