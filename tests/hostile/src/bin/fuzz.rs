//! One target of libFuzzer, chosen by the variable `FUZZ_TARGET`; without it the names of all are printed. With `FUZZ_SEEDS`
//! the inputs to begin with that the target knows itself are written into that folder.
#![no_main]

use std::path::Path;
use std::process::exit;
use std::sync::OnceLock;

use hostile::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

fn choose() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        TARGETS.iter().for_each(|target| println!("{}", target.name));
        exit(if name.is_empty() { 0 } else { 2 });
    };
    if let Ok(folder) = std::env::var("FUZZ_SEEDS") {
        for (number, seed) in (target.seeds)().into_iter().enumerate() {
            let path = Path::new(&folder).join(format!("own-{number}"));
            std::fs::write(path, seed).expect("the folder takes a seed");
        }
        exit(0);
    }
    CHOSEN.get_or_init(|| target);
}

fuzz_target!(init: choose(), |bytes: &[u8]| {
    if let Some(target) = CHOSEN.get() {
        (target.run)(bytes);
    }
});
