use crate::check::{Checker, Settings};
use crate::diag::{Drawing, DrawnLink, Inspection, InternetReach, LinkEnd, Plain, View};
use crate::rules::Catalog;
use crate::text::{SourceFile, SourceName};

use super::{draw, inspect, view};

fn pinned(text: &str, parameters: &[(&str, &str)]) -> Option<View> {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let source = SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned());
    view(&source, &Settings { parameters, ..Settings::default() }).0
}

fn at<'p>(view: &'p View, path: &str) -> Option<&'p Plain> {
    path.split('/').try_fold(&view.root, |plain, key| match (plain, key.parse::<usize>()) {
        (Plain::List(items), Ok(index)) => items.get(index),
        _ => plain.get(key),
    })
}

fn text(view: &View, path: &str) -> String {
    let plain = at(view, path);
    plain.and_then(Plain::text).unwrap_or_else(|| format!("{plain:?}"))
}

const STAGES: &str = "
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Name: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Logs:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !If [IsProd, real, !Sub 'logs-${Name}']
      Gone: !Ref AWS::NoValue
      Arn: !Sub '${Other.Arn}/*'
  Other:
    Type: AWS::S3::Bucket
    Condition: IsProd
";

#[test]
fn a_parameter_that_is_not_given_keeps_its_default() {
    let view = pinned(STAGES, &[]).unwrap();
    assert_eq!(text(&view, "Resources/Logs/Properties/BucketName"), "logs-${?parameter Name}");
    assert_eq!(at(&view, "Resources/Other"), None);
    assert_eq!(at(&view, "Resources/Logs/Properties/Gone"), None);
    assert_eq!(view.holes.len(), 1, "{:?}", view.holes);
    assert_eq!(view.holes[0].path, "Resources.Logs.Properties.BucketName");
    assert_eq!(view.holes[0].reason, "parameter `Name`");
}

#[test]
fn a_parameter_that_is_given_decides() {
    let view = pinned(STAGES, &[("Stage", "prod")]).unwrap();
    assert_eq!(text(&view, "Resources/Logs/Properties/BucketName"), "real");
    assert_eq!(text(&view, "Resources/Logs/Properties/Arn"), "${Other.Arn}/*");
    assert!(at(&view, "Resources/Other").is_some());
    assert!(view.holes.is_empty());
}

#[test]
fn linked_resources_are_written_two_steps_far() {
    let text = "
Resources:
  Net: {Type: AWS::EC2::VPC}
  Sub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net}}
  Log: {Type: AWS::EC2::FlowLog, Properties: {ResourceId: !Ref Net, ResourceType: VPC}}
";
    let view = pinned(text, &[]).unwrap();
    let linked = at(&view, "Resources/Sub/Linked").unwrap();
    let Plain::Map(roles) = linked else { panic!("{linked:?}") };
    let up = roles.iter().find_map(|(role, list)| match list {
        Plain::List(items) if !items.is_empty() => Some(format!("Resources/Sub/Linked/{role}/0")),
        _ => None,
    });
    let up = up.unwrap();
    assert_eq!(super::tests::text(&view, &format!("{up}/Id")), "Net");
    assert_eq!(super::tests::text(&view, &format!("{up}/Linked/FlowLogs/0/Id")), "Log");
    assert_eq!(at(&view, &format!("{up}/Linked/FlowLogs/0/Linked")), None);
}

#[test]
fn a_key_of_a_mapping_is_chosen_where_any_other_value_fails() {
    let text = "
Parameters:
  A: {Type: String}
  Size: {Type: String}
Mappings:
  Sizes: {big: {Disk: 100}}
Conditions: {IsA: !Equals [!Ref A, a]}
Resources:
  Disk:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: !If [IsA, a, b], Size: !FindInMap [Sizes, !Ref Size, Disk]}
";
    let view = pinned(text, &[]).unwrap();
    assert_eq!(at(&view, "Resources/Disk/Properties/Size"), Some(&Plain::Integer(100)));
    assert!(view.choices.contains(&("Size".to_owned(), "big".to_owned())), "{:?}", view.choices);
}

#[test]
fn what_is_no_template_has_no_view() {
    assert_eq!(pinned("a: 1", &[]), None);
    assert_eq!(pinned("", &[]), None);
    assert_eq!(pinned("Resources: [", &[]), None);
}

#[test]
fn a_template_cannot_write_what_we_add() {
    let view = pinned("Resources: {A: {Type: AWS::SQS::Queue, Linked: {X: 1}, Facts: {Y: 1}}}", &[]).unwrap();
    assert_eq!(at(&view, "Resources/A/Linked/X"), None);
    assert_eq!(at(&view, "Resources/A/Facts/Y"), None);
}

