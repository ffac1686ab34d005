//! Everything one run has to say.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::text::{SourceName, Span};

use super::{Coverage, Difference, Finding, Level, Place, Problem, RuleInfo};

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A template that was scanned whole.
    Template,
    /// A template of which a part could not be judged.
    Partial,
    /// Not a template.
    NotTemplate,
    /// A text with template markers of another language, to be rendered first.
    Templated,
    /// Looks like a template but could not be read.
    Broken,
}

impl FileKind {
    /// Whether rules were asked of it: a template, wholly or in part.
    #[must_use]
    pub fn is_judged(self) -> bool {
        matches!(self, Self::Template | Self::Partial)
    }

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Partial => "partial",
            Self::NotTemplate => "not-template",
            Self::Templated => "templated",
            Self::Broken => "broken",
        }
    }
}

/// What was learned of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileReport {
    /// The file's name.
    pub source: Arc<SourceName>,
    /// What it is.
    pub kind: FileKind,
    /// The number of resources in it.
    pub resources: usize,
}

/// The counts of a report; they follow from its lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files looked into.
    pub files: usize,
    /// Files that are templates, partial ones included.
    pub templates: usize,
    /// Files to be rendered first.
    pub templated: usize,
    /// Files that look like templates and could not be read.
    pub broken: usize,
    /// Resources in the templates.
    pub resources: usize,
    /// Findings that count (classes always, default and when; not suppressed).
    pub findings: usize,
    /// Findings of class `possible`.
    pub possible: usize,
    /// Findings of class `unsure`.
    pub unsure: usize,
    /// Findings that somebody silenced.
    pub suppressed: usize,
    /// Problems of level warning and error.
    pub problems: usize,
}

/// Everything one run has to say: plain data, sorted, self-contained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The tool's version.
    pub version: String,
    /// The rules that ran, sorted by id.
    pub rules: Vec<Arc<RuleInfo>>,
    /// Rules of the catalogue that did not run, for formats that list every rule; empty unless asked for.
    pub idle_rules: Vec<Arc<RuleInfo>>,
    /// The files looked into that are or might have been templates, sorted by path.
    pub files: Vec<FileReport>,
    /// What is unsafe, sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// What is malformed, sorted by path and place.
    pub problems: Vec<Problem>,
    /// The number of files that were passed over because they are something else.
    pub other_files: usize,
    /// The parameters with a given value that some template has.
    pub parameters: BTreeSet<String>,
    /// How many questions were asked, and how they came out.
    pub coverage: Coverage,
    /// What code hosts know lines by (see [`line_hashes`](crate::text::line_hashes)): those of findings and problems,
    /// by source and 1-based line; empty unless asked for.
    pub line_hashes: BTreeMap<(Arc<SourceName>, u32), String>,
    /// For a change: what it does to the findings. The list of findings then holds only those that it introduces.
    pub difference: Option<Difference>,
    /// The places of suppressions that silenced a finding of a stack nested in another template.
    pub silencing: BTreeSet<(Arc<SourceName>, Span)>,
}

/// The order of places by the names of their files. Those of one file nearly always share its name.
fn by_source(a: &Place, b: &Place) -> Ordering {
    if Arc::ptr_eq(&a.source, &b.source) { Ordering::Equal } else { a.source.cmp(&b.source) }
}

impl Report {
    /// Adds what another report says; the rules stay those of this one.
    pub fn absorb(&mut self, other: Self) {
        self.files.extend(other.files);
        self.findings.extend(other.findings);
        self.problems.extend(other.problems);
        self.other_files += other.other_files;
        self.parameters.extend(other.parameters);
        self.coverage.absorb(other.coverage);
        self.line_hashes.extend(other.line_hashes);
        self.silencing.extend(other.silencing);
    }

    /// Brings every list into its order.
    pub fn sort(&mut self) {
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.files.sort_by(|a, b| a.source.cmp(&b.source));
        sort_findings(&mut self.findings);
        self.coverage.judgements.sort_by(|a, b| {
            by_source(&a.place, &b.place)
                .then_with(|| (a.place.span, &a.resource, &a.rule).cmp(&(b.place.span, &b.resource, &b.rule)))
        });
        self.problems.sort_by(|a, b| {
            by_source(&a.place, &b.place)
                .then_with(|| (a.place.span, a.code, &a.message).cmp(&(b.place.span, b.code, &b.message)))
        });
    }

    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&RuleInfo> {
        self.rules.iter().map(|rule| &**rule).find(|rule| &*rule.id == id)
    }

    /// The counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary { files: self.files.len() + self.other_files, ..Summary::default() };
        for file in &self.files {
            match file.kind {
                FileKind::Template | FileKind::Partial => summary.templates += 1,
                FileKind::Templated => summary.templated += 1,
                FileKind::Broken => summary.broken += 1,
                FileKind::NotTemplate => {}
            }
            summary.resources += file.resources;
        }
        for finding in &self.findings {
            if finding.suppressed.is_some() {
                summary.suppressed += 1;
            } else if finding.class.counts() {
                summary.findings += 1;
            } else if finding.class == super::Class::Possible {
                summary.possible += 1;
            } else {
                summary.unsure += 1;
            }
        }
        summary.problems = self.problems.iter().filter(|problem| problem.code.level() > Level::Note).count();
        summary
    }
}

/// Sorts findings in place: numbers are sorted, which takes next to no memory, and little time of what is nearly in order.
fn sort_findings(findings: &mut [Finding]) {
    let compared = |a: &Finding, b: &Finding| {
        let rest = (a.place.span, &a.rule, &a.property, &a.fingerprint);
        by_source(&a.place, &b.place).then_with(|| rest.cmp(&(b.place.span, &b.rule, &b.property, &b.fingerprint)))
    };
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|a, b| match (findings.get(*a), findings.get(*b)) {
        (Some(a), Some(b)) => compared(a, b),
        _ => Ordering::Equal,
    });
    // `order` says where each stood; what stood before `place` is now where the one stood that took its place.
    for place in 0..order.len() {
        let mut from = order.get(place).copied().unwrap_or(place);
        while from < place {
            from = order.get(from).copied().unwrap_or(place);
        }
        if let Some(stood) = order.get_mut(place) {
            *stood = from;
        }
        findings.swap(place, from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Class, Place, Severity};

    #[test]
    fn findings_are_sorted_whatever_their_order_was() {
        let finding = |number: usize| {
            let source = Arc::new(SourceName::from_display(&format!("{:02}.yaml", number / 3)));
            let place = Place { span: Span::at(number % 3), ..Place::file(&source) };
            Finding {
                rule: "r".into(),
                severity: Severity::Low,
                class: Class::Always,
                message: "m".into(),
                place,
                resource: None,
                declared: None,
                property: "".into(),
                origins: Vec::new(),
                when: Vec::new(),
                witness: Vec::new(),
                depends_on: Vec::new(),
                through: Vec::new(),
                construct: None,
                suppressed: None,
                fingerprint: "f".into(),
            }
        };
        let sorted: Vec<Finding> = (0..60).map(finding).collect();
        // 7 and 60 have no common divisor, so each number comes once.
        let orders: [fn(usize) -> usize; 4] =
            [|number| number, |number| 59 - number, |number| (number + 1) % 60, |number| number * 7 % 60];
        for order in orders {
            let findings = (0..60).map(order).map(finding).collect();
            let mut report = Report { findings, ..Report::default() };
            report.sort();
            assert_eq!(report.findings, sorted);
        }
    }
}
