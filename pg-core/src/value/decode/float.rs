//! Floating-point numbers as the server prints them: the shortest digits that read back as the same number.
//!
//! Separate because two things differ from other shortest printers. The layout is the server's (`1e+20`,
//! `1e-05`, plain from 0.0001 up to 15 digits, 6 for `real`), and digits that lie exactly half way between
//! two numbers are not taken (`9.999999999999999e+22`, not `1e+23`), because a reader may round them either way.

use std::fmt::LowerExp;

use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;

/// `digits × 10^exponent`, without trailing zeros in `digits`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

/// What the two widths have apart.
trait Float: Copy + LowerExp + PartialEq + std::str::FromStr {
    /// Most significant digits that a shortest form can need.
    const MOST_DIGITS: usize;
    /// Digits before the point from which the server writes an exponent.
    const PLAIN_DIGITS: i32;

    /// Whether the server writes the number without an exponent.
    fn is_plain(self) -> bool;

    /// Mantissa `m` and exponent `q` of `m × 2^q`, sign left out, and whether the gap below is half as wide.
    fn parts(self) -> (u64, i32, bool);
}

impl Float for f64 {
    const MOST_DIGITS: usize = 17;
    const PLAIN_DIGITS: i32 = 15;

    fn is_plain(self) -> bool {
        (1e-4..1e15).contains(&self.abs())
    }

    fn parts(self) -> (u64, i32, bool) {
        let bits = self.to_bits();
        let fraction = bits & ((1 << 52) - 1);
        match ((bits >> 52) & 0x7ff) as i32 {
            0 => (fraction, -1074, false),
            exponent => (fraction | (1 << 52), exponent - 1075, fraction == 0 && exponent > 1),
        }
    }
}

impl Float for f32 {
    const MOST_DIGITS: usize = 9;
    const PLAIN_DIGITS: i32 = 6;

    fn is_plain(self) -> bool {
        (1e-4..1e6).contains(&self.abs())
    }

    fn parts(self) -> (u64, i32, bool) {
        let bits = self.to_bits();
        let fraction = u64::from(bits & ((1 << 23) - 1));
        match ((bits >> 23) & 0xff) as i32 {
            0 => (fraction, -149, false),
            exponent => (fraction | (1 << 23), exponent - 150, fraction == 0 && exponent > 1),
        }
    }
}

pub(super) fn write_float8(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "double precision");
    let value = reader.f64()?;
    reader.end()?;
    push_f64(value, out);
    Ok(())
}

pub(super) fn write_float4(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "real");
    let value = reader.f32()?;
    reader.end()?;
    push_f32(value, out);
    Ok(())
}

/// Appends a `double precision` as the server prints it.
pub(super) fn push_f64(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        push_finite(value, ryu::Buffer::new().format_finite(value), out);
    } else {
        push_name(value, out);
    }
}

/// Appends a `real` as the server prints it.
pub(super) fn push_f32(value: f32, out: &mut Vec<u8>) {
    if value.is_finite() {
        push_finite(value, ryu::Buffer::new().format_finite(value), out);
    } else {
        push_name(f64::from(value), out);
    }
}

fn push_name(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(match value {
        _ if value.is_nan() => b"NaN".as_slice(),
        _ if value > 0.0 => b"Infinity",
        _ => b"-Infinity",
    });
}

fn push_finite<F: Float>(value: F, shortest: &str, out: &mut Vec<u8>) {
    // The common case, where the layouts agree. Nothing lies half way here: an odd multiple of half the last
    // bit is at least 2^53 - 1 (2^24 - 1 for `real`) in its odd part, and so needs more digits than a shortest
    // form has or a number beyond this range.
    if value.is_plain() && !shortest.contains('e') {
        out.extend_from_slice(shortest.strip_suffix(".0").unwrap_or(shortest).as_bytes());
        return;
    }
    let unsigned = shortest.strip_prefix('-').inspect(|_| out.push(b'-')).unwrap_or(shortest);
    let decimal = read(unsigned);
    if decimal.digits == 0 {
        out.push(b'0');
    } else if is_half_way(value, decimal) {
        push_layout(inside(value).unwrap_or(decimal), F::PLAIN_DIGITS, out);
    } else {
        push_layout(decimal, F::PLAIN_DIGITS, out);
    }
}

