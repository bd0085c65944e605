//! Dates, times and timestamps, by arithmetic on the proleptic Gregorian calendar.
//!
//! Separate because the server's range (4713 BC to 294276 AD, and two infinities) is wider than that of
//! the date libraries. Text is the server's form under `DateStyle` ISO and `TimeZone` UTC; JSON is ISO 8601,
//! except years before Christ, which ISO 8601 counts otherwise: they keep the server's form with ` BC`.

use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Days from 1 March of the year 0 to 1 January 2000, the server's epoch.
const EPOCH: i64 = 730_425;

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Server,
    Iso,
}

pub(super) fn write_date(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "date");
    let days = reader.i32()?;
    reader.end()?;
    match days {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => {
            if push_date(i64::from(days), out) == Era::BeforeChrist {
                out.extend_from_slice(b" BC");
            }
        }
    }
    Ok(())
}

pub(super) fn write_time(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "time");
    let micros = time_of_day(&mut reader)?;
    reader.end()?;
    push_time(micros, out);
    Ok(())
}

pub(super) fn write_timetz(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    timetz(raw, Style::Server, out)
}

pub(super) fn write_timetz_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'"');
    timetz(raw, Style::Iso, out)?;
    out.push(b'"');
    Ok(())
}

pub(super) fn write_timestamp(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    timestamp(raw, Style::Server, [b"", b""], out)
}

pub(super) fn write_timestamptz(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    timestamp(raw, Style::Server, [b"+00", b"+00"], out)
}

pub(super) fn write_timestamp_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'"');
    timestamp(raw, Style::Iso, [b"", b""], out)?;
    out.push(b'"');
    Ok(())
}

pub(super) fn write_timestamptz_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'"');
    timestamp(raw, Style::Iso, [b"+00:00", b"+00"], out)?;
    out.push(b'"');
    Ok(())
}

/// `zone` is what follows the time: for years of our era, and for years before Christ.
fn timestamp(
    raw: &[u8],
    style: Style,
    zone: [&'static [u8]; 2],
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "timestamp");
    let micros = reader.i64()?;
    reader.end()?;
    match micros {
        i64::MAX => out.extend_from_slice(b"infinity"),
        i64::MIN => out.extend_from_slice(b"-infinity"),
        micros => {
            let [zone, zone_before_christ] = zone;
            let era = push_date(micros.div_euclid(MICROS_PER_DAY), out);
            let separator = if style == Style::Iso && era == Era::Christ { b'T' } else { b' ' };
            out.push(separator);
            push_time(micros.rem_euclid(MICROS_PER_DAY), out);
            if era == Era::Christ {
                out.extend_from_slice(zone);
            } else {
                out.extend_from_slice(zone_before_christ);
                out.extend_from_slice(b" BC");
            }
        }
    }
    Ok(())
}

fn timetz(raw: &[u8], style: Style, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "time with time zone");
    let micros = time_of_day(&mut reader)?;
    let seconds_west = reader.i32()?;
    reader.end()?;
    push_time(micros, out);
    out.push(if seconds_west > 0 { b'-' } else { b'+' });
    let seconds = seconds_west.unsigned_abs();
    if seconds >= 24 * 3600 {
        return Err(reader.malformed());
    }
    out.extend(two_digits(seconds / 3600));
    if style == Style::Iso || !seconds.is_multiple_of(3600) {
        out.push(b':');
        out.extend(two_digits(seconds / 60 % 60));
    }
    if !seconds.is_multiple_of(60) {
        out.push(b':');
        out.extend(two_digits(seconds % 60));
    }
    Ok(())
}

