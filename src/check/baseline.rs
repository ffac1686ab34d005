//! A baseline: the findings of an earlier day, so that only new ones count.
//!
//! One line for each finding, sorted, so that versions of the file can be compared and merged. A finding is known again by
//! its fingerprint; if its file is gone and another one has the same to say, that file is taken for the renamed one. An
//! entry stands for one finding at most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Code, Finding, Place, Problem, Report, Suppression, SuppressionKind};
use crate::syntax::{Document, Hint, NodeId, read};
use crate::text::{SourceFile, SourceName, Span};

/// The version of the format.
const VERSION: &str = "1";

/// The findings of an earlier day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    rule: String,
    path: String,
    resource: String,
    property: String,
    fingerprint: String,
    place: Place,
}

impl Baseline {
    /// Reads a baseline. The problems are errors: a baseline that is not understood wholly must not silence anything.
    #[must_use]
    pub fn read(source: &SourceFile) -> (Self, Vec<Problem>) {
        let name = Arc::new(source.name().clone());
        let read = read(source.text(), Hint::Json);
        let mut reader = Reader { source, name: &name, document: &read.document, problems: Vec::new() };
        for problem in &read.problems {
            reader.problem(problem.span, problem.message.clone());
        }
        let entries = if reader.problems.is_empty() { reader.entries() } else { Vec::new() };
        let mut problems = reader.problems;
        if let Some(span) = conflict(source.text()) {
            problems.clear();
            let place = Place::new(source, &name, span);
            let message = "the file holds the markers of a merge that was not finished".to_owned();
            let help =
                Some("keep the entries of both sides, or make it anew with `cfnward baseline update`".to_owned());
            problems.push(Problem { code: Code::Baseline, message, place, related: Vec::new(), help });
        }
        (Self { entries }, problems)
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows no finding.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Silences the findings that it knows, and reports entries that match nothing any more: as far as their rule ran
    /// and their file was judged, or is gone as `is_gone` says of its URI.
    pub fn apply(&self, report: &mut Report, is_gone: &dyn Fn(&str) -> bool) {
        let mut free: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, entry) in self.entries.iter().enumerate().rev() {
            free.entry(&entry.fingerprint).or_default().push(number);
        }
        for finding in report.findings.iter_mut().filter(|finding| finding.class.counts()) {
            let number = free.get_mut(&*finding.fingerprint).and_then(Vec::pop);
            if let Some(entry) = number.and_then(|number| self.entries.get(number))
                && finding.suppressed.is_none()
            {
                finding.suppressed = Some(Box::new(silenced(entry)));
            }
        }
        let mut left: BTreeSet<usize> = free.into_values().flatten().collect();
        self.follow_renamed_files(report, &mut left, is_gone);
        let judged: BTreeSet<&str> =
            report.files.iter().filter(|file| file.kind.is_judged()).map(|file| &*file.source.uri).collect();
        let ran: BTreeSet<&str> = report.rules.iter().map(|rule| &*rule.id).collect();
        let stale = left
            .iter()
            .filter_map(|number| self.entries.get(*number))
            .filter(|entry| ran.contains(&*entry.rule) && (judged.contains(&*entry.path) || is_gone(&entry.path)));
        let problems: Vec<Problem> = stale
            .map(|entry| Problem {
                code: Code::BaselineStale,
                message: "the baseline knows a finding that is there no more".to_owned(),
                place: entry.place.clone(),
                related: Vec::new(),
                help: Some("take such entries out with `cfnward baseline prune`".to_owned()),
            })
            .collect();
        report.problems.extend(problems);
    }

    /// Silences findings of files that the baseline does not name, if it names a file that is gone and said the same.
    fn follow_renamed_files(&self, report: &mut Report, left: &mut BTreeSet<usize>, is_gone: &dyn Fn(&str) -> bool) {
        let named: BTreeSet<&str> = self.entries.iter().map(|entry| &*entry.path).collect();
        let gone: BTreeSet<&str> = named.iter().copied().filter(|path| is_gone(path)).collect();
        if gone.is_empty() {
            return;
        }
        // Once a file is taken for the new name of another, it is that for all of its findings.
        let mut renamed: BTreeMap<String, &str> = BTreeMap::new();
        for finding in report.findings.iter_mut().filter(|one| one.class.counts() && one.suppressed.is_none()) {
            let uri = &finding.place.source.uri;
            if named.contains(&**uri) {
                continue;
            }
            let same = |number: &usize| {
                let entry = self.entries.get(*number)?;
                let fits = gone.contains(&*entry.path)
                    && renamed.get(uri).is_none_or(|old| *old == entry.path)
                    && *entry.rule == *finding.rule
                    && *entry.property == *finding.property
                    && entry.resource == resource(finding);
                fits.then_some((*number, &*entry.path))
            };
            if let Some((number, path)) = left.iter().find_map(same) {
                left.remove(&number);
                renamed.insert(uri.clone(), path);
                finding.suppressed = self.entries.get(number).map(silenced).map(Box::new);
            }
        }
    }

