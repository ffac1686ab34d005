//! Findings as SARIF results.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    CodeFlow, Location, LogicalLocation, Result as SarifResult, ResultKind, ResultLevel, Suppression, ThreadFlow,
    ThreadFlowLocation,
};

use crate::diag::{Class, Finding, Place, Problem, Severity};
use crate::render::AlertIdentity;
use crate::render::prose::sentence;

use super::{NOT_SCANNED, bag, escaped, one_line, region, text};

/// The most characters of a message's first sentence: the title of an alert.
const LONGEST_TITLE: usize = 120;
/// The most locations that are related to one result.
const MOST_RELATED: usize = 50;

/// The results of a run in the making.
pub(super) struct Results<'a> {
    rules: &'a BTreeMap<&'a str, usize>,
    identity: AlertIdentity,
    results: Vec<SarifResult>,
    identities: BTreeMap<(String, String), usize>,
}

impl<'a> Results<'a> {
    /// No results yet; `rules` says where in the run's list a rule stands.
    pub(super) fn new(rules: &'a BTreeMap<&'a str, usize>, identity: AlertIdentity) -> Self {
        Self { rules, identity, results: Vec::new(), identities: BTreeMap::new() }
    }

    /// The results in the order in which they came.
    pub(super) fn finish(self) -> Vec<SarifResult> {
        self.results
    }

    /// Adds a finding.
    pub(super) fn add_finding(&mut self, finding: &Finding) {
        let mut place = region::location(&finding.place);
        let logical: Vec<LogicalLocation> = logical(finding).into_iter().chain(construct(finding)).collect();
        place.logical_locations = Some(logical).filter(|all| !all.is_empty());
        let related = related(finding);
        let message = message(finding, &related);
        let judged = finding.class.counts();
        let level = if judged { level(finding.severity) } else { ResultLevel::None };
        let mut result = self.result(&finding.rule, level, message, place, &finding.fingerprint);
        result.properties = Some(properties(finding));
        if !judged {
            result.kind = Some(ResultKind::Review);
        }
        if !related.is_empty() {
            result.related_locations = Some(related.into_iter().map(|one| one.place).collect());
        }
        if finding.origins.len() >= 2 {
            result.code_flows = Some(vec![code_flow(finding)]);
        }
        result.suppressions = finding.suppressed.as_ref().map(|by| {
            let kind = if by.kind.is_in_source() { "inSource" } else { "external" };
            let mut suppression = Suppression::builder().kind(json!(kind)).build();
            suppression.justification.clone_from(&by.reason);
            vec![suppression]
        });
        self.results.push(result);
    }

    /// Adds a result that stands for a template that could not be read.
    pub(super) fn add_not_scanned(&mut self, problem: &Problem) {
        let title = format!("The template was not scanned: {}", one_line(&problem.message));
        let message = self::title(&sentence(&title));
        let fingerprint = format!("{NOT_SCANNED}/{}", problem.place.source.uri);
        let place = region::location(&problem.place);
        let result = self.result(NOT_SCANNED, ResultLevel::Error, message, place, &fingerprint);
        self.results.push(result);
    }

    fn result(
        &mut self,
        rule: &str,
        level: ResultLevel,
        message: String,
        place: Location,
        fingerprint: &str,
    ) -> SarifResult {
        // GitHub makes one alert of two results with the same rule and identity, and hides one of them.
        let seen = self.identities.entry((rule.to_owned(), fingerprint.to_owned())).or_default();
        *seen += 1;
        let identity = if *seen == 1 { fingerprint.to_owned() } else { format!("{fingerprint}:{seen}") };
        let mut identities = BTreeMap::from([("cfnwardResourcePath/v1".to_owned(), identity.clone())]);
        if self.identity == AlertIdentity::Semantic {
            identities.insert("primaryLocationLineHash".to_owned(), identity);
        }
        let mut result = SarifResult::builder()
            .rule_id(rule)
            .level(level)
            .message(text(message))
            .locations(vec![place])
            .partial_fingerprints(identities)
            .build();
        result.rule_index = self.rules.get(rule).and_then(|&index| i64::try_from(index).ok());
        result
    }
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        Severity::Low | Severity::Info => ResultLevel::Note,
    }
}

fn logical(finding: &Finding) -> Option<LogicalLocation> {
    let resource = finding.resource.as_ref()?;
    let mut path = format!("Resources/{}", resource.logical_id);
    for step in finding.property.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        path.push('/');
        path.push_str(step);
    }
    Some(LogicalLocation {
        name: Some(resource.logical_id.clone()),
        fully_qualified_name: Some(path),
        kind: Some("resource".to_owned()),
        ..LogicalLocation::default()
    })
}

