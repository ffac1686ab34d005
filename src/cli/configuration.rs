//! Finding and reading the configuration file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::{Configuration, FILE_NAME, read};
use crate::diag::Problem;
use crate::text::{SourceFile, SourceName};

use super::arguments::Scan;
use super::output::{RunError, error};

/// What the configuration says: the named file, or the nearest one at or above the current folder, as far up as the
/// repository goes; nothing when there is none or it is not wanted.
pub(super) fn load(scan: &Scan) -> Result<(Configuration, Vec<Problem>), RunError> {
    let path = match &scan.config {
        Some(path) => path.clone(),
        None if scan.no_local_config => return Ok(<_>::default()),
        None => match nearest(&std::env::current_dir()?) {
            Some(path) => path,
            None => return Ok(<_>::default()),
        },
    };
    let text = fs::read_to_string(&path)
        .map_err(|problem| error(format!("cannot read the configuration `{}`: {problem}", path.display())))?;
    Ok(read(&SourceFile::new(SourceName::from_display(&path.to_string_lossy()), text)))
}

fn nearest(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let path = folder.join(FILE_NAME);
        if path.is_file() {
            return Some(path);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
