//! Our own comments: `# cfnward: ignore[rule, rule] until=2026-12-31 owner=NAME reason`.

use crate::diag::{Code, Day, SuppressionKind};
use crate::rules::{did_you_mean, nearest};
use crate::template::TemplateProblem;
use crate::text::Span;

use super::written::{Reach, Tool, Written};

/// What introduces a comment of ours.
pub(super) const MARKER: &str = "cfnward:";
/// The words that may follow it.
const WORDS: [&str; 2] = ["ignore", "ignore-file"];
/// What may stand behind the rules.
const KEYS: [&str; 3] = ["until", "owner", "reason"];

/// A comment of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OwnComment {
    /// Whether it speaks of the whole file.
    pub(super) file: bool,
    /// The rules and where each is named in the comment.
    pub(super) rules: Vec<(String, Span)>,
    pub(super) until: Option<Day>,
    pub(super) owner: Option<String>,
    pub(super) reason: Option<String>,
}

impl OwnComment {
    /// Its suppressions; `at` is where the comment begins.
    pub(super) fn written(&self, at: usize, reach: &Reach, line: Option<usize>) -> Vec<Written> {
        let written = self.rules.iter().map(|(rule, place)| Written {
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until,
            line,
            ..Written::new(Tool::Own, SuppressionKind::Comment, rule, moved(*place, at), reach.clone())
        });
        written.collect()
    }
}

/// A span of a comment as one of the text, in which the comment begins there.
pub(super) fn moved(span: Span, at: usize) -> Span {
    Span::new(span.start() + at, span.end() + at)
}

/// A problem with a suppression.
pub(super) fn malformed(message: String, span: Span, help: &str) -> TemplateProblem {
    TemplateProblem { code: Code::SuppressionMalformed, message, span, help: Some(help.to_owned()) }
}

const HELP: &str = "write `# cfnward: ignore[rule] until=2026-12-31 owner=team why it is accepted`";

/// Reads a comment; `None` when it is not one of ours. Spans are those of the comment.
pub(super) fn read_comment(comment: &str) -> Option<Result<OwnComment, TemplateProblem>> {
    let begin = comment.match_indices(MARKER).map(|(at, _)| at).find(|at| {
        let before = comment.get(..*at).unwrap_or_default().trim_end();
        before.ends_with(['#', '*']) || before.ends_with("//")
    })?;
    let rest = comment.get(begin + MARKER.len()..)?;
    let from = comment.len() - rest.trim_start().len();
    let rest = rest.trim_start();
    let word: &str =
        rest.get(..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len()))?;
    let place = Span::new(from, from + word.len());
    let after = rest.get(word.len()..)?.trim_start();
    if !WORDS.contains(&word) {
        let near = nearest(word, WORDS);
        let meant = near.first().copied().or(after.starts_with('[').then_some("ignore"))?;
        let message = format!("`{word}` means nothing behind `{MARKER}`{}", did_you_mean(&[meant]));
        return Some(Err(malformed(message, place, HELP)));
    }
    Some(read_rules(comment, word == "ignore-file", place, after))
}

fn read_rules(comment: &str, file: bool, word: Span, after: &str) -> Result<OwnComment, TemplateProblem> {
    let Some((inside, tail)) = after.strip_prefix('[').and_then(|list| list.split_once(']')) else {
        let message = "the suppression does not name its rules in brackets".to_owned();
        return Err(malformed(message, word, HELP));
    };
    let mut at = comment.len() - after.len() + 1;
    let mut rules = Vec::new();
    for part in inside.split(',') {
        let rule = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        at += part.len() + 1;
        if rule.contains('*') {
            let message = "a comment cannot silence every rule".to_owned();
            let help = "name the rules; whole files are left out with `exclude` in cfnward.toml";
            return Err(malformed(message, Span::new(start, start + rule.len()), help));
        }
        if !rule.is_empty() {
            rules.push((rule.to_owned(), Span::new(start, start + rule.len())));
        }
    }
    if rules.is_empty() {
        return Err(malformed("the suppression names no rule".to_owned(), word, HELP));
    }
    let mut read = OwnComment { file, rules, until: None, owner: None, reason: None };
    read_tail(comment, tail, &mut read)?;
    Ok(read)
}

