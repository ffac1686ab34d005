//! The arena while it grows: nesting, budgets, anchors, equal keys and merge keys.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Content, Document, Format, NodeData, NodeId, Pair, Scalar, Stored, Style};
use super::problem::{Problems, SyntaxProblem, quote};
use super::read::Read;
use crate::diag::{Code, Limits, as_count};
use crate::text::Span;

/// A collection that is still open.
struct Frame {
    node: NodeId,
    is_mapping: bool,
    is_flow: bool,
    /// Where its children begin in `pending`.
    first: usize,
    size: Size,
    anchor: Option<usize>,
}

/// How much a node is when its aliases are expanded.
#[derive(Clone, Copy)]
struct Size {
    nodes: u64,
    /// Levels of collections: 0 for a scalar.
    height: usize,
}

const SCALAR: Size = Size { nodes: 1, height: 0 };

struct Anchor {
    node: NodeId,
    /// Unknown while the node is open.
    size: Option<Size>,
}

/// For so many nodes room is made before any was read.
const LARGEST_GUESS: usize = 1 << 16;

/// Builds a document from the outside in; used by both readers.
pub(super) struct Builder<'s> {
    pub(super) document: Document<'s>,
    pub(super) problems: Problems,
    frames: Vec<Frame>,
    /// The children of the open collections; keys and values take turns.
    pending: Vec<NodeId>,
    /// Open collections inside one that is too deep to be kept.
    skipped: usize,
    anchors: Vec<Anchor>,
    anchor_names: BTreeMap<String, usize>,
    last: Option<Last>,
    /// Of the keys of the mapping that is closed.
    key_marks: Vec<u64>,
    expanded: u64,
    /// How deep collections may be nested, aliases followed.
    deepest: usize,
    /// How many nodes the document may have, aliases expanded.
    most_nodes: u64,
}

