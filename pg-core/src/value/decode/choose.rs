//! Which decoder a type gets.
//!
//! Separate because it is the one list of what can be decoded. Invariant: a type that is not on it gets
//! `None`, and so the server's own text form.

use std::sync::Arc;

use postgres_types::{Kind, Oid, Type};

use super::array::ArrayDecoder;
use super::decoder::{Decoder, JsonForm, Write};
use super::record::CompositeDecoder;
use super::{
    datetime, embed, float, geometric, hstore, identifier, integer, interval, network, numeric, octets, text,
    text_search, vector,
};
use crate::value::error::DecodeError;

const fn scalar(text: Write, json: JsonForm) -> Decoder {
    Decoder::Scalar { text, json }
}

fn array_of(element: Decoder, delimiter: u8) -> Decoder {
    Decoder::Array(Arc::new(ArrayDecoder::new(element, delimiter)))
}

impl Decoder {
    pub(in crate::value) fn text() -> Decoder {
        scalar(text::write, JsonForm::Own(text::write_json))
    }

    pub(in crate::value) fn for_type(ty: &Type) -> Option<Decoder> {
        if let Some(decoder) = builtin(ty) {
            return Some(decoder);
        }
        match ty.kind() {
            Kind::Enum(_) => Some(Decoder::text()),
            Kind::Domain(base) => Decoder::for_type(base),
            // A base type with subscripts is called an array too, but only a true one has this name.
            Kind::Array(element) if ty.name().starts_with('_') => {
                let delimiter = if *element == Type::BOX { b';' } else { b',' };
                Some(array_of(Decoder::for_type(element)?, delimiter))
            }
            Kind::Range(bound) => Some(Decoder::Range(Arc::new(Decoder::for_type(bound)?))),
            Kind::Multirange(bound) => Some(Decoder::Multirange(Arc::new(Decoder::for_type(bound)?))),
            Kind::Composite(fields) => Some(Decoder::Composite(Arc::new(CompositeDecoder::new(fields)?))),
            Kind::Simple => extension(ty),
            _ => None,
        }
    }

    /// The decoder of a type known only by its OID, as anonymous records give it.
    pub(super) fn for_oid(oid: Oid) -> Result<Decoder, DecodeError> {
        Type::from_oid(oid).and_then(|ty| Decoder::for_type(&ty)).ok_or(DecodeError::NeedsTextForm { oid })
    }
}

