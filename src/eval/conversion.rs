//! Readings of texts and numbers that functions need.

/// The bytes behind `%41` and the like, if they are text; what does not read so is kept.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if let (b'%', Some(high), Some(low)) = (*byte, digit(at + 1), digit(at + 2)) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or(u8::MAX));
            at += 3;
        } else {
            decoded.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(decoded).ok()
}

/// Seconds since 1970 of an RFC 3339 date and time.
pub(super) fn parse_epoch(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| -> Option<i64> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let is = |at: usize, wanted: &[u8]| byte(at).is_some_and(|byte| wanted.contains(&byte));
    if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=days_of_month).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut at = 19;
    if byte(at) == Some(b'.') {
        let digits = text.get(at + 1..)?.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        at += 1 + digits;
    }
    let offset = match byte(at)? {
        b'Z' | b'z' if text.len() == at + 1 => 0,
        sign @ (b'+' | b'-') if text.len() == at + 6 && is(at + 3, b":") => {
            let (hours, minutes) = (number(at + 1..at + 3)?, number(at + 4..at + 6)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * 3600 + minutes * 60;
            if sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    // A leap second counts as the second before it.
    Some(days_from_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second.min(59) - offset)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counting years from March so that leap days come last.
fn days_from_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The whole part of a number, at most the largest integer and at least the smallest.
#[expect(clippy::cast_possible_truncation, reason = "saturating is what the language does")]
pub(super) fn truncated(number: f64) -> i64 {
    number as i64
}

/// The float nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "what the language does")]
pub(super) fn nearest(number: i64) -> f64 {
    number as f64
}

/// The lowest 16 bits, which are all that the default dialect keeps of an offset.
pub(super) fn low_16_bits(number: i64) -> usize {
    let [a, b, ..] = number.to_le_bytes();
    usize::from(u16::from_le_bytes([a, b]))
}

/// A float as a number of 16 bits, at most the largest and at least 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturating is what the language does")]
pub(super) fn saturated_16_bits(number: f64) -> usize {
    usize::from(number as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds_since_1970() {
        assert_eq!(parse_epoch("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse_epoch("2024-02-29T12:30:15.25+01:00"), Some(1_709_206_215));
        assert_eq!(parse_epoch("1969-12-31T23:59:59Z"), Some(-1));
        for wrong in ["2023-02-29T00:00:00Z", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "é"] {
            assert_eq!(parse_epoch(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn percent_signs_that_mean_nothing_stay() {
        assert_eq!(percent_decoded("a%20b%2Fc%zz%").as_deref(), Some("a b/c%zz%"));
        assert_eq!(percent_decoded("%ff"), None);
    }
}
