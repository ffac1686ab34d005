//! Templates that are judged together: nested stacks, exports, includes, CDK assemblies.

use std::sync::{Arc, LazyLock};

use cfnward::check::{Input, Settings, check};
use cfnward::diag::{Class, Finding, Report};
use cfnward::rules::{Catalog, Rule};
use cfnward::text::{SourceFile, SourceName};

const SSH: &str = "security_group_ssh_open_to_world";
const ENCRYPTED: &str = "ebs_volume_unencrypted";

static RULES: LazyLock<Vec<Arc<Rule>>> = LazyLock::new(|| {
    let catalog = Catalog::builtin();
    let wanted = |rule: &&Arc<Rule>| [SSH, ENCRYPTED].contains(&&*rule.info.id);
    let found: Vec<Arc<Rule>> = catalog.rules.iter().filter(wanted).map(Arc::clone).collect();
    assert_eq!(found.len(), 2);
    found
});

fn judge_with(files: &[(&str, &str)], settings: &Settings) -> Report {
    let sources: Vec<SourceFile> =
        files.iter().map(|(name, text)| SourceFile::new(SourceName::from_display(name), (*text).to_owned())).collect();
    let inputs: Vec<Input<'_>> = sources.iter().map(|source| Input { source, explicit: false }).collect();
    check(&inputs, &RULES, settings)
}

fn judge(files: &[(&str, &str)]) -> Report {
    judge_with(files, &Settings::default())
}

/// What a finding says of where: file, line, class, resource, and the ways that lead there.
fn said(finding: &Finding) -> String {
    let id = finding.resource.as_ref().map_or("", |resource| &resource.logical_id);
    let ways: Vec<&str> = finding.through.iter().map(|way| &*way.text).collect();
    let place = &finding.place;
    let ways = ways.join(", ");
    format!("{}:{} {} {id} [{ways}]", place.source.display, place.start.line, finding.class.as_str())
}

fn findings(report: &Report) -> Vec<String> {
    report.findings.iter().filter(|finding| finding.class != Class::Unsure).map(said).collect()
}

fn problems(report: &Report) -> Vec<String> {
    let shown = |problem: &cfnward::diag::Problem| {
        format!("{}:{} {}", problem.place.source.display, problem.place.start.line, problem.code.id())
    };
    report.problems.iter().map(shown).collect()
}

/// A template with a security group whose range is the parameter `Cidr`.
const GROUP: &str = "\
Parameters:
  Cidr: {Type: String, Default: 10.0.0.0/8}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Cidr}]
Outputs:
  Range: {Value: !Ref Cidr}
";

/// A stack of `url` with those parameters.
fn stack(url: &str, parameters: &str) -> String {
    format!(
        "Resources:\n  Net:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n      \
         Parameters: {parameters}\n"
    )
}

#[test]
fn a_nested_template_is_judged_with_what_its_parent_passes() {
    let parent = stack("sub/group.yaml", "{Cidr: 0.0.0.0/0}");
    let report = judge(&[("parent.yaml", &parent), ("sub/group.yaml", GROUP)]);
    assert_eq!(findings(&report), ["sub/group.yaml:8 always Group [`parent.yaml` > `Net`]"]);
    assert_eq!(report.findings[0].through[0].place.start.line, 2);
    assert!(judge(&[("sub/group.yaml", GROUP)]).findings.is_empty());
}

#[test]
fn a_parameter_handed_on_keeps_its_source_and_its_class() {
    let parameters = "Parameters:\n  Open: {Type: String, Default: 0.0.0.0/0}\n";
    let parent = format!("{parameters}{}", stack("group.yaml", "{Cidr: !Ref Open}"));
    let report = judge(&[("parent.yaml", &parent), ("group.yaml", GROUP)]);
    assert_eq!(findings(&report), ["group.yaml:8 default Group [`parent.yaml` > `Net`]"]);
    let origins: Vec<String> =
        report.findings[0].origins.iter().map(|step| format!("{}:{}", step.place.source.display, step.text)).collect();
    assert_eq!(
        origins,
        ["parent.yaml:the default of parameter `Open`", "parent.yaml:passed to parameter `Cidr` of the nested stack"]
    );
}

