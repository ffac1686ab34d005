//! A summary in Markdown, for the page of a job or a comment on a pull request.
//!
//! Comments take 65,536 characters, pages of jobs a mebibyte, and what is longer is refused as a whole: so the document
//! is written worst first until there is no room, and says what was left out. It begins with a comment that nobody
//! sees, by which a later run finds the comment that it replaces.

use std::collections::BTreeMap;
use std::io;

use crate::diag::{Finding, Level, Problem, Report, Severity};

use super::escape::line;
use super::links::permalink;
use super::markup::{html, markdown as words, markdown_with_code};
use super::prose::count;
use super::selection::{counting, deployments, remarks, rules_by_id, sections, silenced, totals, weight_word};
use super::{Options, documented_at};

/// What a later run finds the comment by.
const MARKER: &str = "<!-- cfnward: report -->";
/// The most characters of the document.
const MOST_CHARACTERS: usize = 65_536;
/// What is kept free for the words that end the document.
const RESERVE: usize = 1_000;
/// The most findings in the first table.
const MOST_ROWS: usize = 25;
/// The most characters of one text of a template.
const LONGEST: usize = 300;

/// Writes a report as Markdown.
///
/// # Errors
/// Those of the writer.
pub fn markdown(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { text: String::new(), room: MOST_CHARACTERS - RESERVE, left_out: 0 };
    head(report, options, &mut page);
    problems(report, options, &mut page);
    for section in sections(report, options) {
        if section.heading.is_empty() {
            table(&section.findings, report, options, &mut page);
            by_file(&section.findings, report, options, &mut page);
        } else {
            aside(section.heading, &section.findings, options, &mut page);
        }
    }
    if let Some(difference) = report.difference.as_ref().filter(|difference| !difference.fixed.is_empty()) {
        // Their places are in the texts of the base, to which there are no links.
        let options = Options { source_url: None, ..options.clone() };
        aside("Fixed by this change", &difference.fixed.iter().collect::<Vec<_>>(), &options, &mut page);
    }
    if page.left_out > 0 {
        let what = count(page.left_out, "more line");
        page.text.push_str(&format!(
            "\n> **Cut here:** {what} would not fit into the {MOST_CHARACTERS} characters of a comment. Other formats \
             carry everything.\n"
        ));
    }
    out.write_all(page.text.as_bytes())
}

/// The document so far.
struct Page {
    text: String,
    /// In characters.
    room: usize,
    left_out: usize,
}

impl Page {
    /// Adds a piece if there is room for it and for what must follow it. Nothing comes after the first piece that did
    /// not fit, so that what is shown is the worst.
    fn add(&mut self, piece: &str, follows: usize) -> bool {
        let size = piece.chars().count();
        if self.left_out > 0 || size + follows > self.room {
            self.left_out += 1;
            return false;
        }
        self.room -= size;
        self.text.push_str(piece);
        true
    }

    /// Adds what closes something; room was kept for it.
    fn close(&mut self, piece: &str) {
        self.room = self.room.saturating_sub(piece.chars().count());
        self.text.push_str(piece);
    }
}

fn head(report: &Report, options: &Options, page: &mut Page) {
    let findings = report.summary().findings;
    let mut text = format!("{MARKER}\n## cfnward: {}\n\n{}.\n", count(findings, "finding"), totals(report));
    if findings > 0 {
        let numbers: Vec<(Severity, usize)> =
            Severity::ALL.into_iter().rev().map(|severity| (severity, counting(report, severity))).collect();
        let names: Vec<String> =
            numbers.iter().map(|(severity, _)| format!("{} {}", mark(*severity), severity.as_str())).collect();
        let numbers: Vec<String> = numbers.iter().map(|(_, number)| number.to_string()).collect();
        text.push_str(&format!("\n| {} |\n|{}\n| {} |\n", names.join(" | "), "---:|".repeat(5), numbers.join(" | ")));
    }
    for remark in remarks(report, options) {
        text.push_str(&format!("\n> {remark}\n"));
    }
    page.add(&text, 0);
}

