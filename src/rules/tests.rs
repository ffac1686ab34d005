//! Rules of users.

use std::collections::BTreeMap;

use super::{GivenFile, GivenSettings, Rule, View, load_given, make_ids_unique};
use crate::diag::{Problem, Severity};
use crate::text::SourceName;

fn file(path: &str, text: &str) -> GivenFile {
    GivenFile { name: SourceName::from_display(path), path: path.to_owned(), text: text.to_owned() }
}

fn load(files: &[(&str, &str)]) -> (Vec<Rule>, Vec<Problem>) {
    let others: BTreeMap<&str, &str> = files.iter().copied().collect();
    let (path, text) = files[0];
    load_given(file(path, text), GivenSettings::default(), &mut |path| match others.get(path) {
        Some(text) => Ok(file(path, text)),
        None => Err("there is no such file".to_owned()),
    })
}

const RULE: &str = "rule NAMES_EXIST { Resources.*.Properties.Name exists }\n";

#[test]
fn a_rule_without_header_is_described_by_its_name_and_folder() {
    let (rules, problems) = load(&[("s3/names.guard", RULE)]);
    assert!(problems.is_empty());
    let info = &rules[0].info;
    assert_eq!((&*info.id, &*info.title, &*info.category), ("NAMES_EXIST", "NAMES EXIST", "s3"));
    assert_eq!(info.severity, Severity::Medium);
    assert_eq!(load(&[("names.guard", RULE)]).0[0].info.category, "names");
}

#[test]
fn every_rule_of_a_file_has_its_own_id_and_the_comments_before_it() {
    let text = "\
# Rule Identifier:
#    FIRST
# Description:
#   Checks the first. And more.
#
# Reports on:
#   AWS::S3::Bucket
# NIST 800-53: AC-4, SC-7
rule FIRST { Resources.*.A exists }
## Config Rule Name : second-one
# Rule Intent: Checks the second
# Severity: HIGH
rule SECOND { Resources.*.B exists }
rule SECOND when Resources exists { Resources.*.C exists }
";
    let (rules, problems) = load(&[("a.guard", text)]);
    assert!(problems.is_empty());
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.info.id).collect();
    assert_eq!(ids, ["FIRST", "SECOND"]);
    assert_eq!(rules[0].info.title, "Checks the first");
    assert_eq!(rules[0].info.why, "Checks the first. And more.");
    assert_eq!(*rules[0].info.resources, ["AWS::S3::Bucket"]);
    assert_eq!(*rules[0].info.frameworks[0].requirements, ["AC-4", "SC-7"]);
    assert_eq!((rules[1].info.severity, rules[1].info.security_severity), (Severity::High, 70));
    assert_eq!(*rules[1].info.aliases, ["second-one"]);
}

#[test]
fn a_header_of_ours_may_lack_any_key_but_has_no_unknown_ones() {
    let (rules, problems) = load(&[("a.guard", &format!("# title: Name them\n# severity: low\n{RULE}"))]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!((&*rules[0].info.title, rules[0].info.severity), ("Name them", Severity::Low));
    let (rules, problems) = load(&[("a.guard", &format!("# title: x\n# sevrity: low\n{RULE}"))]);
    assert_eq!((rules.len(), problems.len()), (1, 1));
    assert!(problems[0].message.contains("sevrity"));
}

#[test]
fn a_malformed_file_gives_a_problem_with_its_place_and_no_rules() {
    let (rules, problems) = load(&[("a.guard", "rule x {\n  a == \n}\n")]);
    assert!(rules.is_empty());
    assert_eq!(problems[0].place.source.display, "a.guard");
    assert!(problems[0].place.start.line >= 2);
}

#[test]
fn the_view_is_read_from_any_comment_block() {
    let (rules, _) = load(&[("a.guard", &format!("# view: as-written\n# Just: words: here\n{RULE}"))]);
    assert_eq!(rules[0].view, View::AsWritten);
    let (rules, problems) = load(&[("a.guard", &format!("# view: wrong\n{RULE}"))]);
    assert_eq!((rules[0].view, problems.len()), (View::Auto, 1));
}

#[test]
fn definitions_are_imported_from_files_of_the_same_folder() {
    let user = "# import: ../shared.guard\nrule uses { named(Resources) }\n";
    let shared = "let x = 1\nrule named(r) { %r exists }\n";
    let (rules, problems) = load(&[("s3/a.guard", user), ("shared.guard", shared)]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(rules.len(), 1);
    let call = &rules[0].text.file().parameterized[0];
    let (source, span) = rules[0].text.locate(call.name.span).unwrap();
    assert_eq!((source.name().display.as_str(), source.slice(span)), ("shared.guard", "named"));
}

#[test]
fn imports_out_of_the_folder_in_a_circle_or_of_nothing_are_problems() {
    let said = |files: &[(&str, &str)]| {
        let (rules, problems) = load(files);
        assert!(rules.is_empty());
        problems.into_iter().map(|problem| problem.message).collect::<String>()
    };
    assert!(said(&[("a.guard", &format!("# import: ../x.guard\n{RULE}"))]).contains("out of the folder"));
    assert!(said(&[("a.guard", &format!("# import: /etc/x.guard\n{RULE}"))]).contains("out of the folder"));
    assert!(said(&[("a.guard", &format!("# import: x.guard\n{RULE}"))]).contains("no such file"));
    let circle = [("a.guard", "# import: b.guard\nlet a = 1\n"), ("b.guard", "# import: a.guard\nlet b = 1\n")];
    assert!(said(&circle).contains("circle"));
    let twice = [("a.guard", "# import: b.guard\nlet a = 1\n"), ("b.guard", "let a = 2\n")];
    let (_, problems) = load(&twice);
    assert!(problems[0].message.contains("`%a` is defined here and"));
}

#[test]
fn a_second_rule_of_one_id_is_named_after_its_file() {
    let mut rules = load(&[("a.guard", RULE)]).0;
    rules.extend(load(&[("b.guard", RULE)]).0);
    make_ids_unique(&mut rules, &[]);
    let ids: Vec<&str> = rules.iter().map(|rule| &*rule.info.id).collect();
    assert_eq!(ids, ["NAMES_EXIST", "b/NAMES_EXIST"]);
}
