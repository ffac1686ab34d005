//! What values become under which choices.

use bumpalo::Bump;

use crate::syntax::{Hint, read};
use crate::template::Template;
use crate::value::{Choices, Kind, Pending, Value, Variable, World};

use super::{Resolver, Settings};

/// The property `V` of resource `R` in every deployment that it touches: `choices => value`, one line each.
fn explore(template: &str, settings: &Settings) -> Vec<String> {
    let read = read(template, Hint::Yaml);
    assert_eq!(read.problems, [], "the test's template is well-formed");
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, settings);
    let resource = resolver.resources().iter().find(|one| one.entry.named.name == "R").expect("a resource R").value;
    let mut lines = Vec::new();
    let mut open = vec![Choices::default()];
    while let Some(choices) = open.pop() {
        let world = World { arena: &arena, choices: &choices };
        match property(&world, resource) {
            Ok(text) => lines.push(format!("{}{text}", describe(resolver, &choices))),
            Err(Pending(variable)) => {
                let classes = resolver.possible_classes(variable, &choices);
                open.extend(classes.into_iter().rev().map(|class| choices.with(variable, class)));
            }
        }
    }
    lines
}

fn describe(resolver: &Resolver<'_>, choices: &Choices) -> String {
    let mut text = String::new();
    for &(variable, class) in choices.made() {
        let info = resolver.variable(variable).expect("a known variable");
        let class = info.classes[usize::from(class)];
        let value = class.text.map_or_else(|| format!("{:?}", class.kind), str::to_owned);
        text.push_str(&format!("{}={value} ", info.name));
    }
    if !text.is_empty() {
        text.push_str("=> ");
    }
    text
}

fn property<'a>(world: &World<'a, '_>, resource: Value<'a>) -> Result<String, Pending> {
    let resource = world.force(resource)?;
    let Kind::Map(map) = resource.kind else { return Ok("no resource".to_owned()) };
    let properties = world.force(map.get("Properties").expect("properties").value)?;
    let Kind::Map(properties) = properties.kind else { panic!("properties are a map") };
    show(world, properties.get("V").expect("a property V").value)
}

fn show<'a>(world: &World<'a, '_>, value: Value<'a>) -> Result<String, Pending> {
    let value = world.force(value)?;
    Ok(match value.kind {
        Kind::List(items) => {
            let mut shown = Vec::new();
            for item in items {
                let item = world.force(item)?;
                if !matches!(item.kind, Kind::Absent) {
                    shown.push(show(world, item)?);
                }
            }
            format!("[{}]", shown.join(", "))
        }
        Kind::Map(map) => {
            let mut shown = Vec::new();
            for entry in map.entries() {
                let value = world.force(entry.value)?;
                if !matches!(value.kind, Kind::Absent) {
                    shown.push(format!("{}: {}", entry.key, show(world, value)?));
                }
            }
            format!("{{{}}}", shown.join(", "))
        }
        kind => format!("{kind:?}"),
    })
}

/// The property `V: <value>` of a resource, with other sections before it.
fn value_with(sections: &str, value: &str) -> Vec<String> {
    let template = format!("{sections}\nResources:\n  R: {{Type: 'X::Y::Z', Properties: {{V: {value}}}}}\n");
    explore(&template, &Settings::default())
}

const ENV: &str = "Parameters:\n  Env: {Type: String, Default: dev}\nConditions:\n  IsProd: !Equals [!Ref Env, prod]\n";

