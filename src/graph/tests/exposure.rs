//! Hand-made networks in pairs that differ in one fact: the first is reached from the internet, the second is not.

use bumpalo::Bump;
use serde_json::{Map, Value as JsonValue, json};

use super::template::{Question, resource};

fn refer(id: &str) -> JsonValue {
    json!({ "$ref": id })
}

/// A VPC with an internet gateway, a public subnet `S`, a private subnet `P`, and a group `G` that opens port 22.
fn network() -> Map<String, JsonValue> {
    let template = json!({
        "V": resource("AWS::EC2::VPC", &json!({"CidrBlock": "10.0.0.0/16"})),
        "Gateway": resource("AWS::EC2::InternetGateway", &json!({})),
        "Attachment": resource(
            "AWS::EC2::VPCGatewayAttachment", &json!({"VpcId": refer("V"), "InternetGatewayId": refer("Gateway")}),
        ),
        "T": resource("AWS::EC2::RouteTable", &json!({"VpcId": refer("V")})),
        "Route": resource("AWS::EC2::Route", &json!({
            "RouteTableId": refer("T"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": refer("Gateway"),
        })),
        "S": resource("AWS::EC2::Subnet", &json!({
            "VpcId": refer("V"), "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": true,
        })),
        "A": resource(
            "AWS::EC2::SubnetRouteTableAssociation", &json!({"SubnetId": refer("S"), "RouteTableId": refer("T")}),
        ),
        "Nat": resource("AWS::EC2::NatGateway", &json!({"SubnetId": refer("S")})),
        "PT": resource("AWS::EC2::RouteTable", &json!({"VpcId": refer("V")})),
        "PRoute": resource("AWS::EC2::Route", &json!({
            "RouteTableId": refer("PT"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": refer("Nat"),
        })),
        "P": resource("AWS::EC2::Subnet", &json!({
            "VpcId": refer("V"), "CidrBlock": "10.0.1.0/24", "MapPublicIpOnLaunch": true,
        })),
        "PA": resource(
            "AWS::EC2::SubnetRouteTableAssociation", &json!({"SubnetId": refer("P"), "RouteTableId": refer("PT")}),
        ),
        "G": resource("AWS::EC2::SecurityGroup", &json!({
            "VpcId": refer("V"),
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}],
        })),
        "Closed": resource("AWS::EC2::SecurityGroup", &json!({"VpcId": refer("V")})),
        "I": resource("AWS::EC2::Instance", &json!({"SubnetId": refer("S"), "SecurityGroupIds": [refer("G.GroupId")]})),
    });
    template.as_object().unwrap().clone()
}

/// The network with resources added or replaced.
fn with(parts: &JsonValue) -> JsonValue {
    let mut template = network();
    for (id, part) in parts.as_object().unwrap() {
        template.insert(id.clone(), part.clone());
    }
    JsonValue::Object(template)
}

fn reachable(template: &JsonValue, id: &str) -> JsonValue {
    let arena = Bump::new();
    Question::new(&arena, template).show(id, "Facts.InternetReachable")
}

/// What is added makes the resource reached, or not.
fn check(id: &str, parts: &JsonValue, expected: bool) {
    assert_eq!(reachable(&with(parts), id), json!(expected), "{id} {parts}");
}

fn pair(id: &str, exposed: &JsonValue, not: &JsonValue) {
    check(id, exposed, true);
    check(id, not, false);
}

fn property(id: &str, path: &[&str], value: &JsonValue) -> JsonValue {
    let mut part = network().get(id).unwrap().clone();
    let mut at = &mut part["Properties"];
    for key in path {
        at = &mut at[*key];
    }
    *at = value.clone();
    json!({ id: part })
}

#[test]
fn the_subnet_decides_by_its_routes() {
    pair("I", &json!({}), &property("I", &["SubnetId"], &refer("P")));
}

#[test]
fn a_gateway_counts_when_it_is_attached() {
    pair("I", &json!({}), &property("Attachment", &["VpcId"], &refer("OtherVpc")));
}

#[test]
fn an_egress_only_gateway_lets_nobody_in() {
    let route = |key: &str, gateway: &str| {
        json!({
            "EgressOnly": resource("AWS::EC2::EgressOnlyInternetGateway", &json!({"VpcId": refer("V")})),
            "Route": resource("AWS::EC2::Route", &json!({
                "RouteTableId": refer("T"), "DestinationIpv6CidrBlock": "::/0", key: refer(gateway),
            })),
            "G": resource("AWS::EC2::SecurityGroup", &json!({
                "SecurityGroupIngress": [{"IpProtocol": "-1", "CidrIpv6": "0::/0"}],
            })),
            "I": resource("AWS::EC2::Instance", &json!({
                "SubnetId": refer("S"), "SecurityGroupIds": [refer("G")], "Ipv6AddressCount": 1,
            })),
        })
    };
    pair("I", &route("GatewayId", "Gateway"), &route("EgressOnlyInternetGatewayId", "EgressOnly"));
}

