//! Our engine, asked as AWS's are.

use bumpalo::Bump;
use cfnward::eval::{evaluate_indexed, Indexed, Program, Statuses, Stop};
use cfnward::guard::{parse, Dialect};
use cfnward::value::{Choices, World};

use crate::cases::{file_status, Answer, Loader, Status};
use crate::load::load;

/// The program of a rule text; `None` if it cannot be read.
#[must_use]
pub fn program(rules: &str, dialect: Dialect) -> Option<Program> {
    let parsed = parse(rules, dialect);
    parsed.errors.is_empty().then(|| Program::compile(&parsed.file, rules, dialect).0)
}

/// Asks all rules of a program.
pub fn ask<'a>(program: &Program, document: &Indexed<'a>, arena: &'a Bump) -> Answer {
    match ask_each(program, document, arena) {
        Err(message) => Answer::Error(message),
        Ok(statuses) => {
            let mut rules = Vec::with_capacity(statuses.len());
            for (entry, statuses) in program.rules().iter().zip(statuses) {
                let Some(status) = statuses.sure() else {
                    return Answer::Error(format!("{} is {statuses:?} although all is known", entry.name));
                };
                rules.push((entry.name.clone(), plain(status)));
            }
            rules.sort();
            Answer::Statuses(file_status(&rules), rules)
        }
    }
}

/// The possible statuses of each rule in the order of the program, or why one of them has none.
///
/// # Errors
/// The evaluator's message.
pub fn ask_each<'a>(program: &Program, document: &Indexed<'a>, arena: &'a Bump) -> Result<Vec<Statuses>, String> {
    let choices = Choices::default();
    let world = World { arena, choices: &choices };
    let mut all = Vec::with_capacity(program.rules().len());
    for number in 0..program.rules().len() {
        match evaluate_indexed(program, number, document, &world) {
            Ok(outcome) => all.push(outcome.statuses),
            Err(Stop::Error(error)) => return Err(error.message),
            Err(Stop::Pending(_)) => return Err("something is pending".to_owned()),
        }
    }
    Ok(all)
}

/// Our status in plain words.
#[must_use]
pub fn plain(status: cfnward::eval::Status) -> Status {
    match status {
        cfnward::eval::Status::Pass => Status::Pass,
        cfnward::eval::Status::Fail => Status::Fail,
        cfnward::eval::Status::Skip => Status::Skip,
    }
}

/// What our engine answers to texts.
#[must_use]
pub fn ask_texts(rules: &str, data: &str, loader: Loader, dialect: Dialect) -> Answer {
    let Some(program) = program(rules, dialect) else { return Answer::Unreadable };
    if program.rules().is_empty() && rules.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('#')) {
        return Answer::Statuses(Status::Skip, Vec::new());
    }
    let Some(data) = load(data, loader) else { return Answer::Unloadable };
    let arena = Bump::new();
    let root = data.value(&arena, &mut |_, _| None);
    ask(&program, &Indexed::new(root, &arena), &arena)
}
