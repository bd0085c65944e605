//! `numeric`: every digit and the full scale, as the server prints them.
//!
//! Separate because the digits come in base 10000 and never pass through a float. Invariant: the digits after
//! the point are exactly the value's display scale.

use super::integer;
use super::reader::Reader;
use crate::value::error::DecodeError;

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xc000;
const INFINITY: u16 = 0xd000;
const NEGATIVE_INFINITY: u16 = 0xf000;
/// The widest display scale that the server knows.
const MOST_SCALE: u16 = 0x3fff;

pub(super) fn write(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "numeric");
    let count = usize::from(reader.u16()?);
    let weight = i32::from(reader.i16()?);
    let sign = reader.u16()?;
    let scale = reader.u16()?;
    if reader.remaining() != 2 * count || scale > MOST_SCALE {
        return Err(reader.malformed());
    }
    match sign {
        0 => {}
        NEGATIVE => out.push(b'-'),
        NAN => out.extend_from_slice(b"NaN"),
        INFINITY => out.extend_from_slice(b"Infinity"),
        NEGATIVE_INFINITY => out.extend_from_slice(b"-Infinity"),
        _ => return Err(reader.malformed()),
    }
    if sign & NAN == NAN {
        return Ok(());
    }

    // Groups of four digits before the point, then after it; groups that were not sent are zero.
    let mut left = count;
    let mut next = || -> Result<u16, DecodeError> {
        if left == 0 {
            return Ok(0);
        }
        left -= 1;
        match reader.u16()? {
            group @ 0..=9999 => Ok(group),
            _ => Err(reader.malformed()),
        }
    };
    if weight < 0 {
        out.push(b'0');
    } else {
        integer::push(next()?, out);
        for _ in 0..weight {
            out.extend(four_digits(next()?));
        }
    }
    if scale > 0 {
        out.push(b'.');
        let end = out.len() + usize::from(scale);
        for _ in 0..(-1 - weight).clamp(0, i32::from(MOST_SCALE)) {
            if out.len() < end {
                out.extend_from_slice(b"0000");
            }
        }
        while out.len() < end {
            out.extend(four_digits(next()?));
        }
        out.truncate(end);
    }
    Ok(())
}

fn four_digits(group: u16) -> [u8; 4] {
    [group / 1000, group / 100 % 10, group / 10 % 10, group % 10].map(|digit| b'0' + digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fields: &[i32]) -> Result<String, DecodeError> {
        let raw: Vec<u8> = fields.iter().flat_map(|&field| (field as u16).to_be_bytes()).collect();
        let mut out = Vec::new();
        write(&raw, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn digits_and_scale_are_kept() {
        assert_eq!(text(&[0, 0, 0, 0]).unwrap(), "0");
        assert_eq!(text(&[0, 0, 0, 3]).unwrap(), "0.000");
        assert_eq!(text(&[2, 0, 0, 2, 1, 5000]).unwrap(), "1.50");
        assert_eq!(text(&[2, 0, 0x4000, 4, 12, 3456]).unwrap(), "-12.3456");
        assert_eq!(text(&[1, 2, 0, 0, 1]).unwrap(), "100000000");
        assert_eq!(text(&[1, -1, 0, 4, 1]).unwrap(), "0.0001");
        assert_eq!(text(&[1, -3, 0, 10, 1200]).unwrap(), "0.0000000012");
        assert_eq!(text(&[0, 0, 0xc000, 0]).unwrap(), "NaN");
        assert_eq!(text(&[0, 0, 0xf000, 0]).unwrap(), "-Infinity");
    }

    #[test]
    fn malformed_digits_are_refused() {
        assert!(text(&[1, 0, 0, 0, 10_000]).is_err());
        assert!(text(&[2, 0, 0, 0, 1]).is_err());
        assert!(text(&[0, 0, 0x1234, 0]).is_err());
        assert!(text(&[0, 0, 0, 0x4000]).is_err());
        assert!(text(&[0, 0, 0]).is_err());
    }
}
