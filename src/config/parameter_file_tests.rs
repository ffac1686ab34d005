use std::collections::BTreeMap;

use crate::text::{SourceFile, SourceName};

use super::{GivenParameters, read_parameters};

fn given(name: &str, text: &str) -> (GivenParameters, Vec<(u32, u32, String)>) {
    let (given, problems) = read_parameters(&SourceFile::new(SourceName::from_display(name), text.to_owned()));
    let problems =
        problems.into_iter().map(|one| (one.place.start.line, one.place.start.column, one.message)).collect();
    (given, problems)
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_form_gives_the_same() {
    let forms = [
        (
            "p.json",
            r#"[{"ParameterKey": "Env", "ParameterValue": "prod"}, {"ParameterKey": "Ids", "ParameterValue": "a,b"}]"#,
        ),
        ("p.json", r#"["Env=prod", "Ids=a,b"]"#),
        ("p.json", r#"{"Parameters": {"Env": "prod", "Ids": "a,b"}, "Tags": {"x": "y"}}"#),
        ("p.yaml", "template-file-path: t.yaml\nparameters: {Env: prod, Ids: 'a,b'}"),
        ("p.yaml", "Env: prod\nIds: [a, b]\n"),
        ("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = 'Env=prod Ids=\"a,b\"'"),
        ("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = ['Env=prod', 'Ids=a,b']"),
        (
            "samconfig.toml",
            "[default.global.parameters]\nparameter_overrides = ['Env=dev', 'Ids=a,b']\n\
             [default.deploy.parameters]\nparameter_overrides = ['Env=prod']",
        ),
        (
            "samconfig.yaml",
            "version: 0.1\ndefault: {deploy: {parameters: {parameter_overrides: ['Env=prod', 'Ids=a,b']}}}",
        ),
    ];
    for (name, text) in forms {
        let (given, problems) = given(name, text);
        assert_eq!(given.values, values(&[("Env", "prod"), ("Ids", "a,b")]), "{text}");
        assert!(problems.is_empty(), "{text}: {problems:?}");
    }
}

#[test]
fn texts_stay_as_they_are_written() {
    let (given, problems) = given("p.yaml", "A: 1.50\nB: 007\nC: yes\nD: ''\nE: a=b\n");
    assert_eq!(given.values, values(&[("A", "1.50"), ("B", "007"), ("C", "yes"), ("D", ""), ("E", "a=b")]));
    assert!(problems.is_empty());
}

#[test]
fn a_value_that_the_file_does_not_say_is_open() {
    let (given, problems) = given(
        "p.json",
        r#"[{"ParameterKey": "A", "UsePreviousValue": true},
            {"ParameterKey": "B", "ParameterValue": {"Fn::GetArtifactAtt": ["x", "y"]}}]"#,
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(given.open.into_iter().collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn what_is_wrong_has_its_place_and_costs_nothing_else() {
    let cases: &[(&str, &str, (u32, u32), &str)] = &[
        ("p.json", "[\n  {\"ParameterValue\": \"x\"},\n  \"A=1\"\n]", (2, 3), "ParameterKey"),
        ("p.json", "[\n  {\"ParameterKey\": \"X\"},\n  \"A=1\"\n]", (2, 3), "neither"),
        ("p.json", "[\n  \"x\",\n  \"A=1\"]", (2, 3), "`x` is not `Name=Value`"),
        ("p.yaml", "A: 1\nB: {C: 1}\n", (2, 4), "must be a text or a list"),
        ("p.yaml", "A: 1\nB:\n", (2, 3), "no value"),
        ("p.yaml", "A: 1\nB: [x, [y]]\n", (2, 8), "an item of `B`"),
        ("p.toml", "[default.deploy.parameters]\nparameter_overrides = ['A=1', 2]", (2, 31), "must be a text"),
    ];
    for (name, text, place, message) in cases {
        let (given, problems) = given(name, text);
        assert_eq!(given.values, values(&[("A", "1")]), "{text}");
        let [(line, column, said)] = problems.as_slice() else { panic!("{text}: {problems:?}") };
        assert_eq!((*line, *column), *place, "{text}: {said}");
        assert!(said.contains(message), "{text}: {said}");
    }
}

#[test]
fn what_is_no_parameter_file_is_refused() {
    for (name, text) in [
        ("p.json", "{"),
        ("p.json", ""),
        ("p.yaml", "just text"),
        ("p.yaml", "Parameters: {A: {Type: String}}\nResources: {}"),
        ("p.yaml", "Parameters: 1"),
        ("p.toml", "= 1"),
        ("p.toml", "x = 1"),
        ("p.toml", "[default.deploy.parameters]\nparameter_overrides = 'A=1 ParameterKey=B,ParameterValue=c'"),
        ("p.toml", "[default.deploy.parameters]\nstack_name = 'a'"),
    ] {
        let (given, problems) = given(name, text);
        assert!(given.values.is_empty(), "{text}: {given:?}");
        assert!(!problems.is_empty(), "{text}");
    }
}

#[test]
fn the_last_of_two_values_counts() {
    let (given, problems) = given("p.json", r#"["A=1", "A=2"]"#);
    assert_eq!(given.values, values(&[("A", "2")]));
    assert_eq!(problems.len(), 1);
}
