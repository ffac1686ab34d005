use bumpalo::Bump;
use serde_json::{Value as JsonValue, json};

use super::template::{Question, resource};
use crate::graph::roles::ROLES;
use crate::value::{Kind, Pending, Variable};

fn bucket(name: JsonValue) -> JsonValue {
    resource("AWS::S3::Bucket", &json!({"BucketName": name}))
}

fn policy(bucket: JsonValue) -> JsonValue {
    resource("AWS::S3::BucketPolicy", &json!({"Bucket": bucket}))
}

#[test]
fn the_view_keeps_what_is_written_and_adds_two_keys() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "B": {"DeletionPolicy": "Retain", "Facts": 1, "Properties": {"BucketName": "logs"}, "Type": "AWS::S3::Bucket"},
        }),
    );
    let Kind::Map(view) = question.get("B", "").unwrap().kind else { panic!() };
    let keys: Vec<&str> = view.entries().iter().map(|entry| entry.key).collect();
    assert_eq!(keys, ["DeletionPolicy", "Properties", "Type", "Facts", "Linked"]);
    assert_eq!(question.show("B", "Facts"), json!({"Credentials": []}));
    assert_eq!(question.place("B", "Properties.BucketName"), "B.Properties.BucketName");
}

#[test]
fn a_reference_links_both_ways() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!({"$absent": true})),
            "B": bucket(json!({"$absent": true})),
            "P": policy(json!({"$ref": "B"})),
        }),
    );
    assert_eq!(question.linked("B", "BucketPolicies"), ["P"]);
    assert_eq!(question.linked("A", "BucketPolicies"), [""; 0]);
    assert_eq!(question.linked("P", "Buckets"), ["B"]);
    assert_eq!(question.show("P", "Linked.Buckets.0.Type"), json!("AWS::S3::Bucket"));
    assert_eq!(question.place("P", "Linked.Buckets.0.Id"), "B");
    assert_eq!(question.show("P", "Linked.Buckets.0.Linked.BucketPolicies.0.Id"), json!("P"));
    assert_eq!(question.show("P", "Linked.Buckets.0.Facts"), json!({"Credentials": []}));
}

#[test]
fn equal_names_link_and_different_ones_do_not() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!("logs")),
            "B": bucket(json!("data")),
            "C": bucket(json!({"$absent": true})),
            "P": policy(json!("logs")),
        }),
    );
    assert_eq!(question.linked("A", "BucketPolicies"), ["P"]);
    assert_eq!(question.linked("B", "BucketPolicies"), [""; 0]);
    assert_eq!(question.linked("C", "BucketPolicies"), [""; 0]);
    assert_eq!(question.linked("P", "Buckets"), ["A"]);
}

#[test]
fn an_arn_links_by_the_reference_or_the_name_in_it() {
    let arena = Bump::new();
    let trail = |arn: JsonValue| resource("AWS::CloudTrail::Trail", &json!({"CloudWatchLogsLogGroupArn": arn}));
    let question = Question::new(
        &arena,
        &json!({
            "G": resource("AWS::Logs::LogGroup", &json!({"LogGroupName": "audit"})),
            "H": resource("AWS::Logs::LogGroup", &json!({"LogGroupName": "more-audit"})),
            "T1": trail(json!({"$partial": ["arn:aws:logs:eu-west-1:1:log-group:", {"$ref": "G"}, ":*"]})),
            "T2": trail(json!({"$partial": ["arn:aws:logs:", {"$unknown": "region"}, ":1:log-group:audit:*"]})),
            "T3": trail(json!("arn:aws:logs:eu-west-1:1:log-group:audit")),
            "T4": trail(json!("arn:aws:logs:eu-west-1:1:log-group:other")),
            "T5": trail(json!({"$ref": "G.Arn"})),
        }),
    );
    assert_eq!(question.linked("G", "Trails"), ["T1", "T2", "T3", "T5"]);
    assert_eq!(question.linked("H", "Trails"), [""; 0]);
}

