//! How a run ended.

use std::process::ExitCode;

/// How a run ended; the same codes whatever the output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Nothing at or above the threshold.
    Clean,
    /// Findings at or above the threshold, or tests that failed.
    Findings,
    /// Usage, configuration or rules are wrong, or what was asked could not be done.
    Usage,
    /// A template could not be read or judged, with `--require-complete`.
    Incomplete,
}

impl Ending {
    /// The exit code: 0, 1, 2, 3 in the order above.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
        })
    }
}
