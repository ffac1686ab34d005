//! For people: each finding with its source lines, then each problem, then one line that sums up.

mod coverage;
pub(super) mod look;
mod messages;
mod snippet;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use annotate_snippets::{Element, Group, Level as Style, Message, Renderer, Title};

use crate::diag::{Class, Finding, Level, Problem, Report, Severity};

use super::escape::line;
use super::prose::{by_severity, columns, count, first_sentence, sentence, wrapped, wrapped_after};
use super::selection::{compared, silenced_by, totals};
use super::{Grouping, Options, rule_page};

use messages::Plan;
use snippet::{Headers, Mark, elements};

/// The most characters of a title or a note that come from a template.
const LONGEST_TEXT: usize = 600;
/// The most characters of a label beside a source line.
const LONGEST_LABEL: usize = 160;
/// The most places that are shown with one message.
const MOST_PLACES: usize = 5;
/// The most ways for a finding to hold that are listed.
const MOST_WAYS: usize = 4;
/// The most columns of a line of prose, however wide the terminal is.
const LONGEST_LINE: usize = 110;
/// Stand around the id, between the severity and the text of a title.
const LABEL_SIGNS: &str = "[]: ";
/// Stands before the further lines of a title.
const TITLE_INDENT: &str = "    ";

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
    if options.stats { coverage::totals(report, options, out) } else { Ok(()) }
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
        Self { report, options, out, renderer: look::renderer(options), explained: BTreeSet::new() }
    }

    fn findings(&mut self) -> io::Result<()> {
        let Plan { sections, hidden } = messages::plan(self.report, self.options);
        for section in &sections {
            self.heading(section.heading)?;
            for group in &section.groups {
                if !group.heading.is_empty() {
                    let heading = wrapped(&format!("=== {}", group.heading), self.options.width);
                    let heading = look::heading(&heading, self.options);
                    writeln!(self.out, "{heading}\n")?;
                }
                for message in &group.messages {
                    self.finding(message.first, &message.others)?;
                }
            }
        }
        if hidden.is_empty() {
            return Ok(());
        }
        let more = count(hidden.len(), "more finding");
        let hint = match self.options.group_by {
            Grouping::Rule => "",
            _ => ", --group-by rule puts like to like",
        };
        let severities = by_severity(hidden.iter().copied());
        let text = format!("{more} not shown here ({severities}): --max-shown all shows all{hint}");
        writeln!(self.out, "{}\n", wrapped(&text, self.prose_width()))
    }

    fn heading(&mut self, heading: &str) -> io::Result<()> {
        if heading.is_empty() {
            return Ok(());
        }
        let text = wrapped(heading, self.options.width);
        let line = "-".repeat(text.lines().map(columns).max().unwrap_or_default());
        writeln!(self.out, "{}\n{line}\n", look::heading(&text, self.options))
    }

    /// Long lines are hard to read.
    fn prose_width(&self) -> usize {
        self.options.width.min(LONGEST_LINE)
    }

    /// A title, whose lines break where the terminal ends if that is wanted.
    fn title(&self, level: Style<'static>, word: &'static str, id: &str, text: &str) -> Heading {
        let id = line(id, LONGEST_LABEL);
        let label = columns(word) + columns(&id) + LABEL_SIGNS.len();
        let width = self.options.width;
        let mut text = line(text, LONGEST_TEXT);
        if self.options.wrap_titles {
            text = wrapped_after(&text, width.saturating_sub(label), width.saturating_sub(TITLE_INDENT.len()));
        }
        let more_lines = text.matches('\n').count();
        Heading { title: level.with_name(word).primary_title(text).id(id), more_lines, label }
    }

    fn finding(&mut self, finding: &'a Finding, others: &[&'a Finding]) -> io::Result<()> {
        let style = match finding.severity {
            Severity::Critical | Severity::High => Style::ERROR,
            Severity::Medium => Style::WARNING,
            Severity::Low | Severity::Info => Style::NOTE,
        };
        let mut heading = self.title(style, finding.severity.as_str(), &finding.rule, &finding.message);
        if let Some(rule) = self.report.rule(&finding.rule).filter(|_| self.options.links.is_some()) {
            heading.title = heading.title.id_url(rule_page(rule));
        }
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
        let notes = self.notes_on(finding, others.len());
        self.print(heading, marks, notes)
    }

    fn notes_on(&mut self, finding: &'a Finding, others: usize) -> Vec<Element<'static>> {
        let mut notes = Vec::new();
        let width = self.prose_width();
        let mut note = |name: &'static str, text: &str| notes.extend(note(name, text, width));
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
            note("suppressed", &silenced_by(by));
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
        let mut groups = grouped(problems, |one| (one.code, &one.message, &one.help));
        if !groups.is_empty() && !self.report.findings.is_empty() {
            self.heading("Problems: what is malformed about the input")?;
        }
        let mut hidden = 0;
        if let Some(most) = self.options.max_shown.filter(|most| *most < groups.len()) {
            // Errors before warnings; among equals the first ones.
            let mut order: Vec<usize> = (0..groups.len()).collect();
            let level =
                |number: &usize| groups.get(*number).and_then(|group| group.first()).map(|one| one.code.level());
            order.sort_by_key(|number| (std::cmp::Reverse(level(number)), *number));
            let kept: BTreeSet<usize> = order.into_iter().take(most).collect();
            let mut number = 0;
            groups.retain(|group| {
                let stays = kept.contains(&number);
                number += 1;
                hidden += if stays { 0 } else { group.len() };
                stays
            });
        }
        for group in groups {
            if let Some((first, others)) = group.split_first() {
                self.problem(first, others)?;
            }
        }
        match hidden {
            0 => Ok(()),
            hidden => {
                writeln!(self.out, "{} not shown here: --max-shown all shows all\n", count(hidden, "more problem"))
            }
        }
    }

    fn problem(&mut self, problem: &'a Problem, others: &[&'a Problem]) -> io::Result<()> {
        let (style, word) = match problem.code.level() {
            Level::Error => (Style::ERROR, "error"),
            Level::Warning => (Style::WARNING, "warning"),
            Level::Note => (Style::NOTE, "note"),
        };
        let heading = self.title(style, word, problem.code.id(), &problem.message);
        let mut marks = vec![Mark::primary(&problem.place, None)];
        let related = problem.related.iter().take(MOST_PLACES);
        marks.extend(related.map(|label| Mark::context(&label.place, line(&label.text, LONGEST_LABEL))));
        let shown = others.iter().take(MOST_PLACES - 1);
        marks.extend(shown.map(|other| Mark::primary(&other.place, Some("also here".to_owned()))));
        let mut notes = Vec::new();
        if others.len() >= MOST_PLACES {
            let more = format!("and in {}", count(others.len() + 1 - MOST_PLACES, "more place"));
            notes.extend(note("note", &more, self.prose_width()));
        }
        if let Some(help) = &problem.help {
            notes.extend(note("help", help, self.prose_width()));
        }
        self.print(heading, marks, notes)
    }

    fn print(&mut self, heading: Heading, marks: Vec<Mark<'_>>, notes: Vec<Element<'static>>) -> io::Result<()> {
        let Heading { title, more_lines, label } = heading;
        let mut headers = Headers::new(self.options.links.as_ref(), self.options.width);
        let windows = elements(marks, &mut headers);
        let aside = headers
            .take_aside()
            .into_iter()
            .flat_map(|(number, text)| note("note", &format!("line {number}: {text}"), self.prose_width()));
        let aside: Vec<Element<'static>> = aside.collect();
        let group = Group::with_title(title).elements(windows).elements(aside).elements(notes);
        let shown = headers.fill_in(&self.renderer.render(&[group]));
        let indent = " ".repeat(label);
        for (line, number) in shown.lines().zip(0..) {
            // The library sets the further lines of a title below its text, however far to the right that is.
            if (1..=more_lines).contains(&number) {
                let line = line.replacen(&indent, TITLE_INDENT, 1);
                writeln!(self.out, "{}", line.trim_end())?;
            } else {
                writeln!(self.out, "{}", line.trim_end())?;
            }
        }
        writeln!(self.out)
    }
}

/// The title of a message.
struct Heading {
    title: Title<'static>,
    /// How many lines it has more than one.
    more_lines: usize,
    /// The columns before its text.
    label: usize,
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

fn summary(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = report.summary();
    let counting = report.findings.iter().filter(|one| one.suppressed.is_none() && one.class.counts());
    let text = wrapped(&totals(report), options.width);
    match counting.map(|one| one.severity).max() {
        Some(worst) => writeln!(out, "{}", look::severity(&text, worst, options))?,
        None => writeln!(out, "{}", look::heading(&text, options))?,
    }
    if let Some(difference) = &report.difference {
        writeln!(out, "  {}", compared(difference))?;
    }
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
            writeln!(out, "{}", look::faint(&format!("  {} {hint}", count(number, noun)), options))?;
        }
    }
    if counts.templates + counts.broken + counts.templated == 0 {
        writeln!(out, "  no template among {}", count(counts.files, "file"))?;
    }
    Ok(())
}
