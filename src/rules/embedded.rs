//! The rules that are part of the program.
//!
//! Their headers were read and their reach was worked out when the program was built, so that a scan reads the text of
//! a rule only when a template has something for it. A test holds all of it against the texts.

use std::sync::Arc;

use crate::diag::{Confidence, DeclaredSetting, Framework, List, Profile, RuleInfo, Severity, Status, Words};
use crate::guard::Dialect;
use crate::text::SourceName;

use super::catalog::{Rule, load};
use super::examples::add_examples;
use super::problem::{RuleProblem, View};
use super::rule_text::RuleText;

include!(concat!(env!("OUT_DIR"), "/embedded_rules.rs"));

/// A rule file that is part of the program.
#[derive(Clone, Debug)]
pub struct EmbeddedRule {
    /// Its path below the project's root, such as `rules/aws/s3/s3_bucket_unencrypted.guard`.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The path of its test file.
    pub test_path: &'static str,
    /// The text of its test file.
    pub test_text: &'static str,
    info: EmbeddedInfo,
    view: View,
    reach: &'static [EmbeddedReach],
}

/// The rule files that are part of the program, sorted by path.
#[must_use]
pub fn builtin_rules() -> &'static [EmbeddedRule] {
    EMBEDDED_RULES
}

/// Reads an embedded rule with the examples of its test file.
#[must_use]
pub fn load_embedded(embedded: &EmbeddedRule) -> (Rule, Vec<RuleProblem>) {
    let name = SourceName::from_display(embedded.path);
    let (mut rule, problems) = load(embedded.stem(), name, embedded.text.to_owned(), Dialect::Classic);
    let info = Arc::make_mut(&mut rule.info);
    info.page = embedded.page();
    add_examples(info, embedded.test_path, embedded.test_text);
    (rule, problems)
}

impl EmbeddedRule {
    /// The rule, its text not read yet.
    pub(super) fn rule(&'static self) -> Rule {
        let info = RuleInfo { page: self.page(), ..self.info.info(self.stem()) };
        let text = Arc::new(RuleText::later(SourceName::from_display(self.path), self.text));
        Rule { guard_name: info.id.to_string(), info: Arc::new(info), view: self.view, text, reach: self.reach }
    }

    fn stem(&self) -> &'static str {
        self.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".guard")
    }

    /// The page of its folder.
    fn page(&self) -> Option<Words> {
        self.path.rsplit_once('/').map(|(folder, _)| format!("{folder}/README.md").into())
    }
}

/// What a Guard rule can reach, worked out when the program was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddedReach {
    /// The number of the Guard rule in its file.
    pub number: usize,
    /// The resource types that it selects; `None` when it may select any.
    pub types: Option<&'static [&'static str]>,
    /// Whether it must be asked of the whole document.
    pub whole: bool,
    /// Whether it looks for functions as they are written.
    pub functions: bool,
}

/// A header, read when the program was built.
#[derive(Clone, Debug)]
struct EmbeddedInfo {
    controls: List<Words>,
    title: &'static str,
    severity: Severity,
    security_severity: u8,
    confidence: Confidence,
    status: Status,
    profile: Profile,
    since: &'static str,
    resources: List<Words>,
    category: &'static str,
    tags: List<Words>,
    aliases: List<Words>,
    frameworks: List<Framework>,
    settings: List<DeclaredSetting>,
    why: &'static str,
    fix: &'static str,
    links: List<Words>,
    bad_example: Option<&'static str>,
    good_example: Option<&'static str>,
}

impl EmbeddedInfo {
    /// What a report says of the rule. Nothing of it is copied but the id.
    fn info(&self, id: &str) -> RuleInfo {
        RuleInfo {
            id: Arc::from(id),
            controls: self.controls.clone(),
            title: Words::Borrowed(self.title),
            severity: self.severity,
            security_severity: self.security_severity,
            confidence: self.confidence,
            status: self.status,
            profile: self.profile,
            since: Words::Borrowed(self.since),
            resources: self.resources.clone(),
            category: Words::Borrowed(self.category),
            tags: self.tags.clone(),
            aliases: self.aliases.clone(),
            frameworks: self.frameworks.clone(),
            settings: self.settings.clone(),
            why: Words::Borrowed(self.why),
            fix: Words::Borrowed(self.fix),
            links: self.links.clone(),
            page: None,
            bad_example: self.bad_example.map(Words::Borrowed),
            good_example: self.good_example.map(Words::Borrowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_when_the_program_was_built_is_what_the_texts_say() {
        for embedded in builtin_rules() {
            let (from_text, problems) = load_embedded(embedded);
            assert_eq!(problems, [], "{}", embedded.path);
            let rule = embedded.rule();
            assert_eq!(rule.info, from_text.info, "{}", embedded.path);
            assert_eq!(rule.text.file(), from_text.text.file(), "{}", embedded.path);
            assert_eq!((rule.guard_name, rule.view), (from_text.guard_name, from_text.view));
        }
    }
}