#[test]
fn an_arn_with_unknown_parts_may_name_a_resource_without_a_name() {
    let arena = Bump::new();
    let delivery = |bucket: JsonValue| {
        resource("AWS::EC2::FlowLog", &json!({"LogDestinationType": "s3", "LogDestination": bucket}))
    };
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!({"$partial": [{"$unknown": "parameter `Env`"}, "-logs"]})),
            "A2": bucket(json!({"$partial": ["data-", {"$unknown": "parameter `Stage`"}]})),
            "B": bucket(json!({"$absent": true})),
            "F1": delivery(json!({"$partial": ["arn:aws:s3:::", {"$unknown": "parameter `Name`"}]})),
            "F2": delivery(json!({"$partial": ["arn:aws:s3:::", {"$ref": "X"}, "/logs"]})),
            "F3": delivery(json!("arn:aws:s3:::test-logs")),
            "F5": delivery(json!("arn:aws:s3:::data-x")),
            "F4": delivery(json!({"$partial": ["", {"$unknown": "parameter `Name`"}, "-x"]})),
        }),
    );
    assert_eq!(question.linked("B", "FlowLogs"), ["?parameter `Name`"]);
    assert_eq!(question.linked("F3", "LogBuckets"), ["?parameter `Env`"]);
    assert_eq!(question.linked("A2", "FlowLogs").last().unwrap(), "?parameter `Stage`");
}

#[test]
fn an_unknown_value_may_link_and_says_what_it_hangs_on() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!("logs")),
            "B": bucket(json!({"$absent": true})),
            "P": policy(json!({"$parameter": "Name"})),
            "Q": policy(json!({"$partial": ["data-", {"$unknown": "parameter `Env`"}]})),
            "R": policy(json!({"$partial": ["lo", {"$unknown": "parameter `Env`"}]})),
        }),
    );
    assert_eq!(question.linked("A", "BucketPolicies"), ["?parameter `Name`", "?parameter `Env`"]);
    assert_eq!(question.linked("B", "BucketPolicies"), ["?parameter `Name`"]);
    assert_eq!(question.linked("P", "Buckets"), ["?parameter `Name`"]);
    assert_eq!(question.linked("Q", "Buckets"), [""; 0]);
    assert_eq!(question.place("A", "Linked.BucketPolicies.0"), "P.Properties.Bucket");
}

#[test]
fn one_parameter_on_both_sides_is_one_name() {
    let arena = Bump::new();
    let name = json!({"$partial": ["data-", {"$unknown": "parameter `Env`"}]});
    let other = json!({"$partial": ["data-", {"$unknown": "parameter `Stage`"}]});
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!({"$parameter": "Name"})),
            "B": bucket(name.clone()),
            "P": policy(json!({"$parameter": "Name"})),
            "Q": policy(name),
            "R": policy(other),
        }),
    );
    assert_eq!(question.linked("P", "Buckets"), ["A"]);
    assert_eq!(question.linked("Q", "Buckets"), ["B"]);
    assert_eq!(question.linked("R", "Buckets"), ["?parameter `Stage`"]);
}

#[test]
fn a_companion_whose_condition_does_not_hold_is_not_there() {
    let arena = Bump::new();
    let template = json!({
        "B": bucket(json!("logs")),
        "P": {"$if": [3, policy(json!("logs")), {"$absent": true}]},
    });
    let question = Question::new(&arena, &template);
    assert_eq!(question.get("B", "Linked.BucketPolicies").unwrap_err(), Pending(Variable(3)));
    assert_eq!(question.get("P", "").unwrap_err(), Pending(Variable(3)));
    assert_eq!(question.choose(3, 1).linked("B", "BucketPolicies"), ["P"]);
    let question = Question::new(&arena, &template).choose(3, 0);
    assert_eq!(question.linked("B", "BucketPolicies"), [""; 0]);
    assert!(matches!(question.get("P", "").unwrap().kind, Kind::Absent));
}

#[test]
fn what_another_stack_or_custom_code_gives_may_be_anything() {
    let arena = Bump::new();
    let rule = |group: &str| resource("AWS::EC2::SecurityGroupIngress", &json!({"GroupId": {"$ref": group}}));
    let question = Question::new(
        &arena,
        &json!({
            "G": resource("AWS::EC2::SecurityGroup", &json!({})),
            "Net": resource("AWS::CloudFormation::Stack", &json!({})),
            "R1": rule("Net.Outputs.Group"),
            "R2": rule("G.GroupId"),
            "R3": rule("Nowhere"),
        }),
    );
    assert_eq!(question.linked("G", "IngressRules"), ["?`Net.Outputs.Group`", "R2"]);
    assert_eq!(question.linked("R3", "Groups"), [""; 0]);
}

#[test]
fn a_key_is_found_through_its_alias() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "K": resource("AWS::KMS::Key", &json!({})),
            "Loop": resource("AWS::KMS::Alias", &json!({"TargetKeyId": {"$ref": "Loop"}})),
            "N": resource("AWS::KMS::Alias", &json!({"TargetKeyId": {"$ref": "K"}})),
            "T": resource("AWS::CloudTrail::Trail", &json!({"KMSKeyId": {"$ref": "N"}})),
            "U": resource("AWS::CloudTrail::Trail", &json!({"KMSKeyId": {"$ref": "Loop"}})),
        }),
    );
    assert_eq!(question.linked("T", "Keys"), ["K"]);
    assert_eq!(question.linked("U", "Keys"), [""; 0]);
    assert_eq!(question.linked("K", "Trails"), ["T"]);
}

