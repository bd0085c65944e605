//! Embedding `json` and `jsonb` values in the answer.
//!
//! Separate because the server accepts more than a client can be trusted to parse, and one value must not
//! make the whole answer unreadable. Invariant: what is written is on one line, and common parsers accept it.

use super::reader::utf8;
use super::text;
use crate::value::error::DecodeError;
use crate::value::json::write_json_string;

/// Levels of nesting past which a value is written as a string: parsers commonly stop at 128, and the answer
/// around the value takes some.
const MOST_LEVELS: usize = 100;

pub(super) fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    embed(utf8(raw)?, out);
    Ok(())
}

pub(super) fn write_jsonb(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    embed(utf8(text::after_version(raw)?)?, out);
    Ok(())
}

/// Appends JSON text that the server has validated, without line breaks; as a string if it is nested too deep
/// or holds half of a surrogate pair (`"\ud800"`), which the server lets pass in `json`.
fn embed(json: &str, out: &mut Vec<u8>) {
    let bytes = json.as_bytes();
    let opened = bytes.iter().filter(|&&byte| byte == b'[' || byte == b'{').count();
    let is_suspect = opened > MOST_LEVELS || json.contains("\\ud") || json.contains("\\uD");
    if is_suspect && !is_readable(bytes) {
        write_json_string(json, out);
    } else {
        write_on_one_line(bytes, out);
    }
}

fn is_readable(json: &[u8]) -> bool {
    let mut levels = 0usize;
    let mut rest = json.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'[' | b'{' => levels += 1,
            b']' | b'}' => levels = levels.saturating_sub(1),
            b'"' if !skip_string(&mut rest) => return false,
            _ => {}
        }
        if levels > MOST_LEVELS {
            return false;
        }
    }
    true
}

/// Skips a string behind its opening quote; false if a surrogate in it has no partner.
fn skip_string(rest: &mut std::slice::Iter<'_, u8>) -> bool {
    let mut awaits_low = false;
    while let Some(byte) = rest.next() {
        let unit = match byte {
            b'"' => return !awaits_low,
            b'\\' => match rest.next() {
                Some(b'u') => {
                    let digits = rest.by_ref().take(4).map(|&digit| char::from(digit).to_digit(16));
                    digits.fold(0, |unit, digit| unit << 4 | digit.unwrap_or(0))
                }
                _ => 0,
            },
            _ => 0,
        };
        let is_low = (0xdc00..0xe000).contains(&unit);
        if is_low != awaits_low {
            return false;
        }
        awaits_low = (0xd800..0xdc00).contains(&unit);
    }
    true
}

/// A `json` value keeps the layout of its author; a row on one line cannot. In JSON a raw line break is always
/// outside strings, so text without one is copied as it is.
fn write_on_one_line(json: &[u8], out: &mut Vec<u8>) {
    if !json.iter().fold(false, |found, &byte| found | (byte == b'\n') | (byte == b'\r')) {
        out.extend_from_slice(json);
        return;
    }
    let mut in_string = false;
    let mut escaped = false;
    for &byte in json {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            in_string = byte == b'"';
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn embedded(json: &str) -> String {
        let mut out = Vec::new();
        write_json(json.as_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn one_line_keeps_the_meaning(text in any::<String>(), number in any::<i32>()) {
            let value = serde_json::json!({ text.clone(): [number, text, {}], "k": [] });
            let line = embedded(&serde_json::to_string_pretty(&value).unwrap());
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
        }
    }

    #[test]
    fn json_on_one_line_is_copied_as_it_is() {
        assert_eq!(embedded(r#"{ "a" : 1.50 }"#), r#"{ "a" : 1.50 }"#);
    }

    #[test]
    fn what_parsers_refuse_becomes_a_string() {
        let deep = |levels| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(embedded(&deep(100)), deep(100));
        assert_eq!(embedded(&deep(101)), format!("\"{}\"", deep(101)));
        let wide = format!("[{}]", vec!["[]"; 1000].join(","));
        assert_eq!(embedded(&wide), wide);
        for half in [r#"["\ud800"]"#, r#""\uDC00x""#, r#""\ud83dx\ude00""#, r#""\ud83d\n""#] {
            assert_eq!(embedded(half), Value::from(half).to_string());
        }
        for whole in [r#""\ud83d\ude00""#, r#""\\ud800""#, r#"{"\ud83d\uDE00": "\\\ud83d\ude00[["}"#] {
            assert_eq!(embedded(whole), whole);
        }
    }
}
