//! What can go wrong when a column's bytes are decoded.
//!
//! Separate so that every decoder shares one small error. Invariant: it never carries the bytes themselves.

use postgres_types::Oid;

/// Says why a column's bytes could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end before the type's binary form is complete.
    #[error("the server's bytes end before the value is complete")]
    Truncated,
    /// The bytes are not the binary form of the type.
    #[error("the server's bytes are not a valid {expected}")]
    Malformed {
        /// What the bytes should have been.
        expected: &'static str,
    },
    /// Text that is not UTF-8, although the client encoding is UTF8.
    #[error("the server's text is not valid UTF-8; set client_encoding to UTF8")]
    NotUtf8,
    /// An anonymous record holds a type without a binary decoder: ask for the column as `::text`.
    #[error("type {oid} inside this value has no binary decoder; select the column as ::text")]
    NeedsTextForm {
        /// The inner type's OID.
        oid: Oid,
    },
    /// Records are nested deeper than the decoder follows.
    #[error("records are nested more than {limit} deep; select the column as ::text")]
    TooDeep {
        /// How many levels are followed.
        limit: usize,
    },
}
