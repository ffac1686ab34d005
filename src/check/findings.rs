//! From what a rule says on each path to findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::{Assignment, Class, Finding, Label, ResourceName, RuleInfo};
use crate::eval::{Check, Status, Statuses};
use crate::resolve::{Resolver, VariableKind};
use crate::template::ResourceEntry;
use crate::text::Span;
use crate::value::{Kind, Segment, Value, ViaKind};

use super::assembly::Assembly;
use super::explore::{
    Exploration, Path, assignments, is_provided_for, keeps_defaults, made, nearest, only_allowed_values,
};
use super::fingerprint::Identity;
use super::message::value_text;
use super::property::{below_resource, path_text};
use super::texts::Text;
use super::written_path::WrittenPaths;

/// The most ways that one finding lists.
const WAYS: usize = 8;
/// The most conditions that explain one finding.
const CONDITIONS: usize = 3;
/// The category of rules whose findings point at secrets.
const SECRETS: &str = "secrets";
/// The most paths of each kind that are compared to find those conditions.
const COMPARED: usize = 16;

/// What the findings of one question are about.
pub(super) struct Subject<'a, 's> {
    pub(super) resolver: &'a Resolver<'a>,
    /// The resource that was asked; `None` when the whole document was.
    pub(super) entry: Option<&'s ResourceEntry<'a>>,
    pub(super) rule: &'s RuleInfo,
    /// The texts of the templates that values may come from, by the numbers of their documents.
    pub(super) texts: &'s [&'s Text<'s>],
    /// The one that the resource stands in.
    pub(super) text: &'s Text<'s>,
    /// How its values are named in fingerprints.
    pub(super) written: &'s WrittenPaths<'a>,
    /// Where a CDK app makes its constructs, if one made the template.
    pub(super) assembly: Option<&'s Assembly>,
}

/// What one finding is about: the path of a value and, where a key is missing, which one, as far as an author could write
/// it, with what the rule says of it.
type Key = (String, Option<String>, Option<String>);

/// The paths on which one value fails, or may fail.
#[derive(Default)]
struct Ways {
    fails: Vec<usize>,
    unsure: Vec<usize>,
    /// The first check of the value on each of them, by the numbers of both.
    checks: Vec<(usize, usize)>,
}

