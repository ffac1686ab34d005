//! What the configuration file says, and what it makes of findings.

use std::sync::Arc;

use super::{Configuration, FILE_NAME, ForeignSuppressions, KEYS, read, schema};
use crate::check::{Input, Settings, check};
use crate::diag::{Code, Day, Report, Severity};
use crate::rules::{Catalog, GivenFile, GivenSettings, Rule, Setting, SettingValue, load_given};
use crate::text::{SourceFile, SourceName};

/// Every key in use.
const WHOLE: &str = "packs = ['default']\nrules = ['a']\nskip-rules = ['b']\nfail-on = 'high'\nexclude = ['x/**']\n\
    parameter-files = ['p.json']\nregion = 'eu-west-1'\naccount-id = '123456789012'\nrequire-reason = true\n\
    locked-rules = ['c']\nlocked-severity = 'critical'\nhonor-foreign-suppressions = 'all'\n\
    [parameters]\nEnv = 'prod'\n[settings]\ndays = 30\n[limits]\nseconds = 5\n\
    [[ignore]]\nrules = ['a*']\npaths = ['legacy/**']\nresources = ['Log*']\nreason = 'old'\nowner = 'ops'\nuntil = 2026-12-31\n\
    [[override]]\nrules = ['a']\npaths = ['x']\nresources = ['AWS::S3::*']\nseverity = 'off'\n";

fn source(text: &str) -> SourceFile {
    SourceFile::new(SourceName::from_display(FILE_NAME), text.to_owned())
}

fn read_text(text: &str) -> (Configuration, Vec<(u32, u32, String)>) {
    let (configuration, problems) = read(&source(text));
    let problems =
        problems.into_iter().map(|one| (one.place.start.line, one.place.start.column, one.message)).collect();
    (configuration, problems)
}

#[test]
fn every_key_is_read() {
    let (read, problems) = read_text(WHOLE);
    assert_eq!(problems, []);
    assert_eq!((read.packs, read.rules, read.skip_rules), (vec!["default".into()], vec!["a".into()], vec!["b".into()]));
    assert_eq!((read.fail_on, read.exclude), (Some(Some(Severity::High)), vec!["x/**".into()]));
    assert_eq!((read.parameters["Env"].as_str(), read.parameter_files), ("prod", vec!["p.json".into()]));
    assert_eq!((read.region.as_deref(), read.account_id.as_deref()), (Some("eu-west-1"), Some("123456789012")));
    assert_eq!(read.settings["days"].0, SettingValue::Number(30));
    assert_eq!(read.limits["seconds"], 5);
    assert_eq!((read.require_reason, read.locked_severity), (true, Some(Severity::Critical)));
    assert_eq!(read.locked_rules[0].text, "c");
    assert_eq!(read.foreign_suppressions, Some(ForeignSuppressions::All));
    let ignore = &read.ignores[0];
    let texts = |texts: &[super::PlacedText]| texts[0].text.clone();
    let about = [&ignore.about.rules, &ignore.about.paths, &ignore.about.resources].map(|one| texts(one));
    assert_eq!(about, ["a*", "legacy/**", "Log*"]);
    assert_eq!((ignore.reason.as_deref(), ignore.owner.as_deref()), (Some("old"), Some("ops")));
    assert_eq!((ignore.until, ignore.about.place.start.line), (Day::parse("2026-12-31"), 19));
    assert_eq!((read.overrides[0].severity, texts(&read.overrides[0].about.resources)), (None, "AWS::S3::*".into()));
    for key in KEYS {
        assert!(WHOLE.contains(key.name), "{} is in the table but not tried here", key.name);
    }
}

#[test]
fn never_is_no_threshold() {
    assert_eq!(read_text("fail-on = 'never'").0.fail_on, Some(None));
}

#[test]
fn what_is_wrong_has_its_place_and_costs_nothing_else() {
    let (configuration, problems) =
        read_text("pack = ['x']\nrules = ['a', 1]\nfail-on = 'hihg'\npacks = ['strict']\nrequire-reason = 'yes'\n");
    assert_eq!((configuration.packs, configuration.rules), (vec!["strict".to_owned()], vec!["a".to_owned()]));
    let places: Vec<(u32, u32)> = problems.iter().map(|(line, column, _)| (*line, *column)).collect();
    assert_eq!(places, [(1, 1), (2, 15), (3, 11), (5, 18)]);
    assert_eq!(problems[0].2, "`pack` is not a key of the configuration; did you mean `packs`?");
    assert!(problems[2].2.ends_with("; did you mean `high`?"), "{}", problems[2].2);
}

#[test]
fn an_entry_that_is_half_wrong_silences_nothing() {
    for (entry, place) in [
        ("rules = ['a']\nresaon = 'x'", (3, 1)),
        ("reason = 'x'", (1, 1)),
        ("rules = ['a']\nuntil = '2026-13-01'", (3, 9)),
        ("rules = ['a']\npaths = []", (3, 1)),
    ] {
        let (configuration, problems) = read_text(&format!("[[ignore]]\n{entry}\n"));
        assert_eq!(configuration.ignores, [], "{entry}");
        assert_eq!(problems.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>(), [place], "{entry}");
    }
    let (_, problems) = read_text("require-reason = true\n[[ignore]]\nrules = ['a']\n");
    assert_eq!(problems.len(), 1);
    assert_eq!(read_text("ignore = 'a'\n").1[0].2, "`ignore` must be a list of tables");
}

