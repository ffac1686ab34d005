//! Policy statements from any place they may stand, in one shape, and what follows from all of them.

use std::cell::Cell;

use crate::value::{Deferred, Kind, Memo, Pending, Value, World};

use super::grants::{grants, is_about};
use super::identity::values_at;
use super::model::Graph;
use super::origin::Origin;
use super::pattern::skeleton;
use super::policy_places::{List, PLACES, SINGLE, has, single};
use super::policy_text;
use super::principals::principals;
use super::read::{Fields, child, items, unknown_of};
use super::siblings::Siblings;
use super::statement::{allows, caller_restricted, maybe, show};
use super::truth::Truth;

/// How many documents of one resource are read.
const DOCUMENTS: usize = 1_000;
/// Of how many documents of one resource it is remembered what was made of them.
const REMEMBERED: usize = 64;

/// The actions that make an administrator of a KMS key.
const KEY_ADMINISTRATION: &[&str] = &[
    "kms:DeleteImportedKeyMaterial",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
];

/// The actions that make a user of a KMS key.
const KEY_USE: &[&str] = &[
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:Sign",
    "kms:VerifyMac",
];

/// Which fact.
#[derive(Clone, Copy, Debug)]
enum What {
    List(List),
    Grants,
    /// The principals that may take one of these actions.
    Allowed(&'static [&'static str]),
}

/// Adds the facts of a resource that holds policies.
pub(super) fn push_facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    fields: &mut Fields<'a>,
) {
    let resource_type = graph.type_of(resource);
    let mut push = |key, what| {
        let fact = world.later(PolicyFact { graph, resource, what });
        fields.push(key, Origin::of(value).node(world, fact));
    };
    if has(resource_type, List::Statements) {
        push("Statements", What::List(List::Statements));
        push("Grants", What::Grants);
    }
    if has(resource_type, List::TrustStatements) {
        push("TrustStatements", What::List(List::TrustStatements));
    }
    if resource_type == "AWS::KMS::Key" || resource_type == "AWS::KMS::ReplicaKey" {
        push("Administrators", What::Allowed(KEY_ADMINISTRATION));
        push("Users", What::Allowed(KEY_USE));
    }
}

struct PolicyFact<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    what: What,
}

impl<'a> Deferred<'a> for PolicyFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(value) = self.graph.value(world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        let list = match self.what {
            What::List(list) => list,
            What::Grants | What::Allowed(_) => List::Statements,
        };
        let properties = child(world, value, "Properties")?;
        let known = self.graph.known_policies(self.resource);
        let documents = documents(world, properties, self.graph.type_of(self.resource), list, known)?;
        let origin = documents.first().map_or(Origin::of(value), |first| first.origin);
        let mut found = Vec::new();
        for document in &documents {
            match self.what {
                What::List(_) => document.show(world, &mut found)?,
                What::Grants => document.grants(world, &mut found)?,
                What::Allowed(actions) => document.allowed(world, actions, &mut found)?,
            }
        }
        Ok(origin.list(world, &found))
    }
}

/// One policy.
struct Document<'a> {
    origin: Origin<'a>,
    /// Forced: maps, and what is unknown.
    statements: Siblings<'a>,
    source: &'static str,
    known: Option<&'a Known<'a>>,
}

/// What was made of one document. A resource has few of them, but as many choices of them as there are choices of all: so
/// it is remembered here, where it hangs on those of the document alone.
pub(super) struct Known<'a> {
    document: Value<'a>,
    statements: Memo<'a, Siblings<'a>>,
    source: &'static str,
    shown: Memo<'a, &'a [Value<'a>]>,
    /// How many there are with this one.
    count: usize,
    earlier: Option<&'a Known<'a>>,
}

/// What was made of the documents of one resource.
pub(super) type KnownPolicies<'a> = Cell<Option<&'a Known<'a>>>;

impl<'a> Known<'a> {
    /// What is known of a document; none of one too many.
    fn of(
        world: &World<'a, '_>,
        all: &KnownPolicies<'a>,
        document: Value<'a>,
        source: &'static str,
    ) -> Option<&'a Self> {
        let latest = all.get();
        let is_it = |known: &&'a Self| std::ptr::eq(known.document, document) && known.source == source;
        std::iter::successors(latest, |known| known.earlier).find(is_it).or_else(|| {
            let count = latest.map_or(0, |known| known.count) + 1;
            let (statements, shown) = (Memo::default(), Memo::default());
            let new = || world.arena.alloc(Self { document, statements, source, shown, count, earlier: latest });
            let known: Option<&'a Self> = (count <= REMEMBERED).then(|| &*new());
            all.set(known.or(latest));
            known
        })
    }

    fn statements(&self, world: &World<'a, '_>) -> Result<Siblings<'a>, Pending> {
        self.statements.answer(world, || Ok(Siblings::new(world, &statements(world, self.document)?)))
    }

    /// The statements as facts show them.
    fn shown(&self, world: &World<'a, '_>) -> Result<&'a [Value<'a>], Pending> {
        self.shown.answer(world, || {
            let mut shown = Vec::new();
            // Asked for anew, as what is shown hangs on what they hang on.
            show_all(world, self.statements(world)?, self.source, &mut shown)?;
            Ok(&*world.arena.alloc_slice_copy(&shown))
        })
    }
}

