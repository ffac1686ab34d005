//! The configuration file `cfnward.toml`: from its text to settings, with the places of what is wrong, and what it makes
//! of findings.
//!
//! [`read_parameters`] reads files of parameters, in the forms that others have for them.
//!
//! Every key stands in one table ([`KEYS`]), from which reading and the JSON schema ([`schema()`]) follow; a key or value
//! that means nothing is a problem with its place and does not stop the others. Flags of the command line win over the
//! file.
//!
//! Deliberately absent: finding and reading the file (the shell does), the clock, and what selected rules do. Used by `cli`.

mod file;
mod given;
mod governing;
mod keys;
mod parameter_file;
#[cfg(test)]
mod parameter_file_tests;
mod patterns;
mod reader;
mod samconfig;
mod schema;
#[cfg(test)]
mod tests;

pub use file::{About, Configuration, FILE_NAME, ForeignSuppressions, Ignore, Override, read};
pub use given::PlacedText;
pub use keys::{KEYS, Key, Kind};
pub use parameter_file::{GivenParameters, read_parameters};
pub use schema::schema;
