//! A source text with its name and line index.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use super::Span;

/// How a source is named in reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName {
    /// The path as people read it: relative to where the scan was started, `/` between segments.
    pub display: String,
    /// The same file as a percent-encoded relative URI reference (RFC 3986), relative to the repository root.
    pub uri: String,
}

impl SourceName {
    /// A name whose URI is the display text, percent-encoded.
    #[must_use]
    pub fn from_display(display: &str) -> Self {
        Self { display: display.to_owned(), uri: percent_encode_path(display.as_bytes()) }
    }

    /// The path relative to the repository's root, decoded; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn repository_path(&self) -> String {
        let mut parts = self.uri.split('%');
        let mut path: Vec<u8> = parts.next().unwrap_or_default().bytes().collect();
        for part in parts {
            match decoded(part) {
                Some(byte) => {
                    path.push(byte);
                    path.extend(part.bytes().skip(2));
                }
                None => {
                    path.push(b'%');
                    path.extend(part.bytes());
                }
            }
        }
        String::from_utf8_lossy(&path).into_owned()
    }
}

/// The byte that two hexadecimal digits at the start of a text stand for.
fn decoded(text: &str) -> Option<u8> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// Percent-encodes a path: everything but RFC 3986 unreserved characters and `/`. A colon is encoded too, as it
/// would read as a scheme in the first segment.
#[must_use]
pub fn percent_encode_path(path: &[u8]) -> String {
    use std::fmt::Write as _;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
    // Nearly all paths stay as they are.
    if let Some(path) = str::from_utf8(path).ok().filter(|path| path.bytes().all(is_plain)) {
        return path.to_owned();
    }
    let mut uri = String::with_capacity(path.len());
    for &byte in path {
        if is_plain(byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// A 1-based place in a text, in every unit that a consumer asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line; LF, CRLF and a lone CR each end one.
    pub line: u32,
    /// The column in Unicode scalar values.
    pub column: u32,
    /// The column in UTF-16 code units, the unit of SARIF and of editors.
    pub utf16_column: u32,
    /// The column in UTF-8 bytes.
    pub byte_column: u32,
}

/// An immutable source text.
#[derive(Debug)]
pub struct SourceFile {
    name: SourceName,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
    /// The characters and UTF-16 units before each part of the text, parts being equally long.
    counts: OnceLock<Vec<Counts>>,
    digest: OnceLock<[u8; 32]>,
}

/// How many characters and UTF-16 units a part of a text has.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    characters: usize,
    utf16_units: usize,
}

impl Counts {
    /// The bytes of a part: where lines are longer, as in a JSON file without line breaks, columns are counted from the
    /// beginning of a part.
    const PART: usize = 4_096;

    /// Those of characters, of which only the first byte counts.
    fn of(bytes: &[u8]) -> Self {
        let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        // Characters of four bytes take two units.
        Self { characters, utf16_units: characters + bytes.iter().filter(|byte| **byte >= 0xF0).count() }
    }

    fn and(self, other: Self) -> Self {
        Self { characters: self.characters + other.characters, utf16_units: self.utf16_units + other.utf16_units }
    }
}

impl SourceFile {
    /// A source of that name and text.
    #[must_use]
    pub fn new(name: SourceName, text: String) -> Self {
        Self { name, text, line_starts: OnceLock::new(), counts: OnceLock::new(), digest: OnceLock::new() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &SourceName {
        &self.name
    }

    /// Its whole text, a leading byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| Sha256::digest(&self.text).into())
    }

    /// The text of `span`, empty when the span does not fit this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        span.slice(&self.text).unwrap_or_default()
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| line_starts(&self.text))
    }

    /// The number of lines; a final line break does not begin another line.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts();
        let open = starts.last().is_some_and(|&last| (last as usize) < self.text.len());
        u32::try_from(starts.len() - usize::from(!open && starts.len() > 1)).unwrap_or(u32::MAX)
    }

    /// The 1-based position of a byte offset. An offset past the end gives the end; one inside a character
    /// gives that character's start.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start as usize <= offset).saturating_sub(1);
        let start = starts.get(line).map_or(0, |&start| start as usize);
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
        let counts = if before.len() <= Counts::PART {
            Counts::of(before.as_bytes())
        } else {
            let (all, others) = (self.counts_to(offset), self.counts_to(offset - before.len()));
            Counts {
                characters: all.characters.saturating_sub(others.characters),
                utf16_units: all.utf16_units.saturating_sub(others.utf16_units),
            }
        };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        Position {
            line: count(line),
            column: count(counts.characters),
            utf16_column: count(counts.utf16_units),
            byte_column: count(before.len()),
        }
    }

    /// The characters and UTF-16 units from the text's beginning to an offset.
    fn counts_to(&self, offset: usize) -> Counts {
        let bytes = self.text.as_bytes();
        let all = self.counts.get_or_init(|| {
            let mut before = Counts::default();
            let parts = bytes.chunks(Counts::PART);
            let counted = parts.map(|part| {
                let here = before;
                before = before.and(Counts::of(part));
                here
            });
            counted.collect()
        });
        let part = offset / Counts::PART;
        let rest = bytes.get(part * Counts::PART..offset).unwrap_or_default();
        all.get(part).copied().unwrap_or_default().and(Counts::of(rest))
    }

    /// The span of a 1-based line without its line break; `None` when there is no such line.
    #[must_use]
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let starts = self.line_starts();
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *starts.get(index)? as usize;
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        let text = self.text.get(start..end)?;
        Some(Span::new(start, start + text.trim_end_matches(['\r', '\n']).len()))
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    let bytes = text.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let ends = byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
        if ends {
            starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> SourceFile {
        SourceFile::new(SourceName::from_display("a.yaml"), text.to_owned())
    }

    fn at(text: &str, offset: usize) -> (u32, u32, u32, u32) {
        let place = source(text).position(offset);
        (place.line, place.column, place.utf16_column, place.byte_column)
    }

    #[test]
    fn columns_count_characters_utf16_units_and_bytes() {
        assert_eq!(at("a: é😀x", 10), (1, 7, 8, 11));
        assert_eq!(at("a: é😀x", 9), (1, 6, 7, 10));
    }

    #[test]
    fn columns_of_long_lines_are_counted_alike() {
        let text = "\u{feff}x\n".to_owned() + &"aé😀".repeat(4_000) + "\n\u{feff}" + &"é😀b".repeat(2_000);
        let source = source(&text);
        for (offset, _) in text.char_indices().step_by(97) {
            let (to_here, _) = text.split_at(offset);
            let start = to_here.rfind('\n').map_or(0, |at| at + 1);
            let (_, before) = to_here.split_at(start);
            let place = source.position(offset);
            let columns = (place.column as usize, place.utf16_column as usize, place.byte_column as usize);
            let units: usize = before.chars().map(char::len_utf16).sum();
            if start > 0 {
                assert_eq!(columns, (before.chars().count() + 1, units + 1, before.len() + 1), "{offset}");
            }
        }
    }

    #[test]
    fn every_kind_of_line_break_ends_one_line() {
        assert_eq!(at("a\r\nb\rc\nd", 3).0, 2);
        assert_eq!(at("a\r\nb\rc\nd", 5).0, 3);
        assert_eq!(at("a\r\nb\rc\nd", 7).0, 4);
        assert_eq!(source("a\nb\n").line_count(), 2);
        assert_eq!(source("a\nb").line_count(), 2);
        assert_eq!(source("").line_count(), 1);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(at("\u{feff}ab", 4), (1, 2, 2, 2));
    }

    #[test]
    fn names_become_relative_uris() {
        assert_eq!(SourceName::from_display("a b/c:d#é.yaml").uri, "a%20b/c%3Ad%23%C3%A9.yaml");
    }

    #[test]
    fn a_path_comes_back_from_its_uri() {
        for path in ["a b/c:d#é.yaml", "100%.yaml", "%41\n.yaml"] {
            assert_eq!(SourceName::from_display(path).repository_path(), path);
        }
        assert_eq!(SourceName { display: String::new(), uri: "a%é%4%+1".to_owned() }.repository_path(), "a%é%4%+1");
    }
}
