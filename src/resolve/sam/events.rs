//! What invokes a function: permissions, rules, subscriptions.

use crate::value::Shape;

use super::function::{Needs, Target};
use super::make::{Fields, Made};
use super::part::Part;
use super::plan::{Cause, Planner, Route};
use super::pull_events;
use super::role::{self, Role};
use super::url::destination_policy;

/// An event of a function.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) cause: Cause<'a>,
    pub(super) target: Target<'a>,
    /// `<Function><Event>`
    pub(super) id: &'a str,
    pub(super) properties: Part<'a>,
}

impl<'a> Event<'a> {
    pub(super) fn get(self, key: &str) -> Option<Part<'a>> {
        self.properties.get(key)
    }

    pub(super) fn pass(self, keys: &[&'static str]) -> Fields<'a> {
        keys.iter().filter_map(|&key| Some((key, Made::Part(self.get(key)?)))).collect()
    }

    pub(super) fn named(self, suffix: &str) -> &'a str {
        self.cause.id(&[self.id, suffix])
    }
}

/// Adds what the events of a function need.
pub(super) fn plan<'a>(planner: &mut Planner<'a>, cause: Cause<'a>, target: Target<'a>, needs: &mut Needs<'a>) {
    let Some(events) = cause.get("Events") else { return };
    for field in events.fields() {
        let Some(kind) = field.part.text_at("Type") else { continue };
        let properties = field.part.get("Properties").unwrap_or_else(|| Part::empty(cause.resolver, field.part.path));
        let event = Event { cause, target, id: cause.id(&[cause.name(), field.key]), properties };
        match kind {
            "Api" => {
                planner.add_route(Route { event, api: properties.get("RestApiId"), http: false, is_function: true })
            }
            "HttpApi" => {
                planner.add_route(Route { event, api: properties.get("ApiId"), http: true, is_function: true })
            }
            "S3" => {
                let account = || vec![("SourceAccount", Made::Sub("${AWS::AccountId}", Vec::new()))];
                permission(planner, event, "s3.amazonaws.com", account);
            }
            "SNS" => topic(planner, event, needs),
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => rule(planner, event),
            "ScheduleV2" => schedule(planner, event),
            "CloudWatchLogs" => log_group(planner, event),
            "IoTRule" => iot_rule(planner, event),
            "AlexaSkill" => permission(planner, event, "alexa-appkit.amazon.com", move || {
                vec![("EventSourceToken", event.get("SkillId").into())]
            }),
            "Cognito" => {
                let function = Event { id: target.alias.unwrap_or(cause.name()), ..event };
                let function = Event { id: function.named("Cognito"), ..function };
                permission(planner, function, "cognito-idp.amazonaws.com", move || {
                    vec![(
                        "SourceArn",
                        match event.get("UserPool").and_then(Part::referenced) {
                            Some(pool) => Made::Attribute(pool, "Arn"),
                            None => Made::Unknown("a user pool that is no reference", Shape::Text),
                        },
                    )]
                });
            }
            _ => pull_events::plan(planner, event, kind, needs),
        }
    }
}

/// Adds the permission of a service to call the function.
pub(super) fn permission<'a>(
    planner: &mut Planner<'a>,
    event: Event<'a>,
    principal: &'static str,
    more: impl Fn() -> Fields<'a> + 'a,
) {
    named_permission(planner, event, event.named("Permission"), principal, more);
}

/// The same under another name.
pub(super) fn named_permission<'a>(
    planner: &mut Planner<'a>,
    event: Event<'a>,
    name: &'a str,
    principal: &'static str,
    more: impl Fn() -> Fields<'a> + 'a,
) {
    planner.add(event.cause, name, "AWS::Lambda::Permission", move || {
        let mut fields = vec![
            ("Action", Made::Text("lambda:InvokeFunction")),
            ("FunctionName", event.target.name()),
            ("Principal", Made::Text(principal)),
        ];
        fields.extend(more());
        fields
    });
}

