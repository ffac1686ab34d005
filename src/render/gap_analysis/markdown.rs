//! As Markdown.

use std::io;

use crate::diag::{GapAnalysis, Readiness, TaskGap};
use crate::render::markup;

use super::{MEANING, TITLE, counts, evidence, rules_by_readiness};

/// The longest text from a template in one cell, in characters.
const LONGEST: usize = 200;

/// Writes the gap analysis as Markdown.
///
/// # Errors
/// When writing fails.
pub fn gap_analysis_markdown(analysis: &GapAnalysis, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "# {TITLE}\n")?;
    let packs: Vec<String> = analysis.packs.iter().map(|pack| format!("`{}`", text(pack))).collect();
    let (version, packs) = (text(&analysis.version), packs.join(", "));
    let (templates, resources) = (analysis.templates, analysis.resources);
    writeln!(
        out,
        "Made by cfnward {version} with the rules of {packs} over {templates} templates with {resources} resources.\n"
    )?;
    writeln!(out, "| controls | rules |\n|---|---:|")?;
    for (readiness, count) in rules_by_readiness(analysis) {
        writeln!(out, "| {} | {count} |", state(readiness))?;
    }
    writeln!(out, "\nFindings: {}.\n\n{MEANING}\n", counts(&analysis.by_severity))?;
    writeln!(out, "## Tasks\n\n| area | task | state | failing | unsure | passing |\n|---|---|---|---:|---:|---:|")?;
    for area in &analysis.areas {
        for task in &area.tasks {
            let tally = task.tally;
            let (area, name, state) = (text(&area.name), text(&task.name), state(tally.readiness()));
            writeln!(out, "| {area} | {name} | {state} | {} | {} | {} |", tally.failing, tally.unsure, tally.passing)?;
        }
    }
    if !analysis.offenders.is_empty() {
        writeln!(out, "\n## Files with the most findings\n\n| file | findings |\n|---|---|")?;
        for offender in &analysis.offenders {
            writeln!(out, "| {} | {} |", text(&offender.path), counts(&offender.by_severity))?;
        }
    }
    if !analysis.incomplete.is_empty() {
        writeln!(out, "\n## Files that could not be judged, wholly or in part\n\n| file | |\n|---|---|")?;
        for (path, kind) in &analysis.incomplete {
            writeln!(out, "| {} | {} |", text(path), kind.as_str())?;
        }
    }
    for area in &analysis.areas {
        writeln!(out, "\n## {}", text(&area.name))?;
        for task in &area.tasks {
            section(task, out)?;
        }
    }
    Ok(())
}

fn section(task: &TaskGap, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "\n### {}\n", text(&task.name))?;
    let (idle, asked): (Vec<_>, Vec<_>) =
        task.rules.iter().partition(|gap| gap.tally.readiness() == Readiness::NotApplicable);
    if !asked.is_empty() {
        writeln!(out, "| control | severity | state | failing | unsure | passing |\n|---|---|---|---:|---:|---:|")?;
    }
    for gap in &asked {
        let (tally, rule) = (gap.tally, &gap.rule);
        let (title, id, severity) = (text(&rule.title), &rule.id, rule.severity.as_str());
        let state = state(tally.readiness());
        let (failing, unsure, passing) = (tally.failing, tally.unsure, tally.passing);
        writeln!(out, "| {title} (`{id}`) | {severity} | {state} | {failing} | {unsure} | {passing} |")?;
    }
    if !idle.is_empty() {
        let names: Vec<String> = idle.iter().map(|gap| format!("`{}`", gap.rule.id)).collect();
        writeln!(out, "\nNot applicable: {}.", names.join(", "))?;
    }
    for gap in asked.iter().filter(|gap| !gap.evidence.is_empty()) {
        writeln!(out, "\n**{}**: {}\n", text(&gap.rule.title), text(&gap.rule.fix))?;
        for finding in &gap.evidence {
            writeln!(out, "- {}", evidence(finding, text, |place| format!("{place}: ")))?;
        }
        if gap.findings > gap.evidence.len() {
            writeln!(out, "- and {} more", gap.findings - gap.evidence.len())?;
        }
    }
    Ok(())
}

fn state(readiness: Readiness) -> String {
    let mark = match readiness {
        Readiness::Failing => "❌",
        Readiness::Unsure => "❔",
        Readiness::Covered => "✅",
        Readiness::NotApplicable => "➖",
    };
    format!("{mark} {}", readiness.as_str())
}

fn text(text: &str) -> String {
    markup::markdown(text, LONGEST)
}
