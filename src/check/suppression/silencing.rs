//! Suppressions and findings brought together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::texts::Text;
use crate::diag::{Code, Day, Finding, Place, Problem, Suppression};
use crate::rules::did_you_mean;
use crate::template::{Template, TemplateProblem};
use crate::text::{SourceName, Span};

use super::names::RuleNames;
use super::reading::{Found, find};
use super::settings::SuppressionSettings;
use super::written::{Reach, Tool, Written};

/// So many days before a suppression is over, it is said.
const SOON: u32 = 14;

/// The suppressions of a template, and which of them silenced something.
pub(in crate::check) struct Silencing<'t> {
    text: &'t Text<'t>,
    all: Vec<Located>,
    /// The numbers of those that mean a rule.
    by_rule: BTreeMap<Arc<str>, Vec<usize>>,
    problems: Vec<TemplateProblem>,
    today: Option<Day>,
}

struct Located {
    written: Written,
    /// The parts of files that it reaches; `None` for all of the template.
    parts: Option<Vec<(Arc<SourceName>, Span)>>,
    /// The rules that it means and that run.
    rules: BTreeSet<Arc<str>>,
    /// Those of them that it may not silence.
    locked: BTreeSet<Arc<str>>,
    standing: Standing,
    /// Whether there was a finding for it.
    used: bool,
    /// Whether that was of a rule that it may not silence.
    refused: bool,
}

/// Whether a suppression counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Holds,
    Over,
    WithoutReason,
}

impl<'t> Silencing<'t> {
    /// The suppressions of a template; `None` when it has none and nothing is to be said of any. `names` is only asked
    /// for when there are some.
    pub(in crate::check) fn new<'n>(
        template: &Template<'_>,
        text: &'t Text<'t>,
        settings: &SuppressionSettings,
        names: impl FnOnce() -> &'n RuleNames,
    ) -> Option<Self> {
        let Found { mut written, problems } = find(template, text, settings);
        if written.is_empty() && problems.is_empty() {
            return None;
        }
        let names = names();
        // What is written for this program comes first: its reason is the one to be told.
        written.sort_by_key(|one| (one.tool != Tool::Own, one.place));
        let all: Vec<Located> = written.into_iter().map(|one| located(one, text, settings, names)).collect();
        let mut by_rule: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
        for (number, one) in all.iter().enumerate() {
            for rule in &one.rules {
                by_rule.entry(Arc::clone(rule)).or_default().push(number);
            }
        }
        Some(Self { text, all, by_rule, problems, today: settings.today })
    }

    /// Marks the findings that are silenced.
    pub(in crate::check) fn apply(&mut self, findings: &mut [Finding]) {
        for finding in findings {
            for number in self.by_rule.get(&finding.rule).map(Vec::as_slice).unwrap_or_default() {
                let Some(one) = self.all.get_mut(*number).filter(|one| one.fits(finding)) else { continue };
                one.used = true;
                if one.standing != Standing::Holds {
                    continue;
                }
                if one.locked.contains(&finding.rule) {
                    one.refused = true;
                } else if finding.suppressed.is_none() {
                    finding.suppressed = Some(Box::new(one.told(self.text)));
                }
            }
        }
    }

    /// The places of those that silenced something.
    pub(in crate::check) fn used(&self) -> impl Iterator<Item = (Arc<SourceName>, Span)> {
        let used = self.all.iter().filter(|one| one.used);
        used.filter_map(|one| self.text.locate(one.written.place).map(|(name, span)| (Arc::clone(name), span)))
    }

    /// What is wrong with them. Whether one has nothing to silence is only known when the whole template was judged, as
    /// it can be deployed.
    pub(in crate::check) fn problems(&self, names: &RuleNames, whole: bool) -> Vec<Problem> {
        let malformed = self.problems.iter().map(|problem| Problem {
            code: problem.code,
            message: problem.message.clone(),
            place: self.text.place(problem.span),
            related: Vec::new(),
            help: problem.help.clone(),
        });
        let mut problems: Vec<Problem> = malformed.collect();
        let mut suggestions = BTreeMap::new();
        for one in &self.all {
            if let Some((code, message, help)) = one.problem(names, &mut suggestions, whole, self.today) {
                let place = self.text.place(one.written.place);
                problems.push(Problem { code, message, place, related: Vec::new(), help: Some(help) });
            }
        }
        problems
    }
}

fn located(written: Written, text: &Text<'_>, settings: &SuppressionSettings, names: &RuleNames) -> Located {
    let rules = names.meant(written.tool, &written.rule);
    let is_locked = |rule: &&Arc<str>| {
        let severe = settings.locked_severity.is_some_and(|from| names.severity(rule).is_some_and(|it| it >= from));
        severe || settings.locked_rules.contains(*rule)
    };
    let locked = rules.iter().filter(is_locked).cloned().collect();
    let over = written.until.zip(settings.today).is_some_and(|(until, today)| until < today);
    let standing = if over {
        Standing::Over
    } else if settings.require_reason && written.reason.is_none() {
        Standing::WithoutReason
    } else {
        Standing::Holds
    };
    let parts = match &written.reach {
        Reach::Template => None,
        Reach::Parts(parts) => {
            let located = parts.iter().filter_map(|part| text.locate(*part));
            Some(located.map(|(name, span)| (Arc::clone(name), span)).collect())
        }
    };
    Located { written, parts, rules, locked, standing, used: false, refused: false }
}

