//! A template as a picture.

use std::collections::BTreeMap;

use bumpalo::Bump;

use crate::diag::{
    DrawnFinding, DrawnLink, DrawnResource, Finding, InspectedResource, InternetReach, LinkEnd, Part, Plain, as_count,
};
use crate::graph::TieEnd;
use crate::resolve::Resolver;
use crate::value::{Choices, Kind, Pending, Value, World};

use super::Model;

/// The most arrows of a picture.
const LINKS: usize = 20_000;
/// The role of what is referred to for no reason that has a name.
const REFERENCE: &str = "Refers";

/// What of a [`crate::diag::Drawing`] follows from the template.
pub(super) struct Picture {
    pub(super) resources: Vec<DrawnResource>,
    pub(super) links: Vec<DrawnLink>,
    pub(super) cut: bool,
}

/// The picture of a template without findings.
pub(super) fn picture<'a>(arena: &'a Bump, model: &Model<'a>, inspected: Vec<InspectedResource>) -> Picture {
    let mut picture = Picture { resources: Vec::new(), links: Vec::new(), cut: false };
    let by_id: BTreeMap<&str, usize> =
        inspected.iter().enumerate().map(|(number, one)| (one.logical_id.as_str(), number)).collect();
    for (number, one) in inspected.iter().enumerate() {
        let mut links = ties(arena, model, number, &mut picture.cut);
        let mut referred = BTreeMap::new();
        references(one.value.get("Properties").unwrap_or(&one.value), &by_id, true, &mut referred);
        for (other, always) in referred {
            let to = LinkEnd::Resource(other);
            if other != number && !links.iter().any(|link| link.to == to) {
                links.push(DrawnLink { from: number, to, role: REFERENCE.to_owned(), always });
            }
        }
        picture.cut |= picture.links.len() + links.len() > LINKS;
        let room = LINKS.saturating_sub(picture.links.len());
        picture.links.extend(links.into_iter().take(room));
    }
    for (number, one) in inspected.into_iter().enumerate() {
        picture.resources.push(DrawnResource {
            logical_id: one.logical_id,
            resource_type: one.resource_type,
            place: one.place,
            condition: one.condition,
            conditional: one.deployed.last().is_some_and(|gone| !gone.is_empty()),
            internet: internet(arena, model, number, &mut picture.cut),
            findings: Vec::new(),
        });
    }
    picture
}

/// Gives each finding to its resource; what has none is left.
pub(super) fn hand_out(findings: Vec<Finding>, resources: &mut [DrawnResource]) -> Vec<DrawnFinding> {
    let mut rest = Vec::new();
    for finding in findings.into_iter().filter(|finding| finding.suppressed.is_none()) {
        let drawn = DrawnFinding {
            rule: finding.rule.to_string(),
            severity: finding.severity,
            class: finding.class,
            message: finding.message.into(),
            line: finding.place.start.line,
        };
        // SAM makes a function of a function of the same name: the type tells them apart.
        let owner = finding.resource.and_then(|name| {
            let owner =
                |one: &&mut DrawnResource| one.logical_id == name.logical_id && one.resource_type == name.resource_type;
            resources.iter_mut().find(owner)
        });
        owner.map_or(&mut rest, |owner| &mut owner.findings).push(drawn);
    }
    rest
}

/// What a question says in every deployment that differs in it, and whether some were left out.
fn ways<'a, T>(
    resolver: &'a Resolver<'a>,
    arena: &'a Bump,
    mut question: impl FnMut(&World<'a, '_>) -> Result<T, Pending>,
) -> (Vec<T>, bool) {
    let (mut answers, mut capped) = (Vec::new(), false);
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        match question(&World { arena, choices: &choices }) {
            Ok(answer) => answers.push(answer),
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                if choices.get(variable).is_some()
                    || answers.len() + open.len() + classes.len() > as_count(resolver.limits().paths)
                {
                    capped = true;
                    continue;
                }
                open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
            }
        }
    }
    (answers, capped)
}

