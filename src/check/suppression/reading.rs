//! All suppressions of a template.

use std::collections::BTreeMap;
use std::sync::Arc;

use memchr::memmem;

use crate::check::checker::hint;
use crate::check::texts::Text;
use crate::syntax::{Document, NodeId, read};
use crate::template::{Named, Template, TemplateProblem};
use crate::text::{SourceFile, Span};

use super::comments::{MARKER, malformed, read_comment};
use super::foreign_comments::{self, Target, read_foreign};
use super::foreign_metadata;
use super::lines::{Lines, line_after, line_at, pair_parts};
use super::metadata::Source;
use super::settings::SuppressionSettings;
use super::written::{Reach, SuppressionReach, Written, WrittenSuppression};

/// The most suppressions of one template.
const MOST: usize = 10_000;
/// The most problems with suppressions that are told of one template.
const MOST_PROBLEMS: usize = 100;
/// The deepest nest of loops whose bodies are looked into.
const LOOPS: usize = 16;

/// What a template has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) written: Vec<Written>,
    pub(super) problems: Vec<TemplateProblem>,
}

/// Whether a text may have suppressions that count.
#[must_use]
pub fn may_have(text: &str, settings: &SuppressionSettings) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some());
    settings.in_templates
        && (has(&["cfnward"])
            || settings.foreign_metadata && has(&foreign_metadata::MARKERS)
            || settings.foreign_comments && has(&foreign_comments::MARKERS))
}

/// The suppressions of a template.
pub(super) fn find(template: &Template<'_>, text: &Text<'_>, settings: &SuppressionSettings) -> Found {
    let mut found = Found::default();
    let document = template.document;
    if !may_have(document.source(), settings) {
        return found;
    }
    let bodies = bodies(template);
    let mut reader =
        Comments { document, text, lines: None, tops: BTreeMap::new(), bodies: &bodies, found: &mut found };
    reader.read_all(settings);
    let template_wide = template.root.and_then(|root| document.get(root, "Metadata"));
    let mut metadata = |holder: NodeId, reach: Reach, resource: Option<&str>| {
        let mut source = Source::new(document, reach, resource);
        if let Some(own) = document.get(holder, "cfnward") {
            source.read_own(own.value, document.span(own.key));
        }
        if settings.foreign_metadata {
            source.read_foreign(holder);
        }
        found.written.append(&mut source.written);
        found.problems.append(&mut source.problems);
    };
    if let Some(pair) = template_wide {
        metadata(pair.value, Reach::Template, None);
    }
    for body in &bodies {
        if let Some(pair) = document.get(body.node, "Metadata") {
            let parts = pair_parts(body.name_span, document.span(body.node), text);
            metadata(pair.value, Reach::Parts(parts), Some(body.name));
        }
    }
    if found.written.len() > MOST {
        let span = found.written.get(MOST).map(|one| one.place).unwrap_or_default();
        let message = format!("the template has more than {MOST} suppressions: not all of them count");
        found
            .problems
            .insert(0, malformed(message, span, "leave rules out, or parts of the templates, in cfnward.toml"));
        found.written.truncate(MOST);
    }
    found.problems.truncate(MOST_PROBLEMS);
    found
}

/// The resources as they are written, those in the bodies of loops too.
fn bodies<'d>(template: &Template<'d>) -> Vec<Named<'d>> {
    let document = template.document;
    let mut bodies: Vec<Named<'d>> = template.resources.iter().map(|entry| entry.named).collect();
    let mut open: Vec<(NodeId, usize)> = template.loops.iter().map(|(_, named)| (named.node, 0)).collect();
    while let Some((node, depth)) = open.pop() {
        let Some(body) = document.items(node).get(2).filter(|_| depth < LOOPS) else { continue };
        for pair in document.pairs(*body) {
            let Some(name) = document.text(pair.key) else { continue };
            if name.starts_with("Fn::ForEach::") {
                open.push((pair.value, depth + 1));
            } else if bodies.len() <= document.node_count() {
                bodies.push(Named { name, name_span: document.span(pair.key), node: pair.value });
            }
        }
    }
    bodies.sort_by_key(|body| body.name_span);
    bodies
}