#[test]
fn conditions_of_a_nested_template_hang_on_the_parameters_of_its_parent() {
    let parent =
        format!("Parameters:\n  Env: {{Type: String, Default: dev}}\n{}", stack("group.yaml", "{Stage: !Ref Env}"));
    let child = "\
Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !If [IsProd, 0.0.0.0/0, 10.0.0.0/8]}
";
    let report = judge(&[("parent.yaml", &parent), ("group.yaml", child)]);
    let through: Vec<&Finding> = report.findings.iter().filter(|finding| !finding.through.is_empty()).collect();
    // By itself the template fails for some stage too, which says it all.
    assert_eq!(through.len(), 0, "{:?}", findings(&report));
    let fixed = child.replace("{Type: String}", "{Type: String, Default: dev, AllowedValues: [dev]}");
    let report = judge(&[("parent.yaml", &parent), ("group.yaml", &fixed)]);
    assert_eq!(findings(&report), ["group.yaml:11 when Group [`parent.yaml` > `Net`]"]);
    let finding = &report.findings[0];
    assert_eq!((&*finding.witness[0].name, &*finding.witness[0].value), ("Env", "prod"));
    let pinned = Settings { parameters: [("Env".to_owned(), "prod".to_owned())].into(), ..Settings::default() };
    let report = judge_with(&[("parent.yaml", &parent), ("group.yaml", &fixed)], &pinned);
    assert_eq!(
        findings(&report),
        ["group.yaml:11 always Group [`parent.yaml` > `Net`]"],
        "the witness can be replayed"
    );
}

#[test]
fn a_stack_that_is_never_deployed_gives_nothing() {
    let parent = "\
Conditions:
  Never: !Equals [a, b]
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Condition: Never
    Properties: {TemplateURL: group.yaml, Parameters: {Cidr: 0.0.0.0/0}}
";
    assert!(judge(&[("parent.yaml", parent), ("group.yaml", GROUP)]).findings.is_empty());
}

#[test]
fn what_a_template_gives_by_itself_is_said_once() {
    let open = GROUP.replace("10.0.0.0/8", "0.0.0.0/0");
    let parent = stack("group.yaml", "{Cidr: 0.0.0.0/0}");
    let report = judge(&[("a.yaml", &parent), ("b.yaml", &parent), ("group.yaml", &open)]);
    assert_eq!(findings(&report), ["group.yaml:8 default Group []"]);
    let report = judge(&[("a.yaml", &parent), ("b.yaml", &parent), ("group.yaml", GROUP)]);
    assert_eq!(findings(&report), ["group.yaml:8 always Group [`a.yaml` > `Net`, `b.yaml` > `Net`]"]);
}

#[test]
fn outputs_come_up_through_several_stacks() {
    let middle = format!(
        "Parameters:\n  Cidr: {{Type: String}}\n{}Outputs:\n  Range: {{Value: !GetAtt Net.Outputs.Range}}\n",
        stack("inner/group.yaml", "{Cidr: !Ref Cidr}")
    );
    let outer = "\
Resources:
  Middle:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: lib/middle.yaml, Parameters: {Cidr: 0.0.0.0/0}}
  Own:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !GetAtt Middle.Outputs.Range}]
";
    let report = judge(&[("outer.yaml", outer), ("lib/middle.yaml", &middle), ("lib/inner/group.yaml", GROUP)]);
    assert_eq!(
        findings(&report),
        ["lib/inner/group.yaml:8 always Group [`outer.yaml` > `Middle` > `Net`]", "outer.yaml:9 always Own []"]
    );
}

#[test]
fn lists_are_handed_on_as_text_and_split_again() {
    let child = "\
Parameters:
  Cidrs: {Type: CommaDelimitedList}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Select [1, !Ref Cidrs]}]
";
    for cidrs in ["[10.0.0.0/8, 0.0.0.0/0]", "!Join [',', [10.0.0.0/8, 0.0.0.0/0]]", "'10.0.0.0/8, 0.0.0.0/0'"] {
        let parent = stack("child.yaml", &format!("{{Cidrs: {cidrs}}}"));
        let report = judge(&[("parent.yaml", &parent), ("child.yaml", child)]);
        assert_eq!(findings(&report), ["child.yaml:8 always Group [`parent.yaml` > `Net`]"], "{cidrs}");
    }
}

#[test]
fn serverless_applications_are_nested_stacks() {
    let parent = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Net:
    Type: AWS::Serverless::Application
    Properties: {Location: ./group.yaml, Parameters: {Cidr: 0.0.0.0/0}}
";
    let report = judge(&[("parent.yaml", parent), ("group.yaml", GROUP)]);
    assert_eq!(findings(&report), ["group.yaml:8 always Group [`parent.yaml` > `Net`]"]);
}

