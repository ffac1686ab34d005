//! What code-scanning services act on and a schema does not say: every rule here has refused an upload, hidden an
//! alert or opened a wrong one somewhere.

use std::sync::Arc;

use cfnward::diag::{Class, Report, RuleInfo, Severity};
use cfnward::render::{self, AlertIdentity, Options, SarifFlavour};
use cfnward::rules::Catalog;
use cfnward::text::{SourceName, line_hashes};
use serde_json::{Value, json};
use serde_sarif::sarif::{ResultKind, Sarif};

use crate::render::shown;
use crate::reports::{Source, finding, hostile, label, repeated, rule, stack};
use crate::support::snapshot;
use crate::upload::{For, complaints};

fn log(report: &Report, options: &Options) -> String {
    shown(render::sarif, report, options)
}

fn full() -> Options {
    Options { sarif_flavour: SarifFlavour::Full, ..Options::default() }
}

fn wrong(text: &str, sources: &[Source], flavour: SarifFlavour) -> Vec<String> {
    let readers = if flavour == SarifFlavour::Github { For::GitHub } else { For::Everybody };
    let uri = |path: &str| SourceName::from_display(path).uri;
    let text_of = |path: &str| {
        let source = sources.iter().find(|source| source.uri() == uri(path));
        source.map(|source| source.text().to_owned())
    };
    complaints(text.as_bytes(), readers, &text_of)
}

