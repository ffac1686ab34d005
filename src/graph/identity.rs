//! Whether a property's value names a resource.
//!
//! A reference does by its logical id, a text does by the name that the target is given, an ARN does by its last part,
//! and two unknown texts are the same when they are the same expression (one parameter used on both sides). A resource
//! that is given no name has one made by CloudFormation, which no text of a template can equal.

use crate::value::{Kind, Pending, Piece, Shape, Unknown, Value, World};

use super::model::Graph;
use super::origin::Origin;
use super::read::{Read, child, items, text, unknown, unknown_of, unknown_reference};
use super::truth::Truth;

/// Aliases and versions, and the property that names their owner.
const ALIASES: &[(&str, &str)] = &[
    ("AWS::KMS::Alias", "TargetKeyId"),
    ("AWS::Lambda::Alias", "FunctionName"),
    ("AWS::Lambda::Version", "FunctionName"),
];

/// How many aliases are followed one after the other.
const ALIAS_STEPS: usize = 4;

/// How many names of one resource are looked at.
pub(super) const NAMES: usize = 256;

/// What a forced value names, where it is a reference.
#[derive(Clone, Copy, Debug)]
pub(super) enum Named<'a> {
    /// This resource.
    Resource(usize),
    /// A value that another stack or custom code makes: anything.
    Open(&'a Unknown<'a>),
    /// No resource of this template.
    Nothing,
}

/// What a forced value refers to: itself, or through aliases of the expected target. `None` when it is no reference.
pub(super) fn referent<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    value: Value<'a>,
    target_type: &str,
) -> Result<Option<Named<'a>>, Pending> {
    let Kind::Reference(reference) = value.kind else { return Ok(None) };
    let mut current = reference.logical_id;
    for _ in 0..ALIAS_STEPS {
        let Some(resource) = graph.find(current) else { return Ok(Some(Named::Nothing)) };
        let found = graph.type_of(resource);
        if found == target_type {
            return Ok(Some(Named::Resource(resource)));
        }
        if is_opaque(found) {
            return Ok(Some(Named::Open(unknown_reference(world, reference))));
        }
        let Some((_, owner)) = ALIASES.iter().find(|(alias, _)| *alias == found) else { break };
        let Some(alias) = graph.value(world, resource)? else { break };
        let owner = Graph::property(world, alias, owner)?;
        match owner.kind {
            Kind::Reference(next) => current = next.logical_id,
            Kind::Unknown(unknown) => return Ok(Some(Named::Open(unknown))),
            _ => break,
        }
    }
    Ok(Some(Named::Nothing))
}

/// Whether attributes of a type are values that this template does not show.
fn is_opaque(resource_type: &str) -> bool {
    matches!(
        resource_type,
        "AWS::CloudFormation::Stack" | "AWS::CloudFormation::CustomResource" | "AWS::Serverless::Application"
    ) || resource_type.starts_with("Custom::")
}

/// Whether a forced value that is no reference names the resource, whose given name is under the property `name`.
pub(super) fn names<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    value: Value<'a>,
    target: usize,
    name: Option<&str>,
) -> Result<Truth<'a>, Pending> {
    if let (Kind::Partial(pieces), Some(resource)) = (value.kind, graph.resource(target)) {
        let mut references = pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference.logical_id),
            Piece::Text(_) | Piece::Unknown(_) => None,
        });
        if references.any(|logical_id| logical_id == resource.logical_id) {
            return Ok(Truth::Yes);
        }
    }
    // Whether the target is there is asked only when its name is the one.
    let (Some(name), Some(found)) = (name, graph.unconditional(world, target)?) else {
        return Ok(equals_generated(world, value));
    };
    let mut truth = None;
    for given in values_at(world, child(world, found, "Properties")?, name, NAMES)? {
        match equals_given(world, value, given) {
            Truth::Yes => return Ok(Truth::Yes),
            unsure @ Truth::Unsure(_) => truth = Some(unsure),
            Truth::No => truth = truth.or(Some(Truth::No)),
        }
    }
    Ok(truth.unwrap_or_else(|| equals_generated(world, value)))
}

