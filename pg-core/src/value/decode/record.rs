//! Composite types, which are JSON objects by field name, and anonymous records, arrays by position.
//!
//! Separate because their bytes repeat each field's type. Invariant: a composite whose fields are not those
//! that the driver knows (altered since) is an error, never a misread value.

use postgres_types::{Field, Oid};

use super::decoder::{DEPTH_LIMIT, Decoder};
use super::quote;
use super::reader::Reader;
use crate::value::error::DecodeError;
use crate::value::json::write_json_string;

#[derive(Debug)]
pub(in crate::value) struct CompositeDecoder {
    fields: Vec<FieldDecoder>,
}

#[derive(Debug)]
struct FieldDecoder {
    /// The name as a JSON string, with its colon.
    key: Vec<u8>,
    oid: Oid,
    decoder: Decoder,
}

impl CompositeDecoder {
    /// `None` if one of the fields has no decoder.
    pub(super) fn new(fields: &[Field]) -> Option<Self> {
        let fields = fields.iter().map(|field| {
            let mut key = Vec::new();
            write_json_string(field.name(), &mut key);
            key.push(b':');
            Some(FieldDecoder { key, oid: field.type_().oid(), decoder: Decoder::for_type(field.type_())? })
        });
        Some(CompositeDecoder { fields: fields.collect::<Option<_>>()? })
    }

    pub(super) fn decoders(&self) -> impl Iterator<Item = &Decoder> {
        self.fields.iter().map(|field| &field.decoder)
    }

    pub(super) fn write_text(&self, raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
        let mut reader = self.open(raw)?;
        out.push(b'(');
        for (position, field) in self.fields.iter().enumerate() {
            field.check(&mut reader)?;
            text_field(position, &field.decoder, reader.nullable()?, out, depth)?;
        }
        out.push(b')');
        reader.end()
    }

    pub(super) fn write_json(&self, raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
        let mut reader = self.open(raw)?;
        out.push(b'{');
        for (position, field) in self.fields.iter().enumerate() {
            field.check(&mut reader)?;
            if position > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&field.key);
            json_field(&field.decoder, reader.nullable()?, out, depth)?;
        }
        out.push(b'}');
        reader.end()
    }

    fn open<'a>(&self, raw: &'a [u8]) -> Result<Reader<'a>, DecodeError> {
        let mut reader = Reader::new(raw, "composite with the fields known for its type");
        if reader.count(8)? != self.fields.len() {
            return Err(reader.malformed());
        }
        Ok(reader)
    }
}

impl FieldDecoder {
    fn check(&self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        if reader.u32()? == self.oid { Ok(()) } else { Err(reader.malformed()) }
    }
}

pub(super) fn write_text(raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
    let mut reader = open_record(raw, depth)?;
    out.push(b'(');
    for position in 0..reader.count(8)? {
        let decoder = Decoder::for_oid(reader.u32()?)?;
        text_field(position, &decoder, reader.nullable()?, out, depth + 1)?;
    }
    out.push(b')');
    reader.end()
}

pub(super) fn write_json(raw: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), DecodeError> {
    let mut reader = open_record(raw, depth)?;
    out.push(b'[');
    for position in 0..reader.count(8)? {
        if position > 0 {
            out.push(b',');
        }
        let decoder = Decoder::for_oid(reader.u32()?)?;
        json_field(&decoder, reader.nullable()?, out, depth + 1)?;
    }
    out.push(b']');
    reader.end()
}

fn open_record(raw: &[u8], depth: usize) -> Result<Reader<'_>, DecodeError> {
    if depth >= DEPTH_LIMIT {
        return Err(DecodeError::TooDeep { limit: DEPTH_LIMIT });
    }
    Ok(Reader::new(raw, "record"))
}

/// NULL is nothing at all between the commas; the empty string is `""`.
fn text_field(
    position: usize,
    decoder: &Decoder,
    raw: Option<&[u8]>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), DecodeError> {
    if position > 0 {
        out.push(b',');
    }
    if let Some(raw) = raw {
        let start = out.len();
        decoder.write_text(raw, out, depth)?;
        quote::COMPOSITE.apply(out, start);
    }
    Ok(())
}

fn json_field(
    decoder: &Decoder,
    raw: Option<&[u8]>,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), DecodeError> {
    match raw {
        Some(raw) => decoder.write_json(raw, out, depth),
        None => {
            out.extend_from_slice(b"null");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postgres_types::{Kind, Type};

    fn raw(fields: &[(Oid, Option<&[u8]>)]) -> Vec<u8> {
        let mut raw = (fields.len() as i32).to_be_bytes().to_vec();
        for (oid, value) in fields {
            raw.extend(oid.to_be_bytes());
            match value {
                Some(bytes) => {
                    raw.extend((bytes.len() as i32).to_be_bytes());
                    raw.extend(*bytes);
                }
                None => raw.extend((-1i32).to_be_bytes()),
            }
        }
        raw
    }

    fn pair() -> Type {
        let fields = vec![Field::new("a".into(), Type::TEXT), Field::new("b \"c\"".into(), Type::INT2)];
        Type::new("pair".into(), 50_000, Kind::Composite(fields), "public".into())
    }

    fn both(ty: &Type, raw: &[u8]) -> Result<(String, String), DecodeError> {
        let decoder = Decoder::for_type(ty).unwrap();
        let (mut text, mut json) = (Vec::new(), Vec::new());
        decoder.write_text(raw, &mut text, 0)?;
        decoder.write_json(raw, &mut json, 0)?;
        Ok((String::from_utf8(text).unwrap(), String::from_utf8(json).unwrap()))
    }

    #[test]
    fn composites_are_objects_and_records_arrays() {
        let value = raw(&[(25, Some(b"x,\"y")), (21, None)]);
        let (text, json) = both(&pair(), &value).unwrap();
        assert_eq!(text, r#"("x,""y",)"#);
        assert_eq!(json, r#"{"a":"x,\"y","b \"c\"":null}"#);
        assert_eq!(both(&Type::RECORD, &value).unwrap().1, r#"["x,\"y",null]"#);
    }

    #[test]
    fn a_composite_altered_since_is_refused() {
        assert!(both(&pair(), &raw(&[(25, None)])).is_err());
        assert!(both(&pair(), &raw(&[(25, None), (23, None)])).is_err());
    }

    #[test]
    fn an_unknown_type_in_a_record_asks_for_the_text_form() {
        let value = raw(&[(70_000, Some(b"x"))]);
        assert_eq!(both(&Type::RECORD, &value), Err(DecodeError::NeedsTextForm { oid: 70_000 }));
        let regclass = raw(&[(Type::REGCLASS.oid(), Some(&[0, 0, 0, 1]))]);
        assert!(matches!(both(&Type::RECORD, &regclass), Err(DecodeError::NeedsTextForm { .. })));
    }

    #[test]
    fn records_within_records_end_at_a_limit() {
        let mut value = raw(&[]);
        for _ in 0..DEPTH_LIMIT - 1 {
            value = raw(&[(Type::RECORD.oid(), Some(&value))]);
        }
        assert!(both(&Type::RECORD, &value).is_ok());
        value = raw(&[(Type::RECORD.oid(), Some(&value))]);
        assert_eq!(both(&Type::RECORD, &value), Err(DecodeError::TooDeep { limit: DEPTH_LIMIT }));
    }
}
