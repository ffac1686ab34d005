//! Templates out of any bytes: each byte is a decision, so that what libFuzzer changes is what the template says rather than
//! where its brackets stand.

use serde_json::{Map, Value, json};

/// The most values that one template is made of.
const VALUES: usize = 600;

const TYPES: [&str; 24] = [
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
    "Custom::Thing",
];

const KEYS: [&str; 40] = [
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
];

const WORDS: [&str; 28] = [
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

/// The bytes as a template in JSON.
#[must_use]
pub fn template(bytes: &[u8]) -> String {
    let mut maker = Maker { bytes: bytes.iter(), left: VALUES };
    let mut root = Map::new();
    root.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
    let decisions = maker.byte();
    if decisions & 1 != 0 {
        root.insert("Transform".to_owned(), json!(["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]));
    }
    if decisions & 2 != 0 {
        root.insert("Parameters".to_owned(), maker.parameters());
    }
    if decisions & 4 != 0 {
        let conditions: Map<String, Value> =
            (0..maker.below(4)).map(|number| (name(number), maker.function(3))).collect();
        root.insert("Conditions".to_owned(), Value::Object(conditions));
    }
    if decisions & 8 != 0 {
        root.insert("Mappings".to_owned(), json!({"M": {"A": {"B": maker.value(2)}, "P": {"B": maker.word()}}}));
    }
    if decisions & 16 != 0 {
        root.insert("Rules".to_owned(), json!({"R": {"Assertions": [{"Assert": maker.function(3)}]}}));
    }
    let resources = (0..=maker.below(5)).map(|number| (name(number), maker.resource())).collect();
    root.insert("Resources".to_owned(), Value::Object(resources));
    if decisions & 32 != 0 {
        root.insert("Outputs".to_owned(), json!({"O": {"Value": maker.value(3), "Export": {"Name": maker.word()}}}));
    }
    Value::Object(root).to_string()
}

fn name(number: usize) -> String {
    ["A", "B", "C", "P", "Fn::ForEach::L"].get(number).copied().unwrap_or("Z").to_owned()
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
            resource["Metadata"] = json!({"cfnward": {"ignore": [self.map(1)]}, "checkov": {"skip": [self.word()]}});
        }
        if decisions & 8 != 0 {
            resource["DependsOn"] = self.value(1);
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
