//! What is tried, and what must hold.

#[cfg(feature = "cli")]
mod archives;
#[cfg(feature = "cli")]
mod kept;
mod reports;
mod scanning;
mod settings;
mod suppressions;
mod texts;

use super::generate;
use super::random::Random;

/// Something that takes any bytes.
pub struct Target {
    /// Its name on the command line, and of its folder of cases.
    pub name: &'static str,
    /// Tries it; panics when something does not hold.
    pub run: fn(&[u8]),
    /// Inputs to begin with, besides the files that `run.sh` chooses.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self { name, run, seeds: Vec::new }
    }
}

/// How the message begins when a span cannot be sliced.
pub const BAD_SPAN: &str = "a span that cannot be sliced";
/// How it begins when a report is not UTF-8.
pub const NOT_UTF8: &str = "a report that is not UTF-8";
/// How it begins when a log is not SARIF.
pub const NOT_SARIF: &str = "a log that is not SARIF";

/// All of them: the one list that the programs, the script and the tests follow.
pub const TARGETS: &[Target] = &[
    Target::new("yaml", texts::yaml),
    Target::new("reader-equality", texts::reader_equality),
    Target::new("json", texts::json_text),
    Target::new("guard", texts::guard),
    Target::new("evaluator", scanning::evaluator),
    Target::new("template", scanning::template),
    Target { seeds: scanning::decisions, ..Target::new("generated-template", scanning::generated_template) },
    Target { seeds: scanning::decisions, ..Target::new("family", scanning::family) },
    Target { seeds: suppressions::seeds, ..Target::new("suppressions", suppressions::suppressions) },
    Target::new("configuration", settings::configuration),
    Target::new("parameters", settings::parameters),
    Target::new("rule-files", settings::rule_files),
    Target { seeds: settings::baselines, ..Target::new("baseline", settings::baseline) },
    Target { seeds: reports::seeds, ..Target::new("sarif-round-trip", reports::sarif_round_trip) },
    Target { seeds: reports::seeds, ..Target::new("formats", reports::formats) },
    #[cfg(feature = "cli")]
    Target::new("archives", archives::archives),
    #[cfg(feature = "cli")]
    Target { seeds: kept::seeds, ..Target::new("cache", kept::cache) },
];

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
