//! Embeds the rule files and packs: one table of texts, sorted by path. Reads nothing outside `rules/`.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a build script reads files and may stop the build")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets the folder of the package"));
    println!("cargo::rerun-if-changed=rules");
    let mut found = Vec::new();
    files(&root.join("rules"), &mut found);
    found.sort();
    let mut rules = String::from("static EMBEDDED_RULES: &[EmbeddedRule] = &[\n");
    let mut packs = String::from("static EMBEDDED_PACKS: &[(&str, &str)] = &[\n");
    for path in &found {
        let shown = path.strip_prefix(&root).expect("found below the root").to_string_lossy().replace('\\', "/");
        if shown.ends_with(".guard") {
            let test = path.with_extension("test.yaml");
            let test_shown = shown.replace(".guard", ".test.yaml");
            assert!(test.is_file(), "{shown} has no sibling {test_shown}");
            let _ = writeln!(
                rules,
                "EmbeddedRule {{ path: {shown:?}, text: include_str!({path:?}), test_path: {test_shown:?}, \
                 test_text: include_str!({test:?}) }},"
            );
        } else if shown.starts_with("rules/packs/") && shown.ends_with(".yaml") {
            let _ = writeln!(packs, "({shown:?}, include_str!({path:?})),");
        }
    }
    rules.push_str("];\n");
    packs.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets the folder for output"));
    fs::write(out.join("embedded_rules.rs"), rules).expect("the output folder can be written");
    fs::write(out.join("embedded_packs.rs"), packs).expect("the output folder can be written");
}
