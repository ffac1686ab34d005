//! What code-scanning services act on and a schema does not say: every rule here has refused an upload, hidden an
//! alert or opened a wrong one somewhere.

use std::collections::{BTreeMap, BTreeSet};

use cfnward::diag::{Class, Report, Severity};
use cfnward::render::{self, AlertIdentity, Options, SarifFlavour};
use serde_json::Value;
use serde_sarif::sarif::{Location, Region, Result as SarifResult, ResultKind, Sarif};

use crate::render::shown;
use crate::reports::{Source, finding, hostile, repeated, rule, stack};
use crate::support::snapshot;

fn log(report: &Report, options: &Options) -> String {
    shown(render::sarif, report, options)
}

fn full() -> Options {
    Options { sarif_flavour: SarifFlavour::Full, ..Options::default() }
}

/// What is wrong with a log, in words.
fn complaints(text: &str, sources: &[Source], flavour: SarifFlavour) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    let log: Sarif = serde_json::from_str(text).unwrap();
    must(log.version == "2.1.0" && log.schema.is_some(), "version and schema".to_owned());
    must(log.runs.len() == 1, "exactly one run".to_owned());
    let run = &log.runs[0];
    let driver = &run.tool.driver;
    must(
        driver.name == "cfnward" && driver.version.is_some() && driver.semantic_version.is_some(),
        "the tool".to_owned(),
    );
    must(run.column_kind == Some("utf16CodeUnits".into()), "the unit of columns".to_owned());
    must(run.invocations.as_ref().is_some_and(|all| all.len() == 1), "one invocation".to_owned());
    let rules = driver.rules.as_ref().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| &*rule.id).collect();
    must(ids.len() == rules.len(), "rule ids are unique".to_owned());
    for rule in rules {
        let id = &rule.id;
        let text = |part: &Option<serde_sarif::sarif::MultiformatMessageString>| {
            part.as_ref().is_some_and(|part| !part.text.is_empty() && part.text.chars().count() <= 1024)
        };
        must(text(&rule.short_description) && text(&rule.full_description), format!("{id}: descriptions"));
        must(
            rule.help.as_ref().is_some_and(|help| !help.text.is_empty() && help.markdown.is_some()),
            format!("{id}: help"),
        );
        must(rule.name.as_ref().is_some_and(|name| name != id && !name.contains([' ', '_'])), format!("{id}: name"));
        must(rule.help_uri.as_ref().is_some_and(|uri| uri.starts_with("https://")), format!("{id}: help URI"));
        let bag = rule.properties.as_ref().unwrap();
        let tags = bag.tags.clone().unwrap_or_default();
        let unique: BTreeSet<&String> = tags.iter().collect();
        must(tags.len() <= 10 && unique.len() == tags.len(), format!("{id}: tags {tags:?}"));
        let property = |name: &str| bag.additional_properties.get(name);
        for name in ["controls", "aliases", "category"] {
            must(property(name).is_some(), format!("{id}: {name}"));
        }
        let precise = property("precision").and_then(Value::as_str);
        must(
            precise.is_some_and(|word| ["very-high", "high", "medium", "low"].contains(&word)),
            format!("{id}: precision"),
        );
        if let Some(severity) = property("security-severity") {
            must(tags.first().is_some_and(|tag| tag == "security"), format!("{id}: the security tag comes first"));
            let number: f64 = severity.as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
            let band = match property("severity").and_then(Value::as_str) {
                Some("critical") => 9.1..=10.0,
                Some("high") => 7.0..=8.9,
                Some("medium") => 4.0..=6.9,
                _ => 0.1..=3.9,
            };
            must(band.contains(&number), format!("{id}: security-severity {severity}"));
        }
    }
    let mut identities = BTreeSet::new();
    for (number, result) in run.results.as_ref().expect("results may be empty, not missing").iter().enumerate() {
        let mut says = |holds: bool, what: &str| must(holds, format!("result {number}: {what}"));
        let id = result.rule_id.as_deref().unwrap_or_default();
        let index = result.rule_index.and_then(|index| usize::try_from(index).ok());
        says(index.and_then(|index| rules.get(index)).is_some_and(|rule| rule.id == id), "index and id name one rule");
        says(result.level.is_some(), "a level");
        if flavour == SarifFlavour::Github {
            says(
                result.kind.is_none() && result.suppressions.is_none(),
                "an alert is opened whatever kind and suppression say",
            );
        }
        says(result.baseline_state.is_none() && result.guid.is_none(), "no baseline, no guid");
        let prints = result.partial_fingerprints.clone().unwrap_or_default();
        says(prints.contains_key("cfnwardResourcePath/v1"), "our own fingerprint");
        let identity = prints.get("primaryLocationLineHash").cloned().unwrap_or_default();
        says(!identity.is_empty() && identities.insert((id.to_owned(), identity)), "a fingerprint of its own");
        check_message(result, &mut says);
        let places = result.locations.as_deref().unwrap_or_default();
        says(places.len() == 1 && places[0].logical_locations.as_ref().is_none_or(|all| all.len() == 1), "one place");
        let steps =
            result.code_flows.iter().flatten().flat_map(|flow| &flow.thread_flows).flat_map(|flow| &flow.locations);
        let steps: Vec<&Location> = steps.filter_map(|step| step.location.as_ref()).collect();
        says(result.code_flows.is_none() || steps.len() >= 2, "a flow has steps");
        for place in places.iter().chain(result.related_locations.iter().flatten()).chain(steps) {
            check_place(place, sources, &mut says);
        }
    }
    let kinds = driver.notifications.as_deref().unwrap_or_default();
    for note in run.invocations.iter().flatten().flat_map(|one| one.tool_execution_notifications.iter().flatten()) {
        let named = note.descriptor.as_ref().unwrap();
        let kind = named.index.and_then(|index| kinds.get(usize::try_from(index).ok()?));
        must(kind.map(|kind| &kind.id) == named.id.as_ref(), format!("notification {:?}", named.id));
        for place in note.locations.iter().flatten() {
            check_place(place, sources, &mut |holds, what| must(holds, format!("notification: {what}")));
        }
    }
    wrong
}

