//! From source texts to a report.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bumpalo::Bump;

use crate::diag::{Code, Coverage, FileKind, FileReport, Finding, Label, Limits, Place, Problem, Report, Words};
use crate::eval::{Indexed, Outcome, Program, Statuses, Stop, evaluate, evaluate_indexed};
use crate::guard::Dialect;
use crate::resolve::{self, Exports, Member, ResolvedResource, Resolver};
use crate::rules::{Rule, RuleText};
use crate::syntax::{Document, Hint, NodeId, SyntaxProblem};
use crate::template::{Detection, ResourceEntry, Template, TemplateProblem, detect, templated_markers};
use crate::text::{SourceFile, SourceName, Span};
use crate::value::Kind;

use super::arenas::Arenas;
use super::assembly::Assembly;
use super::compiled::{Asked, Compiled, LazyProgram, RulePart, parts};
use super::coverage::Counter;
use super::explore::{Bounds, Exploration, Shortage, explore};
use super::findings::Subject;
use super::gathering::{Gathered, gather};
use super::heard::{Among, Heard};
use super::model::{Model, deployed};
use super::neighbours::{Mentions, Names, Neighbours, exports_of};
use super::rule_tests::RuleStatus;
use super::settling::settle;
use super::suppression::{RuleNames, Silencing, SuppressionSettings};
use super::texts::Text;
use super::troubles::{hides_findings, note_limits, note_troubles, rule_problem};
use super::written_path::WrittenPaths;

/// What the caller knows of the deployment, and which suppressions count.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Values of parameters, and of pseudo parameters such as `AWS::Region`.
    pub parameters: BTreeMap<String, String>,
    /// Parameters that have a value which is not known, so that their default does not count.
    pub open: BTreeSet<String>,
    /// How much a file may cost.
    pub limits: Limits,
    /// What tells the time, if anything is to watch it: the core has no clock of its own.
    pub clock: Option<Clock>,
    /// Which suppressions in templates count.
    pub suppression: SuppressionSettings,
}

/// Tells how much time has passed since some moment that stays the same.
pub type Clock = fn() -> Duration;

impl Settings {
    /// What the resolver has to know of it.
    pub(super) fn for_resolver(&self) -> resolve::Settings {
        resolve::Settings { parameters: self.parameters.clone(), open: self.open.clone(), limits: self.limits }
    }
}

/// A source text to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Input<'s> {
    /// The text.
    pub source: &'s SourceFile,
    /// Whether the user named the file: then it is an error when it is no template.
    pub explicit: bool,
}

/// Compiled rules, ready to be asked. It can be shared between threads.
pub struct Checker {
    rules: Vec<Compiled>,
    /// The Guard rules that select a type, in order, by the numbers of the rule and of its part.
    by_type: HashMap<Words, Vec<(usize, usize)>>,
    /// The Guard rules that may select any type.
    any_type: Vec<(usize, usize)>,
    settings: Settings,
    /// Whether rules for single resources are asked of templates without any.
    asks_empty: bool,
    /// Whether what each rule says of whole templates is kept.
    keeps_statuses: bool,
    /// Whether every verdict is kept.
    details: bool,
    /// The names of the rules, once a template has a suppression.
    names: OnceLock<RuleNames>,
    arenas: Arenas,
}

/// What was learned of a template.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) problems: Vec<Problem>,
    pub(super) resources: usize,
    /// Whether a part could not be judged.
    pub(super) partial: bool,
    /// What there was too little of for every rule.
    pub(super) shortage: Option<Shortage>,
    /// What each rule says of the template as a whole, by its id and the number of its Guard rule, if that is kept.
    pub(super) statuses: BTreeMap<(Arc<str>, usize), RuleStatus>,
    /// The parameters with a given value that the template has.
    pub(super) parameters: BTreeSet<String>,
    pub(super) coverage: Coverage,
    /// The places of suppressions that silenced something in a nested stack.
    pub(super) silencing: BTreeSet<(Arc<SourceName>, Span)>,
}

