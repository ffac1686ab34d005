//! Findings as SARIF results.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::ser::{Serialize, SerializeSeq as _, Serializer};

use crate::diag::{Class, Finding, Place, Problem};
use crate::render::AlertIdentity;
use crate::render::prose::{sentence, shortened};
use crate::text::SourceName;

use super::catalogue::Catalogue;
use super::region;
use super::rule::{NOT_SCANNED, level_word};
use super::shape::{
    CodeFlow, FindingProperties, Fingerprints, Location, LogicalLocation, Outcome, Step, Suppression,
    SuppressionProperties, ThreadFlow, Words, text,
};
use super::wording::{escaped, one_line};

/// The most characters of a message's first sentence: the title of an alert.
const LONGEST_TITLE: usize = 120;
/// The most characters of each name that a title has in brackets.
const LONGEST_NAME: usize = 25;
/// The most steps of a code flow.
const MOST_STEPS: usize = 100;
/// The most locations that are related to one result.
const MOST_RELATED: usize = 50;

/// The results of a run, made one after the other while they are written.
pub(super) struct Results<'a> {
    pub(super) catalogue: &'a Catalogue<'a>,
    pub(super) identity: AlertIdentity,
    pub(super) lines: &'a LineHashes,
    /// Problems that say why a template could not be read: they stand first.
    pub(super) not_scanned: Vec<&'a Problem>,
    pub(super) findings: Vec<&'a Finding>,
}

/// What code hosts know lines by.
type LineHashes = BTreeMap<(Arc<SourceName>, u32), String>;

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut identities = Identities { kind: self.identity, lines: self.lines, seen: HashMap::new() };
        let mut results = serializer.serialize_seq(Some(self.not_scanned.len() + self.findings.len()))?;
        for problem in &self.not_scanned {
            results.serialize_element(&not_scanned(problem, self.catalogue, &mut identities))?;
        }
        for finding in &self.findings {
            results.serialize_element(&found(finding, self.catalogue, &mut identities))?;
        }
        results.end()
    }
}

fn found<'a>(finding: &'a Finding, catalogue: &Catalogue<'_>, identities: &mut Identities<'a>) -> Outcome<'a> {
    let mut location = region::location(&finding.place);
    location.logical_locations.extend(logical(finding).into_iter().chain(construct(finding)));
    let related = related(finding);
    let judged = finding.class.counts();
    Outcome {
        code_flows: code_flow(finding).map(|flow| [flow]),
        kind: (!judged).then_some("review"),
        level: if judged { level_word(finding.severity) } else { "none" },
        locations: [location],
        message: text(message(finding, &related)),
        partial_fingerprints: identities.of(&finding.rule, &finding.place, (&*finding.fingerprint).into()),
        properties: Some(properties(finding)),
        related_locations: related.into_iter().map(|one| one.place).collect(),
        rule_id: &finding.rule,
        rule_index: catalogue.place(&finding.rule),
        suppressions: finding.suppressed.as_deref().map(|by| [suppression(by)]),
    }
}

/// A result that stands for a template that could not be read.
fn not_scanned<'a>(problem: &'a Problem, catalogue: &Catalogue<'_>, identities: &mut Identities<'a>) -> Outcome<'a> {
    let title = format!("The template was not scanned: {}", one_line(&problem.message));
    let fingerprint = format!("{NOT_SCANNED}/{}", problem.place.source.uri);
    Outcome {
        code_flows: None,
        kind: None,
        level: "error",
        locations: [region::location(&problem.place)],
        message: text(self::title(&sentence(&title))),
        partial_fingerprints: identities.of(NOT_SCANNED, &problem.place, fingerprint.into()),
        properties: None,
        related_locations: Vec::new(),
        rule_id: NOT_SCANNED,
        rule_index: catalogue.place(NOT_SCANNED),
        suppressions: None,
    }
}

/// What results were told apart by so far.
struct Identities<'a> {
    kind: AlertIdentity,
    lines: &'a LineHashes,
    seen: HashMap<(&'a str, Words<'a>), usize>,
}

impl<'a> Identities<'a> {
    fn of(&mut self, rule: &'a str, place: &Place, fingerprint: Words<'a>) -> Fingerprints<'a> {
        // GitHub makes one alert of two results with the same rule and identity, and hides one of them.
        let own = self.unique(rule, fingerprint);
        let alert = match self.kind {
            AlertIdentity::Semantic => Some(own.clone()),
            AlertIdentity::Line => {
                let line = self.lines.get(&(Arc::clone(&place.source), place.start.line));
                line.map(|line| {
                    let key = Words::Owned(format!("{} {line}", place.source.uri));
                    if self.unique(rule, key.clone()) == key { line.into() } else { own.clone() }
                })
            }
        };
        Fingerprints { own, alert }
    }

    /// The identity, with a number behind it if an earlier result of the rule has it.
    fn unique(&mut self, rule: &'a str, identity: Words<'a>) -> Words<'a> {
        let seen = self.seen.entry((rule, identity.clone())).or_default();
        *seen += 1;
        if *seen == 1 { identity } else { format!("{identity}:{seen}").into() }
    }
}

