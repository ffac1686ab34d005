//! Where reading goes on after a syntax error.

use super::build::Builder;
use crate::text::Span;

/// A part of the text that is read on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its first byte.
    pub(super) start: usize,
    /// The byte after its last one.
    pub(super) end: usize,
    /// How many collections stay open around it: 0 for the whole text.
    pub(super) depth: usize,
}

/// The next piece that can be read after an error behind `from`: the entries of the root mapping from the next key in its
/// column on, or the entries of the mapping one level below up to there. Everything deeper is closed.
pub(super) fn next_piece(source: &str, from: usize, builder: &mut Builder<'_>) -> Option<Piece> {
    let column = |depth| builder.first_key_of_block_mapping(depth).map(|key| column_of(source, key));
    let root = column(0)?;
    let inner = column(1).filter(|&inner| inner > root);
    let rest = source.get(from..)?;
    let mut at = from + rest.find('\n')? + 1;
    let mut start = None;
    for line in source.get(at..)?.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if is_entry(line) {
            if indent == root {
                let piece = start.map_or(Piece { start: at, end: source.len(), depth: 1 }, |start| Piece {
                    start,
                    end: at,
                    depth: 2,
                });
                return Some(opened(piece, builder));
            }
            if Some(indent) == inner {
                start = start.or(Some(at));
            }
        }
        at += line.len();
    }
    let piece = Piece { start: start?, end: source.len(), depth: 2 };
    Some(opened(piece, builder))
}

fn opened(piece: Piece, builder: &mut Builder<'_>) -> Piece {
    builder.close_down_to(piece.depth);
    builder.drop_lone_key();
    piece
}

/// The column of a key in bytes.
fn column_of(source: &str, key: Span) -> usize {
    let before = source.get(..key.start()).unwrap_or_default();
    before.len() - before.rfind('\n').map_or(0, |end| end + 1)
}

/// Whether a line looks like `key:` or `key: value`.
fn is_entry(line: &str) -> bool {
    let line = line.trim();
    let starts_key =
        line.starts_with(|character: char| character.is_alphanumeric() || matches!(character, '_' | '"' | '\''));
    starts_key && (line.ends_with(':') || line.contains(": "))
}
