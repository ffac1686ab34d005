//! Where reports go.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::render::harmless;

/// How the name of a report begins and ends while it is written.
const NEIGHBOUR: &str = ".cfnward-";
const UNFINISHED: &str = ".partial";
/// How often another name is tried for a file that is in the way.
const MOST_TRIES: usize = 16;

/// An error that ends a run, as people read it.
pub(super) type RunError = io::Error;

/// An error with a message of ours.
pub(super) fn error(message: impl Into<String>) -> RunError {
    io::Error::other(message.into())
}

/// Whether nobody reads our output any more (`cfnward scan | head`).
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

/// Writes to standard output. That nobody reads it (any more) is no error: what the run found decides how it ends.
pub(super) fn to_stdout(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    unless_closed(to_stdout_while_read(write))
}

/// The same, where a reader that went away ends the work; see [`is_closed_pipe`].
pub(super) fn to_stdout_while_read(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    standard::write(write).map_err(|problem| {
        if is_closed_pipe(&problem) { problem } else { error(format!("cannot write to standard output: {problem}")) }
    })
}

#[cfg(unix)]
mod standard {
    use std::fs::File;
    use std::io::{self, Seek as _, SeekFrom, Write};
    use std::os::fd::AsFd as _;

    /// Writes through one buffer. Of a file behind a redirection, all is kept or nothing: half of a table looks whole.
    pub(super) fn write(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        // Not through the buffer of the standard library, which would try again at the end of the process.
        let mut file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let before = file.metadata().ok().filter(|there| there.is_file()).map(|there| there.len());
        let place = file.stream_position();
        let mut out = io::BufWriter::new(&file);
        let result = write(&mut out).and_then(|()| out.flush());
        // What it still holds is not to be written any more.
        let _ = out.into_parts();
        if let (Err(_), Some(before)) = (&result, before)
            && file.metadata().is_ok_and(|now| now.len() > before)
        {
            // The error is said in any case.
            let _ = file.set_len(before);
            let _ = place.and_then(|place| file.seek(SeekFrom::Start(place)));
        }
        result
    }
}

#[cfg(not(unix))]
mod standard {
    use std::io::{self, Write};

    /// Writes through one buffer.
    pub(super) fn write(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&mut out)?;
        out.flush()
    }
}

/// Writes a whole file or none: to a neighbour first, which then takes its name and the permissions of what was there.
/// What is no file (a pipe, a device) is written to as it is, and a link stays a link. A run that is killed leaves the
/// neighbour behind, and never a part under the name that was asked for.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    said(path, || {
        let there = fs::metadata(path);
        if is_open(path) || there.as_ref().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            return append(path, write);
        }
        let real =
            if path.is_symlink() { path.canonicalize().unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() };
        // `..` and `/` have none.
        real.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let (partial, file) = neighbour(&real)?;
        let result = (|| {
            let mut out = io::BufWriter::new(file);
            write(&mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            if let Ok(there) = &there {
                file.set_permissions(there.permissions())?;
            }
            file.sync_all()?;
            match fs::rename(&partial, &real) {
                // A file that is mounted by itself, as containers have them, cannot be replaced.
                Err(problem) if problem.kind() == io::ErrorKind::ResourceBusy => {
                    fs::copy(&partial, &real).inspect_err(|_| {
                        // Nothing at all does not look like a report; half of one does.
                        let _ = fs::OpenOptions::new().write(true).truncate(true).open(&real);
                    })?;
                    fs::remove_file(&partial)
                }
                other => other,
            }
        })();
        if result.is_err() {
            // The neighbour may have its new name already.
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
    let problem_of = |problem| error(format!("cannot write `{}`: {problem}", path.display()));
    // A reader that went away is told from a disk that is full.
    unless_closed(work()).map_err(problem_of)
}

fn unless_closed(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(problem) if is_closed_pipe(&problem) => Ok(()),
        other => other,
    }
}

/// Whether a path names something that a process has open, which may be a file behind that name.
fn is_open(path: &Path) -> bool {
    cfg!(unix) && ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"].iter().any(|open| path.starts_with(open))
}

/// A new file in the same folder. Nothing is followed and nothing overwritten, whatever somebody put there: another run
/// may be writing the same report, and in containers all runs have the same process id.
pub(super) fn neighbour(file: &Path) -> io::Result<(PathBuf, fs::File)> {
    let mut tries = 0;
    loop {
        let number = RandomState::new().build_hasher().finish();
        let partial = file.with_file_name(format!("{NEIGHBOUR}{number:016x}{UNFINISHED}"));
        match fs::File::create_new(&partial) {
            Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists && tries < MOST_TRIES => tries += 1,
            other => return other.map(|created| (partial, created)),
        }
    }
}

/// Whether a file has a name that only reports have that are being written.
pub(super) fn is_neighbour(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(NEIGHBOUR) && name.ends_with(UNFINISHED)
}

fn append(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).create(!is_open(path)).open(path)?;
    let Some(before) = file.metadata().ok().filter(|there| there.is_file()).map(|there| there.len()) else {
        let mut out = io::BufWriter::new(file);
        write(&mut out)?;
        return out.flush();
    };
    // In one piece, so that a run that is killed hardly ever leaves a part.
    let mut text = Vec::new();
    if before > 0 && !is_open(path) {
        text.push(b'\n');
    }
    write(&mut text)?;
    file.write_all(&text).inspect_err(|_| {
        // The error is said in any case.
        let _ = file.set_len(before);
    })
}

/// A line that may hold names of files: control characters are shown, and neither terminal nor CI runner obeys it.
pub(super) fn visible(text: &str) -> String {
    harmless(text)
}
