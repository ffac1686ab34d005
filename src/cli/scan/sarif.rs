//! What only SARIF asks for: the rules that did not run, what code scanning knows lines by, and that nothing is written
//! that would close alerts by mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cli::arguments::{self, Scan};
use crate::cli::ending::Ending;
use crate::cli::output::say;
use crate::diag::{Place, Report};
use crate::render::{AlertIdentity, Format, Options, SarifFlavour, sarif_left_out};
use crate::rules::Catalog;
use crate::text::{SourceName, line_hashes};
use crate::walk::Found;

use super::Target;
use super::together::text_of;

/// The flags as options of the renderer.
pub(super) fn options(flags: &arguments::Sarif) -> Options {
    Options {
        sarif_flavour: match flags.sarif {
            arguments::SarifFlavour::Github => SarifFlavour::Github,
            arguments::SarifFlavour::Full => SarifFlavour::Full,
        },
        alert_identity: match flags.alert_identity {
            arguments::AlertIdentity::Semantic => AlertIdentity::Semantic,
            arguments::AlertIdentity::Line => AlertIdentity::Line,
        },
        sarif_category: flags.category.clone(),
        sarif_most_results: flags.max_results.and_then(|number| usize::try_from(number).ok()),
        ..Options::default()
    }
}

/// The targets that are written, the report made ready for SARIF if that is among them.
///
/// Code scanning closes each alert that an upload does not have. So a scan that has to be complete and is not gives no
/// SARIF at all.
pub(super) fn targets(scan: &Scan, targets: Vec<Target>, ending: Ending, report: &mut Report) -> Vec<Target> {
    if !targets.iter().any(|target| target.format == Format::Sarif) {
        return targets;
    }
    if matches!(ending, Ending::Incomplete) {
        say(
            "warning: no SARIF is written because the scan is incomplete: alerts that are missing there would be closed",
        );
        return targets.into_iter().filter(|target| target.format != Format::Sarif).collect();
    }
    let left_out = sarif_left_out(report, &options(&scan.sarif));
    if left_out > 0 {
        let results = if left_out == 1 { "result" } else { "results" };
        say(&format!("warning: SARIF: {left_out} {results} of lower severity left out, see --max-results"));
    }
    // Whoever scans with rules of their own alone has a catalogue of their own.
    let own_only = !scan.rules.is_empty() && scan.pack.is_empty() && scan.rule.is_empty();
    if !own_only {
        let ran: BTreeSet<&str> = report.rules.iter().map(|rule| &*rule.id).collect();
        let idle = Catalog::builtin().rules.into_iter().filter(|rule| !ran.contains(&*rule.info.id));
        report.idle_rules = idle.map(|rule| Arc::clone(&rule.info)).collect();
    }
    targets
}

/// Adds the hashes of the lines that a report speaks of, of the files that were scanned.
pub(super) fn add_all_line_hashes(report: &mut Report, found: &[Found], limit: u64) {
    let wanted: BTreeSet<Arc<SourceName>> = places(report).map(|place| Arc::clone(&place.source)).collect();
    for file in found.iter().filter(|file| wanted.contains(&file.name)) {
        if let Some(source) = text_of(file, limit) {
            add_line_hashes(report, source.name(), source.text());
        }
    }
}

/// Adds the hashes of the lines of one text that a report speaks of.
pub(super) fn add_line_hashes(report: &mut Report, name: &SourceName, text: &str) {
    let of_text = |place: &&Place| *place.source == *name;
    let wanted: BTreeMap<u32, Arc<SourceName>> =
        places(report).filter(of_text).map(|place| (place.start.line, Arc::clone(&place.source))).collect();
    let hashes = line_hashes(text);
    let hash = |line: u32| usize::try_from(line).ok().and_then(|line| hashes.get(line.checked_sub(1)?)).cloned();
    let known = wanted.into_iter().filter_map(|(line, source)| Some(((source, line), hash(line)?)));
    let known: Vec<_> = known.collect();
    report.line_hashes.extend(known);
}

/// The places that results may have.
fn places(report: &Report) -> impl Iterator<Item = &Place> {
    report.findings.iter().map(|finding| &finding.place).chain(report.problems.iter().map(|problem| &problem.place))
}
