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

/// Writes a whole file or none: to a neighbour first, which then takes its name.
pub(super) fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), RunError> {
    let shown = path.display();
    let said = |problem: io::Error| error(format!("cannot write `{shown}`: {problem}"));
    let mut name = path.file_name().ok_or_else(|| error(format!("`{shown}` is not a file name")))?.to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let partial = path.with_file_name(name);
    let result = (|| {
        let mut out = io::BufWriter::new(fs::File::create(&partial)?);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&partial, path)
    })();
    result.map_err(|problem| {
        // The neighbour may never have come to be.
        let _ = fs::remove_file(&partial);
        said(problem)
    })
}

/// A line that may hold names of files: control characters are shown, and neither terminal nor CI runner obeys it.
pub(super) fn visible(text: &str) -> String {
    harmless(text)
}