#[test]
fn settings_fit_what_rules_have_or_are_refused_at_their_place() {
    let text = "[settings]\ndays = 30\nports = [22]\nname = 7\nodd = 1\nwhen = 1979-05-27\n";
    let (configuration, problems) = read_text(text);
    assert_eq!(problems.iter().map(|(line, column, _)| (*line, *column)).collect::<Vec<_>>(), [(6, 8)]);
    let setting = |name: &str, default| Setting {
        name: name.to_owned(),
        meaning: "what it is".to_owned(),
        default,
        rules: Vec::new(),
    };
    let known = [
        setting("days", SettingValue::Number(365)),
        setting("ports", SettingValue::List(vec![SettingValue::Number(443)])),
        setting("name", SettingValue::Text("x".to_owned())),
    ];
    let known = known.into_iter().map(|setting| (setting.name.clone(), setting)).collect();
    let (fitting, problems) = configuration.fitting_settings(&known);
    assert_eq!(fitting.keys().collect::<Vec<_>>(), ["days", "ports"]);
    let told: Vec<(u32, &str)> =
        problems.iter().map(|problem| (problem.place.start.line, problem.message.as_str())).collect();
    assert_eq!(told, [(4, "`name` must be a text"), (5, "no rule has a setting `odd`")]);
}

#[test]
fn a_syntax_error_has_its_place() {
    let (configuration, problems) = read_text("packs = [\n");
    assert_eq!(configuration, Configuration::default());
    assert_eq!(problems.len(), 1);
}

#[test]
fn what_counts_is_told_with_where_it_comes_from() {
    let configuration = read_text("fail-on = 'high'\n[settings]\nname = \"a\\\"b\"\n[[ignore]]\nrules = ['x']\n").0;
    let told = configuration.effective();
    let line = |begin: &str| told.iter().find(|(text, _)| text.starts_with(begin)).map(|(_, place)| *place);
    assert_eq!(line("fail-on = \"high\"").flatten().map(|place| place.start.line), Some(1));
    assert_eq!(line("packs = [\"default\"]"), Some(None));
    let text: Vec<&str> = told.iter().map(|(text, _)| text.as_str()).collect();
    let again = read_text(&text.join("\n")).0;
    assert_eq!((again.fail_on, &again.settings["name"].0), (configuration.fail_on, &configuration.settings["name"].0));
    assert_eq!(again.ignores[0].about.rules[0].text, "x");
}

#[test]
fn the_schema_that_is_published_is_the_one_of_the_keys() {
    let published = include_str!("cfnward.schema.json");
    assert_eq!(published, schema(), "write it anew: cargo run -- config schema > src/config/cfnward.schema.json");
}

#[test]
fn the_schema_takes_what_is_right_and_refuses_what_is_not() {
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema()).unwrap()).unwrap();
    let fits = |text: &str| {
        let value: serde_json::Value = toml::from_str(&text.replace("2026-12-31", "'2026-12-31'")).unwrap();
        schema.is_valid(&value)
    };
    assert!(fits(WHOLE) && fits(""));
    for wrong in ["pack = []", "packs = 'x'", "fail-on = 'bad'", "[[ignore]]\nreason = 'x'", "[[override]]\nrules = []"]
    {
        assert!(!fits(wrong), "{wrong}");
    }
}

/// A rule for each of two types.
fn rules() -> Vec<Arc<Rule>> {
    let text = "rule r_one when Resources.*[ Type == 'T::A::B' ] !empty { Resources.*[ Type == 'T::A::B' ].Properties.N != 1 }\n\
                rule r_two when Resources.*[ Type == 'T::A::B' ] !empty { Resources.*[ Type == 'T::A::B' ].Properties.N != 1 }\n";
    let file =
        GivenFile { name: SourceName::from_display("r.guard"), path: "r.guard".to_owned(), text: text.to_owned() };
    let (rules, _) = load_given(file, GivenSettings::default(), &mut |_| Err(String::new()));
    rules.into_iter().map(Arc::new).collect()
}

/// The report of a scan of two templates that is governed by a configuration.
fn governed(configuration: &str, today: &str) -> (Report, Vec<String>) {
    let (configuration, problems) = read(&source(configuration));
    assert_eq!(problems, []);
    let rules = configuration.with_severities(rules());
    let text = "Resources:\n  Logs:\n    Type: T::A::B\n    Properties: {N: 1}\n";
    let files =
        ["a.yaml", "legacy/b.yaml"].map(|name| SourceFile::new(SourceName::from_display(name), text.to_owned()));
    let inputs: Vec<Input<'_>> = files.iter().map(|source| Input { source, explicit: true }).collect();
    let mut report = check(&inputs, &rules, &Settings::default());
    configuration.govern(&mut report, true, Day::parse(today), &|name| name.display.clone());
    let told = report.findings.iter().map(|one| {
        let by = one.suppressed.as_ref().map_or("", |by| by.kind.as_str());
        format!("{} {} {}{by}", one.place.source.display, one.rule, one.severity.as_str())
    });
    let told = told.collect();
    (report, told)
}

