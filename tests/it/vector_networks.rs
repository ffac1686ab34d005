//! Vectors of what binds resources and of what the internet reaches, where they are at hand: asked of the view that
//! rules see.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use cfnward::check::{Settings, view};
use cfnward::diag::Plain;
use cfnward::syntax::{Document, Hint, NodeId, read};
use cfnward::text::{SourceFile, SourceName};

/// Vectors that do not pass, each with its reason.
const NOT_PASSED: &[(&str, &str)] = &[(
    "net-sg-unknown-port",
    "the last port of a rule is not known, so whether it holds port 8000 is not either: that no rule ends before it \
     begins, or that the parameter has a least value, is not worked out",
)];

/// The roles that an association of the vectors is: kind, type of its source without `AWS::`, roles one after the other.
const ROLES: &[(&str, &str, &[&str])] = &[
    ("policy-of", "S3::BucketPolicy", &["Buckets"]),
    ("policy-of", "SQS::QueuePolicy", &["Queues"]),
    ("policy-of", "SNS::TopicPolicy", &["Topics"]),
    ("policy-of", "SecretsManager::ResourcePolicy", &["Secrets"]),
    ("policy-of", "IAM::Policy", &["Roles"]),
    ("policy-of", "IAM::RolePolicy", &["Roles"]),
    ("policy-of", "IAM::ManagedPolicy", &["Roles"]),
    ("rotates", "SecretsManager::RotationSchedule", &["Secrets"]),
    ("permission-of", "Lambda::Permission", &["Functions"]),
    ("log-group-of", "Logs::LogGroup", &["Functions"]),
    ("ingress-of", "EC2::SecurityGroupIngress", &["Groups"]),
    ("logs", "EC2::FlowLog", &["Vpcs"]),
    ("logs", "WAFv2::LoggingConfiguration", &["WebAcls"]),
    ("logs-to", "EC2::VPC", &["FlowLogs", "LogBuckets"]),
    ("logs-to", "WAFv2::WebACL", &["LoggingConfigurations", "LogGroups"]),
    ("protects", "WAFv2::WebACL", &["Associations", "LoadBalancers"]),
    ("routed-by", "EC2::Subnet", &["RouteTableAssociations", "RouteTables"]),
    ("default-route-v4", "EC2::RouteTable", &["Routes", "InternetGateways"]),
];

fn vectors(area: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cfn/vectors").join(area);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |file: &Path| file.file_stem().unwrap().to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), fs::read_to_string(file).unwrap())).collect()
}

/// One vector.
struct Vector<'v> {
    document: &'v Document<'v>,
    root: NodeId,
}

impl Vector<'_> {
    fn at(&self, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(self.root, |node, key| Some(self.document.get(node, key)?.value))
    }

    fn field(&self, node: NodeId, key: &str) -> &str {
        self.document.get(node, key).and_then(|pair| self.document.text(pair.value)).unwrap_or_default()
    }

    /// The resources as rules see them, with these parameters.
    fn resources(&self, parameters: &[(&str, &str)]) -> Plain {
        let text = self.at(&["input", "text"]).and_then(|node| self.document.text(node)).unwrap();
        let source = SourceFile::new(SourceName::from_display("template.yaml"), text.to_owned());
        let mut settings = Settings::default();
        for (name, value) in parameters {
            settings.parameters.insert((*name).to_owned(), (*value).to_owned());
        }
        let (view, problems) = view(&source, &settings);
        view.unwrap_or_else(|| panic!("{problems:?}")).root.get("Resources").unwrap().clone()
    }
}

