//! The folder of a cache: one that is nothing else, and does not grow without end.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::cli::output::is_neighbour;
use crate::walk;

/// How the names of packs end.
pub(super) const EXTENSION: &str = "pack";
/// After so many days without use answers and packs are left out.
pub(super) const DAYS: u32 = 30;
/// The most bytes that a folder holds when a run ends.
const MOST: u64 = 1024 * 1024 * 1024;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Tells backup programs, and us, that this folder can be deleted; see <https://bford.info/cachedir/>.
const TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of cfnward. It can be deleted at any time.\n",
);
const IGNORED: (&str, &str) = (".gitignore", "*\n");

/// Makes a folder that of a cache. It must be that already, or empty, or not there yet: nothing is put between other
/// files, which our `.gitignore` would hide from the next scan.
pub(super) fn claim(folder: &Path) -> io::Result<()> {
    match folder.symlink_metadata() {
        Ok(there) if there.is_symlink() => return Err(io::Error::other("it is a link; name what it leads to")),
        Ok(there) if !there.is_dir() => return Err(io::Error::other("it is no folder")),
        Ok(_) => {}
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => make(folder)?,
        Err(problem) => return Err(problem),
    }
    let tag = folder.join(TAG.0);
    match tag.symlink_metadata() {
        Ok(_) if is_ours(&tag) => {}
        Ok(_) => return Err(io::Error::other("it is the cache of another program")),
        Err(_) if is_empty(folder)? => {}
        Err(_) => return Err(io::Error::other("it holds other files; name a folder that is new or empty")),
    }
    // Where they are already nothing can be written, and nothing has to be.
    for (name, text) in [IGNORED, TAG] {
        match File::create_new(folder.join(name)) {
            Ok(mut file) => file.write_all(text.as_bytes())?,
            Err(_) if folder.join(name).symlink_metadata().is_ok() => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// Makes a folder that nobody else can look into: answers quote templates.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether a file is our tag, or the beginning of it: another run may be writing it.
fn is_ours(tag: &Path) -> bool {
    let Ok((file, _)) = walk::open_plain(tag) else { return false };
    let mut text = Vec::new();
    let read = file.take(TAG.1.len() as u64 + 1).read_to_end(&mut text);
    read.is_ok() && TAG.1.as_bytes().starts_with(&text)
}

/// Whether there is nothing in a folder but what a run puts there that begins just now.
fn is_empty(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let known = [TAG.0, IGNORED.0].iter().any(|name| path.file_name().is_some_and(|own| own == *name));
        if !known && !is_neighbour(&path) && !is_pack(&path) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_pack(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Removes what nobody has used for long, what killed runs have left, and the oldest packs when all are too large
/// together; never `kept`.
pub(super) fn prune(folder: &Path, kept: &Path) -> io::Result<()> {
    let now = SystemTime::now();
    let mut packs: Vec<(Duration, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(there) = path.symlink_metadata() else { continue };
        if path == kept || !there.is_file() {
            continue;
        }
        let age = there.modified().ok().and_then(|then| now.duration_since(then).ok()).unwrap_or_default();
        if is_pack(&path) {
            packs.push((age, there.len(), path));
        } else if is_neighbour(&path) && age > DAY {
            // Another run may have removed it just now, here and below.
            let _ = fs::remove_file(&path);
        }
    }
    packs.sort();
    let mut size = kept.symlink_metadata().map_or(0, |there| there.len());
    for (age, length, path) in packs {
        size = size.saturating_add(length);
        if age > DAY * DAYS || size > MOST {
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}
