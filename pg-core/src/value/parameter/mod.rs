//! JSON parameters made ready for the types that the server reported.
//!
//! Separate from decoding because the way in is text: each value is written in its type's own literal form,
//! which the server parses. Invariant: what the server would read as something else than the JSON says is
//! refused here, with the position, the expected type and the right form.
//!
//! One rule holds for all types: a JSON *string* is the type's text form, as between quotes in SQL. The other
//! JSON forms (numbers, booleans, arrays, objects) are conveniences where they have one meaning.

mod array;
mod bind;
mod bytes;
mod composite;
mod error;
mod extension;
mod label;
mod literal;
mod number;
mod range;
mod scalar;
mod write;

pub(crate) use bind::encode;
pub use bind::{Parameter, bind};
pub use error::{BindError, ParameterError};
