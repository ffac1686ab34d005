//! Packs: selections over headers, never lists of files.

use std::sync::Arc;

use crate::diag::Status;
use crate::syntax::{Hint, read};

use super::nearest::{did_you_mean, nearest};
use super::{Catalog, Rule};

include!(concat!(env!("OUT_DIR"), "/embedded_packs.rs"));

/// A named selection of rules. A rule belongs to the pack when it fits every list that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pack {
    /// Its name, the stem of its file.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// Profiles, by their words.
    pub profiles: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Keys of frameworks.
    pub frameworks: Vec<String>,
    /// Beginnings of other tools' ids.
    pub alias_prefixes: Vec<String>,
}

impl Pack {
    /// Whether a rule belongs to the pack.
    #[must_use]
    pub fn selects(&self, rule: &Rule) -> bool {
        let info = &rule.info;
        let fits = |wanted: &[String], has: &dyn Fn(&str) -> bool| {
            wanted.is_empty() || wanted.iter().any(|want| has(want.as_str()))
        };
        fits(&self.profiles, &|want| want == info.profile.as_str())
            && fits(&self.categories, &|want| want == info.category)
            && fits(&self.tags, &|want| info.tags.iter().any(|tag| tag == want))
            && fits(&self.frameworks, &|want| info.frameworks.iter().any(|framework| framework.name == want))
            && (self.alias_prefixes.is_empty()
                || info.aliases.iter().any(|alias| self.alias_prefixes.iter().any(|begin| alias.starts_with(begin))))
    }
}

/// The packs that are part of the program, sorted by name.
#[must_use]
pub fn builtin_packs() -> Vec<Pack> {
    embedded_packs().map(|(name, text)| read_pack(name, text)).collect()
}

/// The names and texts of packs.
fn embedded_packs() -> impl Iterator<Item = (&'static str, &'static str)> {
    EMBEDDED_PACKS.iter().map(|(path, text)| {
        let file = path.rsplit('/').next().unwrap_or_default();
        (file.trim_end_matches(".yaml"), *text)
    })
}

fn read_pack(name: &str, text: &str) -> Pack {
    let document = read(text, Hint::Yaml).document;
    let root = document.root();
    let get = |key: &str| root.and_then(|root| document.get(root, key)).map(|pair| pair.value);
    let text = |key: &str| -> String {
        let text = get(key).and_then(|node| document.text(node)).unwrap_or_default();
        text.trim().to_owned()
    };
    let select = get("select");
    let list = |key: &str| -> Vec<String> {
        let node = select.and_then(|select| document.get(select, key)).map(|pair| pair.value);
        let items = node.map(|node| document.items(node)).unwrap_or_default();
        items.iter().filter_map(|&item| document.text(item)).map(str::to_owned).collect()
    };
    Pack {
        name: name.to_owned(),
        title: text("title"),
        description: text("description"),
        profiles: list("profile"),
        categories: list("category"),
        tags: list("tags"),
        frameworks: list("frameworks"),
        alias_prefixes: list("alias-prefixes"),
    }
}

/// Which rules run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Names of packs; none means `default`, unless rules are named.
    pub packs: Vec<String>,
    /// Ids, aliases or controls of rules that run besides.
    pub rules: Vec<String>,
    /// Ids, aliases or controls of rules that do not run.
    pub skipped: Vec<String>,
    /// Rules of the user, which run besides.
    pub given: Vec<Arc<Rule>>,
    /// Whether no pack means no pack rather than `default`.
    pub user_rules_only: bool,
}

impl Selection {
    /// The rules that run, sorted by id.
    ///
    /// # Errors
    /// A message for the first name that means nothing.
    pub fn apply(&self, catalog: &Catalog) -> Result<Vec<Arc<Rule>>, String> {
        let mut wanted = Vec::new();
        let default = ["default".to_owned()];
        let nothing_named = self.packs.is_empty() && self.rules.is_empty() && !self.user_rules_only;
        let names: &[String] = if nothing_named { &default } else { &self.packs };
        wanted.extend(self.given.iter().cloned());
        for name in names {
            let pack = embedded_packs().find(|(known, _)| known == name);
            let pack = pack.map(|(name, text)| read_pack(name, text)).ok_or_else(|| {
                let known: Vec<&str> = embedded_packs().map(|(known, _)| known).collect();
                match nearest(name, known.iter().copied()).as_slice() {
                    [] => format!("there is no pack `{name}`; the packs are {}", known.join(", ")),
                    near => format!("there is no pack `{name}`{}", did_you_mean(near)),
                }
            })?;
            wanted.extend(
                catalog
                    .rules
                    .iter()
                    .filter(|rule| matches!(rule.info.status, Status::Stable | Status::Preview) && pack.selects(rule))
                    .cloned(),
            );
        }
        // Only names ask for all rules.
        let all = if self.rules.is_empty() && self.skipped.is_empty() {
            Catalog::default()
        } else {
            Catalog { rules: self.given.iter().chain(&catalog.rules).cloned().collect() }
        };
        for name in &self.rules {
            wanted.extend(Self::find(&all, name)?);
        }
        for name in &self.skipped {
            let skipped = Self::find(&all, name)?;
            wanted.retain(|rule| skipped.iter().all(|skipped| rule.info.id != skipped.info.id));
        }
        wanted.sort_by(|a, b| a.info.id.cmp(&b.info.id));
        wanted.dedup_by(|a, b| a.info.id == b.info.id);
        Ok(wanted)
    }

    fn find(catalog: &Catalog, name: &str) -> Result<Vec<Arc<Rule>>, String> {
        let found = catalog.find(name);
        if found.is_empty() {
            if embedded_packs().any(|(known, _)| known == name) {
                return Err(format!("there is no rule `{name}`, but a pack of rules: run it with `--pack {name}`"));
            }
            return Err(format!("there is no rule `{name}`{}", did_you_mean(&catalog.suggestions(name))));
        }
        Ok(found.into_iter().cloned().collect())
    }
}
