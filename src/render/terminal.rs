//! For people: each finding with its source lines, then each problem, then one line that sums up.

mod coverage;
mod snippet;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use annotate_snippets::{Element, Group, Level as Style, Message, Renderer};

use crate::diag::{Class, Finding, Level, Problem, Report, Severity, Suppression};

use super::Options;
use super::escape::line;
use super::prose::{count, first_sentence, sentence, wrapped};

use snippet::{Headers, Mark, elements};

/// The most characters of a title or a note that come from a template.
const LONGEST_TEXT: usize = 600;
/// The most characters of a label beside a source line.
const LONGEST_LABEL: usize = 160;
/// The most places that are shown with one message.
const MOST_PLACES: usize = 5;
/// The most ways for a finding to hold that are listed.
const MOST_WAYS: usize = 4;

/// Writes a report for a terminal.
///
/// # Errors
/// Those of the writer.
pub fn terminal(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    if !options.quiet {
        let mut printer = Printer::new(report, options, out);
        printer.findings()?;
        printer.problems()?;
    }
    if options.problems_only {
        return Ok(());
    }
    summary(report, options, out)?;
    coverage::resources(report, out)?;
    if options.stats { coverage::totals(report, out) } else { Ok(()) }
}

struct Printer<'a, 'w> {
    report: &'a Report,
    options: &'a Options,
    out: &'w mut dyn io::Write,
    renderer: Renderer,
    /// The rules whose why and fix have been shown.
    explained: BTreeSet<&'a str>,
}

impl<'a, 'w> Printer<'a, 'w> {
    fn new(report: &'a Report, options: &'a Options, out: &'w mut dyn io::Write) -> Self {
        let renderer = if options.colour { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
        Self { report, options, out, renderer: renderer.term_width(options.width), explained: BTreeSet::new() }
    }

    fn findings(&mut self) -> io::Result<()> {
        let by = |one: &'a Finding| one.suppressed.as_ref().map(|by| (by.kind, &by.tool, &by.reason, &by.owner, by.until));
        let of = |wanted: fn(&Finding) -> bool| {
            let findings = self.report.findings.iter().filter(|finding| wanted(finding));
            grouped(findings, |one| (&one.rule, one.severity, one.class, &one.message, &one.when, by(one)))
        };
        let counting = of(|finding| finding.suppressed.is_none() && finding.class.counts());
        let possible = of(|finding| finding.suppressed.is_none() && finding.class == Class::Possible);
        let unsure = of(|finding| finding.suppressed.is_none() && finding.class == Class::Unsure);
        let suppressed = of(|finding| finding.suppressed.is_some());
        self.section("", &counting)?;
        self.section("Possible: safe with the default, unsafe with another allowed value", &possible)?;
        if self.options.show_unsure {
            self.section("Unsure: nothing in the template decides it", &unsure)?;
        }
        if self.options.show_suppressed {
            self.section("Suppressed: somebody silenced it", &suppressed)?;
        }
        Ok(())
    }

    fn section(&mut self, heading: &str, groups: &[Vec<&'a Finding>]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        for group in groups {
            if let Some((first, others)) = group.split_first() {
                self.finding(first, others)?;
            }
        }
        Ok(())
    }

    fn heading(&mut self, heading: &str) -> io::Result<()> {
        if heading.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "{heading}\n{}\n", "-".repeat(heading.chars().count()))
    }

