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
        let fits = |wanted: &[String], has: &[&str]| {
            wanted.is_empty() || wanted.iter().any(|want| has.contains(&want.as_str()))
        };
        let tags: Vec<&str> = info.tags.iter().map(|tag| &**tag).collect();
        let frameworks: Vec<&str> = info.frameworks.iter().map(|framework| &*framework.name).collect();
        fits(&self.profiles, &[info.profile.as_str()])
            && fits(&self.categories, &[&info.category])
            && fits(&self.tags, &tags)
            && fits(&self.frameworks, &frameworks)
            && (self.alias_prefixes.is_empty()
                || info.aliases.iter().any(|alias| self.alias_prefixes.iter().any(|begin| alias.starts_with(begin))))
    }
}

/// The packs that are part of the program, sorted by name.
#[must_use]
pub fn builtin_packs() -> Vec<Pack> {
    EMBEDDED_PACKS.iter().map(|(path, text)| read_pack(path, text)).collect()
}

fn read_pack(path: &str, text: &str) -> Pack {
    let stem = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
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
        name: stem.to_owned(),
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
        let packs = builtin_packs();
        let mut wanted = Vec::new();
        let default = ["default".to_owned()];
        let nothing_named = self.packs.is_empty() && self.rules.is_empty() && !self.user_rules_only;
        let names: &[String] = if nothing_named { &default } else { &self.packs };
        let all = Catalog { rules: self.given.iter().chain(&catalog.rules).cloned().collect() };
        wanted.extend(self.given.iter().cloned());
        for name in names {
            let pack = packs.iter().find(|pack| pack.name == *name);
            let pack = pack.ok_or_else(|| {
                let known: Vec<&str> = packs.iter().map(|pack| pack.name.as_str()).collect();
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
            if builtin_packs().iter().any(|pack| pack.name == name) {
                return Err(format!("there is no rule `{name}`, but a pack of rules: run it with `--pack {name}`"));
            }
            return Err(format!("there is no rule `{name}`{}", did_you_mean(&catalog.suggestions(name))));
        }
        Ok(found.into_iter().cloned().collect())
    }
}
