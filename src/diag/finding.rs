//! What is unsafe about a stack.

use std::sync::Arc;

use super::{Label, Place, Severity, Suppression};

/// In which deployments a finding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Whatever is chosen.
    Always,
    /// When every parameter keeps its default.
    Default,
    /// In another deployment that the author provided for: a branch, a mapping key, an allowed value.
    When,
    /// The default is safe, but another allowed value of a parameter used directly is not.
    Possible,
    /// Nothing in the template decides it.
    Unsure,
}

impl Class {
    /// All of them, surest first.
    pub const ALL: [Self; 5] = [Self::Always, Self::Default, Self::When, Self::Possible, Self::Unsure];

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Default => "default",
            Self::When => "when",
            Self::Possible => "possible",
            Self::Unsure => "unsure",
        }
    }

    /// Whether findings of this class count: towards the summary's `findings` and the exit code.
    #[must_use]
    pub fn counts(self) -> bool {
        matches!(self, Self::Always | Self::Default | Self::When)
    }
}

/// The resource that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceName {
    /// The logical id.
    pub logical_id: String,
    /// The resource type, such as `AWS::S3::Bucket`.
    pub resource_type: String,
}

/// A parameter (or an undecided condition) and the value chosen for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// The parameter's name.
    pub name: String,
    /// The value, as it can be given to `--parameter`.
    pub value: String,
}

/// One thing that is unsafe, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id; its description is in the report's rule list.
    pub rule: Arc<str>,
    /// How bad it is.
    pub severity: Severity,
    /// In which deployments it holds.
    pub class: Class,
    /// What is wrong: one sentence without final period, naming resource and property.
    pub message: Box<str>,
    /// The text that decides it: the offending value, or the key of the nearest thing that exists.
    pub place: Place,
    /// The resource, when there is one.
    pub resource: Option<Arc<ResourceName>>,
    /// Where the resource is declared: its key in the text, when that is not the place itself.
    pub declared: Option<Arc<Place>>,
    /// The path of the property below the resource, such as `Properties.SecurityGroupIngress[0].CidrIp`; empty
    /// when the finding is about the resource as a whole.
    pub property: Box<str>,
    /// How the value came to be, from its source (a parameter's default, a mapping's entry) to its use.
    pub origins: Vec<Label>,
    /// When it holds, in words: `IsProd (Env = prod)`; empty for `always`. One entry for each way.
    pub when: Vec<String>,
    /// The smallest choice of parameters that makes it true, replayable with `--parameter`.
    pub witness: Vec<Assignment>,
    /// For `unsure`: what the answer hangs on.
    pub depends_on: Vec<String>,
    /// The stacks through which other templates lead here, when it holds for what they pass: each with the place of the
    /// innermost, and the way from the outermost template as its text. Empty when the template fails by itself.
    pub through: Vec<Label>,
    /// The construct of a CDK app that the resource belongs to, such as `App/Logs/Resource (app.ts:10:5)`.
    pub construct: Option<String>,
    /// Who silenced it, if anyone.
    pub suppressed: Option<Box<Suppression>>,
    /// The identity that survives reformatting and moved lines: 32 hexadecimal digits.
    pub fingerprint: Box<str>,
}