fn suppression(by: &crate::diag::Suppression) -> Suppression<'_> {
    Suppression {
        justification: by.reason.as_deref(),
        kind: if by.kind.is_in_source() { "inSource" } else { "external" },
        location: by.place.as_ref().map(region::location),
        properties: SuppressionProperties {
            kind: by.kind.as_str(),
            owner: by.owner.as_deref(),
            tool: &by.tool,
            until: by.until.map(|day| day.to_string()),
        },
        status: "accepted",
    }
}

fn logical(finding: &Finding) -> Option<LogicalLocation<'_>> {
    let resource = finding.resource.as_ref()?;
    let mut path = format!("Resources/{}", resource.logical_id);
    for step in finding.property.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        path.push('/');
        path.push_str(step);
    }
    Some(LogicalLocation { fully_qualified_name: path.into(), kind: "resource", name: &resource.logical_id })
}

/// The construct of a CDK app that a finding belongs to.
fn construct(finding: &Finding) -> Option<LogicalLocation<'_>> {
    let path = finding.construct.as_ref()?;
    let path = path.split_once(" (").map_or(path.as_str(), |(path, _)| path);
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(LogicalLocation { fully_qualified_name: path.into(), kind: "module", name })
}

/// A place that a message links to.
struct Related<'a> {
    id: usize,
    what: String,
    place: Location<'a>,
}

/// The places that a message links to: the resource's declaration, then the steps of the value.
fn related(finding: &Finding) -> Vec<Related<'_>> {
    let declared = finding.declared.iter().map(|place| (&**place, declaration(finding)));
    let steps = finding.origins.iter().map(|step| (&step.place, Words::Borrowed(&*step.text)));
    let stacks = finding.through.iter().map(|way| (&way.place, format!("deployed by {}", way.text).into()));
    declared
        .chain(steps)
        .chain(stacks)
        .take(MOST_RELATED)
        .zip(1..)
        .map(|((place, what), id)| Related {
            id,
            place: Location { id: Some(id), ..described(place, &what) },
            what: one_line(&what).into_owned(),
        })
        .collect()
}

fn declaration(finding: &Finding) -> Words<'_> {
    let resource = finding.resource.as_ref();
    resource.map_or("declared here".into(), |resource| format!("resource {}", resource.logical_id).into())
}

fn described<'a>(place: &'a Place, what: &str) -> Location<'a> {
    let message = escaped(&sentence(&one_line(what))).into_owned();
    Location { message: Some(text(message)), ..region::location(place) }
}

/// The message: a short first sentence that says what, then when, then links to what belongs to it.
fn message(finding: &Finding, related: &[Related<'_>]) -> String {
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
        let ways: Vec<String> = finding.when.iter().map(|way| escaped(&one_line(way)).into_owned()).collect();
        message.push_str(&format!(" It holds when {}.", ways.join(", or when ")));
    }
    if !finding.depends_on.is_empty() {
        let what: Vec<String> = finding.depends_on.iter().map(|one| escaped(&one_line(one)).into_owned()).collect();
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
        return whole.into_owned();
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
    escaped(kept.collect::<String>().trim_end()).into_owned()
}

/// The steps from a value's source to the place that it makes unsafe; `None` when the value is written where it is used,
/// which the location says already.
fn code_flow(finding: &Finding) -> Option<CodeFlow<'_>> {
    // One step says no more than the location does.
    if finding.origins.is_empty() {
        return None;
    }
    let used = match &finding.resource {
        Some(resource) if !finding.property.is_empty() => {
            format!("used as {} of {}", finding.property, resource.logical_id)
        }
        _ => "used here".to_owned(),
    };
    let mut steps: Vec<(&Place, Words<'_>)> = Vec::with_capacity(finding.origins.len() + 1);
    let origins = finding.origins.iter().map(|step| (&step.place, Words::Borrowed(&*step.text)));
    for (place, what) in origins.chain([(&finding.place, used.into())]) {
        match steps.last_mut().filter(|(last, _)| last.source == place.source && last.span == place.span) {
            // Two things that are said of one place are one step.
            Some((_, said)) => *said = format!("{said}; {what}").into(),
            None => steps.push((place, what)),
        }
    }
    if steps.len() < 2 {
        return None;
    }
    let first = steps.len().saturating_sub(MOST_STEPS);
    let locations = steps.into_iter().skip(first).map(|(place, what)| Step { location: described(place, &what) });
    Some(CodeFlow { thread_flows: [ThreadFlow { locations: locations.collect() }] })
}

fn properties(finding: &Finding) -> FindingProperties<'_> {
    let resource = finding.resource.as_ref();
    FindingProperties {
        class: finding.class.as_str(),
        depends_on: &finding.depends_on,
        property: &finding.property,
        resource: resource.map(|one| &*one.logical_id),
        resource_type: resource.map(|one| &*one.resource_type),
        severity: finding.severity.as_str(),
        when: &finding.when,
        witness: finding.witness.iter().map(|one| (&*one.name, &*one.value)).collect(),
    }
}
