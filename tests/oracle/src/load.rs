//! Documents for our engine, read as AWS's two loaders read them.
//!
//! The reader of `validate` is written here anew, on another YAML parser than theirs; what both make of a document is
//! compared. That of `test` is serde_yaml on both sides, because whatever serde_yaml does is right by definition.

use bumpalo::Bump;
use cfnward::text::Span;
use cfnward::value::{Entry, Kind, Map, Node, Path, Segment, Value};
use granit_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::Value as Json;

use crate::cases::Loader;

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

/// A document without places: enough for verdicts.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    String(String),
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

/// Reads a document; `None` for what AWS's loader refuses.
#[must_use]
pub fn load(text: &str, loader: Loader) -> Option<Data> {
    match loader {
        Loader::Validate => validate(text),
        Loader::Test => test(&serde_yaml::from_str(text).ok()?),
    }
}

fn long_name(name: &str) -> String {
    match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    }
}

struct Open {
    wrap: Option<String>,
    map: bool,
    values: Vec<Data>,
}

fn validate(text: &str) -> Option<Data> {
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        // Nothing at all is an empty text to libyaml, and `~` to this parser.
        let nothing = span.slice(text).is_none_or(str::is_empty);
        let done = match event {
            Event::Alias(_) => return None,
            Event::Scalar(_, ScalarStyle::Plain, _, None) if nothing => Some(Data::String(String::new())),
            Event::Scalar(scalar, style, _, tag) => Some(scalar_value(&scalar, style, tag.as_deref())?),
            Event::SequenceStart(_, _, tag) => {
                let known = tag.as_deref().filter(|tag| tag.handle() == "!" && SEQUENCE_TAGS.contains(&tag.suffix()));
                open.push(Open { wrap: known.map(|tag| long_name(tag.suffix())), map: false, values: Vec::new() });
                None
            }
            Event::MappingStart(..) => {
                open.push(Open { wrap: None, map: true, values: Vec::new() });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Open { wrap, map, values } = open.pop()?;
                let value = if map { map_of(values)? } else { Data::List(values) };
                Some(match wrap {
                    Some(key) => Data::Map(vec![(key, value)]),
                    None => value,
                })
            }
            _ => None,
        };
        if let Some(value) = done {
            match open.last_mut() {
                Some(open) => open.values.push(value),
                None => return Some(value),
            }
        }
    }
    None
}

/// Keys keep their first place and last value.
fn map_of(values: Vec<Data>) -> Option<Data> {
    let mut entries: Vec<(String, Data)> = Vec::new();
    let mut values = values.into_iter();
    while let (Some(key), Some(value)) = (values.next(), values.next()) {
        let Data::String(key) = key else { return None };
        match entries.iter_mut().find(|entry| entry.0 == key) {
            Some(entry) => entry.1 = value,
            None => entries.push((key, value)),
        }
    }
    Some(Data::Map(entries))
}

fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Option<Data> {
    let string = || Data::String(text.to_owned());
    Some(match tag {
        Some(tag) if tag.handle() == "!" => {
            if SCALAR_TAGS.contains(&tag.suffix()) {
                Data::Map(vec![(long_name(tag.suffix()), string())])
            } else {
                string()
            }
        }
        Some(tag) => match tag.suffix() {
            "bool" => text.parse().map_or_else(|_| string(), Data::Bool),
            "int" => Data::Integer(text.parse().ok()?),
            "float" => Data::Float(text.parse().ok()?),
            "null" => Data::Null,
            _ => string(),
        },
        None if style != ScalarStyle::Plain => string(),
        None => plain(text),
    })
}

fn plain(text: &str) -> Data {
    if let Ok(number) = text.parse() {
        return Data::Integer(number);
    }
    if let Ok(number) = text.parse() {
        return Data::Float(number);
    }
    match text {
        "true" | "yes" | "on" | "y" => Data::Bool(true),
        "false" | "no" | "off" | "n" => Data::Bool(false),
        _ if matches!(text.to_lowercase().as_str(), "~" | "null") => Data::Null,
        _ => Data::String(text.to_owned()),
    }
}

