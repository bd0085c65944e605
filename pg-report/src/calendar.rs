//! Days and moments as numbers and back, for axes and for the moment of a report.
//!
//! Source: Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil and civil_from_days.

use std::time::{SystemTime, UNIX_EPOCH};

const DAY: f64 = 86_400.0;

/// The day that a text such as 2026-01-31 says, in days since 1970.
pub(crate) fn day(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let mut next = |digits: usize| {
        let part = parts.next()?;
        let right = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        right.then(|| part.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let days = days(year, month, day);
    (civil(days) == (year, month, day)).then_some(days)
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let shifted_days = days + 719_468;
    let (era, day_of_era) = (shifted_days.div_euclid(146_097), shifted_days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// The days since 1970, with their fraction, of a date or a moment as PostgreSQL writes them in ISO 8601. Of an offset from UTC
/// nothing is heeded: all moments of one answer have the same.
pub(crate) fn moment(text: &str) -> Option<f64> {
    let day = day(text.get(..10)?)?;
    let time = text.get(10..).unwrap_or_default();
    let mut at = whole(day);
    if let Some(time) = time.strip_prefix(['T', ' ']) {
        let mut parts = time.get(..8)?.splitn(3, ':').map(|part| part.parse::<f64>().ok());
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        at += (hour * 3600.0 + minute * 60.0 + second) / DAY;
    } else if !time.is_empty() {
        return None;
    }
    Some(at)
}

/// A number of days, or nothing for one that no calendar has.
#[expect(clippy::cast_precision_loss, reason = "a day of a calendar has few digits")]
fn whole(day: i64) -> f64 {
    day as f64
}

/// The day of a number of days, as 2026-01-31.
pub(crate) fn date(days: f64) -> String {
    let (year, month, day) = civil_at(days);
    format!("{year:04}-{month:02}-{day:02}")
}

#[expect(clippy::cast_possible_truncation, reason = "a day of an axis; one out of range is at its end")]
fn civil_at(days: f64) -> (i64, i64, i64) {
    civil((days.floor() as i64).clamp(-1_000_000, 100_000_000))
}

/// The months from one day to another, where both are the same day of their months and the same time of it.
pub(crate) fn months_between(from: f64, to: f64) -> Option<i64> {
    let ((year, month, day), (later_year, later_month, later_day)) = (civil_at(from), civil_at(to));
    let same = day == later_day && (from - from.floor() - (to - to.floor())).abs() < 1e-9;
    same.then_some((later_year - year) * 12 + later_month - month)
}

/// The same day so many months later; the last one of a shorter month.
pub(crate) fn months_on(from: f64, months: i64) -> f64 {
    let (year, month, day) = civil_at(from);
    let total = year * 12 + month - 1 + months;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let last = (28..=31).rev().find(|last| civil(days(year, month, *last)).1 == month).unwrap_or(28);
    whole(days(year, month, day.min(last))) + (from - from.floor())
}

/// This moment in UTC, as RFC 3339 writes it.
pub(crate) fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (year, month, day) = civil(i64::try_from(seconds / 86_400).unwrap_or_default());
    let rest = seconds % 86_400;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for (text, days) in
            [("1970-01-01", 0), ("2000-02-29", 11_016), ("1969-12-31", -1), ("2026-11-23", 20_780)]
        {
            assert_eq!(day(text), Some(days), "{text}");
            assert_eq!(date(whole(days)), text);
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["2026-02-29", "2026-13-01", "2026-1-1", "x", "2026-01-01x", "２026-01-01"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_counted_and_added() {
        let at = |text| moment(text).unwrap();
        assert_eq!(months_between(at("2025-11-01"), at("2026-02-01")), Some(3));
        assert_eq!(months_between(at("2025-11-01"), at("2026-02-02")), None);
        assert_eq!(date(months_on(at("2026-01-31"), 1)), "2026-02-28");
        assert_eq!(date(months_on(at("2026-12-01"), 1)), "2027-01-01");
    }

    #[test]
    fn moments_have_a_fraction_of_a_day() {
        assert_eq!(moment("1970-01-02T12:00:00+00:00"), Some(1.5));
        assert_eq!(moment("1970-01-02 12:00:00"), Some(1.5));
        assert_eq!(moment("1970-01-02"), Some(1.0));
        assert_eq!(moment("1970-01-02 at noon"), None);
    }
}
