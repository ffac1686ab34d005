//! Forgetting parts of a document must keep its status among the possible ones.

use std::collections::BTreeMap;

use bumpalo::Bump;
use serde_json::{Value as Json, json};

use super::support::{DIALECTS, letters, program, value};
use crate::eval::{Status, Stop, evaluate};
use crate::value::{Choices, Kind, Piece, Reference, Shape, Unknown, World};

/// A small generator of numbers: the same run every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.roll(from.len())]
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

const KEYS: [&str; 5] = ["a", "b", "list", "map", "Tags"];
/// Texts that begin so stand for what AWS makes up; no rule has them.
const MADE: &str = "made-by-aws-";

fn leaf(dice: &mut Dice) -> Json {
    match dice.roll(9) {
        0 => json!(null),
        1 => json!(dice.one_in(2)),
        2 => json!(dice.roll(4)),
        3 => json!(1.5),
        4 => json!(format!("{MADE}{}", dice.roll(2))),
        _ => json!(dice.pick(&["", "x", "xy", "arn:x:y", "*"])),
    }
}

fn document(dice: &mut Dice, depth: usize) -> Json {
    if depth == 0 {
        return leaf(dice);
    }
    match dice.roll(4) {
        0 => leaf(dice),
        1 => (0..dice.roll(3)).map(|_| document(dice, depth - 1)).collect(),
        _ => map(dice, depth),
    }
}

fn map(dice: &mut Dice, depth: usize) -> Json {
    let mut entries = serde_json::Map::new();
    for key in KEYS {
        if !dice.one_in(3) {
            entries.insert(key.to_owned(), document(dice, depth - 1));
        }
    }
    Json::Object(entries)
}

fn query(dice: &mut Dice, depth: usize) -> String {
    let mut text = String::new();
    if dice.one_in(4) {
        text.push_str("some ");
    }
    text.push_str(dice.pick(&["a", "b", "list", "map", "Tags", "this", "%v", "%w"]));
    for _ in 0..dice.roll(3) {
        match dice.roll(8) {
            0 => text.push_str(".*"),
            1 => text.push_str("[*]"),
            2 => text.push_str("[0]"),
            3 if depth > 0 => text.push_str(&format!("[*][ {} ]", clause(dice, depth - 1))),
            4 if depth > 0 => {
                let key = dice.pick(&["list", "map", "Tags"]);
                text.push_str(&format!(".{key}[ {} ]", clause(dice, depth - 1)));
            }
            5 => text.push_str(".map[ keys == 'a' ]"),
            _ => {
                text.push('.');
                text.push_str(dice.pick(&KEYS));
            }
        }
    }
    text
}

fn right(dice: &mut Dice) -> String {
    match dice.roll(4) {
        0 => query(dice, 0).replace("some ", ""),
        _ => dice
            .pick(&[
                "1",
                "2",
                "1.5",
                "true",
                "null",
                "'x'",
                "'xy'",
                "'arn:x:y'",
                "'*'",
                "''",
                "/^x/",
                "/y$/",
                "/^arn:.*y$/",
                "/.*/",
                "r[0,2]",
                "[1]",
                "['x']",
                "['x', 'xy', 1]",
                "[]",
                "[[1], ['x']]",
                "{a: 1}",
                "[/^a/, 'x']",
                "%lit",
                "%lits",
            ])
            .to_owned(),
    }
}

fn clause(dice: &mut Dice, depth: usize) -> String {
    let not = if dice.one_in(6) { "not " } else { "" };
    match dice.roll(8) {
        0 | 1 => {
            let operator = dice.pick(&[
                "exists",
                "!exists",
                "empty",
                "!empty",
                "is_string",
                "!is_list",
                "is_struct",
                "is_int",
                "!is_null",
                "is_bool",
            ]);
            format!("{not}{} {operator}", query(dice, depth))
        }
        2 if depth > 0 => format!("{} {{\n{}\n}}", query(dice, depth - 1), clauses(dice, depth - 1)),
        3 if depth > 0 => format!("when {} {{\n{}\n}}", access(dice, 0), clauses(dice, depth - 1)),
        _ => access(dice, depth),
    }
}

fn access(dice: &mut Dice, depth: usize) -> String {
    let operator = dice.pick(&["==", "!=", "in", "not in", "<", ">=", "==", "!="]);
    format!("{} {operator} {}", query(dice, depth), right(dice))
}

fn clauses(dice: &mut Dice, depth: usize) -> String {
    let mut text = clause(dice, depth);
    for _ in 0..dice.roll(2) {
        text.push_str(if dice.one_in(2) { " or\n" } else { "\n" });
        text.push_str(&clause(dice, depth));
    }
    text
}

fn rules(dice: &mut Dice) -> String {
    let functions =
        ["to_lower(a)", "count(list[*])", "join(list[*], ',')", "parse_string(map.a)", "substring(a, 0, 1)"];
    let (v, w) = (query(dice, 1).replace("%v", "a").replace("%w", "b"), dice.pick(&functions));
    let guard = if dice.one_in(3) { format!("when {} ", access(dice, 0)) } else { String::new() };
    let not = dice.pick(&["", "", "not "]);
    let when = if dice.one_in(3) { format!("when {} ", clause(dice, 0)) } else { String::new() };
    let last = match dice.roll(6) {
        0 => "other\n",
        1 => "chk(a)\n",
        2 => "chk('x')\n",
        _ => "",
    };
    let not = if last.is_empty() { "" } else { not };
    format!(
        "let v = {v}\nlet w = {w}\nlet lit = 'x'\nlet lits = ['x', 1]\n\
         rule other {guard}{{\n{}\n}}\nrule chk(p) {{ a == %p or %p != b }}\n\
         rule t {when}{{\n{}\n{not}{last}\n}}\n",
        clauses(dice, 1),
        clauses(dice, 2),
    )
}

