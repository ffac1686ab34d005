//! The documents that rules are asked of: one resource in its template, the whole resolved template, the text as written.

use std::cell::OnceCell;

use bumpalo::Bump;

use crate::eval::Indexed;
use crate::graph::Graph;
use crate::resolve::ResolvedResource;
use crate::syntax::{Content, Document, NodeId, Style};
use crate::text::Span;
use crate::value::{Deferred, Entry, Kind, Map, Node, Path, Pending, Segment, Value, World};

/// Makes documents for one template.
pub(super) struct Roots<'a> {
    arena: &'a Bump,
    document: &'a Document<'a>,
    resources: &'a [ResolvedResource<'a>],
    root: NodeId,
    path: &'a Path<'a>,
    resources_path: &'a Path<'a>,
    /// The sections, `Resources` with an empty map in it.
    sections: Vec<Entry<'a>>,
}

impl<'a> Roots<'a> {
    pub(super) fn new(
        arena: &'a Bump,
        document: &'a Document<'a>,
        resources: &'a [ResolvedResource<'a>],
        root: NodeId,
    ) -> Self {
        let path: &Path<'_> = arena.alloc(Path::root(0));
        let mut resources_path: &Path<'_> =
            arena.alloc(Path { parent: Some(path), segment: Segment::Key("Resources"), place: Span::default() });
        let mut sections = Vec::new();
        for pair in document.pairs(root) {
            let Some(key) = document.text(pair.key) else { continue };
            let key_place = document.span(pair.key);
            let place = document.span(pair.value);
            let section_path: &Path<'_> =
                arena.alloc(Path { parent: Some(path), segment: Segment::Key(key), place: key_place });
            let kind = if key == "Resources" {
                Kind::Map(Map::new(&[]))
            } else {
                Kind::Deferred(arena.alloc(Written::new(document, pair.value, section_path)))
            };
            let value = arena.alloc(Node { kind, place, path: section_path, via: None });
            if key == "Resources" {
                resources_path = section_path;
            }
            sections.push(Entry { key, key_place, value });
        }
        Self { arena, document, resources, root, path, resources_path, sections }
    }

    /// The template with one of its resources, as rules see it.
    pub(super) fn of_resource(&self, number: usize, graph: &'a Graph<'a>) -> Value<'a> {
        self.with(self.resource(number, graph).as_slice())
    }

    /// The template with all its resources, as rules see them.
    pub(super) fn resolved(&self, graph: &'a Graph<'a>) -> Indexed<'a> {
        let numbers = 0..self.resources.len();
        let resources: Vec<Entry<'a>> = numbers.filter_map(|number| self.resource(number, graph)).collect();
        let types: Vec<&str> = self.resources.iter().map(|resource| resource.entry.resource_type).collect();
        Indexed::with_types(self.with(&resources), &types, self.arena)
    }

    /// The text as cfn-guard reads it.
    pub(super) fn written(&self) -> Value<'a> {
        let kind = Kind::Deferred(self.arena.alloc(Written::new(self.document, self.root, self.path)));
        self.arena.alloc(Node { kind, place: self.document.span(self.root), path: self.path, via: None })
    }

    fn resource(&self, number: usize, graph: &'a Graph<'a>) -> Option<Entry<'a>> {
        let named = self.resources.get(number)?.entry.named;
        Some(Entry { key: named.name, key_place: named.name_span, value: graph.view(number) })
    }

    fn with(&self, resources: &[Entry<'a>]) -> Value<'a> {
        let place = resources.first().map_or(Span::default(), |entry| entry.key_place);
        let entries = self.arena.alloc_slice_copy(resources);
        let kind = Kind::Map(Map::new(entries));
        let value = self.arena.alloc(Node { kind, place, path: self.resources_path, via: None });
        let sections = self.arena.alloc_slice_copy(&self.sections);
        for section in sections.iter_mut().filter(|section| section.key == "Resources") {
            section.value = value;
        }
        self.arena.alloc(Node { kind: Kind::Map(Map::new(sections)), place, path: self.path, via: None })
    }
}

/// A part of the text as cfn-guard's `validate` reads it, made when it is asked for, level by level.
struct Written<'a> {
    document: &'a Document<'a>,
    node: NodeId,
    path: &'a Path<'a>,
    /// What it was made to: the same under all choices.
    made: OnceCell<Value<'a>>,
}

/// The short forms that stand before scalars, and those that stand before sequences; other tags are passed over.
const SCALAR_TAGS: [&str; 8] =
    ["!Ref", "!Base64", "!Sub", "!GetAZs", "!ImportValue", "!GetAtt", "!Condition", "!RefAll"];