/// Judges sources by rules, together: the whole core. Rules that are malformed are problems of the report.
#[must_use]
pub fn check(inputs: &[Input<'_>], rules: &[Arc<Rule>], settings: &Settings) -> Report {
    let (checker, problems) = Checker::new(rules, settings);
    let mut report = Report { problems, ..checker.empty_report() };
    let names = inputs.iter().map(|input| input.source.name().display.as_str());
    let mut neighbours = Neighbours::new(Names::new(names));
    let mut exports = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        neighbours.add(number, input.source);
        if Mentions::of(input.source.text().as_bytes()).exports {
            exports.extend(exports_of(input.source, settings));
        }
        if Assembly::is_name(&input.source.name().display)
            && let Some(assembly) = Assembly::read(input.source)
        {
            neighbours.add_assembly(assembly);
        }
    }
    neighbours.set_exports(Exports::new(exports));
    for input in inputs {
        report.absorb(checker.check_among(*input, &neighbours, settings));
    }
    settle(&mut report);
    report.sort();
    report
}

impl Checker {
    /// Compiles rules. What is malformed about them is a list of problems; rules without errors run all the same.
    #[must_use]
    pub fn new(rules: &[Arc<Rule>], settings: &Settings) -> (Self, Vec<Problem>) {
        let mut checker = Self {
            rules: Vec::with_capacity(rules.len()),
            // Rules for one type outnumber those for several.
            by_type: HashMap::with_capacity(rules.len()),
            any_type: Vec::new(),
            settings: settings.clone(),
            asks_empty: false,
            keeps_statuses: false,
            details: false,
            names: OnceLock::new(),
            arenas: Arenas::default(),
        };
        let mut problems = Vec::new();
        // The rules of one file stand for one program.
        let mut programs: HashMap<*const RuleText, Arc<LazyProgram>> = HashMap::new();
        for rule in rules {
            let lazy = || LazyProgram { text: Arc::clone(&rule.text), program: OnceLock::new() };
            // The program's own rules have no errors, and each has a file of its own: a test says so.
            if !rule.reach.is_empty() {
                checker.add(rule, Arc::new(lazy()));
                continue;
            }
            let program = programs.entry(Arc::as_ptr(&rule.text)).or_insert_with(|| {
                let lazy = lazy();
                let (program, errors) = Program::compile(rule.text.file(), rule.text.text(), Dialect::Classic);
                let found = errors.into_iter().filter_map(|error| rule_problem(rule, error.span, error.message));
                problems.extend(found);
                let _ = lazy.program.set(program);
                Arc::new(lazy)
            });
            checker.add(rule, Arc::clone(program));
        }
        (checker, problems)
    }

    fn add(&mut self, rule: &Arc<Rule>, program: Arc<LazyProgram>) {
        let parts = parts(rule, &program);
        if parts.is_empty() {
            return;
        }
        let at = self.rules.len();
        for (number, part) in parts.iter().enumerate().filter(|(_, part)| part.asked == Asked::Resources) {
            match &part.types {
                None => self.any_type.push((at, number)),
                Some(types) => {
                    for resource_type in types.iter() {
                        self.by_type.entry(resource_type).or_default().push((at, number));
                    }
                }
            }
        }
        self.rules.push(Compiled { rule: Arc::clone(rule), program, parts });
    }

    /// Asks every rule of every resource, whatever types it selects: for testing that the index loses nothing.
    pub fn ask_all_types(&mut self) {
        self.by_type.clear();
        self.any_type = self.single_parts().collect();
    }

    /// The Guard rules that are asked of single resources.
    fn single_parts(&self) -> impl Iterator<Item = (usize, usize)> {
        self.rules.iter().enumerate().flat_map(|(at, compiled)| {
            let single = compiled.parts.iter().enumerate().filter(|(_, part)| part.asked == Asked::Resources);
            single.map(move |(number, _)| (at, number))
        })
    }

    /// Asks every rule of whole templates: for testing that asking of single resources gives the same verdict.
    #[cfg(test)]
    pub(super) fn ask_of_whole_templates(&mut self) {
        self.by_type.clear();
        self.any_type.clear();
        let parts = self.rules.iter_mut().flat_map(|compiled| &mut compiled.parts);
        for part in parts.filter(|part| part.asked == Asked::Resources) {
            part.asked = Asked::Whole;
        }
    }

