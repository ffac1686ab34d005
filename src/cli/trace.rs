//! `cfnward explain --trace`: how a rule comes to its verdict, for a person.

use std::io::{self, Write};

use crate::check::{Trace, TracedClause, TracedVerdict};
use crate::diag::Place;

use super::output::visible;

/// The most characters of a clause that are shown.
const CLAUSE: usize = 160;

/// Writes what a rule says of each resource that it judges.
pub(super) fn write(rule: &str, traces: &[Trace], out: &mut dyn Write) -> io::Result<()> {
    if traces.is_empty() {
        return writeln!(out, "{} judges nothing in this template: SKIP", visible(rule));
    }
    for trace in traces {
        let on = match (&trace.resource, &trace.place) {
            (Some((id, kind)), Some(place)) => format!("`{id}` ({kind}), {}", at(place)),
            _ => "the whole template".to_owned(),
        };
        let view = if trace.as_written { ", as written" } else { "" };
        writeln!(out, "{} on {}{view}", visible(&trace.rule), visible(&on))?;
        for verdict in &trace.verdicts {
            write_verdict(verdict, out)?;
        }
        if let Some(error) = &trace.error {
            writeln!(out, "  could not be evaluated: {}", visible(error))?;
        }
        if trace.capped {
            writeln!(out, "  not every combination of parameters was tried: pin some with --parameter NAME=VALUE")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_verdict(verdict: &TracedVerdict, out: &mut dyn Write) -> io::Result<()> {
    let statuses = verdict.statuses.join(" or ");
    let hint = if verdict.statuses.len() > 1 { " (unsure)" } else { "" };
    writeln!(out, "  {statuses}{hint}{}", ways(verdict))?;
    for clause in &verdict.clauses {
        write_clause(clause, out)?;
    }
    Ok(())
}

fn ways(verdict: &TracedVerdict) -> String {
    let way = |choices: &Vec<(String, String)>| {
        let choices: Vec<String> = choices.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        visible(&if choices.is_empty() { "everything keeps its default".to_owned() } else { choices.join(", ") })
    };
    match verdict.ways.as_slice() {
        [only] if only.is_empty() && verdict.more_ways == 0 => String::new(),
        ways => {
            let mut text = format!(" when {}", ways.iter().map(way).collect::<Vec<_>>().join("; or "));
            if verdict.more_ways > 0 {
                text.push_str(&format!("; and {} more", verdict.more_ways));
            }
            text
        }
    }
}

fn write_clause(clause: &TracedClause, out: &mut dyn Write) -> io::Result<()> {
    let verb = if clause.certain { "fails   " } else { "may fail" };
    let mut text: String = clause.text.chars().take(CLAUSE).collect();
    if text.len() < clause.text.len() {
        text.push('…');
    }
    writeln!(out, "    {verb}  {}", visible(&text))?;
    if let Some(place) = &clause.place {
        writeln!(out, "    rule      {}", at(place))?;
    }
    let value_at = at(&clause.value_place);
    match &clause.missing {
        Some(missing) => {
            writeln!(out, "    value     {} has no `{}`, {value_at}", visible(&clause.path), visible(missing))?;
        }
        None => {
            writeln!(out, "    value     {} is {}, {value_at}", visible(&clause.path), visible(&clause.value))?;
        }
    }
    writeln!(out, "    expected  {}", visible(&clause.expected))?;
    for origin in &clause.origins {
        writeln!(out, "    from      {}, {}", visible(&origin.text), at(&origin.place))?;
    }
    if !clause.depends_on.is_empty() {
        writeln!(out, "    depends   on {}", visible(&clause.depends_on.join(", ")))?;
    }
    Ok(())
}

fn at(place: &Place) -> String {
    visible(&format!("{}:{}:{}", place.source.display, place.start.line, place.start.column))
}
