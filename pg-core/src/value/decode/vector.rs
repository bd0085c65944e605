//! Plain lists of numbers: the catalog's `int2vector` and `oidvector`, and pgvector's `vector`.
//!
//! Separate from arrays because they are written without braces and have no NULL in them. JSON is an array.

use super::reader::Reader;
use super::{float, integer};
use crate::value::error::DecodeError;
use crate::value::json;

/// What stands before, between and after the numbers.
struct Brackets {
    open: &'static [u8],
    separator: u8,
    close: &'static [u8],
}

const SPACED: Brackets = Brackets { open: b"", separator: b' ', close: b"" };
const LIST: Brackets = Brackets { open: b"[", separator: b',', close: b"]" };

type WriteOne = fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>;

pub(super) fn write_int2vector(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    catalog_vector(raw, integer::write_i16, &SPACED, out)
}

pub(super) fn write_int2vector_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    catalog_vector(raw, integer::write_i16, &LIST, out)
}

pub(super) fn write_oidvector(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    catalog_vector(raw, integer::write_u32, &SPACED, out)
}

pub(super) fn write_oidvector_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    catalog_vector(raw, integer::write_u32, &LIST, out)
}

/// In binary these are one-dimensional arrays.
fn catalog_vector(
    raw: &[u8],
    write: WriteOne,
    brackets: &Brackets,
    out: &mut Vec<u8>,
) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "one-dimensional array");
    let dimensions = reader.i32()?;
    let _flags = reader.i32()?;
    let _element = reader.u32()?;
    let count = match dimensions {
        0 => 0,
        1 => {
            let count = reader.count(4)?;
            let _lower_bound = reader.i32()?;
            count
        }
        _ => return Err(reader.malformed()),
    };
    out.extend_from_slice(brackets.open);
    for position in 0..count {
        if position > 0 {
            out.push(brackets.separator);
        }
        write(reader.sized()?, out)?;
    }
    out.extend_from_slice(brackets.close);
    reader.end()
}

pub(super) fn write_pgvector(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    pgvector(raw, float::push_f32, out)
}

pub(super) fn write_pgvector_json(raw: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let push = |value: f32, out: &mut Vec<u8>| {
        let start = out.len();
        float::push_f32(value, out);
        if !value.is_finite() {
            json::quote_tail(out, start);
        }
    };
    pgvector(raw, push, out)
}

fn pgvector(raw: &[u8], push: impl Fn(f32, &mut Vec<u8>), out: &mut Vec<u8>) -> Result<(), DecodeError> {
    let mut reader = Reader::new(raw, "vector");
    let dimensions = reader.u16()?;
    let _unused = reader.u16()?;
    out.extend_from_slice(LIST.open);
    for position in 0..dimensions {
        if position > 0 {
            out.push(LIST.separator);
        }
        push(reader.f32()?, out);
    }
    out.extend_from_slice(LIST.close);
    reader.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int2vector(values: &[i16]) -> Vec<u8> {
        let mut raw: Vec<u8> =
            [1, 0, 21, values.len() as i32, 0].into_iter().flat_map(i32::to_be_bytes).collect();
        for value in values {
            raw.extend(2i32.to_be_bytes());
            raw.extend(value.to_be_bytes());
        }
        raw
    }

    #[test]
    fn catalog_vectors_are_spaced_in_text_and_arrays_in_json() {
        let raw = int2vector(&[1, -2, 3]);
        let mut out = Vec::new();
        write_int2vector(&raw, &mut out).unwrap();
        assert_eq!(out, b"1 -2 3");
        out.clear();
        write_int2vector_json(&raw, &mut out).unwrap();
        assert_eq!(out, b"[1,-2,3]");
        assert!(write_int2vector(raw.get(..raw.len() - 1).unwrap(), &mut out).is_err());
    }

    #[test]
    fn pgvectors_are_lists_of_reals() {
        let mut raw = vec![0, 2, 0, 0];
        raw.extend(1.5f32.to_be_bytes());
        raw.extend(1e-7f32.to_be_bytes());
        for write in [write_pgvector, write_pgvector_json] {
            let mut out = Vec::new();
            write(&raw, &mut out).unwrap();
            assert_eq!(out, b"[1.5,1e-07]");
        }
        assert!(write_pgvector(&[0, 3, 0, 0, 0], &mut Vec::new()).is_err());
    }
}
