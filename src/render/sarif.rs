//! SARIF 2.1.0: one log, one run.
//!
//! Written for what code-scanning services do rather than for what the schema permits: `github` opens an alert for
//! every result, reads a rule's severity from a string, joins alerts by rule and `primaryLocationLineHash`, and
//! refuses a whole upload for one malformed URI.

mod notification;
mod region;
mod result;
mod rule;
mod taxonomy;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    ConfigurationOverride, Invocation, Message, MultiformatMessageString, PropertyBag, ReportingConfiguration,
    ReportingDescriptorReference, Run, RunAutomationDetails, Sarif, Tool, ToolComponent,
};

use crate::diag::{FileKind, Finding, Level, Problem, Report, RuleInfo};

use super::{HOME, Options, SarifFlavour, encode::write_json};

use notification::notifications;
use result::Results;
use taxonomy::Taxonomies;

/// The schema that the log names; nothing fetches it.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The number of results of one run that GitHub keeps.
const MOST_RESULTS: usize = 5_000;
/// The rule of results that stand for a template that could not be read.
const NOT_SCANNED: &str = "template_not_scanned";

/// Writes a report as a SARIF log.
///
/// # Errors
/// Those of the writer.
pub fn sarif(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&log(report, options), out)
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

fn log(report: &Report, options: &Options) -> Sarif {
    // The catalogue, whatever ran and whatever was found: what is known of a rule does not come and go.
    let mut catalogue: Vec<(&RuleInfo, bool)> = report.rules.iter().map(|rule| (&**rule, true)).collect();
    catalogue.extend(report.idle_rules.iter().map(|rule| (&**rule, false)));
    catalogue.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
    let taxonomies = Taxonomies::of(catalogue.iter().map(|(rule, _)| *rule));
    let mut rules: Vec<_> = catalogue.iter().map(|(rule, _)| rule::descriptor(rule)).collect();
    let mut index: BTreeMap<&str, usize> =
        catalogue.iter().enumerate().map(|(place, (rule, _))| (&*rule.id, place)).collect();
    index.insert(NOT_SCANNED, rules.len());
    rules.push(rule::not_scanned());

    let most = most_results(options);
    let mut results = Results::new(&index, options.alert_identity, &report.line_hashes);
    for problem in broken_templates(report).into_iter().take(most) {
        results.add_not_scanned(problem);
    }
    for finding in chosen(report, options.sarif_flavour).into_iter().take(most.saturating_sub(results.len())) {
        results.add_finding(finding);
    }
    let (kinds, notifications) = notifications(&report.problems, sarif_left_out(report, options), most);

    let mut driver = ToolComponent::builder()
        .name("cfnward")
        .full_name(format!("cfnward {}", report.version).trim_end().to_owned())
        .version(report.version.as_str())
        .semantic_version(report.version.as_str())
        .information_uri(HOME)
        .rules(rules)
        .build();
    driver.notifications = Some(kinds).filter(|kinds| !kinds.is_empty());
    driver.supported_taxonomies = taxonomies.references();
    let mut invocation = Invocation::builder().execution_successful(true).build();
    invocation.tool_execution_notifications = Some(notifications).filter(|all| !all.is_empty());
    invocation.rule_configuration_overrides =
        Some(idle(&catalogue)).filter(|overrides: &Vec<ConfigurationOverride>| !overrides.is_empty());
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation])
        .column_kind("utf16CodeUnits")
        .newline_sequences(["\r\n", "\n", "\r"].map(str::to_owned).to_vec())
        .results(results.finish())
        .build();
    run.taxonomies = taxonomies.components();
    run.automation_details = options.sarif_category.as_deref().map(|category| RunAutomationDetails {
        // The category is what stands before the last slash.
        id: Some(format!("{}/", one_line(category).trim_end_matches('/'))),
        ..RunAutomationDetails::default()
    });
    Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build()
}

/// Says of the rules that did not run that they were switched off for this run.
fn idle(catalogue: &[(&RuleInfo, bool)]) -> Vec<ConfigurationOverride> {
    let idle = catalogue.iter().enumerate().filter(|(_, (_, ran))| !ran);
    idle.map(|(place, (rule, _))| {
        let configuration = ReportingConfiguration {
            enabled: Some(false),
            level: Some(json!(rule::level_word(rule.severity))),
            ..ReportingConfiguration::default()
        };
        ConfigurationOverride::builder().configuration(configuration).descriptor(reference(&rule.id, place)).build()
    })
    .collect()
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

fn text(text: impl Into<String>) -> Message {
    Message { text: Some(text.into()), ..Message::default() }
}

fn plain(text: impl Into<String>) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

fn bag<const N: usize>(entries: [(&str, Value); N]) -> PropertyBag {
    PropertyBag { tags: None, additional_properties: entries.map(|(key, value)| (key.to_owned(), value)).into() }
}

fn reference(id: &str, index: usize) -> ReportingDescriptorReference {
    ReportingDescriptorReference {
        id: Some(id.to_owned()),
        index: i64::try_from(index).ok(),
        ..ReportingDescriptorReference::default()
    }
}

/// Text on one line: control characters and runs of white space become single spaces.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Text in which no bracket makes a link.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
