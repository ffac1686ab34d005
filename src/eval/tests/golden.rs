//! The semantics on known data, case by case, in both dialects.

use bumpalo::Bump;

use super::support::{DIALECTS, ask, letters, value};

/// Data, the body of a rule, and the status in the default dialect and in the newer one.
type Case = (&'static str, &'static str);

fn check(data: &str, cases: &[Case]) {
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    for (body, expected) in cases {
        let rules = if body.contains("rule ") { (*body).to_owned() } else { format!("rule t {{\n{body}\n}}\n") };
        let answers: Vec<String> = DIALECTS
            .iter()
            .map(|dialect| {
                let arena = Bump::new();
                let root = value(&arena, &data, &mut |_, _| None);
                letters(&ask(&rules, *dialect, root, &arena))
            })
            .collect();
        let expected = if let [both] = expected.split('/').collect::<Vec<_>>().as_slice() {
            vec![both.to_string(); 2]
        } else {
            expected.split('/').map(str::to_owned).collect()
        };
        assert_eq!(answers, expected, "{body}");
    }
}

#[test]
fn a_missing_key_fails_every_comparison_and_passes_every_denial() {
    check(
        r#"{"have": 1}"#,
        &[
            ("lack == 1", "F"),
            ("lack != 1", "F"),
            ("lack not in [1]", "F"),
            ("lack exists", "F"),
            ("lack !exists", "P"),
            ("not lack exists", "P"),
            ("lack empty", "P"),
            ("lack !empty", "F"),
            ("lack !is_string", "P"),
            ("lack { this exists }", "F"),
            ("some lack { this exists }", "F"),
            ("have == lack", "F"),
            ("some have != lack", "P"),
        ],
    );
}

#[test]
fn values_of_different_types_are_neither_equal_nor_different() {
    check(
        r#"{"int": 5, "float": 5.0, "text": "5", "yes": true, "nil": null, "list": [5], "none": []}"#,
        &[
            ("int == 5", "P"),
            ("int == '5'", "F"),
            ("int != '5'", "F"),
            ("int == 5.0", "F/P"),
            ("float != 6", "F/P"),
            ("text != 5", "F"),
            ("yes != 'true'", "F"),
            ("nil == null", "P"),
            ("nil != 1", "F"),
            ("text == /^5$/", "P"),
            ("text != /^5$/", "F"),
            ("int in r[1,5]", "P"),
            ("int in r[1,5)", "F"),
            ("int in r[1.0,9.0]", "F/P"),
            ("list in r[1,9]", "F"),
            ("int > 4", "P"),
            ("text > 4", "F"),
            ("yes <= true", "F"),
        ],
    );
}

#[test]
fn lists_are_compared_item_by_item_or_whole() {
    check(
        r#"{"list": [1, 2], "one": [5], "none": [], "int": 5, "nested": [[1, 2], [3]]}"#,
        &[
            ("list == [1, 2]", "P"),
            ("list == [2, 1]", "F"),
            ("list != 3", "P"),
            ("list != 2", "F"),
            ("some list == 2", "P"),
            ("one == 5", "P"),
            ("int == [5]", "P"),
            ("int == [5, 6]", "F"),
            ("none == 7", "P"),
            ("some none == 7", "F"),
            ("none[*] == 7", "F"),
            ("list in [1, 2, 3]", "P"),
            ("list not in [2, 3]", "F"),
            ("list not in [3, 4]", "P"),
            ("none in [1]", "P"),
            ("none not in [1]", "F"),
            ("list in [[1, 2], [4]]", "P"),
            ("list not in [[4]]", "F"),
            ("int not in ['a']", "P"),
            ("int in [r[1,9]]", "F"),
            ("list[*] < 3", "P"),
            ("list < [3, 4]", "P"),
            ("nested[0] == list", "P"),
            ("let v = [7, r[1,2]]\n%v not in nested.*", "F/P"),
            ("let v = [7, r[6,9]]\n%v not in nested.*", "P"),
            ("let v = [r[1,2]]\n%v in nested.*", "F"),
            ("list[*] == nested[0][*]", "P"),
            ("list[-1] == 2", "P"),
            ("list[-2] == 1", "F/P"),
        ],
    );
}

