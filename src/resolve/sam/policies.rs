//! `Policies` of a function or state machine: managed ones, documents and policy templates in one list.

use crate::value::{Kind, Pending, Shape, Value, World};

use super::Resolver;
use super::make::Made;
use super::policy_templates;

/// The AWS managed policies whose ARN has a path, by path.
const PATHS: &[(&str, &[&str])] = &[
    (
        "service-role/",
        &[
            "AWSLambdaBasicDurableExecutionRolePolicy",
            "AWSLambdaBasicExecutionRole",
            "AWSLambdaDynamoDBExecutionRole",
            "AWSLambdaENIManagementAccess",
            "AWSLambdaKinesisExecutionRole",
            "AWSLambdaMSKExecutionRole",
            "AWSLambdaRole",
            "AWSLambdaSQSQueueExecutionRole",
            "AWSLambdaVPCAccessExecutionRole",
            "AWSCodeDeployRoleForLambda",
            "AWSConfigRulesExecutionRole",
            "AWSIoTRuleActions",
            "AWSStepFunctionsFullAccess",
            "AmazonAPIGatewayPushToCloudWatchLogs",
            "AmazonS3ObjectLambdaExecutionRolePolicy",
            "AmazonSNSRole",
        ],
    ),
    (
        "job-function/",
        &[
            "Billing",
            "DataScientist",
            "DatabaseAdministrator",
            "NetworkAdministrator",
            "SupportUser",
            "SystemAdministrator",
            "ViewOnlyAccess",
        ],
    ),
];

/// What an item of `Policies` becomes.
enum Policy<'a> {
    Managed(Made<'a>),
    Inline(Made<'a>),
    None,
}

/// The ARN of an AWS managed policy: in the partition `aws` unless the caller knows another.
pub(super) fn managed_arn<'a>(resolver: &'a Resolver<'a>, name: &str) -> &'a str {
    let path = PATHS.iter().find(|(_, names)| names.contains(&name)).map_or("", |(path, _)| *path);
    let partition = resolver.pinned("AWS::Partition").unwrap_or("aws");
    resolver.arena.alloc_str(&format!("arn:{partition}:iam::aws:policy/{path}{name}"))
}

/// The items of `ManagedPolicyArns` that `Policies` gives.
pub(super) fn managed<'a>(
    resolver: &'a Resolver<'a>,
    policies: Value<'a>,
    world: &World<'a, '_>,
) -> Result<Vec<Made<'a>>, Pending> {
    let mut arns = Vec::new();
    for item in items(policies, world)? {
        if let Policy::Managed(arn) = classify(resolver, item, world)? {
            arns.push(arn);
        }
    }
    Ok(arns)
}

/// The items of the role's `Policies`.
pub(super) fn inline<'a>(
    resolver: &'a Resolver<'a>,
    role: &'a str,
    policies: Value<'a>,
    world: &World<'a, '_>,
) -> Result<Vec<Made<'a>>, Pending> {
    let mut documents = Vec::new();
    for (index, item) in items(policies, world)?.into_iter().enumerate() {
        if let Policy::Inline(document) = classify(resolver, item, world)? {
            let name = resolver.arena.alloc_str(&format!("{role}Policy{index}"));
            documents.push(Made::Map(vec![("PolicyName", Made::Text(name)), ("PolicyDocument", document)]));
        }
    }
    Ok(documents)
}

fn items<'a>(policies: Value<'a>, world: &World<'a, '_>) -> Result<Vec<Value<'a>>, Pending> {
    let policies = world.force(policies)?;
    match policies.kind {
        Kind::List(items) => items.iter().map(|item| world.force(item)).collect(),
        _ => Ok(vec![policies]),
    }
}

fn classify<'a>(resolver: &'a Resolver<'a>, item: Value<'a>, world: &World<'a, '_>) -> Result<Policy<'a>, Pending> {
    Ok(match item.kind {
        Kind::Absent | Kind::Null => Policy::None,
        // A bare name is that of an AWS managed policy; anything with a colon is passed on.
        Kind::String(name) if is_name(name) => Policy::Managed(Made::Text(managed_arn(resolver, name))),
        Kind::Map(map) if map.get("Statement").is_some() => Policy::Inline(Made::Value(item)),
        Kind::Map(map) => match map.entries() {
            [template] => match policy_templates::find(template.key) {
                Some(lines) => {
                    let parameters = match world.force(template.value)?.kind {
                        Kind::Map(parameters) => Some(parameters),
                        _ => None,
                    };
                    let parameter = |name: &str| match parameters.and_then(|map| map.get(name)) {
                        Some(entry) => Made::Value(entry.value),
                        None => Made::Unknown("a policy template without its parameter", Shape::Text),
                    };
                    Policy::Inline(policy_templates::document(resolver, lines, &parameter))
                }
                None => Policy::Inline(Made::Unknown(
                    resolver.arena.alloc_str(&format!("the policy template `{}`", template.key)),
                    Shape::Any,
                )),
            },
            _ => Policy::Inline(Made::Value(item)),
        },
        _ => Policy::Managed(Made::Value(item)),
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c))
}