const SEQUENCE_TAGS: [&str; 15] = [
    "!GetAtt",
    "!Sub",
    "!Select",
    "!Split",
    "!Join",
    "!FindInMap",
    "!And",
    "!Equals",
    "!Contains",
    "!EachMemberIn",
    "!EachMemberEquals",
    "!ValueOf",
    "!If",
    "!Not",
    "!Or",
];

impl<'a> Deferred<'a> for Written<'a> {
    fn force(&self, world: &World<'a, '_>) -> Result<Value<'a>, Pending> {
        Ok(self.made.get_or_init(|| self.make(world)))
    }
}

impl<'a> Written<'a> {
    fn new(document: &'a Document<'a>, node: NodeId, path: &'a Path<'a>) -> Self {
        Self { document, node, path, made: OnceCell::new() }
    }

    fn make(&self, world: &World<'a, '_>) -> Value<'a> {
        let Self { document, node, path, .. } = *self;
        let tag = document.tag(node);
        let node = document.resolve_alias(node);
        let place = document.tag_span(node).map_or(document.span(node), |tag| tag.join(document.span(node)));
        let below = |node: NodeId, segment: Segment<'a>, place: Span| {
            let path = world.arena.alloc(Path { parent: Some(path), segment, place });
            let kind = Kind::Deferred(world.arena.alloc(Written::new(document, node, path)));
            world.node(Node { kind, place: document.span(node), path, via: None })
        };
        let known: &[&str] = match document.content(node) {
            Content::Scalar { .. } => &SCALAR_TAGS,
            Content::Sequence(_) => &SEQUENCE_TAGS,
            Content::Mapping(_) | Content::Alias(_) => &[],
        };
        let kind = match document.content(node) {
            Content::Scalar { text, style: Style::Plain } if tag.is_none() => plain(text),
            Content::Scalar { text, style } => tagged(tag, text, style),
            Content::Sequence(items) => {
                let values: Vec<Value<'a>> = items
                    .iter()
                    .enumerate()
                    .map(|(index, &item)| {
                        below(item, Segment::Index(u32::try_from(index).unwrap_or(u32::MAX)), document.span(item))
                    })
                    .collect();
                Kind::List(world.arena.alloc_slice_copy(&values))
            }
            Content::Mapping(_) => {
                let entries: Vec<Entry<'a>> = document
                    .pairs(node)
                    .filter_map(|pair| {
                        let (key, key_place) = (document.text(pair.key)?, document.span(pair.key));
                        Some(Entry { key, key_place, value: below(pair.value, Segment::Key(key), key_place) })
                    })
                    .collect();
                Kind::Map(Map::new(world.arena.alloc_slice_copy(&entries)))
            }
            Content::Alias(_) => Kind::Null,
        };
        let value = world.node(Node { kind, place, path, via: None });
        let Some(function) = tag.filter(|tag| known.contains(tag)).and_then(|tag| tag.strip_prefix('!')) else {
            return value;
        };
        let key = match function {
            "Ref" | "Condition" => function,
            _ => world.arena.alloc_str(&format!("Fn::{function}")),
        };
        let entry = Entry { key, key_place: place, value };
        world.node(Node { kind: Kind::Map(Map::new(world.arena.alloc_slice_copy(&[entry]))), place, path, via: None })
    }
}

fn plain(text: &str) -> Kind<'_> {
    match text {
        "true" | "yes" | "on" | "y" => Kind::Bool(true),
        "false" | "no" | "off" | "n" => Kind::Bool(false),
        "~" | "null" | "Null" | "NULL" => Kind::Null,
        _ => match (text.parse(), text.parse()) {
            (Ok(integer), _) => Kind::Integer(integer),
            (_, Ok(float)) => Kind::Float(float),
            _ => Kind::String(text),
        },
    }
}

/// A scalar with a tag, or in quotes.
fn tagged<'t>(tag: Option<&str>, text: &'t str, style: Style) -> Kind<'t> {
    let core = tag.and_then(|tag| tag.strip_prefix("!!")).filter(|_| style == Style::Plain);
    match core {
        Some("int") => text.parse().map_or(Kind::String(text), Kind::Integer),
        Some("float") => text.parse().map_or(Kind::String(text), Kind::Float),
        Some("bool") if matches!(text, "true" | "false") => Kind::Bool(text == "true"),
        Some("null") => Kind::Null,
        _ => Kind::String(text),
    }
}
