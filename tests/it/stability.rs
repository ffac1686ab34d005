//! What edits of templates do to fingerprints, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use cfnward::check::{Checker, Input, Settings};
use cfnward::diag::{FileKind, Finding};
use cfnward::rules::{Catalog, Selection};
use cfnward::text::{SourceFile, SourceName};

use crate::edits::{Layout, Tree, layouts, tree};

/// The smallest share of fingerprints that an edit must leave as they are, in thousandths of a percent.
const UNCHANGED: usize = 99_900;

fn checker() -> &'static Checker {
    static CHECKER: OnceLock<Checker> = OnceLock::new();
    CHECKER.get_or_init(|| {
        let selection = Selection { packs: vec!["all".to_owned()], ..Selection::default() };
        let rules = selection.apply(&Catalog::builtin()).unwrap();
        Checker::new(&rules, &Settings::default()).0
    })
}

/// The findings of all rules on a template, sorted; `None` if it could not be judged whole.
pub fn findings(text: &str) -> Option<Vec<Finding>> {
    let source = SourceFile::new(SourceName::from_display("infra/one.template"), text.to_owned());
    let mut report = checker().check(Input { source: &source, explicit: true });
    report.sort();
    (report.files.first()?.kind == FileKind::Template).then_some(report.findings)
}

/// What was counted over many templates, for each kind of edit.
#[derive(Default)]
pub struct Counts {
    pub templates: usize,
    findings: usize,
    alike: usize,
    edits: BTreeMap<&'static str, (usize, usize)>,
    examples: Vec<String>,
}

impl Counts {
    fn unchanged(&self) -> (usize, usize) {
        self.edits.values().fold((0, 0), |sum, edit| (sum.0 + edit.0, sum.1 + edit.1))
    }

    /// Panics unless the aims are met.
    pub fn must_hold(&self) {
        let (kept, all) = self.unchanged();
        assert_eq!(self.alike, 0, "fingerprints that stand for two findings\n{self}");
        assert!(all > 0 && kept * 100_000 >= all * UNCHANGED, "{self}");
    }

    /// Tries every edit on one template.
    pub fn try_edits(&mut self, name: &str, text: &str) {
        let Some(before) = findings(text).filter(|findings| !findings.is_empty()) else { return };
        let (Some(tree), Some(layouts)) = (tree(text), layouts(text)) else { return };
        self.templates += 1;
        self.findings += before.len();
        self.count_alike(name, "as it is", &before);
        let plain = Layout::Yaml { wide: false };
        for (edit, text) in layouts {
            self.compare(name, edit, &before, &text, false);
        }
        for (edit, edited) in [
            ("unrelated things added", tree.clone().with_more()),
            ("siblings and items added", tree.clone().with_siblings()),
        ] {
            if edited != tree {
                self.compare(name, edit, &before, &edited.written(plain).unwrap(), true);
            }
        }
        let unnamed = unnamed(&tree, &before);
        if !unnamed.is_empty() {
            let edited = tree.renamed(&unnamed, "Renamed").written(plain).unwrap();
            self.compare(name, "others renamed", &before, &edited, false);
        }
    }

    fn count_alike(&mut self, name: &str, edit: &str, findings: &[Finding]) {
        let mut seen = BTreeSet::new();
        for finding in findings {
            if !seen.insert((&finding.rule, &finding.fingerprint)) {
                self.alike += 1;
                self.examples.push(format!("{name}: {edit}: alike: {}", shown(finding)));
            }
        }
    }

    fn compare(&mut self, name: &str, edit: &'static str, before: &[Finding], edited: &str, may_add: bool) {
        let counts = self.edits.entry(edit).or_default();
        let Some(after) = findings(edited) else {
            counts.1 += before.len();
            self.examples.push(format!("{name}: {edit}: not judged"));
            return;
        };
        let identities: BTreeMap<&str, &Finding> =
            after.iter().map(|finding| (&*finding.fingerprint, finding)).collect();
        let known: BTreeSet<&str> = before.iter().map(|finding| &*finding.fingerprint).collect();
        for finding in before {
            counts.1 += 1;
            let same = identities.get(&*finding.fingerprint).filter(|other| same(finding, other, edit));
            counts.0 += usize::from(same.is_some());
            if same.is_none() {
                self.examples.push(format!("{name}: {edit}: lost {}", shown(finding)));
            }
        }
        if !may_add {
            for finding in after.iter().filter(|finding| !known.contains(&*finding.fingerprint)) {
                self.examples.push(format!("{name}: {edit}: new {}", shown(finding)));
            }
        }
        self.count_alike(name, edit, &after);
    }
}

/// Whether two findings are about the same thing, whatever their fingerprints say.
fn same(one: &Finding, other: &Finding, edit: &str) -> bool {
    let items_move = edit == "siblings and items added";
    one.rule == other.rule && one.resource == other.resource && (items_move || one.property == other.property)
}

fn shown(finding: &Finding) -> String {
    let resource = finding.resource.as_ref().map(|one| one.logical_id.as_str()).unwrap_or_default();
    format!("{} {resource} {} {} ({})", finding.rule, finding.property, finding.fingerprint, finding.class.as_str())
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |(kept, all): (usize, usize)| 100.0 * kept as f64 / all.max(1) as f64;
        writeln!(
            out,
            "{} templates, {} findings, {} fingerprints not unique",
            self.templates, self.findings, self.alike
        )?;
        for (edit, counts) in &self.edits {
            writeln!(out, "{:>10.4} % of {:>7} unchanged: {edit}", share(*counts), counts.1)?;
        }
        let all = self.unchanged();
        writeln!(out, "{:>10.4} % of {:>7} unchanged in all", share(all), all.1)?;
        self.examples.iter().take(40).try_for_each(|example| writeln!(out, "  {example}"))
    }
}

/// The resources that no finding speaks of.
fn unnamed(tree: &Tree, findings: &[Finding]) -> BTreeSet<String> {
    let names = tree.get("Resources").map(Tree::pairs).unwrap_or_default().iter().map(|(name, _)| name);
    let speaks = |name: &str| {
        findings.iter().any(|finding| {
            finding.resource.as_ref().is_some_and(|resource| resource.logical_id.contains(name))
                || finding.property.split(['.', '[']).next().is_some_and(|first| first == name)
                || finding.depends_on.iter().any(|what| what.contains(name))
        })
    };
    names.filter(|name| !name.starts_with("Fn::") && !speaks(name)).cloned().collect()
}
