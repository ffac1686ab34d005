use std::collections::{BTreeMap, BTreeSet};

use super::*;

const BYTES: &[u8] = include_bytes!("properties.bin");

/// The place at a path such as `AWS::S3::Bucket Tags[].Key`.
fn at(path: &str) -> PropertyType {
    let (resource_type, path) = path.split_once(' ').unwrap_or((path, ""));
    let mut place = PropertyType::resource(resource_type);
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let key = step.trim_end_matches("[]");
        place = place.key(key);
        for _ in 0..(step.len() - key.len()) / 2 {
            place = place.item();
        }
    }
    place
}

#[track_caller]
fn kinds(expected: &[(&str, Kind)]) {
    for (path, kind) in expected {
        assert_eq!(at(path).kind(), *kind, "{path}");
    }
}

#[test]
fn scalars_have_the_kind_that_the_schema_declares() {
    kinds(&[
        ("AWS::RDS::DBInstance StorageEncrypted", Kind::Bool),
        ("AWS::RDS::DBInstance Port", Kind::Text),
        ("AWS::RDS::DBCluster Port", Kind::Integer),
        ("AWS::Redshift::Cluster Port", Kind::Integer),
        ("AWS::RDS::DBCluster ServerlessV2ScalingConfiguration.MinCapacity", Kind::Number),
        ("AWS::EC2::SecurityGroup SecurityGroupIngress[].FromPort", Kind::Integer),
        ("AWS::EC2::SecurityGroup SecurityGroupIngress[].IpProtocol", Kind::Text),
        ("AWS::EC2::SecurityGroupIngress ToPort", Kind::Integer),
        (
            "AWS::S3::Bucket BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.SSEAlgorithm",
            Kind::Text,
        ),
        ("AWS::S3::Bucket PublicAccessBlockConfiguration.BlockPublicAcls", Kind::Bool),
        ("AWS::S3::Bucket Tags[].Key", Kind::Text),
        ("AWS::DynamoDB::Table PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", Kind::Bool),
    ]);
}

#[test]
fn lists_and_objects_are_told_apart() {
    kinds(&[
        ("AWS::S3::Bucket", Kind::Object),
        ("AWS::S3::Bucket Tags", Kind::List),
        ("AWS::S3::Bucket Tags[]", Kind::Object),
        ("AWS::DynamoDB::Table LocalSecondaryIndexes[].KeySchema", Kind::List),
        ("AWS::DynamoDB::Table KeySchema", Kind::Any),
        ("AWS::DynamoDB::Table KeySchema[].AttributeName", Kind::Text),
    ]);
}

#[test]
fn policy_documents_and_other_free_objects_are_json() {
    kinds(&[
        ("AWS::IAM::Role AssumeRolePolicyDocument", Kind::Json),
        ("AWS::IAM::Role Policies[].PolicyDocument", Kind::Json),
        ("AWS::IAM::ManagedPolicy PolicyDocument", Kind::Json),
        ("AWS::S3::BucketPolicy PolicyDocument", Kind::Json),
        ("AWS::KMS::Key KeyPolicy", Kind::Json),
        ("AWS::StepFunctions::StateMachine Definition", Kind::Json),
        ("AWS::IAM::Role AssumeRolePolicyDocument.Version", Kind::Unknown),
        ("AWS::SQS::Queue RedrivePolicy", Kind::Json),
        ("AWS::SQS::Queue RedrivePolicy.maxReceiveCount", Kind::Integer),
    ]);
    assert_eq!(at("AWS::IAM::Role AssumeRolePolicyDocument").has_key("Statement"), None);
}

#[test]
fn a_key_of_a_map_has_the_type_of_its_values() {
    kinds(&[
        ("AWS::Cognito::IdentityPoolRoleAttachment Roles", Kind::Object),
        ("AWS::Cognito::IdentityPoolRoleAttachment Roles.authenticated", Kind::Text),
        ("AWS::Lambda::Function Environment.Variables", Kind::Object),
        ("AWS::Lambda::Function Environment.Variables.STAGE", Kind::Any),
    ]);
    assert_eq!(at("AWS::Cognito::IdentityPoolRoleAttachment Roles").has_key("authenticated"), None);
}

