//! A document as CloudFormation reads it: sections, resources, intrinsic functions in either form.
//!
//! [`Template`] is a view over one document and copies nothing. `!Ref X`, `Ref: X` and `{"Ref": "X"}` are the same
//! [`Call`]. An odd section is a problem; the rest is still usable.
//!
//! [`detect()`] tells templates from everything else by what a document says, [`prefilter`] by a few words of its bytes.
//!
//! Deliberately absent: evaluating anything (`resolve`). Used by `resolve`, `graph`, `check` and `cli`.

mod detect;
#[cfg(test)]
mod detect_tests;
mod intrinsic;
mod model;

pub use detect::{Detection, detect, prefilter, templated_markers};
pub use intrinsic::{Call, Function, boolean_call, call, long_form, name_text};
pub use model::{Name, Named, Parameter, ResourceEntry, Template, TemplateProblem};