impl<'a> Subject<'a, '_> {
    /// One finding for each value that fails in some deployment, and for each that nobody can know.
    pub(super) fn findings(&self, exploration: &Exploration<'_>) -> Vec<Finding> {
        let mut by_key: BTreeMap<Key, Ways> = BTreeMap::new();
        for (number, path) in exploration.paths.iter().enumerate() {
            let statuses = path.outcome.statuses;
            if !statuses.contains(Status::Fail) {
                continue;
            }
            for (index, check) in path.outcome.checks.iter().enumerate() {
                let ways = by_key.entry(key(check)).or_default();
                if ways.checks.last().is_none_or(|(last, _)| *last != number) {
                    ways.checks.push((number, index));
                }
                let list = if statuses == Statuses::FAIL && check.certain { &mut ways.fails } else { &mut ways.unsure };
                if list.last() != Some(&number) {
                    list.push(number);
                }
            }
        }
        let mut findings: Vec<Finding> = Vec::new();
        for ways in by_key.values() {
            findings.extend(self.finding(exploration, ways));
        }
        self.one_unsure(findings)
    }

    /// Keeps a single finding of class unsure, with all that it hangs on: which of several values decides is not known
    /// either. One that points into the resource itself is preferred.
    fn one_unsure(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let (unsure, mut findings): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| finding.class == Class::Unsure);
        // A question about the whole template may have one for each resource.
        let mut by_resource: BTreeMap<Option<Arc<ResourceName>>, Vec<Finding>> = BTreeMap::new();
        for finding in unsure {
            by_resource.entry(finding.resource.clone()).or_default().push(finding);
        }
        for unsure in by_resource.into_values() {
            let mut depends_on: Vec<String> =
                unsure.iter().flat_map(|finding| finding.depends_on.iter().cloned()).collect();
            depends_on.sort();
            depends_on.dedup();
            let document = self.resolver.template().document;
            let whole = self.entry.map(|entry| document.span(entry.named.node).join(entry.named.name_span));
            let inside = |finding: &Finding| whole.is_none_or(|whole| whole.contains(finding.place.span));
            let chosen = unsure.into_iter().min_by_key(|finding| !inside(finding));
            findings.extend(chosen.map(|finding| Finding { depends_on, ..finding }));
        }
        findings
    }

    fn finding(&self, exploration: &Exploration<'_>, ways: &Ways) -> Option<Finding> {
        let resolver = self.resolver;
        let paths = &exploration.paths;
        let get =
            |numbers: &[usize]| -> Vec<&Path<'_>> { numbers.iter().filter_map(|&number| paths.get(number)).collect() };
        let (fails, unsure) = (get(&ways.fails), get(&ways.unsure));
        let is_default = |path: &&Path<'_>| keeps_defaults(resolver, &path.choices);
        let defaults = paths.iter().filter(|path| is_default(path)).count();
        let failing_defaults = fails.iter().filter(|path| is_default(path)).count();
        let (class, shown) = if fails.is_empty() {
            // What is only unknown because somebody might give a value that nobody thought of is left to the author's
            // defaults.
            let shown: Vec<&Path<'_>> =
                unsure.into_iter().filter(|path| is_provided_for(resolver, &path.choices)).collect();
            (Class::Unsure, shown)
        } else if fails.len() == paths.len() && exploration.is_complete() {
            let rests = fails.iter().any(|path| made(resolver, &path.choices).any(|(info, _)| info.is_default_only()));
            (if rests { Class::Default } else { Class::Always }, fails)
        } else if failing_defaults > 0 && failing_defaults == defaults {
            (Class::Default, fails.into_iter().filter(|path| is_default(path)).collect())
        } else {
            let decided: Vec<&Path<'_>> =
                fails.iter().copied().filter(|path| !only_allowed_values(resolver, &path.choices)).collect();
            if decided.is_empty() { (Class::Possible, fails) } else { (Class::When, decided) }
        };
        let path = nearest(resolver, &shown)?;
        let is_it = |(number, _): &&(usize, usize)| paths.get(*number).is_some_and(|one| std::ptr::eq(one, path));
        let (_, index) = ways.checks.iter().find(is_it)?;
        let check = path.outcome.checks.get(*index)?;
        // A macro may add whatever is missing.
        let transform = resolver.template().unknown_transform().filter(|_| check.missing.is_some());
        if let Some(transform) = transform {
            let depends_on = vec![format!("the transform `{transform}`")];
            return Some(Finding { depends_on, ..self.describe(check, Class::Unsure, Vec::new(), Vec::new()) });
        }
        let (when, witness) = match class {
            Class::Always | Class::Default | Class::Unsure => (Vec::new(), Vec::new()),
            Class::When | Class::Possible => (self.when(exploration, &ways.fails, &shown), self.witness(path)),
        };
        Some(self.describe(check, class, when, witness))
    }

    fn describe(&self, check: &Check<'_>, class: Class, when: Vec<String>, witness: Vec<Assignment>) -> Finding {
        let about = self.about(check);
        let (logical_id, mut property) = below_resource(check.value.path);
        if let Some(missing) = check.missing.as_deref().map(authored).filter(|missing| !missing.is_empty()) {
            if !property.is_empty() {
                property.push('.');
            }
            property.push_str(&missing);
        }
        if let Some(other) = logical_id.filter(|id| about.is_none_or(|entry| *id != entry.named.name)) {
            property = format!("{other}.{property}");
        }
        let resource = about.map(|entry| self.text.resource(entry.named.name, entry.resource_type));
        let declared = about.map(|entry| self.text.shared_place(entry.named.name_span));
        let place = self.text.place(self.region(check));
        Finding {
            rule: Arc::clone(&self.rule.id),
            severity: self.rule.severity,
            class,
            message: self.message(check, class, &property).into(),
            place,
            declared,
            resource,
            property: property.into(),
            origins: self.origins(check.value),
            when,
            witness,
            depends_on: depends_on(check, class),
            through: Vec::new(),
            construct: about.and_then(|entry| self.construct(entry)),
            suppressed: None,
            fingerprint: self.fingerprint(check).into(),
        }
    }

    fn message(&self, check: &Check<'_>, class: Class, property: &str) -> String {
        let id = self.about(check).map(|entry| entry.named.name);
        let what = match &check.message {
            Some(message) => {
                let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
                let this = || value_text(check.value);
                super::message::fill(&words, &this, property, &check.expected, id.unwrap_or("the template"))
            }
            None if check.missing.is_some() => format!("{property} is missing, expected {}", check.expected),
            None => format!("{property} is not {}", check.expected),
        };
        let cannot = if class == Class::Unsure { "cannot tell: " } else { "" };
        match id {
            Some(id) => format!("`{id}`: {cannot}{what}"),
            None => format!("{cannot}{what}"),
        }
    }

    /// The text that decides: the value, or the key of the nearest thing that exists.
    pub(super) fn region(&self, check: &Check<'_>) -> Span {
        let value = check.value;
        let spans_lines = self.text.has_lines(value.place);
        let collection = matches!(value.kind, Kind::Map(_) | Kind::List(_));
        let segments = value.path.segments();
        let is_resource = matches!(
            segments.as_slice(),
            [section, _] if section.segment == Segment::Key("Resources")
        );
        let use_key = check.missing.is_some() || value.place.is_empty() || is_resource || (collection && spans_lines);
        if !use_key {
            return value.place;
        }
        match segments.as_slice() {
            [] => self.entry.map_or(Span::default(), |entry| entry.named.name_span),
            // A resource as a whole, or its `Properties`: its logical id.
            [section, resource] | [section, resource, _] if section.segment == Segment::Key("Resources") => {
                resource.place
            }
            [.., last] => match last.segment {
                Segment::Index(_) => self.text.first_line(last.place),
                _ => last.place,
            },
        }
    }

    /// The resource that a check is about: the one that was asked, or else the one that the value stands in.
    fn about(&self, check: &Check<'_>) -> Option<&ResourceEntry<'a>> {
        if self.entry.is_some() {
            return self.entry;
        }
        let (logical_id, _) = below_resource(check.value.path);
        self.resolver.resource_named(logical_id?).map(|resource| &resource.entry)
    }

    /// The construct of a CDK app that a resource belongs to, and where the app makes it.
    fn construct(&self, entry: &ResourceEntry<'a>) -> Option<String> {
        let document = self.resolver.template().document;
        let metadata = document.get(entry.named.node, "Metadata")?;
        let path = document.text(document.get(metadata.value, "aws:cdk:path")?.value)?;
        let made_at = self.assembly.and_then(|assembly| assembly.made_at(self.text.display(), path));
        Some(made_at.map_or_else(|| path.to_owned(), |place| format!("{path} ({place})")))
    }

    fn fingerprint(&self, check: &Check<'_>) -> String {
        let section = match check.value.path.segments().first().map(|first| first.segment) {
            Some(Segment::Key(section)) if self.entry.is_none() => section,
            _ => "Resources",
        };
        Identity {
            rule: &self.rule.id,
            path: self.text.name().map_or("", |name| &name.uri),
            section,
            logical_id: self.about(check).map_or("", |entry| entry.named.name),
            property: &self.written.path(check.value, self.rule.category == SECRETS),
            discriminator: &check.missing.as_deref().map(authored).unwrap_or_default(),
        }
        .fingerprint()
    }

    /// The chain that a value came through, from its source to its use.
    pub(super) fn origins(&self, value: Value<'_>) -> Vec<Label> {
        let mut origins = Vec::new();
        let mut next = value.via;
        while let Some(via) = next {
            let text = match via.kind {
                ViaKind::ParameterDefault(name) => format!("the default of parameter `{name}`"),
                ViaKind::ParameterAllowed(name) => format!("an allowed value of parameter `{name}`"),
                ViaKind::ParameterValue(name) => format!("the value of parameter `{name}`"),
                ViaKind::Parameter(name) => format!("parameter `{name}` has no known value"),
                ViaKind::Mapping(name) => format!("an entry of mapping `{name}`"),
                ViaKind::Branch { condition, holds: true } => format!("this branch is taken when `{condition}` holds"),
                ViaKind::Branch { condition, holds: false } => {
                    format!("this branch is taken when `{condition}` does not hold")
                }
                ViaKind::Function(name) => format!("the result of `{name}`"),
                ViaKind::Passed(name) => format!("passed to parameter `{name}` of the nested stack"),
                ViaKind::Output(name) => format!("what `{name}` is there"),
                ViaKind::Step(text) => text.to_owned(),
            };
            let stands_in = usize::try_from(via.document).ok().and_then(|number| self.texts.get(number));
            if let Some(stands_in) = stands_in.filter(|_| !via.place.is_empty()) {
                origins.push(Label { place: stands_in.place(via.place), text });
            }
            next = via.next;
        }
        origins.reverse();
        origins
    }

    /// In words, each way in which a finding holds: the conditions that tell it from the ways in which it does not, and
    /// what is chosen for them.
    fn when(&self, exploration: &Exploration<'_>, fails: &[usize], shown: &[&Path<'_>]) -> Vec<String> {
        let others: Vec<&Path<'_>> = exploration
            .paths
            .iter()
            .enumerate()
            .filter_map(|(number, path)| (!fails.contains(&number)).then_some(path))
            .collect();
        // What the resource itself asks for explains more than what happens to agree with it.
        let mut telling = self.telling(&self.own_conditions(), shown, &others);
        if telling.is_empty() {
            let all: Vec<&str> = self.resolver.template().conditions.iter().map(|condition| condition.name).collect();
            telling = self.telling(&all, shown, &others);
        }
        let conditions: Vec<String> = telling
            .into_iter()
            .map(|(name, holds)| if holds { name.to_owned() } else { format!("not {name}") })
            .collect();
        let conditions = conditions.join(" and ");
        let mut ways: Vec<String> = Vec::new();
        for path in shown {
            let chosen: Vec<String> = assignments(self.resolver, &path.choices)
                .into_iter()
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            let chosen = chosen.join(", ");
            let way = match (conditions.is_empty(), chosen.is_empty()) {
                (false, false) => format!("{conditions} ({chosen})"),
                (false, true) => conditions.clone(),
                _ => chosen,
            };
            if !way.is_empty() && !ways.contains(&way) {
                ways.push(way);
            }
        }
        ways.truncate(WAYS);
        ways
    }

    /// Which of these conditions are the same on every path of `shown` and something else on some path of `others`, in
    /// the template's order. Only so many paths are compared: this explains a finding, it does not decide it.
    fn telling<'n>(&self, names: &[&'n str], shown: &[&Path<'_>], others: &[&Path<'_>]) -> Vec<(&'n str, bool)> {
        let tells = |name: &'n str| {
            let on = |path: &&Path<'_>| self.resolver.condition_under(name, &path.choices);
            let mut paths = shown.iter().take(COMPARED);
            let value = on(paths.next()?)?;
            let same = paths.all(|path| on(path) == Some(value));
            let differs = same && others.iter().take(COMPARED).any(|path| on(path) == Some(!value));
            differs.then_some((name, value))
        };
        names.iter().filter_map(|name| tells(name)).take(CONDITIONS).collect()
    }

    /// The names of the conditions that the resource's text asks for.
    fn own_conditions(&self) -> Vec<&str> {
        let Some(entry) = self.entry else { return Vec::new() };
        let mut names: Vec<&str> = entry.condition.iter().map(|(name, _)| *name).collect();
        names.extend(self.written.conditions_below(entry.named.node));
        // In the template's order, each once.
        let defined = self.resolver.template().conditions.iter().map(|condition| condition.name);
        defined.filter(|name| names.contains(name)).collect()
    }

    fn witness(&self, path: &Path<'_>) -> Vec<Assignment> {
        made(self.resolver, &path.choices)
            .filter(|(info, class)| info.kind != VariableKind::Comparison && !(info.has_default() && *class == 0))
            .filter_map(|(info, class)| {
                let value = info.classes.get(usize::from(class))?.text?;
                Some(Assignment { name: info.name.to_owned(), value: value.to_owned() })
            })
            .collect()
    }
}

