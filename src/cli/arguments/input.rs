//! Flags that say what of all that is named is scanned.

use std::str::FromStr;

use clap::Args;

/// What is scanned.
#[derive(Clone, Debug, Default, Args)]
pub struct Input {
    /// Scan the files of this branch, tag or commit instead of those of the working tree; nothing is checked out. Of a
    /// bare repository that is PATH: this instead of HEAD.
    #[arg(long, help_heading = "Running", value_name = "REV", conflicts_with_all = ["diff", "watch"])]
    pub revision: Option<String>,
    /// Judge only part I of N of the files, so that N runs share the work; files that belong together stay together, and
    /// all parts together report what one scan would. SARIF of each needs a --category of its own.
    #[arg(long, help_heading = "Running", value_name = "I/N", conflicts_with_all = ["diff", "watch"])]
    pub shard: Option<Shard>,
}

/// One of several parts of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
}

/// The most parts that make sense.
const MOST_SHARDS: usize = 10_000;

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let Some((number, of)) = numbers else {
            return Err("a part is I/N, such as 2/8 for the second of eight".to_owned());
        };
        if of == 0 || of > MOST_SHARDS {
            return Err(format!("there can be 1 to {MOST_SHARDS} parts"));
        }
        if !(1..=of).contains(&number) {
            return Err(format!("of {of} parts the first is 1/{of} and the last {of}/{of}"));
        }
        Ok(Self { number, of })
    }
}