/// Not here, on purpose: `money` and the `reg` types, whose text needs the server (a locale, names);
/// `aclitem` and `gtsvector`, which it cannot send; `anyarray`, which it can send only for some elements.
fn builtin(ty: &Type) -> Option<Decoder> {
    use JsonForm::{Escaped, Number, NumberOrName, Own, Plain};
    Some(match *ty {
        Type::BOOL => scalar(integer::write_bool, Own(integer::write_bool_json)),
        Type::INT2 => scalar(integer::write_i16, Number),
        Type::INT4 => scalar(integer::write_i32, Number),
        Type::INT8 => scalar(integer::write_i64, Number),
        Type::OID | Type::XID | Type::CID => scalar(integer::write_u32, Number),
        Type::XID8 => scalar(integer::write_u64, Number),
        Type::FLOAT4 => scalar(float::write_float4, NumberOrName),
        Type::FLOAT8 => scalar(float::write_float8, NumberOrName),
        Type::NUMERIC => scalar(numeric::write, NumberOrName),

        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::UNKNOWN
        | Type::CSTRING
        | Type::REFCURSOR
        | Type::XML
        | Type::VOID => Decoder::text(),
        Type::CHAR => scalar(text::write_char, Escaped),
        Type::JSON => scalar(text::write, Own(embed::write_json)),
        Type::JSONB => scalar(text::write_versioned, Own(embed::write_jsonb)),
        Type::JSONPATH => scalar(text::write_versioned, Escaped),

        Type::BYTEA => scalar(octets::write_bytea, Own(octets::write_bytea_json)),
        Type::BIT | Type::VARBIT => scalar(octets::write_bits, Plain),
        Type::UUID => scalar(octets::write_uuid, Plain),
        Type::MACADDR => scalar(network::write_macaddr, Plain),
        Type::MACADDR8 => scalar(network::write_macaddr8, Plain),
        Type::INET | Type::CIDR => scalar(network::write_inet, Plain),

        Type::DATE => scalar(datetime::write_date, Plain),
        Type::TIME => scalar(datetime::write_time, Plain),
        Type::TIMETZ => scalar(datetime::write_timetz, Own(datetime::write_timetz_json)),
        Type::TIMESTAMP => scalar(datetime::write_timestamp, Own(datetime::write_timestamp_json)),
        Type::TIMESTAMPTZ => scalar(datetime::write_timestamptz, Own(datetime::write_timestamptz_json)),
        Type::INTERVAL => scalar(interval::write, Plain),

        Type::POINT => scalar(geometric::write_point, Plain),
        Type::LSEG => scalar(geometric::write_lseg, Plain),
        Type::PATH => scalar(geometric::write_path, Plain),
        Type::BOX => scalar(geometric::write_box, Plain),
        Type::POLYGON => scalar(geometric::write_polygon, Plain),
        Type::LINE => scalar(geometric::write_line, Plain),
        Type::CIRCLE => scalar(geometric::write_circle, Plain),

        Type::TS_VECTOR => scalar(text_search::write_tsvector, Escaped),
        Type::TSQUERY => scalar(text_search::write_tsquery, Escaped),

        Type::TID => scalar(identifier::write_tid, Plain),
        Type::PG_LSN => scalar(identifier::write_lsn, Plain),
        Type::PG_SNAPSHOT | Type::TXID_SNAPSHOT => scalar(identifier::write_snapshot, Plain),
        Type::INT2_VECTOR => scalar(vector::write_int2vector, Own(vector::write_int2vector_json)),
        Type::OID_VECTOR => scalar(vector::write_oidvector, Own(vector::write_oidvector_json)),

        Type::RECORD => Decoder::Record,
        // The catalog calls these two arrays pseudo-types and does not say what of.
        Type::RECORD_ARRAY => array_of(Decoder::Record, b','),
        Type::CSTRING_ARRAY => array_of(Decoder::text(), b','),
        _ => return None,
    })
}

/// Extension types have no fixed OID: they are known by name, in whatever schema they were installed.
fn extension(ty: &Type) -> Option<Decoder> {
    Some(match ty.name() {
        "citext" => Decoder::text(),
        "ltree" | "lquery" | "ltxtquery" => scalar(text::write_versioned, JsonForm::Escaped),
        "hstore" => scalar(hstore::write, JsonForm::Own(hstore::write_json)),
        "vector" => scalar(vector::write_pgvector, JsonForm::Own(vector::write_pgvector_json)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use postgres_types::Field;

    fn user(name: &str, kind: Kind) -> Type {
        Type::new(name.into(), 50_000, kind, "public".into())
    }

    #[test]
    fn what_the_server_must_print_has_no_decoder() {
        for ty in [
            Type::ACLITEM,
            Type::ACLITEM_ARRAY,
            Type::MONEY,
            Type::REGCLASS,
            Type::REGTYPE_ARRAY,
            Type::ANYARRAY,
            Type::GTS_VECTOR,
            Type::PG_NODE_TREE,
            Type::PG_NDISTINCT,
        ] {
            assert!(Decoder::for_type(&ty).is_none(), "{ty}");
        }
        assert!(Decoder::for_type(&user("cube", Kind::Simple)).is_none());
        assert!(Decoder::for_type(&user("subscripted", Kind::Array(Type::FLOAT4))).is_none());
    }

    #[test]
    fn types_made_of_others_have_a_decoder_if_those_have() {
        let of = |element: Type| {
            [
                user("_t", Kind::Array(element.clone())),
                user("t", Kind::Range(element.clone())),
                user("t", Kind::Domain(element.clone())),
                user("t", Kind::Composite(vec![Field::new("f".into(), element)])),
            ]
        };
        assert!(of(Type::NUMERIC).iter().all(|ty| Decoder::for_type(ty).is_some()));
        assert!(of(Type::MONEY).iter().all(|ty| Decoder::for_type(ty).is_none()));
    }

    #[test]
    fn only_records_learn_their_types_from_bytes() {
        for (ty, learns) in [(Type::RECORD, true), (Type::RECORD_ARRAY, true), (Type::TEXT_ARRAY, false)] {
            assert_eq!(Decoder::for_type(&ty).unwrap().learns_types_from_bytes(), learns, "{ty}");
        }
    }
}
