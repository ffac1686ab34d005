//! What is asked and answered, whoever answers.

use cfnward::guard::Dialect;

/// How a document is read: AWS's commands differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loader {
    /// As `cfn-guard validate` reads it.
    Validate,
    /// As `cfn-guard test` reads it.
    Test,
}

/// A status of a rule or file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It does not apply.
    Skip,
}

/// What an engine makes of a rule file and a document.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The rules are not read.
    Unreadable,
    /// The document is not read.
    Unloadable,
    /// The evaluation ends without an answer; why.
    Error(String),
    /// The file's status, and each rule's, sorted.
    Statuses(Status, Vec<(String, Status)>),
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unreadable, Self::Unreadable) | (Self::Unloadable, Self::Unloadable) => true,
            // Everybody words errors in his own way.
            (Self::Error(_), Self::Error(_)) => true,
            (Self::Statuses(file, rules), Self::Statuses(file2, rules2)) => file == file2 && rules == rules2,
            // When neither rules nor data can be read, which one is said first is of no account.
            (Self::Unreadable, Self::Unloadable) | (Self::Unloadable, Self::Unreadable) => true,
            _ => false,
        }
    }
}

/// The two dialects by their names.
pub const DIALECTS: [(Dialect, &str); 2] = [(Dialect::Classic, "classic"), (Dialect::V321, "3.2.1")];

/// The status of a file from those of its rules.
#[must_use]
pub fn file_status(rules: &[(String, Status)]) -> Status {
    let any = |status| rules.iter().any(|(_, other)| *other == status);
    if any(Status::Fail) {
        Status::Fail
    } else if any(Status::Pass) {
        Status::Pass
    } else {
        Status::Skip
    }
}
