//! Is this file a template?

use memchr::memmem;

use crate::diag::Confidence;
use crate::syntax::{Document, NodeId};
use crate::text::Span;

/// The sections of a template, and those that tools resolve before they deploy.
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks",
    "Globals",
    "Modules",
    "Packages",
    "Constants",
    "Rain",
    "Fn::Transform",
];

const FORMAT_VERSION: &str = "AWSTemplateFormatVersion";
const SERVERLESS_TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// So many keys that no template has are allowed beside typed resources.
const MOST_FOREIGN_KEYS: usize = 3;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detection {
    /// A template.
    Template(Confidence),
    /// A template with the serverless transform, or with a resource that needs it.
    Sam(Confidence),
    /// Values for the parameters of a template.
    ParameterFile,
    /// Not a template before a generator has rendered it; the first marker where a key or a section should be.
    Templated(Span),
    /// None of these.
    None,
}

impl Detection {
    /// How sure it is that this is a template; `None` when it is not.
    #[must_use]
    pub fn template(self) -> Option<Confidence> {
        match self {
            Self::Template(confidence) | Self::Sam(confidence) => Some(confidence),
            Self::ParameterFile | Self::Templated(_) | Self::None => None,
        }
    }
}

/// Whether a file can be a template at all, seen from its bytes. A file that passes may still be anything; one that does
/// not is no template, however it is encoded or escaped.
#[must_use]
pub fn prefilter(bytes: &[u8]) -> bool {
    let contains = |needle: &str| memmem::find(bytes, needle.as_bytes()).is_some();
    if contains(FORMAT_VERSION) || is_utf16(bytes) {
        return true;
    }
    if contains("::") && has_key(bytes, "Resources") && contains("Type") && has_type_name(bytes) {
        return true;
    }
    if has_key(bytes, "Transform") && (contains("AWS::") || contains("Fn::") || contains("Macro")) {
        return true;
    }
    escapes_a_letter(bytes)
}

fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

/// Whether the word stands where a key can: not inside a longer word, before a colon.
fn has_key(bytes: &[u8], key: &str) -> bool {
    memmem::find_iter(bytes, key.as_bytes()).any(|start| {
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(start + key.len()..).unwrap_or_default();
        let after = after.strip_prefix(b"\"").or(after.strip_prefix(b"'")).unwrap_or(after);
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) && after.trim_ascii_start().starts_with(b":")
    })
}

