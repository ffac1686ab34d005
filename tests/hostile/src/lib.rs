//! Feeds cfnward what nobody should, and says what must hold whatever the bytes.
//!
//! A target is a function from bytes to nothing that panics when something does not hold. Fuzzing, mutated templates and the
//! regression cases in `cases/` all call the same ones.

mod generate;
mod machine;
mod mutate;
mod nodes;
mod random;
mod targets;

pub use generate::template;
pub use machine::{files_below, processor_time};
pub use mutate::{Level, mutated};
pub use random::Random;
pub use targets::{BAD_SPAN, NOT_SARIF, NOT_UTF8, TARGETS, Target};
