//! SARIF 2.1.0: one log, one run.
//!
//! Written for what code-scanning services do rather than for what the schema permits: `github` opens an alert for
//! every result, reads a rule's severity from a string, joins alerts by rule and `primaryLocationLineHash`, and
//! refuses a whole upload for one malformed URI.

mod catalogue;
mod log;
mod notification;
mod region;
mod result;
mod rule;
mod shape;
mod taxonomy;
mod wording;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;

use crate::diag::{FileKind, Finding, Level, Problem, Report};

use super::{HOME, Options, SarifFlavour, encode::write_json};

use catalogue::Catalogue;
use log::{AutomationDetails, Driver, Invocation, Log, Run, Tool};
use notification::notifications;
use result::Results;
use shape::DescriptorReference;
use taxonomy::Taxonomies;
use wording::one_line;

/// The schema that the log names; nothing fetches it.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The number of results of one run that GitHub keeps.
const MOST_RESULTS: usize = 5_000;

/// Writes a report as a SARIF log.
///
/// # Errors
/// Those of the writer.
pub fn sarif(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let catalogue = Catalogue::of(report);
    let taxonomies = Taxonomies::of(catalogue.rules());
    write_json(&log(report, options, &catalogue, &taxonomies), out)
}

/// How many results a SARIF log of the report leaves out because there are too many.
#[must_use]
pub fn sarif_left_out(report: &Report, options: &Options) -> usize {
    let results = chosen(report, options.sarif_flavour).len() + broken_templates(report).len();
    results.saturating_sub(most_results(options))
}

fn most_results(options: &Options) -> usize {
    options.sarif_most_results.unwrap_or(match options.sarif_flavour {
        SarifFlavour::Github => MOST_RESULTS,
        SarifFlavour::Full => usize::MAX,
    })
}

fn log<'a>(
    report: &'a Report,
    options: &'a Options,
    catalogue: &'a Catalogue<'a>,
    taxonomies: &'a Taxonomies<'a>,
) -> Log<'a> {
    let most = most_results(options);
    let mut not_scanned = broken_templates(report);
    not_scanned.truncate(most);
    let mut findings = chosen(report, options.sarif_flavour);
    findings.truncate(most.saturating_sub(not_scanned.len()));
    let identity = options.alert_identity;
    let results = Results { catalogue, identity, lines: &report.line_hashes, not_scanned, findings };
    let (kinds, notifications) = notifications(&report.problems, sarif_left_out(report, options), most);
    let driver = Driver {
        full_name: format!("cfnward {}", report.version).trim_end().to_owned(),
        information_uri: HOME,
        name: "cfnward",
        notifications: kinds,
        rules: catalogue,
        semantic_version: &report.version,
        supported_taxonomies: taxonomies.references(),
        version: &report.version,
    };
    let invocation = Invocation {
        execution_successful: true,
        rule_configuration_overrides: catalogue.idle(),
        tool_execution_notifications: notifications,
    };
    let run = Run {
        // The category is what stands before the last slash.
        automation_details: options
            .sarif_category
            .as_deref()
            .map(|category| AutomationDetails { id: format!("{}/", one_line(category).trim_end_matches('/')) }),
        column_kind: "utf16CodeUnits",
        invocations: [invocation],
        newline_sequences: ["\r\n", "\n", "\r"],
        results,
        taxonomies: taxonomies.components(),
        tool: Tool { driver },
    };
    Log { schema: SCHEMA, runs: [run], version: "2.1.0" }
}

/// The findings that the flavour carries, the worst first.
fn chosen(report: &Report, flavour: SarifFlavour) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| match flavour {
            SarifFlavour::Github => finding.suppressed.is_none() && finding.class.counts(),
            SarifFlavour::Full => true,
        })
        .collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    findings
}

/// For each template that could not be read, the first problem that says why.
fn broken_templates(report: &Report) -> Vec<&Problem> {
    let broken: BTreeSet<_> =
        report.files.iter().filter(|file| file.kind == FileKind::Broken).map(|file| &file.source).collect();
    let mut told = BTreeSet::new();
    report
        .problems
        .iter()
        .filter(|problem| problem.code.level() == Level::Error && broken.contains(&problem.place.source))
        .filter(|problem| told.insert(&problem.place.source))
        .collect()
}

fn reference(id: &str, index: usize) -> DescriptorReference<'_> {
    DescriptorReference { id, index: Some(index), tool_component: None }
}
