//! What rules reach, views, and messages with values.

use super::reach;
use crate::guard::{Dialect, parse};
use crate::rules::Catalog;

#[test]
fn dump() {
    for rule in &Catalog::builtin().rules {
        let reach = reach(rule.text.file(), &rule.guard_name);
        let mut types = rule.info.resources.clone();
        types.sort();
        if reach.whole.is_some() || reach.functions || reach.types.as_ref() != Some(&types) {
            println!("{} {:?} {:?}", rule.info.id, reach, types);
        }
    }
    let _ = parse("", Dialect::Classic);
}
