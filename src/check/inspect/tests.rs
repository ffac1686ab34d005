use crate::check::Settings;
use crate::diag::{Plain, View};
use crate::text::{SourceFile, SourceName};

use super::view;

fn pinned(text: &str, parameters: &[(&str, &str)]) -> Option<View> {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let source = SourceFile::new(SourceName::from_display("t.yaml"), text.to_owned());
    view(&source, &Settings { parameters }).0
}

fn at<'p>(view: &'p View, path: &str) -> Option<&'p Plain> {
    path.split('/').try_fold(&view.root, |plain, key| match (plain, key.parse::<usize>()) {
        (Plain::List(items), Ok(index)) => items.get(index),
        _ => plain.get(key),
    })
}

fn text(view: &View, path: &str) -> String {
    match at(view, path) {
        Some(Plain::Text(text)) => text.clone(),
        other => format!("{other:?}"),
    }
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
