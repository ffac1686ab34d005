//! Edits that authors make to templates: another layout, another order, another syntax, things added and renamed.
//!
//! A template is read into a tree, edited there and written out again. What is written means the same to
//! CloudFormation, except for what the edit says.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use cfnward::syntax::{Content, Document, Hint, NodeId, Scalar, Style, read};
use serde_json::json;

/// A node of a template, its tag kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub tag: Option<String>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A text, in whatever quotes.
    Text(String),
    /// A number, a Boolean or null as it is written.
    Plain(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// How a tree is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layout {
    /// YAML in block style; `wide` indents more, quotes otherwise, and has comments and empty lines.
    Yaml { wide: bool },
    /// JSON, functions in their long form.
    Json,
}

pub fn text(text: &str) -> Tree {
    Tree { tag: None, kind: Kind::Text(text.to_owned()) }
}

pub fn map<const N: usize>(pairs: [(&str, Tree); N]) -> Tree {
    Tree { tag: None, kind: Kind::Map(pairs.map(|(key, value)| (key.to_owned(), value)).into()) }
}

/// The tree of a template; `None` if it holds what is not the same after being read and written: aliases, keys that
/// stand twice, tags that are no functions, syntax errors.
pub fn tree(source: &str) -> Option<Tree> {
    let read = read(source, Hint::Unknown);
    if !read.problems.is_empty() {
        return None;
    }
    let document = &read.document;
    build(document, document.root()?)
}