#[test]
fn a_function_of_sam_gives_its_name_to_what_is_deployed() {
    let text = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Handler: a.b, Runtime: python3.13, CodeUri: s3://a/b}}
";
    let view = pinned(text, &[]).unwrap();
    assert_eq!(super::tests::text(&view, "Resources/Fn/Type"), "AWS::Lambda::Function");
    let Some(Plain::Map(resources)) = at(&view, "Resources") else { panic!() };
    let mut names: Vec<&str> = resources.iter().map(|(name, _)| name.as_str()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

fn inspected(text: &str) -> Inspection {
    let source = SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned());
    inspect(&source, &Settings::default()).0.unwrap()
}

#[test]
fn a_value_is_forked_where_it_varies_and_only_there() {
    let inspection = inspected(STAGES);
    let logs = &inspection.resources[0];
    let properties = logs.value.get("Properties").unwrap();
    let Some(Plain::Varies(variants)) = properties.get("BucketName") else { panic!("{properties:?}") };
    let shown: Vec<(Option<String>, bool)> =
        variants.iter().map(|variant| (variant.value.text(), variant.default)).collect();
    let expected = [("logs-${?parameter Name}", true), ("real", false)];
    assert_eq!(shown, expected.map(|(text, default)| (Some(text.to_owned()), default)));
    assert_eq!(variants[1].when, [[("Stage".to_owned(), "prod".to_owned())]]);
    assert_eq!(
        properties.get("Arn"),
        Some(&Plain::Partial(vec![
            crate::diag::Part::Reference("Other.Arn".to_owned()),
            crate::diag::Part::Text("/*".to_owned()),
        ]))
    );
}

#[test]
fn a_resource_says_when_it_is_deployed() {
    let inspection = inspected(STAGES);
    let choice = |value: &str| vec![vec![("Stage".to_owned(), value.to_owned())]];
    assert_eq!(inspection.resources[1].deployed, [choice("prod"), choice("dev")]);
    assert_eq!(inspection.resources[0].deployed, [vec![vec![]], vec![]]);
    assert_eq!(inspection.resources[0].deployments, 2);
}

#[test]
fn conditions_are_formulas_and_what_they_can_be() {
    let text = "
Parameters:
  A: {Type: String, Default: x, AllowedValues: [x, y]}
Conditions:
  IsX: !Equals [!Ref A, x]
  Both: !And [!Condition IsX, !Not [!Condition IsX], !Or [!Equals [a, !Sub 'b${A}'], !Condition IsX]]
  Open: !Equals [!Ref 'AWS::Region', eu-west-1]
  Always: !Or [!Condition IsX, !Not [!Condition IsX]]
Resources: {Q: {Type: AWS::SQS::Queue}}
";
    let inspection = inspected(text);
    let shown: Vec<_> = inspection
        .conditions
        .iter()
        .map(|one| (one.formula.as_str(), one.can_hold, one.can_fail, one.by_default))
        .collect();
    assert_eq!(
        shown,
        [
            ("A == \"x\"", Some(true), Some(true), Some(true)),
            ("IsX and not IsX and ((\"a\" == !Sub 'b${A}') or IsX)", Some(false), Some(true), Some(false)),
            ("AWS::Region == \"eu-west-1\"", Some(true), Some(true), None),
            ("IsX or not IsX", Some(true), Some(false), Some(true)),
        ]
    );
}

#[test]
fn counts_of_values_add_up() {
    let text = "
Parameters: {Name: {Type: String}}
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Ref Name
      KmsMasterKeyId: !GetAtt K.Arn
      Tags: [{Key: a, Value: !Sub 'x${Name}'}, {Key: b, Value: !Sub '${K}'}]
      SqsManagedSseEnabled: !If [C, true, false]
  K: {Type: AWS::KMS::Key}
Conditions: {C: !Equals [!Ref Name, x]}
";
    let counts = inspected(text).statistics;
    // A name that is compared with `x` is `x` or any other.
    assert_eq!((counts.values, counts.known, counts.varying), (7, 3, 1), "{counts:?}");
    assert_eq!((counts.references, counts.partial, counts.unknown), (2, 1, 1), "{counts:?}");
    assert_eq!(counts.known + counts.references + counts.partial + counts.unknown, counts.values);
    assert_eq!(counts.reasons.into_iter().collect::<Vec<_>>(), [("parameter \u{2026}".to_owned(), 2)]);
}

#[test]
fn a_value_in_too_many_deployments_ends() {
    let mut text = "Parameters:\n".to_owned();
    for number in 0..12 {
        text.push_str(&format!("  P{number}: {{Type: String, AllowedValues: [a, b, c]}}\n"));
    }
    text.push_str("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub '");
    for number in 0..12 {
        text.push_str(&format!("${{P{number}}}"));
    }
    text.push_str("'\n");
    let inspection = inspected(&text);
    assert!(inspection.resources[0].capped);
    let properties = inspection.resources[0].value.get("Properties").unwrap();
    assert!(matches!(properties.get("QueueName"), Some(Plain::Unknown { .. })), "{properties:?}");
}

fn drawn(text: &str) -> Drawing {
    let settings = Settings::default();
    let (checker, _) = Checker::new(&Catalog::builtin().rules, &settings);
    draw(&SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned()), &checker, &settings).0.unwrap()
}

