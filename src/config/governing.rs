//! What the configuration makes of findings: other severities, and those that do not count.

use std::sync::Arc;

use crate::check::SuppressionSettings;
use crate::diag::{Code, Day, Finding, Problem, Report, RuleInfo, Severity, Suppression, SuppressionKind};
use crate::rules::{Catalog, Rule, did_you_mean};
use crate::text::SourceName;

use super::file::{Configuration, ForeignSuppressions, Ignore};
use super::given::PlacedText;
use super::patterns::{Patterns, ids};

/// So many days before an entry is over, it is said.
const SOON: u32 = 14;

impl Configuration {
    /// The rules that run: with the severities that they have everywhere, without those that are off everywhere.
    #[must_use]
    pub fn with_severities(&self, rules: Vec<Arc<Rule>>) -> Vec<Arc<Rule>> {
        if self.overrides.is_empty() {
            return rules;
        }
        let infos = rules.iter().map(|rule| &*rule.info);
        let mut nothing = Vec::new();
        let everywhere: Vec<(Patterns, Option<Severity>)> = self
            .overrides
            .iter()
            .map(|one| (Patterns::new(&one.about, infos.clone(), &mut nothing), one.severity))
            .filter(|(patterns, _)| patterns.is_everywhere())
            .collect();
        let changed = rules.iter().filter_map(|rule| {
            let last = everywhere.iter().rev().find(|(patterns, _)| patterns.rules().contains(&rule.info.id));
            match last {
                None => Some(Arc::clone(rule)),
                Some((_, severity)) => severity.map(|severity| with_severity(rule, severity)),
            }
        });
        changed.collect()
    }

    /// Which suppressions in templates count, as far as the file says so. `rules` are those that run.
    #[must_use]
    pub fn suppression(&self, rules: &[Arc<Rule>]) -> SuppressionSettings {
        let infos = rules.iter().map(|rule| &*rule.info);
        let locked = self.locked_rules.iter().flat_map(|name| ids(&name.text, infos.clone()));
        let foreign = self.foreign_suppressions.unwrap_or(ForeignSuppressions::Metadata);
        SuppressionSettings {
            foreign_metadata: foreign != ForeignSuppressions::None,
            foreign_comments: foreign == ForeignSuppressions::All,
            require_reason: self.require_reason,
            locked_rules: locked.collect(),
            locked_severity: self.locked_severity,
            ..SuppressionSettings::default()
        }
    }

    /// What is wrong with the rules that entries name: `catalog` has all that there are.
    #[must_use]
    pub fn unknown_rules(&self, catalog: &Catalog) -> Vec<Problem> {
        let about = self.ignores.iter().map(|one| &one.about).chain(self.overrides.iter().map(|one| &one.about));
        let names = about.flat_map(|about| &about.rules).chain(&self.locked_rules);
        names.filter_map(|name| unknown(name, catalog)).collect()
    }

    /// Gives findings the severities that they have where they are, and marks those that do not count. `path_of` says
    /// how the globs see a template's name.
    pub fn govern(
        &self,
        report: &mut Report,
        ignores: bool,
        today: Option<Day>,
        path_of: &dyn Fn(&SourceName) -> String,
    ) {
        let infos = || report.rules.iter().map(|rule| &**rule);
        let mut problems = Vec::new();
        let overrides: Vec<(Patterns, Option<Severity>)> = self
            .overrides
            .iter()
            .map(|one| (Patterns::new(&one.about, infos(), &mut problems), one.severity))
            .collect();
        let ignored: Vec<(Patterns, &Ignore)> = self
            .ignores
            .iter()
            .filter(|one| ignores && !(self.require_reason && one.reason.is_none()))
            .map(|one| (Patterns::new(&one.about, infos(), &mut problems), one))
            .collect();
        let mut used = vec![false; ignored.len()];
        let mut findings = std::mem::take(&mut report.findings);
        findings.retain_mut(|finding| {
            if overrides.is_empty() && ignored.is_empty() {
                return true;
            }
            let path = path_of(&finding.place.source);
            let fits = |patterns: &Patterns, finding: &Finding| {
                patterns.fits(&finding.rule, &path, finding.resource.as_deref())
            };
            if let Some((_, severity)) = overrides.iter().rev().find(|(patterns, _)| fits(patterns, finding)) {
                let Some(severity) = severity else { return false };
                finding.severity = *severity;
            }
            for ((patterns, ignore), used) in ignored.iter().zip(&mut used) {
                if !fits(patterns, finding) {
                    continue;
                }
                *used = true;
                if !is_over(ignore, today) && finding.suppressed.is_none() {
                    finding.suppressed = Some(Box::new(told(ignore)));
                }
            }
            true
        });
        report.findings = findings;
        for ((patterns, ignore), used) in ignored.iter().zip(used) {
            // Rules that do not run find nothing.
            problems.extend((!patterns.rules().is_empty()).then(|| wrong(ignore, used, today)).flatten());
        }
        report.problems.extend(problems);
    }
}

fn told(ignore: &Ignore) -> Suppression {
    Suppression {
        reason: ignore.reason.clone(),
        owner: ignore.owner.clone(),
        until: ignore.until,
        place: Some(ignore.about.place.clone()),
        ..Suppression::new(SuppressionKind::Configuration)
    }
}

fn is_over(ignore: &Ignore, today: Option<Day>) -> bool {
    ignore.until.zip(today).is_some_and(|(until, today)| until < today)
}

/// What is to be said of an entry.
fn wrong(ignore: &Ignore, used: bool, today: Option<Day>) -> Option<Problem> {
    let (code, message, help) = match (used, ignore.until, today) {
        (false, ..) => (
            Code::ConfigurationUnused,
            "this entry silences nothing in this scan".to_owned(),
            "remove it, unless it is meant for templates that were not scanned",
        ),
        (true, Some(until), Some(today)) if until < today => (
            Code::SuppressionExpired,
            format!("this entry is over since {until}: its findings count again"),
            "repair what the rules find, or decide anew and set another day",
        ),
        (true, Some(until), Some(today)) if today.days_until(until).is_some_and(|days| days <= SOON) => (
            Code::SuppressionEnds,
            format!("this entry ends on {until}"),
            "repair what the rules find before, or set another day",
        ),
        _ => return None,
    };
    let place = ignore.about.place.clone();
    Some(Problem { code, message, place, related: Vec::new(), help: Some(help.to_owned()) })
}

/// What to say of a name that means no rule.
fn unknown(name: &PlacedText, catalog: &Catalog) -> Option<Problem> {
    if !ids(&name.text, catalog.rules.iter().map(|rule| &*rule.info)).is_empty() {
        return None;
    }
    let text = &name.text;
    let message = if text.contains('*') {
        format!("no rule is called like `{text}`")
    } else {
        format!("there is no rule `{text}`{}", did_you_mean(&catalog.suggestions(text)))
    };
    let help = Some("`cfnward rules` lists the rules".to_owned());
    Some(Problem { code: Code::SuppressionUnknownRule, message, place: name.place.clone(), related: Vec::new(), help })
}

/// The rule with another severity, and a number that fits it.
fn with_severity(rule: &Arc<Rule>, severity: Severity) -> Arc<Rule> {
    let (low, high) = severity.band();
    let security_severity = rule.info.security_severity.clamp(low, high);
    Arc::new(Rule {
        info: Arc::new(RuleInfo { severity, security_severity, sarif: None, ..(*rule.info).clone() }),
        guard_name: rule.guard_name.clone(),
        view: rule.view,
        text: Arc::clone(&rule.text),
        reach: rule.reach,
    })
}
