//! Frameworks as taxonomies: what a rule checks, in the words of auditors.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::diag::RuleInfo;
use crate::render::HOME;

use super::shape::{ComponentReference, DescriptorReference, Relationship, Text, Words, text};
use super::wording::one_line;

/// Frameworks by their key: name, publisher and page.
const KNOWN: [(&str, &str, &str, &str); 9] = [
    ("cis_aws_1_4", "CIS AWS Foundations Benchmark 1.4", "Center for Internet Security", CIS),
    ("cis_aws_3_0", "CIS AWS Foundations Benchmark 3.0", "Center for Internet Security", CIS),
    ("cwe", "Common Weakness Enumeration", "MITRE", "https://cwe.mitre.org/"),
    ("fsbp", "AWS Foundational Security Best Practices", "Amazon Web Services", FSBP),
    ("migration", "Tasks of a migration to AWS", "cfnward", HOME),
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
        // Rules share most of their requirements, so they are put in order when each is there once.
        let mut frameworks: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
        for framework in rules.flat_map(|rule| &*rule.frameworks) {
            let requirements = framework.requirements.iter().map(|requirement| &**requirement);
            frameworks.entry(&framework.name).or_default().extend(requirements);
        }
        let listed = frameworks.into_iter().map(|(name, requirements)| {
            let mut requirements: Vec<&str> = requirements.into_iter().collect();
            requirements.sort_unstable();
            (name, requirements)
        });
        Self { frameworks: listed.collect() }
    }

    /// What stands under `taxonomies` of the run.
    pub(super) fn components(&self) -> Vec<Taxonomy<'_>> {
        self.frameworks.iter().map(|(name, requirements)| taxonomy(name, requirements)).collect()
    }

    /// What the driver says that it supports.
    pub(super) fn references(&self) -> Vec<ComponentReference<'r>> {
        let names = self.frameworks.keys().enumerate();
        names.map(|(index, name)| ComponentReference { index: Some(index), name }).collect()
    }
}

/// A framework with its requirements.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taxonomy<'a> {
    full_description: Text<'a>,
    full_name: Words<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'a str>,
    is_comprehensive: bool,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    short_description: Text<'a>,
    taxa: Vec<Taxon<'a>>,
}

/// A requirement of a framework.
#[derive(Serialize)]
struct Taxon<'a> {
    id: &'a str,
}

/// The requirements that a rule checks, or helps to check.
pub(super) fn relationships(rule: &RuleInfo) -> Vec<Relationship<'_>> {
    let mut relationships = Vec::with_capacity(rule.frameworks.iter().map(|one| one.requirements.len()).sum());
    let mut requirements: Vec<&str> = Vec::new();
    for framework in &*rule.frameworks {
        requirements.clear();
        requirements.extend(framework.requirements.iter().map(|requirement| &**requirement));
        requirements.sort_unstable();
        requirements.dedup();
        for &id in &requirements {
            // There are thousands of them, so what has a default or can be found is left out.
            let component = ComponentReference { index: None, name: &framework.name };
            let target = DescriptorReference { id, index: None, tool_component: Some(component) };
            relationships.push(Relationship { target });
        }
    }
    relationships
}

fn taxonomy<'a>(name: &'a str, requirements: &[&'a str]) -> Taxonomy<'a> {
    let known = KNOWN.iter().find(|(key, ..)| *key == name);
    let full_name = known.map_or_else(|| one_line(name), |(_, full_name, ..)| Words::Borrowed(*full_name));
    let description = format!("{full_name}: the requirements that rules of cfnward speak of.");
    Taxonomy {
        full_description: text(description.clone()),
        full_name,
        information_uri: known.map(|(_, _, _, page)| *page),
        is_comprehensive: false,
        name,
        organization: known.map(|(_, _, organization, _)| *organization),
        short_description: text(description),
        taxa: requirements.iter().map(|id| Taxon { id }).collect(),
    }
}
