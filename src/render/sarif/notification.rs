//! Problems of inputs, and what a log leaves out, as notifications.

use std::collections::BTreeSet;

use crate::diag::{Code, Problem};
use crate::render::HOME;
use crate::render::prose::{count, sentence};

use super::shape::{Descriptor, LeftOut, Notification, text};
use super::wording::{escaped, one_line};
use super::{reference, region};

/// The most problems that a log names.
const MOST_PROBLEMS: usize = 1_000;
/// The notification that says how many results were left out.
const RESULTS_LEFT_OUT: &str = "output.results-left-out";
/// The notification that says how many problems were left out.
const PROBLEMS_LEFT_OUT: &str = "output.problems-left-out";

/// The notifications of a run and the descriptors of their kinds: for each problem, and for what is left out of the log.
pub(super) fn notifications(
    problems: &[Problem],
    results_left_out: usize,
    most_results: usize,
) -> (Vec<Descriptor<'static>>, Vec<Notification<'_>>) {
    // What takes most away is said first.
    let mut problems: Vec<&Problem> = problems.iter().collect();
    problems.sort_by_key(|problem| std::cmp::Reverse(problem.code.level()));
    let problems_left_out = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    let codes: BTreeSet<Code> = problems.iter().map(|problem| problem.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let mut kinds: Vec<Descriptor<'_>> = codes.iter().map(|code| kind(code.id(), code.description())).collect();
    let mut notifications: Vec<Notification<'_>> =
        problems.iter().map(|problem| notification(problem, &codes)).collect();
    if results_left_out > 0 {
        let what = count(results_left_out, "result");
        let message = format!("{what} of lower severity left out: this log keeps {most_results}.");
        notifications.push(left_out(RESULTS_LEFT_OUT, message, results_left_out, kinds.len()));
        kinds.push(kind(RESULTS_LEFT_OUT, "Results were left out because the log would be too long."));
    }
    if problems_left_out > 0 {
        let what = count(problems_left_out, "problem");
        let message = format!("{what} of lower level left out: this log keeps {MOST_PROBLEMS}.");
        notifications.push(left_out(PROBLEMS_LEFT_OUT, message, problems_left_out, kinds.len()));
        kinds.push(kind(PROBLEMS_LEFT_OUT, "Problems were left out because the log would be too long."));
    }
    (kinds, notifications)
}

/// The descriptor of a kind of notification.
fn kind(id: &'static str, description: &str) -> Descriptor<'static> {
    let description = sentence(description);
    Descriptor {
        default_configuration: None,
        full_description: text(description.clone()),
        help: text(description.clone()),
        help_uri: HOME.into(),
        id,
        name: None,
        properties: None,
        relationships: Vec::new(),
        short_description: text(description),
    }
}

fn notification<'a>(problem: &'a Problem, codes: &[Code]) -> Notification<'a> {
    let mut message = sentence(&one_line(&problem.message));
    if let Some(help) = &problem.help {
        message.push(' ');
        message.push_str(&sentence(&one_line(help)));
    }
    Notification {
        descriptor: reference(problem.code.id(), codes.binary_search(&problem.code).unwrap_or_default()),
        level: problem.code.level().as_str(),
        locations: vec![region::location(&problem.place)],
        message: text(escaped(&message).into_owned()),
        properties: None,
    }
}

fn left_out(id: &'static str, message: String, number: usize, index: usize) -> Notification<'static> {
    Notification {
        descriptor: reference(id, index),
        level: "warning",
        locations: Vec::new(),
        message: text(message),
        properties: Some(LeftOut { left_out: number }),
    }
}
