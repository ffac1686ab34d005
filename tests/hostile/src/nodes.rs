//! Damages to what a text says: nodes that are gone, twice, in the wrong place, or functions and tags that nobody wrote.
//!
//! A collection is taken out of the text, changed, and put back in its place on one line, as YAML and JSON both allow. The
//! rest of the text stays as its author wrote it.

use cfnward::syntax::{Content, Document, Format, Hint, NodeId, Style, read};

use crate::random::Random;

/// The most nodes of a collection that is written anew. Larger ones are passed over for something within them.
const MOST_NODES: usize = 4_000;
const TAGS: [&str; 16] = [
    "!Ref",
    "!Sub",
    "!GetAtt",
    "!If",
    "!Join",
    "!Select",
    "!Split",
    "!FindInMap",
    "!ImportValue",
    "!Transform",
    "!Base64",
    "!Cidr",
    "!GetAZs",
    "!Condition",
    "!Equals",
    "!Unheard",
];
const SCALARS: [&str; 18] = [
    "",
    "~",
    "0",
    "-1",
    "1e400",
    "0x1F",
    "99999999999999999999",
    "true",
    "no",
    "2010-09-09",
    "*",
    "0.0.0.0/0",
    "::/0",
    "AWS::NoValue",
    "${A}${!B}${",
    "AWS::EC2::SecurityGroup",
    "\u{0}\u{1b}[31m\u{202e}",
    "é\u{301}🦀",
];

