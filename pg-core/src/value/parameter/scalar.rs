//! Booleans, text, JSON, and the built-in types whose only JSON form is a string.
//!
//! Separate because none of them looks inside the string: the server parses it and knows best.

use postgres_types::Type;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::error::Misfit;

pub(super) fn boolean(value: &Value, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::String(text) => out.push_str(text),
        _ => return Err(Misfit::new(value, "pass true or false")),
    }
    Ok(())
}

/// Strings, and numbers and booleans as they are written in JSON.
pub(super) fn text(value: &Value, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        _ => {
            return Err(Misfit::new(
                value,
                "pass a string, for example \"abc\"; JSON goes into text only as a string that holds it",
            ));
        }
    }
    Ok(())
}

/// As [`text`], and arrays and objects as JSON text: for types that the driver knows nothing about.
pub(super) fn anything(value: &Value, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::Array(_) | Value::Object(_) => {
            out.push_str(&value.to_string());
            Ok(())
        }
        _ => text(value, out),
    }
}

/// A string is JSON text, as between quotes in SQL; every other value stands for itself.
pub(super) fn json(value: &Value, out: &mut String) -> Result<(), Misfit> {
    let Value::String(text) = value else {
        out.push_str(&value.to_string());
        return Ok(());
    };
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        // Twice through JSON: once for the JSON string meant, once for the parameter that holds it.
        let meant = match text.char_indices().nth(40) {
            None if !text.trim_start().starts_with(['{', '[']) => {
                Value::from(Value::from(text.as_str()).to_string()).to_string()
            }
            _ => r#""\"abc\"""#.to_owned(),
        };
        return Err(Misfit::new(
            value,
            format!(
                "pass an object or an array, or a string that holds valid JSON text; \
                 a JSON string needs its own quotes inside: {meant}"
            ),
        ));
    }
    out.push_str(text);
    Ok(())
}

/// Types whose text form may also be a JSON number.
pub(super) fn string_or_number(value: &Value, example: &str, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) => out.push_str(text),
        Value::Number(number) => out.push_str(&number.to_string()),
        _ => return Err(Misfit::new(value, format!("pass a number or a string, for example {example}"))),
    }
    Ok(())
}

/// Whether the type comes with the server rather than with an extension or from a user.
pub(super) fn is_builtin(ty: &Type) -> bool {
    Type::from_oid(ty.oid()).is_some()
}

/// Built-in types that take strings, and those that are known by a number as well.
pub(super) fn builtin(value: &Value, ty: &Type, out: &mut String) -> Result<(), Misfit> {
    if ty.name().starts_with("reg") {
        return string_or_number(value, &format!("\"{}\"", example(ty)), out);
    }
    match value {
        Value::String(text) => {
            out.push_str(text);
            Ok(())
        }
        _ => Err(Misfit::new(value, format!("pass a string, for example \"{}\"", example(ty)))),
    }
}

fn example(ty: &Type) -> &'static str {
    match *ty {
        Type::DATE => "2026-11-22",
        Type::TIME => "10:00:00",
        Type::TIMETZ => "10:00:00+00:00",
        Type::TIMESTAMP => "2026-11-22T10:00:00",
        Type::TIMESTAMPTZ => "2026-11-22T10:00:00Z",
        Type::INTERVAL => "1 day 02:03:04",
        Type::UUID => "0b0fcb4e-6f0c-4d0a-9a55-0c1f2f8f0c11",
        Type::INET => "192.0.2.1",
        Type::CIDR => "192.0.2.0/24",
        Type::MACADDR => "08:00:2b:01:02:03",
        Type::MACADDR8 => "08:00:2b:01:02:03:04:05",
        Type::BIT | Type::VARBIT => "1010",
        Type::PG_LSN => "16/B374D848",
        Type::TS_VECTOR => "'cat':1 'rat':2",
        Type::TSQUERY => "cat & rat",
        Type::POINT => "(1,2)",
        Type::LSEG => "[(1,2),(3,4)]",
        Type::BOX => "(3,4),(1,2)",
        Type::PATH | Type::POLYGON => "((0,0),(1,1),(1,0))",
        Type::LINE => "{1,-1,0}",
        Type::CIRCLE => "<(1,2),3>",
        Type::JSONPATH => "$.a[*]",
        Type::TID => "(0,1)",
        Type::REGCLASS => "public.orders",
        Type::REGTYPE => "integer",
        Type::REGPROC => "now",
        Type::REGPROCEDURE => "abs(integer)",
        Type::REGROLE => "postgres",
        Type::REGNAMESPACE => "public",
        Type::REGCONFIG => "english",
        _ => "the type's text form",
    }
}

