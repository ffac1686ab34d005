//! Loops written out.

use bumpalo::Bump;

use crate::syntax::{Hint, read};
use crate::template::Template;
use crate::value::{Choices, Kind, Pending, World};

use super::{Resolver, Settings};

/// The logical ids of `Resources: <resources>`, and the problems.
fn made(sections: &str, resources: &str) -> (Vec<String>, Vec<String>) {
    let text = format!("{sections}\nResources: {resources}\n");
    let read = read(&text, Hint::Yaml);
    assert_eq!(read.problems, [], "the test's template is well-formed");
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let ids = resolver.resources().iter().map(|one| one.entry.named.name.to_owned()).collect();
    let problems = resolver.problems().into_iter().map(|problem| format!("{}: {}", problem.code.id(), problem.message));
    (ids, problems.collect())
}

const TOPIC: &str = "{Type: 'AWS::SNS::Topic'}";

#[test]
fn a_resource_is_made_for_each_member_where_the_loop_stands() {
    let resources = format!("{{A: {TOPIC}, 'Fn::ForEach::L': [N, [x, 'y-1'], {{'T&{{N}}': {TOPIC}}}], B: {TOPIC}}}");
    assert_eq!(made("", &resources), (["A", "Tx", "Ty1", "B"].map(str::to_owned).to_vec(), Vec::new()));
}

#[test]
fn an_unknown_collection_is_said() {
    let resources = format!("{{'Fn::ForEach::L': [N, !Ref P, {{'T${{N}}': {TOPIC}}}]}}");
    let (ids, problems) = made("Parameters: {P: {Type: CommaDelimitedList}}", &resources);
    assert_eq!((ids.len(), problems.len()), (0, 1));
    assert!(problems[0].starts_with("transform.unknown: what `Fn::ForEach::L` makes is not judged"), "{problems:?}");
}

#[test]
fn an_empty_collection_makes_nothing() {
    assert_eq!(made("", &format!("{{'Fn::ForEach::L': [N, [], {{'T${{N}}': {TOPIC}}}]}}")), (Vec::new(), Vec::new()));
}

#[test]
fn malformed_loops_are_problems() {
    let (_, problems) = made("", "{'Fn::ForEach::L': [N, [a]]}");
    assert_eq!(problems, ["fn.args: `Fn::ForEach::L` needs a variable's name, a collection and a map"]);
    let (ids, problems) = made("", &format!("{{'Fn::ForEach::L': [N, [a, b], {{T: {TOPIC}}}]}}"));
    assert_eq!(ids, ["T"]);
    assert_eq!(problems, ["yaml.duplicate-key: a loop makes `T`, which is there already; this one does not count"]);
}

#[test]
fn loops_that_make_too_much_end() {
    let members = (0..200).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
    let inner = format!("{{'Fn::ForEach::I': [M, [{members}], {{'T${{N}}x${{M}}': {TOPIC}}}]}}");
    let (ids, problems) = made("", &format!("{{'Fn::ForEach::O': [N, [{members}], {inner}]}}"));
    assert_eq!((ids.len(), problems.len()), (1_000, 1));
    let nothing = format!("{{'Fn::ForEach::I': [M, [{members}], {{'Fn::ForEach::J': [K, [{members}], {{}}]}}]}}");
    assert_eq!(made("", &format!("{{'Fn::ForEach::O': [N, [{members}], {nothing}]}}")).0.len(), 0);
}

#[test]
fn a_member_is_there_where_its_collection_holds_it() {
    let text = format!(
        "Parameters: {{E: {{Type: String, Default: dev, AllowedValues: [dev, prod]}}}}\n\
         Mappings: {{M: {{dev: {{L: [a]}}, prod: {{L: [a, b]}}}}}}\n\
         Resources: {{'Fn::ForEach::L': [N, !FindInMap [M, !Ref E, L], {{'T${{N}}': {TOPIC}}}]}}\n"
    );
    let read = read(&text, Hint::Yaml);
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let second = resolver.resources()[1];
    assert_eq!(second.entry.named.name, "Tb");
    let open = World { arena: &arena, choices: &Choices::default() };
    let Err(Pending(variable)) = open.force(second.value) else { panic!("it hangs on the parameter") };
    for (class, there) in [(0, false), (1, true)] {
        let choices = Choices::default().with(variable, class);
        let value = World { arena: &arena, choices: &choices }.force(second.value).unwrap();
        assert_eq!(!matches!(value.kind, Kind::Absent), there, "{class}");
    }
}