/// Microseconds since midnight; `24:00:00` is a time of its own.
fn time_of_day(reader: &mut Reader<'_>) -> Result<i64, DecodeError> {
    match reader.i64()? {
        micros @ 0..=MICROS_PER_DAY => Ok(micros),
        _ => Err(reader.malformed()),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Era {
    Christ,
    BeforeChrist,
}

/// Appends the date that lies `days` after 2000-01-01 and says whether its year is one before Christ.
fn push_date(days: i64, out: &mut Vec<u8>) -> Era {
    // Years are counted from 1 March, so that the leap day is the last of its year and months need no table.
    let days = days + EPOCH;
    let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_cycle = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);

    let (year, era) = if year > 0 { (year, Era::Christ) } else { (1 - year, Era::BeforeChrist) };
    let [month_tens, month_ones] = two_digits(month as u32);
    let [day_tens, day_ones] = two_digits(day_of_month as u32);
    match u32::try_from(year) {
        Ok(year @ 0..=9999) => {
            let [thousands, hundreds] = two_digits(year / 100);
            let [tens, ones] = two_digits(year % 100);
            out.extend_from_slice(&[thousands, hundreds, tens, ones]);
        }
        _ => integer::push(year, out),
    }
    out.extend_from_slice(&[b'-', month_tens, month_ones, b'-', day_tens, day_ones]);
    era
}

/// Appends `hh:mm:ss` and the microseconds, if there are any, without trailing zeros.
fn push_time(micros: i64, out: &mut Vec<u8>) {
    let seconds = (micros / MICROS_PER_SECOND) as u32;
    let [hour_tens, hour_ones] = two_digits(seconds / 3600);
    let [minute_tens, minute_ones] = two_digits(seconds / 60 % 60);
    let [second_tens, second_ones] = two_digits(seconds % 60);
    out.extend_from_slice(&[
        hour_tens,
        hour_ones,
        b':',
        minute_tens,
        minute_ones,
        b':',
        second_tens,
        second_ones,
    ]);
    push_fraction((micros % MICROS_PER_SECOND) as u32, out);
}

/// Appends `.` and the microseconds, without trailing zeros; nothing for zero.
pub(super) fn push_fraction(micros: u32, out: &mut Vec<u8>) {
    if micros == 0 {
        return;
    }
    out.push(b'.');
    for part in [micros / 10_000, micros / 100 % 100, micros % 100] {
        out.extend(two_digits(part));
    }
    while out.last() == Some(&b'0') {
        out.pop();
    }
}

/// The last two decimal digits of a number.
pub(super) fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    type Write = fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>;

    fn text(write: Write, raw: &[u8]) -> String {
        let mut out = Vec::new();
        write(raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dates_cover_the_servers_range() {
        for (days, date) in [
            (0, "2000-01-01"),
            (59, "2000-02-29"),
            (-1, "1999-12-31"),
            (9822, "2026-11-22"),
            (-730_119, "0001-01-01"),
            (-730_120, "0001-12-31 BC"),
            (2_145_031_948, "5874897-12-31"),
            (-2_451_507, "4713-01-01 BC"),
            (i32::MAX, "infinity"),
            (i32::MIN, "-infinity"),
        ] {
            assert_eq!(text(write_date, &i32::to_be_bytes(days)), date);
        }
    }

    #[test]
    fn timestamps_have_a_server_form_and_an_iso_form() {
        let raw = 848_656_800_500_000i64.to_be_bytes();
        assert_eq!(text(write_timestamp, &raw), "2026-11-22 10:00:00.5");
        assert_eq!(text(write_timestamptz, &raw), "2026-11-22 10:00:00.5+00");
        assert_eq!(text(write_timestamp_json, &raw), "\"2026-11-22T10:00:00.5\"");
        assert_eq!(text(write_timestamptz_json, &raw), "\"2026-11-22T10:00:00.5+00:00\"");
        let raw = (i64::from(-730_120) * MICROS_PER_DAY + 1).to_be_bytes();
        assert_eq!(text(write_timestamptz, &raw), "0001-12-31 00:00:00.000001+00 BC");
        assert_eq!(text(write_timestamptz_json, &raw), "\"0001-12-31 00:00:00.000001+00 BC\"");
        assert_eq!(text(write_timestamptz_json, &i64::MIN.to_be_bytes()), "\"-infinity\"");
    }

    #[test]
    fn midnight_at_the_end_of_the_day_is_a_time() {
        assert_eq!(text(write_time, &MICROS_PER_DAY.to_be_bytes()), "24:00:00");
        assert!(write_time(&(MICROS_PER_DAY + 1).to_be_bytes(), &mut Vec::new()).is_err());
        assert!(write_time(&(-1i64).to_be_bytes(), &mut Vec::new()).is_err());
    }

    #[test]
    fn zones_are_east_positive() {
        for (west, server, iso) in [
            (0, "01:00:00+00", "\"01:00:00+00:00\""),
            (-7200, "01:00:00+02", "\"01:00:00+02:00\""),
            (12_600, "01:00:00-03:30", "\"01:00:00-03:30\""),
            (-3723, "01:00:00+01:02:03", "\"01:00:00+01:02:03\""),
        ] {
            let mut raw = (3600 * MICROS_PER_SECOND).to_be_bytes().to_vec();
            raw.extend(i32::to_be_bytes(west));
            assert_eq!(text(write_timetz, &raw), server);
            assert_eq!(text(write_timetz_json, &raw), iso);
        }
    }
}
