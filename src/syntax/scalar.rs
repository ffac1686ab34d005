//! What a scalar means: YAML 1.1 as CloudFormation reads it, and strict JSON.

use super::document::{Content, Document, Format, NodeId, Scalar, Style};

impl Document<'_> {
    /// What a scalar means (aliases followed).
    ///
    /// Unquoted YAML follows version 1.1 of its specification, except that timestamps, infinities and "not a number" stay
    /// texts; a core tag such as `!!str` decides first, and a scalar with any other tag is the text that the tag's
    /// function gets. JSON follows JSON. An integer beyond 64 bits is a float; [`Document::text`] keeps its digits.
    /// A collection is null.
    #[must_use]
    pub fn scalar(&self, node: NodeId) -> Scalar<'_> {
        let node = self.resolve_alias(node);
        let Content::Scalar { text, style } = self.content(node) else { return Scalar::Null };
        match (self.format(), self.tag(node)) {
            (Format::Json, _) if style == Style::Plain => json_scalar(text),
            (Format::Yaml, None) if style == Style::Plain => plain_scalar(text),
            (_, None) | (Format::Json, _) => Scalar::Text(text),
            (Format::Yaml, Some(tag)) => tagged_scalar(CoreTag::of(tag), text).unwrap_or(Scalar::Text(text)),
        }
    }
}

/// The tags that YAML itself defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoreTag {
    Text,
    Integer,
    Float,
    Bool,
    Null,
    Mapping,
    Sequence,
    /// Defined by YAML 1.1 and unknown to CloudFormation.
    Unsupported,
    /// Not a core tag.
    Local,
}

impl CoreTag {
    pub(super) fn of(tag: &str) -> Self {
        let name = match tag.strip_prefix("!!") {
            Some(name) => name,
            None => match tag.strip_prefix("!<tag:yaml.org,2002:").and_then(|rest| rest.strip_suffix('>')) {
                Some(name) => name,
                None => return if tag == "!" { Self::Text } else { Self::Local },
            },
        };
        match name {
            "str" => Self::Text,
            "int" => Self::Integer,
            "float" => Self::Float,
            "bool" => Self::Bool,
            "null" => Self::Null,
            "map" => Self::Mapping,
            "seq" => Self::Sequence,
            "binary" | "timestamp" | "set" | "omap" | "pairs" => Self::Unsupported,
            _ => Self::Local,
        }
    }
}

/// The meaning of a scalar under a tag; `None` when it cannot have that tag.
pub(super) fn tagged_scalar(tag: CoreTag, text: &str) -> Option<Scalar<'_>> {
    let plain = plain_scalar(text);
    match tag {
        CoreTag::Text | CoreTag::Local | CoreTag::Unsupported => Some(Scalar::Text(text)),
        CoreTag::Null => Some(Scalar::Null),
        CoreTag::Bool => matches!(plain, Scalar::Bool(_)).then_some(plain),
        CoreTag::Integer => match plain {
            Scalar::Integer(_) => Some(plain),
            // An integer that does not fit has no dot.
            Scalar::Float(_) if !text.contains('.') => Some(plain),
            _ => None,
        },
        CoreTag::Float => match plain {
            #[expect(clippy::cast_precision_loss, reason = "the tag asks for a float")]
            Scalar::Integer(number) => Some(Scalar::Float(number as f64)),
            Scalar::Float(_) => Some(plain),
            _ => is_infinite_or_nan(text).then_some(Scalar::Text(text)),
        },
        CoreTag::Mapping | CoreTag::Sequence => None,
    }
}

fn is_infinite_or_nan(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// What an unquoted JSON token means; a token that is not JSON is a text.
fn json_scalar(text: &str) -> Scalar<'_> {
    match text {
        "null" => Scalar::Null,
        "true" => Scalar::Bool(true),
        "false" => Scalar::Bool(false),
        _ if !is_json_number(text) => Scalar::Text(text),
        _ => text.parse().map_or_else(|_| float(text).unwrap_or(Scalar::Text(text)), Scalar::Integer),
    }
}

/// Whether the text is a number by the grammar of JSON.
pub(super) fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// What an unquoted, untagged YAML scalar means.
pub(super) fn plain_scalar(text: &str) -> Scalar<'_> {
    let meaning = match text.as_bytes().first() {
        None => Some(Scalar::Null),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => number(text),
        Some(_) => word(text),
    };
    meaning.unwrap_or(Scalar::Text(text))
}

