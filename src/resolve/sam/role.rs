//! Roles that SAM makes.

use crate::value::Kind;

use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Planner};
use super::policies;

/// Makes one item of a role's `Policies`.
pub(super) type Inline<'a> = &'a dyn Fn() -> Made<'a>;

/// A role to be made.
#[derive(Clone, Copy)]
pub(super) struct Role<'a> {
    pub(super) name: &'a str,
    /// Who may assume it.
    pub(super) service: &'static str,
    /// The document that says so, if the author wrote one.
    pub(super) trust: Option<Part<'a>>,
    /// Names of AWS managed policies.
    pub(super) managed: &'a [&'a str],
    /// `Policies` of the SAM resource.
    pub(super) policies: Option<Part<'a>>,
    /// Inline policies that SAM adds.
    pub(super) inline: &'a [Inline<'a>],
    pub(super) path: Option<Part<'a>>,
    pub(super) boundary: Option<Part<'a>>,
    /// The tag that says that SAM made it, and whether the author's tags are copied.
    pub(super) created_by: &'static str,
    pub(super) tags: Option<Part<'a>>,
}

/// Adds a role.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, role: Role<'a>) {
    planner.add(cause, role.name, "AWS::IAM::Role", move || properties(cause, role));
}

fn properties<'a>(cause: Cause<'a>, role: Role<'a>) -> Fields<'a> {
    let resolver = cause.resolver;
    let policies = role.policies.map(|policies| policies.value(super::PropertyType::UNKNOWN));
    let trust = role.trust.map_or_else(|| trust(role.service), Made::Part);
    let managed = Made::later(resolver, move |world| {
        let mut arns: Vec<Made<'a>> =
            role.managed.iter().map(|name| Made::Text(policies::managed_arn(resolver, name))).collect();
        if let Some(policies) = policies {
            for arn in policies::managed(resolver, policies, world)? {
                let known = |other: &Made<'a>| match (other, &arn) {
                    (Made::Text(other), Made::Text(arn)) => other == arn,
                    (Made::Text(other), Made::Value(arn)) => matches!(arn.kind, Kind::String(arn) if arn == *other),
                    _ => false,
                };
                if !arns.iter().any(known) {
                    arns.push(arn);
                }
            }
        }
        Ok(list(arns))
    });
    let inline = Made::later(resolver, move |world| {
        let mut documents: Vec<Made<'a>> = role.inline.iter().map(|inline| inline()).collect();
        if let Some(policies) = policies {
            documents.extend(policies::inline(resolver, role.name, policies, world)?);
        }
        Ok(list(documents))
    });
    vec![
        ("AssumeRolePolicyDocument", trust),
        ("ManagedPolicyArns", managed),
        ("Policies", inline),
        ("Path", role.path.into()),
        ("PermissionsBoundary", role.boundary.into()),
        ("Tags", tags(role.created_by, role.tags)),
    ]
}

fn list(items: Vec<Made<'_>>) -> Made<'_> {
    if items.is_empty() { Made::Nothing } else { Made::List(items) }
}

/// A trust policy for a service.
pub(super) fn trust<'a>(service: &'static str) -> Made<'a> {
    Made::Map(vec![
        ("Version", Made::Text("2012-10-17")),
        (
            "Statement",
            Made::List(vec![Made::Map(vec![
                ("Action", Made::texts(&["sts:AssumeRole"])),
                ("Effect", Made::Text("Allow")),
                ("Principal", Made::Map(vec![("Service", Made::texts(&[service]))])),
            ])]),
        ),
    ])
}

/// An inline policy with one statement for each action and resource.
pub(super) fn inline<'a>(
    name: &'a str,
    version: bool,
    statements: impl IntoIterator<Item = (Made<'a>, Made<'a>)>,
) -> Made<'a> {
    let statement = |(action, resource)| {
        Made::Map(vec![("Action", action), ("Effect", Made::Text("Allow")), ("Resource", resource)])
    };
    let statements = Made::List(statements.into_iter().map(statement).collect());
    let mut document = vec![("Statement", statements)];
    if version {
        document.push(("Version", Made::Text("2012-10-17")));
    }
    Made::Map(vec![("PolicyName", Made::Text(name)), ("PolicyDocument", Made::Map(document))])
}

/// A list of tags: SAM's own, and the author's map of tags.
pub(super) fn tags<'a>(created_by: &'static str, tags: Option<Part<'a>>) -> Made<'a> {
    let tag = |key, value| Made::Map(vec![("Key", Made::Text(key)), ("Value", value)]);
    let mut list = Vec::new();
    if !created_by.is_empty() {
        list.push(tag(created_by, Made::Text("SAM")));
    }
    if let Some(tags) = tags {
        if !tags.is_map() {
            return Made::Unknown("tags", crate::value::Shape::Any);
        }
        list.extend(tags.fields().into_iter().map(|field| tag(field.key, Made::Part(field.part))));
    }
    if list.is_empty() { Made::Nothing } else { Made::List(list) }
}