/// A node by itself.
#[derive(Clone)]
struct Tree {
    tag: Option<String>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Scalar(String, Style),
    List(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

/// The text with one node damaged; `None` when it has no nodes.
pub(crate) fn damaged(text: &str, random: &mut Random) -> Option<String> {
    let read = read(text, Hint::Unknown);
    let document = &read.document;
    let parents: Vec<NodeId> = document
        .nodes()
        .filter(|node| match document.content(*node) {
            Content::Sequence(items) => !items.is_empty(),
            Content::Mapping(pairs) => !pairs.is_empty(),
            _ => false,
        })
        .collect();
    let nodes: Vec<NodeId> = document.nodes().collect();
    for _ in 0..20 {
        let parent = *random.choose(&parents)?;
        let mut left = MOST_NODES;
        let Some(mut tree) = tree_of(document, parent, &mut left) else { continue };
        let mut room = 40;
        let other = random.choose(&nodes).and_then(|node| tree_of(document, *node, &mut room));
        tree.damage(other, random);
        let span = document.span(parent);
        let start = document.tag_span(parent).map_or(span.start(), |tag| tag.start().min(span.start()));
        let (Some(before), Some(old), Some(after)) =
            (text.get(..start), text.get(start..span.end()), text.get(span.end()..))
        else {
            continue;
        };
        let mut new = String::new();
        tree.write(document.format() == Format::Json, &mut new);
        // A block ends where its last line does.
        let end = if old.ends_with('\n') { "\n" } else { "" };
        return Some(format!("{before}{new}{end}{after}"));
    }
    None
}

/// A node with all that is in it, if that is not too much.
fn tree_of(document: &Document<'_>, node: NodeId, left: &mut usize) -> Option<Tree> {
    *left = left.checked_sub(1)?;
    let tag = document.tag(node).map(str::to_owned);
    let kind = match document.content(node) {
        Content::Scalar { text, style } => Kind::Scalar(text.to_owned(), style),
        Content::Sequence(items) => {
            Kind::List(items.iter().map(|item| tree_of(document, *item, left)).collect::<Option<_>>()?)
        }
        Content::Mapping(pairs) => {
            let pair = |pair: &cfnward::syntax::Pair| {
                Some((tree_of(document, pair.key, left)?, tree_of(document, pair.value, left)?))
            };
            Kind::Map(pairs.iter().map(pair).collect::<Option<_>>()?)
        }
        Content::Alias(target) => return tree_of(document, target, left),
    };
    Some(Tree { tag, kind })
}

fn scalar(text: &str) -> Tree {
    Tree { tag: None, kind: Kind::Scalar(text.to_owned(), Style::Plain) }
}

fn list(items: Vec<Tree>) -> Tree {
    Tree { tag: None, kind: Kind::List(items) }
}

fn map(key: &str, value: Tree) -> Tree {
    Tree { tag: None, kind: Kind::Map(vec![(scalar(key), value)]) }
}

impl Tree {
    /// Changes one of the nodes below this one; `other` is one from somewhere else.
    fn damage(&mut self, other: Option<Self>, random: &mut Random) {
        // How far down: a node on the way, or the deepest there is.
        if random.below(3) != 0
            && let Some(inner) = self.inner(random)
        {
            return inner.damage(other, random);
        }
        let other = other.unwrap_or_else(|| scalar("x"));
        match &mut self.kind {
            Kind::List(items) if !items.is_empty() => {
                let (one, two) = (random.below(items.len()), random.below(items.len()));
                match random.below(6) {
                    0 => drop(items.remove(one)),
                    1 => items.insert(two, items[one].clone()),
                    2 => items.swap(one, two),
                    3 => items.insert(one, other),
                    4 => items[one] = other,
                    _ => items[one].replace(random),
                }
            }
            Kind::Map(pairs) if !pairs.is_empty() => {
                let (one, two) = (random.below(pairs.len()), random.below(pairs.len()));
                match random.below(9) {
                    0 => drop(pairs.remove(one)),
                    1 => pairs.insert(two, pairs[one].clone()),
                    2 => pairs.swap(one, two),
                    3 => {
                        let value = pairs[one].1.clone();
                        let value = std::mem::replace(&mut pairs[two].1, value);
                        pairs[one].1 = value;
                    }
                    4 => pairs[one].1 = other,
                    5 => pairs[one].0 = pairs[two].0.clone(),
                    6 => pairs[one].0 = scalar(random.choose(&SCALARS).copied().unwrap_or_default()),
                    _ => pairs[one].1.replace(random),
                }
            }
            _ => self.replace(random),
        }
    }

    fn inner(&mut self, random: &mut Random) -> Option<&mut Self> {
        match &mut self.kind {
            Kind::List(items) => {
                let chosen = random.below(items.len());
                items.get_mut(chosen)
            }
            Kind::Map(pairs) => {
                let chosen = random.below(pairs.len());
                pairs.get_mut(chosen).map(|pair| &mut pair.1)
            }
            Kind::Scalar(..) => None,
        }
    }

    /// Something else in this place: a function of what was there, another tag, another scalar, other brackets.
    fn replace(&mut self, random: &mut Random) {
        let old = self.clone();
        *self = match random.below(22) {
            0 => map("Ref", old),
            1 => map("Fn::GetAtt", list(vec![old, scalar("Arn")])),
            2 => map("Fn::Sub", list(vec![scalar("${A}${AWS::Region}"), map("A", old)])),
            3 => map("Fn::If", list(vec![scalar("IsProd"), old.clone(), old])),
            4 => map("Fn::If", list(vec![scalar("A"), map("Ref", scalar("AWS::NoValue")), old])),
            5 => map("Fn::Join", list(vec![scalar(","), list(vec![old.clone(), old])])),
            6 => map("Fn::Select", list(vec![scalar("1"), list(vec![scalar("a"), old])])),
            7 => map("Fn::Split", list(vec![scalar(","), old])),
            8 => map("Fn::FindInMap", list(vec![scalar("M"), scalar("A"), old])),
            9 => map("Fn::Transform", map("Name", old)),
            10 => {
                map("Fn::ForEach::L", list(vec![scalar("X"), list(vec![scalar("a"), scalar("b")]), map("${X}", old)]))
            }
            11 => map("Fn::ImportValue", old),
            12 => map("Ref", scalar("AWS::NoValue")),
            13 | 14 => Self { tag: random.choose(&TAGS).map(|tag| (*tag).to_owned()), ..old },
            15 => Self { tag: None, ..old },
            16 => list(vec![old]),
            17 => list(Vec::new()),
            18 => Self { tag: None, kind: Kind::Map(Vec::new()) },
            _ => scalar(random.choose(&SCALARS).copied().unwrap_or_default()),
        };
    }

    /// On one line.
    fn write(&self, is_json: bool, out: &mut String) {
        if let Some(tag) = self.tag.as_ref().filter(|_| !is_json) {
            out.push_str(tag);
            out.push(' ');
        }
        match &self.kind {
            Kind::Scalar(text, style) => {
                let number = serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| !value.is_string());
                let word = |byte: u8| byte.is_ascii_alphanumeric() || b"._/*-".contains(&byte);
                let bare = !is_json && !text.is_empty() && text.bytes().all(word) && !text.starts_with(['-', '*', '.']);
                if *style == Style::Plain && ((number && text.len() < 40 && !text.contains(['[', '{'])) || bare) {
                    out.push_str(text);
                } else {
                    out.push_str(&serde_json::Value::from(text.as_str()).to_string());
                }
            }
            Kind::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    out.push_str(if number == 0 { "" } else { ", " });
                    item.write(is_json, out);
                }
                out.push(']');
            }
            Kind::Map(pairs) => {
                out.push('{');
                for (number, (key, value)) in pairs.iter().enumerate() {
                    out.push_str(if number == 0 { "" } else { ", " });
                    match &key.kind {
                        Kind::Scalar(text, _) if is_json => {
                            out.push_str(&serde_json::Value::from(text.as_str()).to_string())
                        }
                        _ => key.write(is_json, out),
                    }
                    out.push_str(": ");
                    value.write(is_json, out);
                }
                out.push('}');
            }
        }
    }
}
