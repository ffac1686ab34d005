//! Documents whose resources are indexed, against the same documents without an index.

use bumpalo::Bump;
use serde_json::json;

use super::support::{DIALECTS, letters, program, value};
use crate::eval::{Indexed, evaluate, evaluate_indexed};
use crate::guard::Dialect;
use crate::value::{Choices, Kind, Shape, Unknown, World};

const LETS: &str = "let kind = 'T::A'\nlet kinds = ['T::A', 'T::B']\nlet document = this\n\
    let a = Resources.*[ Type == %kind ]\nlet b = Resources.*[ Type in %kinds X exists ]\n";

const HELPERS: &str = "\nrule check(a) { %a { X exists } }\nrule is_template(d) { %d { Form exists or Resources exists } }\n\
    rule is_hook(d, k) { %d.%k.properties exists }\n";

const RULES: &[&str] = &[
    "rule r when is_template(%document) %a not empty { check(%a.P) }",
    "rule r when is_hook(%document, %kind) { check(%document.%kind.properties) }",
    "rule r when %a !empty or %b !empty { %a.X exists }",
    "rule r when %a !empty %b !empty { %b.X == 1 }",
    "rule r when %a empty { Resources.Q exists }",
    "rule r when not %a empty { %a.X exists }",
    "rule r when Resources.*[ Type == 'T::B' ] !empty { Resources.B exists }",
    "rule r when some %a !empty { %b.X exists }",
    "rule r { %a.X exists }",
    "rule r { %b { X == 1 } }",
    "rule r { Resources.*[ Type == 'T::A' ].P.X == 1 }",
    "rule r { Resources.*[ Type == 'T::A' X == /a/ ].X exists }",
    "rule r { Resources.*[ Type == 'T::A' or Type == 'T::B' ].X exists }",
    "rule r { Resources.*[ Type == 'T::A' ] !empty }",
    "rule r { Resources.*[ Type in ['T::B', 'T::C'] ] empty }",
    "rule r { some Resources.*[ Type == 'T::C' ].X exists }",
    "rule r { let c = count(%a)\n %c >= 1 }",
    "rule r { T::A { X exists } }",
    "rule r { T::A when X exists { X == 1 } }",
    "rule r when %a !empty %b.X[ P exists ] !empty { %a.X exists }",
    "rule r when %a !empty %missing !empty { %a.X exists }",
    "rule other { %a.X exists }\nrule r when other\n %a !empty { %a.X exists }",
    "rule r when %a !empty Resources.*.X[ this == 1 ] !empty { %a.X exists }",
    "let s = Resources[ Type == 'T::A' ]\nrule r when %s !empty { %s.X exists }",
    "rule r { Resources[ Type in ['T::B', 'T::C'] ].X == 1 }",
    "rule r { some Resources[ Type == 'T::A' X exists ].X[ P exists ] !empty }",
    "rule r { Resources.*[ this.X exists Type == 'T::A' ].X == 1 }",
    "rule r when check(%a)\n %a !empty { %b.X exists }",
    "rule r { Resources[ name | Type == 'T::A' ].X exists\n %name == 'One' }",
];

fn documents() -> Vec<serde_json::Value> {
    vec![
        json!({}),
        json!({"Resources": {}}),
        json!({"Resources": []}),
        json!({"resources": {"One": {"Type": "T::A", "X": 1}}}),
        json!({"Resources": {"One": {"Type": "T::A", "X": 1, "P": {"X": 1}}, "Two": {"Type": "T::B", "X": 1}}}),
        json!({"Resources": {"One": {"Type": "T::A"}, "Two": {"Type": "T::C", "X": 1}, "Three": {"Type": "T::A", "X": "a"}}}),
        json!({"Resources": {"One": {"type": "T::A", "X": 1}, "Two": {"Type": ["T::A"], "X": 2}, "Three": 3, "Four": {}}}),
        json!({"Resources": {"One": {"Type": "T::C"}}, "T::A": {"properties": {"X": 1}}}),
        json!({"Resources": {"One": {"Type": "T::C"}}, "T::A": {"properties": {}}}),
        json!({"Resources": {"One": {"Type": "T::B", "X": [{"P": 1}]}, "Two": ["T::A"]}, "T::A": 1}),
    ]
}

#[test]
fn an_index_changes_no_verdict() {
    let mut verdicts = std::collections::BTreeSet::new();
    for rule in RULES {
        for dialect in DIALECTS {
            let program = program(&format!("{LETS}{rule}{HELPERS}"), dialect);
            for document in documents() {
                // Everything known, and then each resource perhaps not there, not there, or not known at all.
                for forgotten in 0..4 {
                    let arena = Bump::new();
                    let choices = Choices::default();
                    let world = World { arena: &arena, choices: &choices };
                    let mut seen = 0;
                    let root = value(&arena, &document, &mut |path, _| {
                        let resource = path.segments().len() == 2 && path.document() == 0;
                        seen += usize::from(resource);
                        let shape = if forgotten == 1 { Shape::MaybeAbsent } else { Shape::Any };
                        let unknown: &Unknown<'_> = arena.alloc(Unknown { reason: "a test", shape });
                        match forgotten {
                            2 if resource && seen % 2 == 0 => Some(Kind::Absent),
                            1 | 3 if resource && seen % 2 == 1 => Some(Kind::Unknown(unknown)),
                            _ => None,
                        }
                    });
                    let indexed = Indexed::new(root, &arena);
                    for number in 0..program.rules().len() {
                        let plain = evaluate(&program, number, root, &world);
                        let by_index = evaluate_indexed(&program, number, &indexed, &world);
                        let shown = letters(&plain);
                        assert_eq!(letters(&by_index), shown, "{dialect:?} {rule}\n{document} {forgotten}");
                        let checks = |answer: &Result<crate::eval::Outcome<'_>, _>| {
                            answer.as_ref().map_or(0, |outcome| outcome.checks.len())
                        };
                        assert_eq!(checks(&by_index), checks(&plain), "{dialect:?} {rule}\n{document} {forgotten}");
                        verdicts.insert(shown);
                    }
                }
            }
        }
    }
    assert!(verdicts.len() >= 5, "the test says something: {verdicts:?}");
}

#[test]
fn rules_whose_conditions_cannot_hold_are_seen_through() {
    let needs = |rule: &str| {
        let program = program(&format!("{LETS}{rule}{HELPERS}"), Dialect::Classic);
        program.rules.last().map_or(0, |rule| rule.needs.len())
    };
    assert_eq!(needs(RULES[0]), 1, "a selection");
    assert_eq!(needs(RULES[1]), 1, "a section");
    assert_eq!(needs(RULES[2]), 1, "either of two");
    assert_eq!(needs(RULES[3]), 2, "both of two");
    assert_eq!(needs(RULES[4]), 0, "what must not be there is not needed");
    assert_eq!(needs("rule r when %a !empty %a.X empty { X exists }"), 0, "`empty` of a number is an error");
    assert_eq!(needs("rule r when %a !empty %a.X == /(?=a)b/ { X exists }"), 0, "such a pattern may give up");
    assert_eq!(needs("rule r when %a !empty %a.X == /a/ { X exists }"), 1, "this one cannot");
    assert_eq!(needs("rule c { Resources[ kind ].X exists }\nrule r when %a !empty { %a.X exists }"), 0, "a capture");
}
