//! How a file is named: for people and for SARIF.

use std::io;
use std::path::{Component, Path, PathBuf};

use crate::text::{SourceName, percent_encode_path};

/// Turns paths into names.
///
/// The display text is the path as one would type it in the current directory. The URI is relative to the root of the
/// repository, as code hosts demand, and is computed on real paths, so that it does not depend on how or from where the
/// scan was started. That root is, in this order: the one that was given; the nearest folder above the current directory
/// that holds `.git`, if the file lies in it; the nearest such folder above what was named on the command line; the
/// current directory, if the file lies in it. A file outside of all these gets the name of the folder that was named and
/// the path below it, or its bare name: never `..`, never an absolute path.
///
/// Bytes of a name that are not UTF-8 are shown as U+FFFD and kept in the URI, percent-encoded.
#[derive(Clone, Debug)]
pub struct Naming {
    /// The current directory as the system gives it.
    current: PathBuf,
    /// The same without links.
    real_current: PathBuf,
    /// The root given by the user, without links.
    source_root: Option<PathBuf>,
    /// The repository that the current directory belongs to.
    repository: Option<PathBuf>,
}

/// A path named by the user.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// As one would type it in the current directory; empty for the current directory itself.
    display: PathBuf,
    /// Without links.
    pub(super) real: PathBuf,
    /// The root that its URIs are relative to, if it lies in one.
    uri_root: Option<PathBuf>,
}

impl Naming {
    /// The naming for the process's current directory. `source_root` is what URIs are relative to, when the user says so.
    ///
    /// # Errors
    /// When the current directory or `source_root` does not exist.
    pub fn new(source_root: Option<&Path>) -> io::Result<Self> {
        Self::at(&std::env::current_dir()?, source_root)
    }

    /// The naming for another current directory; relative paths are taken from there.
    ///
    /// # Errors
    /// When `current` or `source_root` does not exist.
    pub fn at(current: &Path, source_root: Option<&Path>) -> io::Result<Self> {
        let real_current = current.canonicalize()?;
        let source_root = source_root.map(|root| current.join(root).canonicalize()).transpose()?;
        let repository = repository_of(&real_current);
        Ok(Self { current: current.to_owned(), real_current, source_root, repository })
    }

    /// The folder that relative paths are taken from.
    #[must_use]
    pub fn current_directory(&self) -> &Path {
        &self.current
    }

    /// The name of one file, as typed.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn name(&self, typed: &Path) -> io::Result<SourceName> {
        let named = self.named(typed)?;
        Ok(named.name_of(&named.real))
    }

    /// Whether there is a file of that URI below the root that URIs of the current directory are relative to; of a member
    /// of an archive, whether there is the archive.
    #[must_use]
    pub fn has(&self, uri: &str) -> bool {
        let root = self.source_root.as_ref().or(self.repository.as_ref()).unwrap_or(&self.real_current);
        let is_there = |uri: &str| decoded(uri).is_some_and(|path| root.join(path).symlink_metadata().is_ok());
        is_there(uri) || uri.split_once("%21/").is_some_and(|(archive, _)| is_there(archive))
    }

    /// What the user means by a path.
    pub(super) fn named(&self, typed: &Path) -> io::Result<Named> {
        Ok(self.named_at(typed, self.current.join(typed).canonicalize()?))
    }

    /// What the user means by a path at which there may be nothing.
    pub(super) fn named_absent(&self, typed: &Path) -> io::Result<Named> {
        let path = self.current.join(typed);
        // The deepest folder that is there counts without links; what follows is a name.
        for folder in path.ancestors() {
            match folder.canonicalize() {
                Ok(real) => {
                    let rest = path.strip_prefix(folder).unwrap_or(&path);
                    let real = rest.components().fold(real, |mut real, part| {
                        match part {
                            Component::ParentDir => {
                                real.pop();
                            }
                            part => real.push(part),
                        }
                        real
                    });
                    return Ok(self.named_at(typed, real));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn named_at(&self, typed: &Path, real: PathBuf) -> Named {
        let roots = [self.source_root.as_ref(), self.repository.as_ref()];
        let known = roots.into_iter().flatten().find(|root| lies_in(&real, root)).cloned();
        let uri_root = known
            .or_else(|| repository_of(&real))
            .or_else(|| Some(self.real_current.clone()))
            .filter(|root| lies_in(&real, root));
        Named { display: self.display(typed, &real), real, uri_root }
    }

    fn display(&self, typed: &Path, real: &Path) -> PathBuf {
        let roundabout = typed.is_absolute() || typed.components().any(|part| part == Component::ParentDir);
        if roundabout && let Ok(below) = real.strip_prefix(&self.real_current) {
            return below.to_owned();
        }
        typed.components().filter(|part| *part != Component::CurDir).collect()
    }

    pub(super) fn real_current(&self) -> &Path {
        &self.real_current
    }
}

impl Named {
    /// How people read the path of something at or below it, given by its path without links.
    pub(super) fn display_of(&self, real: &Path) -> String {
        let below = real.strip_prefix(&self.real).unwrap_or(real);
        if below.as_os_str().is_empty() {
            return if self.display.as_os_str().is_empty() { ".".to_owned() } else { slashed(&self.display) };
        }
        slashed(&self.display.join(below))
    }

    /// The name of a file at or below it, given by its path without links.
    pub(super) fn name_of(&self, real: &Path) -> SourceName {
        let inside = self.uri_root.as_deref().and_then(|root| real.strip_prefix(root).ok());
        let outside = || {
            let parent = self.real.parent().unwrap_or(&self.real);
            real.strip_prefix(parent).unwrap_or(real)
        };
        let uri = inside.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(outside);
        SourceName { display: self.display_of(real), uri: percent_encode_path(&bytes(uri)) }
    }
}

/// The nearest folder at or above a real path that holds `.git`: a folder, or a file in worktrees and submodules.
pub(super) fn repository_of(real: &Path) -> Option<PathBuf> {
    real.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_owned)
}

/// Whether a path lies at or below a folder.
fn lies_in(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder)
}

fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}

/// The relative path that a URI of ours stands for.
fn decoded(uri: &str) -> Option<PathBuf> {
    let mut parts = uri.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    let path = PathBuf::from(String::from_utf8_lossy(&bytes).into_owned());
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

#[cfg(unix)]
fn bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt as _;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Vec<u8> {
    slashed(path).into_bytes()
}