#[test]
fn an_address_is_matched_by_its_file_name_only_if_everything_fits() {
    let url = "https://s3.amazonaws.com/bucket/group.yaml";
    let group = ("t/group.yaml", GROUP);
    let found = |parent: &str, others: &[(&str, &str)]| {
        let mut files = vec![("parent.yaml", parent)];
        files.extend_from_slice(others);
        findings(&judge(&files)).len()
    };
    let parent = stack(url, "{Cidr: 0.0.0.0/0}");
    assert_eq!(found(&parent, &[group]), 1);
    assert_eq!(found(&parent, &[group, ("u/group.yaml", GROUP)]), 0, "two files have that name");
    assert_eq!(found(&stack(url, "{Cidr: 0.0.0.0/0, Other: x}"), &[group]), 0, "it takes no such parameter");
    let needs_more = GROUP.replace("Parameters:\n", "Parameters:\n  More: {Type: String}\n");
    assert_eq!(found(&parent, &[("t/group.yaml", &needs_more)]), 0, "it needs another parameter");
    let sub = stack("!Sub 'https://${Bucket}.s3.amazonaws.com/${Prefix}t/group.yaml'", "{Cidr: 0.0.0.0/0}");
    assert_eq!(found(&sub, &[group]), 1);
    let glued = stack("!Sub 'https://b.s3.amazonaws.com/${Prefix}group.yaml'", "{Cidr: 0.0.0.0/0}");
    assert_eq!(found(&glued, &[group]), 0, "the name may be longer");
}

#[test]
fn nothing_but_the_given_files_is_meant_by_any_path() {
    for url in ["/group.yaml", "file:///group.yaml", "../../group.yaml", "C:/group.yaml", "x/../../group.yaml"] {
        let parent = stack(url, "{Cidr: 0.0.0.0/0}");
        let report = judge(&[("parent.yaml", &parent), ("group.yaml", GROUP)]);
        assert!(findings(&report).is_empty(), "{url}");
    }
    let parent = stack("x/../group.yaml", "{Cidr: 0.0.0.0/0}");
    assert_eq!(findings(&judge(&[("parent.yaml", &parent), ("group.yaml", GROUP)])).len(), 1);
}

#[test]
fn a_missing_template_is_said_where_it_is_named() {
    let report = judge(&[("parent.yaml", &stack("gone.yaml", "{}"))]);
    assert_eq!(problems(&report), ["parent.yaml:5 nested.missing"]);
    assert!(problems(&judge(&[("parent.yaml", &stack("https://b/gone.yaml", "{}"))])).is_empty());
    let report = judge(&[("parent.yaml", &stack("other.yaml", "{}")), ("other.yaml", "a: 1\n")]);
    assert_eq!(problems(&report), ["parent.yaml:5 nested.missing"], "it is no template");
}

#[test]
fn circles_of_stacks_are_said_in_each_of_their_templates() {
    let (a, b, c) = (stack("b.yaml", "{}"), stack("c.yaml", "{}"), stack("b.yaml", "{}"));
    let report = judge(&[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c)]);
    assert_eq!(problems(&report), ["b.yaml:5 nested.cycle", "c.yaml:5 nested.cycle"]);
    assert!(report.problems[0].message.contains("`b.yaml` > `c.yaml` > `b.yaml`"), "{}", report.problems[0].message);
    let report = judge(&[("a.yaml", &stack("a.yaml", "{}"))]);
    assert_eq!(problems(&report), ["a.yaml:5 nested.cycle"]);
}

#[test]
fn outputs_that_need_each_other_come_to_an_end() {
    let parent = "\
Resources:
  A:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: echo.yaml, Parameters: {In: !GetAtt B.Outputs.Out}}
  B:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: echo.yaml, Parameters: {In: !GetAtt A.Outputs.Out}}
  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Size: 1, Encrypted: !GetAtt A.Outputs.Out}}
";
    let echo = "\
Parameters: {In: {Type: String}}
Resources: {Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Size: 1, Encrypted: !Ref In}}}
Outputs: {Out: {Value: !Sub '${In}${In}${In}${In}'}}
";
    let report = judge(&[("parent.yaml", parent), ("echo.yaml", echo)]);
    assert!(findings(&report).is_empty(), "{:?}", findings(&report));
}

