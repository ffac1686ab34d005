//! What suppressions silence, and what is said of them.

use std::sync::Arc;

use super::SuppressionSettings;
use crate::check::{Checker, Input, Settings, check};
use crate::diag::{Day, Problem, Report, Severity};
use crate::rules::{GivenFile, GivenSettings, Rule, load_given};
use crate::text::{SourceFile, SourceName};

/// Rules that ask for a name without wildcards, and for a tag, of every resource of a type.
const RULES: &str = "\
rule named when Resources.*[ Type == 'T::A::B' ] !empty { Resources.*[ Type == 'T::A::B' ].Properties.Name != 'bad' }
rule sized when Resources.*[ Type == 'T::A::B' ] !empty { Resources.*[ Type == 'T::A::B' Properties.Sizes exists ].Properties.Sizes[*] != 0 }
";

fn rules() -> Vec<Arc<Rule>> {
    let file =
        GivenFile { name: SourceName::from_display("r.guard"), path: "r.guard".to_owned(), text: RULES.to_owned() };
    let (rules, problems): (Vec<Rule>, Vec<Problem>) =
        load_given(file, GivenSettings::default(), &mut |_| Err(String::new()));
    assert!(problems.is_empty(), "{problems:?}");
    let with_names = |mut rule: Rule| {
        if &*rule.info.id == "named" {
            let aliases = ["CKV_AWS_1", "cfn_nag:W35", "AwsSolutions-S1", "S3_NAMED", "AVD-AWS-0001", "W1234"];
            let info = Arc::make_mut(&mut rule.info);
            info.aliases = aliases.map(Into::into).to_vec().into();
            info.severity = Severity::Critical;
        }
        Arc::new(rule)
    };
    rules.into_iter().map(with_names).collect()
}

fn source(text: &str) -> SourceFile {
    SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned())
}

fn scan_with(text: &str, suppression: SuppressionSettings) -> Report {
    let settings = Settings { suppression, ..Settings::default() };
    let (checker, problems) = Checker::new(&rules(), &settings);
    assert!(problems.is_empty(), "{problems:?}");
    checker.check(Input { source: &source(text), explicit: true })
}

fn scan(text: &str) -> Report {
    scan_with(text, SuppressionSettings { foreign_comments: true, ..SuppressionSettings::default() })
}

/// Of each finding the resource, the rule and the tool that silenced it.
fn silenced(report: &Report) -> Vec<String> {
    let findings = report.findings.iter().map(|one| {
        let resource = one.resource.as_ref().map_or("", |resource| resource.logical_id.as_str());
        let by = one.suppressed.as_ref().map_or("-", |by| by.tool.as_str());
        format!("{resource}.{} {by}", one.rule)
    });
    let mut findings: Vec<String> = findings.collect();
    findings.sort();
    findings
}

fn told(report: &Report) -> Vec<String> {
    let mut problems: Vec<&Problem> = report.problems.iter().collect();
    problems.sort_by_key(|one| one.place.span);
    let problems = problems.into_iter();
    problems.map(|one| format!("{} {}:{}", one.code.id(), one.place.start.line, one.place.start.column)).collect()
}

/// Two resources, each with two findings of the second rule and one of the first; `{}` stand for comments.
fn two(lines: [&str; 4]) -> String {
    let [above, line, item, end] = lines;
    format!(
        "Resources:\n  A:{above}\n    Type: T::A::B\n    Properties:\n      Name: bad{line}\n      Sizes:\n        - 0{item}\n        - 0\n  \
         B:\n    Type: T::A::B\n    Properties: {{Name: bad}}{end}\n"
    )
}

#[test]
fn a_comment_silences_what_begins_on_its_line_or_the_next() {
    let none = two([""; 4]);
    assert_eq!(silenced(&scan(&none)), ["A.named -", "A.sized -", "A.sized -", "B.named -"]);
    let whole = two([" # cfnward: ignore[named, sized]", "", "", ""]);
    assert_eq!(silenced(&scan(&whole)), ["A.named cfnward", "A.sized cfnward", "A.sized cfnward", "B.named -"]);
    let line = two(["", " # cfnward: ignore[named] why", "", ""]);
    assert_eq!(silenced(&scan(&line)), ["A.named cfnward", "A.sized -", "A.sized -", "B.named -"]);
    let item = two(["", "", " # cfnward: ignore[sized]", ""]);
    assert_eq!(silenced(&scan(&item)), ["A.named -", "A.sized -", "A.sized cfnward", "B.named -"]);
    let next = two(["", "\n      # cfnward: ignore[sized]\n      # another remark\n", "", ""]);
    assert_eq!(silenced(&scan(&next)), ["A.named -", "A.sized cfnward", "A.sized cfnward", "B.named -"]);
    assert!(told(&scan(&next)).is_empty());
    let all = format!("# a remark\n# cfnward: ignore-file[named]\n{none}");
    assert_eq!(silenced(&scan(&all)), ["A.named cfnward", "A.sized -", "A.sized -", "B.named cfnward"]);
}

