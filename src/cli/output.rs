//! Where reports go.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::render::harmless;

/// An error that ends a run, as people read it.
pub(super) type RunError = io::Error;

/// An error with a message of ours.
pub(super) fn error(message: impl Into<String>) -> RunError {
    io::Error::other(message.into())
}

/// Whether nobody reads our output any more (`cfnward scan | head`): a clean end.
pub(super) fn is_closed_pipe(error: &RunError) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// Says on standard error why the run ended.
pub(super) fn say_error(error: &RunError) {
    // When standard error is gone too, the exit code is all that is left to say.
    let _ = writeln!(io::stderr(), "error: {}", visible(&error.to_string()));
}

/// Says something on standard error.
pub(super) fn say(text: &str) {
    // A terminal that went away is no reason to fail.
    let _ = writeln!(io::stderr(), "{}", visible(text));
}

/// Writes to standard output through one buffer, flushed.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    write(&mut out)?;
    out.flush()
}

/// Writes a whole file or none: to a neighbour first, which then takes its name and the permissions of what was there.
/// What is no file (a pipe, a device) is written to as it is, and a link stays a link.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    said(path, || {
        let there = fs::metadata(path);
        if is_device(path) || there.as_ref().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            return append(path, write);
        }
        let real =
            if path.is_symlink() { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
        let mut name = real.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let partial = real.with_file_name(name);
        let result = (|| {
            let mut out = io::BufWriter::new(create_new(&partial)?);
            write(&mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            if let Ok(there) = &there {
                file.set_permissions(there.permissions())?;
            }
            file.sync_all()?;
            match fs::rename(&partial, &real) {
                // A file that is mounted by itself, as containers have them, cannot be replaced.
                Err(problem) if problem.kind() == io::ErrorKind::ResourceBusy => {
                    fs::copy(&partial, &real)?;
                    fs::remove_file(&partial)
                }
                other => other,
            }
        })();
        if result.is_err() {
            // The neighbour may never have come to be.
            let _ = fs::remove_file(&partial);
        }
        result
    })
}

/// Adds to the end of a file, on a line of its own.
pub(super) fn append_to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), RunError> {
    said(path, || append(path, write))
}

/// Whether two paths lead to the same file.
pub(super) fn same_file(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn said(path: &Path, work: impl FnOnce() -> io::Result<()>) -> Result<(), RunError> {
    work().map_err(|problem| {
        // A reader that went away is told from a disk that is full.
        if is_closed_pipe(&problem) { problem } else { error(format!("cannot write `{}`: {problem}", path.display())) }
    })
}

/// Whether a path names something open, such as `/dev/stdout`, which may be a file behind that name.
fn is_device(path: &Path) -> bool {
    cfg!(unix) && ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder))
}

/// Nothing is followed and nothing overwritten, whatever somebody put beside the file.
fn create_new(partial: &Path) -> io::Result<fs::File> {
    match fs::File::create_new(partial) {
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => {
            // Left by a process of the same number that was killed.
            fs::remove_file(partial)?;
            fs::File::create_new(partial)
        }
        other => other,
    }
}

fn append(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = fs::OpenOptions::new().append(true).create(!is_device(path)).open(path)?;
    let begun = !is_device(path) && file.metadata().is_ok_and(|there| there.is_file() && there.len() > 0);
    let mut out = io::BufWriter::new(file);
    if begun {
        writeln!(out)?;
    }
    write(&mut out)?;
    out.flush()
}

/// A line that may hold names of files: control characters are shown, and neither terminal nor CI runner obeys it.
pub(super) fn visible(text: &str) -> String {
    harmless(text)
}
