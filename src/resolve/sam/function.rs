//! `AWS::Serverless::Function`.

use crate::template::Function;

use super::events;
use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Conditions, Planner};
use super::role::{self, Inline, Role};
use super::url;

/// Properties that keep their name and value.
const PASSED: &[&str] = &[
    "Architectures",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "Description",
    "DurableConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "TenancyConfig",
    "Timeout",
    "VpcConfig",
];

/// What invokes a function: itself, or its alias.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) function: &'a str,
    pub(super) alias: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// What a permission names.
    pub(super) fn name(self) -> Made<'a> {
        Made::Reference(self.alias.unwrap_or(self.function))
    }

    /// What an event source calls.
    pub(super) fn arn(self) -> Made<'a> {
        self.alias.map_or(Made::Attribute(self.function, "Arn"), Made::Reference)
    }
}

/// What else a function's role must allow.
#[derive(Default)]
pub(super) struct Needs<'a> {
    /// Names of AWS managed policies.
    pub(super) managed: Vec<&'a str>,
    pub(super) inline: Vec<Inline<'a>>,
}

/// Adds what SAM makes of a function.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    let id = cause.name();
    let arena = cause.resolver.arena;
    let role_name = cause.id(&[id, "Role"]);
    let written_role = cause.get("Role");
    planner.add(cause, id, "AWS::Lambda::Function", move || properties(cause, role_name, written_role));
    let alias = alias(planner, cause);
    let target = Target { function: id, alias };
    url::plan(planner, cause, target);
    let mut needs = Needs::default();
    needs.managed.push(match cause.get("DurableConfig") {
        Some(_) => "AWSLambdaBasicDurableExecutionRolePolicy",
        None => "AWSLambdaBasicExecutionRole",
    });
    if cause.get("Tracing").is_some_and(|tracing| tracing.text() != Some("Disabled")) {
        needs.managed.push("AWSXrayWriteOnlyAccess");
    }
    if cause.get("VpcConfig").is_some() {
        needs.managed.push("AWSLambdaVPCAccessExecutionRole");
    }
    if let Some(queue) = cause.get("DeadLetterQueue") {
        let inline = move || {
            let action = if queue.text_at("Type") == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
            role::inline("DeadLetterQueuePolicy", true, [(Made::Text(action), queue.get("TargetArn").into())])
        };
        needs.inline.push(arena.alloc(inline));
    }
    events::plan(planner, cause, target, &mut needs);
    url::invoke_config(planner, cause, target, &mut needs);
    deployment(planner, cause);
    let conditional = written_role.is_some_and(|role| role.call().is_some_and(|call| call.function == Function::If));
    if written_role.is_some() && !conditional {
        return;
    }
    needs.managed.dedup();
    let mut managed: Vec<&'a str> = Vec::new();
    for name in needs.managed {
        if !managed.contains(&name) {
            managed.push(name);
        }
    }
    let cause = Cause { conditions: Conditions { unless: written_role, ..cause.conditions }, ..cause };
    role::plan(
        planner,
        cause,
        Role {
            name: role_name,
            service: "lambda.amazonaws.com",
            trust: cause.get("AssumeRolePolicyDocument"),
            managed: arena.alloc_slice_copy(&managed),
            policies: cause.get("Policies"),
            inline: arena.alloc_slice_copy(&needs.inline),
            path: cause.get("RolePath"),
            boundary: cause.get("PermissionsBoundary"),
            created_by: "lambda:createdBy",
            tags: cause.get("Tags"),
        },
    );
}

fn properties<'a>(cause: Cause<'a>, role_name: &'a str, written_role: Option<Part<'a>>) -> Fields<'a> {
    let mut fields = cause.pass(PASSED);
    let own_role = || Made::Attribute(role_name, "Arn");
    let role = match written_role {
        None => own_role(),
        Some(role) => {
            let value = role.value(super::PropertyType::UNKNOWN);
            Made::later(cause.resolver, move |world| {
                let role = world.force(value)?;
                Ok(match role.kind {
                    crate::value::Kind::Absent => Made::Attribute(role_name, "Arn"),
                    _ => Made::Value(role),
                })
            })
        }
    };
    fields.push(("Role", role));
    fields.push(("Code", code(cause)));
    if let Some(tracing) = cause.get("Tracing") {
        fields.push(("TracingConfig", Made::Map(vec![("Mode", Made::Part(tracing))])));
    }
    if let Some(target) = cause.properties.at(&["DeadLetterQueue", "TargetArn"]) {
        fields.push(("DeadLetterConfig", Made::Map(vec![("TargetArn", Made::Part(target))])));
    }
    fields.push(("Tags", role::tags("lambda:createdBy", cause.get("Tags"))));
    fields
}

