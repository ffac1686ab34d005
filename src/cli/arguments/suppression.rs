//! Which suppressions count.

use clap::{Args, ValueEnum};

use crate::config::ForeignSuppressions;
use crate::diag::Day;

/// Which suppressions count.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Suppression")]
pub struct Suppression {
    /// Also show findings that are silenced, and by whom.
    #[arg(long)]
    pub show_suppressed: bool,
    /// Let no suppression count, neither of templates nor of the configuration.
    #[arg(long)]
    pub no_ignores: bool,
    /// Let suppressions in templates not count, only those of the configuration.
    #[arg(long)]
    pub ignore_only_from_config: bool,
    /// Let suppressions count that are written for other tools: none, those in metadata, or all, comments too; all when
    /// no word is given [default: metadata].
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub honor_foreign_suppressions: Option<Foreign>,
    /// The day on which suppressions are or are not over, such as 2026-12-31 [default: today, in UTC].
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub today: Option<Day>,
}

/// Which suppressions of other tools count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Foreign {
    /// None.
    None,
    /// Those in metadata.
    Metadata,
    /// Those in metadata and in comments.
    All,
}

impl Foreign {
    /// The word of the configuration.
    #[must_use]
    pub fn suppressions(self) -> ForeignSuppressions {
        match self {
            Self::None => ForeignSuppressions::None,
            Self::Metadata => ForeignSuppressions::Metadata,
            Self::All => ForeignSuppressions::All,
        }
    }
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written like 2026-12-31".to_owned())
}
