//! A page that needs nothing else: everything that was found, to read, search and print.
//!
//! The page is complete without its script, which only hides what a filter leaves out and moves the keyboard's focus: it
//! puts no text into the page. The page's policy allows this style and this script by their hashes and nothing else: no
//! network, no other script, no form.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::diag::{Finding, Label, Level, Place, Problem, Report, RuleInfo, Severity};

use super::escape::source;
use super::links::permalink;
use super::markup::{html as text_up_to, html_exact};
use super::page::hash;
use super::prose::{count, sentence};
use super::selection::{counting, deployments, remarks, rules_by_id, sections, silenced, totals, weight, weight_word};
use super::{Options, documented_at};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// The most characters of one text of a template.
const LONGEST: usize = 1_000;
/// The most places of one value's way that are shown.
const MOST_STEPS: usize = 12;

/// Writes a report as a page.
///
/// # Errors
/// Those of the writer.
pub fn html(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let sections = sections(report, options);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src '{}'; style-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>cfnward: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        hash(SCRIPT),
        hash(STYLE),
        count(report.summary().findings, "finding"),
    )?;
    head(report, options, out)?;
    let all: Vec<&Finding> = sections.iter().flat_map(|section| section.findings.iter().copied()).collect();
    tools(&all, out)?;
    writeln!(out, "<main id=\"findings\">")?;
    problems(report, Level::Error, "Not judged", options, out)?;
    for section in &sections {
        let heading = if section.heading.is_empty() { "Findings" } else { section.heading };
        writeln!(out, "<section>\n<h2>{heading} <span class=\"soft\">{}</span></h2>", section.findings.len())?;
        by_file(&section.findings, report, options, out)?;
        writeln!(out, "</section>")?;
    }
    fixed(report, out)?;
    if all.is_empty() {
        writeln!(out, "<p>Nothing was found.</p>")?;
    }
    writeln!(out, "<p id=\"nothing\" hidden>Nothing fits the filters.</p>")?;
    problems(report, Level::Warning, "Problems of the input", options, out)?;
    explained(&all, report, out)?;
    writeln!(out, "</main>\n<footer>{} {}</footer>", text("Made by cfnward"), text(&report.version))?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

fn text(text: &str) -> String {
    text_up_to(text, LONGEST)
}

/// Text in which what stands between two backticks is code.
fn prose(words: &str) -> String {
    let shown = text(words);
    let pieces: Vec<&str> = shown.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return shown;
    }
    let piece = |(index, piece): (usize, &&str)| {
        if index % 2 == 0 { (*piece).to_owned() } else { format!("<code>{piece}</code>") }
    };
    pieces.iter().enumerate().map(piece).collect()
}

fn head(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<header>\n<h1>cfnward</h1>\n<p class=\"totals\">{}</p>\n<ul class=\"cards\">", totals(report))?;
    for severity in Severity::ALL.into_iter().rev() {
        let (number, word) = (counting(report, severity), severity.as_str());
        writeln!(out, "<li class=\"{word}\"><b>{number}</b> {word}</li>")?;
    }
    writeln!(out, "</ul>")?;
    for remark in remarks(report, options) {
        writeln!(out, "<p class=\"remark\">{}</p>", text(&remark))?;
    }
    writeln!(out, "</header>")
}

/// What filters; hidden until the script shows it.
fn tools(findings: &[&Finding], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "<div id=\"tools\" role=\"search\" aria-label=\"Filter findings\" hidden>\n\
         <label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" \
         aria-keyshortcuts=\"/\"></label>\n<fieldset><legend>Severity</legend>"
    )?;
    let weights: BTreeSet<(Option<Severity>, &str)> =
        findings.iter().map(|finding| (weight(finding), weight_word(finding))).collect();
    for (_, word) in weights.iter().rev() {
        writeln!(out, "<label><input type=\"checkbox\" name=\"severity\" value=\"{word}\" checked> {word}</label>")?;
    }
    writeln!(out, "</fieldset>")?;
    choice("rule", "Rule", findings.iter().map(|finding| &*finding.rule).collect(), out)?;
    choice("file", "File", findings.iter().map(|finding| &*finding.place.source.display).collect(), out)?;
    writeln!(
        out,
        "<output id=\"count\"></output>\n<button id=\"open\" type=\"button\">Open all</button>\n\
         <p class=\"keys\"><kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous, <kbd>Enter</kbd> open, \
         <kbd>Esc</kbd> clear</p>\n</div>"
    )
}

