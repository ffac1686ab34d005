//! The files of one commit, scanned without being checked out.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::output::{RunError, error, say};
use crate::text::SourceName;
use crate::walk::{Found, Naming, ReadError, Store, Walk};

use super::git::{Contents, Git};
use super::tree::{Kind, Sizes, tree};

/// A commit whose files are scanned.
pub(in crate::cli) struct Revision {
    /// The folder that paths of the commit are seen from, without links.
    root: PathBuf,
    /// The repository is all that was named, and has no working tree.
    bare: bool,
    /// The regular files, with their sizes.
    files: Vec<(PathBuf, u64)>,
    /// The same, as URIs name them.
    paths: BTreeSet<String>,
    contents: Arc<Blobs>,
}

impl Revision {
    /// The commit that is to be scanned: the one that is named, of the repository of the current folder or the bare one
    /// among the paths; if none is named, the newest one of a bare repository.
    pub(in crate::cli) fn find(name: Option<&str>, paths: &[PathBuf]) -> Result<Option<Self>, RunError> {
        if let Some(name) = name.filter(|name| name.is_empty() || name.starts_with('-') || name.contains("..")) {
            return Err(error(format!("--revision takes one branch, tag or commit, such as v1.2, not `{name}`")));
        }
        let bare = paths.iter().find_map(|path| Some((path, looks_bare(path)?)));
        if let Some((typed, folder)) = bare
            && let Some(git) = Git::at_bare(&folder)?
        {
            if paths.len() > 1 {
                return Err(error(format!("`{}` is a bare repository: scan it by itself", typed.display())));
            }
            if name.is_none() && git.commit("HEAD")?.is_none() {
                say(&format!("warning: the bare repository `{}` has no commit at HEAD", typed.display()));
                return Ok(None);
            }
            return Ok(Some(Self::read(&git, folder, true, name.unwrap_or("HEAD"))?));
        }
        let Some(name) = name else { return Ok(None) };
        let (git, root) = Git::at_root(&std::env::current_dir()?, "--revision")?;
        Ok(Some(Self::read(&git, root, false, name)?))
    }

    fn read(git: &Git, root: PathBuf, bare: bool, name: &str) -> Result<Self, RunError> {
        let Some(commit) = git.commit(name)? else {
            let folder = root.display();
            return Err(error(format!("`{name}` is no commit of the repository at `{folder}`")));
        };
        let (mut files, mut ids, mut submodules) = (Vec::new(), Vec::new(), 0_usize);
        for entry in tree(git, &commit, Sizes::Asked)? {
            match entry.kind {
                Kind::Regular => {
                    // Of what has no size there is no content either.
                    files.push((entry.path, entry.size.unwrap_or_default()));
                    ids.push(entry.id);
                }
                Kind::Submodule => submodules += 1,
                Kind::Other => {}
            }
        }
        let short = commit.get(..12).unwrap_or(&commit);
        say(&format!("scanning the files of commit {short} ({name})"));
        if submodules > 0 {
            say(&format!("warning: submodules are other repositories and left out ({submodules} of them)"));
        }
        let paths = files.iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
        let sizes = files.iter().map(|(_, size)| *size).collect();
        let contents = Arc::new(Blobs { ids, sizes, git: Mutex::new(Asked::Answers(git.contents()?)) });
        Ok(Self { root, bare, files, paths, contents })
    }

    /// The candidates among its files, chosen and named as `walk` says.
    pub(in crate::cli) fn found(&self, walk: &Walk) -> Result<Vec<Found>, RunError> {
        let store: Arc<dyn Store> = self.contents.clone();
        let whole;
        let walk = if self.bare {
            let naming = Naming::at(&self.root, Some(&self.root))?;
            whole = Walk { roots: vec![PathBuf::from(".")], naming, ..walk.clone() };
            &whole
        } else {
            walk
        };
        walk.listed(&self.root, &self.files, &store).map_err(|problem| error(problem.to_string()))
    }

    /// Whether it has no working tree.
    pub(in crate::cli) fn is_bare(&self) -> bool {
        self.bare
    }

    /// Whether it has a file of that URI.
    pub(in crate::cli) fn has(&self, uri: &str) -> bool {
        let name = SourceName { display: String::new(), uri: uri.to_owned() };
        self.paths.contains(&name.repository_path())
    }

    /// That git has answered to the end.
    pub(in crate::cli) fn end(&self) -> Result<(), RunError> {
        match &*self.contents.lock() {
            Asked::Answers(_) => Ok(()),
            Asked::Failed(problem) => Err(error(problem.clone())),
        }
    }
}

/// The folder without links, if it has what a repository without a working tree has.
fn looks_bare(path: &Path) -> Option<PathBuf> {
    let is_one = path.join("HEAD").is_file() && path.join("objects").is_dir() && path.join("refs").is_dir();
    if is_one { path.canonicalize().ok() } else { None }
}

/// The contents of a commit's files.
struct Blobs {
    ids: Vec<String>,
    sizes: Vec<u64>,
    git: Mutex<Asked>,
}

/// A git that is asked, until it fails.
enum Asked {
    Answers(Contents),
    Failed(String),
}

impl Blobs {
    fn lock(&self) -> std::sync::MutexGuard<'_, Asked> {
        self.git.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Blobs").field("files", &self.ids.len()).finish_non_exhaustive()
    }
}

impl Store for Blobs {
    fn read(&self, number: usize, limit: u64) -> Result<Vec<u8>, ReadError> {
        let (Some(id), Some(&size)) = (self.ids.get(number), self.sizes.get(number)) else {
            return Err(ReadError::Vanished);
        };
        if size > limit {
            return Err(ReadError::TooBig { size, limit });
        }
        let mut git = self.lock();
        let problem = match &mut *git {
            Asked::Answers(contents) => match contents.get(id, limit) {
                Ok(Some(content)) => return Ok(content),
                Ok(None) => return Err(ReadError::TooBig { size, limit }),
                Err(problem) => problem.to_string(),
            },
            Asked::Failed(problem) => problem.clone(),
        };
        // Nothing that it says after that can be relied on.
        *git = Asked::Failed(problem.clone());
        Err(ReadError::Failed(std::io::Error::other(problem)))
    }
}
