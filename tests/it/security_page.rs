//! The limits in `.github/SECURITY.md` are made from their table. `UPDATE=1 cargo test security_page` writes them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cfnward::diag::LIMITS;

const BEGIN: &str = "<!-- limits: made by `UPDATE=1 cargo test security_page` from src/diag/limits.rs -->\n";
const END: &str = "<!-- /limits -->";

/// A number with a mark between thousands, so that people can read it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
    parts.join(",")
}

fn table() -> String {
    let mut table = String::from("\n| limit | default | at most | counts |\n|---|---|---|---|\n");
    for limit in LIMITS {
        let (name, meaning) = (limit.name, limit.meaning.trim());
        let _ = writeln!(table, "| `{name}` | {} | {} | {meaning} |", grouped(limit.default), grouped(limit.most));
    }
    table + "\n"
}

#[test]
fn the_limits_on_the_security_page_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/SECURITY.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for limits");
    let (_, after) = rest.split_once(END).expect("the place for limits ends");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    assert!(
        page == wanted,
        "the limits in .github/SECURITY.md are out of date: run `UPDATE=1 cargo test security_page`"
    );
}