fn word(text: &str) -> Option<Scalar<'static>> {
    match text {
        "~" | "null" | "Null" | "NULL" => Some(Scalar::Null),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Scalar::Bool(true)),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Scalar::Bool(false)),
        _ => None,
    }
}

fn number(text: &str) -> Option<Scalar<'static>> {
    let negative = text.starts_with('-');
    let signed = text.starts_with(['+', '-']);
    let digits = if signed { text.get(1..)? } else { text };
    if let Some(binary) = digits.strip_prefix("0b") {
        return integer(negative, binary, 2);
    }
    if let Some(hexadecimal) = digits.strip_prefix("0x") {
        return integer(negative, hexadecimal, 16);
    }
    if digits.contains(':') {
        return base_sixty(negative, digits);
    }
    if let Some((whole, rest)) = digits.split_once('.') {
        return decimal(text, signed, whole, rest);
    }
    match digits.strip_prefix('0') {
        Some("") => Some(Scalar::Integer(0)),
        Some(octal) => integer(negative, octal, 8),
        None if digits.starts_with('_') => None,
        None => integer(negative, digits, 10),
    }
}

/// Digits of a base, underscores ignored; `None` when another character is among them, or no digit.
fn integer(negative: bool, digits: &str, base: u32) -> Option<Scalar<'static>> {
    let mut exact = Some(0_i128);
    let mut rounded = 0.0_f64;
    let mut seen = base == 8;
    for character in digits.chars().filter(|&character| character != '_') {
        let digit = character.to_digit(base)?;
        seen = true;
        exact = exact.and_then(|number| number.checked_mul(i128::from(base))?.checked_add(i128::from(digit)));
        rounded = rounded * f64::from(base) + f64::from(digit);
    }
    if !seen {
        return None;
    }
    let exact = exact.map(|number| if negative { -number } else { number });
    if let Some(number) = exact.and_then(|number| i64::try_from(number).ok()) {
        return Some(Scalar::Integer(number));
    }
    if base == 10 {
        let plain: String = digits.chars().filter(|&character| character != '_').collect();
        rounded = plain.parse().ok()?;
    }
    rounded.is_finite().then_some(Scalar::Float(if negative { -rounded } else { rounded }))
}

/// `1:30` is 90, `1:30.5` is 90.5.
fn base_sixty(negative: bool, digits: &str) -> Option<Scalar<'static>> {
    let (groups, fraction) = match digits.split_once('.') {
        Some((groups, fraction)) => (groups, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mut parts = groups.split(':');
    let first = parts.next()?;
    if !first.starts_with(|character: char| character.is_ascii_digit()) || !is_digits(first) {
        return None;
    }
    if fraction.is_none() && first.starts_with('0') {
        return None;
    }
    let mut exact = first.replace('_', "").parse::<i64>().ok()?;
    for part in parts {
        let fits = matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
        exact = exact.checked_mul(60)?.checked_add(part.parse().ok().filter(|_| fits)?)?;
    }
    let Some(fraction) = fraction else {
        return Some(Scalar::Integer(if negative { -exact } else { exact }));
    };
    if !is_digits(fraction) {
        return None;
    }
    let fraction: f64 = format!("0.{}", fraction.replace('_', "")).parse().ok()?;
    #[expect(clippy::cast_precision_loss, reason = "a fraction makes it a float")]
    let number = exact as f64 + fraction;
    Some(Scalar::Float(if negative { -number } else { number }))
}

fn decimal(text: &str, signed: bool, whole: &str, rest: &str) -> Option<Scalar<'static>> {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let (fraction, exponent) = match rest.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (rest, None),
    };
    let starts_with_digit = |part: &str| part.starts_with(|character: char| character.is_ascii_digit());
    // YAML 1.1 knows no sign before a leading dot.
    let starts = if whole.is_empty() { !signed && starts_with_digit(fraction) } else { starts_with_digit(whole) };
    let exponent_fits = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['+', '-'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if !starts || !is_digits(whole) || !is_digits(fraction) || !exponent_fits {
        return None;
    }
    float(&text.replace('_', ""))
}