#[test]
fn a_flow_log_belongs_to_what_its_type_says() {
    let arena = Bump::new();
    let log = |kind: &str, of: &str| {
        resource("AWS::EC2::FlowLog", &json!({"ResourceType": kind, "ResourceId": {"$parameter": of}}))
    };
    let question = Question::new(
        &arena,
        &json!({
            "F": log("VPC", "Id"),
            "S": resource("AWS::EC2::Subnet", &json!({})),
            "V": resource("AWS::EC2::VPC", &json!({})),
        }),
    );
    assert_eq!(question.linked("V", "FlowLogs"), ["?parameter `Id`"]);
    assert_eq!(question.linked("S", "FlowLogs"), [""; 0]);
    assert_eq!(question.linked("F", "Vpcs"), ["?parameter `Id`"]);
    assert_eq!(question.linked("F", "Subnets"), [""; 0]);
}

#[test]
fn lists_are_looked_through_and_may_be_unknown_as_a_whole() {
    let arena = Bump::new();
    let group = |ids: JsonValue| resource("AWS::RDS::DBSubnetGroup", &json!({"SubnetIds": ids}));
    let question = Question::new(
        &arena,
        &json!({
            "D1": group(json!([{"$ref": "S1"}, {"$ref": "S2"}, {"$ref": "S1"}, {"$absent": true}, "subnet-1"])),
            "D2": group(json!({"$list": "parameter `Subnets`"})),
            "S1": resource("AWS::EC2::Subnet", &json!({})),
            "S2": resource("AWS::EC2::Subnet", &json!({})),
        }),
    );
    assert_eq!(question.linked("D1", "Subnets"), ["S1", "S2"]);
    assert_eq!(question.linked("D2", "Subnets"), ["?parameter `Subnets`"]);
    assert_eq!(question.linked("S2", "DBSubnetGroups"), ["D1", "?parameter `Subnets`"]);
}

#[test]
fn a_property_with_too_many_values_may_name_anything() {
    let arena = Bump::new();
    let ids = |count: usize| resource("AWS::RDS::DBSubnetGroup", &json!({"SubnetIds": vec!["subnet-1"; count]}));
    let question = Question::new(
        &arena,
        &json!({
            "D1": ids(256),
            "D2": ids(257),
            "S": resource("AWS::EC2::Subnet", &json!({})),
        }),
    );
    assert_eq!(question.linked("D1", "Subnets"), [""; 0]);
    assert_eq!(question.linked("S", "DBSubnetGroups"), ["?more than 256 values"]);
}

/// The steps of a path, last first; dots in brackets do not part them.
fn steps_backwards(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut is_inside = false;
    for letter in path.chars() {
        is_inside = (is_inside || letter == '[') && letter != ']';
        if letter == '.' && !is_inside {
            steps.push(String::new());
        } else {
            steps.last_mut().unwrap().push(letter);
        }
    }
    steps.reverse();
    steps
}

/// Every row of the table links by a reference, both ways.
#[test]
fn every_role_links_both_ways() {
    for role in ROLES {
        let mut leaf = json!({"$ref": "Target"});
        let (before, after) = role.around;
        if (before, after) != ("", "") {
            let pieces: Vec<JsonValue> = vec![json!(before), leaf, json!(after)];
            leaf = json!({"$partial": pieces.into_iter().filter(|piece| piece != "").collect::<Vec<_>>()});
        }
        for step in steps_backwards(role.path) {
            leaf = match step.split_once(['[', '{']) {
                Some((key, "]")) => json!({key: [leaf]}),
                Some((key, "}")) => json!({key: {"Any": leaf}}),
                Some((key, filter)) => {
                    let (name, value) = filter.trim_end_matches(']').split_once('=').unwrap();
                    leaf[name] = json!(value);
                    json!({key: [leaf]})
                }
                None => json!({step: leaf}),
            };
        }
        if let Some((property, value)) = role.only {
            leaf[property] = json!(value);
        }
        let arena = Bump::new();
        let question = Question::new(
            &arena,
            &json!({
                "Source": resource(role.source, &leaf),
                "Target": resource(role.target, &json!({})),
            }),
        );
        assert_eq!(question.linked("Source", role.forward), ["Target"], "{} {}", role.source, role.path);
        assert_eq!(question.linked("Target", role.reverse), ["Source"], "{} {}", role.source, role.path);
    }
}