/// Whether a value equals a name or id that is made at deployment.
fn equals_generated<'a>(world: &World<'a, '_>, value: Value<'a>) -> Truth<'a> {
    match value.kind {
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        Kind::Partial(pieces) if starts_as_arn(pieces) && !has_reference(pieces) => {
            Truth::Unsure(unknown_of(world, value))
        }
        _ => Truth::No,
    }
}

fn equals_given<'a>(world: &World<'a, '_>, value: Value<'a>, given: Value<'a>) -> Truth<'a> {
    match (text(world, value), text(world, given)) {
        (Read::Known(value), Read::Known(given)) => equals_name_or_arn(value, given).into(),
        (Read::Known(value), Read::Unknown(unknown)) => match given.kind {
            Kind::Partial(pieces) if !value.starts_with("arn:") && !may_read(pieces, value) => Truth::No,
            _ => Truth::Unsure(unknown),
        },
        (Read::Unknown(unknown), Read::Known(given)) => match value.kind {
            Kind::Partial(pieces) if starts_as_arn(pieces) => match pieces.last() {
                // The name alone does not say whose it is when another resource stands before it: the stage `prod`
                // of which API?
                Some(Piece::Text(last)) if ends_with_name(last, given) && has_reference(pieces) => {
                    Truth::Unsure(unknown)
                }
                Some(Piece::Text(last)) if ends_with_name(last, given) => Truth::Yes,
                _ if has_reference(pieces) => Truth::No,
                Some(Piece::Text(last)) if last.len() > given.len() || !given.ends_with(last) => Truth::No,
                _ => Truth::Unsure(unknown),
            },
            Kind::Partial(pieces) if has_reference(pieces) || !may_read(pieces, given) => Truth::No,
            _ => Truth::Unsure(unknown),
        },
        (Read::Unknown(unknown), Read::Unknown(_)) => {
            if same_expression(value, given) {
                Truth::Yes
            } else {
                Truth::Unsure(unknown)
            }
        }
        (Read::Missing, _) | (_, Read::Missing) => Truth::No,
    }
}

/// The resource of this template that a forced value is a reference to and nothing else.
pub(super) fn certain_referent<'a>(graph: &Graph<'a>, value: Value<'a>) -> Option<usize> {
    let Kind::Reference(reference) = value.kind else { return None };
    graph.find(reference.logical_id).filter(|found| !is_opaque(graph.type_of(*found)))
}

/// Whether two forced values are the same at deployment, whatever they name.
pub(super) fn same<'a>(graph: &'a Graph<'a>, world: &World<'a, '_>, left: Value<'a>, right: Value<'a>) -> Truth<'a> {
    let open = |value: Value<'a>| match value.kind {
        Kind::Reference(reference) => match graph.find(reference.logical_id) {
            Some(found) if is_opaque(graph.type_of(found)) => Some(unknown_reference(world, reference)),
            _ => None,
        },
        _ => None,
    };
    match (left.kind, right.kind) {
        (Kind::Reference(left), Kind::Reference(right)) if left == right => Truth::Yes,
        (Kind::Reference(_), _) | (_, Kind::Reference(_)) => {
            let unknown = |value: Value<'a>| match value.kind {
                Kind::Unknown(unknown) => Some(unknown),
                _ => open(value),
            };
            match (left.kind, right.kind, unknown(left).or(unknown(right))) {
                // Two resources never have one identifier; `Ref` and an attribute that is the identifier do.
                (Kind::Reference(left), Kind::Reference(right), None) => (left.logical_id == right.logical_id).into(),
                (_, _, Some(unknown)) => Truth::Unsure(unknown),
                _ => Truth::No,
            }
        }
        _ => match (text(world, left), text(world, right)) {
            (Read::Known(left), Read::Known(right)) => (left == right).into(),
            (Read::Unknown(_), Read::Unknown(_)) if same_expression(left, right) => Truth::Yes,
            (Read::Missing, Read::Missing) => Truth::Unsure(unknown(world, "a property that is missing", Shape::Any)),
            (Read::Unknown(unknown), _) | (_, Read::Unknown(unknown)) => Truth::Unsure(unknown),
            _ => Truth::No,
        },
    }
}

/// Whether two unknown values are one expression: the same parameter, or the same pieces.
fn same_expression<'a>(left: Value<'a>, right: Value<'a>) -> bool {
    match (left.kind, right.kind) {
        (Kind::Unknown(left), Kind::Unknown(right)) => same_unknown(left, right),
        (Kind::Partial(left), Kind::Partial(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| match (left, right) {
                    (Piece::Unknown(left), Piece::Unknown(right)) => same_unknown(left, right),
                    _ => left == right,
                })
        }
        _ => false,
    }
}