fn run(area: &str, question: impl Fn(&Vector<'_>) -> Result<(), String>) {
    let mut wrong = Vec::new();
    for (name, text) in &vectors(area) {
        let document = read(text, Hint::Yaml);
        let vector = Vector { document: &document.document, root: document.document.root().unwrap() };
        match (question(&vector), NOT_PASSED.iter().any(|(listed, _)| listed == name)) {
            (Ok(()), true) => wrong.push(format!("{name} passes: take it off the list")),
            (Err(failure), false) => wrong.push(format!("{name}: {failure}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn at<'p>(value: &'p Plain, path: &[&str]) -> &'p Plain {
    path.iter().fold(value, |value, key| value.get(key).unwrap_or_else(|| panic!("no {key} in {value:?}")))
}

fn items(value: &Plain) -> &[Plain] {
    match value {
        Plain::List(items) => items,
        other => panic!("{other:?} is no list"),
    }
}

fn text_of(value: &Plain) -> &str {
    match value {
        Plain::Text(text) => text,
        other => panic!("{other:?} is no text"),
    }
}

fn number(value: &Plain) -> i64 {
    match value {
        Plain::Integer(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

/// A Boolean of the view as the vectors write one.
fn truth(value: &Plain) -> &'static str {
    match value {
        Plain::Bool(true) => "true",
        Plain::Bool(false) => "false",
        Plain::Unknown { .. } => "unknown",
        other => panic!("{other:?} is no Boolean"),
    }
}

/// The ids in a role of a resource, followed by further roles; `?` for what may be there.
fn linked(value: &Plain, roles: &[&str]) -> Vec<String> {
    let Some((role, rest)) = roles.split_first() else {
        return vec![value.get("Id").map_or("?".to_owned(), |id| text_of(id).to_owned())];
    };
    let Some(list) = value.get("Linked").and_then(|linked| linked.get(role)) else { return vec!["?".to_owned()] };
    items(list).iter().flat_map(|item| linked(item, rest)).collect()
}

#[test]
fn associations_are_found_as_the_vectors_say() {
    run("assoc", |vector| {
        let list = vector.at(&["expect", "associations"]).unwrap();
        for &item in vector.document.items(list) {
            let text = vector.document.text(item).unwrap();
            let (source, rest) = text.split_once(" -").unwrap();
            let (kind, target) = rest.split_once("-> ").unwrap();
            let target = target.split(" (").next().unwrap();
            let (target, when) = target.split_once(" when ").unwrap_or((target, ""));
            let parameters: &[(&str, &str)] = match when {
                "" => &[],
                "C" => &[("E", "prod")],
                _ => &[("E", "other")],
            };
            let resources = vector.resources(parameters);
            let from = at(&resources, &[source]);
            if kind == "public" {
                let public = truth(at(from, &["Facts", "Public"]));
                if public != target {
                    return Err(format!("{text}: {public}"));
                }
                continue;
            }
            let source_type = text_of(at(from, &["Type"])).trim_start_matches("AWS::");
            let row = ROLES.iter().find(|(other, of, _)| *other == kind && *of == source_type);
            let Some((.., roles)) = row else { return Err(format!("{text}: no role for {kind} of {source_type}")) };
            let found = linked(from, roles);
            if !found.iter().any(|id| id == target) {
                return Err(format!("{text}: {found:?}"));
            }
        }
        if let Some(example) = vector.at(&["expect", "rule_example"]) {
            assert_eq!(vector.field(example, "bucket B must have a policy"), "unknown");
            let found = linked(at(&vector.resources(&[]), &["B"]), &["BucketPolicies"]);
            if found != ["?"] {
                return Err(format!("B has {found:?}"));
            }
        }
        Ok(())
    });
}

/// Whether a fact about ports holds protocol and port: true, false or unknown.
fn covers(rule: &Plain, protocol: &str, port: Option<i64>) -> &'static str {
    let unknown = |value: &Plain| matches!(value, Plain::Unknown { .. });
    let written = at(rule, &["Protocol"]);
    if unknown(written) {
        return "unknown";
    }
    match text_of(written) {
        "all" => return "true",
        other if other != protocol => return "false",
        _ => {}
    }
    let (Some(port), [from, to]) = (port, ["FromPort", "ToPort"].map(|key| at(rule, &[key]))) else { return "true" };
    let below = |value: &Plain| !unknown(value) && number(value) <= port;
    let above = |value: &Plain| !unknown(value) && number(value) >= port;
    match (unknown(from) || below(from), unknown(to) || above(to)) {
        (true, true) if unknown(from) || unknown(to) => "unknown",
        (true, true) => "true",
        _ => "false",
    }
}

fn all(answers: impl IntoIterator<Item = &'static str>) -> &'static str {
    answers.into_iter().fold("true", |left, right| match (left, right) {
        ("false", _) | (_, "false") => "false",
        ("unknown", _) | (_, "unknown") => "unknown",
        _ => "true",
    })
}

fn any(answers: impl IntoIterator<Item = &'static str>) -> &'static str {
    answers.into_iter().fold("false", |left, right| match (left, right) {
        ("true", _) | (_, "true") => "true",
        ("unknown", _) | (_, "unknown") => "unknown",
        _ => "false",
    })
}

/// All rules of a group in one direction, whichever resource they stand in.
fn group_rules(group: &Plain, direction: &str) -> Vec<Plain> {
    let mut rules = items(at(group, &["Facts", direction])).to_vec();
    for rule in items(at(group, &["Linked", &format!("{direction}Rules")])) {
        rules.extend_from_slice(items(at(rule, &["Facts", direction])));
    }
    rules
}

/// What an ACL does to a packet, from the canonical entries.
fn acl(acl: &Plain, direction: &str, protocol: &str, port: Option<i64>, source: &str) -> &'static str {
    let mut entries: Vec<&Plain> = Vec::new();
    let mut open = Vec::new();
    for entry in items(at(acl, &["Linked", "Entries"])) {
        let entry = at(entry, &["Facts", "Entry"]);
        let matches = text_of(at(entry, &["Direction"])) == direction
            && holds(text_of(at(entry, &["Cidr"])), source)
            && covers(entry, protocol, port) == "true";
        match at(entry, &["RuleNumber"]) {
            _ if !matches => {}
            Plain::Integer(_) => entries.push(entry),
            _ => open.push(entry),
        }
    }
    entries.sort_by_key(|entry| number(at(entry, &["RuleNumber"])));
    let verdict = |entry: &Plain| if text_of(at(entry, &["Action"])) == "allow" { "allow" } else { "deny" };
    let decided = entries.first().map_or("deny", |entry| verdict(entry));
    if open.iter().any(|entry| verdict(entry) != decided) { "unknown" } else { decided }
}

/// Whether a network holds an address, of which IPv6 ones are only asked of everything.
fn holds(cidr: &str, address: &str) -> bool {
    let (network, prefix) = cidr.split_once('/').unwrap();
    match (network.parse::<Ipv4Addr>(), address.parse::<Ipv4Addr>()) {
        (Ok(network), Ok(address)) => {
            let prefix: u32 = prefix.parse().unwrap();
            let bits = |address: Ipv4Addr| u64::from(u32::from(address)) >> (32 - prefix);
            bits(network) == bits(address)
        }
        (Err(_), Err(_)) => cidr == "::/0",
        _ => false,
    }
}

#[test]
fn networks_are_judged_as_the_vectors_say() {
    run("exposure", |vector| {
        let list = vector.at(&["expect", "queries"]).unwrap();
        let resources = vector.resources(&[]);
        for &query in vector.document.items(list) {
            let field = |key: &str| vector.field(query, key);
            let (protocol, port) = (field("proto"), field("port").parse::<i64>().ok());
            let group = || at(&resources, &[field("sg")]);
            let open = |fact: &str, direction: &str| {
                any(group_rules(group(), direction)
                    .iter()
                    .map(|rule| all([truth(at(rule, &[fact])), covers(rule, protocol, port)])))
            };
            let found = match field("op") {
                "sg-world" => open("Public", "Ingress"),
                "sg-wide" => open("Wide", "Ingress"),
                "sg-egress-world" => any([truth(at(group(), &["Facts", "ImplicitEgress"])), open("Public", "Egress")]),
                "acl" => acl(at(&resources, &[field("acl")]), field("dir"), protocol, port, field("src")),
                "reachable" => {
                    let resource = at(&resources, &[field("resource"), "Facts"]);
                    let ports = items(at(resource, &["InternetPorts"]));
                    all([
                        truth(at(resource, &["InternetReachable"])),
                        any(ports.iter().map(|ports| covers(ports, protocol, port))),
                    ])
                }
                other => return Err(format!("no query {other}")),
            };
            if found != field("want") {
                return Err(format!("{} {protocol} {port:?}: {found}, not {}", field("op"), field("want")));
            }
        }
        Ok(())
    });
}