struct Comments<'f, 't> {
    document: &'f Document<'t>,
    text: &'f Text<'f>,
    lines: Option<Lines>,
    /// Where content begins in each file, by where that begins.
    tops: BTreeMap<usize, usize>,
    bodies: &'f [Named<'t>],
    found: &'f mut Found,
}

impl Comments<'_, '_> {
    fn read_all(&mut self, settings: &SuppressionSettings) {
        let source = self.document.source();
        let own = memmem::Finder::new(MARKER);
        // The last one first: then what follows a comment line has been looked for already.
        let mut known: Option<(Span, Option<Span>)> = None;
        let mut count = 0;
        let mut batches: Vec<(Vec<Written>, Vec<TemplateProblem>)> = Vec::new();
        for &span in self.document.comments().iter().rev() {
            let Some(comment) = span.slice(source) else { continue };
            let is_foreign =
                settings.foreign_comments && foreign_comments::MARKERS.iter().any(|marker| comment.contains(marker));
            if own.find(comment.as_bytes()).is_none() && !is_foreign {
                continue;
            }
            let line = line_at(source, span.start());
            let target = self.target(span, line, known);
            known = Some((line, target));
            let mut batch = (Vec::new(), Vec::new());
            match read_comment(comment) {
                Some(Ok(read)) => {
                    let reach = if read.file { self.file(span) } else { Some(self.thing(target.unwrap_or(line))) };
                    let speaks_of = target.filter(|_| !read.file).map(Span::start);
                    match reach {
                        Some(reach) => batch.0.extend(read.written(span.start(), &reach, speaks_of)),
                        None => {
                            let message = "`ignore-file` stands below the beginning of the file".to_owned();
                            batch.1.push(malformed(message, span, "put it above everything but comments"));
                        }
                    }
                }
                Some(Err(problem)) => {
                    let span = Span::new(problem.span.start() + span.start(), problem.span.end() + span.start());
                    batch.1.push(TemplateProblem { span, ..problem });
                }
                None => {}
            }
            if is_foreign {
                batch.0.extend(self.foreign(comment, span, line, target));
            }
            count += batch.0.len() + batch.1.len();
            batches.push(batch);
            if count > MOST {
                break;
            }
        }
        for (written, problems) in batches.into_iter().rev() {
            self.found.written.extend(written);
            self.found.problems.extend(problems);
        }
    }

    /// The line that a comment speaks of: its own, if anything stands before it there, or the next with content.
    fn target(&self, comment: Span, line: Span, known: Option<(Span, Option<Span>)>) -> Option<Span> {
        let source = self.document.source();
        let file = self.text.file_around(comment.start());
        let before = Span::new(line.start().max(file.start()), comment.start()).slice(source).unwrap_or_default();
        if !before.trim_matches(['\u{feff}', ' ', '\t']).is_empty() {
            return Some(line);
        }
        let mut line = line;
        loop {
            line = line_after(source, line, file.end())?;
            if let Some((_, target)) = known.filter(|(known, _)| *known == line) {
                return target;
            }
            let content = line.slice(source).unwrap_or_default().trim_start();
            if !content.is_empty() && !content.starts_with('#') {
                return Some(line);
            }
        }
    }

    /// What begins on a line.
    fn thing(&mut self, line: Span) -> Reach {
        let (document, text) = (self.document, self.text);
        Reach::Parts(self.lines.get_or_insert_with(|| Lines::new(document, text)).reached(line))
    }

