//! The configuration file `cfnward.toml`: from its text to settings, with the places of what is wrong.
//!
//! [`read_parameters`] reads files of parameters, in the forms that others have for them.
//!
//! Every key stands in one table ([`KEYS`]); a key or value that means nothing is a problem with its place and does not
//! stop the others. Flags of the command line win over the file.
//!
//! Deliberately absent: finding and reading the file (the shell does), and what selected rules do. Used by `cli`.

mod file;
mod parameter_file;
#[cfg(test)]
mod parameter_file_tests;
mod samconfig;

pub use file::{Configuration, FILE_NAME, KEYS, Key, read};
pub use parameter_file::{GivenParameters, read_parameters};
