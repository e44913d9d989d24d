//! The time of day in UTC, for the `get_time` tool. No time zones, no leap seconds, no parsing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment in UTC, broken into calendar fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utc {
    date: (u64, u64, u64),
    time: (u64, u64, u64),
    microsecond: u32,
}

const SECONDS_PER_DAY: u64 = 86_400;
/// The Gregorian calendar repeats itself after 400 years of this many days.
const DAYS_PER_ERA: u64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01. Years are counted from March, so that a leap day is the last of its year.
const DAYS_BEFORE_EPOCH: u64 = 719_468;

impl Utc {
    /// The moment a clock shows; times before 1970 count as 1970.
    pub fn at(time: SystemTime) -> Self {
        let elapsed: Duration = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (days, second) = (elapsed.as_secs() / SECONDS_PER_DAY, elapsed.as_secs() % SECONDS_PER_DAY);
        Self {
            date: date(days),
            time: (second / 3600, second / 60 % 60, second % 60),
            microsecond: elapsed.subsec_micros(),
        }
    }

    /// As ISO 8601 with microseconds and offset.
    pub fn iso(&self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.time);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}+00:00", self.microsecond)
    }

    /// For people, to the second.
    pub fn plain(&self) -> String {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.time);
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// Year, month and day of a day counted from 1970-01-01.
fn date(days_since_epoch: u64) -> (u64, u64, u64) {
    let days = days_since_epoch + DAYS_BEFORE_EPOCH;
    let (era, day_of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Counted from March, months have 31, 30, 31, 30, 31 days, twice and a half.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::the_epoch(0, "1970-01-01 00:00:00")]
    #[case::a_leap_day(951_782_400, "2000-02-29 00:00:00")]
    #[case::the_day_after(951_868_800, "2000-03-01 00:00:00")]
    #[case::the_end_of_a_year(1_735_689_599, "2024-12-31 23:59:59")]
    #[case::a_century_without_a_leap_day(4_107_542_400, "2100-03-01 00:00:00")]
    #[case::the_end_of_the_calendar(253_402_300_799, "9999-12-31 23:59:59")]
    fn counts_days_as_the_gregorian_calendar_does(#[case] seconds: u64, #[case] expected: &str) {
        assert_eq!(Utc::at(UNIX_EPOCH + Duration::from_secs(seconds)).plain(), expected);
    }

    #[test]
    fn writes_fractions_and_offset() {
        let time = UNIX_EPOCH + Duration::from_micros(1_500_000);

        assert_eq!(Utc::at(time).iso(), "1970-01-01T00:00:01.500000+00:00");
    }
}
