//! A template for tests, made from JSON with marks:
//! `{"$ref": "Id"}` or `{"$ref": "Id.Attribute"}`, `{"$unknown": "reason"}`, `{"$identifier": "reason"}`, `{"$list": "reason"}` (a list of unknown
//! length), `{"$absent": true}`, `{"$if": [variable, then, else]}`, `{"$partial": [pieces]}`,
//! `{"$default": ["Parameter", value]}`, `{"$parameter": "Name"}` (without default).

use bumpalo::Bump;
use serde_json::{Map as Json, Value as JsonValue, json};

use crate::graph::{Authored, Graph, Resource};
use crate::text::Span;
use crate::value::{
    Choices, Deferred, Entry, Kind, Map, Node, Path, Pending, Piece, Reference, Segment, Shape, Unknown, Value,
    Variable, Via, ViaKind, World,
};

struct If<'a> {
    variable: Variable,
    branches: [Value<'a>; 2],
}

impl<'a> Deferred<'a> for If<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        match world.choices.get(self.variable) {
            Some(class) => Ok(self.branches[usize::from(class == 0)]),
            None => Err(Pending(self.variable)),
        }
    }
}

fn unknown<'a>(arena: &'a Bump, reason: &str, shape: Shape) -> &'a Unknown<'a> {
    arena.alloc(Unknown { reason: arena.alloc_str(reason), shape })
}

fn reference<'a>(arena: &'a Bump, text: &str) -> &'a Reference<'a> {
    let text = arena.alloc_str(text);
    let (logical_id, attribute) = text.split_once('.').map_or((&*text, None), |(id, rest)| (id, Some(rest)));
    arena.alloc(Reference { logical_id, attribute })
}

fn build<'a>(arena: &'a Bump, json: &JsonValue, path: &'a Path<'a>) -> Value<'a> {
    let mut via = None;
    let kind = match json {
        JsonValue::Null => Kind::Null,
        JsonValue::Bool(holds) => Kind::Bool(*holds),
        JsonValue::Number(number) => {
            number.as_i64().map_or_else(|| Kind::Float(number.as_f64().unwrap()), Kind::Integer)
        }
        JsonValue::String(text) => Kind::String(arena.alloc_str(text)),
        JsonValue::Array(list) => {
            let item = |(index, item)| {
                let segment = Segment::Index(u32::try_from(index).unwrap());
                build(arena, item, arena.alloc(Path { parent: Some(path), segment, place: path.place }))
            };
            let items: Vec<Value<'a>> = list.iter().enumerate().map(item).collect();
            Kind::List(arena.alloc_slice_copy(&items))
        }
        JsonValue::Object(map) => match map.iter().next() {
            Some((mark, value)) if mark.starts_with('$') => {
                let (kind, through) = marked(arena, mark, value, path);
                via = through;
                kind
            }
            _ => {
                let entry = |(key, value): (&String, &JsonValue)| {
                    let key: &'a str = arena.alloc_str(key);
                    let below = arena.alloc(Path { parent: Some(path), segment: Segment::Key(key), place: path.place });
                    Entry { key, key_place: path.place, value: build(arena, value, below) }
                };
                let entries: Vec<Entry<'a>> = map.iter().map(entry).collect();
                Kind::Map(Map::new(arena.alloc_slice_copy(&entries)))
            }
        },
    };
    arena.alloc(Node { kind, place: path.place, path, via })
}

fn marked<'a>(arena: &'a Bump, mark: &str, value: &JsonValue, path: &'a Path<'a>) -> (Kind<'a>, Option<&'a Via<'a>>) {
    let text = value.as_str().unwrap_or_default();
    match mark {
        "$ref" => (Kind::Reference(reference(arena, text)), None),
        "$unknown" => (Kind::Unknown(unknown(arena, text, Shape::Text)), None),
        "$identifier" => (Kind::Unknown(unknown(arena, text, Shape::Identifier)), None),
        "$list" => (Kind::Unknown(unknown(arena, text, Shape::List)), None),
        "$absent" => (Kind::Absent, None),
        "$if" => {
            let variable = Variable(u32::try_from(value[0].as_u64().unwrap()).unwrap());
            let branches = [build(arena, &value[1], path), build(arena, &value[2], path)];
            (Kind::Deferred(arena.alloc(If { variable, branches })), None)
        }
        "$partial" => {
            let piece = |piece: &JsonValue| match piece {
                JsonValue::String(text) => Piece::Text(arena.alloc_str(text)),
                other => match other.as_object().unwrap().iter().next().unwrap() {
                    (mark, name) if mark == "$ref" => Piece::Reference(reference(arena, name.as_str().unwrap())),
                    (_, reason) => Piece::Unknown(unknown(arena, reason.as_str().unwrap(), Shape::Text)),
                },
            };
            let pieces: Vec<Piece<'a>> = value.as_array().unwrap().iter().map(piece).collect();
            (Kind::Partial(arena.alloc_slice_copy(&pieces)), None)
        }
        "$default" => {
            let name = arena.alloc_str(value[0].as_str().unwrap());
            let via = arena.alloc(Via {
                kind: ViaKind::ParameterDefault(name),
                place: Span::new(7, 9),
                document: 0,
                next: None,
            });
            (build(arena, &value[1], path).kind, Some(via))
        }
        "$parameter" => {
            let via = arena.alloc(Via {
                kind: ViaKind::Parameter(arena.alloc_str(text)),
                place: Span::new(7, 9),
                document: 0,
                next: None,
            });
            (Kind::Unknown(unknown(arena, &format!("parameter `{text}`"), Shape::Text)), Some(via))
        }
        other => panic!("no such mark: {other}"),
    }
}

