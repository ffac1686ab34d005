//! What rules reach, views, places of findings, and messages with values.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Checker, Clock, Input, Reach, Settings, check, reach};
use crate::diag::{Code, FileKind, Limits, Problem, Report};
use crate::guard::{Dialect, parse};
use crate::rules::{Catalog, GivenFile, GivenSettings, Rule, load_given};
use crate::syntax::{Hint, read};
use crate::text::{SourceFile, SourceName};

fn rules(text: &str, as_written: bool) -> Vec<Arc<Rule>> {
    let file =
        GivenFile { name: SourceName::from_display("r.guard"), path: "r.guard".to_owned(), text: text.to_owned() };
    let settings = GivenSettings { as_written, ..GivenSettings::default() };
    let (rules, problems): (Vec<Rule>, Vec<Problem>) = load_given(file, settings, &mut |_| Err(String::new()));
    assert!(problems.is_empty(), "{problems:?}");
    rules.into_iter().map(Arc::new).collect()
}

fn template(text: &str) -> SourceFile {
    SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned())
}

fn scan(rules: &[Arc<Rule>], text: &str) -> Report {
    let (checker, problems) = Checker::new(rules, &Settings::default());
    assert!(problems.is_empty(), "{problems:?}");
    checker.check(Input { source: &template(text), explicit: true })
}

/// (resource, property, line) of each finding.
fn found(rules: &[Arc<Rule>], text: &str) -> Vec<(String, String, u32)> {
    let report = scan(rules, text);
    let resource = |finding: &crate::diag::Finding| {
        finding.resource.as_ref().map(|resource| resource.logical_id.clone()).unwrap_or_default()
    };
    report.findings.iter().map(|one| (resource(one), one.property.to_string(), one.place.start.line)).collect()
}

fn reached(text: &str) -> Reach {
    let file = parse(text, Dialect::Classic).file;
    reach(&file, "r")
}

const BUCKETS: &str =
    "let b = Resources.*[ Type == 'AWS::S3::Bucket' ]\nlet q = Resources.*[ Type == 'AWS::SQS::Queue' ]\n";

#[test]
fn rules_about_one_resource_at_a_time_are_recognised() {
    for body in [
        "rule r when %b !empty { %b.Properties.X == 1 }",
        "rule r when %b not empty { %b { Properties.X exists or Properties.Y exists } }",
        "rule r { %b[ Properties.Z exists ].Properties.X in ['a', 'b'] }",
        "rule r when %b !empty or %q !empty { %b.Properties.X exists\n %q.Properties.X exists }",
        "rule r { AWS::S3::Bucket { Properties { X exists } } }",
        "rule r { AWS::S3::Bucket Properties.X exists }",
        "let s = Resources[ Type == 'AWS::S3::Bucket' ]\nrule r when %s !empty { %s.Properties[ X exists ] { X == 1 } }",
        "let k = 'AWS::S3::Bucket'\nlet s = Resources.*[ Type == %k ]\nrule r when is_hook(this, %k) { %s.X exists }
         rule is_hook(d, t) { %d.%t.resourceProperties exists }",
        "rule r when is_template(this) %b !empty { c(%b.Properties) }
         rule is_template(d) { %d { AWSTemplateFormatVersion exists or Resources exists } }
         rule c(p) { %p { X exists\n when Y exists { Y == 1 } } }",
        "let allowed = ['a']\nrule r { %b { let x = Properties.X\n %x in %allowed\n Properties.T[ K in %allowed ] !empty } }",
        "rule r { Resources.*[ Type == 'AWS::S3::Bucket'
            Metadata.guard.SuppressedRules not exists or Metadata.guard.SuppressedRules.* != 'r' ].Properties.X exists }",
    ] {
        let reach = reached(&format!("{BUCKETS}{body}"));
        assert_eq!(reach.whole, None, "{body}");
        assert!(reach.types.unwrap().contains(&"AWS::S3::Bucket".to_owned()), "{body}");
        assert!(!reach.functions, "{body}");
    }
}

