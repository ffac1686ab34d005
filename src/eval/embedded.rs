//! Documents inside texts: what `json_parse` makes of a text of JSON or YAML.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use crate::value::{Entry, Kind, Map, Node, Value, World};

/// How deep collections may nest.
const DEPTH: usize = 100;

/// How many values a text may stand for, those that aliases repeat included.
const VALUES: usize = 100_000;

/// A collection that is being read.
struct Open<'a> {
    tag: Option<&'static str>,
    anchor: usize,
    /// The values read so far; in a map keys and values in turn.
    values: Vec<Value<'a>>,
    is_map: bool,
}

/// The value that a text stands for, placed where the text stands.
pub(super) fn parse<'a>(text: &str, like: Value<'a>, world: &World<'a, '_>) -> Result<Value<'a>, String> {
    let mut reader = Reader {
        world: *world,
        like,
        open: Vec::new(),
        anchors: BTreeMap::new(),
        count: 0,
        result: None,
        documents: 0,
    };
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        reader.event(event)?;
    }
    Ok(reader.result.unwrap_or_else(|| reader.node(Kind::Null)))
}

struct Reader<'a, 'c> {
    world: World<'a, 'c>,
    like: Value<'a>,
    open: Vec<Open<'a>>,
    /// The values of anchors, with how many values each stands for.
    anchors: BTreeMap<usize, (Value<'a>, usize)>,
    count: usize,
    result: Option<Value<'a>>,
    documents: usize,
}

impl<'a> Reader<'a, '_> {
    fn node(&self, kind: Kind<'a>) -> Value<'a> {
        self.world.node(Node { kind, ..*self.like })
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err("the text holds more than one document".to_owned());
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let known = tag.as_deref().and_then(function_of);
                let full = tag.as_deref().map(|tag| format!("{}{}", tag.handle(), tag.suffix()));
                let kind = match full.as_deref().and_then(|full| full.strip_prefix(CORE)) {
                    Some(name) => tagged_scalar(name, &text)?,
                    None if style == ScalarStyle::Plain => plain_scalar(&text)?,
                    None => None,
                };
                let kind = kind.unwrap_or_else(|| Kind::String(self.world.arena.alloc_str(&text)));
                let value = self.node(kind);
                self.close(value, known, anchor, 1)?;
            }
            Event::SequenceStart(_, anchor, tag) => self.begin(tag.as_deref(), anchor, false)?,
            Event::MappingStart(_, anchor, tag) => self.begin(tag.as_deref(), anchor, true)?,
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                let kind = if open.is_map {
                    Kind::Map(self.map(&open.values)?)
                } else {
                    Kind::List(self.world.arena.alloc_slice_copy(&open.values))
                };
                let value = self.node(kind);
                self.close(value, open.tag, open.anchor, 1)?;
            }
            Event::Alias(anchor) => {
                let (value, size) = self.anchors.get(&anchor).copied().ok_or("an alias leads into itself")?;
                self.close(value, None, 0, size)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(&mut self, tag: Option<&Tag>, anchor: usize, is_map: bool) -> Result<(), String> {
        if self.open.len() >= DEPTH {
            return Err("the text nests too deeply".to_owned());
        }
        self.open.push(Open { tag: tag.and_then(function_of), anchor, values: Vec::new(), is_map });
        Ok(())
    }

    /// Hands a finished value to the collection around it.
    fn close(&mut self, value: Value<'a>, tag: Option<&'static str>, anchor: usize, size: usize) -> Result<(), String> {
        let before = self.count;
        self.count += size;
        if self.count > VALUES {
            return Err("the text stands for too many values".to_owned());
        }
        let mut value = value;
        if let Some(key) = tag {
            let entry = Entry { key, key_place: self.like.place, value };
            value = self.node(Kind::Map(Map::new(self.world.arena.alloc_slice_copy(&[entry]))));
        }
        if anchor != 0 {
            // A collection stands for what was read since; counting from the start errs on the safe side.
            self.anchors.insert(anchor, (value, before + size));
        }
        match self.open.last_mut() {
            Some(open) => open.values.push(value),
            None => self.result = Some(value),
        }
        Ok(())
    }

    fn map(&self, values: &[Value<'a>]) -> Result<Map<'a>, String> {
        let mut entries: Vec<Entry<'a>> = Vec::with_capacity(values.len() / 2);
        let mut seen = std::collections::BTreeSet::new();
        let mut values = values.iter();
        while let (Some(key), Some(value)) = (values.next(), values.next()) {
            let Kind::String(key) = key.kind else { return Err("a key is not a text".to_owned()) };
            if !seen.insert(key) {
                return Err(format!("the key `{key}` stands there twice"));
            }
            entries.push(Entry { key, key_place: self.like.place, value });
        }
        Ok(Map::new(self.world.arena.alloc_slice_copy(&entries)))
    }
}

/// The prefix of the tags of YAML itself.
const CORE: &str = "tag:yaml.org,2002:";

/// What a scalar with a tag of YAML itself means; `None` for a text.
fn tagged_scalar<'a>(tag: &str, text: &str) -> Result<Option<Kind<'a>>, String> {
    let kind = match tag {
        "bool" => text.to_ascii_lowercase().parse().ok().map(Kind::Bool),
        "int" => text.parse().ok().map(Kind::Integer),
        "float" => text.parse().ok().map(Kind::Float),
        "null" => matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Kind::Null),
        _ => return Ok(None),
    };
    kind.map(Some).ok_or_else(|| format!("`{text}` is not what its tag says"))
}

/// What a plain scalar means; `None` for a text.
fn plain_scalar<'a>(text: &str) -> Result<Option<Kind<'a>>, String> {
    Ok(Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Kind::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Kind::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Kind::Float(f64::NAN),
        _ => return number(text),
    }))
}

