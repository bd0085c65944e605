//! `interval` in the `postgres` interval style, which is the server's default.
//!
//! Separate because its signs and plurals follow rules of their own: each part has its sign, and a positive
//! part behind a negative one is marked with `+`.

use super::datetime::{push_fraction, two_digits};
use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "interval");
    let micros = reader.i64()?;
    let days = reader.i32()?;
    let months = reader.i32()?;
    reader.end()?;
    match (micros, days, months) {
        // Server version 17 gave intervals infinities; before, these were the widest finite values.
        (i64::MAX, i32::MAX, i32::MAX) => out.extend_from_slice(b"infinity"),
        (i64::MIN, i32::MIN, i32::MIN) => out.extend_from_slice(b"-infinity"),
        _ => push(micros, days, months, out),
    }
    Ok(())
}

fn push(micros: i64, days: i32, months: i32, out: &mut Vec<u8>) {
    let mut is_first = true;
    let mut after_negative = false;
    for (amount, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if amount == 0 {
            continue;
        }
        if !is_first {
            out.push(b' ');
        }
        if after_negative && amount > 0 {
            out.push(b'+');
        }
        integer::push(amount, out);
        out.push(b' ');
        out.extend_from_slice(unit.as_bytes());
        if amount != 1 {
            out.push(b's');
        }
        is_first = false;
        after_negative = amount < 0;
    }
    if micros == 0 && !is_first {
        return;
    }
    if !is_first {
        out.push(b' ');
    }
    if micros < 0 {
        out.push(b'-');
    } else if after_negative {
        out.push(b'+');
    }
    let micros = micros.unsigned_abs();
    let seconds = micros / 1_000_000;
    let hours = seconds / 3600;
    if hours < 10 {
        out.push(b'0');
    }
    integer::push(hours, out);
    for part in [seconds / 60 % 60, seconds % 60] {
        out.push(b':');
        out.extend(two_digits(part as u32));
    }
    push_fraction((micros % 1_000_000) as u32, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(micros: i64, days: i32, months: i32) -> String {
        let mut raw = micros.to_be_bytes().to_vec();
        raw.extend(days.to_be_bytes());
        raw.extend(months.to_be_bytes());
        let mut out = Vec::new();
        write(&raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn signs_and_plurals_are_the_servers() {
        assert_eq!(text(0, 0, 0), "00:00:00");
        assert_eq!(text(7_384_000_000, 1, 0), "1 day 02:03:04");
        assert_eq!(text(-1, 1, -1), "-1 mons +1 day -00:00:00.000001");
        assert_eq!(text(1, 0, -12), "-1 years +00:00:00.000001");
        assert_eq!(text(0, -2, 14), "1 year 2 mons -2 days");
        assert_eq!(text(i64::MIN, 0, 0), "-2562047788:00:54.775808");
        assert_eq!(text(i64::MAX, i32::MAX, i32::MAX), "infinity");
    }
}
