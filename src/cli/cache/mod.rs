//! What scans before this one have found out, kept in a folder.
//!
//! Kept is what one file gives: the report of a file by itself, the files that a text asks for, what it exports, and the
//! report of a text among others together with what it asked of them. An answer is found again under a key that is made
//! of all that it hangs on (`key`): the build of the program, the rules, the settings, the name and the text of the file,
//! for a text among others the answers of these. So it never has to be told that something changed.
//!
//! The answers for one set of rules and settings are one file, a *pack* (`pack`), which is replaced as a whole. Runs at
//! the same time do not wait for each other: the last one that ends keeps its pack, and takes over what is in the one
//! that it replaces.
//!
//! Invariants: with the cache, without it, and whatever is in it, a scan reports the same, unless somebody has forged
//! the folder on purpose; what is damaged counts as not there; a folder that cannot be read or written costs a warning.
//! Not kept is what hangs on more than the key: files for which the time did not suffice, and defects of the program.
//!
//! Deliberately absent: any knowledge of what is scanned, and a way to ask whether a file changed but by its bytes. Used
//! by `scan` only.

mod folder;
mod key;
mod pack;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::{Answer, Checker, Heard, Input, Neighbours, Settings, may_have_suppressions};
use crate::diag::{Code, Day, Report};
use crate::rules::Rule;
use crate::text::SourceFile;

use super::kept::{decode, encode};
use super::output::say;
use super::surroundings::days_since_1970;

use key::Key;
use pack::{Pack, Row, Writing};

/// An answer of the pack that nobody has asked for yet.
const IDLE: u8 = 0;
/// One that was used.
const USED: u8 = 1;
/// One that is no answer.
const DAMAGED: u8 = 2;

/// The cache of one run.
pub struct Cache {
    folder: PathBuf,
    path: PathBuf,
    run: Key,
    rules: HashSet<Arc<str>>,
    today: u32,
    pack: Option<Pack>,
    /// What became of each answer of the pack.
    fates: Vec<AtomicU8>,
    fresh: Mutex<Fresh>,
}

/// What one file gives.
pub enum Answered {
    /// As an earlier run found out.
    Known(Report),
    /// As this run found out.
    New(Report),
}

impl Answered {
    /// What it gives.
    #[must_use]
    pub fn into_report(self) -> Report {
        let (Self::Known(report) | Self::New(report)) = self;
        report
    }
}

/// What this run adds.
enum Fresh {
    Nothing,
    Some(Box<Writing>),
    /// It cannot be written.
    Failed(io::Error),
}

impl Cache {
    /// The cache in a folder, for these rules as the checker asks them. A folder that cannot be one is said and not used.
    #[must_use]
    pub fn open(folder: &Path, rules: &[Arc<Rule>], checker: &Checker) -> Option<Self> {
        if let Err(problem) = folder::claim(folder) {
            say(&format!("warning: the cache `{}` is not used: {problem}", folder.display()));
            return None;
        }
        let run = key::of_run(rules, checker);
        let name = run.iter().take(16).fold(String::new(), |mut name, byte| {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        });
        let path = folder.join(name).with_extension(folder::EXTENSION);
        let pack = Pack::open(&path);
        let count = pack.as_ref().map_or(0, |pack| pack.rows().len());
        Some(Self {
            folder: folder.to_owned(),
            path,
            run,
            rules: rules.iter().map(|rule| Arc::clone(&rule.info.id)).collect(),
            today: days_since_1970(),
            pack,
            fates: std::iter::repeat_with(|| AtomicU8::new(IDLE)).take(count).collect(),
            fresh: Mutex::new(Fresh::Nothing),
        })
    }

    /// What a text gives by itself: what is kept, or else what `judge` gives.
    pub fn alone(&self, input: Input<'_>, settings: &Settings, judge: impl FnOnce() -> Report) -> Answered {
        let key = key::of_file(&self.run, input, settings);
        let today = settings.suppression.today;
        if let Some(report) = self.report(&key, today) {
            return Answered::Known(report);
        }
        let report = judge();
        if is_kept(&report) {
            let matters = may_have_suppressions(input.source.text(), &settings.suppression);
            self.keep_report(&key, &report, today.filter(|_| matters));
        }
        Answered::New(report)
    }

    /// What a text gives among others: what is kept, if they answer the same as then; or else what `judge` gives.
    pub(super) fn among(
        &self,
        input: Input<'_>,
        settings: &Settings,
        neighbours: &Neighbours<'_>,
        judge: impl FnOnce() -> (Report, Heard),
    ) -> Answered {
        let questions = key::of_questions(&self.run, input, settings);
        let key = |heard: &Heard| key::of_family(&self.run, input, settings, heard, neighbours);
        let known: Option<Heard> = self.data(&questions);
        let today = settings.suppression.today;
        if let Some(report) = known.as_ref().and_then(key).and_then(|key| self.report(&key, today)) {
            return Answered::Known(report);
        }
        let (report, heard) = judge();
        if is_kept(&report)
            && let Some(key) = key(&heard)
        {
            if known.as_ref() != Some(&heard) {
                self.keep_data(&questions, &heard);
            }
            let texts = heard.answers(neighbours).filter_map(|answer| match answer {
                Answer::File(file) => file.map(|(_, source)| source),
                _ => None,
            });
            let may_have = |source: &SourceFile| may_have_suppressions(source.text(), &settings.suppression);
            let matters = texts.chain([input.source]).any(may_have);
            self.keep_report(&key, &report, today.filter(|_| matters));
        }
        Answered::New(report)
    }