/// What could not be judged stands above what was found: it looks like safety otherwise.
fn problems(report: &Report, options: &Options, page: &mut Page) {
    let of = |level: Level| report.problems.iter().filter(move |problem| problem.code.level() == level);
    let entry = |problem: &Problem| {
        let at = format!("{}:{}", problem.place.source.display, problem.place.start.line);
        let place = link(&code(&at), permalink(&problem.place, options));
        format!("- {place} {} (`{}`)\n", markdown_with_code(&problem.message, LONGEST), problem.code.id())
    };
    if of(Level::Error).next().is_some() && page.add("\n### Not judged\n\n", 0) {
        for problem in of(Level::Error) {
            page.add(&entry(problem), 0);
        }
    }
    let warnings = of(Level::Warning).count();
    let closing = "\n</details>\n";
    let opening = format!("\n<details><summary>{} about the input</summary>\n\n", count(warnings, "warning"));
    if warnings > 0 && page.add(&opening, closing.len()) {
        for problem in of(Level::Warning) {
            page.add(&entry(problem), closing.len());
        }
        page.close(closing);
    }
}

/// The worst findings, one in each row.
fn table(findings: &[&Finding], report: &Report, options: &Options, page: &mut Page) {
    let rules = rules_by_id(report);
    let mut heading = String::from("\n### Findings\n\n");
    if findings.len() > MOST_ROWS {
        heading.push_str(&format!("The worst {MOST_ROWS} of {}; all of them by file below.\n\n", findings.len()));
    }
    heading.push_str("| severity | where | what | rule |\n|---|---|---|---|\n");
    if !page.add(&heading, 0) {
        return;
    }
    for finding in findings.iter().take(MOST_ROWS) {
        let rule = link(&code(&finding.rule), rules.get(&*finding.rule).and_then(|rule| documented_at(rule)));
        let severity = format!("{} {}", mark(finding.severity), finding.severity.as_str());
        let row = format!("| {severity} | {} | {} | {rule} |\n", place(finding, options), what(finding));
        page.add(&row, 0);
    }
}

/// All of them, by file, folded up, with what to do.
fn by_file(findings: &[&Finding], report: &Report, options: &Options, page: &mut Page) {
    let rules = rules_by_id(report);
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        files.entry(&finding.place.source.display).or_default().push(finding);
    }
    let closing = "\n</details>\n";
    for (path, findings) in files {
        let number = count(findings.len(), "finding");
        let opening = format!("\n<details><summary><code>{}</code>: {number}</summary>\n\n", html(path, LONGEST));
        if !page.add(&opening, closing.len()) {
            page.left_out += findings.len() - 1;
            continue;
        }
        for finding in findings {
            let at = link(&format!("line {}", finding.place.start.line), permalink(&finding.place, options));
            let mut entry = format!(
                "- {} **{}** {at}: {} ({})\n",
                mark(finding.severity),
                weight_word(finding),
                what(finding),
                code(&finding.rule)
            );
            if let Some(rule) = rules.get(&*finding.rule).filter(|rule| !rule.fix.trim().is_empty()) {
                entry.push_str(&format!("  <br>Fix: {}\n", markdown_with_code(&rule.fix, LONGEST)));
            }
            page.add(&entry, closing.len());
        }
        page.close(closing);
    }
}

/// Findings that do not count, folded up.
fn aside(heading: &str, findings: &[&Finding], options: &Options, page: &mut Page) {
    let closing = "\n</details>\n";
    let opening = format!("\n<details><summary>{heading} ({})</summary>\n\n", findings.len());
    if !page.add(&opening, closing.len()) {
        page.left_out += findings.len() - 1;
        return;
    }
    for finding in findings {
        let by = silenced(finding).map(|by| format!("; {}", words(&by, LONGEST))).unwrap_or_default();
        let rule = code(&finding.rule);
        let entry = format!("- {} {} ({rule}){by}\n", place(finding, options), what(finding));
        page.add(&entry, closing.len());
    }
    page.close(closing);
}

fn what(finding: &Finding) -> String {
    let mut what = markdown_with_code(&finding.message, LONGEST);
    let when = deployments(finding);
    if !when.is_empty() {
        what.push_str(&format!("; *{}*", markdown_with_code(&when, LONGEST)));
    }
    what
}

fn place(finding: &Finding, options: &Options) -> String {
    let at = format!("{}:{}", finding.place.source.display, finding.place.start.line);
    link(&code(&at), permalink(&finding.place, options))
}

/// Text as code.
fn code(text: &str) -> String {
    let shown = line(text, LONGEST);
    if shown.trim().is_empty() || shown.contains('`') {
        return format!("<code>{}</code>", words(&shown, LONGEST));
    }
    // A bar ends the cell of a table even inside of code.
    format!("`{}`", shown.replace('|', "\\|"))
}

fn link(text: &str, address: Option<String>) -> String {
    match address {
        Some(address) => format!("[{text}]({address})"),
        None => text.to_owned(),
    }
}

fn mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "🟣",
        Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low => "🟡",
        Severity::Info => "🔵",
    }
}
