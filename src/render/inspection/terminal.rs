//! A template for people: what it can be, one line for each value.

use std::collections::BTreeMap;
use std::io;

use crate::diag::{Hole, InspectedCondition, InspectedResource, InspectedVariable, Inspection, Plain, Variant};
use crate::render::Options;
use crate::render::escape::line;
use crate::render::prose::count;

/// The most characters of a name or a value.
const LONGEST: usize = 200;
/// The most ways that lead to one value that are shown.
const MOST_WAYS: usize = 3;
/// The most places of one unknown that are listed, and the most values of a parameter.
const MOST_PLACES: usize = 6;

/// How a piece of text looks.
#[derive(Clone, Copy)]
enum Look {
    Heading,
    Name,
    Unknown,
    Faint,
}

/// Writes an inspection for a terminal.
///
/// # Errors
/// Those of the writer.
pub fn inspection_terminal(inspection: &Inspection, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { out, colour: options.colour };
    page.all(inspection)
}

struct Page<'w> {
    out: &'w mut dyn io::Write,
    colour: bool,
}

impl Page<'_> {
    fn all(&mut self, inspection: &Inspection) -> io::Result<()> {
        let Inspection { path, kind, variables, conditions, resources, outputs, holes, .. } = inspection;
        let what = format!(
            "{}: {}, {}, {}, {}",
            line(path, LONGEST),
            kind.as_str(),
            count(variables.iter().filter(|one| one.kind == "parameter").count(), "parameter"),
            count(conditions.len(), "condition"),
            count(resources.len(), "resource"),
        );
        writeln!(self.out, "{}", self.look(Look::Heading, &what))?;
        let of = |kind: &'static str| variables.iter().filter(move |one| one.kind == kind).collect::<Vec<_>>();
        self.variables("Parameters", &of("parameter"))?;
        self.variables("Pseudo parameters", &of("pseudo"))?;
        self.variables("Comparisons that nothing decides", &of("comparison"))?;
        self.conditions(conditions)?;
        if !resources.is_empty() {
            self.heading("Resources")?;
            for resource in resources {
                self.resource(resource)?;
            }
        }
        if !outputs.is_empty() {
            self.heading("Outputs")?;
            for (name, value) in outputs {
                self.entry(&line(name, LONGEST), value, 1)?;
            }
        }
        self.unknowns(holes)?;
        self.statistics(inspection)
    }

    fn look(&self, look: Look, text: &str) -> String {
        let code = match look {
            Look::Heading => "1",
            Look::Name => "36",
            Look::Unknown => "33",
            Look::Faint => "2",
        };
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn heading(&mut self, heading: &str) -> io::Result<()> {
        writeln!(self.out, "\n{}", self.look(Look::Heading, heading))
    }

    fn variables(&mut self, heading: &str, variables: &[&InspectedVariable]) -> io::Result<()> {
        if variables.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        let names: Vec<String> = variables.iter().map(|one| line(&one.name, LONGEST)).collect();
        let types: Vec<String> = variables.iter().map(|one| line(&one.parameter_type, LONGEST)).collect();
        let (names_width, types_width) = (widest(&names), widest(&types));
        for ((variable, name), kind) in variables.iter().zip(&names).zip(&types) {
            let name = self.look(Look::Name, &padded(name, names_width));
            let mut text = format!("  {name}  {}", padded(kind, types_width));
            text.push_str(if types_width > 0 { "  " } else { "" });
            text.push_str(&self.possible(variable));
            writeln!(self.out, "{}", text.trim_end())?;
        }
        Ok(())
    }

    /// What a variable may be, in words.
    fn possible(&self, variable: &InspectedVariable) -> String {
        let shown = |value: &str| if variable.secret { "****".to_owned() } else { quoted(value) };
        if let Some(given) = &variable.given {
            return format!("given {}", shown(given));
        }
        let of = |kind: &str| {
            let values =
                variable.classes.iter().filter(|(one, _)| *one == kind).filter_map(|(_, value)| value.as_ref());
            values.map(|value| shown(value)).collect::<Vec<_>>()
        };
        let mut parts = Vec::new();
        if let Some(default) = of("default").first() {
            parts.push(format!("default {default}"));
        }
        for (kind, word) in [("allowed", "allowed"), ("compared", "compared with")] {
            let values = of(kind);
            if !values.is_empty() {
                let more = values.len().saturating_sub(MOST_PLACES);
                let mut text =
                    format!("{word} {}", values.into_iter().take(MOST_PLACES).collect::<Vec<_>>().join(", "));
                if more > 0 {
                    text.push_str(&format!(" and {more} more"));
                }
                parts.push(text);
            }
        }
        if variable.classes.iter().any(|(kind, _)| *kind == "other") {
            parts.push("or any other".to_owned());
        }
        if variable.kind == "comparison" {
            parts.push("true or false".to_owned());
        } else if parts.is_empty() {
            return self.look(Look::Unknown, "not known before the deployment");
        }
        if variable.decides && variable.kind == "parameter" {
            parts.push(self.look(Look::Faint, "(decides)"));
        }
        parts.join(", ").replace(", or", " or").replace(", \u{1b}", " \u{1b}").replace(", (decides)", " (decides)")
    }

    fn conditions(&mut self, conditions: &[InspectedCondition]) -> io::Result<()> {
        if conditions.is_empty() {
            return Ok(());
        }
        self.heading("Conditions")?;
        let names: Vec<String> = conditions.iter().map(|one| line(&one.name, LONGEST)).collect();
        let width = widest(&names);
        for (condition, name) in conditions.iter().zip(&names) {
            let formula = line(&condition.formula, LONGEST);
            let name = self.look(Look::Name, &padded(name, width));
            let can = self.look(Look::Faint, can_be(condition));
            writeln!(self.out, "  {name}  {formula}  {can}")?;
        }
        Ok(())
    }

    fn resource(&mut self, resource: &InspectedResource) -> io::Result<()> {
        let name = self.look(Look::Name, &line(&resource.logical_id, LONGEST));
        let [deployed, gone] = &resource.deployed;
        let when = match (deployed.is_empty(), gone.is_empty()) {
            (true, _) => self.look(Look::Unknown, "  never deployed"),
            (false, true) => String::new(),
            (false, false) => {
                let condition = resource.condition.as_ref().map(|name| format!("{}: ", line(name, LONGEST)));
                self.look(Look::Faint, &format!("  when {}{}", condition.unwrap_or_default(), ways(deployed)))
            }
        };
        writeln!(self.out, "  {name}  {}{when}", line(&resource.resource_type, LONGEST))?;
        match &resource.value {
            Plain::Map(entries) => {
                for (key, value) in entries.iter().filter(|(key, _)| key != "Type" && key != "Condition") {
                    match value {
                        Plain::Map(properties) if key == "Properties" => {
                            for (key, value) in properties {
                                self.entry(&line(key, LONGEST), value, 2)?;
                            }
                        }
                        _ => self.entry(&line(key, LONGEST), value, 2)?,
                    }
                }
                Ok(())
            }
            Plain::Varies(variants) => self.variants(variants, 2),
            _ => Ok(()),
        }
    }

    /// `key: value`, the value below when it has parts.
    fn entry(&mut self, key: &str, value: &Plain, level: usize) -> io::Result<()> {
        let indent = "  ".repeat(level);
        if let Some(text) = self.scalar(value) {
            return writeln!(self.out, "{indent}{key}: {text}");
        }
        writeln!(self.out, "{indent}{key}:")?;
        self.below(value, level + 1)
    }

    fn below(&mut self, value: &Plain, level: usize) -> io::Result<()> {
        match value {
            Plain::Map(entries) => {
                for (key, value) in entries {
                    self.entry(&line(key, LONGEST), value, level)?;
                }
                Ok(())
            }
            Plain::List(items) => {
                for item in items {
                    self.item(item, level)?;
                }
                Ok(())
            }
            Plain::Varies(variants) => self.variants(variants, level),
            scalar => {
                let text = self.scalar(scalar).unwrap_or_default();
                writeln!(self.out, "{}{text}", "  ".repeat(level))
            }
        }
    }

    fn item(&mut self, item: &Plain, level: usize) -> io::Result<()> {
        let indent = "  ".repeat(level);
        match item {
            // The first entry stands beside the dash.
            Plain::Map(entries) if !entries.is_empty() => {
                let mut dash = "- ";
                for (key, value) in entries {
                    let key = line(key, LONGEST);
                    match self.scalar(value) {
                        Some(text) => writeln!(self.out, "{indent}{dash}{key}: {text}")?,
                        None => {
                            writeln!(self.out, "{indent}{dash}{key}:")?;
                            self.below(value, level + 2)?;
                        }
                    }
                    dash = "  ";
                }
                Ok(())
            }
            _ => match self.scalar(item) {
                Some(text) => writeln!(self.out, "{indent}- {text}"),
                None => {
                    writeln!(self.out, "{indent}-")?;
                    self.below(item, level + 1)
                }
            },
        }
    }

    /// Each value of one that varies, with the choices that lead to it.
    fn variants(&mut self, variants: &[Variant], level: usize) -> io::Result<()> {
        let indent = "  ".repeat(level);
        let scalars: Vec<Option<String>> = variants.iter().map(|variant| self.scalar(&variant.value)).collect();
        let width = scalars.iter().flatten().map(|text| visible_width(text)).max().unwrap_or_default().min(40);
        for (variant, scalar) in variants.iter().zip(scalars) {
            let default = if variant.default { ", by default" } else { "" };
            let when = self.look(Look::Faint, &format!("when {}{default}", ways(&variant.when)));
            match scalar {
                Some(text) => {
                    let gap = " ".repeat(width.saturating_sub(visible_width(&text)));
                    writeln!(self.out, "{indent}{text}{gap}  {when}")?;
                }
                None => {
                    writeln!(self.out, "{indent}{when}")?;
                    self.below(&variant.value, level + 1)?;
                }
            }
        }
        Ok(())
    }

    /// The value on one line, if it is a scalar or has no parts.
    fn scalar(&self, value: &Plain) -> Option<String> {
        Some(match value {
            Plain::Null => "null".to_owned(),
            Plain::Bool(value) => value.to_string(),
            Plain::Integer(value) => value.to_string(),
            Plain::Float(value) => value.to_string(),
            Plain::Text(text) => quoted(text),
            Plain::List(items) if items.is_empty() => "[]".to_owned(),
            Plain::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Plain::Unknown { reason, list } => {
                let what = if *list { "a list that depends on" } else { "depends on" };
                self.look(Look::Unknown, &format!("<{what} {}>", line(reason, LONGEST)))
            }
            Plain::Partial(_) => self.look(Look::Unknown, &line(&value.text().unwrap_or_default(), LONGEST)),
            Plain::Reference(_) => line(&value.text().unwrap_or_default(), LONGEST),
            Plain::Absent => "(not there)".to_owned(),
            Plain::List(_) | Plain::Map(_) | Plain::Varies(_) => return None,
        })
    }

    fn unknowns(&mut self, holes: &[Hole]) -> io::Result<()> {
        if holes.is_empty() {
            return Ok(());
        }
        self.heading("Not known before the deployment")?;
        let mut by_reason: BTreeMap<&str, Vec<&Hole>> = BTreeMap::new();
        for hole in holes {
            by_reason.entry(&hole.reason).or_default().push(hole);
        }
        for (reason, mut holes) in by_reason {
            holes.sort_by_key(|hole| hole.place.span);
            holes.dedup_by_key(|hole| hole.place.span);
            let reason = self.look(Look::Unknown, &line(reason, LONGEST));
            writeln!(self.out, "  {reason}")?;
            for hole in holes.iter().take(MOST_PLACES) {
                let at = format!("{}:{}", hole.place.start.line, hole.place.start.column);
                writeln!(self.out, "    {}  {}", line(&hole.path, LONGEST), self.look(Look::Faint, &at))?;
            }
            if holes.len() > MOST_PLACES {
                writeln!(self.out, "    and in {}", count(holes.len() - MOST_PLACES, "more place"))?;
            }
        }
        Ok(())
    }

    fn statistics(&mut self, inspection: &Inspection) -> io::Result<()> {
        let statistics = &inspection.statistics;
        let known = statistics.known + statistics.references;
        let most = inspection.resources.iter().map(|resource| resource.deployments).max().unwrap_or_default();
        let capped = inspection.resources.iter().any(|resource| resource.capped);
        writeln!(
            self.out,
            "\n{} known{}, {} known in part, {} unknown; at most {}{} of one resource",
            count(known, "value"),
            if statistics.varying > 0 {
                format!(" ({} with parameters)", vary(statistics.varying))
            } else {
                String::new()
            },
            statistics.partial,
            statistics.unknown,
            if capped { "more than " } else { "" },
            count(most, "deployment"),
        )
    }
}

