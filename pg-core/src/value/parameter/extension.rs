//! Types of extensions, known by name in whatever schema they were installed, and the vectors of the catalog.
//!
//! Separate because the server reports nothing about how they are written. A type that is not known here
//! takes strings, numbers and booleans as its text form, and arrays and objects as JSON text.

use postgres_types::Type;
use serde_json::Value;

use super::error::Misfit;
use super::scalar;

pub(super) fn write(value: &Value, ty: &Type, out: &mut String) -> Result<(), Misfit> {
    match ty.name() {
        "citext" => scalar::text(value, out),
        "hstore" => hstore(value, out),
        "vector" | "halfvec" => vector(value, out),
        "geometry" | "geography" => match value {
            Value::String(text) => {
                out.push_str(text);
                Ok(())
            }
            _ => Err(Misfit::new(
                value,
                "pass WKT or hexadecimal EWKB, for example \"POINT(1 2)\"; for GeoJSON write \
                 ST_GeomFromGeoJSON($1) in the statement",
            )),
        },
        _ => scalar::anything(value, out),
    }
}

/// Whether a JSON array is one value of this type.
pub(super) fn takes_arrays(ty: &Type) -> bool {
    matches!(ty.name(), "vector" | "halfvec") && !scalar::is_builtin(ty)
}

/// What stands between the elements of an array of this type.
pub(super) fn delimiter(ty: &Type) -> char {
    if matches!(ty.name(), "geometry" | "geography") && !scalar::is_builtin(ty) { ':' } else { ',' }
}

fn hstore(value: &Value, out: &mut String) -> Result<(), Misfit> {
    const FORM: &str = "pass an object of strings and nulls, for example {\"color\": \"red\"}";
    let pairs = match value {
        Value::String(text) => {
            out.push_str(text);
            return Ok(());
        }
        Value::Object(pairs) => pairs,
        _ => return Err(Misfit::new(value, FORM)),
    };
    for (position, (key, value)) in pairs.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        let misfit = || Misfit::new(value, FORM).inside(format!(".{key}"));
        if key.contains('\0') {
            return Err(misfit());
        }
        push_quoted(key, out);
        out.push_str("=>");
        match value {
            Value::Null => out.push_str("NULL"),
            Value::String(text) if !text.contains('\0') => push_quoted(text, out),
            Value::Number(number) => push_quoted(&number.to_string(), out),
            Value::Bool(value) => push_quoted(if *value { "true" } else { "false" }, out),
            _ => return Err(misfit()),
        }
    }
    Ok(())
}

fn push_quoted(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
}

fn vector(value: &Value, out: &mut String) -> Result<(), Misfit> {
    numbers(value, ["[", ",", "]"], "pass an array of numbers, for example [0.1, 0.2]", out)
}

/// `int2vector` and `oidvector`.
pub(super) fn spaced_numbers(value: &Value, out: &mut String) -> Result<(), Misfit> {
    numbers(value, ["", " ", ""], "pass an array of whole numbers, for example [1, 2]", out)
}

fn numbers(
    value: &Value,
    [open, separator, close]: [&str; 3],
    form: &str,
    out: &mut String,
) -> Result<(), Misfit> {
    let items = match value {
        Value::String(text) => {
            out.push_str(text);
            return Ok(());
        }
        Value::Array(items) => items,
        _ => return Err(Misfit::new(value, form)),
    };
    out.push_str(open);
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push_str(separator);
        }
        let Value::Number(number) = item else {
            return Err(Misfit::new(item, form).inside(format!("[{position}]")));
        };
        out.push_str(&number.to_string());
    }
    out.push_str(close);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::write::parameter;
    use postgres_types::{Kind, Type};
    use serde_json::{Value, json};

    fn of(name: &str) -> Type {
        Type::new(name.to_owned(), 50_000, Kind::Simple, "public".into())
    }

    fn text(value: &Value, name: &str) -> String {
        parameter(value, &of(name)).unwrap().unwrap()
    }

    fn refused(value: &Value, name: &str) -> String {
        parameter(value, &of(name)).unwrap_err().at(1, name.to_owned()).to_string()
    }

    #[test]
    fn known_extensions_take_their_json_forms() {
        assert_eq!(
            text(&json!({"a": "x\"", "b": null, "c": 1.5}), "hstore"),
            r#""a"=>"x\"","b"=>NULL,"c"=>"1.5""#
        );
        assert_eq!(text(&json!([1, 0.5]), "vector"), "[1,0.5]");
        assert_eq!(text(&json!("POINT(1 2)"), "geometry"), "POINT(1 2)");
        assert_eq!(text(&json!("AbC"), "citext"), "AbC");
        assert_eq!(parameter(&json!([1, 2]), &Type::INT2_VECTOR).unwrap().unwrap(), "1 2");
    }

    #[test]
    fn unknown_extensions_take_text_and_json() {
        assert_eq!(text(&json!("(1,2)"), "cube"), "(1,2)");
        assert_eq!(text(&json!(7), "isbn"), "7");
        assert_eq!(text(&json!({"a": [1]}), "odd"), r#"{"a":[1]}"#);
    }

    #[test]
    fn what_does_not_fit_says_the_right_form() {
        assert!(refused(&json!({"a": {"b": 1}}), "hstore").contains("at .a"));
        assert!(refused(&json!([1, null]), "vector").contains("at [1]"));
        assert!(refused(&json!({"type": "Point"}), "geometry").contains("ST_GeomFromGeoJSON"));
    }

    #[test]
    fn arrays_of_vectors_and_geometries_are_written_their_way() {
        let array = |name| Type::new(format!("_{name}"), 50_001, Kind::Array(of(name)), "public".into());
        let vectors = parameter(&json!([[1, 2], [3, 4]]), &array("vector")).unwrap().unwrap();
        assert_eq!(vectors, r#"{"[1,2]","[3,4]"}"#);
        let points = parameter(&json!(["POINT(1 2)", "POINT(3 4)"]), &array("geometry")).unwrap().unwrap();
        assert_eq!(points, r#"{"POINT(1 2)":"POINT(3 4)"}"#);
    }
}