fn topic<'a>(planner: &mut Planner<'a>, event: Event<'a>, needs: &mut Needs<'a>) {
    let Some(topic) = event.get("Topic") else { return };
    let queue = event.get("SqsSubscription").filter(|part| part.is_map() || part.text() == Some("true"));
    let Some(queue) = queue else {
        subscription(planner, event, topic, "lambda", move || event.target.arn());
        permission(planner, event, "sns.amazonaws.com", move || vec![("SourceArn", Made::Part(topic))]);
        return;
    };
    needs.managed.push("AWSLambdaSQSQueueExecutionRole");
    let written = queue.get("QueueArn");
    let (arn, url): (Made<'a>, Made<'a>) = match written {
        Some(arn) => (Made::Part(arn), queue.get("QueueUrl").into()),
        None => {
            let name = event.named("Queue");
            planner.add(event.cause, name, "AWS::SQS::Queue", Vec::new);
            (Made::Attribute(name, "Arn"), Made::Reference(name))
        }
    };
    let arena = event.cause.resolver.arena;
    // Values that closures share live in the arena, which frees nothing one by one: these two own no memory.
    let (arn, url): (&'a Made<'a>, &'a Made<'a>) = (arena.alloc(arn), arena.alloc(url));
    subscription(planner, event, topic, "sqs", move || arn.clone());
    let policy = match queue.text_at("QueuePolicyLogicalId") {
        Some(name) => name,
        None => event.named("QueuePolicy"),
    };
    planner.add(event.cause, policy, "AWS::SQS::QueuePolicy", move || {
        let source = Made::Map(vec![("aws:SourceArn", Made::Part(topic))]);
        let statement = Made::Map(vec![
            ("Action", Made::Text("sqs:SendMessage")),
            ("Effect", Made::Text("Allow")),
            ("Principal", Made::Text("*")),
            ("Resource", arn.clone()),
            ("Condition", Made::Map(vec![("ArnEquals", source)])),
        ]);
        let document = vec![("Version", Made::Text("2012-10-17")), ("Statement", Made::List(vec![statement]))];
        vec![("PolicyDocument", Made::Map(document)), ("Queues", Made::List(vec![url.clone()]))]
    });
    planner.add(event.cause, event.named("EventSourceMapping"), "AWS::Lambda::EventSourceMapping", move || {
        let number = |key: &str, otherwise| queue.get(key).map_or(otherwise, Made::Part);
        vec![
            ("BatchSize", number("BatchSize", Made::Integer(10))),
            ("Enabled", number("Enabled", Made::Bool(true))),
            ("EventSourceArn", arn.clone()),
            ("FunctionName", event.target.name()),
        ]
    });
}

fn subscription<'a>(
    planner: &mut Planner<'a>,
    event: Event<'a>,
    topic: Part<'a>,
    protocol: &'static str,
    endpoint: impl Fn() -> Made<'a> + 'a,
) {
    planner.add(event.cause, event.id, "AWS::SNS::Subscription", move || {
        let mut fields = event.pass(&["FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"]);
        fields.push(("Endpoint", endpoint()));
        fields.push(("Protocol", Made::Text(protocol)));
        fields.push(("TopicArn", Made::Part(topic)));
        fields
    });
}

/// The dead letter queue of a rule or schedule: a written one, or one that SAM makes.
pub(super) fn dead_letter_queue<'a>(planner: &mut Planner<'a>, event: Event<'a>) -> Option<&'a Made<'a>> {
    let config = event.get("DeadLetterConfig")?;
    let arena = event.cause.resolver.arena;
    if let Some(arn) = config.get("Arn") {
        return Some(arena.alloc(Made::Part(arn)));
    }
    config.text_at("Type")?;
    let name = match config.text_at("QueueLogicalId") {
        Some(name) => name,
        None => event.named("Queue"),
    };
    planner.add(event.cause, name, "AWS::SQS::Queue", Vec::new);
    Some(arena.alloc(Made::Attribute(name, "Arn")))
}

/// The policy that lets a rule put what it could not deliver into the queue that SAM made.
pub(super) fn dead_letter_policy<'a>(planner: &mut Planner<'a>, event: Event<'a>, rule: &'a str) {
    let Some(config) = event.get("DeadLetterConfig").filter(|config| config.get("Arn").is_none()) else { return };
    if config.text_at("Type").is_none() {
        return;
    }
    let queue = match config.text_at("QueueLogicalId") {
        Some(name) => name,
        None => event.named("Queue"),
    };
    planner.add(event.cause, event.named("QueuePolicy"), "AWS::SQS::QueuePolicy", move || {
        let source = Made::Map(vec![("aws:SourceArn", Made::Attribute(rule, "Arn"))]);
        let statement = Made::Map(vec![
            ("Action", Made::Text("sqs:SendMessage")),
            ("Effect", Made::Text("Allow")),
            ("Principal", Made::Map(vec![("Service", Made::Text("events.amazonaws.com"))])),
            ("Resource", Made::Attribute(queue, "Arn")),
            ("Condition", Made::Map(vec![("ArnEquals", source)])),
        ]);
        let document = vec![("Version", Made::Text("2012-10-17")), ("Statement", Made::List(vec![statement]))];
        vec![("PolicyDocument", Made::Map(document)), ("Queues", Made::List(vec![Made::Reference(queue)]))]
    });
}

fn rule<'a>(planner: &mut Planner<'a>, event: Event<'a>) {
    let queue = dead_letter_queue(planner, event);
    dead_letter_policy(planner, event, event.id);
    planner.add(event.cause, event.id, "AWS::Events::Rule", move || {
        let target_id = match event.properties.at(&["Target", "Id"]) {
            Some(id) => Made::Part(id),
            None => Made::Text(event.named("LambdaTarget")),
        };
        let mut target = vec![("Arn", event.target.arn()), ("Id", target_id)];
        target.extend(event.pass(&["Input", "InputPath", "InputTransformer", "RetryPolicy"]));
        if let Some(queue) = queue {
            target.push(("DeadLetterConfig", Made::Map(vec![("Arn", queue.clone())])));
        }
        rule_properties(event, Made::Map(target))
    });
    permission(planner, event, "events.amazonaws.com", move || vec![("SourceArn", Made::Attribute(event.id, "Arn"))]);
}

