//! The roles in which resources are tied to each other: data, one row per property that names another resource.
//!
//! Both ends see the tie: the source under its forward name, the target under its reverse name. Several rows of a
//! type may share a name (a security group of an instance stands in one of two properties); their links are one list.

use std::collections::HashMap;
use std::sync::OnceLock;

/// How a property says which resource it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// By what `Ref` of the target gives; nobody can write it beforehand.
    Ref,
    /// By an attribute of the target; nobody can write it beforehand.
    Attribute(&'static str),
    /// By the name that this property of the target gives it, or an ARN that ends with it, besides references; `[]`
    /// stands for the items of a list, one of which is enough.
    Name(&'static str),
    /// By nothing that is written: an account has one of it in a Region, so that those of one template belong
    /// together. The path is `*`.
    Account,
}

/// One row. References to the target match whatever the identity is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Role {
    /// The type whose property names the other resource.
    pub(super) source: &'static str,
    /// That property, below `Properties`; `[]` stands for the items of a list, `[Key=a.b]` for those with that key,
    /// `{}` for the values of a map. `*` where no property says it.
    pub(super) path: &'static str,
    /// The type of the resource that is named.
    pub(super) target: &'static str,
    /// The role of the target for the source.
    pub(super) forward: &'static str,
    /// The role of the source for the target.
    pub(super) reverse: &'static str,
    /// How the target is identified.
    pub(super) identity: Identity,
    /// A property of the source that must have that value, where it is known.
    pub(super) only: Option<(&'static str, &'static str)>,
    /// What stands before and after the name in the property.
    pub(super) around: (&'static str, &'static str),
}

const fn row(
    source: &'static str,
    path: &'static str,
    target: &'static str,
    forward: &'static str,
    reverse: &'static str,
    identity: Identity,
) -> Role {
    Role { source, path, target, forward, reverse, identity, only: None, around: ("", "") }
}

impl Role {
    const fn only(mut self, property: &'static str, value: &'static str) -> Self {
        self.only = Some((property, value));
        self
    }

    const fn around(mut self, before: &'static str, after: &'static str) -> Self {
        self.around = (before, after);
        self
    }
}

/// A role as a resource of some type has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tied {
    pub(super) role: &'static Role,
    /// Its number among all.
    pub(super) number: usize,
    /// Whether the resource is the one that names the other.
    pub(super) is_source: bool,
    /// What it is called there.
    pub(super) name: &'static str,
}

/// The roles that resources of a type have, in the order of the table.
pub(super) fn ties_of(resource_type: &str) -> &'static [Tied] {
    static TIES: OnceLock<HashMap<&'static str, Vec<Tied>>> = OnceLock::new();
    let ties = TIES.get_or_init(|| {
        let mut ties: HashMap<&'static str, Vec<Tied>> = HashMap::new();
        for (number, role) in ROLES.iter().enumerate() {
            let source = Tied { role, number, is_source: true, name: role.forward };
            ties.entry(role.source).or_default().push(source);
            ties.entry(role.target).or_default().push(Tied { is_source: false, name: role.reverse, ..source });
        }
        ties
    });
    ties.get(resource_type).map(Vec::as_slice).unwrap_or_default()
}