/// The links, as `From Role To`, with a mark after those that do not always hold.
fn arrows(drawing: &Drawing) -> Vec<String> {
    let id = |number: usize| drawing.resources[number].logical_id.as_str();
    let to = |end: &LinkEnd| match end {
        LinkEnd::Resource(number) => id(*number).to_owned(),
        LinkEnd::Unknown { resource_type, reason } => format!("[{resource_type}: {reason}]"),
    };
    let arrow = |link: &DrawnLink| {
        format!("{} {} {}{}", id(link.from), link.role, to(&link.to), if link.always { "" } else { " sometimes" })
    };
    drawing.links.iter().map(arrow).collect()
}

#[test]
fn a_drawing_has_one_arrow_for_what_is_named_whichever_way_it_is_asked() {
    let drawing = drawn(
        "
Parameters:
  Net: {Type: 'AWS::EC2::VPC::Id'}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Here: {Type: AWS::EC2::VPC, Condition: IsProd}
  In: {Type: AWS::EC2::Subnet, Properties: {VpcId: !If [IsProd, !Ref Here, !Ref Net]}}
  Out: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net}}
  Words: {Type: AWS::SSM::Parameter, Properties: {Value: !Sub '${In} ${In.AvailabilityZone} ${Words}'}}
  Maybe: {Type: AWS::SSM::Parameter, Properties: {Value: !If [IsProd, !Ref Here, none]}}
",
    );
    assert_eq!(
        arrows(&drawing),
        [
            "In Vpcs Here sometimes",
            "In Vpcs [AWS::EC2::VPC: parameter Net] sometimes",
            "Out Vpcs [AWS::EC2::VPC: parameter Net]",
            "Words Refers In",
            "Maybe Refers Here sometimes",
        ]
    );
    let here = &drawing.resources[0];
    assert_eq!((here.condition.as_deref(), here.conditional), (Some("IsProd"), true));
    assert!(!drawing.resources[1].conditional);
}

#[test]
fn a_drawing_tells_whether_the_internet_reaches_a_resource() {
    let endpoint = |condition: &str| {
        let text = format!(
            "Parameters: {{Open: {{Type: String, Default: 'no', AllowedValues: ['yes', 'no']}}, Any: {{Type: String}}}}\n\
             Conditions: {{IsOpen: !Equals [!Ref Open, 'yes']}}\nResources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    \
             Properties: {{EndpointConfiguration: {{Types: [{condition}]}}}}\n"
        );
        drawn(&text).resources[0].internet.clone()
    };
    assert_eq!(endpoint("PRIVATE"), Some(InternetReach::Never));
    assert!(matches!(endpoint("REGIONAL"), Some(InternetReach::Always(steps)) if !steps.is_empty()));
    assert!(matches!(endpoint("!Ref Any"), Some(InternetReach::Unsure(reason)) if reason == "parameter Any"));
    assert_eq!(drawn("Resources: {Q: {Type: AWS::SQS::Queue}}").resources[0].internet, None);
    assert!(matches!(endpoint("!If [IsOpen, REGIONAL, PRIVATE]"), Some(InternetReach::Sometimes(_))));
}

#[test]
fn findings_stand_at_their_resources() {
    let text = "Resources:\n  A: {Type: AWS::EC2::Volume, Properties: {Encrypted: true}}\n  \
                B: {Type: AWS::EC2::Volume, Properties: {Encrypted: false}}\n";
    let drawing = drawn(text);
    let unencrypted = |number: usize| {
        drawing.resources[number].findings.iter().filter(|finding| finding.message.contains("Encrypted")).count()
    };
    assert_eq!((unencrypted(0), unencrypted(1)), (0, 1), "{drawing:?}");
    assert!(drawing.resources[1].findings.iter().all(|finding| finding.line == 3));
    assert!(drawing.resources[1].severity().is_some());
}
