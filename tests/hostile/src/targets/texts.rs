//! The readers: YAML, JSON, rules.

use cfnward::eval::Program;
use cfnward::guard::{Dialect, parse};
use cfnward::syntax::{Content, Document, Hint, NodeId, read, read_completely};
use cfnward::text::Span;

use super::{BAD_SPAN, text};

pub(super) fn yaml(bytes: &[u8]) {
    if let Some(text) = text(bytes) {
        document(text, Hint::Yaml);
        document(text, Hint::Unknown);
    }
}

/// The fast way to read gives what the complete reader gives.
pub(super) fn reader_equality(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    for hint in [Hint::Yaml, Hint::Unknown] {
        let (fast, complete) = (read(text, hint), read_completely(text, hint));
        assert_eq!(fast.document, complete.document, "both readers see the same");
        assert_eq!(fast.problems, complete.problems, "both readers say the same");
    }
}

pub(super) fn json_text(bytes: &[u8]) {
    if let Some(text) = text(bytes) {
        document(text, Hint::Json);
    }
}

/// Every span can be sliced, nodes lie inside their parents' text, nesting is bounded, walking ends.
fn document(text: &str, hint: Hint) {
    let read = read(text, hint);
    for problem in &read.problems {
        sliceable(problem.span, text);
        for (span, _) in &problem.related {
            sliceable(*span, text);
        }
    }
    for comment in read.document.comments() {
        sliceable(*comment, text);
    }
    for node in read.document.nodes() {
        sliceable(read.document.span(node), text);
        if let Some(tag) = read.document.tag_span(node) {
            sliceable(tag, text);
        }
    }
    if let Some(root) = read.document.root() {
        assert!(depth(&read.document, root) <= 129, "nesting is bounded");
    }
}

/// The nesting of a document, aliases followed, without recursion.
fn depth(document: &Document<'_>, root: NodeId) -> usize {
    let mut deepest = 0;
    let mut visited = 0_u64;
    let mut open = vec![(root, 1)];
    while let Some((node, level)) = open.pop() {
        visited += 1;
        assert!(visited <= 4_000_000, "a walk of the document ends");
        deepest = deepest.max(level);
        match document.content(node) {
            Content::Sequence(items) => open.extend(items.iter().map(|item| (*item, level + 1))),
            Content::Mapping(pairs) => {
                open.extend(pairs.iter().flat_map(|pair| [(pair.key, level + 1), (pair.value, level + 1)]));
            }
            Content::Alias(target) => open.push((target, level)),
            Content::Scalar { .. } => {}
        }
    }
    deepest
}

pub(super) fn sliceable(span: Span, text: &str) {
    assert!(span.slice(text).is_some(), "{BAD_SPAN}: {span:?} of {} bytes", text.len());
}

pub(super) fn guard(bytes: &[u8]) {
    let Some(text) = text(bytes) else { return };
    for dialect in [Dialect::Classic, Dialect::V321] {
        let parsed = parse(text, dialect);
        for error in &parsed.errors {
            sliceable(error.span, text);
        }
        if parsed.errors.is_empty() {
            let (_, errors) = Program::compile(&parsed.file, text, dialect);
            for error in errors {
                sliceable(error.span, text);
            }
        }
    }
}