fn build(document: &Document<'_>, node: NodeId) -> Option<Tree> {
    let tag = document.tag(node).map(str::to_owned);
    if tag.as_ref().is_some_and(|tag| !FUNCTIONS.iter().any(|function| function == tag)) {
        return None;
    }
    let kind = match document.content(node) {
        Content::Scalar { text, style: Style::Plain } if tag.is_none() => match document.scalar(node) {
            Scalar::Text(text) => Kind::Text(text.to_owned()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Integer(_) | Scalar::Float(_) => Kind::Plain(text.to_owned()),
        },
        Content::Scalar { text, .. } => Kind::Text(text.to_owned()),
        Content::Sequence(items) => {
            Kind::List(items.iter().map(|item| build(document, *item)).collect::<Option<Vec<_>>>()?)
        }
        Content::Mapping(pairs) => {
            let mut built = Vec::new();
            for pair in pairs {
                let key = document.text(pair.key)?.to_owned();
                if pair.dead || pair.merged || document.tag(pair.key).is_some() {
                    return None;
                }
                built.push((key, build(document, pair.value)?));
            }
            Kind::Map(built)
        }
        Content::Alias(_) => return None,
    };
    Some(Tree { tag, kind })
}

const FUNCTIONS: [&str; 19] = [
    "!Ref",
    "!GetAtt",
    "!Sub",
    "!Join",
    "!Select",
    "!Split",
    "!FindInMap",
    "!If",
    "!And",
    "!Or",
    "!Not",
    "!Equals",
    "!Base64",
    "!Cidr",
    "!GetAZs",
    "!ImportValue",
    "!Condition",
    "!Length",
    "!ToJsonString",
];

impl Tree {
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(pairs) if self.tag.is_none() => pairs.iter().find(|(name, _)| name == key).map(|(_, tree)| tree),
            _ => None,
        }
    }

    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.kind {
            Kind::Map(pairs) => pairs.iter_mut().find(|(name, _)| name == key).map(|(_, tree)| tree),
            _ => None,
        }
    }

    pub fn pairs(&self) -> &[(String, Self)] {
        match &self.kind {
            Kind::Map(pairs) => pairs,
            _ => &[],
        }
    }

    pub fn pairs_mut(&mut self) -> Option<&mut Vec<(String, Self)>> {
        match &mut self.kind {
            Kind::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    /// Every node below, itself first.
    fn each(&mut self, edit: &mut impl FnMut(&mut Self)) {
        edit(self);
        match &mut self.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| item.each(edit)),
            Kind::Map(pairs) => pairs.iter_mut().for_each(|(_, value)| value.each(edit)),
            Kind::Text(_) | Kind::Plain(_) => {}
        }
    }

    /// Keys in the opposite order.
    pub fn reversed(mut self) -> Self {
        self.each(&mut |node| {
            if let Kind::Map(pairs) = &mut node.kind {
                pairs.reverse();
            }
        });
        self
    }

    /// Unrelated things before, between and behind what is there.
    pub fn with_more(mut self) -> Self {
        let more = |name: &str| (name.to_owned(), map([("Type", text("AWS::CloudFormation::WaitConditionHandle"))]));
        if let Some(resources) = self.get_mut("Resources").and_then(Self::pairs_mut) {
            resources.insert(0, more("AaaUnrelated"));
            resources.insert(resources.len() / 2, more("MmmUnrelated"));
            resources.push(more("ZzzUnrelated"));
        }
        for (section, entry) in [
            ("Parameters", map([("Type", text("String")), ("Default", text("x"))])),
            ("Outputs", map([("Value", text("x"))])),
            ("Conditions", map([("Fn::Equals", Self { tag: None, kind: Kind::List(vec![text("a"), text("b")]) })])),
            ("Mappings", map([("row", map([("Key", text("value"))]))])),
        ] {
            let name = format!("Unrelated{section}");
            match self.get_mut(section).and_then(Self::pairs_mut) {
                Some(pairs) => pairs.insert(0, (name, entry)),
                None => {
                    let section = (section.to_owned(), Self { tag: None, kind: Kind::Map(vec![(name, entry)]) });
                    self.pairs_mut().into_iter().for_each(|pairs| pairs.insert(0, section.clone()));
                }
            }
        }
        self
    }

    /// Another item at the start of lists of tags, of network rules and of statements, and more attributes on resources.
    pub fn with_siblings(mut self) -> Self {
        let Some(resources) = self.get_mut("Resources") else { return self };
        resources.each(&mut |node| {
            let Kind::Map(pairs) = &mut node.kind else { return };
            for (key, value) in pairs {
                let Kind::List(items) = &mut value.kind else { continue };
                let Some(first) = items.first().filter(|_| value.tag.is_none()) else { continue };
                let has = |key: &str| first.get(key).is_some();
                let item = match key.as_str() {
                    "Tags" if has("Key") && has("Value") => map([("Key", text("Aaa")), ("Value", text("x"))]),
                    "SecurityGroupIngress" if has("IpProtocol") => map([
                        ("IpProtocol", text("tcp")),
                        ("FromPort", Self { tag: None, kind: Kind::Plain("8443".to_owned()) }),
                        ("ToPort", Self { tag: None, kind: Kind::Plain("8443".to_owned()) }),
                        ("CidrIp", text("10.1.2.0/24")),
                        ("Description", text("added")),
                    ]),
                    "Statement" if has("Effect") && has("Resource") && !has("Principal") => map([
                        ("Effect", text("Allow")),
                        ("Action", text("sqs:GetQueueAttributes")),
                        ("Resource", text("arn:aws:sqs:eu-west-1:123456789012:added")),
                    ]),
                    _ => continue,
                };
                items.insert(0, item);
            }
        });
        for (_, resource) in resources.pairs_mut().into_iter().flatten() {
            if resource.get("Type").is_some() && resource.get("Metadata").is_none() {
                let more = ("Metadata".to_owned(), map([("Team", text("storage"))]));
                resource.pairs_mut().into_iter().for_each(|pairs| pairs.insert(0, more.clone()));
            }
        }
        self
    }

    /// Other names for resources, everywhere: the old ones with that behind them.
    pub fn renamed(mut self, names: &BTreeSet<String>, suffix: &str) -> Self {
        let other = |name: &str| names.contains(name).then(|| format!("{name}{suffix}"));
        if let Some(resources) = self.get_mut("Resources").and_then(Self::pairs_mut) {
            for (name, _) in resources {
                if let Some(other) = other(name) {
                    *name = other;
                }
            }
        }
        self.each(&mut |node| match (&mut node.kind, node.tag.as_deref()) {
            (Kind::Text(text), Some("!Ref")) => {
                if let Some(other) = other(text) {
                    *text = other;
                }
            }
            (Kind::Text(text), Some("!GetAtt")) => rename_attribute(text, &other),
            (Kind::List(items), Some("!GetAtt")) => rename_first(items, &other),
            (Kind::Text(text), Some("!Sub")) => rename_holes(text, &other),
            (Kind::List(items), Some("!Sub")) => rename_template(items, &other),
            (Kind::Map(pairs), _) => {
                for (key, value) in pairs {
                    match (key.as_str(), &mut value.kind) {
                        ("Ref" | "DependsOn", Kind::Text(text)) => {
                            if let Some(other) = other(text) {
                                *text = other;
                            }
                        }
                        ("DependsOn", Kind::List(items)) => {
                            items.iter_mut().for_each(|item| rename_first(std::slice::from_mut(item), &other));
                        }
                        ("Fn::GetAtt", Kind::Text(text)) => rename_attribute(text, &other),
                        ("Fn::GetAtt", Kind::List(items)) => rename_first(items, &other),
                        ("Fn::Sub", Kind::Text(text)) => rename_holes(text, &other),
                        ("Fn::Sub", Kind::List(items)) => rename_template(items, &other),
                        _ => {}
                    }
                }
            }
            _ => {}
        });
        self
    }

    /// The template as text.
    pub fn written(&self, layout: Layout) -> Option<String> {
        match layout {
            Layout::Json => Some(format!("{}\n", serde_json::to_string_pretty(&OrderedJson(self)).ok()?)),
            Layout::Yaml { wide } => {
                let mut out = String::new();
                write_yaml(self, 0, wide, &mut out);
                let out = out.trim_start_matches('\n').to_owned();
                Some(if wide { format!("# Kept by the platform team.\n\n\n{out}\n# The end.\n") } else { out })
            }
        }
    }
}

