use bumpalo::Bump;
use serde_json::{Value as JsonValue, json};

use super::template::{Question, resource};
use crate::value::{Pending, Variable};

fn entry(number: i64, action: &str, protocol: i64, ports: Option<(i64, i64)>, cidr: &str) -> JsonValue {
    let key = if cidr.contains(':') { "Ipv6CidrBlock" } else { "CidrBlock" };
    let mut properties = json!({
        "NetworkAclId": {"$ref": "Acl"}, "RuleNumber": number, "RuleAction": action, "Protocol": protocol, key: cidr,
    });
    if let Some((from, to)) = ports {
        properties["PortRange"] = json!({"From": from, "To": to});
    }
    resource("AWS::EC2::NetworkAclEntry", &properties)
}

fn with(mut entry: JsonValue, key: &str, value: JsonValue) -> JsonValue {
    entry["Properties"][key] = value;
    entry
}

const WORLD: &str = "0.0.0.0/0";

/// One fact of the entry `E` among others.
fn fact(entry: JsonValue, others: &[JsonValue], fact: &str) -> JsonValue {
    let arena = Bump::new();
    let mut template = json!({"Acl": resource("AWS::EC2::NetworkAcl", &json!({})), "E": entry});
    for (number, other) in others.iter().enumerate() {
        template[format!("O{number}")] = other.clone();
    }
    Question::new(&arena, &template).show("E", &format!("Facts.{fact}"))
}

#[test]
fn an_entry_is_shown_in_one_shape() {
    let shown = fact(with(entry(100, "ALLOW", 6, Some((22, 80)), "1.2.3.4/0"), "Egress", json!("true")), &[], "Entry");
    assert_eq!(
        shown,
        json!({
            "Direction": "egress", "Action": "allow", "RuleNumber": 100, "Protocol": "tcp", "FromPort": 22, "ToPort": 80,
            "AllPorts": false, "Cidr": "0.0.0.0/0", "Family": "ipv4", "Public": true,
        })
    );
    let icmp = with(entry(1, "deny", 1, None, "::/0"), "Icmp", json!({"Type": 8, "Code": -1}));
    let shown = fact(icmp, &[], "Entry");
    assert_eq!(
        [&shown["Protocol"], &shown["FromPort"], &shown["AllPorts"]],
        [&json!("icmp"), &json!(-1), &json!(false)]
    );
    assert_eq!([&shown["Family"], &shown["Direction"]], ["ipv6", "ingress"]);
}

#[test]
fn a_deny_after_an_allow_of_the_same_traffic_is_shadowed() {
    let deny = || entry(200, "deny", 6, Some((22, 22)), "10.0.0.0/8");
    let shadowed = |other: JsonValue| fact(deny(), &[other], "Shadowed");
    assert_eq!(shadowed(entry(100, "allow", -1, None, WORLD)), json!(true));
    assert_eq!(shadowed(entry(100, "allow", 6, Some((0, 1024)), "10.0.0.0/8")), json!(true));
    assert_eq!(shadowed(entry(300, "allow", -1, None, WORLD)), json!(false));
    assert_eq!(shadowed(entry(100, "deny", -1, None, WORLD)), json!(false));
    assert_eq!(shadowed(entry(100, "allow", 17, None, WORLD)), json!(false));
    assert_eq!(shadowed(entry(100, "allow", 6, Some((23, 1024)), WORLD)), json!(false));
    assert_eq!(shadowed(entry(100, "allow", -1, None, "::/0")), json!(false));
    assert_eq!(shadowed(with(entry(100, "allow", -1, None, WORLD), "Egress", json!(true))), json!(false));
    assert_eq!(
        shadowed(with(entry(100, "allow", -1, None, WORLD), "NetworkAclId", json!({"$ref": "B"}))),
        json!(false)
    );
    let unsure = with(entry(100, "allow", -1, None, WORLD), "NetworkAclId", json!({"$parameter": "Acl"}));
    assert_eq!(shadowed(unsure), json!("?parameter `Acl`"));
    let unsure = with(entry(100, "allow", -1, None, WORLD), "RuleNumber", json!({"$unknown": "parameter `Number`"}));
    assert_eq!(shadowed(unsure), json!("?parameter `Number`"));
}

