//! `cfnward rules`: the catalogue.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use crate::check::{Checker, Settings};
use crate::diag::{Level, Problem, RuleInfo};
use crate::render::rules_json;
use crate::rules::{Catalog, Rule, Selection};

use super::arguments::{ListFormat, Rules};
use super::configuration;
use super::ending::Ending;
use super::output::{RunError, error, to_file, to_stdout, visible};
use super::rule_files;

/// Lists the rules.
pub(super) fn run(arguments: &Rules) -> Result<Ending, RunError> {
    let catalog = Catalog::builtin();
    let (given, problems) = rule_files::load_paths(&arguments.rules, false)?;
    if let Some(problem) = problems.iter().find(|problem| problem.code.level() == Level::Error) {
        return Err(wrong(problem));
    }
    let everything = arguments.pack.is_empty() && given.is_empty();
    let packs = if everything { vec!["all".to_owned()] } else { arguments.pack.clone() };
    let selection = Selection { packs, user_rules_only: !given.is_empty(), given, ..Selection::default() };
    let rules = selection.apply(&catalog).map_err(error)?;
    if let Some(folder) = &arguments.export {
        return export(arguments, folder, rules);
    }
    // Rules that do not say what they judge say what they select.
    let infos: Vec<Arc<RuleInfo>> = Checker::new(&rules, &Settings::default()).0.empty_report().rules;
    to_stdout(|out| match arguments.format {
        ListFormat::Json => rules_json(&infos, out),
        ListFormat::Table => table(&infos, out),
    })?;
    Ok(Ending::Clean)
}

/// Writes the rules with the settings that count here; what is wrong with the settings ends it before anything is
/// written.
fn export(arguments: &Rules, folder: &Path, rules: Vec<Arc<Rule>>) -> Result<Ending, RunError> {
    let (configuration, mut problems) = configuration::load(arguments.config.as_deref(), false)?;
    let rules = configuration::apply_settings(&configuration, rules, &mut problems);
    if let Some(problem) = problems.first() {
        return Err(wrong(problem));
    }
    fs::create_dir_all(folder)?;
    for rule in &rules {
        to_file(&folder.join(format!("{}.guard", rule.info.id)), |out| out.write_all(rule.text.text().as_bytes()))?;
    }
    to_stdout(|out| writeln!(out, "wrote {} rules to {}", rules.len(), visible(&folder.display().to_string())))?;
    Ok(Ending::Clean)
}

fn wrong(problem: &Problem) -> RunError {
    error(format!("{}:{}: {}", problem.place.source.display, problem.place.start.line, problem.message))
}

fn table(infos: &[Arc<RuleInfo>], out: &mut dyn Write) -> io::Result<()> {
    let mut categories: Vec<&str> = infos.iter().map(|info| &*info.category).collect();
    categories.sort_unstable();
    categories.dedup();
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or_default();
    for category in categories {
        writeln!(out, "{}", if category.is_empty() { "without a category" } else { category })?;
        for info in infos.iter().filter(|info| info.category == category) {
            let severity = info.severity.as_str();
            writeln!(out, "  {:width$}  {severity:8}  {:7}  {}", info.id, info.profile.as_str(), info.title)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} rules; `cfnward explain RULE` tells more", infos.len())
}
