//! Writing JSON that no terminal and no CI runner can be fooled with.
//!
//! Values stay exact; characters that hide or reorder text, and the second `#` of a runner's `##[` or `##vso[`, are
//! written as `\u` escapes.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::escape::{is_command, is_hidden};

/// Writes a value as indented JSON with a final line feed.
pub(super) fn write_json<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    let formatter = SafeFormatter { pretty: PrettyFormatter::new() };
    value.serialize(&mut Serializer::with_formatter(&mut *out, formatter)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Writes a value as JSON on one line, line feed included.
pub(super) fn write_json_line<T: Serialize>(value: &T, out: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, LineFormatter)).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// The layout without any white space.
struct LineFormatter;

impl Formatter for LineFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_safely(out, fragment)
    }
}

struct SafeFormatter {
    pretty: PrettyFormatter<'static>,
}

fn write_safely<W: ?Sized + io::Write>(out: &mut W, fragment: &str) -> io::Result<()> {
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

impl Formatter for SafeFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        write_safely(out, fragment)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(out)
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
}