    fn finding(&mut self, finding: &'a Finding, others: &[&'a Finding]) -> io::Result<()> {
        let style = match finding.severity {
            Severity::Critical | Severity::High => Style::ERROR,
            Severity::Medium => Style::WARNING,
            Severity::Low | Severity::Info => Style::NOTE,
        };
        let title = style
            .with_name(finding.severity.as_str())
            .primary_title(line(&finding.message, LONGEST_TEXT))
            .id(line(&finding.rule, LONGEST_LABEL));

        let mut marks = vec![Mark::primary(&finding.place, None)];
        if let (Some(place), Some(resource)) = (&finding.declared, &finding.resource) {
            marks.push(Mark::context(place, line(&resource.resource_type, LONGEST_LABEL)));
        }
        let numbered = finding.origins.len() > 1;
        for (step, number) in finding.origins.iter().zip(1..) {
            let text = line(&step.text, LONGEST_LABEL);
            marks.push(Mark::context(&step.place, if numbered { format!("{number}. {text}") } else { text }));
        }
        let shown = others.iter().take(MOST_PLACES - 1);
        marks.extend(shown.map(|other| Mark::primary(&other.place, Some("also here".to_owned()))));
        let mut headers = Headers::default();
        let mut group = Group::with_title(title).elements(elements(marks, &mut headers));
        for note in self.notes_on(finding, others.len()) {
            group = group.element(note);
        }
        self.print(group, &headers)
    }

    fn notes_on(&mut self, finding: &'a Finding, others: usize) -> Vec<Element<'static>> {
        let mut notes = Vec::new();
        let mut note = |name: &'static str, text: &str| notes.extend(note(name, text, self.options.width));
        if others >= MOST_PLACES {
            note("note", &format!("and in {}", count(others + 1 - MOST_PLACES, "more place")));
        }
        for way in finding.when.iter().take(MOST_WAYS) {
            note("when", way);
        }
        if finding.when.len() > MOST_WAYS {
            note("when", &format!("and in {}", count(finding.when.len() - MOST_WAYS, "other way")));
        }
        if finding.when.is_empty() && finding.class == Class::Default {
            note("when", "every parameter keeps its default");
        }
        if !finding.depends_on.is_empty() {
            note("depends on", &finding.depends_on.join(", "));
        }
        for way in &finding.through {
            note("deployed by", &format!("{} (line {})", way.text, way.place.start.line));
        }
        if let Some(construct) = &finding.construct {
            note("construct", construct);
        }
        if self.options.verbose && !finding.witness.is_empty() {
            let choices = finding.witness.iter().map(|one| format!("--parameter {}={}", one.name, one.value));
            note("replay", &choices.collect::<Vec<_>>().join(" "));
        }
        if let Some(by) = &finding.suppressed {
            note("suppressed", &suppression(by));
        }
        if (self.explained.insert(&finding.rule) || self.options.verbose)
            && let Some(rule) = self.report.rule(&finding.rule)
        {
            let why = if self.options.verbose { &rule.why } else { first_sentence(&rule.why) };
            note("why", &sentence(why));
            note("fix", &rule.fix);
            if self.options.verbose {
                note("controls", &rule.controls.join(", "));
            }
            note("more", &format!("cfnward explain {}", rule.id));
        }
        notes
    }

    fn problems(&mut self) -> io::Result<()> {
        let verbose = self.options.verbose;
        let problems = self.report.problems.iter().filter(|one| verbose || one.code.level() > Level::Note);
        let groups = grouped(problems, |one| (one.code, &one.message, &one.help));
        if !groups.is_empty() && !self.report.findings.is_empty() {
            self.heading("Problems: what is malformed about the input")?;
        }
        for group in groups {
            if let Some((first, others)) = group.split_first() {
                self.problem(first, others)?;
            }
        }
        Ok(())
    }

    fn problem(&mut self, problem: &Problem, others: &[&Problem]) -> io::Result<()> {
        let style = match problem.code.level() {
            Level::Error => Style::ERROR,
            Level::Warning => Style::WARNING,
            Level::Note => Style::NOTE,
        };
        let title = style.primary_title(line(&problem.message, LONGEST_TEXT)).id(problem.code.id());
        let mut marks = vec![Mark::primary(&problem.place, None)];
        let related = problem.related.iter().take(MOST_PLACES);
        marks.extend(related.map(|label| Mark::context(&label.place, line(&label.text, LONGEST_LABEL))));
        let shown = others.iter().take(MOST_PLACES - 1);
        marks.extend(shown.map(|other| Mark::primary(&other.place, Some("also here".to_owned()))));
        let mut headers = Headers::default();
        let mut group = Group::with_title(title).elements(elements(marks, &mut headers));
        if others.len() >= MOST_PLACES {
            let more = format!("and in {}", count(others.len() + 1 - MOST_PLACES, "more place"));
            group = group.elements(note("note", &more, self.options.width));
        }
        if let Some(help) = &problem.help {
            group = group.elements(note("help", help, self.options.width));
        }
        self.print(group, &headers)
    }

    fn print(&mut self, group: Group<'_>, headers: &Headers) -> io::Result<()> {
        let shown = headers.fill_in(&self.renderer.render(&[group]));
        for line in shown.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        writeln!(self.out)
    }
}

