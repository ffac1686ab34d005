//! Templates out of any bytes: each byte is a decision, so that what libFuzzer changes is what the template says rather than
//! where its brackets stand.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The most values that one template is made of.
const VALUES: usize = 600;

const TYPES: [&str; 28] = [
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Instance",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::InternetGateway",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::RDS::DBInstance",
    "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function",
    "AWS::Serverless::Api",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Serverless::SimpleTable",
    "AWS::Serverless::HttpApi",
    "AWS::EC2::Volume",
    "My::Own::Thing::MODULE",
    "Custom::Thing",
];

const KEYS: [&str; 48] = [
    "BucketName",
    "BucketEncryption",
    "PolicyDocument",
    "Statement",
    "Effect",
    "Principal",
    "Action",
    "Resource",
    "Condition",
    "SecurityGroupIngress",
    "CidrIp",
    "FromPort",
    "ToPort",
    "IpProtocol",
    "GroupId",
    "VpcId",
    "SubnetId",
    "SubnetIds",
    "SecurityGroupIds",
    "RouteTableId",
    "GatewayId",
    "DestinationCidrBlock",
    "CidrBlock",
    "NetworkAclId",
    "RuleNumber",
    "RuleAction",
    "Egress",
    "Listeners",
    "Scheme",
    "LoadBalancerArn",
    "AssumeRolePolicyDocument",
    "Policies",
    "ManagedPolicyArns",
    "KeyPolicy",
    "Environment",
    "Variables",
    "StorageEncrypted",
    "KmsKeyId",
    "Events",
    "Tags",
    "TemplateURL",
    "Parameters",
    "Type",
    "Properties",
    "Encrypted",
    "Fn::Transform",
    "Name",
    "Location",
];

const WORDS: [&str; 40] = [
    "*",
    "Allow",
    "Deny",
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "22",
    "-1",
    "65535",
    "true",
    "false",
    "",
    "AWS::NoValue",
    "AWS::Region",
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "s3:*",
    "kms:Decrypt",
    "tcp",
    "${A}",
    "${A.Arn}",
    "${!x}",
    "${",
    "é\u{202e}",
    "A",
    "B",
    "P",
    "C",
    "internet-facing",
    "b.json",
    "c.json",
    "AWS::Include",
    "B.Outputs.O",
    "O",
    "P,Q,R",
    "Q",
    "M",
    "${X}",
    "${L}${P}",
    "AWS::AccountId",
    "2010-09-09",
];

const FUNCTIONS: [&str; 26] = [
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::Join",
    "Fn::If",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Transform",
    "Fn::Length",
    "Fn::ToJsonString",
    "Fn::Equals",
    "Fn::And",
    "Fn::Or",
    "Fn::Not",
    "Condition",
    "Fn::ForEach::L",
    "Fn::Contains",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::GetStackOutput",
];

/// The bytes as a template in JSON, or in YAML with short functions, aliases and comments.
#[must_use]
pub fn template(bytes: &[u8]) -> String {
    let (first, rest) = bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest));
    let tree = tree(rest);
    match first % 3 {
        0 => tree.to_string(),
        way => {
            let mut writer = Writer { out: String::new(), known: BTreeMap::new(), aliases: way == 2, number: 0 };
            writer.write(&tree);
            writer.out
        }
    }
}

fn tree(bytes: &[u8]) -> Value {
    let mut maker = Maker { bytes: bytes.iter(), left: VALUES };
    let mut root = Map::new();
    root.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    let decisions = maker.byte();
    if decisions & 1 != 0 {
        let transform = match maker.below(4) {
            0 => json!("AWS::LanguageExtensions"),
            1 => json!("AWS::Serverless-2016-10-31"),
            2 => {
                json!(["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31", {"Name": "AWS::Include", "Parameters": {"Location": maker.word()}}])
            }
            _ => json!(["AWS::LanguageExtensions", maker.value(2)]),
        };
        root.insert("Transform".to_owned(), transform);
    }
    if decisions & 2 != 0 {
        root.insert("Parameters".to_owned(), maker.parameters());
    }
    if decisions & 4 != 0 {
        let conditions: Map<String, Value> =
            (0..maker.below(4)).map(|number| (name(number), maker.condition(3))).collect();
        root.insert("Conditions".to_owned(), Value::Object(conditions));
    }
    if decisions & 8 != 0 {
        root.insert(
            "Mappings".to_owned(),
            json!({"M": {"A": {"B": maker.value(2)}, "P": {"B": maker.word()}}, "A": maker.value(3)}),
        );
    }
    if decisions & 16 != 0 {
        let rule = json!({"RuleCondition": maker.condition(2), "Assertions": [{"Assert": maker.condition(3), "AssertDescription": "x"}]});
        root.insert("Rules".to_owned(), json!({"R": rule, "S": maker.value(2)}));
    }
    let mut resources: Map<String, Value> =
        (0..=maker.below(5)).map(|number| (name(number), maker.resource())).collect();
    if maker.byte() & 1 != 0 {
        resources.insert("Fn::ForEach::L".to_owned(), maker.repeated(2));
    }
    root.insert("Resources".to_owned(), Value::Object(resources));
    if decisions & 32 != 0 {
        let output = json!({"Value": maker.value(3), "Condition": maker.word(), "Export": {"Name": maker.value(2)}});
        root.insert("Outputs".to_owned(), json!({"O": output, "Fn::ForEach::N": maker.value(3)}));
    }
    if decisions & 64 != 0 {
        root.insert("Globals".to_owned(), json!({"Function": maker.map(2), "Api": maker.map(2)}));
    }
    if decisions & 128 != 0 {
        root.insert("Metadata".to_owned(), maker.silencing());
    }
    Value::Object(root)
}