fn check_message(result: &SarifResult, says: &mut impl FnMut(bool, &str)) {
    let text = result.message.text.as_deref().unwrap_or_default();
    says(!text.is_empty() && !text.contains(['\n', '\r']), "a message of one line");
    says(text.ends_with(['.', '?', '!']), "a message is a sentence");
    let first = text.split(". ").next().unwrap_or_default();
    says(first.chars().count() <= 120, "a short first sentence");
    let ids: BTreeSet<i64> = result.related_locations.iter().flatten().filter_map(|place| place.id).collect();
    let plain = text.replace("\\\\", "").replace("\\[", "").replace("\\]", "");
    for link in plain.split("](").skip(1) {
        let id = link.split(')').next().and_then(|id| id.parse().ok());
        says(id.is_some_and(|id| ids.contains(&id)), "a link leads somewhere");
    }
    says(plain.matches("](").count() == ids.len(), "each related place is linked");
    says(plain.matches('[').count() == plain.matches("](").count(), "brackets of the template are escaped");
}

fn check_place(place: &Location, sources: &[Source], says: &mut impl FnMut(bool, &str)) {
    let physical = place.physical_location.as_ref().unwrap();
    let uri = physical.artifact_location.as_ref().and_then(|artifact| artifact.uri.as_deref()).unwrap_or_default();
    says(
        !uri.is_empty() && !uri.starts_with('/') && !uri.split('/').any(|part| [".", ".."].contains(&part)),
        "a relative URI",
    );
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "/-._~%".contains(c);
    says(uri.chars().all(unreserved), "an encoded URI");
    let source = sources.iter().find(|source| source.uri() == uri);
    let region = physical.region.as_ref().unwrap();
    let found = source.and_then(|source| region_text(source.text(), region));
    says(found.is_some(), &format!("the region is in the file: {region:?}"));
    let snippet = region.snippet.as_ref().and_then(|snippet| snippet.text.clone()).unwrap_or_default();
    says(found.as_deref() == Some(&*snippet), &format!("the snippet is the region: {snippet:?} {found:?}"));
    let lines = region.end_line.unwrap_or_default() - region.start_line.unwrap_or_default() + 1;
    says((1..=3).contains(&lines), "a region of a few lines");
}

