//! What each fact says, for the page of facts: data, one row per name.

/// A fact, or a key below one.
#[derive(Clone, Copy, Debug)]
pub struct FactDescription {
    /// The fact below whose items it stands; empty for a fact of a resource.
    pub below: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
}

const fn fact(name: &'static str, says: &'static str) -> FactDescription {
    FactDescription { below: "", name, says }
}

const fn key(below: &'static str, name: &'static str, says: &'static str) -> FactDescription {
    FactDescription { below, name, says }
}

/// The facts and their keys.
#[rustfmt::skip]
const FACTS: &[FactDescription] = &[
    fact("InternetReachable", "Whether packets from the internet, or requests to an address that AWS publishes, arrive: true, false, or unknown with its reason. It carries the way as its sources, so that a finding tells it."),
    fact("InternetPath", "The steps from the internet to the resource; empty where there is no way, unknown where it is not known. Each stands at the text that decides it."),
    fact("InternetPorts", "The ports at which it is reached."),
    fact("Public", "Of a subnet: whether an internet gateway sends traffic to it and takes its answers."),
    fact("Ingress", "The rules into a security group that stand in this resource, in one shape; those of other resources are under `Linked.IngressRules`."),
    fact("Egress", "The rules out of it."),
    fact("ImplicitEgress", "Whether EC2's own rule that lets everything out is in force."),
    fact("DefaultGroup", "Whether the rule is added to the default group of a VPC of this template."),
    fact("Labels", "Of a security group: its logical id, name, description and values of tags, as far as they are written."),
    fact("Entry", "The entry of a network ACL in one shape."),
    fact("Shadowed", "Whether an entry with a lower number and the other action already decides all of its traffic."),
    fact("DuplicateRuleNumber", "Whether another entry of the same ACL and direction has its number."),
    fact("PrecedingDenies", "How many denies of the same ACL and direction come before."),
    fact("PublicIngress", "What the entry lets in from everywhere after the denies before it."),
    fact("Statements", "The statements of all policies in the resource, whichever form they are written in; texts that hold JSON are read, and a resource that is a permission is a statement."),
    fact("TrustStatements", "The statements that say who may assume a role."),
    fact("Grants", "The sensitive actions (below) that its policies allow, without those that they deny on everything and without condition."),
    fact("Administrators", "Of a KMS key: the principals that may change its policy, disable or delete it."),
    fact("Users", "Of a KMS key: the principals that may encrypt, decrypt, sign or make data keys."),
    fact("Secrets", "The values of properties that hold a secret."),
    fact("SecretVariables", "The variables whose names say that they hold a secret."),
    fact("Credentials", "Texts of the resource that have the form of a credential."),
    key("InternetPath", "Id", "The logical id of the resource that the step passes."),
    key("InternetPath", "Type", "Its type."),
    key("InternetPath", "Step", "What happens there, as a short sentence."),
    key("InternetPorts", "Protocol", "`tcp` or `udp`."),
    key("InternetPorts", "FromPort", "The first port."),
    key("InternetPorts", "ToPort", "The last port."),
    key("Ingress", "Direction", "`ingress` or `egress`."),
    key("Ingress", "Protocol", "`tcp`, `udp`, `icmp`, `icmpv6`, `all`, or a number."),
    key("Ingress", "FromPort", "The first port; -1 for ICMP."),
    key("Ingress", "ToPort", "The last port; -1 for ICMP."),
    key("Ingress", "AllPorts", "Whether it is about all ports."),
    key("Ingress", "Cidr", "The network in its canonical spelling."),
    key("Ingress", "Family", "`ipv4` or `ipv6`."),
    key("Ingress", "Source", "`cidr`, `group`, `prefix-list` or `none`."),
    key("Ingress", "Public", "Whether everybody is meant: alone, or together with other rules of the group about the same traffic."),
    key("Ingress", "IcmpType", "Of ICMP: the type, -1 for any."),
    key("Ingress", "Wide", "Whether more of the internet is meant than one owner has, if not all of it."),
    key("Entry", "Direction", "`ingress` or `egress`."),
    key("Entry", "Action", "`allow` or `deny`."),
    key("Entry", "RuleNumber", "When it is tried."),
    key("Entry", "Protocol", "As in `Ingress`."),
    key("Entry", "FromPort", "As in `Ingress`."),
    key("Entry", "ToPort", "As in `Ingress`."),
    key("Entry", "AllPorts", "As in `Ingress`."),
    key("Entry", "Cidr", "As in `Ingress`."),
    key("Entry", "Family", "As in `Ingress`."),
    key("Entry", "IcmpType", "As in `Ingress`."),
    key("Entry", "Public", "Whether everybody is meant: alone, or together with other entries that do the same for the same traffic."),
    key("PublicIngress", "Protocol", "As in `Ingress`."),
    key("PublicIngress", "FromPort", "As in `Ingress`."),
    key("PublicIngress", "ToPort", "As in `Ingress`."),
    key("Statements", "Effect", "As written."),
    key("Statements", "Condition", "As written."),
    key("Statements", "Actions", "Always a list; empty when it is not written."),
    key("Statements", "NotActions", "Always a list; empty when it is not written."),
    key("Statements", "Resources", "Always a list; empty when it is not written."),
    key("Statements", "NotResources", "Always a list; empty when it is not written."),
    key("Statements", "Principals", "All principals in one list."),
    key("Statements", "NotPrincipals", "All excepted principals in one list."),
    key("Statements", "AwsPrincipals", "Accounts, users, roles and everybody."),
    key("Statements", "ServicePrincipals", "Services of AWS."),
    key("Statements", "FederatedPrincipals", "Identity providers."),
    key("Statements", "NamedPrincipals", "Particular identities: neither everybody nor an account as a whole."),
    key("Statements", "AllActions", "Whether a `*` stands for all actions."),
    key("Statements", "AllResources", "Whether a `*` stands for all resources."),
    key("Statements", "FullServices", "The services given whole: `s3` of `s3:*`."),
    key("Statements", "PublicPrincipal", "Whether everybody is meant: `*` of any kind, or all but `NotPrincipal`."),
    key("Statements", "CrossAccount", "Whether another account is named by its number; AWS's own accounts for load balancer logs are none. Unknown for a parameter."),
    key("Statements", "HasCondition", "Whether there is any condition."),
    key("Statements", "CallerRestricted", "Whether a condition lets only some callers in (by organization, account, source or network), or a deny of the same document keeps all others out."),
    key("Statements", "Grants", "The sensitive actions that the statement allows."),
    key("Statements", "Source", "`inline`, `managed`, `resource` or `guardrail`: where the policy stands."),
    key("Secrets", "Property", "The property's name."),
    key("Secrets", "Exposed", "Whether those who see the template or the stack can read it."),
    key("SecretVariables", "Name", "The variable's name."),
    key("SecretVariables", "Exposed", "As in `Secrets`."),
    key("Credentials", "Kind", "What it has the form of, as `AWS access key`."),
    key("Credentials", "Example", "Whether it is clearly an example."),
];

