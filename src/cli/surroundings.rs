//! What the process's surroundings say: the clock, and the CI system that runs it.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a scan of that length that ends now began, and when it ended, in seconds since 1970; both are that of
/// `SOURCE_DATE_EPOCH` for builds that must come out the same every time.
pub(super) fn times(elapsed: Duration) -> (u64, u64) {
    if let Some(fixed) = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok()) {
        return (fixed, fixed);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now.saturating_sub(elapsed).as_secs(), now.as_secs())
}

/// Today, as days since 1970 in UTC.
pub(super) fn days_since_1970() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(now.as_secs() / (24 * 60 * 60)).unwrap_or(u32::MAX)
}

/// The address below which the files of the commit can be read, in a CI system that says so.
pub(super) fn source_url() -> Option<String> {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let runs_in = |name: &str| set(name).as_deref() == Some("true");
    if runs_in("GITHUB_ACTIONS") {
        let (server, repository) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?);
        return Some(format!("{server}/{repository}/blob/{}/", set("GITHUB_SHA")?));
    }
    if runs_in("GITLAB_CI") {
        return Some(format!("{}/-/blob/{}/", set("CI_PROJECT_URL")?, set("CI_COMMIT_SHA")?));
    }
    None
}

/// The file to which steps of a job in GitHub Actions add their summaries.
pub(super) fn step_summary() -> Option<PathBuf> {
    env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}
