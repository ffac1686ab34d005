//! Days of the calendar.

use std::fmt;

/// A day, written like `2026-12-31`. Earlier days are less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The last day that can be written.
    pub const LAST: Self = Self { year: 9999, month: 12, day: 31 };

    /// The day that a text names: four digits, two, two, with hyphens between. `None` for other texts and for days that
    /// the calendar does not have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |part: &str, count: usize| -> Option<u16> {
            let fits = part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| fits)
        };
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = u8::try_from(digits(parts.next()?, 2)?).ok()?;
        let day = u8::try_from(digits(parts.next()?, 2)?).ok()?;
        let known = parts.next().is_none() && (1..=days_of(year, month)).contains(&day);
        known.then_some(Self { year, month, day })
    }

    /// The number of days from the first of January of the year 0.
    fn number(self) -> u32 {
        let before = u32::from(self.year.saturating_sub(1));
        let years = u32::from(self.year) * 365 + before / 4 - before / 100 + before / 400 + u32::from(self.year > 0);
        let months: u32 = (1..self.month).map(|month| u32::from(days_of(self.year, month))).sum();
        years + months + u32::from(self.day)
    }

    /// How many days later `other` is; `None` when it is earlier.
    #[must_use]
    pub fn days_until(self, other: Self) -> Option<u32> {
        other.number().checked_sub(self.number())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The days of a month from 1 to 12; none of any other.
fn days_of(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn only_days_of_the_calendar_are_days() {
        for wrong in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026-1-1", "+026-01-01"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        for wrong in ["2026-01-01-", "2026/01/01", "", "2026-01", "２026-01-01", "2026-01-01T00:00:00Z"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
        assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
    }

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        assert_eq!(day("2026-12-31").days_until(day("2027-01-14")), Some(14));
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), Some(2));
        assert_eq!(day("1900-02-28").days_until(day("1900-03-01")), Some(1));
        assert_eq!(day("1999-12-31").days_until(day("2001-01-01")), Some(367));
        assert_eq!(day("0000-12-31").days_until(day("0001-01-01")), Some(1));
        assert_eq!(day("2026-01-02").days_until(day("2026-01-01")), None);
    }
}
