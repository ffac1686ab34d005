//! The findings of two versions of the same templates: which are the same, which are new, which are gone.
//!
//! A finding is known again by its fingerprint, which names the file as the newer version has it; or else by rule, resource
//! and property, when only the conditions around the value are others; or else, if its resource got another logical id,
//! by rule and property, as long as the resource says the same. An old finding stands for one new finding at most.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Class, Code, Difference, FileKind, Finding, Problem, Report};
use crate::syntax::read;
use crate::text::SourceFile;

use super::checker::hint;
use super::written_path::WrittenPaths;

/// One version of the templates: what was found in them, and what their resources look like.
#[derive(Debug, Default)]
pub struct Side {
    /// What was found, settled.
    pub report: Report,
    /// A short name of what stands below each resource, by file and logical id.
    bodies: BTreeMap<(String, String), String>,
}

impl Side {
    /// A version of which this was found.
    #[must_use]
    pub fn new(report: Report) -> Self {
        Self { report, bodies: BTreeMap::new() }
    }

    /// Remembers the resources of a text, so that one that was renamed can be known again.
    pub fn add(&mut self, source: &SourceFile) {
        let name = source.name();
        let read = read(source.text(), hint(&name.display));
        let document = &read.document;
        let Some(resources) = document.root().and_then(|root| document.get(root, "Resources")) else { return };
        let paths = WrittenPaths::new(document, document.root());
        for pair in document.pairs(resources.value) {
            if let Some(logical_id) = document.text(pair.key) {
                let body = paths.content(pair.value);
                self.bodies.insert((name.uri.clone(), logical_id.to_owned()), body);
            }
        }
    }

    /// What the resource of a finding looks like.
    fn body(&self, finding: &Finding) -> Option<&str> {
        self.bodies.get(&resource_key(finding)?).map(String::as_str)
    }

    /// Whether there is a resource of that name in the file of the finding.
    fn has_resource_of(&self, finding: &Finding) -> bool {
        resource_key(finding).is_some_and(|key| self.bodies.contains_key(&key))
    }
}

fn resource_key(finding: &Finding) -> Option<(String, String)> {
    let resource = finding.resource.as_ref()?;
    Some((finding.place.source.uri.clone(), resource.logical_id.clone()))
}

/// What a change introduces: the newer version's report, with the findings and problems only that the older one does not
/// have, and with what became of the others in its `difference`. `base` names the older version.
///
/// A finding is introduced too when it was there before but did not count, when it was silenced, or when it holds in
/// deployments in which it did not hold before.
#[must_use]
pub fn keep_introduced(new: Side, old: &Side, base: &str) -> Report {
    let partners = partners(&new, old);
    let mut report = new.report;
    let mut difference = Difference { base: base.to_owned(), ..Difference::default() };
    let mut known = BTreeSet::new();
    let mut kept = Vec::new();
    for (finding, partner) in report.findings.into_iter().zip(partners) {
        known.extend(partner);
        let before = partner.and_then(|number| old.report.findings.get(number));
        let no_longer = |before: &&Finding| counts(before) && !counts(&finding) && finding.suppressed.is_none();
        difference.fixed.extend(before.filter(no_longer).cloned());
        if before.is_some_and(|before| excuses(before, &finding)) {
            difference.unchanged += usize::from(counts(&finding));
            continue;
        }
        difference.introduced += usize::from(counts(&finding));
        difference.silenced += usize::from(finding.suppressed.is_some() && finding.class.counts());
        kept.push(finding);
    }
    report.findings = kept;
    // Of what cannot be read any more nobody knows what is fixed.
    let whole_before =
        |uri: &str| old.report.files.iter().any(|file| file.source.uri == uri && file.kind == FileKind::Template);
    let unread = |finding: &Finding| {
        let uri = &finding.place.source.uri;
        report.files.iter().filter(|file| file.source.uri == *uri).any(|file| match file.kind {
            FileKind::Broken | FileKind::Templated => true,
            FileKind::Partial => whole_before(uri),
            FileKind::Template | FileKind::NotTemplate => false,
        })
    };
    let gone = old.report.findings.iter().enumerate().filter(|(number, _)| !known.contains(number));
    let gone = gone.map(|(_, finding)| finding).filter(|finding| counts(finding) && !unread(finding));
    difference.fixed.extend(gone.cloned());
    difference
        .fixed
        .sort_by(|a, b| (&a.place.source, a.place.span, &a.rule).cmp(&(&b.place.source, b.place.span, &b.rule)));
    report.difference = Some(difference);
    keep_new_problems(&mut report, &old.report);
    report
}

