//! What `granit-parser` refuses and other readers, CloudFormation's among them, accept.
//!
//! Refused texts are repaired in a copy of the same length, so that all offsets stay true, and read again.

use granit_parser::{ErrorKind, Event, Parser, ScanError};

use crate::text::Span;

/// A repair of the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// A quoted scalar whose lines were joined because they are indented too little.
    Quoted(Span),
    /// A comment that was blanked because it touches a quoted scalar.
    Comment(Span),
}

impl Repair {
    /// The repair for an error of `text` at `at`, if there is one; `token` is where the token around it begins.
    pub(super) fn of(error: &ScanError, text: &str, token: usize, at: usize) -> Option<Self> {
        match error.kind() {
            ErrorKind::InvalidQuotedScalarIndent => quoted_scalar(text, token).map(Self::Quoted),
            ErrorKind::CommentNotSeparated => {
                let rest = text.get(at..)?;
                let comment = rest.get(..rest.find(['\r', '\n']).unwrap_or(rest.len()))?;
                let touches = text.get(..at)?.ends_with(['"', '\'']);
                (touches && comment.starts_with('#')).then(|| Self::Comment(Span::new(at, at + comment.len())))
            }
            _ => None,
        }
    }

    /// Applies the repair to the copy.
    pub(super) fn apply(self, copy: &str) -> Option<String> {
        let (span, blank): (Span, fn(char) -> bool) = match self {
            Self::Quoted(span) => (span, |character| matches!(character, '\r' | '\n' | '\t')),
            Self::Comment(span) => (span, |_| true),
        };
        let mut repaired = String::with_capacity(copy.len());
        repaired.push_str(copy.get(..span.start())?);
        for character in span.slice(copy)?.chars() {
            if blank(character) {
                repaired.extend(std::iter::repeat_n(' ', character.len_utf8()));
            } else {
                repaired.push(character);
            }
        }
        repaired.push_str(copy.get(span.end()..)?);
        Some(repaired)
    }
}

/// The quoted scalar that begins at or after `from`, before anything but tags, anchors and indicators.
fn quoted_scalar(text: &str, from: usize) -> Option<Span> {
    let rest = text.get(from..)?;
    let start = from + rest.find(['"', '\''])?;
    let inside = text.get(start + 1..)?;
    let quote = text.as_bytes().get(start)?;
    let mut bytes = inside.bytes().enumerate().peekable();
    while let Some((index, byte)) = bytes.next() {
        if byte == b'\\' && *quote == b'"' {
            bytes.next();
        } else if byte == *quote {
            if *quote == b'\'' && bytes.next_if(|&(_, next)| next == b'\'').is_some() {
                continue;
            }
            return Some(Span::new(start, start + 1 + index + 1));
        }
    }
    None
}

/// The text of a quoted scalar over several lines. On its own it may be indented as it likes.
pub(super) fn unquote(quoted: &str) -> Option<String> {
    Parser::new_from_str(quoted).map_while(Result::ok).find_map(|(event, _)| match event {
        Event::Scalar(text, ..) => Some(text.into_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_scalars_are_found_whole() {
        assert_eq!(quoted_scalar("a: 'it''s\n' b", 2), Some(Span::new(3, 11)));
        assert_eq!(quoted_scalar("a: !Sub \"x\\\"\ny\" b", 2), Some(Span::new(8, 15)));
        assert_eq!(quoted_scalar("a: \"x", 2), None);
    }

    #[test]
    fn lines_of_a_quoted_scalar_are_folded() {
        assert_eq!(unquote("\"a\n b\n\nc\\n\"").as_deref(), Some("a b\nc\n"));
        assert_eq!(unquote("'it''s\n> x'").as_deref(), Some("it's > x"));
    }

    #[test]
    fn a_repair_keeps_the_length() {
        assert_eq!(Repair::Quoted(Span::new(3, 8)).apply("a: 'x\ny' \n").as_deref(), Some("a: 'x y' \n"));
        assert_eq!(Repair::Comment(Span::new(6, 9)).apply("a: 'x'#é\n").as_deref(), Some("a: 'x'   \n"));
    }
}
