//! Waits until something changes.
//!
//! Editors write a neighbour and rename it, tools delete a folder and make it anew, a checkout changes a thousand files.
//! So a named file is watched through its folder, a burst counts as one change, and what is gone is looked for until it is
//! back. Where the system cannot tell of changes (too many folders, some network drives), files are compared every second.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{EventKind, ModifyKind};
use notify::{Config, Event, PollWatcher, RecursiveMode, Watcher};

use crate::cli::output::{RunError, error, is_neighbour, say};

/// How long nothing may happen before a burst of changes is over.
const QUIET: Duration = Duration::from_millis(60);
/// How long a burst may go on before it is looked at.
const LONGEST_BURST: Duration = Duration::from_secs(1);
/// How often something that is gone is looked for.
const MISSING: Duration = Duration::from_millis(200);
/// How often files are compared where the system does not tell of changes.
const COMPARE: Duration = Duration::from_secs(1);

/// Knows when what it was told to watch changes.
pub(super) struct Lookout {
    watcher: Box<dyn Watcher>,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    compares: bool,
    /// What is watched, without links: files, and folders with all that is below.
    wanted: Vec<PathBuf>,
    /// The folders that the system was told of, and whether all below them counts; `false` when it has to be told again.
    told: BTreeMap<PathBuf, (RecursiveMode, bool)>,
    /// Our own output: files, and folders with all that is below.
    written: Vec<PathBuf>,
}

impl Lookout {
    /// Begins to watch files and folders. Changes of `written` do not count: they are our own.
    pub(super) fn new(paths: &[PathBuf], written: &[PathBuf]) -> Result<Self, RunError> {
        let (sender, events) = channel();
        let wanted: Vec<PathBuf> = paths
            .iter()
            .map(|path| {
                path.canonicalize().map_err(|problem| error(format!("cannot watch `{}`: {problem}", path.display())))
            })
            .collect::<Result<_, _>>()?;
        let written = written.iter().filter_map(|path| real(path)).collect();
        let mut told: BTreeMap<PathBuf, (RecursiveMode, bool)> = BTreeMap::new();
        for path in &wanted {
            let (folder, mode) = folder(path);
            let entry = told.entry(folder).or_insert((mode, false));
            if mode == RecursiveMode::Recursive {
                entry.0 = mode;
            }
        }
        let native = notify::recommended_watcher(sender.clone()).map(|watcher| Box::new(watcher) as Box<dyn Watcher>);
        let (watcher, compares) = match native {
            Ok(watcher) => (watcher, false),
            Err(_) => (comparing(&sender)?, true),
        };
        let mut lookout = Self { watcher, sender, events, compares, wanted, told, written };
        lookout.tell()?;
        Ok(lookout)
    }

    /// Tells the system of every folder that it does not know yet.
    fn tell(&mut self) -> Result<(), RunError> {
        let mut failed = None;
        for (path, (mode, known)) in self.told.iter_mut().filter(|(_, (_, known))| !known) {
            if !path.exists() {
                continue;
            }
            // It may still hold on to a folder of that name that is gone.
            let _ = self.watcher.unwatch(path);
            match self.watcher.watch(path, *mode) {
                Ok(()) => *known = true,
                // It went away in between, and is looked for.
                Err(_) if !path.exists() => {}
                Err(problem) => {
                    failed = Some(problem);
                    break;
                }
            }
        }
        match failed {
            None => Ok(()),
            Some(problem) if self.compares => Err(error(format!("cannot watch: {problem}"))),
            Some(problem) => {
                say(&format!("warning: {problem}; comparing files every second instead"));
                self.watcher = comparing(&self.sender)?;
                self.compares = true;
                self.told.values_mut().for_each(|(_, known)| *known = false);
                self.tell()
            }
        }
    }

    /// Waits for a change. Returns the files that changed.
    pub(super) fn wait(&mut self) -> Result<BTreeSet<PathBuf>, RunError> {
        let mut changed = BTreeSet::new();
        let mut burst: Option<Instant> = None;
        loop {
            let missing = self.told.iter().any(|(path, (_, known))| !known || !path.exists());
            let patience = match burst {
                Some(begun) => QUIET.min(LONGEST_BURST.saturating_sub(begun.elapsed())),
                None if missing => MISSING,
                None => Duration::MAX,
            };
            let event = if patience == Duration::MAX {
                self.events.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.events.recv_timeout(patience)
            };
            match event {
                Ok(event) => {
                    if self.note(event, &mut changed) {
                        burst = burst.or_else(|| Some(Instant::now()));
                    }
                }
                Err(RecvTimeoutError::Timeout) if burst.is_some() => {
                    self.forget_missing();
                    self.tell()?;
                    return Ok(changed);
                }
                Err(RecvTimeoutError::Timeout) => {
                    let back = self.told.iter().any(|(path, (_, known))| !known && path.exists());
                    self.forget_missing();
                    self.tell()?;
                    if back {
                        return Ok(changed);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return Err(error("the system tells of no changes any more")),
            }
        }
    }

    fn forget_missing(&mut self) {
        for (path, (_, known)) in &mut self.told {
            *known = *known && path.exists();
        }
    }

    /// Whether an event counts; adds its files to those that changed.
    fn note(&mut self, event: notify::Result<Event>, changed: &mut BTreeSet<PathBuf>) -> bool {
        // An error means that events were lost: anything may have changed.
        let Ok(event) = event else { return true };
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        // The system lost track of some changes.
        let mut counts = event.need_rescan();
        for path in event.paths {
            let leaves = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
            if let Some((_, known)) = self.told.get_mut(&path).filter(|_| leaves) {
                *known = false;
                counts = true;
            }
            if self.is_wanted(&path) {
                counts = true;
                changed.insert(path);
            }
        }
        counts
    }

    fn is_wanted(&self, path: &Path) -> bool {
        let versions = path.components().any(|part| part.as_os_str() == ".git");
        !versions
            && !is_neighbour(path)
            && !self.written.iter().any(|written| path.starts_with(written))
            && self.wanted.iter().any(|wanted| path.starts_with(wanted))
    }
}

fn comparing(sender: &Sender<notify::Result<Event>>) -> Result<Box<dyn Watcher>, RunError> {
    let watcher = PollWatcher::new(sender.clone(), Config::default().with_poll_interval(COMPARE));
    Ok(Box::new(watcher.map_err(|problem| error(format!("cannot watch: {problem}")))?))
}

/// The folder through which a path is watched, and whether all below it counts.
fn folder(path: &Path) -> (PathBuf, RecursiveMode) {
    match path.parent().filter(|_| !path.is_dir()) {
        Some(parent) => (parent.to_owned(), RecursiveMode::NonRecursive),
        None => (path.to_owned(), RecursiveMode::Recursive),
    }
}

/// The path without links of a file that may not exist yet.
fn real(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}
