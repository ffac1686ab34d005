//! The version that a change started from, as git has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diag::Limits;
use crate::text::SourceName;
use crate::walk::{self, Found, Walk};

use super::git::Git;
use super::path_of;
use super::tree::{Entry, Kind, SUBMODULE, Sizes, tree};
use crate::cli::output::{RunError, error, say};
use crate::cli::rule_files::text_of;

/// The most bytes of the base that are kept in memory.
const MOST_KEPT: u64 = 1024 * 1024 * 1024;

/// The version that a change started from.
pub(in crate::cli) struct Base {
    /// The commit, in full.
    pub(in crate::cli) commit: String,
    /// The working tree's root, without links.
    root: PathBuf,
    /// The regular files of the base, by their paths below the root.
    files: BTreeSet<PathBuf>,
    /// The paths of other repositories inside this one.
    submodules: Vec<PathBuf>,
    /// The contents that the base has of files that were changed, moved or deleted since.
    contents: BTreeMap<PathBuf, Vec<u8>>,
    /// Files of the base that have another name now, by that name.
    renamed: BTreeMap<PathBuf, PathBuf>,
    /// Files of the base that are not as they were, under the names that they had.
    changed: BTreeSet<PathBuf>,
}

/// The files of both versions that are candidates, and the numbers of those that differ.
pub(in crate::cli) struct Versions {
    pub(in crate::cli) new: Vec<Found>,
    pub(in crate::cli) new_changed: BTreeSet<usize>,
    pub(in crate::cli) old: Vec<Found>,
    pub(in crate::cli) old_changed: BTreeSet<usize>,
}

impl Base {
    /// The merge base of `name` and HEAD in the repository of the current folder.
    pub(in crate::cli) fn find(name: &str) -> Result<Self, RunError> {
        if name.is_empty() || name.starts_with('-') || name.contains("..") {
            return Err(error(format!(
                "--diff takes one branch, tag or commit, such as origin/main, not `{name}`; the working tree is compared with \
                 the merge base of that and HEAD"
            )));
        }
        let (git, root) = Git::at_root(&std::env::current_dir()?, "--diff")?;
        let commit = commit(&git, name)?;
        let mut base = Self {
            commit: commit.clone().unwrap_or_default(),
            root,
            files: BTreeSet::new(),
            submodules: Vec::new(),
            contents: BTreeMap::new(),
            renamed: BTreeMap::new(),
            changed: BTreeSet::new(),
        };
        let Some(commit) = commit else { return Ok(base) };
        let ids = base.read_tree(&git, &commit)?;
        base.read_index(&git)?;
        base.read_changes(&git, &commit)?;
        base.read_contents(&git, &ids)?;
        Ok(base)
    }

    /// Reads what files the base has; gives the ids of their contents.
    fn read_tree(&mut self, git: &Git, commit: &str) -> Result<BTreeMap<PathBuf, String>, RunError> {
        let mut ids = BTreeMap::new();
        for Entry { kind, id, path, .. } in tree(git, commit, Sizes::Unasked)? {
            match kind {
                Kind::Submodule => self.submodules.push(path),
                Kind::Regular => {
                    ids.insert(path.clone(), id);
                    self.files.insert(path);
                }
                Kind::Other => {}
            }
        }
        Ok(ids)
    }

    /// Reads what the index says besides names: which folders are other repositories still, and which files git does
    /// not look at when it is asked for changes.
    fn read_index(&mut self, git: &Git) -> Result<(), RunError> {
        let mut submodules = BTreeSet::new();
        let listing = git.read(&["ls-files", "-z", "-v", "--stage", "--full-name"])?;
        for entry in listing.split(|byte| *byte == 0) {
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let (head, path) = entry.split_at(tab);
            let path = path_of(path.get(1..).unwrap_or_default());
            let mut words = head.split(|byte| *byte == b' ');
            let (tag, mode) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if mode == SUBMODULE {
                submodules.insert(path);
            } else if tag != b"H" && self.files.contains(&path) && self.root.join(&path).symlink_metadata().is_ok() {
                // Somebody told git to take it for unchanged.
                self.changed.insert(path);
            }
        }
        // A folder that was another repository, or became one, is judged like any other.
        self.submodules.retain(|path| submodules.contains(path));
        Ok(())
    }