#[test]
fn without_a_public_address_nothing_is_reached() {
    pair("I", &json!({}), &property("S", &["MapPublicIpOnLaunch"], &json!(false)));
}

#[test]
fn an_interface_may_refuse_or_ask_for_an_address() {
    let interface = |associates: bool| {
        json!({"I": resource("AWS::EC2::Instance", &json!({"NetworkInterfaces": [{
            "SubnetId": refer("S"), "GroupSet": [refer("G")], "AssociatePublicIpAddress": associates,
        }]}))})
    };
    pair("I", &interface(true), &interface(false));
}

#[test]
fn an_elastic_ip_is_a_public_address() {
    let mut parts = property("S", &["MapPublicIpOnLaunch"], &json!(false));
    check("I", &parts, false);
    parts["Ip"] = resource("AWS::EC2::EIP", &json!({"InstanceId": refer("I")}));
    check("I", &parts, true);
    parts["Ip"] = resource("AWS::EC2::EIP", &json!({}));
    check("I", &parts, false);
    parts["Given"] = resource(
        "AWS::EC2::EIPAssociation",
        &json!({"AllocationId": refer("Ip.AllocationId"), "InstanceId": refer("I")}),
    );
    check("I", &parts, true);
}

#[test]
fn the_groups_must_let_the_internet_in() {
    pair("I", &json!({}), &property("I", &["SecurityGroupIds"], &json!([refer("Closed")])));
    let from = |source: &str| {
        let rule = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": source});
        property("G", &["SecurityGroupIngress"], &json!([rule]))
    };
    pair("I", &from("0.0.0.0/1"), &from("10.0.0.0/8"));
}

#[test]
fn a_rule_of_its_own_opens_a_group() {
    let rule = |group: &str| {
        let mut parts = property("I", &["SecurityGroupIds"], &json!([refer("Closed")]));
        parts["Rule"] = resource(
            "AWS::EC2::SecurityGroupIngress",
            &json!({"GroupId": refer(group), "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}),
        );
        parts
    };
    pair("I", &rule("Closed.GroupId"), &rule("G.GroupId"));
}

/// An ACL for `S` with these entries.
fn acl(entries: &[(i64, &str, &str, (i64, i64))]) -> JsonValue {
    let mut parts = json!({
        "Acl": resource("AWS::EC2::NetworkAcl", &json!({"VpcId": refer("V")})),
        "AclOfS": resource(
            "AWS::EC2::SubnetNetworkAclAssociation", &json!({"SubnetId": refer("S"), "NetworkAclId": refer("Acl")}),
        ),
    });
    for (number, action, cidr, (from, to)) in entries {
        parts[format!("Entry{number}")] = resource(
            "AWS::EC2::NetworkAclEntry",
            &json!({
                "NetworkAclId": refer("Acl"), "RuleNumber": number, "Protocol": 6, "RuleAction": action,
                "CidrBlock": cidr, "PortRange": {"From": from, "To": to},
            }),
        );
    }
    parts
}

const ALL: (i64, i64) = (0, 65_535);

#[test]
fn the_first_entry_of_an_acl_that_matches_decides() {
    let everywhere = "0.0.0.0/0";
    pair(
        "I",
        &acl(&[(100, "allow", everywhere, ALL), (200, "deny", everywhere, (22, 22))]),
        &acl(&[(100, "deny", everywhere, (22, 22)), (200, "allow", everywhere, ALL)]),
    );
    pair(
        "I",
        &acl(&[(100, "deny", everywhere, (23, 23)), (200, "allow", everywhere, ALL)]),
        &acl(&[(100, "allow", everywhere, (80, 443))]),
    );
    pair(
        "I",
        &acl(&[(100, "deny", "198.51.100.7/32", ALL), (200, "allow", everywhere, ALL)]),
        &acl(&[(1, "deny", "0.0.0.0/1", ALL), (2, "deny", "128.0.0.0/1", ALL), (200, "allow", everywhere, ALL)]),
    );
    check("I", &acl(&[]), false);
}

#[test]
fn a_database_is_public_when_it_says_so_in_a_public_subnet() {
    let database = |public: bool, subnet: &str, port: i64| {
        json!({
            "Subnets": resource("AWS::RDS::DBSubnetGroup", &json!({"SubnetIds": [refer(subnet)]})),
            "G": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": [
                {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0"},
            ]})),
            "D": resource("AWS::RDS::DBInstance", &json!({
                "Engine": "postgres", "PubliclyAccessible": public, "DBSubnetGroupName": refer("Subnets"),
                "VPCSecurityGroups": [refer("G.GroupId")],
            })),
        })
    };
    pair("D", &database(true, "S", 5432), &database(false, "S", 5432));
    pair("D", &database(true, "S", 5432), &database(true, "P", 5432));
    // What is open is not where the database listens.
    pair("D", &database(true, "S", 5432), &database(true, "S", 443));
}

