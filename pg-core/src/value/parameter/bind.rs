//! One JSON parameter as the driver takes it, and the binding of a whole list.
//!
//! Separate because it is the face of the module. Invariant: a parameter goes to the server in text, and its
//! value never shows in `Debug`.

use bytes::{Bytes, BytesMut};
use postgres_types::{Format, IsNull, ToSql, Type, to_sql_checked};
use serde_json::Value;

use super::error::{BindError, ParameterError};
use super::{array, write};
use crate::value::type_name;

/// One parameter as it goes to the server: made of JSON, in the text form of the type that the server reported, or by a Rust
/// value for that type.
#[derive(Clone)]
pub struct Parameter(Form);

#[derive(Clone)]
enum Form {
    Null,
    Text(String),
    Encoded(Bytes, IsText),
}

/// Whether a Rust value was encoded as text.
type IsText = bool;

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
            .map(Parameter::of_text)
            .map_err(|misfit| misfit.at(position, type_name(ty)))
    }
}

impl Parameter {
    /// Makes the parameter `$position` of type `ty` from a Rust value.
    ///
    /// # Errors
    /// When the value does not encode as the type.
    pub(crate) fn from_sql(
        position: usize,
        value: &(dyn ToSql + Sync),
        ty: &Type,
    ) -> Result<Parameter, BindError> {
        let mut bytes = BytesMut::new();
        match value.to_sql_checked(ty, &mut bytes) {
            Ok(IsNull::Yes) => Ok(Parameter(Form::Null)),
            Ok(IsNull::No) => {
                let is_text = matches!(value.encode_format(ty), Format::Text);
                Ok(Parameter(Form::Encoded(bytes.freeze(), is_text)))
            }
            Err(problem) => {
                Err(BindError::Encode { position, expected: type_name(ty), problem: problem.to_string() })
            }
        }
    }

    /// The text form of a parameter that was made of JSON; `None` is SQL NULL.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.0 {
            Form::Text(text) => Some(text),
            Form::Null | Form::Encoded(..) => None,
        }
    }

    /// A value that is in its type's text form already; `None` is SQL NULL.
    pub(crate) fn of_text(text: Option<String>) -> Parameter {
        Parameter(text.map_or(Form::Null, Form::Text))
    }

    /// An array of parameters that were made for the type `element`.
    pub(crate) fn array<'a>(
        parameters: impl Iterator<Item = Option<&'a Parameter>>,
        element: &Type,
    ) -> Parameter {
        let texts = parameters.map(|parameter| parameter.and_then(Parameter::text));
        Parameter(Form::Text(array::of_texts(texts, element)))
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(if matches!(self.0, Form::Null) { "Parameter(NULL)" } else { "Parameter(…)" })
    }
}

impl ToSql for Parameter {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let bytes = match &self.0 {
            Form::Null => return Ok(IsNull::Yes),
            Form::Text(text) => text.as_bytes(),
            Form::Encoded(bytes, _) => bytes,
        };
        out.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        match self.0 {
            Form::Encoded(_, false) => Format::Binary,
            Form::Null | Form::Text(_) | Form::Encoded(..) => Format::Text,
        }
    }

    to_sql_checked!();
}

/// Makes a statement's parameters from JSON values, one for each of its types.
///
/// # Errors
/// When there are more or fewer values than types, or a value does not fit its type.
pub fn bind(values: &[Value], types: &[Type]) -> Result<Vec<Parameter>, BindError> {
    as_many(values.len(), types)?;
    let parameters = (1..).zip(values).zip(types);
    parameters.map(|((position, value), ty)| Ok(Parameter::from_json(position, value, ty)?)).collect()
}

/// Makes a statement's parameters from Rust values, one for each of its types.
///
/// # Errors
/// When there are more or fewer values than types, or a value does not encode as its type.
pub(crate) fn encode(values: &[&(dyn ToSql + Sync)], types: &[Type]) -> Result<Vec<Parameter>, BindError> {
    as_many(values.len(), types)?;
    let parameters = (1..).zip(values).zip(types);
    parameters.map(|((position, value), ty)| Parameter::from_sql(position, *value, ty)).collect()
}

fn as_many(given: usize, types: &[Type]) -> Result<(), BindError> {
    if given == types.len() {
        return Ok(());
    }
    Err(BindError::Count { expected: types.len(), given, advice: advice(given, types) })
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
