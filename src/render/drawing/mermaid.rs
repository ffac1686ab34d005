//! A picture for Mermaid.

use std::io;

use crate::diag::{Drawing, Severity};

use super::{Stroke, end_number, from_internet, label, lines, stroke, unknown_ends};

/// Writes templates as one Mermaid flowchart, a subgraph for each.
///
/// # Errors
/// Those of the writer.
pub fn drawing_mermaid(drawings: &[Drawing], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    let resources = || drawings.iter().flat_map(|drawing| &drawing.resources);
    if resources().any(|resource| from_internet(resource).is_some()) {
        writeln!(out, "  internet((\"Internet\"))")?;
    }
    for (file, drawing) in drawings.iter().enumerate() {
        write_file(file, drawing, out)?;
    }
    // Only borders are coloured: the text has the colour that fits the reader's theme.
    for severity in Severity::ALL {
        let used = resources().any(|resource| resource.severity() == Some(severity));
        if used {
            writeln!(out, "  classDef {} stroke:{},stroke-width:3px", severity.as_str(), colour(severity))?;
        }
    }
    if drawings.iter().any(|drawing| !unknown_ends(drawing).is_empty()) {
        writeln!(out, "  classDef unknown stroke-dasharray:2 4")?;
    }
    Ok(())
}

fn write_file(file: usize, drawing: &Drawing, out: &mut dyn io::Write) -> io::Result<()> {
    let unknown = unknown_ends(drawing);
    writeln!(out, "  subgraph f{file} [{}]", quoted(&[label(&drawing.path)]))?;
    for (number, resource) in drawing.resources.iter().enumerate() {
        let class = resource.severity().map(|severity| format!(":::{}", severity.as_str())).unwrap_or_default();
        writeln!(out, "    r{file}_{number}[{}]{class}", quoted(&lines(resource)))?;
    }
    for (number, (resource_type, reason)) in (drawing.resources.len()..).zip(&unknown) {
        let text = quoted(&[label(&format!("{resource_type}?")), label(reason)]);
        writeln!(out, "    r{file}_{number}([{text}]):::unknown")?;
    }
    writeln!(out, "  end")?;
    for (number, resource) in drawing.resources.iter().enumerate() {
        if let Some(stroke) = from_internet(resource) {
            writeln!(out, "  internet {} r{file}_{number}", arrow(stroke))?;
        }
    }
    for link in &drawing.links {
        let to = end_number(drawing, &unknown, &link.to);
        let arrow = arrow(stroke(&link.to, link.always));
        writeln!(out, "  r{file}_{} {arrow}|{}| r{file}_{to}", link.from, quoted(&[label(&link.role)]))?;
    }
    Ok(())
}

fn arrow(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Full => "-->",
        // Mermaid has one kind of broken line.
        Stroke::Dashed | Stroke::Dotted => "-.->",
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#d92d20",
        Severity::High => "#e8700a",
        Severity::Medium => "#ca9a04",
        Severity::Low | Severity::Info => "#3b82f6",
    }
}

/// Lines as a quoted string. All that could mean something to Mermaid, to Markdown or to HTML becomes an entity.
fn quoted(lines: &[String]) -> String {
    let mut text = String::from("\"");
    for (number, line) in lines.iter().enumerate() {
        text.push_str(if number > 0 { "<br/>" } else { "" });
        for (index, c) in line.chars().enumerate() {
            let plain = c.is_alphanumeric() || matches!(c, ' ' | ',' | '/' | '?') || (index > 0 && ":.-_".contains(c));
            if plain {
                text.push(c);
            } else {
                text.push_str(&format!("#{};", u32::from(c)));
            }
        }
    }
    text.push('"');
    text
}
