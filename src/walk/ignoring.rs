//! Ignore files: which count, and which are safe to open.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::naming::{Naming, repository_of};

/// The names of ignore files, the weakest first.
const NAMES: [&str; 3] = [".gitignore", ".ignore", ".cfnwardignore"];

/// The size in bytes above which an ignore file is not read.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// The ignore file in `folder` that must not be opened, if any: a pipe or a link to a device would never end. Version
/// control can carry such links, so a hostile tree may hold them.
pub(super) fn unsafe_ignore_file(folder: &Path) -> Option<PathBuf> {
    NAMES.into_iter().map(|name| folder.join(name)).find(|path| {
        let Ok(metadata) = path.symlink_metadata() else { return false };
        let target = if metadata.is_symlink() { fs::metadata(path).ok() } else { Some(metadata) };
        target.is_some_and(|file| !file.is_file() || file.len() > SIZE_LIMIT)
    })
}

/// Sets which ignore files count for a walk from the folder `real`; none at or above it may be unsafe to open.
///
/// Inside a repository those of all folders from its root on; git's own personal settings never do. Outside, those of
/// the folder itself and below, and of the current directory: an ignore file that happens to stand further up says
/// nothing about this tree, and what is left out by mistake is not seen by anybody.
pub(super) fn configure(builder: &mut WalkBuilder, naming: &Naming, real: &Path) {
    let current = naming.real_current();
    let in_repository = repository_of(real).is_some();
    builder.ignore(true).git_ignore(true).add_custom_ignore_filename(".cfnwardignore");
    builder.require_git(in_repository).parents(in_repository).current_dir(current);
    if !in_repository && real != current && real.starts_with(current) {
        for path in NAMES.map(|name| current.join(name)).iter().filter(|path| path.is_file()) {
            // A malformed line costs itself; the others count.
            let _ = builder.add_ignore(path);
        }
    }
}

/// Globs given by the user, in the notation of ignore files, relative to the current directory.
#[derive(Debug)]
pub(super) struct Excludes {
    globs: Gitignore,
}

impl Excludes {
    /// Compiles them; the error names the first that is malformed.
    pub(super) fn new(globs: &[String]) -> Result<Self, String> {
        // Without a root the globs are matched against display paths, which are relative already.
        let mut builder = GitignoreBuilder::new("");
        for glob in globs {
            builder.add_line(None, glob).map_err(|error| error.to_string())?;
        }
        Ok(Self { globs: builder.build().map_err(|error| error.to_string())? })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether a path itself is excluded; for what lies in an excluded folder, the folder was asked before.
    pub(super) fn matches(&self, display: &str, is_folder: bool) -> bool {
        self.globs.matched(display, is_folder).is_ignore()
    }

    /// Whether a file or any folder on its way is excluded.
    pub(super) fn matches_or_holds(&self, display: &str) -> bool {
        let ends = display.match_indices('/').map(|(end, _)| end).filter(|end| *end > 0);
        let mut folders = ends.filter_map(|end| display.get(..end));
        self.matches(display, false) || folders.any(|folder| self.matches(folder, true))
    }
}
