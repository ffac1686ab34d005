//! Whether the conditions of a statement restrict who calls.
//!
//! A condition on how one calls (encrypted, with a second factor, before a date) leaves everybody in. One on the
//! caller's account, organization, network or on the resource for which a service calls does not, provided that its
//! operator asks for something and its values are not wildcards: `StringLike` with `*`, `IpAddress` with everything,
//! and operators that hold when the key is missing (`...IfExists`, `ForAllValues:`) restrict nobody.

use crate::value::{Entry, Kind, Pending, Piece, Shape, Unknown, Value, World};

use super::network::{Family, Network, missing_networks};
use super::read::{Read, boolean, items, text, unknown_of};
use super::truth::Truth;

/// The condition keys that say who calls, in lower case.
const CALLER_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:username",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
    "kms:calleraccount",
    "lambda:eventsourcetoken",
    "lambda:sourcefunctionarn",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Keys that restrict who calls when they must be true.
const CALLER_FLAGS: &[&str] = &["aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"];

/// Keys that a deny may ask to be false without letting anybody else in: AWS's own services.
const SERVICE_FLAGS: &[&str] = &["aws:principalisawsservice", "aws:viaawsservice"];

/// A network shorter than this is as good as everything.
const NARROW_PREFIX: u8 = 8;

/// How an operator compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Exactly,
    Pattern,
    Address,
    Flag,
    Other,
}

/// An operator such as `ForAnyValue:StringLikeIfExists`.
#[derive(Clone, Copy, Debug)]
struct Operator {
    compare: Compare,
    negated: bool,
    /// Whether it holds when the key is missing from the request.
    holds_without_key: bool,
}

impl Operator {
    fn parse(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        let (for_all, rest) = match lower.split_once(':') {
            Some((quantifier, rest)) => (quantifier == "forallvalues", rest),
            None => (false, lower.as_str()),
        };
        let (if_exists, name) = rest.strip_suffix("ifexists").map_or((false, rest), |name| (true, name));
        let (compare, negated) = match name {
            "stringequals" | "stringequalsignorecase" => (Compare::Exactly, false),
            "stringnotequals" | "stringnotequalsignorecase" => (Compare::Exactly, true),
            "stringlike" | "arnlike" | "arnequals" => (Compare::Pattern, false),
            "stringnotlike" | "arnnotlike" | "arnnotequals" => (Compare::Pattern, true),
            "ipaddress" => (Compare::Address, false),
            "notipaddress" => (Compare::Address, true),
            "bool" => (Compare::Flag, false),
            _ => (Compare::Other, false),
        };
        Self { compare, negated, holds_without_key: if_exists || for_all }
    }
}

/// One comparison of a condition.
struct Comparison<'a> {
    operator: Operator,
    /// In lower case.
    key: String,
    /// Forced.
    value: Value<'a>,
}

/// The comparisons of a condition, or the unknown that it is.
type Comparisons<'a> = Result<Vec<Comparison<'a>>, &'a Unknown<'a>>;

fn comparisons<'a>(world: &World<'a, '_>, condition: Value<'a>) -> Result<Comparisons<'a>, Pending> {
    let mut found = Vec::new();
    let operators: &[Entry<'a>] = match condition.kind {
        Kind::Map(map) => map.entries(),
        Kind::Unknown(unknown) => return Ok(Err(unknown)),
        _ => return Ok(Ok(found)),
    };
    for operator in operators {
        let keys = world.force(operator.value)?;
        match keys.kind {
            Kind::Map(map) => {
                for entry in map.entries() {
                    let value = world.force(entry.value)?;
                    if !matches!(value.kind, Kind::Absent) {
                        let key = entry.key.to_ascii_lowercase();
                        found.push(Comparison { operator: Operator::parse(operator.key), key, value });
                    }
                }
            }
            Kind::Unknown(unknown) => return Ok(Err(unknown)),
            _ => {}
        }
    }
    Ok(Ok(found))
}

