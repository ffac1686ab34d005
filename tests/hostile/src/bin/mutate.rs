//! Scans damaged copies of templates: `mutate COUNT [--part I/N] [--ledger FILE] FILE-OR-FOLDER...`.
//!
//! Each template gets COUNT damages, every other one to its nodes and not to its bytes. They are chosen by its name, so that a
//! run can be repeated. Of N parts each takes every Nth template; a part whose line stands in the ledger already is not done
//! again, so several runs can share the work, and go on where they were stopped.
//!
//! A panic is caught and told with the text that caused it, which is kept below `target/hostile/mutations`, and so is a scan
//! that takes longer than a second of processor time; either makes the exit code 1.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use cfnward::walk::decode;
use hostile::{BAD_SPAN, Level, NOT_SARIF, NOT_UTF8, Random, TARGETS, Target, files_below, mutated, processor_time};

/// A scan that takes longer is a hang.
const PATIENCE: Duration = Duration::from_secs(1);
/// Where texts are kept that showed something.
const FOUND: &str = "target/hostile/mutations";
const USAGE: &str = "usage: mutate COUNT [--part I/N] [--ledger FILE] FILE-OR-FOLDER...";
/// The head of a ledger.
const COLUMNS: &str =
    "date\tcommit\tof\tpart\tseconds\ttemplates\tbytes\tnodes\trefused\tpanics\thangs\tspans\tutf-8\tsarif\tslowest";

thread_local! {
    /// Where the last panic was, and what it said.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

fn main() -> ExitCode {
    let Some(task) = Task::read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    if task.is_done() {
        println!("part {} of {} is done already", task.part.0, task.part.1);
        return ExitCode::SUCCESS;
    }
    std::panic::set_hook(Box::new(|panic| SAID.with_borrow_mut(|said| *said = panic.to_string())));
    let (part, of) = task.part;
    let files: Vec<&PathBuf> = task.files.iter().skip(part - 1).step_by(of).collect();
    let mut counts = Counts::default();
    for (number, file) in files.iter().enumerate() {
        if let Ok(text) = fs::read_to_string(file) {
            counts.templates += 1;
            counts.try_all(file, &text, task.count);
        }
        if (number + 1) % 100 == 0 {
            eprintln!("{} of {}: {}", number + 1, files.len(), counts.told());
        }
    }
    println!("{}", counts.told());
    if let Err(problem) = task.write_down(&counts) {
        eprintln!("the ledger could not be written: {problem}");
        return ExitCode::from(2);
    }
    ExitCode::from(u8::from(counts.wrong() > 0))
}

/// What to do.
struct Task {
    count: usize,
    /// Which part of how many.
    part: (usize, usize),
    ledger: Option<PathBuf>,
    /// How people call what is damaged.
    of: String,
    files: Vec<PathBuf>,
}

impl Task {
    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let count = arguments.next()?.parse().ok()?;
        let mut task = Self { count, part: (1, 1), ledger: None, of: String::new(), files: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--part" => {
                    let part = arguments.next()?;
                    let (part, of) = part.split_once('/')?;
                    task.part = (part.parse().ok()?, of.parse().ok()?);
                }
                "--ledger" => task.ledger = Some(arguments.next()?.into()),
                path => {
                    if let Some(name) = Path::new(path).file_name() {
                        task.of = format!("{}{}{}", task.of, if task.of.is_empty() { "" } else { "+" }, name.display());
                    }
                    task.files.extend(files_below(Path::new(path)));
                }
            }
        }
        task.files.sort();
        (!task.files.is_empty() && (1..=task.part.1).contains(&task.part.0)).then_some(task)
    }

    /// What is damaged, how often, and which part of it.
    fn name(&self) -> String {
        format!("{}x{}\t{}/{}", self.of, self.count, self.part.0, self.part.1)
    }

    fn is_done(&self) -> bool {
        let known = self.ledger.as_ref().and_then(|ledger| fs::read_to_string(ledger).ok()).unwrap_or_default();
        known.lines().any(|line| line.contains(&format!("\t{}\t", self.name())))
    }

    /// Adds a line to the ledger, at once, so that several runs can share one.
    fn write_down(&self, counts: &Counts) -> std::io::Result<()> {
        let Some(ledger) = &self.ledger else { return Ok(()) };
        let said = |program: &str, arguments: &[&str]| -> std::io::Result<String> {
            Ok(String::from_utf8_lossy(&Command::new(program).args(arguments).output()?.stdout).trim().to_owned())
        };
        let (date, commit) = (said("date", &["+%F"])?, said("git", &["rev-parse", "--short=12", "HEAD"])?);
        let numbers = [
            processor_time().as_secs() as usize,
            counts.templates,
            counts.bytes,
            counts.nodes,
            counts.refused,
            counts.panics,
            counts.hangs,
            counts.spans,
            counts.utf8,
            counts.sarif,
        ];
        let numbers = numbers.map(|number| number.to_string()).join("\t");
        let head = if ledger.exists() { String::new() } else { format!("{COLUMNS}\n") };
        let line = format!("{date}\t{commit}\t{}\t{numbers}\t{}\n", self.name(), counts.slowest.as_millis());
        let mut file = fs::OpenOptions::new().append(true).create(true).open(ledger)?;
        file.write_all(format!("{head}{line}").as_bytes())
    }
}

