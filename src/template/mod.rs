//! A template: what a document means to CloudFormation.
//!
//! [`prefilter`] and [`detect`] tell templates from the files beside them, the first on bytes and cheaply, the second on
//! the document; [`templated_markers`] explains a file that cannot be read before a generator has rendered it.
//!
//! Invariants: nothing here judges security; a broken document is recognised by what could be read of it.
//!
//! Deliberately absent: values of parameters, functions and conditions (`resolve`), and file names (`walk`). Used by
//! `resolve`, `graph`, `check` and `cli`.

mod detect;

#[cfg(test)]
mod detect_tests;

pub use detect::{Detection, detect, prefilter, templated_markers};
