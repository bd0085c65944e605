//! Booleans and whole numbers.
//!
//! Separate as the hottest family: fixed widths, formatted without allocation.

use crate::value::error::DecodeError;

fn exact<const N: usize>(raw: &[u8], expected: &'static str) -> Result<[u8; N], DecodeError> {
    match raw.try_into() {
        Ok(bytes) => Ok(bytes),
        Err(_) if raw.len() < N => Err(DecodeError::Truncated),
        Err(_) => Err(DecodeError::Malformed { expected }),
    }
}

/// Appends a number in decimal.
pub(super) fn push(number: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn bool_of(raw: &[u8]) -> Result<bool, DecodeError> {
    match exact(raw, "boolean")? {
        [0] => Ok(false),
        [1] => Ok(true),
        [_] => Err(DecodeError::Malformed { expected: "boolean" }),
    }
}

pub(super) fn write_bool(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(if bool_of(raw)? { b't' } else { b'f' });
    Ok(())
}

pub(super) fn write_bool_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.extend_from_slice(if bool_of(raw)? { b"true" } else { b"false" });
    Ok(())
}

pub(super) fn write_i16(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push(i16::from_be_bytes(exact(raw, "smallint")?), out);
    Ok(())
}

pub(super) fn write_i32(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push(i32::from_be_bytes(exact(raw, "integer")?), out);
    Ok(())
}

pub(super) fn write_i64(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push(i64::from_be_bytes(exact(raw, "bigint")?), out);
    Ok(())
}

pub(super) fn write_u32(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push(u32::from_be_bytes(exact(raw, "oid")?), out);
    Ok(())
}

pub(super) fn write_u64(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    push(u64::from_be_bytes(exact(raw, "xid8")?), out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>, raw: &[u8]) -> String {
        let mut out = Vec::new();
        write(raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn widest_values_keep_every_digit() {
        assert_eq!(text(write_i64, &i64::MIN.to_be_bytes()), "-9223372036854775808");
        assert_eq!(text(write_u64, &u64::MAX.to_be_bytes()), "18446744073709551615");
        assert_eq!(text(write_u32, &u32::MAX.to_be_bytes()), "4294967295");
        assert_eq!(text(write_i16, &[0xff, 0xff]), "-1");
    }

    #[test]
    fn another_width_is_refused() {
        let mut out = Vec::new();
        assert_eq!(write_i32(&[0, 0, 1], &mut out), Err(DecodeError::Truncated));
        assert!(matches!(write_i32(&[0; 5], &mut out), Err(DecodeError::Malformed { .. })));
        assert!(write_bool(&[2], &mut out).is_err());
    }
}
