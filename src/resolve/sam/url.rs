//! `FunctionUrlConfig` and `EventInvokeConfig` of a function.

use super::function::{Needs, Target};
use super::make::Made;
use super::part::Part;
use super::plan::{Cause, Conditions, Planner};
use super::role;

/// Adds a function's URL, and the permissions that make a URL without authorization public.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, target: Target<'a>) {
    let Some(config) = cause.get("FunctionUrlConfig") else { return };
    let id = cause.name();
    planner.add(cause, cause.id(&[id, "Url"]), "AWS::Lambda::Url", move || {
        let mut fields = vec![("TargetFunctionArn", Made::Reference(id))];
        if target.alias.is_some() {
            fields.push(("Qualifier", cause.get("AutoPublishAlias").into()));
        }
        for key in ["AuthType", "Cors", "InvokeMode"] {
            fields.push((key, config.get(key).into()));
        }
        fields
    });
    if config.text_at("AuthType") != Some("NONE") {
        return;
    }
    planner.add(cause, cause.id(&[id, "UrlPublicPermissions"]), "AWS::Lambda::Permission", move || {
        vec![
            ("Action", Made::Text("lambda:InvokeFunctionUrl")),
            ("FunctionName", target.name()),
            ("Principal", Made::Text("*")),
            ("FunctionUrlAuthType", Made::Text("NONE")),
        ]
    });
    planner.add(cause, cause.id(&[id, "URLInvokeAllowPublicAccess"]), "AWS::Lambda::Permission", move || {
        vec![
            ("Action", Made::Text("lambda:InvokeFunction")),
            ("FunctionName", target.name()),
            ("Principal", Made::Text("*")),
            ("InvokedViaFunctionUrl", Made::Bool(true)),
        ]
    });
}

/// Adds a function's configuration for asynchronous calls, with the queues and topics that it does not name.
pub(super) fn invoke_config<'a>(
    planner: &mut Planner<'a>,
    cause: Cause<'a>,
    target: Target<'a>,
    needs: &mut Needs<'a>,
) {
    let Some(config) = cause.get("EventInvokeConfig") else { return };
    let id = cause.id(&[cause.name(), "EventInvokeConfig"]);
    let success = destination(planner, cause, id, config, "OnSuccess", needs);
    let failure = destination(planner, cause, id, config, "OnFailure", needs);
    planner.add(cause, id, "AWS::Lambda::EventInvokeConfig", move || {
        let place = |made: &Option<Destination<'a>>| match made {
            Some(destination) => Made::Map(vec![("Destination", destination.arn(cause))]),
            None => Made::Nothing,
        };
        vec![
            ("DestinationConfig", Made::Map(vec![("OnSuccess", place(&success)), ("OnFailure", place(&failure))])),
            ("FunctionName", Made::Reference(target.function)),
            ("MaximumEventAgeInSeconds", config.get("MaximumEventAgeInSeconds").into()),
            ("MaximumRetryAttempts", config.get("MaximumRetryAttempts").into()),
            (
                "Qualifier",
                match target.alias {
                    Some(_) => cause.get("AutoPublishAlias").into(),
                    None => Made::Text("$LATEST"),
                },
            ),
        ]
    });
}

/// Where the result of a call goes: a written ARN, else a resource that SAM makes.
#[derive(Clone, Copy)]
struct Destination<'a> {
    written: Option<Part<'a>>,
    generated: Option<(&'a str, bool)>,
}

impl<'a> Destination<'a> {
    fn arn(self, cause: Cause<'a>) -> Made<'a> {
        let own = move || match self.generated {
            Some((id, true)) => Made::Attribute(id, "Arn"),
            Some((id, false)) => Made::Reference(id),
            None => Made::Nothing,
        };
        let Some(written) = self.written else { return own() };
        let value = written.value(super::PropertyType::UNKNOWN);
        Made::later(cause.resolver, move |world| {
            let forced = world.force(value)?;
            Ok(if matches!(forced.kind, crate::value::Kind::Absent) { own() } else { Made::Value(forced) })
        })
    }
}

fn destination<'a>(
    planner: &mut Planner<'a>,
    cause: Cause<'a>,
    id: &'a str,
    config: Part<'a>,
    event: &'static str,
    needs: &mut Needs<'a>,
) -> Option<Destination<'a>> {
    let part = config.at(&["DestinationConfig", event])?;
    let kind = part.text_at("Type")?;
    let written = part.get("Destination");
    let open = written.is_none_or(|part| part.call().is_some_and(|call| call.function.name() == "Fn::If"));
    let mut generated = None;
    if open && matches!(kind, "SQS" | "SNS") {
        let is_queue = kind == "SQS";
        let name = cause.id(&[id, event, if is_queue { "Queue" } else { "Topic" }]);
        let resource_type = if is_queue { "AWS::SQS::Queue" } else { "AWS::SNS::Topic" };
        let cause = Cause { conditions: Conditions { unless: written, ..cause.conditions }, ..cause };
        planner.add(cause, name, resource_type, Vec::new);
        let property = if is_queue { "DestinationQueue" } else { "DestinationTopic" };
        planner.name_property(cause.name(), property, name);
        generated = Some((name, is_queue));
    }
    let destination = Destination { written, generated };
    let name = cause.id(&[id, event, kind, "Policy"]);
    let inline = move || {
        let name = if kind == "S3Bucket" { cause.id(&[id, event, "S3Policy"]) } else { name };
        let arn = || destination.arn(cause);
        destination_policy(name, kind, &arn)
    };
    needs.inline.push(cause.resolver.arena.alloc(inline));
    Some(destination)
}

/// What a role needs to reach a destination of that kind.
pub(super) fn destination_policy<'a>(name: &'a str, kind: &str, arn: &dyn Fn() -> Made<'a>) -> Made<'a> {
    let one = |action| role::inline(name, false, [(Made::Text(action), arn())]);
    match kind {
        "SQS" => one("sqs:SendMessage"),
        "SNS" => one("sns:publish"),
        "Lambda" => one("lambda:InvokeFunction"),
        "EventBridge" => one("events:PutEvents"),
        "S3" | "S3Bucket" => role::inline(
            name,
            false,
            [
                (Made::Text("s3:PutObject"), Made::Sub("${Bucket}/*", vec![("Bucket", arn())])),
                (Made::Text("s3:ListBucket"), arn()),
            ],
        ),
        _ => role::inline(name, false, []),
    }
}
