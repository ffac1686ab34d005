//! `cfnward explain`: one rule, for a person.

use std::io::{self, Write};

use crate::diag::RuleInfo;
use crate::rules::{Catalog, Selection};

use super::arguments::Explain;
use super::ending::Ending;
use super::output::{RunError, error, to_stdout};

/// The columns that texts are wrapped to.
const WIDTH: usize = 88;

/// Explains a rule.
pub(super) fn run(arguments: &Explain) -> Result<Ending, RunError> {
    let catalog = Catalog::builtin();
    let selection = Selection { rules: vec![arguments.rule.clone()], ..Selection::default() };
    let rules = selection.apply(&catalog).map_err(error)?;
    let rule = rules.first().ok_or_else(|| error(format!("there is no rule `{}`", arguments.rule)))?;
    to_stdout(|out| explain(&rule.info, out))?;
    Ok(Ending::Clean)
}

fn explain(info: &RuleInfo, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({}, {})\n{}\n", info.id, info.severity.as_str(), info.category, info.title)?;
    section(out, "Why", &info.why)?;
    section(out, "What to do", &info.fix)?;
    section(out, "Judges", &info.resources.join(", "))?;
    section(out, "Controls", &info.controls.join(", "))?;
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
