//! `AWS::Serverless::Connector` and `Connectors` of any resource: what lets one resource use another.

use crate::template::Name;
use crate::value::Shape;

use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Planner};
use super::policy_templates;

/// The connectors in the form that the head of the text describes.
const CONNECTORS: &str = include_str!("connectors.txt");

/// A way to grant access between resources of two types.
struct Grant {
    access: &'static str,
    kind: &'static str,
    /// Whose role it is, or which service is allowed.
    who: &'static str,
    lines: Vec<&'static str>,
}

/// One end of a connector.
#[derive(Clone, Copy)]
struct End<'a> {
    cause: Cause<'a>,
    part: Part<'a>,
    id: Option<&'a str>,
    kind: &'a str,
}

/// Adds what an `AWS::Serverless::Connector` needs.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    let (Some(source), Some(destination)) = (cause.get("Source"), cause.get("Destination")) else { return };
    let Some(source) = end(planner, cause, source) else { return };
    connect(planner, cause, cause.name(), source, destination, cause.get("Permissions"));
}

/// Adds what the connectors of a resource need whose source it is.
pub(super) fn plan_embedded<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, connectors: Part<'a>) {
    for field in connectors.fields() {
        let Some(properties) = field.part.get("Properties") else { continue };
        let Some(destination) = properties.get("Destination") else { continue };
        let part = field.part.get("SourceReference").unwrap_or_else(|| Part::empty(cause.resolver, field.part.path));
        let id = Some(cause.name());
        let source = End { cause, part, id, kind: deployed_type(cause.entry.resource_type) };
        let name = cause.id(&[cause.name(), field.key]);
        connect(planner, cause, name, source, destination, properties.get("Permissions"));
    }
}

fn connect<'a>(
    planner: &mut Planner<'a>,
    cause: Cause<'a>,
    name: &'a str,
    source: End<'a>,
    destination: Part<'a>,
    permissions: Option<Part<'a>>,
) {
    let several = destination.is_list();
    let destinations = if several { destination.items() } else { vec![destination] };
    let wanted: Vec<&str> =
        permissions.map(Part::items).unwrap_or_default().into_iter().filter_map(Part::text).collect();
    for (index, part) in destinations.into_iter().enumerate() {
        let Some(destination) = end(planner, cause, part) else { continue };
        let suffix = if several { format!("Destination{index}") } else { String::new() };
        let grants = grants(source.kind, destination.kind);
        let grants: Vec<Grant> = grants.into_iter().filter(|grant| wanted.contains(&grant.access)).collect();
        let Some(first) = grants.first() else { continue };
        let (kind, who) = (first.kind, first.who);
        let names = move |wanted: &str| lookup(source, destination, wanted);
        match kind {
            "role" => {
                let role = role(if who == "source" { source } else { destination });
                let lines: Vec<&'static str> = grants.iter().flat_map(|grant| grant.lines.iter().copied()).collect();
                let lines: &'a [&'static str] = cause.resolver.arena.alloc_slice_copy(&lines);
                planner.add(cause, cause.id(&[name, "Policy", &suffix]), "AWS::IAM::ManagedPolicy", move || {
                    let Made::Map(mut document) =
                        policy_templates::document(cause.resolver, lines.iter().copied(), &names)
                    else {
                        return Vec::new();
                    };
                    document.push(("Version", Made::Text("2012-10-17")));
                    vec![("PolicyDocument", Made::Map(document)), ("Roles", Made::List(vec![role.made()]))]
                });
            }
            "function" => {
                let arn = first.lines.first().copied().unwrap_or_default();
                let id = cause.id(&[name, first.access, "LambdaPermission", &suffix]);
                planner.add(cause, id, "AWS::Lambda::Permission", move || {
                    let arn = policy_templates::substituted(cause.resolver, arn, &names);
                    let mut fields: Fields<'a> = vec![
                        ("Action", Made::Text("lambda:InvokeFunction")),
                        ("FunctionName", names("Destination.Arn")),
                        ("Principal", Made::Text(who)),
                        ("SourceArn", arn),
                    ];
                    if who == "s3.amazonaws.com" {
                        fields.push(("SourceAccount", Made::Sub("${AWS::AccountId}", Vec::new())));
                    }
                    fields
                });
            }
            _ => {
                let is_queue = kind == "queue";
                let (suffix_name, resource_type) = if is_queue {
                    ("QueuePolicy", "AWS::SQS::QueuePolicy")
                } else {
                    ("TopicPolicy", "AWS::SNS::TopicPolicy")
                };
                planner.add(cause, cause.id(&[name, suffix_name, &suffix]), resource_type, move || {
                    let condition = Made::Map(vec![("aws:SourceArn", names("Source.Arn"))]);
                    let statement = Made::Map(vec![
                        ("Effect", Made::Text("Allow")),
                        ("Action", Made::Text(if is_queue { "sqs:SendMessage" } else { "sns:Publish" })),
                        ("Principal", Made::Map(vec![("Service", Made::Text(who))])),
                        ("Resource", names("Destination.Arn")),
                        ("Condition", Made::Map(vec![("ArnEquals", condition)])),
                    ]);
                    let document =
                        vec![("Version", Made::Text("2012-10-17")), ("Statement", Made::List(vec![statement]))];
                    let (key, target) = if is_queue {
                        ("Queues", names("Destination.QueueUrl"))
                    } else {
                        ("Topics", names("Destination.Arn"))
                    };
                    vec![("PolicyDocument", Made::Map(document)), (key, Made::List(vec![target]))]
                });
            }
        }
    }
}

