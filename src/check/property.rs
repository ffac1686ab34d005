//! Paths as text: for people, and for fingerprints that survive reordering.

use crate::syntax::{Document, NodeId};
use crate::value::{Path, Segment};

/// Keys that name a list item better than its number does, in the order in which they are tried.
const CONTENT_KEYS: [&str; 8] =
    ["Sid", "Key", "PolicyName", "Name", "DeviceName", "Id", "TargetOriginId", "PathPattern"];
/// The keys that together name a network rule.
const NETWORK_KEYS: [&str; 8] = [
    "IpProtocol",
    "FromPort",
    "ToPort",
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "SourcePrefixListId",
    "DestinationPrefixListId",
];

/// The path below the document's root, such as `Resources.Logs.Properties.Tags[0].Value`.
pub(super) fn path_text(path: &Path<'_>) -> String {
    let mut text = String::new();
    for segment in path.segments() {
        push_segment(&mut text, segment.segment);
    }
    text
}

/// The path below the resource (`Properties.Tags[0].Value`), and the resource's logical id; outside of resources the
/// whole path.
pub(super) fn below_resource<'a>(path: &'a Path<'a>) -> (Option<&'a str>, String) {
    let segments = path.segments();
    let mut text = String::new();
    let mut logical_id = None;
    let in_resources = segments.first().is_some_and(|first| first.segment == Segment::Key("Resources"));
    for (depth, segment) in segments.iter().enumerate() {
        match (depth, segment.segment) {
            (0, Segment::Key("Resources")) if segments.len() > 1 => {}
            (1, Segment::Key(key)) if in_resources => logical_id = Some(key),
            (_, segment) => push_segment(&mut text, segment),
        }
    }
    (logical_id, text)
}

fn push_segment(text: &mut String, segment: Segment<'_>) {
    match segment {
        Segment::Root(_) => {}
        Segment::Key(key) => {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(key);
        }
        Segment::Index(index) => {
            text.push('[');
            text.push_str(&index.to_string());
            text.push(']');
        }
    }
}

/// The path with list items named by their content, for a fingerprint: inserting an item before does not rename the
/// rest.
pub(super) fn stable_path(document: &Document<'_>, root: NodeId, path: &Path<'_>) -> String {
    let mut text = String::new();
    let mut node = Some(root);
    for segment in path.segments() {
        match segment.segment {
            Segment::Root(_) => {}
            Segment::Key(key) => {
                push_segment(&mut text, segment.segment);
                node = node.and_then(|node| document.get(node, key)).map(|pair| pair.value);
            }
            Segment::Index(index) => {
                let items = node.map(|node| document.items(node)).unwrap_or_default();
                let item = usize::try_from(index).ok().and_then(|index| items.get(index)).copied();
                text.push('[');
                match item {
                    Some(item) => text.push_str(&content_name(document, item)),
                    None => text.push_str(&index.to_string()),
                }
                text.push(']');
                node = item;
            }
        }
    }
    text
}

fn content_name(document: &Document<'_>, item: NodeId) -> String {
    let value = |key: &str| {
        let pair = document.get(item, key)?;
        Some(canonical(document, pair.value))
    };
    for key in CONTENT_KEYS {
        if let Some(name) = value(key) {
            return format!("{key}={name}");
        }
    }
    if document.get(item, "IpProtocol").is_some() {
        let parts: Vec<String> = NETWORK_KEYS.iter().map(|key| value(key).unwrap_or_default()).collect();
        return parts.join(":");
    }
    super::fingerprint::short_hash(&canonical(document, item))
}

/// A text that does not change with layout, quotes, comments or the order of keys.
pub(super) fn canonical(document: &Document<'_>, node: NodeId) -> String {
    let mut text = String::new();
    write_canonical(document, node, &mut text);
    text
}

fn write_canonical(document: &Document<'_>, node: NodeId, text: &mut String) {
    // The document's depth is bounded by the reader; its aliases may still multiply.
    if text.len() > 64 * 1024 {
        return;
    }
    if let Some(tag) = document.tag(node) {
        text.push_str(tag);
        text.push(' ');
    }
    if document.is_mapping(node) {
        let mut pairs: Vec<(&str, NodeId)> =
            document.pairs(node).map(|pair| (document.text(pair.key).unwrap_or_default(), pair.value)).collect();
        pairs.sort_by_key(|(key, _)| *key);
        text.push('{');
        for (key, value) in pairs {
            text.push_str(key);
            text.push(':');
            write_canonical(document, value, text);
            text.push(',');
        }
        text.push('}');
    } else if document.is_sequence(node) {
        text.push('[');
        for &item in document.items(node) {
            write_canonical(document, item, text);
            text.push(',');
        }
        text.push(']');
    } else {
        text.push_str(document.text(node).unwrap_or_default());
    }
}