#[test]
fn every_log_keeps_the_rules_of_code_scanning() {
    for (report, sources) in
        [stack(), hostile(), repeated(), (Report { version: "0.1.0".to_owned(), ..Report::default() }, Vec::new())]
    {
        for options in [Options::default(), full()] {
            let text = log(&report, &options);
            let wrong = wrong(&text, &sources, options.sarif_flavour);
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
    assert_eq!(wrong(&text, &[source], SarifFlavour::Github), Vec::<String>::new());
}

#[test]
fn lines_are_known_as_github_knows_them_on_request() {
    let (mut report, sources) = stack();
    let options = Options { alert_identity: AlertIdentity::Line, ..Options::default() };
    let left_to_the_action = log(&report, &options);
    assert!(!left_to_the_action.contains("primaryLocationLineHash"));
    for finding in &report.findings {
        let (name, line) = (finding.place.source.clone(), finding.place.start.line);
        let hash = line_hashes(sources[0].text())[line as usize - 1].clone();
        report.line_hashes.insert((name, line), hash);
    }
    // A second finding of a rule on one line would hide the first.
    let mut again = report.findings[0].clone();
    again.fingerprint = "another".into();
    again.message = format!("{} twice", again.message).into();
    report.findings.insert(1, again);
    let text = log(&report, &options);
    assert_eq!(wrong(&text, &sources, SarifFlavour::Github), Vec::<String>::new());
    assert_eq!(text.matches("\"primaryLocationLineHash\": \"another\"").count(), 1);
}

#[test]
fn a_broken_template_is_a_result_of_a_rule_that_is_always_listed() {
    let count = |report: &Report, what: &str| log(report, &Options::default()).matches(what).count();
    assert_eq!(count(&hostile().0, "\"ruleId\": \"template_not_scanned\""), 2);
    assert_eq!(count(&stack().0, "\"ruleId\": \"template_not_scanned\""), 0);
    assert_eq!(count(&stack().0, "\"id\": \"template_not_scanned\""), 1);
}

#[test]
fn rules_that_did_not_run_are_listed_and_said_to_be_off() {
    let (mut report, sources) = stack();
    let whole = log(&report, &Options::default());
    report.idle_rules = report.rules.split_off(3);
    report.findings.retain(|finding| report.rules.iter().any(|rule| rule.id == finding.rule));
    let text = log(&report, &Options::default());
    assert_eq!(wrong(&text, &sources, SarifFlavour::Github), Vec::<String>::new());
    let rules = |text: &str| {
        let log: Value = serde_json::from_str(text).unwrap();
        log["runs"][0]["tool"]["driver"]["rules"].clone()
    };
    assert_eq!(rules(&whole), rules(&text));
    let log: Value = serde_json::from_str(&text).unwrap();
    let off = &log["runs"][0]["invocations"][0]["ruleConfigurationOverrides"];
    assert_eq!(off[0]["descriptor"]["id"], *report.idle_rules[0].id);
    assert_eq!(off[0]["configuration"]["enabled"], false);
}

#[test]
fn frameworks_are_taxonomies_that_rules_lead_to() {
    let log: Value = serde_json::from_str(&log(&stack().0, &Options::default())).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["taxonomies"][0]["name"], "fsbp");
    assert_eq!(run["taxonomies"][0]["taxa"][1]["id"], "S3.3");
    assert_eq!(run["tool"]["driver"]["rules"][0]["relationships"][0]["target"]["toolComponent"]["name"], "fsbp");
}

#[test]
fn a_flow_shows_where_a_value_comes_from_and_nothing_else() {
    let (mut report, _) = stack();
    let flows = |report: &Report| -> Vec<Vec<u64>> {
        let log: Value = serde_json::from_str(&log(report, &Options::default())).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let steps = |result: &Value| {
            let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array()?.clone();
            let line = |step: &Value| step["location"]["physicalLocation"]["region"]["startLine"].as_u64().unwrap();
            Some(steps.iter().map(line).collect())
        };
        results.iter().filter_map(steps).collect()
    };
    assert_eq!(flows(&report), [vec![9, 22], vec![6, 15, 31]], "parameter, mapping, use");
    for finding in &mut report.findings {
        finding.origins = vec![label(finding.place.clone(), "written here")];
    }
    assert!(flows(&report).is_empty(), "a flow that only repeats the location");
}

#[test]
fn a_flood_of_findings_is_written_and_cut() {
    let source = Source::new("big.yaml", &"x\n".repeat(25_001));
    let findings = (0..25_001)
        .map(|number| {
            finding("r", Severity::Low, Class::Always, &format!("m{number}"), source.span(number * 2, number * 2 + 1))
        })
        .collect();
    let mut report =
        Report { version: "1".to_owned(), rules: vec![rule("r", Severity::Low)], findings, ..Report::default() };
    report.sort();
    assert_eq!(render::sarif_left_out(&report, &Options::default()), 20_001);
    assert_eq!(
        render::sarif_left_out(&report, &Options { sarif_most_results: Some(10), ..Options::default() }),
        24_991
    );
    assert_eq!(log(&report, &full()).matches("\"ruleId\"").count(), 25_001);
    let text = log(&report, &Options::default());
    assert_eq!(wrong(&text, &[source], SarifFlavour::Github), Vec::<String>::new());
}

/// The checker itself: each harm done to a good log is noticed.
#[test]
fn a_spoilt_log_is_refused() {
    let (report, sources) = stack();
    let text = log(&report, &Options { sarif_category: Some("infra".to_owned()), ..Options::default() });
    let good: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(wrong(&text, &sources, SarifFlavour::Github), Vec::<String>::new());
    let refused = |text: &str| !wrong(text, &sources, SarifFlavour::Github).is_empty();
    for bytes in ["", "\u{feff}", "Scanned 3 files\n"] {
        assert!(refused(&format!("{bytes}{}", if bytes.is_empty() { "" } else { &text })), "{bytes:?} in front");
    }
    assert!(refused(&format!("{text}Scanned 3 files\n")));
    assert!(
        refused(&text.replacen("\"level\": \"error\"", "\"level\": \"note\", \"level\": \"error\"", 1)),
        "a key twice"
    );
    assert!(!complaints(&[b'"', 0xff, b'"'], For::GitHub, &|_| None).is_empty(), "not UTF-8");
    let place = "/runs/0/results/0/locations/0/physicalLocation";
    let harms: Vec<(String, Option<Value>)> = [
        ("/version", Some(json!("2.1.0-rtm.5"))),
        ("/$schema", None),
        ("/runs", Some(json!([]))),
        ("/runs/1", Some(good["runs"][0].clone())),
        ("/runs/0/automationDetails/id", Some(json!("infra"))),
        ("/runs/0/columnKind", Some(json!("unicodeCodePoints"))),
        ("/runs/0/invocations/0/executionSuccessful", Some(json!(false))),
        ("/runs/0/invocations/0/toolExecutionNotifications/0/descriptor/index", Some(json!(5))),
        ("/runs/0/results", None),
        ("/runs/0/results", Some(json!(null))),
        ("/runs/0/results/3", Some(good["runs"][0]["results"][0].clone())),
        ("/runs/0/results/0/ruleId", Some(json!("nope"))),
        ("/runs/0/results/0/ruleIndex", Some(json!(2))),
        ("/runs/0/results/0/ruleIndex", Some(json!(99))),
        ("/runs/0/results/0/level", Some(json!("critical"))),
        ("/runs/0/results/0/level", Some(json!("none"))),
        ("/runs/0/results/0/kind", Some(json!("pass"))),
        ("/runs/0/results/0/kind", Some(json!("failed"))),
        ("/runs/0/results/0/suppressions", Some(json!([{"kind": "inSource"}]))),
        ("/runs/0/results/0/baselineState", Some(json!("absent"))),
        ("/runs/0/results/0/guid", Some(json!("01890a5d-ac96-774b-bcce-b302099a8057"))),
        ("/runs/0/results/0/severity", Some(json!("HIGH"))),
        ("/runs/0/results/0/message", None),
        ("/runs/0/results/0/message", Some(json!({"id": "default", "arguments": ["A"]}))),
        ("/runs/0/results/0/message/text", Some(json!(""))),
        ("/runs/0/results/0/message/text", Some(json!("One\nline."))),
        ("/runs/0/results/0/message/text", Some(json!("Nothing named. See [a](1), [b](2)."))),
        ("/runs/0/results/0/message/text", Some(json!(format!("{}.", "Logs AccessControl ".repeat(9))))),
        ("/runs/0/results/0/relatedLocations/0/id", Some(json!(7))),
        ("/runs/0/results/0/locations", Some(json!([]))),
        ("/runs/0/results/0/fixes", Some(json!([{"description": {"text": "Set it."}}]))),
        ("/runs/0/results/0/partialFingerprints", None),
        ("/runs/0/results/0/partialFingerprints/primaryLocationLineHash", None),
        ("/runs/0/results/0/partialFingerprints/primaryLocationLineHash", Some(json!(12))),
        ("/runs/0/results/0/partialFingerprints/primaryLocationLineHash", Some(json!("0123456789abcdef:1"))),
        ("/runs/0/results/0/partialFingerprints/cfnwardResourcePath~1v1", Some(json!(""))),
        ("/runs/0/tool/driver/name", Some(json!("other"))),
        ("/runs/0/tool/driver/version", None),
        ("/runs/0/tool/driver/rules", None),
        ("/runs/0/tool/driver/rules/1", Some(good["runs"][0]["tool"]["driver"]["rules"][0].clone())),
        ("/runs/0/tool/driver/rules/0/name", Some(json!("Two words"))),
        ("/runs/0/tool/driver/rules/0/help", None),
        ("/runs/0/tool/driver/rules/0/help/markdown", None),
        ("/runs/0/tool/driver/rules/0/shortDescription", None),
        ("/runs/0/tool/driver/rules/0/fullDescription/text", Some(json!(""))),
        ("/runs/0/tool/driver/rules/0/fullDescription/text", Some(json!("x".repeat(1025)))),
        ("/runs/0/tool/driver/rules/0/helpUri", Some(json!("see message"))),
        ("/runs/0/tool/driver/rules/0/defaultConfiguration/level", Some(json!("none"))),
        ("/runs/0/tool/driver/rules/0/defaultConfiguration/level", Some(json!("note"))),
        ("/runs/0/tool/driver/rules/0/properties/controls", None),
        ("/runs/0/tool/driver/rules/0/properties/tags", Some(json!(["security", "security"]))),
        (
            "/runs/0/tool/driver/rules/0/properties/tags",
            Some(json!((0..11).map(|n| format!("security{n}")).collect::<Vec<_>>())),
        ),
        ("/runs/0/tool/driver/rules/0/properties/tags", Some(json!([["a"], "security"]))),
        ("/runs/0/tool/driver/rules/0/properties/tags", Some(json!(["storage"]))),
        ("/runs/0/tool/driver/rules/0/properties/precision", Some(json!("certain"))),
        ("/runs/0/tool/driver/rules/0/properties/problem.severity", Some(json!("high"))),
        ("/runs/0/tool/driver/rules/0/properties/security-severity", Some(json!(9.1))),
        ("/runs/0/tool/driver/rules/0/properties/security-severity", Some(json!("critical"))),
        ("/runs/0/tool/driver/rules/0/properties/security-severity", Some(json!(null))),
        ("/runs/0/tool/driver/rules/0/properties/security-severity", Some(json!("0.0"))),
        ("/runs/0/tool/driver/rules/0/relationships/0/target/id", Some(json!("S3.99"))),
    ]
    .map(|(pointer, value)| (pointer.to_owned(), value))
    .into_iter()
    .chain(
        [
            ("", None),
            ("/artifactLocation/uri", None),
            ("/artifactLocation/uri", Some(json!(""))),
            ("/artifactLocation/uri", Some(json!("infra/stack one.yaml"))),
            ("/artifactLocation/uri", Some(json!("infra/50%.yaml"))),
            ("/artifactLocation/uri", Some(json!("infra/a#b.yaml"))),
            ("/artifactLocation/uri", Some(json!("a:b.yaml"))),
            ("/artifactLocation/uri", Some(json!("https://example.com/a.yaml"))),
            ("/artifactLocation/uri", Some(json!("infra\\stack.yaml"))),
            ("/artifactLocation/uri", Some(json!("/infra/stack%20one.yaml"))),
            ("/artifactLocation/uri", Some(json!("file:///infra/stack%20one.yaml"))),
            ("/artifactLocation/uri", Some(json!("../infra/stack%20one.yaml"))),
            ("/artifactLocation/uri", Some(json!("./infra/stack%20one.yaml"))),
            ("/artifactLocation/uri", Some(json!("infra/none.yaml"))),
            ("/region", None),
            ("/region/startLine", Some(json!(0))),
            ("/region/startLine", Some(json!(-1))),
            ("/region/startLine", Some(json!(21))),
            ("/region/startLine", Some(json!(900))),
            ("/region/startColumn", None),
            ("/region/startColumn", Some(json!(21))),
            ("/region/endColumn", None),
            ("/region/endLine", Some(json!(2))),
            ("/region/endLine", Some(json!(40))),
            ("/region/snippet", None),
            ("/region/snippet/text", Some(json!("other"))),
        ]
        .map(|(pointer, value)| (format!("{place}{pointer}"), value)),
    )
    .collect();
    for (pointer, value) in &harms {
        let mut bad = good.clone();
        harm(&mut bad, pointer, value.clone());
        assert!(bad != good, "{pointer}: nothing is changed");
        assert!(refused(&bad.to_string()), "not noticed: {pointer} becomes {value:?}");
    }
    let mut shared = good.clone();
    let print = good["runs"][0]["results"][1]["partialFingerprints"].clone();
    shared["runs"][0]["results"][2]["ruleId"] = good["runs"][0]["results"][1]["ruleId"].clone();
    shared["runs"][0]["results"][2]["ruleIndex"] = good["runs"][0]["results"][1]["ruleIndex"].clone();
    shared["runs"][0]["results"][2]["partialFingerprints"] = print;
    assert!(refused(&shared.to_string()), "two results with one fingerprint");
    let mut many = good.clone();
    let one = good["runs"][0]["results"][0].clone();
    many["runs"][0]["results"] = json!(vec![one; 5_001]);
    assert!(refused(&many.to_string()), "too many results");
}

/// Puts a value at a JSON pointer, or takes away what is there.
fn harm(log: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    match (log.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}")), value) {
        (Value::Object(object), Some(value)) => {
            object.insert(key, value);
        }
        (Value::Object(object), None) => {
            object.remove(&key);
        }
        (Value::Array(items), Some(value)) => {
            let index = key.parse::<usize>().unwrap();
            if index < items.len() { items[index] = value } else { items.push(value) }
        }
        _ => panic!("{pointer} leads nowhere"),
    }
}

/// The log of a run in which nothing was found.
fn log_of(rules: Vec<Arc<RuleInfo>>) -> String {
    log(&Report { rules, ..Report::default() }, &Options::default())
}

#[test]
fn rules_of_the_program_are_described_as_if_it_were_done_now() {
    let written: Vec<Arc<RuleInfo>> = Catalog::builtin().rules.iter().map(|rule| Arc::clone(&rule.info)).collect();
    assert!(written.iter().all(|rule| rule.sarif.is_some()));
    let anew = |rule: &Arc<RuleInfo>| Arc::new(RuleInfo { sarif: None, ..(**rule).clone() });
    let (written, anew) = (log_of(written.clone()), log_of(written.iter().map(anew).collect()));
    for (line, (written, anew)) in written.lines().zip(anew.lines()).enumerate() {
        assert_eq!(written, anew, "line {}", line + 1);
    }
    assert_eq!(written.len(), anew.len());
}
