//! One target of libFuzzer, chosen by the variable `FUZZ_TARGET`.
#![no_main]

use std::sync::OnceLock;

use hostile::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

fn chosen() -> &'static Target {
    static CHOSEN: OnceLock<&'static Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        TARGETS.iter().find(|target| target.name == name).unwrap_or_else(|| {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            panic!("FUZZ_TARGET must be one of {}", names.join(", "))
        })
    })
}

fuzz_target!(|bytes: &[u8]| (chosen().run)(bytes));
