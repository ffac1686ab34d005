use std::collections::BTreeSet;

use bumpalo::Bump;
use serde_json::{Value as JsonValue, json};

use super::template::{Question, resource};
use crate::graph::{fact_descriptions, fact_keys};

/// A template in which every fact with keys has something to say, and who has which.
fn everything() -> (JsonValue, Vec<(&'static str, &'static str)>) {
    let acl = |number: i64, egress: bool, protocol: i64| {
        json!({
            "NetworkAclId": {"$ref": "Acl"}, "RuleNumber": number, "RuleAction": "allow", "Protocol": protocol,
            "CidrBlock": "0.0.0.0/0", "Egress": egress, "Icmp": {"Type": 8, "Code": -1},
        })
    };
    let rule = |protocol: &str| json!({"IpProtocol": protocol, "FromPort": 8, "ToPort": 80, "CidrIp": "0.0.0.0/0"});
    let statement = |principal: JsonValue| {
        json!({"Statement": [{
            "Effect": "Allow", "Action": "*", "Resource": "*", "Principal": principal,
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
        }]})
    };
    let template = json!({
        "Acl": resource("AWS::EC2::NetworkAcl", &json!({})),
        "Entry": resource("AWS::EC2::NetworkAclEntry", &acl(100, false, 6)),
        "Ping": resource("AWS::EC2::NetworkAclEntry", &acl(110, true, 1)),
        "Group": resource("AWS::EC2::SecurityGroup", &json!({
            "VpcId": {"$ref": "Vpc"},
            "SecurityGroupIngress": [rule("tcp"), rule("icmp")], "SecurityGroupEgress": [rule("tcp"), rule("icmp")],
        })),
        "Role": resource("AWS::IAM::Role", &json!({
            "AssumeRolePolicyDocument": statement(json!({"AWS": "*"})),
            "Policies": [{"PolicyName": "p", "PolicyDocument": statement(json!({"AWS": "*"}))}],
        })),
        "Database": resource("AWS::RDS::DBInstance", &json!({
            "MasterUserPassword": "hunter2", "PubliclyAccessible": true,
        })),
        "Function": resource("AWS::Lambda::Function", &json!({"Environment": {"Variables": {"PASSWORD": "hunter2"}}})),
        "Gateway": resource("AWS::EC2::InternetGateway", &json!({})),
        "Attachment": resource("AWS::EC2::VPCGatewayAttachment", &json!({
            "VpcId": {"$ref": "Vpc"}, "InternetGatewayId": {"$ref": "Gateway"},
        })),
        "Vpc": resource("AWS::EC2::VPC", &json!({"CidrBlock": "10.0.0.0/16"})),
        "Table": resource("AWS::EC2::RouteTable", &json!({"VpcId": {"$ref": "Vpc"}})),
        "Route": resource("AWS::EC2::Route", &json!({
            "RouteTableId": {"$ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"$ref": "Gateway"},
        })),
        "Subnet": resource("AWS::EC2::Subnet", &json!({
            "VpcId": {"$ref": "Vpc"}, "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": true,
        })),
        "Association": resource("AWS::EC2::SubnetRouteTableAssociation", &json!({
            "SubnetId": {"$ref": "Subnet"}, "RouteTableId": {"$ref": "Table"},
        })),
        "Instance": resource("AWS::EC2::Instance", &json!({
            "SubnetId": {"$ref": "Subnet"}, "SecurityGroupIds": [{"$ref": "Group.GroupId"}],
        })),
    });
    let facts = vec![
        ("Entry", "Entry"),
        ("Ping", "Entry"),
        ("Entry", "PublicIngress"),
        ("Group", "Ingress"),
        ("Group", "Egress"),
        ("Role", "Statements"),
        ("Role", "TrustStatements"),
        ("Database", "Secrets"),
        ("Function", "SecretVariables"),
        ("Instance", "InternetPath"),
        ("Instance", "InternetPorts"),
    ];
    (template, facts)
}

#[test]
fn the_keys_below_facts_are_those_that_are_described() {
    let (template, facts) = everything();
    let arena = Bump::new();
    let question = Question::new(&arena, &template);
    for (_, fact) in &facts {
        let mut shown = BTreeSet::new();
        for (id, _) in facts.iter().filter(|(_, other)| other == fact) {
            let value = question.show(id, &format!("Facts.{fact}"));
            let items = value.as_array().cloned().unwrap_or_else(|| vec![value]);
            shown.extend(items.iter().flat_map(|item| item.as_object().unwrap().keys().cloned()));
        }
        let described: BTreeSet<String> = fact_keys(fact).map(str::to_owned).collect();
        assert_eq!(shown, described, "{fact}");
    }
    // Credentials are looked for in the text, which a test of the graph does not have.
    let asked: BTreeSet<&str> = facts.iter().map(|(_, fact)| *fact).chain(["Credentials"]).collect();
    for fact in fact_descriptions().iter().filter(|fact| !fact.below.is_empty()) {
        assert!(asked.contains(fact.below), "{}", fact.below);
    }
}