#[test]
fn a_number_stands_once_per_list_and_direction() {
    let allow = || entry(100, "allow", 6, None, WORLD);
    let duplicate = |other: JsonValue| fact(allow(), &[other], "DuplicateRuleNumber");
    assert_eq!(duplicate(entry(100, "deny", 17, None, "10.0.0.0/8")), json!(true));
    assert_eq!(duplicate(entry(101, "deny", 17, None, "10.0.0.0/8")), json!(false));
    assert_eq!(duplicate(with(allow(), "Egress", json!(true))), json!(false));
    assert_eq!(duplicate(with(allow(), "RuleNumber", json!("100"))), json!(true));
    assert_eq!(duplicate(with(allow(), "RuleNumber", json!({"$parameter": "N"}))), json!("?parameter `N`"));
}

#[test]
fn denies_before_an_entry_are_counted() {
    let deny = |number| entry(number, "deny", 6, None, WORLD);
    let others = [deny(1), deny(2), deny(100), deny(101), entry(3, "allow", 6, None, WORLD)];
    assert_eq!(fact(entry(100, "allow", 6, None, WORLD), &others, "PrecedingDenies"), json!(2));
    let unsure = [deny(1), with(deny(2), "Egress", json!({"$parameter": "Out"}))];
    assert_eq!(fact(entry(100, "allow", 6, None, WORLD), &unsure, "PrecedingDenies"), json!("?parameter `Out`"));
}

#[test]
fn what_is_left_open_after_earlier_denies_is_given_as_intervals() {
    let allow = || entry(100, "allow", 6, None, WORLD);
    let left = |others: &[JsonValue]| fact(allow(), others, "PublicIngress");
    let tcp = |from: i64, to: i64| json!({"Protocol": "tcp", "FromPort": from, "ToPort": to});
    assert_eq!(left(&[]), json!([tcp(0, 65535)]));
    assert_eq!(left(&[entry(90, "deny", 6, Some((22, 22)), WORLD)]), json!([tcp(0, 21), tcp(23, 65535)]));
    assert_eq!(left(&[entry(110, "deny", 6, Some((22, 22)), WORLD)]), json!([tcp(0, 65535)]));
    assert_eq!(left(&[entry(90, "deny", 6, Some((22, 22)), "10.0.0.0/8")]), json!([tcp(0, 65535)]));
    assert_eq!(left(&[entry(90, "deny", 17, None, WORLD)]), json!([tcp(0, 65535)]));
    assert_eq!(left(&[entry(90, "deny", -1, None, "::/0")]), json!([tcp(0, 65535)]));
    assert_eq!(left(&[entry(90, "deny", -1, None, WORLD)]), json!([]));
    let overlapping = [
        entry(3, "deny", 6, Some((100, 200)), WORLD),
        entry(2, "deny", 6, Some((0, 120)), WORLD),
        entry(1, "deny", 6, Some((150, 65_000)), WORLD),
    ];
    assert_eq!(left(&overlapping), json!([tcp(65_001, 65_535)]));
    let unknown = with(entry(90, "deny", 6, None, WORLD), "RuleNumber", json!({"$parameter": "N"}));
    assert_eq!(left(&[unknown]), json!("?parameter `N`"));
    for harmless in [entry(90, "allow", 6, None, WORLD), entry(90, "deny", 17, None, WORLD)] {
        let unknown = with(harmless, "RuleNumber", json!({"$parameter": "N"}));
        assert_eq!(left(&[unknown]), json!([tcp(0, 65535)]));
    }
}