#[test]
fn rules_that_relate_resources_are_recognised() {
    for body in [
        "rule r { %b !empty }",
        "rule r { some %b.Properties.X == 1 }",
        "rule r when %b !empty { %q.Properties.X exists }",
        "rule r when %b !empty %q !empty { %q.Properties.X exists }",
        "rule r when %b empty { Outputs.X exists }",
        "rule r { %b.Properties.X exists or %b.Properties.Y exists }",
        "rule r { %b.Properties.X in %q.Properties.Y }",
        "rule r { %b { Properties.X in %q.Properties.Y } }",
        "rule r { let n = count(%b)\n %n == 1 }",
        "rule r { %b.Properties.Tags[ K == 'x' ] !empty }",
        "rule r { Parameters.*.Type exists }",
        "rule r { Resources.Logs.Properties exists }",
        "rule r { Resources exists }",
        "rule r { Resources[ name ].Type exists\n %name == /x/ }",
        "rule other { %b.X exists }\nrule r { other <<m>>\n }",
        "rule r when %b.Properties.X exists { %b.Properties.X == 1 }",
        "rule r { %nowhere.X exists }",
        "let k = 'Resources'\nlet s = Resources.*[ Type == 'A' ]\nrule r when is_hook(this, %k) { %s.X exists }
         rule is_hook(d, t) { %d.%t.Logs exists }",
    ] {
        let reach = reached(&format!("{BUCKETS}{body}"));
        assert!(reach.whole.is_some(), "{body}");
    }
    // What leads back to itself is not followed for ever.
    assert!(reached("let a = %b\nlet b = %a\nrule r { %a.x exists\n c(this) }\nrule c(x) { c(%x) }").whole.is_some());
}

#[test]
fn types_are_what_a_rule_selects() {
    let types = |text: &str| reached(text).types;
    let one = Some(vec!["A::B::C".to_owned()]);
    assert_eq!(types("rule r { Resources.*[ Type == 'A::B::C' ].X exists }"), one);
    assert_eq!(types("rule r { Resources.*[ Type in ['A::B::C'] ].X exists }"), one);
    assert_eq!(types("let t = ['A::B::C']\nrule r { Resources.*[ Type in %t ].X exists }"), one);
    assert_eq!(types("rule r { Resources.*[ Type == 'A::B::C' or Type == 'D' ].X exists }").unwrap().len(), 2);
    assert_eq!(types("rule r { Resources.*[ Type == 'A' Type == 'B' ].X exists }"), Some(Vec::new()));
    for any in ["Type == /A/", "Type != 'A'", "Type == 'A' or X exists", "not Type == 'A'", "Type in 'A::B::CD'"] {
        assert_eq!(types(&format!("rule r {{ Resources.*[ {any} ].X exists }}")), None, "{any}");
    }
}

#[test]
fn rules_that_look_for_functions_are_asked_of_the_text_as_written() {
    assert!(reached("rule r { Resources.*.Properties.Key.Ref exists }").functions);
    assert!(reached("rule r { Resources.*.Properties.'Fn::Sub' exists }").functions);
    assert!(reached("rule r { Resources.*.Properties.A[ keys == 'Ref' ] !empty }").functions);
    assert!(reached("let f = ['Fn::If']\nrule r { Resources.*.A[ keys in %f ] !empty }").functions);
    assert!(reached("rule r { x(Resources) }\nrule x(p) { %p.*.'Fn::GetAtt' exists }").functions);
    assert!(!reached("rule other { Resources.*.Ref exists }\nrule r { Resources.*.Name == 'Ref' }").functions);
    let refs = rules("rule r { Resources.*.Properties.QueueName.Ref exists }", false);
    let text = "Parameters: {N: {Type: String}}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Ref N\n";
    assert_eq!(found(&refs, text), []);
    let literal = text.replace("!Ref N", "plain");
    assert_eq!(found(&refs, &literal), [("Q".to_owned(), "Properties.QueueName.Ref".to_owned(), 6)]);
}

const TEMPLATE: &str = "\
Parameters:
  Size: {Type: String, Default: small}
Conditions:
  Never: !Equals [a, b]
Resources:
  First:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Ref Size
  Gone:
    Type: AWS::S3::Bucket
    Condition: Never
  Second:
    Type: AWS::SQS::Queue
    Properties: {QueueName: big}
Outputs:
  Out: {Value: !Ref First}
";