fn test(yaml: &serde_yaml::Value) -> Option<Data> {
    use serde_yaml::Value as Yaml;
    Some(match yaml {
        Yaml::Null => Data::Null,
        Yaml::Bool(value) => Data::Bool(*value),
        // Beyond the range of i64 the bits are taken as they are.
        Yaml::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Data::Integer(number),
            (None, Some(number)) => Data::Integer(number as i64),
            _ => Data::Float(number.as_f64()?),
        },
        Yaml::String(text) => Data::String(text.clone()),
        Yaml::Sequence(items) => Data::List(items.iter().map(test).collect::<Option<_>>()?),
        Yaml::Mapping(entries) => {
            let entry = |(key, value): (&Yaml, &Yaml)| Some((key.as_str()?.to_owned(), test(value)?));
            Data::Map(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        Yaml::Tagged(tagged) => {
            let value = test(&tagged.value)?;
            let name = tagged.tag.to_string();
            let name = name.strip_prefix('!').unwrap_or(&name);
            if SCALAR_TAGS.contains(&name) || SEQUENCE_TAGS.contains(&name) {
                Data::Map(vec![(long_name(name), value)])
            } else {
                value
            }
        }
    })
}

impl Data {
    /// The same as JSON; a number that JSON lacks becomes null.
    #[must_use]
    pub fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::from(*value),
            Self::Integer(value) => Json::from(*value),
            Self::Float(value) => Json::from(*value),
            Self::String(text) => Json::from(text.as_str()),
            Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
        }
    }

    /// The data of a JSON value.
    #[must_use]
    pub fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or(0.0)), Self::Integer)
            }
            Json::String(text) => Self::String(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Json::Object(entries) => {
                Self::Map(entries.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
        }
    }

    /// The value tree of it. `change` may put another kind in the place of each node, given its path.
    pub fn value<'a>(&self, arena: &'a Bump, change: &mut Change<'_, 'a>) -> Value<'a> {
        self.value_at(arena, arena.alloc(Path::root(0)), change)
    }

    fn value_at<'a>(&self, arena: &'a Bump, path: &'a Path<'a>, change: &mut Change<'_, 'a>) -> Value<'a> {
        let below =
            |segment| -> &'a Path<'a> { arena.alloc(Path { parent: Some(path), segment, place: Span::default() }) };
        let kind = change(path, self).unwrap_or_else(|| match self {
            Self::Null => Kind::Null,
            Self::Bool(value) => Kind::Bool(*value),
            Self::Integer(value) => Kind::Integer(*value),
            Self::Float(value) => Kind::Float(*value),
            Self::String(text) => Kind::String(arena.alloc_str(text)),
            Self::List(items) => {
                let items: Vec<Value<'a>> = items
                    .iter()
                    .zip(0..)
                    .map(|(item, at)| item.value_at(arena, below(Segment::Index(at)), change))
                    .collect();
                Kind::List(arena.alloc_slice_copy(&items))
            }
            Self::Map(entries) => {
                let entries: Vec<Entry<'a>> = entries
                    .iter()
                    .map(|(key, value)| {
                        let key: &'a str = arena.alloc_str(key);
                        let value = value.value_at(arena, below(Segment::Key(key)), change);
                        Entry { key, key_place: Span::default(), value }
                    })
                    .collect();
                Kind::Map(Map::new(arena.alloc_slice_copy(&entries)))
            }
        });
        arena.alloc(Node { kind, place: Span::default(), path, via: None })
    }
}

/// See [`Data::value`].
pub type Change<'c, 'a> = dyn FnMut(&'a Path<'a>, &Data) -> Option<Kind<'a>> + 'c;
