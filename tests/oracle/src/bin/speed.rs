//! How fast both engines are: the Control Tower rules over templates, as written.
//!
//! Rules are read once and each document is loaded once; what is timed is evaluation alone, in the processor time of
//! this thread. Prints one line for each engine and the ratio.

use std::time::{Duration, Instant};

use bumpalo::Bump;
use cfnward::guard::Dialect;
use oracle::cases::Loader;
use oracle::engines::{classic, guarded};
use oracle::suites::{suite, templates, Suite};
use oracle::{load, ours};

/// Processor time is what counts on a machine that is shared: its clock where there is one, else the wall's.
fn clock() -> Duration {
    let ticks = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = ticks.as_deref().and_then(|text| text.split(' ').next()).and_then(|text| text.parse().ok());
    match nanoseconds {
        Some(nanoseconds) => Duration::from_nanos(nanoseconds),
        None => START.with(Instant::elapsed),
    }
}

thread_local! {
    static START: Instant = Instant::now();
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = clock();
    let result = work();
    (result, clock().saturating_sub(start))
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..5).map(|_| timed(&mut work).1).min().unwrap_or_default()
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let most = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(60);
    let suite: Suite = suite("controls", false);
    if let Some(reason) = &suite.absent {
        println!("skipped: {reason}");
        return;
    }
    let texts: Vec<&str> = suite.rules.iter().map(|(_, text)| text.as_str()).collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let reading = [
        best(|| {
            texts
                .iter()
                .map(|text| cfnward::guard::parse(text, Dialect::Classic))
                .filter(|it| it.errors.is_empty())
                .count()
        }),
        best(|| texts.iter().filter(|text| matches!(guarded(|| classic::parse(text)), Ok(Ok(Some(_))))).count()),
    ];
    let compiling = best(|| texts.iter().filter_map(|text| ours::program(text, Dialect::Classic)).count());
    println!("{} rule files, {bytes} bytes", texts.len());
    println!("reading all: ours {:?} (with compiling {compiling:?}), AWS's {:?}", reading[0], reading[1]);

    let programs: Vec<_> = texts.iter().filter_map(|text| ours::program(text, Dialect::Classic)).collect();
    let rules: Vec<_> = texts.iter().filter_map(|text| classic::parse(text).ok().flatten()).collect();
    let (mut ours_total, mut theirs_total, mut documents) = (Duration::ZERO, Duration::ZERO, 0_u32);
    let mut building = Duration::ZERO;
    for document in templates(most) {
        let Some(data) = load::load(&document.text, Loader::Validate) else { continue };
        let Ok(Ok(theirs)) = guarded(|| classic::load(&document.text, Loader::Validate)) else { continue };
        let arena = Bump::new();
        let (value, time) = timed(|| data.value(&arena, &mut |_, _| None));
        building += time;
        // The first round fills caches that a scan of many templates has filled.
        for program in &programs {
            std::hint::black_box(ours::ask(program, value, &arena));
        }
        ours_total += timed(|| {
            for program in &programs {
                std::hint::black_box(ours::ask(program, value, &arena));
            }
        })
        .1;
        theirs_total += timed(|| {
            for rules in &rules {
                // An error is an answer.
                let _ = std::hint::black_box(guarded(|| classic::evaluate(rules, &theirs)));
            }
        })
        .1;
        documents += 1;
    }
    if documents == 0 {
        return;
    }
    println!("{documents} templates, {} rule files each", programs.len());
    println!("value trees: {:?} for each template", building / documents);
    println!("evaluation: ours {:?}, AWS's {:?} for each template", ours_total / documents, theirs_total / documents);
    println!("ratio: {:.1}", theirs_total.as_secs_f64() / ours_total.as_secs_f64());
}