#[test]
fn a_rule_about_the_whole_template_sees_every_section_and_blames_the_resource() {
    let all = rules("rule r { some Resources.*.Properties.BucketName == 'large' }", false);
    assert_eq!(found(&all, TEMPLATE)[0], ("First".to_owned(), "Properties.BucketName".to_owned(), 9));
    let outputs = rules("rule r { Outputs.Out.Description exists <<say what it is>> }", false);
    assert_eq!(found(&outputs, TEMPLATE), [(String::new(), "Outputs.Out.Description".to_owned(), 17)]);
    assert_eq!(&*scan(&outputs, TEMPLATE).findings[0].message, "say what it is");
    let gone = rules("let n = Resources.*[ Type == 'AWS::S3::Bucket' ]\nrule r { let c = count(%n)\n %c == 1 }", false);
    assert_eq!(found(&gone, TEMPLATE), []);
    let parameters = rules("rule r { Parameters.Size.Default == 'small' }", false);
    assert_eq!(found(&parameters, TEMPLATE), []);
}

#[test]
fn as_written_conditions_and_parameters_are_not_worked_out() {
    let text = "rule r { Resources.*[ Type == 'AWS::S3::Bucket' ].Properties.BucketName == 'small' }";
    assert_eq!(found(&rules(text, false), TEMPLATE), []);
    let found = found(&rules(text, true), TEMPLATE);
    let resources: Vec<&str> = found.iter().map(|(resource, _, _)| resource.as_str()).collect();
    assert_eq!(resources, ["First", "Gone"]);
}

#[test]
fn suppressions_inside_of_rules_work_on_the_resolved_view() {
    let text = "rule R { Resources.*[ Type == 'AWS::S3::Bucket'
        Metadata.guard.SuppressedRules not exists or Metadata.guard.SuppressedRules.* != 'R' ].Properties.X exists }";
    let template = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Metadata: {guard: {SuppressedRules: [R]}}\n  B:\n    Type: AWS::S3::Bucket\n";
    let found = found(&rules(text, false), template);
    assert_eq!(found.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["B"]);
}

#[test]
fn messages_show_values() {
    let text = "rule r { Resources.*[ Type == 'AWS::SQS::Queue' ].Properties.QueueName == 'small'
        <<{resource} has {property} {this}, not {expected} {other}>> }";
    let report = scan(&rules(text, false), TEMPLATE);
    assert_eq!(&*report.findings[0].message, "`Second`: Second has Properties.QueueName big, not == 'small' {other}");
}

#[test]
fn one_compiled_program_serves_all_rules_of_a_file() {
    let rules = rules("rule a { Resources.*.X exists }\nrule b { Resources.*.Y exists }", false);
    let (checker, _) = Checker::new(&rules, &Settings::default());
    assert_eq!(checker.programs(), 1);
}

/// What each rule says of a template, by id.
fn statuses(checker: &Checker, text: &str) -> BTreeMap<String, String> {
    let source = template(text);
    let document = read(source.text(), Hint::Yaml).document;
    let Some(root) = document.root() else { return BTreeMap::new() };
    let judged = checker.judge(&source, &Arc::new(source.name().clone()), &document, root, checker.settings());
    let words = judged.statuses.iter().map(|((id, _), status)| (id.to_string(), status.word().to_owned()));
    // A rule that was not asked skips.
    words.filter(|(_, word)| word != "SKIP").collect()
}

#[test]
fn one_resource_at_a_time_gives_the_verdict_of_the_whole() {
    let mut all = Catalog::builtin().rules;
    let builtin = all.clone();
    let written = [
        "rule r when %b !empty or %q !empty { %b.Properties.BucketName exists\n %q.Properties.QueueName == 'big' }",
        "rule r { %b { Properties.BucketName == 'small' or Properties.BucketName == 'x' } }",
        "rule r { %b.Properties.Tags[*].Key != 'x' }",
        "rule r { %b[ Properties.BucketName exists ].Properties.BucketName == /a/ }",
    ];
    for (number, text) in written.iter().enumerate() {
        let mut one = rules(&format!("{BUCKETS}{text}").replace("rule r", &format!("rule r{number}")), false);
        all.append(&mut one);
    }
    let (mut single, _) = Checker::new(&all, &Settings::default());
    let (mut whole, _) = Checker::new(&all, &Settings::default());
    single.keep_statuses();
    whole.keep_statuses();
    whole.ask_of_whole_templates();
    assert_eq!(statuses(&single, TEMPLATE), statuses(&whole, TEMPLATE));
    // Where nothing is deployed, a rule without conditions has nothing to be asked of.
    let (mut single, _) = Checker::new(&builtin, &Settings::default());
    let (mut whole, _) = Checker::new(&builtin, &Settings::default());
    single.keep_statuses();
    whole.keep_statuses();
    whole.ask_of_whole_templates();
    let examples = crate::rules::builtin_rules().iter().map(|rule| rule.test_text);
    for text in examples {
        let source = template(text);
        let document = read(text, Hint::Yaml).document;
        for case in crate::rules::read_tests(&source, &document).cases {
            let name = Arc::new(source.name().clone());
            let word = |checker: &Checker| {
                let judged = checker.judge(&source, &name, &document, case.input, checker.settings());
                let words = judged.statuses.iter().map(|((id, _), status)| (id.to_string(), status.word()));
                words.filter(|(_, word)| *word != "SKIP").collect::<BTreeMap<_, _>>()
            };
            assert_eq!(word(&single), word(&whole), "{}", case.name);
        }
    }
}