#[test]
fn alternatives_are_one_object_with_the_properties_of_all() {
    let target = at("AWS::CloudFormation::GuardHook TargetFilters");
    assert_eq!(target.kind(), Kind::Object);
    assert_eq!((target.has_key("Targets"), target.has_key("Actions")), (Some(true), Some(true)));
}

#[test]
fn a_type_that_contains_itself_goes_on_and_on() {
    let statement = at("AWS::WAFv2::WebACL Rules[].Statement");
    assert_eq!(statement.kind(), Kind::Object);
    let mut deeper = statement;
    for _ in 0..100 {
        deeper = deeper.key("AndStatement").key("Statements").item();
        assert_eq!(deeper, statement);
    }
    assert_eq!(deeper.key("RateBasedStatement").key("Limit").kind(), Kind::Integer);
}

#[test]
fn what_is_not_in_the_table_is_unknown_all_the_way_down() {
    for name in ["", "AWS::S3", "AWS::S3::Bucke", "AWS::S3::Bucketx", "aws::s3::bucket", "Custom::Thing", "\u{10ffff}"]
    {
        assert_eq!(PropertyType::resource(name), PropertyType::UNKNOWN, "{name}");
    }
    let unknown = PropertyType::UNKNOWN;
    assert_eq!((unknown.kind(), unknown.key("Tags"), unknown.item()), (Kind::Unknown, unknown, unknown));
    assert_eq!(unknown.has_key("Tags"), None);
    let bucket = at("AWS::S3::Bucket");
    assert_eq!((bucket.item(), bucket.key("Nothing"), bucket.key("")), (unknown, unknown, unknown));
    assert_eq!(bucket.key("BucketName").key("x"), unknown);
    assert_eq!(PropertyType(u32::MAX).key("Tags"), unknown);
    assert_eq!(PropertyType(u32::MAX).kind(), Kind::Unknown);
}

#[test]
fn the_schema_says_which_properties_can_be_set() {
    let bucket = at("AWS::S3::Bucket");
    assert_eq!(bucket.has_key("BucketName"), Some(true));
    assert_eq!(bucket.has_key("BucketNames"), Some(false));
    assert_eq!(bucket.has_key("bucketName"), Some(false));
    assert_eq!(bucket.key("Tags").has_key("Key"), None);
    assert_eq!(at("AWS::CloudFormation::CustomResource").has_key("Whatever"), None);
    // Declared without a type.
    let flow = at("AWS::QuickSight::Flow");
    assert_eq!((flow.has_key("FlowDefinition"), flow.key("FlowDefinition")), (Some(true), PropertyType::UNKNOWN));
    assert_eq!(at("AWS::CloudFormation::WaitConditionHandle").has_key("Anything"), Some(false));
}

#[test]
fn read_only_attributes_are_no_properties() {
    assert_eq!(at("AWS::S3::Bucket").has_key("Arn"), Some(false));
    assert_eq!(at("AWS::RDS::DBInstance").has_key("DBInstanceArn"), Some(false));
    let secret = at("AWS::RDS::DBInstance MasterUserSecret");
    assert_eq!((secret.has_key("KmsKeyId"), secret.has_key("SecretArn")), (Some(true), Some(false)));
    let peer = at("AWS::EC2::TransitGatewayConnectPeer ConnectPeerConfiguration.BgpConfigurations[]");
    assert_eq!((peer.has_key("PeerAsn"), peer.has_key("BgpStatus")), (Some(true), Some(false)));
    // Listed as read-only and as set at creation.
    assert_eq!(at("AWS::Signer::SigningProfile").has_key("ProfileName"), Some(true));
}

#[test]
fn sam_types_are_read_without_their_room_for_intrinsic_functions() {
    kinds(&[
        ("AWS::Serverless::Function Timeout", Kind::Integer),
        ("AWS::Serverless::Function PropagateTags", Kind::Bool),
        ("AWS::Serverless::HttpApi DefinitionBody", Kind::Json),
        ("AWS::Serverless::SimpleTable SSESpecification.SSEEnabled", Kind::Bool),
    ]);
}

