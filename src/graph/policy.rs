//! Policy statements from any place they may stand, in one shape.

use crate::value::{Deferred, Entry, Kind, Map, Pending, Piece, Shape, Value, World};

use super::identity::values_at;
use super::model::Graph;
use super::origin::Origin;
use super::policy_text;
use super::read::{Fields, Read, child, is_missing, items, text, unknown, unknown_of};
use super::truth::Truth;

/// Which list of facts a document's statements go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Statements,
    TrustStatements,
}

/// Where policies of that type stand: type, path below `Properties`, list, and `Source` in facts.
const PLACES: &[(&str, &str, List, &str)] = &[
    ("AWS::IAM::Policy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::RolePolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::UserPolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::GroupPolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", List::Statements, "managed"),
    ("AWS::IAM::Role", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", List::TrustStatements, "resource"),
    ("AWS::IAM::User", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::Group", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::SSO::PermissionSet", "InlinePolicy", List::Statements, "inline"),
    ("AWS::S3::BucketPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::S3::AccessPoint", "Policy", List::Statements, "resource"),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::KMS::Key", "KeyPolicy", List::Statements, "resource"),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", List::Statements, "resource"),
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::ECR::Repository", "RepositoryPolicyText", List::Statements, "resource"),
    ("AWS::EFS::FileSystem", "FileSystemPolicy", List::Statements, "resource"),
    ("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::OpenSearchService::Domain", "AccessPolicies", List::Statements, "resource"),
    ("AWS::Elasticsearch::Domain", "AccessPolicies", List::Statements, "resource"),
    ("AWS::Backup::BackupVault", "AccessPolicy", List::Statements, "resource"),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument", List::Statements, "resource"),
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::Logs::Destination", "DestinationPolicy", List::Statements, "resource"),
];

/// How many documents of one resource are read.
const DOCUMENTS: usize = 1_000;

/// The facts of a resource that holds policies; `None` for other types.
pub(super) fn facts<'a>(
    graph: &'a Graph<'a>,
    world: &World<'a, '_>,
    resource: usize,
    value: Value<'a>,
    resource_type: &str,
) -> Option<Value<'a>> {
    let origin = Origin::of(value);
    let mut fields = Fields::default();
    let mut is_empty = true;
    for (list, key) in [(List::Statements, "Statements"), (List::TrustStatements, "TrustStatements")] {
        if PLACES.iter().any(|place| place.0 == resource_type && place.2 == list) {
            let deferred = world.arena.alloc(Statements { graph, resource, list });
            fields.push(key, origin.node(world, Kind::Deferred(deferred)));
            is_empty = false;
        }
    }
    (!is_empty).then(|| fields.finish(world, origin))
}

/// The statements of a resource.
struct Statements<'a> {
    graph: &'a Graph<'a>,
    resource: usize,
    list: List,
}

impl<'a> Deferred<'a> for Statements<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let Some(value) = self.graph.value(world, self.resource)? else {
            return Ok(self.graph.view(self.resource));
        };
        let properties = child(world, value, "Properties")?;
        let resource_type = self.graph.type_of(self.resource);
        let mut found = Vec::new();
        let mut origin = Origin::of(value);
        for &(_, path, _, source) in PLACES.iter().filter(|place| place.0 == resource_type && place.2 == self.list) {
            for document in values_at(world, properties, path, DOCUMENTS)? {
                if found.is_empty() {
                    origin = Origin::of(document);
                }
                read_document(world, document, source, &mut found)?;
            }
        }
        Ok(origin.list(world, &found))
    }
}

fn read_document<'a>(
    world: &World<'a, '_>,
    document: Value<'a>,
    source: &'static str,
    found: &mut Vec<Value<'a>>,
) -> Result<(), Pending> {
    let document = match document.kind {
        Kind::String(_) | Kind::Partial(_) => policy_text::parse(world, document),
        _ => document,
    };
    match document.kind {
        Kind::Map(_) => {
            for statement in items(world, child(world, document, "Statement")?)? {
                match statement.kind {
                    Kind::Map(map) => found.push(read_statement(world, statement, map, source)?),
                    Kind::Unknown(_) => found.push(statement),
                    _ => {}
                }
            }
        }
        Kind::Unknown(_) => found.push(document),
        // A whole policy that is a reference to something else.
        Kind::Reference(_) => found.push(Origin::of(document).unknown(world, unknown_of(world, document))),
        _ => {}
    }
    Ok(())
}

