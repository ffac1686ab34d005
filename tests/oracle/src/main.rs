use oracle::fuzz;
fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<String> = std::env::args().collect();
    let from: u64 = arguments[2].parse().unwrap();
    let to: u64 = arguments[3].parse().unwrap();
    if arguments[1] == "rules" { print!("{}", fuzz::rules_of(from, to)); return }
    let mut left = 12;
    let start = std::time::Instant::now();
    let mut total = fuzz::Counts::default();
    for batch in from..to {
        let counts = fuzz::batch(batch, 0, |n| {if std::env::var("SHOW").is_ok() {eprintln!("{batch} {n}")}}, &mut |found| {
            println!("--- {} {}\n{}\n{}\n{}", found.dialect, found.kind, found.rules, found.data, found.said);
            left -= 1;
            if left == 0 { std::process::exit(1) }
        });
        total.pairs += counts.pairs; total.errors += counts.errors; total.completions += counts.completions; total.unsure += counts.unsure; total.trees += counts.trees;
    }
    println!("{total:?} {:?}", start.elapsed());
}