/// For each new finding the number of the old one that it is, if there is one.
fn partners(new: &Side, old: &Side) -> Vec<Option<usize>> {
    let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // The first one shall be taken first.
    for (number, finding) in old.report.findings.iter().enumerate().rev() {
        free.entry(&finding.fingerprint).or_default().push(number);
    }
    let findings = &new.report.findings;
    let mut partners: Vec<Option<usize>> =
        findings.iter().map(|finding| free.get_mut(&*finding.fingerprint).and_then(Vec::pop)).collect();
    let mut left: BTreeSet<usize> = free.into_values().flatten().collect();
    let mut find = |same: &dyn Fn(&Finding, &Finding) -> bool| {
        for (finding, partner) in findings.iter().zip(&mut partners).filter(|(_, partner)| partner.is_none()) {
            let fits = |number: &&usize| old.report.findings.get(**number).is_some_and(|before| same(before, finding));
            *partner = left.iter().find(fits).copied();
            if let Some(number) = partner {
                left.remove(number);
            }
        }
    };
    let alike = |before: &Finding, finding: &Finding| {
        before.rule == finding.rule
            && before.place.source.uri == finding.place.source.uri
            && before.property == finding.property
    };
    // Another condition decides, or one of another name. Which item of a list it is, a number does not say.
    find(&|before, finding| {
        alike(before, finding) && before.resource == finding.resource && !finding.property.contains('[')
    });
    find(&|before, finding| {
        alike(before, finding)
            && new.body(finding).is_some_and(|body| old.body(before) == Some(body))
            && !old.has_resource_of(finding)
            && !new.has_resource_of(before)
    });
    partners
}

/// Whether a finding counts towards the exit code.
fn counts(finding: &Finding) -> bool {
    finding.suppressed.is_none() && finding.class.counts()
}

/// Whether a finding is nothing new to those who had the older one.
fn excuses(old: &Finding, new: &Finding) -> bool {
    match (&old.suppressed, &new.suppressed) {
        (Some(_), None) | (None, Some(_)) => false,
        (Some(_), Some(_)) => true,
        (None, None) => !new.class.counts() || (old.class.counts() && !is_wider(old, new)),
    }
}

/// Whether a finding holds where the older one did not.
fn is_wider(old: &Finding, new: &Finding) -> bool {
    let ways = |finding: &Finding| finding.through.iter().map(|way| way.text.clone()).collect::<BTreeSet<String>>();
    let (old_ways, new_ways) = (ways(old), ways(new));
    // Without a way it holds wherever the template is deployed.
    if !old_ways.is_empty() && (new_ways.is_empty() || !new_ways.is_subset(&old_ways)) {
        return true;
    }
    match (old.class, new.class) {
        (Class::Default | Class::When, Class::Always) | (Class::When, Class::Default) => true,
        (Class::When, Class::When) => !choices(new).is_subset(&choices(old)),
        // By default it may be safe now, but another branch is taken to that than before.
        (Class::Default, Class::When) => old.fingerprint != new.fingerprint,
        _ => false,
    }
}

/// What stands in the brackets at the end of a way for a finding to hold.
fn chosen(way: &str) -> Option<&str> {
    way.strip_suffix(')')?.rsplit_once(" (").map(|(_, chosen)| chosen)
}

/// The parameters that are chosen in each way for a finding to hold, without the conditions that they amount to: those
/// can be renamed.
fn choices(finding: &Finding) -> BTreeSet<&str> {
    finding.when.iter().map(|way| chosen(way).unwrap_or(way)).collect()
}

