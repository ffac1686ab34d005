//! How fast both engines are: the Control Tower rules over templates, as written.
//!
//! Rules are read once and each document is loaded once; what is timed is evaluation alone, in the processor time of
//! this thread. Prints one line for each engine and the ratio. With `ours` behind the number of templates AWS's engine is
//! not asked, for a profiler to look at ours alone.

use std::time::{Duration, Instant};

use bumpalo::Bump;
use cfnward::eval::Indexed;
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

/// The mean of several rounds: the clock does not tell short times apart.
fn mean<T>(rounds: u32, mut work: impl FnMut() -> T) -> Duration {
    let all = timed(|| {
        for _ in 0..rounds {
            std::hint::black_box(work());
        }
    });
    all.1 / rounds
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let most = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(60);
    let alone = std::env::args().nth(2).is_some_and(|text| text == "ours");
    let suite: Suite = suite("controls", false);
    if let Some(reason) = &suite.absent {
        println!("skipped: {reason}");
        return;
    }
    let texts: Vec<&str> = suite.rules.iter().map(|(_, text)| text.as_str()).collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let reading = [
        mean(20, || {
            texts
                .iter()
                .map(|text| cfnward::guard::parse(text, Dialect::Classic))
                .filter(|it| it.errors.is_empty())
                .count()
        }),
        mean(3, || {
            let theirs = texts.iter().filter(|_| !alone);
            theirs.filter(|text| matches!(guarded(|| classic::parse(text)), Ok(Ok(Some(_))))).count()
        }),
    ];
    let compiling = mean(20, || texts.iter().filter_map(|text| ours::program(text, Dialect::Classic)).count());
    println!("{} rule files, {bytes} bytes", texts.len());
    println!("reading all: ours {:?} (with compiling {compiling:?}), AWS's {:?}", reading[0], reading[1]);

    let programs: Vec<_> = texts.iter().filter_map(|text| ours::program(text, Dialect::Classic)).collect();
    let asked = texts.iter().filter(|_| !alone);
    let rules: Vec<_> = asked.filter_map(|text| classic::parse(text).ok().flatten()).collect();
    let (mut ours_total, mut theirs_total, mut documents) = (Duration::ZERO, Duration::ZERO, 0_u32);
    let mut building = Duration::ZERO;
    for template in templates(most) {
        let Some(data) = load::load(&template.text, Loader::Validate) else { continue };
        let Ok(Ok(theirs)) = guarded(|| classic::load(&template.text, Loader::Validate)) else { continue };
        let arena = Bump::new();
        let (document, time) = timed(|| Indexed::new(data.value(&arena, &mut |_, _| None), &arena));
        building += time;
        // The first round fills caches that a scan of many templates has filled.
        for program in &programs {
            std::hint::black_box(ours::ask(program, &document, &arena));
        }
        ours_total += mean(100, || {
            for program in &programs {
                std::hint::black_box(ours::ask(program, &document, &arena));
            }
        });
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
    println!("value trees with their index: {:?} for each template", building / documents);
    println!("evaluation: ours {:?}, AWS's {:?} for each template", ours_total / documents, theirs_total / documents);
    println!("ratio: {:.1}", theirs_total.as_secs_f64() / ours_total.as_secs_f64());
}