fn can_be(condition: &InspectedCondition) -> &'static str {
    match (condition.can_hold, condition.can_fail, condition.by_default) {
        (Some(false), Some(false), _) => "cannot be deployed",
        (_, Some(false), _) => "always true",
        (Some(false), _, _) => "never true",
        (_, _, Some(true)) => "true by default, or false",
        (_, _, Some(false)) => "false by default, or true",
        (Some(true), Some(true), None) => "true or false",
        _ => "too many parameters to tell",
    }
}

/// Ways to deploy, in words.
fn ways(ways: &[Vec<(String, String)>]) -> String {
    let way = |way: &Vec<(String, String)>| {
        let choices: Vec<String> =
            way.iter().map(|(name, value)| format!("{} = {}", line(name, LONGEST), quoted(value))).collect();
        choices.join(" and ")
    };
    let mut text = ways.iter().take(MOST_WAYS).map(way).collect::<Vec<_>>().join(", or ");
    if ways.len() > MOST_WAYS {
        text.push_str(&format!(", or {} more", ways.len() - MOST_WAYS));
    }
    text
}

/// A text as YAML would have it: in quotes where it could be taken for something else.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text.trim() == text
        && text.parse::<f64>().is_err()
        && !matches!(text, "true" | "false" | "null" | "~" | "[]" | "{}")
        && !text.starts_with(['<', '"', '(']);
    let shown = line(text, LONGEST);
    if plain { shown } else { format!("\"{shown}\"") }
}

fn vary(number: usize) -> String {
    if number == 1 { "1 varies".to_owned() } else { format!("{number} vary") }
}

/// The columns that a text takes without its style.
fn visible_width(text: &str) -> usize {
    let mut styled = false;
    let shown = text.chars().filter(|c| {
        let was = styled;
        styled = match c {
            '\u{1b}' => true,
            'm' if styled => false,
            _ => styled,
        };
        !was && !styled
    });
    shown.count()
}

fn widest(texts: &[String]) -> usize {
    texts.iter().map(|text| text.chars().count()).max().unwrap_or_default().min(48)
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}
