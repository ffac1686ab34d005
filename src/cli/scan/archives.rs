//! Archives that are named: their members take their place.

use std::sync::Arc;

use crate::cli::output::{RunError, error};
use crate::diag::{Code, FileKind, FileReport, Limits, Place, Problem, Report};
use crate::walk::{ArchiveLimits, ArchiveTrouble, Found, Members, Walk, is_archive};

use super::net;

/// What was found, with the members of each archive that was named in its place.
pub(super) fn opened(
    walk: &Walk,
    found: Vec<Found>,
    limits: &Limits,
    report: &mut Report,
) -> Result<Vec<Found>, RunError> {
    let limits = ArchiveLimits {
        member: limits.file_size,
        size: limits.archive_size,
        ratio: limits.archive_ratio,
        members: limits.archive_members,
        kept: limits.archive_memory,
    };
    let mut all = Vec::with_capacity(found.len());
    for file in found {
        if !is_named_archive(&file) {
            all.push(file);
            continue;
        }
        let mut members = Ok(Members::default());
        report.absorb(net::caught(&file.name, || {
            members = walk.members(&file, &limits);
            Report::default()
        }));
        let Members { found, troubles } = members.map_err(|problem| error(problem.to_string()))?;
        all.extend(found);
        for trouble in troubles {
            report.absorb(told(&file, trouble));
        }
    }
    Ok(all)
}

/// Says that archives cannot be compared, if there are some.
pub(super) fn refuse(found: &[Found]) -> Result<(), RunError> {
    match found.iter().find(|file| is_named_archive(file)) {
        Some(archive) => {
            let name = &archive.name.display;
            Err(error(format!("--diff compares files of a working tree, and `{name}` is an archive")))
        }
        None => Ok(()),
    }
}

fn is_named_archive(file: &Found) -> bool {
    file.explicit && is_archive(&file.path)
}

/// What is the matter with an archive.
fn told(archive: &Found, trouble: ArchiveTrouble) -> Report {
    let source = Arc::new(archive.name.clone());
    let (code, message) = match trouble {
        ArchiveTrouble::Incomplete(message) => (Code::ArchiveIncomplete, message),
        ArchiveTrouble::SameName(message) => (Code::ArchiveSameName, message),
    };
    let place = Place::file(&source);
    let problem = Problem { code, message, place, related: Vec::new(), help: None };
    let broken = FileReport { source, kind: FileKind::Broken, resources: 0 };
    let files = if code == Code::ArchiveIncomplete { vec![broken] } else { Vec::new() };
    Report { files, problems: vec![problem], ..Report::default() }
}