fn choice(id: &str, label: &str, values: BTreeSet<&str>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<label>{label} <select id=\"{id}\"><option value=\"\">all</option>")?;
    for value in values {
        let value = text(value);
        writeln!(out, "<option value=\"{value}\">{value}</option>")?;
    }
    writeln!(out, "</select></label>")
}

fn problems(
    report: &Report,
    level: Level,
    heading: &str,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let problems: Vec<&Problem> = report.problems.iter().filter(|one| one.code.level() == level).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let number = problems.len();
    writeln!(out, "<section>\n<h2>{heading} <span class=\"soft\">{number}</span></h2>\n<ul class=\"problems\">")?;
    for problem in problems {
        writeln!(
            out,
            "<li>{} {} <code class=\"soft\">{}</code>",
            place(&problem.place, &full(&problem.place), options),
            prose(&problem.message),
            problem.code.id()
        )?;
        if let Some(help) = &problem.help {
            writeln!(out, "<br>{}", prose(&sentence(help)))?;
        }
        writeln!(out, "</li>")?;
    }
    writeln!(out, "</ul>\n</section>")
}

/// What a change repairs, at the places that it had before.
fn fixed(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let fixed = report.difference.as_ref().map(|difference| &*difference.fixed).unwrap_or_default();
    if fixed.is_empty() {
        return Ok(());
    }
    let number = fixed.len();
    writeln!(out, "<section>\n<h2>Fixed by this change <span class=\"soft\">{number}</span></h2>")?;
    writeln!(out, "<ul class=\"problems\">")?;
    for finding in fixed {
        let (at, rule) = (text(&full(&finding.place)), text(&finding.rule));
        let what = prose(&finding.message);
        writeln!(out, "<li><code>{at}</code> {what} <code class=\"soft\">{rule}</code></li>")?;
    }
    writeln!(out, "</ul>\n</section>")
}

fn by_file(findings: &[&Finding], report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let rules = rules_by_id(report);
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        files.entry(&finding.place.source.display).or_default().push(finding);
    }
    for (path, findings) in files {
        let number = findings.len();
        writeln!(out, "<section class=\"file\">\n<h3>{} <span class=\"soft\">{number}</span></h3>", text(path))?;
        for finding in findings {
            one(finding, rules.get(&*finding.rule).copied(), options, out)?;
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn one(finding: &Finding, rule: Option<&RuleInfo>, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let weight = weight_word(finding);
    let id = text(&finding.rule);
    writeln!(
        out,
        "<details class=\"finding {weight}\" data-severity=\"{weight}\" data-rule=\"{id}\" data-file=\"{}\">\n\
         <summary><span class=\"severity\">{weight}</span> <span class=\"what\">{}</span> \
         <span class=\"soft\">line {}, <code>{id}</code></span></summary>",
        text(&finding.place.source.display),
        prose(&finding.message),
        finding.place.start.line
    )?;
    excerpt(&finding.place, options, out)?;
    writeln!(out, "<dl>")?;
    let mut entry = |name: &str, what: &str| {
        if what.is_empty() { Ok(()) } else { writeln!(out, "<dt>{name}</dt><dd>{what}</dd>") }
    };
    if let Some(resource) = &finding.resource {
        let (name, kind) = (text(&resource.logical_id), text(&resource.resource_type));
        entry("Resource", &format!("<code>{name}</code> ({kind})"))?;
    }
    if !finding.property.is_empty() {
        entry("Property", &format!("<code>{}</code>", text(&finding.property)))?;
    }
    entry("Holds", &prose(&deployments(finding)))?;
    let choices: Vec<String> = finding.witness.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
    if !choices.is_empty() {
        entry("Replay", &format!("<code>--parameter {}</code>", text(&choices.join(" --parameter "))))?;
    }
    entry("Value from", &steps(&finding.origins, options))?;
    entry("Deployed by", &steps(&finding.through, options))?;
    entry("Construct", &finding.construct.as_deref().map(text).unwrap_or_default())?;
    entry("Suppressed", &silenced(finding).map(|by| prose(&by)).unwrap_or_default())?;
    if let Some(rule) = rule {
        entry("Fix", &prose(&rule.fix))?;
        entry("More", &format!("<a href=\"#rule-{}\">why, and other names of the rule</a>", anchor(&rule.id)))?;
    }
    writeln!(out, "</dl>\n</details>")
}

/// The part of a page's address that names a rule.
fn anchor(id: &str) -> String {
    id.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                char::from(byte).to_string()
            } else {
                format!("-{byte:02x}")
            }
        })
        .collect()
}

