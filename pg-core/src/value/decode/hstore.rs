//! `hstore`: keys with values that are text or NULL; a JSON object.
//!
//! Separate because it is an extension with a literal of its own.

use super::reader::{Reader, utf8};
use crate::value::error::DecodeError;
use crate::value::json::write_json_string;

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    for_each_pair(raw, |position, key, value| {
        if position > 0 {
            out.extend_from_slice(b", ");
        }
        push_quoted(key, out);
        out.extend_from_slice(b"=>");
        match value {
            Some(value) => push_quoted(value, out),
            None => out.extend_from_slice(b"NULL"),
        }
    })
}

pub(super) fn write_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'{');
    for_each_pair(raw, |position, key, value| {
        if position > 0 {
            out.push(b',');
        }
        write_json_string(key, out);
        out.push(b':');
        match value {
            Some(value) => write_json_string(value, out),
            None => out.extend_from_slice(b"null"),
        }
    })?;
    out.push(b'}');
    Ok(())
}

fn for_each_pair(raw: &[u8], mut visit: impl FnMut(usize, &str, Option<&str>)) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "hstore");
    for position in 0..reader.count(8)? {
        let key = utf8(reader.sized()?)?;
        let value = reader.nullable()?.map(utf8).transpose()?;
        visit(position, key, value);
    }
    reader.end()
}

fn push_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        if byte == b'"' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_a_literal_and_an_object() {
        let mut raw = 2i32.to_be_bytes().to_vec();
        raw.extend(b"\0\0\0\x01a\0\0\0\x02x\"\0\0\0\x01b\xff\xff\xff\xff");
        let mut out = Vec::new();
        write(&raw, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#""a"=>"x\"", "b"=>NULL"#);
        let mut out = Vec::new();
        write_json(&raw, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":"x\"","b":null}"#);
        assert!(write(raw.get(..raw.len() - 1).unwrap(), &mut Vec::new()).is_err());
    }
}
