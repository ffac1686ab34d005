//! A picture of a template: its resources, what they name, which of them the internet reaches, what is unsafe about them.
//! Plain data.

use super::{Class, FileKind, Place, Severity};

/// One template as a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Its file, as people call it.
    pub path: String,
    /// Whether all of it could be judged.
    pub kind: FileKind,
    /// Resources in source order, then those that SAM makes.
    pub resources: Vec<DrawnResource>,
    /// Arrows, by the resource that they leave.
    pub links: Vec<DrawnLink>,
    /// What is unsafe about the template rather than one of its resources.
    pub findings: Vec<DrawnFinding>,
    /// Whether something was left out because there is too much of it.
    pub cut: bool,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnResource {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// Where its logical id stands.
    pub place: Place,
    /// The name of its condition.
    pub condition: Option<String>,
    /// Whether there are deployments without it.
    pub conditional: bool,
    /// Whether the internet reaches it; `None` for a resource without a network face.
    pub internet: Option<InternetReach>,
    /// What is unsafe about it, in the order of the text; nothing that somebody silenced.
    pub findings: Vec<DrawnFinding>,
}

impl DrawnResource {
    /// The worst severity of the findings that count.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.findings.iter().filter(|finding| finding.class.counts()).map(|finding| finding.severity).max()
    }
}

/// Whether the internet reaches a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InternetReach {
    /// Wherever it is deployed, on this way: a sentence for each step.
    Always(Vec<String>),
    /// In some deployments, on this way.
    Sometimes(Vec<String>),
    /// Nothing in the template decides it; what it hangs on.
    Unsure(String),
    /// In no deployment.
    Never,
}

/// An arrow from a resource to what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnLink {
    /// The number of the resource among those of the drawing.
    pub from: usize,
    /// The other end.
    pub to: LinkEnd,
    /// What the other end is for the resource: `Subnets`, `WebAcls`.
    pub role: String,
    /// Whether it holds in every deployment that has the resource.
    pub always: bool,
}

/// The other end of an arrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkEnd {
    /// The number of a resource among those of the drawing.
    Resource(usize),
    /// Nothing in the template decides which, and whether it is one of the template's.
    Unknown {
        /// The type that is expected there.
        resource_type: String,
        /// What it hangs on.
        reason: String,
    },
}

/// A finding, as much as fits into a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnFinding {
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// In which deployments it holds.
    pub class: Class,
    /// What is wrong.
    pub message: String,
    /// The line of the text that decides it, from 1.
    pub line: u32,
}
