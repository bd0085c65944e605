//! Values: JSON parameters on their way in, column bytes on their way out.
//!
//! Separate from sessions and statements because nothing here does I/O: a type, a JSON value or some
//! bytes go in, text comes out. Invariant: no value loses a digit, and no input, however malformed,
//! causes a panic.

mod column;
mod decode;
mod error;
mod json;
mod parameter;
mod type_name;

pub use column::{ColumnCodec, Raw};
pub use error::DecodeError;
pub use json::write_json_string;
pub(crate) use parameter::encode;
pub use parameter::{BindError, Parameter, ParameterError, bind};
pub use type_name::type_name;