#[test]
fn a_suppression_says_who_when_and_where() {
    let text = two(["", " # cfnward: ignore[named] until=2027-01-01 owner=ops the old name", "", ""]);
    let report = scan(&text);
    let by = report.findings.iter().find_map(|one| one.suppressed.as_ref()).unwrap();
    assert_eq!((by.owner.as_deref(), by.reason.as_deref()), (Some("ops"), Some("the old name")));
    assert_eq!(by.until, Day::parse("2027-01-01"));
    let place = by.place.as_ref().unwrap();
    assert_eq!((place.start.line, place.start.column), (5, 35));
}

#[test]
fn metadata_silences_its_resource_or_the_template() {
    let template = |metadata: &str, own: &str| {
        format!(
            "{{\"Metadata\": {metadata}, \"Resources\": {{\"A\": {{\"Type\": \"T::A::B\", \"Metadata\": {own}, \"Properties\": {{\"Name\": \"bad\", \"Sizes\": [0, 0]}}}}, \
             \"B\": {{\"Type\": \"T::A::B\", \"Properties\": {{\"Name\": \"bad\"}}}}}}}}"
        )
    };
    let own =
        scan(&template("{}", "{\"cfnward\": {\"ignore\": [{\"rule\": \"named\", \"reason\": \"why\"}, \"sized\"]}}"));
    assert_eq!(silenced(&own), ["A.named cfnward", "A.sized cfnward", "A.sized cfnward", "B.named -"]);
    let path = "{\"cfnward\": {\"ignore\": {\"id\": [\"sized\"], \"path\": \"Properties.Sizes[1]\"}}}";
    assert_eq!(silenced(&scan(&template("{}", path))), ["A.named -", "A.sized -", "A.sized cfnward", "B.named -"]);
    let whole = "{\"cfnward\": {\"ignore\": [{\"rule\": \"named\", \"path\": \"Resources.B\"}]}}";
    assert_eq!(silenced(&scan(&template(whole, "{}"))), ["A.named -", "A.sized -", "A.sized -", "B.named cfnward"]);
    for (foreign, tool) in [
        ("{\"checkov\": {\"skip\": [{\"id\": \"CKV_AWS_1\", \"comment\": \"why\"}]}}", "checkov"),
        ("{\"cfn_nag\": {\"rules_to_suppress\": [{\"id\": \"W35\"}]}}", "cfn_nag"),
        ("{\"guard\": {\"SuppressedRules\": [\"S3_NAMED\"]}}", "guard"),
        ("{\"cfn-lint\": {\"config\": {\"ignore_checks\": [\"W12\"]}}}", "cfn-lint"),
        (
            "{\"cdk_nag\": {\"rules_to_suppress\": [{\"id\": \"AwsSolutions-S1\", \"reason\": \"b2s=\", \"is_reason_encoded\": true}]}}",
            "cdk_nag",
        ),
        (
            "{\"cdk_nag\": {\"rules_to_suppress\": [{\"id\": \"NIST-S3_NAMED\", \"applies_to\": [\"Name::bad\"]}]}}",
            "cdk_nag",
        ),
    ] {
        let found = silenced(&scan(&template("{}", foreign)));
        assert_eq!(found, [format!("A.named {tool}").as_str(), "A.sized -", "A.sized -", "B.named -"], "{foreign}");
        let settings = SuppressionSettings { foreign_metadata: false, ..SuppressionSettings::default() };
        assert!(silenced(&scan_with(&template("{}", foreign), settings)).iter().all(|one| one.ends_with('-')));
    }
    let at_the_top = "{\"checkov\": {\"skip\": [{\"id\": \"CKV_AWS_1\"}]}}";
    assert_eq!(silenced(&scan(&template(at_the_top, "{}"))).first().map(String::as_str), Some("A.named -"));
    let at_the_top = "{\"cfn-lint\": {\"config\": {\"ignore_checks\": [\"W1234\"]}}}";
    assert_eq!(silenced(&scan(&template(at_the_top, "{}"))).first().map(String::as_str), Some("A.named cfn-lint"));
    let other =
        "{\"cdk_nag\": {\"rules_to_suppress\": [{\"id\": \"AwsSolutions-S1\", \"applies_to\": [\"Name::other\"]}]}}";
    assert_eq!(silenced(&scan(&template("{}", other))).first().map(String::as_str), Some("A.named -"));
}

