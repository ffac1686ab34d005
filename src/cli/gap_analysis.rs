//! `cfnward gap-analysis`: a scan, told by the tasks of a framework.

use std::io;

use clap::Parser as _;

use crate::diag::gap_analysis;
use crate::render::{gap_analysis_html, gap_analysis_json, gap_analysis_markdown};
use crate::rules::builtin_packs;

use super::arguments::{Arguments, Command, GapAnalysis, GapFormat, Scan};
use super::ending::Ending;
use super::output::{RunError, error, to_file, to_stdout};
use super::scan;

/// The pack, and the framework, of a gap analysis that names none.
const MIGRATION: &str = "migration";

/// Writes the analysis.
pub(super) fn run(arguments: &GapAnalysis) -> Result<Ending, RunError> {
    let packs = if arguments.pack.is_empty() { vec![MIGRATION.to_owned()] } else { arguments.pack.clone() };
    let scanned = scan::report(&as_scan(arguments, &packs)?)?;
    if scanned.input_is_wrong {
        let first = scanned.report.problems.first().map(|problem| problem.message.clone());
        return Err(error(first.unwrap_or_else(|| "the configuration or a rule is wrong".to_owned())));
    }
    let analysis = gap_analysis(&scanned.report, &framework(&packs), &packs);
    let write = |out: &mut dyn io::Write| match arguments.format {
        GapFormat::Markdown => gap_analysis_markdown(&analysis, out),
        GapFormat::Html => gap_analysis_html(&analysis, out),
        GapFormat::Json => gap_analysis_json(&analysis, out),
    };
    match &arguments.output {
        Some(path) => to_file(path, write)?,
        None => to_stdout(write)?,
    }
    Ok(Ending::Clean)
}

/// The framework by whose requirements the controls are told: that of the first pack that has one.
fn framework(packs: &[String]) -> String {
    let known = builtin_packs();
    let of = |name: &String| known.iter().find(|pack| pack.name == *name)?.frameworks.first().cloned();
    packs.iter().find_map(of).unwrap_or_else(|| MIGRATION.to_owned())
}

/// The scan that an analysis is made from, with every verdict kept.
fn as_scan(arguments: &GapAnalysis, packs: &[String]) -> Result<Scan, RunError> {
    let Command::Scan(scan) = Arguments::try_parse_from(["cfnward", "scan"]).map_err(io::Error::other)?.command else {
        return Err(error("the defaults of a scan are missing"));
    };
    Ok(Scan {
        paths: arguments.paths.clone(),
        pack: packs.to_vec(),
        coverage: true,
        config: arguments.config.clone(),
        no_local_config: arguments.no_local_config,
        deployment: arguments.deployment.clone(),
        ..scan
    })
}
