//! JSON, version 1: the shape that programs may rely on.
//!
//! The structs here are the wire format and nothing else, so that a change of our own types cannot change it
//! unnoticed. `json-v1.schema.json` describes every field; fields may be added within version 1, never removed or
//! given another meaning.

mod lines;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diag::{
    Coverage, Difference, FileReport, Finding, Judgement, Label, Level, Place, Problem, Report, RuleInfo, Severity,
    Suppression, Verdict, Words,
};

use super::encode::{Each, write_json};
use super::selection::rules_by_id;
use super::{HOME, Options};

pub use lines::json_lines;

/// The version of the shape.
const VERSION: u32 = 1;

/// The JSON schema (draft 2020-12) of what [`json`] writes; its definition `rule` is an element of [`rules_json`].
pub const JSON_SCHEMA: &str = include_str!("json-v1.schema.json");

/// Writes a whole report as JSON: every finding of every class, suppressed ones too.
///
/// # Errors
/// Those of the writer.
pub fn json(report: &Report, _options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&Document::new(report), out)
}

/// Writes descriptions of rules as a JSON array.
///
/// # Errors
/// Those of the writer.
pub fn rules_json(rules: &[Arc<RuleInfo>], out: &mut dyn io::Write) -> io::Result<()> {
    write_json(&rules.iter().map(|rule| Rule::new(rule)).collect::<Vec<_>>(), out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    tool: Tool<'a>,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<WireDifference<'a>>,
    files: Each<'a, FileReport, File<'a>>,
    findings: Findings<'a>,
    problems: Each<'a, Problem, WireProblem<'a>>,
    rules: Each<'a, Arc<RuleInfo>, Rule<'a>>,
    #[serde(skip_serializing_if = "Each::is_empty")]
    coverage: Each<'a, Judgement, WireJudgement<'a>>,
}

/// The findings of a report, with the controls of their rules.
struct Findings<'a>(&'a Report);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rules = rules_by_id(self.0);
        let controls = |id: &str| rules.get(id).map_or(&[][..], |rule| &rule.controls);
        serializer.collect_seq(self.0.findings.iter().map(|found| WireFinding::new(found, controls(&found.rule))))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
    information_uri: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    files: usize,
    other_files: usize,
    templates: usize,
    templated: usize,
    broken: usize,
    resources: usize,
    rules: usize,
    findings: usize,
    by_severity: BySeverity,
    possible: usize,
    unsure: usize,
    suppressed: usize,
    problems: usize,
    notes: usize,
    coverage: WireCoverage,
}

/// Questions, each a rule asked of a resource or of a template.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireCoverage {
    resources: usize,
    without_rule: usize,
    questions: usize,
    pass: usize,
    fail: usize,
    not_applicable: usize,
    unsure: usize,
    unsure_reasons: BTreeMap<String, usize>,
    deployments: Deployments,
    capped: usize,
    capped_templates: usize,
}

/// In how many deployments questions were asked.
#[derive(Serialize)]
struct Deployments {
    p50: usize,
    p99: usize,
    max: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireJudgement<'a> {
    path: &'a str,
    resource: Option<&'a str>,
    resource_type: Option<&'a str>,
    rule: &'a str,
    verdict: &'static str,
    reasons: &'a [String],
}

#[derive(Default, Serialize)]
struct BySeverity {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    info: usize,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    kind: &'static str,
    resources: usize,
}

/// What a change does to the findings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDifference<'a> {
    base: &'a str,
    introduced: usize,
    fixed: usize,
    unchanged: usize,
    silenced: usize,
    fixed_findings: Vec<Fixed<'a>>,
}

/// A finding that is gone, with its place in the base.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fixed<'a> {
    rule: &'a str,
    severity: &'static str,
    resource: Option<&'a str>,
    property: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    message: &'a str,
    fingerprint: &'a str,
}