/// Facts that have the keys of another fact.
pub const SAME_KEYS: [(&str, &str); 2] = [("Egress", "Ingress"), ("TrustStatements", "Statements")];

/// What each fact says, those of resources before the keys below them.
#[must_use]
pub fn fact_descriptions() -> &'static [FactDescription] {
    FACTS
}

/// The keys below a fact or below its items, in the order of the descriptions; none for a fact that is a text, a number,
/// a Boolean or a list of texts.
pub fn fact_keys(fact: &str) -> impl Iterator<Item = &'static str> {
    let described = SAME_KEYS.iter().find(|(same, _)| *same == fact).map_or(fact, |(_, other)| *other).to_owned();
    FACTS.iter().filter(move |one| !one.below.is_empty() && one.below == described).map(|one| one.name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::graph::fact_names;
    use crate::resolve::resource_types;

    #[test]
    fn each_fact_is_described_and_nothing_else_is() {
        let known: BTreeSet<String> = resource_types().flat_map(fact_names).collect();
        let described: BTreeSet<String> =
            FACTS.iter().filter(|fact| fact.below.is_empty()).map(|fact| fact.name.to_owned()).collect();
        assert_eq!(described, known);
        for fact in FACTS.iter().filter(|fact| !fact.below.is_empty()) {
            assert!(known.contains(fact.below), "{}", fact.below);
        }
    }
}
