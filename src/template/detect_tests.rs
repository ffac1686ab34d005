//! Templates and the files beside them.
#![expect(clippy::disallowed_methods, reason = "tests read templates that may stand beside the project")]

use std::fs;
use std::path::{Path, PathBuf};

use super::{Detection, detect, prefilter, templated_markers};
use crate::diag::{Confidence, Level};
use crate::syntax::{Hint, read};
use crate::text::Span;

const HIGH: Detection = Detection::Template(Confidence::High);

fn detected(text: &str) -> Detection {
    detect(&read(text, Hint::Unknown).document)
}

#[test]
fn templates_are_recognised_by_their_structure() {
    let cases = [
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  B: {Type: AWS::S3::Bucket}\n", HIGH),
        ("AWSTemplateFormatVersion: 2010-09-09\nDescription: skeleton\nResources: {}\n", HIGH),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources: {B: {Kind: x}}\n", Detection::Template(Confidence::Medium)),
        ("Resources:\n  B:\n    Type: AWS::S3::Bucket\n", HIGH),
        ("Resources:\n  C: {Type: 'Custom::Thing'}\n", HIGH),
        ("Resources:\n  M: {Type: 'My::S3::Bucket::MODULE'}\n  D: {Type: 'Datadog::Monitors::Monitor'}\n", HIGH),
        ("Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::T:\n    - N\n    - [a]\n    - {}\n", HIGH),
        ("Transform:\n  Name: MyMacro\n  Parameters: {Env: prod}\n", Detection::Template(Confidence::Low)),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: 'AWS::SNS::Topic'}}\n",
            Detection::Sam(Confidence::High),
        ),
        ("Resources: {F: {Type: 'AWS::Serverless::Function'}}\n", Detection::Sam(Confidence::High)),
        ("x: 1\nResources: {F: {Type: 'AWS::SNS::Topic'}}\n", Detection::Template(Confidence::Medium)),
        ("AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  B: {Type: AWS::S3::Bucket\n", HIGH),
        ("{\"Resources\": {\"B\": {\"\\u0054ype\": \"AWS::S3::Bucket\"}}}", HIGH),
        ("Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: '{{ name }}'}}}", HIGH),
    ];
    for (text, expected) in cases {
        assert_eq!(detected(text), expected, "{text}");
        assert!(prefilter(text.as_bytes()), "{text}");
    }
}

#[test]
fn look_alikes_are_not_templates() {
    let cases = [
        "",
        "version: 0.0\nResources:\n  - T:\n      Type: AWS::ECS::Service\n",
        "AWSTemplateFormatVersion: x\nResources: []\n",
        "{\"$schema\": \"https://x\", \"resources\": []}",
        "{\"typeName\": \"AWS::S3::Bucket\", \"properties\": {\"Resources\": {}}, \"Type\": \"AWS::X::Y\"}",
        "- name: t\n  input:\n    Resources:\n      B: {Type: AWS::S3::Bucket}\n",
        "apiVersion: v1\nkind: X\nResources:\n  B: {Type: AWS::S3::Bucket}\n",
        "openapi: 3.0.1\npaths: {}\n",
        "service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n",
        "a: 1\nb: 1\nc: 1\nd: 1\nResources: {B: {Type: 'AWS::S3::Bucket'}}\n",
        "a: 1\nResources: {B: {Type: 'AWS::S3::Bucket'}, C: 1, D: 2}\n",
        "on: push\njobs:\n  d:\n    steps:\n      - run: 'x # Resources: Type AWS::'\n",
    ];
    for text in cases {
        assert_eq!(detected(text), Detection::None, "{text}");
    }
}

#[test]
fn parameter_files_are_recognised() {
    assert_eq!(detected("[{\"ParameterKey\": \"a\", \"ParameterValue\": \"b\"}]"), Detection::ParameterFile);
    assert_eq!(detected("Parameters:\n  a: b\n  c: [d]\n"), Detection::ParameterFile);
    assert_eq!(detected("Parameters: {a: b}\nTags: {x: y}\n"), Detection::ParameterFile);
    assert_eq!(detected("Parameters:\n  a: {Type: String}\n"), Detection::None);
    assert_eq!(detected("[]"), Detection::None);
}

