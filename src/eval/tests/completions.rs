//! Documents with an unknown value that once were answered too narrowly: found by comparing with AWS's engines.

use bumpalo::Bump;

use super::support::{DIALECTS, ask, letters, value};
use crate::value::{Kind, Shape, Unknown};

/// Data in which `"?"` is unknown; rules; what is possible in the default dialect and in the newer one.
const CASES: &[(&str, &str, &str)] = &[
    (
        r#"{"json": "?", "a": 0}"#,
        "let v = json_parse(json)\nrule t {\n%v == 0\n}",
        // A value that is no text is dropped.
        "PFS/PF",
    ),
    (
        // An interpolated key that is no text is an error, but only in a map.
        r#"{"tags": "?", "a": 1}"#,
        "let v = 0\nrule t when tags.%v exists\na == 0 {\na exists\n}",
        "S/FS",
    ),
    (
        // The second alternative cannot be evaluated, but only if the first does not pass.
        r#"{"a": "?", "text": "x"}"#,
        "let v = parse_epoch(text)\nrule t {\nwhen a == 0 or %v == 0 {\ntext exists\n}\n}",
        "E/PF",
    ),
    (
        // A body that cannot be evaluated, under a condition that may not hold.
        r#"{"a": "?", "text": "x"}"#,
        "let v = parse_epoch(text)\nrule t {\nwhen a == 0 {\n%v {\nthis exists\n}\n}\n}",
        "E/FS",
    ),
    (
        // What cannot be walked, behind a filter that may keep nothing.
        r#"{"tags": [{"Type": "?"}]}"#,
        "let v = 'b'\nrule t {\ntags[ Type.a {\na == 0\n} ].%v.* == 0\n}",
        "E/FS",
    ),
    (
        // The same in a filter in a filter.
        r#"{"list": [0], "k-1": {"a": {"list": "?"}}}"#,
        "let v = 'b'\nlet all = this\nrule t {\n%all[ 'k-1'[ list == 0 ].%v[ c ] == 0 ] == 0\n}",
        "E/FS",
    ),
    (
        // A literal to compare keys with cannot be wrong.
        r#"{"tags": "?"}"#,
        "rule t {\nwhen tags[ keys == 'a' ] empty {\ntags !exists or tags exists\n}\n}",
        "PS",
    ),
    (
        // Keys that may have been captured hide the variable of their name only if they were: else it is counted.
        r#"{"b": "?"}"#,
        "let c = count(lack)\nrule o {\nb[c] !exists\n}\nrule t {\n%c == 0\n}",
        "PFS/PF",
    ),
    (
        // Two rules of one name: the second, which cannot be evaluated, is only asked where the first does not apply.
        r#"{"Resources": {"r0": {"a": "?"}}}"#,
        "rule o when some this != Resources.*[*].a.a {\na == 0\n}\nrule o {\nwhen a == join(a.a.a, ',') {\na == 0\n}\n}\n\
         rule t when o {\na exists\n}",
        "E/FS",
    ),
    (
        // A key is captured only where the condition around holds.
        r#"{"b": "?", "map": {"k": 0}}"#,
        "let c = some lack\nrule o {\nwhen b == 0 {\nmap[c] exists\n}\n}\nrule t {\n%c == 'k'\n}",
        "PS/PF",
    ),
    (
        // Or where an earlier alternative does not pass.
        r#"{"b": "?", "map": {"k": 0}}"#,
        "let c = some lack\nrule o {\nb == 0 or map[c] exists\n}\nrule t {\n%c == 'k'\n}",
        "PS/PF",
    ),
    (
        // Or for items that a filter looks at.
        r#"{"b": "?", "map": {"k": 0}}"#,
        "let c = some lack\nlet all = this\nrule o {\nb[ %all.map[c] exists ] empty\n}\nrule t {\n%c == 'k'\n}",
        "PS/PF",
    ),
    (
        // What was read first hides keys that are captured later; whether it was read first hangs on a condition.
        r#"{"b": "?", "a": 1, "map": {"k": 0}}"#,
        "let c = a\nrule o {\nwhen b == 0 {\n%c exists\n}\nmap[c] exists\n}\nrule t {\n%c == 'k'\n}",
        "PF",
    ),
    (
        // The same behind a variable.
        r#"{"b": "?", "a": 1, "map": {"k": 0}}"#,
        "let c = a\nlet v = %c\nrule o {\nwhen b == 0 {\n%v exists\n}\nmap[c] exists\n}\nrule t {\n%v == 'k'\n}",
        "PFS/PF",
    ),
    (
        // And behind a rule.
        r#"{"b": "?", "a": 1, "map": {"k": 0}}"#,
        "let c = a\nrule o {\nwhen b == 0 {\nother\n}\nmap[c] exists\n}\nrule other {\n%c == 'k'\n}\nrule t {\nother\n}",
        "PF",
    ),
    (
        // The keys of the first item are known when the second is asked.
        r#"{"list": "?", "a": 1, "map": {"k": 0}}"#,
        "let c = a\nrule t {\nlist[*] {\n%c == 1\nmap[c] exists\n}\n}",
        "PF",
    ),
];

