//! Bytes to text.

use std::fmt;

/// A text encoding that templates come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16LittleEndian,
    /// UTF-16, high byte first.
    Utf16BigEndian,
    /// UTF-32, which is recognised by its byte order mark and not read.
    Utf32,
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16LittleEndian | Self::Utf16BigEndian => "UTF-16",
            Self::Utf32 => "UTF-32",
        })
    }
}

/// Bytes that are not text in the encoding that they seem to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The offset of the first byte that does not fit.
    pub offset: usize,
    /// The encoding that was tried.
    pub encoding: Encoding,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.encoding {
            Encoding::Utf32 => formatter.write_str("UTF-32 is not supported: save the file as UTF-8"),
            encoding => write!(formatter, "not {encoding} text: invalid at byte {}", self.offset),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The byte order of UTF-16, told by the byte order mark or else by the NUL bytes that every ASCII character has in one
/// half of its code unit; `None` for anything else.
pub(super) fn utf16_order(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => None,
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16LittleEndian),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16BigEndian),
        // Templates begin with ASCII characters; two of them in a row are no accident.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(Encoding::Utf16LittleEndian),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(Encoding::Utf16BigEndian),
        _ => None,
    }
}

/// Bytes to text: UTF-8 or UTF-16. A byte order mark stays in the text, as U+FEFF.
///
/// Offsets in the text are those of the bytes when these are UTF-8 (no copy is made then); for UTF-16 they are those of
/// the text as UTF-8.
///
/// # Errors
/// When the bytes are not text; the error names the first byte that does not fit. UTF-32 is refused by name.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    if matches!(bytes.as_slice(), [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..]) {
        return Err(DecodeError { offset: 0, encoding: Encoding::Utf32 });
    }
    if let Some(encoding) = utf16_order(&bytes) {
        return decode_utf16(&bytes, encoding);
    }
    String::from_utf8(bytes)
        .map_err(|error| DecodeError { offset: error.utf8_error().valid_up_to(), encoding: Encoding::Utf8 })
}

fn decode_utf16(bytes: &[u8], encoding: Encoding) -> Result<String, DecodeError> {
    let (units, rest) = bytes.as_chunks::<2>();
    let unit = |pair: &[u8; 2]| match encoding {
        Encoding::Utf16BigEndian => u16::from_be_bytes(*pair),
        _ => u16::from_le_bytes(*pair),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut offset = 0;
    for character in char::decode_utf16(units.iter().map(unit)) {
        let Ok(character) = character else { return Err(DecodeError { offset, encoding }) };
        text.push(character);
        offset += 2 * character.len_utf16();
    }
    if rest.is_empty() { Ok(text) } else { Err(DecodeError { offset, encoding }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_byte_order_mark_stays_in_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfa: 1".to_vec()).unwrap(), "\u{feff}a: 1");
        assert_eq!(decode(utf16("\u{feff}a: 😀", u16::to_le_bytes)).unwrap(), "\u{feff}a: 😀");
        assert_eq!(decode(utf16("\u{feff}a: 😀", u16::to_be_bytes)).unwrap(), "\u{feff}a: 😀");
    }

    #[test]
    fn utf16_without_a_mark_is_told_by_its_zero_bytes() {
        assert_eq!(decode(utf16("Resources: é", u16::to_le_bytes)).unwrap(), "Resources: é");
        assert_eq!(decode(utf16("{\"a\": 1}", u16::to_be_bytes)).unwrap(), "{\"a\": 1}");
    }

    #[test]
    fn a_nul_character_in_utf8_text_is_kept() {
        assert_eq!(decode(b"a\0b".to_vec()).unwrap(), "a\0b");
        assert_eq!(decode(Vec::new()).unwrap(), "");
    }

    #[test]
    fn an_error_names_the_first_byte_that_does_not_fit() {
        let utf8 = decode(b"ab\xffc".to_vec()).unwrap_err();
        assert_eq!((utf8.offset, utf8.encoding), (2, Encoding::Utf8));
        assert_eq!(utf8.to_string(), "not UTF-8 text: invalid at byte 2");
        let lone_surrogate = decode(b"\xff\xfea\0\x00\xd8b\0".to_vec()).unwrap_err();
        assert_eq!((lone_surrogate.offset, lone_surrogate.encoding), (4, Encoding::Utf16LittleEndian));
        assert_eq!(decode(b"\xff\xfea\0b".to_vec()).unwrap_err().offset, 4);
    }

    #[test]
    fn utf32_is_refused_by_name() {
        assert_eq!(decode(b"\xff\xfe\0\0a\0\0\0".to_vec()).unwrap_err().encoding, Encoding::Utf32);
        assert_eq!(decode(b"\0\0\xfe\xff\0\0\0a".to_vec()).unwrap_err().encoding, Encoding::Utf32);
    }
}