    /// The file that a comment stands in, if nothing but comments stands above it.
    fn file(&mut self, comment: Span) -> Option<Reach> {
        let file = self.text.file_around(comment.start());
        let source = self.document.source();
        let top = *self.tops.entry(file.start()).or_insert_with(|| {
            let mut line = line_at(source, file.start());
            loop {
                let content = line.slice(source).unwrap_or_default().trim_matches(['\u{feff}', ' ', '\t']);
                if !content.is_empty() && !content.starts_with(['#', '%']) && content != "---" {
                    return line.start();
                }
                match line_after(source, line, file.end()) {
                    Some(next) => line = next,
                    None => return file.end(),
                }
            }
        });
        let reach = if file.start() == 0 { Reach::Template } else { Reach::Parts(vec![file]) };
        (comment.start() < top).then_some(reach)
    }

    /// The suppressions of other tools in a comment.
    fn foreign(&mut self, comment: &str, span: Span, line: Span, target: Option<Span>) -> Vec<Written> {
        let mut all = Vec::new();
        for (written, what) in read_foreign(comment, span.start()) {
            let line = target.unwrap_or(line);
            let one = match what {
                Target::File => self.file(span).map(|reach| Written { reach, ..written }),
                Target::Line => Some(Written { reach: Reach::Parts(vec![line]), line: Some(line.start()), ..written }),
                Target::Thing => Some(Written { reach: self.thing(line), line: Some(line.start()), ..written }),
                Target::Resource => self.resource_at(span, line).map(|(resource, parts)| Written {
                    reach: Reach::Parts(parts),
                    resource: Some(resource),
                    ..written
                }),
            };
            all.extend(one);
        }
        all
    }

    /// The resource that a comment stands in, or directly above of.
    fn resource_at(&self, comment: Span, target: Span) -> Option<(String, Vec<Span>)> {
        let parts = |body: &Named<'_>| pair_parts(body.name_span, self.document.span(body.node), self.text);
        let holds = |body: &&Named<'_>| {
            let inside =
                parts(body).iter().any(|part| part.start() <= comment.start() && comment.start() <= part.end());
            let here = Span::new(target.start(), target.end());
            // Behind the last property on its line, or on the lines above the logical id.
            let last = line_at(self.document.source(), self.document.span(body.node).end());
            inside || here.contains(body.name_span) || last.contains(comment)
        };
        let next = self.bodies.partition_point(|body| body.name_span.start() <= comment.start());
        let near = self.bodies.get(next.saturating_sub(1)..).unwrap_or_default();
        let body = near.iter().take(2).find(holds)?;
        Some((body.name.to_owned(), parts(body)))
    }
}

/// The suppressions that a template carries, whether or not they silence anything; none when the text is no template.
/// What is malformed is left out.
#[must_use]
pub fn suppressions_in(source: &SourceFile, settings: &SuppressionSettings) -> Vec<WrittenSuppression> {
    let name = Arc::new(source.name().clone());
    let document = read(source.text(), hint(&name.display)).document;
    let (template, _) = Template::new(&document);
    let text = Text::new(source, &name);
    let found = find(&template, &text, settings);
    let bodies = bodies(&template);
    let line_of = |offset: usize| source.position(offset).line;
    let told = found.written.into_iter().map(|one| {
        let reached = match &one.reach {
            Reach::Template => None,
            Reach::Parts(parts) => bodies.iter().find(|body| {
                parts.iter().any(|part| part.contains(body.name_span) && part.start() == body.name_span.start())
            }),
        };
        let reach = match (&one.reach, &one.resource, reached, one.line) {
            (Reach::Template, ..) => SuppressionReach::Template,
            (_, Some(resource), ..) => SuppressionReach::Resource(resource.clone()),
            (_, None, Some(body), _) => SuppressionReach::Resource(body.name.to_owned()),
            (.., line) => SuppressionReach::Line(line_of(line.unwrap_or(one.place.start()))),
        };
        WrittenSuppression {
            kind: one.kind,
            tool: one.tool.as_str(),
            reason: one.reason,
            owner: one.owner,
            until: one.until,
            applies_to: one.only,
            reach,
            line: one.line.map(line_of),
            place: text.place(one.place),
            rule: one.rule,
        }
    });
    told.collect()
}
