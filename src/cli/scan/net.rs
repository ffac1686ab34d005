//! A net below the analysis of one file: a defect of ours costs that file, never the run.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Arc;

use crate::diag::{Code, FileKind, FileReport, Place, Problem, Report};
use crate::text::SourceName;

thread_local! {
    /// What the last panic of this thread said, and where.
    static SAID: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Has panics remembered instead of printed: what they say may come from a template.
pub(super) fn spread() {
    std::panic::set_hook(Box::new(|panic| SAID.with_borrow_mut(|said| *said = describe(panic))));
}

fn describe(panic: &PanicHookInfo<'_>) -> String {
    let said = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
    format!("{said}{}", place.unwrap_or_default())
}

/// What `judge` gives; else a problem that says what went wrong.
pub(super) fn caught(name: &SourceName, judge: impl FnOnce() -> Report) -> Report {
    catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| {
        let source = Arc::new(name.clone());
        let said = SAID.with_borrow(Clone::clone);
        let problem = Problem {
            code: Code::Internal,
            message: format!("cfnward failed on this file: {said}"),
            place: Place::file(&source),
            related: Vec::new(),
            help: Some(
                "please report it, with the file if you can; the other files are judged all the same".to_owned(),
            ),
        };
        let file = FileReport { source, kind: FileKind::Broken, resources: 0 };
        Report { files: vec![file], problems: vec![problem], ..Report::default() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_problem_of_the_file() {
        spread();
        let report = caught(&SourceName::from_display("t.yaml"), || panic!("the {} is on fire", "printer"));
        let _ = std::panic::take_hook();
        assert_eq!(report.files.len(), 1);
        assert_eq!(report.problems[0].code, Code::Internal);
        assert!(report.problems[0].message.starts_with("cfnward failed on this file: the printer is on fire at src"));
    }
}
