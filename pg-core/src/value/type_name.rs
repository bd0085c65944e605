//! The SQL names of types, as users know them.
//!
//! Separate because column headers, parameter errors and relation descriptions all show them. Invariant:
//! the name can be pasted into a cast.

use postgres_types::{Kind, Type};

/// Returns the SQL name of a type: `integer`, `timestamp with time zone`, `text[]`, an enum's own name,
/// schema-qualified unless it lives in `pg_catalog` or `public`.
pub fn type_name(ty: &Type) -> String {
    if let Some(name) = standard_name(ty) {
        return name.to_owned();
    }
    match ty.kind() {
        // The catalog also says "array" of int2vector and oidvector, which have names of their own.
        Kind::Array(element) if ty.name().starts_with('_') => format!("{}[]", type_name(element)),
        _ if matches!(ty.schema(), "pg_catalog" | "public" | "") => identifier(ty.name()),
        _ => format!("{}.{}", identifier(ty.schema()), identifier(ty.name())),
    }
}

fn standard_name(ty: &Type) -> Option<&'static str> {
    Some(match *ty {
        Type::BOOL => "boolean",
        Type::INT2 => "smallint",
        Type::INT4 => "integer",
        Type::INT8 => "bigint",
        Type::FLOAT4 => "real",
        Type::FLOAT8 => "double precision",
        Type::VARCHAR => "character varying",
        Type::BPCHAR => "character",
        Type::CHAR => "\"char\"",
        Type::TIME => "time without time zone",
        Type::TIMETZ => "time with time zone",
        Type::TIMESTAMP => "timestamp without time zone",
        Type::TIMESTAMPTZ => "timestamp with time zone",
        Type::VARBIT => "bit varying",
        _ => return None,
    })
}

fn identifier(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_sql() {
        let mood = Type::new("mood".into(), 50_000, Kind::Enum(vec!["sad".into()]), "public".into());
        let other = Type::new("Odd\"name".into(), 50_001, Kind::Simple, "shop".into());
        let moods = Type::new("_mood".into(), 50_002, Kind::Array(mood.clone()), "public".into());
        for (ty, name) in [
            (Type::INT4, "integer"),
            (Type::TIMESTAMPTZ_ARRAY, "timestamp with time zone[]"),
            (Type::TEXT_ARRAY, "text[]"),
            (Type::CHAR_ARRAY, "\"char\"[]"),
            (Type::INT2_VECTOR, "int2vector"),
            (Type::INT2_VECTOR_ARRAY, "int2vector[]"),
            (Type::JSONB, "jsonb"),
            (Type::INT4MULTI_RANGE, "int4multirange"),
            (mood, "mood"),
            (moods, "mood[]"),
            (other, "shop.\"Odd\"\"name\""),
        ] {
            assert_eq!(type_name(&ty), name);
        }
    }
}