impl Located {
    /// Whether it speaks of a finding.
    fn fits(&self, finding: &Finding) -> bool {
        let begins_in = |place: &Place, name: &Arc<SourceName>, part: Span| {
            let start = place.span.start();
            let inside = part.start() <= start && (start < part.end() || start == part.start());
            inside && (Arc::ptr_eq(&place.source, name) || place.source == *name)
        };
        let reached = self.parts.as_ref().is_none_or(|parts| {
            let places = || std::iter::once(&finding.place).chain(finding.declared.as_deref());
            parts.iter().any(|(name, part)| places().any(|place| begins_in(place, name, *part)))
        });
        reached && self.is_of_path(finding) && self.is_of_kind(finding)
    }

    /// Whether a finding is about the property that it is limited to, or something below that.
    fn is_of_path(&self, finding: &Finding) -> bool {
        let Some(path) = &self.written.path else { return true };
        let below = |whole: &str, path: &str| {
            let rest = whole.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let resource = finding.resource.as_ref().map_or("", |resource| resource.logical_id.as_str());
        let whole = format!("Resources.{resource}.{}", finding.property);
        below(&finding.property, path) || below(whole.trim_end_matches('.'), path)
    }

    /// Whether a finding is about one of the values that cdk-nag limits it to.
    fn is_of_kind(&self, finding: &Finding) -> bool {
        let only = &self.written.only;
        let excerpt = &finding.place.excerpt;
        let value = excerpt.span.slice(&excerpt.text).unwrap_or_default().trim_matches(['"', '\'']);
        only.is_empty()
            || only
                .iter()
                .any(|limit| limit.split_once("::").is_some_and(|(_, limit)| !value.is_empty() && limit == value))
    }

    /// It, as a finding tells it.
    fn told(&self, text: &Text<'_>) -> Suppression {
        let written = &self.written;
        Suppression {
            kind: written.kind,
            tool: written.tool.as_str().to_owned(),
            reason: written.reason.clone(),
            owner: written.owner.clone(),
            until: written.until,
            place: Some(text.place(written.place)),
        }
    }

    /// `suggestions` holds what was said of names that no rule has: looking for similar ones takes long.
    fn problem(
        &self,
        names: &RuleNames,
        suggestions: &mut BTreeMap<String, Option<String>>,
        whole: bool,
        today: Option<Day>,
    ) -> Option<(Code, String, String)> {
        let Written { tool, rule, until, .. } = &self.written;
        let own = *tool == Tool::Own;
        let rule: String = rule.chars().take(200).collect();
        let of = |code: Code| if own { code } else { Code::SuppressionForeign };
        let told = |code, message: String, help: &str| Some((code, message, help.to_owned()));
        if self.rules.is_empty() {
            // The ids of other tools are for those tools. What is known but does not run is no mistake.
            if !own {
                return None;
            }
            let suggest = |rule: &String| {
                let near = names.known(rule).err()?;
                Some(did_you_mean(&near.iter().map(String::as_str).collect::<Vec<_>>()))
            };
            let suggestion = suggestions.entry(rule).or_insert_with_key(suggest).clone()?;
            let rule: String = self.written.rule.chars().take(200).collect();
            let message = format!("there is no rule `{rule}`{suggestion}");
            let help = "it silences nothing; `cfnward rules` lists the rules";
            return told(Code::SuppressionUnknownRule, message, help);
        }
        if !self.used {
            let message = format!("`{rule}` finds nothing here that this would silence");
            return if whole {
                told(of(Code::SuppressionUnused), message, "remove it, or put it where the finding is")
            } else {
                None
            };
        }
        match (self.standing, until, today) {
            (Standing::Over, Some(until), _) => {
                let message = format!("the suppression of `{rule}` is over since {until}: the finding counts again");
                told(Code::SuppressionExpired, message, "repair what it finds, or decide anew and set another day")
            }
            (Standing::WithoutReason, ..) => {
                let message = format!("the suppression of `{rule}` gives no reason and does not count");
                told(of(Code::SuppressionRefused), message, "the configuration demands one: `require-reason`")
            }
            _ if self.refused => {
                let message = format!("`{rule}` cannot be silenced in a template");
                let help = "the configuration locks it: silence it there, with `[[ignore]]`";
                told(of(Code::SuppressionRefused), message, help)
            }
            (_, Some(until), Some(today)) if today.days_until(*until).is_some_and(|days| days <= SOON) => {
                let message = format!("the suppression of `{rule}` ends on {until}");
                told(Code::SuppressionEnds, message, "repair what it finds before, or set another day")
            }
            _ => None,
        }
    }
}
