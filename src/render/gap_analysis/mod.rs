//! The security gap analysis: the document that a team hands in, as Markdown, as a page, and for programs.

mod html;
mod json;
mod markdown;

pub use html::gap_analysis_html;
pub use json::gap_analysis_json;
pub use markdown::gap_analysis_markdown;

use crate::diag::{Finding, GapAnalysis, Readiness, Severity};

/// What stands at the head of the document.
const TITLE: &str = "Security gap analysis";
/// What the states mean, in the words of the document.
const MEANING: &str = "A control is failing when it fails for at least one resource in some deployment, unsure when \
    nothing in the templates decides it, covered when all that it judges passes, not applicable when the templates \
    hold nothing that it judges.";

/// A finding's place, message and deployments, each made harmless by `text`; the place is handed to `place` besides.
fn evidence(finding: &Finding, text: fn(&str) -> String, place: fn(&str) -> String) -> String {
    let deployments = finding.deployments();
    let when = if deployments.is_empty() { String::new() } else { format!(" ({})", text(&deployments)) };
    let at = format!("{}:{}", text(&finding.place.source.display), finding.place.start.line);
    format!("{}{}{when}", place(&at), text(&finding.message))
}

/// `3 critical, 1 low`.
fn counts(by_severity: &[(Severity, usize)]) -> String {
    let words: Vec<String> =
        by_severity.iter().map(|(severity, count)| format!("{count} {}", severity.as_str())).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The rules by how far they are met, worst first, those without any included.
fn rules_by_readiness(analysis: &GapAnalysis) -> impl Iterator<Item = (Readiness, usize)> + '_ {
    Readiness::ALL.into_iter().map(|one| (one, analysis.rules.get(&one).copied().unwrap_or_default()))
}