#[test]
fn filters_select_and_what_is_not_selected_is_not_asked() {
    check(
        r#"{"Resources": {"a": {"Type": "A", "On": true, "Tags": [{"Key": "k", "Value": "v"}]}, "b": {"Type": "B", "On": false}}, "none": {}}"#,
        &[
            ("Resources.*[ Type == 'A' ].On == true", "P"),
            ("Resources.*[ Type == 'B' ].On == true", "F"),
            ("Resources.*[ Type == 'C' ].On == true", "S"),
            ("Resources.*[ Type == 'C' ] empty", "P"),
            ("Resources.*[ Type == 'C' ] !empty", "F"),
            ("Resources[ Type == 'A' ].On == true", "P"),
            ("Resources[ keys == 'b' ].On == false", "P"),
            ("Resources[ keys in ['a', 'b'] ].Type in ['A', 'B']", "P"),
            ("Resources[ keys != 'b' ].On == true", "P"),
            ("none.*[ Type == 'A' ] !empty", "F"),
            ("Resources.a.Tags[ Key == 'k' ].Value == 'v'", "P"),
            ("Resources.a.Tags[*][ Key == 'k' ].Value == 'v'", "S"),
            ("Resources.a.Tags[ Key == 'x' ] { Value == 'v' }", "S"),
            ("Resources.a.Tags[ Key == 'x' ] !empty { Value == 'v' }", "F"),
            ("A::B { On == true }", "S"),
            ("Resources.a.Tags[0][ Key == 'k' ] exists", "E"),
        ],
    );
}

#[test]
fn keys_are_found_in_other_spellings() {
    check(
        r#"{"blockDevice": {"vol_type": 1}, "Tag": 1, "resources": {"x": {"type": "A::B"}}}"#,
        &[
            ("BlockDevice exists", "P"),
            ("BlockDevice.VolType exists", "F"),
            ("Tags exists", "P"),
            ("blockdevice exists", "F"),
            ("A::B { type == 'A::B' }", "P"),
        ],
    );
}

#[test]
fn variables_are_lazy_and_belong_to_their_scope() {
    check(
        r#"{"a": {"k": [1, 2]}, "m": {"x": 1, "y": 2}, "n": 5}"#,
        &[
            ("let v = nowhere[ x == 1 ][ y == 2 ]\nn == 5", "P"),
            ("let v = a.k\n%v == [1, 2]", "P"),
            ("let v = a.k[*]\n%v in [1, 2]", "P"),
            ("let v = [5]\n%v == 5", "F"),
            ("let v = 5\nn == %v", "P"),
            ("let v = some nowhere\n%v == 1", "S/F"),
            ("let v = some nowhere\n%v empty", "P"),
            ("let v = a.k[ this == 9 ]\n%v == 1", "S/F"),
            ("m[ name ] exists\nm.%name == m.*", "P"),
            ("m[ name | this == 2 ] exists\n%name == 'y'", "P"),
            ("m.%undefined == 1", "E"),
            ("let v = %v\n%v == 1", "E"),
            ("n == 5 or %undefined == 1", "P"),
            ("let v = 1\nm.%v exists", "E"),
        ],
    );
}