#[test]
fn comments_of_other_tools_count_on_request() {
    for (comment, tool) in [
        (" # checkov:skip=CKV_AWS_1:why", "checkov"),
        ("\n    # bridgecrew:skip=CKV_AWS_1", "checkov"),
        (" #trivy:ignore:AVD-AWS-0001", "trivy"),
        (" # tfsec:ignore:AWS-0001:exp:2099-01-01", "trivy"),
        (" # trivy:ignore:AVD-AWS-*", "trivy"),
    ] {
        let text = two([comment, "", "", ""]);
        assert_eq!(silenced(&scan(&text))[0], format!("A.named {tool}"), "{comment}");
        assert_eq!(silenced(&scan(&text))[3], "B.named -", "{comment}");
        assert_eq!(silenced(&scan_with(&text, SuppressionSettings::default()))[0], "A.named -", "{comment}");
    }
    let limited = two([" # trivy:ignore:AVD-AWS-0001[name=x]", "", "", ""]);
    assert_eq!(silenced(&scan(&limited))[0], "A.named -");
    let block = two(["", "\n      # kics-scan ignore-block\n", "", ""]);
    assert_eq!(silenced(&scan(&block)), ["A.named -", "A.sized kics", "A.sized kics", "B.named -"]);
    let file = format!("# kics-scan ignore\n{}", two([""; 4]));
    assert!(silenced(&scan(&file)).iter().all(|one| one.ends_with("kics")));
}

#[test]
fn what_silences_nothing_is_said() {
    let comment = |text: &str| told(&scan(&two(["", text, "", ""])));
    assert_eq!(comment(" # cfnward: ignore[sized]"), ["suppression.unused 5:35"]);
    assert_eq!(comment(" # cfnward: ignore[nameed]"), ["suppression.unknown-rule 5:35"]);
    assert_eq!(comment(" # cfnward: ignore[named] untli=2026-01-01"), ["suppression.malformed 5:42"]);
    assert_eq!(comment(" # cfnward: ignore-file[named]"), ["suppression.malformed 5:17"]);
    // A rule of the program that does not run.
    assert!(comment(" # cfnward: ignore[s3_bucket_allows_http, CKV_AWS_18, W35]").is_empty());
    assert_eq!(
        comment(" # trivy:ignore:AVD-AWS-0001\n      X: 1 # trivy:ignore:AVD-AWS-0001"),
        ["suppression.foreign 6:27"]
    );
    let said = scan(&two(["", " # cfnward: ignore[nameed]", "", ""])).problems.remove(0).message;
    assert_eq!(said, "there is no rule `nameed`; did you mean `named`?");
    let nag = "Resources:\n  A:\n    Type: T::A::B\n    Metadata:\n      cfn_nag:\n        rules_to_supress: [{id: W35}]\n  \
               B:\n    Type: T::A::B\n    Metadata:\n      cfn_nag: {rules_to_suppress: [{reason: x}]}\n      cfnward: {ingore: []}\n";
    assert_eq!(
        told(&scan(nag)),
        ["suppression.malformed 6:9", "suppression.malformed 10:37", "suppression.malformed 11:17"]
            .map(|one| one.to_owned())
    );
}

#[test]
fn nothing_is_called_unused_where_not_all_was_judged() {
    let text = format!("Parameters: {{P: {{Type: String}}}}\n{}", two(["", " # cfnward: ignore[sized]", "", ""]));
    let settings = Settings { parameters: [("P".to_owned(), "x".to_owned())].into(), ..Settings::default() };
    let report = Checker::new(&rules(), &settings).0.check(Input { source: &source(&text), explicit: true });
    assert!(told(&report).is_empty());
    assert_eq!(told(&scan(&text)), ["suppression.unused 6:35"]);
}

#[test]
fn a_day_that_is_over_silences_nothing() {
    let on = |today: &str| {
        let text = two(["", " # cfnward: ignore[named] until=2026-06-30 x", "", ""]);
        let report =
            scan_with(&text, SuppressionSettings { today: Day::parse(today), ..SuppressionSettings::default() });
        (silenced(&report)[0].clone(), told(&report))
    };
    assert_eq!(on("2026-06-01"), ("A.named cfnward".to_owned(), Vec::new()));
    assert_eq!(on("2026-06-16"), ("A.named cfnward".to_owned(), vec!["suppression.ends 5:35".to_owned()]));
    assert_eq!(on("2026-06-30"), ("A.named cfnward".to_owned(), vec!["suppression.ends 5:35".to_owned()]));
    assert_eq!(on("2026-07-01"), ("A.named -".to_owned(), vec!["suppression.expired 5:35".to_owned()]));
}

