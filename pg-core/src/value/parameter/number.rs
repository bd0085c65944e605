//! Numbers, by their digits.
//!
//! Separate because no digit may pass through a float. Invariant: a number reaches the server exactly as it
//! was written, or, for the integer types, as the same integer.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::error::Misfit;

/// A whole number within `range`; `1.0` and `1e3` are whole, and strings of digits are taken as numbers.
pub(super) fn integer(value: &Value, range: RangeInclusive<i128>, out: &mut String) -> Result<(), Misfit> {
    let whole = match value {
        Value::Number(number) => whole_number(&number.to_string()),
        Value::String(text) => digits_only(text.trim()),
        _ => None,
    };
    match whole {
        Some(whole) if range.contains(&whole) => {
            out.push_str(&whole.to_string());
            Ok(())
        }
        _ => Err(Misfit::new(
            value,
            format!("pass a whole number between {} and {}, for example 42", range.start(), range.end()),
        )),
    }
}

fn digits_only(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The integer that a JSON number is exactly equal to; `None` if it has a fraction, or is too large for any type.
fn whole_number(number: &str) -> Option<i128> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => (true, mantissa),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let fraction = i64::try_from(fraction.len()).ok()?;
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(fraction)?.checked_add(zeros)?;
    let scale = 10i128.checked_pow(u32::try_from(exponent).ok()?)?;
    let magnitude = significant.parse::<i128>().ok()?.checked_mul(scale)?;
    Some(if is_negative { -magnitude } else { magnitude })
}

/// `numeric` and the floats: any number, and as strings also NaN and the infinities.
pub(super) fn decimal(value: &Value, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) if reads_as_number(text) => out.push_str(text),
        _ => {
            return Err(Misfit::new(
                value,
                "pass a number, for example 12.50, or \"NaN\", \"Infinity\" or \"-Infinity\"",
            ));
        }
    }
    Ok(())
}

/// Whether a string starts as a number does; the server judges the rest, whose rules grow with its version.
fn reads_as_number(text: &str) -> bool {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    digits.starts_with(|c: char| c.is_ascii_digit())
        || ["nan", "inf", "infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::super::write::parameter;
    use postgres_types::Type;
    use serde_json::Value;

    fn text(json: &str, ty: &Type) -> Result<String, String> {
        let value: Value = serde_json::from_str(json).unwrap();
        parameter(&value, ty)
            .map(Option::unwrap)
            .map_err(|misfit| misfit.at(1, ty.name().to_owned()).to_string())
    }

    #[test]
    fn integers_are_checked_against_their_range() {
        for (json, written) in [
            ("0", "0"),
            ("-0", "0"),
            ("1.0", "1"),
            ("10.000", "10"),
            ("1e3", "1000"),
            ("1.5e1", "15"),
            ("1500e-2", "15"),
            ("2147483647", "2147483647"),
            ("\"-7\"", "-7"),
            ("\" +7 \"", "7"),
        ] {
            assert_eq!(text(json, &Type::INT4).as_deref(), Ok(written), "{json}");
        }
        for json in
            ["1.5", "2147483648", "1e10", "1e999999999999", "\"1.0\"", "\"\"", "\"0x1\"", "true", "[1]"]
        {
            let error = text(json, &Type::INT4).unwrap_err();
            assert!(error.contains("between -2147483648 and 2147483647"), "{json}: {error}");
        }
        assert_eq!(text("9223372036854775807", &Type::INT8).unwrap(), "9223372036854775807");
        assert!(text("9223372036854775808", &Type::INT8).is_err());
        assert!(text("-1", &Type::OID).is_err());
        assert_eq!(text("18446744073709551615", &Type::XID8).unwrap(), "18446744073709551615");
    }

    #[test]
    fn numeric_keeps_every_digit() {
        let digits = format!("-{}.{}0", "123456789".repeat(20), "987654321".repeat(20));
        assert_eq!(text(&digits, &Type::NUMERIC).unwrap(), digits);
        assert_eq!(text("\"1.50\"", &Type::NUMERIC).unwrap(), "1.50");
        assert_eq!(text("\"-infinity\"", &Type::NUMERIC).unwrap(), "-infinity");
        assert_eq!(text("1e400", &Type::NUMERIC).unwrap().to_ascii_lowercase().replace('+', ""), "1e400");
        assert!(text("\"abc\"", &Type::FLOAT8).unwrap_err().contains("12.50"));
        assert!(text("\"\"", &Type::NUMERIC).is_err());
    }
}