#[test]
fn an_attribute_names_a_bucket_only_under_its_key() {
    let arena = Bump::new();
    let balancer = |key: JsonValue| {
        let attributes =
            json!([{"Key": "idle_timeout.timeout_seconds", "Value": "logs"}, {"Key": key, "Value": "logs"}]);
        resource("AWS::ElasticLoadBalancingV2::LoadBalancer", &json!({"LoadBalancerAttributes": attributes}))
    };
    let question = Question::new(
        &arena,
        &json!({
            "A": balancer(json!("access_logs.s3.bucket")),
            "B": balancer(json!("connection_logs.s3.bucket")),
            "C": balancer(json!({"$parameter": "Key"})),
            "Logs": bucket(json!("logs")),
        }),
    );
    assert_eq!(question.linked("A", "LogBuckets"), ["Logs"]);
    assert_eq!(question.linked("B", "LogBuckets"), [""; 0]);
    assert_eq!(question.linked("C", "LogBuckets"), ["?parameter `Key`"]);
    assert_eq!(question.linked("Logs", "LoadBalancers"), ["A", "?parameter `Key`"]);
}

#[test]
fn a_log_group_belongs_to_what_its_name_ends_with() {
    let arena = Bump::new();
    let group = |name: JsonValue| resource("AWS::Logs::LogGroup", &json!({"LogGroupName": name}));
    let named = json!({"$partial": [{"$unknown": "pseudo parameter `AWS::StackName`"}, "-f"]});
    let question = Question::new(
        &arena,
        &json!({
            "F": resource("AWS::Lambda::Function", &json!({"FunctionName": named})),
            "G": resource("AWS::Lambda::Function", &json!({"FunctionName": "g"})),
            "OfF": group(json!({"$partial": ["/aws/lambda/", {"$ref": "F"}]})),
            "AlsoOfF": group(json!({"$partial": ["/aws/lambda/", {"$unknown": "pseudo parameter `AWS::StackName`"}, "-f"]})),
            "OfG": group(json!("/aws/lambda/g")),
            "Other": group(json!("g")),
        }),
    );
    assert_eq!(question.linked("OfF", "Functions"), ["F"]);
    assert_eq!(question.linked("AlsoOfF", "Functions"), ["F"]);
    assert_eq!(question.linked("G", "LogGroups"), ["OfG"]);
    assert_eq!(question.linked("Other", "Functions"), [""; 0]);
}

#[test]
fn a_condition_of_something_else_is_not_asked() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "A": bucket(json!("a")),
            "B": {"$if": [1, bucket(json!("b")), {"$absent": true}]},
            "PA": policy(json!({"$ref": "A"})),
            "PB": {"$if": [2, policy(json!({"$ref": "B"})), {"$absent": true}]},
            "PC": policy(json!("a")),
        }),
    );
    assert_eq!(question.linked("A", "BucketPolicies"), ["PA", "PC"]);
    assert_eq!(question.linked("PC", "Buckets"), ["A"]);
    let question = question.choose(1, 1);
    assert_eq!(question.get("B", "Linked.BucketPolicies").unwrap_err(), Pending(Variable(2)));
}

#[test]
fn too_many_candidates_are_unsure_rather_than_slow() {
    let arena = Bump::new();
    let mut template = json!({"B": bucket(json!("logs"))});
    for number in 0..3_000 {
        template[format!("P{number}")] = policy(json!("other"));
    }
    let question = Question::new(&arena, &template);
    assert_eq!(question.linked("B", "BucketPolicies"), ["?too many resources of one type"]);
}

#[test]
fn what_an_account_has_one_of_belongs_together_and_too_many_are_told() {
    let arena = Bump::new();
    let recorder = || resource("AWS::Config::ConfigurationRecorder", &json!({}));
    let mut template = json!({"R": recorder(), "Q": recorder()});
    for number in 0..2 {
        template[format!("C{number}")] = resource("AWS::Config::DeliveryChannel", &json!({}));
    }
    let question = Question::new(&arena, &template);
    for id in ["R", "Q"] {
        assert_eq!(question.linked(id, "DeliveryChannels"), ["C0", "C1"]);
    }
    assert_eq!(question.linked("C1", "ConfigurationRecorders"), ["Q", "R"]);
    for number in 0..1_001 {
        template[format!("D{number}")] = resource("AWS::Config::DeliveryChannel", &json!({}));
    }
    let question = Question::new(&arena, &template);
    let channels = question.linked("R", "DeliveryChannels");
    assert_eq!(channels.len(), 1_001);
    assert_eq!(channels.last().map(String::as_str), Some("?too many resources of one type"));
}
