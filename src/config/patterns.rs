//! Which rules, templates and resources an entry is about.

use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::diag::{Code, Problem, ResourceName, RuleInfo};

use super::file::About;
use super::given::PlacedText;

/// An entry's patterns, ready to be asked.
pub(super) struct Patterns {
    rules: Vec<Arc<str>>,
    /// `None` for all.
    paths: Option<GlobSet>,
    resources: Option<GlobSet>,
}

impl Patterns {
    /// The patterns of an entry. What means nothing is reported: it fits nothing.
    pub(super) fn new<'r>(
        about: &About,
        rules: impl Iterator<Item = &'r RuleInfo> + Clone,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let meant = about.rules.iter().flat_map(|pattern| ids(&pattern.text, rules.clone())).collect();
        Self {
            rules: meant,
            paths: globs(&about.paths, problems, paths_of),
            resources: globs(&about.resources, problems, |text| vec![text.to_owned()]),
        }
    }

    /// The rules that it is about, by their ids.
    pub(super) fn rules(&self) -> &[Arc<str>] {
        &self.rules
    }

    /// Whether it is about these rules wherever they find something.
    pub(super) fn is_everywhere(&self) -> bool {
        self.paths.is_none() && self.resources.is_none()
    }

    /// Whether it is about what a rule finds in a template of that path.
    pub(super) fn fits(&self, rule: &str, path: &str, resource: Option<&ResourceName>) -> bool {
        let of_resource = |globs: &GlobSet| {
            resource.is_some_and(|name| globs.is_match(&name.logical_id) || globs.is_match(&name.resource_type))
        };
        self.rules.iter().any(|id| &**id == rule)
            && self.paths.as_ref().is_none_or(|globs| globs.is_match(path))
            && self.resources.as_ref().is_none_or(of_resource)
    }
}

/// The ids of the rules that a pattern means: the rule of that id, or all of that control or other tool's id, or all
/// whose ids look so.
pub(super) fn ids<'r>(pattern: &str, rules: impl Iterator<Item = &'r RuleInfo> + Clone) -> Vec<Arc<str>> {
    let all = |fits: &dyn Fn(&RuleInfo) -> bool| -> Vec<Arc<str>> {
        rules.clone().filter(|info| fits(info)).map(|info| Arc::clone(&info.id)).collect()
    };
    if pattern.contains('*') {
        let glob = Glob::new(pattern).map(|glob| glob.compile_matcher());
        return glob.map(|glob| all(&|info| glob.is_match(&*info.id))).unwrap_or_default();
    }
    let named = all(&|info| *info.id == *pattern);
    if !named.is_empty() {
        return named;
    }
    all(&|info| info.controls.iter().chain(&*info.aliases).any(|name| name == pattern))
}

/// The globs for a path: a folder means all below it, a pattern without slash fits in every folder.
fn paths_of(text: &str) -> Vec<String> {
    let text = text.strip_prefix("./").unwrap_or(text);
    let anchored = text.trim_end_matches('/');
    let glob = match anchored.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if anchored.contains('/') => anchored.to_owned(),
        None => format!("**/{anchored}"),
    };
    vec![format!("{glob}/**"), glob]
}

fn globs(texts: &[PlacedText], problems: &mut Vec<Problem>, written: fn(&str) -> Vec<String>) -> Option<GlobSet> {
    if texts.is_empty() {
        return None;
    }
    let mut set = GlobSetBuilder::new();
    for text in texts {
        for glob in written(&text.text) {
            match GlobBuilder::new(&glob).literal_separator(true).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => problems.push(Problem {
                    code: Code::Configuration,
                    message: format!("`{}` is no glob: {}", text.text, error.kind()),
                    place: text.place.clone(),
                    related: Vec::new(),
                    help: None,
                }),
            }
        }
    }
    problems.dedup();
    // Together they can still be too large.
    Some(set.build().unwrap_or_else(|_| GlobSet::empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, path: &str) -> bool {
        let mut set = GlobSetBuilder::new();
        for glob in paths_of(pattern) {
            set.add(GlobBuilder::new(&glob).literal_separator(true).build().unwrap());
        }
        set.build().unwrap().is_match(path)
    }

    #[test]
    fn paths_are_meant_as_ignore_files_mean_them() {
        assert!(fits("legacy", "infra/legacy/a.yaml") && fits("legacy/", "legacy/a.yaml"));
        assert!(
            fits("infra/legacy/", "infra/legacy/deep/a.yaml") && !fits("infra/legacy", "other/infra/legacy/a.yaml")
        );
        assert!(fits("*.json", "a/b.json") && !fits("/*.json", "a/b.json") && fits("/*.json", "b.json"));
        assert!(fits("infra/*.yaml", "infra/a.yaml") && !fits("infra/*.yaml", "infra/deep/a.yaml"));
        assert!(fits("./infra/**/a.yaml", "infra/x/y/a.yaml"));
        assert!(!fits("legacy", "infra/legacy-not/a.yaml"));
    }
}
