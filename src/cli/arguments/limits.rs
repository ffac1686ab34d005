//! How much a file may cost.

use clap::Args;

use crate::diag::{LIMITS, LimitError, Limits};

/// The flags about limits.
#[derive(Debug, Args)]
pub struct LimitFlags {
    /// Set a limit, such as `seconds=5`; `cfnward scan --limit help` lists them. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Limits")]
    pub limit: Vec<String>,
}

impl LimitFlags {
    /// These limits with what the flags say.
    ///
    /// # Errors
    /// What is wrong with a flag, with the limits that there are.
    pub fn apply(&self, limits: &mut Limits) -> Result<(), String> {
        for flag in &self.limit {
            let Some((name, value)) = flag.split_once('=') else {
                return Err(format!("--limit takes NAME=VALUE, not `{flag}`\n\n{}", list()));
            };
            let Ok(number) = value.replace('_', "").parse::<u64>() else {
                return Err(format!("the limit `{name}` is a whole number, not `{value}`"));
            };
            match limits.set(name, number) {
                Ok(()) => {}
                Err(LimitError::Unknown) => return Err(format!("there is no limit `{name}`\n\n{}", list())),
                Err(LimitError::OutOfRange(most)) => {
                    return Err(format!("the limit `{name}` must lie between 1 and {most}, {number} does not"));
                }
            }
        }
        Ok(())
    }
}

/// The limits with their defaults, a line each.
fn list() -> String {
    let width = LIMITS.iter().map(|limit| limit.name.len()).max().unwrap_or(0);
    let line =
        |limit: &crate::diag::Limit| format!("  {:width$}  [{}] {}", limit.name, limit.default, limit.meaning.trim());
    format!("The limits are:\n{}", LIMITS.iter().map(line).collect::<Vec<_>>().join("\n"))
}
