//! The files of a commit.

use std::path::PathBuf;

use super::git::Git;
use super::path_of;
use crate::cli::output::RunError;

/// The mode of another repository inside this one.
pub(super) const SUBMODULE: &[u8] = b"160000";
/// The modes of regular files.
const REGULAR: [&[u8]; 2] = [b"100644", b"100755"];

/// One file of a commit.
pub(super) struct Entry {
    pub(super) kind: Kind,
    /// The id of its content.
    pub(super) id: String,
    /// The size of its content in bytes, if that was asked for.
    pub(super) size: Option<u64>,
    /// Its path below the root.
    pub(super) path: PathBuf,
}

/// What kind of file it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file.
    Regular,
    /// Another repository.
    Submodule,
    /// A link, or something that git would not make.
    Other,
}

/// Whether sizes are asked for, which costs a look at each content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sizes {
    Asked,
    Unasked,
}

/// The files of a commit.
pub(super) fn tree(git: &Git, commit: &str, sizes: Sizes) -> Result<Vec<Entry>, RunError> {
    let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree"];
    if sizes == Sizes::Asked {
        arguments.push("--long");
    }
    arguments.push(commit);
    let listing = git.read(&arguments)?;
    let mut entries = Vec::new();
    for entry in listing.split(|byte| *byte == 0) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
        let (head, path) = entry.split_at(tab);
        let mut words = head.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let (mode, id) = (words.next().unwrap_or_default(), words.nth(1).unwrap_or_default());
        let kind = match mode {
            SUBMODULE => Kind::Submodule,
            mode if REGULAR.contains(&mode) => Kind::Regular,
            _ => Kind::Other,
        };
        let size = words.next().and_then(|size| std::str::from_utf8(size).ok()?.parse().ok());
        let id = String::from_utf8_lossy(id).into_owned();
        entries.push(Entry { kind, id, size, path: path_of(path.get(1..).unwrap_or_default()) });
    }
    Ok(entries)
}
