//! Flags that leave out what was there before.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Deployment;

/// What a scan is compared with.
#[derive(Clone, Debug, Default, Args)]
pub struct Comparing {
    /// Report only findings that the working tree introduces since it left BASE (a branch, tag or commit): compared with
    /// the merge base of BASE and HEAD; changes that are not committed count, files that git does not know too.
    #[arg(long, help_heading = "Comparing", value_name = "BASE")]
    pub diff: Option<String>,
    /// With --diff: take configuration and baseline from the working tree. Otherwise they are those of the base, so that
    /// a change cannot weaken its own check.
    #[arg(long, help_heading = "Comparing", requires = "diff")]
    pub trust_change: bool,
    /// Silence the findings that this file knows; `cfnward baseline create` writes it.
    #[arg(long, help_heading = "Comparing", value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// `cfnward baseline`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward baseline create infra/                   remember what is there today\n  \
    cfnward scan infra/ --baseline cfnward-baseline.json\n  \
    cfnward baseline prune infra/                    take out what was fixed since\n  \
    cfnward baseline check infra/                    exit code 1 when findings and file do not agree\n\n\
    Entries are known again by fingerprint, whatever lines move; commit the file, and review its changes.")]
pub struct Baseline {
    /// What to do.
    #[command(subcommand)]
    pub action: BaselineAction,
}

/// What to do with a baseline.
#[derive(Debug, Subcommand)]
pub enum BaselineAction {
    /// Write a new one with every finding that counts.
    Create(BaselineScan),
    /// Write it anew: with every finding that counts, without those that are gone.
    Update(BaselineScan),
    /// Take out what is gone; add nothing.
    Prune(BaselineScan),
    /// Compare: exit code 1 when a finding is not in the file or an entry matches nothing any more.
    Check(BaselineScan),
}

/// The scan that a baseline is compared with or made from.
#[derive(Clone, Debug, Args)]
pub struct BaselineScan {
    /// Files and folders.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The baseline.
    #[arg(long, short, visible_alias = "baseline", value_name = "FILE", default_value = "cfnward-baseline.json")]
    pub output: PathBuf,
    /// Run this pack of rules. Repeatable.
    #[arg(long, value_name = "NAME")]
    pub pack: Vec<String>,
    /// Run this rule. Repeatable.
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// Run the rules in this Guard file or folder. Repeatable.
    #[arg(long, value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Do not run this rule. Repeatable.
    #[arg(long, value_name = "RULE")]
    pub skip_rule: Vec<String>,
    /// What is known of the deployment.
    #[command(flatten)]
    pub deployment: Deployment,
    /// The configuration file [default: cfnward.toml in the current folder or one above].
    #[arg(long, value_name = "FILE", conflicts_with = "no_local_config")]
    pub config: Option<PathBuf>,
    /// Ignore configuration found in the scanned tree.
    #[arg(long)]
    pub no_local_config: bool,
}
