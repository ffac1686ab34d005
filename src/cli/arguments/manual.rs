//! What helps people to type commands and to read about them.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

/// `cfnward completions`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    source <(cfnward completions bash)                                   in ~/.bashrc\n  \
    source <(cfnward completions zsh)                                    in ~/.zshrc, after compinit\n  \
    cfnward completions fish > ~/.config/fish/completions/cfnward.fish\n  \
    cfnward completions powershell | Out-String | Invoke-Expression      in $PROFILE")]
pub struct Completions {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// `cfnward man`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    cfnward man | man -l -                             the page of the program\n  \
    cfnward man scan | man -l -                        that of a command\n  \
    cfnward man --dir ~/.local/share/man/man1          all of them, for `man cfnward-scan`")]
pub struct Man {
    /// The command that the page is about [default: the whole program].
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    pub command: Option<String>,
    /// Write every page into this folder.
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}
