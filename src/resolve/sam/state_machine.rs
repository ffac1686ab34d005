//! `AWS::Serverless::StateMachine`.

use crate::value::Shape;

use super::events::{self, Event};
use super::function::{Target, location};
use super::make::Made;
use super::part::Part;
use super::plan::{Cause, Planner, Route};
use super::role::{self, Role};

/// Adds what SAM makes of a state machine.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) {
    let id = cause.name();
    let role_name = cause.id(&[id, "Role"]);
    let written_role = cause.get("Role");
    planner.add(cause, id, "AWS::StepFunctions::StateMachine", move || {
        let mut fields = cause.pass(&["DefinitionSubstitutions", "EncryptionConfiguration"]);
        for (key, name) in [
            ("LoggingConfiguration", "Logging"),
            ("StateMachineName", "Name"),
            ("StateMachineType", "Type"),
            ("TracingConfiguration", "Tracing"),
        ] {
            fields.push((key, cause.get(name).into()));
        }
        if cause.get("DefinitionUri").is_some() {
            let place = location(cause.get("DefinitionUri"), ["Bucket", "Key", "Version"]);
            fields.push(("DefinitionS3Location", place));
        } else {
            fields.push(("DefinitionString", Made::Unknown("the text of the definition", Shape::Text)));
        }
        fields.push(("RoleArn", written_role.map_or(Made::Attribute(role_name, "Arn"), Made::Part)));
        fields.push(("Tags", role::tags("stateMachine:createdBy", cause.get("Tags"))));
        fields
    });
    let alias = alias(planner, cause);
    if written_role.is_none() {
        role::plan(
            planner,
            cause,
            Role {
                name: role_name,
                service: "states.amazonaws.com",
                trust: None,
                managed: if cause.get("Tracing").is_some() { &["AWSXrayWriteOnlyAccess"] } else { &[] },
                policies: cause.get("Policies"),
                inline: &[],
                path: cause.get("RolePath"),
                boundary: cause.get("PermissionsBoundary"),
                created_by: "stateMachine:createdBy",
                tags: cause.get("Tags"),
            },
        );
    }
    for field in cause.get("Events").map(Part::fields).unwrap_or_default() {
        let Some(kind) = field.part.text_at("Type") else { continue };
        let properties = field.part.get("Properties").unwrap_or_else(|| Part::empty(cause.resolver, field.part.path));
        let target = Target { function: id, alias };
        let event = Event { cause, target, id: cause.id(&[id, field.key]), properties };
        match kind {
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => rule(planner, event),
            "ScheduleV2" => {
                events::scheduler(planner, event, "StartExecutionPolicy", "states:StartExecution", &[], move || {
                    event.target.name()
                })
            }
            "Api" => {
                planner.add_route(Route { event, api: properties.get("RestApiId"), http: false, is_function: false });
                start_role(planner, event, "apigateway.amazonaws.com");
            }
            _ => {}
        }
    }
}

fn alias<'a>(planner: &mut Planner<'a>, cause: Cause<'a>) -> Option<&'a str> {
    let name = cause.get("AutoPublishAlias")?.text()?;
    let id = cause.name();
    let (alias, version) = (cause.id(&[id, "Alias", name]), cause.id(&[id, "Version"]));
    planner.add(cause, version, "AWS::StepFunctions::StateMachineVersion", move || {
        vec![
            ("StateMachineArn", Made::Reference(id)),
            ("StateMachineRevisionId", Made::Attribute(id, "StateMachineRevisionId")),
        ]
    });
    planner.add(cause, alias, "AWS::StepFunctions::StateMachineAlias", move || {
        let mut preference = vec![("StateMachineVersionArn", Made::Reference(version))];
        preference.push(("Type", Made::Text("ALL_AT_ONCE")));
        let preference = match cause.get("DeploymentPreference") {
            Some(_) => Made::Unknown("the deployment preference of the alias", Shape::Any),
            None => Made::Map(preference),
        };
        vec![("Name", cause.get("AutoPublishAlias").into()), ("DeploymentPreference", preference)]
    });
    cause.properties.get("UseAliasAsEventTarget").filter(|part| part.text() == Some("true")).map(|_| alias)
}

fn rule<'a>(planner: &mut Planner<'a>, event: Event<'a>) {
    let queue = events::dead_letter_queue(planner, event);
    events::dead_letter_policy(planner, event, event.id);
    let written = event.get("RoleArn");
    let role = event.named("Role");
    planner.add(event.cause, event.id, "AWS::Events::Rule", move || {
        let target_id = match event.properties.at(&["Target", "Id"]) {
            Some(id) => Made::Part(id),
            None => Made::Text(event.named("StepFunctionsTarget")),
        };
        let mut target = vec![("Arn", event.target.name()), ("Id", target_id)];
        target.push(("RoleArn", written.map_or(Made::Attribute(role, "Arn"), Made::Part)));
        target.extend(event.pass(&["Input", "InputPath", "InputTransformer", "RetryPolicy"]));
        if let Some(queue) = queue {
            target.push(("DeadLetterConfig", Made::Map(vec![("Arn", queue.clone())])));
        }
        events::rule_properties(event, Made::Map(target))
    });
    if written.is_none() {
        start_role(planner, event, "events.amazonaws.com");
    }
}

/// The role with which an event starts the state machine.
fn start_role<'a>(planner: &mut Planner<'a>, event: Event<'a>, service: &'static str) {
    let boundary = event.get("PermissionsBoundary").or_else(|| event.cause.get("PermissionsBoundary"));
    let arena = event.cause.resolver.arena;
    let policy = event.named("RoleStartExecutionPolicy");
    let start: role::Inline<'a> =
        arena.alloc(move || role::inline(policy, false, [(Made::Text("states:StartExecution"), event.target.name())]));
    role::plan(
        planner,
        event.cause,
        Role {
            name: event.named("Role"),
            service,
            trust: None,
            managed: &[],
            policies: None,
            inline: arena.alloc_slice_copy(&[start]),
            path: None,
            boundary,
            created_by: "",
            tags: None,
        },
    );
}
