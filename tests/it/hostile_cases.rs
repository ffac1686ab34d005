//! What fuzzing found once must hold ever after.

#[path = "../hostile/src/generate.rs"]
mod generate;
#[path = "../hostile/src/random.rs"]
#[expect(dead_code, reason = "what damages texts takes one of several; here nothing does")]
mod random;
#[path = "../hostile/src/targets/mod.rs"]
mod targets;

use std::fs;
use std::path::Path;

use targets::TARGETS;

#[test]
fn every_case_that_fuzzing_found_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/cases");
    for entry in fs::read_dir(&folder).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let target = TARGETS.iter().find(|target| target.name == name);
        let target = target.unwrap_or_else(|| panic!("{name} is no target"));
        for case in fs::read_dir(folder).unwrap() {
            (target.run)(&fs::read(case.unwrap().path()).unwrap());
        }
    }
}

#[test]
fn every_target_takes_anything() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        for bytes in [b"".as_slice(), b"\0", b"\xff\xfe", b"{", b"a: &a [*a]", b"rule r { a == 1 }\n====\na: 1\n"] {
            (target.run)(bytes);
        }
        seeds.iter().take(8).for_each(|seed| (target.run)(seed));
    }
}
