//! Arrays of any dimension, with lower bounds other than one.
//!
//! In JSON an array is an array, and one whose bounds are not all 1 a string of its text form, which says them: nothing is lost, and
//! the string is taken as a parameter as it is. Separate because an array is a decoder around another. Invariant: the number of elements is checked
//! against the bytes that are there before any of them is read.

use super::decoder::Decoder;
use super::integer;
use super::quote::{self, Quoting};
use super::reader::Reader;
use crate::value::{error::DecodeError, json::quote_tail};

/// As many dimensions as the server allows.
const MOST_DIMENSIONS: i32 = 6;

#[derive(Debug)]
pub(in crate::value) struct ArrayDecoder {
    element: Decoder,
    delimiter: u8,
}

struct Dimension {
    length: usize,
    lower_bound: i32,
}

/// Reads the header; no dimensions for an array without elements.
fn dimensions(reader: &mut Reader<'_>) -> Result<Vec<Dimension>, DecodeError> {
    let count = reader.i32()?;
    let _has_nulls = reader.i32()?;
    let _element = reader.u32()?;
    if !(0..=MOST_DIMENSIONS).contains(&count) {
        return Err(reader.malformed());
    }
    let mut elements = 1usize;
    let mut dimensions = Vec::with_capacity(count as usize);
    for _ in 0..count {
        let length = usize::try_from(reader.i32()?).map_err(|_| reader.malformed())?;
        let lower_bound = reader.i32()?;
        elements = elements.checked_mul(length).ok_or(DecodeError::Truncated)?;
        dimensions.push(Dimension { length, lower_bound });
    }
    if elements == 0 {
        dimensions.clear();
    }
    // Each element takes at least its own length's four bytes.
    if !dimensions.is_empty() && elements > reader.remaining() / 4 {
        return Err(DecodeError::Truncated);
    }
    Ok(dimensions)
}

/// Whether the array begins elsewhere than at 1, in any dimension.
fn has_bounds(dimensions: &[Dimension]) -> bool {
    dimensions.iter().any(|dimension| dimension.lower_bound != 1)
}

impl ArrayDecoder {
    pub(super) fn new(element: Decoder, delimiter: u8) -> Self {
        ArrayDecoder { element, delimiter }
    }

    pub(super) fn element(&self) -> &Decoder {
        &self.element
    }

    pub(super) fn write_text(&self, raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
        let mut reader = Reader::new(raw, "array");
        let dimensions = dimensions(&mut reader)?;
        if dimensions.is_empty() {
            out.extend_from_slice(b"{}");
            return reader.end();
        }
        if has_bounds(&dimensions) {
            for Dimension { length, lower_bound } in &dimensions {
                out.push(b'[');
                integer::push(*lower_bound, out);
                out.push(b':');
                integer::push(i64::from(*lower_bound) + *length as i64 - 1, out);
                out.push(b']');
            }
            out.push(b'=');
        }
        let quoting = quote::array(self.delimiter);
        self.text_level(&dimensions, &mut reader, &quoting, out, depth)?;
        reader.end()
    }

    fn text_level(
        &self,
        dimensions: &[Dimension],
        reader: &mut Reader<'_>,
        quoting: &Quoting,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), DecodeError> {
        let Some((dimension, inner)) = dimensions.split_first() else {
            let Some(raw) = reader.nullable()? else {
                out.extend_from_slice(b"NULL");
                return Ok(());
            };
            let start = out.len();
            self.element.write_text(raw, out, depth)?;
            quoting.apply(out, start);
            return Ok(());
        };
        out.push(b'{');
        for position in 0..dimension.length {
            if position > 0 {
                out.push(self.delimiter);
            }
            self.text_level(inner, reader, quoting, out, depth)?;
        }
        out.push(b'}');
        Ok(())
    }

    pub(super) fn write_json(&self, raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
        let mut reader = Reader::new(raw, "array");
        let dimensions = dimensions(&mut reader)?;
        if dimensions.is_empty() {
            out.extend_from_slice(b"[]");
            return reader.end();
        }
        if has_bounds(&dimensions) {
            let start = out.len();
            self.write_text(raw, out, depth)?;
            quote_tail(out, start);
            return Ok(());
        }
        self.json_level(&dimensions, &mut reader, out, depth)?;
        reader.end()
    }

    fn json_level(
        &self,
        dimensions: &[Dimension],
        reader: &mut Reader<'_>,
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), DecodeError> {
        let Some((dimension, inner)) = dimensions.split_first() else {
            let Some(raw) = reader.nullable()? else {
                out.extend_from_slice(b"null");
                return Ok(());
            };
            return self.element.write_json(raw, out, depth);
        };
        out.push(b'[');
        for position in 0..dimension.length {
            if position > 0 {
                out.push(b',');
            }
            self.json_level(inner, reader, out, depth)?;
        }
        out.push(b']');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postgres_types::Type;

    fn raw(header: &[i32], elements: &[Option<&[u8]>]) -> Vec<u8> {
        let mut raw: Vec<u8> = header.iter().flat_map(|field| field.to_be_bytes()).collect();
        for element in elements {
            match element {
                Some(bytes) => {
                    raw.extend((bytes.len() as i32).to_be_bytes());
                    raw.extend(*bytes);
                }
                None => raw.extend((-1i32).to_be_bytes()),
            }
        }
        raw
    }

    fn both(ty: &Type, raw: &[u8]) -> Result<(String, String), DecodeError> {
        let decoder = Decoder::for_type(ty).unwrap();
        let (mut text, mut json) = (Vec::new(), Vec::new());
        decoder.write_text(raw, &mut text, 0)?;
        decoder.write_json(raw, &mut json, 0)?;
        Ok((String::from_utf8(text).unwrap(), String::from_utf8(json).unwrap()))
    }

    #[test]
    fn elements_are_quoted_where_they_must_be() {
        let raw = raw(&[1, 1, 25, 4, 1], &[Some(b"a b"), Some(b"null"), None, Some(b"\"\\")]);
        let (text, json) = both(&Type::TEXT_ARRAY, &raw).unwrap();
        assert_eq!(text, r#"{"a b","null",NULL,"\"\\"}"#);
        assert_eq!(json, r#"["a b","null",null,"\"\\"]"#);
    }

    #[test]
    fn dimensions_and_bounds_show() {
        let raw = raw(&[2, 0, 21, 2, 0, 1, 1], &[Some(&[0, 7]), Some(&[0, 8])]);
        let (text, json) = both(&Type::INT2_ARRAY, &raw).unwrap();
        assert_eq!(text, "[0:1][1:1]={{7},{8}}");
        assert_eq!(json, "\"[0:1][1:1]={{7},{8}}\"");
    }

    #[test]
    fn sizes_that_the_bytes_cannot_hold_are_refused() {
        let huge = raw(&[2, 0, 25, i32::MAX, 1, i32::MAX, 1], &[]);
        assert_eq!(both(&Type::TEXT_ARRAY, &huge), Err(DecodeError::Truncated));
        assert!(both(&Type::TEXT_ARRAY, &raw(&[7, 0, 25], &[])).is_err());
        assert!(both(&Type::TEXT_ARRAY, &raw(&[-1, 0, 25], &[])).is_err());
        assert!(both(&Type::TEXT_ARRAY, &raw(&[1, 0, 25, -1, 1], &[])).is_err());
    }
}
