//! What is said of templates that do not deploy, and of those that do.

use bumpalo::Bump;

use crate::syntax::{Hint, read};
use crate::template::Template;

use super::{Resolver, Settings};

fn problems(text: &str) -> Vec<String> {
    let read = read(text, Hint::Yaml);
    assert_eq!(read.problems, [], "the test's template is well-formed");
    let (template, _) = Template::new(&read.document);
    let arena = Bump::new();
    let resolver = Resolver::new(&arena, &template, &Settings::default());
    let shown = |problem: &crate::template::TemplateProblem| {
        format!("{}: {} ({})", problem.code.id(), problem.message, problem.span.slice(text).unwrap_or_default())
    };
    resolver.problems().iter().map(shown).collect()
}

fn of_value(value: &str) -> Vec<String> {
    problems(&format!("Resources: {{R: {{Type: 'X::Y::Z', Properties: {{V: {value}}}}}}}"))
}

#[test]
fn a_name_that_is_not_defined_is_said_once_where_it_stands_first() {
    assert_eq!(
        of_value("[!Ref Nope, !Ref Nope, !Sub '${Nope}']"),
        [
            "ref.unresolved: `Ref` of `Nope`, which is neither a parameter nor a resource of this template (!Ref Nope)",
            "ref.unresolved: `Fn::Sub` of `Nope`, which is neither a parameter nor a resource of this template \
             (!Sub '${Nope}')",
        ]
    );
}

#[test]
fn what_is_defined_is_no_problem() {
    let value = "[!Ref 'AWS::Region', !Sub '${AWS::StackName}-${!Any}-${A}', !If [C, !GetAtt S.Arn, !Ref P]]";
    let value = value.replace("'${AWS::StackName}-${!Any}-${A}'", "['${AWS::StackName}-${!Any}-${A}', {A: 1}]");
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: a, AllowedValues: [a]}}}}\nConditions: {{C: !Equals [!Ref P, a]}}\n\
         Resources: {{R: {{Type: 'X::Y::Z', Condition: C, DependsOn: S, Properties: {{V: {value}}}}}, S: {{Type: 'X::Y::Z'}}}}"
    );
    assert_eq!(problems(&text), Vec::<String>::new());
}

#[test]
fn names_that_something_else_may_define_are_not_judged() {
    let body = "Resources: {R: {Type: 'X::Y::Z', Properties: {V: !Ref Nope}}}";
    for before in ["Transform: MyMacro", "Modules: {}", "'Fn::Transform': {Name: 'AWS::Include'}"] {
        assert_eq!(problems(&format!("{before}\n{body}")), Vec::<String>::new(), "{before}");
    }
    let serverless =
        "Resources: {F: {Type: 'AWS::Serverless::Function'}, R: {Type: 'X::Y::Z', Properties: {V: !Ref FRole}}}";
    assert_eq!(problems(serverless), Vec::<String>::new());
    assert_eq!(of_value("[!Ref Nope, !Tool x]"), ["fn.unknown: CloudFormation has no function `!Tool` (!Tool x)"]);
}

#[test]
fn circles_are_said_once() {
    let text = "Resources: {A: {Type: 'X::Y::Z', DependsOn: B}, B: {Type: 'X::Y::Z', Properties: {V: !Ref A}}}";
    assert_eq!(problems(text), ["ref.cycle: resources that refer to each other in a circle: `A`, `B` (A)"]);
    let text = "Conditions: {A: !Condition B, B: !Not [!Condition A]}\nResources: {R: {Type: 'X::Y::Z'}}";
    assert_eq!(problems(text), ["cond.cycle: conditions that hang on each other: `A`, `B` (A)"]);
    let text = "Conditions: {C: !Equals [a, b]}\n\
                Resources: {A: {Type: 'X::Y::Z', Properties: {V: !If [C, !Ref A, 1]}}}";
    assert_eq!(problems(text), Vec::<String>::new());
}

#[test]
fn the_variables_of_loops_are_names() {
    let text = "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::L:\n    - N\n    - [a, b]\n    \
                - 'T${N}': {Type: 'X::Y::Z', Properties: {V: !Ref N, W: !Sub '${N}', X: !Ref 'Q${N}'}}\n  \
                R: {Type: 'X::Y::Z', Properties: {V: !Ref Ta, W: !Ref Tc}}\n";
    assert_eq!(
        problems(text),
        ["ref.unresolved: `Ref` of `Tc`, which is neither a parameter nor a resource of this template (!Ref Tc)"]
    );
}

#[test]
fn a_null_is_a_problem_where_a_value_is_declared() {
    let text = "Resources: {B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: null}}}";
    assert_eq!(problems(text).len(), 1);
    let text = "Resources: {R: {Type: 'X::Y::Z', Properties: {V: null}}}";
    assert_eq!(problems(text).len(), 0);
}
