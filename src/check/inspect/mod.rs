//! What a template comes to, as plain data: the view that rules see in one deployment, and all deployments at once.

mod conditions;
mod deployment;
mod drawing;
mod plain;
mod statistics;
#[cfg(test)]
mod tests;
mod tree;
mod variables;

use std::sync::Arc;

use bumpalo::Bump;

use crate::diag::{Drawing, FileKind, InspectedResource, Inspection, Place, Problem, Report, Statistics, View};
use crate::resolve::Resolver;
use crate::syntax::{Document, NodeId, read};
use crate::template::Template;
use crate::text::SourceFile;

use super::checker::{Checker, Input, Settings, hint};
use super::explore::assignments;
use super::model::Model;

use deployment::Deployment;
use plain::Plainer;
use tree::{Trees, deployments};

/// A template as rules see it in one deployment: every parameter that is not given keeps its default, and what has
/// none stays as open as it can. With the problems of the template; no view of what is no template, or of one that
/// cannot be deployed. Links are written out for two steps.
#[must_use]
pub fn view(source: &SourceFile, settings: &Settings) -> (Option<View>, Vec<Problem>) {
    far_view(source, settings, plain::HOPS)
}

/// The same with links written out for so many steps, at most 16: a view of many resources and more than a few steps gets
/// as large as it may.
#[must_use]
pub fn far_view(source: &SourceFile, settings: &Settings, hops: usize) -> (Option<View>, Vec<Problem>) {
    unjudged(source, settings, |document, root, _| {
        let (template, _) = Template::at(document, root);
        let arena = Bump::new();
        let model = Model::of(&arena, Resolver::new(&arena, &template, &settings.for_resolver()))?;
        let value = model.resolved();
        let made = Deployment::find(model.resolver, &arena, |deployment| {
            let mut plainer = Plainer::new(deployment, source, hops);
            Ok((plainer.root(value)?, plainer.finish()))
        });
        made.map(|((root, (holes, cut)), choices)| {
            let mut choices = assignments(model.resolver, &choices);
            choices.sort();
            View { root, choices, holes, cut }
        })
    })
}

/// A template in all its deployments: parameters, conditions, resources, outputs, and what nobody knows. With the
/// problems of the template; nothing of what is no template.
#[must_use]
pub fn inspect(source: &SourceFile, settings: &Settings) -> (Option<Inspection>, Vec<Problem>) {
    unjudged(source, settings, |document, root, kind| {
        let (template, _) = Template::at(document, root);
        let arena = Bump::new();
        let model = Model::of(&arena, Resolver::new(&arena, &template, &settings.for_resolver()))?;
        Some(inspected(source, settings, &arena, &model, kind))
    })
}

/// A template as a picture: its resources, what they name, which of them the internet reaches, and what the rules of
/// the checker find. With the problems of the template; nothing of what is no template.
#[must_use]
pub fn draw(source: &SourceFile, checker: &Checker, settings: &Settings) -> (Option<Drawing>, Vec<Problem>) {
    let (made, report) = with_template(source, checker, settings, |document, root, kind| {
        let (template, _) = Template::at(document, root);
        let arena = Bump::new();
        let model = Model::of(&arena, Resolver::new(&arena, &template, &settings.for_resolver()))?;
        let inspection = inspected(source, settings, &arena, &model, kind);
        Some((inspection.path, kind, drawing::picture(&arena, &model, inspection.resources)))
    });
    let made = made.map(|(path, kind, mut picture)| {
        let findings = drawing::hand_out(report.findings, &mut picture.resources);
        let drawing::Picture { resources, links, cut } = picture;
        Drawing { path, kind, resources, links, findings, cut }
    });
    (made, report.problems)
}

/// What is made of a template that no rule is asked of, with the problems of the template.
fn unjudged<T>(
    source: &SourceFile,
    settings: &Settings,
    make: impl FnOnce(&Document<'_>, NodeId, FileKind) -> Option<T>,
) -> (Option<T>, Vec<Problem>) {
    let (checker, _) = Checker::new(&[], settings);
    let (made, report) = with_template(source, &checker, settings, make);
    (made, report.problems)
}

fn with_template<T>(
    source: &SourceFile,
    checker: &Checker,
    settings: &Settings,
    make: impl FnOnce(&Document<'_>, NodeId, FileKind) -> Option<T>,
) -> (Option<T>, Report) {
    let report = checker.check_with(Input { source, explicit: true }, settings);
    let kind = report.files.first().map(|file| file.kind);
    let Some(kind) = kind.filter(|kind| kind.is_judged()) else { return (None, report) };
    let read = read(source.text(), hint(&source.name().display));
    (read.document.root().and_then(|root| make(&read.document, root, kind)), report)
}

fn inspected<'a>(
    source: &SourceFile,
    settings: &Settings,
    arena: &'a Bump,
    model: &Model<'a>,
    kind: FileKind,
) -> Inspection {
    let resolver = model.resolver;
    let template = resolver.template();
    let name = Arc::new(source.name().clone());
    let place = |span| Place::new(source, &name, span);
    let mut statistics = Statistics::default();
    let mut trees = Trees::new(resolver, arena, source);
    let mut resources = Vec::new();
    for resource in resolver.resources() {
        let named = resource.entry.named;
        let (deployed, value) = trees.resource(format!("Resources.{}", named.name), resource.value);
        statistics::count(&value, &mut statistics);
        let (deployments, capped) = deployments(resolver, arena, resource.value);
        resources.push(InspectedResource {
            logical_id: named.name.to_owned(),
            resource_type: resource.entry.resource_type.to_owned(),
            place: place(named.name_span),
            condition: resource.entry.condition.map(|(condition, _)| condition.to_owned()),
            deployed,
            value,
            deployments,
            capped,
        });
    }
    let outputs = resolver.outputs().into_iter().map(|output| {
        let value = trees.value(format!("Outputs.{}", output.name), output.value);
        (output.name.to_owned(), value)
    });
    let outputs = outputs.collect();
    let conditions = template.conditions.iter();
    let conditions = conditions.map(|named| conditions::condition(resolver, arena, *named, place(named.name_span)));
    Inspection {
        path: name.display.clone(),
        kind,
        conditions: conditions.collect(),
        variables: variables::variables(resolver, settings, &place),
        resources,
        outputs,
        holes: trees.holes,
        statistics,
    }
}
