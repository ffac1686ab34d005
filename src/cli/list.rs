//! `cfnward rules`: the catalogue.

use std::io::{self, Write};

use crate::diag::RuleInfo;
use crate::render::rules_json;
use crate::rules::{Catalog, Selection};

use super::arguments::{ListFormat, Rules};
use super::ending::Ending;
use super::output::{RunError, error, to_stdout};

/// Lists the rules.
pub(super) fn run(arguments: &Rules) -> Result<Ending, RunError> {
    let catalog = Catalog::builtin();
    let packs = if arguments.pack.is_empty() { vec!["all".to_owned()] } else { arguments.pack.clone() };
    let selection = Selection { packs, ..Selection::default() };
    let rules = selection.apply(&catalog).map_err(error)?;
    let infos: Vec<RuleInfo> = rules.iter().map(|rule| rule.info.clone()).collect();
    to_stdout(|out| match arguments.format {
        ListFormat::Json => rules_json(&infos, out),
        ListFormat::Table => table(&infos, out),
    })?;
    Ok(Ending::Clean)
}

fn table(infos: &[RuleInfo], out: &mut dyn Write) -> io::Result<()> {
    let mut categories: Vec<&str> = infos.iter().map(|info| info.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or_default();
    for category in categories {
        writeln!(out, "{category}")?;
        for info in infos.iter().filter(|info| info.category == category) {
            let severity = info.severity.as_str();
            writeln!(out, "  {:width$}  {severity:8}  {:7}  {}", info.id, info.profile.as_str(), info.title)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{} rules; `cfnward explain RULE` tells more", infos.len())
}