    /// The files that a text asks for.
    pub fn asks<T: Serialize + DeserializeOwned>(&self, source: &SourceFile, find: impl FnOnce() -> T) -> T {
        self.known(&key::of_asks(&self.run, source), find)
    }

    /// What a text exports.
    pub(super) fn exports<T: Serialize + DeserializeOwned>(
        &self,
        source: &SourceFile,
        settings: &Settings,
        find: impl FnOnce() -> T,
    ) -> T {
        self.known(&key::of_exports(&self.run, source, settings), find)
    }

    fn known<T: Serialize + DeserializeOwned>(&self, key: &Key, find: impl FnOnce() -> T) -> T {
        self.data(key).unwrap_or_else(|| {
            let found = find();
            self.keep_data(key, &found);
            found
        })
    }

    /// The report under a key, unless another day decided something of it.
    fn report(&self, key: &Key, today: Option<Day>) -> Option<Report> {
        self.read(key, |bytes| {
            let (day, bytes) = postcard::take_from_bytes::<Option<&str>>(bytes).ok()?;
            let holds = day.is_none_or(|day| today.is_some_and(|today| Day::parse(day) == Some(today)));
            if holds { decode(bytes, &self.rules) } else { None }
        })
    }

    fn data<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        self.read(key, |bytes| postcard::take_from_bytes(bytes).ok().filter(|(_, rest)| rest.is_empty()).map(|it| it.0))
    }

    fn read<T>(&self, key: &Key, decode: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        let pack = self.pack.as_ref()?;
        let row = pack.find(key)?;
        let found = pack.bytes(row).and_then(|bytes| decode(&bytes));
        if let Some(fate) = self.fates.get(row) {
            fate.store(if found.is_some() { USED } else { DAMAGED }, Ordering::Relaxed);
        }
        found
    }

    /// Keeps a report; for one day alone, if that decides something of it.
    fn keep_report(&self, key: &Key, report: &Report, day: Option<Day>) {
        if let Ok(mut bytes) = postcard::to_stdvec(&day.map(|day| day.to_string()))
            && let Some(report) = encode(report)
        {
            bytes.extend(report);
            self.keep(key, &bytes);
        }
    }

    fn keep_data(&self, key: &Key, data: &impl Serialize) {
        if let Ok(bytes) = postcard::to_stdvec(data) {
            self.keep(key, &bytes);
        }
    }

    fn keep(&self, key: &Key, bytes: &[u8]) {
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        if let Fresh::Nothing = *fresh {
            *fresh = match Writing::begin(&self.folder) {
                Ok(writing) => Fresh::Some(Box::new(writing)),
                Err(problem) => Fresh::Failed(problem),
            };
        }
        if let Fresh::Some(writing) = &mut *fresh
            && let Err(problem) = writing.add(key, bytes, self.today)
        {
            *fresh = Fresh::Failed(problem);
        }
    }

    /// Ends the run: keeps what it found out, and removes what nobody needs any more.
    pub fn finish(self) {
        let folder = self.folder.clone();
        if let Err(problem) = self.write() {
            say(&format!("warning: the cache `{}` could not be written: {problem}", folder.display()));
        }
    }

    fn write(self) -> io::Result<()> {
        let rows = self.pack.as_ref().map(Pack::rows).unwrap_or_default();
        let fates: BTreeMap<&Key, (u8, u32)> = rows
            .iter()
            .zip(&self.fates)
            .map(|(row, fate)| (&row.key, (fate.load(Ordering::Relaxed), row.day)))
            .collect();
        let mut writing = match self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Fresh::Failed(problem) => return Err(problem),
            Fresh::Some(writing) => writing,
            Fresh::Nothing => {
                // That answers were used is written down once a day.
                let is_known = fates.values().all(|(fate, day)| *fate == IDLE || (*fate == USED && *day >= self.today));
                if is_known {
                    return Ok(());
                }
                Box::new(Writing::begin(&self.folder)?)
            }
        };
        // Another run may have put a new one in its place.
        if let Some(there) = Pack::open(&self.path) {
            let fresh: HashSet<&Key> = writing.keys().collect();
            let row = |row: &Row| {
                let fate = fates.get(&row.key).map_or(IDLE, |(fate, _)| *fate);
                let day = if fate == USED { self.today } else { row.day.min(self.today) };
                let old = self.today.saturating_sub(day) > folder::DAYS;
                (fate != DAMAGED && !old && !fresh.contains(&row.key)).then(|| row.used_on(day))
            };
            let rows: Vec<Row> = there.rows().iter().filter_map(row).collect();
            writing.take_over(&there, rows)?;
        }
        writing.finish(&self.path)?;
        folder::prune(&self.folder, &self.path)
    }
}

/// Whether a report is the same next time.
fn is_kept(report: &Report) -> bool {
    !report.problems.iter().any(|problem| matches!(problem.code, Code::TimeLimit | Code::Internal))
}