/// All roles.
#[rustfmt::skip]
pub(super) const ROLES: &[Role] = &[
    // Network perimeter.
    row("AWS::EC2::SecurityGroup", "VpcId", "AWS::EC2::VPC", "Vpcs", "SecurityGroups", Identity::Attribute("VpcId")),
    row("AWS::EC2::SecurityGroupIngress", "GroupId", "AWS::EC2::SecurityGroup", "Groups", "IngressRules", Identity::Attribute("GroupId")),
    row("AWS::EC2::SecurityGroupIngress", "GroupName", "AWS::EC2::SecurityGroup", "Groups", "IngressRules", Identity::Name("GroupName")),
    row("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId", "AWS::EC2::SecurityGroup", "SourceGroups", "SourceOfRules", Identity::Attribute("GroupId")),
    row("AWS::EC2::SecurityGroupEgress", "GroupId", "AWS::EC2::SecurityGroup", "Groups", "EgressRules", Identity::Attribute("GroupId")),
    row("AWS::EC2::Subnet", "VpcId", "AWS::EC2::VPC", "Vpcs", "Subnets", Identity::Attribute("VpcId")),
    row("AWS::EC2::RouteTable", "VpcId", "AWS::EC2::VPC", "Vpcs", "RouteTables", Identity::Attribute("VpcId")),
    row("AWS::EC2::NetworkAcl", "VpcId", "AWS::EC2::VPC", "Vpcs", "NetworkAcls", Identity::Attribute("VpcId")),
    row("AWS::EC2::VPCEndpoint", "VpcId", "AWS::EC2::VPC", "Vpcs", "VpcEndpoints", Identity::Attribute("VpcId")),
    row("AWS::EC2::VPCEndpoint", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "VpcEndpoints", Identity::Attribute("GroupId")),
    row("AWS::EC2::VPCEndpoint", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "VpcEndpoints", Identity::Ref),
    row("AWS::EC2::VPCEndpoint", "RouteTableIds[]", "AWS::EC2::RouteTable", "RouteTables", "VpcEndpoints", Identity::Ref),
    row("AWS::EC2::VPCPeeringConnection", "VpcId", "AWS::EC2::VPC", "Vpcs", "PeeringConnections", Identity::Attribute("VpcId")),
    row("AWS::EC2::VPCPeeringConnection", "PeerVpcId", "AWS::EC2::VPC", "PeerVpcs", "PeeringConnections", Identity::Attribute("VpcId")),
    row("AWS::EC2::VPCGatewayAttachment", "VpcId", "AWS::EC2::VPC", "Vpcs", "GatewayAttachments", Identity::Attribute("VpcId")),
    row("AWS::EC2::VPCGatewayAttachment", "InternetGatewayId", "AWS::EC2::InternetGateway", "InternetGateways", "GatewayAttachments", Identity::Attribute("InternetGatewayId")),
    row("AWS::EC2::SubnetRouteTableAssociation", "SubnetId", "AWS::EC2::Subnet", "Subnets", "RouteTableAssociations", Identity::Attribute("SubnetId")),
    row("AWS::EC2::SubnetRouteTableAssociation", "RouteTableId", "AWS::EC2::RouteTable", "RouteTables", "SubnetAssociations", Identity::Attribute("RouteTableId")),
    row("AWS::EC2::SubnetNetworkAclAssociation", "SubnetId", "AWS::EC2::Subnet", "Subnets", "NetworkAclAssociations", Identity::Attribute("SubnetId")),
    row("AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId", "AWS::EC2::NetworkAcl", "NetworkAcls", "SubnetAssociations", Identity::Attribute("Id")),
    row("AWS::EC2::NetworkAclEntry", "NetworkAclId", "AWS::EC2::NetworkAcl", "NetworkAcls", "Entries", Identity::Attribute("Id")),
    row("AWS::EC2::Route", "RouteTableId", "AWS::EC2::RouteTable", "RouteTables", "Routes", Identity::Attribute("RouteTableId")),
    row("AWS::EC2::Route", "GatewayId", "AWS::EC2::InternetGateway", "InternetGateways", "Routes", Identity::Attribute("InternetGatewayId")),
    row("AWS::EC2::Route", "NatGatewayId", "AWS::EC2::NatGateway", "NatGateways", "Routes", Identity::Attribute("NatGatewayId")),
    row("AWS::EC2::Route", "EgressOnlyInternetGatewayId", "AWS::EC2::EgressOnlyInternetGateway", "EgressOnlyInternetGateways", "Routes", Identity::Attribute("Id")),
    row("AWS::EC2::Route", "VpcPeeringConnectionId", "AWS::EC2::VPCPeeringConnection", "PeeringConnections", "Routes", Identity::Attribute("Id")),
    row("AWS::EC2::NatGateway", "SubnetId", "AWS::EC2::Subnet", "Subnets", "NatGateways", Identity::Attribute("SubnetId")),
    row("AWS::EC2::FlowLog", "ResourceId", "AWS::EC2::VPC", "Vpcs", "FlowLogs", Identity::Attribute("VpcId")).only("ResourceType", "VPC"),
    row("AWS::EC2::FlowLog", "ResourceId", "AWS::EC2::Subnet", "Subnets", "FlowLogs", Identity::Attribute("SubnetId")).only("ResourceType", "Subnet"),
    row("AWS::EC2::FlowLog", "LogDestination", "AWS::S3::Bucket", "LogBuckets", "FlowLogs", Identity::Name("BucketName")).only("LogDestinationType", "s3"),
    row("AWS::EC2::FlowLog", "LogDestination", "AWS::Logs::LogGroup", "LogGroups", "FlowLogs", Identity::Name("LogGroupName")),
    row("AWS::EC2::FlowLog", "LogGroupName", "AWS::Logs::LogGroup", "LogGroups", "FlowLogs", Identity::Name("LogGroupName")),
    row("AWS::EC2::EIP", "InstanceId", "AWS::EC2::Instance", "Instances", "ElasticIps", Identity::Ref),
    row("AWS::EC2::EIPAssociation", "InstanceId", "AWS::EC2::Instance", "Instances", "ElasticIpAssociations", Identity::Ref),
    row("AWS::EC2::EIPAssociation", "AllocationId", "AWS::EC2::EIP", "ElasticIps", "ElasticIpAssociations", Identity::Attribute("AllocationId")),
    row("AWS::EC2::EIPAssociation", "NetworkInterfaceId", "AWS::EC2::NetworkInterface", "NetworkInterfaces", "ElasticIpAssociations", Identity::Attribute("Id")),
    row("AWS::EC2::NetworkInterface", "SubnetId", "AWS::EC2::Subnet", "Subnets", "NetworkInterfaces", Identity::Attribute("SubnetId")),
    row("AWS::EC2::NetworkInterface", "GroupSet[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "NetworkInterfaces", Identity::Attribute("GroupId")),
    row("AWS::EC2::Instance", "NetworkInterfaces[].NetworkInterfaceId", "AWS::EC2::NetworkInterface", "NetworkInterfaces", "Instances", Identity::Attribute("Id")),
    row("AWS::NetworkFirewall::LoggingConfiguration", "FirewallArn", "AWS::NetworkFirewall::Firewall", "Firewalls", "LoggingConfigurations", Identity::Attribute("FirewallArn")),
    row("AWS::NetworkFirewall::Firewall", "FirewallPolicyArn", "AWS::NetworkFirewall::FirewallPolicy", "FirewallPolicies", "Firewalls", Identity::Attribute("FirewallPolicyArn")),
    row("AWS::NetworkFirewall::Firewall", "VpcId", "AWS::EC2::VPC", "Vpcs", "Firewalls", Identity::Attribute("VpcId")),
    row("AWS::EC2::Route", "InstanceId", "AWS::EC2::Instance", "Instances", "Routes", Identity::Ref),
    row("AWS::EC2::Route", "NetworkInterfaceId", "AWS::EC2::NetworkInterface", "NetworkInterfaces", "Routes", Identity::Attribute("Id")),
    row("AWS::EC2::VPCBlockPublicAccessExclusion", "SubnetId", "AWS::EC2::Subnet", "Subnets", "PublicAccessExclusions", Identity::Attribute("SubnetId")),
    // What refers to a VPC where a group is asked for means the VPC's default group.
    row("AWS::EC2::Instance", "SecurityGroupIds[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupInstances", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::EC2::Instance", "NetworkInterfaces[].GroupSet[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupInstances", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::EC2::NetworkInterface", "GroupSet[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupNetworkInterfaces", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.SecurityGroupIds[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupLaunchTemplates", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.NetworkInterfaces[].Groups[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupLaunchTemplates", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::RDS::DBInstance", "VPCSecurityGroups[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupDBInstances", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::Lambda::Function", "VpcConfig.SecurityGroupIds[]", "AWS::EC2::VPC", "DefaultGroupVpcs", "DefaultGroupFunctions", Identity::Attribute("DefaultSecurityGroup")),
    row("AWS::EC2::SecurityGroupIngress", "SourcePrefixListId", "AWS::EC2::PrefixList", "PrefixLists", "IngressRules", Identity::Attribute("PrefixListId")),
    row("AWS::EC2::SecurityGroup", "SecurityGroupIngress[].SourceSecurityGroupId", "AWS::EC2::SecurityGroup", "SourceGroups", "SourceOfGroups", Identity::Attribute("GroupId")),
    row("AWS::EC2::SecurityGroup", "SecurityGroupIngress[].SourcePrefixListId", "AWS::EC2::PrefixList", "PrefixLists", "SecurityGroups", Identity::Attribute("PrefixListId")),
    row("AWS::EC2::TransitGatewayVpcAttachment", "VpcId", "AWS::EC2::VPC", "Vpcs", "TransitGatewayAttachments", Identity::Attribute("VpcId")),
    row("AWS::EC2::TransitGatewayAttachment", "VpcId", "AWS::EC2::VPC", "Vpcs", "TransitGatewayAttachments", Identity::Attribute("VpcId")),
    row("AWS::NetworkFirewall::Firewall", "SubnetMappings[].SubnetId", "AWS::EC2::Subnet", "Subnets", "Firewalls", Identity::Attribute("SubnetId")),
    row("AWS::EC2::VPCEndpointServicePermissions", "ServiceId", "AWS::EC2::VPCEndpointService", "EndpointServices", "Permissions", Identity::Attribute("ServiceId")),
    // Compute.
    row("AWS::EC2::Instance", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "Instances", Identity::Attribute("GroupId")),
    row("AWS::EC2::Instance", "NetworkInterfaces[].GroupSet[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "Instances", Identity::Attribute("GroupId")),
    row("AWS::EC2::Instance", "SubnetId", "AWS::EC2::Subnet", "Subnets", "Instances", Identity::Attribute("SubnetId")),
    row("AWS::EC2::Instance", "NetworkInterfaces[].SubnetId", "AWS::EC2::Subnet", "Subnets", "Instances", Identity::Attribute("SubnetId")),
    row("AWS::EC2::Instance", "IamInstanceProfile", "AWS::IAM::InstanceProfile", "InstanceProfiles", "Instances", Identity::Name("InstanceProfileName")),
    row("AWS::EC2::Instance", "LaunchTemplate.LaunchTemplateId", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "Instances", Identity::Attribute("LaunchTemplateId")),
    row("AWS::EC2::Instance", "LaunchTemplate.LaunchTemplateName", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "Instances", Identity::Name("LaunchTemplateName")),
    row("AWS::IAM::InstanceProfile", "Roles[]", "AWS::IAM::Role", "Roles", "InstanceProfiles", Identity::Name("RoleName")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "LaunchTemplates", Identity::Attribute("GroupId")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.NetworkInterfaces[].Groups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "LaunchTemplates", Identity::Attribute("GroupId")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.IamInstanceProfile.Arn", "AWS::IAM::InstanceProfile", "InstanceProfiles", "LaunchTemplates", Identity::Name("InstanceProfileName")),
    row("AWS::EC2::LaunchTemplate", "LaunchTemplateData.IamInstanceProfile.Name", "AWS::IAM::InstanceProfile", "InstanceProfiles", "LaunchTemplates", Identity::Name("InstanceProfileName")),
    row("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate.LaunchTemplateId", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "AutoScalingGroups", Identity::Attribute("LaunchTemplateId")),
    row("AWS::AutoScaling::AutoScalingGroup", "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "AutoScalingGroups", Identity::Attribute("LaunchTemplateId")),
    row("AWS::AutoScaling::AutoScalingGroup", "LaunchConfigurationName", "AWS::AutoScaling::LaunchConfiguration", "LaunchConfigurations", "AutoScalingGroups", Identity::Name("LaunchConfigurationName")),
    row("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier[]", "AWS::EC2::Subnet", "Subnets", "AutoScalingGroups", Identity::Attribute("SubnetId")),
    row("AWS::AutoScaling::AutoScalingGroup", "TargetGroupARNs[]", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "AutoScalingGroups", Identity::Attribute("TargetGroupArn")),
    row("AWS::AutoScaling::AutoScalingGroup", "LoadBalancerNames[]", "AWS::ElasticLoadBalancing::LoadBalancer", "LoadBalancers", "AutoScalingGroups", Identity::Name("LoadBalancerName")),
    row("AWS::AutoScaling::LaunchConfiguration", "SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "LaunchConfigurations", Identity::Attribute("GroupId")),
    row("AWS::EC2::VolumeAttachment", "VolumeId", "AWS::EC2::Volume", "Volumes", "VolumeAttachments", Identity::Attribute("VolumeId")),
    row("AWS::EC2::VolumeAttachment", "InstanceId", "AWS::EC2::Instance", "Instances", "VolumeAttachments", Identity::Ref),
    row("AWS::Lambda::Function", "VpcConfig.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "Functions", Identity::Attribute("GroupId")),
    row("AWS::Lambda::Function", "VpcConfig.SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "Functions", Identity::Attribute("SubnetId")),
    row("AWS::Lambda::Function", "Role", "AWS::IAM::Role", "Roles", "Functions", Identity::Name("RoleName")),
    row("AWS::Lambda::Permission", "FunctionName", "AWS::Lambda::Function", "Functions", "Permissions", Identity::Name("FunctionName")),
    row("AWS::Lambda::Url", "TargetFunctionArn", "AWS::Lambda::Function", "Functions", "Urls", Identity::Name("FunctionName")),
    row("AWS::Lambda::EventSourceMapping", "FunctionName", "AWS::Lambda::Function", "Functions", "EventSourceMappings", Identity::Name("FunctionName")),
    row("AWS::Lambda::EventInvokeConfig", "FunctionName", "AWS::Lambda::Function", "Functions", "EventInvokeConfigs", Identity::Name("FunctionName")),
    row("AWS::Lambda::Alias", "FunctionName", "AWS::Lambda::Function", "Functions", "Aliases", Identity::Name("FunctionName")),
    row("AWS::Lambda::Version", "FunctionName", "AWS::Lambda::Function", "Functions", "Versions", Identity::Name("FunctionName")),
    row("AWS::Lambda::LayerVersionPermission", "LayerVersionArn", "AWS::Lambda::LayerVersion", "LayerVersions", "Permissions", Identity::Ref),
    row("AWS::ECS::Service", "TaskDefinition", "AWS::ECS::TaskDefinition", "TaskDefinitions", "Services", Identity::Name("Family")),
    row("AWS::ECS::Service", "Cluster", "AWS::ECS::Cluster", "Clusters", "Services", Identity::Name("ClusterName")),
    row("AWS::ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "Services", Identity::Attribute("GroupId")),
    row("AWS::ECS::Service", "NetworkConfiguration.AwsvpcConfiguration.Subnets[]", "AWS::EC2::Subnet", "Subnets", "Services", Identity::Attribute("SubnetId")),
    row("AWS::ECS::Service", "LoadBalancers[].TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "Services", Identity::Attribute("TargetGroupArn")),
    row("AWS::ECS::Service", "LoadBalancers[].LoadBalancerName", "AWS::ElasticLoadBalancing::LoadBalancer", "ClassicLoadBalancers", "Services", Identity::Name("LoadBalancerName")),
    row("AWS::ECS::TaskDefinition", "TaskRoleArn", "AWS::IAM::Role", "TaskRoles", "TaskDefinitions", Identity::Name("RoleName")),
    row("AWS::ECS::TaskDefinition", "ExecutionRoleArn", "AWS::IAM::Role", "ExecutionRoles", "TaskDefinitions", Identity::Name("RoleName")),
    row("AWS::ECS::TaskDefinition", "Volumes[].EFSVolumeConfiguration.FilesystemId", "AWS::EFS::FileSystem", "FileSystems", "TaskDefinitions", Identity::Attribute("FileSystemId")),
    row("AWS::EKS::Nodegroup", "ClusterName", "AWS::EKS::Cluster", "Clusters", "NodeGroups", Identity::Name("Name")),
    row("AWS::EKS::Cluster", "ResourcesVpcConfig.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "EksClusters", Identity::Attribute("GroupId")),
    row("AWS::EKS::Cluster", "ResourcesVpcConfig.SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "EksClusters", Identity::Attribute("SubnetId")),
    row("AWS::EKS::Nodegroup", "LaunchTemplate.Id", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "NodeGroups", Identity::Attribute("LaunchTemplateId")),
    row("AWS::EKS::Nodegroup", "LaunchTemplate.Name", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "NodeGroups", Identity::Name("LaunchTemplateName")),
    row("AWS::Batch::ComputeEnvironment", "ComputeResources.LaunchTemplate.LaunchTemplateId", "AWS::EC2::LaunchTemplate", "LaunchTemplates", "ComputeEnvironments", Identity::Attribute("LaunchTemplateId")),
    row("AWS::M2::Environment", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "MainframeEnvironments", Identity::Attribute("GroupId")),
    row("AWS::EMR::Cluster", "Instances.EmrManagedMasterSecurityGroup", "AWS::EC2::SecurityGroup", "ManagedSecurityGroups", "EmrClusters", Identity::Attribute("GroupId")),
    row("AWS::EMR::Cluster", "Instances.EmrManagedSlaveSecurityGroup", "AWS::EC2::SecurityGroup", "ManagedSecurityGroups", "EmrClusters", Identity::Attribute("GroupId")),
    row("AWS::EMR::Cluster", "Instances.Ec2SubnetId", "AWS::EC2::Subnet", "Subnets", "EmrClusters", Identity::Attribute("SubnetId")),
    row("AWS::EMR::Cluster", "Instances.Ec2SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "EmrClusters", Identity::Attribute("SubnetId")),
    row("AWS::Batch::ComputeEnvironment", "ComputeResources.Subnets[]", "AWS::EC2::Subnet", "Subnets", "ComputeEnvironments", Identity::Attribute("SubnetId")),
    row("AWS::Lambda::EventSourceMapping", "EventSourceArn", "AWS::SQS::Queue", "Queues", "EventSourceMappings", Identity::Name("QueueName")),
    row("AWS::Lambda::EventSourceMapping", "EventSourceArn", "AWS::Kinesis::Stream", "Streams", "EventSourceMappings", Identity::Name("Name")),
    row("AWS::Lambda::EventSourceMapping", "EventSourceArn", "AWS::DynamoDB::Table", "Tables", "EventSourceMappings", Identity::Attribute("StreamArn")),
    row("AWS::Lambda::EventSourceMapping", "EventSourceArn", "AWS::MSK::Cluster", "KafkaClusters", "EventSourceMappings", Identity::Attribute("Arn")),
    row("AWS::Lambda::Permission", "SourceArn", "AWS::S3::Bucket", "SourceBuckets", "FunctionPermissions", Identity::Name("BucketName")),
    row("AWS::Lambda::Permission", "SourceArn", "AWS::SNS::Topic", "SourceTopics", "FunctionPermissions", Identity::Name("TopicName")),
    row("AWS::Lambda::Permission", "SourceArn", "AWS::Events::Rule", "SourceRules", "FunctionPermissions", Identity::Name("Name")),
    row("AWS::Lambda::Permission", "SourceArn", "AWS::ApiGateway::RestApi", "SourceApis", "FunctionPermissions", Identity::Attribute("RestApiId")),
    row("AWS::Lambda::Permission", "SourceArn", "AWS::ApiGatewayV2::Api", "SourceHttpApis", "FunctionPermissions", Identity::Attribute("ApiId")),
    row("AWS::ECS::TaskDefinition", "ContainerDefinitions[].LogConfiguration.Options.awslogs-group", "AWS::Logs::LogGroup", "LogGroups", "TaskDefinitions", Identity::Name("LogGroupName")),
    row("AWS::Batch::ComputeEnvironment", "ComputeResources.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ComputeEnvironments", Identity::Attribute("GroupId")),
    row("AWS::SageMaker::NotebookInstance", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "NotebookInstances", Identity::Attribute("GroupId")),
    row("AWS::SageMaker::NotebookInstance", "SubnetId", "AWS::EC2::Subnet", "Subnets", "NotebookInstances", Identity::Attribute("SubnetId")),
    row("AWS::CodeBuild::Project", "VpcConfig.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "CodeBuildProjects", Identity::Attribute("GroupId")),
    row("AWS::CodeBuild::Project", "VpcConfig.Subnets[]", "AWS::EC2::Subnet", "Subnets", "CodeBuildProjects", Identity::Attribute("SubnetId")),
    // Load balancing and edge.
    row("AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "Listeners", Identity::Attribute("LoadBalancerArn")),
    row("AWS::ElasticLoadBalancingV2::ListenerRule", "ListenerArn", "AWS::ElasticLoadBalancingV2::Listener", "Listeners", "Rules", Identity::Attribute("ListenerArn")),
    row("AWS::ElasticLoadBalancingV2::ListenerCertificate", "ListenerArn", "AWS::ElasticLoadBalancingV2::Listener", "Listeners", "Certificates", Identity::Attribute("ListenerArn")),
    row("AWS::ElasticLoadBalancingV2::Listener", "DefaultActions[].TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "Listeners", Identity::Attribute("TargetGroupArn")),
    row("AWS::ElasticLoadBalancingV2::Listener", "DefaultActions[].ForwardConfig.TargetGroups[].TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "Listeners", Identity::Attribute("TargetGroupArn")),
    row("AWS::ElasticLoadBalancingV2::ListenerRule", "Actions[].TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "ListenerRules", Identity::Attribute("TargetGroupArn")),
    row("AWS::ElasticLoadBalancingV2::ListenerRule", "Actions[].ForwardConfig.TargetGroups[].TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups", "ListenerRules", Identity::Attribute("TargetGroupArn")),
    row("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets[].Id", "AWS::EC2::Instance", "Instances", "TargetGroups", Identity::Ref),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "Instances[]", "AWS::EC2::Instance", "Instances", "ClassicLoadBalancers", Identity::Ref),
    row("AWS::ElasticLoadBalancingV2::Listener", "Certificates[].CertificateArn", "AWS::IAM::ServerCertificate", "ServerCertificates", "Listeners", Identity::Name("ServerCertificateName")),
    row("AWS::ElasticLoadBalancingV2::Listener", "Certificates[].CertificateArn", "AWS::CertificateManager::Certificate", "AcmCertificates", "Listeners", Identity::Ref),
    row("AWS::ElasticLoadBalancingV2::ListenerCertificate", "Certificates[].CertificateArn", "AWS::IAM::ServerCertificate", "ServerCertificates", "ListenerCertificates", Identity::Name("ServerCertificateName")),
    row("AWS::ElasticLoadBalancingV2::ListenerCertificate", "Certificates[].CertificateArn", "AWS::CertificateManager::Certificate", "AcmCertificates", "ListenerCertificates", Identity::Ref),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "Listeners[].SSLCertificateId", "AWS::IAM::ServerCertificate", "ServerCertificates", "ClassicLoadBalancers", Identity::Name("ServerCertificateName")),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "Listeners[].SSLCertificateId", "AWS::CertificateManager::Certificate", "AcmCertificates", "ClassicLoadBalancers", Identity::Ref),
    row("AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "LoadBalancers", Identity::Attribute("GroupId")),
    row("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets[]", "AWS::EC2::Subnet", "Subnets", "LoadBalancers", Identity::Attribute("SubnetId")),
    row("AWS::ElasticLoadBalancingV2::LoadBalancer", "SubnetMappings[].SubnetId", "AWS::EC2::Subnet", "Subnets", "LoadBalancers", Identity::Attribute("SubnetId")),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ClassicLoadBalancers", Identity::Attribute("GroupId")),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "Subnets[]", "AWS::EC2::Subnet", "Subnets", "ClassicLoadBalancers", Identity::Attribute("SubnetId")),
    row("AWS::ElasticLoadBalancing::LoadBalancer", "AccessLoggingPolicy.S3BucketName", "AWS::S3::Bucket", "LogBuckets", "ClassicLoadBalancers", Identity::Name("BucketName")),
    row("AWS::WAFv2::WebACLAssociation", "ResourceArn", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "WebAclAssociations", Identity::Attribute("LoadBalancerArn")),
    row("AWS::WAFv2::WebACLAssociation", "ResourceArn", "AWS::ApiGateway::Stage", "Stages", "WebAclAssociations", Identity::Name("StageName")),
    row("AWS::WAFv2::WebACLAssociation", "ResourceArn", "AWS::AppSync::GraphQLApi", "GraphQLApis", "WebAclAssociations", Identity::Attribute("Arn")),
    row("AWS::WAFv2::WebACLAssociation", "ResourceArn", "AWS::Cognito::UserPool", "UserPools", "WebAclAssociations", Identity::Attribute("Arn")),
    row("AWS::WAFv2::WebACLAssociation", "WebACLArn", "AWS::WAFv2::WebACL", "WebAcls", "Associations", Identity::Attribute("Arn")),
    row("AWS::WAFv2::LoggingConfiguration", "ResourceArn", "AWS::WAFv2::WebACL", "WebAcls", "LoggingConfigurations", Identity::Attribute("Arn")),
    row("AWS::WAFRegional::WebACLAssociation", "ResourceArn", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "RegionalWebAclAssociations", Identity::Attribute("LoadBalancerArn")),
    row("AWS::WAFRegional::WebACLAssociation", "ResourceArn", "AWS::ApiGateway::Stage", "Stages", "RegionalWebAclAssociations", Identity::Name("StageName")),
    row("AWS::WAFRegional::WebACLAssociation", "WebACLId", "AWS::WAFRegional::WebACL", "WebAcls", "Associations", Identity::Ref),
    row("AWS::CloudFront::Distribution", "DistributionConfig.WebACLId", "AWS::WAFv2::WebACL", "WebAcls", "Distributions", Identity::Attribute("Arn")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.WebACLId", "AWS::WAF::WebACL", "ClassicWebAcls", "Distributions", Identity::Ref),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Logging.Bucket", "AWS::S3::Bucket", "LogBuckets", "LogSources", Identity::Name("BucketName")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].DomainName", "AWS::S3::Bucket", "OriginBuckets", "Distributions", Identity::Name("BucketName")),
    row("AWS::ApiGateway::Stage", "RestApiId", "AWS::ApiGateway::RestApi", "RestApis", "Stages", Identity::Attribute("RestApiId")),
    row("AWS::ApiGateway::Stage", "AccessLogSetting.DestinationArn", "AWS::Logs::LogGroup", "LogGroups", "Stages", Identity::Name("LogGroupName")),
    row("AWS::ApiGateway::Deployment", "RestApiId", "AWS::ApiGateway::RestApi", "RestApis", "Deployments", Identity::Attribute("RestApiId")),
    row("AWS::ApiGateway::Method", "RestApiId", "AWS::ApiGateway::RestApi", "RestApis", "Methods", Identity::Attribute("RestApiId")),
    row("AWS::ApiGateway::Method", "AuthorizerId", "AWS::ApiGateway::Authorizer", "Authorizers", "Methods", Identity::Attribute("AuthorizerId")),
    row("AWS::ApiGatewayV2::Stage", "ApiId", "AWS::ApiGatewayV2::Api", "Apis", "Stages", Identity::Attribute("ApiId")),
    row("AWS::ApiGatewayV2::Route", "ApiId", "AWS::ApiGatewayV2::Api", "Apis", "Routes", Identity::Attribute("ApiId")),
    row("AWS::ApiGatewayV2::Route", "AuthorizerId", "AWS::ApiGatewayV2::Authorizer", "Authorizers", "Routes", Identity::Attribute("AuthorizerId")),
    row("AWS::ApiGateway::BasePathMapping", "RestApiId", "AWS::ApiGateway::RestApi", "RestApis", "BasePathMappings", Identity::Attribute("RestApiId")),
    row("AWS::ApiGatewayV2::ApiMapping", "ApiId", "AWS::ApiGatewayV2::Api", "Apis", "ApiMappings", Identity::Attribute("ApiId")),
    row("AWS::AppSync::ApiKey", "ApiId", "AWS::AppSync::GraphQLApi", "GraphQLApis", "ApiKeys", Identity::Attribute("ApiId")),
    row("AWS::WAFv2::WebACL", "Rules[].Statement.IPSetReferenceStatement.Arn", "AWS::WAFv2::IPSet", "IpSets", "WebAcls", Identity::Attribute("Arn")),
    row("AWS::WAFv2::WebACL", "Rules[].Statement.RuleGroupReferenceStatement.Arn", "AWS::WAFv2::RuleGroup", "RuleGroups", "WebAcls", Identity::Attribute("Arn")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].DomainName", "AWS::Lambda::Url", "OriginUrls", "Distributions", Identity::Attribute("FunctionUrl")),
    row("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerAttributes[Key=access_logs.s3.bucket].Value", "AWS::S3::Bucket", "LogBuckets", "LoadBalancers", Identity::Name("BucketName")),
    row("AWS::WAFv2::LoggingConfiguration", "LogDestinationConfigs[]", "AWS::Logs::LogGroup", "LogGroups", "WebAclLoggingConfigurations", Identity::Name("LogGroupName")),
    row("AWS::WAFv2::LoggingConfiguration", "LogDestinationConfigs[]", "AWS::S3::Bucket", "LogBuckets", "WebAclLoggingConfigurations", Identity::Name("BucketName")),
    row("AWS::WAFv2::LoggingConfiguration", "LogDestinationConfigs[]", "AWS::KinesisFirehose::DeliveryStream", "DeliveryStreams", "WebAclLoggingConfigurations", Identity::Name("DeliveryStreamName")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].OriginAccessControlId", "AWS::CloudFront::OriginAccessControl", "OriginAccessControls", "Distributions", Identity::Attribute("Id")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].S3OriginConfig.OriginAccessIdentity", "AWS::CloudFront::CloudFrontOriginAccessIdentity", "OriginAccessIdentities", "Distributions", Identity::Ref),
    row("AWS::CloudFront::Distribution", "DistributionConfig.ViewerCertificate.AcmCertificateArn", "AWS::CertificateManager::Certificate", "AcmCertificates", "Distributions", Identity::Ref),
    row("AWS::CloudFront::Distribution", "DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId", "AWS::CloudFront::ResponseHeadersPolicy", "ResponseHeadersPolicies", "Distributions", Identity::Attribute("Id")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].DomainName", "AWS::ElasticLoadBalancingV2::LoadBalancer", "OriginLoadBalancers", "Distributions", Identity::Attribute("DNSName")),
    row("AWS::CloudFront::Distribution", "DistributionConfig.Origins[].VpcOriginConfig.VpcOriginId", "AWS::CloudFront::VpcOrigin", "VpcOrigins", "Distributions", Identity::Attribute("Id")),
    row("AWS::CloudFront::VpcOrigin", "VpcOriginEndpointConfig.Arn", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "VpcOrigins", Identity::Attribute("LoadBalancerArn")),
    row("AWS::CloudFront::VpcOrigin", "VpcOriginEndpointConfig.Arn", "AWS::EC2::Instance", "Instances", "VpcOrigins", Identity::Ref),
    row("AWS::Shield::Protection", "ResourceArn", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "ShieldProtections", Identity::Attribute("LoadBalancerArn")),
    row("AWS::Shield::Protection", "ResourceArn", "AWS::CloudFront::Distribution", "Distributions", "ShieldProtections", Identity::Attribute("Id")),
    row("AWS::Shield::Protection", "ResourceArn", "AWS::EC2::EIP", "ElasticIps", "ShieldProtections", Identity::Attribute("AllocationId")),
    row("AWS::Route53::RecordSet", "AliasTarget.DNSName", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers", "AliasRecords", Identity::Attribute("DNSName")),
    row("AWS::Route53::RecordSet", "AliasTarget.DNSName", "AWS::CloudFront::Distribution", "Distributions", "AliasRecords", Identity::Attribute("DomainName")),
    row("AWS::Route53::RecordSet", "AliasTarget.DNSName", "AWS::ApiGateway::DomainName", "ApiDomainNames", "AliasRecords", Identity::Attribute("RegionalDomainName")),
    row("AWS::Route53::RecordSet", "HostedZoneId", "AWS::Route53::HostedZone", "HostedZones", "RecordSets", Identity::Attribute("Id")),
    row("AWS::ApiGateway::Method", "RequestValidatorId", "AWS::ApiGateway::RequestValidator", "RequestValidators", "Methods", Identity::Attribute("RequestValidatorId")),
    row("AWS::ApiGateway::BasePathMapping", "DomainName", "AWS::ApiGateway::DomainName", "DomainNames", "BasePathMappings", Identity::Name("DomainName")),
    row("AWS::ApiGatewayV2::ApiMapping", "DomainName", "AWS::ApiGatewayV2::DomainName", "DomainNames", "ApiMappings", Identity::Name("DomainName")),
    row("AWS::ApiGateway::UsagePlan", "ApiStages[].ApiId", "AWS::ApiGateway::RestApi", "RestApis", "UsagePlans", Identity::Attribute("RestApiId")),
    row("AWS::ApiGateway::Account", "CloudWatchRoleArn", "AWS::IAM::Role", "Roles", "ApiGatewayAccounts", Identity::Name("RoleName")),
    row("AWS::AppSync::DataSource", "ApiId", "AWS::AppSync::GraphQLApi", "GraphQLApis", "DataSources", Identity::Attribute("ApiId")),
    row("AWS::ApiGatewayV2::Stage", "AccessLogSettings.DestinationArn", "AWS::Logs::LogGroup", "LogGroups", "HttpStages", Identity::Name("LogGroupName")),
    row("AWS::FMS::Policy", "*", "AWS::FMS::NotificationChannel", "NotificationChannels", "Policies", Identity::Account),
    // Storage.
    row("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::Bucket", "Buckets", "BucketPolicies", Identity::Name("BucketName")),
    row("AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName", "AWS::S3::Bucket", "LogBuckets", "LogSources", Identity::Name("BucketName")),
    row("AWS::S3::Bucket", "ReplicationConfiguration.Rules[].Destination.Bucket", "AWS::S3::Bucket", "ReplicaBuckets", "ReplicationSources", Identity::Name("BucketName")),
    row("AWS::S3::AccessPoint", "Bucket", "AWS::S3::Bucket", "Buckets", "AccessPoints", Identity::Name("BucketName")),
    row("AWS::EFS::MountTarget", "FileSystemId", "AWS::EFS::FileSystem", "FileSystems", "MountTargets", Identity::Attribute("FileSystemId")),
    row("AWS::EFS::MountTarget", "SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "MountTargets", Identity::Attribute("GroupId")),
    row("AWS::EFS::AccessPoint", "FileSystemId", "AWS::EFS::FileSystem", "FileSystems", "AccessPoints", Identity::Attribute("FileSystemId")),
    row("AWS::Backup::BackupSelection", "BackupPlanId", "AWS::Backup::BackupPlan", "BackupPlans", "BackupSelections", Identity::Attribute("BackupPlanId")),
    row("AWS::Backup::BackupPlan", "BackupPlan.BackupPlanRule[].TargetBackupVault", "AWS::Backup::BackupVault", "BackupVaults", "BackupPlans", Identity::Name("BackupVaultName")),
    row("AWS::EFS::MountTarget", "SubnetId", "AWS::EC2::Subnet", "Subnets", "MountTargets", Identity::Attribute("SubnetId")),
    row("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations[].Function", "AWS::Lambda::Function", "NotifiedFunctions", "NotifyingBuckets", Identity::Name("FunctionName")),
    row("AWS::S3::Bucket", "InventoryConfigurations[].Destination.BucketArn", "AWS::S3::Bucket", "InventoryBuckets", "InventorySources", Identity::Name("BucketName")),
    row("AWS::S3Tables::TableBucketPolicy", "TableBucketARN", "AWS::S3Tables::TableBucket", "TableBuckets", "TableBucketPolicies", Identity::Attribute("TableBucketARN")),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::RDS::DBInstance", "DBInstances", "BackupSelections", Identity::Name("DBInstanceIdentifier")),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::RDS::DBCluster", "DBClusters", "BackupSelections", Identity::Name("DBClusterIdentifier")),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::DynamoDB::Table", "Tables", "BackupSelections", Identity::Name("TableName")),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::EFS::FileSystem", "FileSystems", "BackupSelections", Identity::Attribute("FileSystemId")),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::EC2::Instance", "Instances", "BackupSelections", Identity::Ref),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::EC2::Volume", "Volumes", "BackupSelections", Identity::Ref),
    row("AWS::Backup::BackupSelection", "BackupSelection.Resources[]", "AWS::S3::Bucket", "Buckets", "BackupSelections", Identity::Name("BucketName")),
    row("AWS::ApplicationAutoScaling::ScalableTarget", "ResourceId", "AWS::DynamoDB::Table", "Tables", "ScalableTargets", Identity::Name("TableName")).around("table/", ""),
    row("AWS::ApplicationAutoScaling::ScalableTarget", "ResourceId", "AWS::ECS::Service", "Services", "ScalableTargets", Identity::Attribute("Name")),
    // Identity.
    row("AWS::IAM::Policy", "Roles[]", "AWS::IAM::Role", "Roles", "Policies", Identity::Name("RoleName")),
    row("AWS::IAM::Policy", "Users[]", "AWS::IAM::User", "Users", "Policies", Identity::Name("UserName")),
    row("AWS::IAM::Policy", "Groups[]", "AWS::IAM::Group", "Groups", "Policies", Identity::Name("GroupName")),
    row("AWS::IAM::ManagedPolicy", "Roles[]", "AWS::IAM::Role", "Roles", "ManagedPolicies", Identity::Name("RoleName")),
    row("AWS::IAM::ManagedPolicy", "Users[]", "AWS::IAM::User", "Users", "ManagedPolicies", Identity::Name("UserName")),
    row("AWS::IAM::ManagedPolicy", "Groups[]", "AWS::IAM::Group", "Groups", "ManagedPolicies", Identity::Name("GroupName")),
    row("AWS::IAM::Role", "ManagedPolicyArns[]", "AWS::IAM::ManagedPolicy", "ManagedPolicies", "Roles", Identity::Name("ManagedPolicyName")),
    row("AWS::IAM::User", "ManagedPolicyArns[]", "AWS::IAM::ManagedPolicy", "ManagedPolicies", "Users", Identity::Name("ManagedPolicyName")),
    row("AWS::IAM::Group", "ManagedPolicyArns[]", "AWS::IAM::ManagedPolicy", "ManagedPolicies", "Groups", Identity::Name("ManagedPolicyName")),
    row("AWS::IAM::Role", "PermissionsBoundary", "AWS::IAM::ManagedPolicy", "PermissionsBoundaries", "BoundedRoles", Identity::Name("ManagedPolicyName")),
    row("AWS::IAM::RolePolicy", "RoleName", "AWS::IAM::Role", "Roles", "Policies", Identity::Name("RoleName")),
    row("AWS::IAM::UserPolicy", "UserName", "AWS::IAM::User", "Users", "Policies", Identity::Name("UserName")),
    row("AWS::IAM::GroupPolicy", "GroupName", "AWS::IAM::Group", "Groups", "Policies", Identity::Name("GroupName")),
    row("AWS::IAM::User", "Groups[]", "AWS::IAM::Group", "Groups", "Users", Identity::Name("GroupName")),
    row("AWS::IAM::UserToGroupAddition", "GroupName", "AWS::IAM::Group", "Groups", "UserAdditions", Identity::Name("GroupName")),
    row("AWS::IAM::UserToGroupAddition", "Users[]", "AWS::IAM::User", "Users", "GroupAdditions", Identity::Name("UserName")),
    row("AWS::IAM::VirtualMFADevice", "Users[]", "AWS::IAM::User", "Users", "MfaDevices", Identity::Name("UserName")),
    row("AWS::IAM::AccessKey", "UserName", "AWS::IAM::User", "Users", "AccessKeys", Identity::Name("UserName")),
    row("AWS::Cognito::UserPoolClient", "UserPoolId", "AWS::Cognito::UserPool", "UserPools", "Clients", Identity::Attribute("UserPoolId")),
    row("AWS::Cognito::IdentityPoolRoleAttachment", "IdentityPoolId", "AWS::Cognito::IdentityPool", "IdentityPools", "RoleAttachments", Identity::Attribute("Id")),
    row("AWS::Cognito::UserPoolRiskConfigurationAttachment", "UserPoolId", "AWS::Cognito::UserPool", "UserPools", "RiskConfigurations", Identity::Ref),
    row("AWS::IoT::PolicyPrincipalAttachment", "PolicyName", "AWS::IoT::Policy", "IotPolicies", "PrincipalAttachments", Identity::Name("PolicyName")),
    row("AWS::IoT::PolicyPrincipalAttachment", "Principal", "AWS::IoT::Certificate", "Certificates", "PolicyAttachments", Identity::Attribute("Arn")),
    // Keys, secrets, messaging.
    row("AWS::DMS::ReplicationInstance", "KmsKeyId", "AWS::KMS::Key", "Keys", "ReplicationInstances", Identity::Attribute("Arn")),
    row("AWS::DMS::Endpoint", "KmsKeyId", "AWS::KMS::Key", "Keys", "DmsEndpoints", Identity::Attribute("Arn")),
    row("AWS::KMS::Alias", "TargetKeyId", "AWS::KMS::Key", "Keys", "Aliases", Identity::Attribute("KeyId")),
    row("AWS::SecretsManager::RotationSchedule", "SecretId", "AWS::SecretsManager::Secret", "Secrets", "RotationSchedules", Identity::Name("Name")),
    row("AWS::SecretsManager::ResourcePolicy", "SecretId", "AWS::SecretsManager::Secret", "Secrets", "ResourcePolicies", Identity::Name("Name")),
    row("AWS::SecretsManager::SecretTargetAttachment", "SecretId", "AWS::SecretsManager::Secret", "Secrets", "TargetAttachments", Identity::Name("Name")),
    row("AWS::SQS::QueuePolicy", "Queues[]", "AWS::SQS::Queue", "Queues", "QueuePolicies", Identity::Name("QueueName")),
    row("AWS::SQS::QueueInlinePolicy", "Queue", "AWS::SQS::Queue", "Queues", "QueuePolicies", Identity::Name("QueueName")),
    row("AWS::SQS::Queue", "RedrivePolicy.deadLetterTargetArn", "AWS::SQS::Queue", "DeadLetterQueues", "DeadLetterSources", Identity::Name("QueueName")),
    row("AWS::SNS::TopicPolicy", "Topics[]", "AWS::SNS::Topic", "Topics", "TopicPolicies", Identity::Name("TopicName")),
    row("AWS::SNS::TopicInlinePolicy", "TopicArn", "AWS::SNS::Topic", "Topics", "TopicPolicies", Identity::Name("TopicName")),
    row("AWS::SNS::Subscription", "TopicArn", "AWS::SNS::Topic", "Topics", "Subscriptions", Identity::Name("TopicName")),
    row("AWS::Events::EventBusPolicy", "EventBusName", "AWS::Events::EventBus", "EventBuses", "EventBusPolicies", Identity::Name("Name")),
    row("AWS::Kinesis::ResourcePolicy", "ResourceArn", "AWS::Kinesis::Stream", "Streams", "ResourcePolicies", Identity::Name("Name")),
    row("AWS::MSK::ClusterPolicy", "ClusterArn", "AWS::MSK::Cluster", "Clusters", "ClusterPolicies", Identity::Attribute("Arn")),
    row("AWS::MSK::Cluster", "ConfigurationInfo.Arn", "AWS::MSK::Configuration", "Configurations", "Clusters", Identity::Attribute("Arn")),
    row("AWS::SecretsManager::SecretTargetAttachment", "TargetId", "AWS::RDS::DBInstance", "DBInstances", "SecretAttachments", Identity::Name("DBInstanceIdentifier")),
    row("AWS::SecretsManager::SecretTargetAttachment", "TargetId", "AWS::RDS::DBCluster", "DBClusters", "SecretAttachments", Identity::Name("DBClusterIdentifier")),
    row("AWS::Events::Rule", "Targets[].Arn", "AWS::Lambda::Function", "TargetFunctions", "EventRules", Identity::Name("FunctionName")),
    row("AWS::Events::Rule", "Targets[].Arn", "AWS::SQS::Queue", "TargetQueues", "EventRules", Identity::Name("QueueName")),
    row("AWS::Events::Rule", "Targets[].Arn", "AWS::SNS::Topic", "TargetTopics", "EventRules", Identity::Name("TopicName")),
    row("AWS::Events::Rule", "Targets[].Arn", "AWS::StepFunctions::StateMachine", "TargetStateMachines", "EventRules", Identity::Name("StateMachineName")),
    row("AWS::Events::Rule", "Targets[].Arn", "AWS::Logs::LogGroup", "TargetLogGroups", "EventRules", Identity::Name("LogGroupName")),
    row("AWS::MSK::Cluster", "BrokerNodeGroupInfo.SecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "KafkaClusters", Identity::Attribute("GroupId")),
    row("AWS::MSK::Cluster", "BrokerNodeGroupInfo.ClientSubnets[]", "AWS::EC2::Subnet", "Subnets", "KafkaClusters", Identity::Attribute("SubnetId")),
    row("AWS::S3::Bucket", "BucketEncryption.ServerSideEncryptionConfiguration[].ServerSideEncryptionByDefault.KMSMasterKeyID", "AWS::KMS::Key", "Keys", "Buckets", Identity::Attribute("KeyId")),
    row("AWS::EC2::Volume", "KmsKeyId", "AWS::KMS::Key", "Keys", "Volumes", Identity::Attribute("KeyId")),
    row("AWS::EFS::FileSystem", "KmsKeyId", "AWS::KMS::Key", "Keys", "FileSystems", Identity::Attribute("KeyId")),
    row("AWS::RDS::DBInstance", "KmsKeyId", "AWS::KMS::Key", "Keys", "DBInstances", Identity::Attribute("KeyId")),
    row("AWS::RDS::DBCluster", "KmsKeyId", "AWS::KMS::Key", "Keys", "DBClusters", Identity::Attribute("KeyId")),
    row("AWS::Redshift::Cluster", "KmsKeyId", "AWS::KMS::Key", "Keys", "RedshiftClusters", Identity::Attribute("KeyId")),
    row("AWS::DynamoDB::Table", "SSESpecification.KMSMasterKeyId", "AWS::KMS::Key", "Keys", "Tables", Identity::Attribute("KeyId")),
    row("AWS::SQS::Queue", "KmsMasterKeyId", "AWS::KMS::Key", "Keys", "Queues", Identity::Attribute("KeyId")),
    row("AWS::SNS::Topic", "KmsMasterKeyId", "AWS::KMS::Key", "Keys", "Topics", Identity::Attribute("KeyId")),
    row("AWS::Kinesis::Stream", "StreamEncryption.KeyId", "AWS::KMS::Key", "Keys", "Streams", Identity::Attribute("KeyId")),
    row("AWS::Lambda::Function", "KmsKeyArn", "AWS::KMS::Key", "Keys", "Functions", Identity::Attribute("KeyId")),
    row("AWS::Logs::LogGroup", "KmsKeyId", "AWS::KMS::Key", "Keys", "LogGroups", Identity::Attribute("KeyId")),
    row("AWS::SecretsManager::Secret", "KmsKeyId", "AWS::KMS::Key", "Keys", "Secrets", Identity::Attribute("KeyId")),
    row("AWS::ECR::Repository", "EncryptionConfiguration.KmsKey", "AWS::KMS::Key", "Keys", "Repositories", Identity::Attribute("KeyId")),
    row("AWS::ElastiCache::ReplicationGroup", "KmsKeyId", "AWS::KMS::Key", "Keys", "ReplicationGroups", Identity::Attribute("KeyId")),
    row("AWS::OpenSearchService::Domain", "EncryptionAtRestOptions.KmsKeyId", "AWS::KMS::Key", "Keys", "SearchDomains", Identity::Attribute("KeyId")),
    row("AWS::Backup::BackupVault", "EncryptionKeyArn", "AWS::KMS::Key", "Keys", "BackupVaults", Identity::Attribute("KeyId")),
    row("AWS::CodeBuild::Project", "EncryptionKey", "AWS::KMS::Key", "Keys", "CodeBuildProjects", Identity::Attribute("KeyId")),
    row("AWS::EKS::Cluster", "EncryptionConfig[].Provider.KeyArn", "AWS::KMS::Key", "Keys", "EksClusters", Identity::Attribute("KeyId")),
    row("AWS::DocDB::DBCluster", "KmsKeyId", "AWS::KMS::Key", "Keys", "DocDBClusters", Identity::Attribute("KeyId")),
    row("AWS::Neptune::DBCluster", "KmsKeyId", "AWS::KMS::Key", "Keys", "NeptuneClusters", Identity::Attribute("KeyId")),
    row("AWS::SageMaker::NotebookInstance", "KmsKeyId", "AWS::KMS::Key", "Keys", "NotebookInstances", Identity::Attribute("KeyId")),
    row("AWS::VpcLattice::AuthPolicy", "ResourceIdentifier", "AWS::VpcLattice::Service", "LatticeServices", "AuthPolicies", Identity::Attribute("Arn")),
    row("AWS::VpcLattice::AuthPolicy", "ResourceIdentifier", "AWS::VpcLattice::ServiceNetwork", "ServiceNetworks", "AuthPolicies", Identity::Attribute("Arn")),
    row("AWS::VpcLattice::ServiceNetworkServiceAssociation", "ServiceIdentifier", "AWS::VpcLattice::Service", "LatticeServices", "NetworkAssociations", Identity::Attribute("Arn")),
    row("AWS::VpcLattice::ServiceNetworkServiceAssociation", "ServiceNetworkIdentifier", "AWS::VpcLattice::ServiceNetwork", "ServiceNetworks", "ServiceAssociations", Identity::Attribute("Arn")),
    // Data stores.
    row("AWS::RDS::DBInstance", "VPCSecurityGroups[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "DBInstances", Identity::Attribute("GroupId")),
    row("AWS::RDS::DBInstance", "DBSubnetGroupName", "AWS::RDS::DBSubnetGroup", "SubnetGroups", "DBInstances", Identity::Name("DBSubnetGroupName")),
    row("AWS::RDS::DBInstance", "DBClusterIdentifier", "AWS::RDS::DBCluster", "DBClusters", "DBInstances", Identity::Name("DBClusterIdentifier")),
    row("AWS::RDS::DBInstance", "DBParameterGroupName", "AWS::RDS::DBParameterGroup", "ParameterGroups", "DBInstances", Identity::Name("DBParameterGroupName")),
    row("AWS::RDS::DBSubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "DBSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::RDS::DBCluster", "DBSubnetGroupName", "AWS::RDS::DBSubnetGroup", "SubnetGroups", "DBClusters", Identity::Name("DBSubnetGroupName")),
    row("AWS::RDS::DBCluster", "DBClusterParameterGroupName", "AWS::RDS::DBClusterParameterGroup", "ParameterGroups", "DBClusters", Identity::Name("DBClusterParameterGroupName")),
    row("AWS::RDS::DBCluster", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "DBClusters", Identity::Attribute("GroupId")),
    row("AWS::Redshift::Cluster", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "RedshiftClusters", Identity::Attribute("GroupId")),
    row("AWS::Redshift::Cluster", "ClusterSubnetGroupName", "AWS::Redshift::ClusterSubnetGroup", "SubnetGroups", "Clusters", Identity::Ref),
    row("AWS::Redshift::Cluster", "ClusterParameterGroupName", "AWS::Redshift::ClusterParameterGroup", "ParameterGroups", "Clusters", Identity::Name("ParameterGroupName")),
    row("AWS::Redshift::Cluster", "LoggingProperties.BucketName", "AWS::S3::Bucket", "LogBuckets", "RedshiftClusters", Identity::Name("BucketName")),
    row("AWS::ElastiCache::ReplicationGroup", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ReplicationGroups", Identity::Attribute("GroupId")),
    row("AWS::ElastiCache::ReplicationGroup", "CacheSubnetGroupName", "AWS::ElastiCache::SubnetGroup", "SubnetGroups", "ReplicationGroups", Identity::Name("CacheSubnetGroupName")),
    row("AWS::OpenSearchService::Domain", "VPCOptions.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "OpenSearchDomains", Identity::Attribute("GroupId")),
    row("AWS::DocDB::DBCluster", "DBClusterParameterGroupName", "AWS::DocDB::DBClusterParameterGroup", "ParameterGroups", "DBClusters", Identity::Name("Name")),
    row("AWS::DocDB::DBInstance", "DBClusterIdentifier", "AWS::DocDB::DBCluster", "DBClusters", "DBInstances", Identity::Name("DBClusterIdentifier")),
    row("AWS::Neptune::DBInstance", "DBClusterIdentifier", "AWS::Neptune::DBCluster", "DBClusters", "DBInstances", Identity::Name("DBClusterIdentifier")),
    row("AWS::DMS::ReplicationInstance", "ReplicationSubnetGroupIdentifier", "AWS::DMS::ReplicationSubnetGroup", "SubnetGroups", "ReplicationInstances", Identity::Name("ReplicationSubnetGroupIdentifier")),
    row("AWS::Glue::Job", "SecurityConfiguration", "AWS::Glue::SecurityConfiguration", "SecurityConfigurations", "Jobs", Identity::Name("Name")),
    row("AWS::Glue::Crawler", "CrawlerSecurityConfiguration", "AWS::Glue::SecurityConfiguration", "SecurityConfigurations", "Crawlers", Identity::Name("Name")),
    row("AWS::EMR::Cluster", "SecurityConfiguration", "AWS::EMR::SecurityConfiguration", "SecurityConfigurations", "Clusters", Identity::Name("Name")),
    row("AWS::ElastiCache::CacheCluster", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "CacheClusters", Identity::Attribute("GroupId")),
    row("AWS::ElastiCache::ServerlessCache", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ServerlessCaches", Identity::Attribute("GroupId")),
    row("AWS::DocDB::DBCluster", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "DocDbClusters", Identity::Attribute("GroupId")),
    row("AWS::Neptune::DBCluster", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "NeptuneClusters", Identity::Attribute("GroupId")),
    row("AWS::Elasticsearch::Domain", "VPCOptions.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ElasticsearchDomains", Identity::Attribute("GroupId")),
    row("AWS::RedshiftServerless::Workgroup", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "RedshiftWorkgroups", Identity::Attribute("GroupId")),
    row("AWS::MemoryDB::Cluster", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "MemoryDbClusters", Identity::Attribute("GroupId")),
    row("AWS::DMS::ReplicationInstance", "VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ReplicationInstances", Identity::Attribute("GroupId")),
    row("AWS::DMS::ReplicationConfig", "ComputeConfig.VpcSecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "ReplicationConfigs", Identity::Attribute("GroupId")),
    row("AWS::DMS::ReplicationSubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "ReplicationSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::ElastiCache::SubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "CacheSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::Redshift::ClusterSubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "RedshiftSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::RedshiftServerless::Workgroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "RedshiftWorkgroups", Identity::Attribute("SubnetId")),
    row("AWS::DocDB::DBSubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "DocDbSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::Neptune::DBSubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "NeptuneSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::MemoryDB::SubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "MemoryDbSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::DAX::SubnetGroup", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "DaxSubnetGroups", Identity::Attribute("SubnetId")),
    row("AWS::OpenSearchService::Domain", "VPCOptions.SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "OpenSearchDomains", Identity::Attribute("SubnetId")),
    row("AWS::Elasticsearch::Domain", "VPCOptions.SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "ElasticsearchDomains", Identity::Attribute("SubnetId")),
    row("AWS::OpenSearchService::Domain", "LogPublishingOptions{}.CloudWatchLogsLogGroupArn", "AWS::Logs::LogGroup", "LogGroups", "SearchDomains", Identity::Name("LogGroupName")),
    row("AWS::DAX::Cluster", "SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "DaxClusters", Identity::Attribute("GroupId")),
    row("AWS::Athena::WorkGroup", "WorkGroupConfiguration.ResultConfiguration.OutputLocation", "AWS::S3::Bucket", "ResultBuckets", "WorkGroups", Identity::Name("BucketName")),
    row("AWS::Transfer::Server", "EndpointDetails.SecurityGroupIds[]", "AWS::EC2::SecurityGroup", "SecurityGroups", "TransferServers", Identity::Attribute("GroupId")),
    row("AWS::Transfer::Server", "EndpointDetails.VpcId", "AWS::EC2::VPC", "Vpcs", "TransferServers", Identity::Attribute("VpcId")),
    // Logging and audit.
    row("AWS::CloudTrail::Trail", "S3BucketName", "AWS::S3::Bucket", "LogBuckets", "Trails", Identity::Name("BucketName")),
    row("AWS::CloudTrail::Trail", "CloudWatchLogsLogGroupArn", "AWS::Logs::LogGroup", "LogGroups", "Trails", Identity::Name("LogGroupName")),
    row("AWS::CloudTrail::Trail", "KMSKeyId", "AWS::KMS::Key", "Keys", "Trails", Identity::Attribute("Arn")),
    row("AWS::Config::DeliveryChannel", "S3BucketName", "AWS::S3::Bucket", "LogBuckets", "DeliveryChannels", Identity::Name("BucketName")),
    row("AWS::Logs::MetricFilter", "LogGroupName", "AWS::Logs::LogGroup", "LogGroups", "MetricFilters", Identity::Name("LogGroupName")),
    row("AWS::Logs::SubscriptionFilter", "LogGroupName", "AWS::Logs::LogGroup", "LogGroups", "SubscriptionFilters", Identity::Name("LogGroupName")),
    row("AWS::Logs::SubscriptionFilter", "DestinationArn", "AWS::Lambda::Function", "Receivers", "SubscriptionFilters", Identity::Name("FunctionName")),
    row("AWS::Logs::SubscriptionFilter", "DestinationArn", "AWS::Kinesis::Stream", "Receivers", "SubscriptionFilters", Identity::Name("Name")),
    row("AWS::Logs::SubscriptionFilter", "DestinationArn", "AWS::KinesisFirehose::DeliveryStream", "Receivers", "SubscriptionFilters", Identity::Name("DeliveryStreamName")),
    row("AWS::Logs::SubscriptionFilter", "DestinationArn", "AWS::Logs::Destination", "Receivers", "SubscriptionFilters", Identity::Name("DestinationName")),
    row("AWS::Logs::Destination", "TargetArn", "AWS::Kinesis::Stream", "Receivers", "LogDestinations", Identity::Name("Name")),
    row("AWS::Logs::Destination", "TargetArn", "AWS::KinesisFirehose::DeliveryStream", "Receivers", "LogDestinations", Identity::Name("DeliveryStreamName")),
    row("AWS::CloudWatch::Alarm", "AlarmActions[]", "AWS::SNS::Topic", "Topics", "Alarms", Identity::Name("TopicName")),
    row("AWS::CloudWatch::Alarm", "MetricName", "AWS::Logs::MetricFilter", "MetricFilters", "Alarms", Identity::Name("MetricTransformations[].MetricName")),
    row("AWS::CloudWatch::Alarm", "Metrics[].MetricStat.Metric.MetricName", "AWS::Logs::MetricFilter", "MetricFilters", "Alarms", Identity::Name("MetricTransformations[].MetricName")),
    row("AWS::CloudWatch::CompositeAlarm", "AlarmRule", "AWS::CloudWatch::Alarm", "ComposedAlarms", "CompositeAlarms", Identity::Name("AlarmName")),
    row("AWS::CloudWatch::CompositeAlarm", "AlarmRule", "AWS::CloudWatch::CompositeAlarm", "ComposedAlarms", "CompositeAlarms", Identity::Name("AlarmName")),
    row("AWS::CloudWatch::CompositeAlarm", "ActionsSuppressor", "AWS::CloudWatch::Alarm", "SuppressorAlarms", "CompositeAlarms", Identity::Name("AlarmName")),
    row("AWS::CodeDeploy::DeploymentGroup", "AlarmConfiguration.Alarms[].Name", "AWS::CloudWatch::Alarm", "Alarms", "Watchers", Identity::Name("AlarmName")),
    row("AWS::ECS::Service", "DeploymentConfiguration.Alarms.AlarmNames[]", "AWS::CloudWatch::Alarm", "Alarms", "Watchers", Identity::Name("AlarmName")),
    row("AWS::AppConfig::Environment", "Monitors[].AlarmArn", "AWS::CloudWatch::Alarm", "Alarms", "Watchers", Identity::Name("AlarmName")),
    row("AWS::Route53::HealthCheck", "HealthCheckConfig.AlarmIdentifier.Name", "AWS::CloudWatch::Alarm", "Alarms", "Watchers", Identity::Name("AlarmName")),
    row("AWS::Config::ConfigurationRecorder", "*", "AWS::Config::DeliveryChannel", "DeliveryChannels", "ConfigurationRecorders", Identity::Account),
    row("AWS::InspectorV2::CisScanConfiguration", "*", "AWS::Inspector::AssessmentTarget", "AssessmentTargets", "CisScanConfigurations", Identity::Account),
    row("AWS::SecurityHub::Standard", "*", "AWS::SecurityHub::Hub", "Hubs", "Standards", Identity::Account),
    row("AWS::Config::RemediationConfiguration", "Parameters.AutomationAssumeRole.StaticValue.Values[]", "AWS::IAM::Role", "AutomationRoles", "RemediationConfigurations", Identity::Name("RoleName")),
    row("AWS::Logs::Delivery", "DeliverySourceName", "AWS::Logs::DeliverySource", "DeliverySources", "Deliveries", Identity::Name("Name")),
    row("AWS::Logs::DeliverySource", "ResourceArn", "AWS::CloudFront::Distribution", "Distributions", "DeliverySources", Identity::Ref),
    row("AWS::ElasticBeanstalk::Environment", "TemplateName", "AWS::ElasticBeanstalk::ConfigurationTemplate", "ConfigurationTemplates", "Environments", Identity::Ref),
    // Migration.
    row("AWS::M2::Application", "RoleArn", "AWS::IAM::Role", "Roles", "MainframeApplications", Identity::Name("RoleName")),
    row("AWS::M2::Application", "Definition.S3Location", "AWS::S3::Bucket", "DefinitionBuckets", "MainframeApplications", Identity::Name("BucketName")),
    row("AWS::M2::Environment", "SubnetIds[]", "AWS::EC2::Subnet", "Subnets", "MainframeEnvironments", Identity::Attribute("SubnetId")),
    row("AWS::M2::Environment", "StorageConfigurations[].Efs.FileSystemId", "AWS::EFS::FileSystem", "FileSystems", "MainframeEnvironments", Identity::Attribute("FileSystemId")),
    row("AWS::CodePipeline::Pipeline", "ArtifactStore.Location", "AWS::S3::Bucket", "ArtifactBuckets", "Pipelines", Identity::Name("BucketName")),
    row("AWS::Route53::HostedZone", "QueryLoggingConfig.CloudWatchLogsLogGroupArn", "AWS::Logs::LogGroup", "LogGroups", "HostedZones", Identity::Name("LogGroupName")),
    row("AWS::StepFunctions::StateMachine", "LoggingConfiguration.Destinations[].CloudWatchLogsLogGroup.LogGroupArn", "AWS::Logs::LogGroup", "LogGroups", "StateMachines", Identity::Name("LogGroupName")),
    row("AWS::KinesisFirehose::DeliveryStream", "S3DestinationConfiguration.BucketARN", "AWS::S3::Bucket", "DestinationBuckets", "DeliveryStreams", Identity::Name("BucketName")),
    row("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration.BucketARN", "AWS::S3::Bucket", "DestinationBuckets", "DeliveryStreams", Identity::Name("BucketName")),
    row("AWS::Logs::LogGroup", "LogGroupName", "AWS::Lambda::Function", "Functions", "LogGroups", Identity::Name("FunctionName")).around("/aws/lambda/", ""),
    row("AWS::Logs::LogGroup", "LogGroupName", "AWS::CodeBuild::Project", "CodeBuildProjects", "LogGroups", Identity::Name("Name")).around("/aws/codebuild/", ""),
    row("AWS::Logs::LogGroup", "LogGroupName", "AWS::EKS::Cluster", "EksClusters", "LogGroups", Identity::Name("Name")).around("/aws/eks/", "/cluster"),
    row("AWS::Logs::LogGroup", "LogGroupName", "AWS::ECS::Cluster", "EcsClusters", "InsightsLogGroups", Identity::Name("ClusterName")).around("/aws/ecs/containerinsights/", "/performance"),
    row("AWS::Logs::LogGroup", "LogGroupName", "AWS::StepFunctions::StateMachine", "StateMachines", "NamedLogGroups", Identity::Name("StateMachineName")).around("/aws/vendedlogs/states/", ""),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::resolve::PropertyType;

    #[test]
    fn no_row_stands_twice() {
        let mut seen = BTreeSet::new();
        for role in ROLES {
            assert!(seen.insert((role.source, role.path, role.target)), "{} {}", role.source, role.path);
        }
    }

    #[test]
    fn names_are_pascal_case_plurals_and_types_are_whole() {
        for role in ROLES {
            for name in [role.forward, role.reverse] {
                assert!(name.starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
                assert!(name.ends_with('s') || name == "SourceOfRules", "{name}");
            }
            for name in [role.source, role.target] {
                assert_eq!(name.split("::").count(), 3, "{name}");
            }
            let name = role.path.trim_end_matches("[]");
            assert_eq!(name == "*", role.identity == Identity::Account, "{}", role.source);
            assert!(!name.ends_with('.'), "{}", role.path);
        }
    }

    #[test]
    fn what_an_account_has_one_of_is_tied_by_nothing_else() {
        for role in ROLES.iter().filter(|role| role.identity == Identity::Account) {
            for (of, name) in [(role.source, role.forward), (role.target, role.reverse)] {
                assert_eq!(ties_of(of).iter().filter(|tied| tied.name == name).count(), 1, "{of} {name}");
            }
        }
    }

    #[test]
    fn paths_stand_in_the_published_schemas() {
        let mut wrong = Vec::new();
        for role in ROLES.iter().filter(|role| role.path != "*") {
            let properties = PropertyType::resource(role.source);
            let mut steps = Vec::new();
            let mut rest = role.path;
            while !rest.is_empty() {
                let end = rest.find(['.', '[', '{']).unwrap_or(rest.len());
                let (step, after) = rest.split_at(end);
                steps.push(step);
                rest = match after.chars().next() {
                    Some('[') => {
                        steps.push("*");
                        after.split_once(']').unwrap().1
                    }
                    Some('{') => {
                        steps.push("Any");
                        after.split_once('}').unwrap().1
                    }
                    _ => after,
                };
                rest = rest.strip_prefix('.').unwrap_or(rest);
            }
            if properties == PropertyType::UNKNOWN || properties.missing_step(steps).is_some() {
                wrong.push(format!("{} {}", role.source, role.path));
            }
            if PropertyType::resource(role.target) == PropertyType::UNKNOWN {
                wrong.push(role.target.to_owned());
            }
            if let Identity::Name(name) = role.identity
                && PropertyType::resource(role.target)
                    .missing_step(name.split(['.', '[', ']']).filter(|step| !step.is_empty()))
                    .is_some()
            {
                wrong.push(format!("{} {name}", role.target));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
