//! The rule index `rules/README.md` is made from the rules' headers. `UPDATE=1 cargo test rule_pages` writes it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cfnward::diag::RuleInfo;
use cfnward::rules::{Catalog, builtin_packs};

/// The index as it must be.
fn index() -> String {
    let catalog = Catalog::builtin();
    let infos: Vec<&RuleInfo> = catalog.rules.iter().map(|rule| &rule.info).collect();
    let mut categories: Vec<&str> = infos.iter().map(|info| info.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    let mut page = String::from("# Rules\n\n<!-- Made by `UPDATE=1 cargo test rule_pages`; do not edit. -->\n\n");
    let _ = writeln!(page, "{} rules. `cfnward explain RULE` shows all of this in a terminal.\n", infos.len());
    page.push_str("| pack | what it is for | rules |\n|---|---|---|\n");
    for pack in builtin_packs() {
        let count = catalog.rules.iter().filter(|rule| pack.selects(rule)).count();
        let _ = writeln!(page, "| `{}` | {} | {count} |", pack.name, pack.description);
    }
    for category in &categories {
        let _ = writeln!(page, "\n## {category}\n\n| rule | severity | profile | |\n|---|---|---|---|");
        for info in infos.iter().filter(|info| info.category == *category) {
            let (id, severity, profile) = (&info.id, info.severity.as_str(), info.profile.as_str());
            let _ = writeln!(page, "| [`{id}`](#{id}) | {severity} | {profile} | {} |", info.title);
        }
    }
    for category in &categories {
        for info in infos.iter().filter(|info| info.category == *category) {
            section(&mut page, info);
        }
    }
    page.push_str("\n## Coming from another tool\n\n| its id | rule |\n|---|---|\n");
    let mut aliases: Vec<(&str, &str)> =
        infos.iter().flat_map(|info| info.aliases.iter().map(|alias| (alias.as_str(), &*info.id))).collect();
    aliases.sort_unstable();
    for (alias, id) in aliases {
        let _ = writeln!(page, "| {alias} | [`{id}`](#{id}) |");
    }
    page
}

fn section(page: &mut String, info: &RuleInfo) {
    let _ = writeln!(page, "\n### `{}`\n\n**{}** ({})\n", info.id, info.title, info.severity.as_str());
    let _ = writeln!(page, "{}\n\n**What to do.** {}\n", info.why, info.fix);
    let _ = writeln!(page, "Judges {}. Controls: {}.", info.resources.join(", "), info.controls.join(", "));
    for (title, example) in [("Reported", &info.bad_example), ("Not reported", &info.good_example)] {
        if let Some(example) = example {
            let _ = writeln!(page, "\n{title}:\n\n```yaml\n{example}```");
        }
    }
    let _ = writeln!(page);
    for link in &info.links {
        let _ = writeln!(page, "- <{link}>");
    }
}

#[test]
fn the_rule_index_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    let wanted = index();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == wanted, "rules/README.md is out of date: run `UPDATE=1 cargo test rule_pages`");
}

#[test]
fn forty_rules_cover_the_six_first_areas() {
    let catalog = Catalog::builtin();
    assert!(catalog.rules.len() >= 40);
    for (category, least) in [
        ("encryption-at-rest", 4),
        ("encryption-in-transit", 4),
        ("network-security-groups", 4),
        ("network-acls", 4),
        ("waf-edge", 4),
        ("logging", 4),
    ] {
        let count = catalog.rules.iter().filter(|rule| rule.info.category == category).count();
        assert!(count >= least, "{category}: {count}");
    }
}
