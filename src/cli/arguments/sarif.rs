//! Flags for SARIF.

use clap::{Args, ValueEnum, value_parser};

/// How SARIF is written.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "SARIF")]
pub struct Sarif {
    /// Which SARIF: github leaves out what GitHub would show as open alerts (suppressed, possible, unsure).
    #[arg(long, value_enum, default_value_t = SarifFlavour::Github)]
    pub sarif: SarifFlavour,
    /// What keeps this upload apart from others of the same commit, such as those of a matrix.
    #[arg(long, value_name = "NAME", value_parser = category)]
    pub category: Option<String>,
    /// What makes two alerts of different commits the same: the resource and its property, or GitHub's hash of the lines.
    #[arg(long, value_enum, default_value_t = AlertIdentity::Semantic)]
    pub alert_identity: AlertIdentity,
    /// The most results, the worst first; GitHub refuses more than 25000 [default: 5000 for github, else all].
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=25_000))]
    pub max_results: Option<u32>,
}

/// Which findings SARIF carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SarifFlavour {
    /// Only those that should be open alerts.
    Github,
    /// All.
    Full,
}

/// What code scanning joins alerts by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlertIdentity {
    /// Rule, file, resource and property: survives moved and edited lines.
    Semantic,
    /// GitHub's hash of the line and what follows it.
    Line,
}

fn category(text: &str) -> Result<String, String> {
    let name = text.trim().trim_end_matches('/');
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err("a category is a name of visible characters".to_owned());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_ends_before_its_slash() {
        assert_eq!(category("infra/prod/").as_deref(), Ok("infra/prod"));
        assert!(category(" / ").is_err() && category("a\nb").is_err());
    }
}
