//! Counting every question and how it came out.

use crate::diag::{Coverage, Judgement, Verdict};
use crate::eval::Statuses;
use crate::text::Span;

use super::checker::Question;
use super::explore::Exploration;
use super::texts::Text;

/// Counts the questions of one template.
pub(super) struct Counter<'s> {
    text: &'s Text<'s>,
    /// Whether every verdict is kept.
    details: bool,
    pub(super) coverage: Coverage,
}

impl<'s> Counter<'s> {
    pub(super) fn new(text: &'s Text<'s>, details: bool) -> Self {
        Self { text, details, coverage: Coverage::default() }
    }

    /// Counts one question.
    pub(super) fn add(&mut self, question: &Question<'_, '_>, exploration: &Exploration<'_>) {
        let verdict = verdict(exploration);
        let reasons = if verdict == Verdict::Unsure { reasons(exploration) } else { Vec::new() };
        let coverage = &mut self.coverage;
        coverage.questions += 1;
        *coverage.verdicts.entry(verdict).or_default() += 1;
        *coverage.deployments.entry(exploration.paths.len()).or_default() += 1;
        if let Some(reason) = reasons.first() {
            *coverage.reasons.entry(kind_of_reason(reason)).or_default() += 1;
        }
        if exploration.capped {
            coverage.capped += 1;
            coverage.capped_templates = 1;
        }
        if self.details {
            let entry = question.entry;
            let span = entry.map_or(Span::default(), |entry| entry.named.name_span);
            coverage.judgements.push(Judgement {
                rule: question.compiled.rule.info.id.to_string(),
                resource: entry.map(|entry| (entry.named.name.to_owned(), entry.resource_type.to_owned())),
                place: self.text.place(span),
                verdict,
                reasons,
            });
        }
    }
}

/// A failure in any deployment is a failure; what could not be asked may be one.
fn verdict(exploration: &Exploration<'_>) -> Verdict {
    let is = |wanted: Statuses| exploration.paths.iter().any(|path| path.outcome.statuses == wanted);
    let open = exploration
        .paths
        .iter()
        .any(|path| ![Statuses::FAIL, Statuses::PASS, Statuses::SKIP].contains(&path.outcome.statuses));
    if is(Statuses::FAIL) {
        Verdict::Fail
    } else if open || !exploration.is_complete() {
        Verdict::Unsure
    } else if is(Statuses::PASS) {
        Verdict::Pass
    } else {
        Verdict::NotApplicable
    }
}

fn reasons(exploration: &Exploration<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    let ours = [
        (exploration.error.is_some(), "a rule that could not be evaluated"),
        (exploration.impossible, "parameters of which no choice can be deployed"),
        (exploration.capped, "more deployments than are tried"),
    ];
    reasons.extend(ours.iter().filter(|(holds, _)| *holds).map(|(_, reason)| (*reason).to_owned()));
    for path in &exploration.paths {
        for check in &path.outcome.checks {
            for unknown in &check.depends_on {
                if !reasons.iter().any(|reason| reason == unknown.reason) {
                    reasons.push(unknown.reason.to_owned());
                }
            }
        }
    }
    if reasons.is_empty() {
        reasons.push("a value that decides whether the rule applies".to_owned());
    }
    reasons
}

/// A reason without the names in it: ``parameter `…` ``.
pub(super) fn kind_of_reason(reason: &str) -> String {
    let mut kind = String::new();
    for (index, piece) in reason.split('`').enumerate() {
        match index % 2 {
            0 => kind.push_str(piece),
            _ if (piece.starts_with("Fn::") || piece.starts_with("AWS::")) && !piece.contains([' ', '.']) => {
                kind.push_str(&format!("`{piece}`"));
            }
            _ if index == 1 && kind.is_empty() => {
                kind.push_str(if piece.contains('.') { "an attribute of a resource" } else { "a resource" });
            }
            _ => kind.push('\u{2026}'),
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::kind_of_reason;

    #[test]
    fn names_are_left_out_of_reasons() {
        for (reason, kind) in [
            ("parameter `Cidr`", "parameter …"),
            ("`Fn::ImportValue` of `net-vpc`", "`Fn::ImportValue` of …"),
            ("`Stack.Outputs.X`", "an attribute of a resource"),
            ("`Bucket`", "a resource"),
            ("pseudo parameter `AWS::Region`", "pseudo parameter `AWS::Region`"),
        ] {
            assert_eq!(kind_of_reason(reason), kind);
        }
    }
}