fn name(number: usize) -> String {
    ["A", "B", "C", "P", "Fn::ForEach::L"].get(number).copied().unwrap_or("Z").to_owned()
}

/// Writes YAML in brackets.
struct Writer {
    out: String,
    /// The anchors of collections that were written.
    known: BTreeMap<String, usize>,
    aliases: bool,
    /// How many pairs were written.
    number: usize,
}

impl Writer {
    fn write(&mut self, value: &Value) {
        let is_empty = value.as_object().is_none_or(Map::is_empty) && value.as_array().is_none_or(Vec::is_empty);
        if self.aliases && !is_empty {
            let text = value.to_string();
            if let Some(anchor) = self.known.get(&text) {
                self.out.push_str(&format!("*a{anchor} "));
                return;
            }
            let anchor = self.known.len();
            self.known.insert(text, anchor);
            self.out.push_str(&format!("&a{anchor} "));
        }
        match value {
            Value::Object(entries) => {
                let short = entries.iter().next().filter(|_| entries.len() == 1);
                let short = short.and_then(|(key, value)| Some((key.strip_prefix("Fn::")?, value)));
                // An anchor and a tag may stand before the same node, but not a tag before an alias.
                if let Some((function, argument)) =
                    short.filter(|(function, _)| !self.aliases && !function.contains(':'))
                {
                    self.out.push_str(&format!("!{function} "));
                    return self.write(argument);
                }
                self.out.push('{');
                for (number, (key, inner)) in entries.iter().enumerate() {
                    self.out.push_str(if number == 0 { "" } else { "," });
                    self.number += 1;
                    if self.number.is_multiple_of(7) {
                        self.out.push_str(" # cfnward: ignore[ebs_volume_unencrypted] because");
                    }
                    self.out.push_str(&format!("\n {}: ", Value::from(key.as_str())));
                    self.write(inner);
                }
                self.out.push('}');
            }
            Value::Array(items) => {
                self.out.push('[');
                for (number, inner) in items.iter().enumerate() {
                    self.out.push_str(if number == 0 { "" } else { ", " });
                    self.write(inner);
                }
                self.out.push(']');
            }
            other => self.out.push_str(&other.to_string()),
        }
    }
}

struct Maker<'b> {
    bytes: std::slice::Iter<'b, u8>,
    left: usize,
}

