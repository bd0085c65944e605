//! Ranges and multiranges: the server's literal in a string, or bounds in an object.
//!
//! Separate because bounds are values of another type. A missing or null bound is unbounded, and bounds are
//! `[)` unless said otherwise, as in the server's own range functions.

use postgres_types::Type;
use serde_json::{Map, Value};

use super::error::Misfit;
use super::literal;
use super::write::{self, Nullness};

const FORM: &str = "pass a string such as \"[1,5)\" or \"empty\", or an object such as \
                    {\"lower\": 1, \"upper\": 5, \"bounds\": \"[)\"}";

pub(super) fn write(value: &Value, bound: &Type, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) if is_literal(text) => {
            out.push_str(text);
            Ok(())
        }
        Value::Object(range) => write_object(value, range, bound, out),
        _ => Err(Misfit::new(value, FORM)),
    }
}

fn is_literal(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['[', '(']) || text.eq_ignore_ascii_case("empty")
}

fn write_object(
    value: &Value,
    range: &Map<String, Value>,
    bound: &Type,
    out: &mut String,
) -> Result<(), Misfit> {
    if range.keys().any(|key| !matches!(key.as_str(), "lower" | "upper" | "bounds")) {
        return Err(Misfit::new(value, FORM));
    }
    let (open, close) = match range.get("bounds") {
        None | Some(Value::Null) => ('[', ')'),
        Some(bounds) => match bounds.as_str() {
            Some("[)") => ('[', ')'),
            Some("[]") => ('[', ']'),
            Some("()") => ('(', ')'),
            Some("(]") => ('(', ']'),
            _ => {
                return Err(Misfit::new(bounds, "pass \"[)\", \"[]\", \"()\" or \"(]\"").inside(".bounds"));
            }
        },
    };
    out.push(open);
    write_bound(range.get("lower"), bound, out).map_err(|misfit| misfit.inside(".lower"))?;
    out.push(',');
    write_bound(range.get("upper"), bound, out).map_err(|misfit| misfit.inside(".upper"))?;
    out.push(close);
    Ok(())
}

fn write_bound(value: Option<&Value>, bound: &Type, out: &mut String) -> Result<(), Misfit> {
    let mut text = String::new();
    if let Some(value) = value
        && write::write(value, bound, &mut text)? == Nullness::Value
    {
        literal::push_field(&text, out);
    }
    Ok(())
}

/// A multirange is an array of ranges, or the server's literal in a string.
pub(super) fn write_multirange(value: &Value, bound: &Type, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) if text.trim_start().starts_with('{') => out.push_str(text),
        Value::Array(ranges) => {
            out.push('{');
            for (position, range) in ranges.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write(range, bound, out).map_err(|misfit| misfit.inside(format!("[{position}]")))?;
            }
            out.push('}');
        }
        _ => {
            return Err(Misfit::new(
                value,
                "pass an array of ranges, for example [\"[1,5)\", \"[8,9)\"], or a literal such as \
                 \"{[1,5),[8,9)}\"",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::write::parameter;
    use postgres_types::Type;
    use serde_json::{Value, json};

    fn text(value: &Value, ty: &Type) -> String {
        parameter(value, ty).unwrap().unwrap()
    }

    fn refused(value: &Value, ty: &Type) -> String {
        parameter(value, ty).unwrap_err().at(1, ty.name().to_owned()).to_string()
    }

    #[test]
    fn ranges_are_literals_or_bounds() {
        assert_eq!(text(&json!("[1,5)"), &Type::INT4_RANGE), "[1,5)");
        assert_eq!(text(&json!("Empty"), &Type::INT4_RANGE), "Empty");
        assert_eq!(text(&json!({"lower": 1, "upper": 5}), &Type::INT4_RANGE), "[\"1\",\"5\")");
        assert_eq!(text(&json!({"lower": null, "upper": 5, "bounds": "(]"}), &Type::INT4_RANGE), "(,\"5\"]");
        assert_eq!(text(&json!(["[1,2)", {"lower": 5}]), &Type::INT4MULTI_RANGE), "{[1,2),[\"5\",)}");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        assert!(refused(&json!("1-5"), &Type::INT4_RANGE).contains("[1,5)"));
        assert!(refused(&json!({"from": 1}), &Type::INT4_RANGE).contains("\"lower\""));
        assert!(refused(&json!({"lower": "x"}), &Type::INT4_RANGE).contains("at .lower"));
        assert!(refused(&json!({"bounds": "[["}), &Type::INT4_RANGE).contains("at .bounds"));
        assert!(refused(&json!([1]), &Type::INT4MULTI_RANGE).contains("at [0]"));
    }
}
