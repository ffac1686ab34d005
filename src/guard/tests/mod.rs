//! Tests of the room, by what they look at.

mod accepts;
mod errors;
mod hostile;
mod recorded;
mod shapes;

use crate::guard::{Dialect, RuleFile, parse};

/// The tree of a text without errors.
fn read(text: &str) -> RuleFile {
    let parsed = parse(text, Dialect::Classic);
    assert_eq!(parsed.errors, [], "{text}");
    parsed.file
}