/// The construct of a CDK app that a finding belongs to.
fn construct(finding: &Finding) -> Option<LogicalLocation> {
    let path = finding.construct.as_ref()?;
    let path = path.split_once(" (").map_or(path.as_str(), |(path, _)| path);
    Some(LogicalLocation {
        name: Some(path.rsplit('/').next().unwrap_or(path).to_owned()),
        fully_qualified_name: Some(path.to_owned()),
        kind: Some("module".to_owned()),
        ..LogicalLocation::default()
    })
}

/// A place that a message links to.
struct Related {
    id: i64,
    what: String,
    place: Location,
}

/// The places that a message links to: the resource's declaration, then the steps of the value.
fn related(finding: &Finding) -> Vec<Related> {
    let declared = finding.declared.iter().map(|place| (place, declaration(finding)));
    let steps = finding.origins.iter().map(|step| (&step.place, step.text.clone()));
    let stacks = finding.through.iter().map(|way| (&way.place, format!("deployed by {}", way.text)));
    declared
        .chain(steps)
        .chain(stacks)
        .take(MOST_RELATED)
        .zip(1..)
        .map(|((place, what), id)| Related {
            id,
            place: Location { id: Some(id), ..described(place, &what) },
            what: one_line(&what),
        })
        .collect()
}

fn declaration(finding: &Finding) -> String {
    finding
        .resource
        .as_ref()
        .map_or_else(|| "declared here".to_owned(), |resource| format!("resource {}", resource.logical_id))
}

fn described(place: &Place, what: &str) -> Location {
    Location { message: Some(text(escaped(&sentence(&one_line(what))))), ..region::location(place) }
}

/// The message: a short first sentence that says what, then when, then links to what belongs to it.
fn message(finding: &Finding, related: &[Related]) -> String {
    let what = sentence(&one_line(&finding.message));
    let whole = escaped(&what);
    let mut message = title(&what);
    if message != whole {
        message.push_str(" In full: ");
        message.push_str(&whole);
    }
    match finding.class {
        Class::Default if finding.when.is_empty() => {
            message.push_str(" It holds when every parameter keeps its default.")
        }
        Class::Possible => message.push_str(" The default is safe, another allowed value is not."),
        Class::Unsure => message.push_str(" Nothing in the template decides it."),
        _ => {}
    }
    if !finding.when.is_empty() {
        let ways: Vec<String> = finding.when.iter().map(|way| escaped(&one_line(way))).collect();
        message.push_str(&format!(" It holds when {}.", ways.join(", or when ")));
    }
    if !finding.depends_on.is_empty() {
        let what: Vec<String> = finding.depends_on.iter().map(|one| escaped(&one_line(one))).collect();
        message.push_str(&format!(" It depends on {}.", what.join(", ")));
    }
    let links: Vec<String> = related
        .iter()
        .map(|one| {
            // Brackets inside a link's text confuse readers even when escaped.
            let what: String = one.what.chars().filter(|c| !"[]\\".contains(*c)).collect();
            format!("[{what}]({})", one.id)
        })
        .collect();
    if !links.is_empty() {
        message.push_str(&format!(" See {}.", links.join(", ")));
    }
    message
}

/// A sentence, escaped and short enough for the first one of a message. Readers end it at a period with a space behind, so three of them stand for
/// what is left out.
fn title(what: &str) -> String {
    let whole = escaped(what);
    if whole.chars().count() <= LONGEST_TITLE {
        return whole;
    }
    let mut room = LONGEST_TITLE - 3;
    let kept = what.chars().take_while(|&c| {
        let size = if matches!(c, '[' | ']' | '\\') { 2 } else { 1 };
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    format!("{}...", escaped(kept.collect::<String>().trim_end()))
}

/// The steps from a value's source to the place that it makes unsafe.
fn code_flow(finding: &Finding) -> CodeFlow {
    let steps = finding.origins.iter().map(|step| described(&step.place, &step.text));
    let last = finding.origins.last().is_none_or(|step| step.place.span != finding.place.span);
    let use_here = last.then(|| described(&finding.place, "used here"));
    let locations = steps
        .chain(use_here)
        .map(|location| ThreadFlowLocation { location: Some(location), ..ThreadFlowLocation::default() })
        .collect::<Vec<_>>();
    CodeFlow::builder().thread_flows(vec![ThreadFlow::builder().locations(locations).build()]).build()
}

fn properties(finding: &Finding) -> serde_sarif::sarif::PropertyBag {
    let witness: BTreeMap<&str, &str> = finding.witness.iter().map(|one| (&*one.name, &*one.value)).collect();
    let resource = finding.resource.as_ref();
    bag([
        ("class", json!(finding.class.as_str())),
        ("dependsOn", json!(finding.depends_on)),
        ("property", json!(finding.property)),
        ("resource", json!(resource.map(|one| &one.logical_id))),
        ("resourceType", json!(resource.map(|one| &one.resource_type))),
        ("severity", json!(finding.severity.as_str())),
        ("when", json!(finding.when)),
        ("witness", json!(witness)),
    ])
}
