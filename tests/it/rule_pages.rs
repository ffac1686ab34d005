//! The rule pages below `rules/` are made from the rules' headers and tests: an index, and a page for each service.
//! `UPDATE=1 cargo test rule_pages` writes them. The examples on them are cases of the rules' tests, which
//! `cargo test` runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cfnward::diag::RuleInfo;
use cfnward::rules::{Catalog, Rule, builtin_packs, settings};
use cfnward::syntax::{Hint, read};

const MADE: &str = "<!-- Made by `UPDATE=1 cargo test rule_pages`; do not edit. -->";

/// The folder of a rule's file below `rules/`, such as `aws/s3`.
fn folder(rule: &Rule) -> String {
    let path = &rule.text.name().display;
    let folder = path.rsplit_once('/').expect("rules stand in folders").0;
    folder.strip_prefix("rules/").expect("rules stand below rules/").to_owned()
}

fn link(rule: &Rule) -> String {
    format!("[`{id}`]({folder}/README.md#{id})", id = rule.info.id, folder = folder(rule))
}

/// All pages by their paths below `rules/`.
fn pages() -> BTreeMap<String, String> {
    let catalog = Catalog::builtin();
    let mut pages = BTreeMap::from([("README.md".to_owned(), index(&catalog))]);
    let mut folders: BTreeMap<String, Vec<&RuleInfo>> = BTreeMap::new();
    for rule in &catalog.rules {
        folders.entry(folder(rule)).or_default().push(&rule.info);
    }
    for (folder, infos) in folders {
        let title = folder.trim_start_matches("aws/");
        let mut page = format!("# Rules for {title}\n\n{MADE}\n\n[All rules](../../README.md)\n\n");
        page.push_str("| rule | severity | profile | |\n|---|---|---|---|\n");
        for info in &infos {
            let _ = writeln!(
                page,
                "| [`{id}`](#{id}) | {} | {} | {} |",
                info.severity.as_str(),
                info.profile.as_str(),
                info.title,
                id = info.id
            );
        }
        for info in infos {
            section(&mut page, info);
        }
        pages.insert(format!("{folder}/README.md"), page);
    }
    pages
}

fn index(catalog: &Catalog) -> String {
    let mut page = format!("# Rules\n\n{MADE}\n\n");
    let rules = &catalog.rules;
    let _ = writeln!(
        page,
        "{} rules; `cfnward explain RULE` shows in a terminal what the pages of the services show here. By \
         [pack](#packs), [category](#categories), [framework](#frameworks), [another tool's id](#coming-from-another-tool). Where other tools' own tests say otherwise is \
         [decided](PEER-DIFFERENCES.md).",
        rules.len()
    );
    page.push_str("\n## Packs\n\n| pack | what it is for | rules |\n|---|---|---|\n");
    for pack in builtin_packs() {
        let count = rules.iter().filter(|rule| pack.selects(rule)).count();
        let _ = writeln!(page, "| `{}` | {} | {count} |", pack.name, pack.description);
    }
    page.push_str("\n## Settings\n\nValues for the table `settings` of `cfnward.toml`.\n\n");
    page.push_str("| setting | what it stands for | default | rules |\n|---|---|---|---|\n");
    for setting in settings(catalog).values() {
        let default = setting.default.guard().unwrap_or_default().replace('|', "\\|");
        let (name, meaning) = (&setting.name, &setting.meaning);
        let named: Vec<String> =
            rules.iter().filter(|rule| setting.rules.contains(&rule.info.id)).map(|rule| link(rule)).collect();
        let _ = writeln!(page, "| `{name}` | {meaning} | `{default}` | {} |", named.join(", "));
    }
    page.push_str("\n## Categories\n");
    for (category, members) in grouped(rules, |info| vec![info.category.to_string()]) {
        let _ = writeln!(page, "\n### {category}\n\n| rule | severity | profile | |\n|---|---|---|---|");
        for rule in members {
            let (severity, profile) = (rule.info.severity.as_str(), rule.info.profile.as_str());
            let _ = writeln!(page, "| {} | {severity} | {profile} | {} |", link(rule), rule.info.title);
        }
    }
    page.push_str("\n## Frameworks\n");
    let mut frameworks: BTreeMap<&str, BTreeMap<&str, Vec<&Arc<Rule>>>> = BTreeMap::new();
    for rule in rules {
        for framework in &*rule.info.frameworks {
            for requirement in &*framework.requirements {
                let requirements = frameworks.entry(&framework.name).or_default();
                requirements.entry(requirement).or_default().push(rule);
            }
        }
    }
    for (framework, requirements) in frameworks {
        let _ = writeln!(page, "\n### {framework}\n\n| requirement | rules |\n|---|---|");
        for (requirement, members) in requirements {
            let named: Vec<String> = members.iter().map(|rule| link(rule)).collect();
            let _ = writeln!(page, "| {requirement} | {} |", named.join(", "));
        }
    }
    page.push_str("\n## What no template can decide\n\n| control | why |\n|---|---|\n");
    let text = fs::read_to_string(root().join("undecidable.yaml")).unwrap();
    let document = read(&text, Hint::Yaml).document;
    for item in document.items(document.root().unwrap()) {
        let get = |key| document.text(document.get(*item, key).unwrap().value).unwrap().trim().to_owned();
        let (control, reason) = (get("control"), get("reason"));
        assert!(
            !rules.iter().any(|rule| rule.info.controls.iter().any(|known| *known == control)),
            "{control} cannot be decided, yet a rule checks it"
        );
        let _ = writeln!(page, "| {control} | {reason} |");
    }
    page.push_str("\n## Coming from another tool\n\n| its id | rules |\n|---|---|\n");
    for (alias, members) in grouped(rules, |info| info.aliases.iter().map(ToString::to_string).collect()) {
        let named: Vec<String> = members.iter().map(|rule| link(rule)).collect();
        let _ = writeln!(page, "| {alias} | {} |", named.join(", "));
    }
    page
}

fn grouped(rules: &[Arc<Rule>], names: impl Fn(&RuleInfo) -> Vec<String>) -> BTreeMap<String, Vec<&Arc<Rule>>> {
    let mut groups: BTreeMap<String, Vec<&Arc<Rule>>> = BTreeMap::new();
    for rule in rules {
        for name in names(&rule.info) {
            groups.entry(name).or_default().push(rule);
        }
    }
    groups
}

fn section(page: &mut String, info: &RuleInfo) {
    let _ = writeln!(page, "\n## `{}`\n\n**{}** ({})\n", info.id, info.title, info.severity.as_str());
    let _ = writeln!(page, "{}\n\n**What to do.** {}\n", info.why, info.fix);
    let _ = writeln!(page, "Judges {}. Controls: {}.", info.resources.join(", "), info.controls.join(", "));
    if !info.aliases.is_empty() {
        let _ = writeln!(page, "Elsewhere: {}.", info.aliases.join(", "));
    }
    for setting in &*info.settings {
        let _ = writeln!(page, "\nSetting `{}`: {}.", setting.name, setting.meaning);
    }
    for (title, example) in [("Reported", &info.bad_example), ("Not reported", &info.good_example)] {
        if let Some(example) = example {
            let _ = writeln!(page, "\n{title}:\n\n```yaml\n{example}```");
        }
    }
    let _ = writeln!(page);
    for link in &*info.links {
        let _ = writeln!(page, "- <{link}>");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

#[test]
fn the_pages_are_up_to_date() {
    for (path, wanted) in pages() {
        let path = root().join(path);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &wanted).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        assert!(written == wanted, "{} is out of date: run `UPDATE=1 cargo test rule_pages`", path.display());
    }
}
