//! Findings as SARIF results.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use serde_sarif::sarif::{
    CodeFlow, Location, LogicalLocation, PropertyBag, Result as SarifResult, ResultKind, ResultLevel, Suppression,
    ThreadFlow, ThreadFlowLocation,
};

use crate::diag::{Class, Finding, Place, Problem, Severity};
use crate::render::AlertIdentity;
use crate::render::prose::{sentence, shortened};
use crate::text::SourceName;

use super::{NOT_SCANNED, bag, escaped, one_line, region, text};

/// The most characters of a message's first sentence: the title of an alert.
const LONGEST_TITLE: usize = 120;
/// The most characters of each name that a title has in brackets.
const LONGEST_NAME: usize = 25;
/// The most steps of a code flow.
const MOST_STEPS: usize = 100;
/// The most locations that are related to one result.
const MOST_RELATED: usize = 50;

/// The results of a run in the making.
pub(super) struct Results<'a> {
    rules: &'a BTreeMap<&'a str, usize>,
    identity: AlertIdentity,
    lines: &'a LineHashes,
    results: Vec<SarifResult>,
    identities: BTreeMap<(String, String), usize>,
}

/// What code hosts know lines by.
type LineHashes = BTreeMap<(Arc<SourceName>, u32), String>;

impl<'a> Results<'a> {
    /// No results yet; `rules` says where in the run's list a rule stands.
    pub(super) fn new(rules: &'a BTreeMap<&'a str, usize>, identity: AlertIdentity, lines: &'a LineHashes) -> Self {
        Self { rules, identity, lines, results: Vec::new(), identities: BTreeMap::new() }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.results.len()
    }

    /// The results in the order in which they came.
    pub(super) fn finish(self) -> Vec<SarifResult> {
        self.results
    }