impl Maker<'_> {
    /// The next decision; the end of the bytes decides for the first of everything.
    fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound.max(1)
    }

    fn one_of<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of.get(self.below(of.len())).copied().unwrap_or("")
    }

    fn word(&mut self) -> Value {
        json!(self.one_of(&WORDS))
    }

    fn parameters(&mut self) -> Value {
        let kinds =
            ["String", "Number", "CommaDelimitedList", "AWS::EC2::VPC::Id", "AWS::SSM::Parameter::Value<String>", "?"];
        let mut parameters = Map::new();
        for number in 0..self.below(4) {
            let mut parameter = json!({"Type": self.one_of(&kinds)});
            if self.byte() & 1 != 0 {
                parameter["Default"] = self.word();
            }
            if self.byte() & 1 != 0 {
                parameter["AllowedValues"] = json!([self.word(), self.word(), self.word()]);
            }
            if self.byte() & 3 == 3 {
                parameter["AllowedPattern"] = json!("^[a-z*]+$");
            }
            parameters.insert(["P", "Q", "A", "Z"].get(number).copied().unwrap_or("Y").to_owned(), parameter);
        }
        Value::Object(parameters)
    }

    fn condition(&mut self, depth: usize) -> Value {
        let inner = depth.saturating_sub(1);
        match self.below(8) {
            0 | 1 => json!({"Fn::Equals": [{"Ref": self.one_of(&["P", "Q", "A", "AWS::Region"])}, self.word()]}),
            2 if depth > 0 => json!({"Fn::Not": [self.condition(inner)]}),
            3 if depth > 0 => json!({"Fn::And": [self.condition(inner), self.condition(inner)]}),
            4 if depth > 0 => json!({"Fn::Or": [self.condition(inner), self.condition(inner)]}),
            5 => json!({"Condition": self.one_of(&["A", "B", "C", "Z"])}),
            6 => json!({"Fn::Contains": [self.value(1), self.word()]}),
            _ => self.function(depth),
        }
    }

    /// What a loop makes.
    fn repeated(&mut self, depth: usize) -> Value {
        let over = match self.below(3) {
            0 => json!(["a", "b", self.word()]),
            1 => json!({"Ref": self.one_of(&["P", "Q"])}),
            _ => self.value(2),
        };
        let key = self.one_of(&["${X}", "R${X}", "R", "R&{X}"]).to_owned();
        let body = if depth > 0 && self.byte() & 1 != 0 {
            json!({"Fn::ForEach::K": self.repeated(depth - 1)})
        } else {
            Value::Object(Map::from_iter([(key, self.resource())]))
        };
        json!(["X", over, body])
    }

    /// What would silence something, in the words of several tools.
    fn silencing(&mut self) -> Value {
        match self.below(6) {
            0 => {
                json!({"cfnward": {"ignore": [{"rule": self.word(), "reason": "x", "until": "2030-01-01"}, "ebs_volume_unencrypted"]}})
            }
            1 => json!({"checkov": {"skip": [{"id": "CKV_AWS_3", "comment": self.word()}]}}),
            2 => json!({"cfn_nag": {"rules_to_suppress": [{"id": "F1", "reason": self.word()}, self.value(1)]}}),
            3 => json!({"guard": {"SuppressedRules": [self.word(), "ENCRYPTED_VOLUMES"]}}),
            4 => {
                json!({"cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-EC26", "reason": "x", "applies_to": self.value(1)}]}})
            }
            _ => {
                json!({"cfnward": {"ignore": self.value(2)}, "cfn-lint": {"config": {"ignore_checks": self.value(1)}}})
            }
        }
    }

    fn resource(&mut self) -> Value {
        let mut resource = json!({"Type": self.one_of(&TYPES)});
        let decisions = self.byte();
        if decisions & 1 != 0 {
            resource["Condition"] = json!(self.one_of(&["A", "B", "C", "Z"]));
        }
        if decisions & 2 != 0 {
            resource["Properties"] = self.map(4);
        }
        if decisions & 4 != 0 {
            resource["Metadata"] = self.silencing();
        }
        if decisions & 8 != 0 {
            resource["DependsOn"] = self.value(1);
        }
        if decisions & 0x30 == 0x30 {
            let parameters = json!({"P": self.value(2), "Q": self.word()});
            let address = self.one_of(&["a.json", "b.json", "c.json", "./b.json", "../c.json"]);
            resource["Type"] = json!(self.one_of(&["AWS::CloudFormation::Stack", "AWS::Serverless::Application"]));
            resource["Properties"] = json!({"TemplateURL": address, "Location": address, "Parameters": parameters});
        }
        if decisions & 0xC0 == 0xC0 { self.value(3) } else { resource }
    }

    fn map(&mut self, depth: usize) -> Value {
        let entries = self.below(6);
        Value::Object((0..entries).map(|_| (self.one_of(&KEYS).to_owned(), self.value(depth))).collect())
    }

    fn function(&mut self, depth: usize) -> Value {
        let function = self.one_of(&FUNCTIONS).to_owned();
        let argument = match self.below(4) {
            0 => self.word(),
            1 => json!([self.word(), self.value(depth.saturating_sub(1))]),
            2 => json!([self.word(), self.value(depth.saturating_sub(1)), self.value(depth.saturating_sub(1))]),
            _ => self.value(depth.saturating_sub(1)),
        };
        Value::Object(Map::from_iter([(function, argument)]))
    }

    fn value(&mut self, depth: usize) -> Value {
        let Some(left) = self.left.checked_sub(1).filter(|_| depth > 0) else { return self.word() };
        self.left = left;
        match self.below(10) {
            0..=2 => self.word(),
            3 => json!(i64::from(self.byte()) - 100),
            4 => json!(self.byte() & 1 != 0),
            5 => Value::Null,
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            7 => self.map(depth - 1),
            _ => self.function(depth),
        }
    }
}
