//! Frameworks as taxonomies: what a rule checks, in the words of auditors.

use std::collections::{BTreeMap, BTreeSet};

use serde_sarif::sarif::{
    ReportingDescriptor, ReportingDescriptorReference, ReportingDescriptorRelationship, ToolComponent,
    ToolComponentReference,
};

use crate::diag::RuleInfo;

use super::{one_line, plain};

/// Frameworks by their key: name, publisher and page.
const KNOWN: [(&str, &str, &str, &str); 9] = [
    ("cis_aws_1_4", "CIS AWS Foundations Benchmark 1.4", "Center for Internet Security", CIS),
    ("cis_aws_3_0", "CIS AWS Foundations Benchmark 3.0", "Center for Internet Security", CIS),
    ("cwe", "Common Weakness Enumeration", "MITRE", "https://cwe.mitre.org/"),
    ("fsbp", "AWS Foundational Security Best Practices", "Amazon Web Services", FSBP),
    ("migration", "Tasks of a migration to AWS", "cfnward", super::HOME),
    ("nist_800_53_r5", "NIST SP 800-53 Revision 5", "National Institute of Standards and Technology", NIST),
    ("pci_dss_3_2_1", "PCI DSS 3.2.1", "PCI Security Standards Council", PCI),
    ("pci_dss_4_0", "PCI DSS 4.0", "PCI Security Standards Council", PCI),
    ("security_hub", "AWS Security Hub controls", "Amazon Web Services", HUB),
];
const CIS: &str = "https://www.cisecurity.org/benchmark/amazon_web_services";
const FSBP: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html";
const HUB: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html";
const NIST: &str = "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final";
const PCI: &str = "https://www.pcisecuritystandards.org/standards/";

/// The frameworks that rules speak of, each with the requirements that they name.
pub(super) struct Taxonomies<'r> {
    frameworks: BTreeMap<&'r str, Vec<&'r str>>,
}

impl<'r> Taxonomies<'r> {
    /// Those of some rules. They follow from the rules alone, so they do not change with what is found.
    pub(super) fn of(rules: impl Iterator<Item = &'r RuleInfo>) -> Self {
        let mut frameworks: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for framework in rules.flat_map(|rule| &*rule.frameworks) {
            let requirements = framework.requirements.iter().map(|requirement| &**requirement);
            frameworks.entry(&framework.name).or_default().extend(requirements);
        }
        let listed = frameworks.into_iter().map(|(name, requirements)| (name, requirements.into_iter().collect()));
        Self { frameworks: listed.collect() }
    }

    /// What stands under `taxonomies` of the run; nothing when there are none.
    pub(super) fn components(&self) -> Option<Vec<ToolComponent>> {
        let components: Vec<ToolComponent> =
            self.frameworks.iter().map(|(name, requirements)| component(name, requirements)).collect();
        Some(components).filter(|all| !all.is_empty())
    }

    /// What the driver says that it supports.
    pub(super) fn references(&self) -> Option<Vec<ToolComponentReference>> {
        let references: Vec<ToolComponentReference> =
            self.frameworks.keys().enumerate().map(|(index, name)| reference(name, index)).collect();
        Some(references).filter(|all| !all.is_empty())
    }
}

/// The requirements that a rule checks, or helps to check.
pub(super) fn relationships(rule: &RuleInfo) -> Option<Vec<ReportingDescriptorRelationship>> {
    let mut relationships = Vec::new();
    for framework in &*rule.frameworks {
        let requirements: BTreeSet<&str> = framework.requirements.iter().map(|requirement| &**requirement).collect();
        for requirement in requirements {
            // There are thousands of them, so what has a default or can be found is left out.
            let component =
                ToolComponentReference { name: Some(framework.name.to_string()), ..ToolComponentReference::default() };
            let target = ReportingDescriptorReference {
                id: Some(requirement.to_owned()),
                tool_component: Some(component),
                ..ReportingDescriptorReference::default()
            };
            relationships.push(ReportingDescriptorRelationship::builder().target(target).build());
        }
    }
    Some(relationships).filter(|all| !all.is_empty())
}

fn reference(name: &str, index: usize) -> ToolComponentReference {
    ToolComponentReference {
        name: Some(name.to_owned()),
        index: i64::try_from(index).ok(),
        ..ToolComponentReference::default()
    }
}

fn component(name: &str, requirements: &[&str]) -> ToolComponent {
    let taxa: Vec<ReportingDescriptor> =
        requirements.iter().map(|requirement| ReportingDescriptor::builder().id(*requirement).build()).collect();
    let known = KNOWN.iter().find(|(key, ..)| *key == name);
    let full_name = known.map_or_else(|| one_line(name), |(_, full_name, ..)| (*full_name).to_owned());
    let description = format!("{full_name}: the requirements that rules of cfnward speak of.");
    let mut component = ToolComponent::builder()
        .name(name)
        .full_name(full_name)
        .short_description(plain(description.as_str()))
        .full_description(plain(description))
        .is_comprehensive(false)
        .taxa(taxa)
        .build();
    if let Some((_, _, organization, page)) = known {
        component.organization = Some((*organization).to_owned());
        component.information_uri = Some((*page).to_owned());
    }
    component
}
