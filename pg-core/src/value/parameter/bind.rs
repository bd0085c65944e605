//! One JSON parameter as the driver takes it, and the binding of a whole list.
//!
//! Separate because it is the face of the module. Invariant: a parameter goes to the server in text, and its
//! value never shows in `Debug`.

use bytes::BytesMut;
use postgres_types::{Format, IsNull, ToSql, Type, to_sql_checked};
use serde_json::Value;

use super::error::{BindError, ParameterError};
use super::{array, write};
use crate::value::type_name;

/// One JSON parameter in the text form of the type that the server reported.
pub struct Parameter {
    text: Option<String>,
}

impl Parameter {
    /// Makes the parameter `$position` of type `ty` from a JSON value.
    ///
    /// A JSON string is the type's text form, as between quotes in SQL: this holds for `json` and `jsonb` too,
    /// where the string `"null"` is JSON's null and `"\"abc\""` a JSON string, and for arrays (`"{1,2}"`) and
    /// ranges (`"[1,5)"`). JSON `null` is SQL NULL for every type.
    ///
    /// # Errors
    /// When the value does not fit the type.
    pub fn from_json(position: usize, value: &Value, ty: &Type) -> Result<Parameter, ParameterError> {
        write::parameter(value, ty)
            .map(|text| Parameter { text })
            .map_err(|misfit| misfit.at(position, type_name(ty)))
    }
}

impl Parameter {
    /// The text form; `None` is SQL NULL.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// A value that is in its type's text form already; `None` is SQL NULL.
    pub(crate) fn of_text(text: Option<String>) -> Parameter {
        Parameter { text }
    }

    /// An array of parameters that were made for the type `element`.
    pub(crate) fn array<'a>(
        parameters: impl Iterator<Item = Option<&'a Parameter>>,
        element: &Type,
    ) -> Parameter {
        let texts = parameters.map(|parameter| parameter.and_then(Parameter::text));
        Parameter { text: Some(array::of_texts(texts, element)) }
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if self.text.is_some() { "Parameter(…)" } else { "Parameter(NULL)" })
    }
}

impl ToSql for Parameter {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.text {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// Makes a statement's parameters from JSON values, one for each of its types.
///
/// # Errors
/// When there are more or fewer values than types, or a value does not fit its type.
pub fn bind(values: &[Value], types: &[Type]) -> Result<Vec<Parameter>, BindError> {
    if values.len() != types.len() {
        return Err(BindError::Count {
            expected: types.len(),
            given: values.len(),
            advice: advice(values.len(), types),
        });
    }
    let parameters = (1..).zip(values).zip(types);
    parameters.map(|((position, value), ty)| Ok(Parameter::from_json(position, value, ty)?)).collect()
}

/// Missing parameters that a message names.
const NAMED: usize = 10;

fn advice(given: usize, types: &[Type]) -> String {
    if given > types.len() {
        return match types.len() {
            0 => "pass none, or use $1 in the statement".to_owned(),
            used => format!("leave out the last {}, or use ${} in the statement", given - used, used + 1),
        };
    }
    let missing = (1..).zip(types).skip(given);
    let named: Vec<String> =
        missing.take(NAMED).map(|(position, ty)| format!("${position} ({})", type_name(ty))).collect();
    let more = if types.len() - given > NAMED { " and the rest" } else { "" };
    format!("add a value for {}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_count_names_the_parameters() {
        let error = bind(&[json!(1)], &[Type::INT4, Type::TEXT, Type::DATE]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the statement takes 3 parameters, found 1; add a value for $2 (text), $3 (date)"
        );
        let error = bind(&[json!(1), json!(2)], &[Type::INT4]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the statement takes 1 parameter, found 2; leave out the last 1, or use $2 in the statement"
        );
        let error = bind(&[json!(1)], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the statement takes no parameters, found 1; pass none, or use $1 in the statement"
        );
    }

    #[test]
    fn debug_hides_the_value() {
        let parameter = Parameter::from_json(1, &json!("hunter2"), &Type::TEXT).unwrap();
        assert_eq!(format!("{parameter:?}"), "Parameter(…)");
    }

    #[test]
    fn a_misfit_names_its_position_and_type() {
        let error = bind(&[json!(1), json!("abc")], &[Type::INT4, Type::INT4]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "parameter $2: expected integer, found string \"abc\"; pass a whole number between \
             -2147483648 and 2147483647, for example 42"
        );
    }
}