#[test]
fn what_rules_were_found_to_reach_when_the_program_was_built_is_what_their_texts_say() {
    for rule in Catalog::builtin().rules {
        let file = parse(rule.text.text(), Dialect::Classic).file;
        let (program, errors) = crate::eval::Program::compile(&file, rule.text.text(), Dialect::Classic);
        assert_eq!(errors, [], "{}", rule.info.id);
        let entries = program.rules().iter().enumerate().filter(|(_, entry)| entry.name == rule.guard_name);
        let found = reach::reach_of_each(&file, &rule.guard_name);
        let found: Vec<_> = entries.map(|(number, _)| number).zip(found).collect();
        assert_eq!(rule.reach.len(), found.len(), "{}", rule.info.id);
        for (known, (number, reach)) in rule.reach.iter().zip(found) {
            let types = known.types.map(|types| types.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
            assert_eq!((known.number, types), (number, reach.types), "{}", rule.info.id);
            assert_eq!((known.whole, known.functions), (reach.whole.is_some(), reach.functions), "{}", rule.info.id);
        }
    }
}

fn lints(text: &str) -> Vec<String> {
    super::lint(&rules(text, false)).into_iter().map(|problem| problem.message).collect()
}

#[test]
fn lint_says_what_a_rule_probably_does_not_mean() {
    let only = |text: &str, message: &str| assert_eq!(lints(text), [message], "{text}");
    let bucket = "Resources.*[ Type == 'AWS::S3::Bucket' ]";
    only(
        &format!("let x = 1\nrule r {{ {bucket}.Properties.BucketName exists <<m>> }}"),
        "the variable `%x` is not used",
    );
    only(
        &format!("rule r {{ {bucket}.Properties.BucketNaem exists <<m>> }}"),
        "there is no property `BucketNaem` here",
    );
    only(
        "rule r { Resources[ Type == 'AWS::S3::Bucket' ].Properties.BucketNaem exists <<m>> }",
        "there is no property `BucketNaem` here",
    );
    only(
        &format!("let b = {bucket}\nrule r {{ %b {{ Properties {{ Tags[ Kee == 1 ] !empty <<m>> }} }} }}"),
        "there is no property `Kee` here",
    );
    only(&format!("rule r {{ {bucket}.BucketName exists <<m>> }}"), "resources have no key `BucketName`");
    only(&format!("rule r {{ {bucket}.Linked.Policies[*] exists <<m>> }}"), "there is no role `Policies`");
    only(
        &format!("rule r {{ {bucket}.Linked.BucketPolicies[*].Properties.Bukket exists <<m>> }}"),
        "there is no property `Bukket` here",
    );
    only(
        &format!("rule r {{ {bucket}.Properties.Tags[*][ Key == 'k' ] !empty <<m>> }}"),
        "the filter is asked of what is around the list, not of its items",
    );
    only(
        &format!("rule r {{ not {bucket}.Properties.BucketName == 'b' <<m>> }}"),
        "`not` before a comparison is ignored",
    );
    only(&format!("rule r {{ {bucket}.Facts.Ingress exists <<m>> }}"), "there is no fact `Ingress`");
    let group = "Resources.*[ Type == 'AWS::EC2::SecurityGroup' ].Facts";
    only(&format!("rule r {{ {group}.Ingress[*].Misspelt exists <<m>> }}"), "the fact `Ingress` has no key `Misspelt`");
    only(
        &format!("rule r {{ {group}.Egress[ Cidr exists Misspelt == 1 ] empty <<m>> }}"),
        "the fact `Egress` has no key `Misspelt`",
    );
    only(
        &format!("let e = {group}.Egress[ Public == true ]\nrule r {{ %e {{ Misspelt == 1 <<m>> }} }}"),
        "the fact `Egress` has no key `Misspelt`",
    );
    only(&format!("rule r {{ {group}.Labels[*].Text exists <<m>> }}"), "the fact `Labels` has no key `Text`");
    only(
        "rule r { Resources.*[ Type == 'AWS::S3::Buckt' ].Properties.X exists <<m>> }",
        "there is no resource type `AWS::S3::Buckt`",
    );
    only(
        "rule r { Resources.*[ Type == 'AWS::S3::Bucket' Type == 'AWS::SQS::Queue' ].Type exists <<m>> }",
        "the rule `r` never applies: no type passes its filters",
    );
    only(&format!("rule r {{ {bucket}.Properties.BucketName exists }}"), "the rule `r` does not say what is wrong");
}

#[test]
fn lint_is_silent_where_nothing_is_known() {
    for text in [
        "rule r { Resources.*.Properties.Anything exists <<m>> }",
        "rule r { Resources.*[ Type == 'Custom::X' ].Properties.Anything exists <<m>> }",
        "rule r { Resources.*[ Type == 'AWS::IAM::Role' ].Properties.AssumeRolePolicyDocument.Statement[*].Any exists <<m>> }",
        "rule r { Resources.*[ Type == 'AWS::S3::Bucket' ].Properties.BucketName.Ref exists <<m>> }",
        "rule r { Resources.*[ Type in ['AWS::S3::Bucket', 'AWS::SQS::Queue'] ].Properties.QueueName exists <<m>> }",
        "rule r { c(1) }\nrule c(x) { Resources.A == %x <<m>> }",
    ] {
        assert_eq!(lints(text), Vec::<String>::new(), "{text}");
    }
}

/// The classes of the findings of one built-in rule.
fn classes(text: &str) -> Vec<&'static str> {
    let rule = Arc::clone(Catalog::builtin().find("ebs_volume_unencrypted")[0]);
    let source = template(text);
    let input = Input { source: &source, explicit: true };
    let report = check(&[input], &[rule], &Settings::default());
    report.findings.iter().map(|finding| finding.class.as_str()).collect()
}

