//! The members of archives, as candidates.
//!
//! Nothing is unpacked to disk, and nothing that an archive says leads anywhere: names are texts, links are left out. What
//! it says of its sizes is checked by reading, and costs nothing until then. Zip archives are looked through by their
//! directory, and a member is read when it is asked for; of tar archives, which have none, candidates are kept.

mod gather;
mod tar;
mod zip;

use std::ffi::OsStr;
use std::io::{Read as _, Seek as _};
use std::path::Path;

use super::ignoring::Excludes;
use super::read::{ReadError, open_regular};
use super::walker::{Found, Walk, WalkError};
use gather::Gathering;

/// The ends of names of archives that are opened, in lower case.
const ENDS: [&str; 4] = [".zip", ".tar", ".tar.gz", ".tgz"];
/// How gzip files begin.
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// How zip files begin, but for those with something in front.
const ZIP: [u8; 2] = *b"PK";

/// How much is read of an archive before the rest is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of a member. A larger one is not read.
    pub member: u64,
    /// Bytes that members come to when they are unpacked.
    pub size: u64,
    /// How many times its own size an archive may come to, beyond the size of one member.
    pub ratio: u64,
    /// The number of members.
    pub members: u64,
    /// Bytes of members that are kept in memory until they are judged.
    pub kept: u64,
}

/// Something about an archive that its reader should know: lower case, no final period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveTrouble {
    /// It is no archive, or not all of it could be looked at, for this reason.
    Incomplete(String),
    /// Members have the same name.
    SameName(String),
}

/// What an archive has.
#[derive(Debug, Default)]
pub struct Members {
    /// The candidates, in the order of the archive.
    pub found: Vec<Found>,
    /// What is the matter with it.
    pub troubles: Vec<ArchiveTrouble>,
}

/// Whether a file that is named is taken for an archive.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

impl Walk {
    /// The candidates among the members of an archive: by their names and first bytes as below a folder, without what is
    /// hidden, foreign or excluded. A member's name is that of the archive, `!/` and its path there.
    ///
    /// # Errors
    /// When a glob is malformed.
    pub fn members(&self, archive: &Found, limits: &ArchiveLimits) -> Result<Members, WalkError> {
        let excludes = Excludes::new(&self.exclude).map_err(WalkError::Glob)?;
        let mut gathering = Gathering::new(self, excludes, archive, *limits);
        if let Err(problem) = open(&mut gathering, &archive.path) {
            gathering.incomplete(problem.to_string());
        }
        Ok(gathering.into_members())
    }
}

fn open(gathering: &mut Gathering<'_>, path: &Path) -> Result<(), ReadError> {
    let mut file = open_regular(path)?;
    gathering.set_size(file.metadata()?.len());
    let mut begin = Vec::new();
    file.by_ref().take(2).read_to_end(&mut begin)?;
    file.rewind()?;
    let is_zip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    // What it is counts more than what it is called.
    if begin == GZIP {
        tar::gather_gzip(gathering, file);
    } else if is_zip || begin == ZIP {
        zip::gather(gathering, file);
    } else {
        tar::gather(gathering, file);
    }
    Ok(())
}
