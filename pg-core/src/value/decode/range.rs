//! Ranges and multiranges, in the server's literal form both in text and in JSON.
//!
//! Separate because bounds have flags of their own. The JSON form is a string (`"[1,5)"`), which as a
//! parameter means the same range again.

use super::decoder::Decoder;
use super::quote;
use super::reader::Reader;
use crate::value::error::DecodeError;

const EMPTY: u8 = 0x01;
const LOWER_INCLUSIVE: u8 = 0x02;
const UPPER_INCLUSIVE: u8 = 0x04;
const LOWER_INFINITE: u8 = 0x08;
const UPPER_INFINITE: u8 = 0x10;

pub(super) fn write_range(
    bound: &Decoder,
    raw: &[u8],
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "range");
    let flags = reader.u8()?;
    if flags & EMPTY != 0 {
        out.extend_from_slice(b"empty");
        return reader.end();
    }
    let mut push_bound = |infinite: u8, out: &mut Vec<u8>| {
        if flags & infinite == 0 {
            let start = out.len();
            bound.write_text(reader.sized()?, out, depth)?;
            quote::RANGE.apply(out, start);
        }
        Ok(())
    };
    out.push(if flags & LOWER_INCLUSIVE == 0 { b'(' } else { b'[' });
    push_bound(LOWER_INFINITE, out)?;
    out.push(b',');
    push_bound(UPPER_INFINITE, out)?;
    out.push(if flags & UPPER_INCLUSIVE == 0 { b')' } else { b']' });
    reader.end()
}

pub(super) fn write_multirange(
    bound: &Decoder,
    raw: &[u8],
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "multirange");
    out.push(b'{');
    for position in 0..reader.count(5)? {
        if position > 0 {
            out.push(b',');
        }
        write_range(bound, reader.sized()?, out, depth)?;
    }
    out.push(b'}');
    reader.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postgres_types::Type;

    fn text(ty: &Type, raw: &[u8]) -> Result<String, DecodeError> {
        let mut out = Vec::new();
        Decoder::for_type(ty).unwrap().write_text(raw, &mut out, 0)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn bounds_follow_their_flags() {
        let one_to_five = [&[2u8][..], &[0, 0, 0, 4, 0, 0, 0, 1], &[0, 0, 0, 4, 0, 0, 0, 5]].concat();
        assert_eq!(text(&Type::INT4_RANGE, &one_to_five).unwrap(), "[1,5)");
        assert_eq!(text(&Type::INT4_RANGE, &[1]).unwrap(), "empty");
        assert_eq!(text(&Type::INT4_RANGE, &[0x18]).unwrap(), "(,)");
        let multirange = [&[0, 0, 0, 1, 0, 0, 0, 17][..], &one_to_five].concat();
        assert_eq!(text(&Type::INT4MULTI_RANGE, &multirange).unwrap(), "{[1,5)}");
        let mut json = Vec::new();
        Decoder::for_type(&Type::INT4_RANGE).unwrap().write_json(&one_to_five, &mut json, 0).unwrap();
        assert_eq!(json, b"\"[1,5)\"");
    }

    #[test]
    fn missing_bounds_are_refused() {
        assert_eq!(text(&Type::INT4_RANGE, &[2]), Err(DecodeError::Truncated));
        assert_eq!(text(&Type::INT4_RANGE, &[]), Err(DecodeError::Truncated));
        assert!(text(&Type::INT4_RANGE, &[1, 0]).is_err());
        assert!(text(&Type::INT4_RANGE, &[2, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
}
