//! One policy statement in one shape, each fact made when a rule asks for it.

use crate::value::{Deferred, Entry, Kind, Map, Pending, Piece, Shape, Unknown, Value, World};

use super::caller_conditions::restricts;
use super::grants::{covers_actions, covers_resources, grants};
use super::origin::Origin;
use super::principals::{Principal, PrincipalKind, is_cross_account, is_named, principals};
use super::read::{Fields, Read, child, is_missing, items, text, unknown, unknown_of};
use super::siblings::Siblings;
use super::truth::Truth;

/// The keys of a statement that hold a list of texts, and what they are called in facts.
const TEXT_LISTS: &[(&str, &str)] =
    &[("Action", "Actions"), ("NotAction", "NotActions"), ("Resource", "Resources"), ("NotResource", "NotResources")];

/// The facts that are made when they are asked for.
const FACTS: &[(&str, What)] = &[
    ("Principals", What::Principals("Principal", None)),
    ("NotPrincipals", What::Principals("NotPrincipal", None)),
    ("AwsPrincipals", What::Principals("Principal", Some(PrincipalKind::Aws))),
    ("ServicePrincipals", What::Principals("Principal", Some(PrincipalKind::Service))),
    ("FederatedPrincipals", What::Principals("Principal", Some(PrincipalKind::Federated))),
    ("NamedPrincipals", What::NamedPrincipals),
    ("HasCondition", What::HasCondition),
    ("CallerRestricted", What::CallerRestricted),
    ("AllResources", What::AllResources),
    ("PublicPrincipal", What::PublicPrincipal),
    ("CrossAccount", What::CrossAccount),
    ("FullServices", What::FullServices),
    ("Grants", What::Grants),
];

/// A forced statement as facts show it.
pub(super) fn show<'a>(
    world: &World<'a, '_>,
    statement: Value<'a>,
    map: Map<'a>,
    siblings: Siblings<'a>,
    source: &'static str,
) -> Result<Value<'a>, Pending> {
    // Which text decides is only asked of the actions: the rest stays open until a rule asks for it.
    let (all_actions, decisive) = any_wildcard(world, child(world, statement, "Action")?)?;
    let origin = Origin::of(match (all_actions, decisive) {
        (Truth::Yes, Some(action)) => action,
        _ => statement,
    });
    let mut fields = Fields::default();
    if let Some(effect) = map.get("Effect") {
        fields.push_entry(*effect);
    }
    let mut push = |key, what| {
        let fact = world.later(StatementFact { statement, siblings, what });
        fields.push(key, Origin::of(statement).node(world, fact));
    };
    for (key, fact) in TEXT_LISTS {
        push(fact, What::Texts(key));
    }
    for (fact, what) in FACTS {
        push(fact, *what);
    }
    if let Some(condition) = map.get("Condition") {
        fields.push_entry(*condition);
    }
    fields.push("AllActions", Origin::of(decisive.unwrap_or(statement)).truth(world, all_actions));
    fields.push("Source", origin.text(world, source));
    Ok(fields.finish(world, origin))
}

