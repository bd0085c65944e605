//! One value of Arrow's as the JSON that a parameter is made of: the text forms are PostgreSQL's.
//!
//! Source: Arrow columnar format, `Schema.fbs`; PostgreSQL documentation, "Date/Time Types". Invariant: what PostgreSQL cannot hold
//! to the last digit is an error and is not rounded.

use std::io::Write;

use arrow_array::{Array, ArrowPrimitiveType, cast::AsArray, types};
use arrow_schema::{DataType, TimeUnit};

use crate::write_json_string;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Writes the value of a row; gives why it cannot be, in words that follow the column's name.
pub(super) fn write_value(column: &dyn Array, row: usize, out: &mut Vec<u8>) -> Result<(), String> {
    if column.is_null(row) {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match column.data_type() {
        DataType::Null => out.extend_from_slice(b"null"),
        DataType::Boolean => {
            out.extend_from_slice(if column.as_boolean().value(row) { b"true" } else { b"false" });
        }
        DataType::Int8 => plain(of::<types::Int8Type>(column, row), out),
        DataType::Int16 => plain(of::<types::Int16Type>(column, row), out),
        DataType::Int32 => plain(of::<types::Int32Type>(column, row), out),
        DataType::Int64 => plain(of::<types::Int64Type>(column, row), out),
        DataType::UInt8 => plain(of::<types::UInt8Type>(column, row), out),
        DataType::UInt16 => plain(of::<types::UInt16Type>(column, row), out),
        DataType::UInt32 => plain(of::<types::UInt32Type>(column, row), out),
        DataType::UInt64 => plain(of::<types::UInt64Type>(column, row), out),
        DataType::Float16 => {
            let value = of::<types::Float16Type>(column, row).to_f32();
            float(value.is_finite(), f64::from(value), value, out);
        }
        DataType::Float32 => {
            let value = of::<types::Float32Type>(column, row);
            float(value.is_finite(), f64::from(value), value, out);
        }
        DataType::Float64 => {
            let value = of::<types::Float64Type>(column, row);
            float(value.is_finite(), value, value, out);
        }
        DataType::Decimal32(..) => {
            plain(column.as_primitive::<types::Decimal32Type>().value_as_string(row), out);
        }
        DataType::Decimal64(..) => {
            plain(column.as_primitive::<types::Decimal64Type>().value_as_string(row), out);
        }
        DataType::Decimal128(..) => {
            plain(column.as_primitive::<types::Decimal128Type>().value_as_string(row), out);
        }
        DataType::Decimal256(..) => {
            plain(column.as_primitive::<types::Decimal256Type>().value_as_string(row), out);
        }
        DataType::Utf8 => write_json_string(column.as_string::<i32>().value(row), out),
        DataType::LargeUtf8 => write_json_string(column.as_string::<i64>().value(row), out),
        DataType::Utf8View => write_json_string(column.as_string_view().value(row), out),
        DataType::Binary => bytes(column.as_binary::<i32>().value(row), out),
        DataType::LargeBinary => bytes(column.as_binary::<i64>().value(row), out),
        DataType::BinaryView => bytes(column.as_binary_view().value(row), out),
        DataType::FixedSizeBinary(_) => bytes(column.as_fixed_size_binary().value(row), out),
        DataType::Date32 => quoted(&date(i64::from(of::<types::Date32Type>(column, row))), out),
        DataType::Date64 => {
            let milliseconds = of::<types::Date64Type>(column, row);
            if milliseconds % (DAY / 1000) != 0 {
                return Err("its date has a time of day".to_owned());
            }
            quoted(&date(milliseconds / (DAY / 1000)), out);
        }
        DataType::Time32(TimeUnit::Second) => {
            time(i64::from(of::<types::Time32SecondType>(column, row)), TimeUnit::Second, out)?;
        }
        DataType::Time32(_) => {
            time(i64::from(of::<types::Time32MillisecondType>(column, row)), TimeUnit::Millisecond, out)?;
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            time(of::<types::Time64NanosecondType>(column, row), TimeUnit::Nanosecond, out)?;
        }
        DataType::Time64(_) => {
            time(of::<types::Time64MicrosecondType>(column, row), TimeUnit::Microsecond, out)?;
        }
        DataType::Timestamp(unit, zone) => {
            let value = match unit {
                TimeUnit::Second => of::<types::TimestampSecondType>(column, row),
                TimeUnit::Millisecond => of::<types::TimestampMillisecondType>(column, row),
                TimeUnit::Microsecond => of::<types::TimestampMicrosecondType>(column, row),
                TimeUnit::Nanosecond => of::<types::TimestampNanosecondType>(column, row),
            };
            timestamp(microseconds(value, *unit)?, zone.is_some(), out);
        }
        DataType::List(_) => return list(&*column.as_list::<i32>().value(row), out),
        DataType::LargeList(_) => return list(&*column.as_list::<i64>().value(row), out),
        DataType::FixedSizeList(..) => return list(&*column.as_fixed_size_list().value(row), out),
        DataType::Struct(fields) => {
            let columns = column.as_struct();
            for (index, field) in fields.iter().enumerate() {
                out.push(if index == 0 { b'{' } else { b',' });
                write_json_string(field.name(), out);
                out.push(b':');
                write_value(columns.column(index), row, out)?;
            }
            out.extend_from_slice(if fields.is_empty() { b"{}" } else { b"}" });
        }
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let key = dictionary.normalized_keys().get(row).copied();
            let key = key.ok_or_else(|| "its dictionary is torn".to_owned())?;
            return write_value(dictionary.values(), key, out);
        }
        other => return Err(format!("values of Arrow's type {other} cannot be copied")),
    }
    Ok(())
}

