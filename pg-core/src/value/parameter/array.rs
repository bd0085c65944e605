//! Arrays: JSON arrays, nested for several dimensions, or the server's literal in a string.
//!
//! Separate because dimensions have to be checked before anything is written. Invariant: every level of
//! nesting has one length, as the server demands.

use postgres_types::{Kind, Type};
use serde_json::Value;

use super::error::Misfit;
use super::write::{self, Nullness};
use super::{extension, literal};

/// As many dimensions as the server allows.
const MOST_DIMENSIONS: usize = 6;

pub(super) fn write(value: &Value, element: &Type, out: &mut String) -> Result<(), Misfit> {
    match value {
        Value::Array(items) => {
            let lengths = if write::takes_arrays(element) { vec![items.len()] } else { lengths(value)? };
            if lengths.contains(&0) {
                out.push_str("{}");
                return Ok(());
            }
            let array = Array { element, delimiter: delimiter(element) };
            array.write_level(items, &lengths, out)
        }
        // A literal, with or without bounds ("[0:1]={1,2}").
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            out.push_str(text);
            Ok(())
        }
        _ => Err(Misfit::new(value, "pass an array, for example [1, 2], or a literal such as \"{1,2}\"")),
    }
}

/// How long each dimension is, judged by the first element of each; the rest is checked when it is written.
fn lengths(value: &Value) -> Result<Vec<usize>, Misfit> {
    let mut lengths = Vec::new();
    let mut next = Some(value);
    while let Some(Value::Array(items)) = next {
        lengths.push(items.len());
        next = items.first();
        if lengths.len() > MOST_DIMENSIONS {
            return Err(Misfit::new(value, "pass an array of at most 6 dimensions"));
        }
    }
    Ok(lengths)
}

struct Array<'a> {
    element: &'a Type,
    delimiter: char,
}

impl Array<'_> {
    fn write_level(&self, items: &[Value], lengths: &[usize], out: &mut String) -> Result<(), Misfit> {
        let inner = lengths.get(1..).unwrap_or_default();
        let mut scratch = String::new();
        out.push('{');
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                out.push(self.delimiter);
            }
            let step = || format!("[{position}]");
            match (inner.first(), item) {
                (None, Value::Array(_)) if !write::takes_arrays(self.element) => {
                    return Err(ragged(item).inside(step()));
                }
                (None, _) => {
                    self.write_element(item, &mut scratch, out).map_err(|misfit| misfit.inside(step()))?;
                }
                (Some(&length), Value::Array(items)) if items.len() == length => {
                    self.write_level(items, inner, out).map_err(|misfit| misfit.inside(step()))?;
                }
                (Some(_), _) => return Err(ragged(item).inside(step())),
            }
        }
        out.push('}');
        Ok(())
    }

    fn write_element(&self, item: &Value, scratch: &mut String, out: &mut String) -> Result<(), Misfit> {
        scratch.clear();
        match write::write(item, self.element, scratch)? {
            Nullness::Value => literal::push_array_element(scratch, out),
            Nullness::Null => out.push_str("NULL"),
        }
        Ok(())
    }
}

/// The literal of an array of these text forms of `element`.
pub(super) fn of_texts<'a>(texts: impl Iterator<Item = Option<&'a str>>, element: &Type) -> String {
    let delimiter = delimiter(element);
    let mut out = String::from("{");
    for (position, text) in texts.enumerate() {
        if position > 0 {
            out.push(delimiter);
        }
        match text {
            Some(text) => literal::push_array_element(text, &mut out),
            None => out.push_str("NULL"),
        }
    }
    out.push('}');
    out
}

fn ragged(item: &Value) -> Misfit {
    Misfit::new(item, "pass arrays of equal length and depth within one array, for example [[1, 2], [3, 4]]")
}

fn delimiter(element: &Type) -> char {
    match element.kind() {
        Kind::Domain(base) => delimiter(base),
        _ if *element == Type::BOX => ';',
        _ => extension::delimiter(element),
    }
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
    fn elements_are_quoted_where_they_must_be() {
        assert_eq!(text(&json!([1, null, "3"]), &Type::INT4_ARRAY), "{1,NULL,3}");
        assert_eq!(
            text(&json!(["", "null", "a b", "q\"b\\", "x,y", "{"]), &Type::TEXT_ARRAY),
            r#"{"","null","a b","q\"b\\","x,y","{"}"#
        );
        assert_eq!(
            text(&json!(["(1,1),(0,0)", "(2,2),(1,1)"]), &Type::BOX_ARRAY),
            r#"{"(1,1),(0,0)";"(2,2),(1,1)"}"#
        );
    }

    #[test]
    fn nesting_is_dimensions() {
        assert_eq!(text(&json!([[1, 2], [3, null]]), &Type::INT4_ARRAY), "{{1,2},{3,NULL}}");
        assert_eq!(text(&json!([]), &Type::INT4_ARRAY), "{}");
        assert_eq!(text(&json!([[], []]), &Type::INT4_ARRAY), "{}");
        assert_eq!(text(&json!("[0:1]={1,2}"), &Type::INT4_ARRAY), "[0:1]={1,2}");
    }

    #[test]
    fn arrays_of_json_have_one_dimension() {
        assert_eq!(
            text(&json!([[1, "a"], {"b": 2}, null, "null"]), &Type::JSONB_ARRAY),
            r#"{"[1,\"a\"]","{\"b\":2}",NULL,"null"}"#
        );
    }

    #[test]
    fn ragged_arrays_are_refused_where_they_differ() {
        for value in [json!([[1, 2], [3]]), json!([[1], 2]), json!([1, [2]]), json!([[1], null])] {
            let error = refused(&value, &Type::INT4_ARRAY);
            assert!(error.contains("at [1]") && error.contains("equal length"), "{error}");
        }
        assert!(refused(&json!([[[[[[[1]]]]]]]), &Type::INT4_ARRAY).contains("6 dimensions"));
    }

    #[test]
    fn a_misfit_names_the_element() {
        let error = refused(&json!([[1, 2], [3, "x"]]), &Type::INT4_ARRAY);
        assert!(error.contains("string \"x\" at [1][1]"), "{error}");
        assert!(refused(&json!(1), &Type::INT4_ARRAY).contains("[1, 2]"));
        assert!(refused(&json!("1,2"), &Type::INT4_ARRAY).contains("{1,2}"));
    }
}