/// Reads what stands behind the brackets: `key=value` as often as there is one, then the reason.
fn read_tail(comment: &str, tail: &str, read: &mut OwnComment) -> Result<(), TemplateProblem> {
    let mut rest = tail.trim_end_matches("*/").trim_end();
    let end = comment.len() - (tail.len() - rest.len());
    loop {
        rest = rest.trim_start();
        let start = end - rest.len();
        let word = rest.get(..rest.find(char::is_whitespace).unwrap_or(rest.len())).unwrap_or_default();
        let Some((key, value)) = word.split_once('=') else { break };
        let is_key = |key: &str| KEYS.contains(&key);
        if !is_key(key) {
            let near = nearest(key, KEYS);
            if near.is_empty() {
                break;
            }
            let message = format!("`{key}` is not known here{}", did_you_mean(&near));
            return Err(malformed(message, Span::new(start, start + key.len()), HELP));
        }
        let place = Span::new(start + key.len() + 1, start + word.len());
        rest = rest.get(key.len() + 1..).unwrap_or_default();
        match key {
            "until" => {
                read.until = Some(Day::parse(value).ok_or_else(|| no_day(value, place))?);
                rest = rest.get(value.len()..).unwrap_or_default();
            }
            "owner" => {
                let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
                let (owner, behind) = quoted.unwrap_or((value, rest.get(value.len()..).unwrap_or_default()));
                read.owner = Some(owner.to_owned()).filter(|owner| !owner.is_empty());
                rest = behind;
            }
            _ => break,
        }
    }
    let reason = rest.trim_start_matches([':', '-', '–', '—', ' ', '\t']).trim_end();
    read.reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Ok(())
}

/// What to say of a text that names no day.
pub(super) fn no_day(text: &str, place: Span) -> TemplateProblem {
    let text: String = text.chars().take(40).collect();
    malformed(format!("`{text}` is no day"), place, "write the day like `2026-12-31`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(comment: &str) -> OwnComment {
        read_comment(comment).unwrap().unwrap()
    }

    fn wrong(comment: &str) -> (String, Option<String>) {
        let problem = read_comment(comment).unwrap().unwrap_err();
        (problem.message, problem.span.slice(comment).map(str::to_owned))
    }

    #[test]
    fn rules_day_owner_and_reason_are_read() {
        let comment =
            "# cfnward: ignore[a_rule,  CKV_AWS_18] until=2026-12-31 owner=\"Team A\" - the log bucket, see #12";
        let one = read(comment);
        let places: Vec<&str> = one.rules.iter().map(|(_, place)| place.slice(comment).unwrap()).collect();
        assert_eq!(places, ["a_rule", "CKV_AWS_18"]);
        assert_eq!(one.until, Day::parse("2026-12-31"));
        assert_eq!(one.owner.as_deref(), Some("Team A"));
        assert_eq!(one.reason.as_deref(), Some("the log bucket, see #12"));
        assert!(!one.file && read("#cfnward:ignore-file[x]").file);
        assert_eq!(read("# cfnward: ignore[x] reason=a=b c").reason.as_deref(), Some("a=b c"));
        assert_eq!(read("# cfnward: ignore[x] a=b c").reason.as_deref(), Some("a=b c"));
        assert_eq!(read("/* cfnward: ignore[x] why */").reason.as_deref(), Some("why"));
        assert_eq!(read("# nosec # cfnward: ignore[x]").rules.len(), 1);
    }

    #[test]
    fn remarks_about_the_program_are_not_read() {
        for remark in ["# see cfnward: ignore[x]", "# cfnward: runs in CI", "# the rest", "#", "# cfnward:"] {
            assert_eq!(read_comment(remark), None, "{remark}");
        }
    }

    #[test]
    fn what_is_misspelt_is_said_at_its_place() {
        let said = |comment: &str| wrong(comment).1.unwrap_or_default();
        assert_eq!(said("# cfnward: ingore[x]"), "ingore");
        assert_eq!(said("# cfnward: skip[x]"), "skip");
        assert_eq!(said("# cfnward: ignore because"), "ignore");
        assert_eq!(said("# cfnward: ignore[ , ]"), "ignore");
        assert_eq!(said("# cfnward: ignore[*]"), "*");
        assert_eq!(said("# cfnward: ignore[x] untill=2026-12-31"), "untill");
        assert_eq!(said("# cfnward: ignore[x] until=2026-02-30 why"), "2026-02-30");
        assert!(wrong("# cfnward: ignroe-file[x]").0.contains("did you mean `ignore-file`?"));
    }
}
