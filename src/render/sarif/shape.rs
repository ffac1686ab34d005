//! The parts of the format that we write: borrowed from the report, fields in the order of the schema.
//!
//! A log describes every rule of the catalogue, so they are made while they are written and gone afterwards. That none
//! has what is not in the format is shown by tests, which read each log back with the types of `serde-sarif`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

/// A text that is copied only if something in it had to be changed.
pub(super) type Words<'a> = Cow<'a, str>;

/// A message or a description.
#[derive(Serialize)]
pub(super) struct Text<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markdown: Option<String>,
    pub(super) text: Words<'a>,
}

/// Text without markup.
pub(super) fn text<'a>(text: impl Into<Words<'a>>) -> Text<'a> {
    Text { markdown: None, text: text.into() }
}

/// A rule, or a kind of notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_configuration: Option<Configuration>,
    pub(super) full_description: Text<'a>,
    pub(super) help: Text<'a>,
    pub(super) help_uri: Words<'a>,
    pub(super) id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<RuleProperties<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) relationships: Vec<Relationship<'a>>,
    pub(super) short_description: Text<'a>,
}

/// How a rule is set.
#[derive(Serialize)]
pub(super) struct Configuration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enabled: Option<bool>,
    pub(super) level: &'static str,
}

/// What we say of a rule in words of our own.
#[derive(Serialize)]
pub(super) struct RuleProperties<'a> {
    pub(super) tags: Vec<&'a str>,
    pub(super) aliases: &'a [Words<'static>],
    pub(super) category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confidence: Option<&'static str>,
    pub(super) controls: &'a [Words<'static>],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) frameworks: Option<BTreeMap<&'a str, &'a [Words<'static>]>>,
    pub(super) precision: &'static str,
    #[serde(rename = "problem.severity")]
    pub(super) problem_severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<&'static str>,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    pub(super) security_severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<&'static str>,
}

/// A requirement that a rule checks.
#[derive(Serialize)]
pub(super) struct Relationship<'a> {
    pub(super) target: DescriptorReference<'a>,
}

/// Which rule, kind of notification or requirement is meant.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescriptorReference<'a> {
    pub(super) id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_component: Option<ComponentReference<'a>>,
}

/// Which taxonomy is meant.
#[derive(Serialize)]
pub(super) struct ComponentReference<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    pub(super) name: &'a str,
}

/// Something that was said of the run.
#[derive(Serialize)]
pub(super) struct Notification<'a> {
    pub(super) descriptor: DescriptorReference<'a>,
    pub(super) level: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location<'a>>,
    pub(super) message: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<LeftOut>,
}

/// How much a log leaves out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LeftOut {
    pub(super) left_out: usize,
}

/// A place, and what belongs to it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) logical_locations: Vec<LogicalLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Text<'a>>,
    pub(super) physical_location: PhysicalLocation<'a>,
}

/// A resource or a construct.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) fully_qualified_name: Words<'a>,
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
}

/// A place in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation<'a> {
    pub(super) artifact_location: ArtifactLocation<'a>,
    pub(super) region: Region<'a>,
}

/// Where a file is.
#[derive(Serialize)]
pub(super) struct ArtifactLocation<'a> {
    pub(super) uri: &'a str,
}

/// A part of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region<'a> {
    pub(super) end_column: u32,
    pub(super) end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) snippet: Option<Text<'a>>,
    pub(super) start_column: u32,
    pub(super) start_line: u32,
}

/// Something that was found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_flows: Option<[CodeFlow<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'static str>,
    pub(super) level: &'static str,
    pub(super) locations: [Location<'a>; 1],
    pub(super) message: Text<'a>,
    pub(super) partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<FindingProperties<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_locations: Vec<Location<'a>>,
    pub(super) rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) suppressions: Option<[Suppression<'a>; 1]>,
}

/// What results are told apart by.
#[derive(Serialize)]
pub(super) struct Fingerprints<'a> {
    #[serde(rename = "cfnwardResourcePath/v1")]
    pub(super) own: Words<'a>,
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    pub(super) alert: Option<Words<'a>>,
}

/// What we say of a finding in words of our own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingProperties<'a> {
    pub(super) class: &'static str,
    pub(super) depends_on: &'a [String],
    pub(super) property: &'a str,
    pub(super) resource: Option<&'a str>,
    pub(super) resource_type: Option<&'a str>,
    pub(super) severity: &'static str,
    pub(super) when: &'a [String],
    pub(super) witness: BTreeMap<&'a str, &'a str>,
}

/// How a value came to be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow<'a> {
    pub(super) thread_flows: [ThreadFlow<'a>; 1],
}

/// The steps of a flow.
#[derive(Serialize)]
pub(super) struct ThreadFlow<'a> {
    pub(super) locations: Vec<Step<'a>>,
}

/// A step of a flow.
#[derive(Serialize)]
pub(super) struct Step<'a> {
    pub(super) location: Location<'a>,
}

/// That somebody silenced a finding.
#[derive(Serialize)]
pub(super) struct Suppression<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) justification: Option<&'a str>,
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Location<'a>>,
    pub(super) properties: SuppressionProperties<'a>,
    pub(super) status: &'static str,
}

/// What we say of a suppression in words of our own.
#[derive(Serialize)]
pub(super) struct SuppressionProperties<'a> {
    pub(super) kind: &'static str,
    pub(super) owner: Option<&'a str>,
    pub(super) tool: &'a str,
    pub(super) until: Option<String>,
}

/// That a rule was set in another way for this run.
#[derive(Serialize)]
pub(super) struct ConfigurationOverride<'a> {
    pub(super) configuration: Configuration,
    pub(super) descriptor: DescriptorReference<'a>,
}
