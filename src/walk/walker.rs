//! The walk itself.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::candidate::{Likelihood, is_binary, is_foreign_folder, likelihood};
use super::ignoring::{Excludes, configure, unsafe_ignore_file};
use super::naming::{Named, Naming};
use super::read::{ReadError, read, read_found, read_unless};
use crate::text::SourceName;

/// Says of a file with an unusual name, by its bytes, whether it may be a template. UTF-16 is given as UTF-8.
pub type Sniff = fn(&[u8]) -> bool;

/// The size in bytes above which a file with an unusual name is not looked at: what CloudFormation accepts at most.
pub(super) const SNIFF_LIMIT: u64 = 1024 * 1024;

/// What is the matter with an ignore file that must not be opened.
const UNSAFE_IGNORE_FILE: &str = "the ignore file is not a regular file of reasonable size";

/// What to walk and how.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The files and folders to walk, as typed; relative to the current directory of `naming`. `-` has no meaning here.
    pub roots: Vec<PathBuf>,
    /// What is left out besides: globs in the notation of ignore files, relative to the current directory.
    pub exclude: Vec<String>,
    /// Whether `exclude` also holds for files that are named, as runners of hooks need that name every changed file.
    pub exclude_named: bool,
    /// Whether ignore files count.
    pub ignore_files: bool,
    /// Whether hidden files and folders are walked; version control and the like are not, even then.
    pub hidden: bool,
    /// How many threads walk; 0 leaves it to the machine.
    pub threads: usize,
    /// Decides on files whose name says nothing; without it they are left out.
    pub sniff: Option<Sniff>,
    /// How files are named.
    pub naming: Naming,
}

/// A file that may be a template.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its path without links.
    pub path: PathBuf,
    /// Its name.
    pub name: SourceName,
    /// Whether the user named it: then it is meant to be a template.
    pub explicit: bool,
    /// Its size in bytes when it was found.
    pub size: u64,
    /// Its bytes, if they had to be read to find it.
    bytes: Option<Vec<u8>>,
    /// Where its bytes are if it is no file of its own, and its number there.
    store: Option<(Arc<dyn Store>, usize)>,
}

/// Something that holds files: an archive, a commit.
pub trait Store: fmt::Debug + Send + Sync {
    /// The bytes of the file of that number, at most `limit` of them; of a larger one no more are read than that.
    ///
    /// # Errors
    /// See [`ReadError`].
    fn read(&self, number: usize, limit: u64) -> Result<Vec<u8>, ReadError>;
}

impl Found {
    /// A file of that path and name whose bytes the caller has, whatever the file system says; `explicit` as in a walk.
    #[must_use]
    pub fn with_bytes(path: PathBuf, name: SourceName, explicit: bool, bytes: Vec<u8>) -> Self {
        Self { path, name, explicit, size: bytes.len() as u64, bytes: Some(bytes), store: None }
    }

    /// A file of that path, name and size that a store has under that number; nobody named it.
    #[must_use]
    pub fn in_store(path: PathBuf, name: SourceName, size: u64, store: &Arc<dyn Store>, number: usize) -> Self {
        Self { path, name, explicit: false, size, bytes: None, store: Some((Arc::clone(store), number)) }
    }

    /// The same file with other bytes.
    #[must_use]
    pub fn with_content(&self, bytes: Vec<u8>) -> Self {
        Self::with_bytes(self.path.clone(), self.name.clone(), self.explicit, bytes)
    }

    /// Its bytes, at most `limit` of them. Never waits.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, ReadError> {
        match &self.bytes {
            Some(bytes) if bytes.len() as u64 <= limit => Ok(bytes.clone()),
            Some(bytes) => Err(ReadError::TooBig { size: bytes.len() as u64, limit }),
            None if let Some((store, number)) = &self.store => store.read(*number, limit),
            None if self.explicit => read(&self.path, limit),
            None => read_found(&self.path, limit),
        }
    }
}

/// Something that could not be walked, or not as its ignore file wants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// The folder or ignore file, as people read it.
    pub display: String,
    /// What is the matter: lower case, no final period.
    pub message: String,
    /// Whether files went unseen because of it.
    pub incomplete: bool,
}

/// What a walk hands to its caller.
#[derive(Debug)]
pub enum Event {
    /// A candidate.
    Found(Found),
    /// Something in the way; the walk goes on.
    Trouble(Trouble),
}

/// Why there was no walk at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WalkError {
    /// Named paths that cannot be reached, each with what the system says.
    Unreachable(Vec<(String, String)>),
    /// A malformed glob among the excludes.
    Glob(String),
}

impl fmt::Display for WalkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(paths) => {
                for (index, (path, reason)) in paths.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "; " };
                    write!(formatter, "{separator}cannot scan `{path}`: {reason}")?;
                }
                Ok(())
            }
            Self::Glob(message) => write!(formatter, "malformed glob: {message}"),
        }
    }
}

