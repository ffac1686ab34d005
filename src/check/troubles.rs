//! What keeps rules from judging.

use std::sync::Arc;

use crate::diag::{Code, Place, Problem};
use crate::rules::Rule;
use crate::text::Span;

use super::checker::Judged;
use super::compiled::Compiled;
use super::explore::Exploration;
use super::findings::Subject;

/// A problem of a rule's own text.
pub(super) fn rule_problem(rule: &Rule, span: Span, message: String) -> Option<Problem> {
    let (source, span) = rule.text.locate(span)?;
    let place = Place::new(source, &Arc::new(source.name().clone()), span);
    Some(Problem { code: Code::GuardEvaluation, message, place, related: Vec::new(), help: None })
}

/// Says why a rule could not, or not wholly, judge what it was asked of.
pub(super) fn note_troubles(
    judged: &mut Judged,
    compiled: &Compiled,
    subject: &Subject<'_, '_>,
    exploration: &Exploration<'_>,
) {
    let span = subject.entry.map_or_else(Span::default, |entry| entry.named.name_span);
    let place = || subject.text.place(span);
    let rule = &compiled.rule.info.id;
    let on = subject.entry.map_or_else(|| "the template".to_owned(), |entry| format!("`{}`", entry.named.name));
    if let Some(error) = &exploration.error {
        judged.partial = true;
        judged.problems.push(Problem {
            code: Code::GuardEvaluation,
            message: format!("rule `{rule}` could not be evaluated on {on}: {}", error.message),
            place: place(),
            related: Vec::new(),
            help: None,
        });
    }
    if exploration.impossible {
        judged.partial = true;
        judged.problems.push(Problem {
            code: Code::ScenarioImpossible,
            message: format!("no choice of parameters can be deployed, so rule `{rule}` did not judge {on}"),
            place: place(),
            related: Vec::new(),
            help: Some(
                "look at `Rules` and at the constraints of the parameters: they contradict each other".to_owned(),
            ),
        });
    }
    if exploration.capped {
        judged.partial = true;
        judged.problems.push(Problem {
            code: Code::ScenarioBudget,
            message: format!("{on} depends on too many parameters for rule `{rule}`: not every combination was tried"),
            place: place(),
            related: Vec::new(),
            help: Some("pin parameters with `--parameter NAME=VALUE`".to_owned()),
        });
    }
}

/// Whether there may be findings that are not known because of a problem.
pub(super) fn hides_findings(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::GuardEvaluation
            | Code::ScenarioBudget
            | Code::ScenarioImpossible
            | Code::NestedBudget
            | Code::NestedMissing
    )
}
