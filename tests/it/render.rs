//! What the renderers write.

use std::io;

use cfnward::diag::{Class, Report, Severity};
use cfnward::render::{self, Options, SarifFlavour};

use crate::reports::{Source, finding, hostile, label, problem, repeated, rule, stack};
use crate::support::snapshot;

type Renderer = fn(&Report, &Options, &mut dyn io::Write) -> io::Result<()>;

pub fn shown(renderer: Renderer, report: &Report, options: &Options) -> String {
    let mut bytes = Vec::new();
    renderer(report, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn terminal(report: &Report, options: &Options) -> String {
    shown(render::terminal, report, options)
}

#[test]
fn a_finding_shows_its_lines_where_its_value_comes_from_and_what_to_do() {
    snapshot!("terminal", "stack", terminal(&stack().0, &Options::default()));
}

#[test]
fn everything_is_shown_on_request() {
    let options = Options { verbose: true, show_unsure: true, show_suppressed: true, ..Options::default() };
    snapshot!("terminal", "stack-verbose", terminal(&stack().0, &options));
}

#[test]
fn hostile_text_is_visible_and_harmless() {
    let shown = terminal(&hostile().0, &Options { width: 80, ..Options::default() });
    for line in shown.lines() {
        assert!(!line.trim_start().starts_with("::"), "a runner obeys {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "a runner obeys {line:?}");
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "hidden characters in {line:?}");
    }
    snapshot!("terminal", "hostile", shown);
}

#[test]
fn one_message_in_many_places_is_said_once() {
    snapshot!("terminal", "repeated", terminal(&repeated().0, &Options::default()));
}

#[test]
fn a_value_from_another_file_has_its_own_header() {
    let (stack, parameters) =
        (Source::new("a.yaml", "Acl: !Ref Acl\n"), Source::new("prod.json", "{\"Acl\": \"PublicRead\"}"));
    let mut one = finding("r", Severity::Medium, Class::Always, "m", stack.at("!Ref Acl"));
    one.origins = vec![label(parameters.at("\"PublicRead\""), "given here")];
    let shown = terminal(&Report { findings: vec![one], ..Report::default() }, &Options::default());
    assert!(shown.contains("--> a.yaml:1:6\n") && shown.contains("--> prod.json:1:9\n"), "{shown}");
    assert!(shown.contains("------------ given here"), "{shown}");
}

#[test]
fn problems_of_level_note_are_hidden_unless_asked_for() {
    let (report, _) = stack();
    assert!(!terminal(&report, &Options::default()).contains("yaml.alias"));
    assert!(terminal(&report, &Options { verbose: true, ..Options::default() }).contains("note[yaml.alias]"));
}

#[test]
fn colours_are_the_callers_choice() {
    let (report, _) = stack();
    assert!(!terminal(&report, &Options::default()).contains('\u{1b}'));
    let styled = terminal(&report, &Options { colour: true, ..Options::default() });
    assert!(styled.contains("\u{1b}[1m\u{1b}[91mcritical[s3_bucket_public_acl]"), "{styled}");
}

#[test]
fn quiet_is_one_line() {
    let quiet = terminal(&stack().0, &Options { quiet: true, ..Options::default() });
    assert_eq!(quiet, "3 findings (1 critical, 1 high, 1 medium) in 1 template, 4 resources; 1 problem\n");
}

#[test]
fn nothing_found_is_said_too() {
    let report = Report { version: "0.1.0".to_owned(), ..Report::default() };
    assert_eq!(
        terminal(&report, &Options::default()),
        "0 findings in 0 templates, 0 resources; 0 problems\n  no template among 0 files\n"
    );
}

#[test]
fn any_place_in_any_text_can_be_drawn_at_any_width() {
    let texts = [
        "",
        "\u{feff}",
        "\u{feff}a\r\n\t😀é\rb\n\n",
        "a\n##[x]\u{202e}\u{1b}\u{1}0\u{2}\r\r\n\u{301}漢字\t\t",
        "\n\n\n",
    ];
    for text in texts {
        let source = Source::new("a\n::b\u{1b}.yaml", text);
        let ends: Vec<usize> = (0..=text.len()).filter(|end| text.is_char_boundary(*end)).collect();
        for (&start, &end) in ends.iter().flat_map(|start| ends.iter().map(move |end| (start, end))) {
            let mut one = finding("r", Severity::Low, Class::Always, "m", source.span(start, end));
            one.origins = vec![label(source.span(end, text.len()), "from"), label(source.whole_file(), "file")];
            let report = Report { findings: vec![one], rules: vec![rule("r", Severity::Low)], ..Report::default() };
            for width in [0, 1, 20, 100] {
                let shown = terminal(&report, &Options { width, ..Options::default() });
                assert!(!shown.contains(['\u{1}', '\u{2}', '\u{1b}']), "{shown:?}");
            }
            shown_as_sarif(&report);
        }
    }
}

fn shown_as_sarif(report: &Report) -> String {
    shown(render::sarif, report, &Options { sarif_flavour: SarifFlavour::Full, ..Options::default() })
}

#[test]
fn json_is_what_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(render::JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (report, _) in [stack(), hostile(), repeated(), (Report::default(), Vec::new())] {
        let shown = shown(render::json, &report, &Options::default());
        let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert!(undescribed(&schema, &value).is_empty(), "not in the schema: {:?}", undescribed(&schema, &value));
    }
}

/// The fields of `value` that the schema does not name.
fn undescribed(schema: &serde_json::Value, value: &serde_json::Value) -> Vec<String> {
    let mut schema = schema.clone();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

/// Forbids fields that a schema does not describe.
fn close(schema: &mut serde_json::Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.get("properties").is_some_and(serde_json::Value::is_object) && object.contains_key("required") {
            object.insert("additionalProperties".to_owned(), false.into());
        }
        object.values_mut().for_each(close);
    }
}

#[test]
fn every_field_of_the_schema_has_words() {
    fn check(schema: &serde_json::Value, path: &str) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            assert!(field.get("description").is_some() || field.get("$ref").is_some(), "{path}.{name}");
            check(field, &format!("{path}.{name}"));
        }
        for (name, part) in schema["$defs"].as_object().into_iter().flatten() {
            assert!(part.get("description").is_some(), "{name}");
            check(part, name);
        }
    }
    check(&serde_json::from_str(render::JSON_SCHEMA).unwrap(), "report");
}