/// What an anchor that follows belongs to.
enum Last {
    Frame,
    Scalar(NodeId),
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s str, format: Format, limits: &Limits) -> Self {
        // About as many as a template of that length has; more are no mistake.
        let likely = (source.len() / 24).min(LARGEST_GUESS);
        let mut document = Document::empty(source, format);
        document.nodes.reserve(likely);
        document.pairs.reserve(likely / 2);
        Self {
            document,
            problems: Problems::default(),
            frames: Vec::new(),
            pending: Vec::new(),
            skipped: 0,
            anchors: Vec::new(),
            anchor_names: BTreeMap::new(),
            last: None,
            key_marks: Vec::new(),
            expanded: 0,
            deepest: as_count(limits.nesting),
            most_nodes: limits.nodes,
        }
    }

    /// The number of open collections.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Whether what is read now stands inside a collection that is too deep to be kept.
    pub(super) fn is_skipping(&self) -> bool {
        self.skipped > 0
    }

    /// Whether the innermost open collection is a block sequence.
    pub(super) fn in_block_sequence(&self) -> bool {
        !self.is_skipping() && self.frames.last().is_some_and(|frame| !frame.is_mapping && !frame.is_flow)
    }

    /// The first key of the block mapping at that depth, if there is one.
    pub(super) fn first_key_of_block_mapping(&self, depth: usize) -> Option<Span> {
        let frame = self.frames.get(depth).filter(|frame| frame.is_mapping && !frame.is_flow)?;
        self.pending.get(frame.first).map(|&key| self.document.span(key))
    }

    /// Where the innermost open flow collection begins.
    pub(super) fn innermost_flow(&self) -> Option<Span> {
        // A pair that stands in a list by itself is a mapping without a bracket.
        let mut starts = self.frames.iter().rev().map_while(|frame| {
            let start = || self.document.span(frame.node).start();
            frame.is_flow.then(start)
        });
        let bracket =
            |start: &usize| self.document.source().get(*start..).is_some_and(|text| text.starts_with(['[', '{']));
        starts.find(bracket).map(|start| Span::new(start, start + 1))
    }

    /// Whether there are more nodes than allowed; says so once.
    pub(super) fn is_too_big(&mut self, at: usize) -> bool {
        let too_big = self.expanded > self.most_nodes;
        if too_big {
            self.report_too_big(Span::at(at));
        }
        too_big
    }

    fn report_too_big(&mut self, span: Span) {
        let message = format!("the document has more than {} nodes; what comes after is not read", self.most_nodes);
        self.problems.push_once(SyntaxProblem::new(Code::TemplateTooBig, span, message));
    }

    fn report_too_deep(&mut self, span: Span) {
        let message = format!("nested deeper than {} levels; what is deeper is not read", self.deepest);
        self.problems.push_once(SyntaxProblem::new(Code::TemplateTooDeep, span, message));
    }

    fn add(&mut self, stored: Stored, span: Span, tag: Span) -> NodeId {
        let node = NodeId(u32::try_from(self.document.nodes.len()).unwrap_or(u32::MAX));
        self.document.nodes.push(NodeData { stored, span, tag });
        self.expanded = self.expanded.saturating_add(1);
        node
    }

    /// A scalar whose text is `text` of the source.
    pub(super) fn borrowed_scalar(&mut self, text: Span, style: Style, span: Span, tag: Span) {
        if !self.is_skipping() {
            let node = self.add(Stored::Borrowed { text, style }, span, tag);
            self.last = Some(Last::Scalar(node));
            self.attach(node, SCALAR);
        }
    }

    /// A scalar whose text differs from the source.
    pub(super) fn owned_scalar(&mut self, text: &str, style: Style, span: Span, tag: Span) {
        if !self.is_skipping() {
            let stored = self.buffered(text, style);
            let node = self.add(stored, span, tag);
            self.last = Some(Last::Scalar(node));
            self.attach(node, SCALAR);
        }
    }

    /// A scalar whose text was put into the document's buffer, at `text`.
    pub(super) fn buffered_scalar(&mut self, text: Span, style: Style, span: Span, tag: Span) {
        if !self.is_skipping() {
            let node = self.add(Stored::Buffered { text, style }, span, tag);
            self.last = Some(Last::Scalar(node));
            self.attach(node, SCALAR);
        }
    }

    fn buffered(&mut self, text: &str, style: Style) -> Stored {
        let start = self.document.buffer.len();
        self.document.buffer.push_str(text);
        Stored::Buffered { text: Span::new(start, start + text.len()), style }
    }

    fn empty_scalar(&mut self, span: Span) {
        self.borrowed_scalar(Span::at(span.start()), Style::Plain, span, Span::default());
    }

    /// Opens a collection.
    pub(super) fn open(&mut self, is_mapping: bool, is_flow: bool, start: usize, tag: Span) {
        self.last = None;
        if self.is_skipping() {
            self.skipped += 1;
            return;
        }
        if self.frames.len() >= self.deepest {
            self.report_too_deep(Span::at(start));
            self.empty_scalar(Span::at(start));
            self.last = None;
            self.skipped = 1;
            return;
        }
        let stored =
            if is_mapping { Stored::Mapping { start: 0, end: 0 } } else { Stored::Sequence { start: 0, end: 0 } };
        let node = self.add(stored, Span::at(start), tag);
        let size = Size { nodes: 1, height: 1 };
        self.frames.push(Frame { node, is_mapping, is_flow, first: self.pending.len(), size, anchor: None });
        self.last = Some(Last::Frame);
    }

    /// Closes the innermost collection; `end` is `None` for one that has no closing bracket.
    pub(super) fn close(&mut self, end: Option<usize>) {
        self.last = None;
        if self.is_skipping() {
            self.skipped -= 1;
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        let first = frame.first.min(self.pending.len());
        if frame.is_mapping && !(self.pending.len() - first).is_multiple_of(2) {
            // After a syntax error: a key without its value.
            self.pending.pop();
        }
        let children = self.pending.get(first..).unwrap_or_default();
        let span = self.extent(frame.node, children, end);
        let stored = if frame.is_mapping {
            let start = self.document.pairs.len();
            let (couples, _) = children.as_chunks::<2>();
            let pair = |&[key, value]: &[NodeId; 2]| Pair { key, value, dead: false, merged: false };
            self.document.pairs.extend(couples.iter().map(pair));
            if self.has_remarkable_keys(start) {
                self.settle_pairs(start);
            }
            Stored::Mapping { start: index(start), end: index(self.document.pairs.len()) }
        } else {
            let start = self.document.items.len();
            self.document.items.extend_from_slice(children);
            Stored::Sequence { start: index(start), end: index(self.document.items.len()) }
        };
        self.pending.truncate(first);
        if let Some(data) = self.document.nodes.get_mut(frame.node.0 as usize) {
            data.stored = stored;
            data.span = span;
        }
        if let Some(anchor) = frame.anchor.and_then(|anchor| self.anchors.get_mut(anchor)) {
            anchor.size = Some(frame.size);
        }
        self.attach(frame.node, frame.size);
    }

    /// From the first to the last byte of a collection, its children included.
    fn extent(&self, node: NodeId, children: &[NodeId], end: Option<usize>) -> Span {
        let mut start = self.document.span(node).start();
        let mut last = end.unwrap_or(start);
        for &child in children.first().into_iter().chain(children.last()) {
            let span = self.document.span(child);
            let tag = self.document.tag_span(child).unwrap_or(span);
            start = start.min(span.start()).min(tag.start());
            last = last.max(span.end());
        }
        Span::new(start, last)
    }

    /// The document, if nothing is wrong with it.
    pub(super) fn finish_flawless(self) -> Option<Read<'s>> {
        let is_flawless = self.problems.is_empty() && self.expanded <= self.most_nodes;
        is_flawless.then(|| Read { document: self.document, problems: Vec::new() })
    }

    /// Closes collections until only `depth` are open.
    pub(super) fn close_down_to(&mut self, depth: usize) {
        while self.is_skipping() {
            self.close(None);
        }
        while self.frames.len() > depth {
            self.close(None);
        }
    }

    /// Drops a key that has no value yet from the innermost open mapping.
    pub(super) fn drop_lone_key(&mut self) {
        if self.awaits_value() {
            self.pending.pop();
        }
    }

    /// Whether the next node is a key.
    pub(super) fn awaits_key(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.is_mapping) && !self.awaits_value()
    }

    fn awaits_value(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.is_mapping && !self.pending.len().saturating_sub(frame.first).is_multiple_of(2))
    }

    fn attach(&mut self, node: NodeId, size: Size) {
        let Some(frame) = self.frames.last_mut() else {
            self.document.root = Some(node);
            return;
        };
        frame.size.nodes = frame.size.nodes.saturating_add(size.nodes);
        frame.size.height = frame.size.height.max(size.height + 1);
        if frame.is_mapping && self.pending.len().saturating_sub(frame.first).is_multiple_of(2) && !self.is_text(node) {
            self.make_key(node);
        }
        self.pending.push(node);
    }

    /// Whether a node is surely a text, so that it is a key as it is.
    fn is_text(&self, node: NodeId) -> bool {
        /// No word that stands for null, true or false is longer.
        const LONGEST_WORD: usize = "false".len();
        let Some(data) = self.document.nodes.get(node.0 as usize) else { return false };
        match data.stored {
            Stored::Borrowed { text, style } | Stored::Buffered { text, style } => {
                style != Style::Plain || (text.len() > LONGEST_WORD && data.tag.is_empty())
            }
            _ => false,
        }
    }

    /// Names the node that was added last.
    pub(super) fn anchor(&mut self, name: &str) {
        let number = self.anchors.len();
        match self.last {
            None => return,
            Some(Last::Scalar(node)) => self.anchors.push(Anchor { node, size: Some(SCALAR) }),
            Some(Last::Frame) => {
                let Some(frame) = self.frames.last_mut() else { return };
                frame.anchor = Some(number);
                self.anchors.push(Anchor { node: frame.node, size: None });
            }
        }
        self.anchor_names.insert(name.to_owned(), number);
    }

    /// Adds an alias, or an empty scalar and a problem when it stands for nothing usable.
    pub(super) fn alias(&mut self, name: &str, span: Span) {
        if self.is_skipping() {
            return;
        }
        let note =
            SyntaxProblem::new(Code::YamlAlias, span, "CloudFormation refuses YAML aliases; they are followed here")
                .with_help("`aws cloudformation package` and SAM expand them before they deploy");
        self.problems.push_once(note);
        let Some(anchor) = self.anchor_names.get(name).and_then(|&number| self.anchors.get(number)) else {
            let message = format!("no anchor is named {}", quote(name));
            self.problems.push(SyntaxProblem::new(Code::ParseYaml, span, message));
            return self.empty_scalar(span);
        };
        let node = anchor.node;
        let Some(size) = anchor.size else {
            let problem = SyntaxProblem::new(Code::ParseYaml, span, "the alias stands inside what it stands for");
            self.problems.push(problem.with_related(self.document.span(node), "the anchor is here"));
            return self.empty_scalar(span);
        };
        if self.frames.len() + size.height > self.deepest {
            self.report_too_deep(span);
            return self.empty_scalar(span);
        }
        if self.expanded.saturating_add(size.nodes) > self.most_nodes {
            let message = format!("with its aliases followed the document has more than {} nodes", self.most_nodes);
            self.problems.push_once(SyntaxProblem::new(Code::TemplateTooBig, span, message));
            return self.empty_scalar(span);
        }
        self.expanded += size.nodes;
        let alias = self.add(Stored::Alias(node), span, Span::default());
        self.last = None;
        self.attach(alias, size);
    }

    /// Sees to it that a key is a scalar whose text is the key.
    fn make_key(&mut self, node: NodeId) {
        let target = self.document.resolve_alias(node);
        let span = self.document.span(node);
        let stored = match self.document.content(target) {
            Content::Scalar { .. } => match self.document.scalar(target) {
                Scalar::Null => {
                    let problem = SyntaxProblem::new(Code::YamlNullKey, span, "a mapping key is null");
                    self.problems.push(problem.with_help("write a key before the `:`, or quote it"));
                    return;
                }
                // The services hands keys on as JSON texts: `on` becomes `true`.
                Scalar::Bool(value) if self.document.format() == Format::Yaml => {
                    let text = if value { "true" } else { "false" };
                    if self.document.text(target) == Some(text) && target == node {
                        return;
                    }
                    self.buffered(text, Style::Plain)
                }
                _ if target == node => return,
                _ => match self.document.nodes.get(target.0 as usize) {
                    Some(data) => data.stored,
                    None => return,
                },
            },
            _ => {
                let problem = SyntaxProblem::new(Code::YamlComplexKey, span, "a mapping key is a collection");
                self.problems.push(problem.with_help("a key is a text; quote it when it contains brackets"));
                Stored::Borrowed { text: span, style: Style::Quoted }
            }
        };
        if let Some(data) = self.document.nodes.get_mut(node.0 as usize) {
            data.stored = stored;
        }
    }

    /// Whether some of the pairs from `start` on may have equal keys, or merge keys. Quick, and never wrong about "no".
    fn has_remarkable_keys(&mut self, start: usize) -> bool {
        /// So few keys are compared each with each.
        const FEW: usize = 8;
        let merge = key_mark(b"<<");
        let pairs = self.document.pairs.get(start..).unwrap_or_default();
        self.key_marks.clear();
        self.key_marks.extend(pairs.iter().map(|pair| key_mark(self.document.key_bytes(pair.key))));
        if self.key_marks.contains(&merge) {
            return true;
        }
        if self.key_marks.len() <= FEW {
            let mut rest = self.key_marks.as_slice();
            while let [one, others @ ..] = rest {
                if others.contains(one) {
                    return true;
                }
                rest = others;
            }
            return false;
        }
        self.key_marks.sort_unstable();
        self.key_marks.array_windows().any(|[one, other]| one == other)
    }

    /// Settles the pairs from `start` on, those of a mapping that ends: equal keys marked, merge keys merged.
    fn settle_pairs(&mut self, start: usize) {
        let mut pairs = self.document.pairs.split_off(start.min(self.document.pairs.len()));
        let merges: Vec<bool> = pairs.iter().map(|pair| self.is_merge_key(pair.key)).collect();
        self.mark_equal_keys(&mut pairs, &merges);
        if merges.contains(&true) {
            pairs = self.merge(&pairs, &merges);
        }
        self.document.pairs.append(&mut pairs);
    }

    fn is_merge_key(&self, key: NodeId) -> bool {
        self.document.format() == Format::Yaml
            && self.document.tag(key).is_none()
            && matches!(self.document.content(key), Content::Scalar { text: "<<", style: Style::Plain })
    }

    fn mark_equal_keys(&mut self, pairs: &mut [Pair], merges: &[bool]) {
        let text = |pair: &Pair| self.document.text(pair.key).unwrap_or_default();
        let mut order: Vec<(&str, usize)> = pairs
            .iter()
            .zip(merges)
            .enumerate()
            .filter(|(_, (_, is_merge))| !**is_merge)
            .map(|(position, (pair, _))| (text(pair), position))
            .collect();
        order.sort_unstable();
        let mut equal: Vec<(usize, usize)> = Vec::new();
        let mut dead: Vec<usize> = Vec::new();
        for group in order.chunk_by(|one, other| one.0 == other.0) {
            if let [(_, first), rest @ ..] = group {
                equal.extend(rest.iter().map(|&(_, position)| (position, *first)));
            }
            if let [earlier @ .., _] = group {
                dead.extend(earlier.iter().map(|&(_, position)| position));
            }
        }
        equal.sort_unstable();
        for (position, first) in equal {
            let (Some(pair), Some(first)) = (pairs.get(position), pairs.get(first)) else { continue };
            let message = format!("the key {} stands twice; the last one counts", quote(text(pair)));
            let problem = SyntaxProblem::new(Code::DuplicateKey, self.document.span(pair.key), message);
            self.problems.push(problem.with_related(self.document.span(first.key), "the first one is here"));
        }
        for position in dead {
            if let Some(pair) = pairs.get_mut(position) {
                pair.dead = true;
            }
        }
    }

    fn merge(&mut self, pairs: &[Pair], merges: &[bool]) -> Vec<Pair> {
        let mut merged = Vec::with_capacity(pairs.len());
        let mut known: BTreeSet<&str> = pairs
            .iter()
            .zip(merges)
            .filter(|(_, is_merge)| !**is_merge)
            .filter_map(|(pair, _)| self.document.text(pair.key))
            .collect();
        let mut first: Option<Span> = None;
        for (&pair, &is_merge) in pairs.iter().zip(merges) {
            let Some(sources) = is_merge.then(|| self.merge_sources(pair.value)).flatten() else {
                merged.push(pair);
                continue;
            };
            first = first.or(Some(self.document.span(pair.key)));
            merged.push(Pair { dead: true, ..pair });
            for pair in sources.into_iter().flat_map(|source| self.document.pairs(source)) {
                if self.document.text(pair.key).is_some_and(|key| known.insert(key)) {
                    merged.push(Pair { merged: true, ..pair });
                }
            }
        }
        if let Some(span) = first {
            let problem = SyntaxProblem::new(
                Code::YamlMergeKey,
                span,
                "CloudFormation does not merge keys; they are merged here",
            )
            .with_help("`aws cloudformation package` and SAM merge them before they deploy");
            self.problems.push_once(problem);
        }
        merged
    }

    /// The mappings that a merge key names; `None` when it names something else.
    fn merge_sources(&self, value: NodeId) -> Option<Vec<NodeId>> {
        if self.document.tag(value).is_some() {
            return None;
        }
        if self.document.is_mapping(value) {
            return Some(vec![value]);
        }
        let items = self.document.items(value);
        let all = !items.is_empty() && items.iter().all(|&item| self.document.is_mapping(item));
        all.then(|| items.to_vec())
    }
}

/// A number that equal keys share, and different ones hardly ever.
fn key_mark(key: &[u8]) -> u64 {
    let half = |bytes: Option<&[u8; 8]>| bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let (start, end) = if key.len() < 8 {
        let mut short = [0; 8];
        for (to, from) in short.iter_mut().zip(key) {
            *to = *from;
        }
        (u64::from_le_bytes(short), 0)
    } else {
        (half(key.first_chunk()), half(key.last_chunk()))
    };
    let mixed = start.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ end.rotate_left(32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ (key.len() as u64)
}

fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
