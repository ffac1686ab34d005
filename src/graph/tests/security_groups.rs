use bumpalo::Bump;
use serde_json::{Value as JsonValue, json};

use super::template::{Question, resource};
use crate::value::{Kind, Pending, Variable, ViaKind};

fn group(ingress: JsonValue) -> JsonValue {
    json!({"G": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": ingress}))})
}

fn tcp(from: i64, to: i64, cidr: &str) -> JsonValue {
    let key = if cidr.contains(':') { "CidrIpv6" } else { "CidrIp" };
    json!({"IpProtocol": "tcp", "FromPort": from, "ToPort": to, key: cidr})
}

/// The value of one key in all rules of a group with that ingress.
fn all(ingress: JsonValue, key: &str) -> JsonValue {
    let arena = Bump::new();
    let question = Question::new(&arena, &group(ingress));
    let rules = question.show("G", "Facts.Ingress");
    rules.as_array().unwrap().iter().map(|rule| rule[key].clone()).collect()
}

#[test]
fn an_inline_rule_is_shown_in_one_shape_at_its_network() {
    let arena = Bump::new();
    let template = group(json!([
        {"IpProtocol": 6, "FromPort": "22", "ToPort": 22, "CidrIp": {"$default": ["Cidr", "10.1.2.3/8"]}},
    ]));
    let question = Question::new(&arena, &template);
    assert_eq!(
        question.show("G", "Facts.Ingress"),
        json!([{
            "Direction": "ingress", "Protocol": "tcp", "FromPort": 22, "ToPort": 22, "AllPorts": false,
            "Cidr": "10.0.0.0/8", "Family": "ipv4", "Source": "cidr", "Public": false, "Wide": false,
        }])
    );
    assert_eq!(question.place("G", "Facts.Ingress.0"), "G.Properties.SecurityGroupIngress.0.CidrIp");
    assert_eq!(question.place("G", "Facts.Ingress.0.Public"), "G.Properties.SecurityGroupIngress.0.CidrIp");
    assert_eq!(question.place("G", "Facts.Ingress.0.FromPort"), "G.Properties.SecurityGroupIngress.0.FromPort");
    let rule = question.get("G", "Facts.Ingress.0").unwrap();
    assert_eq!(rule.via.unwrap().kind, ViaKind::ParameterDefault("Cidr"));
    assert_eq!(question.get("G", "Facts.Ingress.0.Cidr").unwrap().via.unwrap().kind, ViaKind::ParameterDefault("Cidr"));
}

#[test]
fn every_spelling_of_the_internet_is_public() {
    for cidr in ["0.0.0.0/0", "1.2.3.4/0", "::/0", "::0/0", "0::/0", "0:0:0:0:0:0:0:0/0", "0000:0000::/0"] {
        assert_eq!(all(json!([tcp(22, 22, cidr)]), "Public"), json!([true]), "{cidr}");
    }
    for cidr in ["10.0.0.0/8", "0.0.0.0/1", "::ffff:0:0/96", "2000::/3", "0.0.0.0", "nonsense"] {
        assert_eq!(all(json!([tcp(22, 22, cidr)]), "Public"), json!([false]), "{cidr}");
    }
    assert_eq!(all(json!([tcp(22, 22, "2001:0db8:0::1/32")]), "Cidr"), json!(["2001:db8::/32"]));
}

#[test]
fn halves_of_the_internet_are_public_together_on_the_same_ports() {
    let halves = |first: JsonValue, second: JsonValue| all(json!([first, second]), "Public");
    let (low, high) = ("0.0.0.0/1", "128.0.0.0/1");
    assert_eq!(halves(tcp(22, 22, low), tcp(22, 22, high)), json!([true, true]));
    assert_eq!(halves(tcp(22, 22, low), tcp(443, 443, high)), json!([false, false]));
    assert_eq!(halves(tcp(22, 22, low), tcp(0, 1024, high)), json!([true, false]));
    assert_eq!(halves(tcp(22, 22, low), json!({"IpProtocol": "-1", "CidrIp": high})), json!([true, false]));
    assert_eq!(halves(tcp(22, 22, "::/1"), tcp(22, 22, "8000::/1")), json!([true, true]));
    assert_eq!(halves(tcp(22, 22, low), tcp(22, 22, "8000::/1")), json!([false, false]));
}

#[test]
fn a_narrow_rule_beside_an_open_one_is_not_blamed() {
    let rules = json!([tcp(22, 22, "0.0.0.0/0"), tcp(22, 22, "10.0.0.0/8")]);
    assert_eq!(all(rules, "Public"), json!([true, false]));
    let rules = json!([tcp(22, 22, "0.0.0.0/1"), tcp(22, 22, "128.0.0.0/1"), tcp(22, 22, "10.0.0.0/8")]);
    assert_eq!(all(rules, "Public"), json!([true, true, false]));
    let twice = json!([tcp(1, 1, "0.0.0.0/1"), tcp(1, 1, "0.0.0.0/1"), tcp(1, 1, "128.0.0.0/1")]);
    assert_eq!(all(twice, "Public"), json!([true, true, true]));
}

#[test]
fn an_unknown_network_makes_unsure_only_what_it_can_complete() {
    let unknown = json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": {"$parameter": "Cidr"}});
    let reason = "?parameter `Cidr`";
    assert_eq!(all(json!([unknown, tcp(22, 22, "0.0.0.0/1")]), "Public"), json!([reason, reason]));
    assert_eq!(all(json!([unknown, tcp(22, 22, "10.0.0.0/8")]), "Public"), json!([reason, false]));
    assert_eq!(all(json!([unknown, tcp(80, 80, "0.0.0.0/1")]), "Public"), json!([reason, false]));
    assert_eq!(all(json!([unknown, tcp(22, 22, "::/1")]), "Public"), json!([reason, false]));
    assert_eq!(all(json!([unknown]), "Cidr"), json!([reason]));
    assert_eq!(all(json!([unknown]), "Source"), json!(["cidr"]));
    assert_eq!(all(json!([unknown]), "FromPort"), json!([22]));
}

#[test]
fn unknown_traffic_makes_unsure_what_it_may_be_about() {
    let protocol = json!({"$parameter": "Protocol"});
    let half = |protocol: &JsonValue, cidr: &str| json!({"IpProtocol": protocol, "CidrIp": cidr});
    let reason = "?parameter `Protocol`";
    assert_eq!(all(json!([half(&protocol, "0.0.0.0/1")]), "Public"), json!([false]));
    let halves = json!([half(&protocol, "0.0.0.0/1"), tcp(22, 22, "128.0.0.0/1")]);
    assert_eq!(all(halves, "Public"), json!([reason, reason]));
    let wider = json!([half(&protocol, "0.0.0.0/1"), half(&json!("-1"), "128.0.0.0/1")]);
    assert_eq!(all(wider, "Public"), json!([true, reason]));
    let open = json!([half(&protocol, "0.0.0.0/0"), tcp(22, 22, "128.0.0.0/1")]);
    assert_eq!(all(open, "Public"), json!([true, false]));
    let mut port = tcp(22, 22, "0.0.0.0/1");
    port["FromPort"] = json!({"$parameter": "Port"});
    port["ToPort"] = json!({"$parameter": "Port"});
    assert_eq!(all(json!([port, tcp(0, 65_535, "128.0.0.0/1")]), "Public"), json!([true, "?parameter `Port`"]));
}

#[test]
fn a_known_prefix_after_an_unknown_address_is_enough() {
    let rule = |end: &str| json!({"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": {"$partial": [{"$unknown": "parameter `Ip`"}, end]}});
    assert_eq!(all(json!([rule("/32"), rule("/0"), rule("/1")]), "Public"), json!([false, true, "?parameter `Ip`"]));
    let attribute = json!({"IpProtocol": "-1", "CidrIp": {"$ref": "Vpc.CidrBlock"}});
    assert_eq!(all(json!([attribute]), "Public"), json!([false]));
}

#[test]
fn one_entry_with_two_networks_is_two_rules() {
    let both = json!([{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8", "CidrIpv6": "::/0"}]);
    assert_eq!(all(both.clone(), "Family"), json!(["ipv4", "ipv6"]));
    assert_eq!(all(both, "Public"), json!([false, true]));
}

#[test]
fn protocols_and_ports_are_read_as_ec2_reads_them() {
    let shape = |entry: JsonValue| {
        let arena = Bump::new();
        let question = Question::new(&arena, &group(json!(entry)));
        let rule = question.show("G", "Facts.Ingress.0");
        json!([rule["Protocol"], rule["FromPort"], rule["ToPort"], rule["AllPorts"]])
    };
    let all_ports = |name: &str| json!([name, 0, 65535, true]);
    assert_eq!(shape(json!({"IpProtocol": "-1", "FromPort": 22, "ToPort": 22})), all_ports("all"));
    assert_eq!(shape(json!({"IpProtocol": -1})), all_ports("all"));
    assert_eq!(shape(json!({"IpProtocol": "ALL"})), all_ports("all"));
    assert_eq!(shape(json!({"IpProtocol": "47", "FromPort": 22, "ToPort": 22})), all_ports("47"));
    assert_eq!(shape(json!({"IpProtocol": "TCP"})), all_ports("tcp"));
    assert_eq!(shape(json!({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1})), all_ports("tcp"));
    assert_eq!(shape(json!({"IpProtocol": "17", "FromPort": "0", "ToPort": "65535"})), all_ports("udp"));
    assert_eq!(shape(json!({"IpProtocol": "icmp", "FromPort": 8, "ToPort": 0})), json!(["icmp", -1, -1, false]));
    assert_eq!(shape(json!({"IpProtocol": 58})), json!(["icmpv6", -1, -1, false]));
    assert_eq!(shape(json!({"IpProtocol": "tcp", "ToPort": 80})), json!(["tcp", "?a missing first port", 80, false]));
    let unknown = json!({"$unknown": "parameter `Protocol`"});
    let reason = "?parameter `Protocol`";
    assert_eq!(
        shape(json!({"IpProtocol": unknown, "FromPort": 1, "ToPort": 1})),
        json!([reason, reason, reason, reason])
    );
}

#[test]
fn a_reversed_range_matches_nothing() {
    assert_eq!(all(json!([tcp(80, 22, "0.0.0.0/0")]), "Public"), json!([false]));
}

#[test]
fn groups_prefix_lists_and_nothing_are_sources_too() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &json!({
            "G": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": [
                {"IpProtocol": "-1", "SourceSecurityGroupId": {"$ref": "G"}},
                {"IpProtocol": "-1", "SourcePrefixListId": {"$ref": "L"}},
                {"IpProtocol": "-1", "SourcePrefixListId": "pl-1"},
                {"IpProtocol": "-1"},
            ]})),
            "L": resource("AWS::EC2::PrefixList", &json!({"Entries": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1"}]})),
        }),
    );
    let rules = question.show("G", "Facts.Ingress");
    let shape: Vec<_> = rules.as_array().unwrap().iter().map(|rule| [&rule["Source"], &rule["Public"]]).collect();
    assert_eq!(
        json!(shape),
        json!([["group", false], ["prefix-list", true], ["prefix-list", "?the prefix list `pl-1`"], ["none", false],])
    );
    assert_eq!(rules[0].get("Cidr"), None);
}

#[test]
fn entries_may_hang_on_conditions_or_be_unknown() {
    let arena = Bump::new();
    let template = group(json!([
        {"$if": [1, tcp(22, 22, "0.0.0.0/0"), {"$absent": true}]},
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": {"$if": [2, "0.0.0.0/0", "10.0.0.0/8"]}},
        {"$unknown": "a macro"},
    ]));
    let ask = || Question::new(&arena, &template);
    assert_eq!(ask().get("G", "Facts.Ingress").unwrap_err(), Pending(Variable(1)));
    assert_eq!(ask().choose(1, 0).get("G", "Facts.Ingress").unwrap_err(), Pending(Variable(2)));
    let question = ask().choose(1, 0).choose(2, 0);
    assert_eq!(question.show("G", "Facts.Ingress.0.Public"), json!(false));
    assert_eq!(question.show("G", "Facts.Ingress.1"), json!("?a macro"));
    assert_eq!(ask().choose(1, 1).choose(2, 1).show("G", "Facts.Ingress.1.Public"), json!(true));
    let arena = Bump::new();
    let question = Question::new(&arena, &group(json!({"$unknown": "a macro"})));
    assert_eq!(question.show("G", "Facts.Ingress"), json!("?a macro"));
    assert_eq!(question.show("G", "Facts.Egress"), json!([]));
}

#[test]
fn everything_may_leave_unless_an_egress_rule_is_there() {
    let rule = |group: JsonValue| resource("AWS::EC2::SecurityGroupEgress", &json!({"GroupId": group}));
    let ask = |egress: JsonValue, other: JsonValue| {
        let arena = Bump::new();
        let properties = json!({"SecurityGroupEgress": egress});
        let template = json!({"E": other, "G": resource("AWS::EC2::SecurityGroup", &properties)});
        Question::new(&arena, &template).show("G", "Facts.ImplicitEgress")
    };
    let elsewhere = || rule(json!("sg-1"));
    assert_eq!(ask(json!({"$absent": true}), elsewhere()), json!(true));
    assert_eq!(ask(json!([]), elsewhere()), json!(true));
    assert_eq!(ask(json!([{"$absent": true}]), elsewhere()), json!(true));
    assert_eq!(ask(json!([tcp(1, 1, "10.0.0.0/8")]), elsewhere()), json!(false));
    assert_eq!(ask(json!([]), rule(json!({"$ref": "G.GroupId"}))), json!(false));
    assert_eq!(ask(json!([]), rule(json!({"$parameter": "Group"}))), json!("?parameter `Group`"));
    assert_eq!(ask(json!({"$list": "a macro"}), elsewhere()), json!("?a macro"));
}

#[test]
fn a_rule_of_its_own_says_whether_its_group_is_the_default_one() {
    let arena = Bump::new();
    let rule = |group: JsonValue| {
        let properties = json!({"GroupId": group, "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"});
        resource("AWS::EC2::SecurityGroupIngress", &properties)
    };
    let question = Question::new(
        &arena,
        &json!({
            "E": resource("AWS::EC2::SecurityGroupEgress", &json!({"IpProtocol": "-1", "CidrIpv6": "::/0"})),
            "R1": rule(json!({"$ref": "V.DefaultSecurityGroup"})),
            "R2": rule(json!({"$ref": "G"})),
            "R3": rule(json!({"$parameter": "Group"})),
            "V": resource("AWS::EC2::VPC", &json!({})),
        }),
    );
    assert_eq!(question.show("R1", "Facts.DefaultGroup"), json!(true));
    assert_eq!(question.show("R2", "Facts.DefaultGroup"), json!(false));
    assert_eq!(question.show("R3", "Facts.DefaultGroup"), json!("?parameter `Group`"));
    assert_eq!(question.show("R1", "Facts.Ingress.0.Public"), json!(true));
    assert_eq!(question.place("R1", "Facts.Ingress.0"), "R1.Properties.CidrIp");
    assert_eq!(question.show("E", "Facts.Egress.0.Direction"), json!("egress"));
    let Kind::Map(facts) = question.get("E", "Facts").unwrap().kind else { panic!() };
    assert!(facts.get("Ingress").is_none());
}

#[test]
fn thousands_of_rules_are_compared_up_to_a_limit() {
    let rules = |count: i64| (0..count).map(|port| tcp(port, port, "10.0.0.0/8")).collect::<JsonValue>();
    let public = all(rules(2_000), "Public");
    assert!(public.as_array().unwrap().iter().all(|public| public == false));
    let mut many = rules(2_001);
    many[0] = tcp(1, 1, "0.0.0.0/0");
    let public = all(many, "Public");
    assert_eq!(public[0], json!(true));
    assert_eq!(public[1], json!("?too many rules"));
}

#[test]
fn halves_in_different_resources_of_one_group_are_joined() {
    let arena = Bump::new();
    let rule = |group: JsonValue, cidr: &str| {
        let mut rule = tcp(22, 22, cidr);
        rule["GroupId"] = group;
        resource("AWS::EC2::SecurityGroupIngress", &rule)
    };
    let own = || json!({"$ref": "G.GroupId"});
    let question = Question::new(
        &arena,
        &json!({
            "G": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": [tcp(22, 22, "64.0.0.0/2")]})),
            "Other": resource("AWS::EC2::SecurityGroup", &json!({"SecurityGroupIngress": [tcp(22, 22, "128.0.0.0/1")]})),
            "Low": rule(own(), "0.0.0.0/2"),
            "High": rule(own(), "128.0.0.0/1"),
            "Small": rule(own(), "10.0.0.0/8"),
            "Alone": rule(json!({"$ref": "Other.GroupId"}), "0.0.0.0/2"),
        }),
    );
    for (id, public) in
        [("G", true), ("Low", true), ("High", true), ("Small", false), ("Alone", false), ("Other", false)]
    {
        assert_eq!(question.show(id, "Facts.Ingress.0.Public"), json!(public), "{id}");
    }
}

#[test]
fn a_rule_is_wide_when_no_owner_has_so_much() {
    for (cidr, wide) in
        [("0.0.0.0/0", true), ("0.0.0.0/1", true), ("10.0.0.0/8", false), ("9.0.0.0/8", false), ("2000::/3", true)]
    {
        assert_eq!(all(json!([tcp(22, 22, cidr)]), "Wide"), json!([wide]), "{cidr}");
    }
}

#[test]
fn lists_of_aws_are_not_the_internet() {
    let public = |list: &str| all(json!([{"IpProtocol": "-1", "SourcePrefixListId": list}]), "Public");
    assert_eq!(public("pl-3b927c52"), json!([false]));
    assert_eq!(public("com.amazonaws.global.cloudfront.origin-facing"), json!([false]));
    assert_eq!(public("pl-0123456789abcdef0"), json!(["?the prefix list `pl-0123456789abcdef0`"]));
}