/// Whether a key says who calls. The subject of a token is one's identity at a provider.
fn is_caller_key(key: &str) -> bool {
    CALLER_KEYS.contains(&key) || key.ends_with(":sub")
}

/// Whether the condition of an allow lets only some callers in, and the value that decides it.
pub(super) fn restricts<'a>(
    world: &World<'a, '_>,
    condition: Value<'a>,
) -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
    let found = match comparisons(world, condition)? {
        Ok(found) => found,
        Err(unknown) => return Ok((Truth::Unsure(unknown), Some(condition))),
    };
    let mut result = (Truth::No, None);
    for Comparison { operator, key, value } in found {
        if operator.negated || operator.holds_without_key {
            continue;
        }
        let truth = if operator.compare == Compare::Flag && CALLER_FLAGS.contains(&key.as_str()) {
            flag(world, value, true)
        } else if is_caller_key(&key) {
            narrow(world, operator.compare, value)?
        } else {
            Truth::No
        };
        match truth {
            Truth::Yes => return Ok((Truth::Yes, Some(value))),
            Truth::Unsure(_) if result.1.is_none() => result = (truth, Some(value)),
            Truth::Unsure(_) | Truth::No => {}
        }
    }
    Ok(result)
}

/// Whether the condition of a deny keeps out everybody but some callers: each part asks the caller to be other than
/// some, apart from parts that let AWS's own services in.
pub(super) fn keeps_others_out<'a>(world: &World<'a, '_>, condition: Value<'a>) -> Result<Truth<'a>, Pending> {
    let found = match comparisons(world, condition)? {
        Ok(found) => found,
        Err(unknown) => return Ok(Truth::Unsure(unknown)),
    };
    let mut truth = Truth::No;
    let mut all = Truth::Yes;
    for Comparison { operator, key, value } in found {
        if operator.compare == Compare::Flag && SERVICE_FLAGS.contains(&key.as_str()) {
            all = all.and(flag(world, value, false));
        } else if operator.negated && is_caller_key(&key) {
            let part = narrow(world, operator.compare, value)?;
            truth = truth.or(part);
            all = all.and(part);
        } else {
            return Ok(Truth::No);
        }
    }
    Ok(truth.and(all))
}

fn flag<'a>(world: &World<'a, '_>, value: Value<'a>, wanted: bool) -> Truth<'a> {
    match boolean(world, value) {
        Read::Known(holds) => (holds == wanted).into(),
        Read::Unknown(unknown) => Truth::Unsure(unknown),
        Read::Missing => Truth::No,
    }
}

/// Whether the values of a condition leave most callers out: one wide value among them lets everybody through.
fn narrow<'a>(world: &World<'a, '_>, compare: Compare, value: Value<'a>) -> Result<Truth<'a>, Pending> {
    let values = items(world, value)?;
    if values.is_empty() {
        return Ok(Truth::No);
    }
    let mut truth = Truth::Yes;
    let mut networks = Vec::new();
    for value in values {
        truth = truth.and(match compare {
            Compare::Exactly => match value.kind {
                Kind::Unknown(unknown) if unknown.shape == Shape::MaybeAbsent => Truth::Unsure(unknown),
                _ => Truth::Yes,
            },
            Compare::Pattern => is_narrow_pattern(world, value),
            Compare::Address => match text(world, value) {
                Read::Known(text) => {
                    let network = Network::parse(text);
                    networks.extend(network);
                    network.is_none_or(|network| network.prefix() >= NARROW_PREFIX).into()
                }
                Read::Unknown(unknown) => match value.kind {
                    Kind::Reference(_) | Kind::Partial(_) => Truth::Yes,
                    _ => Truth::Unsure(unknown),
                },
                Read::Missing => Truth::No,
            },
            Compare::Flag | Compare::Other => Truth::No,
        });
    }
    if [Family::Ipv4, Family::Ipv6].into_iter().any(|family| missing_networks(family, &networks) == 0) {
        return Ok(Truth::No);
    }
    Ok(truth)
}