    fn read_changes(&mut self, git: &Git, commit: &str) -> Result<(), RunError> {
        let listing = git.read(&[
            "diff",
            "--name-status",
            "-z",
            "--find-renames",
            "-l5000",
            // Instead of a file that the repository names.
            "-O/dev/null",
            "--no-ext-diff",
            "--no-textconv",
            "--no-relative",
            "--ignore-submodules=all",
            commit,
            "--",
        ])?;
        let mut words = listing.split(|byte| *byte == 0);
        while let Some(status) = words.next().filter(|status| !status.is_empty()) {
            let Some(path) = words.next().map(path_of) else { break };
            if status.starts_with(b"R") {
                let Some(now) = words.next().map(path_of) else { break };
                self.renamed.insert(now, path.clone());
            }
            if self.files.contains(&path) {
                self.changed.insert(path);
            }
        }
        Ok(())
    }

    fn read_contents(&mut self, git: &Git, ids: &BTreeMap<PathBuf, String>) -> Result<(), RunError> {
        let mut contents = git.contents()?;
        let mut kept = 0_u64;
        for path in self.changed.iter().filter(|path| walk::may_be_template(path)) {
            let Some(id) = ids.get(path) else { continue };
            match contents.get(id, Limits::default().file_size)? {
                Some(content) => {
                    kept = kept.saturating_add(content.len() as u64);
                    if kept > MOST_KEPT {
                        let most = MOST_KEPT / (1024 * 1024);
                        return Err(error(format!(
                            "the base has more than {most} MiB of files that changed since; scan without --diff"
                        )));
                    }
                    self.contents.insert(path.clone(), content);
                }
                None => say(&format!("warning: `{}` is too big in the base to be compared", path.display())),
            }
        }
        Ok(())
    }

