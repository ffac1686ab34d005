//! How rules come to their verdicts on a template, as plain data for people to read.

use std::sync::Arc;

use bumpalo::Bump;

use crate::diag::{Label, Place};
use crate::eval::{Check, Status};
use crate::resolve::Resolver;
use crate::rules::Rule;
use crate::syntax::read;
use crate::template::Template;
use crate::text::SourceFile;

use super::checker::{Checker, Question, hint};
use super::compiled::Asked;
use super::explore::{Bounds, Exploration, Path, assignments};
use super::findings::Subject;
use super::message::value_text;
use super::model::Model;
use super::property::path_text;
use super::texts::Text;
use super::written_path::WrittenPaths;

/// The most ways to deploy that are listed for one verdict.
const WAYS: usize = 6;

/// What one rule says of one resource, or of the whole template.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The rule's id.
    pub rule: Arc<str>,
    /// Its logical id and type; `None` for the whole template.
    pub resource: Option<(String, String)>,
    /// Where the resource is declared.
    pub place: Option<Place>,
    /// Whether the rule was asked of the text as it is written.
    pub as_written: bool,
    /// The verdicts, each with the deployments in which it is reached.
    pub verdicts: Vec<TracedVerdict>,
    /// Why the rule could not be evaluated, if it could not.
    pub error: Option<String>,
    /// Whether deployments were left out because there are too many.
    pub capped: bool,
}

/// A verdict and its reasons.
#[derive(Clone, Debug)]
pub struct TracedVerdict {
    /// What is possible: `PASS`, `FAIL`, `SKIP`, or several of them.
    pub statuses: Vec<&'static str>,
    /// The choices of each way to get there, as name and value; no choices mean: whatever is chosen, or all defaults.
    pub ways: Vec<Vec<(String, String)>>,
    /// How many more ways there are.
    pub more_ways: usize,
    /// The clauses that fail, or may fail, on these ways.
    pub clauses: Vec<TracedClause>,
}

/// A clause that fails, or may fail, for one value.
#[derive(Clone, Debug)]
pub struct TracedClause {
    /// Whether it fails whatever the unknown values are.
    pub certain: bool,
    /// The clause, on one line.
    pub text: String,
    /// Where it stands in the rule's file, or in one that it imports.
    pub place: Option<Place>,
    /// The path of the value that decided.
    pub path: String,
    /// The rest of a query that led nowhere from there.
    pub missing: Option<String>,
    /// The value.
    pub value: String,
    /// Where the value stands in the template.
    pub value_place: Place,
    /// What it was compared with.
    pub expected: String,
    /// What the value came through, source first.
    pub origins: Vec<Label>,
    /// What the answer hangs on.
    pub depends_on: Vec<String>,
}

impl Checker {
    /// How the rules come to their verdicts on a template; resources that no rule judges are left out.
    #[must_use]
    pub fn trace(&self, source: &SourceFile) -> Vec<Trace> {
        let name = Arc::new(source.name().clone());
        let read = read(source.text(), hint(&name.display));
        let Some(root) = read.document.root() else { return Vec::new() };
        let (template, _) = Template::at(&read.document, root);
        let arena = Bump::new();
        let resolver = Resolver::new(&arena, &template, &self.settings().for_resolver());
        let Some(model) = Model::of(&arena, resolver) else { return Vec::new() };
        let text = Text::new(source, &name);
        let written = WrittenPaths::new(template.document, template.root);
        let mut traces = Vec::new();
        // People wait for a trace of one rule: only ways to deploy are bounded.
        let bounds = Bounds { deadline: None, memory: usize::MAX, ..Bounds::new(self.settings()) };
        self.ask(&model, &bounds, |question, exploration| {
            let Question { compiled, part, entry } = question;
            let rule = &compiled.rule.info;
            let texts = &[&text];
            let subject = Subject {
                resolver: model.resolver,
                entry,
                rule,
                texts,
                text: &text,
                written: &written,
                assembly: None,
            };
            traces.push(Trace {
                rule: Arc::clone(&compiled.rule.info.id),
                resource: entry.map(|entry| (entry.named.name.to_owned(), entry.resource_type.to_owned())),
                place: entry.map(|entry| text.place(entry.named.name_span)),
                as_written: part.asked == Asked::Written,
                verdicts: verdicts(&compiled.rule, &subject, exploration),
                error: exploration.error.as_ref().map(|error| error.message.clone()),
                capped: exploration.capped,
            });
        });
        traces
    }
}

/// The paths by what they lead to: the same statuses for the same reasons are said once.
fn verdicts(rule: &Rule, subject: &Subject<'_, '_>, exploration: &Exploration<'_>) -> Vec<TracedVerdict> {
    let mut groups: Vec<(String, Vec<&Path<'_>>)> = Vec::new();
    for path in &exploration.paths {
        let statuses: Vec<&str> = path.outcome.statuses.iter().map(word).collect();
        let reasons: Vec<String> = path
            .outcome
            .checks
            .iter()
            .map(|check| {
                let value = check.value;
                format!(
                    "{:?} {} {:?} {} {}",
                    check.clause,
                    path_text(value.path),
                    check.missing,
                    value_text(value),
                    check.certain
                )
            })
            .collect();
        let key = format!("{statuses:?}{reasons:?}");
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, paths)) => paths.push(path),
            None => groups.push((key, vec![path])),
        }
    }
    groups
        .iter()
        .filter_map(|(_, paths)| {
            let first = paths.first()?;
            let ways = paths.iter().take(WAYS).map(|path| assignments(subject.resolver, &path.choices)).collect();
            Some(TracedVerdict {
                statuses: first.outcome.statuses.iter().map(word).collect(),
                ways,
                more_ways: paths.len().saturating_sub(WAYS),
                clauses: first.outcome.checks.iter().map(|check| clause(rule, subject, check)).collect(),
            })
        })
        .collect()
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "PASS",
        Status::Fail => "FAIL",
        Status::Skip => "SKIP",
    }
}

fn clause(rule: &Rule, subject: &Subject<'_, '_>, check: &Check<'_>) -> TracedClause {
    let located = rule.text.locate(check.clause);
    let text = check.clause.slice(rule.text.text()).unwrap_or_default();
    // Without the message, which the finding shows.
    let text = text.split("<<").next().unwrap_or_default();
    let mut depends_on: Vec<String> = check.depends_on.iter().map(|unknown| unknown.reason.to_owned()).collect();
    depends_on.sort();
    depends_on.dedup();
    TracedClause {
        certain: check.certain,
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
        place: located.map(|(source, span)| Place::new(source, &Arc::new(source.name().clone()), span)),
        path: path_text(check.value.path),
        missing: check.missing.clone(),
        value: value_text(check.value),
        value_place: subject.text.place(subject.region(check)),
        expected: check.expected.clone(),
        origins: subject.origins(check.value),
        depends_on,
    }
}