fn is_narrow_pattern<'a>(world: &World<'a, '_>, value: Value<'a>) -> Truth<'a> {
    match value.kind {
        Kind::Unknown(unknown) if unknown.shape == Shape::Identifier => Truth::Yes,
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        Kind::Reference(_) => Truth::Yes,
        Kind::Partial(pieces) => {
            let is_open = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => is_wild(text),
                Piece::Unknown(unknown) => unknown.shape != Shape::Identifier && !is_named_by_aws(unknown.reason),
                Piece::Reference(_) => false,
            };
            if pieces.iter().all(is_open) {
                return Truth::Unsure(unknown_of(world, value));
            }
            // The parts that are not known stand for something: a partition is no restriction, all else is.
            let skeleton: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => *text,
                    Piece::Unknown(unknown) if unknown.reason == "pseudo parameter `AWS::Partition`" => "aws",
                    Piece::Unknown(unknown) if unknown.reason == "pseudo parameter `AWS::Region`" => "region",
                    Piece::Unknown(_) | Piece::Reference(_) => "x",
                })
                .collect();
            is_narrow_text(&skeleton).into()
        }
        _ => match text(world, value) {
            Read::Known(text) => is_narrow_text(text).into(),
            Read::Unknown(unknown) => Truth::Unsure(unknown),
            Read::Missing => Truth::No,
        },
    }
}

fn is_named_by_aws(reason: &str) -> bool {
    reason.starts_with("pseudo parameter `")
}

fn is_wild(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'*' | b'?' | b':' | b'/'))
}

/// Whether a pattern names somebody: for an ARN an account, or the name of a thing that only one account can own.
fn is_narrow_text(text: &str) -> bool {
    let mut fields = text.splitn(6, ':');
    if fields.next() != Some("arn") {
        return !is_wild(text);
    }
    let (_, service) = (fields.next(), fields.next().unwrap_or_default());
    let (_, account) = (fields.next(), fields.next().unwrap_or_default());
    let resource = fields.next().unwrap_or_default();
    if !is_wild(account) {
        return true;
    }
    // Anybody can name a role or a user of theirs like this.
    if matches!(service, "iam" | "sts") {
        return false;
    }
    let mut parts = resource.split(['/', ':']);
    let first = parts.next().unwrap_or_default();
    let named = |part: &str| !is_wild(part);
    if resource.contains(['/', ':']) && service != "s3" { parts.any(named) } else { named(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_narrow_when_it_names_somebody() {
        for (text, narrow) in [
            ("*", false),
            ("o-*", true),
            ("arn:aws:s3:::logs", true),
            ("arn:aws:s3:::logs/*", true),
            ("arn:aws:s3:::*", false),
            ("arn:aws:sns:*:*:*", false),
            ("arn:aws:sns:us-east-1:111122223333:*", true),
            ("arn:aws:cloudfront::*:distribution/*", false),
            ("arn:aws:cloudfront::111122223333:distribution/*", true),
            ("arn:aws:iam::*:role/admin", false),
            ("arn:*", false),
        ] {
            assert_eq!(is_narrow_text(text), narrow, "{text}");
        }
    }

    #[test]
    fn operators_are_read_in_every_spelling() {
        let read = |text| {
            let operator = Operator::parse(text);
            (operator.compare, operator.negated, operator.holds_without_key)
        };
        assert_eq!(read("StringEquals"), (Compare::Exactly, false, false));
        assert_eq!(read("ForAnyValue:StringLike"), (Compare::Pattern, false, false));
        assert_eq!(read("ForAllValues:StringLike"), (Compare::Pattern, false, true));
        assert_eq!(read("ArnNotLikeIfExists"), (Compare::Pattern, true, true));
        assert_eq!(read("NotIpAddress"), (Compare::Address, true, false));
        assert_eq!(read("Null"), (Compare::Other, false, false));
    }
}
