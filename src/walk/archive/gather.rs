//! What is gathered from an archive, whatever its format.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ArchiveLimits, ArchiveTrouble, Members};
use crate::text::{SourceName, percent_encode_path};
use crate::walk::candidate::{Likelihood, is_binary, is_foreign_folder, likelihood};
use crate::walk::ignoring::Excludes;
use crate::walk::read::{HEAD, ReadError};
use crate::walk::walker::{Found, SNIFF_LIMIT, Store, Walk, is_taken};

/// The candidates so far.
pub(super) struct Gathering<'w> {
    walk: &'w Walk,
    excludes: Excludes,
    archive: &'w Found,
    pub(super) limits: ArchiveLimits,
    /// The size of the archive itself.
    size: u64,
    /// How many members were seen.
    seen: u64,
    /// How many bytes were unpacked, or will be.
    unpacked: u64,
    /// How many bytes are kept.
    kept: u64,
    names: BTreeSet<Vec<u8>>,
    /// The first name that several members have, and how many have one that was there before.
    twice: Option<(String, usize)>,
    members: Members,
}

/// The path of a member in its archive.
pub(super) struct Member {
    /// Without anything that would lead out of the archive.
    path: Vec<u8>,
    pub(super) likelihood: Likelihood,
}

impl<'w> Gathering<'w> {
    pub(super) fn new(walk: &'w Walk, excludes: Excludes, archive: &'w Found, limits: ArchiveLimits) -> Self {
        Self {
            walk,
            excludes,
            archive,
            limits,
            size: 0,
            seen: 0,
            unpacked: 0,
            kept: 0,
            names: BTreeSet::new(),
            twice: None,
            members: Members::default(),
        }
    }

    pub(super) fn set_size(&mut self, size: u64) {
        self.size = size;
    }

    /// Says that not all of the archive could be looked at.
    pub(super) fn incomplete(&mut self, reason: String) {
        self.members.troubles.push(ArchiveTrouble::Incomplete(reason));
    }

    pub(super) fn into_members(mut self) -> Members {
        if let Some((name, more)) = self.twice.take() {
            let others = if more > 1 { format!(" (and {} more)", more - 1) } else { String::new() };
            let message = format!("several members are called `{name}`{others}; all of them are judged");
            self.members.troubles.push(ArchiveTrouble::SameName(message));
        }
        self.members
    }

    /// Counts one member more; `false` when these are too many.
    pub(super) fn counts(&mut self) -> bool {
        self.seen += 1;
        let fits = self.seen <= self.limits.members;
        if !fits {
            let most = self.limits.members;
            self.incomplete(format!(
                "it has more members than the limit of {most} (`archive-members`); those after these were not judged"
            ));
        }
        fits
    }

    /// What is wrong when the archive comes to that many bytes more.
    pub(super) fn too_much(&self, bytes: u64) -> Option<String> {
        let all = self.unpacked.saturating_add(bytes);
        if all > self.limits.size {
            let most = self.limits.size;
            return Some(format!(
                "it comes to more bytes than the limit of {most} (`archive-size`); what comes after was not judged"
            ));
        }
        if all > self.size.saturating_mul(self.limits.ratio).saturating_add(self.limits.member) {
            let most = self.limits.ratio;
            return Some(format!(
                "it comes to more than {most} times its size (the limit `archive-ratio`); what comes after was not judged"
            ));
        }
        None
    }

    /// Counts bytes that are unpacked, or will be; `false` when these are too many.
    pub(super) fn unpacks(&mut self, bytes: u64) -> bool {
        if let Some(reason) = self.too_much(bytes) {
            self.incomplete(reason);
            return false;
        }
        self.unpacked = self.unpacked.saturating_add(bytes);
        true
    }

    /// The member of that name if it may be a template by it.
    pub(super) fn member(&self, name: &[u8]) -> Option<Member> {
        let path = path_inside(name);
        let text = String::from_utf8_lossy(&path);
        let below = Path::new(&*text);
        let likelihood = likelihood(below);
        if likelihood == Likelihood::Never || (likelihood == Likelihood::Unknown && self.walk.sniff.is_none()) {
            return None;
        }
        let left_alone = |part: &str| is_foreign_folder(part.as_ref()) || (part.starts_with('.') && !self.walk.hidden);
        if text.is_empty() || text.split('/').any(left_alone) || self.excludes.matches_or_holds(&self.display(&path)) {
            return None;
        }
        Some(Member { path, likelihood })
    }