    /// How many programs were compiled.
    #[cfg(test)]
    pub(super) fn programs(&self) -> usize {
        let mut programs: Vec<_> = self.rules.iter().map(|compiled| Arc::as_ptr(&compiled.program)).collect();
        programs.sort_unstable();
        programs.dedup();
        programs.len()
    }

    /// What is known of the deployment.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Has every verdict kept, not only counted.
    pub fn keep_verdicts(&mut self) {
        self.details = true;
    }

    /// Whether every verdict is kept.
    #[must_use]
    pub fn keeps_verdicts(&self) -> bool {
        self.details
    }

    /// Has rules asked of templates without resources too, as tests of rules expect it.
    pub(super) fn ask_empty_templates(&mut self) {
        self.asks_empty = true;
    }

    /// Has it kept what each rule says of whole templates.
    pub(super) fn keep_statuses(&mut self) {
        self.keeps_statuses = true;
    }

    /// The Guard rules of a name: the id that they report and their number.
    pub(super) fn entries(&self, guard_name: &str) -> impl Iterator<Item = (Arc<str>, usize)> {
        let named = self.rules.iter().filter(move |compiled| compiled.rule.guard_name == guard_name);
        named.flat_map(|compiled| compiled.parts.iter().map(|part| (Arc::clone(&compiled.rule.info.id), part.number)))
    }

    /// Whether some Guard rule may have to say something about a resource of a type.
    fn has_rule_for(&self, resource_type: &str) -> bool {
        !self.any_type.is_empty() || self.by_type.contains_key(resource_type)
    }

    /// The Guard rules that may have to say something about a resource of a type, in order.
    pub(super) fn rules_for(&self, resource_type: &str) -> impl Iterator<Item = (&Compiled, &RulePart)> {
        let mut of_type = self.by_type.get(resource_type).into_iter().flatten().copied().peekable();
        let mut of_any = self.any_type.iter().copied().peekable();
        let next = std::iter::from_fn(move || match (of_type.peek(), of_any.peek()) {
            (Some(first), Some(second)) if first < second => of_type.next(),
            (Some(_), None) => of_type.next(),
            _ => of_any.next(),
        });
        next.filter_map(|(rule, part)| {
            let compiled = self.rules.get(rule)?;
            Some((compiled, compiled.parts.get(part)?))
        })
    }

    /// A report that describes the rules and says nothing yet.
    #[must_use]
    pub fn empty_report(&self) -> Report {
        Report {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: self.rules.iter().map(Compiled::info).collect(),
            ..Report::default()
        }
    }

    /// Judges one source by itself. The report's rules are left out: they are those of [`Checker::empty_report`].
    #[must_use]
    pub fn check(&self, input: Input<'_>) -> Report {
        self.check_among(input, &Neighbours::default(), &self.settings)
    }

    /// The same for a deployment of which something else is known.
    #[must_use]
    pub fn check_with(&self, input: Input<'_>, settings: &Settings) -> Report {
        self.check_among(input, &Neighbours::default(), settings)
    }

    /// Judges one source and the stacks that it deploys, as far as the neighbours have their templates. What the stacks
    /// give is among the findings; [`settle`] leaves out what their templates give by themselves.
    #[must_use]
    pub fn check_among(&self, input: Input<'_>, neighbours: &Neighbours<'_>, settings: &Settings) -> Report {
        self.check_listening(input, neighbours, settings).0
    }

    /// The same, and what was asked of the neighbours for it: as long as they answer the same, the report is the same.
    #[must_use]
    pub fn check_listening(
        &self,
        input: Input<'_>,
        neighbours: &Neighbours<'_>,
        settings: &Settings,
    ) -> (Report, Heard) {
        let among = Among::new(neighbours);
        let report = self.arenas.with(|arena| self.report_among(arena, input, &among, settings));
        (report, among.heard())
    }

