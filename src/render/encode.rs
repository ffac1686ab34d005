//! Writing JSON that no terminal and no CI runner can be fooled with.
//!
//! Values stay exact; characters that hide or reorder text, and the second `#` of a runner's `##[` or `##vso[`, are
//! written as `\u` escapes.

use std::io::{self, BufWriter, Write as _};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::escape::{is_command, is_hidden};

/// How many bytes are gathered before they are handed to the writer: JSON comes in very small pieces.
const GATHERED: usize = 1 << 16;

/// Writes a value as indented JSON with a final line feed.
pub(super) fn write_json<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    let mut gathered = BufWriter::with_capacity(GATHERED, out);
    let formatter = Indented { level: 0, has_value: false };
    let result = value
        .serialize(&mut Serializer::with_formatter(&mut gathered, formatter))
        .map_err(io::Error::from)
        .and_then(|()| gathered.write_all(b"\n"))
        .and_then(|()| gathered.flush());
    // What it still holds after an error is not to be written any more.
    let _ = gathered.into_parts();
    result
}

/// Writes a value as JSON on one line, line feed included.
pub(super) fn write_json_line<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, LineFormatter)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Whether a piece of a text can be written as it is: nothing in it is hidden, and no command of a runner begins in it.
fn is_plain(fragment: &str) -> bool {
    // Without an early end, so that many bytes are looked at together.
    fragment.bytes().fold(true, |plain, byte| plain & (b' '..=b'~').contains(&byte) & (byte != b'#'))
}

fn write_safely<W: ?Sized + io::Write>(out: &mut W, fragment: &str) -> io::Result<()> {
    if is_plain(fragment) {
        return out.write_all(fragment.as_bytes());
    }
    let mut written = 0;
    let mut previous = ' ';
    for (index, c) in fragment.char_indices() {
        let rest = fragment.get(index + c.len_utf8()..).unwrap_or_default();
        let doubled = c == '#' && previous == '#' && is_command(rest);
        previous = if doubled { ' ' } else { c };
        if !doubled && !is_hidden(c) {
            continue;
        }
        out.write_all(fragment.get(written..index).unwrap_or_default().as_bytes())?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        written = index + c.len_utf8();
    }
    out.write_all(fragment.get(written..).unwrap_or_default().as_bytes())
}

/// The layout without any white space.
struct LineFormatter;

impl Formatter for LineFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_safely(out, fragment)
    }
}

/// The layout of `serde_json`'s `PrettyFormatter`, which writes each step of an indentation by itself: most of a report is
/// indentation.
struct Indented {
    level: usize,
    has_value: bool,
}

impl Indented {
    /// Two spaces for each level, on a new line.
    fn new_line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        const LINE: &[u8] = &{
            let mut line = [b' '; 65];
            line[0] = b'\n';
            line
        };
        let mut missing = 1 + 2 * self.level;
        let line = LINE.get(..missing).unwrap_or(LINE);
        out.write_all(line)?;
        missing -= line.len();
        while missing > 0 {
            out.write_all(b"  ")?;
            missing = missing.saturating_sub(2);
        }
        Ok(())
    }

    fn begin<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.has_value = false;
        out.write_all(bracket)
    }

    fn begin_entry<W: ?Sized + io::Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        self.new_line(out)
    }

    fn end<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level = self.level.saturating_sub(1);
        if self.has_value {
            self.new_line(out)?;
        }
        out.write_all(bracket)
    }
}

impl Formatter for Indented {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_safely(out, fragment)
    }

    /// Bytes are JSON that was [`Written`] before, and only have to be indented.
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, out: &mut W, json: &[u8]) -> io::Result<()> {
        let mut begun = 0;
        for end in memchr::memchr_iter(b'\n', json) {
            out.write_all(json.get(begun..end).unwrap_or_default())?;
            self.new_line(out)?;
            begun = end + 1;
        }
        out.write_all(json.get(begun..).unwrap_or_default())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin_entry(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.begin_entry(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}

/// A value that [`write_json`] wrote before, without the line feed at its end; it can be a part of what [`write_json`] writes.
pub(super) struct Written<'a>(pub(super) &'a str);

impl Serialize for Written<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // No other value of a report is made of bytes; the layout knows them.
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

/// A list whose entries are made one after the other while it is written: reports can be long.
pub(super) struct Each<'a, T, W> {
    pub(super) all: &'a [T],
    pub(super) wire: fn(&'a T) -> W,
}

impl<T, W> Each<'_, T, W> {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl<T, W: Serialize> Serialize for Each<'_, T, W> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.all.iter().map(self.wire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_exact_and_the_bytes_are_harmless() {
        let value = "## a ###[group]\u{1b}\u{202e}\u{e0041}\u{7f}é";
        let mut bytes = Vec::new();
        write_json(&[value], &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "[\n  \"## a ##\\u0023[group]\\u001b\\u202e\\udb40\\udc41\\u007fé\"\n]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [value]);
    }

    #[test]
    fn the_layout_is_that_of_the_library_at_any_depth() {
        let mut value = serde_json::json!([{}, [], {"a": [1, "x"], "b": {"c": null}}]);
        for _ in 0..40 {
            value = serde_json::json!({"deeper": [value, 1]});
        }
        let mut bytes = Vec::new();
        write_json(&value, &mut bytes).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), serde_json::to_string_pretty(&value).unwrap() + "\n");
    }

    #[test]
    fn what_was_written_before_is_the_same_as_a_part() {
        let part = serde_json::json!({"a": [1, {"b": "line\nline"}], "c": []});
        let mut written = Vec::new();
        write_json(&part, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        let (mut from_text, mut from_value) = (Vec::new(), Vec::new());
        write_json(&[[Written(written.trim_end())]], &mut from_text).unwrap();
        write_json(&[[part]], &mut from_value).unwrap();
        assert_eq!(String::from_utf8(from_text).unwrap(), String::from_utf8(from_value).unwrap());
    }

    #[test]
    fn nothing_is_written_behind_an_error() {
        /// Takes the first piece only.
        struct Full(usize);
        impl io::Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 += 1;
                if self.0 == 1 { Ok(bytes.len()) } else { Err(io::ErrorKind::StorageFull.into()) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut full = Full(0);
        let problem = write_json(&vec!["x"; GATHERED], &mut full).unwrap_err();
        assert_eq!((problem.kind(), full.0), (io::ErrorKind::StorageFull, 2));
    }
}
