//! Who a statement is about.

use crate::value::{Kind, Pending, Piece, Value, World};

use super::read::{Read, items, text, unknown_of};
use super::truth::Truth;

/// How a principal is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrincipalKind {
    /// An account, a user, a role, or everybody.
    Aws,
    /// A service of AWS.
    Service,
    /// An identity provider.
    Federated,
    /// An account by the identifier that S3 has for it.
    Canonical,
    /// Everybody, written as a text without kind; or a kind that is not known.
    Other,
}

/// One principal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Principal<'a> {
    pub(super) kind: PrincipalKind,
    pub(super) value: Value<'a>,
}

/// The principals of an element, whatever kind they are of.
pub(super) fn principals<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Vec<Principal<'a>>, Pending> {
    let mut found = Vec::new();
    let mut add = |kind, value| -> Result<(), Pending> {
        found.extend(items(world, value)?.into_iter().map(|value| Principal { kind, value }));
        Ok(())
    };
    match value.kind {
        Kind::Map(map) => {
            for entry in map.entries() {
                let kind = match entry.key {
                    "AWS" => PrincipalKind::Aws,
                    "Service" => PrincipalKind::Service,
                    "Federated" => PrincipalKind::Federated,
                    "CanonicalUser" => PrincipalKind::Canonical,
                    _ => PrincipalKind::Other,
                };
                add(kind, entry.value)?;
            }
        }
        _ => add(PrincipalKind::Other, value)?,
    }
    Ok(found)
}

/// Accounts of AWS itself that policies name so that its services can write: those of load balancers' logs.
const AWS_ACCOUNTS: &[&str] = &[
    "009996457667",
    "027434742980",
    "033677994240",
    "037604701340",
    "048591011584",
    "054676820928",
    "076674570225",
    "098369216593",
    "114774131450",
    "127311923021",
    "156460612806",
    "190560391635",
    "383597477331",
    "507241528517",
    "582318560864",
    "589379963580",
    "600734575887",
    "635631232127",
    "638102146993",
    "652711504416",
    "718504428378",
    "754344448648",
    "783225319266",
    "797873946194",
    "897822967062",
    "985666609251",
];

/// Whether a principal is of an account that the template names by its number, or the unknown that decides it.
pub(super) fn is_cross_account<'a>(world: &World<'a, '_>, principal: Principal<'a>) -> Truth<'a> {
    let value = principal.value;
    match principal.kind {
        PrincipalKind::Service | PrincipalKind::Federated => return Truth::No,
        PrincipalKind::Canonical => {
            return match value.kind {
                Kind::String(_) => Truth::Yes,
                Kind::Unknown(unknown) => Truth::Unsure(unknown),
                _ => Truth::No,
            };
        }
        PrincipalKind::Aws | PrincipalKind::Other => {}
    }
    match value.kind {
        // The identity of something in this template.
        Kind::Reference(_) => Truth::No,
        Kind::Unknown(unknown) if is_own_account(unknown.reason) => Truth::No,
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        Kind::Partial(pieces) => match account_field(pieces) {
            Some(Field::Text(account)) => is_other_account(&account).into(),
            Some(Field::Reference) => Truth::No,
            Some(Field::Unknown(unknown)) if is_own_account(unknown.reason) => Truth::No,
            Some(Field::Unknown(unknown)) => Truth::Unsure(unknown),
            None if pieces.iter().any(|piece| matches!(piece, Piece::Reference(_))) => Truth::No,
            None => Truth::Unsure(unknown_of(world, value)),
        },
        _ => match text(world, value) {
            Read::Known(text) => match text.strip_prefix("arn:").map(|rest| rest.split(':').nth(3)) {
                Some(account) => is_other_account(account.unwrap_or_default()).into(),
                None => is_other_account(text).into(),
            },
            Read::Unknown(_) | Read::Missing => Truth::No,
        },
    }
}

/// Whether a principal is a particular identity: neither everybody, nor an account as a whole, nor a service.
pub(super) fn is_named<'a>(world: &World<'a, '_>, principal: Principal<'a>) -> Truth<'a> {
    let value = principal.value;
    match principal.kind {
        PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Canonical => return Truth::No,
        PrincipalKind::Aws | PrincipalKind::Other => {}
    }
    match value.kind {
        // The identity of something in this template.
        Kind::Reference(_) => Truth::Yes,
        Kind::Unknown(unknown) if is_own_account(unknown.reason) => Truth::No,
        Kind::Unknown(unknown) => Truth::Unsure(unknown),
        Kind::Partial(pieces) => match pieces.last() {
            Some(Piece::Text(last)) => (!last.ends_with(":root")).into(),
            Some(Piece::Reference(_)) => Truth::Yes,
            // What stands before it says that an identity follows.
            _ => match pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('/'))) {
                true => Truth::Yes,
                false => Truth::Unsure(unknown_of(world, value)),
            },
        },
        _ => match text(world, value) {
            Read::Known(text) => {
                let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
                (!is_account && !text.ends_with(":root") && text != "*").into()
            }
            Read::Unknown(_) | Read::Missing => Truth::No,
        },
    }
}

fn is_own_account(reason: &str) -> bool {
    reason == "pseudo parameter `AWS::AccountId`"
}

fn is_other_account(account: &str) -> bool {
    account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) && !AWS_ACCOUNTS.contains(&account)
}

/// The fifth field of an ARN.
enum Field<'a> {
    Text(String),
    Unknown(&'a crate::value::Unknown<'a>),
    Reference,
}

/// The account in the pieces of an ARN; `None` when they are none, or the account is not one piece.
fn account_field<'a>(pieces: &[Piece<'a>]) -> Option<Field<'a>> {
    if !matches!(pieces.first(), Some(Piece::Text(first)) if first.starts_with("arn:")) {
        return None;
    }
    let mut colons = 0;
    let mut literal = String::new();
    let mut field = None;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                for letter in text.chars() {
                    colons += usize::from(letter == ':');
                    if colons == 4 && letter != ':' {
                        literal.push(letter);
                    }
                }
            }
            _ if colons != 4 => {}
            Piece::Unknown(unknown) => field = Some(Field::Unknown(unknown)),
            Piece::Reference(_) => field = Some(Field::Reference),
        }
    }
    if colons < 5 && field.is_none() {
        // The unknown part may hold the account.
        return None;
    }
    match field {
        Some(field) if literal.is_empty() => Some(field),
        Some(_) => None,
        None => Some(Field::Text(literal)),
    }
}
