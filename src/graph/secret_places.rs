//! Where templates hold secrets: data.

/// The properties that hold a secret, by type, sorted: paths below `Properties`, `[]` for the items of a list.
#[rustfmt::skip]
pub(super) const SECRETS: &[(&str, &[&str])] = &[
    ("AWS::AmazonMQ::Broker", &["Users[].Password", "LdapServerMetadata.ServiceAccountPassword"]),
    ("AWS::Amplify::App", &["AccessToken", "OauthToken", "BasicAuthConfig.Password", "AutoBranchCreationConfig.BasicAuthConfig.Password"]),
    ("AWS::Amplify::Branch", &["BasicAuthConfig.Password"]),
    ("AWS::ApiGateway::ApiKey", &["Value"]),
    ("AWS::AppStream::DirectoryConfig", &["ServiceAccountCredentials.AccountPassword"]),
    ("AWS::CodeBuild::SourceCredential", &["Token"]),
    ("AWS::CodePipeline::Pipeline", &["Stages[].Actions[].Configuration.OAuthToken"]),
    ("AWS::CodePipeline::Webhook", &["AuthenticationConfiguration.SecretToken"]),
    ("AWS::Cognito::UserPoolIdentityProvider", &["ProviderDetails.client_secret", "ProviderDetails.private_key"]),
    ("AWS::DMS::Certificate", &["CertificatePem"]),
    ("AWS::DMS::Endpoint", &["Password", "MongoDbSettings.Password", "MicrosoftSqlServerSettings.Password", "OracleSettings.AsmPassword", "OracleSettings.SecurityDbEncryption", "GcpMySQLSettings.Password", "KafkaSettings.SaslPassword", "KafkaSettings.SslClientKeyPassword", "RedisSettings.AuthPassword"]),
    ("AWS::DataSync::LocationAzureBlob", &["AzureBlobSasConfiguration.AzureBlobSasToken"]),
    ("AWS::DataSync::LocationFSxWindows", &["Password"]),
    ("AWS::DataSync::LocationObjectStorage", &["SecretKey"]),
    ("AWS::DataSync::LocationSMB", &["Password"]),
    ("AWS::DirectoryService::MicrosoftAD", &["Password"]),
    ("AWS::DirectoryService::SimpleAD", &["Password"]),
    ("AWS::DocDB::DBCluster", &["MasterUserPassword"]),
    ("AWS::DocDBElastic::Cluster", &["AdminUserPassword"]),
    ("AWS::EMR::Cluster", &["KerberosAttributes.KdcAdminPassword", "KerberosAttributes.ADDomainJoinPassword", "KerberosAttributes.CrossRealmTrustPrincipalPassword"]),
    ("AWS::ElastiCache::ReplicationGroup", &["AuthToken"]),
    ("AWS::ElastiCache::User", &["Passwords[]", "AuthenticationMode.Passwords[]"]),
    ("AWS::ElasticLoadBalancingV2::Listener", &["DefaultActions[].AuthenticateOidcConfig.ClientSecret"]),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", &["Actions[].AuthenticateOidcConfig.ClientSecret"]),
    ("AWS::Events::Connection", &["AuthParameters.ApiKeyAuthParameters.ApiKeyValue", "AuthParameters.BasicAuthParameters.Password", "AuthParameters.OAuthParameters.ClientParameters.ClientSecret"]),
    ("AWS::FSx::FileSystem", &["WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password", "OntapConfiguration.FsxAdminPassword"]),
    ("AWS::FSx::StorageVirtualMachine", &["SvmAdminPassword", "ActiveDirectoryConfiguration.SelfManagedActiveDirectoryConfiguration.Password"]),
    ("AWS::Glue::Connection", &["ConnectionInput.ConnectionProperties.PASSWORD", "ConnectionInput.ConnectionProperties.ENCRYPTED_PASSWORD", "ConnectionInput.ConnectionProperties.KAFKA_SASL_SCRAM_PASSWORD", "ConnectionInput.ConnectionProperties.KAFKA_CLIENT_KEYSTORE_PASSWORD", "ConnectionInput.ConnectionProperties.KAFKA_CLIENT_KEY_PASSWORD"]),
    ("AWS::IAM::User", &["LoginProfile.Password"]),
    ("AWS::KinesisFirehose::DeliveryStream", &["RedshiftDestinationConfiguration.Password", "SplunkDestinationConfiguration.HECToken", "HttpEndpointDestinationConfiguration.EndpointConfiguration.AccessKey", "SnowflakeDestinationConfiguration.PrivateKey", "SnowflakeDestinationConfiguration.KeyPassphrase"]),
    ("AWS::Lambda::Permission", &["EventSourceToken"]),
    ("AWS::ManagedBlockchain::Member", &["MemberConfiguration.MemberFrameworkConfiguration.MemberFabricConfiguration.AdminPassword"]),
    ("AWS::MemoryDB::User", &["AuthenticationMode.Passwords[]"]),
    ("AWS::OpsWorks::App", &["AppSource.Password", "AppSource.SshKey", "SslConfiguration.PrivateKey"]),
    ("AWS::OpsWorks::Stack", &["CustomCookbooksSource.Password", "CustomCookbooksSource.SshKey", "RdsDbInstances[].DbPassword"]),
    ("AWS::Pinpoint::APNSChannel", &["PrivateKey", "TokenKey"]),
    ("AWS::Pinpoint::APNSSandboxChannel", &["PrivateKey", "TokenKey"]),
    ("AWS::Pinpoint::APNSVoipChannel", &["PrivateKey", "TokenKey"]),
    ("AWS::Pinpoint::APNSVoipSandboxChannel", &["PrivateKey", "TokenKey"]),
    ("AWS::RDS::DBCluster", &["MasterUserPassword"]),
    ("AWS::RDS::DBInstance", &["MasterUserPassword", "TdeCredentialPassword"]),
    ("AWS::Redshift::Cluster", &["MasterUserPassword"]),
    ("AWS::RedshiftServerless::Namespace", &["AdminUserPassword"]),
    ("AWS::SecretsManager::Secret", &["SecretString"]),
    ("AWS::Timestream::InfluxDBInstance", &["Password"]),
    ("Alexa::ASK::Skill", &["AuthenticationConfiguration.ClientSecret", "AuthenticationConfiguration.RefreshToken"]),
];

