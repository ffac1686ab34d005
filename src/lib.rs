//! cfnward: judges what a CloudFormation template would deploy.
//!
//! The core is one function from source texts and rules to a report; it reads no file, starts no thread and prints
//! nothing. `src/README.md` has the plan of the rooms.

pub mod diag;
pub mod eval;
pub mod guard;
pub mod syntax;
pub mod text;
pub mod value;