impl std::error::Error for WalkError {}

impl Walk {
    /// A walk over these roots with the usual settings.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, naming: Naming) -> Self {
        Self {
            roots,
            exclude: Vec::new(),
            exclude_named: false,
            ignore_files: true,
            hidden: false,
            threads: 0,
            sniff: None,
            naming,
        }
    }

    /// How a file below one of the roots is named that is no longer there, given by its path without links, if the walk
    /// would look at it by its name and nothing excludes it. Ignore files are not asked.
    ///
    /// # Errors
    /// When a glob is malformed.
    pub fn name_of_absent(&self, real: &Path) -> Result<Option<SourceName>, WalkError> {
        if likelihood(real) == Likelihood::Never {
            return Ok(None);
        }
        let excludes = Excludes::new(&self.exclude).map_err(WalkError::Glob)?;
        let roots = self.roots.iter().filter_map(|root| self.naming.named(root).ok());
        let mut above = roots.filter(|root| real != root.real && real.starts_with(&root.real));
        let Some(root) = above.next() else { return Ok(None) };
        let hidden = |part: std::path::Component<'_>| {
            part.as_os_str().as_encoded_bytes().starts_with(b".") || is_foreign_folder(part.as_os_str())
        };
        let below = real.strip_prefix(&root.real).unwrap_or(real);
        if (!self.hidden && below.components().any(hidden)) || excludes.matches_or_holds(&root.display_of(real)) {
            return Ok(None);
        }
        Ok(Some(root.name_of(real)))
    }

    /// Walks; `visit` is called on the walking threads, in no particular order, and may do the work there.
    ///
    /// # Errors
    /// When a root does not exist or a glob is malformed; nothing was visited then.
    pub fn run(&self, visit: &(dyn Fn(Event) + Sync)) -> Result<(), WalkError> {
        let excludes = Arc::new(Excludes::new(&self.exclude).map_err(WalkError::Glob)?);
        let (files, folders) = self.roots()?;
        // One folder alone cannot show a file twice, as links are not followed.
        let overlapping = folders.len() > 1 || (!files.is_empty() && !folders.is_empty());
        let seen = overlapping.then(Seen::default);
        let mut named_files = HashSet::new();
        for file in files {
            let excluded = self.exclude_named && excludes.matches_or_holds(&file.display_of(&file.real));
            if excluded || !named_files.insert(file.real.clone()) {
                continue;
            }
            if let Some(seen) = &seen {
                seen.is_new(&file.real);
            }
            let size = std::fs::metadata(&file.real).map_or(0, |metadata| metadata.len());
            let name = file.name_of(&file.real);
            visit(Event::Found(Found { path: file.real, name, explicit: true, size, bytes: None, store: None }));
        }
        // One root after the other, so that a file with two names always gets the first.
        for folder in folders {
            self.walk_folder(&Arc::new(folder), &excludes, seen.as_ref(), visit);
        }
        Ok(())
    }

    /// What was named: everything but folders, and folders.
    fn roots(&self) -> Result<(Vec<Named>, Vec<Named>), WalkError> {
        let mut unreachable = Vec::new();
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for typed in &self.roots {
            match self.naming.named(typed) {
                Ok(named) if named.real.is_dir() => folders.push(named),
                Ok(named) => files.push(named),
                Err(error) => unreachable.push((typed.display().to_string(), error.to_string())),
            }
        }
        if unreachable.is_empty() { Ok((files, folders)) } else { Err(WalkError::Unreachable(unreachable)) }
    }

    fn walk_folder(
        &self,
        root: &Arc<Named>,
        excludes: &Arc<Excludes>,
        seen: Option<&Seen>,
        visit: &(dyn Fn(Event) + Sync),
    ) {
        // The walking library opens the ignore files of all folders above, whether they count or not.
        let endless = root.real.ancestors().find_map(unsafe_ignore_file).filter(|_| self.ignore_files);
        if let Some(path) = &endless {
            let message = format!("{UNSAFE_IGNORE_FILE}; ignore files do not count in this scan");
            visit(Event::Trouble(Trouble { display: root.display_of(path), message, incomplete: false }));
        }
        let ignore_files = self.ignore_files && endless.is_none();
        let mut builder = WalkBuilder::new(&root.real);
        builder.standard_filters(false).follow_links(false).hidden(!self.hidden).threads(self.threads);
        if ignore_files {
            configure(&mut builder, &self.naming, &root.real);
        }
        let gate = Arc::new(Gate {
            root: Arc::clone(root),
            excludes: Arc::clone(excludes),
            ignore_files,
            refused: Mutex::default(),
        });
        let filter = Arc::clone(&gate);
        builder.filter_entry(move |entry| filter.admits(entry));
        builder.build_parallel().run(|| {
            Box::new(move |entry| {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        report(root, &error, true, visit);
                        return WalkState::Continue;
                    }
                };
                if let Some(error) = entry.error() {
                    report(root, error, false, visit);
                }
                if let Some(found) = self.judge(root, entry, seen) {
                    visit(Event::Found(found));
                }
                WalkState::Continue
            })
        });
        for path in gate.refused.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let message = format!("{UNSAFE_IGNORE_FILE}; its folder was not scanned");
            visit(Event::Trouble(Trouble { display: root.display_of(path), message, incomplete: true }));
        }
    }

    /// Whether an entry is a candidate.
    fn judge(&self, root: &Named, entry: DirEntry, seen: Option<&Seen>) -> Option<Found> {
        if !entry.file_type()?.is_file() {
            return None;
        }
        let likelihood = likelihood(entry.path());
        if likelihood == Likelihood::Never || (likelihood == Likelihood::Unknown && self.sniff.is_none()) {
            return None;
        }
        if seen.is_some_and(|seen| !seen.is_new(entry.path())) {
            return None;
        }
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        let bytes = match (likelihood, self.sniff) {
            (Likelihood::Unknown, Some(sniff)) => Some(self.sniffed(entry.path(), size, sniff)?),
            _ => None,
        };
        let name = root.name_of(entry.path());
        Some(Found { path: entry.into_path(), name, explicit: false, size, bytes, store: None })
    }

    /// The bytes of a file that the caller takes for a possible template. One that cannot be read is no candidate:
    /// nothing says that it is a template.
    fn sniffed(&self, path: &Path, size: u64, sniff: Sniff) -> Option<Vec<u8>> {
        if size == 0 || size > SNIFF_LIMIT {
            return None;
        }
        let bytes = read_unless(path, SNIFF_LIMIT, is_binary).ok()??;
        is_taken(&bytes, sniff).then_some(bytes)
    }
}

