//! From source texts to a report.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bumpalo::Bump;

use crate::diag::{Code, FileKind, FileReport, Finding, Label, Level, Place, Problem, Report};
use crate::eval::{Program, evaluate};
use crate::graph::{Graph, Resource};
use crate::guard::Dialect;
use crate::resolve::{self, ResolvedResource, Resolver};
use crate::rules::Rule;
use crate::syntax::{Document, Hint, NodeId, SyntaxProblem, read};
use crate::template::{Detection, Template, detect, templated_markers};
use crate::text::{SourceFile, SourceName, Span};
use crate::value::{Entry, Kind, Map, Node, Path, Segment, Value};

use super::explore::{Exploration, explore};
use super::findings::Subject;

/// What the caller knows of the deployment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`.
    pub parameters: BTreeMap<String, String>,
}

/// A source text to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Input<'s> {
    /// The text.
    pub source: &'s SourceFile,
    /// Whether the user named the file: then it is an error when it is no template.
    pub explicit: bool,
}

/// A rule and its compiled form.
struct Compiled {
    rule: Arc<Rule>,
    program: Program,
    /// The number of the rule that the file is named after.
    number: usize,
}

/// Compiled rules, ready to be asked. It can be shared between threads.
pub struct Checker {
    rules: Vec<Compiled>,
    by_type: HashMap<String, Vec<usize>>,
    settings: Settings,
}

/// What was learned of a template.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<Problem>,
    pub(super) resources: usize,
    /// Whether a part could not be judged.
    pub(super) partial: bool,
    /// What each rule says of the template as a whole.
    pub(super) statuses: BTreeMap<Arc<str>, super::rule_tests::RuleStatus>,
}

/// Judges sources by rules: the whole core. Rules that are malformed are problems of the report.
#[must_use]
pub fn check(inputs: &[Input<'_>], rules: &[Arc<Rule>], settings: &Settings) -> Report {
    let (checker, problems) = Checker::new(rules, settings);
    let mut report = Report { problems, ..checker.empty_report() };
    for input in inputs {
        report.absorb(checker.check(*input));
    }
    report.sort();
    report
}

impl Checker {
    /// Compiles rules. What is malformed about them is a list of problems; rules without errors run all the same.
    #[must_use]
    pub fn new(rules: &[Arc<Rule>], settings: &Settings) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut compiled = Vec::with_capacity(rules.len());
        let mut by_type: HashMap<String, Vec<usize>> = HashMap::new();
        for rule in rules {
            let (program, errors) = Program::compile(&rule.file, rule.source.text(), Dialect::Classic);
            let name = Arc::new(rule.source.name().clone());
            problems.extend(errors.into_iter().map(|error| Problem {
                code: Code::GuardEvaluation,
                message: error.message,
                place: Place::new(&rule.source, &name, error.span),
                related: Vec::new(),
                help: None,
            }));
            let Some(number) = program.rules().iter().position(|entry| entry.name == *rule.info.id) else { continue };
            for resource_type in &rule.info.resources {
                by_type.entry(resource_type.clone()).or_default().push(compiled.len());
            }
            compiled.push(Compiled { rule: Arc::clone(rule), program, number });
        }
        (Self { rules: compiled, by_type, settings: settings.clone() }, problems)
    }

    /// A report that describes the rules and says nothing yet.
    #[must_use]
    pub fn empty_report(&self) -> Report {
        Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: self.rules.iter().map(|compiled| compiled.rule.info.clone()).collect(),
            ..Report::default()
        }
    }

    /// Judges one source. The report's rules are left out: they are those of [`Checker::empty_report`].
    #[must_use]
    pub fn check(&self, input: Input<'_>) -> Report {
        let source = input.source;
        let name = Arc::new(source.name().clone());
        let read = read(source.text(), hint(&name.display));
        let document = &read.document;
        let broken = read.problems.iter().any(|problem| problem.code.level() == Level::Error);
        let detection = detect(document);
        let is_template = detection.template().is_some();
        let mut report = Report::default();
        let file = |kind, resources| FileReport { source: Arc::clone(&name), kind, resources };
        let markers = match detection {
            Detection::Templated(span) => Some(span),
            _ => marker_at_an_error(source, &read.problems),
        };
        if let Some(span) = markers {
            report.files.push(file(FileKind::Templated, 0));
            report.problems.push(Problem {
                code: Code::TemplateTemplated,
                message: "the file holds markers of another template language".to_owned(),
                place: Place::new(source, &name, span),
                related: Vec::new(),
                help: Some("render it first, then scan the result".to_owned()),
            });
            return report;
        }
        if !is_template {
            if broken && (input.explicit || looks_like_template(source.text())) {
                report.files.push(file(FileKind::Broken, 0));
                report.problems = problems_of(source, &name, read.problems);
            } else if input.explicit {
                report.files.push(file(FileKind::NotTemplate, 0));
                let help = "a template has `Resources` whose entries have a `Type` such as `AWS::S3::Bucket`";
                report.problems.push(Problem {
                    code: Code::TemplateNotTemplate,
                    message: "the file is not a CloudFormation template".to_owned(),
                    place: Place::file(&name),
                    related: Vec::new(),
                    help: Some(help.to_owned()),
                });
            } else {
                report.other_files += 1;
            }
            return report;
        }
        let judged = match document.root() {
            Some(root) => self.judge(source, &name, document, root),
            None => Judged::default(),
        };
        let kind = if broken || judged.partial { FileKind::Partial } else { FileKind::Template };
        report.files.push(file(kind, judged.resources));
        report.findings = judged.findings;
        report.problems = problems_of(source, &name, read.problems);
        report.problems.extend(judged.problems);
        report
    }

    /// Judges the template whose root is `root`.
    pub(super) fn judge(
        &self,
        source: &SourceFile,
        name: &Arc<SourceName>,
        document: &Document<'_>,
        root: NodeId,
    ) -> Judged {
        let (template, template_problems) = Template::at(document, root);
        let arena = Bump::new();
        let settings = resolve::Settings { parameters: self.settings.parameters.clone() };
        let resolver = Resolver::new(&arena, &template, &settings);
        let resolved = resolver.resources();
        let resources = resolved.iter().map(|one| Resource {
            logical_id: one.entry.named.name,
            resource_type: one.entry.resource_type,
            value: one.value,
            key_place: one.entry.named.name_span,
        });
        let graph = Graph::new(&arena, arena.alloc_slice_fill_iter(resources));
        let mut judged = Judged { resources: template.resources.len(), ..Judged::default() };
        for problem in template_problems.into_iter().chain(resolver.problems()) {
            judged.partial |= matches!(problem.code, Code::TransformUnknown | Code::TemplateShape);
            judged.problems.push(Problem {
                code: problem.code,
                message: problem.message,
                place: Place::new(source, name, problem.span),
                related: Vec::new(),
                help: problem.help,
            });
        }
        for (number, ResolvedResource { entry, .. }) in resolved.iter().enumerate() {
            let Some(rules) = self.by_type.get(entry.resource_type) else { continue };
            let view = document_of(&arena, entry.named.name, entry.named.name_span, graph.view(number));
            for compiled in rules.iter().filter_map(|&rule| self.rules.get(rule)) {
                let exploration =
                    explore(resolver, &arena, |world| evaluate(&compiled.program, compiled.number, view, world));
                let subject = Subject { resolver, entry, rule: &compiled.rule.info, source, name };
                judged.findings.extend(subject.findings(&exploration));
                self.note_troubles(&mut judged, compiled, &subject, &exploration);
                let status = judged.statuses.entry(Arc::clone(&compiled.rule.info.id)).or_default();
                status.add(&exploration);
            }
        }
        number_repeats(&mut judged.findings);
        judged
    }

    fn note_troubles(
        &self,
        judged: &mut Judged,
        compiled: &Compiled,
        subject: &Subject<'_, '_>,
        exploration: &Exploration<'_>,
    ) {
        let place = || Place::new(subject.source, subject.name, subject.entry.named.name_span);
        let rule = &compiled.rule.info.id;
        let id = subject.entry.named.name;
        if let Some(error) = &exploration.error {
            judged.partial = true;
            judged.problems.push(Problem {
                code: Code::GuardEvaluation,
                message: format!("rule `{rule}` could not be evaluated on `{id}`: {}", error.message),
                place: place(),
                related: Vec::new(),
                help: None,
            });
        }
        if exploration.capped {
            judged.partial = true;
            judged.problems.push(Problem {
                code: Code::ScenarioBudget,
                message: format!(
                    "`{id}` depends on too many parameters for rule `{rule}`: not every combination was tried"
                ),
                place: place(),
                related: Vec::new(),
                help: Some("pin parameters with `--parameter NAME=VALUE`".to_owned()),
            });
        }
    }
}

