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
            "AwsPrincipals": ["123456789012", "&R.Arn"], "ServicePrincipals": ["s3.amazonaws.com"],
            "FederatedPrincipals": [], "NamedPrincipals": ["&R.Arn"], "Condition": {"Bool": {"aws:SecureTransport": "true"}}, "HasCondition": true,
            "CallerRestricted": false, "AllActions": false, "AllResources": false, "PublicPrincipal": false,
            "CrossAccount": true, "FullServices": [], "Grants": ["s3:GetObject"], "Source": "resource",
        }], "Grants": ["s3:GetObject"], "Credentials": []})
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

#[test]
fn sensitive_actions_are_found_under_every_wildcard() {
    let grants = |statement: JsonValue| fact(statement, "Grants");
    let holds =
        |statement: JsonValue, action: &str| grants(statement).as_array().unwrap().iter().any(|grant| grant == action);
    for action in ["iam:PassRole", "iam:passrole", "iam:*", "IAM:Pass*", "*", "*:*", "iam:Pass????"] {
        assert!(holds(json!({"Effect": "Allow", "Action": action}), "iam:PassRole"), "{action}");
        assert!(!holds(json!({"Effect": "Deny", "Action": action}), "iam:PassRole"), "{action}");
    }
    assert_eq!(grants(json!({"Effect": "Allow", "Action": ["iam:Get*", "s3:ListBucket"]})), json!([]));
    assert!(holds(json!({"Effect": "Allow", "NotAction": "s3:*"}), "iam:PassRole"));
    assert!(!holds(json!({"Effect": "Allow", "NotAction": ["s3:*", "iam:*"]}), "iam:PassRole"));
    assert_eq!(grants(json!({"Effect": "Allow"})), json!([]));
    assert_eq!(grants(json!({"Effect": "Allow", "Action": {"$parameter": "A"}})), json!(["?parameter `A`"]));
    let partial = |start: &str| json!({"Effect": "Allow", "Action": {"$partial": [start, {"$unknown": "x"}]}});
    assert_eq!(grants(partial("iam:Pass")), json!(["?x"]));
    assert_eq!(grants(partial("iam:List")), json!([]));
}

#[test]
fn what_is_denied_without_condition_is_not_granted() {
    let arena = Bump::new();
    let allow = json!({"Effect": "Allow", "Action": ["iam:PassRole", "iam:CreateUser"], "Resource": "*"});
    let with = |deny: JsonValue| Question::new(&arena, &bucket_policy(json!({"Statement": [allow, deny]})));
    let grants = |deny: JsonValue| with(deny).show("P", "Facts.Grants");
    let deny = json!({"Effect": "Deny", "Action": "iam:Pass*", "Resource": "*"});
    assert_eq!(grants(deny), json!(["iam:CreateUser"]));
    let all = json!(["iam:CreateUser", "iam:PassRole"]);
    assert_eq!(grants(json!({"Effect": "Deny", "Action": "iam:Pass*", "Resource": "a"})), all);
    let conditional = json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"a": "b"}}});
    assert_eq!(grants(conditional), all);
    assert_eq!(
        grants(json!({"Effect": "Deny", "NotAction": "iam:PassRole", "Resource": "*"})),
        json!(["iam:PassRole"])
    );
    let place = with(json!({})).place("P", "Facts.Grants.0");
    assert_eq!(place, "P.Properties.PolicyDocument.Statement.0.Action.1");
}