    /// The path below the root, if it is there.
    fn below<'p>(&self, real: &'p Path) -> Option<&'p Path> {
        real.strip_prefix(&self.root).ok()
    }

    /// The text that a file had, or has where git does not say otherwise: outside of the repository.
    pub(in crate::cli) fn text(&self, path: &Path) -> Result<String, String> {
        let Some(real) = real(path) else { return text_of(path) };
        let Some(below) = self.below(&real) else { return text_of(path) };
        if !self.files.contains(below) {
            return Err("the base does not have it".to_owned());
        }
        if !self.changed.contains(below) {
            return text_of(path);
        }
        let content = self.contents.get(below).cloned().ok_or_else(|| "it is too big".to_owned())?;
        walk::decode(content).map_err(|problem| problem.to_string())
    }

    /// Whether a file is what it was: both versions have it with the same content, or git does not say.
    pub(in crate::cli) fn has_same(&self, path: &Path) -> bool {
        let real = real(path);
        match real.as_deref().and_then(|real| self.below(real)) {
            Some(below) => self.files.contains(below) == path.is_file() && !self.changed.contains(below),
            None => true,
        }
    }

    /// The file of that name that the base has in the current folder or the nearest one above, up to the root.
    pub(in crate::cli) fn nearest(&self, name: &str) -> Result<Option<PathBuf>, RunError> {
        let current = std::env::current_dir()?.canonicalize()?;
        let folders = current.ancestors().filter_map(|folder| self.below(folder));
        let mut files = folders.map(|folder| folder.join(name));
        Ok(files.find(|file| self.files.contains(file)).map(|file| self.root.join(file)))
    }

    /// Both versions of what a walk found.
    pub(in crate::cli) fn versions(&self, walk: &Walk, found: Vec<Found>) -> Result<Versions, RunError> {
        let mut new: Vec<(Found, PathBuf)> = Vec::with_capacity(found.len());
        let mut foreign = BTreeSet::new();
        for file in found {
            let Some(below) = self.below(&file.path).map(Path::to_owned) else {
                return Err(error(format!(
                    "`{}` lies outside of the repository that --diff looks at",
                    file.name.display
                )));
            };
            match self.submodules.iter().find(|submodule| below.starts_with(submodule)) {
                Some(submodule) => {
                    foreign.insert(submodule.display().to_string());
                }
                None => new.push((file, below)),
            }
        }
        for submodule in foreign {
            say(&format!(
                "warning: the submodule `{submodule}` has a history of its own and is left out; scan it from inside"
            ));
        }
        let mut new_changed = BTreeSet::new();
        let mut old: Vec<(Found, bool)> = Vec::new();
        // What the base's files are called now, where that is not what they were called.
        let mut names_now: BTreeMap<&Path, &SourceName> = BTreeMap::new();
        let mut there: BTreeSet<&Path> = BTreeSet::new();
        for (number, (file, below)) in new.iter().enumerate() {
            there.insert(below);
            if !self.files.contains(below) {
                new_changed.insert(number);
            } else if self.changed.contains(below) {
                new_changed.insert(number);
                if let Some(content) = self.contents.get(below) {
                    old.push((file.with_content(content.clone()), true));
                }
            } else {
                old.push((file.clone(), false));
            }
            if let Some(before) = self.renamed.get(below) {
                names_now.insert(before, &file.name);
            }
        }
        for (path, content) in self.contents.iter().filter(|(path, _)| !there.contains(path.as_path())) {
            let real = self.root.join(path);
            let name = walk.name_of_absent(&real).map_err(|problem| error(problem.to_string()))?;
            let now = names_now.get(path.as_path());
            let name = match (name, now) {
                (Some(name), now) => SourceName { uri: now.map_or(name.uri, |now| now.uri.clone()), ..name },
                // It came from elsewhere.
                (None, Some(now)) => SourceName { display: path.display().to_string(), uri: now.uri.clone() },
                (None, None) => continue,
            };
            old.push((Found::with_bytes(real, name, false, content.clone()), true));
        }
        old.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let old_changed =
            old.iter().enumerate().filter(|(_, (_, changed))| *changed).map(|(number, _)| number).collect();
        let old = old.into_iter().map(|(file, _)| file).collect();
        Ok(Versions { new: new.into_iter().map(|(file, _)| file).collect(), new_changed, old, old_changed })
    }
}

/// The merge base of a name and HEAD; `None` in a repository without commits.
fn commit(git: &Git, name: &str) -> Result<Option<String>, RunError> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let Some(head) = git.commit("HEAD")? else {
        if name == "HEAD" {
            return Ok(None);
        }
        return Err(error("the repository has no commit yet, so there is nothing to compare with"));
    };
    let shallow = git.line(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some(b"true");
    let Some(base) = git.commit(name)? else {
        let depth = if shallow { "; this clone is shallow (in actions/checkout: fetch-depth: 0)" } else { "" };
        return Err(error(format!(
            "`{name}` is no commit of this repository: fetch it first (`git fetch origin`){depth}"
        )));
    };
    match git.line(&["merge-base", &base, &head])?.map(text) {
        Some(commit) => Ok(Some(commit)),
        None if shallow => Err(error(format!(
            "`{name}` and HEAD have no common ancestor in this clone, which is shallow: fetch the history with \
             `git fetch --unshallow` (in actions/checkout: fetch-depth: 0)"
        ))),
        None => Err(error(format!("`{name}` and HEAD have no common ancestor"))),
    }
}

/// The path without links of a file that may not be there.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::env::current_dir().ok()?.join(path);
    let (folder, name) = (path.parent()?, path.file_name()?);
    Some(folder.canonicalize().map_or_else(|_| path.clone(), |folder| folder.join(name)))
}
