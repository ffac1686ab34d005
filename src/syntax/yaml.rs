//! YAML to a document: the events of `granit-parser`, with spans made exact and reading resumed after an error.

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StructureStyle};

use super::build::Builder;
use super::document::{Format, Style};
use super::problem::{SyntaxProblem, quote};
use super::read::Read;
use super::repair::{Repair, unquote};
use super::resume::{Piece, next_piece};
use super::scalar::{CoreTag, tagged_scalar};
use crate::diag::{Code, Limits};
use crate::text::Span;

/// Reading stops after so many errors.
const MOST_ERRORS: usize = 20;
/// So many things that only `granit-parser` refuses are repaired in one text.
const MOST_REPAIRS: usize = 64;

/// Reads YAML; spans count from the beginning of `source`, a byte order mark included.
pub(super) fn read_yaml<'s>(source: &'s str, limits: &Limits) -> Read<'s> {
    let mut copy = None;
    let mut repairs = Vec::new();
    loop {
        let mut reader = Reader::new(source, copy.as_deref().unwrap_or(source), &repairs, limits);
        let repair = reader.read_all();
        let repaired = repair.and_then(|repair| Some((repair, repair.apply(copy.as_deref().unwrap_or(source))?)));
        match repaired {
            // Each repair reads the text once more.
            Some((repair, text)) if repairs.len() < MOST_REPAIRS => {
                repairs.push(repair);
                copy = Some(text);
            }
            _ => return reader.finish(),
        }
    }
}

enum Outcome {
    /// The piece is read.
    Done,
    /// Nothing more is to be read.
    Stopped,
    /// A syntax error at that offset.
    Failed(usize),
}

struct Reader<'s, 'c> {
    source: &'s str,
    /// What is parsed: the source, or a copy of the same length with repairs.
    text: &'c str,
    repairs: &'c [Repair],
    /// The repair that would have prevented the first error.
    wanted: Option<Repair>,
    /// Where the piece that is read begins.
    start: usize,
    /// The end of the last token that is known.
    cursor: usize,
    builder: Builder<'s>,
    /// Unsupported tags that were reported.
    foreign_tags: Vec<&'s str>,
}

impl<'s, 'c> Reader<'s, 'c> {
    fn new(source: &'s str, text: &'c str, repairs: &'c [Repair], limits: &Limits) -> Self {
        let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self {
            source,
            text,
            repairs,
            wanted: None,
            start,
            cursor: start,
            builder: Builder::new(source, Format::Yaml, limits),
            foreign_tags: Vec::new(),
        }
    }

    /// Reads the text; gives the repair with which it should be read again.
    fn read_all(&mut self) -> Option<Repair> {
        // Text that is read again after an error is limited, or many errors would take quadratic time.
        let mut budget = 4 * self.source.len() + 65_536;
        let mut piece = Some(Piece { start: self.start, end: self.source.len(), depth: 0 });
        while let Some(current) = piece {
            let outcome = self.read_piece(current);
            if self.wanted.is_some() {
                break;
            }
            let read = match outcome {
                Outcome::Done => current.end - current.start,
                Outcome::Stopped => break,
                Outcome::Failed(at) => at.saturating_sub(current.start),
            };
            budget = budget.saturating_sub(read.max(1));
            if budget == 0 || self.builder.problems.errors() >= MOST_ERRORS {
                break;
            }
            piece = match outcome {
                Outcome::Done if current.end < self.source.len() => {
                    self.builder.close_down_to(1);
                    Some(Piece { start: current.end, end: self.source.len(), depth: 1 })
                }
                Outcome::Failed(_) => next_piece(self.source, self.cursor, &mut self.builder),
                _ => None,
            };
        }
        self.wanted
    }