/// Something that is made of a statement when a rule asks for it.
#[derive(Clone, Copy, Debug)]
enum What {
    Texts(&'static str),
    Principals(&'static str, Option<PrincipalKind>),
    NamedPrincipals,
    HasCondition,
    CallerRestricted,
    AllResources,
    PublicPrincipal,
    CrossAccount,
    FullServices,
    Grants,
}

struct StatementFact<'a> {
    statement: Value<'a>,
    siblings: Siblings<'a>,
    what: What,
}

impl<'a> Deferred<'a> for StatementFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let statement = self.statement;
        let decided =
            |truth, decisive: Option<Value<'a>>| Ok(Origin::of(decisive.unwrap_or(statement)).truth(world, truth));
        match self.what {
            What::Texts(key) => {
                let value = child(world, statement, key)?;
                if is_open_list(value) {
                    return Ok(value);
                }
                Ok(Origin::of(value).list(world, &texts(world, items(world, value)?)))
            }
            What::Principals(key, kind) => {
                let value = child(world, statement, key)?;
                if is_open_list(value) {
                    return Ok(value);
                }
                let found = principals(world, value)?;
                let wanted = found.into_iter().filter(|found| kind.is_none_or(|kind| kind == found.kind));
                let wanted = wanted.map(|principal| principal.value).collect();
                Ok(Origin::of(value).list(world, &texts(world, wanted)))
            }
            What::NamedPrincipals => {
                let value = child(world, statement, "Principal")?;
                if is_open_list(value) {
                    return Ok(value);
                }
                let mut named = Vec::new();
                for principal in principals(world, value)? {
                    match is_named(world, principal) {
                        Truth::Yes => named.push(principal.value),
                        Truth::Unsure(unknown) => named.push(maybe(world, principal.value, unknown)),
                        Truth::No => {}
                    }
                }
                Ok(Origin::of(value).list(world, &named))
            }
            What::HasCondition => {
                let condition = child(world, statement, "Condition")?;
                let truth = match condition.kind {
                    Kind::Map(map) => has_entries(world, map.entries())?.into(),
                    Kind::Unknown(unknown) => Truth::Unsure(unknown),
                    Kind::Absent | Kind::Null => Truth::No,
                    _ => Truth::Yes,
                };
                decided(truth, Some(condition))
            }
            What::CallerRestricted => {
                let (truth, decisive) = caller_restricted(world, statement, self.siblings)?;
                decided(truth, decisive)
            }
            What::AllResources => {
                let (truth, decisive) = any_wildcard(world, child(world, statement, "Resource")?)?;
                decided(truth, decisive)
            }
            What::PublicPrincipal => {
                let (truth, decisive) = public_principal(world, statement)?;
                decided(truth, decisive)
            }
            What::CrossAccount => {
                let found = principals(world, child(world, statement, "Principal")?)?;
                let (truth, decisive) = first(&found, |principal| is_cross_account(world, principal));
                decided(truth, decisive)
            }
            What::FullServices => full_services(world, statement),
            What::Grants => Ok(Origin::of(statement).list(world, &grants(world, statement, self.siblings)?)),
        }
    }
}

/// The first principal for which something holds, else the first for which it may hold.
fn first<'a>(found: &[Principal<'a>], holds: impl Fn(Principal<'a>) -> Truth<'a>) -> (Truth<'a>, Option<Value<'a>>) {
    let mut result = (Truth::No, None);
    for principal in found {
        match holds(*principal) {
            Truth::Yes => return (Truth::Yes, Some(principal.value)),
            truth @ Truth::Unsure(_) if result.1.is_none() => result = (truth, Some(principal.value)),
            Truth::Unsure(_) | Truth::No => {}
        }
    }
    result
}

/// The effect of a forced statement: whether it allows.
pub(super) fn allows<'a>(world: &World<'a, '_>, statement: Value<'a>) -> Result<Truth<'a>, Pending> {
    Ok(match child(world, statement, "Effect")?.kind {
        Kind::String(effect) => (effect == "Allow").into(),
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        _ => Truth::No,
    })
}

/// Whether the principals of a statement are everybody, and the value that decides it.
pub(super) fn public_principal<'a>(
    world: &World<'a, '_>,
    statement: Value<'a>,
) -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
    let found = principals(world, child(world, statement, "Principal")?)?;
    let (mut truth, mut decisive) = first(&found, |principal| is_wildcard(world, principal.value));
    let excluded = child(world, statement, "NotPrincipal")?;
    if !is_missing(excluded) {
        // Whoever is allowed except some is everybody else.
        truth = truth.or(allows(world, statement)?);
        decisive = decisive.or(Some(excluded));
    }
    Ok((truth, decisive))
}

/// Whether only some callers get in: by the statement's own condition, or because another statement of the same
/// document keeps everybody else out of all that this one is about.
pub(super) fn caller_restricted<'a>(
    world: &World<'a, '_>,
    statement: Value<'a>,
    siblings: Siblings<'a>,
) -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
    let (mut truth, mut decisive) = restricts(world, child(world, statement, "Condition")?)?;
    if let Truth::Yes = truth {
        return Ok((truth, decisive));
    }
    for keeper in siblings.keepers(world)? {
        let sibling = keeper.statement;
        let covers = !std::ptr::eq(sibling, statement)
            && covers_actions(world, sibling, statement)?
            && covers_resources(world, sibling, statement)?;
        if covers {
            truth = truth.or(keeper.keeps_out);
            decisive = Some(sibling);
        }
        if let Truth::Yes = truth {
            break;
        }
    }
    Ok((truth, decisive))
}