#[test]
fn keys_captured_on_the_way_to_an_error_stay() {
    let rules = "let c = parse_epoch(this[c].*[*])\nrule t {\nwhen %c == 0 {\na == 0\n}\na == %c\n}";
    check(r#"{"a": [0, "x", 0]}"#, &[(rules, "E/F")]);
}

#[test]
fn rules_refer_to_rules() {
    let rules = "rule pass { n == 5 }\nrule fail { n == 6 }\nrule skip when n == 6 { n == 5 }\n\
                 rule chk(x) { n == %x }\nrule opt(x) { when n == %x { n == 5 } }\n";
    let cases = [
        ("rule t { pass\n}", "P"),
        ("rule t { not pass\n}", "F"),
        ("rule t { fail\n}", "F"),
        ("rule t { not fail\n}", "P"),
        ("rule t { skip\n}", "F"),
        ("rule t { not skip\n}", "P/F"),
        ("rule t when skip { n == 5 }", "S"),
        ("rule t when not skip { n == 5 }", "P"),
        ("rule t when skip\n pass\n { n == 5 }", "S/P"),
        ("rule t { chk(5) }", "P"),
        ("rule t { chk(6) }", "F"),
        ("rule t { not chk(6) }", "F/P"),
        ("rule t { opt(6) }", "S/F"),
        ("rule t { nowhere\n}", "E"),
        ("rule t { t\n}", "E"),
        ("rule t { chk(1, 2) }", "E"),
        ("rule is(x) { %x == %x }\nrule t { is(r[1,2]) }", "P"),
    ];
    let rules: Vec<String> = cases.iter().map(|(rule, _)| format!("{rules}{rule}")).collect();
    let rules: Vec<&'static str> = rules.into_iter().map(|rule| &*rule.leak()).collect();
    let cases: Vec<Case> = rules.into_iter().zip(cases.map(|(_, expected)| expected)).collect();
    check(r#"{"n": 5}"#, &cases);
}

#[test]
fn emptiness_of_a_number_cannot_be_asked() {
    check(
        r#"{"n": 5, "yes": true, "text": "", "list": []}"#,
        &[
            ("n empty", "E/F"),
            ("n !empty", "E/F"),
            ("yes !empty", "P/F"),
            ("text empty", "P"),
            ("let v = list\n%v !empty", "P/F"),
            ("when n empty { text empty }", "E/F"),
            ("text empty or n empty", "P"),
        ],
    );
}

#[test]
fn functions_map_over_results() {
    check(
        r#"{"texts": ["a", "B"], "n": "42", "date": "2024-01-01T00:00:00Z", "json": "{\"k\": [1]}", "deep": {"k": 1}}"#,
        &[
            ("let c = count(texts[*])\n%c == 2", "P"),
            ("let c = count(texts)\n%c == 1", "P"),
            ("let c = to_upper(texts[*])\n%c in ['A', 'B']", "P"),
            ("let c = join(texts[*], '-')\n%c == 'a-B'", "P"),
            ("let c = parse_int(n)\n%c == 42", "P"),
            ("let c = parse_int(texts[0])\n%c == 42", "E/F"),
            ("let c = substring(n, 0, 1)\n%c == '4'", "P"),
            ("let c = parse_int(texts[0])\n%c == 42\n%c == 42", "E/F"),
            ("let c = to_lower(deep)\n%c == 'x'", "S/F"),
            ("let c = parse_epoch(date)\n%c == 1704067200", "P"),
            ("let c = json_parse(json)\n%c.k[0] == 1", "P"),
            ("let c = regex_replace(n, '(4)(2)', '$2$1')\n%c == '24'", "P"),
            ("let c = url_decode('a%20b')\n%c == 'a b'", "P"),
            ("let c = now()\n%c > 1", "E"),
        ],
    );
}

#[test]
fn a_type_block_asks_its_condition_where_the_dialect_says() {
    let data = r#"{"Resources": {"a": {"Type": "A::B::C", "On": true}, "b": {"Type": "A::B::C", "On": false}}}"#;
    check(
        data,
        &[
            ("A::B::C { On exists }", "P"),
            ("A::B::C { On == true }", "F"),
            ("A::B::C when On == true { On == true }", "S/P"),
        ],
    );
    check("{}", &[("A::B::C { On exists }", "E/S")]);
}

#[test]
fn keys_are_captured_beside_what_was_read_before() {
    check(
        r#"{"a": 1, "map": {"k": 0}}"#,
        &[
            ("let c = a\nrule o {\nmap[c] exists\n}\nrule t {\n%c == 'k'\n}", "P"),
            ("let c = a\nrule o {\n%c exists\n}\nrule t {\nmap[c] exists\n%c == 'k'\n}", "F"),
            ("let c = a\nrule o {\n%c exists\n}\nrule t {\nmap[c] exists\nsome %c == 'k'\n}", "P"),
        ],
    );
}