/// Whether there is something like `AWS::` or `X::Y::Z`.
fn has_type_name(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, "::").any(|at| {
        at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric)
            && bytes.get(at + 2).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

/// Whether a letter or a colon is written as an escape: then the words above cannot be searched for.
fn escapes_a_letter(bytes: &[u8]) -> bool {
    let is_letter = |digits: Option<&[u8]>| matches!(digits, Some([b'4'..=b'7', _] | [b'3', b'a' | b'A']));
    memmem::find_iter(bytes, "\\u00").any(|at| is_letter(bytes.get(at + 4..at + 6)))
        || memmem::find_iter(bytes, "\\U000000").any(|at| is_letter(bytes.get(at + 8..at + 10)))
        || memmem::find_iter(bytes, "\\x").any(|at| is_letter(bytes.get(at + 2..at + 4)))
}

/// The first mark of a generator (Jinja, Go, Handlebars, ERB) in a text: `{%`, `<%`, or `{{` that does not begin a dynamic
/// reference.
///
/// A document that is a template may hold such marks in its texts; they explain something only about a file that cannot
/// be read or is not a template.
#[must_use]
pub fn templated_markers(text: &str) -> Option<Span> {
    let mut rest = 0;
    while let Some(found) = text.get(rest..).and_then(|tail| tail.find(['{', '<'])) {
        let at = rest + found;
        let tail = text.get(at..).unwrap_or_default();
        if is_marker(tail) {
            return Some(Span::new(at, at + 2));
        }
        // A run of braces is looked at once.
        rest = at + if tail.starts_with("{{") { 2 } else { 1 };
    }
    None
}

fn is_marker(text: &str) -> bool {
    text.starts_with("{%")
        || text.starts_with("<%")
        || text.strip_prefix("{{").is_some_and(|inside| !inside.trim_start().starts_with("resolve:"))
}

/// Tells what a document is by its structure alone.
#[must_use]
pub fn detect(document: &Document<'_>) -> Detection {
    let Some(root) = document.root() else { return Detection::None };
    if !document.is_mapping(root) {
        return if is_parameter_list(document, root) { Detection::ParameterFile } else { Detection::None };
    }
    let keys = Keys::of(document, root);
    let resources = Resources::of(document, root);
    let transforms = Transforms::of(document, root);
    match confidence(&keys, &resources, &transforms) {
        Some(confidence) if resources.serverless || transforms.serverless => Detection::Sam(confidence),
        Some(confidence) => Detection::Template(confidence),
        None => match misplaced_marker(document, root).filter(|_| keys.known > 0) {
            Some(marker) => Detection::Templated(marker),
            None if is_parameter_map(document, root, &keys) => Detection::ParameterFile,
            None => Detection::None,
        },
    }
}

fn confidence(keys: &Keys, resources: &Resources, transforms: &Transforms) -> Option<Confidence> {
    let typed = resources.typed > 0 || resources.expands;
    if keys.format_version && keys.known > 1 {
        return match resources.shape {
            Shape::Sequence => None,
            Shape::Mapping if resources.entries > 0 && !typed => Some(Confidence::Medium),
            _ => Some(Confidence::High),
        };
    }
    if resources.shape == Shape::Mapping && typed {
        if keys.foreign == 0 {
            return Some(Confidence::High);
        }
        let mostly_typed = resources.typed * 2 >= resources.entries;
        if mostly_typed && keys.foreign <= MOST_FOREIGN_KEYS && !keys.kubernetes {
            return Some(Confidence::Medium);
        }
    }
    let only_transform = transforms.named && resources.shape != Shape::Mapping && keys.foreign == 0;
    only_transform.then_some(Confidence::Low)
}

/// The keys of the root.
struct Keys {
    /// Keys that are sections.
    known: usize,
    /// Keys that no template has.
    foreign: usize,
    format_version: bool,
    kubernetes: bool,
}

impl Keys {
    fn of(document: &Document<'_>, root: NodeId) -> Self {
        let mut keys = Self { known: 0, foreign: 0, format_version: false, kubernetes: false };
        for pair in document.pairs(root) {
            let key = document.text(pair.key).unwrap_or_default();
            if SECTIONS.contains(&key) {
                keys.known += 1;
            } else {
                keys.foreign += 1;
            }
        }
        keys.format_version = document.get(root, FORMAT_VERSION).is_some();
        keys.kubernetes = document.get(root, "apiVersion").is_some() && document.get(root, "kind").is_some();
        keys
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Absent,
    Mapping,
    Sequence,
}

/// The entries of the `Resources` section.
struct Resources {
    shape: Shape,
    entries: usize,
    /// Entries with the name of a resource type.
    typed: usize,
    /// Whether a loop or a transform makes further entries.
    expands: bool,
    serverless: bool,
}

impl Resources {
    fn of(document: &Document<'_>, root: NodeId) -> Self {
        let mut resources = Self { shape: Shape::Absent, entries: 0, typed: 0, expands: false, serverless: false };
        let Some(section) = document.get(root, "Resources") else { return resources };
        if document.is_sequence(section.value) {
            resources.shape = Shape::Sequence;
        } else if document.is_mapping(section.value) {
            resources.shape = Shape::Mapping;
        }
        for pair in document.pairs(section.value) {
            let key = document.text(pair.key).unwrap_or_default();
            let is_loop = key.starts_with("Fn::ForEach::") && document.is_sequence(pair.value);
            if is_loop || key == "Fn::Transform" {
                resources.expands = true;
                continue;
            }
            resources.entries += 1;
            let kind = document.get(pair.value, "Type").and_then(|kind| document.text(kind.value));
            if let Some(kind) = kind.filter(|kind| is_type_name(kind)) {
                resources.typed += 1;
                resources.serverless |= kind.starts_with("AWS::Serverless::");
            }
        }
        resources
    }
}

/// `A::B::C`, `A::B::C::MODULE` or `Custom::x`.
fn is_type_name(name: &str) -> bool {
    let is_word = |word: &str| (1..=64).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(custom) = name.strip_prefix("Custom::") {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'-');
        if (1..=60).contains(&custom.len()) && custom.bytes().all(fits) {
            return true;
        }
    }
    let words: Vec<&str> = name.strip_suffix("::MODULE").unwrap_or(name).split("::").take(5).collect();
    let starts_upper = name.starts_with(|character: char| character.is_ascii_uppercase());
    let fits = match words.as_slice() {
        [_, _, _] => true,
        // No type has four words, but what follows `AWS::` is meant as one.
        ["AWS", _, _, _] => true,
        _ => false,
    };
    fits && starts_upper && words.into_iter().all(is_word)
}

/// The `Transform` section.
struct Transforms {
    /// Whether there is one and all of it are names.
    named: bool,
    serverless: bool,
}

impl Transforms {
    fn of(document: &Document<'_>, root: NodeId) -> Self {
        let mut transforms = Self { named: false, serverless: false };
        let Some(section) = document.get(root, "Transform") else { return transforms };
        let single = [section.value];
        let items = if document.is_sequence(section.value) { document.items(section.value) } else { &single };
        transforms.named = true;
        for &item in items {
            let name = match document.get(item, "Name") {
                Some(pair) => document.text(pair.value),
                None => document.text(item),
            };
            transforms.named &= name.is_some_and(|name| !name.is_empty());
            transforms.serverless |= name == Some(SERVERLESS_TRANSFORM);
        }
        transforms
    }
}

/// A list of `ParameterKey` and `ParameterValue`.
fn is_parameter_list(document: &Document<'_>, root: NodeId) -> bool {
    let items = document.items(root);
    !items.is_empty() && items.iter().all(|&item| document.get(item, "ParameterKey").is_some())
}

/// `Parameters` with plain values and no resources.
fn is_parameter_map(document: &Document<'_>, root: NodeId, keys: &Keys) -> bool {
    let Some(section) = document.get(root, "Parameters") else { return false };
    if is_parameter_list(document, section.value) {
        return true;
    }
    let mut values = document.pairs(section.value).peekable();
    keys.known == 1 && values.peek().is_some() && values.all(|pair| !document.is_mapping(pair.value))
}

/// The first marker that stands as a key or a value of the root or of a section: `{{ x }}` without quotes is read as a
/// mapping.
fn misplaced_marker(document: &Document<'_>, root: NodeId) -> Option<Span> {
    let marker = |node: NodeId| {
        let span = document.span(node);
        span.slice(document.source()).is_some_and(is_marker).then(|| Span::new(span.start(), span.start() + 2))
    };
    document.pairs(root).find_map(|section| {
        marker(section.key).or_else(|| marker(section.value)).or_else(|| {
            document.pairs(section.value).find_map(|entry| marker(entry.key).or_else(|| marker(entry.value)))
        })
    })
}