/// Reads `12.5`, `1.25e1` and their like, which have at most 17 significant digits.
fn read(text: &str) -> Decimal {
    let (number, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let fraction = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let mut digits = number
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(0u64, |digits, byte| digits.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')));
    let mut exponent = exponent.parse::<i32>().unwrap_or(0) - fraction as i32;
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
        exponent += 1;
    }
    Decimal { digits, exponent }
}

/// Whether the digits lie exactly between `value` and one of its neighbours.
fn is_half_way<F: Float>(value: F, decimal: Decimal) -> bool {
    let (mantissa, exponent, narrow_below) = value.parts();
    let below =
        if narrow_below { (4 * mantissa - 1, exponent - 2) } else { (2 * mantissa - 1, exponent - 1) };
    [(2 * mantissa + 1, exponent - 1), below].iter().any(|&(odd, exponent)| equals(decimal, odd, exponent))
}

/// Whether `decimal` is exactly `odd × 2^exponent`.
fn equals(decimal: Decimal, odd: u64, exponent: i32) -> bool {
    let twos = decimal.digits.trailing_zeros();
    if twos as i32 + decimal.exponent != exponent {
        return false;
    }
    let digits = u128::from(decimal.digits >> twos);
    let Some(fives) = 5u128.checked_pow(decimal.exponent.unsigned_abs()) else { return false };
    if decimal.exponent >= 0 {
        digits.checked_mul(fives) == Some(u128::from(odd))
    } else {
        u128::from(odd).checked_mul(fives) == Some(digits)
    }
}

/// The shortest digits strictly closer to `value` than to its neighbours; met so rarely that speed is no matter.
fn inside<F: Float>(value: F) -> Option<Decimal> {
    (0..F::MOST_DIGITS).find_map(|fraction| {
        let text = format!("{value:.fraction$e}");
        let decimal = read(text.trim_start_matches('-'));
        (text.parse::<F>().ok() == Some(value) && !is_half_way(value, decimal)).then_some(decimal)
    })
}

fn push_layout(decimal: Decimal, plain_digits: i32, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(decimal.digits).as_bytes();
    let count = digits.len() as i32;
    let first = count - 1 + decimal.exponent;
    if first < -4 || first >= plain_digits {
        let (leading, fraction) = digits.split_at(1);
        out.extend_from_slice(leading);
        if !fraction.is_empty() {
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
        out.extend_from_slice(if first < 0 { b"e-" } else { b"e+" });
        if first.unsigned_abs() < 10 {
            out.push(b'0');
        }
        integer::push(first.unsigned_abs(), out);
    } else if first < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-1 - first) as usize));
        out.extend_from_slice(digits);
    } else if decimal.exponent >= 0 {
        out.extend_from_slice(digits);
        out.extend(std::iter::repeat_n(b'0', decimal.exponent as usize));
    } else {
        let (whole, fraction) = digits.split_at((first + 1) as usize);
        out.extend_from_slice(whole);
        out.push(b'.');
        out.extend_from_slice(fraction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn float8(value: f64) -> String {
        let mut out = Vec::new();
        push_f64(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    fn float4(value: f32) -> String {
        let mut out = Vec::new();
        push_f32(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn layout_is_the_servers() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (0.5, "0.5"),
            (100.0, "100"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e15, "1e+15"),
            (1.5e300, "1.5e+300"),
            (-123.456, "-123.456"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float8(value), text);
        }
        assert_eq!(float4(1e6), "1e+06");
        assert_eq!(float4(123_456.0), "123456");
        assert_eq!(float4(0.1), "0.1");
    }

    #[test]
    fn digits_half_way_between_two_numbers_are_not_taken() {
        assert_eq!(float8(1e23), "9.999999999999999e+22");
    }

    proptest! {
        #[test]
        fn every_float8_reads_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(float8(value).parse::<f64>().unwrap().to_bits(), bits);
        }

        #[test]
        fn every_float4_reads_back(bits in any::<u32>()) {
            let value = f32::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(float4(value).parse::<f32>().unwrap().to_bits(), bits);
        }
    }
}
