//! What stands on which line: the reach of a comment.

use crate::syntax::{Content, Document};
use crate::text::Span;

use crate::check::texts::Text;

/// The things of a document by where they begin: pairs of mappings and items of sequences.
pub(super) struct Lines {
    /// Sorted: of those that begin at one place, the largest first.
    begun: Vec<(usize, Vec<Span>)>,
}

impl Lines {
    pub(super) fn new(document: &Document<'_>, text: &Text<'_>) -> Self {
        let mut begun = Vec::new();
        for node in document.nodes() {
            match document.content(node) {
                Content::Mapping(pairs) => begun.extend(pairs.iter().filter(|pair| !pair.merged).map(|pair| {
                    let key = document.span(pair.key);
                    (key.start(), pair_parts(key, document.span(pair.value), text))
                })),
                Content::Sequence(items) => begun.extend(items.iter().map(|item| {
                    let span =
                        document.tag_span(*item).map_or(document.span(*item), |tag| tag.join(document.span(*item)));
                    (span.start(), vec![span])
                })),
                Content::Scalar { .. } | Content::Alias(_) => {}
            }
        }
        let end = |parts: &[Span]| parts.first().map_or(0, |part| part.end());
        begun.sort_by_key(|(start, parts)| (*start, std::cmp::Reverse(end(parts))));
        Self { begun }
    }

    /// The outermost thing that begins on a line, or else the line.
    pub(super) fn reached(&self, line: Span) -> Vec<Span> {
        let at = self.begun.partition_point(|(start, _)| *start < line.start());
        let first = self.begun.get(at).filter(|(start, _)| *start <= line.end());
        first.map_or_else(|| vec![line], |(_, parts)| parts.clone())
    }
}

/// A pair as parts of the text: two when its value stands in another file.
pub(super) fn pair_parts(key: Span, value: Span, text: &Text<'_>) -> Vec<Span> {
    let together = value.start() >= key.start() && text.file_around(key.start()).contains(value);
    if together { vec![key.join(value)] } else { vec![key, value] }
}

/// The line of a text that an offset stands on, without its end.
pub(super) fn line_at(text: &str, offset: usize) -> Span {
    let before = text.get(..offset).unwrap_or_default();
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let rest = text.get(start..).unwrap_or_default();
    Span::new(start, start + rest.find(['\n', '\r']).unwrap_or(rest.len()))
}

/// The line after this one, no further than `end`.
pub(super) fn line_after(text: &str, line: Span, end: usize) -> Option<Span> {
    let rest = text.get(line.end()..end)?;
    let broken = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r']))?;
    let start = end - broken.len();
    (start < end).then(|| Span::new(start, start + broken.find(['\n', '\r']).unwrap_or(broken.len())))
}
