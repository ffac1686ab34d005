//! What AWS's own translator makes of its test inputs, where a copy of them is at hand.
#![expect(clippy::disallowed_methods, reason = "a test reads its corpus")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bumpalo::Bump;

use crate::resolve::{Resolver, Settings};
use crate::syntax::{Hint, read};
use crate::template::Template;
use crate::value::{Choices, Kind, Pending, Value, World};

/// The least share of equal resources, in percent, by kind.
const FLOORS: &[(&str, u32)] = &[
    ("AWS::ApiGateway::ApiKey", 55),
    ("AWS::ApiGateway::BasePathMapping", 40),
    ("AWS::ApiGateway::BasePathMappingV2", 25),
    ("AWS::ApiGateway::Deployment", 100),
    ("AWS::ApiGateway::DomainName", 52),
    ("AWS::ApiGateway::DomainNameV2", 100),
    ("AWS::ApiGateway::RestApi", 98),
    ("AWS::ApiGateway::Stage", 99),
    ("AWS::ApiGateway::UsagePlan", 55),
    ("AWS::ApiGateway::UsagePlanKey", 100),
    ("AWS::ApiGatewayV2::Api", 63),
    ("AWS::ApiGatewayV2::ApiMapping", 17),
    ("AWS::ApiGatewayV2::DomainName", 31),
    ("AWS::ApiGatewayV2::Stage", 65),
    ("AWS::CloudFormation::Stack", 100),
    ("AWS::CodeDeploy::Application", 100),
    ("AWS::DynamoDB::Table", 100),
    ("AWS::Events::Rule", 96),
    ("AWS::IAM::ManagedPolicy", 82),
    ("AWS::IAM::Role", 92),
    ("AWS::IoT::TopicRule", 100),
    ("AWS::Lambda::Alias", 100),
    ("AWS::Lambda::EventInvokeConfig", 100),
    ("AWS::Lambda::EventSourceMapping", 85),
    ("AWS::Lambda::Function", 97),
    ("AWS::Lambda::LayerVersion", 93),
    ("AWS::Lambda::Permission", 90),
    ("AWS::Lambda::Url", 83),
    ("AWS::Lambda::Version", 100),
    ("AWS::Logs::SubscriptionFilter", 100),
    ("AWS::SNS::Subscription", 100),
    ("AWS::SNS::TopicPolicy", 100),
    ("AWS::SQS::Queue", 75),
    ("AWS::SQS::QueuePolicy", 100),
    ("AWS::Scheduler::Schedule", 100),
    ("AWS::StepFunctions::StateMachine", 78),
    ("AWS::StepFunctions::StateMachineAlias", 28),
    ("AWS::StepFunctions::StateMachineVersion", 100),
    ("set of resources of a case", 87),
];

/// Resources by name and type, each as a text that is equal for equal properties.
type Resources = BTreeMap<(String, String), String>;

fn resources(text: &str, generated_only: bool) -> Option<Resources> {
    let read = read(text, Hint::Unknown);
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let parameters = [("param1", "value1"), ("param2", "value2"), ("AWS::Partition", "aws")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()));
    let resolver =
        Resolver::new(&arena, &template, &Settings { parameters: BTreeMap::from(parameters), ..Settings::default() });
    let written = template.resources.len();
    let all = resolver.resources();
    let mut found = Resources::new();
    for resource in all.iter().skip(if generated_only { written } else { 0 }) {
        let name = stem(resource.entry.named.name, resource.entry.resource_type);
        let mut choices = Choices::default();
        let shown = loop {
            let world = World { arena: &arena, choices: &choices };
            match properties(&world, resource.value) {
                Ok(shown) => break shown,
                Err(Pending(variable)) => choices = choices.with(variable, 0),
            }
        };
        if let Some(shown) = shown {
            found.insert((name, resource.entry.resource_type.to_owned()), shown);
        }
    }
    Some(found)
}

/// A name without the hash that the translator puts behind it.
fn stem(name: &str, resource_type: &str) -> String {
    let hashed = ["Deployment", "Version", "DomainName", "RecordSetGroup"];
    let cut = name.len().saturating_sub(10);
    if let (Some(stem), Some(hash)) = (name.get(..cut), name.get(cut..))
        && !stem.is_empty()
        && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && (resource_type.is_empty() || hashed.iter().any(|part| resource_type.contains(part)))
    {
        return stem.to_owned();
    }
    name.to_owned()
}