/// The properties of the rule of an event.
pub(super) fn rule_properties<'a>(event: Event<'a>, target: Made<'a>) -> Fields<'a> {
    let mut fields = event.pass(&["Description", "Name", "EventBusName", "State"]);
    if let Some(name) = event.get("RuleName") {
        fields.push(("Name", Made::Part(name)));
    }
    fields.push(("ScheduleExpression", event.get("Schedule").into()));
    fields.push(("EventPattern", event.get("Pattern").into()));
    if let Some(enabled) = event.get("Enabled") {
        let state = match enabled.text() {
            Some("true") => Made::Text("ENABLED"),
            Some("false") => Made::Text("DISABLED"),
            _ => Made::Unknown("whether the rule is enabled", Shape::Text),
        };
        fields.push(("State", state));
    }
    fields.push(("Targets", Made::List(vec![target])));
    fields
}

fn schedule<'a>(planner: &mut Planner<'a>, event: Event<'a>) {
    let action = "lambda:InvokeFunction";
    let target = event.target;
    scheduler(planner, event, "LambdaPolicy", action, &[], move || target.arn());
}

/// Adds the schedule of an event and the role that it runs with.
pub(super) fn scheduler<'a>(
    planner: &mut Planner<'a>,
    event: Event<'a>,
    policy: &'static str,
    action: &'static str,
    managed: &'static [&'static str],
    arn: impl Fn() -> Made<'a> + 'a,
) {
    let arena = event.cause.resolver.arena;
    let queue = dead_letter_queue(planner, event);
    let arn: &'a dyn Fn() -> Made<'a> = arena.alloc(arn);
    let written_role = event.get("RoleArn");
    let role = event.named("Role");
    planner.add(event.cause, event.id, "AWS::Scheduler::Schedule", move || {
        let mut fields = event.pass(&[
            "Description",
            "EndDate",
            "GroupName",
            "KmsKeyArn",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "State",
        ]);
        let window = event.get("FlexibleTimeWindow");
        let off = || Made::Map(vec![("Mode", Made::Text("OFF"))]);
        fields.push(("FlexibleTimeWindow", window.map_or_else(off, Made::Part)));
        if !event.properties.is_true("OmitName") {
            fields.push(("Name", event.get("Name").map_or(Made::Text(event.id), Made::Part)));
        }
        let mut target = vec![("Arn", arn())];
        target.extend(event.pass(&["Input", "RetryPolicy"]));
        if let Some(queue) = queue {
            target.push(("DeadLetterConfig", Made::Map(vec![("Arn", queue.clone())])));
        }
        target.push(("RoleArn", written_role.map_or(Made::Attribute(role, "Arn"), Made::Part)));
        fields.push(("Target", Made::Map(target)));
        fields
    });
    if written_role.is_some() {
        return;
    }
    let mut inline: Vec<role::Inline<'a>> = Vec::new();
    let policy = event.named(policy);
    inline.push(arena.alloc(move || role::inline(policy, false, [(Made::Text(action), arn())])));
    if let Some(queue) = queue {
        let policy = event.named("SQSPolicy");
        inline.push(arena.alloc(move || destination_policy(policy, "SQS", &|| queue.clone())));
    }
    role::plan(
        planner,
        event.cause,
        Role {
            name: role,
            service: "scheduler.amazonaws.com",
            trust: None,
            managed,
            policies: None,
            inline: arena.alloc_slice_copy(&inline),
            path: None,
            boundary: event.get("PermissionsBoundary"),
            created_by: "",
            tags: None,
        },
    );
}

fn log_group<'a>(planner: &mut Planner<'a>, event: Event<'a>) {
    let Some(group) = event.get("LogGroupName") else { return };
    permission(planner, event, "logs.amazonaws.com", move || {
        let arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
        vec![("SourceArn", Made::Sub(arn, vec![("__LogGroupName__", Made::Part(group))]))]
    });
    planner.add(event.cause, event.id, "AWS::Logs::SubscriptionFilter", move || {
        let mut fields = event.pass(&["FilterPattern", "LogGroupName"]);
        fields.push(("DestinationArn", event.target.arn()));
        fields
    });
}

fn iot_rule<'a>(planner: &mut Planner<'a>, event: Event<'a>) {
    permission(planner, event, "iot.amazonaws.com", move || {
        let arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
        vec![
            ("SourceAccount", Made::Sub("${AWS::AccountId}", Vec::new())),
            ("SourceArn", Made::Sub(arn, vec![("RuleName", Made::Reference(event.id))])),
        ]
    });
    planner.add(event.cause, event.id, "AWS::IoT::TopicRule", move || {
        let mut payload = event.pass(&["Sql", "AwsIotSqlVersion"]);
        payload.push(("RuleDisabled", Made::Bool(false)));
        let function = Made::Map(vec![("FunctionArn", event.target.arn())]);
        payload.push(("Actions", Made::List(vec![Made::Map(vec![("Lambda", function)])])));
        vec![("TopicRulePayload", Made::Map(payload))]
    });
}