fn float(text: &str) -> Option<Scalar<'static>> {
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Scalar::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unquoted_yaml_follows_version_1_1() {
        let cases = [
            ("", Scalar::Null),
            ("~", Scalar::Null),
            ("NULL", Scalar::Null),
            ("nUll", Scalar::Text("nUll")),
            ("yes", Scalar::Bool(true)),
            ("Off", Scalar::Bool(false)),
            ("y", Scalar::Text("y")),
            ("tRue", Scalar::Text("tRue")),
            ("0", Scalar::Integer(0)),
            ("00", Scalar::Integer(0)),
            ("010", Scalar::Integer(8)),
            ("-010", Scalar::Integer(-8)),
            ("012345670123", Scalar::Integer(1_402_433_619)),
            ("012345678901", Scalar::Text("012345678901")),
            ("0o10", Scalar::Text("0o10")),
            ("09", Scalar::Text("09")),
            ("0x1F", Scalar::Integer(31)),
            ("0x", Scalar::Text("0x")),
            ("0b101", Scalar::Integer(5)),
            ("0b_", Scalar::Text("0b_")),
            ("1_000", Scalar::Integer(1000)),
            ("_1", Scalar::Text("_1")),
            ("-_1", Scalar::Text("-_1")),
            ("+1", Scalar::Integer(1)),
            ("-", Scalar::Text("-")),
            ("9223372036854775807", Scalar::Integer(i64::MAX)),
            ("-9223372036854775808", Scalar::Integer(i64::MIN)),
            ("12345678901234567890123", Scalar::Float(12_345_678_901_234_567_890_123.0)),
            ("1:30", Scalar::Integer(90)),
            ("190:20:30", Scalar::Integer(685_230)),
            ("1:60", Scalar::Text("1:60")),
            ("08:00", Scalar::Text("08:00")),
            ("1:30.5", Scalar::Float(90.5)),
            ("1.10", Scalar::Float(1.1)),
            (".5", Scalar::Float(0.5)),
            ("-.5", Scalar::Text("-.5")),
            ("1.", Scalar::Float(1.0)),
            ("1_0.2_5", Scalar::Float(10.25)),
            ("1e3", Scalar::Text("1e3")),
            ("1.0e3", Scalar::Text("1.0e3")),
            ("1.0e+3", Scalar::Float(1000.0)),
            ("1.0e+999", Scalar::Text("1.0e+999")),
            (".", Scalar::Text(".")),
            ("1.2.3", Scalar::Text("1.2.3")),
            ("10.0.0.0/8", Scalar::Text("10.0.0.0/8")),
            (".inf", Scalar::Text(".inf")),
            ("-.INF", Scalar::Text("-.INF")),
            (".nan", Scalar::Text(".nan")),
            ("2012-10-17", Scalar::Text("2012-10-17")),
            ("2001-12-14T21:59:43Z", Scalar::Text("2001-12-14T21:59:43Z")),
            ("<<", Scalar::Text("<<")),
        ];
        for (text, expected) in cases {
            assert_eq!(plain_scalar(text), expected, "{text}");
        }
    }

    #[test]
    fn json_numbers_follow_json() {
        for number in ["0", "-0", "10", "1.5", "1e3", "1E+3", "-1.25e-2"] {
            assert!(is_json_number(number), "{number}");
        }
        for other in ["", "-", "01", "1.", ".5", "+1", "1e", "0x1", "NaN", "1_0"] {
            assert!(!is_json_number(other), "{other}");
        }
        assert_eq!(json_scalar("1e3"), Scalar::Float(1000.0));
        assert_eq!(json_scalar("-7"), Scalar::Integer(-7));
        assert_eq!(json_scalar("yes"), Scalar::Text("yes"));
        assert_eq!(json_scalar("18446744073709551616"), Scalar::Float(18_446_744_073_709_551_616.0));
    }

    #[test]
    fn a_core_tag_decides_before_the_form() {
        assert_eq!(tagged_scalar(CoreTag::of("!!str"), "010"), Some(Scalar::Text("010")));
        assert_eq!(tagged_scalar(CoreTag::of("!!int"), "22"), Some(Scalar::Integer(22)));
        assert_eq!(tagged_scalar(CoreTag::of("!<tag:yaml.org,2002:int>"), "x"), None);
        assert_eq!(tagged_scalar(CoreTag::of("!!int"), "1.5"), None);
        assert_eq!(tagged_scalar(CoreTag::of("!!float"), "1"), Some(Scalar::Float(1.0)));
        assert_eq!(tagged_scalar(CoreTag::of("!!bool"), "on"), Some(Scalar::Bool(true)));
        assert_eq!(tagged_scalar(CoreTag::of("!Sub"), "010"), Some(Scalar::Text("010")));
        assert_eq!(tagged_scalar(CoreTag::of("!"), "true"), Some(Scalar::Text("true")));
    }
}
