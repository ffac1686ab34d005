//! Source lines with marks under them.
//!
//! The excerpts of one file are laid into one window, so that a parameter's default and its use are read together;
//! lines between them are left out. An excerpt that is cut stands alone. Headers (`path:line:column`) come from the
//! places, not from the excerpts, whose columns differ when a line is cut or holds escaped characters.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};

use crate::diag::{Excerpt, Place};
use crate::render::escape::{line, source};
use crate::render::options::Links;
use crate::render::prose::columns;
use crate::text::{Span, percent_encode_path};

/// The most lines left out between two marks of one window.
const WIDEST_GAP: u32 = 10_000;
/// Stands between the number of a line and its text.
const GUTTER: &str = " | ";
/// The most characters of a path.
const LONGEST_PATH: usize = 300;
/// Stand before and after the number of a header that is filled in later; escaped text holds neither.
const HEADER: [char; 2] = ['\u{1}', '\u{2}'];

/// A place to be marked.
pub(super) struct Mark<'a> {
    place: &'a Place,
    kind: AnnotationKind,
    label: Option<String>,
}

impl<'a> Mark<'a> {
    /// What the message is about.
    pub(super) fn primary(place: &'a Place, label: Option<String>) -> Self {
        Self { place, kind: AnnotationKind::Primary, label }
    }

    /// What belongs to it.
    pub(super) fn context(place: &'a Place, label: String) -> Self {
        Self { place, kind: AnnotationKind::Context, label: Some(label) }
    }
}

/// The headers of one message's windows, and the labels that do not fit beside their marks.
pub(super) struct Headers<'l> {
    filled: Vec<String>,
    links: Option<&'l Links>,
    width: usize,
    /// The line, and what is to be said of it.
    aside: Vec<(u32, String)>,
}

impl<'l> Headers<'l> {
    /// No headers yet; names are links if there are links. Labels that would end right of `width` are put aside.
    pub(super) fn new(links: Option<&'l Links>, width: usize) -> Self {
        Self { filled: Vec::new(), links, width, aside: Vec::new() }
    }

    /// The labels that did not fit.
    pub(super) fn take_aside(&mut self) -> Vec<(u32, String)> {
        std::mem::take(&mut self.aside)
    }

    fn add(&mut self, place: &Place) -> String {
        let path = line(&place.source.display, LONGEST_PATH);
        let number = self.filled.len();
        let text = format!("{path}:{}:{}", place.start.line, place.start.column);
        self.filled.push(match self.address(place) {
            Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text,
        });
        let [before, after] = HEADER;
        format!("{before}{number}{after}")
    }

    /// Where a place's name leads to: the file, and the line as the fragment, which terminals of editors go to.
    fn address(&self, place: &Place) -> Option<String> {
        let folder = self.links?.folder.as_deref()?;
        let path = percent_encode_path(place.source.display.as_bytes());
        let line = place.start.line;
        Some(match path.strip_prefix('/') {
            Some(_) => format!("file://{path}#{line}"),
            None => format!("{folder}/{path}#{line}"),
        })
    }

    /// Replaces each stand-in, together with the line and column that the drawing library computed for it. The
    /// library opens a second header with `:::`, which begins a command for a CI runner; all get the same arrow.
    pub(super) fn fill_in(&self, drawn: &str) -> String {
        let [before, after] = HEADER;
        let mut filled = String::with_capacity(drawn.len() + 64);
        let mut pieces = drawn.split(before);
        let mut lead = pieces.next().unwrap_or_default();
        for piece in pieces {
            let (above, opening) = lead.split_at(lead.rfind('\n').unwrap_or_default());
            filled.push_str(above);
            filled.push_str(&opening.replace(":::", "-->"));
            let (number, rest) = piece.split_once(after).unwrap_or((piece, ""));
            let header = number.parse::<usize>().ok().and_then(|number| self.filled.get(number));
            filled.push_str(header.map_or("", String::as_str));
            lead = rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
        }
        filled.push_str(lead);
        filled
    }
}