    /// Adds a finding.
    pub(super) fn add_finding(&mut self, finding: &Finding) {
        let mut location = region::location(&finding.place);
        let logical: Vec<LogicalLocation> = logical(finding).into_iter().chain(construct(finding)).collect();
        location.logical_locations = Some(logical).filter(|all| !all.is_empty());
        let related = related(finding);
        let message = message(finding, &related);
        let judged = finding.class.counts();
        let level = if judged { level(finding.severity) } else { ResultLevel::None };
        let mut result = self.result(&finding.rule, level, message, location, &finding.place, &finding.fingerprint);
        result.properties = Some(properties(finding));
        if !judged {
            result.kind = Some(ResultKind::Review);
        }
        if !related.is_empty() {
            result.related_locations = Some(related.into_iter().map(|one| one.place).collect());
        }
        result.code_flows = code_flow(finding).map(|flow| vec![flow]);
        result.suppressions = finding.suppressed.as_ref().map(|by| {
            let kind = if by.kind.is_in_source() { "inSource" } else { "external" };
            let mut suppression = Suppression::builder().kind(json!(kind)).build();
            suppression.status = Some(json!("accepted"));
            suppression.location = by.place.as_ref().map(region::location);
            suppression.properties = Some(suppression_properties(by));
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
        let location = region::location(&problem.place);
        let result = self.result(NOT_SCANNED, ResultLevel::Error, message, location, &problem.place, &fingerprint);
        self.results.push(result);
    }

    fn result(
        &mut self,
        rule: &str,
        level: ResultLevel,
        message: String,
        location: Location,
        place: &Place,
        fingerprint: &str,
    ) -> SarifResult {
        // GitHub makes one alert of two results with the same rule and identity, and hides one of them.
        let own = self.unique(rule, fingerprint.to_owned());
        let alert = match self.identity {
            AlertIdentity::Semantic => Some(own.clone()),
            AlertIdentity::Line => {
                let line = self.lines.get(&(Arc::clone(&place.source), place.start.line)).cloned();
                line.map(|line| {
                    let key = format!("{} {line}", place.source.uri);
                    if self.unique(rule, key.clone()) == key { line } else { own.clone() }
                })
            }
        };
        let mut identities = BTreeMap::from([("cfnwardResourcePath/v1".to_owned(), own)]);
        if let Some(alert) = alert {
            identities.insert("primaryLocationLineHash".to_owned(), alert);
        }
        let mut result = SarifResult::builder()
            .rule_id(rule)
            .level(level)
            .message(text(message))
            .locations(vec![location])
            .partial_fingerprints(identities)
            .build();
        result.rule_index = self.rules.get(rule).and_then(|&index| i64::try_from(index).ok());
        result
    }

    /// The identity, with a number behind it if an earlier result of the rule has it.
    fn unique(&mut self, rule: &str, identity: String) -> String {
        let seen = self.identities.entry((rule.to_owned(), identity.clone())).or_default();
        *seen += 1;
        if *seen == 1 { identity } else { format!("{identity}:{seen}") }
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
    let declared = finding.declared.iter().map(|place| (&**place, declaration(finding)));
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
    // Of a long sentence only the start is sure to be seen.
    let seen = if whole.chars().count() > LONGEST_TITLE { shortened(&what, LONGEST_TITLE / 2) } else { what.clone() };
    let names = unnamed(finding, &seen);
    let mut message = named_title(&what, names.as_deref());
    if !message.starts_with(whole.trim_end_matches('.')) {
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

/// What a finding is about, if its sentence does not say so: the resource, the last word of the property.
fn unnamed(finding: &Finding, what: &str) -> Option<String> {
    let key = |word: &&str| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit());
    let property = finding.property.split(['.', '[', ']']).rfind(key).filter(|word| !what.contains(word));
    let resource = finding.resource.as_ref().map(|resource| &*resource.logical_id).filter(|id| !what.contains(id));
    let word = |word| shortened(&one_line(word), LONGEST_NAME);
    let words: Vec<String> = resource.into_iter().chain(property).map(word).collect();
    Some(words.join(" ")).filter(|words| !words.trim().is_empty())
}

/// The title with what it does not name in brackets before its final period.
fn named_title(what: &str, names: Option<&str>) -> String {
    let Some(names) = names else { return title(what) };
    let suffix = format!(" ({}).", escaped(names));
    let body = what.trim_end_matches('.');
    let room = LONGEST_TITLE.saturating_sub(suffix.chars().count());
    let kept = escaped(body);
    if kept.chars().count() <= room {
        return format!("{kept}{suffix}");
    }
    format!("{}…{suffix}", cut(body, room.saturating_sub(1)))
}

/// A sentence, escaped and short enough for the first one of a message. Readers end it at a period with a space behind, so three of them stand for
/// what is left out.
fn title(what: &str) -> String {
    let whole = escaped(what);
    if whole.chars().count() <= LONGEST_TITLE {
        return whole;
    }
    format!("{}...", cut(what, LONGEST_TITLE - 3))
}

/// The start of a text, escaped, in at most so many characters.
fn cut(what: &str, mut room: usize) -> String {
    let kept = what.chars().take_while(|&c| {
        let size = if matches!(c, '[' | ']' | '\\') { 2 } else { 1 };
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    escaped(kept.collect::<String>().trim_end())
}

/// The steps from a value's source to the place that it makes unsafe; `None` when the value is written where it is used,
/// which the location says already.
fn code_flow(finding: &Finding) -> Option<CodeFlow> {
    let used = match &finding.resource {
        Some(resource) if !finding.property.is_empty() => {
            format!("used as {} of {}", finding.property, resource.logical_id)
        }
        _ => "used here".to_owned(),
    };
    let mut steps: Vec<(&Place, String)> = Vec::new();
    let origins = finding.origins.iter().map(|step| (&step.place, step.text.clone()));
    for (place, what) in origins.chain([(&finding.place, used)]) {
        match steps.last_mut().filter(|(last, _)| last.source == place.source && last.span == place.span) {
            // Two things that are said of one place are one step.
            Some((_, said)) => *said = format!("{said}; {what}"),
            None => steps.push((place, what)),
        }
    }
    if steps.len() < 2 {
        return None;
    }
    let first = steps.len().saturating_sub(MOST_STEPS);
    let locations: Vec<ThreadFlowLocation> = steps
        .into_iter()
        .skip(first)
        .map(|(place, what)| ThreadFlowLocation {
            location: Some(described(place, &what)),
            ..ThreadFlowLocation::default()
        })
        .collect();
    Some(CodeFlow::builder().thread_flows(vec![ThreadFlow::builder().locations(locations).build()]).build())
}

fn suppression_properties(by: &crate::diag::Suppression) -> PropertyBag {
    bag([
        ("kind", json!(by.kind.as_str())),
        ("owner", json!(by.owner)),
        ("tool", json!(by.tool)),
        ("until", json!(by.until.map(|day| day.to_string()))),
    ])
}

fn properties(finding: &Finding) -> PropertyBag {
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