#[test]
fn all_protocols_stay_one_unless_one_is_denied_in_part() {
    let left = |others: &[JsonValue]| fact(entry(100, "allow", -1, None, WORLD), others, "PublicIngress");
    let open = |name: &str, from: i64, to: i64| json!({"Protocol": name, "FromPort": from, "ToPort": to});
    assert_eq!(left(&[]), json!([open("all", 0, 65535)]));
    assert_eq!(left(&[entry(1, "deny", 47, None, WORLD)]), json!([open("all", 0, 65535)]));
    assert_eq!(
        left(&[entry(1, "deny", 6, Some((0, 1024)), WORLD)]),
        json!([open("tcp", 1025, 65535), open("udp", 0, 65535), open("icmp", -1, -1), open("icmpv6", -1, -1),])
    );
}

#[test]
fn only_an_allow_from_everywhere_lets_the_internet_in() {
    assert_eq!(fact(entry(1, "deny", 6, None, WORLD), &[], "PublicIngress"), json!([]));
    assert_eq!(fact(entry(1, "allow", 6, None, "10.0.0.0/8"), &[], "PublicIngress"), json!([]));
    assert_eq!(fact(entry(1, "allow", 6, Some((9, 1)), WORLD), &[], "PublicIngress"), json!([]));
    assert_eq!(fact(with(entry(1, "allow", 6, None, WORLD), "Egress", json!(true)), &[], "PublicIngress"), json!([]));
    let unknown = with(entry(1, "allow", 6, None, WORLD), "CidrBlock", json!({"$parameter": "Cidr"}));
    assert_eq!(fact(unknown, &[], "PublicIngress"), json!("?parameter `Cidr`"));
}

#[test]
fn an_entry_that_is_not_there_changes_nothing() {
    let arena = Bump::new();
    let template = json!({
        "E": entry(100, "allow", 6, None, WORLD),
        "O": {"$if": [4, entry(1, "deny", -1, None, WORLD), {"$absent": true}]},
    });
    let ask = || Question::new(&arena, &template);
    assert_eq!(ask().get("E", "Facts.PublicIngress").unwrap_err(), Pending(Variable(4)));
    assert_eq!(ask().choose(4, 1).show("E", "Facts.PublicIngress"), json!([]));
    assert_eq!(ask().choose(4, 0).show("E", "Facts.PrecedingDenies"), json!(0));
    assert_eq!(ask().choose(4, 0).place("E", "Facts.PublicIngress.0"), "E.Properties.CidrBlock");
}

#[test]
fn too_many_entries_are_unsure_rather_than_slow() {
    let others: Vec<JsonValue> = (0..1_500).map(|number| entry(number, "deny", 6, None, WORLD)).collect();
    let shown = fact(entry(9_999, "allow", 6, None, WORLD), &others, "PublicIngress");
    assert_eq!(shown, json!("?too many network ACL entries"));
}

#[test]
fn halves_in_different_entries_are_joined() {
    let half = |number: i64, action: &str, cidr: &str| entry(number, action, 6, Some((22, 22)), cidr);
    let (low, high) = (half(100, "allow", "0.0.0.0/1"), || half(110, "allow", "128.0.0.0/1"));
    let ports = json!([{"Protocol": "tcp", "FromPort": 22, "ToPort": 22}]);
    assert_eq!(fact(low.clone(), &[high()], "Entry")["Public"], json!(true));
    assert_eq!(fact(low.clone(), &[high()], "PublicIngress"), ports);
    assert_eq!(fact(low.clone(), &[], "PublicIngress"), json!([]));
    assert_eq!(fact(low.clone(), &[half(110, "deny", "128.0.0.0/1")], "Entry")["Public"], json!(false));
    // Two denies make up everything only when both come before.
    let open = half(200, "allow", WORLD);
    let denies = |second: i64| [half(10, "deny", "0.0.0.0/1"), half(second, "deny", "128.0.0.0/1")];
    assert_eq!(fact(open.clone(), &denies(20), "PublicIngress"), json!([]));
    assert_eq!(fact(open, &denies(300), "PublicIngress"), ports);
}
