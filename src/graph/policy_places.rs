//! Where policies stand, and the few resources that are one statement themselves.

use crate::value::{Kind, Pending, Piece, Value, World};

use super::origin::Origin;
use super::read::{Fields, Read, child, is_missing, text};

/// Which list of facts a document's statements go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// What is allowed and denied.
    Statements,
    /// Who may assume a role.
    TrustStatements,
}

/// Where policies of that type stand: type, path below `Properties`, list, and `Source` in facts.
#[rustfmt::skip]
pub(super) const PLACES: &[(&str, &str, List, &str)] = &[
    // What identities may do.
    ("AWS::IAM::Policy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::RolePolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::UserPolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::GroupPolicy", "PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument", List::Statements, "managed"),
    ("AWS::IAM::Role", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument", List::TrustStatements, "resource"),
    ("AWS::IAM::User", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::IAM::Group", "Policies[].PolicyDocument", List::Statements, "inline"),
    ("AWS::SSO::PermissionSet", "InlinePolicy", List::Statements, "inline"),
    ("AWS::IoT::Policy", "PolicyDocument", List::Statements, "managed"),
    ("AWS::Transfer::User", "Policy", List::Statements, "inline"),
    // Who may use resources.
    ("AWS::S3::BucketPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::S3::AccessPoint", "Policy", List::Statements, "resource"),
    ("AWS::S3::MultiRegionAccessPointPolicy", "Policy", List::Statements, "resource"),
    ("AWS::S3ObjectLambda::AccessPointPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::S3Outposts::BucketPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::S3Outposts::AccessPoint", "Policy", List::Statements, "resource"),
    ("AWS::S3Express::BucketPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::S3Tables::TableBucketPolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::S3Tables::TablePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::S3Vectors::VectorBucketPolicy", "Policy", List::Statements, "resource"),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SQS::QueueInlinePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::SNS::TopicInlinePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::KMS::Key", "KeyPolicy", List::Statements, "resource"),
    ("AWS::KMS::ReplicaKey", "KeyPolicy", List::Statements, "resource"),
    ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::ECR::Repository", "RepositoryPolicyText", List::Statements, "resource"),
    ("AWS::ECR::PublicRepository", "RepositoryPolicyText", List::Statements, "resource"),
    ("AWS::ECR::RegistryPolicy", "PolicyText", List::Statements, "resource"),
    ("AWS::ECR::RepositoryCreationTemplate", "RepositoryPolicy", List::Statements, "resource"),
    ("AWS::EFS::FileSystem", "FileSystemPolicy", List::Statements, "resource"),
    ("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::OpenSearchService::Domain", "AccessPolicies", List::Statements, "resource"),
    ("AWS::Elasticsearch::Domain", "AccessPolicies", List::Statements, "resource"),
    ("AWS::Backup::BackupVault", "AccessPolicy", List::Statements, "resource"),
    ("AWS::Backup::LogicallyAirGappedBackupVault", "AccessPolicy", List::Statements, "resource"),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument", List::Statements, "resource"),
    ("AWS::ApiGateway::RestApi", "Policy", List::Statements, "resource"),
    ("AWS::ApiGateway::DomainNameV2", "Policy", List::Statements, "resource"),
    ("AWS::Events::EventBus", "Policy", List::Statements, "resource"),
    ("AWS::Events::EventBusPolicy", "Statement", List::Statements, "resource"),
    ("AWS::EventSchemas::RegistryPolicy", "Policy", List::Statements, "resource"),
    ("AWS::MSK::ClusterPolicy", "Policy", List::Statements, "resource"),
    ("AWS::DynamoDB::Table", "ResourcePolicy.PolicyDocument", List::Statements, "resource"),
    ("AWS::DynamoDB::Table", "StreamSpecification.ResourcePolicy.PolicyDocument", List::Statements, "resource"),
    ("AWS::DynamoDB::GlobalTable", "Replicas[].ResourcePolicy.PolicyDocument", List::Statements, "resource"),
    ("AWS::DynamoDB::GlobalTable", "Replicas[].ReplicaStreamSpecification.ResourcePolicy.PolicyDocument", List::Statements, "resource"),
    ("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument", List::Statements, "resource"),
    ("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument", List::Statements, "resource"),
    ("AWS::MediaStore::Container", "Policy", List::Statements, "resource"),
    ("AWS::Logs::ResourcePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::Logs::LogGroup", "ResourcePolicyDocument", List::Statements, "resource"),
    ("AWS::Logs::Destination", "DestinationPolicy", List::Statements, "resource"),
    ("AWS::VpcLattice::AuthPolicy", "Policy", List::Statements, "resource"),
    ("AWS::VpcLattice::ResourcePolicy", "Policy", List::Statements, "resource"),
    ("AWS::CloudTrail::ResourcePolicy", "ResourcePolicy", List::Statements, "resource"),
    ("AWS::XRay::ResourcePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::Lex::ResourcePolicy", "Policy", List::Statements, "resource"),
    ("AWS::Redshift::Cluster", "NamespaceResourcePolicy", List::Statements, "resource"),
    ("AWS::RedshiftServerless::Namespace", "NamespaceResourcePolicy", List::Statements, "resource"),
    ("AWS::Organizations::ResourcePolicy", "Content", List::Statements, "resource"),
    ("AWS::Organizations::Policy", "Content", List::Statements, "guardrail"),
    ("AWS::SSM::ResourcePolicy", "Policy", List::Statements, "resource"),
    ("AWS::DSQL::Cluster", "PolicyDocument", List::Statements, "resource"),
    ("AWS::APS::ResourcePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::Bedrock::ResourcePolicy", "PolicyDocument", List::Statements, "resource"),
    ("AWS::BedrockAgentCore::ResourcePolicy", "Policy", List::Statements, "resource"),
];

/// The types of resources that are one statement, with `Source` in facts.
pub(super) const SINGLE: &[(&str, &str)] = &[
    ("AWS::Lambda::Permission", "resource"),
    ("AWS::Lambda::LayerVersionPermission", "resource"),
    ("AWS::Events::EventBusPolicy", "resource"),
    ("AWS::Signer::ProfilePermission", "resource"),
];

/// Whether a type has facts in a list.
pub(super) fn has(resource_type: &str, list: List) -> bool {
    let single = list == List::Statements && SINGLE.iter().any(|(single, _)| *single == resource_type);
    single || PLACES.iter().any(|place| place.0 == resource_type && place.2 == list)
}

/// The statement that a resource of one of the single types is, in the form of a policy. `None` for other types, and
/// where the properties say that there is none.
pub(super) fn single<'a>(
    world: &World<'a, '_>,
    properties: Value<'a>,
    resource_type: &str,
) -> Result<Option<Value<'a>>, Pending> {
    let get = |key| child(world, properties, key);
    let mut statement = Statement::new(world, properties);
    statement.constant("Effect", "Allow");
    statement.add("Action", get("Action")?);
    let principal = get("Principal")?;
    match resource_type {
        "AWS::Lambda::Permission" => {
            statement.principal(principal);
            statement.add("Resource", get("FunctionName")?);
            statement.condition("ArnLike", "aws:SourceArn", get("SourceArn")?);
            statement.condition("StringEquals", "aws:SourceAccount", get("SourceAccount")?);
            statement.condition("StringEquals", "aws:PrincipalOrgID", get("PrincipalOrgID")?);
            statement.condition("StringEquals", "lambda:EventSourceToken", get("EventSourceToken")?);
            statement.condition("StringEquals", "lambda:FunctionUrlAuthType", get("FunctionUrlAuthType")?);
        }
        "AWS::Lambda::LayerVersionPermission" => {
            statement.principal(principal);
            statement.add("Resource", get("LayerVersionArn")?);
            statement.condition("StringEquals", "aws:PrincipalOrgID", get("OrganizationId")?);
        }
        "AWS::Signer::ProfilePermission" => {
            statement.principal(principal);
            statement.add("Resource", get("ProfileName")?);
        }
        "AWS::Events::EventBusPolicy" => {
            if is_missing(principal) {
                // The newer form holds a statement of its own.
                return Ok(None);
            }
            statement.principal(principal);
            statement.add("Resource", get("EventBusName")?);
            let condition = get("Condition")?;
            match (text(world, child(world, condition, "Type")?), text(world, child(world, condition, "Key")?)) {
                (Read::Known(operator), Read::Known(key)) => {
                    statement.condition(operator, key, child(world, condition, "Value")?);
                }
                _ if is_missing(condition) => {}
                _ => statement.add("Condition", condition),
            }
        }
        _ => return Ok(None),
    }
    Ok(Some(statement.finish()))
}