fn steps(labels: &[Label], options: &Options) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let item = |label: &Label| {
        format!("<li>{} {}</li>", place(&label.place, &full(&label.place), options), prose(&label.text))
    };
    let items: String = labels.iter().take(MOST_STEPS).map(item).collect();
    let more = labels.len().saturating_sub(MOST_STEPS);
    let more = if more > 0 { format!("<li>and {}</li>", count(more, "more step")) } else { String::new() };
    format!("<ol>{items}{more}</ol>")
}

fn full(place: &Place) -> String {
    format!("{}:{}:{}", place.source.display, place.start.line, place.start.column)
}

/// A place, with a link when it is known where files can be read.
fn place(place: &Place, shown: &str, options: &Options) -> String {
    let shown = text(shown);
    match permalink(place, options) {
        Some(address) => format!("<a href=\"{}\"><code>{shown}</code></a>", html_exact(&address)),
        None => format!("<code>{shown}</code>"),
    }
}

/// The lines of the finding, what decides it marked.
fn excerpt(at: &Place, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let excerpt = &at.excerpt;
    writeln!(out, "<p>{}</p>", place(at, &full(at), options))?;
    if excerpt.text.is_empty() {
        return Ok(());
    }
    let first_of_file = excerpt.first_line == 1 && !excerpt.cut_before;
    let (shown, span) = source(&excerpt.text, excerpt.span.start()..excerpt.span.end(), first_of_file);
    write!(out, "<pre tabindex=\"0\">")?;
    let mut begin = 0;
    for (number, line) in (excerpt.first_line..).zip(shown.split('\n')) {
        let end = begin + line.len();
        let part = |from: usize, to: usize| {
            let (from, to) = (from.clamp(begin, end), to.clamp(begin, end));
            html_exact(shown.get(from..to).unwrap_or_default())
        };
        let marked = part(span.start, span.end);
        let marked = if marked.is_empty() { marked } else { format!("<mark>{marked}</mark>") };
        // A number before each line: no line of the page begins with what a template says.
        writeln!(
            out,
            "<span class=\"number\">{number:>5}</span> {}{marked}{}",
            part(begin, span.start),
            part(span.end.max(begin), end)
        )?;
        begin = end + 1;
    }
    writeln!(out, "</pre>")
}

/// Why the rules that found something exist.
fn explained(findings: &[&Finding], report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let used: BTreeSet<&str> = findings.iter().map(|finding| &*finding.rule).collect();
    let rules: Vec<&RuleInfo> =
        report.rules.iter().map(|rule| &**rule).filter(|rule| used.contains(&*rule.id)).collect();
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "<section class=\"rules\">\n<h2>Rules <span class=\"soft\">{}</span></h2>", rules.len())?;
    for rule in rules {
        writeln!(out, "<article id=\"rule-{}\">\n<h3><code>{}</code></h3>", anchor(&rule.id), text(&rule.id))?;
        writeln!(out, "<p><b>{}</b></p>", prose(&sentence(&rule.title)))?;
        for part in [&rule.why, &rule.fix] {
            if !part.trim().is_empty() {
                writeln!(out, "<p>{}</p>", prose(part))?;
            }
        }
        let mut facts = vec![format!("Severity {}", rule.severity.as_str())];
        if !rule.controls.is_empty() {
            facts.push(format!("controls {}", text(&rule.controls.join(", "))));
        }
        for framework in &*rule.frameworks {
            facts.push(format!("{} {}", text(&framework.name), text(&framework.requirements.join(", "))));
        }
        if !rule.aliases.is_empty() {
            facts.push(format!("elsewhere {}", text(&rule.aliases.join(", "))));
        }
        writeln!(out, "<p class=\"soft\">{}.</p>", facts.join("; "))?;
        let page = documented_at(rule);
        let links: Vec<String> = page
            .iter()
            .map(String::as_str)
            .chain(rule.links.iter().map(|link| &**link))
            .filter(|link| link.starts_with("https://"))
            .map(|link| format!("<li><a href=\"{0}\">{0}</a></li>", text(link)))
            .collect();
        if !links.is_empty() {
            writeln!(out, "<ul>{}</ul>", links.concat())?;
        }
        writeln!(out, "</article>")?;
    }
    writeln!(out, "</section>")
}
