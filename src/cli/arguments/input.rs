//! Flags that say what of all that is named is scanned.

use clap::Args;

/// What is scanned.
#[derive(Clone, Debug, Default, Args)]
pub struct Input {
    /// Scan the files of this branch, tag or commit instead of those of the working tree; nothing is checked out. Of a
    /// bare repository that is PATH: this instead of HEAD.
    #[arg(long, help_heading = "Running", value_name = "REV", conflicts_with_all = ["diff", "watch"])]
    pub revision: Option<String>,
}
