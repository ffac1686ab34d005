//! Times as formats write them.

/// The seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Seconds since 1970 as date and time in UTC: `2026-11-22T12:30:00`.
pub(super) fn date_and_time(seconds: u64) -> String {
    let (days, second) = (seconds / DAY, seconds % DAY);
    let (year, month, day) = date(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// The date of a number of days after 1970-01-01, counted in eras of 400 years that begin in March.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::date_and_time;

    #[test]
    fn seconds_become_dates() {
        assert_eq!(date_and_time(0), "1970-01-01T00:00:00");
        assert_eq!(date_and_time(951_782_399), "2000-02-28T23:59:59");
        assert_eq!(date_and_time(951_782_400), "2000-02-29T00:00:00");
        assert_eq!(date_and_time(1_709_251_199), "2024-02-29T23:59:59");
        assert_eq!(date_and_time(4_107_542_400), "2100-03-01T00:00:00");
    }
}