fn of<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> T::Native {
    column.as_primitive::<T>().value(row)
}

fn plain(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    // Writing into memory does not fail.
    let _written = write!(out, "{value}");
}

fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// The shortest digits that read back as the same number; what is no number in PostgreSQL's words.
fn float(finite: bool, sign: f64, value: impl ryu::Float, out: &mut Vec<u8>) {
    if finite {
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    } else {
        let word = if sign.is_nan() {
            "NaN"
        } else if sign > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        quoted(word, out);
    }
}

fn bytes(value: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or(b'0');
    out.extend_from_slice(b"\"\\\\x");
    out.extend(value.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    out.push(b'"');
}

fn list(items: &dyn Array, out: &mut Vec<u8>) -> Result<(), String> {
    out.push(b'[');
    for item in 0..items.len() {
        if item > 0 {
            out.push(b',');
        }
        write_value(items, item, out)?;
    }
    out.push(b']');
    Ok(())
}

/// Microseconds, PostgreSQL's smallest part of a second.
fn microseconds(value: i64, unit: TimeUnit) -> Result<i64, String> {
    let scaled = match unit {
        TimeUnit::Second => value.checked_mul(1_000_000),
        TimeUnit::Millisecond => value.checked_mul(1_000),
        TimeUnit::Microsecond => Some(value),
        TimeUnit::Nanosecond if value % 1_000 != 0 => {
            return Err("its time has nanoseconds, and PostgreSQL keeps microseconds".to_owned());
        }
        TimeUnit::Nanosecond => Some(value / 1_000),
    };
    scaled.ok_or_else(|| "its time is beyond what PostgreSQL holds".to_owned())
}

fn time(value: i64, unit: TimeUnit, out: &mut Vec<u8>) -> Result<(), String> {
    quoted(&time_of_day(microseconds(value, unit)?), out);
    Ok(())
}

fn time_of_day(microseconds: i64) -> String {
    let (seconds, fraction) = (microseconds / 1_000_000, microseconds % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:06}") };
    format!("{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

fn timestamp(microseconds: i64, utc: bool, out: &mut Vec<u8>) {
    let (year, rest) = year_and_day(microseconds.div_euclid(DAY));
    let time = time_of_day(microseconds.rem_euclid(DAY));
    let zone = if utc { "+00" } else { "" };
    quoted(&of_era(year, &format!("{rest} {time}{zone}")), out);
}

fn date(days: i64) -> String {
    let (year, rest) = year_and_day(days);
    of_era(year, &rest)
}

/// PostgreSQL has no year 0: before the year 1 it counts back, and says so at the end.
fn of_era(year: i64, rest: &str) -> String {
    if year > 0 { format!("{year:04}-{rest}") } else { format!("{:04}-{rest} BC", 1 - year) }
}

/// The year, and month and day, of a day counted from 1970-01-01. Source: Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", `civil_from_days`.
fn year_and_day(days: i64) -> (i64, String) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, format!("{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, StringArray,
        StructArray, TimestampNanosecondArray, UInt64Array,
    };
    use arrow_schema::Field;

    use super::*;

    fn written(column: &ArrayRef) -> Vec<Result<String, String>> {
        let text = |row| {
            let mut out = Vec::new();
            write_value(column, row, &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        (0..column.len()).map(text).collect()
    }

    fn texts(column: impl Array + 'static) -> Vec<String> {
        let column: ArrayRef = Arc::new(column);
        written(&column).into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(texts(UInt64Array::from(vec![u64::MAX])), ["18446744073709551615"]);
        let decimals =
            Decimal128Array::from(vec![-5, i128::pow(10, 37)]).with_precision_and_scale(38, 2).unwrap();
        assert_eq!(texts(decimals), ["-0.05", "100000000000000000000000000000000000.00"]);
        let floats = Float64Array::from(vec![0.1, -0.0, f64::NAN, f64::NEG_INFINITY, 1e300]);
        assert_eq!(texts(floats), ["0.1", "-0.0", "\"NaN\"", "\"-Infinity\"", "1e300"]);
        assert_eq!(texts(Float32Array::from(vec![Some(0.1), None])), ["0.1", "null"]);
    }

    #[test]
    fn days_are_those_of_the_calendar_in_both_eras() {
        let days = [0, -1, 19_782, -719_162, -719_163, -719_528];
        let expected =
            ["1970-01-01", "1969-12-31", "2024-02-29", "0001-01-01", "0001-12-31 BC", "0001-01-01 BC"];
        let expected = expected.map(|day| format!("\"{day}\""));
        assert_eq!(texts(Date32Array::from(days.to_vec())), expected);
    }

    #[test]
    fn what_would_be_rounded_is_an_error() {
        let times = TimestampNanosecondArray::from(vec![-1_000, 1]).with_timezone("Asia/Tokyo");
        let times: ArrayRef = Arc::new(times);
        let written = written(&times);
        assert_eq!(written[0].as_deref(), Ok("\"1969-12-31 23:59:59.999999+00\""));
        assert!(written[1].as_ref().unwrap_err().contains("nanoseconds"));
    }

    #[test]
    fn dictionaries_and_structures_are_what_they_mean() {
        let words: DictionaryArray<types::Int8Type> =
            vec![Some("b"), None, Some("a\"")].into_iter().collect();
        assert_eq!(texts(words), ["\"b\"", "null", "\"a\\\"\""]);
        let field = Arc::new(Field::new("x", DataType::Utf8, true));
        let both = StructArray::from(vec![(field, Arc::new(StringArray::from(vec!["y"])) as ArrayRef)]);
        assert_eq!(texts(both), ["{\"x\":\"y\"}"]);
    }
}