#[test]
fn json_carries_everything() {
    snapshot!("json", "stack", shown(render::json, &stack().0, &Options::default()));
}

#[test]
fn rules_are_listed_as_the_schema_says() {
    let rules = [rule("s3_bucket_public_acl", Severity::Critical)];
    let mut bytes = Vec::new();
    render::rules_json(&rules, &mut bytes).unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(render::JSON_SCHEMA).unwrap();
    close(&mut schema);
    let list = serde_json::json!({"type": "array", "items": {"$ref": "#/$defs/rule"}, "$defs": schema["$defs"]});
    assert!(jsonschema::is_valid(&list, &listed));
    snapshot!("json", "rules", String::from_utf8(bytes).unwrap());
}

#[test]
fn what_a_runner_would_obey_is_escaped_in_json() {
    let (report, _) = hostile();
    for shown in [shown(render::json, &report, &Options::default()), shown_as_sarif(&report)] {
        assert!(!shown.contains("##[") && !shown.contains("##vso["));
        assert!(!shown.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'));
    }
}

#[test]
fn a_problem_names_its_help() {
    let source = Source::new("t.yaml", "a: 1\na: 2\n");
    let mut one =
        problem(cfnward::diag::Code::DuplicateKey, "the key `a` stands twice", source.nth("a", 2), Some("remove one"));
    one.related = vec![label(source.at("a"), "first here")];
    let report = Report { problems: vec![one], ..Report::default() };
    let shown = terminal(&report, &Options::default());
    assert!(shown.contains("warning[yaml.duplicate-key]: the key `a` stands twice"), "{shown}");
    assert!(shown.contains("= help: remove one"), "{shown}");
}