/// The text that a region names, with columns in UTF-16 units; line breaks are those of the text.
fn region_text(text: &str, region: &Region) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let size = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        lines.push(&rest[..at + size]);
        rest = &rest[at + size..];
    }
    lines.push(rest);
    let number = |number: Option<i64>| usize::try_from(number?).ok()?.checked_sub(1);
    let (first, last) = (number(region.start_line)?, number(region.end_line)?);
    let offset = |line: usize, column: usize| {
        let line = lines.get(line)?.trim_end_matches(['\n', '\r']);
        let mut units = 0;
        for (offset, c) in line.char_indices() {
            if units == column {
                return Some(offset);
            }
            units += c.len_utf16();
        }
        (units == column).then_some(line.len())
    };
    let (start, end) = (offset(first, number(region.start_column)?)?, offset(last, number(region.end_column)?)?);
    let before: usize = lines.iter().take(first).map(|line| line.len()).sum();
    let until: usize = lines.iter().take(last).map(|line| line.len()).sum();
    text.get(before + start..until + end).map(str::to_owned)
}

#[test]
fn every_log_keeps_the_rules_of_code_scanning() {
    for (report, sources) in
        [stack(), hostile(), repeated(), (Report { version: "0.1.0".to_owned(), ..Report::default() }, Vec::new())]
    {
        for options in [Options::default(), full()] {
            let text = log(&report, &options);
            let wrong = complaints(&text, &sources, options.sarif_flavour);
            assert!(wrong.is_empty(), "{}\n{text}", wrong.join("\n"));
        }
    }
}

#[test]
fn github_gets_only_what_counts() {
    let (report, _) = stack();
    let results = |options: &Options| {
        let log: Sarif = serde_json::from_str(&log(&report, options)).unwrap();
        log.runs[0].results.clone().unwrap()
    };
    let github = results(&Options::default());
    assert_eq!(github.len(), 3);
    assert_eq!(github[0].rule_id.as_deref(), Some("s3_bucket_public_acl"), "the worst comes first");
    let full = results(&full());
    assert_eq!(full.len(), 6);
    assert_eq!(full.iter().filter(|one| one.kind == Some(ResultKind::Review)).count(), 2);
    assert_eq!(full.iter().filter(|one| one.suppressions.is_some()).count(), 1);
}

#[test]
fn a_log_for_people_who_upload_it() {
    snapshot!("sarif", "stack-github", log(&stack().0, &Options::default()));
}

#[test]
fn a_log_with_everything_and_hostile_text() {
    let options = Options { sarif_category: Some("infra".to_owned()), ..full() };
    snapshot!("sarif", "hostile-full", log(&hostile().0, &options));
}

#[test]
fn the_rules_do_not_depend_on_the_findings() {
    let rules = |report: &Report| -> Value {
        let log: Value = serde_json::from_str(&log(report, &Options::default())).unwrap();
        log["runs"][0]["tool"]["driver"]["rules"].clone()
    };
    let (mut report, _) = stack();
    let before = rules(&report);
    report.findings.clear();
    assert_eq!(before, rules(&report));
}

