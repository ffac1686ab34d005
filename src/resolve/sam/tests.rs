//! What SAM resources become.

use std::collections::BTreeMap;

use bumpalo::Bump;

use crate::resolve::{Resolver, Settings};
use crate::syntax::{Hint, read};
use crate::template::Template;
use crate::value::{Choices, Kind, Pending, Value, World};

/// What SAM makes of a template: `name type` of each generated resource and its properties, with default choices.
fn expanded(template: &str) -> BTreeMap<String, String> {
    let text = format!("Transform: AWS::Serverless-2016-10-31\n{template}");
    let read = read(&text, Hint::Yaml);
    assert_eq!(read.problems, [], "the test's template is well-formed");
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let mut shown = BTreeMap::new();
    for resource in resolver.resources().iter().skip(template.resources.len()) {
        let mut choices = Choices::default();
        let text = loop {
            match show(&World { arena: &arena, choices: &choices }, resource.value) {
                Ok(text) => break text,
                Err(Pending(variable)) => choices = choices.with(variable, 0),
            }
        };
        shown.insert(format!("{} {}", resource.entry.named.name, resource.entry.resource_type), text);
    }
    shown
}

fn show<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<String, Pending> {
    let value = world.force(value)?;
    Ok(match value.kind {
        Kind::List(items) => {
            let items = items.iter().map(|item| show(world, item)).collect::<Result<Vec<_>, _>>()?;
            format!("[{}]", items.into_iter().filter(|item| item != "absent").collect::<Vec<_>>().join(", "))
        }
        Kind::Map(map) => {
            let entries = map.entries().iter().map(|entry| Ok(format!("{}: {}", entry.key, show(world, entry.value)?)));
            let entries = entries.collect::<Result<Vec<_>, Pending>>()?;
            format!(
                "{{{}}}",
                entries.into_iter().filter(|item| !item.ends_with(": absent")).collect::<Vec<_>>().join(", ")
            )
        }
        kind => format!("{kind:?}"),
    })
}

/// The properties of the function `F` that has these lines of properties.
fn function(properties: &str) -> BTreeMap<String, String> {
    let lines: String = properties.lines().map(|line| format!("      {line}\n")).collect();
    expanded(&format!(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.12\n{lines}"
    ))
}

