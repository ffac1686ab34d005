//! What a template comes to: the view that rules see, as plain data.

mod deployment;
mod plain;
#[cfg(test)]
mod tests;

use bumpalo::Bump;

use crate::diag::{FileKind, Problem, View};
use crate::syntax::read;
use crate::template::Template;
use crate::text::SourceFile;

use super::checker::{Checker, Input, Model, Settings, hint};
use super::explore::assignments;

use deployment::Deployment;
use plain::Plainer;

/// A template as rules see it in one deployment: every parameter that is not given keeps its default, and what has
/// none stays as open as it can. With the problems of the template; no view of what is no template, or of one that
/// cannot be deployed.
#[must_use]
pub fn view(source: &SourceFile, settings: &Settings) -> (Option<View>, Vec<Problem>) {
    let (checker, _) = Checker::new(&[], settings);
    let report = checker.check(Input { source, explicit: true });
    let readable = report.files.iter().any(|file| matches!(file.kind, FileKind::Template | FileKind::Partial));
    let read = read(source.text(), hint(&source.name().display));
    let document = &read.document;
    let Some(root) = document.root().filter(|_| readable) else { return (None, report.problems) };
    let (template, _) = Template::at(document, root);
    let arena = Bump::new();
    let model = Model::new(&arena, document, &template, root, settings);
    let value = model.resolved();
    let made = Deployment::find(model.resolver, &arena, |deployment| {
        let mut plainer = Plainer::new(deployment);
        Ok((plainer.root(value)?, plainer.finish()))
    });
    let view = made.map(|((root, (holes, cut)), choices)| {
        let mut choices = assignments(model.resolver, &choices);
        choices.sort();
        View { root, choices, holes, cut }
    });
    (view, report.problems)
}