#[cfg(test)]
mod tests {
    use crate::value::parameter::write::parameter;
    use postgres_types::Type;
    use serde_json::{Value, json};

    fn text(value: &Value, ty: &Type) -> String {
        parameter(value, ty).unwrap().unwrap()
    }

    fn refused(value: &Value, ty: &Type) -> String {
        parameter(value, ty).unwrap_err().at(1, ty.name().to_owned()).to_string()
    }

    #[test]
    fn null_is_sql_null_for_every_type() {
        for ty in [Type::INT4, Type::TEXT, Type::JSON, Type::JSONB, Type::INT4_ARRAY, Type::BOOL] {
            assert_eq!(parameter(&Value::Null, &ty).unwrap(), None);
        }
    }

    #[test]
    fn json_strings_are_json_text() {
        assert_eq!(text(&json!({"a": [1, null]}), &Type::JSONB), r#"{"a":[1,null]}"#);
        assert_eq!(text(&json!("{\"a\": 1}"), &Type::JSONB), "{\"a\": 1}");
        assert_eq!(text(&json!("null"), &Type::JSONB), "null");
        assert_eq!(text(&json!("\"abc\""), &Type::JSON), "\"abc\"");
        assert_eq!(text(&json!(true), &Type::JSON), "true");
        let error = refused(&json!("active"), &Type::JSONB);
        assert!(error.contains(r#"needs its own quotes inside: "\"active\"""#), "{error}");
        assert!(refused(&json!("{\"a\": "), &Type::JSONB).contains("valid JSON text"));
    }

    #[test]
    fn json_text_may_be_deep() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(text(&json!(deep), &Type::JSON), deep);
    }

    #[test]
    fn text_takes_scalars_but_no_containers() {
        assert_eq!(text(&json!("it's"), &Type::TEXT), "it's");
        assert_eq!(text(&json!(42), &Type::VARCHAR), "42");
        assert_eq!(text(&json!(true), &Type::TEXT), "true");
        assert!(refused(&json!({"a": 1}), &Type::TEXT).contains("pass a string"));
        assert!(refused(&json!(["a"]), &Type::TEXT).contains("pass a string"));
    }

    #[test]
    fn a_nul_character_is_refused() {
        for ty in [Type::TEXT, Type::TEXT_ARRAY, Type::DATE, Type::UNKNOWN] {
            assert!(refused(&json!("a\0b"), &ty).contains("U+0000"));
        }
        assert!(refused(&json!(["a\0b"]), &Type::TEXT_ARRAY).contains("at [0]"));
    }

    #[test]
    fn booleans_are_not_numbers() {
        assert_eq!(text(&json!(false), &Type::BOOL), "false");
        assert_eq!(text(&json!("t"), &Type::BOOL), "t");
        assert_eq!(
            refused(&json!(1), &Type::BOOL),
            "parameter $1: expected bool, found number 1; pass true or false"
        );
    }

    #[test]
    fn dates_are_strings() {
        assert_eq!(text(&json!("2026-11-22"), &Type::DATE), "2026-11-22");
        assert!(refused(&json!(20261122), &Type::TIMESTAMPTZ).contains("\"2026-11-22T10:00:00Z\""));
    }

    #[test]
    fn pseudo_types_ask_for_a_cast() {
        for ty in [Type::VOID, Type::RECORD, Type::ANYELEMENT] {
            assert!(refused(&json!("x"), &ty).contains("$1::text"));
        }
    }
}