#[test]
fn a_function_becomes_a_function_and_its_role() {
    let made = function("Environment:\n  Variables:\n    A: b\nTracing: Active");
    assert_eq!(made.keys().collect::<Vec<_>>(), ["F AWS::Lambda::Function", "FRole AWS::IAM::Role"]);
    assert!(made["F AWS::Lambda::Function"].contains(r#"Environment: {Variables: {A: "b"}}"#));
    assert!(made["F AWS::Lambda::Function"].contains(r#"TracingConfig: {Mode: "Active"}"#));
    assert!(made["F AWS::Lambda::Function"].contains("Role: reference(FRole.Arn)"));
    assert!(made["FRole AWS::IAM::Role"].contains("policy/AWSXrayWriteOnlyAccess"));
}

#[test]
fn policies_become_managed_policies_and_documents_under_their_own_numbers() {
    let made = function(
        "Policies:\n- AdministratorAccess\n- Statement:\n  - {Effect: Allow, Action: '*', Resource: '*'}\n- SQSPollerPolicy: {QueueName: q}",
    );
    let role = &made["FRole AWS::IAM::Role"];
    assert!(role.contains("arn:aws:iam::aws:policy/AdministratorAccess"), "{role}");
    assert!(
        role.contains(r#"{PolicyName: "FRolePolicy1", PolicyDocument: {Statement: [{Effect: "Allow", Action: "*""#),
        "{role}"
    );
    assert!(role.contains(r#"PolicyName: "FRolePolicy2""#) && role.contains("sqs:ReceiveMessage"), "{role}");
}

#[test]
fn globals_lie_below_the_function() {
    let made = expanded(
        "Globals:\n  Function:\n    Timeout: 3\n    Environment: {Variables: {A: global, B: global}}\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment: {Variables: {A: local}}",
    );
    let function = &made["F AWS::Lambda::Function"];
    assert!(function.contains("Timeout: 3"), "{function}");
    assert!(function.contains(r#"Variables: {A: "local", B: "global"}"#), "{function}");
}

#[test]
fn a_url_without_authorization_is_public() {
    let made = function("FunctionUrlConfig: {AuthType: NONE}");
    let permission = &made["FUrlPublicPermissions AWS::Lambda::Permission"];
    assert!(permission.contains(r#"Principal: "*", FunctionUrlAuthType: "NONE""#), "{permission}");
    assert!(
        !function("FunctionUrlConfig: {AuthType: AWS_IAM}")
            .contains_key("FUrlPublicPermissions AWS::Lambda::Permission")
    );
}

#[test]
fn an_event_without_an_api_makes_the_implicit_api() {
    let made = function("Events:\n  Get:\n    Type: Api\n    Properties: {Path: '/a/{id}', Method: get}");
    assert!(made.contains_key("ServerlessRestApi AWS::ApiGateway::RestApi"));
    assert!(made.contains_key("ServerlessRestApiProdStage AWS::ApiGateway::Stage"));
    let permission = &made["FGetPermissionProd AWS::Lambda::Permission"];
    assert!(permission.contains("/GET/a/*"), "{permission}");
}

#[test]
fn references_to_generated_resources_are_references() {
    let made = function("AutoPublishAlias: live\nLayers: [!Ref F.Version]\nDescription: !GetAtt FRole.Arn");
    let function = &made["F AWS::Lambda::Function"];
    assert!(function.contains("Layers: [reference(FVersion)]"), "{function}");
    assert!(function.contains("Description: reference(FRole.Arn)"), "{function}");
}

#[test]
fn a_role_that_may_be_left_out_is_made_where_it_is() {
    let made = |default| {
        expanded(&format!(
            "Parameters: {{P: {{Type: String, Default: {default}}}}}\nConditions: {{C: !Equals [!Ref P, own]}}\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Role: !If [C, 'arn:aws:iam::1:role/r', !Ref AWS::NoValue]"
        ))
    };
    assert_eq!(made("own")["FRole AWS::IAM::Role"], "absent");
    assert_ne!(made("none")["FRole AWS::IAM::Role"], "absent");
}

#[test]
fn functions_in_odd_places_are_no_trouble() {
    for odd in [
        "Events: !If [C, {}, {}]",
        "Policies: !GetAtt X.Y",
        "Policies: [[1], {A: 1}, {A: 1, B: 2}, !Ref F, 3]",
        "Events: [1]\nTags: !Ref F\nFunctionUrlConfig: x\nEventInvokeConfig: [2]",
        "Events: {A: {Type: Api, Properties: {Path: !Ref X, Method: !Ref Y, RestApiId: !GetAtt A.B}}, B: 1}",
        "CodeUri: !Sub 's3://${A}/b'\nRole: !If [1]\nAutoPublishAlias: !Ref F",
        "DeadLetterQueue: 1\nDeploymentPreference: 1\nVpcConfig: !Ref AWS::NoValue",
    ] {
        assert!(function(odd).contains_key("F AWS::Lambda::Function"), "{odd}");
    }
}

#[test]
fn a_connector_grants_its_source_access_to_its_destination() {
    let made = expanded(
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Connectors:\n      C:\n        Properties: {Destination: {Id: T}, Permissions: [Read]}\n  T:\n    Type: AWS::DynamoDB::Table",
    );
    let policy = &made["FCPolicy AWS::IAM::ManagedPolicy"];
    assert!(policy.contains("dynamodb:GetItem") && !policy.contains("dynamodb:PutItem"), "{policy}");
    assert!(policy.contains("Roles: [reference(FRole)]"), "{policy}");
}

#[test]
fn a_state_machine_gets_a_role_and_keeps_its_logging() {
    let made = expanded(
        "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: s3://bucket/key\n      Logging: {Level: ALL}\n      Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}",
    );
    assert!(made["M AWS::StepFunctions::StateMachine"].contains(r#"LoggingConfiguration: {Level: "ALL"}"#));
    assert!(made["MRole AWS::IAM::Role"].contains("states.amazonaws.com"));
    assert!(made["MERole AWS::IAM::Role"].contains("states:StartExecution"));
}

#[test]
fn a_stage_keeps_what_the_api_says_of_logs() {
    let made = expanded(
        "Globals: {Api: {TracingEnabled: true}}\nResources:\n  A:\n    Type: AWS::Serverless::Api\n    Properties: {StageName: prod, AccessLogSetting: {DestinationArn: 'arn:x'}}",
    );
    let stage = &made["AprodStage AWS::ApiGateway::Stage"];
    assert!(stage.contains("TracingEnabled: true") && stage.contains("AccessLogSetting: {DestinationArn"), "{stage}");
}

#[test]
fn a_simple_table_keeps_its_encryption() {
    let made = expanded(
        "Resources:\n  T:\n    Type: AWS::Serverless::SimpleTable\n    Properties: {SSESpecification: {SSEEnabled: 'true'}}",
    );
    let table = &made["T AWS::DynamoDB::Table"];
    assert!(table.contains("SSESpecification: {SSEEnabled: true}"), "{table}");
    assert!(table.contains(r#"BillingMode: "PAY_PER_REQUEST""#), "{table}");
}
