//! Rules that go straight to the only resource of a document, and clauses that are answered at a glance, against the same
//! evaluated in the general way.

use std::collections::BTreeSet;

use bumpalo::Bump;
use serde_json::{Value, json};

use super::support::{DIALECTS, letters, program, value};
use crate::eval::program::{Clause, Disjunction, Operand, Part, Query};
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

/// A document with one resource.
fn a(rest: Value) -> Value {
    let mut resource = json!({"Type": "T::A"});
    if let (Some(resource), Value::Object(rest)) = (resource.as_object_mut(), rest) {
        resource.extend(rest);
    }
    json!({"Resources": {"One": resource}})
}

fn documents() -> Vec<Value> {
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

/// The same without shortcuts.
fn general(text: &str, dialect: Dialect) -> Program {
    let mut general = program(text, dialect);
    for rule in &mut general.rules {
        rule.selection = None;
        take_time(&mut rule.when);
        take_time(&mut rule.body.clauses);
    }
    for each in &mut general.lets {
        if let Operand::Query(query) = &mut each.value {
            take_time_in(query);
        }
    }
    general
}

fn take_time(clauses: &mut [Disjunction]) {
    for clause in clauses.iter_mut().flatten() {
        match clause {
            Clause::Access(access) => {
                access.simple = false;
                take_time_in(&mut access.query);
            }
            Clause::Block(block) => {
                take_time_in(&mut block.query);
                take_time(&mut block.body.clauses);
            }
            Clause::When(when) => {
                take_time(&mut when.conditions);
                take_time(&mut when.body.clauses);
            }
            Clause::Named(_) | Clause::Call(_) | Clause::Type(_) => {}
        }
    }
}

fn take_time_in(query: &mut Query) {
    for part in &mut query.parts {
        if let Part::Filter(filter) = part {
            take_time(&mut filter.clauses);
        }
    }
}

/// What both ways come to, which is the same, with each value of the document unknown in turn.
fn compare(text: &str, dialect: Dialect, document: &Value, seen: &mut BTreeSet<String>) {
    let (quick, general) = (program(text, dialect), general(text, dialect));
    for forgotten in 0.. {
        for shape in [None, Some(Shape::Any), Some(Shape::MaybeAbsent), Some(Shape::List), Some(Shape::Text)] {
            let arena = Bump::new();
            let choices = Choices::default();
            let world = World { arena: &arena, choices: &choices };
            let mut count = 0;
            let root = value(&arena, document, &mut |path, _| {
                count += usize::from(path.segments().len() > 1);
                let forget = path.segments().len() > 1 && count == forgotten;
                let kind = || match shape {
                    Some(shape) => Kind::Unknown(arena.alloc(Unknown { reason: "a test", shape })),
                    None => Kind::Absent,
                };
                forget.then(kind)
            });
            if forgotten > count {
                return;
            }
            let ask = |program: &Program| -> Result<Outcome<'_>, Stop> {
                evaluate(program, program.rules().len() - 1, root, &world)
            };
            let (one, other) = (ask(&quick), ask(&general));
            assert_eq!(format!("{one:?}"), format!("{other:?}"), "{text}\n{document} {forgotten} {shape:?}");
            seen.insert(letters(&one));
        }
    }
}

#[test]
fn a_glance_comes_to_the_same() {
    let mut seen = BTreeSet::new();
    let clauses = [
        "X exists",
        "X !exists",
        "not X exists",
        "X empty",
        "X !empty",
        "not X empty",
        "some X empty",
        "X is_string",
        "X !is_list",
        "X is_struct",
        "X is_bool",
        "X !is_int",
        "X is_float",
        "X is_null",
        "X.Q exists",
        "X.Q !empty",
        "X == 'q'",
        "X != 7",
        "X in ['q', 7]",
        "X == /q/",
        "X == true",
    ];
    let values = [
        json!("q"),
        json!(""),
        json!(7),
        json!(1.5),
        json!(true),
        json!(null),
        json!([]),
        json!([1]),
        json!(["q", 7]),
        json!({}),
        json!({"Q": []}),
        json!({"Q": "q"}),
        json!({"q": 7}),
    ];
    let mut documents: Vec<Value> = values.iter().map(|value| a(json!({ "X": value }))).collect();
    documents.extend([a(json!({})), a(json!({"x": 7})), a(json!({"Y": 7})), a(json!({"Xs": "q"}))]);
    for clause in clauses {
        let asserted = format!("rule r {{ Resources.* {{ {clause} <<no>> }} }}");
        let filtered = format!("rule r {{ Resources.*[ Type == 'T::A' {clause} ] empty }}");
        let alternative = format!("rule r {{ Resources.* {{ when {clause} or X.Q exists {{ X exists }} }} }}");
        for text in [asserted, filtered, alternative] {
            for dialect in DIALECTS {
                documents.iter().for_each(|document| compare(&text, dialect, document, &mut seen));
            }
        }
    }
    let seen: Vec<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(seen, ["E", "F", "P", "PF", "PFS", "PS", "S"], "the test says something");
}

#[test]
fn the_straight_way_comes_to_the_same() {
    let mut seen = BTreeSet::new();
    for rule in STRAIGHT.iter().chain(OTHERS) {
        let text = format!("{LETS}{rule}");
        documents().iter().for_each(|document| compare(&text, Dialect::Classic, document, &mut seen));
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