/// Whether two unknowns are one: the same node, or the same parameter or pseudo parameter by their reason.
fn same_unknown(left: &Unknown<'_>, right: &Unknown<'_>) -> bool {
    std::ptr::eq(left, right)
        || (left == right && (left.reason.starts_with("parameter `") || left.reason.starts_with("pseudo parameter `")))
}

fn has_reference(pieces: &[Piece<'_>]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Reference(_)))
}

/// What stands between the two texts in a forced text: `None` where the text does not begin and end so. A text that is
/// wholly unknown stays what it is.
pub(super) fn between<'a>(world: &World<'a, '_>, value: Value<'a>, before: &str, after: &str) -> Option<Value<'a>> {
    let origin = Origin::of(value);
    match value.kind {
        Kind::String(text) => {
            let inner = text.strip_prefix(before)?.strip_suffix(after)?;
            Some(origin.text(world, inner))
        }
        Kind::Partial(pieces) => {
            let mut inner: Vec<Piece<'a>> = pieces.to_vec();
            for (is_first, cut) in [(true, before), (false, after)] {
                if cut.is_empty() {
                    continue;
                }
                let piece = if is_first { inner.first_mut()? } else { inner.last_mut()? };
                let Piece::Text(text) = piece else { return None };
                *text = if is_first { text.strip_prefix(cut)? } else { text.strip_suffix(cut)? };
            }
            inner.retain(|piece| !matches!(piece, Piece::Text("")));
            let kind = match inner.as_slice() {
                [] => return None,
                [Piece::Text(text)] => Kind::String(text),
                [Piece::Reference(reference)] => Kind::Reference(reference),
                [Piece::Unknown(unknown)] => Kind::Unknown(unknown),
                pieces => Kind::Partial(world.arena.alloc_slice_copy(pieces)),
            };
            Some(origin.node(world, kind))
        }
        Kind::Unknown(_) => Some(value),
        _ => None,
    }
}

fn starts_as_arn(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces.first(), Some(Piece::Text(first)) if first.starts_with("arn:"))
}

/// Whether a text is a name, an ARN of something with that name, or the domain of a bucket of that name.
fn equals_name_or_arn(value: &str, name: &str) -> bool {
    value == name
        || (value.starts_with("arn:") && ends_with_name(value, name))
        || is_bucket_domain(value, name)
        || value.strip_prefix("s3://").is_some_and(|rest| rest.split('/').next() == Some(name))
}

/// All names of which [`equals_name_or_arn`] may say that a text is one of them or an ARN or address of one.
pub(super) fn spelled_names(value: &str) -> impl Iterator<Item = &str> {
    let arn = value.strip_suffix(":*").unwrap_or(value);
    let ends = arn.rmatch_indices([':', '/']).filter_map(|(at, _)| arn.get(at + 1..));
    let domains = [".s3.", ".s3-"].into_iter().flat_map(|mark| value.match_indices(mark));
    let domains = domains.filter_map(|(at, _)| value.get(..at));
    let bucket = value.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
    std::iter::once(value).chain(ends).chain(domains).chain(bucket)
}

fn ends_with_name(arn: &str, name: &str) -> bool {
    let arn = arn.strip_suffix(":*").unwrap_or(arn);
    if name.is_empty() {
        return false;
    }
    arn.strip_suffix(name).is_some_and(|rest| rest.ends_with(':') || (rest.ends_with('/') && !name.contains('/')))
}

fn is_bucket_domain(domain: &str, name: &str) -> bool {
    domain.ends_with(".amazonaws.com")
        && domain.strip_prefix(name).is_some_and(|rest| rest.starts_with(".s3.") || rest.starts_with(".s3-"))
}

