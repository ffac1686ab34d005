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

/// The rules that are part of the program, sorted by id.
pub(super) fn builtin_rules_by_id() -> impl Iterator<Item = Rule> {
    EMBEDDED_IDS.iter().filter_map(|&place| EMBEDDED_RULES.get(place)).map(EmbeddedRule::rule)
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
    let (mut rule, problems) = load(embedded.info.id, name, embedded.text.to_owned(), Dialect::Classic);
    let info = Arc::make_mut(&mut rule.info);
    info.page = Some(Words::Borrowed(embedded.info.page));
    add_examples(info, embedded.test_path, embedded.test_text);
    (rule, problems)
}

impl EmbeddedRule {
    /// The rule, its text not read yet.
    pub(super) fn rule(&'static self) -> Rule {
        let info = Arc::new(self.info.info());
        let text = Arc::new(RuleText::later(self.path, self.text));
        Rule { info, guard_name: self.info.id.into(), view: self.view, text, reach: self.reach }
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
    id: &'static str,
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
    page: &'static str,
    sarif: &'static str,
}

impl EmbeddedInfo {
    /// What a report says of the rule. Nothing of it is copied but the id.
    fn info(&self) -> RuleInfo {
        RuleInfo {
            id: Arc::from(self.id),
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
            page: Some(Words::Borrowed(self.page)),
            bad_example: self.bad_example.map(Words::Borrowed),
            good_example: self.good_example.map(Words::Borrowed),
            sarif: Some(self.sarif),
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
            let info = RuleInfo { sarif: None, ..(*rule.info).clone() };
            assert_eq!(info, *from_text.info, "{}", embedded.path);
            assert_eq!(rule.text.file(), from_text.text.file(), "{}", embedded.path);
            assert_eq!((rule.guard_name, rule.view), (from_text.guard_name, from_text.view));
        }
    }
}