fn properties<'a>(world: &World<'a, '_>, resource: Value<'a>) -> Result<Option<String>, Pending> {
    let Kind::Map(map) = world.force(resource)?.kind else { return Ok(None) };
    let Some(properties) = map.get("Properties") else { return Ok(Some("{}".to_owned())) };
    let Kind::Map(properties) = world.force(properties.value)?.kind else { return Ok(Some("?".to_owned())) };
    let mut lines = Vec::new();
    for entry in properties.entries() {
        // What carries no security: tags, and what hangs on packaging or on the whole body's hash.
        if matches!(
            entry.key,
            "Tags" | "Code" | "Content" | "TemplateURL" | "Description" | "Body" | "Parameters" | "DefinitionString"
        ) {
            continue;
        }
        let value = world.force(entry.value)?;
        let is_empty = matches!(value.kind, Kind::List([]));
        if !is_empty && !matches!(value.kind, Kind::Absent) {
            lines.push(format!("{}: {}", entry.key, show(world, value)?));
        }
    }
    lines.sort();
    Ok(Some(format!("{{{}}}", lines.join(", "))))
}

fn show<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<String, Pending> {
    let value = world.force(value)?;
    Ok(match value.kind {
        Kind::List(items) => {
            let mut shown = Vec::new();
            for item in items {
                let item = world.force(item)?;
                if !matches!(item.kind, Kind::Absent) {
                    shown.push(show(world, item)?);
                }
            }
            shown.sort();
            format!("[{}]", shown.join(", "))
        }
        Kind::Map(map) => {
            let mut shown = Vec::new();
            for entry in map.entries() {
                let value = world.force(entry.value)?;
                if !matches!(value.kind, Kind::Absent) {
                    shown.push(format!("{}: {}", entry.key, show(world, value)?));
                }
            }
            shown.sort();
            format!("{{{}}}", shown.join(", "))
        }
        Kind::Reference(reference) => {
            let mut whole = stem(reference.logical_id, "");
            if let Some(attribute) = reference.attribute {
                whole.push('.');
                whole.push_str(attribute);
            }
            format!("reference({whole})")
        }
        // Types that no schema tells are compared by their text.
        Kind::Bool(value) => format!("{:?}", value.to_string()),
        Kind::Integer(value) => format!("{:?}", value.to_string()),
        kind => format!("{kind:?}"),
    })
}

#[test]
fn the_expansion_agrees_with_the_translator() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/sam");
    let Ok(pairs) = fs::read_to_string(root.join("pairs.jsonl")) else { return };
    let mut shares: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut count = |kind: &str, equal: bool| {
        let share = shares.entry(kind.to_owned()).or_default();
        share.0 += u32::from(equal);
        share.1 += 1;
    };
    let verbose = option_env!("SHOW_DIFFERENCES").unwrap_or_default();
    for line in pairs.lines().filter(|line| line.contains("\"kind\": \"success\"")) {
        let case = line.split('"').nth(3).unwrap_or_default();
        let Some(input) = line.split("\"input\": \"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        let Some(output) = line.split("\"aws\": \"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        let (Ok(input), Ok(output)) = (fs::read_to_string(root.join(input)), fs::read_to_string(root.join(output)))
        else {
            continue;
        };
        // The transform is implied: half of the inputs do not name it.
        let is_named = input.contains("AWS::Serverless-2016-10-31") || input.trim_start().starts_with('{');
        let input = if is_named { input } else { format!("{input}\nTransform: AWS::Serverless-2016-10-31\n") };
        let (Some(mut expected), Some(made)) = (resources(&output, false), resources(&input, true)) else { continue };
        let written = resources(&input.replace("AWS::Serverless-2016-10-31", "None"), false).unwrap_or_default();
        expected.retain(|key, _| !written.contains_key(key) || made.contains_key(key));
        let mut same_set = true;
        for (key, shown) in &expected {
            let found = made.get(key);
            same_set &= found.is_some();
            let equal = found == Some(shown);
            count(&key.1, equal);
            if !equal && !verbose.is_empty() && key.1.contains(verbose) {
                println!(
                    "{case} {} {}\n  expected {shown}\n  made     {}",
                    key.0,
                    key.1,
                    found.map_or("-", |found| found)
                );
            }
        }
        for key in made.keys() {
            if !expected.contains_key(key) {
                same_set = false;
                if !verbose.is_empty() && key.1.contains(verbose) {
                    println!("{case} {} {} is too much", key.0, key.1);
                }
            }
        }
        count("set of resources of a case", same_set);
        if !same_set && verbose == "set" {
            let missing: Vec<_> = expected.keys().filter(|key| !made.contains_key(*key)).collect();
            let much: Vec<_> = made.keys().filter(|key| !expected.contains_key(*key)).collect();
            println!("{case} missing {missing:?} too much {much:?}");
        }
    }
    let mut below = Vec::new();
    for (kind, (equal, all)) in &shares {
        println!("{kind}: {equal} of {all} equal");
        let floor = FLOORS.iter().find(|(name, _)| name == kind).map_or(0, |(_, floor)| *floor);
        if equal * 100 < floor * all {
            below.push(format!("{kind}: {equal} of {all}"));
        }
    }
    assert!(below.is_empty(), "agreement fell below its floor: {below:?}");
}