/// A document that holds one resource: what a rule is asked of.
fn document_of<'a>(arena: &'a Bump, logical_id: &'a str, key_place: Span, view: Value<'a>) -> Value<'a> {
    let root = arena.alloc(Path::root(0));
    let path = arena.alloc(Path { parent: Some(root), segment: Segment::Key("Resources"), place: key_place });
    let resource = arena.alloc_slice_copy(&[Entry { key: logical_id, key_place, value: view }]);
    let resources = arena.alloc(Node { kind: Kind::Map(Map::new(resource)), place: key_place, path, via: None });
    let section = arena.alloc_slice_copy(&[Entry { key: "Resources", key_place, value: resources }]);
    arena.alloc(Node { kind: Kind::Map(Map::new(section)), place: key_place, path: root, via: None })
}

/// Gives findings that are alike in all that identifies them different fingerprints, in source order.
fn number_repeats(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.place.span, &a.rule, &a.property).cmp(&(b.place.span, &b.rule, &b.property)));
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = super::fingerprint::repeated(&finding.fingerprint, *count);
        }
    }
}

fn problems_of(source: &SourceFile, name: &Arc<SourceName>, problems: Vec<SyntaxProblem>) -> Vec<Problem> {
    let label = |(span, text)| Label { place: Place::new(source, name, span), text };
    problems
        .into_iter()
        .map(|problem| Problem {
            code: problem.code,
            message: problem.message,
            place: Place::new(source, name, problem.span),
            related: problem.related.into_iter().map(label).collect(),
            help: problem.help,
        })
        .collect()
}

/// A marker of another template language on the line of a syntax error, or beside it: the error is not the author's.
fn marker_at_an_error(source: &SourceFile, problems: &[SyntaxProblem]) -> Option<Span> {
    problems.iter().filter(|problem| matches!(problem.code, Code::ParseYaml | Code::ParseJson)).find_map(|problem| {
        let line = source.position(problem.span.start()).line;
        let lines = (line.saturating_sub(1)..=line.saturating_add(1)).filter_map(|line| source.line_span(line));
        lines.into_iter().find_map(|line| {
            let marker = templated_markers(source.slice(line))?;
            Some(Span::new(line.start() + marker.start(), line.start() + marker.end()))
        })
    })
}

fn hint(name: &str) -> Hint {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if extension.eq_ignore_ascii_case("json") {
        Hint::Json
    } else if extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml") {
        Hint::Yaml
    } else {
        Hint::Unknown
    }
}

/// Whether a text that cannot be parsed was meant to be a template.
fn looks_like_template(text: &str) -> bool {
    text.contains("AWSTemplateFormatVersion") || (text.contains("Resources") && text.contains("AWS::"))
}
