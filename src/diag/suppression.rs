//! Who silenced a finding.

use super::{Day, Place};

/// How a finding was silenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionKind {
    /// By a comment in the template.
    Comment,
    /// By metadata in the template.
    Metadata,
    /// By the configuration.
    Configuration,
    /// By a baseline: it was there on an earlier day.
    Baseline,
}

impl SuppressionKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Comment, Self::Metadata, Self::Configuration, Self::Baseline];

    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Metadata => "metadata",
            Self::Configuration => "configuration",
            Self::Baseline => "baseline",
        }
    }

    /// Whether it stands in the template itself.
    #[must_use]
    pub fn is_in_source(self) -> bool {
        matches!(self, Self::Comment | Self::Metadata)
    }
}

/// Somebody's decision that a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// How.
    pub kind: SuppressionKind,
    /// The tool in whose words it is written, such as `cfnward` or `checkov`.
    pub tool: String,
    /// The author's reason, when given.
    pub reason: Option<String>,
    /// Who answers for it, when given.
    pub owner: Option<String>,
    /// The last day on which it holds, when given.
    pub until: Option<Day>,
    /// Where it is written, when that is a place in a file.
    pub place: Option<Place>,
}

impl Suppression {
    /// One of this program's own of which nothing else is known.
    #[must_use]
    pub fn new(kind: SuppressionKind) -> Self {
        Self { kind, tool: "cfnward".to_owned(), reason: None, owner: None, until: None, place: None }
    }
}