#[test]
fn a_condition_restricts_the_caller_when_it_asks_who_calls() {
    let restricted = |condition: JsonValue| {
        fact(json!({"Effect": "Allow", "Action": "a:b", "Principal": "*", "Condition": condition}), "CallerRestricted")
    };
    for (condition, expected) in [
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), json!(true)),
        (json!({"StringEquals": {"AWS:SourceAccount": {"$parameter": "A"}}}), json!(true)),
        (json!({"ArnLike": {"aws:SourceArn": {"$ref": "Topic"}}}), json!(true)),
        (json!({"StringLike": {"aws:PrincipalOrgID": "*"}}), json!(false)),
        (json!({"StringLike": {"aws:PrincipalArn": {"$parameter": "A"}}}), json!("?parameter `A`")),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}), json!(false)),
        (json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}), json!(false)),
        (json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-1"}}), json!(false)),
        (json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}), json!(true)),
        (json!({"StringNotEquals": {"aws:SourceAccount": "1"}}), json!(false)),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), json!(false)),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), json!(true)),
        (json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}}), json!(true)),
        (json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), json!(false)),
        (json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}), json!(false)),
        (json!({"IpAddress": {"aws:SourceIp": {"$parameter": "C"}}}), json!("?parameter `C`")),
        (json!({"$unknown": "a macro"}), json!("?a macro")),
        (json!({}), json!(false)),
    ] {
        assert_eq!(restricted(condition.clone()), expected, "{condition}");
    }
}

#[test]
fn a_deny_of_everybody_else_restricts_the_caller_too() {
    let arena = Bump::new();
    let restricted = |deny: JsonValue| {
        let allow = json!({
            "Effect": "Allow", "Action": ["s3:GetObject"], "Principal": "*",
            "Resource": {"$partial": [{"$ref": "B.Arn"}, "/*"]},
        });
        let template = bucket_policy(json!({"Statement": [allow, deny]}));
        Question::new(&arena, &template).show("P", "Facts.Statements.0.CallerRestricted")
    };
    let deny = |action: &str, resource: JsonValue, condition: JsonValue| json!({"Effect": "Deny", "Action": action, "Principal": "*", "Resource": resource, "Condition": condition});
    let objects = || json!({"$partial": [{"$ref": "B.Arn"}, "/*"]});
    let outside = || json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    assert_eq!(restricted(deny("s3:*", objects(), outside())), json!(true));
    assert_eq!(restricted(deny("s3:*", json!("*"), outside())), json!(true));
    assert_eq!(restricted(deny("s3:PutObject", objects(), outside())), json!(false));
    assert_eq!(restricted(deny("s3:*", json!({"$ref": "B.Arn"}), outside())), json!(false));
    let transport = json!({"Bool": {"aws:SecureTransport": "false"}});
    assert_eq!(restricted(deny("s3:*", objects(), transport)), json!(false));
    let mut both = outside();
    both["Bool"] = json!({"aws:SecureTransport": "false"});
    assert_eq!(restricted(deny("s3:*", objects(), both)), json!(false));
    let mut but_services = outside();
    but_services["BoolIfExists"] = json!({"aws:PrincipalIsAWSService": "false"});
    assert_eq!(restricted(deny("s3:*", objects(), but_services)), json!(true));
    let others = json!({"Effect": "Deny", "Action": "s3:*", "NotPrincipal": {"AWS": "1"}, "Resource": objects()});
    assert_eq!(restricted(others), json!(true));
}

#[test]
fn another_account_is_one_that_is_named_by_its_number() {
    let cross = |principal: JsonValue| fact(json!({"Effect": "Allow", "Principal": principal}), "CrossAccount");
    let arn = |account: JsonValue| json!({"AWS": {"$partial": ["arn:", {"$unknown": "pseudo parameter `AWS::Partition`"}, ":iam::", account, ":root"]}});
    for (principal, expected) in [
        (json!({"AWS": "111122223333"}), json!(true)),
        (json!({"AWS": "arn:aws:iam::111122223333:root"}), json!(true)),
        (json!({"AWS": "arn:aws:iam::127311923021:root"}), json!(false)),
        (json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}), json!(false)),
        (json!({"AWS": {"$ref": "Role.Arn"}}), json!(false)),
        (arn(json!({"$unknown": "pseudo parameter `AWS::AccountId`"})), json!(false)),
        (arn(json!({"$unknown": "parameter `Other`"})), json!("?parameter `Other`")),
        (
            json!({"AWS": {"$partial": ["arn:", {"$unknown": "pseudo parameter `AWS::Partition`"}, ":iam::111122223333:root"]}}),
            json!(true),
        ),
        (json!({"AWS": {"$parameter": "Who"}}), json!("?parameter `Who`")),
        (json!({"Service": "ec2.amazonaws.com"}), json!(false)),
        (json!("*"), json!(false)),
    ] {
        assert_eq!(cross(principal.clone()), expected, "{principal}");
    }
}

