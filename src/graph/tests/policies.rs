use bumpalo::Bump;
use serde_json::{Value as JsonValue, json};

use super::template::{Question, resource};
use crate::value::{Pending, Variable};

fn bucket_policy(document: JsonValue) -> JsonValue {
    json!({"P": resource("AWS::S3::BucketPolicy", &json!({"PolicyDocument": document}))})
}

/// One fact of the only statement.
fn fact(statement: JsonValue, key: &str) -> JsonValue {
    let arena = Bump::new();
    let question = Question::new(&arena, &bucket_policy(json!({"Statement": statement})));
    question.show("P", &format!("Facts.Statements.0.{key}"))
}

#[test]
fn a_statement_is_shown_in_one_shape() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &bucket_policy(json!({"Statement": {
            "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["a", {"$ref": "B.Arn"}],
            "Principal": {"AWS": [123456789012_i64, {"$ref": "R.Arn"}], "Service": "s3.amazonaws.com"},
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        }})),
    );
    assert_eq!(
        question.show("P", "Facts"),
        json!({"Statements": [{
            "Effect": "Allow", "Actions": ["s3:GetObject"], "NotActions": [], "Resources": ["a", "&B.Arn"],
            "NotResources": [], "Principals": ["123456789012", "&R.Arn", "s3.amazonaws.com"], "NotPrincipals": [],
            "Condition": {"Bool": {"aws:SecureTransport": "true"}}, "HasCondition": true, "AllActions": false,
            "AllResources": false, "PublicPrincipal": false, "Source": "resource",
        }]})
    );
    assert_eq!(question.place("P", "Facts.Statements.0"), "P.Properties.PolicyDocument.Statement");
}

#[test]
fn a_statement_stands_at_the_wildcard_that_decides_it() {
    let arena = Bump::new();
    let question = Question::new(
        &arena,
        &bucket_policy(json!({"Statement": [
            {"Effect": "Allow", "Action": ["s3:Get*", "*"], "Resource": ["a", "*"], "Principal": "*"},
        ]})),
    );
    let statement = "P.Properties.PolicyDocument.Statement.0";
    let unsure = bucket_policy(json!({"Statement": [{"Action": ["a:b", {"$parameter": "A"}]}]}));
    let unsure = Question::new(&arena, &unsure);
    assert_eq!(unsure.place("P", "Facts.Statements.0"), statement);
    assert_eq!(unsure.place("P", "Facts.Statements.0.AllActions"), format!("{statement}.Action.1"));
    assert_eq!(question.place("P", "Facts.Statements.0"), format!("{statement}.Action.1"));
    assert_eq!(question.place("P", "Facts.Statements.0.AllActions"), format!("{statement}.Action.1"));
    assert_eq!(question.place("P", "Facts.Statements.0.AllResources"), format!("{statement}.Resource.1"));
    assert_eq!(question.place("P", "Facts.Statements.0.PublicPrincipal"), format!("{statement}.Principal"));
}

#[test]
fn wildcards_are_told_from_patterns() {
    for (action, all) in [("*", true), ("*:*", true), ("**", true), ("s3:*", false), (":", false), ("", false)] {
        assert_eq!(fact(json!({"Action": action}), "AllActions"), json!(all), "{action}");
    }
    assert_eq!(fact(json!({"NotAction": "iam:*"}), "AllActions"), json!(false));
    assert_eq!(fact(json!({"NotAction": "iam:*"}), "NotActions"), json!(["iam:*"]));
    assert_eq!(fact(json!({"Resource": "arn:aws:s3:::*"}), "AllResources"), json!(false));
    assert_eq!(fact(json!({"Resource": {"$ref": "B"}}), "AllResources"), json!(false));
    assert_eq!(fact(json!({"Action": {"$parameter": "A"}}), "AllActions"), json!("?parameter `A`"));
    assert_eq!(fact(json!({"Resource": {"$identifier": "an id"}}), "AllResources"), json!(false));
    assert_eq!(fact(json!({"Action": [{"$parameter": "A"}, "*"]}), "AllActions"), json!(true));
    assert_eq!(fact(json!({"Resource": {"$partial": [{"$unknown": "x"}, "/*"]}}), "AllResources"), json!(false));
    assert_eq!(fact(json!({"Resource": {"$partial": [{"$unknown": "x"}, "*"]}}), "AllResources"), json!("?x"));
    assert_eq!(fact(json!({"Resource": {"$list": "parameter `R`"}}), "Resources"), json!("?parameter `R`"));
}