/// Things with equal keys, together, in the order in which each key first came.
fn grouped<'a, T: 'a, K: Ord>(things: impl Iterator<Item = &'a T>, key: impl Fn(&'a T) -> K) -> Vec<Vec<&'a T>> {
    let mut groups: Vec<Vec<&T>> = Vec::new();
    let mut places = BTreeMap::new();
    for thing in things {
        let place = *places.entry(key(thing)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(thing),
            None => groups.push(vec![thing]),
        }
    }
    groups
}

/// A note below the source lines; none when there is nothing to say.
fn note(name: &'static str, text: &str, width: usize) -> Option<Element<'static>> {
    // The gutter, the equals sign, the name and its colon stand before the text.
    let room = width.saturating_sub(name.len() + 9).max(24);
    let text = wrapped(&line(text, LONGEST_TEXT), room);
    let message: Message<'static> = Style::NOTE.with_name(name).message(text.clone());
    (!text.is_empty()).then(|| message.into())
}

/// Who silenced a finding, and why.
fn suppression(by: &Suppression) -> String {
    let foreign = if by.tool == "cfnward" { String::new() } else { format!(" for {}", by.tool) };
    let at = by.place.as_ref().map(|place| format!(" ({}:{})", place.source.display, place.start.line));
    let owner = by.owner.as_ref().map(|owner| format!(" of {owner}"));
    let until = by.until.map(|until| format!(" until {until}"));
    let reason = by.reason.as_ref().map(|reason| format!(": {reason}"));
    let rest = [at, owner, until, reason].map(Option::unwrap_or_default).concat();
    format!("by {}{foreign}{rest}", by.kind.as_str())
}

fn summary(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.summary();
    write!(out, "{}", count(counts.findings, "finding"))?;
    let counting = || report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts());
    let by_severity: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (counting().filter(|one| one.severity == severity).count(), severity))
        .filter(|(number, _)| *number > 0)
        .map(|(number, severity)| format!("{number} {}", severity.as_str()))
        .collect();
    if !by_severity.is_empty() {
        write!(out, " ({})", by_severity.join(", "))?;
    }
    writeln!(
        out,
        " in {}, {}; {}",
        count(counts.templates, "template"),
        count(counts.resources, "resource"),
        count(counts.problems, "problem")
    )?;
    if options.quiet {
        return Ok(());
    }
    let notes = report.problems.iter().filter(|problem| problem.code.level() == Level::Note).count();
    let hints = [
        (counts.broken, "template", "not judged: unreadable or malformed"),
        (counts.templated, "file", "not judged: to be rendered first"),
        (counts.possible, "possible finding", "not counted"),
        (if options.show_unsure { 0 } else { counts.unsure }, "unsure finding", "hidden, show with --unsure"),
        (
            if options.show_suppressed { 0 } else { counts.suppressed },
            "suppressed finding",
            "hidden, show with --show-suppressed",
        ),
        (if options.verbose { 0 } else { notes }, "note", "hidden, show with --verbose"),
    ];
    for (number, noun, hint) in hints {
        if number > 0 {
            writeln!(out, "  {} {hint}", count(number, noun))?;
        }
    }
    if counts.templates + counts.broken + counts.templated == 0 {
        writeln!(out, "  no template among {}", count(counts.files, "file"))?;
    }
    Ok(())
}