#[test]
fn a_permission_is_a_statement() {
    let arena = Bump::new();
    let ask = |properties: JsonValue| {
        let template = json!({"L": resource("AWS::Lambda::Permission", &properties)});
        let question = Question::new(&arena, &template);
        let get = |key: &str| question.show("L", &format!("Facts.Statements.0.{key}"));
        (get("PublicPrincipal"), get("CallerRestricted"), get("ServicePrincipals"), get("HasCondition"))
    };
    let service = |source: JsonValue| json!({"Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceArn": source});
    let names = json!(["s3.amazonaws.com"]);
    let arn = ask(service(json!({"$ref": "B.Arn"})));
    assert_eq!(arn, (json!(false), json!(true), names.clone(), json!(true)));
    assert_eq!(ask(service(json!({"$absent": true}))), (json!(false), json!(false), names, json!(false)));
    let everybody = json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"});
    assert_eq!(ask(everybody), (json!(true), json!(false), json!([]), json!(true)));
    let organization = json!({"Action": "a:b", "Principal": "*", "PrincipalOrgID": "o-1", "SourceAccount": "1"});
    assert_eq!(ask(organization), (json!(true), json!(true), json!([]), json!(true)));
}

#[test]
fn the_policy_of_an_event_bus_has_two_forms() {
    let arena = Bump::new();
    let ask = |properties: JsonValue| {
        let template = json!({"E": resource("AWS::Events::EventBusPolicy", &properties)});
        let question = Question::new(&arena, &template);
        let get = |key: &str| question.show("E", &format!("Facts.Statements.0.{key}"));
        (get("PublicPrincipal"), get("CallerRestricted"), get("Actions"))
    };
    let organization = json!({"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"});
    let put = json!(["events:PutEvents"]);
    let old = json!({"Action": "events:PutEvents", "Principal": "*", "Condition": organization});
    assert_eq!(ask(old), (json!(true), json!(true), put.clone()));
    let new = json!({"Statement": {"Effect": "Allow", "Action": "events:PutEvents", "Principal": "*"}});
    assert_eq!(ask(new), (json!(true), json!(false), put));
}

#[test]
fn key_policies_tell_administrators_from_users() {
    let arena = Bump::new();
    let template = json!({"K": resource("AWS::KMS::Key", &json!({"KeyPolicy": {"Statement": [
        {"Effect": "Allow", "Principal": {"AWS": {"$ref": "Root"}}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": ["admin"]}, "Action": ["kms:Put*", "kms:Describe*"], "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "user"}, "Action": ["kms:Decrypt"], "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": "looker"}, "Action": ["kms:DescribeKey"], "Resource": "*"},
        {"Effect": "Deny", "Principal": {"AWS": "nobody"}, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "kms:Encrypt*", "Resource": "*"},
    ]}}))});
    let question = Question::new(&arena, &template);
    assert_eq!(question.show("K", "Facts.Administrators"), json!(["&Root", "admin"]));
    assert_eq!(question.show("K", "Facts.Users"), json!(["&Root", "user", "logs.amazonaws.com"]));
    assert_eq!(question.place("K", "Facts.Users.1"), "K.Properties.KeyPolicy.Statement.2.Principal.AWS");
}

#[test]
fn services_given_whole_are_named() {
    let services = |action: JsonValue| fact(json!({"Effect": "Allow", "Action": action}), "FullServices");
    assert_eq!(services(json!(["s3:*", "EC2:**", "iam:Get*", "*"])), json!(["s3", "ec2"]));
    assert_eq!(services(json!([{"$parameter": "A"}])), json!(["?parameter `A`"]));
}
