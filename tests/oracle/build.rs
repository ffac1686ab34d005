//! Makes the language folder of the published package cfn-guard a module of this crate.
//!
//! The package offers its command line only. Asked through that, a verdict takes a process or a report, and syntax trees
//! and the loader cannot be asked for at all. So the module is compiled from the package's own sources, which Cargo has
//! fetched and checked; nothing of them is kept here.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=Cargo.toml");
    let cargo = env::var("CARGO").expect("Cargo names itself");
    let output =
        Command::new(cargo).args(["metadata", "--format-version=1", "--locked"]).output().expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let folder = |name: &str| {
        let packages = metadata["packages"].as_array().expect("there are packages");
        let package = packages.iter().find(|package| package["name"] == name).expect("the package is locked");
        let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
        Path::new(manifest).parent().expect("a manifest is in a folder").to_owned()
    };
    let newer = folder("cfn-guard");
    let classic = folder("cloudformation-guard-lang");
    let module = newer.join("src/rules/mod.rs");
    let text = format!("#[path = {module:?}]\n#[allow(warnings, clippy::all)]\npub(crate) mod rules;\n");
    let out = env::var("OUT_DIR").expect("Cargo names the output folder");
    fs::write(Path::new(&out).join("newer.rs"), text).expect("the output folder can be written");
    println!("cargo::rustc-env=SOURCES_OF_V321={}", newer.display());
    println!("cargo::rustc-env=SOURCES_OF_CLASSIC={}", classic.display());
}
