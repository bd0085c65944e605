//! From a JSON value and a type to the type's text form.
//!
//! Separate because it is the one place that chooses by type; what each kind of type accepts stands in the
//! files beside. Invariant: the text never holds a NUL character, which the protocol would cut it at.

use postgres_types::{Kind, Type};
use serde_json::Value;

use super::error::Misfit;
use super::{array, bytes, composite, extension, label, number, range, scalar};

/// Whether something was written, or the value is SQL NULL.
pub(super) type Written = Result<Nullness, Misfit>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Nullness {
    Value,
    Null,
}

/// The text form of a whole parameter; `None` is SQL NULL.
pub(super) fn parameter(value: &Value, ty: &Type) -> Result<Option<String>, Misfit> {
    let mut out = String::new();
    Ok(match write(value, ty, &mut out)? {
        Nullness::Value => Some(out),
        Nullness::Null => None,
    })
}

/// Appends the text form of `value` as a `ty`.
pub(super) fn write(value: &Value, ty: &Type, out: &mut String) -> Written {
    if value.is_null() {
        return Ok(Nullness::Null);
    }
    if let Value::String(text) = value
        && text.contains('\0')
    {
        return Err(Misfit::new(
            value,
            "PostgreSQL text cannot hold the character U+0000: remove it, or use a bytea column",
        ));
    }
    not_null(value, ty, out).map(|()| Nullness::Value)
}

fn not_null(value: &Value, ty: &Type, out: &mut String) -> Result<(), Misfit> {
    match *ty {
        Type::BOOL => scalar::boolean(value, out),
        Type::INT2 => number::integer(value, i128::from(i16::MIN)..=i128::from(i16::MAX), out),
        Type::INT4 => number::integer(value, i128::from(i32::MIN)..=i128::from(i32::MAX), out),
        Type::INT8 => number::integer(value, i128::from(i64::MIN)..=i128::from(i64::MAX), out),
        Type::OID | Type::XID | Type::CID => number::integer(value, 0..=i128::from(u32::MAX), out),
        Type::XID8 => number::integer(value, 0..=i128::from(u64::MAX), out),
        Type::NUMERIC | Type::FLOAT4 | Type::FLOAT8 => number::decimal(value, out),
        Type::MONEY => scalar::string_or_number(value, "12.50", out),
        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::CHAR
        | Type::CSTRING
        | Type::REFCURSOR
        | Type::XML => scalar::text(value, out),
        Type::UNKNOWN => scalar::anything(value, out),
        Type::JSON | Type::JSONB => scalar::json(value, out),
        Type::BYTEA => bytes::bytea(value, out),
        Type::INT2_VECTOR | Type::OID_VECTOR => extension::spaced_numbers(value, out),
        _ => by_kind(value, ty, out),
    }
}

fn by_kind(value: &Value, ty: &Type, out: &mut String) -> Result<(), Misfit> {
    match ty.kind() {
        Kind::Domain(base) => not_null(value, base, out),
        Kind::Enum(labels) => label::write(value, labels, out),
        Kind::Array(element) => array::write(value, element, out),
        Kind::Range(bound) => range::write(value, bound, out),
        Kind::Multirange(bound) => range::write_multirange(value, bound, out),
        Kind::Composite(fields) => composite::write(value, fields, out),
        Kind::Pseudo => Err(Misfit::new(
            value,
            "the statement does not say which type this parameter has: cast it there, for example $1::text",
        )),
        _ if scalar::is_builtin(ty) => scalar::builtin(value, ty, out),
        _ => extension::write(value, ty, out),
    }
}

/// Whether a JSON array is one value of this type, and so not a dimension of an array of it.
pub(super) fn takes_arrays(ty: &Type) -> bool {
    match ty.kind() {
        Kind::Domain(base) => takes_arrays(base),
        Kind::Composite(_) | Kind::Multirange(_) => true,
        _ => {
            matches!(*ty, Type::JSON | Type::JSONB | Type::INT2_VECTOR | Type::OID_VECTOR)
                || extension::takes_arrays(ty)
        }
    }
}