    /// The entries that match a finding of a report to which the baseline was applied, with those of files and rules that
    /// the report is not about: what remains of it when stale entries are taken out.
    #[must_use]
    pub fn pruned(&self, report: &Report) -> Self {
        let stale: BTreeSet<Span> = report
            .problems
            .iter()
            .filter(|problem| problem.code == Code::BaselineStale)
            .map(|problem| problem.place.span)
            .collect();
        let kept = self.entries.iter().filter(|entry| !stale.contains(&entry.place.span));
        Self { entries: kept.cloned().collect() }
    }

    /// The file's text.
    #[must_use]
    pub fn json(&self) -> String {
        let lines = self.entries.iter().map(|entry| Line {
            path: &entry.path,
            resource: &entry.resource,
            rule: &entry.rule,
            property: &entry.property,
            fingerprint: &entry.fingerprint,
        });
        text(lines.collect())
    }
}

/// The text of a baseline that knows the findings of a report that count, and those that an earlier one knew.
#[must_use]
pub fn baseline_json(report: &Report) -> String {
    let known = |finding: &&Finding| {
        finding.class.counts() && finding.suppressed.as_ref().is_none_or(|by| by.kind == SuppressionKind::Baseline)
    };
    let lines = report.findings.iter().filter(known).map(|finding| Line {
        path: &finding.place.source.uri,
        resource: resource(finding),
        rule: &finding.rule,
        property: &finding.property,
        fingerprint: &finding.fingerprint,
    });
    text(lines.collect())
}

/// An entry as it is written: sorted as people look for it, with the rule first in the text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Line<'a> {
    path: &'a str,
    resource: &'a str,
    rule: &'a str,
    property: &'a str,
    fingerprint: &'a str,
}

fn text(mut lines: Vec<Line<'_>>) -> String {
    lines.sort();
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let lines: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{{\"rule\":{},\"path\":{},\"resource\":{},\"property\":{},\"fingerprint\":{}}}",
                quoted(line.rule),
                quoted(line.path),
                quoted(line.resource),
                quoted(line.property),
                quoted(line.fingerprint)
            )
        })
        .collect();
    let entries = if lines.is_empty() { String::new() } else { format!("\n{}\n", lines.join(",\n")) };
    format!("{{\n\"version\":{VERSION},\n\"tool\":\"cfnward\",\n\"findings\":[{entries}]\n}}\n")
}

fn silenced(entry: &Entry) -> Suppression {
    Suppression { place: Some(entry.place.clone()), ..Suppression::new(SuppressionKind::Baseline) }
}

fn resource(finding: &Finding) -> &str {
    finding.resource.as_ref().map_or("", |resource| &resource.logical_id)
}