#[test]
fn a_literal_is_itself() {
    assert_eq!(value_with("", "[1, true, text, 1.5, {a: b}]"), [r#"[1, true, "text", 1.5, {a: "b"}]"#]);
}

#[test]
fn a_reference_to_something_that_is_no_name_ends() {
    for reference in ["!Ref [A]", "!Ref {A: b}", "!Ref {Ref: A}", "{Ref: !Ref [A]}", "{Ref: {Ref: [A]}}"] {
        assert_eq!(value_with("", reference).len(), 1, "{reference}");
    }
}

#[test]
fn a_default_is_one_class() {
    let parameters = "Parameters: {P: {Type: String, Default: x}}";
    assert_eq!(value_with(parameters, "!Ref P"), [r#"P=x => "x""#]);
    assert_eq!(value_with(parameters, "{Ref: P}"), [r#"P=x => "x""#]);
    assert_eq!(value_with(parameters, "!Sub 'a-${P}-${!P}'"), [r#"P=x => "a-x-${P}""#]);
}

#[test]
fn a_parameter_without_default_is_unknown() {
    assert_eq!(value_with("Parameters: {P: {Type: String}}", "!Ref P"), ["unknown(parameter `P`)"]);
}

#[test]
fn a_reference_to_no_name_is_unknown_in_either_form() {
    for argument in ["[1]", "[]", "{a: b}", "[[x]]"] {
        let short = value_with("", &format!("!Ref {argument}"));
        assert_eq!(short, value_with("", &format!("{{Ref: {argument}}}")), "{argument}");
        assert!(short.iter().all(|line| line.starts_with("unknown")), "{short:?}");
    }
}

#[test]
fn allowed_values_are_classes_with_the_default_first() {
    let parameters = "Parameters: {P: {Type: String, Default: b, AllowedValues: [a, b]}}";
    assert_eq!(value_with(parameters, "!Ref P"), [r#"P=b => "b""#, r#"P=a => "a""#]);
}

#[test]
fn both_branches_are_seen_with_what_they_need() {
    assert_eq!(
        value_with(ENV, "!If [IsProd, yes-text, !Ref 'AWS::NoValue']"),
        ["Env=dev => absent", r#"Env=prod => "yes-text""#, "Env=Other => absent"]
    );
}

#[test]
fn choices_are_consistent_across_uses() {
    assert_eq!(
        value_with(ENV, "[!Ref Env, !If [IsProd, p, d]]"),
        [
            r#"Env=dev => ["dev", "d"]"#,
            r#"Env=prod => ["prod", "p"]"#,
            r#"Env=Other => [unknown(parameter `Env`), "d"]"#
        ]
    );
}

#[test]
fn a_condition_that_can_never_hold_is_not_taken() {
    let sections = "Parameters: {Env: {Type: String, Default: dev, AllowedValues: [dev, test]}}\n\
                    Conditions: {IsProd: !Equals [!Ref Env, prod]}";
    assert_eq!(value_with(sections, "!If [IsProd, p, d]"), [r#"Env=dev => "d""#, r#"Env=test => "d""#]);
    assert_eq!(value_with("Conditions: {No: !Equals [a, b]}", "!If [No, p, d]"), [r#""d""#]);
    assert_eq!(value_with("Conditions: {Never: !Equals [a, b]}", "!If [Never, p, d]"), [r#""d""#]);
}

#[test]
fn and_or_not_decide_without_what_does_not_matter() {
    let sections = "Parameters: {A: {Type: String}, B: {Type: String}}\nConditions:\n  \
                    IsA: !Equals [!Ref A, x]\n  Both: !And [!Condition IsA, !Equals [!Ref B, y]]\n  \
                    Neither: !Not [!Or [!Condition IsA, !Equals [!Ref B, y]]]\n";
    assert_eq!(value_with(sections, "!If [Both, 1, 2]"), ["A=x B=y => 1", "A=x B=Other => 2", "A=Other => 2"]);
    assert_eq!(value_with(sections, "!If [Neither, 1, 2]"), ["A=x => 2", "A=Other B=y => 2", "A=Other B=Other => 1"]);
}

#[test]
fn what_nothing_decides_is_a_choice_of_its_own() {
    let sections = "Conditions: {C: !Equals [!ImportValue x, y]}";
    assert_eq!(
        value_with(sections, "[!If [C, 1, 2], !If [C, 3, 4]]"),
        [r#""y" == `Fn::ImportValue` of `x`=True => [1, 3]"#, r#""y" == `Fn::ImportValue` of `x`=False => [2, 4]"#]
    );
}

#[test]
fn a_circle_of_conditions_ends() {
    let sections = "Conditions: {A: !Condition B, B: !Not [!Condition A]}";
    assert_eq!(value_with(sections, "!If [A, 1, 2]").len(), 2);
}

#[test]
fn texts_with_holes_keep_what_is_known() {
    let sections = "Parameters: {P: {Type: String}}";
    assert_eq!(value_with(sections, "!Sub 'arn:${AWS::Partition}:s3:::${P}/*'").len(), 1);
    assert_eq!(
        value_with(sections, "!Join ['', [a, !Ref P, b]]"),
        [r#"[Text("a"), Unknown(Unknown { reason: "parameter `P`", shape: Text }), Text("b")]"#]
    );
    assert_eq!(value_with("", "!Join ['-', [a, !Ref 'AWS::NoValue', 1, true]]"), [r#""a-1-true""#]);
}

#[test]
fn mappings_give_their_entries() {
    let mapping = "Mappings: {M: {a: {k: 1}, b: {k: two}}}";
    assert_eq!(value_with(mapping, "!FindInMap [M, a, k]"), [r#""1""#]);
    assert_eq!(
        value_with(&format!("{mapping}\nParameters: {{P: {{Type: String}}}}"), "!FindInMap [M, !Ref P, k]"),
        [r#"P=a => "1""#, r#"P=b => "two""#]
    );
    assert_eq!(
        value_with(mapping, "!FindInMap [M, c, k]"),
        ["unknown(`Fn::FindInMap` of `M`, which has no entry `c`, `k`)"]
    );
}

#[test]
fn a_mapping_that_looks_itself_up_leads_nowhere() {
    let unknown = ["unknown(`Fn::FindInMap` of `M`, whose entries look up mappings)"];
    assert_eq!(value_with("Mappings: {M: {a: {k: !FindInMap [M, a, k]}}}", "!FindInMap [M, a, k]"), unknown);
    let pair = "Mappings: {M: {a: {k: !FindInMap [N, a, k]}}, N: {a: {k: !FindInMap [M, a, k]}}}";
    assert_eq!(value_with(pair, "!FindInMap [M, a, k]"), unknown);
    let chosen =
        "Parameters: {P: {Type: String, AllowedValues: [a]}}\nMappings: {M: {a: {k: !FindInMap [M, !Ref P, k]}}}";
    assert_eq!(value_with(chosen, "!FindInMap [M, !Ref P, k]"), unknown.map(|unknown| format!("P=a => {unknown}")));
    assert_eq!(value_with("Mappings: {M: {a: {k: !FindInMap [M, a, l], l: 7}}}", "!FindInMap [M, a, k]"), [r#""7""#]);
}

#[test]
fn a_condition_that_hangs_on_itself_is_undecided() {
    let both = ["condition `A`=True => 1", "condition `A`=False => 2"];
    for circle in [
        "{A: !Not [!Condition A]}",
        "{A: !Equals [!If [A, x, y], x]}",
        "{A: !Equals [!If [B, x, y], x], B: !Condition A}",
    ] {
        assert_eq!(value_with(&format!("Conditions: {circle}"), "!If [A, 1, 2]"), both, "{circle}");
    }
    // So is one that hangs on too many others.
    let chain: String =
        (0..5_000).map(|number| format!("C{number}: !Equals [!If [C{}, x, y], x], ", number + 1)).collect();
    let deep = value_with(&format!("Conditions: {{{chain} C5000: !Equals [a, a]}}"), "!If [C0, 1, 2]");
    assert_eq!(deep, ["condition `C32`=True => 1", "condition `C32`=False => 2"]);
    let short = value_with(&format!("Conditions: {{{chain} C5000: !Equals [a, a]}}"), "!If [C4990, 1, 2]");
    assert_eq!(short, ["1"]);
}

#[test]
fn lists_are_split_and_selected() {
    assert_eq!(value_with("", "!Select [1, !Split [',', 'a,b,c']]"), [r#""b""#]);
    let list = "Parameters: {L: {Type: CommaDelimitedList, Default: 'a, b'}}";
    assert_eq!(value_with(list, "!Ref L"), [r#"L=a, b => ["a", "b"]"#]);
    assert_eq!(value_with("", "!Select [7, [a]]"), ["unknown(`Fn::Select` out of the list's range)"]);
}

#[test]
fn a_part_before_the_unknown_of_a_split_text_is_known() {
    let parameters = "Parameters: {P: {Type: String}}";
    assert_eq!(value_with(parameters, "!Select [1, !Split [':', !Sub 'a:b:c${P}']]"), [r#""b""#]);
    assert_eq!(value_with(parameters, "!Select [2, !Split [':', !Sub 'a:b:c${P}']]"), ["unknown(parameter `P`)"]);
}

#[test]
fn encodings_say_what_is_certain() {
    let parameters = "Parameters: {P: {Type: String}}";
    assert_eq!(value_with("", "!Base64 abc"), [r#""YWJj""#]);
    assert_eq!(
        value_with(parameters, "{'Fn::Base64': !Sub 'abcd${P}'}"),
        [r#"[Text("YWJj"), Unknown(Unknown { reason: "parameter `P`", shape: Text })]"#]
    );
    assert_eq!(value_with("", "{'Fn::ToJsonString': {b: 1, a: [true, x]}}"), [r#""{\"b\":1,\"a\":[true,\"x\"]}""#]);
    // What is not known of it leaves the rest known.
    let partial = value_with("Parameters: {P: {Type: String}}\n", "{'Fn::ToJsonString': {a: {Ref: P}, b: x}}").join("");
    assert!(partial.contains(r#"Text("{\"a\":\"")"#) && partial.contains(r#"Text("\",\"b\":\"x\"}")"#), "{partial}");
    assert_eq!(value_with("", "{'Fn::Length': [a, !Ref 'AWS::NoValue', b]}"), ["2"]);
}

#[test]
fn a_name_may_be_a_function() {
    assert_eq!(value_with("", "{Ref: !Sub 'R'}"), ["reference(R)"]);
    let parameters = "Parameters: {P: {Type: String}}";
    assert_eq!(value_with(parameters, "{Ref: !Sub '${P}'}"), ["unknown(parameter `P`)"]);
}

#[test]
fn a_missing_entry_gives_its_default_value() {
    assert_eq!(value_with("Mappings: {M: {a: {k: 1}}}", "!FindInMap [M, b, k, {DefaultValue: d}]"), [r#""d""#]);
}

#[test]
fn references_to_resources_are_kept() {
    assert_eq!(
        value_with("", "[!Ref R, !GetAtt R.Arn, !GetAtt [R, Arn]]"),
        ["[unknown(`R.Arn`), unknown(`R.Arn`)]".replace("[unknown(`R.Arn`), ", "[reference(R), unknown(`R.Arn`), ")]
    );
}

#[test]
fn a_resource_is_absent_where_its_condition_does_not_hold() {
    let template = format!("{ENV}Resources: {{R: {{Type: 'X::Y::Z', Condition: IsProd, Properties: {{V: 1}}}}}}");
    assert_eq!(
        explore(&template, &Settings::default()),
        ["Env=dev => no resource", "Env=prod => 1", "Env=Other => no resource"]
    );
}

#[test]
fn pinned_parameters_are_settled() {
    let template = format!("{ENV}Resources: {{R: {{Type: 'X::Y::Z', Properties: {{V: !If [IsProd, 1, 2]}}}}}}");
    let settings = Settings { parameters: [("Env".to_owned(), "prod".to_owned())].into(), ..Settings::default() };
    assert_eq!(explore(&template, &settings), ["1"]);
}

#[test]
fn the_short_form_of_a_reference_takes_a_function() {
    let parameters = "Parameters: {P1: {Type: String, Default: x, AllowedValues: [x]}}\n";
    assert_eq!(value_with(parameters, "!Ref {'Fn::Join': ['', [P, 1]]}"), [r#"P1=x => "x""#]);
}

#[test]
fn secrets_are_never_texts() {
    assert_eq!(
        value_with("", "'{{resolve:secretsmanager:Db:SecretString:password}}'"),
        ["unknown(the dynamic reference `secretsmanager:Db`)"]
    );
    assert_eq!(value_with("", "'{{resolve:nothing}}'"), [r#""{{resolve:nothing}}""#]);
}

#[test]
fn scalars_have_the_type_of_their_property() {
    let template = "Parameters: {E: {Type: String, Default: 'true'}}\nResources:\n  R:\n    Type: AWS::RDS::DBInstance\n    \
                    Properties: {V: 0, StorageEncrypted: !Ref E, Port: 5432, MultiAZ: 'false'}\n";
    let read = read(template, Hint::Yaml);
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let choices = Choices::default().with(Variable(0), 0);
    let world = World { arena: &arena, choices: &choices };
    let resource = world.force(resolver.resources()[0].value).unwrap();
    let Kind::Map(map) = resource.kind else { panic!("a map") };
    assert_eq!(
        show(&world, map.get("Properties").unwrap().value),
        Ok(r#"{V: 0, StorageEncrypted: true, Port: "5432", MultiAZ: false}"#.to_owned())
    );
}
