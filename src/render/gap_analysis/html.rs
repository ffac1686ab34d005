//! As a page: self-contained, printable, without scripts.

use std::io;

use crate::diag::{GapAnalysis, Readiness, RuleGap, Tally, TaskGap};
use crate::render::markup;

use super::{MEANING, TITLE, counts, evidence, rules_by_readiness};

const STYLE: &str = include_str!("page.css");
/// The longest text from a template in one place, in characters.
const LONGEST: usize = 300;

/// Writes the gap analysis as an HTML page that needs nothing else.
///
/// # Errors
/// When writing fails.
pub fn gap_analysis_html(analysis: &GapAnalysis, out: &mut dyn io::Write) -> io::Result<()> {
    // No script, no picture, no address: whatever a template says, the page only shows it.
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{TITLE}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{TITLE}</h1>\n"
    )?;
    let packs: Vec<String> = analysis.packs.iter().map(|pack| format!("<code>{}</code>", text(pack))).collect();
    let (version, packs) = (text(&analysis.version), packs.join(", "));
    let (templates, resources) = (analysis.templates, analysis.resources);
    writeln!(
        out,
        "<p>Made by cfnward {version} with the rules of {packs} over <b>{templates}</b> templates with \
         <b>{resources}</b> resources.</p>\n<ul class=\"cards\">"
    )?;
    for (readiness, count) in rules_by_readiness(analysis) {
        writeln!(out, "<li class=\"{}\"><b>{count}</b> controls {}</li>", class(readiness), readiness.as_str())?;
    }
    writeln!(out, "</ul>\n<p>Findings: {}.</p>", counts(&analysis.by_severity))?;
    writeln!(out, "<p class=\"note\">{MEANING}</p>\n<h2>Tasks</h2>")?;
    table_of_tasks(analysis, out)?;
    let offenders = analysis.offenders.iter().map(|one| (one.path.as_str(), counts(&one.by_severity))).collect();
    table("Files with the most findings", offenders, out)?;
    let incomplete = analysis.incomplete.iter().map(|(path, kind)| (path.as_str(), kind.as_str().to_owned())).collect();
    table("Files that could not be judged, wholly or in part", incomplete, out)?;
    for (number, area) in analysis.areas.iter().enumerate() {
        writeln!(out, "<h2>{}</h2>", text(&area.name))?;
        for (place, task) in area.tasks.iter().enumerate() {
            section(task, &anchor(number, place), out)?;
        }
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

fn anchor(area: usize, task: usize) -> String {
    format!("task-{}-{}", area + 1, task + 1)
}

fn table_of_tasks(analysis: &GapAnalysis, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "<table>\n<thead><tr><th>Area</th><th>Task</th><th>State</th><th>Failing</th><th>Unsure</th><th>Passing</th>\
         <th>Share</th></tr></thead>\n<tbody>"
    )?;
    for (number, area) in analysis.areas.iter().enumerate() {
        for (place, task) in area.tasks.iter().enumerate() {
            let tally = task.tally;
            writeln!(
                out,
                "<tr><td>{}</td><td><a href=\"#{}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                if place == 0 { text(&area.name) } else { String::new() },
                anchor(number, place),
                text(&task.name),
                state(tally.readiness()),
                tally.failing,
                tally.unsure,
                tally.passing,
                bar(tally)
            )?;
        }
    }
    writeln!(out, "</tbody>\n</table>")
}

/// The shares of what passes, is unsure and fails.
fn bar(tally: Tally) -> String {
    let all = tally.failing + tally.unsure + tally.passing;
    if all == 0 {
        return String::new();
    }
    let part = |count: usize, class: &str| {
        if count == 0 {
            return String::new();
        }
        // One in a thousand is still to be seen.
        let width = (count * 100 / all).max(2);
        format!("<i class=\"{class}\" style=\"width:{width}%\"></i>")
    };
    let parts = [part(tally.passing, "covered"), part(tally.unsure, "unsure"), part(tally.failing, "failing")].concat();
    format!("<span class=\"bar\" role=\"img\" aria-label=\"{} of {all} pass\">{parts}</span>", tally.passing)
}

fn table(title: &str, rows: Vec<(&str, String)>, out: &mut dyn io::Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{title}</h2>\n<table>\n<tbody>")?;
    for (path, what) in rows {
        writeln!(out, "<tr><td><code>{}</code></td><td>{what}</td></tr>", text(path))?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn section(task: &TaskGap, anchor: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "<section id=\"{anchor}\">\n<h3>{} {}</h3>", text(&task.name), state(task.tally.readiness()))?;
    let (idle, asked): (Vec<_>, Vec<_>) =
        task.rules.iter().partition(|gap| gap.tally.readiness() == Readiness::NotApplicable);
    for gap in asked {
        control(gap, out)?;
    }
    if !idle.is_empty() {
        let names: Vec<String> = idle.iter().map(|gap| format!("<code>{}</code>", text(&gap.rule.id))).collect();
        writeln!(out, "<p class=\"note\">Not applicable: {}.</p>", names.join(", "))?;
    }
    writeln!(out, "</section>")
}

fn control(gap: &RuleGap, out: &mut dyn io::Write) -> io::Result<()> {
    let (tally, rule) = (gap.tally, &gap.rule);
    let open = if tally.readiness() == Readiness::Failing { " open" } else { "" };
    writeln!(
        out,
        "<details{open}>\n<summary>{} {} <code>{}</code> <span class=\"severity\">{}</span> \
         <span class=\"note\">{} failing, {} unsure, {} passing</span></summary>",
        state(tally.readiness()),
        text(&rule.title),
        text(&rule.id),
        rule.severity.as_str(),
        tally.failing,
        tally.unsure,
        tally.passing
    )?;
    if !gap.evidence.is_empty() {
        writeln!(out, "<p>{}</p>\n<ul class=\"evidence\">", text(&rule.fix))?;
        for finding in &gap.evidence {
            writeln!(out, "<li>{}</li>", evidence(finding, text, |place| format!("<code>{place}</code> ")))?;
        }
        if gap.findings > gap.evidence.len() {
            writeln!(out, "<li>and {} more</li>", gap.findings - gap.evidence.len())?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</details>")
}

fn state(readiness: Readiness) -> String {
    format!("<span class=\"state {}\">{}</span>", class(readiness), readiness.as_str())
}

fn class(readiness: Readiness) -> &'static str {
    match readiness {
        Readiness::Failing => "failing",
        Readiness::Unsure => "unsure",
        Readiness::Covered => "covered",
        Readiness::NotApplicable => "idle",
    }
}

fn text(text: &str) -> String {
    markup::html(text, LONGEST)
}
