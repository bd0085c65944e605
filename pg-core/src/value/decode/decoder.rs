//! The decoder of one type: a plain one for scalars, a tree for types made of others.
//!
//! Separate from the choice of a decoder and from the families, which it joins. Invariant: the JSON form is
//! derived from the text form wherever it can be, so that the two never disagree.

use std::sync::Arc;

use super::array::ArrayDecoder;
use super::range;
use super::record::{self, CompositeDecoder};
use crate::value::error::DecodeError;
use crate::value::json;

/// Writes one value's form; the value's own bytes in, appended text out.
pub(in crate::value) type Write = fn(&[u8], &mut Vec<u8>) -> Result<(), DecodeError>;

/// How a scalar's JSON form follows from its text form.
#[derive(Clone, Copy, Debug)]
pub(in crate::value) enum JsonForm {
    /// The text is a JSON number.
    Number,
    /// The text is a JSON number, unless it is NaN or an infinity, which become strings.
    NumberOrName,
    /// A string whose text never needs an escape.
    Plain,
    /// A string.
    Escaped,
    /// A form of its own.
    Own(Write),
}

#[derive(Clone, Debug)]
pub(in crate::value) enum Decoder {
    Scalar { text: Write, json: JsonForm },
    Array(Arc<ArrayDecoder>),
    Range(Arc<Decoder>),
    Multirange(Arc<Decoder>),
    Composite(Arc<CompositeDecoder>),
    Record,
}

/// How deep records are followed whose types are known only from their bytes. Each level doubles the quotes
/// of the text form, so a deep one would fill the memory out of a few bytes.
pub(super) const DEPTH_LIMIT: usize = 8;

impl Decoder {
    /// `depth` counts the anonymous records around this value.
    pub(in crate::value) fn write_text(
        &self,
        raw: &[u8],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), DecodeError> {
        match self {
            Decoder::Scalar { text, .. } => text(raw, out),
            Decoder::Array(array) => array.write_text(raw, out, depth),
            Decoder::Range(bound) => range::write_range(bound, raw, out, depth),
            Decoder::Multirange(bound) => range::write_multirange(bound, raw, out, depth),
            Decoder::Composite(composite) => composite.write_text(raw, out, depth),
            Decoder::Record => record::write_text(raw, out, depth),
        }
    }

    /// As [`Decoder::write_text`], in JSON.
    pub(in crate::value) fn write_json(
        &self,
        raw: &[u8],
        out: &mut Vec<u8>,
        depth: usize,
    ) -> Result<(), DecodeError> {
        let start = out.len();
        match self {
            Decoder::Scalar { text, json: JsonForm::Number } => text(raw, out),
            Decoder::Scalar { text, json: JsonForm::NumberOrName } => {
                text(raw, out)?;
                if !out.last().is_some_and(u8::is_ascii_digit) {
                    json::quote_tail(out, start);
                } else if out.get(start..) == Some(b"-0") {
                    // Readers of JSON take it for the whole number, which has no sign.
                    out.extend_from_slice(b".0");
                }
                Ok(())
            }
            Decoder::Scalar { text, json: JsonForm::Plain } => {
                out.push(b'"');
                text(raw, out)?;
                out.push(b'"');
                Ok(())
            }
            Decoder::Scalar { json: JsonForm::Own(write), .. } => write(raw, out),
            Decoder::Array(array) => array.write_json(raw, out, depth),
            Decoder::Composite(composite) => composite.write_json(raw, out, depth),
            Decoder::Record => record::write_json(raw, out, depth),
            Decoder::Scalar { json: JsonForm::Escaped, .. } | Decoder::Range(_) | Decoder::Multirange(_) => {
                self.write_text(raw, out, depth)?;
                json::quote_tail(out, start);
                Ok(())
            }
        }
    }

    /// Whether inner types come with the bytes, so that one without a decoder shows only then.
    pub(in crate::value) fn learns_types_from_bytes(&self) -> bool {
        match self {
            Decoder::Scalar { .. } => false,
            Decoder::Record => true,
            Decoder::Array(array) => array.element().learns_types_from_bytes(),
            Decoder::Range(bound) | Decoder::Multirange(bound) => bound.learns_types_from_bytes(),
            Decoder::Composite(composite) => composite.decoders().any(Decoder::learns_types_from_bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use postgres_types::{Field, Kind, Type};
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    /// One decoder for each type, alone and inside types made of others; without `json`, whose text the
    /// server has validated and which is embedded as it is.
    static DECODERS: LazyLock<Vec<Decoder>> = LazyLock::new(|| {
        let composite = |element: Type| {
            let fields = vec![Field::new("a".into(), element), Field::new("b".into(), Type::TEXT_ARRAY)];
            Type::new("composite".into(), 50_000, Kind::Composite(fields), "public".into())
        };
        let named = |name: &str| Type::new(name.into(), 50_001, Kind::Simple, "public".into());
        let mut types: Vec<Type> = (16..6200).filter_map(Type::from_oid).collect();
        types.retain(|ty| !ty.name().trim_start_matches('_').starts_with("json"));
        types.extend([composite(Type::NUMERIC), composite(composite(Type::TSQUERY))]);
        types.extend(["hstore", "ltree", "vector", "citext"].map(named));
        let decoders: Vec<Decoder> = types.iter().filter_map(Decoder::for_type).collect();
        assert!(decoders.len() > 100);
        decoders
    });

    fn check(raw: &[u8]) {
        for decoder in DECODERS.iter() {
            let (mut text, mut json) = (Vec::new(), Vec::new());
            let is_text = decoder.write_text(raw, &mut text, 0).is_ok();
            let is_json = decoder.write_json(raw, &mut json, 0).is_ok();
            assert_eq!(is_text, is_json, "{decoder:?} {raw:?}");
            if is_text {
                assert!(std::str::from_utf8(&text).is_ok(), "{decoder:?} {raw:?}");
                assert!(serde_json::from_slice::<IgnoredAny>(&json).is_ok(), "{decoder:?} {raw:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_value_or_an_error(raw in proptest::collection::vec(any::<u8>(), 0..80)) {
            check(&raw);
        }

        #[test]
        fn small_numbers_are_values_or_errors(
            raw in proptest::collection::vec(prop::sample::select(&[0u8, 1, 2, 4, 25, 0xff]), 0..80)
        ) {
            check(&raw);
        }
    }
}