/// A line and a byte offset in it.
type Point = (u32, usize);

/// Lines of one file and the marks in them.
struct Window<'a> {
    place: &'a Place,
    lines: BTreeMap<u32, String>,
    marks: Vec<(Point, Point, AnnotationKind, Option<String>)>,
    cut: bool,
}

/// The marks as windows, in the order in which their files are first named.
pub(super) fn elements(marks: Vec<Mark<'_>>, headers: &mut Headers<'_>) -> Vec<Element<'static>> {
    let mut windows: Vec<Window<'_>> = Vec::new();
    for mark in joined(marks) {
        let excerpt = &mark.place.excerpt;
        let inside = windows.iter_mut().filter(|window| window.cut).find_map(|window| {
            let place = seen_from(window.place, mark.place)?;
            Some((window, place))
        });
        if let Some((window, place)) = inside {
            let (_, start, end) = laid_out(&place);
            window.marks.push((start, end, mark.kind, mark.label));
            continue;
        }
        let (lines, start, end) = laid_out(mark.place);
        let cut = excerpt.cut_before || excerpt.cut_after || excerpt.first_line == 0;
        let home = windows.iter_mut().find(|window| !cut && window.takes(mark.place, &lines));
        let entry = (start, end, mark.kind, mark.label);
        match home {
            Some(window) => {
                window.lines.extend(lines);
                window.marks.push(entry);
            }
            None => windows.push(Window { place: mark.place, lines, marks: vec![entry], cut }),
        }
    }
    windows.into_iter().map(|window| window.draw(headers)).collect()
}

