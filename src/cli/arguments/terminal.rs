//! How a scan meets people at a terminal.

use std::num::NonZeroUsize;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use crate::render::Grouping;

/// How a scan meets people at a terminal.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Terminal")]
pub struct Terminal {
    /// What findings stand together by.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = GroupBy::File)]
    pub group_by: GroupBy,
    /// The most messages that are shown, the worst ones; how many more there are is said. A number, or all.
    #[arg(long, value_name = "N", default_value = "100")]
    pub max_shown: MaxShown,
    /// Make names of files and rules links.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Hyperlinks::Auto)]
    pub hyperlinks: Hyperlinks,
    /// Scan again whenever a template, a rule or the configuration changes, and say what is new and what is fixed.
    /// Ctrl-C ends it.
    #[arg(long, short)]
    pub watch: bool,
}

/// What findings stand together by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    /// By file, in the order of the text.
    File,
    /// By rule, the worst first.
    Rule,
    /// By resource.
    Resource,
    /// By severity, the worst first.
    Severity,
}

impl GroupBy {
    /// The word of the renderer.
    #[must_use]
    pub fn grouping(self) -> Grouping {
        match self {
            Self::File => Grouping::File,
            Self::Rule => Grouping::Rule,
            Self::Resource => Grouping::Resource,
            Self::Severity => Grouping::Severity,
        }
    }
}

/// The most messages that are shown; `None` for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxShown(pub Option<NonZeroUsize>);

impl FromStr for MaxShown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<usize>() {
            Ok(number) => NonZeroUsize::new(number)
                .map(|number| Self(Some(number)))
                .ok_or_else(|| "to show none, say --quiet".to_owned()),
            Err(_) if text == "all" => Ok(Self(None)),
            Err(_) => Err("a whole number, or `all`".to_owned()),
        }
    }
}

/// When to make links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Hyperlinks {
    /// On a terminal that is known to open them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