#[test]
fn stacks_beyond_the_limits_are_left_out_aloud() {
    let mut files: Vec<(String, String)> =
        (0..12).map(|depth| (format!("t{depth}.yaml"), stack(&format!("t{}.yaml", depth + 1), "{}"))).collect();
    files.push(("t12.yaml".to_owned(), GROUP.replace("10.0.0.0/8", "0.0.0.0/0")));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    let report = judge(&files);
    assert!(problems(&report).contains(&"t0.yaml:5 nested.budget".to_owned()), "{:?}", problems(&report));
    assert_eq!(findings(&report), ["t12.yaml:8 default Group []"]);
}

/// A volume whose encryption is imported from elsewhere.
fn importing(name: &str) -> String {
    format!(
        "Resources:\n  Disk:\n    Type: AWS::EC2::Volume\n    Properties: {{AvailabilityZone: a, Size: 1, Encrypted: \
         {{'Fn::ImportValue': {name}}}}}\n"
    )
}

/// A template that exports a value under a name.
fn exporting(name: &str, value: &str) -> String {
    format!(
        "Parameters:\n  Given: {{Type: String, Default: 'false'}}\n  Env: {{Type: String, Default: dev}}\nResources:\n  \
         T: {{Type: AWS::SNS::Topic}}\nOutputs:\n  O: {{Value: {value}, Export: {{Name: {name}}}}}\n"
    )
}

#[test]
fn an_import_has_the_value_that_exactly_one_template_exports() {
    let import = importing("flag");
    let (no, yes) = (exporting("flag", "'false'"), exporting("flag", "'true'"));
    assert_eq!(findings(&judge(&[("i.yaml", &import), ("e.yaml", &no)])), ["i.yaml:4 always Disk []"]);
    assert!(judge(&[("i.yaml", &import), ("e.yaml", &yes)]).findings.is_empty());
    for others in [vec![("e.yaml", no.as_str()), ("f.yaml", yes.as_str())], vec![]] {
        let mut files = vec![("i.yaml", import.as_str())];
        files.extend(others);
        let report = judge(&files);
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.findings[0].class, Class::Unsure);
        assert!(report.findings[0].depends_on[0].contains("`flag`"), "{:?}", report.findings[0].depends_on);
    }
}

#[test]
fn an_exported_default_makes_a_finding_by_default() {
    let import = importing("!Sub 'dev-flag'");
    let export = exporting("!Sub '${Env}-flag'", "!Ref Given");
    assert_eq!(findings(&judge(&[("i.yaml", &import), ("e.yaml", &export)])), ["i.yaml:4 default Disk []"]);
}

#[test]
fn names_that_hang_on_the_stack_match_nothing() {
    let export = exporting("!Sub '${AWS::StackName}-flag'", "'false'");
    let report = judge(&[("i.yaml", &importing("net-flag")), ("e.yaml", &export)]);
    assert!(findings(&report).is_empty());
}

