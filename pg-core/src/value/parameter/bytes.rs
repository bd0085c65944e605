//! `bytea`: hexadecimal as it comes out, or base64.
//!
//! Separate because a plain string could mean either and so is neither: `\x…` is hexadecimal, and base64
//! comes in an object that says so.

use serde_json::Value;

use super::error::Misfit;
use crate::value::json::hex_digits;

const FORM: &str =
    "pass hexadecimal, for example \"\\\\x48656c6c6f\", or base64, for example {\"base64\": \"SGVsbG8=\"}";

pub(super) fn bytea(value: &Value, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) if is_hex(text) => {
            out.push_str(text);
            Ok(())
        }
        Value::Object(object) if object.len() == 1 => {
            let text = object.get("base64").and_then(Value::as_str);
            let bytes = text.and_then(from_base64).ok_or_else(|| Misfit::new(value, FORM))?;
            out.reserve(2 + 2 * bytes.len());
            out.push_str("\\x");
            out.extend(bytes.into_iter().flat_map(hex_digits).map(char::from));
            Ok(())
        }
        _ => Err(Misfit::new(value, FORM)),
    }
}

fn is_hex(text: &str) -> bool {
    text.strip_prefix("\\x").is_some_and(|digits| {
        digits.len().is_multiple_of(2) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// RFC 4648, sections 4 and 5 (standard and URL-safe alphabets), with or without padding.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let padded = text.len().is_multiple_of(4);
    let body = match text.strip_suffix('=') {
        Some(body) if padded => body.strip_suffix('=').unwrap_or(body),
        _ => text,
    };
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 2);
    for group in body.as_bytes().chunks(4) {
        let mut bits = 0u32;
        for &character in group {
            bits = bits << 6 | u32::from(six_bits(character)?);
        }
        let [_, first, second, third] = (bits << (24 - 6 * group.len())).to_be_bytes();
        match group.len() {
            4 => bytes.extend([first, second, third]),
            3 => bytes.extend([first, second]),
            2 => bytes.push(first),
            _ => return None,
        }
    }
    Some(bytes)
}

fn six_bits(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(value: &Value) -> Option<String> {
        let mut out = String::new();
        bytea(value, &mut out).ok().map(|()| out)
    }

    #[test]
    fn hexadecimal_passes_and_base64_is_decoded() {
        assert_eq!(text(&json!("\\x")).unwrap(), "\\x");
        assert_eq!(text(&json!("\\x00Ff")).unwrap(), "\\x00Ff");
        for (base64, hex) in [
            ("", "\\x"),
            ("SGVsbG8=", "\\x48656c6c6f"),
            ("SGVsbG8", "\\x48656c6c6f"),
            ("SGVsbA==", "\\x48656c6c"),
            ("+/+/", "\\xfbffbf"),
            ("-_-_", "\\xfbffbf"),
        ] {
            assert_eq!(text(&json!({ "base64": base64 })).unwrap(), hex);
        }
    }

    #[test]
    fn what_could_mean_either_is_refused() {
        for value in [
            json!("SGVsbG8="),
            json!("\\x0"),
            json!("\\xzz"),
            json!(""),
            json!([1, 2]),
            json!({"base64": "A"}),
            json!({"base64": "SGV sbG8="}),
            json!({"base64": "===="}),
            json!({"base64": 1}),
            json!({"hex": "00"}),
        ] {
            assert_eq!(text(&value), None, "{value}");
        }
    }
}