#[test]
fn too_many_results_are_cut_by_severity_and_it_is_said() {
    let source = Source::new("big.yaml", &"x\n".repeat(6_001));
    let severity = |number: usize| if number.is_multiple_of(100) { Severity::Critical } else { Severity::Low };
    let findings = (0..6_001)
        .map(|number| finding("r", severity(number), Class::Always, "m", source.span(number * 2, number * 2 + 1)))
        .collect();
    let mut report = Report { rules: vec![rule("r", Severity::Low)], findings, ..Report::default() };
    report.sort();
    let log: Value = serde_json::from_str(&log(&report, &Options::default())).unwrap();
    let run = &log["runs"][0];
    let levels: Vec<&str> =
        run["results"].as_array().unwrap().iter().map(|one| one["level"].as_str().unwrap()).collect();
    assert_eq!(levels.len(), 5_000);
    assert_eq!(levels.iter().filter(|level| **level == "error").count(), 61);
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["message"]["text"], "1001 results of lower severity left out: this log keeps 5000.");
}

#[test]
fn equal_fingerprints_are_told_apart() {
    let source = Source::new("a.yaml", "x y\n");
    let mut findings = vec![
        finding("r", Severity::Low, Class::Always, "m", source.at("x")),
        finding("r", Severity::Low, Class::Always, "m", source.at("y")),
    ];
    findings[1].fingerprint = findings[0].fingerprint.clone();
    let report =
        Report { version: "1".to_owned(), rules: vec![rule("r", Severity::Low)], findings, ..Report::default() };
    let text = log(&report, &Options::default());
    assert_eq!(complaints(&text, &[source], SarifFlavour::Github), Vec::<String>::new());
}

#[test]
fn the_line_hash_is_left_to_the_upload_on_request() {
    let text = log(&stack().0, &Options { alert_identity: AlertIdentity::Line, ..Options::default() });
    assert!(text.contains("cfnwardResourcePath/v1") && !text.contains("primaryLocationLineHash"));
}

#[test]
fn a_broken_template_is_a_result_unless_not_wanted() {
    let (report, _) = hostile();
    let count = |options: &Options| log(&report, options).matches("\"ruleId\": \"template_not_scanned\"").count();
    assert_eq!(count(&Options::default()), 2);
    assert_eq!(count(&Options { sarif_broken_templates: false, ..Options::default() }), 0);
}

/// The checker itself: each harm done to a good log is noticed.
#[test]
fn a_spoilt_log_is_noticed() {
    let (report, sources) = stack();
    let text = log(&report, &Options::default());
    let harms: BTreeMap<&str, (&str, &str)> = BTreeMap::from([
        ("a wrong column", ("\"startColumn\": 22", "\"startColumn\": 21")),
        ("a line past the end", ("\"startLine\": 31", "\"startLine\": 310")),
        ("an unencoded URI", ("stack%20one", "stack one")),
        ("an absolute URI", ("\"infra/", "\"/infra/")),
        ("a dangling link", ("](2)", "](20)")),
        ("a wrong index", ("\"ruleIndex\": 0", "\"ruleIndex\": 2")),
        ("a word as severity", ("\"security-severity\": \"9.1\"", "\"security-severity\": \"critical\"")),
        ("a number as severity", ("\"security-severity\": \"9.1\"", "\"security-severity\": 9.1")),
        ("a pass", ("\"ruleIndex\": 0", "\"kind\": \"pass\", \"ruleIndex\": 0")),
        ("a suppression", ("\"ruleIndex\": 0", "\"suppressions\": [], \"ruleIndex\": 0")),
        ("double tags", ("\"access-control\",\n", "\"security\",\n")),
        ("another unit", ("utf16CodeUnits", "unicodeCodePoints")),
    ]);
    for (what, (good, bad)) in harms {
        assert!(text.contains(good), "{what}: {good}");
        let wrong = complaints(&text.replace(good, bad), &sources, SarifFlavour::Github);
        assert!(!wrong.is_empty(), "{what} is not noticed");
    }
}
