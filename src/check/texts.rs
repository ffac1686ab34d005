//! Where a template's text comes from: one file, and those that it includes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::{Place, ResourceName};
use crate::text::{SourceFile, SourceName, Span};

/// The text of a template: its own file, then those that it includes, each at its start.
pub(super) struct Text<'s> {
    pieces: Vec<Piece<'s>>,
    /// The places that were asked for: many findings share one.
    places: RefCell<HashMap<Span, Arc<Place>>>,
    /// The resource that was named last: findings of one resource come one after the other.
    named: RefCell<Option<Arc<ResourceName>>>,
}

struct Piece<'s> {
    start: usize,
    source: &'s SourceFile,
    name: Arc<SourceName>,
}

impl<'s> Text<'s> {
    /// A text of one file.
    pub(super) fn new(source: &'s SourceFile, name: &Arc<SourceName>) -> Self {
        let pieces = vec![Piece { start: 0, source, name: Arc::clone(name) }];
        Self { pieces, places: RefCell::default(), named: RefCell::default() }
    }

    /// Adds an included file whose text starts there.
    pub(super) fn add(&mut self, start: usize, source: &'s SourceFile) {
        self.pieces.push(Piece { start, source, name: Arc::new(source.name().clone()) });
        self.places.get_mut().clear();
    }

    /// The name of the template's own file.
    pub(super) fn name(&self) -> Option<&Arc<SourceName>> {
        self.pieces.first().map(|piece| &piece.name)
    }

    /// How people know the template's own file.
    pub(super) fn display(&self) -> &str {
        self.name().map_or("", |name| &name.display)
    }

    /// The place of a span, in the file that it stands in.
    pub(super) fn place(&self, span: Span) -> Place {
        (*self.shared_place(span)).clone()
    }

    /// The same, shared by all who ask for it.
    pub(super) fn shared_place(&self, span: Span) -> Arc<Place> {
        let make = || match self.piece(span) {
            Some((piece, span)) => Place::new(piece.source, &piece.name, span),
            None => Place::file(&Arc::new(SourceName::from_display(""))),
        };
        Arc::clone(self.places.borrow_mut().entry(span).or_insert_with(|| Arc::new(make())))
    }

    /// The name of a resource, shared by those who ask for it one after the other.
    pub(super) fn resource(&self, logical_id: &str, resource_type: &str) -> Arc<ResourceName> {
        let mut named = self.named.borrow_mut();
        match &*named {
            Some(known) if known.logical_id == logical_id && known.resource_type == resource_type => Arc::clone(known),
            _ => {
                let name = ResourceName { logical_id: logical_id.to_owned(), resource_type: resource_type.to_owned() };
                Arc::clone(named.insert(Arc::new(name)))
            }
        }
    }

    /// Whether a span goes over the end of a line.
    pub(super) fn has_lines(&self, span: Span) -> bool {
        self.piece(span).is_some_and(|(piece, span)| {
            piece.source.position(span.start()).line != piece.source.position(span.end()).line
        })
    }

    /// The part of a span that stands on its first line.
    pub(super) fn first_line(&self, span: Span) -> Span {
        let Some((piece, local)) = self.piece(span) else { return span };
        let line = piece.source.position(local.start()).line;
        let end = piece.source.line_span(line).map_or(local.end(), Span::end);
        Span::new(span.start(), span.end().min(end + piece.start))
    }

    /// The file that a span stands in, and the span there.
    pub(super) fn locate(&self, span: Span) -> Option<(&Arc<SourceName>, Span)> {
        self.piece(span).map(|(piece, span)| (&piece.name, span))
    }

    /// The span of the whole text of the file that an offset stands in.
    pub(super) fn file_around(&self, offset: usize) -> Span {
        let piece = self.piece(Span::at(offset)).map(|(piece, _)| piece);
        piece.map_or(Span::at(offset), |piece| Span::new(piece.start, piece.start + piece.source.text().len()))
    }

    fn piece(&self, span: Span) -> Option<(&Piece<'s>, Span)> {
        let piece = self.pieces.iter().rev().find(|piece| piece.start <= span.start())?;
        Some((piece, Span::new(span.start() - piece.start, span.end().saturating_sub(piece.start))))
    }
}
