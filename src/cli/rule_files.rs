//! Rule files of users: finding, reading and loading them.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::Limits;
use crate::diag::{Code, Place, Problem};
use crate::guard::Dialect;
use crate::rules::{Catalog, GivenFile, GivenSettings, Rule, load_given, make_ids_unique};
use crate::text::SourceName;
use crate::walk;

use super::output::{RunError, error};

/// How deep folders of rules are looked through.
const DEPTH: usize = 64;

/// A rule file and the folder that it was found through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleFile {
    /// The file.
    pub(super) path: PathBuf,
    /// The folder that its imports may not leave.
    root: PathBuf,
}

/// A rule file and its rules.
pub(super) struct LoadedFile {
    pub(super) path: PathBuf,
    pub(super) name: SourceName,
    pub(super) rules: Vec<Arc<Rule>>,
}

/// Whether a file holds rules, by its name.
pub(super) fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "guard" || extension == "ruleset")
}

/// The rule files at a path: itself, whatever it is called, or those below a folder, sorted.
pub(super) fn find(path: &Path) -> Result<Vec<RuleFile>, RunError> {
    let cannot = |problem| error(format!("cannot read `{}`: {problem}", path.display()));
    if fs::metadata(path).map_err(cannot)?.is_file() {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        return Ok(vec![RuleFile { path: path.to_owned(), root: folder.to_owned() }]);
    }
    let mut files = Vec::new();
    below(path, &mut |file| {
        if is_rule_file(&file) {
            files.push(RuleFile { path: file, root: path.to_owned() });
        }
    })?;
    files.sort();
    Ok(files)
}

/// Every file below a folder; links are not followed.
pub(super) fn below(folder: &Path, found: &mut dyn FnMut(PathBuf)) -> Result<(), RunError> {
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let cannot = |problem| error(format!("cannot read `{}`: {problem}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let kind = entry.file_type().map_err(cannot)?;
            if kind.is_dir() && depth < DEPTH {
                open.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                found(entry.path());
            }
        }
    }
    Ok(())
}

/// Reads and loads rule files. What is wrong with one is a problem; the others are loaded all the same. Ids are made
/// unique among all of them and `taken`.
pub(super) fn load(files: &[RuleFile], as_written: bool, taken: &Catalog) -> (Vec<LoadedFile>, Vec<Problem>) {
    let settings = GivenSettings { as_written, dialect: Dialect::Classic };
    let mut problems = Vec::new();
    let mut rules: Vec<Rule> = Vec::new();
    let mut loaded: Vec<(PathBuf, SourceName, usize)> = Vec::new();
    for file in files {
        let name = name_of(&file.path);
        let given = match text_of(&file.path) {
            Ok(text) => GivenFile { name: name.clone(), path: below_root(file), text },
            Err(message) => {
                let place = Place::file(&Arc::new(name));
                problems.push(Problem { code: Code::GuardSyntax, message, place, related: Vec::new(), help: None });
                continue;
            }
        };
        let (more, wrong) = load_given(given, settings, &mut |path| import(&file.root, path));
        problems.extend(wrong);
        loaded.push((file.path.clone(), name, more.len()));
        rules.extend(more);
    }
    // A file that several others import is wrong once.
    let mut seen: Vec<Problem> = Vec::new();
    for problem in problems {
        if !seen.contains(&problem) {
            seen.push(problem);
        }
    }
    make_ids_unique(&mut rules, &taken.rules);
    let mut rules = rules.into_iter().map(Arc::new);
    let loaded = loaded
        .into_iter()
        .map(|(path, name, count)| LoadedFile { path, name, rules: rules.by_ref().take(count).collect() })
        .collect();
    (loaded, seen)
}

/// The rules of files and folders, for running them.
pub(super) fn load_paths(paths: &[PathBuf], as_written: bool) -> Result<(Vec<Arc<Rule>>, Vec<Problem>), RunError> {
    if paths.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut files = Vec::new();
    for path in paths {
        let found = find(path)?;
        if found.is_empty() {
            return Err(error(format!("no rule file was found in `{}`: they end in `.guard`", path.display())));
        }
        files.extend(found);
    }
    files.sort();
    files.dedup_by(|a, b| a.path == b.path);
    let (loaded, problems) = load(&files, as_written, &Catalog::builtin());
    Ok((loaded.into_iter().flat_map(|file| file.rules).collect(), problems))
}

fn import(root: &Path, path: &str) -> Result<GivenFile, String> {
    let file = root.join(path);
    // A link may lead out of the folder although the path does not.
    let real = |path: &Path| path.canonicalize().map_err(|problem| problem.to_string());
    if !real(&file)?.starts_with(real(root)?) {
        return Err("it lies outside of the folder of the rules".to_owned());
    }
    Ok(GivenFile { name: name_of(&file), path: path.to_owned(), text: text_of(&file)? })
}

fn below_root(file: &RuleFile) -> String {
    slashed(file.path.strip_prefix(&file.root).unwrap_or(&file.path))
}

/// A path with `/` between its segments.
fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text =
        if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") };
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

/// How a file is called in reports.
pub(super) fn name_of(path: &Path) -> SourceName {
    SourceName::from_display(&slashed(path))
}

/// The text of a file of rules or tests.
pub(super) fn text_of(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|problem| problem.to_string())?;
    let limit = Limits::default().file_size;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|problem| problem.to_string())?;
    if bytes.len() as u64 > limit {
        return Err(format!("the file has more than {limit} bytes"));
    }
    walk::decode(bytes).map_err(|problem| problem.to_string())
}
