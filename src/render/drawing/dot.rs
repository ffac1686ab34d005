//! A picture for Graphviz.

use std::io;

use crate::diag::{Drawing, Severity};

use super::{Stroke, end_number, from_internet, label, lines, stroke, unknown_ends};

/// Writes templates as one graph in the DOT language, a cluster for each.
///
/// # Errors
/// Those of the writer.
pub fn drawing_dot(drawings: &[Drawing], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "digraph cfnward {{")?;
    writeln!(out, "  graph [rankdir=LR, fontname=\"Helvetica,Arial,sans-serif\", fontsize=12]")?;
    writeln!(out, "  node [shape=box, style=rounded, fontname=\"Helvetica,Arial,sans-serif\", fontsize=11]")?;
    writeln!(out, "  edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=9, color=\"#6b7280\"]")?;
    let resources = || drawings.iter().flat_map(|drawing| &drawing.resources);
    if resources().any(|resource| from_internet(resource).is_some()) {
        writeln!(out, "  internet [label=\"Internet\", shape=ellipse, style=bold]")?;
    }
    for (file, drawing) in drawings.iter().enumerate() {
        write_file(file, drawing, out)?;
    }
    writeln!(out, "}}")
}

fn write_file(file: usize, drawing: &Drawing, out: &mut dyn io::Write) -> io::Result<()> {
    let unknown = unknown_ends(drawing);
    writeln!(out, "  subgraph cluster_{file} {{")?;
    writeln!(out, "    label={}", quoted(&[label(&drawing.path)]))?;
    for (number, resource) in drawing.resources.iter().enumerate() {
        let colour = resource.severity().map(|severity| format!(", color=\"{}\", penwidth=2", colour(severity)));
        let style = if resource.conditional { ", style=\"rounded,dashed\"" } else { "" };
        let text = quoted(&lines(resource));
        writeln!(out, "    r{file}_{number} [label={text}{style}{}]", colour.unwrap_or_default())?;
    }
    for (number, (resource_type, reason)) in (drawing.resources.len()..).zip(&unknown) {
        let text = quoted(&[label(&format!("{resource_type}?")), label(reason)]);
        writeln!(out, "    r{file}_{number} [label={text}, style=\"rounded,dotted\"]")?;
    }
    writeln!(out, "  }}")?;
    for (number, resource) in drawing.resources.iter().enumerate() {
        if let Some(stroke) = from_internet(resource) {
            writeln!(out, "  internet -> r{file}_{number} [color=\"#b42318\", style={}]", style(stroke))?;
        }
    }
    for link in &drawing.links {
        let to = end_number(drawing, &unknown, &link.to);
        let style = style(stroke(&link.to, link.always));
        let text = quoted(&[label(&link.role)]);
        writeln!(out, "  r{file}_{} -> r{file}_{to} [label={text}, style={style}]", link.from)?;
    }
    Ok(())
}

fn style(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Full => "solid",
        Stroke::Dashed => "dashed",
        Stroke::Dotted => "dotted",
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#b42318",
        Severity::High => "#c2570c",
        Severity::Medium => "#a16207",
        Severity::Low | Severity::Info => "#2563eb",
    }
}

/// Lines as a quoted string: a backslash begins an escape, an ampersand an entity.
fn quoted(lines: &[String]) -> String {
    let mut text = String::from("\"");
    for (number, line) in lines.iter().enumerate() {
        text.push_str(if number > 0 { "\\n" } else { "" });
        for c in line.chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '&' => text.push_str("&amp;"),
                c => text.push(c),
            }
        }
    }
    text.push('"');
    text
}
