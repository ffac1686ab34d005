//! Paths as text, for people.

use crate::value::{Path, Segment};

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

pub(super) fn push_segment(text: &mut String, segment: Segment<'_>) {
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
