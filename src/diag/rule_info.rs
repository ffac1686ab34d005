//! What a report says of the rules that ran.

use std::borrow::Cow;
use std::sync::Arc;

use super::Severity;

/// How often a rule is right when it fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Sometimes wrong.
    Low,
    /// Usually right.
    Medium,
    /// Right nearly always.
    High,
}

impl Confidence {
    /// All of them, least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word used in headers and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How far a rule has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Runs only when named.
    Draft,
    /// Runs on request.
    Preview,
    /// Runs.
    Stable,
    /// Keeps its name, does not run.
    Retired,
}

impl Status {
    /// All of them, in the order of a rule's life.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Preview, Self::Stable, Self::Retired];

    /// The word used in headers and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Preview => "preview",
            Self::Stable => "stable",
            Self::Retired => "retired",
        }
    }
}

/// Whom a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Everybody: quiet and right.
    Default,
    /// Teams that want every recommendation said.
    Strict,
}

impl Profile {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Default, Self::Strict];

    /// The word used in headers and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Strict => "strict",
        }
    }
}

/// A text about a rule. Those of the program's own rules are part of the program and are not copied.
pub type Words = Cow<'static, str>;

/// A list about a rule.
pub type List<T> = Cow<'static, [T]>;

/// The requirements of one framework that a rule checks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Framework {
    /// The framework's key, such as `fsbp` or `cis_aws_3_0`.
    pub name: Words,
    /// The requirements' ids.
    pub requirements: List<Words>,
}

/// A value of a rule that organisations differ on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredSetting {
    /// The name of the rule's variable.
    pub name: Words,
    /// What the value stands for.
    pub meaning: Words,
}

/// The description of a rule, as a report carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleInfo {
    /// The id: snake case, what is wrong.
    pub id: Arc<str>,
    /// The control ids of the catalogue that it checks.
    pub controls: List<Words>,
    /// What it asks for, in a few words.
    pub title: Words,
    /// How bad a finding is.
    pub severity: Severity,
    /// The same as a CVSS-like number in tenths (91 is 9.1), inside GitHub's band for the severity.
    pub security_severity: u8,
    /// How often it is right.
    pub confidence: Confidence,
    /// How far it has come.
    pub status: Status,
    /// Whom it is for.
    pub profile: Profile,
    /// The version that brought it.
    pub since: Words,
    /// The resource types that it judges.
    pub resources: List<Words>,
    /// The category, such as `encryption-at-rest`.
    pub category: Words,
    /// Free words for selecting.
    pub tags: List<Words>,
    /// The ids of other tools for the same check.
    pub aliases: List<Words>,
    /// Framework requirements.
    pub frameworks: List<Framework>,
    /// What users may set, sorted by name.
    pub settings: List<DeclaredSetting>,
    /// Why it matters.
    pub why: Words,
    /// What to do.
    pub fix: Words,
    /// Where to read more.
    pub links: List<Words>,
    /// Its page below the project's root, such as `rules/aws/s3/README.md`; `None` for rules of users.
    pub page: Option<Words>,
    /// The template text of its documented bad example.
    pub bad_example: Option<Words>,
    /// The template text of its documented good example.
    pub good_example: Option<Words>,
    /// All of this as SARIF describes it, if that was written when the program was built. Whoever changes anything takes
    /// it away.
    pub sarif: Option<&'static str>,
}