#[test]
fn what_the_configuration_refuses_does_not_count() {
    let text = two(["", " # cfnward: ignore[named]", "", " # checkov:skip=CKV_AWS_1:why"]);
    let both = || SuppressionSettings { foreign_comments: true, ..SuppressionSettings::default() };
    let reason = scan_with(&text, SuppressionSettings { require_reason: true, ..both() });
    assert_eq!(silenced(&reason), ["A.named -", "A.sized -", "A.sized -", "B.named checkov"]);
    assert_eq!(told(&reason), ["suppression.refused 5:35"]);
    for locked in [
        SuppressionSettings { locked_rules: [Arc::from("named")].into(), ..both() },
        SuppressionSettings { locked_severity: Some(Severity::High), ..both() },
    ] {
        let report = scan_with(&text, locked);
        assert!(silenced(&report).iter().all(|one| one.ends_with('-')));
        assert_eq!(told(&report), ["suppression.refused 5:35", "suppression.foreign 11:44"]);
    }
    let off = scan_with(&text, SuppressionSettings { in_templates: false, ..both() });
    assert!(silenced(&off).iter().all(|one| one.ends_with('-')) && told(&off).is_empty());
}

#[test]
fn loops_and_generated_resources_take_part() {
    let text = "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Loop:\n    - N\n    - [One, Two]\n    - 'A${N}':\n        \
                Type: T::A::B\n        Metadata: {cfnward: {ignore: [named]}}\n        Properties: {Name: bad, Sizes: [0]} # cfnward: ignore[sized]\n";
    let report = scan(text);
    assert!(!report.findings.is_empty());
    assert!(silenced(&report).iter().all(|one| one.ends_with("cfnward")), "{:?}", silenced(&report));
    assert!(told(&report).is_empty(), "{:?}", told(&report));
}

#[test]
fn a_suppression_that_only_a_nested_stack_needs_is_not_unused() {
    let inner = "Parameters: {Name: {Type: String, Default: good}}\nResources:\n  A:\n    Type: T::A::B\n    Properties:\n      Name: !Ref Name # cfnward: ignore[named] only there\n";
    let outer = "Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./inner.yaml\n      Parameters: {Name: bad}\n";
    let file = |name: &str, text: &str| SourceFile::new(SourceName::from_display(name), text.to_owned());
    let (inner, outer) = (file("inner.yaml", inner), file("outer.yaml", outer));
    let inputs = [&inner, &outer].map(|source| Input { source, explicit: true });
    let report = check(&inputs, &rules(), &Settings::default());
    assert_eq!(silenced(&report), ["A.named cfnward"]);
    assert!(told(&report).is_empty(), "{:?}", told(&report));
    let alone = check(&inputs[..1], &rules(), &Settings::default());
    assert_eq!(told(&alone), ["suppression.unused 6:41"]);
}

#[test]
fn comments_in_included_files_take_part() {
    let included = "# cfnward: ignore-file[sized]\nName: bad # cfnward: ignore[named]\nSizes: [0]\n";
    let outer = "Resources:\n  A:\n    Type: T::A::B\n    Properties:\n      Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./part.yaml}}\n  \
                 B:\n    Type: T::A::B\n    Properties: {Name: bad}\n";
    let file = |name: &str, text: &str| SourceFile::new(SourceName::from_display(name), text.to_owned());
    let (included, outer) = (file("part.yaml", included), file("outer.yaml", outer));
    let inputs = [Input { source: &outer, explicit: true }, Input { source: &included, explicit: false }];
    let report = check(&inputs, &rules(), &Settings::default());
    assert_eq!(silenced(&report), ["A.named cfnward", "A.sized cfnward", "B.named -"]);
}

#[test]
fn many_suppressions_end_in_time() {
    let mut text = String::from("Resources:\n  A:\n    Type: T::A::B\n");
    for _ in 0..30_000 {
        text.push_str("    # cfnward: ignore[named]\n\n");
    }
    text.push_str("    Properties: {Name: bad}\n");
    let report = scan(&text);
    assert_eq!(silenced(&report), ["A.named cfnward"]);
    assert!(report.problems.iter().any(|one| one.message.contains("not all of them count")));
}
