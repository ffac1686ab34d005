//! Templates as a picture: for Graphviz, for Mermaid, and as a page that needs nothing else.
//!
//! Nodes have names of ours (`r0_3`: the fourth resource of the first template); what a template says is only ever a
//! label, escaped for its format.

mod dot;
mod html;
mod mermaid;
#[cfg(test)]
mod tests;

pub use dot::drawing_dot;
pub use html::drawing_html;
pub use mermaid::drawing_mermaid;

use crate::diag::{Drawing, DrawnResource, InternetReach, LinkEnd};

use super::escape;

/// The most characters of a label.
const LABEL: usize = 80;

/// A text of a template for a label: on one line, visible, not too long.
fn label(text: &str) -> String {
    escape::line(text, LABEL)
}

/// What arrows lead to besides resources, each once, sorted.
fn unknown_ends(drawing: &Drawing) -> Vec<(&str, &str)> {
    let ends = drawing.links.iter().filter_map(|link| match &link.to {
        LinkEnd::Unknown { resource_type, reason } => Some((resource_type.as_str(), reason.as_str())),
        LinkEnd::Resource(_) => None,
    });
    let mut ends: Vec<_> = ends.collect();
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// The number of the end of an arrow: resources first, then what is not known.
fn end_number(drawing: &Drawing, unknown: &[(&str, &str)], end: &LinkEnd) -> usize {
    match end {
        LinkEnd::Resource(number) => *number,
        LinkEnd::Unknown { resource_type, reason } => {
            let wanted = (resource_type.as_str(), reason.as_str());
            drawing.resources.len() + unknown.partition_point(|end| *end < wanted)
        }
    }
}

/// How an arrow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stroke {
    /// It holds in every deployment.
    Full,
    /// In some.
    Dashed,
    /// Nothing in the template decides it.
    Dotted,
}

/// The arrow from the internet to a resource.
fn from_internet(resource: &DrawnResource) -> Option<Stroke> {
    match resource.internet {
        Some(InternetReach::Always(_)) => Some(Stroke::Full),
        Some(InternetReach::Sometimes(_)) => Some(Stroke::Dashed),
        Some(InternetReach::Unsure(_)) => Some(Stroke::Dotted),
        Some(InternetReach::Never) | None => None,
    }
}

fn stroke(end: &LinkEnd, always: bool) -> Stroke {
    match (end, always) {
        (LinkEnd::Unknown { .. }, _) => Stroke::Dotted,
        (LinkEnd::Resource(_), true) => Stroke::Full,
        (LinkEnd::Resource(_), false) => Stroke::Dashed,
    }
}

/// What stands in a resource's box, line by line.
fn lines(resource: &DrawnResource) -> Vec<String> {
    let mut lines = vec![label(&resource.logical_id), label(&resource.resource_type)];
    match &resource.condition {
        Some(condition) => lines.push(label(&format!("if {condition}"))),
        None if resource.conditional => lines.push("in some deployments".to_owned()),
        None => {}
    }
    let counted = resource.findings.iter().filter(|finding| finding.class.counts()).count();
    if let Some(severity) = resource.severity() {
        let noun = if counted == 1 { "finding" } else { "findings" };
        lines.push(format!("{counted} {noun}: {}", severity.as_str()));
    }
    lines
}