/// Whether bytes that are no binary file are taken for a possible template.
pub(super) fn is_taken(bytes: &[u8], sniff: Sniff) -> bool {
    if super::decode::utf16_order(bytes).is_some() {
        return super::decode(bytes.to_vec()).is_ok_and(|text| sniff(text.as_bytes()));
    }
    sniff(bytes)
}

/// The files handed over so far, by their paths without links.
#[derive(Default)]
struct Seen(Mutex<HashSet<PathBuf>>);

impl Seen {
    /// Whether this is the first time; it is not from now on.
    fn is_new(&self, real: &Path) -> bool {
        // A thread that panicked while it held the lock has at most left out its own file.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(real.to_owned())
    }
}

/// Decides on every entry below a root before anything of it is opened; its ignore files too are opened only after that.
struct Gate {
    root: Arc<Named>,
    excludes: Arc<Excludes>,
    ignore_files: bool,
    /// The ignore files for which a folder was refused.
    refused: Mutex<Vec<PathBuf>>,
}

impl Gate {
    fn admits(&self, entry: &DirEntry) -> bool {
        let is_folder = entry.file_type().is_some_and(|file_type| file_type.is_dir());
        if entry.depth() == 0 {
            return true;
        }
        if is_folder && is_foreign_folder(entry.file_name()) {
            return false;
        }
        if !self.excludes.is_empty() && self.excludes.matches(&self.root.display_of(entry.path()), is_folder) {
            return false;
        }
        if is_folder
            && self.ignore_files
            && let Some(path) = unsafe_ignore_file(entry.path())
        {
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).push(path);
            return false;
        }
        true
    }
}

/// Hands over what the walking library complains about, piece by piece. What vanished meanwhile is no trouble.
fn report(root: &Named, error: &ignore::Error, incomplete: bool, visit: &(dyn Fn(Event) + Sync)) {
    let mut pending = vec![(root.real.as_path(), None, error)];
    while let Some((path, line, error)) = pending.pop() {
        match error {
            ignore::Error::Partial(errors) => pending.extend(errors.iter().map(|error| (path, line, error))),
            ignore::Error::WithPath { path, err } => pending.push((path.as_path(), line, err)),
            ignore::Error::WithDepth { err, .. } => pending.push((path, line, err)),
            ignore::Error::WithLineNumber { line, err } => pending.push((path, Some(*line), err)),
            ignore::Error::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            error => {
                let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
                let message = format!("{place}{}", io_message(error));
                // A malformed line or an unreadable ignore file hides nothing.
                let incomplete = incomplete && matches!(error, ignore::Error::Io(_));
                visit(Event::Trouble(Trouble { display: root.display_of(path), message, incomplete }));
            }
        }
    }
}

/// The message without the system's error number, which says nothing to people.
fn io_message(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Io(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            "permission denied".to_owned()
        }
        error => error.to_string(),
    }
}
