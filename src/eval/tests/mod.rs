//! The evaluator against tables of its own, against recorded answers of AWS's engines where those are at hand, and
//! against itself with parts of the data forgotten.

mod completions;
mod golden;
mod indexed;
mod probes;
mod shortcuts;
mod soundness;

mod support;
mod unsure;
