//! The actions that `Grants` speaks of: those whose holder can raise their own rights, take credentials, open
//! resources to others, read what is meant to be secret, or blind the people who watch.
//!
//! A documented set and not the list of all actions: a rule asks whether a policy allows one of these, whatever
//! wildcards the policy is written with.

/// What an action is sensitive for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Danger {
    /// Its holder can come to rights that they do not have, alone or with another action of this kind.
    Escalation,
    /// It gives out credentials or secrets.
    Credentials,
    /// It opens a resource to others, or changes who may use it.
    Exposure,
    /// It reads data that is kept for somebody.
    Data,
    /// It stops or erases logs, alarms, detectors, keys and backups.
    Blinding,
}

impl Danger {
    /// In words, for the page of facts.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Escalation => "raises the holder's own rights, alone or with another of these",
            Self::Credentials => "gives out credentials or secrets",
            Self::Exposure => "opens a resource to others",
            Self::Data => "reads data",
            Self::Blinding => "stops or erases logs, detectors, keys or backups",
        }
    }

    /// All of them.
    pub const ALL: [Self; 5] = [Self::Escalation, Self::Credentials, Self::Exposure, Self::Data, Self::Blinding];
}

/// The actions by what they are sensitive for.
pub(super) const SENSITIVE: &[(Danger, &[&str])] = &[
    (
        Danger::Escalation,
        &[
            "iam:AddUserToGroup",
            "iam:AttachGroupPolicy",
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:CreatePolicy",
            "iam:CreatePolicyVersion",
            "iam:CreateRole",
            "iam:CreateServiceLinkedRole",
            "iam:CreateUser",
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PassRole",
            "iam:PutGroupPolicy",
            "iam:PutRolePermissionsBoundary",
            "iam:PutRolePolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
            "iam:SetDefaultPolicyVersion",
            "iam:UpdateAssumeRolePolicy",
            "sts:AssumeRole",
            "bedrock-agentcore:CreateCodeInterpreter",
            "cloudformation:CreateStack",
            "cloudformation:CreateStackSet",
            "cloudformation:UpdateStack",
            "codebuild:CreateProject",
            "codebuild:StartBuild",
            "codebuild:UpdateProject",
            "codestar:AssociateTeamMember",
            "codestar:CreateProject",
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "dynamodb:CreateTable",
            "dynamodb:PutItem",
            "ec2:AssociateIamInstanceProfile",
            "ec2:CreateLaunchTemplateVersion",
            "ec2:ModifyInstanceAttribute",
            "ec2:ReplaceIamInstanceProfileAssociation",
            "ec2:RequestSpotInstances",
            "ec2:RunInstances",
            "ec2-instance-connect:SendSSHPublicKey",
            "ecs:RegisterTaskDefinition",
            "ecs:RunTask",
            "ecs:StartTask",
            "ecs:UpdateService",
            "glue:CreateDevEndpoint",
            "glue:CreateJob",
            "glue:UpdateDevEndpoint",
            "glue:UpdateJob",
            "lambda:AddPermission",
            "lambda:CreateEventSourceMapping",
            "lambda:CreateFunction",
            "lambda:InvokeFunction",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "organizations:CreateAccount",
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateTrainingJob",
            "ssm:SendCommand",
            "ssm:StartSession",
            "states:CreateStateMachine",
            "states:UpdateStateMachine",
        ],
    ),
    (
        Danger::Credentials,
        &[
            "chime:CreateApiKey",
            "codepipeline:PollForJobs",
            "cognito-identity:GetCredentialsForIdentity",
            "cognito-identity:GetId",
            "cognito-identity:GetOpenIdToken",
            "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            "connect:GetFederationToken",
            "ecr:GetAuthorizationToken",
            "ec2:GetPasswordData",
            "gamelift:RequestUploadCredentials",
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:CreateServiceSpecificCredential",
            "iam:ResetServiceSpecificCredential",
            "iam:UpdateAccessKey",
            "iam:UpdateLoginProfile",
            "lightsail:DownloadDefaultKeyPair",
            "lightsail:GetBucketAccessKeys",
            "lightsail:GetInstanceAccessDetails",
            "lightsail:GetRelationalDatabaseMasterUserPassword",
            "mediapackage:RotateChannelCredentials",
            "mediapackage:RotateIngestEndpointCredentials",
            "rds-db:connect",
            "redshift:CreateClusterUser",
            "redshift:GetClusterCredentials",
            "redshift-serverless:GetCredentials",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "secretsmanager:GetSecretValue",
            "ssm:GetParameter",
            "ssm:GetParameters",
            "ssm:GetParametersByPath",
            "sso:GetRoleCredentials",
            "sts:AssumeRoleWithSAML",
            "sts:AssumeRoleWithWebIdentity",
            "sts:GetFederationToken",
            "sts:GetSessionToken",
        ],
    ),
    (
        Danger::Exposure,
        &[
            "acm-pca:CreatePermission",
            "acm-pca:PutPolicy",
            "apigateway:UpdateRestApiPolicy",
            "backup:PutBackupVaultAccessPolicy",
            "codeartifact:PutDomainPermissionsPolicy",
            "codeartifact:PutRepositoryPermissionsPolicy",
            "codebuild:PutResourcePolicy",
            "dynamodb:PutResourcePolicy",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:ModifyImageAttribute",
            "ec2:ModifySnapshotAttribute",
            "ec2:ModifyVpcEndpointServicePermissions",
            "ecr:PutRegistryPolicy",
            "ecr:SetRepositoryPolicy",
            "elasticfilesystem:PutFileSystemPolicy",
            "es:UpdateElasticsearchDomainConfig",
            "events:PutPermission",
            "glacier:SetVaultAccessPolicy",
            "glue:PutResourcePolicy",
            "kinesis:PutResourcePolicy",
            "kms:CreateGrant",
            "kms:PutKeyPolicy",
            "lambda:AddLayerVersionPermission",
            "lambda:CreateFunctionUrlConfig",
            "lambda:UpdateFunctionUrlConfig",
            "lakeformation:GrantPermissions",
            "logs:PutResourcePolicy",
            "ram:CreateResourceShare",
            "rds:ModifyDBClusterSnapshotAttribute",
            "rds:ModifyDBInstance",
            "rds:ModifyDBSnapshotAttribute",
            "redshift:AuthorizeSnapshotAccess",
            "redshift:ModifyCluster",
            "s3:BypassGovernanceRetention",
            "s3:DeleteAccountPublicAccessBlock",
            "s3:DeleteBucketPolicy",
            "s3:DeleteBucketPublicAccessBlock",
            "s3:PutAccessPointPolicy",
            "s3:PutAccountPublicAccessBlock",
            "s3:PutBucketAcl",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutObjectAcl",
            "secretsmanager:PutResourcePolicy",
            "sns:AddPermission",
            "sns:SetTopicAttributes",
            "sqs:AddPermission",
            "sqs:SetQueueAttributes",
            "ssm:ModifyDocumentPermission",
        ],
    ),
    (
        Danger::Data,
        &[
            "athena:GetQueryResults",
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:Scan",
            "kinesis:GetRecords",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "logs:GetLogEvents",
            "rds-data:ExecuteStatement",
            "redshift-data:GetStatementResult",
            "s3:GetObject",
            "s3:GetObjectVersion",
            "sqs:ReceiveMessage",
        ],
    ),
    (
        Danger::Blinding,
        &[
            "access-analyzer:DeleteAnalyzer",
            "backup:DeleteBackupVault",
            "backup:DeleteRecoveryPoint",
            "cloudtrail:DeleteTrail",
            "cloudtrail:PutEventSelectors",
            "cloudtrail:StopLogging",
            "cloudtrail:UpdateTrail",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DisableAlarmActions",
            "config:DeleteConfigurationRecorder",
            "config:DeleteDeliveryChannel",
            "config:StopConfigurationRecorder",
            "ec2:DeleteFlowLogs",
            "guardduty:DeleteDetector",
            "guardduty:UpdateDetector",
            "iam:DeactivateMFADevice",
            "inspector2:Disable",
            "kms:DisableKey",
            "kms:ScheduleKeyDeletion",
            "logs:DeleteLogGroup",
            "logs:DeleteLogStream",
            "organizations:LeaveOrganization",
            "s3:DeleteBucket",
            "s3:DeleteObjectVersion",
            "s3:PutLifecycleConfiguration",
            "securityhub:DisableSecurityHub",
            "wafv2:DeleteWebACL",
            "wafv2:DisassociateWebACL",
        ],
    ),
];

/// The actions that `Grants` speaks of, with what each is sensitive for, in the order of the page of facts.
pub fn sensitive_actions() -> impl Iterator<Item = (Danger, &'static str)> {
    SENSITIVE.iter().flat_map(|(danger, actions)| actions.iter().map(move |action| (*danger, *action)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_action_stands_once_and_is_whole() {
        let mut seen = BTreeSet::new();
        for (_, action) in sensitive_actions() {
            assert!(seen.insert(action), "{action}");
            let (service, name) = action.split_once(':').unwrap();
            assert!(!service.is_empty() && !name.is_empty() && !action.contains(['*', '?']), "{action}");
        }
    }
}