#[test]
fn entries_silence_what_they_are_about() {
    let (report, told) = governed(
        "[[ignore]]\nrules = ['r_one']\npaths = ['legacy']\nresources = ['Log*']\nreason = 'old'\n",
        "2026-01-01",
    );
    assert_eq!(
        told,
        [
            "a.yaml r_one medium",
            "a.yaml r_two medium",
            "legacy/b.yaml r_one mediumconfiguration",
            "legacy/b.yaml r_two medium"
        ]
    );
    let by = report.findings.iter().find_map(|one| one.suppressed.clone()).unwrap();
    assert_eq!((by.reason.as_deref(), by.place.unwrap().start.line), (Some("old"), 1));
    for other in ["resources = ['Other']", "resources = ['T::A::C']", "paths = ['x/**']"] {
        let (report, told) = governed(&format!("[[ignore]]\nrules = ['*']\n{other}\n"), "2026-01-01");
        assert!(told.iter().all(|one| !one.ends_with("configuration")), "{other}");
        assert_eq!(report.problems.iter().map(|one| one.code).collect::<Vec<_>>(), [Code::ConfigurationUnused]);
    }
    let (_, told) = governed("[[ignore]]\nrules = ['r_*']\nresources = ['T::A::*']\n", "2026-01-01");
    assert!(told.iter().all(|one| one.ends_with("configuration")));
}

#[test]
fn an_entry_that_is_over_silences_nothing() {
    let on = |today: &str| {
        let (report, told) = governed("[[ignore]]\nrules = ['r_*']\nuntil = 2026-06-30\n", today);
        (told[0].ends_with("configuration"), report.problems.iter().map(|one| one.code).collect::<Vec<_>>())
    };
    assert_eq!(on("2026-06-01"), (true, Vec::new()));
    assert_eq!(on("2026-06-30"), (true, vec![Code::SuppressionEnds]));
    assert_eq!(on("2026-07-01"), (false, vec![Code::SuppressionExpired]));
}

#[test]
fn severities_hold_where_the_configuration_says() {
    let text = "[[override]]\nrules = ['r_*']\nseverity = 'high'\n[[override]]\nrules = ['r_one']\npaths = ['legacy']\n\
                severity = 'off'\n[[override]]\nrules = ['r_two']\nresources = ['Logs']\nseverity = 'low'\n";
    let (report, told) = governed(text, "2026-01-01");
    assert_eq!(told, ["a.yaml r_one high", "a.yaml r_two low", "legacy/b.yaml r_two low"]);
    let info = |id: &str| report.rule(id).map(|info| (info.severity, info.security_severity));
    assert_eq!(info("r_one"), Some((Severity::High, 70)));
    let (report, told) = governed("[[override]]\nrules = ['r_one']\nseverity = 'off'\n", "2026-01-01");
    assert_eq!(told, ["a.yaml r_two medium", "legacy/b.yaml r_two medium"]);
    assert!(report.rule("r_one").is_none());
}

#[test]
fn a_rule_with_another_severity_is_not_described_as_it_was() {
    let configuration = read_text("[[override]]\nrules = ['s3_*']\nseverity = 'info'\n").0;
    for rule in configuration.with_severities(Catalog::builtin().rules) {
        assert_eq!(rule.info.sarif.is_none(), rule.info.id.starts_with("s3_"), "{}", rule.info.id);
    }
}

#[test]
fn names_that_mean_no_rule_are_said() {
    let text = "locked-rules = ['s3_bucket_allows_htp', 'zz*']\n[[ignore]]\nrules = ['CKV_AWS_18', 'nothing_like_it_at_all']\n";
    let configuration = read_text(text).0;
    let wrong = configuration.unknown_rules(&Catalog::builtin());
    let mut told: Vec<(u32, u32)> = wrong.iter().map(|one| (one.place.start.line, one.place.start.column)).collect();
    told.sort_unstable();
    assert_eq!(told, [(1, 17), (1, 41), (3, 24)]);
    assert!(wrong.iter().any(|one| one.message.contains("did you mean `s3_bucket_allows_http`")));
}

#[test]
fn limits_are_known_numbers_within_their_ranges() {
    let (configuration, problems) =
        read_text("[limits]\nseconds = 5\nnodes = 1_000\npath = 1\nnesting = 1_000\nstacks = 'many'\nvalues = 0x10\n");
    let expected = [("nodes".to_owned(), 1_000), ("seconds".to_owned(), 5), ("values".to_owned(), 16)];
    assert_eq!(configuration.limits, expected.into());
    let said: Vec<(u32, &str)> = problems.iter().map(|(line, _, message)| (*line, message.as_str())).collect();
    assert_eq!(
        said,
        [
            (4, "there is no limit `path`; did you mean `paths`?"),
            (5, "it must lie between 1 and 128"),
            (6, "the limit `stacks` is a whole number"),
        ]
    );
}