#[test]
fn the_prefilter_drops_what_cannot_be_a_template() {
    for text in ["", "a: 1", "Resources: x", "MyResources: {Type: A::B::C}", "Resources, Type A::B::C", "a\\u003cb"] {
        assert!(!prefilter(text.as_bytes()), "{text}");
    }
}

#[test]
fn the_prefilter_is_safe_against_escapes_and_encodings() {
    let utf16: Vec<u8> = "\u{feff}Resources: {}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(prefilter(&utf16));
    assert!(prefilter(b"{\"\\u0052esources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}"));
    assert!(prefilter(b"\"\\x52esources\": 1"));
    assert!(prefilter(b"\xef\xbb\xbfResources: {B: {Type: 'A::B::C'}}"));
    assert!(prefilter(b"{\"Resources\"\n : {\"B\": {\"Type\": \"Third::Party::Thing\"}}}"));
}

#[test]
fn markers_of_generators_are_found_but_not_dynamic_references() {
    assert_eq!(templated_markers("a: '{{resolve:ssm:x}}'\nb: ${x} < {a: {b: c}}"), None);
    assert_eq!(templated_markers("a: {{ resolve:ssm:x }}"), None);
    assert_eq!(templated_markers("a\n{% for %}"), Some(Span::new(2, 4)));
    assert_eq!(templated_markers("é <%= x %>"), Some(Span::new(3, 5)));
    assert_eq!(templated_markers("a: {{ x }}"), Some(Span::new(3, 5)));
}

#[test]
fn markers_in_place_of_sections_or_resources_are_seen_in_a_document() {
    let text = "AWSTemplateFormatVersion: x\n{{ sections }}:\n";
    assert_eq!(detected(text), Detection::Templated(Span::new(28, 30)));
    assert_eq!(detected("Resources:\n  {{ more }}:\n"), Detection::Templated(Span::new(13, 15)));
    assert_eq!(detected("a: {{ x }}\n"), Detection::None);
}

/// Larger files say nothing new about what is tested here and take most of the time.
const LARGEST: u64 = 16_384;

fn corpus(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(folder);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_text = |path: &PathBuf| {
        let is_small = fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        is_small && path.extension().is_some_and(|ending| ending != "md" && ending != "jsonl")
    };
    paths.into_iter().filter(is_text).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// What each file of a folder is, those that are not text left out.
fn survey(folder: &str) -> Vec<(String, bool, Detection, bool)> {
    let file = |(path, bytes): (PathBuf, Vec<u8>)| {
        let text = String::from_utf8(bytes.clone()).ok()?;
        let hint = match path.extension().and_then(|ending| ending.to_str()) {
            Some("json") => Hint::Json,
            Some("yaml" | "yml") => Hint::Yaml,
            _ => Hint::Unknown,
        };
        let read = read(&text, hint);
        let broken = read.problems.iter().any(|problem| problem.code.level() == Level::Error);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        Some((name, prefilter(&bytes), detect(&read.document), broken))
    };
    corpus(folder).into_iter().filter_map(file).collect()
}

#[test]
fn every_real_template_is_recognised() {
    let missed: Vec<_> =
        survey("dev").into_iter().filter(|(_, passes, found, _)| !passes || found.template().is_none()).collect();
    assert!(missed.is_empty(), "{} {missed:#?}", missed.len());
}

#[test]
fn no_other_file_is_taken_for_a_template() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/nontemplates/manifest.jsonl");
    let manifest = fs::read_to_string(folder).unwrap_or_default();
    // Parts of templates, and templates with syntax errors.
    let is_grey = |name: &str| {
        let line = manifest.lines().find(|line| line.contains(name)).unwrap_or_default();
        line.contains("\"grey\": true") || line.contains("\"unparsable-yaml\"")
    };
    let taken: Vec<_> = survey("nontemplates")
        .into_iter()
        .filter(|(name, passes, found, _)| *passes && found.template().is_some() && !is_grey(name))
        .collect();
    assert!(taken.is_empty(), "{} {taken:#?}", taken.len());
}
