//! Values for tests, and short ways to ask.

use bumpalo::Bump;
use granit_parser::{Event, Parser, ScalarStyle, Tag};

use crate::eval::{Outcome, Program, Status, Stop, evaluate};
use crate::guard::{Dialect, parse};
use crate::text::Span;
use crate::value::{Choices, Entry, Kind, Map, Node, Path, Segment, Value, World};

pub const DIALECTS: [Dialect; 2] = [Dialect::Classic, Dialect::V321];

/// A node at a path.
pub fn node<'a>(arena: &'a Bump, kind: Kind<'a>, path: &'a Path<'a>) -> Value<'a> {
    arena.alloc(Node { kind, place: Span::default(), path, via: None })
}

fn below<'a>(arena: &'a Bump, parent: &'a Path<'a>, segment: Segment<'a>) -> &'a Path<'a> {
    arena.alloc(Path { parent: Some(parent), segment, place: Span::default() })
}

/// The value of a JSON value. `change` may put another kind in the place of each, given its path.
pub fn value<'a>(
    arena: &'a Bump,
    json: &serde_json::Value,
    change: &mut dyn FnMut(&'a Path<'a>, &serde_json::Value) -> Option<Kind<'a>>,
) -> Value<'a> {
    value_at(arena, json, arena.alloc(Path::root(0)), change)
}

fn value_at<'a>(
    arena: &'a Bump,
    json: &serde_json::Value,
    path: &'a Path<'a>,
    change: &mut dyn FnMut(&'a Path<'a>, &serde_json::Value) -> Option<Kind<'a>>,
) -> Value<'a> {
    use serde_json::Value as Json;
    if let Some(kind) = change(path, json) {
        return node(arena, kind, path);
    }
    let kind = match json {
        Json::Null => Kind::Null,
        Json::Bool(value) => Kind::Bool(*value),
        Json::Number(number) => number.as_i64().map_or_else(|| Kind::Float(number.as_f64().unwrap()), Kind::Integer),
        Json::String(text) => Kind::String(arena.alloc_str(text)),
        Json::Array(items) => {
            let items: Vec<Value<'a>> = items
                .iter()
                .enumerate()
                .map(|(at, item)| value_at(arena, item, below(arena, path, Segment::Index(at as u32)), change))
                .collect();
            Kind::List(arena.alloc_slice_copy(&items))
        }
        Json::Object(entries) => {
            let entries: Vec<Entry<'a>> = entries
                .iter()
                .map(|(key, json)| {
                    let key: &'a str = arena.alloc_str(key);
                    let value = value_at(arena, json, below(arena, path, Segment::Key(key)), change);
                    Entry { key, key_place: Span::default(), value }
                })
                .collect();
            Kind::Map(Map::new(arena.alloc_slice_copy(&entries)))
        }
    };
    node(arena, kind, path)
}

/// The program of a rule text without errors.
pub fn program(rules: &str, dialect: Dialect) -> Program {
    let parsed = parse(rules, dialect);
    assert!(parsed.errors.is_empty(), "{rules}\n{:?}", parsed.errors);
    Program::compile(&parsed.file, rules, dialect).0
}

/// The answer to the last rule of a text.
pub fn ask<'a>(rules: &str, dialect: Dialect, root: Value<'a>, arena: &'a Bump) -> Result<Outcome<'a>, Stop> {
    let program = program(rules, dialect);
    let choices = Choices::default();
    evaluate(&program, program.rules().len() - 1, root, &World { arena, choices: &choices })
}

pub fn letter(status: Status) -> char {
    match status {
        Status::Pass => 'P',
        Status::Fail => 'F',
        Status::Skip => 'S',
    }
}

/// The possible statuses as letters, or `E`.
pub fn letters(answer: &Result<Outcome<'_>, Stop>) -> String {
    match answer {
        Ok(outcome) => outcome.statuses.iter().map(letter).collect(),
        Err(_) => "E".to_owned(),
    }
}

