//! Types whose binary form is their text, with or without a version byte in front.
//!
//! Separate because all they need is a check of the encoding. Invariant: what comes out is UTF-8.

use super::reader::{Reader, utf8};
use crate::value::error::DecodeError;
use crate::value::json;

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.extend_from_slice(utf8(raw)?.as_bytes());
    Ok(())
}

pub(super) fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    json::write_json_string(utf8(raw)?, out);
    Ok(())
}

/// `"char"`: one byte. Zero is the empty string; bytes past ASCII get the server's octal form (since 16).
pub(super) fn write_char(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    match raw {
        [0] => {}
        [byte @ 1..=0x7f] => out.push(*byte),
        [byte] => {
            out.push(b'\\');
            out.extend([byte >> 6, (byte >> 3) & 7, byte & 7].map(|digit| b'0' + digit));
        }
        _ => return Err(DecodeError::Malformed { expected: "\"char\"" }),
    }
    Ok(())
}

/// What stands behind the version byte, which has been 1 ever since.
pub(super) fn after_version(raw: &[u8]) -> Result<&[u8], DecodeError> {
    let mut reader = Reader::new(raw, "text behind version byte 1");
    if reader.u8()? != 1 {
        return Err(reader.malformed());
    }
    Ok(reader.rest())
}

pub(super) fn write_versioned(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    write(after_version(raw)?, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        let mut out = Vec::new();
        assert_eq!(write(b"\xff", &mut out), Err(DecodeError::NotUtf8));
        assert_eq!(write_json(b"a\xc3", &mut out), Err(DecodeError::NotUtf8));
    }

    #[test]
    fn another_version_is_refused() {
        let mut out = Vec::new();
        assert!(write_versioned(b"\x02{}", &mut out).is_err());
        assert_eq!(write_versioned(b"", &mut out), Err(DecodeError::Truncated));
        write_versioned(b"\x01{}", &mut out).unwrap();
        assert_eq!(out, b"{}");
    }

    #[test]
    fn char_is_empty_ascii_or_octal() {
        for (raw, text) in [(0u8, ""), (b'r', "r"), (0x80, "\\200"), (0xff, "\\377")] {
            let mut out = Vec::new();
            write_char(&[raw], &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
