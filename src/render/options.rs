//! What a reader asks of a report.

use std::time::Duration;

/// Which results a SARIF log carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SarifFlavour {
    /// For GitHub code scanning, which opens an alert for every result whatever its kind: only findings that count,
    /// the worst first.
    #[default]
    Github,
    /// Everything: `possible` and `unsure` findings with kind `review`, suppressed ones with their suppression.
    Full,
}

/// What makes two alerts of code scanning the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertIdentity {
    /// The finding's own fingerprint, so that a dismissed alert stays dismissed when lines around it change.
    #[default]
    Semantic,
    /// GitHub's own hash of the line and what follows it, which the upload action would compute too; our fingerprint
    /// only for further findings of one rule on one line, which would hide each other. A report without hashes of lines
    /// leaves them to the action.
    Line,
}

/// What findings stand together by on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grouping {
    /// By file, in the order of the text.
    #[default]
    File,
    /// By rule, the worst first.
    Rule,
    /// By resource.
    Resource,
    /// By severity, the worst first.
    Severity,
}

/// Where names on a terminal lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The URL of the folder that paths of the report are relative to, such as `file:///home/me/project`; `None` when
    /// the terminal cannot open files of this machine.
    pub folder: Option<String>,
}

/// How a report is to be shown. Every renderer takes them all and uses those that mean something in its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Terminal: write ANSI styles.
    pub colour: bool,
    /// Terminal: the columns to fit in.
    pub width: usize,
    /// Terminal: break titles where the screen ends. In a file or a log they are found more easily in one piece.
    pub wrap_titles: bool,
    /// Terminal: repeat the explanations of a rule for each finding, show notes and witnesses.
    pub verbose: bool,
    /// Terminal: only the summary line.
    pub quiet: bool,
    /// Terminal: no summary line, for a caller that ends with its own.
    pub problems_only: bool,
    /// Terminal: what was judged, in numbers.
    pub stats: bool,
    /// Terminal: how long the scan took, for the numbers.
    pub elapsed: Option<Duration>,
    /// Terminal: what findings stand together by.
    pub group_by: Grouping,
    /// Terminal: the most messages about findings, and the most about problems; `None` for all.
    pub max_shown: Option<usize>,
    /// Terminal: names of files and rules are links (OSC 8).
    pub links: Option<Links>,
    /// For people: show findings of class `unsure`. Formats that open something for each finding then carry those and
    /// the possible ones too, at the least weight.
    pub show_unsure: bool,
    /// For people: show findings that somebody silenced.
    pub show_suppressed: bool,
    /// Formats that must carry a time: when the scan began, in seconds since 1970 (UTC).
    pub started: u64,
    /// Formats that must carry a time: when the scan ended, in seconds since 1970 (UTC).
    pub ended: u64,
    /// OCSF: the account that is deployed to, if somebody said which.
    pub account_id: Option<String>,
    /// OCSF: the region that is deployed to, if somebody said which.
    pub region: Option<String>,
    /// Markdown and HTML: the address below which the scanned files can be read, such as
    /// `https://github.com/owner/name/blob/0123abcd/`. Anything but `https://` makes no links.
    pub source_url: Option<String>,
    /// SARIF: which results.
    pub sarif_flavour: SarifFlavour,
    /// SARIF: what code scanning joins alerts by.
    pub alert_identity: AlertIdentity,
    /// SARIF: the category that keeps uploads of one repository apart; it becomes `automationDetails.id`.
    pub sarif_category: Option<String>,
    /// SARIF: the most results, the worst first; what is left out is said. Without it 5,000 for `github`, which is what
    /// GitHub keeps, and no limit for `full`.
    pub sarif_most_results: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            colour: false,
            width: 100,
            wrap_titles: false,
            verbose: false,
            quiet: false,
            problems_only: false,
            stats: false,
            elapsed: None,
            group_by: Grouping::File,
            max_shown: None,
            links: None,
            show_unsure: false,
            show_suppressed: false,
            started: 0,
            ended: 0,
            account_id: None,
            region: None,
            source_url: None,
            sarif_flavour: SarifFlavour::Github,
            alert_identity: AlertIdentity::Semantic,
            sarif_category: None,
            sarif_most_results: None,
        }
    }
}