#[test]
fn an_exported_resource_is_an_identifier_that_stays_open() {
    let export = exporting("flag", "!Ref T");
    let report = judge(&[("i.yaml", &importing("flag")), ("e.yaml", &export)]);
    assert!(report.findings.iter().all(|finding| finding.class == Class::Unsure || finding.class == Class::Always));
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

const INCLUDING: &str = "\
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: parts/ingress.yaml}}
";

#[test]
fn an_included_file_is_merged_and_findings_point_into_it() {
    let part = "# open\nSecurityGroupIngress:\n  - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}\n";
    let report = judge(&[("t.yaml", INCLUDING), ("parts/ingress.yaml", part)]);
    assert_eq!(findings(&report), ["parts/ingress.yaml:3 always Group []"]);
    let place = &report.findings[0].place;
    assert_eq!(&place.excerpt.text[place.excerpt.span.start()..place.excerpt.span.end()], "0.0.0.0/0");
    assert_eq!(report.findings[0].declared.as_ref().unwrap().source.display, "t.yaml");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[test]
fn a_file_is_included_instead_of_a_value_and_as_sections() {
    let value = "\
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: list.json}}}
";
    let list = "[{\"IpProtocol\": \"tcp\", \"FromPort\": 22, \"ToPort\": 22, \"CidrIp\": {\"Ref\": \"Open\"}}]";
    let report = judge(&[("t.yaml", value), ("list.json", list)]);
    assert_eq!(problems(&report), ["list.json:1 ref.unresolved"], "references are those of the template");
    let value = format!("Parameters: {{Open: {{Type: String, Default: 0.0.0.0/0}}}}\n{value}");
    let report = judge(&[("t.yaml", &value), ("list.json", list)]);
    assert_eq!(findings(&report), ["list.json:1 default Group []"]);

    let sections = "\
Transform:
  - Name: AWS::Include
    Parameters: {Location: more.yaml}
Resources:
  T: {Type: AWS::SNS::Topic}
";
    let more = "Resources:\n  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Size: 1}}\n";
    let report = judge(&[("t.yaml", sections), ("more.yaml", more)]);
    let mut found = findings(&report);
    found.retain(|finding| finding.contains("more.yaml:2") && !finding.contains("[`"));
    assert!(found.iter().any(|finding| finding == "more.yaml:2 always Disk []"), "{:?}", findings(&report));
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[test]
fn includes_that_cannot_be_followed_stay_unknown() {
    let itself = INCLUDING.replace("parts/ingress.yaml", "t.yaml");
    let report = judge(&[("t.yaml", &itself)]);
    assert_eq!(problems(&report), ["t.yaml:6 nested.cycle"]);
    assert!(findings(&report).is_empty());
    assert_eq!(problems(&judge(&[("t.yaml", INCLUDING)])), ["t.yaml:6 nested.missing"]);
    let remote = INCLUDING.replace("parts/ingress.yaml", "s3://bucket/parts.yaml");
    let report = judge(&[("t.yaml", &remote), ("parts.yaml", "a: 1\n")]);
    assert!(report.problems.is_empty() && findings(&report).is_empty());
    let nested = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: ingress.yaml}}\nA: !Ref AWS::Region\n";
    let report = judge(&[("t.yaml", INCLUDING), ("parts/ingress.yaml", nested)]);
    assert_eq!(problems(&report), ["parts/ingress.yaml:1 fn.args"]);
}

const APP: &str = r#"{"Resources": {
  "Group": {"Type": "AWS::EC2::SecurityGroup", "Metadata": {"aws:cdk:path": "App/Net/Group/Resource"},
    "Properties": {"GroupDescription": "x", "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22,
      "CidrIp": {"Fn::If": ["Here", "0.0.0.0/0", "10.0.0.0/8"]}}]}},
  "Inner": {"Type": "AWS::CloudFormation::Stack", "Properties": {"Parameters": {"Cidr": "0.0.0.0/0"},
    "TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::Region"}, "/cdk-assets/5d3f.json"]]}},
    "Metadata": {"aws:cdk:path": "App/Inner", "aws:asset:path": "AppInner.nested.template.json",
      "aws:asset:property": "TemplateURL"}}},
 "Conditions": {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}}"#;

fn manifest(environment: &str) -> String {
    format!(
        r#"{{"version": "36.0.0", "artifacts": {{"App": {{"type": "aws:cloudformation:stack", "environment":
          "{environment}", "properties": {{"templateFile": "App.template.json"}}, "metadata": {{
          "/App/Net/Group/Resource": [{{"type": "aws:cdk:logicalId", "data": "Group",
          "trace": ["new Group (app.ts:10:5)"]}}]}}}}}}}}"#
    )
}

