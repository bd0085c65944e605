//! `bytea`, bit strings and `uuid`: bytes shown as digits.
//!
//! Separate because the three need nothing but a digit table. `bytea` has one form, hexadecimal `\x…`, in
//! text and in JSON, so that an answer equals psql's and can be passed back as a parameter.

use super::reader::Reader;
use crate::value::error::DecodeError;
use crate::value::json::hex_digits;

pub(super) fn write_bytea(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.extend_from_slice(b"\\x");
    push_hex(raw, out);
    Ok(())
}

pub(super) fn write_bytea_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.extend_from_slice(b"\"\\\\x");
    push_hex(raw, out);
    out.push(b'"');
    Ok(())
}

fn push_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.reserve(2 * bytes.len());
    for &byte in bytes {
        out.extend_from_slice(&hex_digits(byte));
    }
}

pub(super) fn write_uuid(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "uuid");
    for (position, length) in [4, 2, 2, 2, 6].into_iter().enumerate() {
        if position > 0 {
            out.push(b'-');
        }
        push_hex(reader.take(length)?, out);
    }
    reader.end()
}

pub(super) fn write_bits(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "bit string");
    let bits = usize::try_from(reader.i32()?).map_err(|_| reader.malformed())?;
    if reader.remaining() != bits.div_ceil(8) {
        return Err(reader.malformed());
    }
    let end = out.len() + bits;
    for byte in reader.rest() {
        out.extend((0..8).rev().map(|bit| b'0' + ((byte >> bit) & 1)));
    }
    out.truncate(end);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_digits() {
        let mut out = Vec::new();
        write_bytea(&[0, 0xde, 0xff], &mut out).unwrap();
        assert_eq!(out, b"\\x00deff");
        out.clear();
        write_bytea_json(&[0xab], &mut out).unwrap();
        assert_eq!(out, br#""\\xab""#);
        out.clear();
        write_bits(&[0, 0, 0, 10, 0b1010_0000, 0b1100_0000], &mut out).unwrap();
        assert_eq!(out, b"1010000011");
        out.clear();
        write_uuid(&[0x11; 16], &mut out).unwrap();
        assert_eq!(out, b"11111111-1111-1111-1111-111111111111");
    }

    #[test]
    fn a_bit_count_that_does_not_fit_is_refused() {
        let mut out = Vec::new();
        assert!(write_bits(&[0, 0, 0, 9, 0xff], &mut out).is_err());
        assert!(write_bits(&[0xff, 0xff, 0xff, 0xff], &mut out).is_err());
        assert!(write_uuid(&[0; 15], &mut out).is_err());
        assert!(write_uuid(&[0; 17], &mut out).is_err());
    }
}