fn ties<'a>(arena: &'a Bump, model: &Model<'a>, number: usize, cut: &mut bool) -> Vec<DrawnLink> {
    let (answers, capped) = ways(model.resolver, arena, |world| model.graph.ties(world, number));
    *cut |= capped;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    let mut counts: BTreeMap<(TieEnd<'_>, &str), usize> = BTreeMap::new();
    for tie in answers.iter().flatten() {
        *counts.entry((tie.to, tie.role)).or_default() += 1;
    }
    let link = |((to, role), count): ((TieEnd<'_>, &str), usize)| DrawnLink {
        from: number,
        to: match to {
            TieEnd::Resource(other) => LinkEnd::Resource(other),
            TieEnd::Unknown(resource_type, reason) => {
                LinkEnd::Unknown { resource_type: resource_type.to_owned(), reason: reason.replace('`', "") }
            }
        },
        role: role.to_owned(),
        always: !capped && count == answers.len(),
    };
    counts.into_iter().map(link).collect()
}

/// The numbers of the resources that a value refers to, and whether it does so whatever is chosen.
fn references(plain: &Plain, by_id: &BTreeMap<&str, usize>, always: bool, found: &mut BTreeMap<usize, bool>) {
    let mut open = vec![(plain, always)];
    while let Some((plain, always)) = open.pop() {
        let mut note = |name: &str| {
            // `Bucket.Arn` is an attribute, unless a resource is called so.
            let ids = std::iter::successors(Some(name), |name| name.rsplit_once('.').map(|(before, _)| before));
            if let Some(number) = ids.filter_map(|id| by_id.get(id)).next() {
                *found.entry(*number).or_default() |= always;
            }
        };
        match plain {
            Plain::Reference(name) => note(name),
            Plain::Partial(parts) => {
                for part in parts {
                    if let Part::Reference(name) = part {
                        note(name);
                    }
                }
            }
            Plain::List(items) => open.extend(items.iter().map(|item| (item, always))),
            Plain::Map(entries) => open.extend(entries.iter().map(|(_, value)| (value, always))),
            Plain::Varies(variants) => open.extend(variants.iter().map(|variant| (&variant.value, false))),
            _ => {}
        }
    }
}

/// What one deployment says of the internet and a resource.
enum Seen {
    Reached(Vec<String>),
    Unreached,
    Unsure(String),
    NoFace,
}

fn internet<'a>(arena: &'a Bump, model: &Model<'a>, number: usize, cut: &mut bool) -> Option<InternetReach> {
    let (answers, capped) = ways(model.resolver, arena, |world| seen(world, model.graph.view(number)));
    *cut |= capped;
    let (mut path, mut unsure, mut others, mut never) = (None, None, capped, false);
    for answer in answers {
        match answer {
            Seen::Reached(steps) => {
                path.get_or_insert(steps);
            }
            Seen::Unsure(reason) => {
                others = true;
                unsure.get_or_insert(reason);
            }
            Seen::Unreached => {
                others = true;
                never = true;
            }
            Seen::NoFace => {}
        }
    }
    Some(match (path, unsure) {
        (Some(steps), _) if others => InternetReach::Sometimes(steps),
        (Some(steps), _) => InternetReach::Always(steps),
        (None, Some(reason)) => InternetReach::Unsure(reason),
        (None, None) if capped => InternetReach::Unsure("too many parameters".to_owned()),
        (None, None) if never => InternetReach::Never,
        (None, None) => return None,
    })
}

fn seen<'a>(world: &World<'a, '_>, view: Value<'a>) -> Result<Seen, Pending> {
    let Some(facts) = field(world, view, "Facts")? else { return Ok(Seen::NoFace) };
    let Some(reachable) = field(world, facts, "InternetReachable")? else { return Ok(Seen::NoFace) };
    Ok(match reachable.kind {
        Kind::Bool(true) => Seen::Reached(steps(world, facts)?),
        Kind::Bool(false) => Seen::Unreached,
        Kind::Unknown(unknown) => Seen::Unsure(unknown.reason.replace('`', "")),
        _ => Seen::NoFace,
    })
}

fn steps<'a>(world: &World<'a, '_>, facts: Value<'a>) -> Result<Vec<String>, Pending> {
    let Some(path) = field(world, facts, "InternetPath")? else { return Ok(Vec::new()) };
    let Kind::List(items) = path.kind else { return Ok(Vec::new()) };
    let mut steps = Vec::new();
    for item in items {
        if let Some(Kind::String(step)) = field(world, item, "Step")?.map(|step| step.kind) {
            steps.push(step.replace('`', ""));
        }
    }
    Ok(steps)
}

/// A forced entry of a map.
fn field<'a>(world: &World<'a, '_>, value: Value<'a>, key: &str) -> Result<Option<Value<'a>>, Pending> {
    match world.force(value)?.kind {
        Kind::Map(map) => map.get(key).map(|entry| world.force(entry.value)).transpose(),
        _ => Ok(None),
    }
}