/// Whether a text of which parts are unknown may read as `text`: cheap, by its known start and end.
fn may_read(pieces: &[Piece<'_>], text: &str) -> bool {
    let start = match pieces.first() {
        Some(Piece::Text(start)) => start,
        _ => "",
    };
    let end = match pieces.last() {
        Some(Piece::Text(end)) => end,
        _ => "",
    };
    text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
}

/// The forced values that a property path leads to, at most `limit` of them, then an unknown. `A.B[].C`: `[]` stands
/// for the items of a list, `[Key=a.b]` for those whose `Key` is `a.b`, `{}` for the values of a map.
pub(super) fn values_at<'a>(
    world: &World<'a, '_>,
    properties: Value<'a>,
    path: &str,
    limit: usize,
) -> Result<Vec<Value<'a>>, Pending> {
    let mut found = Vec::new();
    collect(world, properties, path, limit, &mut found)?;
    Ok(found)
}

/// The first step of a path.
struct Step<'p> {
    key: &'p str,
    below: Below<'p>,
    rest: &'p str,
}

/// What below a key is meant.
enum Below<'p> {
    Itself,
    Items,
    Values,
    ItemsWhere(&'p str, &'p str),
}

impl<'p> Step<'p> {
    fn first(path: &'p str) -> Self {
        if let Some((key, (filter, rest))) =
            path.split_once('[').and_then(|(key, after)| Some((key, after.split_once(']')?)))
            && !key.contains('.')
        {
            let rest = rest.strip_prefix('.').unwrap_or(rest);
            let below = filter.split_once('=').map_or(Below::Items, |(key, wanted)| Below::ItemsWhere(key, wanted));
            return Self { key, below, rest };
        }
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        match head.strip_suffix("{}") {
            Some(key) => Self { key, below: Below::Values, rest },
            None => Self { key: head, below: Below::Itself, rest },
        }
    }
}

fn collect<'a>(
    world: &World<'a, '_>,
    value: Value<'a>,
    path: &str,
    limit: usize,
    found: &mut Vec<Value<'a>>,
) -> Result<(), Pending> {
    let Step { key, below, rest } = Step::first(path);
    let value = child(world, value, key)?;
    let below = match below {
        Below::Itself => vec![value],
        Below::Items => items(world, value)?,
        Below::Values => match value.kind {
            Kind::Map(map) => map.entries().iter().map(|entry| world.force(entry.value)).collect::<Result<_, _>>()?,
            _ => items(world, value)?,
        },
        Below::ItemsWhere(key, wanted) => {
            let mut found = Vec::new();
            for item in items(world, value)? {
                match text(world, child(world, item, key)?) {
                    Read::Known(text) if text == wanted => found.push(item),
                    // It may be the one.
                    Read::Unknown(unknown) => found.push(Origin::of(item).unknown(world, unknown)),
                    Read::Known(_) | Read::Missing => {}
                }
            }
            found
        }
    };
    for item in below {
        // A list of lists, as when one item is a parameter that holds a list, is one list.
        let leaves = match (rest, item.kind) {
            (_, Kind::Absent | Kind::Null) => Vec::new(),
            ("", Kind::List(_)) => items(world, item)?,
            ("", _) | (_, Kind::Unknown(_)) => vec![item],
            (rest, _) => {
                collect(world, item, rest, limit, found)?;
                Vec::new()
            }
        };
        let room = limit.saturating_sub(found.len());
        let is_too_much = leaves.len() > room;
        found.extend(leaves.into_iter().take(room));
        if is_too_much || found.len() > limit {
            if found.len() <= limit {
                let reason = format!("more than {limit} values");
                found.push(Origin::of(item).unknown(world, unknown(world, &reason, Shape::MaybeAbsent)));
            }
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_that_a_text_may_mean_is_left_out() {
        let names = ["a", "a:b", "a/b", "logs", "my.s3.bucket", "role/x", "x", "b", "", "arn:aws:s3:::a"];
        let around =
            ["{}", "arn:aws:s3:::{}", "arn:aws:iam::1:role/{}", "arn:aws:logs:r:1:log-group:{}:*", "s3://{}/k"];
        let domains = ["{}.s3.amazonaws.com", "{}.s3-eu-west-1.amazonaws.com", "arn:aws:lambda:r:1:function:{}:1"];
        for name in names {
            for around in around.iter().chain(&domains) {
                let value = around.replace("{}", name);
                for other in names.into_iter().filter(|other| equals_name_or_arn(&value, other)) {
                    assert!(spelled_names(&value).any(|spelled| spelled == other), "{value} {other}");
                }
            }
        }
    }
}
