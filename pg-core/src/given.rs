//! What is given for the parameters of a statement: JSON, to be encoded once the server has said the types, or Rust values that
//! were encoded for the types that it said.
//!
//! Separate because all ways to run a statement take either. Invariant: what was encoded for one type is never sent as another.

use std::sync::Arc;

use postgres_types::Type;
use serde_json::Value;

use crate::{
    BindError, Parameter,
    value::{self, bind},
};

/// What is given, as a statement's own task holds it. Cloning the encoded form is cheap.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// JSON values.
    Json(Vec<Value>),
    /// Encoded values.
    Encoded(Arc<Encoded>),
}

/// Rust values, encoded.
#[derive(Debug)]
pub(crate) struct Encoded {
    types: Vec<Type>,
    parameters: Vec<Parameter>,
}

impl Encoded {
    /// Encodes values for these types.
    ///
    /// # Errors
    /// As [`value::encode`].
    pub(crate) fn new(
        values: &[&(dyn postgres_types::ToSql + Sync)],
        types: Vec<Type>,
    ) -> Result<Self, BindError> {
        Ok(Self { parameters: value::encode(values, &types)?, types })
    }
}

impl From<Vec<Value>> for Given {
    fn from(values: Vec<Value>) -> Self {
        Given::Json(values)
    }
}

impl From<&[Value]> for Given {
    fn from(values: &[Value]) -> Self {
        Given::Json(values.to_vec())
    }
}

impl<const N: usize> From<&[Value; N]> for Given {
    fn from(values: &[Value; N]) -> Self {
        Given::Json(values.to_vec())
    }
}

impl From<&Vec<Value>> for Given {
    fn from(values: &Vec<Value>) -> Self {
        Given::Json(values.clone())
    }
}

/// What can be made the parameters of a statement.
pub(crate) trait Bind: Sync {
    /// The parameters for these types.
    ///
    /// # Errors
    /// As [`bind`], and [`BindError::TypesChanged`].
    fn bind(&self, types: &[Type]) -> Result<Vec<Parameter>, BindError>;
}

impl Bind for [Value] {
    fn bind(&self, types: &[Type]) -> Result<Vec<Parameter>, BindError> {
        bind(self, types)
    }
}

impl Bind for Vec<Value> {
    fn bind(&self, types: &[Type]) -> Result<Vec<Parameter>, BindError> {
        bind(self, types)
    }
}

impl<const N: usize> Bind for [Value; N] {
    fn bind(&self, types: &[Type]) -> Result<Vec<Parameter>, BindError> {
        bind(self, types)
    }
}

impl Bind for Given {
    fn bind(&self, types: &[Type]) -> Result<Vec<Parameter>, BindError> {
        match self {
            Given::Json(values) => bind(values, types),
            Given::Encoded(encoded) => {
                let same = encoded.types.len() == types.len()
                    && encoded.types.iter().zip(types).all(|(one, other)| one.oid() == other.oid());
                if same { Ok(encoded.parameters.clone()) } else { Err(BindError::TypesChanged) }
            }
        }
    }
}
