//! What keeps rules from judging.

use std::sync::Arc;

use crate::diag::{Code, LIMITS, Place, Problem};
use crate::resolve::Resolver;
use crate::rules::Rule;
use crate::text::Span;

use super::checker::{Judged, Settings};
use super::compiled::Compiled;
use super::explore::{Exploration, Shortage};
use super::findings::Subject;
use super::texts::Text;

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
    if exploration.error.is_none() && !exploration.impossible && !exploration.capped {
        return;
    }
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
            | Code::LimitReached
            | Code::TimeLimit
            | Code::MemoryLimit
            | Code::FileTooBig
            | Code::ScenarioImpossible
            | Code::NestedBudget
            | Code::NestedMissing
    )
}

/// Says which limits were reached in the outermost template, whose text this is, and in the stacks nested in it: all of
/// them take from the same.
pub(super) fn note_limits(judged: &mut Judged, resolver: &Resolver<'_>, text: &Text<'_>, settings: &Settings) {
    let shortage = judged.shortage;
    let mut note = |code: Code, span: Option<Span>, message: String, help: String| {
        judged.partial = true;
        let place = text.place(span.unwrap_or_default());
        judged.problems.push(Problem { code, message, place, related: Vec::new(), help: Some(help) });
    };
    match shortage {
        None => {}
        Some(Shortage::Time) => {
            let seconds = settings.limits.seconds;
            let message = format!("after {seconds} seconds the rules that were left were not asked");
            note(Code::TimeLimit, None, message, "raise the limit `seconds`, or pin parameters".to_owned());
        }
        Some(Shortage::Memory) => {
            let bytes = settings.limits.memory;
            let message = format!("at {bytes} bytes of memory the rules that were left were not asked");
            note(Code::MemoryLimit, None, message, "raise the limit `memory`, or split the template".to_owned());
        }
    }
    for (name, span) in resolver.reached_limits() {
        let Some(limit) = LIMITS.iter().find(|limit| limit.name == name) else { continue };
        let message = format!("the limit `{name}` is reached: {}", limit.meaning.trim());
        note(Code::LimitReached, span, message, format!("raise the limit `{name}`"));
    }
}