    fn report_among(&self, arena: &Bump, input: Input<'_>, neighbours: &Among<'_, '_>, settings: &Settings) -> Report {
        let source = input.source;
        let name = Arc::new(source.name().clone());
        let gathered = gather(arena, source, neighbours, &settings.limits);
        let Some(first) = gathered.first() else { return Report::default() };
        let document = &first.read.document;
        let broken = first.is_broken();
        let problems = || problems_of(&first.text, &first.read.problems);
        let detection = detect(document);
        let is_template = detection.template().is_some();
        let mut report = Report::default();
        let file = |kind, resources| FileReport { source: Arc::clone(&name), kind, resources };
        let markers = match detection {
            Detection::Templated(span) => Some(span),
            _ => marker_at_an_error(source, &first.read.problems),
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
                report.problems = problems();
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
        let bounds = Bounds::new(settings);
        let judged = self.arenas.with(|arena| self.judge_gathered(arena, &gathered, neighbours, (settings, &bounds)));
        let kind = if broken || judged.partial { FileKind::Partial } else { FileKind::Template };
        report.files.push(file(kind, judged.resources));
        report.findings = judged.findings;
        report.parameters = judged.parameters;
        report.coverage = judged.coverage;
        report.silencing = judged.silencing;
        report.problems = problems();
        report.problems.extend(judged.problems);
        report
    }

    /// Judges the template whose root is `root`, by itself.
    pub(super) fn judge(
        &self,
        source: &SourceFile,
        name: &Arc<SourceName>,
        document: &Document<'_>,
        root: NodeId,
        settings: &Settings,
    ) -> Judged {
        let (template, problems) = Template::at(document, root);
        let arena = Bump::new();
        let resolver = Resolver::new(&arena, &template, &settings.for_resolver());
        let text = Text::new(source, name);
        let one = One { text: &text, texts: &[&text], assembly: None };
        let mut judged = self.judge_one(&arena, resolver, one, problems, (settings, &Bounds::new(settings)));
        note_limits(&mut judged, resolver, &text, settings);
        number_repeats(&mut judged.findings);
        judged
    }

    /// Judges the first of these and the stacks below it.
    fn judge_gathered(
        &self,
        arena: &Bump,
        gathered: &[Gathered<'_>],
        neighbours: &Among<'_, '_>,
        (known, bounds): (&Settings, &Bounds),
    ) -> Judged {
        let mut templates = Vec::with_capacity(gathered.len());
        let mut problems = Vec::new();
        for (number, one) in gathered.iter().enumerate() {
            let (template, wrong) = Template::new(&one.read.document);
            templates.push(template);
            if number == 0 {
                problems = wrong;
                problems.extend(one.problems.iter().cloned());
            }
        }
        let assembly = gathered.first().and_then(|first| neighbours.assembly(first.text.display()));
        let mut settings = known.for_resolver();
        let place = gathered.first().zip(assembly).map(|(first, assembly)| assembly.pinned(first.text.display()));
        for (name, value) in place.into_iter().flatten() {
            settings.parameters.entry(name.to_owned()).or_insert(value);
        }
        let members = templates.iter().zip(gathered).map(|(template, one)| {
            let nested = one.stacks.iter().map(|(logical_id, _, member)| (logical_id.as_str(), *member));
            Member { template, nested: arena.alloc_slice_fill_iter(nested.collect::<Vec<_>>()) }
        });
        let members = arena.alloc_slice_fill_iter(members.collect::<Vec<_>>());
        let exports = Some(neighbours.exports());
        let Some(resolver) = Resolver::of_family(arena, members, exports, &settings) else {
            return Judged::default();
        };
        let Some(first) = gathered.first() else { return Judged::default() };
        let texts: Vec<&Text<'_>> = gathered.iter().map(|one| &one.text).collect();
        if resolver.is_family_cut() || gathered.iter().any(|one| one.is_cut) {
            problems.push(TemplateProblem {
                code: Code::NestedBudget,
                message: "stacks are nested too deep or too often: not all of them were followed".to_owned(),
                span: first.stacks.first().map(|(_, span, _)| *span).unwrap_or_default(),
                help: None,
            });
        }
        let one = One { text: &first.text, texts: &texts, assembly };
        let mut judged = self.judge_one(arena, resolver, one, problems, (known, bounds));
        number_repeats(&mut judged.findings);
        let silencing = |member: usize| {
            let (template, text) = (templates.get(member)?, &gathered.get(member)?.text);
            Silencing::new(template, text, &known.suppression, || self.names())
        };
        let mut own = silencing(0);
        if let Some(own) = &mut own {
            own.apply(&mut judged.findings);
        }
        let mut nested: BTreeMap<usize, Option<Silencing<'_>>> = BTreeMap::new();
        for stack in deployed(resolver, first.text.display()) {
            let Some(inner) = gathered.get(stack.nested.member) else { continue };
            let Some(outer) = gathered.get(stack.around) else { continue };
            let assembly = neighbours.assembly(inner.text.display()).or(assembly);
            let one = One { text: &inner.text, texts: &texts, assembly };
            let mut found = self.judge_one(arena, stack.nested.resolver, one, Vec::new(), (known, bounds));
            let member = stack.nested.member;
            if let Some(silencing) = nested.entry(member).or_insert_with(|| silencing(member)) {
                silencing.apply(&mut found.findings);
            }
            let place = outer.text.place(stack.nested.entry.named.name_span);
            let through = Label { place, text: stack.way };
            let findings = found.findings.into_iter();
            let findings = findings.map(|finding| Finding { through: vec![through.clone()], ..finding });
            judged.findings.extend(findings);
            judged.problems.extend(found.problems);
            judged.partial |= found.partial;
            judged.shortage = judged.shortage.or(found.shortage);
        }
        neighbours.looked_up(resolver.looked_up_exports().into_iter());
        note_limits(&mut judged, resolver, &first.text, known);
        judged.silencing.extend(nested.values().flatten().flat_map(Silencing::used));
        if let Some(own) = own {
            let whole =
                !first.is_broken() && judged.parameters.is_empty() && !judged.problems.iter().any(hides_findings);
            judged.problems.extend(own.problems(self.names(), whole));
        }
        judged
    }

    /// The rules that run, by all their names.
    fn names(&self) -> &RuleNames {
        self.names.get_or_init(|| RuleNames::new(self.rules.iter().map(|compiled| &*compiled.rule.info)))
    }

    /// Judges what `resolver` has worked out; `problems` are those of its template that are known already.
    fn judge_one<'a>(
        &self,
        arena: &'a Bump,
        resolver: &'a Resolver<'a>,
        one: One<'_>,
        problems: Vec<TemplateProblem>,
        (settings, bounds): (&Settings, &Bounds),
    ) -> Judged {
        let One { text, texts, assembly } = one;
        let Some(model) = Model::of(arena, resolver) else { return Judged::default() };
        let mut judged = Judged { resources: resolver.template().resources.len(), ..Judged::default() };
        if !resolver.is_nested() {
            let names = resolver.template().parameters.iter().map(|parameter| parameter.named.name);
            let known = names.filter(|name| settings.parameters.contains_key(*name));
            judged.parameters.extend(known.map(str::to_owned));
        }
        // Nested stacks are judged for their findings; what is wrong with their templates is said of those.
        let own = if resolver.is_nested() { Vec::new() } else { resolver.problems() };
        for problem in problems.into_iter().chain(own) {
            judged.partial |= matches!(problem.code, Code::TransformUnknown | Code::TemplateShape);
            judged.problems.push(Problem {
                code: problem.code,
                message: problem.message,
                place: text.place(problem.span),
                related: Vec::new(),
                help: problem.help,
            });
        }
        let written = WrittenPaths::new(resolver.template().document, resolver.template().root);
        let mut counter = Counter::new(text, self.details);
        counter.coverage.resources = model.resources.len();
        let types = model.resources.iter().map(|resource| resource.entry.resource_type);
        counter.coverage.without_rule = types.filter(|kind| !self.has_rule_for(kind)).count();
        judged.shortage = self.ask(&model, bounds, |question, exploration| {
            counter.add(&question, exploration);
            let Question { compiled, part, entry, .. } = question;
            let rule = &compiled.rule.info;
            let subject = Subject { resolver, entry, rule, texts, text, written: &written, assembly };
            judged.findings.extend(subject.findings(exploration));
            note_troubles(&mut judged, compiled, &subject, exploration);
            if self.keeps_statuses {
                let rule = Arc::clone(&compiled.rule.info.id);
                judged.statuses.entry((rule, part.number)).or_default().add(exploration);
            }
        });
        judged.coverage = counter.coverage;
        judged
    }

    /// Asks every rule whatever it has to be asked, and hands over each answer. What there was too little of for all.
    pub(super) fn ask<'a>(
        &self,
        model: &Model<'a>,
        bounds: &Bounds,
        mut answer: impl FnMut(Question<'_, 'a>, &Exploration<'a>),
    ) -> Option<Shortage> {
        let Model { arena, resolver, graph, .. } = *model;
        for (index, ResolvedResource { entry, .. }) in model.resources.iter().enumerate() {
            let mut rules = self.rules_for(entry.resource_type).peekable();
            if rules.peek().is_none() {
                continue;
            }
            let root = model.roots.of_resource(index, graph);
            let view = graph.view(index);
            for (compiled, part) in rules {
                let shortage = bounds.shortage(arena);
                if shortage.is_some() {
                    return shortage;
                }
                let exploration = explore(resolver, arena, bounds, |world| {
                    // Where the resource is not deployed there is nothing to ask. A document without resources
                    // would be another question.
                    match world.force(view).map_err(Stop::Pending)?.kind {
                        Kind::Absent => Ok(Outcome { statuses: Statuses::SKIP, checks: Vec::new() }),
                        _ => evaluate(compiled.program.get(), part.number, root, world),
                    }
                });
                answer(Question { compiled, part, entry: Some(entry) }, &exploration);
                if exploration.shortage.is_some() {
                    return exploration.shortage;
                }
            }
        }
        let (mut resolved, mut written) = (None, None);
        let empty = self.asks_empty && model.resources.is_empty();
        let parts = self.rules.iter().flat_map(|compiled| compiled.parts.iter().map(move |part| (compiled, part)));
        for (compiled, part) in parts.filter(|(_, part)| empty || part.asked != Asked::Resources) {
            // The text of a nested template is the same wherever it is used.
            if resolver.is_nested() && part.asked == Asked::Written {
                continue;
            }
            let document = match part.asked {
                Asked::Written => written.get_or_insert_with(|| Indexed::new(model.roots.written(), arena)),
                _ => resolved.get_or_insert_with(|| model.roots.resolved(graph)),
            };
            let shortage = bounds.shortage(arena);
            if shortage.is_some() {
                return shortage;
            }
            let exploration = explore(resolver, arena, bounds, |world| {
                evaluate_indexed(compiled.program.get(), part.number, document, world)
            });
            answer(Question { compiled, part, entry: None }, &exploration);
            if exploration.shortage.is_some() {
                return exploration.shortage;
            }
        }
        None
    }
}

/// A rule and what it was asked of.
#[derive(Clone, Copy)]
pub(super) struct Question<'q, 'a> {
    pub(super) compiled: &'q Compiled,
    /// Its Guard rule.
    pub(super) part: &'q RulePart,
    /// The resource; `None` for the document as a whole.
    pub(super) entry: Option<&'a ResourceEntry<'a>>,
}

/// What is judged: its text, those that its values may come from, and the CDK app that made it.
#[derive(Clone, Copy)]
struct One<'s> {
    text: &'s Text<'s>,
    texts: &'s [&'s Text<'s>],
    assembly: Option<&'s Assembly>,
}

/// Gives findings that are alike in all that identifies them different fingerprints, in source order.
fn number_repeats(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (a.place.span, &a.rule, &a.property).cmp(&(b.place.span, &b.rule, &b.property)));
    let mut seen: HashMap<Box<str>, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = super::fingerprint::repeated(&finding.fingerprint, *count).into();
        }
    }
}

fn problems_of(text: &Text<'_>, problems: &[SyntaxProblem]) -> Vec<Problem> {
    let label = |(span, words): &(Span, String)| Label { place: text.place(*span), text: words.clone() };
    problems
        .iter()
        .map(|problem| Problem {
            code: problem.code,
            message: problem.message.clone(),
            place: text.place(problem.span),
            related: problem.related.iter().map(label).collect(),
            help: problem.help.clone(),
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

pub(super) fn hint(name: &str) -> Hint {
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