#[test]
fn every_way_to_turn_out_is_among_the_possible_ones() {
    for (data, rules, expected) in CASES {
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        let answers: Vec<String> = DIALECTS
            .iter()
            .map(|dialect| {
                let arena = Bump::new();
                let unknown: &Unknown<'_> = arena.alloc(Unknown { reason: "a parameter", shape: Shape::Any });
                let root = value(&arena, &data, &mut |_, json| (json == "?").then_some(Kind::Unknown(unknown)));
                letters(&ask(rules, *dialect, root, &arena))
            })
            .collect();
        let answers = if answers[0] == answers[1] { answers[0].clone() } else { answers.join("/") };
        assert_eq!(answers, *expected, "{rules}");
    }
}

#[test]
fn a_doubt_is_remembered_with_the_rule_that_had_it() {
    // If the type is that of the block, its condition cannot be evaluated: both references to the rule fail for that.
    let data: serde_json::Value =
        serde_json::from_str(r#"{"list": 0, "Resources": {"r0": {"Type": "?", "a": 0}}}"#).unwrap();
    let rules = "rule other {\nA::B::D {\nwhen a.* empty {\na exists\n}\n}\n}\n\
        rule t {\nwhen other {\na exists\n}\nor when not other {\nlist == 0\n}\n}";
    let arena = Bump::new();
    let unknown: &Unknown<'_> = arena.alloc(Unknown { reason: "a parameter", shape: Shape::Text });
    let root = value(&arena, &data, &mut |_, json| (json == "?").then_some(Kind::Unknown(unknown)));
    let answer = letters(&ask(rules, DIALECTS[1], root, &arena));
    assert!(answer.contains('F') && answer.contains('P'), "{answer}");
}

#[test]
fn a_key_may_stand_in_a_text_that_is_not_known() {
    let data: serde_json::Value = serde_json::from_str(r#"{"a": "?"}"#).unwrap();
    for shape in [Shape::Text, Shape::Identifier] {
        for dialect in DIALECTS {
            let arena = Bump::new();
            let unknown: &Unknown<'_> = arena.alloc(Unknown { reason: "a parameter", shape });
            let root = value(&arena, &data, &mut |_, json| (json == "?").then_some(Kind::Unknown(unknown)));
            let answer = letters(&ask("rule t {\na[*] exists\nthis[ keys in a ] !empty\n}", dialect, root, &arena));
            assert_eq!(answer, "PF", "{shape:?}");
        }
    }
}

#[test]
fn a_filter_of_unknown_items_may_be_an_error() {
    let data: serde_json::Value = serde_json::from_str(r#"{"list": "?", "a": 0}"#).unwrap();
    let arena = Bump::new();
    let unknown: &Unknown<'_> = arena.alloc(Unknown { reason: "a parameter", shape: Shape::List });
    let root = value(&arena, &data, &mut |_, json| (json == "?").then_some(Kind::Unknown(unknown)));
    let rules = "rule t when list[ a == join(a, ',') ] == 0 {\na == 0\n}";
    assert_eq!(letters(&ask(rules, DIALECTS[1], root, &arena)), "FS");
}