/// The services of which all actions are allowed or denied: `s3` of `s3:*`.
fn full_services<'a>(world: &World<'a, '_>, statement: Value<'a>) -> Result<Value<'a>, Pending> {
    let actions = child(world, statement, "Action")?;
    if is_open_list(actions) {
        return Ok(actions);
    }
    let mut services = Vec::new();
    for action in items(world, actions)? {
        match action.kind {
            Kind::String(text) => {
                if let Some((service, rest)) = text.split_once(':')
                    && !service.contains(['*', '?'])
                    && !rest.is_empty()
                    && rest.bytes().all(|byte| byte == b'*')
                {
                    services.push(Origin::of(action).text(world, &service.to_ascii_lowercase()));
                }
            }
            Kind::Unknown(unknown) => services.push(maybe(world, action, unknown)),
            _ => {}
        }
    }
    Ok(Origin::of(actions).list(world, &services))
}

/// An item of a list that may be there.
pub(super) fn maybe<'a>(world: &World<'a, '_>, at: Value<'a>, unknown: &'a Unknown<'a>) -> Value<'a> {
    Origin::of(at).unknown(world, world.arena.alloc(Unknown { reason: unknown.reason, shape: Shape::MaybeAbsent }))
}

/// The same values with numbers as texts: an account number that stands without quotes is no quantity.
fn texts<'a>(world: &World<'a, '_>, values: Vec<Value<'a>>) -> Vec<Value<'a>> {
    let as_text = |value: Value<'a>| match (value.kind, text(world, value)) {
        (Kind::Integer(_) | Kind::Float(_) | Kind::Bool(_), Read::Known(text)) => Origin::of(value).text(world, text),
        _ => value,
    };
    values.into_iter().map(as_text).collect()
}

/// Whether a value is a list of which not even the length is known.
fn is_open_list(value: Value<'_>) -> bool {
    matches!(value.kind, Kind::Unknown(unknown) if matches!(unknown.shape, Shape::List | Shape::MaybeAbsent | Shape::Any))
}

fn has_entries<'a>(world: &World<'a, '_>, entries: &[Entry<'a>]) -> Result<bool, Pending> {
    for entry in entries {
        if !is_missing(world.force(entry.value)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one of the texts of an element is a wildcard for everything, and the one that decides it.
fn any_wildcard<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
    let mut unsure = (Truth::No, None);
    for text in items(world, value)? {
        match is_wildcard(world, text) {
            Truth::Yes => return Ok((Truth::Yes, Some(text))),
            truth @ Truth::Unsure(_) if unsure.1.is_none() => unsure = (truth, Some(text)),
            Truth::Unsure(_) | Truth::No => {}
        }
    }
    Ok(unsure)
}

fn is_wildcard<'a>(world: &World<'a, '_>, value: Value<'a>) -> Truth<'a> {
    // `**` and `*:*` mean what `*` does.
    let is_stars = |text: &str| text.bytes().all(|byte| byte == b'*' || byte == b':');
    match value.kind {
        Kind::String(text) => (text.contains('*') && is_stars(text)).into(),
        Kind::Unknown(unknown) if unknown.shape == Shape::Identifier => Truth::No,
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        Kind::Partial(pieces) => {
            let may_be = pieces.iter().all(|piece| match piece {
                Piece::Text(text) => is_stars(text),
                Piece::Unknown(unknown) => unknown.shape != Shape::Identifier,
                Piece::Reference(_) => false,
            });
            if may_be { Truth::Unsure(unknown_of(world, value)) } else { Truth::No }
        }
        Kind::List(_) | Kind::Map(_) => Truth::Unsure(unknown(world, "a value of an unexpected kind", Shape::Any)),
        _ => Truth::No,
    }
}