#[test]
fn a_lookup_that_always_fails_is_unsure_and_not_passed() {
    let findings = classes(
        "Parameters: {P: {Type: String, Default: a, AllowedValues: [a, b]}}\nMappings: {M: {c: {k: 'true'}}}\n\
         Resources: {D: {Type: 'AWS::EC2::Volume', Properties: {Size: 1, Encrypted: !FindInMap [M, !Ref P, k]}}}\n",
    );
    assert_eq!(findings, ["unsure"]);
}

#[test]
fn rules_that_nothing_satisfies_do_not_silence_a_finding() {
    let findings = classes(
        "Parameters: {P: {Type: String, Default: 'false', AllowedValues: ['false']}}\n\
         Rules: {R: {Assertions: [{Assert: !Equals [!Ref P, 'true']}]}}\n\
         Resources: {D: {Type: 'AWS::EC2::Volume', Properties: {Size: 1, Encrypted: !Ref P}}}\n",
    );
    assert_eq!(findings.len(), 1);
}

#[test]
fn a_provided_branch_that_nobody_decides_is_unsure_and_a_value_that_nobody_thought_of_is_not() {
    let queue = "rule r { AWS::SQS::Queue Properties.QueueName == /^team-/ }";
    let branch = "Parameters:\n  Free: {Type: String}\n  Own: {Type: String, Default: 'no', AllowedValues: ['no', 'yes']}\n\
         Conditions:\n  IsOwn: !Equals [!Ref Own, 'yes']\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    \
         Properties: {QueueName: !If [IsOwn, !Ref Free, team-a]}\n";
    let unthought = "Parameters:\n  Name: {Type: String, Default: team-a}\nConditions:\n  \
         IsB: !Equals [!Ref Name, team-b]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    \
         Properties: {QueueName: !If [IsB, team-b, !Ref Name]}\n";
    let classes = |text: &str| -> Vec<&'static str> {
        scan(&rules(queue, false), text).findings.iter().map(|finding| finding.class.as_str()).collect()
    };
    assert_eq!(classes(branch), ["unsure"]);
    assert!(classes(unthought).is_empty());
}