/// Where the code is: SAM reads `s3://bucket/key` texts and maps; a local path is known after packaging only.
fn code(cause: Cause<'_>) -> Made<'_> {
    let mut fields = if let Some(text) = cause.get("InlineCode") {
        vec![("ZipFile", Made::Part(text))]
    } else if let Some(image) = cause.get("ImageUri") {
        vec![("ImageUri", Made::Part(image))]
    } else {
        match location(cause.get("CodeUri"), ["S3Bucket", "S3Key", "S3ObjectVersion"]) {
            Made::Map(fields) => fields,
            other => return other,
        }
    };
    fields.push(("SourceKMSKeyArn", cause.get("SourceKMSKeyArn").into()));
    Made::Map(fields)
}

/// A place in S3 under other names: bucket, key, version.
pub(super) fn location<'a>(part: Option<Part<'a>>, names: [&'static str; 3]) -> Made<'a> {
    let [bucket, key, version] = names;
    let unknown = Made::Unknown("what packaging puts in place of a local path", crate::value::Shape::Any);
    let Some(part) = part else { return unknown };
    if part.is_map() {
        return Made::Map(vec![
            (bucket, part.get("Bucket").into()),
            (key, part.get("Key").into()),
            (version, part.get("Version").into()),
        ]);
    }
    let Some((bucket_name, rest)) =
        part.text().and_then(|text| text.strip_prefix("s3://")).and_then(|text| text.split_once('/'))
    else {
        return unknown;
    };
    let (key_name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut fields = vec![(bucket, Made::Text(bucket_name)), (key, Made::Text(key_name))];
    if let Some(name) = query.strip_prefix("versionId=") {
        fields.push((version, Made::Text(name)));
    }
    Made::Map(fields)
}

/// The alias and version that `AutoPublishAlias` asks for.
fn alias<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) -> Option<&'a str> {
    let part = cause.get("AutoPublishAlias")?;
    let name = part.text().unwrap_or_default().replace('-', "D").replace('_', "U");
    let id = cause.name();
    let (alias, version) = (cause.id(&[id, "Alias", &name]), cause.id(&[id, "Version"]));
    planner.name_property(id, "Alias", alias);
    planner.name_property(id, "Version", version);
    planner.add(cause, version, "AWS::Lambda::Version", move || {
        let mut fields = vec![("FunctionName", Made::Reference(id))];
        fields.extend(cause.pass(&["FunctionScalingConfig"]));
        fields.push(("Description", cause.get("VersionDescription").into()));
        fields
    });
    planner.add(cause, alias, "AWS::Lambda::Alias", move || {
        vec![
            ("Name", Made::Part(part)),
            ("FunctionName", Made::Reference(id)),
            ("FunctionVersion", Made::Attribute(version, "Version")),
            ("ProvisionedConcurrencyConfig", cause.get("ProvisionedConcurrencyConfig").into()),
        ]
    });
    Some(alias)
}

/// The deployment group that `DeploymentPreference` asks for; the application and role are shared by all functions.
fn deployment<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    let Some(preference) = cause.get("DeploymentPreference") else { return };
    if preference.text_at("Enabled").is_some_and(|text| text.eq_ignore_ascii_case("false")) {
        return;
    }
    let shared = Cause { conditions: Conditions::default(), ..cause };
    planner.add(shared, "ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", || {
        vec![("ComputePlatform", Made::Text("Lambda"))]
    });
    let role = preference.get("Role");
    if role.is_none() {
        role::plan(
            planner,
            shared,
            Role {
                name: "CodeDeployServiceRole",
                service: "codedeploy.amazonaws.com",
                trust: None,
                managed: &["AWSCodeDeployRoleForLambda"],
                policies: None,
                inline: &[],
                path: None,
                boundary: None,
                created_by: "",
                tags: None,
            },
        );
    }
    let group = cause.id(&[cause.name(), "DeploymentGroup"]);
    planner.add(cause, group, "AWS::CodeDeploy::DeploymentGroup", move || {
        let role = role.map_or(Made::Attribute("CodeDeployServiceRole", "Arn"), Made::Part);
        vec![("ApplicationName", Made::Reference("ServerlessDeploymentApplication")), ("ServiceRoleArn", role)]
    });
}