fn number<'a>(text: &str) -> Result<Option<Kind<'a>>, String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    let digits = |text: &str, radix: u32| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = unsigned.strip_prefix(prefix).filter(|rest| digits(rest, radix)) {
            let number = i64::from_str_radix(rest, radix).map_err(|_| format!("`{text}` is too large"))?;
            return Ok(Some(Kind::Integer(if negative { -number } else { number })));
        }
    }
    if digits(unsigned, 10) {
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return Ok(None);
        }
        if let Ok(number) = text.strip_prefix('+').unwrap_or(text).parse::<i64>() {
            return Ok(Some(Kind::Integer(number)));
        }
        return match (negative, unsigned.parse::<u64>()) {
            // The language keeps the bits of what does not fit.
            (false, Ok(number)) => Ok(Some(Kind::Integer(i64::from_le_bytes(number.to_le_bytes())))),
            _ => Err(format!("`{text}` is too large")),
        };
    }
    let looks_like_float = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && unsigned.chars().any(|c| c.is_ascii_digit())
        && unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if looks_like_float && let Ok(number) = text.parse::<f64>() {
        return Ok(Some(Kind::Float(number)));
    }
    Ok(None)
}

/// The long form of a CloudFormation function's tag.
fn function_of(tag: &Tag) -> Option<&'static str> {
    if tag.handle() != "!" {
        return None;
    }
    Some(match tag.suffix() {
        "Ref" => "Ref",
        "Condition" => "Condition",
        "Base64" => "Fn::Base64",
        "Sub" => "Fn::Sub",
        "GetAZs" => "Fn::GetAZs",
        "ImportValue" => "Fn::ImportValue",
        "GetAtt" => "Fn::GetAtt",
        "RefAll" => "Fn::RefAll",
        "Select" => "Fn::Select",
        "Split" => "Fn::Split",
        "Join" => "Fn::Join",
        "FindInMap" => "Fn::FindInMap",
        "And" => "Fn::And",
        "Equals" => "Fn::Equals",
        "Contains" => "Fn::Contains",
        "EachMemberIn" => "Fn::EachMemberIn",
        "EachMemberEquals" => "Fn::EachMemberEquals",
        "ValueOf" => "Fn::ValueOf",
        "If" => "Fn::If",
        "Not" => "Fn::Not",
        "Or" => "Fn::Or",
        _ => return None,
    })
}