#[test]
fn everybody_is_found_wherever_it_is_written() {
    let public = |principal: JsonValue| fact(json!({"Effect": "Allow", "Principal": principal}), "PublicPrincipal");
    assert_eq!(public(json!("*")), json!(true));
    assert_eq!(public(json!({"AWS": "*"})), json!(true));
    assert_eq!(public(json!({"AWS": ["arn:aws:iam::1:root", "*"]})), json!(true));
    assert_eq!(public(json!({"AWS": "arn:aws:iam::1:root"})), json!(false));
    assert_eq!(public(json!({"AWS": {"$parameter": "Who"}})), json!("?parameter `Who`"));
    let except = |effect: &str| fact(json!({"Effect": effect, "NotPrincipal": {"AWS": "1"}}), "PublicPrincipal");
    assert_eq!(except("Allow"), json!(true));
    assert_eq!(except("Deny"), json!(false));
}

#[test]
fn a_condition_counts_only_when_something_is_in_it() {
    assert_eq!(fact(json!({"Condition": {}}), "HasCondition"), json!(false));
    assert_eq!(fact(json!({"Effect": "Deny"}), "HasCondition"), json!(false));
    assert_eq!(fact(json!({"Condition": {"Bool": {"$absent": true}}}), "HasCondition"), json!(false));
    assert_eq!(fact(json!({"Condition": {"$unknown": "a macro"}}), "HasCondition"), json!("?a macro"));
}

#[test]
fn roles_keep_trust_and_permissions_apart() {
    let arena = Bump::new();
    let document = |action: &str| json!({"Statement": [{"Effect": "Allow", "Action": action}]});
    let question = Question::new(
        &arena,
        &json!({
            "M": resource("AWS::IAM::ManagedPolicy", &json!({"PolicyDocument": document("*")})),
            "R": resource("AWS::IAM::Role", &json!({
                "AssumeRolePolicyDocument": document("sts:AssumeRole"),
                "Policies": [{"PolicyDocument": document("a:b")}, {"$absent": true}, {"PolicyDocument": document("c:d")}],
            })),
        }),
    );
    let actions = |list: &str| {
        let shown = question.show("R", list);
        shown.as_array().unwrap().iter().map(|statement| statement["Actions"][0].clone()).collect::<JsonValue>()
    };
    assert_eq!(actions("Facts.Statements"), json!(["a:b", "c:d"]));
    assert_eq!(actions("Facts.TrustStatements"), json!(["sts:AssumeRole"]));
    assert_eq!(question.show("M", "Facts.Statements.0.Source"), json!("managed"));
}

#[test]
fn a_policy_may_be_json_in_a_text() {
    let arena = Bump::new();
    let ask = |policy: JsonValue| {
        let template = json!({"S": resource("AWS::SSO::PermissionSet", &json!({"InlinePolicy": policy}))});
        Question::new(&arena, &template)
    };
    let question = ask(json!(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#));
    assert_eq!(question.show("S", "Facts.Statements.0.AllActions"), json!(true));
    assert_eq!(question.place("S", "Facts.Statements.0"), "S.Properties.InlinePolicy");
    let question = ask(json!({"$partial": [
        r#"{"Statement": [{"Action": ["a", "*"], "Resource": [""#, {"$unknown": "x"}, r#"", "arn:"#, {"$ref": "B"}, r#"/*"]}]}"#,
    ]}));
    assert_eq!(question.show("S", "Facts.Statements.0.AllActions"), json!(true));
    assert_eq!(question.show("S", "Facts.Statements.0.AllResources"), json!("?x"));
    assert_eq!(question.show("S", "Facts.Statements.0.Resources.0"), json!("?x"));
    assert!(question.show("S", "Facts.Statements.0.Resources.1").as_str().unwrap().contains("Reference"));
    assert_eq!(ask(json!("{ nonsense")).show("S", "Facts.Statements"), json!(["?a policy text that is not JSON"]));
    let deep = "[".repeat(100_000);
    assert_eq!(ask(json!(deep)).show("S", "Facts.Statements"), json!(["?a policy text that is not JSON"]));
    assert_eq!(ask(json!({"$partial": ["{", {"$unknown": "x"}]})).show("S", "Facts.Statements"), json!(["?x"]));
    assert_eq!(ask(json!({"$unknown": "x"})).show("S", "Facts.Statements"), json!(["?x"]));
}

#[test]
fn statements_may_hang_on_conditions_and_ask_only_for_what_is_needed() {
    let arena = Bump::new();
    let template = bucket_policy(json!({"Statement": [
        {"$if": [1, {"Effect": "Deny", "Action": "*"}, {"$absent": true}]},
        {"Effect": "Allow", "Action": "a:b", "Resource": {"$if": [2, "*", "a"]}, "Principal": "*"},
    ]}));
    let ask = || Question::new(&arena, &template);
    assert_eq!(ask().get("P", "Facts.Statements").unwrap_err(), Pending(Variable(1)));
    let question = ask().choose(1, 0);
    assert_eq!(question.show("P", "Facts.Statements.0.PublicPrincipal"), json!(true));
    assert_eq!(question.get("P", "Facts.Statements.0.AllResources").unwrap_err(), Pending(Variable(2)));
    assert_eq!(question.choose(2, 1).show("P", "Facts.Statements.0.AllResources"), json!(true));
}