#[test]
fn the_first_missing_step_of_a_path_is_named() {
    let missing = |resource_type: &str, path: &'static str| {
        PropertyType::resource(resource_type).missing_step(path.split('.').filter(|step| !step.is_empty()))
    };
    assert_eq!(missing("AWS::S3::Bucket", ""), None);
    assert_eq!(missing("AWS::S3::Bucket", "Tags.*.Key"), None);
    assert_eq!(missing("AWS::S3::Bucket", "Tags.0.Key"), None);
    assert_eq!(missing("AWS::S3::Bucket", "Tags.Key"), None);
    assert_eq!(missing("AWS::S3::Bucket", "Tags.*.Keys"), Some("Keys"));
    assert_eq!(missing("AWS::S3::Bucket", "Encryption.SSEAlgorithm"), Some("Encryption"));
    assert_eq!(missing("AWS::S3::Bucket", "*.Whatever"), None);
    assert_eq!(missing("AWS::IAM::Role", "AssumeRolePolicyDocument.Statement.*.Effect"), None);
    assert_eq!(missing("Custom::Thing", "A.B.C"), None);
}

#[test]
fn over_a_thousand_types_are_listed_in_order_and_each_is_found() {
    let names: Vec<&str> = resource_types().collect();
    assert!(names.len() > 1_000, "{}", names.len());
    assert!(names.is_sorted_by(|one, other| one < other));
    for name in names {
        let place = PropertyType::resource(name);
        assert_eq!(place.kind(), Kind::Object, "{name}");
    }
}

#[test]
fn the_table_names_its_source() {
    assert!(schema_source().starts_with("cfn-lint "), "{}", schema_source());
}

#[test]
fn every_node_is_reachable_and_every_name_leads_where_its_row_says() {
    let mut seen = BTreeSet::from([PropertyType::UNKNOWN.0]);
    let mut queue: Vec<PropertyType> = resource_types().map(PropertyType::resource).collect();
    while let Some(place) = queue.pop() {
        if !seen.insert(place.0) {
            continue;
        }
        let node = TABLE.node(place).expect("every number is that of a node");
        let names: Vec<&str> =
            node.fields.iter().map(|row| std::str::from_utf8(TABLE.string(row).unwrap()).unwrap()).collect();
        assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        for (name, row) in names.iter().zip(node.fields) {
            assert_eq!(place.has_key(name), Some(true), "{name}");
            assert_eq!(place.key(name).0, u32::from(u16::from_le_bytes([row[2], row[3]])), "{name}");
            queue.push(place.key(name));
        }
        assert!(node.item == 0 || matches!(node.kind, Kind::List | Kind::Any), "{place:?}");
        assert!(
            (node.rest == 0 && node.fields.is_empty() && !node.closed)
                || matches!(node.kind, Kind::Object | Kind::Json | Kind::Any),
            "{place:?}"
        );
        queue.extend([place.item(), PropertyType(u32::from(node.rest))]);
    }
    // One row more than there are nodes.
    assert_eq!(seen.len() + 1, TABLE.nodes.len());
}

#[test]
fn places_that_look_alike_are_one_node() {
    let mut looks = BTreeMap::new();
    for (number, row) in TABLE.nodes.iter().enumerate() {
        let place = PropertyType(u32::try_from(number).unwrap());
        let Some(node) = TABLE.node(place) else { continue };
        let look = (row[3], node.fields, node.item, node.rest);
        assert_eq!(looks.insert(look, number), None, "{number}");
    }
}

#[test]
fn a_table_that_is_cut_off_is_empty() {
    for length in [0, 1, 7, 8, 35, 36, 100, BYTES.len() / 2, BYTES.len() - 1] {
        let table = Table::cut(&BYTES[..length]);
        assert!(table.nodes.is_empty() && table.types.is_empty(), "{length}");
        assert_eq!(table.resource("AWS::S3::Bucket"), None);
    }
}

#[test]
fn a_scrambled_table_answers_without_panic() {
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    for round in 0..20 {
        let mut bytes = BYTES.to_vec();
        for _ in 0..20_000 {
            // The header survives in most rounds, so that there is something to read.
            let from = if round % 5 == 0 { 8 } else { 36 };
            let position = from + random() as usize % (bytes.len() - from);
            bytes[position] = random() as u8;
        }
        let table = Table::cut(&bytes);
        for number in (0..70_000).step_by(7) {
            let place = PropertyType(number);
            let _ = (table.key(place, "Tags"), table.item(place), table.has_key(place, "Tags"));
        }
        for name in ["AWS::S3::Bucket", "AWS::EC2::Instance", ""] {
            let _ = table.resource(name);
        }
    }
}