    fn finish(mut self) -> Read<'s> {
        self.builder.close_down_to(0);
        let mut document = self.builder.document;
        document.comments.extend(self.repairs.iter().filter_map(|repair| match repair {
            Repair::Comment(span) => Some(*span),
            Repair::Quoted(_) => None,
        }));
        document.comments.sort_unstable();
        document.comments.dedup();
        Read { document, problems: self.builder.problems.finish() }
    }

    fn read_piece(&mut self, piece: Piece) -> Outcome {
        self.start = piece.start;
        self.cursor = self.cursor.max(piece.start);
        let text = self.text.get(piece.start..piece.end).unwrap_or_default();
        // A piece after an error goes on with a mapping that is still open.
        let mut joins = piece.depth > 0;
        for result in Parser::new_from_str_with_options(text, options()) {
            let (event, span) = match result {
                Ok(event) => event,
                Err(error) => return Outcome::Failed(self.report(&error, piece)),
            };
            if joins && event.is_node() {
                if !matches!(event, Event::MappingStart(StructureStyle::Block, 0, None)) {
                    return Outcome::Failed(self.span(&span).start());
                }
                joins = false;
                continue;
            }
            match event {
                Event::DocumentStart(..) if joins => {}
                Event::DocumentStart(..) => {
                    if self.begin_document(&span) {
                        return Outcome::Stopped;
                    }
                }
                Event::MappingEnd
                    if piece.depth > 0 && self.builder.depth() == piece.depth && !self.builder.is_skipping() => {}
                event => self.event(event, &span),
            }
            if self.builder.is_too_big(self.cursor) {
                return Outcome::Stopped;
            }
        }
        Outcome::Done
    }

    /// Whether the document that begins is one too many.
    fn begin_document(&mut self, span: &granit_parser::Span) -> bool {
        let span = self.span(span);
        self.cursor = self.cursor.max(span.end());
        let has_root = self.builder.depth() > 0
            || self.builder.document.root().is_some_and(|root| !self.builder.document.span(root).is_empty());
        if !has_root {
            self.builder.document.root = None;
            return false;
        }
        let problem =
            SyntaxProblem::new(Code::YamlMultipleDocuments, span, "a second document begins here and is not read");
        self.builder.problems.push(problem.with_help("keep one template in a file"));
        true
    }

    fn event(&mut self, event: Event<'_>, marks: &granit_parser::Span) {
        let span = self.span(marks);
        let tag = marks.tag_span().map(|tag| self.span(&tag)).unwrap_or_default();
        if event.is_node() {
            self.pass_dash(span.start().min(if tag.is_empty() { span.start() } else { tag.start() }));
            self.cursor = self.cursor.max(tag.end());
        }
        match event {
            Event::Comment(..) => {
                self.builder.document.comments.push(span);
            }
            Event::Anchor(_, name) => self.builder.anchor(&name),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                let name = span.slice(self.source).and_then(|text| text.strip_prefix('*')).unwrap_or_default();
                self.cursor = self.cursor.max(span.end());
                self.builder.alias(name, span);
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, span, tag),
            Event::SequenceStart(style, ..) => {
                self.check_tag(tag, None, CoreTag::Sequence);
                let start = if style == StructureStyle::Block {
                    self.find_word(span.start(), |word| word == "-").unwrap_or(span.start())
                } else {
                    span.start()
                };
                self.builder.open(false, style == StructureStyle::Flow, start, tag);
                self.cursor = self.cursor.max(if style == StructureStyle::Block { start } else { span.end() });
            }
            Event::MappingStart(style, ..) => {
                self.check_tag(tag, None, CoreTag::Mapping);
                self.builder.open(true, style == StructureStyle::Flow, span.start(), tag);
                // Only an opening bracket has a width; without one the first key may be empty and end earlier.
                if !span.is_empty() {
                    self.cursor = self.cursor.max(span.end());
                }
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // Only a closing bracket has a width.
                let end = (!span.is_empty()).then(|| span.end());
                self.cursor = self.cursor.max(end.unwrap_or_default());
                self.builder.close(end);
            }
            _ => {}
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, mut span: Span, tag: Span) {
        let (style, inner) = match style {
            ScalarStyle::Plain if span.is_empty() => {
                let (before, after) = self.source.split_at_checked(span.start()).unwrap_or_default();
                let before = before.trim_end();
                if after.starts_with(':') {
                    // An empty key, or its value.
                    span = Span::at(span.start() + usize::from(!self.builder.awaits_key()));
                } else if !self.builder.awaits_key() || before.ends_with('?') {
                    // Right behind the `:`, `?` or `-`, not at the next token.
                    span = Span::at(before.len().max(self.cursor).min(span.start()));
                }
                self.check_tag(tag, Some(""), CoreTag::Text);
                self.cursor = span.end();
                return self.builder.borrowed_scalar(span, Style::Plain, span, tag);
            }
            ScalarStyle::Plain => (Style::Plain, span),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (Style::Quoted, Span::new(span.start() + 1, span.end().saturating_sub(1)))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                span = self.block_span(span, text);
                (Style::Block, span)
            }
        };
        self.check_tag(tag, Some(text), CoreTag::Text);
        self.cursor = self.cursor.max(span.end());
        if self.repairs.contains(&Repair::Quoted(span)) {
            let text = span.slice(self.source).and_then(unquote);
            self.builder.owned_scalar(text.as_deref().unwrap_or_default(), style, span, tag);
        } else if inner.slice(self.source) == Some(text) {
            self.builder.borrowed_scalar(inner, style, span, tag);
        } else {
            self.builder.owned_scalar(text, style, span, tag);
        }
    }

    /// From the `|` or `>` of a block scalar to the last byte of its content.
    fn block_span(&self, content: Span, text: &str) -> Span {
        let is_header = |word: &str| word.starts_with(['|', '>']);
        let start = self.find_word(content.start(), is_header).unwrap_or(content.start());
        let whole = self.source.get(start..content.end()).unwrap_or_default();
        let length = if text.trim_end().is_empty() {
            whole.find(|character: char| character.is_ascii_whitespace()).unwrap_or(whole.len())
        } else {
            let visible = whole.trim_end_matches([' ', '\t', '\r', '\n']).len();
            let blanks = whole.get(visible..).unwrap_or_default();
            visible + blanks.find(['\r', '\n']).unwrap_or(blanks.len())
        };
        Span::new(start, start + length)
    }

    /// Moves behind the dash of the item that begins, when it is one of a block sequence.
    fn pass_dash(&mut self, limit: usize) {
        if self.builder.in_block_sequence()
            && let Some(dash) = self.find_word(limit, |word| word == "-")
        {
            self.cursor = dash + 1;
        }
    }

    /// The first word between the last token and `limit` that is wanted; comments are not looked into.
    fn find_word(&self, limit: usize, is_wanted: impl Fn(&str) -> bool) -> Option<usize> {
        let mut at = self.cursor;
        loop {
            let rest = self.source.get(at..limit)?;
            let word = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - word.len();
            if word.is_empty() {
                return None;
            }
            let ends: &[char] = if word.starts_with('#') { &['\r', '\n'] } else { &[' ', '\t', '\r', '\n'] };
            let word = word.get(..word.find(ends).unwrap_or(word.len())).unwrap_or_default();
            if is_wanted(word) {
                return Some(at);
            }
            at += word.len();
        }
    }

    /// Reports a core tag that its node cannot have, and a tag that CloudFormation does not know.
    fn check_tag(&mut self, tag: Span, text: Option<&str>, kind: CoreTag) {
        let Some(name) = tag.slice(self.source).filter(|name| !name.is_empty()) else { return };
        if self.builder.is_skipping() {
            return;
        }
        let core = CoreTag::of(name);
        let fits = match (core, text) {
            (CoreTag::Local, _) => true,
            (CoreTag::Unsupported, _) => {
                if !self.foreign_tags.contains(&name) {
                    self.foreign_tags.push(name);
                    let message = format!("CloudFormation does not support the tag {}; it is ignored", quote(name));
                    let problem = SyntaxProblem::new(Code::YamlUnsupportedTag, tag, message);
                    self.builder.problems.push(problem.with_help("write the value as a quoted text"));
                }
                true
            }
            (_, Some(text)) => tagged_scalar(core, text).is_some(),
            (_, None) => core == kind || name == "!",
        };
        if !fits {
            let message = match text {
                Some(text) => format!("{} cannot be read as {}", quote(text), quote(name)),
                None => format!("a collection cannot be read as {}", quote(name)),
            };
            self.builder.problems.push(SyntaxProblem::new(Code::ParseYaml, tag, message));
        }
    }

    fn span(&self, marks: &granit_parser::Span) -> Span {
        let start = self.start + marks.start.byte_offset().unwrap_or_default();
        let end = self.start + marks.end.byte_offset().unwrap_or_default();
        Span::new(start.min(self.source.len()), end.min(self.source.len()))
    }

    /// Reports a syntax error and gives its offset.
    fn report(&mut self, error: &ScanError, piece: Piece) -> usize {
        let at = self.start + error.marker().byte_offset().unwrap_or(piece.end - piece.start);
        let mut at = at.min(piece.end);
        if matches!(error.kind(), ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation) {
            // The place is behind the tabs.
            at = self.source.get(..at).unwrap_or_default().trim_end_matches('\t').len();
        }
        if self.repairs.len() < MOST_REPAIRS && self.builder.problems.errors() == 0 {
            self.wanted = Repair::of(error, self.text, self.cursor, at);
        }
        let length = self.source.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let mut problem = SyntaxProblem::new(Code::ParseYaml, Span::new(at, at + length), error.info());
        if let ErrorKind::UnclosedFlowCollection { open } = error.kind() {
            // The place is the bracket; what is missing is missing at the end.
            problem.message = format!("the bracket `{open}` is not closed");
            problem.span = Span::at(piece.end);
            problem = problem.with_related(Span::new(at, at + length), "it opens here");
            at = piece.end;
        } else if let Some(bracket) = self.builder.innermost_flow() {
            problem = problem.with_related(bracket, "this bracket is not closed");
        }
        self.builder.problems.push(problem);
        at
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.emit_anchor_events = true;
    // Reported by name, without stopping.
    options.emit_unresolved_aliases = true;
    options.max_buffered_comment_events = usize::MAX;
    options
}
