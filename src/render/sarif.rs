//! SARIF 2.1.0: one log, one run.
//!
//! Written for what code-scanning services do rather than for what the schema permits: `github` opens an alert for
//! every result, reads a rule's severity from a string, joins alerts by rule and `primaryLocationLineHash`, and
//! refuses a whole upload for one malformed URI.

mod region;
mod result;
mod rule;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};
use serde_sarif::sarif::{
    Invocation, Message, MultiformatMessageString, Notification, PropertyBag, ReportingDescriptor,
    ReportingDescriptorReference, Run, RunAutomationDetails, Sarif, Tool, ToolComponent,
};

use crate::diag::{Code, FileKind, Finding, Level, Problem, Report};

use super::prose::{count, sentence};
use super::{HOME, Options, SarifFlavour, encode::write_json};

use result::Results;

/// The schema that the log names; nothing fetches it.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The number of results of one run that GitHub keeps.
const MOST_RESULTS: usize = 5_000;
/// The rule of results that stand for a template that could not be read.
const NOT_SCANNED: &str = "template_not_scanned";
/// The notification that says how many results were left out.
const LEFT_OUT: &str = "output.results-left-out";

/// Writes a report as a SARIF log.
///
/// # Errors
/// Those of the writer.
pub fn sarif(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&log(report, options), out)
}

fn log(report: &Report, options: &Options) -> Sarif {
    let mut rules: Vec<ReportingDescriptor> = report.rules.iter().map(rule::descriptor).collect();
    let mut index: BTreeMap<&str, usize> =
        report.rules.iter().enumerate().map(|(place, rule)| (&*rule.id, place)).collect();
    if options.sarif_broken_templates {
        index.insert(NOT_SCANNED, rules.len());
        rules.push(rule::not_scanned());
    }

    let findings = chosen(report, options.sarif_flavour);
    let broken = if options.sarif_broken_templates { broken_templates(report) } else { Vec::new() };
    let room = match options.sarif_flavour {
        SarifFlavour::Github => MOST_RESULTS.saturating_sub(broken.len()),
        SarifFlavour::Full => usize::MAX,
    };
    let mut results = Results::new(&index, options.alert_identity);
    for problem in broken.iter().take(MOST_RESULTS) {
        results.add_not_scanned(problem);
    }
    for finding in findings.iter().take(room) {
        results.add_finding(finding);
    }
    let left_out = findings.len().saturating_sub(room);

    let codes: BTreeSet<Code> = report.problems.iter().map(|problem| problem.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut kinds: Vec<ReportingDescriptor> = codes.iter().map(|code| kind(code.id(), code.description())).collect();
    let mut notifications: Vec<Notification> =
        report.problems.iter().map(|problem| notification(problem, &codes)).collect();
    if left_out > 0 {
        notifications.push(left_out_notification(left_out, kinds.len()));
        kinds.push(kind(LEFT_OUT, "Results were left out because the log would be too long."));
    }

    let mut driver = ToolComponent::builder()
        .name("cfnward")
        .version(report.version.as_str())
        .semantic_version(report.version.as_str())
        .information_uri(HOME)
        .rules(rules)
        .build();
    if !kinds.is_empty() {
        driver.notifications = Some(kinds);
    }
    let mut invocation = Invocation::builder().execution_successful(true).build();
    if !notifications.is_empty() {
        invocation.tool_execution_notifications = Some(notifications);
    }
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .invocations(vec![invocation])
        .column_kind("utf16CodeUnits")
        .newline_sequences(["\r\n", "\n", "\r"].map(str::to_owned).to_vec())
        .results(results.finish())
        .build();
    run.automation_details = options.sarif_category.as_deref().map(|category| RunAutomationDetails {
        // The category is what stands before the last slash.
        id: Some(format!("{}/", category.trim_end_matches('/'))),
        ..RunAutomationDetails::default()
    });
    Sarif::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build()
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

/// The descriptor of a kind of notification.
fn kind(id: &str, description: &str) -> ReportingDescriptor {
    let description = sentence(description);
    ReportingDescriptor::builder()
        .id(id)
        .short_description(plain(description.as_str()))
        .full_description(plain(description.as_str()))
        .help(plain(description))
        .help_uri(HOME)
        .build()
}

fn notification(problem: &Problem, codes: &[Code]) -> Notification {
    let mut message = sentence(&one_line(&problem.message));
    if let Some(help) = &problem.help {
        message.push(' ');
        message.push_str(&sentence(&one_line(help)));
    }
    Notification::builder()
        .message(text(escaped(&message)))
        .level(json!(problem.code.level().as_str()))
        .descriptor(reference(problem.code.id(), codes.binary_search(&problem.code).unwrap_or_default()))
        .locations(vec![region::location(&problem.place)])
        .build()
}

fn left_out_notification(number: usize, index: usize) -> Notification {
    let message = format!("{} of lower severity left out: this log keeps {MOST_RESULTS}.", count(number, "result"));
    Notification::builder()
        .message(text(message))
        .level(json!("warning"))
        .descriptor(reference(LEFT_OUT, index))
        .properties(bag([("leftOut", json!(number))]))
        .build()
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
