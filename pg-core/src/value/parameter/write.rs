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

#[cfg(test)]
mod tests {
    use super::*;
    use postgres_types::Field;
    use proptest::prelude::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let number = prop::sample::select(vec!["0", "-1", "1.0", "1.5", "1e3", "1e-999999999999", "9e99999"]);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number.prop_map(|text| serde_json::from_str(text).unwrap()),
            any::<String>().prop_map(Value::from),
            prop::sample::select(vec!["{1}", "[1,2)", "(a)", "\\x00", "null", "lower", "12"])
                .prop_map(Value::from),
        ];
        let key = prop::sample::select(vec!["lower", "upper", "bounds", "base64", "a", "b"]);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..3).prop_map(|pairs| pairs
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value))
                    .collect()),
            ]
        })
    }

    fn types() -> Vec<Type> {
        let named = |name: &str, kind| Type::new(name.into(), 50_000, kind, "public".into());
        let fields = vec![Field::new("a".into(), Type::TEXT), Field::new("b".into(), Type::INT4_ARRAY)];
        let composite = named("composite", Kind::Composite(fields));
        let mut types: Vec<Type> = (16..6200).filter_map(Type::from_oid).collect();
        types.extend(["hstore", "vector", "geometry", "odd"].map(|name| named(name, Kind::Simple)));
        types.extend([
            named("_composite", Kind::Array(composite.clone())),
            named("domain", Kind::Domain(composite.clone())),
            named("mood", Kind::Enum(vec!["a".into(), "b".into()])),
            composite,
        ]);
        types
    }

    proptest! {
        #[test]
        fn any_json_is_a_parameter_or_an_error(value in any_json()) {
            for ty in types() {
                match parameter(&value, &ty) {
                    Ok(text) => {
                        prop_assert!(text.is_none_or(|text| !text.contains('\0')), "{ty} {value}");
                    }
                    Err(misfit) => {
                        let message = misfit.at(1, ty.name().to_owned()).to_string();
                        prop_assert!(message.len() < 600, "{message}");
                    }
                }
            }
        }
    }
}