/// A load balancer in `S` that forwards port 443 to an instance in `P`.
fn balanced(scheme: &str, port: i64, target: &str) -> JsonValue {
    json!({
        "G": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"},
        ]})),
        "Lb": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", &json!({
            "Scheme": scheme, "Subnets": [refer("S")], "SecurityGroups": [refer("G")],
        })),
        "Targets": resource("AWS::ElasticLoadBalancingV2::TargetGroup", &json!({"Targets": [{"Id": refer(target)}]})),
        "Listener": resource("AWS::ElasticLoadBalancingV2::Listener", &json!({
            "LoadBalancerArn": refer("Lb"), "Port": port, "Protocol": "HTTPS",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": refer("Targets")}],
        })),
        "I": resource("AWS::EC2::Instance", &json!({"SubnetId": refer("P"), "SecurityGroupIds": [refer("Closed")]})),
        "J": resource("AWS::EC2::Instance", &json!({"SubnetId": refer("P"), "SecurityGroupIds": [refer("Closed")]})),
    })
}

#[test]
fn a_load_balancer_is_reached_by_its_scheme_and_listeners() {
    pair("Lb", &balanced("internet-facing", 443, "I"), &balanced("internal", 443, "I"));
    pair("Lb", &balanced("internet-facing", 443, "I"), &balanced("internet-facing", 8443, "I"));
}

