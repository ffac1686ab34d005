//! How much a file may cost.

use clap::Args;

use crate::diag::{LIMITS, LimitError, Limits};

/// The flags about limits.
#[derive(Debug, Args)]
pub struct LimitFlags {
    /// Set a limit, such as `seconds=5`; `cfnward scan --limit help` lists them. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Limits", value_parser = limit)]
    pub limit: Vec<(&'static str, u64)>,
}

impl LimitFlags {
    /// Sets what the flags say.
    pub fn apply(&self, limits: &mut Limits) {
        for (name, value) in &self.limit {
            // A flag that cannot be set was refused when it was read.
            let _ = limits.set(name, *value);
        }
    }
}

/// The name and the value of a limit that can be set so, else what is wrong with it.
fn limit(flag: &str) -> Result<(&'static str, u64), String> {
    let Some((name, value)) = flag.split_once('=') else {
        return Err(format!("a limit is set as NAME=VALUE\n\n{}", list()));
    };
    let Some(known) = LIMITS.iter().find(|limit| limit.name == name) else {
        return Err(format!("there is no limit `{name}`\n\n{}", list()));
    };
    let Ok(number) = value.replace('_', "").parse::<u64>() else {
        return Err(format!("the limit `{name}` is a whole number, not `{value}`"));
    };
    match Limits::default().set(name, number) {
        Ok(()) => Ok((known.name, number)),
        Err(LimitError::OutOfRange(most)) => {
            Err(format!("the limit `{name}` must lie between 1 and {most}, {number} does not"))
        }
        Err(LimitError::Unknown) => Err(format!("there is no limit `{name}`")),
    }
}

/// The limits with their defaults, a line each.
fn list() -> String {
    let width = LIMITS.iter().map(|limit| limit.name.len()).max().unwrap_or(0);
    let line =
        |limit: &crate::diag::Limit| format!("  {:width$}  [{}] {}", limit.name, limit.default, limit.meaning.trim());
    format!("The limits are:\n{}", LIMITS.iter().map(line).collect::<Vec<_>>().join("\n"))
}
