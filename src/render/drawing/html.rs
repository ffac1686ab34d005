//! A picture as a page to look around in, which needs nothing else.
//!
//! What a template says stands in one block of data, as JSON without any character that means something to HTML; the
//! script puts it into the page as text only. The page's policy allows this script and this style by their hashes, and
//! nothing else: no network, no other script, no form.

use std::io;

use serde::Serialize;

use crate::diag::{Drawing, DrawnFinding, DrawnResource, InternetReach};
use crate::render::encode::write_json;
use crate::render::escape;
use crate::render::page::hash;

use super::{Stroke, end_number, from_internet, stroke, unknown_ends};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The most characters of a text.
const TEXT: usize = 600;

/// Writes templates as a page.
///
/// # Errors
/// Those of the writer.
pub fn drawing_html(drawings: &[Drawing], out: &mut dyn io::Write) -> io::Result<()> {
    let page = PAGE
        .replace("{{style-hash}}", &hash(STYLE))
        .replace("{{script-hash}}", &hash(SCRIPT))
        .replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT);
    let (before, after) = page.split_once("{{data}}").unwrap_or((&page, ""));
    out.write_all(before.as_bytes())?;
    out.write_all(data(drawings)?.as_bytes())?;
    out.write_all(after.as_bytes())
}

/// The data as JSON that ends no script and begins no comment.
fn data(drawings: &[Drawing]) -> io::Result<String> {
    let mut bytes = Vec::new();
    write_json(&drawings.iter().map(file).collect::<Vec<_>>(), &mut bytes)?;
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    // Outside of strings JSON has none of them.
    Ok(text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

#[derive(Serialize)]
struct File {
    path: String,
    partial: bool,
    cut: bool,
    findings: Vec<Finding>,
    nodes: Vec<Node>,
    links: Vec<Link>,
}

/// A resource, or what a link leads to that is not known.
#[derive(Serialize)]
struct Node {
    id: String,
    #[serde(rename = "type")]
    resource_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    conditional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    internet: Option<Internet>,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Internet {
    reach: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stroke: Option<&'static str>,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct Link {
    from: usize,
    to: usize,
    role: String,
    stroke: &'static str,
}

#[derive(Serialize)]
struct Finding {
    rule: String,
    severity: &'static str,
    class: &'static str,
    counts: bool,
    message: String,
    line: u32,
}

fn text(text: &str) -> String {
    escape::line(text, TEXT)
}

fn file(drawing: &Drawing) -> File {
    let unknown = unknown_ends(drawing);
    let open = unknown.iter().map(|(resource_type, reason)| Node {
        id: format!("{}?", text(resource_type.rsplit("::").next().unwrap_or(resource_type))),
        resource_type: text(resource_type),
        line: None,
        unknown: Some(text(reason)),
        condition: None,
        conditional: false,
        severity: None,
        internet: None,
        findings: Vec::new(),
    });
    let links = drawing.links.iter().map(|link| Link {
        from: link.from,
        to: end_number(drawing, &unknown, &link.to),
        role: text(&link.role),
        stroke: word(stroke(&link.to, link.always)),
    });
    File {
        path: text(&drawing.path),
        partial: drawing.kind == crate::diag::FileKind::Partial,
        cut: drawing.cut,
        findings: drawing.findings.iter().map(finding).collect(),
        nodes: drawing.resources.iter().map(node).chain(open).collect(),
        links: links.collect(),
    }
}

fn node(resource: &DrawnResource) -> Node {
    let internet = resource.internet.as_ref().map(|internet| {
        let (reach, steps) = match internet {
            InternetReach::Always(steps) => ("always", steps.iter().map(|step| text(step)).collect()),
            InternetReach::Sometimes(steps) => ("sometimes", steps.iter().map(|step| text(step)).collect()),
            InternetReach::Unsure(reason) => ("unsure", vec![text(reason)]),
            InternetReach::Never => ("never", Vec::new()),
        };
        Internet { reach, stroke: from_internet(resource).map(word), steps }
    });
    Node {
        id: text(&resource.logical_id),
        resource_type: text(&resource.resource_type),
        line: Some(resource.place.start.line),
        unknown: None,
        condition: resource.condition.as_deref().map(text),
        conditional: resource.conditional,
        severity: resource.severity().map(|severity| severity.as_str()),
        internet,
        findings: resource.findings.iter().map(finding).collect(),
    }
}

fn finding(finding: &DrawnFinding) -> Finding {
    Finding {
        rule: text(&finding.rule),
        severity: finding.severity.as_str(),
        class: finding.class.as_str(),
        counts: finding.class.counts(),
        message: text(&finding.message),
        line: finding.line,
    }
}

fn word(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Full => "full",
        Stroke::Dashed => "dashed",
        Stroke::Dotted => "dotted",
    }
}