/// Leaves out the problems that the older version has too.
fn keep_new_problems(report: &mut Report, old: &Report) {
    let key = |problem: &Problem| (problem.place.source.uri.clone(), problem.code, problem.message.clone());
    let mut known: BTreeMap<(String, Code, String), usize> = BTreeMap::new();
    for problem in &old.problems {
        *known.entry(key(problem)).or_default() += 1;
    }
    report.problems.retain(|problem| match known.get_mut(&key(problem)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::{Checker, Input, Settings};
    use crate::diag::{FileReport, Suppression, SuppressionKind};
    use crate::rules::{Catalog, Selection};
    use crate::text::{SourceFile, SourceName};

    fn side(template: &str) -> Side {
        let rules = Selection { rules: vec!["ebs_volume_unencrypted".to_owned()], ..Selection::default() };
        let rules = rules.apply(&Catalog::builtin()).unwrap();
        let (checker, _) = Checker::new(&rules, &Settings::default());
        let source = SourceFile::new(SourceName::from_display("t.yaml"), template.to_owned());
        let mut side = Side::new(checker.check(Input { source: &source, explicit: true }));
        side.add(&source);
        side
    }

    fn volumes(bodies: &[(&str, &str)]) -> String {
        let volume =
            |(id, body): &(&str, &str)| format!("  {id}: {{Type: AWS::EC2::Volume, Properties: {{{body}}}}}\n");
        format!("Resources:\n{}", bodies.iter().map(volume).collect::<String>())
    }

    fn difference(new: Side, old: &Side) -> (usize, usize, usize, usize) {
        let found = keep_introduced(new, old, "x").difference.unwrap();
        (found.introduced, found.fixed.len(), found.unchanged, found.silenced)
    }

    #[test]
    fn a_renamed_resource_is_the_same_if_it_says_the_same() {
        let old = side(&volumes(&[("A", "Size: 1")]));
        assert_eq!(difference(side(&volumes(&[("B", "Size: 1")])), &old), (0, 0, 1, 0));
        assert_eq!(difference(side(&volumes(&[("B", "Size: 2")])), &old), (1, 1, 0, 0));
    }

    #[test]
    fn one_old_finding_excuses_one_new_one() {
        let old = side(&volumes(&[("A", "Size: 1")]));
        assert_eq!(difference(side(&volumes(&[("B", "Size: 1"), ("C", "Size: 1")])), &old), (1, 0, 1, 0));
        let copied = side(&volumes(&[("A", "Size: 1"), ("C", "Size: 1")]));
        assert_eq!(difference(copied, &old), (1, 0, 1, 0), "the old one is there still");
    }

    #[test]
    fn silencing_is_not_fixing_and_speaking_again_is_new() {
        let silenced = || {
            let mut side = side(&volumes(&[("A", "Size: 1")]));
            for finding in &mut side.report.findings {
                finding.suppressed = Some(Box::new(Suppression::new(SuppressionKind::Comment)));
            }
            side
        };
        let loud = || side(&volumes(&[("A", "Size: 1")]));
        assert_eq!(difference(silenced(), &loud()), (0, 0, 0, 1));
        assert_eq!(difference(loud(), &silenced()), (1, 0, 0, 0));
        assert_eq!(difference(silenced(), &silenced()), (0, 0, 0, 0));
        assert_eq!(difference(side("Resources: {}\n"), &silenced()), (0, 0, 0, 0));
    }

    #[test]
    fn what_did_not_count_and_counts_now_is_introduced() {
        let text = |default: &str| {
            let parameter =
                format!("Parameters: {{P: {{Type: String, Default: {default}, AllowedValues: ['true', 'false']}}}}\n");
            parameter + &volumes(&[("A", "Encrypted: !Ref P")])
        };
        let (safe, open) = (|| side(&text("'true'")), || side(&text("'false'")));
        assert_eq!(difference(open(), &safe()), (1, 0, 0, 0));
        assert_eq!(difference(safe(), &open()), (0, 1, 0, 0));
        assert_eq!(difference(safe(), &safe()), (0, 0, 0, 0));
    }

    #[test]
    fn problems_that_were_there_are_not_told_again() {
        let text = "Resources:\n  A: {Type: AWS::EC2::Volume, Properties: {Encrypted: true, KmsKeyId: !Ref Missing}}\n";
        assert!(!side(text).report.problems.is_empty());
        assert!(keep_introduced(side(text), &side(text), "x").problems.is_empty());
        assert!(!keep_introduced(side(text), &side("Resources: {}\n"), "x").problems.is_empty());
    }

    #[test]
    fn nobody_knows_what_a_file_has_fixed_that_cannot_be_read() {
        let broken = |kind| {
            let file = FileReport { source: Arc::new(SourceName::from_display("t.yaml")), kind, resources: 0 };
            Side::new(Report { files: vec![file], ..Report::default() })
        };
        let old = side(&volumes(&[("A", "Size: 1")]));
        for kind in [FileKind::Broken, FileKind::Partial, FileKind::Templated] {
            assert_eq!(difference(broken(kind), &old), (0, 0, 0, 0), "{kind:?}");
        }
        assert_eq!(difference(broken(FileKind::Template), &old), (0, 1, 0, 0));
    }
}
