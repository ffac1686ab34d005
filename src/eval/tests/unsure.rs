//! Precision: what can be said of unknown values is said, with its reasons.

use std::cell::Cell;

use bumpalo::Bump;
use serde_json::{Value as Json, json};

use super::support::{DIALECTS, ask, letters, node, program, value};
use crate::eval::{Outcome, Stop, evaluate};
use crate::guard::Dialect;
use crate::value::{Choices, Deferred, Kind, Path, Pending, Piece, Reference, Shape, Unknown, Value, Variable, World};

/// Replaces texts that begin with `?`: by what they ask for.
fn marked<'a>(arena: &'a Bump, json: &Json) -> Value<'a> {
    value(arena, json, &mut |_, json| {
        let name = json.as_str()?.strip_prefix('?')?;
        let unknown = |shape| &*arena.alloc(Unknown { reason: arena.alloc_str(name), shape });
        Some(match name.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "any" => Kind::Unknown(unknown(Shape::Any)),
            "maybe" => Kind::Unknown(unknown(Shape::MaybeAbsent)),
            "text" => Kind::Unknown(unknown(Shape::Text)),
            "list" => Kind::Unknown(unknown(Shape::List)),
            "identifier" => Kind::Unknown(unknown(Shape::Identifier)),
            "secret" => Kind::Unknown(unknown(Shape::Secret)),
            "absent" => Kind::Absent,
            "arn" => Kind::Partial(arena.alloc_slice_copy(&[
                Piece::Text("arn:"),
                Piece::Unknown(unknown(Shape::Identifier)),
                Piece::Text(":s3:::"),
                Piece::Reference(arena.alloc(Reference { logical_id: "Bucket", attribute: None })),
                Piece::Text("/*"),
            ])),
            other => Kind::Reference(arena.alloc(Reference { logical_id: arena.alloc_str(other), attribute: None })),
        })
    })
}

fn check(data: Json, cases: &[(&str, &str)]) {
    for (body, expected) in cases {
        for dialect in DIALECTS {
            let arena = Bump::new();
            let root = marked(&arena, &data);
            let answer = ask(&format!("rule t {{\n{body}\n}}\n"), dialect, root, &arena);
            assert_eq!(letters(&answer), *expected, "{body} ({dialect:?})");
        }
    }
}

#[test]
fn what_is_known_of_an_unknown_decides() {
    check(
        json!({"any": "?any", "text": "?text", "maybe": "?maybe", "id": "?identifier", "secret": "?secret", "list": "?list", "gone": "?absent"}),
        &[
            ("any exists", "P"),
            ("maybe exists", "PF"),
            ("gone exists", "F"),
            ("gone !exists", "P"),
            ("any == 1", "PF"),
            ("any is_string", "PF"),
            ("any.below exists", "PF"),
            ("any.below == 1", "PF"),
            ("text is_string", "P"),
            ("text !is_list", "P"),
            ("text == 'x'", "PF"),
            ("text == 1", "F"),
            ("text != 1", "F"),
            ("text.below exists", "F"),
            ("text empty", "PF"),
            ("text == /.*/", "P"),
            ("id empty", "F"),
            ("id == 'x'", "F"),
            ("id != 'x'", "P"),
            ("id in ['x', 'y']", "F"),
            ("id not in ['x', 'y']", "P"),
            ("id == /\\*/", "F"),
            ("secret != 'x'", "P"),
            ("list is_list", "P"),
            ("list[*] is_string", "PF"),
            ("list[*] { this == 'x' }", "PF"),
            ("list empty", "PF"),
            ("list == 'x'", "PF"),
            ("any < 5", "PF"),
            ("text < 5", "F"),
            ("any in [1, 2]", "PF"),
        ],
    );
}

#[test]
fn references_are_themselves_and_no_literal() {
    check(
        json!({"a": "?Bucket", "b": "?Bucket", "c": "?Queue", "in": ["?Bucket", "?Queue"]}),
        &[
            ("a == b", "P"),
            ("a == c", "F"),
            ("a != c", "P"),
            ("a in in[*]", "P"),
            ("a in in", "P"),
            ("a == 'Bucket'", "F"),
            ("a == '*'", "F"),
            ("a in ['*', 'Bucket']", "F"),
            ("a not in ['*', 'Bucket']", "P"),
            ("a empty", "F"),
            ("a is_string", "P"),
            ("a.Ref exists", "F"),
            ("a == /^arn:/", "PF"),
            ("a == /:iam::aws:policy/", "F"),
        ],
    );
}

#[test]
fn known_pieces_of_a_text_decide() {
    check(
        json!({"arn": "?arn"}),
        &[
            ("arn == '*'", "F"),
            ("arn != '*'", "P"),
            ("arn == 'arn:aws:s3:::x/*'", "PF"),
            ("arn == 'arn:aws:s3:::x'", "F"),
            ("arn == /^arn:/", "P"),
            ("arn == /^http/", "F"),
            ("arn == /:s3:::/", "P"),
            ("arn == /\\*$/", "P"),
            ("arn == /aws-cn/", "PF"),
            ("arn == /^arn:(?!aws:)/", "PF"),
            ("arn in ['*', 'x']", "F"),
            ("arn is_string", "P"),
            ("arn empty", "F"),
            ("arn in 'x arn y'", "F"),
        ],
    );
}

