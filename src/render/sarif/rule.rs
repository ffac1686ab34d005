//! Rules as SARIF reporting descriptors. They depend on the catalogue only, never on a finding.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};

use crate::diag::{RuleInfo, Severity};
use crate::render::prose::{pascal_case, sentence, shortened};
use crate::render::{HOME, rule_page};

use super::taxonomy::relationships;
use super::{NOT_SCANNED, bag, one_line, plain};

/// The most tags of a rule that GitHub keeps.
const MOST_TAGS: usize = 10;
/// The most characters of a description.
const LONGEST_DESCRIPTION: usize = 1024;

/// The level of a finding of that severity.
pub(super) fn level_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The descriptor of a rule.
pub(super) fn descriptor(rule: &RuleInfo) -> ReportingDescriptor {
    let title = if rule.title.trim().is_empty() { &*rule.id } else { &rule.title };
    let short = description(title);
    let full = if rule.why.trim().is_empty() { short.clone() } else { description(&rule.why) };
    let mut properties = bag([
        ("aliases", json!(rule.aliases)),
        ("category", json!(rule.category)),
        ("confidence", json!(rule.confidence.as_str())),
        ("controls", json!(rule.controls)),
        ("frameworks", frameworks(rule)),
        ("precision", json!(rule.confidence.as_str())),
        ("problem.severity", json!(problem_severity(rule.severity))),
        ("profile", json!(rule.profile.as_str())),
        ("security-severity", json!(tenths(rule.security_severity))),
        ("severity", json!(rule.severity.as_str())),
    ]);
    properties.tags = Some(tags(rule));
    let mut descriptor = ReportingDescriptor::builder()
        .id(&*rule.id)
        .name(shortened(&pascal_case(&rule.id), 255))
        .short_description(plain(short))
        .full_description(plain(full))
        .help(
            MultiformatMessageString::builder()
                .text(help_text(rule, title))
                .markdown(help_markdown(rule, title))
                .build(),
        )
        .help_uri(rule_page(rule))
        .default_configuration(configuration(level_word(rule.severity)))
        .properties(properties)
        .build();
    descriptor.relationships = relationships(rule);
    descriptor
}

/// The rule of results that stand for a template that could not be read.
pub(super) fn not_scanned() -> ReportingDescriptor {
    let why = "The template could not be read, so nothing in it was judged. Its earlier alerts disappear without \
               having been fixed.";
    let fix = "Repair the syntax error at the marked place and scan again.";
    let properties = PropertyBag {
        tags: Some(vec!["cfnward".to_owned(), "incomplete-scan".to_owned()]),
        additional_properties: [
            ("aliases", json!([])),
            ("category", json!("incomplete-scan")),
            ("controls", json!([])),
            ("precision", json!("high")),
            ("problem.severity", json!("error")),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into(),
    };
    let help = MultiformatMessageString::builder()
        .text(format!("{why}\n\n{fix}"))
        .markdown(format!("{why}\n\n**What to do.** {fix}"))
        .build();
    ReportingDescriptor::builder()
        .id(NOT_SCANNED)
        .name(pascal_case(NOT_SCANNED))
        .short_description(plain("The template could not be scanned."))
        .full_description(plain(why))
        .help(help)
        .help_uri(HOME)
        .default_configuration(configuration("error"))
        .properties(properties)
        .build()
}

fn configuration(level: &str) -> ReportingConfiguration {
    ReportingConfiguration { level: Some(json!(level)), ..ReportingConfiguration::default() }
}

fn description(text: &str) -> String {
    shortened(&sentence(&one_line(text)), LONGEST_DESCRIPTION)
}

fn frameworks(rule: &RuleInfo) -> Value {
    rule.frameworks.iter().map(|framework| (framework.name.clone(), json!(framework.requirements))).collect()
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

/// A number of tenths in decimals; 0 would be read as no severity at all.
fn tenths(number: u8) -> String {
    let number = number.clamp(1, 100);
    format!("{}.{}", number / 10, number % 10)
}

/// `security` first, then the category, the frameworks and the rule's own words: unique and few.
fn tags(rule: &RuleInfo) -> Vec<String> {
    let mut seen = BTreeSet::new();
    ["security", &rule.category]
        .into_iter()
        .chain(rule.frameworks.iter().map(|framework| &*framework.name))
        .chain(rule.tags.iter().map(|tag| &**tag))
        .filter(|tag| !tag.is_empty() && seen.insert(*tag))
        .take(MOST_TAGS)
        .map(str::to_owned)
        .collect()
}

/// The two examples with their headings.
fn examples(rule: &RuleInfo) -> impl Iterator<Item = (&'static str, &str)> {
    [("Unsafe", &rule.bad_example), ("Safe", &rule.good_example)]
        .into_iter()
        .filter_map(|(heading, example)| Some((heading, example.as_deref()?.trim_matches('\n').trim_end())))
}

fn help_text(rule: &RuleInfo, title: &str) -> String {
    let mut help = sentence(title);
    for paragraph in [&rule.why, &rule.fix] {
        if !paragraph.trim().is_empty() {
            help.push_str("\n\n");
            help.push_str(paragraph.trim());
        }
    }
    for (heading, example) in examples(rule) {
        // Writing to a String cannot fail.
        let _ = write!(help, "\n\n{heading}:\n\n{example}");
    }
    if !rule.aliases.is_empty() {
        let _ = write!(help, "\n\nOther tools call it: {}.", rule.aliases.join(", "));
    }
    let _ = write!(help, "\n\nSee: {}", rule_page(rule));
    for link in &*rule.links {
        let _ = write!(help, "\n     {link}");
    }
    help
}

fn help_markdown(rule: &RuleInfo, title: &str) -> String {
    let mut help = format!("**{}**", sentence(title));
    if !rule.why.trim().is_empty() {
        let _ = write!(help, "\n\n### Why it matters\n\n{}", rule.why.trim());
    }
    if !rule.fix.trim().is_empty() {
        let _ = write!(help, "\n\n### What to do\n\n{}", rule.fix.trim());
    }
    for (heading, example) in examples(rule) {
        let fence = fence(example);
        let language = if example.starts_with('{') { "json" } else { "yaml" };
        let _ = write!(help, "\n\n### {heading}\n\n{fence}{language}\n{example}\n{fence}");
    }
    let _ = write!(help, "\n\n### References\n\n- [`{}`]({})", rule.id, rule_page(rule));
    for link in &*rule.links {
        let _ = write!(help, "\n- <{link}>");
    }
    for framework in &*rule.frameworks {
        let _ = write!(help, "\n- {}: {}", framework.name, framework.requirements.join(", "));
    }
    if !rule.aliases.is_empty() {
        let _ = write!(help, "\n- Other tools call it {}", rule.aliases.join(", "));
    }
    help
}

/// A fence longer than any run of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    "`".repeat(longest.max(2) + 1)
}