#[test]
fn what_stands_behind_a_load_balancer_is_reached_through_it() {
    pair("I", &balanced("internet-facing", 443, "I"), &balanced("internet-facing", 443, "J"));
    let arena = Bump::new();
    let template = with(&balanced("internet-facing", 443, "I"));
    let question = Question::new(&arena, &template);
    let path = question.show("I", "Facts.InternetPath");
    let ids: Vec<&str> = path.as_array().unwrap().iter().map(|step| step["Id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["Gateway", "Route", "S", "G", "Lb", "Listener", "I"]);
}

#[test]
fn a_service_gets_addresses_when_it_asks_for_them() {
    let service = |assigns: &str| {
        json!({"C": resource("AWS::ECS::Service", &json!({"NetworkConfiguration": {"AwsvpcConfiguration": {
            "AssignPublicIp": assigns, "Subnets": [refer("S")], "SecurityGroups": [refer("G")],
        }}}))})
    };
    pair("C", &service("ENABLED"), &service("DISABLED"));
}

#[test]
fn a_group_of_instances_is_reached_as_its_template_says() {
    let group = |associates: bool| {
        json!({
            "Template": resource("AWS::EC2::LaunchTemplate", &json!({"LaunchTemplateData": {"NetworkInterfaces": [
                {"AssociatePublicIpAddress": associates, "Groups": [refer("G")]},
            ]}})),
            "Group": resource("AWS::AutoScaling::AutoScalingGroup", &json!({
                "LaunchTemplate": {"LaunchTemplateId": refer("Template")}, "VPCZoneIdentifier": [refer("S")],
            })),
        })
    };
    pair("Group", &group(true), &group(false));
    pair("Template", &group(true), &group(false));
}

#[test]
fn endpoints_are_on_the_internet_unless_they_are_private() {
    for (resource_type, exposed, not) in [
        (
            "AWS::ApiGateway::RestApi",
            json!({"EndpointConfiguration": {"Types": ["REGIONAL"]}}),
            json!({"EndpointConfiguration": {"Types": ["PRIVATE"]}}),
        ),
        (
            "AWS::ApiGateway::RestApi",
            json!({}),
            json!({"Policy": {"Statement": {
                "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
            }}}),
        ),
        ("AWS::AppSync::GraphQLApi", json!({}), json!({"Visibility": "PRIVATE"})),
        ("AWS::Transfer::Server", json!({}), json!({"EndpointType": "VPC"})),
        ("AWS::CloudFront::Distribution", json!({}), json!({"DistributionConfig": {"Enabled": "false"}})),
        ("AWS::OpenSearchService::Domain", json!({}), json!({"VPCOptions": {"SubnetIds": [refer("S")]}})),
        (
            "AWS::EKS::Cluster",
            json!({"ResourcesVpcConfig": {}}),
            json!({"ResourcesVpcConfig": {"PublicAccessCidrs": ["203.0.113.0/24"]}}),
        ),
        (
            "AWS::EKS::Cluster",
            json!({"ResourcesVpcConfig": {"PublicAccessCidrs": ["0.0.0.0/1", "128.0.0.0/1"]}}),
            json!({"ResourcesVpcConfig": {"EndpointPublicAccess": false}}),
        ),
        ("AWS::SageMaker::NotebookInstance", json!({}), json!({"DirectInternetAccess": "Disabled"})),
        (
            "AWS::ElasticBeanstalk::Environment",
            json!({}),
            json!({"OptionSettings": [{"Namespace": "aws:ec2:vpc", "OptionName": "ELBScheme", "Value": "internal"}]}),
        ),
    ] {
        pair("X", &json!({"X": resource(resource_type, &exposed)}), &json!({"X": resource(resource_type, &not)}));
    }
    for never in ["AWS::ElastiCache::ReplicationGroup", "AWS::EFS::MountTarget", "AWS::DocDB::DBCluster"] {
        check("X", &json!({"X": resource(never, &json!({}))}), false);
    }
}

#[test]
fn what_is_not_known_is_unsure() {
    for (parts, reason) in [
        (property("I", &["SubnetId"], &json!({"$parameter": "Subnet"})), "?parameter `Subnet`"),
        (property("I", &["SubnetId"], &json!("subnet-1")), "?`subnet-1`, which is not in this template"),
        (property("I", &["SubnetId"], &json!({"$absent": true})), "?the subnet, which is not given"),
        (property("I", &["SecurityGroupIds"], &json!([{"$parameter": "Group"}])), "?parameter `Group`"),
        (property("S", &["MapPublicIpOnLaunch"], &json!({"$parameter": "Public"})), "?parameter `Public`"),
        (property("A", &["SubnetId"], &refer("Other")), "?the main route table of `V`"),
        (property("A", &["RouteTableId"], &json!({"$parameter": "Table"})), "?parameter `Table`"),
        (property("Route", &["GatewayId"], &json!({"$parameter": "Gateway"})), "?parameter `Gateway`"),
        (property("Route", &["DestinationCidrBlock"], &json!({"$parameter": "To"})), "?parameter `To`"),
    ] {
        assert_eq!(reachable(&with(&parts), "I"), json!(reason), "{parts}");
    }
    // What is closed is closed in every subnet.
    let mut closed = property("I", &["SubnetId"], &json!({"$parameter": "Subnet"}));
    closed["I"]["Properties"]["SecurityGroupIds"] = json!([refer("Closed")]);
    check("I", &closed, false);
}

#[test]
fn the_path_stands_at_the_texts_that_decide_it() {
    let arena = Bump::new();
    let template = with(&json!({}));
    let question = Question::new(&arena, &template);
    assert_eq!(
        question.show("I", "Facts.InternetPath"),
        json!([
            {"Id": "Gateway", "Type": "AWS::EC2::InternetGateway",
             "Step": "internet gateway `Gateway` is attached to the VPC"},
            {"Id": "Route", "Type": "AWS::EC2::Route", "Step": "route `Route` sends 0.0.0.0/0 to the internet gateway"},
            {"Id": "S", "Type": "AWS::EC2::Subnet", "Step": "subnet `S` is routed by `T`"},
            {"Id": "S", "Type": "AWS::EC2::Subnet",
             "Step": "what is launched in subnet `S` gets a public IPv4 address"},
            {"Id": "G", "Type": "AWS::EC2::SecurityGroup",
             "Step": "security group `G` lets tcp port 22 in from the internet"},
        ])
    );
    let places: Vec<String> = (0..5).map(|step| question.place("I", &format!("Facts.InternetPath.{step}"))).collect();
    assert_eq!(
        places,
        [
            "Attachment.Properties.InternetGatewayId",
            "Route.Properties.DestinationCidrBlock",
            "A.Properties.SubnetId",
            "S.Properties.MapPublicIpOnLaunch",
            "G.Properties.SecurityGroupIngress.0.CidrIp",
        ]
    );
    assert_eq!(question.place("I", "Facts.InternetReachable"), "I");
    assert_eq!(question.show("I", "Facts.InternetPorts"), json!([{"Protocol": "tcp", "FromPort": 22, "ToPort": 22}]));
}

#[test]
fn a_subnet_is_public_by_its_routes_alone() {
    let arena = Bump::new();
    let mut parts = property("S", &["MapPublicIpOnLaunch"], &json!(false));
    parts["Lone"] = resource("AWS::EC2::Subnet", &json!({"VpcId": refer("V")}));
    let template = with(&parts);
    let question = Question::new(&arena, &template);
    assert_eq!(question.show("S", "Facts.Public"), json!(true));
    assert_eq!(question.show("P", "Facts.Public"), json!(false));
    assert_eq!(question.show("Lone", "Facts.Public"), json!("?the main route table of `V`"));
}
