//! The page `rules/LINKS-AND-FACTS.md` is made from the tables of the graph. `UPDATE=1 cargo test fact_page` writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use cfnward::graph::{Danger, SAME_KEYS, all_roles, fact_descriptions, fact_names, sensitive_actions};
use cfnward::resolve::resource_types;

/// More types than these are not listed one by one.
const LISTED: usize = 400;

fn page() -> String {
    let mut page = String::from(
        "# Links and facts\n\n<!-- Made by `UPDATE=1 cargo test fact_page`; do not edit. -->\n\n\
         Besides what a template says, rules see two keys on every resource: `Linked`, its companions by role, and \
         `Facts`, what follows from it. What is not known is unknown and never absent: a rule that asks for it is \
         unsure.\n\n## Facts\n\n| fact | says |\n|---|---|\n",
    );
    let mut types: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let all: BTreeSet<&str> = resource_types().collect();
    for resource_type in &all {
        for fact in fact_names(resource_type) {
            types.entry(fact).or_default().insert(resource_type);
        }
    }
    for fact in fact_descriptions().iter().filter(|fact| fact.below.is_empty()) {
        let _ = writeln!(page, "| `{}` | {} |", fact.name, fact.says);
    }
    page.push_str("\nWhat stands below some of them:\n\n| below | key | says |\n|---|---|---|\n");
    for fact in fact_descriptions().iter().filter(|fact| !fact.below.is_empty()) {
        let _ = writeln!(page, "| `{}` | `{}` | {} |", fact.below, fact.name, fact.says);
    }
    page.push('\n');
    for (fact, other) in SAME_KEYS {
        let _ = writeln!(page, "`{fact}` has the keys of `{other}`.");
    }
    page.push_str("\n### Who has which\n\n| fact | types |\n|---|---|\n");
    for fact in fact_descriptions().iter().filter(|fact| fact.below.is_empty()) {
        let having = &types[fact.name];
        let listed = match having.len() {
            count if count == all.len() => "every type".to_owned(),
            count if count > LISTED => format!("{count} types"),
            _ => having.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let _ = writeln!(page, "| `{}` | {listed} |", fact.name);
    }
    page.push_str(
        "\n### Sensitive actions\n\nThose that `Grants` speaks of, under whatever wildcard they are allowed.\n",
    );
    for danger in Danger::ALL {
        let _ = writeln!(page, "\nAn action that {}:\n", danger.describe());
        let actions = sensitive_actions().filter(|(of, _)| *of == danger).map(|(_, action)| format!("`{action}`"));
        let _ = writeln!(page, "{}.", actions.collect::<Vec<_>>().join(", "));
    }
    page.push_str(
        "\n## Links\n\nA role is a list under `Linked`; an item has `Id`, `Type`, `Properties`, `Facts` and its own \
         `Linked`. Both ends see a tie, whether it is a reference, an ARN around one, or an equal name. `[]` stands \
         for the items of a list, `[Key=a]` for those with that key, `{}` for the values of a map; `*` for resources \
         of which an account has one. However many ways lead to a companion, a query goes on from it once.\n\n| type | role | companions | by |\n|---|---|---|---|\n",
    );
    let mut rows = BTreeSet::new();
    for role in all_roles() {
        rows.insert((role.source, role.forward, role.target, format!("`{}`", role.path)));
        rows.insert((role.target, role.reverse, role.source, format!("its `{}`", role.path)));
    }
    for (resource_type, role, companions, by) in rows {
        let _ = writeln!(page, "| `{resource_type}` | `{role}` | `{companions}` | {by} |");
    }
    page
}

#[test]
fn the_page_of_links_and_facts_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/LINKS-AND-FACTS.md");
    let wanted = page();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == wanted, "rules/LINKS-AND-FACTS.md is out of date: run `UPDATE=1 cargo test fact_page`");
}
