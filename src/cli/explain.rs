//! `cfnward explain`: one rule, for a person.

use std::io::{self, Write};

use crate::check::Checker;
use crate::config::Configuration;
use crate::diag::{Level, Problem, RuleInfo};
use crate::rules::{Catalog, Selection};
use crate::text::SourceFile;

use super::arguments::Explain;
use super::deployment;
use super::ending::Ending;
use super::output::{RunError, error, to_stdout};
use super::rule_files::{self, name_of, text_of};

/// The columns that texts are wrapped to.
const WIDTH: usize = 88;

/// Explains a rule.
pub(super) fn run(arguments: &Explain) -> Result<Ending, RunError> {
    let (given, problems) = rule_files::load_paths(&arguments.rules, arguments.as_written)?;
    refuse(&problems)?;
    let mut catalog = Catalog::builtin();
    // A rule of the user's is meant before one of ours of that name.
    catalog.rules.splice(0..0, given);
    let selection = Selection { rules: vec![arguments.rule.clone()], ..Selection::default() };
    let rules = selection.apply(&catalog).map_err(error)?;
    match &arguments.trace {
        None => to_stdout(|out| rules.iter().try_for_each(|rule| explain(&rule.info, out)))?,
        Some(template) => {
            let text = text_of(template)
                .map_err(|problem| error(format!("cannot read `{}`: {problem}", template.display())))?;
            let source = SourceFile::new(name_of(template), text);
            let mut problems = Vec::new();
            let settings = deployment::settings(&arguments.deployment, &Configuration::default(), &mut problems)?;
            refuse(&problems)?;
            to_stdout(|out| {
                rules.iter().try_for_each(|rule| {
                    let (checker, _) = Checker::new(std::slice::from_ref(rule), &settings);
                    super::trace::write(&rule.info.id, &checker.trace(&source), out)
                })
            })?;
        }
    }
    Ok(Ending::Clean)
}

/// Ends the run when an input is wrong.
fn refuse(problems: &[Problem]) -> Result<(), RunError> {
    let Some(problem) = problems.iter().find(|problem| problem.code.level() == Level::Error) else { return Ok(()) };
    let (name, start) = (&problem.place.source.display, problem.place.start);
    Err(error(format!("{name}:{}:{}: {}", start.line, start.column, problem.message)))
}

fn explain(info: &RuleInfo, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({}, {})\n{}\n", info.id, info.severity.as_str(), info.category, info.title)?;
    section(out, "Why", &info.why)?;
    section(out, "What to do", &info.fix)?;
    section(out, "Judges", &info.resources.join(", "))?;
    section(out, "Controls", &info.controls.join(", "))?;
    let settings: Vec<String> =
        info.settings.iter().map(|setting| format!("{}: {}", setting.name, setting.meaning)).collect();
    section(out, "Settings", &settings.join("\n"))?;
    section(out, "Also known as", &info.aliases.join(", "))?;
    for framework in &info.frameworks {
        section(out, &framework.name, &framework.requirements.join(", "))?;
    }
    example(out, "Reported", info.bad_example.as_deref())?;
    example(out, "Not reported", info.good_example.as_deref())?;
    section(out, "Read more", &info.links.join("\n"))
}

fn section(out: &mut dyn Write, title: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}:")?;
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
                writeln!(out, "  {line}")?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        writeln!(out, "  {line}")?;
    }
    writeln!(out)
}

fn example(out: &mut dyn Write, title: &str, text: Option<&str>) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    writeln!(out, "{title}:")?;
    for line in text.lines() {
        writeln!(out, "  | {line}")?;
    }
    writeln!(out)
}