fn rename_attribute(text: &mut String, other: &impl Fn(&str) -> Option<String>) {
    let renamed = text.split_once('.').and_then(|(name, attribute)| Some(format!("{}.{attribute}", other(name)?)));
    if let Some(renamed) = renamed {
        *text = renamed;
    }
}

fn rename_first(items: &mut [Tree], other: &impl Fn(&str) -> Option<String>) {
    if let Some(Kind::Text(text)) = items.first_mut().map(|item| &mut item.kind)
        && let Some(other) = other(text)
    {
        *text = other;
    }
}

fn rename_template(items: &mut [Tree], other: &impl Fn(&str) -> Option<String>) {
    if let Some(Kind::Text(text)) = items.first_mut().map(|item| &mut item.kind) {
        rename_holes(text, other);
    }
}

fn rename_holes(text: &mut String, other: &impl Fn(&str) -> Option<String>) {
    let mut renamed = String::new();
    for (number, part) in text.split("${").enumerate() {
        if number == 0 {
            renamed.push_str(part);
            continue;
        }
        renamed.push_str("${");
        let end = part.find(['}', '.']).unwrap_or(part.len());
        renamed.push_str(&other(&part[..end]).unwrap_or_else(|| part[..end].to_owned()));
        renamed.push_str(&part[end..]);
    }
    *text = renamed;
}

/// Writes keys in the tree's order, which a map of `serde_json` would not keep.
struct OrderedJson<'t>(&'t Tree);

impl serde::Serialize for OrderedJson<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let tree = self.0;
        if let Some(tag) = &tree.tag {
            let name = match tag.as_str() {
                "!Ref" => "Ref".to_owned(),
                "!Condition" => "Condition".to_owned(),
                tag => format!("Fn::{}", &tag[1..]),
            };
            let argument = match (&tree.kind, tag.as_str()) {
                (Kind::Text(text), "!GetAtt") => {
                    let (id, attribute) = text.split_once('.').unwrap_or((text, ""));
                    Tree { tag: None, kind: Kind::List(vec![self::text(id), self::text(attribute)]) }
                }
                (kind, _) => Tree { tag: None, kind: kind.clone() },
            };
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(&name, &OrderedJson(&argument))?;
            return map.end();
        }
        match &tree.kind {
            Kind::Text(text) => serializer.serialize_str(text),
            Kind::Plain(text) => plain_json(text).serialize(serializer),
            Kind::List(items) => serializer.collect_seq(items.iter().map(OrderedJson)),
            Kind::Map(pairs) => serializer.collect_map(pairs.iter().map(|(key, value)| (key, OrderedJson(value)))),
        }
    }
}

