//! Texts: joining known and unknown pieces, and secret references inside them.

use bumpalo::collections::Vec as BumpVec;

use crate::diag::as_count;
use crate::text::Span;
use crate::value::{Kind, Piece, Shape, Unknown, Value, Via};

use super::resolver::{At, Resolver};

/// The most links that a value's chain of sources keeps.
const CHAIN: usize = 8;

impl<'a> Resolver<'a> {
    /// The most bytes of a text that functions put together.
    pub(super) fn text_limit(&self) -> usize {
        as_count(self.shared.limits.text_size)
    }

    /// The text of a known scalar, as functions see it.
    pub(super) fn text_of(&self, value: Value<'a>) -> Option<&'a str> {
        match value.kind {
            Kind::String(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Integer(number) => Some(self.arena.alloc_str(&number.to_string())),
            Kind::Float(number) => Some(self.arena.alloc_str(&number.to_string())),
            _ => None,
        }
    }

    /// Dynamic references inside a text: secrets are never known, and never literals.
    pub(super) fn with_secrets(&self, kind: Kind<'a>) -> Kind<'a> {
        let Kind::String(text) = kind else { return kind };
        let Some(start) = text.find("{{resolve:") else { return kind };
        let inside = text.get(start..).unwrap_or_default();
        let Some(end) = inside.find("}}") else { return kind };
        let reference = inside.get(..end + 2).unwrap_or_default();
        let service = reference.trim_start_matches("{{resolve:").split(':').next().unwrap_or_default();
        let shape = match service {
            "secretsmanager" | "ssm-secure" => Shape::Secret,
            "ssm" => Shape::Text,
            _ => return kind,
        };
        // The whole reference may name a secret: only its service and id are shown.
        let id = reference.split(':').nth(2).unwrap_or_default().trim_end_matches("}}");
        let reason = self.arena.alloc_str(&format!("the dynamic reference `{service}:{id}`"));
        let unknown: &'a Unknown<'a> = self.arena.alloc(Unknown { reason, shape });
        let before = text.get(..start).unwrap_or_default();
        let after = inside.get(end + 2..).unwrap_or_default();
        if before.is_empty() && after.is_empty() {
            return Kind::Unknown(unknown);
        }
        let mut pieces = BumpVec::new_in(self.arena);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Unknown(unknown));
        match self.with_secrets(Kind::String(after)) {
            Kind::Unknown(unknown) => pieces.push(Piece::Unknown(unknown)),
            Kind::Partial(rest) => pieces.extend_from_slice(rest),
            _ if after.is_empty() => {}
            _ => pieces.push(Piece::Text(after)),
        }
        Kind::Partial(pieces.into_bump_slice())
    }

    /// The pieces of a forced value as a part of a text; `None` when it cannot be one (a list, a map).
    pub(super) fn pieces(&self, value: Value<'a>, pieces: &mut BumpVec<'a, Piece<'a>>) -> Option<()> {
        match value.kind {
            Kind::Unknown(unknown) => pieces.push(Piece::Unknown(unknown)),
            Kind::Reference(reference) => pieces.push(Piece::Reference(reference)),
            Kind::Partial(parts) => pieces.extend_from_slice(parts),
            Kind::Absent => {}
            _ => pieces.push(Piece::Text(self.text_of(value)?)),
        }
        Some(())
    }

    /// The text that pieces make, which stands at `place`: known when all are, unknown when only one is and it is that.
    pub(super) fn concatenated(&self, pieces: &[Piece<'a>], place: Span) -> Kind<'a> {
        let mut merged: BumpVec<'a, Piece<'a>> = BumpVec::new_in(self.arena);
        let mut run = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) if run.len() + text.len() <= self.text_limit() => run.push_str(text),
                Piece::Text(_) => {
                    self.reach("text-size", Some(place));
                    let reason = "a text over the size limit";
                    return Kind::Unknown(self.arena.alloc(Unknown { reason, shape: Shape::Text }));
                }
                other => {
                    if !run.is_empty() {
                        merged.push(Piece::Text(self.arena.alloc_str(&run)));
                        run.clear();
                    }
                    merged.push(*other);
                }
            }
        }
        if !run.is_empty() || merged.is_empty() {
            merged.push(Piece::Text(self.arena.alloc_str(&run)));
        }
        match merged.as_slice() {
            [Piece::Text(text)] => self.with_secrets(Kind::String(text)),
            [Piece::Unknown(unknown)] => Kind::Unknown(unknown),
            [Piece::Reference(reference)] => Kind::Reference(reference),
            _ => Kind::Partial(merged.into_bump_slice()),
        }
    }

    /// The chains of several values as one, without repeats.
    pub(super) fn joined_via(&self, values: &[Value<'a>]) -> Option<&'a Via<'a>> {
        let mut links: Vec<&'a Via<'a>> = Vec::new();
        for value in values {
            let mut next = value.via;
            while let Some(via) = next {
                if links.len() < CHAIN && !links.iter().any(|link| link.kind == via.kind && link.place == via.place) {
                    links.push(via);
                }
                next = via.next;
            }
        }
        let mut chain = None;
        for via in links.iter().rev() {
            chain = self.via(via.kind, via.place, chain);
        }
        chain
    }

    /// A text value made of `parts` at `place`.
    pub(super) fn text_value(&self, kind: Kind<'a>, parts: &[Value<'a>], place: Span, at: At<'a>) -> Value<'a> {
        self.node(kind, place, at.path, self.joined_via(parts))
    }
}