/// A region, flattened into what it belongs to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireFinding<'a> {
    rule: &'a str,
    controls: &'a [Words],
    severity: &'static str,
    class: &'static str,
    resource: Option<&'a str>,
    resource_type: Option<&'a str>,
    property: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    message: &'a str,
    when: &'a [String],
    witness: BTreeMap<&'a str, &'a str>,
    origins: Vec<Step<'a>>,
    depends_on: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    through: Vec<Step<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<&'a str>,
    suppressed: Option<Suppressed<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Step<'a> {
    text: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    kind: &'static str,
    tool: &'a str,
    reason: Option<&'a str>,
    owner: Option<&'a str>,
    until: Option<String>,
    path: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
}

#[derive(Serialize)]
struct WireProblem<'a> {
    code: &'static str,
    level: &'static str,
    message: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    related: Vec<Step<'a>>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    title: &'a str,
    controls: &'a [Words],
    severity: &'static str,
    category: &'a str,
    profile: &'static str,
    confidence: &'static str,
    status: &'static str,
    aliases: &'a [Words],
    frameworks: BTreeMap<&'a str, &'a [Words]>,
    resources: &'a [Words],
    tags: &'a [Words],
}

impl<'a> Document<'a> {
    fn new(report: &'a Report) -> Self {
        Self {
            version: VERSION,
            tool: Tool::new(report),
            summary: Summary::new(report),
            diff: report.difference.as_ref().map(WireDifference::new),
            files: Each { all: &report.files, wire: File::new },
            findings: Findings(report),
            problems: Each { all: &report.problems, wire: WireProblem::new },
            rules: Each { all: &report.rules, wire: |rule| Rule::new(rule) },
            coverage: Each { all: &report.coverage.judgements, wire: WireJudgement::new },
        }
    }
}

impl<'a> WireDifference<'a> {
    fn new(difference: &'a Difference) -> Self {
        let fixed = |finding: &'a Finding| Fixed {
            rule: &finding.rule,
            severity: finding.severity.as_str(),
            resource: finding.resource.as_ref().map(|resource| &*resource.logical_id),
            property: &finding.property,
            region: Region::new(&finding.place),
            message: &finding.message,
            fingerprint: &finding.fingerprint,
        };
        Self {
            base: &difference.base,
            introduced: difference.introduced,
            fixed: difference.fixed.len(),
            unchanged: difference.unchanged,
            silenced: difference.silenced,
            fixed_findings: difference.fixed.iter().map(fixed).collect(),
        }
    }
}

impl<'a> Tool<'a> {
    fn new(report: &'a Report) -> Self {
        Self { name: "cfnward", version: &report.version, information_uri: HOME }
    }
}

impl<'a> File<'a> {
    fn new(file: &'a FileReport) -> Self {
        Self { path: &file.source.display, kind: file.kind.as_str(), resources: file.resources }
    }
}

impl WireCoverage {
    fn new(coverage: &Coverage) -> Self {
        Self {
            resources: coverage.resources,
            without_rule: coverage.without_rule,
            questions: coverage.questions,
            pass: coverage.count(Verdict::Pass),
            fail: coverage.count(Verdict::Fail),
            not_applicable: coverage.count(Verdict::NotApplicable),
            unsure: coverage.count(Verdict::Unsure),
            unsure_reasons: coverage.reasons.clone(),
            deployments: Deployments {
                p50: coverage.percentile(50),
                p99: coverage.percentile(99),
                max: coverage.percentile(100),
            },
            capped: coverage.capped,
            capped_templates: coverage.capped_templates,
        }
    }
}

impl<'a> WireJudgement<'a> {
    fn new(one: &'a Judgement) -> Self {
        let resource = one.resource.as_ref();
        Self {
            path: &one.place.source.display,
            resource: resource.map(|(id, _)| id.as_str()),
            resource_type: resource.map(|(_, kind)| kind.as_str()),
            rule: &one.rule,
            verdict: one.verdict.as_str(),
            reasons: &one.reasons,
        }
    }
}