fn plain_json(text: &str) -> serde_json::Value {
    match text.to_ascii_lowercase().as_str() {
        "" | "~" | "null" => json!(null),
        "true" | "yes" | "on" => json!(true),
        "false" | "no" | "off" => json!(false),
        _ => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    }
}

fn write_yaml(tree: &Tree, level: usize, wide: bool, out: &mut String) {
    let indent = " ".repeat(level * if wide { 5 } else { 2 });
    if let Some(tag) = &tree.tag {
        out.push(' ');
        out.push_str(tag);
    }
    match &tree.kind {
        Kind::Text(text) => writeln!(out, " {}", quoted(text, wide)).unwrap(),
        Kind::Plain(text) if text.is_empty() => out.push_str(" null\n"),
        Kind::Plain(text) => writeln!(out, " {text}").unwrap(),
        Kind::List(items) if items.is_empty() => out.push_str(" []\n"),
        Kind::Map(pairs) if pairs.is_empty() => out.push_str(" {}\n"),
        Kind::List(items) => {
            out.push('\n');
            for item in items {
                write!(out, "{indent}-").unwrap();
                write_yaml(item, level + 1, wide, out);
            }
        }
        Kind::Map(pairs) => {
            out.push('\n');
            for (number, (key, value)) in pairs.iter().enumerate() {
                if wide && number % 3 == 1 {
                    write!(out, "\n{indent}# {key} below\n").unwrap();
                }
                write!(out, "{indent}{}:", quoted(key, wide)).unwrap();
                if wide && matches!(value.kind, Kind::Map(_)) && !value.pairs().is_empty() && value.tag.is_none() {
                    out.push_str("  # see the wiki");
                }
                write_yaml(value, level + 1, wide, out);
            }
        }
    }
}

/// A text in double quotes, or in single ones where it has nothing to escape.
fn quoted(text: &str, single: bool) -> String {
    if single && text.chars().all(|c| !c.is_control() && c != '\'' && c != '\u{feff}') && !text.is_empty() {
        return format!("'{text}'");
    }
    json!(text).to_string().replace('\u{7f}', "\\u007f").replace('\u{85}', "\\u0085")
}

/// What an edited template is called and what is in it; the meaning is that of the first.
pub fn layouts(source: &str) -> Option<Vec<(&'static str, String)>> {
    let tree = tree(source)?;
    let plain = Layout::Yaml { wide: false };
    let mut edited = vec![
        ("another layout", tree.written(Layout::Yaml { wide: true })?),
        ("JSON", tree.written(Layout::Json)?),
        ("keys in another order", tree.clone().reversed().written(plain)?),
    ];
    let is_json = source.trim_start().starts_with('{');
    if !is_json && !source.contains('\r') {
        let lines: String = source.lines().flat_map(|line| [line, "\r\n"]).collect();
        edited.push(("carriage returns", format!("# A comment.\r\n\r\n{lines}")));
    }
    Some(edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    DependsOn: B\n    Properties:\n      \
                            Name: !Sub 'x-${B}-${B.Arn}-${Bee}'\n      Size: 3\n      Key: !GetAtt B.Arn\n  B:\n    \
                            Type: AWS::KMS::Key\n";

    #[test]
    fn what_is_written_reads_the_same() {
        let before = tree(TEMPLATE).unwrap();
        for wide in [false, true] {
            let written = before.written(Layout::Yaml { wide }).unwrap();
            assert_eq!(tree(&written).as_ref(), Some(&before), "{written}");
        }
        let json = before.written(Layout::Json).unwrap();
        assert!(json.contains("{\n            \"Fn::GetAtt\"") || json.contains("\"Fn::GetAtt\""), "{json}");
        assert!(tree(&json).is_some());
    }

    #[test]
    fn a_name_changes_wherever_it_is_used() {
        let renamed = tree(TEMPLATE).unwrap().renamed(&BTreeSet::from(["B".to_owned()]), "Renamed");
        let text = renamed.written(Layout::Yaml { wide: false }).unwrap();
        assert!(text.contains("x-${BRenamed}-${BRenamed.Arn}-${Bee}"), "{text}");
        assert!(text.contains("\"DependsOn\": \"BRenamed\"") && text.contains("!GetAtt \"BRenamed.Arn\""), "{text}");
    }
}