const VOLUME_RULES: &str = "rule a { Resources.*[ Type == 'AWS::EC2::Volume' ].Properties.Encrypted == true }\n\
                            rule b { Resources.*[ Type == 'AWS::EC2::Volume' ].Properties.Size exists }\n";

fn of_code(report: &Report, code: Code) -> Vec<&str> {
    let problems = report.problems.iter().filter(|problem| problem.code == code);
    problems.map(|problem| problem.place.source.display.as_str()).collect()
}

#[test]
fn a_limit_that_a_stack_and_its_nested_stacks_reach_is_told_once_in_the_outermost_template() {
    let stack = "Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}";
    let outer = format!("Resources:\n  A: {{{stack}}}\n  B: {{{stack}}}\n");
    let outer = SourceFile::new(SourceName::from_display("outer.yaml"), outer);
    let volume = "Resources:\n  Disk: {Type: AWS::EC2::Volume, Properties: {Encrypted: true, Size: 1}}\n";
    let child = SourceFile::new(SourceName::from_display("child.yaml"), volume.to_owned());
    let limits = Limits { values: 2, ..Limits::default() };
    let inputs = [Input { source: &outer, explicit: true }, Input { source: &child, explicit: true }];
    let report = check(&inputs, &rules(VOLUME_RULES, false), &Settings { limits, ..Settings::default() });
    assert_eq!(of_code(&report, Code::LimitReached), ["child.yaml", "outer.yaml"]);
}

#[test]
fn rules_that_no_time_is_left_for_are_told() {
    fn hurrying() -> Duration {
        static ASKED: AtomicU64 = AtomicU64::new(0);
        Duration::from_secs(ASKED.fetch_add(1, Ordering::Relaxed))
    }
    let source = template("Resources:\n  Disk: {Type: AWS::EC2::Volume, Properties: {Encrypted: false}}\n");
    let scan = |clock: Option<Clock>| {
        let settings = Settings { limits: Limits { seconds: 3, ..Limits::default() }, clock, ..Settings::default() };
        check(&[Input { source: &source, explicit: true }], &rules(VOLUME_RULES, false), &settings)
    };
    let late = scan(Some(hurrying));
    assert_eq!(of_code(&late, Code::TimeLimit), ["t.yaml"]);
    assert_eq!((late.files[0].kind, late.coverage.questions), (FileKind::Partial, 1), "the first rule was asked");
    for clock in [None, Some((|| Duration::ZERO) as Clock)] {
        let in_time = scan(clock);
        assert_eq!(of_code(&in_time, Code::TimeLimit), [""; 0]);
        assert_eq!((in_time.files[0].kind, in_time.coverage.questions), (FileKind::Template, 2));
    }
}

#[test]
fn a_query_goes_on_from_a_linked_resource_once_however_many_ways_lead_there() {
    let mut text = "Resources:\n  S: {Type: AWS::EC2::Subnet}\n  T: {Type: AWS::EC2::RouteTable}\n".to_owned();
    for number in 0..3 {
        let association =
            "Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref S, RouteTableId: !Ref T}";
        let route = "Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref T}";
        text.push_str(&format!("  A{number}: {{{association}}}\n  R{number}: {{{route}}}\n"));
    }
    let tables = "Linked.RouteTableAssociations[*].Linked.RouteTables[*]";
    let subnets = "let s = Resources.*[ Type == 'AWS::EC2::Subnet' ]\n";
    for (query, count) in [
        (format!("{tables}.Linked.Routes[*].Properties.RouteTableId"), 3),
        // Within a filter it begins anew for each that is filtered.
        ("Linked.RouteTableAssociations[ Linked.RouteTables[*].Linked.Routes[*].Id exists ].Id".to_owned(), 3),
    ] {
        let rule = |count: usize| {
            rules(&format!("{subnets}rule r {{ %s {{ let n = count({query})\n %n == {count} <<m>> }} }}"), false)
        };
        assert_eq!(found(&rule(count), &text), [], "{query}");
        assert_eq!(found(&rule(count + 1), &text).len(), 1, "{query}");
    }
}