#[test]
fn doubtful_selections_are_doubtful_answers() {
    check(
        json!({"Resources": {
            "a": {"Type": "A", "On": true},
            "b": {"Type": "?text", "On": false},
        }, "tags": ["x", "?maybe"], "open": ["?maybe1"]}),
        &[
            ("Resources.*[ Type == 'A' ].On == true", "PF"),
            ("Resources.*[ Type == 'A' ] !empty", "P"),
            ("Resources.*[ Type == 'B' ] !empty", "PF"),
            ("Resources.*[ Type == 'B' ].On == true", "FS"),
            ("some Resources.*[ Type == 'A' ].On == true", "P"),
            ("Resources.*[ Type == 'B' ] { On == true }", "FS"),
            ("Resources[ keys == 'b' ].On == false", "P"),
            ("let n = count(Resources.*[ Type == 'A' ])\n%n == 1", "PF"),
            ("tags[*] exists", "P"),
            ("tags[0] == 'x'", "P"),
            ("tags[1] exists", "PF"),
            ("tags[*] == 'x'", "PF"),
            ("tags == ['x']", "PF"),
            ("tags !empty", "P"),
            ("open empty", "PF"),
            ("open[*] exists", "PF"),
        ],
    );
}

#[test]
fn statuses_combine_as_sets() {
    let data = json!({"any": "?any", "one": 1});
    check(
        data,
        &[
            ("any == 1 or one == 1", "P"),
            ("any == 1 or one == 2", "PF"),
            ("any == 1\none == 2", "F"),
            ("any == 1\none == 1", "PF"),
            ("when any == 1 { one == 1 }", "PS"),
            ("when any == 1 { one == 2 }", "FS"),
            ("when any == 1 { one == 2 }\none == 1", "PF"),
            ("any { this == 1 }", "PF"),
        ],
    );
}

fn outcome<'a>(rules: &str, data: &Json, arena: &'a Bump) -> Outcome<'a> {
    ask(rules, Dialect::Classic, marked(arena, data), arena).unwrap()
}

fn shown(outcome: &Outcome<'_>, rules: &str) -> Vec<String> {
    let path = |value: Value<'_>| {
        value.path.segments().iter().map(|path| format!("{:?}", path.segment)).collect::<Vec<_>>().join("/")
    };
    outcome
        .checks
        .iter()
        .map(|check| {
            let clause = check.clause.slice(rules).unwrap();
            let depends: Vec<&str> = check.depends_on.iter().map(|unknown| unknown.reason).collect();
            format!(
                "{} | {} | {:?} | {:?} | {} | {} | {depends:?}",
                clause.lines().next().unwrap_or("").trim_end(),
                path(check.value),
                check.missing,
                check.message,
                check.expected,
                check.certain,
            )
        })
        .collect()
}

#[test]
fn checks_are_what_makes_a_rule_fail() {
    let arena = Bump::new();
    let data = json!({
        "Resources": {
            "good": {"Type": "B", "Properties": {"Enc": true, "Name": "x"}},
            "bad": {"Type": "B", "Properties": {"Enc": false}},
            "open": {"Type": "?text1", "Properties": {"Enc": "?any2", "Name": "y"}},
        }
    });
    let rules = "let all = Resources.*[ Type == 'B' ]\n\
                 rule named { %all.Properties.Name exists\n }\n\
                 rule t when %all !empty {\n\
                 %all.Properties.Enc == true << switch it on >>\n\
                 %all.Properties.Enc == true or %all.Properties.Enc exists\n\
                 named <<it has a name>>\n\
                 %all { Properties { Name == /x/\n when Enc == true { Name != 'y' } } }\n\
                 }\n";
    let outcome = outcome(rules, &data, &arena);
    let name = "Key(\"Resources\")/Key(\"bad\")/Key(\"Properties\")";
    let open = "Key(\"Resources\")/Key(\"open\")/Key(\"Properties\")";
    let expected = vec![
        format!(
            "%all.Properties.Enc == true << switch it on >> | {name}/Key(\"Enc\") | None | Some(\"switch it on\") | == true | true | []"
        ),
        format!(
            "%all.Properties.Enc == true << switch it on >> | {open}/Key(\"Enc\") | None | Some(\"switch it on\") | == true | false | [\"text1\", \"any2\"]"
        ),
        format!("%all.Properties.Name exists | {name} | Some(\"Name\") | Some(\"it has a name\") | exists | true | []"),
        format!("Name == /x/ | {name} | Some(\"Name\") | None | == /x/ | true | []"),
        format!("Name == /x/ | {open}/Key(\"Name\") | None | None | == /x/ | false | [\"text1\"]"),
        format!("Name != 'y' | {open}/Key(\"Name\") | None | None | != 'y' | false | [\"text1\", \"any2\"]"),
    ];
    assert_eq!(shown(&outcome, rules), expected);
}

