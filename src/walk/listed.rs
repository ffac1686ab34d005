//! Candidates among files that are not in the file system: those of a commit.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::candidate::{Likelihood, is_binary, is_foreign_folder, likelihood};
use super::ignoring::Excludes;
use super::naming::Named;
use super::read::HEAD;
use super::walker::{Found, SNIFF_LIMIT, Store, Walk, WalkError, is_taken};

impl Walk {
    /// The candidates among files that `store` has by their numbers, given with their sizes and their paths below the
    /// folder `real`, which is without links: named and chosen as if they lay there, but that ignore files do not count.
    ///
    /// # Errors
    /// When a root is neither one of these files nor a folder of some, or a glob is malformed.
    pub fn listed(
        &self,
        real: &Path,
        files: &[(PathBuf, u64)],
        store: &Arc<dyn Store>,
    ) -> Result<Vec<Found>, WalkError> {
        let excludes = Excludes::new(&self.exclude).map_err(WalkError::Glob)?;
        let mut roots = Vec::new();
        for typed in &self.roots {
            let named = self.naming.named_absent(typed);
            let named = named
                .map_err(|error| WalkError::Unreachable(vec![(typed.display().to_string(), error.to_string())]))?;
            roots.push((named, false));
        }
        let mut found = Vec::new();
        for (number, (path, size)) in files.iter().enumerate() {
            let path = real.join(inside(path));
            let mut here = roots.iter_mut().filter(|(root, _)| path.starts_with(&root.real)).peekable();
            let Some((root, _)) = here.peek() else { continue };
            let candidate = self.candidate(root, &path, *size, &excludes, store, number);
            here.for_each(|(_, seen)| *seen = true);
            found.extend(candidate);
        }
        let unseen: Vec<(String, String)> = roots
            .iter()
            .zip(&self.roots)
            .filter(|((_, seen), _)| !seen && !files.is_empty())
            .map(|(_, typed)| (typed.display().to_string(), "the commit has nothing of that name".to_owned()))
            .collect();
        if unseen.is_empty() { Ok(found) } else { Err(WalkError::Unreachable(unseen)) }
    }

    fn candidate(
        &self,
        root: &Named,
        path: &Path,
        size: u64,
        excludes: &Excludes,
        store: &Arc<dyn Store>,
        number: usize,
    ) -> Option<Found> {
        let name = root.name_of(path);
        let mut found = Found::in_store(path.to_owned(), name, size, store, number);
        if path == root.real {
            found.explicit = true;
            return Some(found);
        }
        let below = path.strip_prefix(&root.real).unwrap_or(path);
        let left_alone = |part: Component<'_>| {
            let part = part.as_os_str();
            is_foreign_folder(part) || (!self.hidden && part.as_encoded_bytes().starts_with(b"."))
        };
        let likelihood = likelihood(path);
        let never = likelihood == Likelihood::Never;
        if never || below.components().any(left_alone) || excludes.matches_or_holds(&found.name.display) {
            return None;
        }
        if likelihood == Likelihood::Usual {
            return Some(found);
        }
        let sniff = self.sniff.filter(|_| size > 0 && size <= SNIFF_LIMIT)?;
        let bytes = store.read(number, SNIFF_LIMIT).ok()?;
        let head = bytes.get(..usize::try_from(HEAD).unwrap_or(usize::MAX)).unwrap_or(&bytes);
        (!is_binary(head) && is_taken(&bytes, sniff)).then_some(found)
    }
}

/// A path without anything that would lead out of the folder that it is seen from.
fn inside(path: &Path) -> PathBuf {
    let mut inside = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => inside.push(part),
            Component::ParentDir => {
                inside.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    inside
}