/// The graph of `{"LogicalId": {"Type": ..., "Properties": ...}}`; a resource may be `{"$if": [0, resource, absent]}`.
pub(super) fn graph<'a>(arena: &'a Bump, resources: &JsonValue) -> &'a Graph<'a> {
    let root = arena.alloc(Path::root(0));
    let resource = |(number, (id, json)): (usize, (&String, &JsonValue))| {
        let logical_id: &'a str = arena.alloc_str(id);
        let place = Span::new(number * 10 + 1, number * 10 + 5);
        let path = arena.alloc(Path { parent: Some(root), segment: Segment::Key(logical_id), place });
        let value = build(arena, json, path);
        let written = json.get("$if").map_or(json, |branches| &branches[1]);
        let resource_type = arena.alloc_str(written["Type"].as_str().unwrap());
        let unconditional = build(arena, written, path);
        Resource { logical_id, resource_type, value, unconditional, key_place: place }
    };
    let resources: Vec<Resource<'a>> = resources.as_object().unwrap().iter().enumerate().map(resource).collect();
    Graph::new(arena, arena.alloc_slice_copy(&resources), Authored::default())
}

/// Shorthand for a resource.
pub(super) fn resource(resource_type: &str, properties: &JsonValue) -> JsonValue {
    json!({"Type": resource_type, "Properties": properties})
}

/// A graph and the choices under which it is asked.
pub(super) struct Question<'a> {
    arena: &'a Bump,
    graph: &'a Graph<'a>,
    choices: Choices,
}

impl<'a> Question<'a> {
    pub(super) fn new(arena: &'a Bump, resources: &JsonValue) -> Self {
        Self { arena, graph: graph(arena, resources), choices: Choices::default() }
    }

    pub(super) fn choose(mut self, variable: u32, class: u16) -> Self {
        self.choices = self.choices.with(Variable(variable), class);
        self
    }

    /// The forced value at a path of keys and indexes below the view of a resource.
    pub(super) fn get(&self, logical_id: &str, path: &str) -> Result<Value<'a>, Pending> {
        let world = World { arena: self.arena, choices: &self.choices };
        let number = self.graph.find(logical_id).unwrap();
        let mut value = world.force(self.graph.view(number))?;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let next = match value.kind {
                Kind::Map(map) => map.get(step).unwrap_or_else(|| panic!("no `{step}` in {value:?}")).value,
                Kind::List(items) => items[step.parse::<usize>().unwrap()],
                _ => panic!("no `{step}` in {value:?}"),
            };
            value = world.force(next)?;
        }
        Ok(value)
    }

    /// That value as JSON, all of it; unknowns are shown with their reason.
    pub(super) fn show(&self, logical_id: &str, path: &str) -> JsonValue {
        let world = World { arena: self.arena, choices: &self.choices };
        show(&world, self.get(logical_id, path).unwrap(), 0)
    }

    /// The path of that value in the template, as text.
    pub(super) fn place(&self, logical_id: &str, path: &str) -> String {
        let steps = self.get(logical_id, path).unwrap().path.segments();
        let step = |path: &&Path<'_>| match path.segment {
            Segment::Key(key) => key.to_owned(),
            Segment::Index(index) => index.to_string(),
            Segment::Root(_) => String::new(),
        };
        steps.iter().map(step).collect::<Vec<_>>().join(".")
    }

    /// The ids in a role; an unknown is shown as `?reason`.
    pub(super) fn linked(&self, logical_id: &str, role: &str) -> Vec<String> {
        let world = World { arena: self.arena, choices: &self.choices };
        let list = self.get(logical_id, &format!("Linked.{role}")).unwrap();
        let Kind::List(items) = list.kind else { panic!("{list:?}") };
        let name = |item: &Value<'a>| match world.force(item).unwrap().kind {
            Kind::Map(map) => match map.get("Id").unwrap().value.kind {
                Kind::String(id) => id.to_owned(),
                other => panic!("{other:?}"),
            },
            Kind::Unknown(unknown) if unknown.shape == Shape::MaybeAbsent => format!("?{}", unknown.reason),
            other => panic!("{other:?}"),
        };
        items.iter().map(name).collect()
    }
}

fn show<'a>(world: &World<'a, '_>, value: Value<'a>, depth: usize) -> JsonValue {
    assert!(depth < 20);
    let value = world.force(value).unwrap();
    match value.kind {
        Kind::Null => JsonValue::Null,
        Kind::Absent => json!("absent"),
        Kind::Bool(holds) => json!(holds),
        Kind::Integer(number) => json!(number),
        Kind::Float(number) => json!(number),
        Kind::String(text) => json!(text),
        Kind::List(items) => items.iter().map(|item| show(world, item, depth + 1)).collect(),
        Kind::Map(map) => {
            let entry = |entry: &Entry<'a>| (entry.key.to_owned(), show(world, entry.value, depth + 1));
            JsonValue::Object(map.entries().iter().map(entry).collect::<Json<_, _>>())
        }
        Kind::Unknown(unknown) => json!(format!("?{}", unknown.reason)),
        Kind::Reference(reference) => json!(format!("&{}", reference.describe())),
        Kind::Partial(pieces) => json!(format!("{pieces:?}")),
        Kind::Deferred(_) => panic!("force gave a deferred value"),
    }
}