/// The marker of a merge conflict, at the start of a line.
fn conflict(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some(Span::new(start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    None
}

struct Reader<'s, 'd> {
    source: &'s SourceFile,
    name: &'s Arc<SourceName>,
    document: &'d Document<'s>,
    problems: Vec<Problem>,
}

impl Reader<'_, '_> {
    fn problem(&mut self, span: Span, message: String) {
        let place = Place::new(self.source, self.name, span);
        self.problems.push(Problem { code: Code::Baseline, message, place, related: Vec::new(), help: None });
    }

    fn entries(&mut self) -> Vec<Entry> {
        let document = self.document;
        let Some(root) = document.root().filter(|root| document.is_mapping(*root)) else {
            self.problem(Span::at(0), "a baseline is a JSON object with `version` and `findings`".to_owned());
            return Vec::new();
        };
        match document.get(root, "version") {
            Some(pair) if document.text(pair.value) == Some(VERSION) => {}
            Some(pair) => {
                let span = document.span(pair.value);
                self.problem(span, format!("only version {VERSION} of the format is known here"));
                return Vec::new();
            }
            None => {
                self.problem(document.span(root), "`version` is missing".to_owned());
                return Vec::new();
            }
        }
        let Some(list) = document.get(root, "findings") else {
            self.problem(document.span(root), "`findings` is missing".to_owned());
            return Vec::new();
        };
        if !document.is_sequence(list.value) {
            self.problem(document.span(list.value), "`findings` is not a list".to_owned());
            return Vec::new();
        }
        let items = document.items(list.value).to_vec();
        items.into_iter().filter_map(|item| self.entry(item)).collect()
    }

    fn entry(&mut self, item: NodeId) -> Option<Entry> {
        let document = self.document;
        let mut field = |key: &str| {
            let text = document.get(item, key).and_then(|pair| document.text(pair.value));
            if text.is_none() {
                self.problem(document.span(item), format!("the entry has no `{key}`, or it is not a text"));
            }
            text.map(str::to_owned)
        };
        let (rule, path, fingerprint) = (field("rule")?, field("path")?, field("fingerprint")?);
        let (resource, property) = (field("resource")?, field("property")?);
        let place = Place::new(self.source, self.name, document.span(item));
        Some(Entry { rule, path, resource, property, fingerprint, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Input, Settings, check};
    use crate::rules::{Catalog, Selection};

    /// What is found in files of these names with one unencrypted volume of each of these ids.
    fn found(files: &[(&str, &[&str])]) -> Report {
        let rules = Selection { rules: vec!["ebs_volume_unencrypted".to_owned()], ..Selection::default() };
        let rules = rules.apply(&Catalog::builtin()).unwrap();
        let volume = |id: &&str| format!("  {id}: {{Type: AWS::EC2::Volume, Properties: {{Size: 1}}}}\n");
        let text = |ids: &[&str]| format!("Resources:\n{}", ids.iter().map(volume).collect::<String>());
        let sources: Vec<SourceFile> =
            files.iter().map(|(name, ids)| SourceFile::new(SourceName::from_display(name), text(ids))).collect();
        let inputs: Vec<Input<'_>> = sources.iter().map(|source| Input { source, explicit: true }).collect();
        check(&inputs, &rules, &Settings::default())
    }

    fn baseline(text: &str) -> Baseline {
        let (baseline, problems) =
            Baseline::read(&SourceFile::new(SourceName::from_display("b.json"), text.to_owned()));
        assert_eq!(problems, []);
        baseline
    }

    /// Which findings count still when this is known, and how many entries are stale.
    fn left(known: &Report, mut now: Report, gone: &[&str]) -> (Vec<String>, usize) {
        baseline(&baseline_json(known)).apply(&mut now, &|uri| gone.contains(&uri));
        let counting = now.findings.iter().filter(|finding| finding.suppressed.is_none());
        let ids = counting.map(|finding| format!("{}/{}", finding.place.source.uri, resource(finding)));
        (ids.collect(), now.problems.iter().filter(|problem| problem.code == Code::BaselineStale).count())
    }

    #[test]
    fn the_file_has_one_sorted_line_for_each_finding_and_is_read_back() {
        let report = found(&[("b.yaml", &["A"]), ("a \"x\".yaml", &["C", "B"])]);
        let text = baseline_json(&report);
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("fingerprint")).collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].contains("\"path\":\"a%20%22x%22.yaml\",\"resource\":\"B\"") && lines[2].contains("\"b.yaml\"")
        );
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        assert_eq!(baseline(&text).json(), text);
        assert_eq!(baseline(&baseline_json(&Report::default())).json(), baseline_json(&Report::default()));
    }

    #[test]
    fn known_findings_are_silenced_once_each() {
        let known = found(&[("a.yaml", &["A", "B"])]);
        assert_eq!(left(&known, found(&[("a.yaml", &["B", "A"])]), &[]), (vec![], 0));
        assert_eq!(left(&known, found(&[("a.yaml", &["A", "N", "B"])]), &[]), (vec!["a.yaml/N".to_owned()], 0));
        assert_eq!(
            left(&known, found(&[("a.yaml", &["A"]), ("b.yaml", &["B"])]), &[]),
            (vec!["b.yaml/B".to_owned()], 1)
        );
    }

    #[test]
    fn a_file_that_is_gone_may_have_been_renamed_to_one_other() {
        let known = found(&[("a.yaml", &["A", "B"])]);
        assert_eq!(left(&known, found(&[("b.yaml", &["A", "B"])]), &["a.yaml"]), (vec![], 0));
        assert_eq!(left(&known, found(&[("b.yaml", &["A", "B"])]), &[]).0.len(), 2, "it is there still");
        let two = found(&[("b.yaml", &["A"]), ("c.yaml", &["A", "B"])]);
        assert_eq!(left(&known, two, &["a.yaml"]).0, ["c.yaml/A"], "each entry once");
    }

    #[test]
    fn what_was_not_looked_at_is_not_stale() {
        let known = found(&[("a.yaml", &["A"]), ("b.yaml", &["B"])]);
        assert_eq!(left(&known, found(&[("a.yaml", &["A"])]), &[]), (vec![], 0), "another folder was scanned");
        assert_eq!(left(&known, found(&[("a.yaml", &["A"])]), &["b.yaml"]), (vec![], 1));
        let other_rules = Report { rules: Vec::new(), ..found(&[("a.yaml", &[])]) };
        assert_eq!(left(&known, other_rules, &[]), (vec![], 0), "another rule was asked");
    }

    #[test]
    fn pruning_keeps_what_matches_and_what_was_not_looked_at() {
        let known = baseline(&baseline_json(&found(&[("a.yaml", &["A", "B"]), ("b.yaml", &["C"])])));
        let mut now = found(&[("a.yaml", &["A", "N"])]);
        known.apply(&mut now, &|_| false);
        let kept = known.pruned(&now).json();
        let has = |id: &str| kept.contains(&format!("\"resource\":\"{id}\""));
        assert_eq!(["A", "B", "C", "N"].map(has), [true, false, true, false]);
    }
}
