//! Rules as SARIF reporting descriptors. They depend on the catalogue only, never on a finding.

use std::fmt::Write as _;

use crate::diag::{RuleInfo, Severity};
use crate::render::prose::{pascal_case, sentence, shortened};
use crate::render::{HOME, rule_page};

use super::shape::{Configuration, Descriptor, RuleProperties, Text, text};
use super::taxonomy::relationships;
use super::wording::one_line;

/// The rule of results that stand for a template that could not be read.
pub(super) const NOT_SCANNED: &str = "template_not_scanned";
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
pub(super) fn descriptor(rule: &RuleInfo) -> Descriptor<'_> {
    let title = if rule.title.trim().is_empty() { &*rule.id } else { &rule.title };
    let short = description(title);
    let full = if rule.why.trim().is_empty() { short.clone() } else { description(&rule.why) };
    let page = rule_page(rule);
    let properties = RuleProperties {
        tags: tags(rule),
        aliases: &rule.aliases,
        category: &rule.category,
        confidence: Some(rule.confidence.as_str()),
        controls: &rule.controls,
        frameworks: Some(rule.frameworks.iter().map(|one| (&*one.name, &*one.requirements)).collect()),
        precision: rule.confidence.as_str(),
        problem_severity: problem_severity(rule.severity),
        profile: Some(rule.profile.as_str()),
        security_severity: Some(tenths(rule.security_severity)),
        severity: Some(rule.severity.as_str()),
    };
    Descriptor {
        default_configuration: Some(configuration(level_word(rule.severity))),
        full_description: text(full),
        help: Text { markdown: Some(help_markdown(rule, title, &page)), text: help_text(rule, title, &page).into() },
        help_uri: page.into(),
        id: &rule.id,
        name: Some(shortened(&pascal_case(&rule.id), 255)),
        properties: Some(properties),
        relationships: relationships(rule),
        short_description: text(short),
    }
}

/// The rule of results that stand for a template that could not be read.
pub(super) fn not_scanned() -> Descriptor<'static> {
    let why = "The template could not be read, so nothing in it was judged. Its earlier alerts disappear without \
               having been fixed.";
    let fix = "Repair the syntax error at the marked place and scan again.";
    let properties = RuleProperties {
        tags: vec!["cfnward", "incomplete-scan"],
        aliases: &[],
        category: "incomplete-scan",
        confidence: None,
        controls: &[],
        frameworks: None,
        precision: "high",
        problem_severity: "error",
        profile: None,
        security_severity: None,
        severity: None,
    };
    Descriptor {
        default_configuration: Some(configuration("error")),
        full_description: text(why),
        help: Text {
            markdown: Some(format!("{why}\n\n**What to do.** {fix}")),
            text: format!("{why}\n\n{fix}").into(),
        },
        help_uri: HOME.into(),
        id: NOT_SCANNED,
        name: Some(pascal_case(NOT_SCANNED)),
        properties: Some(properties),
        relationships: Vec::new(),
        short_description: text("The template could not be scanned."),
    }
}

fn configuration(level: &'static str) -> Configuration {
    Configuration { enabled: None, level }
}

fn description(text: &str) -> String {
    shortened(&sentence(&one_line(text)), LONGEST_DESCRIPTION)
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
fn tags(rule: &RuleInfo) -> Vec<&str> {
    let frameworks = rule.frameworks.iter().map(|framework| &*framework.name);
    let all = ["security", &rule.category].into_iter().chain(frameworks).chain(rule.tags.iter().map(|tag| &**tag));
    let mut tags: Vec<&str> = Vec::with_capacity(MOST_TAGS);
    for tag in all {
        if tags.len() < MOST_TAGS && !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// The two examples with their headings.
fn examples(rule: &RuleInfo) -> impl Iterator<Item = (&'static str, &str)> {
    [("Unsafe", &rule.bad_example), ("Safe", &rule.good_example)]
        .into_iter()
        .filter_map(|(heading, example)| Some((heading, example.as_deref()?.trim_matches('\n').trim_end())))
}

fn help_text(rule: &RuleInfo, title: &str, page: &str) -> String {
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
    let _ = write!(help, "\n\nSee: {page}");
    for link in &*rule.links {
        let _ = write!(help, "\n     {link}");
    }
    help
}

fn help_markdown(rule: &RuleInfo, title: &str, page: &str) -> String {
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
    let _ = write!(help, "\n\n### References\n\n- [`{}`]({page})", rule.id);
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