/// A YAML text as AWS's `validate` command reads it; `None` for what it refuses.
pub fn validate_loader<'a>(arena: &'a Bump, text: &str) -> Option<Value<'a>> {
    struct Open<'a> {
        wrap: Option<String>,
        map: bool,
        values: Vec<Value<'a>>,
    }
    let path: &'a Path<'a> = arena.alloc(Path::root(0));
    let mut open: Vec<Open<'a>> = Vec::new();
    let finish = |value: Value<'a>, wrap: Option<String>, open: &mut Vec<Open<'a>>| {
        let value = match wrap {
            Some(key) => {
                let entry = Entry { key: arena.alloc_str(&key), key_place: Span::default(), value };
                node(arena, Kind::Map(Map::new(arena.alloc_slice_copy(&[entry]))), path)
            }
            None => value,
        };
        match open.last_mut() {
            Some(open) => {
                open.values.push(value);
                None
            }
            None => Some(value),
        }
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let done = match event {
            Event::Scalar(scalar, style, anchor, tag) => {
                if anchor != 0 {
                    return None;
                }
                let tag = tag.as_deref();
                let wrap = tag.and_then(|tag| long_name(tag, SCALAR_TAGS));
                let nothing = span.slice(text).is_none_or(str::is_empty);
                let kind = if style == ScalarStyle::Plain && nothing && tag.is_none() {
                    Kind::String("")
                } else if style == ScalarStyle::Plain && tag.is_none() {
                    plain(arena, &scalar)
                } else {
                    match tag.filter(|tag| tag.handle() != "!").map(Tag::suffix) {
                        Some("int") => Kind::Integer(scalar.parse().ok()?),
                        Some("float") => Kind::Float(scalar.parse().ok()?),
                        Some("bool") if matches!(&*scalar, "true" | "false") => plain(arena, &scalar),
                        Some("null") => Kind::Null,
                        _ => Kind::String(arena.alloc_str(&scalar)),
                    }
                };
                finish(node(arena, kind, path), wrap, &mut open)
            }
            Event::SequenceStart(_, _, tag) => {
                let wrap = tag.as_deref().and_then(|tag| long_name(tag, SEQUENCE_TAGS));
                open.push(Open { wrap, map: false, values: Vec::new() });
                None
            }
            Event::MappingStart(..) => {
                open.push(Open { wrap: None, map: true, values: Vec::new() });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { wrap, map, values } = open.pop()?;
                let kind = if map {
                    let mut entries: Vec<Entry<'a>> = Vec::new();
                    for pair in values.chunks(2) {
                        let [key, value] = pair else { return None };
                        let Kind::String(key) = key.kind else { return None };
                        let entry = Entry { key, key_place: Span::default(), value };
                        match entries.iter_mut().find(|entry| entry.key == key) {
                            Some(before) => *before = entry,
                            None => entries.push(entry),
                        }
                    }
                    Kind::Map(Map::new(arena.alloc_slice_copy(&entries)))
                } else {
                    Kind::List(arena.alloc_slice_copy(&values))
                };
                finish(node(arena, kind, path), wrap, &mut open)
            }
            Event::Alias(_) => return None,
            _ => None,
        };
        if done.is_some() {
            return done;
        }
    }
    None
}

const SCALAR_TAGS: &[&str] = &["Ref", "Base64", "Sub", "GetAZs", "ImportValue", "GetAtt", "Condition", "RefAll"];
const SEQUENCE_TAGS: &[&str] = &[
    "GetAtt",
    "Sub",
    "Select",
    "Split",
    "Join",
    "FindInMap",
    "And",
    "Equals",
    "Contains",
    "EachMemberIn",
    "EachMemberEquals",
    "ValueOf",
    "If",
    "Not",
    "Or",
];

fn long_name(tag: &Tag, known: &[&str]) -> Option<String> {
    let name = tag.suffix();
    (tag.handle() == "!" && known.contains(&name)).then(|| match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    })
}

fn plain<'a>(arena: &'a Bump, text: &str) -> Kind<'a> {
    match text {
        "true" | "yes" | "on" | "y" => Kind::Bool(true),
        "false" | "no" | "off" | "n" => Kind::Bool(false),
        "~" | "null" | "Null" | "NULL" => Kind::Null,
        _ => text.parse().map(Kind::Integer).or_else(|_| text.parse().map(Kind::Float)).unwrap_or_else(|_| {
            let text: &'a str = arena.alloc_str(text);
            Kind::String(text)
        }),
    }
}
