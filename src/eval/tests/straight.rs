//! Rules that go straight to the only resource of a document, against the same rules evaluated in the general way.

use std::collections::BTreeSet;

use bumpalo::Bump;
use serde_json::{Value, json};

use super::support::{letters, program, value};
use crate::eval::{Outcome, Program, Stop, evaluate};
use crate::guard::Dialect;
use crate::value::{Choices, Kind, Shape, Unknown, World};

const LETS: &str = "let a = Resources.*[ Type == 'T::A' ]\nlet both = Resources.*[ Type in ['T::A', 'T::B'] ]\n\
    let more = Resources.*[ Type == 'T::A' X exists X == 1 or P.Q exists ]\n\
    let odd = Resources.*[ Type == 'T::A' P is_struct P.Q == /^q/ ]\n";

/// Rules of the shape.
const STRAIGHT: &[&str] = &[
    "rule r when %a !empty { %a { X == 1 <<x>> } }",
    "rule r when %a not empty { %a { P.Q exists\n X == 1 or P.Q == 'q' } }",
    "rule r when not %a empty { %a { when X exists { P.Q == 'q' <<q>> } } }",
    "rule r when %both !empty { %both { let x = X\n %x == 1\n Type == 'T::A' } }",
    "rule r when %both !empty { %both { P { Q == 'q' } } }",
    "rule r when %both !empty { %both { L[ this == 'q' ] empty\n some L[*] == 'q' } }",
    "rule r when %both !empty { %both { %a empty <<none>> } }",
    "rule r when %more !empty { %more { L !empty\n %both.X == 1 } }",
    "rule r when %odd !empty { %odd { X == 1\n P.R exists } }",
    "rule other when %a !empty { %a { X == 1 } }\nrule r when %more !empty { %more { L !empty } }",
];

/// Rules that look like it and are not of it.
const OTHERS: &[&str] = &[
    "rule r when %a empty { %a { X == 1 } }",
    "rule r when some %a !empty { %a { X == 1 } }",
    "rule r when %a !empty { %both { X == 1 } }",
    "rule r when %a !empty { some %a { X == 1 } }",
    "rule r when %a !empty { %a !empty { X == 1 } }",
    "rule r when %a !empty { %a { X == 1 }\n %a { P exists } }",
    "rule r when %a !empty { let b = %a\n %a { X == 1 } }",
    "rule r when %a !empty or %both !empty { %a { X == 1 } }",
    "let s = some Resources.*[ Type == 'T::A' ]\nrule r when %s !empty { %s { X == 1 } }",
    "rule r when %a !empty { %a { P[ name | this exists ] exists } }",
];

fn documents() -> Vec<Value> {
    let a = |rest: Value| {
        let mut resource = json!({"Type": "T::A"});
        if let (Some(resource), Value::Object(rest)) = (resource.as_object_mut(), rest) {
            resource.extend(rest);
        }
        json!({"Resources": {"One": resource}})
    };
    vec![
        a(json!({})),
        a(json!({"X": 1, "P": {"Q": "q"}, "L": ["q", "r"]})),
        a(json!({"X": 2, "P": {"Q": "q"}, "L": []})),
        a(json!({"X": 1, "P": {"Q": {}}, "L": "q"})),
        a(json!({"X": [1], "P": "q"})),
        a(json!({"X": 1, "P": {"Q": 7, "R": 1}, "L": 7})),
        json!({"Resources": {"One": {"Type": "T::B", "X": 1, "P": {"Q": "q"}, "L": ["q"]}}}),
        json!({"Resources": {"One": {"Type": "T::C", "X": 1}}}),
        json!({"Resources": {"One": {"X": 1}}}),
        json!({"Resources": {"One": {"Type": ["T::A"], "X": 1}}}),
        json!({"Resources": {"One": 1}}),
        json!({"Resources": {}}),
        json!({"Resources": {"One": {"Type": "T::A", "X": 1}, "Two": {"Type": "T::A"}}}),
        json!({"resources": {"One": {"Type": "T::A", "X": 1}}}),
        json!({}),
    ]
}

fn selections(program: &Program) -> usize {
    program.rules.iter().filter(|rule| rule.selection.is_some()).count()
}

/// The same in the general way.
fn general(text: &str) -> Program {
    let mut general = program(text, Dialect::Classic);
    general.rules.iter_mut().for_each(|rule| rule.selection = None);
    general
}

#[test]
fn the_straight_way_comes_to_the_same() {
    let mut seen = BTreeSet::new();
    for rule in STRAIGHT.iter().chain(OTHERS) {
        let text = format!("{LETS}{rule}");
        let (straight, general) = (program(&text, Dialect::Classic), general(&text));
        for document in documents() {
            // Everything known, and then one value after the other unknown in each way.
            for forgotten in 0..12 {
                for shape in [None, Some(Shape::Any), Some(Shape::MaybeAbsent), Some(Shape::List), Some(Shape::Text)] {
                    let arena = Bump::new();
                    let choices = Choices::default();
                    let world = World { arena: &arena, choices: &choices };
                    let mut count = 0;
                    let root = value(&arena, &document, &mut |path, _| {
                        count += usize::from(path.segments().len() > 1);
                        let forget = path.segments().len() > 1 && count == forgotten;
                        let kind = || match shape {
                            Some(shape) => Kind::Unknown(arena.alloc(Unknown { reason: "a test", shape })),
                            None => Kind::Absent,
                        };
                        forget.then(kind)
                    });
                    let ask = |program: &Program| -> Result<Outcome<'_>, Stop> {
                        evaluate(program, program.rules().len() - 1, root, &world)
                    };
                    let (one, other) = (ask(&straight), ask(&general));
                    let shown = format!("{rule}\n{document} {forgotten} {shape:?}");
                    assert_eq!(format!("{one:?}"), format!("{other:?}"), "{shown}");
                    seen.insert(letters(&one));
                }
            }
        }
    }
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, ["E", "F", "FS", "P", "PF", "PFS", "PS", "S"], "the test says something");
}

#[test]
fn only_rules_of_the_shape_go_straight() {
    for rule in STRAIGHT {
        let program = program(&format!("{LETS}{rule}"), Dialect::Classic);
        assert_eq!(selections(&program), program.rules.len(), "{rule}");
    }
    for rule in OTHERS {
        assert_eq!(selections(&program(&format!("{LETS}{rule}"), Dialect::Classic)), 0, "{rule}");
    }
    assert_eq!(selections(&program(&format!("{LETS}{}", STRAIGHT[0]), Dialect::V321)), 0, "the other dialect");
}