/// What a value may become when it is forgotten.
fn forgotten<'a>(arena: &'a Bump, json: &Json, dice: &mut Dice) -> Option<Kind<'a>> {
    let unknown = |shape: Shape, dice: &mut Dice| {
        let reason: &'a str = arena.alloc_str(&format!("parameter {}", dice.roll(100)));
        let unknown: &'a Unknown<'a> = arena.alloc(Unknown { reason, shape });
        unknown
    };
    let shape = match (json, dice.roll(4)) {
        (_, 0) => Shape::MaybeAbsent,
        (Json::String(text), choice) => {
            if let Some(id) = text.strip_prefix(MADE) {
                return Some(match choice {
                    1 => Kind::Reference(arena.alloc(Reference { logical_id: arena.alloc_str(id), attribute: None })),
                    2 => Kind::Unknown(unknown(Shape::Identifier, dice)),
                    _ => Kind::Unknown(unknown(Shape::Secret, dice)),
                });
            }
            if choice == 1 && !text.is_empty() {
                let cut = dice.roll(text.len() + 1);
                let gap = Piece::Unknown(unknown(Shape::Text, dice));
                let pieces = match dice.roll(2) {
                    0 => [Piece::Text(arena.alloc_str(text.get(..cut).unwrap())), gap],
                    _ => [gap, Piece::Text(arena.alloc_str(text.get(cut..).unwrap()))],
                };
                return Some(Kind::Partial(arena.alloc_slice_copy(&pieces)));
            }
            if choice == 2 { Shape::Text } else { Shape::Any }
        }
        (Json::Array(items), 1) if items.iter().all(Json::is_string) => Shape::List,
        _ => Shape::Any,
    };
    Some(Kind::Unknown(unknown(shape, dice)))
}

/// The document with entries and items that are not there, to be forgotten as absent ones.
fn padded(json: &Json, dice: &mut Dice) -> Json {
    match json {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(|item| padded(item, dice)).collect();
            if dice.one_in(6) {
                items.insert(dice.roll(items.len() + 1), json!(ABSENT));
            }
            Json::Array(items)
        }
        Json::Object(entries) => {
            let mut entries: serde_json::Map<String, Json> =
                entries.iter().map(|(key, json)| (key.clone(), padded(json, dice))).collect();
            let key = dice.pick(&KEYS);
            if dice.one_in(6) && !entries.contains_key(key) {
                entries.insert(key.to_owned(), json!(ABSENT));
            }
            Json::Object(entries)
        }
        other => other.clone(),
    }
}

const ABSENT: &str = "(not there)";

#[test]
fn the_true_status_is_among_the_possible_ones() {
    let dice = &mut Dice(7);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..1_200 {
        let rules = rules(dice);
        let document = map(dice, 3);
        let with_holes = padded(&document, dice);
        for dialect in DIALECTS {
            let program = program(&rules, dialect);
            let rule = program.rules().len() - 1;
            let arena = Bump::new();
            let choices = Choices::default();
            let world = World { arena: &arena, choices: &choices };
            let known = value(&arena, &document, &mut |_, _| None);
            let Ok(truth) = evaluate(&program, rule, known, &world) else {
                *counts.entry("no verdict".to_owned()).or_default() += 1;
                continue;
            };
            let status = truth.statuses.sure().expect("all is known");
            let partly = value(&arena, &with_holes, &mut |path, json| {
                if json == ABSENT {
                    let unknown: &Unknown<'_> =
                        arena.alloc(Unknown { reason: "a condition", shape: Shape::MaybeAbsent });
                    return Some(if dice.one_in(4) { Kind::Absent } else { Kind::Unknown(unknown) });
                }
                let leaf = !matches!(json, Json::Array(_) | Json::Object(_));
                let forget = path.parent.is_some() && dice.one_in(if leaf { 3 } else { 8 });
                if forget { forgotten(&arena, json, dice) } else { None }
            });
            let answer = evaluate(&program, rule, partly, &world);
            let shown = || format!("round {round}, {dialect:?}\n{rules}\n{document}\n{:?}", partly.kind);
            match &answer {
                Ok(outcome) => {
                    assert!(
                        outcome.statuses.contains(status),
                        "{status:?} is not in {:?}: {}",
                        outcome.statuses,
                        shown()
                    );
                    let fails = outcome.statuses.contains(Status::Fail);
                    assert_eq!(fails, !outcome.checks.is_empty(), "{:?}: {}", outcome.statuses, shown());
                    let certain = outcome.checks.iter().any(|check| check.certain);
                    assert_eq!(certain, outcome.statuses.sure() == Some(Status::Fail), "{}", shown());
                }
                Err(Stop::Error(_)) => {}
                Err(Stop::Pending(_)) => panic!("nothing is deferred"),
            }
            *counts.entry(letters(&answer)).or_default() += 1;
        }
    }
    println!("{counts:?}");
    for possible in ["P", "F", "S", "PF", "PS", "FS"] {
        assert!(counts.get(possible).is_some_and(|count| *count > 5), "the test says something: {counts:?}");
    }
}