/// The ways to grant access from a resource of one type to one of another.
fn grants(source: &str, destination: &str) -> Vec<Grant> {
    let mut grants: Vec<Grant> = Vec::new();
    let mut matches = false;
    for line in CONNECTORS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(statement) = line.strip_prefix("  ") {
            if matches && let Some(grant) = grants.last_mut() {
                grant.lines.push(statement);
            }
            continue;
        }
        let mut words = line.split(' ');
        let (Some(sources), Some(to)) = (words.next(), words.next()) else { continue };
        let (Some(access), Some(kind), Some(who)) = (words.next(), words.next(), words.next()) else { continue };
        matches = to == destination && sources.split(',').any(|from| from == source);
        if matches {
            grants.push(Grant { access, kind, who, lines: Vec::new() });
        }
    }
    grants
}

/// The type of the resource that a SAM resource becomes.
fn deployed_type(resource_type: &str) -> &str {
    match resource_type {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        "AWS::Serverless::GraphQLApi" => "AWS::AppSync::GraphQLApi",
        other => other,
    }
}

fn end<'a>(planner: &Planner<'a>, cause: Cause<'a>, part: Part<'a>) -> Option<End<'a>> {
    let resolver = planner.resolver;
    let Some(id) = part.text_at("Id") else {
        let kind = deployed_type(part.text_at("Type")?);
        return Some(End { cause, part, id: None, kind });
    };
    let Some(Name::Resource(number)) = resolver.template.name(id) else { return None };
    let entry = resolver.template.resources.get(number)?;
    Some(End { cause: planner.cause(entry), part, id: Some(id), kind: deployed_type(entry.resource_type) })
}

/// What a name in a connector's statements stands for.
fn lookup<'a>(source: End<'a>, destination: End<'a>, name: &str) -> Made<'a> {
    let (end, property) = match name.split_once('.') {
        Some(("Source", property)) => (source, property),
        Some((_, property)) => (destination, property),
        None => return Made::Unknown("a connector", Shape::Text),
    };
    if let Some(part) = end.part.get(property) {
        return Made::Part(part);
    }
    let Some(id) = end.id else { return Made::Unknown("an end of a connector that is not named", Shape::Text) };
    match (property, end.kind) {
        ("Arn", "AWS::SNS::Topic" | "AWS::StepFunctions::StateMachine")
        | ("QueueUrl", _)
        | ("ResourceId", "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api") => Made::Reference(id),
        // A bucket that is named would be referred to in a circle.
        ("Arn", "AWS::S3::Bucket") if std::ptr::eq(end.part.path, source.part.path) => {
            match end.cause.get("BucketName") {
                Some(name) => Made::Sub("arn:${AWS::Partition}:s3:::${Name}", vec![("Name", Made::Part(name))]),
                None => Made::Attribute(id, "Arn"),
            }
        }
        ("ResourceId", "AWS::AppSync::GraphQLApi") => Made::Attribute(id, "ApiId"),
        ("Qualifier", _) => Made::Text("*"),
        ("Name", "AWS::StepFunctions::StateMachine") => Made::Attribute(id, "Name"),
        ("Arn", "AWS::AppSync::DataSource") => Made::Attribute(id, "DataSourceArn"),
        _ => Made::Attribute(id, "Arn"),
    }
}

/// The role of one end of a connector.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Part(Part<'a>),
    Resource(&'a str),
    Unknown,
}

impl<'a> Holder<'a> {
    fn made(self) -> Made<'a> {
        match self {
            Self::Part(part) => Made::Part(part),
            Self::Resource(id) => Made::Reference(id),
            Self::Unknown => Made::Unknown("the role of an end of a connector", Shape::Identifier),
        }
    }
}

fn role<'a>(end: End<'a>) -> Holder<'a> {
    if let Some(name) = end.part.get("RoleName") {
        return Holder::Part(name);
    }
    let Some(id) = end.id else { return Holder::Unknown };
    let written = match end.kind {
        "AWS::Events::Rule" => {
            let targets = end.cause.get("Targets").map(Part::items).unwrap_or_default();
            targets.into_iter().find_map(|target| target.get("RoleArn"))
        }
        "AWS::AppSync::DataSource" => end.cause.get("ServiceRoleArn"),
        _ => end.cause.get("Role").or_else(|| end.cause.get("RoleArn")),
    };
    match written {
        Some(role) => match role.attribute() {
            Some((role, "Arn")) => Holder::Resource(role),
            _ => Holder::Unknown,
        },
        None if end.cause.entry.resource_type.starts_with("AWS::Serverless::") => {
            Holder::Resource(end.cause.id(&[id, "Role"]))
        }
        None => Holder::Unknown,
    }
}