/// The policies of a resource for a list.
fn documents<'a>(
    world: &World<'a, '_>,
    properties: Value<'a>,
    resource_type: &str,
    list: List,
    known: Option<&KnownPolicies<'a>>,
) -> Result<Vec<Document<'a>>, Pending> {
    let mut found = Vec::new();
    if let (List::Statements, Some((_, source))) = (list, SINGLE.iter().find(|(single, _)| *single == resource_type))
        && let Some(statement) = single(world, properties, resource_type)?
    {
        let statements = Siblings::new(world, &[statement]);
        found.push(Document { origin: Origin::of(statement), statements, source, known: None });
        return Ok(found);
    }
    for &(_, path, _, source) in PLACES.iter().filter(|place| place.0 == resource_type && place.2 == list) {
        for document in values_at(world, properties, path, DOCUMENTS)? {
            let known = known.and_then(|known| Known::of(world, known, document, source));
            let statements = match known {
                Some(known) => known.statements(world)?,
                None => Siblings::new(world, &statements(world, document)?),
            };
            found.push(Document { origin: Origin::of(document), statements, source, known });
        }
    }
    Ok(found)
}

/// The forced statements of a forced policy.
fn statements<'a>(world: &World<'a, '_>, document: Value<'a>) -> Result<Vec<Value<'a>>, Pending> {
    let document = match document.kind {
        Kind::String(_) | Kind::Partial(_) => policy_text::parse(world, document),
        _ => document,
    };
    Ok(match document.kind {
        // A property may hold the statements themselves instead of the policy around them.
        Kind::Map(map) if map.get("Statement").is_none() && map.get("Effect").is_some() => vec![document],
        Kind::Map(_) => items(world, child(world, document, "Statement")?)?,
        Kind::List(_) => items(world, document)?,
        Kind::Unknown(_) => vec![document],
        // A whole policy that is a reference to something else.
        Kind::Reference(_) => vec![Origin::of(document).unknown(world, unknown_of(world, document))],
        _ => Vec::new(),
    })
}

/// Adds the forced statements of one document as facts show them.
fn show_all<'a>(
    world: &World<'a, '_>,
    statements: Siblings<'a>,
    source: &'static str,
    found: &mut Vec<Value<'a>>,
) -> Result<(), Pending> {
    for statement in statements.all {
        match statement.kind {
            Kind::Map(map) => found.push(show(world, statement, map, statements, source)?),
            Kind::Unknown(_) => found.push(statement),
            _ => {}
        }
    }
    Ok(())
}

impl<'a> Document<'a> {
    fn show(&self, world: &World<'a, '_>, found: &mut Vec<Value<'a>>) -> Result<(), Pending> {
        match self.known {
            Some(known) => found.extend(known.shown(world)?),
            None => show_all(world, self.statements, self.source, found)?,
        }
        Ok(())
    }

    fn grants(&self, world: &World<'a, '_>, found: &mut Vec<Value<'a>>) -> Result<(), Pending> {
        for statement in self.statements.all {
            match statement.kind {
                Kind::Map(_) => {
                    for grant in grants(world, statement, self.statements)? {
                        let known = |other: &Value<'a>| match (other.kind, grant.kind) {
                            (Kind::String(left), Kind::String(right)) => left == right,
                            _ => false,
                        };
                        if !found.iter().any(known) {
                            found.push(grant);
                        }
                    }
                }
                Kind::Unknown(unknown) => found.push(maybe(world, statement, unknown)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The principals that may take one of `actions`, each once.
    fn allowed(&self, world: &World<'a, '_>, actions: &[&str], found: &mut Vec<Value<'a>>) -> Result<(), Pending> {
        for statement in self.statements.all {
            if let Kind::Unknown(unknown) = statement.kind {
                found.push(maybe(world, statement, unknown));
            }
            if !matches!(statement.kind, Kind::Map(_)) {
                continue;
            }
            let truth = allows(world, statement)?.and(is_about(world, statement, actions)?);
            if truth.is_no() {
                continue;
            }
            for principal in principals(world, child(world, statement, "Principal")?)? {
                let value = principal.value;
                match truth {
                    Truth::Unsure(unknown) => found.push(maybe(world, value, unknown)),
                    _ => {
                        let name = skeleton(world, value);
                        if !found.iter().any(|other| skeleton(world, other) == name) {
                            found.push(value);
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether the policy of an endpoint lets callers from everywhere in; one without policy does.
pub(super) fn lets_everybody_in<'a>(
    world: &World<'a, '_>,
    value: Value<'a>,
    resource_type: &str,
) -> Result<Truth<'a>, Pending> {
    let documents = documents(world, child(world, value, "Properties")?, resource_type, List::Statements, None)?;
    let mut truth = Truth::from(documents.is_empty());
    for document in &documents {
        for statement in document.statements.all {
            if let Kind::Unknown(unknown) = statement.kind {
                truth = truth.or(Truth::Unsure(unknown));
            }
            if !matches!(statement.kind, Kind::Map(_)) || allows(world, statement)?.is_no() {
                continue;
            }
            truth = truth.or(match caller_restricted(world, statement, document.statements)?.0 {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unsure @ Truth::Unsure(_) => unsure,
            });
        }
    }
    Ok(truth)
}
