//! How one result column is turned into JSON or text.
//!
//! Separate as the face of the decoders: a codec is chosen once per statement and then used for every row.
//! Invariant: on an error the output is left as it was.

use postgres_types::{FromSql, Type};

use super::decode::Decoder;
use super::error::DecodeError;

/// Decodes one result column; chosen once per statement and cheap to clone.
#[derive(Clone, Debug)]
pub struct ColumnCodec {
    decoder: Decoder,
}

impl ColumnCodec {
    /// Chooses the codec for a column of type `ty`.
    ///
    /// `None` when the type has no binary decoder here, or the server cannot send it in binary (`aclitem`):
    /// then ask the server for the column's `::text` form and use [`ColumnCodec::text`].
    pub fn for_type(ty: &Type) -> Option<ColumnCodec> {
        Decoder::for_type(ty).map(|decoder| ColumnCodec { decoder })
    }

    /// The codec of a column fetched as `::text`.
    pub fn text() -> ColumnCodec {
        ColumnCodec { decoder: Decoder::text() }
    }

    /// Whether a value may still end in [`DecodeError::NeedsTextForm`], because its types are known only
    /// from its bytes: anonymous records, alone or in arrays.
    pub fn may_need_text_form(&self) -> bool {
        self.decoder.learns_types_from_bytes()
    }

    /// Appends the value as JSON; NULL is `null`.
    ///
    /// Numbers keep every digit; NaN and the infinities are strings; timestamps are ISO 8601
    /// (`2026-11-22T10:00:00+00:00`; years before Christ keep PostgreSQL's form with ` BC`); `json` and
    /// `jsonb` are embedded (as strings where common parsers would refuse them: nested more than 100 deep, or
    /// holding half of a surrogate pair); arrays are arrays, composites and `hstore` objects, anonymous records arrays by
    /// position; every other type is a string holding PostgreSQL's text form (`bytea` as `\x…`).
    ///
    /// # Errors
    /// When the bytes are not the binary form of the column's type.
    pub fn write_json(&self, raw: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let Some(raw) = raw else {
            out.extend_from_slice(b"null");
            return Ok(());
        };
        let start = out.len();
        self.decoder.write_json(raw, out, 0).inspect_err(|_| out.truncate(start))
    }

    /// Appends the value in PostgreSQL's text output form, as psql shows it under `DateStyle` ISO,
    /// `IntervalStyle` postgres, `TimeZone` UTC; writes nothing and returns `false` for NULL.
    ///
    /// # Errors
    /// When the bytes are not the binary form of the column's type.
    pub fn write_text(&self, raw: Option<&[u8]>, out: &mut Vec<u8>) -> Result<bool, DecodeError> {
        let Some(raw) = raw else { return Ok(false) };
        let start = out.len();
        self.decoder.write_text(raw, out, 0).inspect_err(|_| out.truncate(start))?;
        Ok(true)
    }
}

/// A column's bytes, taken from a driver's row without copying, whatever the type.
#[derive(Clone, Copy)]
pub struct Raw<'a>(pub &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl std::fmt::Debug for Raw<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Raw({} bytes)", self.0.len())
    }
}
