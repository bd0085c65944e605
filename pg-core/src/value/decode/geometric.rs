//! The geometric types: points, and shapes made of points.
//!
//! Separate because all of them are floats between brackets.

use super::float::push_f64;
use super::reader::Reader;
use crate::value::error::DecodeError;

fn push_point(reader: &mut Reader<'_>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    out.push(b'(');
    push_f64(reader.f64()?, out);
    out.push(b',');
    push_f64(reader.f64()?, out);
    out.push(b')');
    Ok(())
}

fn push_points(reader: &mut Reader<'_>, count: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    for position in 0..count {
        if position > 0 {
            out.push(b',');
        }
        push_point(reader, out)?;
    }
    Ok(())
}

pub(super) fn write_point(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "point");
    push_point(&mut reader, out)?;
    reader.end()
}

pub(super) fn write_lseg(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "lseg");
    out.push(b'[');
    push_points(&mut reader, 2, out)?;
    out.push(b']');
    reader.end()
}

pub(super) fn write_box(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "box");
    push_points(&mut reader, 2, out)?;
    reader.end()
}

/// A closed path is in parentheses, an open one in brackets.
pub(super) fn write_path(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "path");
    let is_closed = reader.u8()? != 0;
    let count = reader.count(16)?;
    out.push(if is_closed { b'(' } else { b'[' });
    push_points(&mut reader, count, out)?;
    out.push(if is_closed { b')' } else { b']' });
    reader.end()
}

pub(super) fn write_polygon(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "polygon");
    let count = reader.count(16)?;
    out.push(b'(');
    push_points(&mut reader, count, out)?;
    out.push(b')');
    reader.end()
}

pub(super) fn write_line(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "line");
    out.push(b'{');
    push_f64(reader.f64()?, out);
    out.push(b',');
    push_f64(reader.f64()?, out);
    out.push(b',');
    push_f64(reader.f64()?, out);
    out.push(b'}');
    reader.end()
}

pub(super) fn write_circle(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "circle");
    out.push(b'<');
    push_point(&mut reader, out)?;
    out.push(b',');
    push_f64(reader.f64()?, out);
    out.push(b'>');
    reader.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floats(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_be_bytes()).collect()
    }

    #[test]
    fn shapes_have_their_own_brackets() {
        let mut out = Vec::new();
        write_circle(&floats(&[1.0, -2.5, 3.0]), &mut out).unwrap();
        assert_eq!(out, b"<(1,-2.5),3>");
        out.clear();
        let mut raw = vec![0, 0, 0, 0, 2];
        raw.extend(floats(&[0.0, 1.0, 2.0, f64::INFINITY]));
        write_path(&raw, &mut out).unwrap();
        assert_eq!(out, b"[(0,1),(2,Infinity)]");
    }

    #[test]
    fn a_count_without_its_points_is_refused() {
        let mut raw = vec![0, 0, 0, 2];
        raw.extend(floats(&[0.0, 1.0]));
        assert_eq!(write_polygon(&raw, &mut Vec::new()), Err(DecodeError::Truncated));
        assert!(write_point(&floats(&[0.0, 1.0, 2.0]), &mut Vec::new()).is_err());
    }
}