/// Where variables stand whose names say whether they hold a secret.
#[derive(Clone, Copy, Debug)]
pub(super) enum Variables {
    /// A map of names to values, by its path below `Properties`.
    Map(&'static str),
    /// A list of `Name` and `Value`, by its path; with the one `Type` whose value is the variable's own.
    Pairs {
        /// The path below `Properties`.
        path: &'static str,
        /// The type, also where none is given.
        plain: Option<&'static str>,
    },
    /// The properties `Name` and `Value` themselves.
    Itself,
}

/// The types that hold named variables.
pub(super) const VARIABLES: &[(&str, &[Variables])] = &[
    ("AWS::Lambda::Function", &[Variables::Map("Environment.Variables")]),
    ("AWS::Serverless::Function", &[Variables::Map("Environment.Variables")]),
    ("AWS::ECS::TaskDefinition", &[Variables::Pairs { path: "ContainerDefinitions[].Environment[]", plain: None }]),
    (
        "AWS::CodeBuild::Project",
        &[Variables::Pairs { path: "Environment.EnvironmentVariables[]", plain: Some("PLAINTEXT") }],
    ),
    ("AWS::SSM::Parameter", &[Variables::Itself]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::PropertyType;

    #[test]
    fn types_are_sorted_and_their_properties_exist() {
        assert!(SECRETS.is_sorted_by_key(|(name, _)| *name));
        let mut wrong = Vec::new();
        for (name, paths) in SECRETS {
            for path in *paths {
                let steps = path.split('.').map(|step| step.trim_end_matches("[]"));
                if let Some(step) = PropertyType::resource(name).missing_step(steps) {
                    wrong.push(format!("{name} {path}: {step}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