/// The keys of a statement that hold a list of texts, and what they are called in facts.
const TEXT_LISTS: &[(&str, &str)] =
    &[("Action", "Actions"), ("NotAction", "NotActions"), ("Resource", "Resources"), ("NotResource", "NotResources")];

fn read_statement<'a>(
    world: &World<'a, '_>,
    statement: Value<'a>,
    map: Map<'a>,
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
        let deferred = world.arena.alloc(StatementFact { statement, what });
        fields.push(key, Origin::of(statement).node(world, Kind::Deferred(deferred)));
    };
    for (key, fact) in TEXT_LISTS {
        push(fact, What::Texts(key));
    }
    push("Principals", What::Principals("Principal"));
    push("NotPrincipals", What::Principals("NotPrincipal"));
    push("HasCondition", What::HasCondition);
    push("AllResources", What::AllResources);
    push("PublicPrincipal", What::PublicPrincipal);
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
    Principals(&'static str),
    HasCondition,
    AllResources,
    PublicPrincipal,
}

struct StatementFact<'a> {
    statement: Value<'a>,
    what: What,
}

impl<'a> Deferred<'a> for StatementFact<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        let statement = self.statement;
        match self.what {
            What::Texts(key) => {
                let value = child(world, statement, key)?;
                if is_open_list(value) {
                    return Ok(value);
                }
                Ok(Origin::of(value).list(world, &texts(world, items(world, value)?)))
            }
            What::Principals(key) => {
                let value = child(world, statement, key)?;
                if is_open_list(value) {
                    return Ok(value);
                }
                Ok(Origin::of(value).list(world, &texts(world, principals(world, value)?)))
            }
            What::HasCondition => {
                let condition = child(world, statement, "Condition")?;
                let truth = match condition.kind {
                    Kind::Map(map) => has_entries(world, map.entries())?.into(),
                    Kind::Unknown(unknown) => Truth::Unsure(unknown),
                    Kind::Absent | Kind::Null => Truth::No,
                    _ => Truth::Yes,
                };
                Ok(Origin::of(condition).truth(world, truth))
            }
            What::AllResources => {
                let (truth, decisive) = any_wildcard(world, child(world, statement, "Resource")?)?;
                Ok(Origin::of(decisive.unwrap_or(statement)).truth(world, truth))
            }
            What::PublicPrincipal => {
                let found = principals(world, child(world, statement, "Principal")?)?;
                let (mut truth, mut decisive) = wildcard_among(world, &found);
                let excluded = child(world, statement, "NotPrincipal")?;
                if !is_missing(excluded) {
                    // Whoever is allowed except some is everybody else.
                    let allows = match child(world, statement, "Effect")?.kind {
                        Kind::String(effect) => (effect == "Allow").into(),
                        Kind::Unknown(unknown) => Truth::Unsure(unknown),
                        _ => Truth::No,
                    };
                    truth = truth.or(allows);
                    decisive = decisive.or(Some(excluded));
                }
                Ok(Origin::of(decisive.unwrap_or(statement)).truth(world, truth))
            }
        }
    }
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

/// The principals of an element, whatever kind they are of, in one list.
fn principals<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<Vec<Value<'a>>, Pending> {
    match value.kind {
        Kind::Map(map) => {
            let mut found = Vec::new();
            for entry in map.entries() {
                found.extend(items(world, entry.value)?);
            }
            Ok(found)
        }
        _ => items(world, value),
    }
}

/// Whether one of the texts of an element is a wildcard for everything, and the one that decides it.
fn any_wildcard<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<(Truth<'a>, Option<Value<'a>>), Pending> {
    Ok(wildcard_among(world, &items(world, value)?))
}

fn wildcard_among<'a>(world: &World<'a, '_>, texts: &[Value<'a>]) -> (Truth<'a>, Option<Value<'a>>) {
    let mut unsure = (Truth::No, None);
    for text in texts {
        match is_wildcard(world, text) {
            Truth::Yes => return (Truth::Yes, Some(text)),
            truth @ Truth::Unsure(_) if unsure.1.is_none() => unsure = (truth, Some(*text)),
            Truth::Unsure(_) | Truth::No => {}
        }
    }
    unsure
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
