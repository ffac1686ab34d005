//! Bytes of files, with limits and without waiting.

use std::fmt;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// How many bytes decide whether a file is text.
pub(super) const HEAD: u64 = 8 * 1024;
/// How often a file is read that changes all the time.
const MOST_TRIES: usize = 4;

/// Why the bytes of a file could not be had.
#[derive(Debug)]
pub enum ReadError {
    /// It is gone: deleted between being found and being read, or a link to nowhere.
    Vanished,
    /// The user may not read it.
    Denied,
    /// It is a folder, a pipe, a device or a socket.
    NotRegular(&'static str),
    /// It is larger than the limit, both in bytes.
    TooBig {
        /// Its size, as far as known.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// Somebody wrote it while it was read.
    Changing,
    /// The system said something else.
    Failed(io::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vanished => formatter.write_str("the file does not exist any more"),
            Self::Denied => formatter.write_str("permission denied"),
            Self::NotRegular(kind) => write!(formatter, "not a regular file but {kind}"),
            Self::TooBig { size, limit } => write!(formatter, "{size} bytes are more than the limit of {limit}"),
            Self::Changing => formatter.write_str("the file changed while it was read"),
            Self::Failed(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Vanished,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Failed(error),
        }
    }
}

/// The whole content of a regular file of at most `limit` bytes. Follows links.
///
/// Never waits: a pipe, a device or a socket is refused before it is opened, and once more after that, should it have
/// been put there in between.
///
/// # Errors
/// See [`ReadError`].
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    // Opening a device can have effects of its own, so it is asked first what it is.
    refuse_irregular(fs::metadata(path)?.file_type())?;
    until_steady(|| read_opened(open(path, true)?, limit))
}

/// The same for a path that the walk saw to be a regular file: one system call fewer, and no link is followed, so a file
/// that was replaced by a link in the meantime leads nowhere.
pub(super) fn read_found(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    until_steady(|| read_opened(open(path, false)?, limit))
}

/// A file that is regular and no link, opened for reading, and its size. Never waits.
///
/// # Errors
/// See [`ReadError`].
pub fn open_plain(path: &Path) -> Result<(File, u64), ReadError> {
    let file = open(path, false)?;
    let metadata = file.metadata()?;
    refuse_irregular(metadata.file_type())?;
    Ok((file, metadata.len()))
}

/// The whole content of a regular file of at most `limit` bytes if its beginning is not `unwanted`.
pub(super) fn read_unless(path: &Path, limit: u64, unwanted: fn(&[u8]) -> bool) -> Result<Option<Vec<u8>>, ReadError> {
    let mut file = open(path, false)?;
    let metadata = file.metadata()?;
    refuse_irregular(metadata.file_type())?;
    if metadata.len() > limit {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(capacity(metadata.len(), limit));
    file.by_ref().take(HEAD).read_to_end(&mut bytes)?;
    if unwanted(&bytes) {
        return Ok(None);
    }
    let rest = limit.saturating_sub(HEAD).saturating_add(1);
    file.take(rest).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// A regular file, opened to read parts of it. Follows links, and never waits.
pub(super) fn open_regular(path: &Path) -> Result<File, ReadError> {
    refuse_irregular(fs::metadata(path)?.file_type())?;
    let file = open(path, true)?;
    refuse_irregular(file.metadata()?.file_type())?;
    Ok(file)
}

/// Reads again what changed in between: half of a template is not what its author has saved.
fn until_steady(read: impl Fn() -> Result<Vec<u8>, ReadError>) -> Result<Vec<u8>, ReadError> {
    let mut read = std::iter::repeat_with(read).take(MOST_TRIES);
    read.find(|bytes| !matches!(bytes, Err(ReadError::Changing))).unwrap_or(Err(ReadError::Changing))
}

fn read_opened(file: File, limit: u64) -> Result<Vec<u8>, ReadError> {
    let metadata = file.metadata()?;
    refuse_irregular(metadata.file_type())?;
    let size = metadata.len();
    if size > limit {
        return Err(ReadError::TooBig { size, limit });
    }
    let mut bytes = Vec::with_capacity(capacity(size, limit));
    // The size is what the file had when it was asked; what counts is how much comes.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    let length = bytes.len() as u64;
    if length > limit {
        return Err(ReadError::TooBig { size: length, limit });
    }
    // What the kernel makes up when it is asked has no size.
    if length != size && size != 0 { Err(ReadError::Changing) } else { Ok(bytes) }
}

/// Opens without waiting for the other end of a pipe or for a device to be ready.
#[cfg(unix)]
fn open(path: &Path, follow: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let links = if follow { 0 } else { libc::O_NOFOLLOW };
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | links).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, _follow: bool) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn refuse_irregular(file_type: FileType) -> Result<(), ReadError> {
    if file_type.is_file() {
        return Ok(());
    }
    Err(ReadError::NotRegular(kind(file_type)))
}

#[cfg(unix)]
fn kind(file_type: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if file_type.is_dir() {
        "a folder"
    } else if file_type.is_fifo() {
        "a pipe"
    } else if file_type.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(file_type: FileType) -> &'static str {
    if file_type.is_dir() { "a folder" } else { "a device" }
}

/// What to reserve: the size that the file says it has, one byte more to see its end, never more than the limit.
fn capacity(size: u64, limit: u64) -> usize {
    usize::try_from(size.min(limit)).map_or(0, |size| size.saturating_add(1))
}