/// A statement under construction, whose parts stand where the properties do.
struct Statement<'w, 'a, 'c> {
    world: &'w World<'a, 'c>,
    origin: Origin<'a>,
    fields: Fields<'a>,
    /// Operator, key, value.
    conditions: Vec<(&'a str, &'a str, Value<'a>)>,
}

impl<'w, 'a, 'c> Statement<'w, 'a, 'c> {
    fn new(world: &'w World<'a, 'c>, properties: Value<'a>) -> Self {
        Self { world, origin: Origin::of(properties), fields: Fields::default(), conditions: Vec::new() }
    }

    fn constant(&mut self, key: &'a str, value: &str) {
        self.fields.push(key, self.origin.text(self.world, value));
    }

    fn add(&mut self, key: &'a str, value: Value<'a>) {
        if !is_missing(value) {
            self.fields.push(key, value);
        }
    }

    /// A principal that may be a service or somebody: told by its form.
    fn principal(&mut self, value: Value<'a>) {
        let is_service = match value.kind {
            Kind::String(text) => text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn"),
            Kind::Partial(pieces) => {
                matches!(pieces.first(), Some(Piece::Text(text)) if text.contains('.') && !text.contains(':'))
            }
            _ => false,
        };
        if !is_missing(value) {
            let mut kinds = Fields::default();
            kinds.push(if is_service { "Service" } else { "AWS" }, value);
            self.fields.push("Principal", kinds.finish(self.world, Origin::of(value)));
        }
    }

    fn condition(&mut self, operator: &'a str, key: &'a str, value: Value<'a>) {
        if !is_missing(value) {
            self.conditions.push((operator, key, value));
        }
    }

    fn finish(mut self) -> Value<'a> {
        let mut operators: Vec<&'a str> = self.conditions.iter().map(|(operator, ..)| *operator).collect();
        operators.dedup();
        let mut condition = Fields::default();
        for operator in operators {
            let mut keys = Fields::default();
            for (_, key, value) in self.conditions.iter().filter(|(other, ..)| *other == operator) {
                keys.push(key, value);
            }
            condition.push(operator, keys.finish(self.world, self.origin));
        }
        if !self.conditions.is_empty() {
            self.fields.push("Condition", condition.finish(self.world, self.origin));
        }
        self.fields.finish(self.world, self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::PropertyType;

    #[test]
    fn every_place_stands_in_the_published_schemas() {
        let mut wrong = Vec::new();
        for (resource_type, path, ..) in PLACES {
            let properties = PropertyType::resource(resource_type);
            let steps = path.split('.').flat_map(|step| match step.strip_suffix("[]") {
                Some(list) => vec![list, "*"],
                None => vec![step],
            });
            if properties == PropertyType::UNKNOWN || properties.missing_step(steps).is_some() {
                wrong.push(format!("{resource_type} {path}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
