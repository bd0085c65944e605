//! Composite types: objects by field name, arrays by position, or the server's literal in a string.
//!
//! Separate because names have to be checked against the type. A field that an object leaves out is NULL; one
//! that the type does not have is an error.

use postgres_types::Field;
use serde_json::Value;

use super::error::Misfit;
use super::literal;
use super::write::{self, Nullness};

pub(super) fn write(value: &Value, fields: &[Field], out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::String(text) if text.trim_start().starts_with('(') => {
            out.push_str(text);
            Ok(())
        }
        Value::Object(object) => {
            if let Some(unknown) = object.keys().find(|key| fields.iter().all(|field| field.name() != *key)) {
                return Err(Misfit::new(
                    value,
                    format!("there is no field \"{unknown}\": the fields are {}", names(fields)),
                ));
            }
            write_fields(fields.iter().map(|field| (field, object.get(field.name()))), out)
        }
        Value::Array(items) if items.len() == fields.len() => {
            write_fields(fields.iter().zip(items.iter().map(Some)), out)
        }
        _ => Err(Misfit::new(
            value,
            format!(
                "pass an object with the fields {}, or an array of {} values in that order",
                names(fields),
                fields.len()
            ),
        )),
    }
}

fn write_fields<'a>(
    fields: impl Iterator<Item = (&'a Field, Option<&'a Value>)>,
    out: &mut String,
) -> Result<(), Misfit> {
    let mut scratch = String::new();
    out.push('(');
    for (position, (field, value)) in fields.enumerate() {
        if position > 0 {
            out.push(',');
        }
        scratch.clear();
        let nullness = match value {
            Some(value) => write::write(value, field.type_(), &mut scratch)
                .map_err(|misfit| misfit.inside(format!(".{}", field.name())))?,
            None => Nullness::Null,
        };
        if nullness == Nullness::Value {
            literal::push_field(&scratch, out);
        }
    }
    out.push(')');
    Ok(())
}

fn names(fields: &[Field]) -> String {
    fields.iter().map(Field::name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::write::parameter;
    use postgres_types::{Field, Kind, Type};
    use serde_json::{Value, json};

    fn pair() -> Type {
        let fields = vec![Field::new("a".into(), Type::TEXT), Field::new("n".into(), Type::INT4)];
        Type::new("pair".into(), 50_000, Kind::Composite(fields), "public".into())
    }

    fn text(value: &Value) -> String {
        parameter(value, &pair()).unwrap().unwrap()
    }

    fn refused(value: &Value) -> String {
        parameter(value, &pair()).unwrap_err().at(1, "pair".to_owned()).to_string()
    }

    #[test]
    fn fields_go_by_name_or_by_position() {
        assert_eq!(text(&json!({"n": 1, "a": "x\"y\\"})), r#"("x""y\\","1")"#);
        assert_eq!(text(&json!({"a": ""})), r#"("",)"#);
        assert_eq!(text(&json!([null, 2])), r#"(,"2")"#);
        assert_eq!(text(&json!("(x,1)")), "(x,1)");
    }

    #[test]
    fn what_does_not_fit_names_the_fields() {
        assert!(refused(&json!({"b": 1})).contains("no field \"b\": the fields are a, n"));
        assert!(refused(&json!([1])).contains("an array of 2 values"));
        assert!(refused(&json!({"n": "x"})).contains("at .n"));
        assert!(refused(&json!(7)).contains("the fields a, n"));
    }
}
