//! What git knows: of a change, where it started and what files looked like there; the files of a commit. Nothing is
//! checked out.

mod base;
mod git;
mod revision;
mod tree;

use std::path::PathBuf;

pub(super) use base::Base;
pub(super) use revision::Revision;

/// A path as git writes it.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