impl Summary {
    fn new(report: &Report) -> Self {
        let counts = report.summary();
        let mut by_severity = BySeverity::default();
        for finding in &report.findings {
            if finding.suppressed.is_none() && finding.class.counts() {
                *match finding.severity {
                    Severity::Critical => &mut by_severity.critical,
                    Severity::High => &mut by_severity.high,
                    Severity::Medium => &mut by_severity.medium,
                    Severity::Low => &mut by_severity.low,
                    Severity::Info => &mut by_severity.info,
                } += 1;
            }
        }
        Self {
            files: counts.files,
            other_files: report.other_files,
            templates: counts.templates,
            templated: counts.templated,
            broken: counts.broken,
            resources: counts.resources,
            rules: report.rules.len(),
            findings: counts.findings,
            by_severity,
            possible: counts.possible,
            unsure: counts.unsure,
            suppressed: counts.suppressed,
            problems: counts.problems,
            notes: report.problems.iter().filter(|problem| problem.code.level() == Level::Note).count(),
            coverage: WireCoverage::new(&report.coverage),
        }
    }
}

impl<'a> Region<'a> {
    fn new(place: &'a Place) -> Self {
        Self {
            path: &place.source.display,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
        }
    }
}

impl<'a> Step<'a> {
    fn new(label: &'a Label) -> Self {
        Self { text: &label.text, region: Region::new(&label.place) }
    }
}

impl<'a> WireFinding<'a> {
    fn new(finding: &'a Finding, controls: &'a [Words]) -> Self {
        let resource = finding.resource.as_ref();
        Self {
            rule: &finding.rule,
            controls,
            severity: finding.severity.as_str(),
            class: finding.class.as_str(),
            resource: resource.map(|resource| &*resource.logical_id),
            resource_type: resource.map(|resource| &*resource.resource_type),
            property: &finding.property,
            region: Region::new(&finding.place),
            message: &finding.message,
            when: &finding.when,
            witness: finding.witness.iter().map(|choice| (&*choice.name, &*choice.value)).collect(),
            origins: finding.origins.iter().map(Step::new).collect(),
            depends_on: &finding.depends_on,
            through: finding.through.iter().map(Step::new).collect(),
            construct: finding.construct.as_deref(),
            suppressed: finding.suppressed.as_deref().map(Suppressed::new),
            fingerprint: &finding.fingerprint,
        }
    }
}

impl<'a> Suppressed<'a> {
    fn new(by: &'a Suppression) -> Self {
        Self {
            kind: by.kind.as_str(),
            tool: &by.tool,
            reason: by.reason.as_deref(),
            owner: by.owner.as_deref(),
            until: by.until.map(|until| until.to_string()),
            path: by.place.as_ref().map(|place| &*place.source.display),
            line: by.place.as_ref().map(|place| place.start.line),
            column: by.place.as_ref().map(|place| place.start.column),
        }
    }
}

impl<'a> WireProblem<'a> {
    fn new(problem: &'a Problem) -> Self {
        Self {
            code: problem.code.id(),
            level: problem.code.level().as_str(),
            message: &problem.message,
            region: Region::new(&problem.place),
            related: problem.related.iter().map(Step::new).collect(),
            help: problem.help.as_deref(),
        }
    }
}

impl<'a> Rule<'a> {
    fn new(rule: &'a RuleInfo) -> Self {
        Self {
            id: &rule.id,
            title: &rule.title,
            controls: &rule.controls,
            severity: rule.severity.as_str(),
            category: &rule.category,
            profile: rule.profile.as_str(),
            confidence: rule.confidence.as_str(),
            status: rule.status.as_str(),
            aliases: &rule.aliases,
            frameworks: rule.frameworks.iter().map(|one| (&*one.name, &*one.requirements)).collect(),
            resources: &rule.resources,
            tags: &rule.tags,
        }
    }
}