    /// Whether a member's size alone says that nobody has to look at it.
    pub(super) fn is_passed_over(member: &Member, size: u64) -> bool {
        member.likelihood == Likelihood::Unknown && (size == 0 || size > SNIFF_LIMIT)
    }

    /// Whether the content of a member, whose name says nothing, may be that of a template.
    pub(super) fn is_sniffed(&self, bytes: &[u8]) -> bool {
        let head = bytes.get(..usize::try_from(HEAD).unwrap_or(usize::MAX)).unwrap_or(bytes);
        !is_binary(head) && self.walk.sniff.is_some_and(|sniff| is_taken(bytes, sniff))
    }

    /// Whether a candidate of that name was found.
    pub(super) fn has(&self, member: &Member) -> bool {
        self.names.contains(&member.path)
    }

    /// A candidate whose bytes are here; `false` when too many are kept.
    pub(super) fn add(&mut self, member: &Member, bytes: Vec<u8>) -> bool {
        self.kept = self.kept.saturating_add(bytes.len() as u64);
        if self.kept > self.limits.kept {
            let most = self.limits.kept;
            self.incomplete(format!(
                "its templates come to more bytes than the limit of {most} (`archive-memory`); what comes after was not judged"
            ));
            return false;
        }
        let (path, name) = self.named(member);
        self.members.found.push(Found::with_bytes(path, name, false, bytes));
        true
    }

    /// A candidate that is read when it is asked for.
    pub(super) fn add_stored(&mut self, member: &Member, size: u64, store: &Arc<dyn Store>, number: usize) {
        let (path, name) = self.named(member);
        self.members.found.push(Found::in_store(path, name, size, store, number));
    }

    /// A candidate that cannot be read.
    pub(super) fn add_unreadable(&mut self, member: &Member, size: u64, reason: Unreadable) {
        let store: Arc<dyn Store> = Arc::new(reason);
        self.add_stored(member, size, &store, 0);
    }

    fn named(&mut self, member: &Member) -> (PathBuf, SourceName) {
        let display = self.display(&member.path);
        if !self.names.insert(member.path.clone()) {
            let name = String::from_utf8_lossy(&member.path).into_owned();
            self.twice.get_or_insert((name, 0)).1 += 1;
        }
        let uri = format!("{}%21/{}", self.archive.name.uri, percent_encode_path(&member.path));
        let path = self.archive.path.join(&*String::from_utf8_lossy(&member.path));
        (path, SourceName { display, uri })
    }

    fn display(&self, path: &[u8]) -> String {
        format!("{}!/{}", self.archive.name.display, String::from_utf8_lossy(path))
    }
}

/// Why a member cannot be read.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// It has that many bytes.
    Size(u64),
    /// Something else.
    Because(String),
}

impl Store for Unreadable {
    fn read(&self, _number: usize, limit: u64) -> Result<Vec<u8>, ReadError> {
        Err(match self {
            Self::Size(size) => ReadError::TooBig { size: *size, limit },
            Self::Because(reason) => failed(reason),
        })
    }
}

/// A member could not be read because of that.
pub(super) fn failed(reason: &str) -> ReadError {
    ReadError::Failed(std::io::Error::other(reason.to_owned()))
}

/// The path of a member as seen from the archive's root, above which nothing leads; empty if there is none.
///
/// Some archivers of Windows write backslashes.
fn path_inside(name: &[u8]) -> Vec<u8> {
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in name.split(|byte| matches!(byte, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_archive() {
        for (name, path) in [
            ("a/b.yaml", "a/b.yaml"),
            ("./a.yaml", "a.yaml"),
            ("../../etc/a.yaml", "etc/a.yaml"),
            ("/etc/a.yaml", "etc/a.yaml"),
            ("a/../../../b.yaml", "b.yaml"),
            ("C:\\x\\..\\a.yaml", "C:/a.yaml"),
            ("..\\..\\a.yaml", "a.yaml"),
            ("//host/a.yaml", "host/a.yaml"),
            ("..", ""),
        ] {
            assert_eq!(String::from_utf8(path_inside(name.as_bytes())).unwrap(), path, "{name}");
        }
    }
}
