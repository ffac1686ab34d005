//! `cfnward config`

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `cfnward config`
#[derive(Debug, Args)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Say what is wrong with the configuration, or what counts and where it is said.
    #[command(after_help = "Exit code: 0 when nothing is wrong, 2 when something is.")]
    Check {
        /// The configuration file [default: cfnward.toml in the current folder or one above].
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of the configuration, for editors.
    Schema,
}