fn key(check: &Check<'_>) -> Key {
    let said = check.missing.as_ref().and(check.message.clone());
    (path_text(check.value.path), check.missing.as_deref().map(authored), said)
}

fn depends_on(check: &Check<'_>, class: Class) -> Vec<String> {
    if class != Class::Unsure {
        return Vec::new();
    }
    let mut reasons: Vec<String> = check.depends_on.iter().map(|unknown| unknown.reason.to_owned()).collect();
    if reasons.is_empty() {
        reasons.extend(match check.value.kind {
            Kind::Reference(reference) => Some(format!("`{}`", reference.describe())),
            _ => Some("a reference to another resource".to_owned()),
        });
    }
    reasons.sort();
    reasons.dedup();
    reasons
}

/// The part of a missing path that an author could write: up to the first filter or derived key.
fn authored(missing: &str) -> String {
    let plain = missing.split(['[', ' ']).next().unwrap_or_default();
    let rest = missing.get(plain.len()..).unwrap_or_default();
    let known = if rest.is_empty() || rest.starts_with("[*]") { missing } else { plain };
    let known = known.split(" ").next().unwrap_or_default();
    let mut segments: Vec<&str> = Vec::new();
    for segment in known.split('.') {
        if matches!(segment.split('[').next(), Some("Linked" | "Facts" | "")) {
            break;
        }
        segments.push(segment);
    }
    segments.join(".")
}