#[test]
fn a_cdk_assembly_ties_nested_templates_and_says_its_constructs() {
    let files = |manifest: &str| {
        judge(&[
            ("cdk.out/App.template.json", APP),
            ("cdk.out/AppInner.nested.template.json", GROUP),
            ("cdk.out/manifest.json", manifest),
            ("cdk.out/App.assets.json", r#"{"version": "36.0.0", "files": {"5d3f": {"source": {"path": "x"}}}}"#),
            ("cdk.out/tree.json", r#"{"version": "tree-0.1", "tree": {"id": "App", "children": {}}}"#),
        ])
    };
    let report = files(&manifest("aws://111122223333/eu-west-1"));
    assert_eq!(
        findings(&report),
        [
            "cdk.out/App.template.json:4 always Group []",
            "cdk.out/AppInner.nested.template.json:8 always Group [`cdk.out/App.template.json` > `Inner`]"
        ]
    );
    assert_eq!(report.findings[0].construct.as_deref(), Some("App/Net/Group/Resource (app.ts:10:5)"));
    assert_eq!(report.summary().templates, 2);
    assert_eq!(
        findings(&files(&manifest("aws://unknown-account/unknown-region")))[0],
        "cdk.out/App.template.json:4 when Group []"
    );
    let elsewhere = files(&manifest("aws://111122223333/us-east-1"));
    assert_eq!(findings(&elsewhere).len(), 1, "the region is known: {:?}", findings(&elsewhere));
}

#[test]
fn what_a_macro_may_add_is_not_missing() {
    let disk = "Resources:\n  Disk: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Size: 1}}\n";
    let class = |transform: &str| judge(&[("t.yaml", &format!("{transform}{disk}"))]).findings[0].class;
    assert_eq!(class(""), Class::Always);
    assert_eq!(class("Transform: AWS::CodeDeployBlueGreen\n"), Class::Always);
    assert_eq!(class("Transform: Mine\n"), Class::Unsure);
    let open = disk.replace("Size: 1", "Encrypted: false");
    let report = judge(&[("t.yaml", &format!("Transform: Mine\n{open}"))]);
    assert_eq!(report.findings[0].class, Class::Always, "what is written stays");
}

#[test]
fn modules_are_said_once() {
    let text = "Resources:\n  A: {Type: 'My::Own::Thing::MODULE'}\n  B: {Type: 'My::Own::Thing::MODULE'}\n";
    assert_eq!(problems(&judge(&[("t.yaml", text)])), ["t.yaml:2 transform.unknown"]);
}

/// The program in folders: what it opens, and what it says.
#[cfg(feature = "cli")]
mod in_folders {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::{GROUP, stack};

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    fn scan(folder: &Path, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_cfnward"))
            .args(["scan", "--format", "json", "--rule", super::SSH, "--no-local-config"])
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// File, line and way of each finding.
    fn found(report: &str) -> Vec<String> {
        let report: serde_json::Value = serde_json::from_str(report).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|one| one["class"] != "unsure")
            .map(|one| {
                format!("{} {}", one["path"].as_str().unwrap(), one["through"][0]["text"].as_str().unwrap_or(""))
            })
            .collect()
    }

    #[test]
    fn nothing_outside_of_what_was_named_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let parent = stack("../outside/group.yaml", "{Cidr: 0.0.0.0/0}");
        write(folder.path(), &[("inside/parent.yaml", &parent), ("outside/group.yaml", GROUP)]);
        assert!(found(&scan(folder.path(), &["inside"])).is_empty());
        assert_eq!(found(&scan(folder.path(), &["."])), ["outside/group.yaml `inside/parent.yaml` > `Net`"]);
        let absolute = folder.path().join("outside/group.yaml").display().to_string();
        for url in [absolute.clone(), format!("file://{absolute}")] {
            write(folder.path(), &[("inside/parent.yaml", &stack(&url, "{Cidr: 0.0.0.0/0}"))]);
            assert!(found(&scan(folder.path(), &["inside"])).is_empty(), "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let parent = stack("group.yaml", "{Cidr: 0.0.0.0/0}");
        write(folder.path(), &[("inside/parent.yaml", &parent), ("outside/group.yaml", GROUP)]);
        std::os::unix::fs::symlink("../outside/group.yaml", folder.path().join("inside/group.yaml")).unwrap();
        std::os::unix::fs::symlink("../outside", folder.path().join("inside/more")).unwrap();
        assert!(found(&scan(folder.path(), &["inside"])).is_empty());
        write(folder.path(), &[("inside/parent.yaml", &stack("more/group.yaml", "{Cidr: 0.0.0.0/0}"))]);
        assert!(found(&scan(folder.path(), &["inside"])).is_empty());
    }

    #[test]
    fn reports_are_the_same_whatever_the_number_of_threads() {
        let folder = tempfile::tempdir().unwrap();
        let parent = stack("lib/group.yaml", "{Cidr: 0.0.0.0/0}");
        let names: Vec<String> = (0..12).map(|number| format!("parent{number}.yaml")).collect();
        let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), parent.as_str())).collect();
        files.push(("lib/group.yaml", GROUP));
        let export = super::exporting("flag", "0.0.0.0/0");
        let import = GROUP.replace("!Ref Cidr}]", "{'Fn::ImportValue': flag}}]");
        files.extend([("e.yaml", export.as_str()), ("i.yaml", import.as_str())]);
        write(folder.path(), &files);
        let one = scan(folder.path(), &[".", "--threads", "1"]);
        assert_eq!(found(&one), ["i.yaml ", "lib/group.yaml `parent0.yaml` > `Net`"]);
        assert_eq!(one, scan(folder.path(), &[".", "--threads", "4"]));
    }

    #[test]
    fn included_files_are_found_though_they_are_no_templates() {
        let folder = tempfile::tempdir().unwrap();
        let part = "SecurityGroupIngress:\n  - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}\n";
        write(folder.path(), &[("t.yaml", super::INCLUDING), ("parts/ingress.yaml", part)]);
        assert_eq!(found(&scan(folder.path(), &["."])), ["parts/ingress.yaml "]);
    }
}
