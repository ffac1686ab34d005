//! The comments of other tools.

use crate::diag::{Day, SuppressionKind};
use crate::text::Span;

use super::comments::moved;
use super::written::{Reach, Tool, Written};

/// The words of which one stands in every comment that is read here.
pub(super) const MARKERS: [&str; 6] =
    ["checkov:skip", "bridgecrew:skip", "cortex:skip", "trivy:ignore", "tfsec:ignore", "kics-scan"];

/// What a comment of another tool speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// What begins on the comment's line or the next.
    Thing,
    /// The line only.
    Line,
    /// The resource that the comment stands in or directly above of.
    Resource,
    /// The file, if nothing stands before the comment.
    File,
}

/// The suppressions of a comment that begins at `at`, each with what it speaks of; their reach is still to be found.
pub(super) fn read_foreign(comment: &str, at: usize) -> Vec<(Written, Target)> {
    let mut all = Vec::new();
    checkov(comment, at, &mut all);
    trivy(comment, at, &mut all);
    kics(comment, at, &mut all);
    all
}

fn new(tool: Tool, rule: &str, place: Span) -> Written {
    Written::new(tool, SuppressionKind::Comment, rule, place, Reach::Parts(Vec::new()))
}

/// `checkov:skip=ID,ID:reason`.
fn checkov(comment: &str, at: usize, all: &mut Vec<(Written, Target)>) {
    let marker = ["checkov:skip=", "bridgecrew:skip=", "cortex:skip="];
    let Some(begin) = marker.iter().find_map(|marker| Some(comment.find(marker)? + marker.len())) else { return };
    let rest = comment.get(begin..).unwrap_or_default();
    let (ids, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let mut from = begin;
    for part in ids.split(',') {
        let id = part.split_whitespace().next().unwrap_or_default();
        let start = from + (part.len() - part.trim_start().len());
        from += part.len() + 1;
        if !id.is_empty() {
            let place = moved(Span::new(start, start + id.len()), at);
            let reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
            all.push((Written { reason, ..new(Tool::Checkov, id, place) }, Target::Resource));
        }
    }
}

/// `trivy:ignore:ID`, perhaps with `:exp:DAY` and `:ws:NAME` behind it; several on one line.
fn trivy(comment: &str, at: usize, all: &mut Vec<(Written, Target)>) {
    for marker in ["trivy:ignore:", "tfsec:ignore:"] {
        for (found, _) in comment.match_indices(marker) {
            let begin = found + marker.len();
            let rest = comment.get(begin..).unwrap_or_default();
            let word = rest.split(|c: char| c.is_whitespace() || c == '[').next().unwrap_or_default();
            let mut parts = word.split(':');
            let id = parts.next().unwrap_or_default();
            let mut until = None;
            let mut holds = !id.is_empty();
            while let Some(key) = parts.next() {
                match (key, parts.next()) {
                    ("exp", Some(day)) => {
                        until = Day::parse(day);
                        holds &= until.is_some();
                    }
                    // A workspace is Terraform's, and a key that is not known may limit it too.
                    _ => holds = false,
                }
            }
            // What stands in brackets limits it to some values.
            holds &= !rest.get(word.len()..).is_some_and(|rest| rest.starts_with('['));
            if holds {
                let place = moved(Span::new(begin, begin + id.len()), at);
                all.push((Written { until, ..new(Tool::Trivy, id, place) }, Target::Thing));
            }
        }
    }
}

/// `kics-scan ignore`, `ignore-line`, `ignore-block`, `disable=ID,ID`.
fn kics(comment: &str, at: usize, all: &mut Vec<(Written, Target)>) {
    let Some(begin) = comment.find("kics-scan").map(|found| found + "kics-scan".len()) else { return };
    let rest = comment.get(begin..).unwrap_or_default();
    let from = begin + (rest.len() - rest.trim_start().len());
    let rest = rest.trim();
    let every = |target| (new(Tool::Kics, "*", moved(Span::new(from, from + rest.len()), at)), target);
    match rest {
        "ignore" => all.push(every(Target::File)),
        "ignore-line" => all.push(every(Target::Line)),
        "ignore-block" => all.push(every(Target::Thing)),
        _ => {
            let Some(ids) = rest.strip_prefix("disable=") else { return };
            let mut start = from + "disable=".len();
            for part in ids.split(',') {
                let place = moved(Span::new(start, start + part.len()), at);
                start += part.len() + 1;
                all.push((new(Tool::Kics, part.trim(), place), Target::File));
            }
        }
    }
}
