//! A suppression as it is written.

use crate::diag::{Day, Place, SuppressionKind};
use crate::text::Span;

/// The tool in whose words a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tool {
    Own,
    Checkov,
    CfnNag,
    CdkNag,
    Guard,
    CfnLint,
    Trivy,
    Kics,
}

impl Tool {
    /// Its name in reports.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Own => "cfnward",
            Self::Checkov => "checkov",
            Self::CfnNag => "cfn_nag",
            Self::CdkNag => "cdk_nag",
            Self::Guard => "guard",
            Self::CfnLint => "cfn-lint",
            Self::Trivy => "trivy",
            Self::Kics => "kics",
        }
    }
}

/// What a suppression reaches, in the text of the template with what it includes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of the template.
    Template,
    /// These parts of the text: findings that stand there, or whose resource is declared there.
    Parts(Vec<Span>),
}

/// One rule silenced in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) tool: Tool,
    pub(super) kind: SuppressionKind,
    /// The rule, as it is named there.
    pub(super) rule: String,
    pub(super) reason: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) until: Option<Day>,
    /// Where the rule is named.
    pub(super) place: Span,
    pub(super) reach: Reach,
    /// The resource whose whole text is reached, and the line that is spoken of: for telling people.
    pub(super) resource: Option<String>,
    pub(super) line: Option<usize>,
    /// The property below the resource (or below the template) that it is limited to.
    pub(super) path: Option<String>,
    /// What cdk-nag limits a suppression to, such as `Action::s3:*`; empty for no limit.
    pub(super) only: Vec<String>,
}

impl Written {
    /// One of which no more is known than that.
    pub(super) fn new(tool: Tool, kind: SuppressionKind, rule: &str, place: Span, reach: Reach) -> Self {
        Self {
            tool,
            kind,
            rule: rule.to_owned(),
            reason: None,
            owner: None,
            until: None,
            place,
            reach,
            resource: None,
            line: None,
            path: None,
            only: Vec::new(),
        }
    }
}

/// What a suppression speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuppressionReach {
    /// The whole template.
    Template,
    /// A resource, by its logical id.
    Resource(String),
    /// What begins on that line (1-based).
    Line(u32),
}

/// A suppression that a template carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenSuppression {
    /// How it is written.
    pub kind: SuppressionKind,
    /// The tool in whose words it is written.
    pub tool: &'static str,
    /// The rule, as it is named there.
    pub rule: String,
    /// The author's reason.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Day>,
    /// What cdk-nag limits it to; empty for no limit.
    pub applies_to: Vec<String>,
    /// What it speaks of; a resource when all of one is reached.
    pub reach: SuppressionReach,
    /// The line that it speaks of, when it is a comment on one.
    pub line: Option<u32>,
    /// Where the rule is named.
    pub place: Place,
}
