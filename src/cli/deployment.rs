//! What is known of the deployment: values of parameters, from flags and files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::check::Settings;
use crate::config::{Configuration, GivenParameters, read_parameters};
use crate::diag::{Code, Level, Place, Problem};
use crate::text::SourceFile;

use super::arguments::Deployment;
use super::output::{RunError, error};
use super::rule_files::{name_of, text_of};

/// The ends of the names of parameter files that belong to a template, before their extension.
const ENDS: [&str; 4] = [".parameters", "-parameters", ".params", "-params"];
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];
const SAM: [&str; 3] = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/// The values that flags and configuration give. Of two for the same parameter the last one counts, in this order:
/// `parameters` and `parameter-files` of the configuration, `--parameters`, `--parameter`; for pseudo parameters at last
/// `--region` and `--account-id`.
pub(super) fn settings(
    deployment: &Deployment,
    configuration: &Configuration,
    problems: &mut Vec<Problem>,
) -> Result<Settings, RunError> {
    settings_with(deployment, configuration, &text_of, problems)
}

/// The same with the files of parameters as `read` gives them.
pub(super) fn settings_with(
    deployment: &Deployment,
    configuration: &Configuration,
    read: &dyn Fn(&Path) -> Result<String, String>,
    problems: &mut Vec<Problem>,
) -> Result<Settings, RunError> {
    let mut given = GivenParameters { values: configuration.parameters.clone(), ..GivenParameters::default() };
    let configured = configuration.parameter_files.iter().map(PathBuf::from);
    for path in configured.chain(deployment.parameters.iter().cloned()) {
        given.extend(file(&path, read, problems)?);
    }
    given.extend(GivenParameters { values: flags(deployment)?, ..GivenParameters::default() });
    let region = deployment.region.as_ref().or(configuration.region.as_ref());
    let account = deployment.account_id.as_ref().or(configuration.account_id.as_ref());
    for (name, value) in [("AWS::Region", region), ("AWS::AccountId", account)] {
        given.values.extend(value.map(|value| (name.to_owned(), value.clone())));
    }
    follow_region(&mut given);
    Ok(Settings { parameters: given.values, open: given.open, ..Settings::default() })
}

/// The parameters that the user named on the command line, for telling those that no template has.
pub(super) fn named(deployment: &Deployment) -> Result<BTreeSet<String>, RunError> {
    Ok(flags(deployment)?.into_keys().filter(|name| !name.starts_with("AWS::")).collect())
}

fn flags(deployment: &Deployment) -> Result<std::collections::BTreeMap<String, String>, RunError> {
    let pairs = deployment.parameter.iter().map(|pair| match pair.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(error(format!("--parameter takes NAME=VALUE, not `{pair}`"))),
    });
    pairs.collect()
}

/// What follows from a region that is known.
fn follow_region(given: &mut GivenParameters) {
    let Some(region) = given.values.get("AWS::Region") else { return };
    let (partition, suffix) = match region.split('-').next() {
        Some("cn") => ("aws-cn", "amazonaws.com.cn"),
        _ if region.starts_with("us-gov-") => ("aws-us-gov", "amazonaws.com"),
        Some("us" | "eu" | "ap" | "sa" | "ca" | "me" | "af" | "il" | "mx") if !region.contains("-iso") => {
            ("aws", "amazonaws.com")
        }
        _ => return,
    };
    for (name, value) in [("AWS::Partition", partition), ("AWS::URLSuffix", suffix)] {
        given.values.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
}

fn file(
    path: &Path,
    read: &dyn Fn(&Path) -> Result<String, String>,
    problems: &mut Vec<Problem>,
) -> Result<GivenParameters, RunError> {
    let text =
        read(path).map_err(|problem| error(format!("cannot read the parameters `{}`: {problem}", path.display())))?;
    let (given, wrong) = read_parameters(&SourceFile::new(name_of(path), text));
    problems.extend(wrong);
    Ok(given)
}

/// The same settings with those of a parameter file that lies beside the template, if one does: `NAME.parameters.json`
/// and its like, or a `samconfig.toml` that names the template. What `settings` says wins. `read` gives the text of a file
/// if there is one.
pub(super) fn discovered(
    template: &Path,
    settings: &Settings,
    read: &dyn Fn(&Path) -> Option<String>,
    problems: &mut Vec<Problem>,
) -> Option<Settings> {
    let (path, given, wrong) = beside(template, read)?;
    let failed = wrong.iter().any(|problem| problem.code.level() == Level::Error);
    problems.extend(wrong);
    if failed {
        return None;
    }
    let name = std::sync::Arc::new(name_of(&path));
    problems.push(Problem {
        code: Code::ParameterFileUsed,
        message: format!("the parameters of `{}` are taken from this file", template.display()),
        place: Place::file(&name),
        related: Vec::new(),
        help: None,
    });
    let mut all = given;
    all.extend(GivenParameters {
        values: settings.parameters.clone(),
        open: settings.open.clone(),
        ..GivenParameters::default()
    });
    follow_region(&mut all);
    Some(Settings { parameters: all.values, open: all.open, ..settings.clone() })
}

/// The text of a file in the working tree, if it is one; a link to one is none.
pub(super) fn in_working_tree(path: &Path) -> Option<String> {
    path.symlink_metadata().ok().filter(|there| there.is_file()).and_then(|_| text_of(path).ok())
}

fn beside(template: &Path, text: &dyn Fn(&Path) -> Option<String>) -> Option<(PathBuf, GivenParameters, Vec<Problem>)> {
    let folder = template.parent()?;
    let stem = template.file_stem()?.to_str()?;
    let read = |path: PathBuf| {
        let source = text(&path)?;
        let (given, problems) = read_parameters(&SourceFile::new(name_of(&path), source));
        Some((path, given, problems))
    };
    let names = ENDS.iter().flat_map(|end| EXTENSIONS.map(|extension| format!("{stem}{end}.{extension}")));
    if let Some(found) = names.map(|name| folder.join(name)).find_map(read) {
        return Some(found);
    }
    SAM.iter().map(|name| folder.join(name)).filter_map(read).find(|(_, given, problems)| {
        // A file that says nothing of parameters is no mistake here.
        let named = given.template.as_deref().map(|name| name.trim_start_matches("./"));
        let is_named = match named {
            Some(name) => template.file_name().is_some_and(|file| file == name),
            None => {
                matches!(template.file_name().and_then(|file| file.to_str()), Some("template.yaml" | "template.yml"))
            }
        };
        is_named && problems.is_empty()
    })
}