/// A step that ends at the very place of an earlier mark lends it its words.
fn joined(marks: Vec<Mark<'_>>) -> Vec<Mark<'_>> {
    let mut joined: Vec<Mark<'_>> = Vec::new();
    for mark in marks {
        let twin = joined
            .iter_mut()
            .find(|other| other.place.span == mark.place.span && other.place.source == mark.place.source);
        match (twin, mark) {
            (None, mark) => joined.push(mark),
            (Some(twin), Mark { label: Some(more), .. }) => {
                twin.label = Some(match twin.label.take() {
                    Some(label) => format!("{label}; {more}"),
                    None => more,
                });
            }
            (Some(_), Mark { label: None, .. }) => {}
        }
    }
    joined
}

/// The place with the excerpt of `home`, when that excerpt holds it whole: both stand in one long line.
fn seen_from(home: &Place, place: &Place) -> Option<Place> {
    let from = home.span.start().checked_sub(home.excerpt.span.start())?;
    let covers = place.span.start() >= from && place.span.end() <= from + home.excerpt.text.len();
    if home.source != place.source || !covers || home.excerpt.text.is_empty() {
        return None;
    }
    let span = Span::new(place.span.start() - from, place.span.end() - from);
    // Who changes a file between two looks at it makes two texts of one name.
    if span.slice(&home.excerpt.text) != place.excerpt.span.slice(&place.excerpt.text) {
        return None;
    }
    let excerpt = Excerpt { span, ..(*home.excerpt).clone() };
    Some(Place { excerpt: Arc::new(excerpt), ..place.clone() })
}

/// An excerpt as escaped lines, and the two ends of its region in them.
fn laid_out(place: &Place) -> (BTreeMap<u32, String>, Point, Point) {
    let excerpt = &place.excerpt;
    let region = excerpt.span.slice(&excerpt.text).unwrap_or_default();
    // White space at the end of a region (a block's last line break) would drag the mark to the next line.
    let end = excerpt.span.start() + region.trim_end().len().max(usize::from(!region.is_empty()));
    let end = if excerpt.text.is_char_boundary(end) { end } else { excerpt.span.end() };
    let starts_file = excerpt.first_line == 1 && !excerpt.cut_before;
    let (mut text, mut region) = source(&excerpt.text, excerpt.span.start()..end, starts_file);
    if excerpt.cut_before {
        let ellipsis = "… ";
        text.insert_str(0, ellipsis);
        region = region.start + ellipsis.len()..region.end + ellipsis.len();
    }
    if excerpt.cut_after {
        text.truncate(text.trim_end_matches('\n').len());
        text.push_str(" …");
    }
    let mut lines = BTreeMap::new();
    let mut offset = 0;
    let mut ends = [(excerpt.first_line, 0); 2];
    for (line, number) in text.split('\n').zip(excerpt.first_line..) {
        for (end, place) in ends.iter_mut().zip([region.start, region.end]) {
            if offset <= place {
                *end = (number, (place - offset).min(line.len()));
            }
        }
        offset += line.len() + 1;
        lines.insert(number, line.to_owned());
    }
    let [start, end] = ends;
    (lines, start, end.max(start))
}

impl Window<'_> {
    /// Whether lines of a place can be shown among these: near them, and where they meet the same. Who changes a file between
    /// two looks at it makes two texts of one name.
    fn takes(&self, place: &Place, lines: &BTreeMap<u32, String>) -> bool {
        let near = |line: u32| self.lines.keys().any(|other| other.abs_diff(line) <= WIDEST_GAP);
        let (Some(first), Some(last)) = (lines.keys().next(), lines.keys().next_back()) else { return false };
        let same = lines.iter().all(|(number, text)| self.lines.get(number).is_none_or(|own| own == text));
        !self.cut && self.place.source == place.source && (near(*first) || near(*last)) && same
    }

    fn draw(self, headers: &mut Headers<'_>) -> Element<'static> {
        let header = headers.add(self.place);
        if self.place.excerpt.first_line == 0 {
            return Origin::path(header).into();
        }
        let (text, offsets) = self.text();
        let first_line = self.lines.keys().next().copied().unwrap_or(1);
        let byte = |(line, offset): Point| {
            let start = offsets.get(&line).copied().unwrap_or_default();
            (start + offset).min(text.len())
        };
        let annotations: Vec<Annotation<'static>> = self
            .marks
            .iter()
            .map(|(start, end, kind, label)| {
                let range: Range<usize> = byte(*start)..byte(*end).max(byte(*start));
                let label = match label {
                    Some(label) if !self.fits(*start, *end, label, headers.width) => {
                        headers.aside.push((start.0, label.clone()));
                        None
                    }
                    label => label.clone(),
                };
                kind.span(range).label(label)
            })
            .collect();
        Snippet::source(text)
            .line_start(usize::try_from(first_line).unwrap_or(usize::MAX))
            .path(header)
            .annotations(annotations)
            .into()
    }

    /// Whether a label beside or below its mark ends before the terminal does. Of a line that is itself too long, pieces
    /// are left out, and nobody knows where the mark will stand.
    fn fits(&self, start: Point, end: Point, label: &str, width: usize) -> bool {
        let last = self.lines.keys().next_back().copied().unwrap_or_default();
        let gutter = last.to_string().len() + GUTTER.len();
        let Some(text) = self.lines.get(&end.0).filter(|text| gutter + columns(text) <= width) else { return true };
        let more = self.marks.iter().any(|(other, ..)| other.0 == end.0 && other.1 > start.1);
        let at = if more && start.0 == end.0 { start.1 } else { end.1 + 1 };
        gutter + columns(text.get(..at).unwrap_or(text)) + columns(label) <= width
    }

    /// The lines with the gaps between them, and where each line starts. A single missing line would be drawn, so it
    /// is written as an ellipsis rather than as an empty line.
    fn text(&self) -> (String, BTreeMap<u32, usize>) {
        let mut text = String::new();
        let mut offsets = BTreeMap::new();
        let mut next = None;
        for (&number, line) in &self.lines {
            if let Some(next) = next {
                let gap = number.saturating_sub(next);
                text.push('\n');
                if gap == 1 {
                    text.push_str("…\n");
                } else {
                    text.extend(std::iter::repeat_n('\n', usize::try_from(gap).unwrap_or_default()));
                }
            }
            offsets.insert(number, text.len());
            text.push_str(line);
            next = Some(number.saturating_add(1));
        }
        (text, offsets)
    }
}
