//! How bad a finding is.

/// How much harm a finding can do; ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A weakness that needs others to matter.
    Low,
    /// Should be fixed.
    Medium,
    /// Fix before the next deployment.
    High,
    /// Do not deploy.
    Critical,
}

impl Severity {
    /// All of them, least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in headers, flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The least and the greatest CVSS-like number, in tenths, that GitHub shows as this severity.
    #[must_use]
    pub fn band(self) -> (u8, u8) {
        match self {
            Self::Critical => (91, 100),
            Self::High => (70, 89),
            Self::Medium => (40, 69),
            Self::Low => (20, 39),
            Self::Info => (1, 19),
        }
    }

    /// The severity that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == word)
    }
}