/// What was tried, and what was wrong.
#[derive(Default)]
struct Counts {
    templates: usize,
    /// Damages to bytes, and to nodes.
    bytes: usize,
    nodes: usize,
    /// Damaged texts that are not text any more, which is said and not judged.
    refused: usize,
    panics: usize,
    hangs: usize,
    spans: usize,
    utf8: usize,
    sarif: usize,
    slowest: Duration,
}

impl Counts {
    fn wrong(&self) -> usize {
        self.panics + self.hangs + self.spans + self.utf8 + self.sarif
    }

    fn told(&self) -> String {
        format!(
            "{} templates, {} damages of bytes and {} of nodes ({} no longer text): {} panics, {} hangs, {} bad spans, {} not \
             UTF-8, {} not SARIF; slowest {} ms",
            self.templates,
            self.bytes,
            self.nodes,
            self.refused,
            self.panics,
            self.hangs,
            self.spans,
            self.utf8,
            self.sarif,
            self.slowest.as_millis()
        )
    }

    fn try_all(&mut self, file: &Path, text: &str, count: usize) {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let seed = name.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut random = Random::new(seed);
        for number in 0..count {
            let (bytes, level) = mutated(text, number % 2 == 1, &mut random);
            *match level {
                Level::Bytes => &mut self.bytes,
                Level::Nodes => &mut self.nodes,
            } += 1;
            // As the program makes a text of a file.
            let Ok(text) = decode(bytes) else {
                self.refused += 1;
                continue;
            };
            self.try_one(&format!("{number}-{name}"), text.as_bytes());
        }
    }

    fn try_one(&mut self, name: &str, bytes: &[u8]) {
        for target in TARGETS.iter().filter(|target| ["yaml", "json", "template"].contains(&target.name)) {
            let (said, mut taken) = run(target, bytes);
            if taken > PATIENCE {
                // Other programs may have emptied the processor's memory.
                taken = taken.min(run(target, bytes).1);
            }
            self.slowest = self.slowest.max(taken);
            let hang = (taken > PATIENCE).then(|| format!("took {} ms", taken.as_millis()));
            self.hangs += usize::from(hang.is_some());
            if let Some(said) = &said {
                *if said.contains(BAD_SPAN) {
                    &mut self.spans
                } else if said.contains(NOT_UTF8) {
                    &mut self.utf8
                } else if said.contains(NOT_SARIF) {
                    &mut self.sarif
                } else {
                    &mut self.panics
                } += 1;
            }
            if let Some(what) = said.or(hang) {
                let kept = Path::new(FOUND).join(format!("{}-{name}", target.name));
                let written = fs::create_dir_all(FOUND).and_then(|()| fs::write(&kept, bytes));
                eprintln!(
                    "{} ({}): {what}",
                    kept.display(),
                    if written.is_ok() { "kept" } else { "could not be kept" }
                );
            }
        }
    }
}

/// What a target says of the bytes if something does not hold, and the processor time that it took.
fn run(target: &Target, bytes: &[u8]) -> (Option<String>, Duration) {
    let begin = processor_time();
    let ended = catch_unwind(AssertUnwindSafe(|| (target.run)(bytes)));
    let taken = processor_time().saturating_sub(begin);
    (ended.is_err().then(|| SAID.with_borrow_mut(std::mem::take)), taken)
}