#[test]
fn a_selection_that_should_be_empty_has_a_check_for_each_value() {
    let arena = Bump::new();
    let data = json!({"rules": [{"open": true}, {"open": "?any"}, {"open": false}]});
    let rules = "rule t { rules[ open == true ] empty <<closed>>\n }";
    let outcome = outcome(rules, &data, &arena);
    assert_eq!(
        shown(&outcome, rules),
        [
            "rules[ open == true ] empty <<closed>> | Key(\"rules\")/Index(0) | None | Some(\"closed\") | empty | true | []",
            "rules[ open == true ] empty <<closed>> | Key(\"rules\")/Index(1) | None | Some(\"closed\") | empty | false | [\"any\"]",
        ]
    );
    let rules = "rule t { missing.rules[*].open exists\n }";
    let outcome = self::outcome(rules, &data, &arena);
    assert_eq!(outcome.checks[0].missing.as_deref(), Some("missing.rules[*].open"));
}

struct Fork<'a>(Value<'a>, Value<'a>, Cell<usize>);

impl<'a> Deferred<'a> for Fork<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        self.2.set(self.2.get() + 1);
        match world.choices.get(Variable(4)) {
            Some(0) => Ok(self.0),
            Some(_) => Ok(self.1),
            None => Err(Pending(Variable(4))),
        }
    }
}

#[test]
fn a_choice_is_asked_for_only_where_it_matters() {
    let arena = Bump::new();
    let path = arena.alloc(Path::root(0));
    let fork = arena.alloc(Fork(node(&arena, Kind::Bool(true), path), node(&arena, Kind::Absent, path), Cell::new(0)));
    let root = value(&arena, &json!({"fork": 1, "other": 1}), &mut |_, json| {
        if *json == json!(1) && fork.2.replace(9) == 0 { Some(Kind::Deferred(fork)) } else { None }
    });
    let ask = |rules: &str, choices: Choices| {
        let program = program(rules, Dialect::Classic);
        let answer = evaluate(&program, 0, root, &World { arena: &arena, choices: &choices });
        if let Err(Stop::Pending(pending)) = &answer { format!("{pending:?}") } else { letters(&answer) }
    };
    assert_eq!(ask("rule t { other == 1\n }", Choices::default()), "P");
    assert_eq!(ask("rule t { fork == true\n }", Choices::default()), "Pending(Variable(4))");
    assert_eq!(ask("rule t { fork == true\n }", Choices::default().with(Variable(4), 0)), "P");
    assert_eq!(ask("rule t { fork == true\n }", Choices::default().with(Variable(4), 1)), "F");
    assert_eq!(ask("rule t { fork !exists\n }", Choices::default().with(Variable(4), 1)), "P");
    assert_eq!(ask("rule t { this.* == 1\n }", Choices::default().with(Variable(4), 1)), "P");
}

#[test]
fn what_a_filter_drops_is_asked_no_more() {
    let arena = Bump::new();
    let path = arena.alloc(Path::root(0));
    let fork = arena.alloc(Fork(node(&arena, Kind::Bool(true), path), node(&arena, Kind::Absent, path), Cell::new(0)));
    let root = value(&arena, &json!({"l": [{"a": 2, "fork": 1}]}), &mut |_, json| {
        if *json == json!(1) { Some(Kind::Deferred(fork)) } else { None }
    });
    let ask = |filter: &str| {
        let program = program(&format!("rule t {{ l[ {filter} ] empty\n }}"), Dialect::Classic);
        let choices = Choices::default();
        letters(&evaluate(&program, 0, root, &World { arena: &arena, choices: &choices }))
    };
    assert_eq!(ask("a == 1\n fork == true"), "P");
    assert_eq!(ask("a == 1\n fork in [true, /x/] or fork exists"), "P");
    // Otherwise what else is asked may be an error, or matter.
    for filter in ["fork == true\n a == 1", "a == 1\n fork empty", "a == 1\n fork == /(?=x)/", "a == 2\n fork == true"]
    {
        assert_ne!(ask(filter), "P", "{filter}");
    }
}

#[test]
fn evaluation_is_bounded() {
    let arena = Bump::new();
    let answer = |rules: &str, data: &Json| letters(&ask(rules, Dialect::Classic, marked(&arena, data), &arena));
    let many: Vec<usize> = (0..4_000).collect();
    assert_eq!(answer("rule t { l[*] < l[*]\n }", &json!({"l": many})), "E", "too many steps");
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(answer("rule t { a == b\n }", &json!({"a": deep, "b": deep})), "P");
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(answer("rule t { a == b\n }", &json!({"a": deep, "b": deep})), "E", "too deep");
    let stars = format!("rule t {{ a{} exists\n }}", "[*]".repeat(300));
    assert_eq!(answer(&stars, &json!({"a": deep})), "E", "too deep");
    assert_eq!(answer("rule r(x) { r(%x) }\nrule t { r(1) }", &json!({})), "E", "a circle");
    assert_eq!(
        answer("rule t { a == /^(a+)+b$(?!x)/\n }", &json!({"a": "a".repeat(60)})),
        "E",
        "too much backtracking"
    );
}
