//! A whole result that is kept at an address instead of answered.

use std::sync::Arc;

use pg_policy::Vetted;
use serde::Serialize;

use super::{ExecuteQueryInput, ExecuteQueryOutput, Truncated, output, stream_limits, truncated};
use crate::{
    Call, Connection, Error, KeptResult, Link, RowFormat,
    read::{Cut, PageLimits, Reading},
    row_encoder::{RowEncoder, Shape},
};

/// What can be done about a result that is cut.
const HINT: &str =
    "narrow the query, go on with WHERE key > the last one, or have `limits.max_result_bytes` raised";

/// Where all rows of a result can be read.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResultResource {
    /// The address of the resource.
    pub uri: String,
    /// What is read there: CSV with a header.
    pub mime_type: String,
    /// Its rows.
    pub row_count: u64,
    /// Its bytes.
    pub bytes: usize,
    /// Seconds for which it is kept.
    pub expires_in_s: u64,
}

impl ResultResource {
    fn of(result: &KeptResult) -> Self {
        Self {
            uri: result.uri.clone(),
            mime_type: KeptResult::MIME_TYPE.to_owned(),
            row_count: result.rows,
            bytes: result.text.len(),
            expires_in_s: result.left().as_secs(),
        }
    }

    pub(super) fn link(&self) -> Link {
        Link {
            uri: self.uri.clone(),
            name: "result".to_owned(),
            description: format!("{} rows, kept for {} seconds", self.row_count, self.expires_in_s),
            mime_type: self.mime_type.clone(),
            bytes: self.bytes,
        }
    }
}

/// Reads all rows of a read, as far as limits allow, and keeps them.
///
/// # Errors
/// An argument error for what is no read, and where nobody can come back for the result; what reading gives.
pub(super) async fn keep(
    call: &Call,
    connection: &Connection,
    read: Option<&Vetted>,
    input: &ExecuteQueryInput,
) -> Result<ExecuteQueryOutput, Error> {
    let Some(vetted) = read else {
        return Err(Error::argument(
            "only the result of a read is kept as a `resource`; this statement may write",
        ));
    };
    if !call.keeps_cursors() {
        return Err(Error::argument(
            "a `resource` is for a client that comes back to read it, over MCP; here, write the rows to a file: --format csv \
             -o FILE",
        ));
    }
    let most = connection.limits().max_result_bytes;
    let wanted = input.fetch_size.unwrap_or(u64::MAX);
    let shape = Shape::Lines(RowFormat::Csv);
    let piece = |rows: u64, bytes: usize| {
        let limits = stream_limits(wanted - rows);
        PageLimits { bytes: limits.bytes.min(most.saturating_sub(bytes)), ..limits }
    };
    // One row at first: how long the header is, which counts too, is known with it.
    let (mut reading, mut page) =
        Reading::open(connection, call, vetted, &input.params.0, shape, piece(0, most)).await?;
    let mut text = RowEncoder::new(shape, Arc::clone(reading.columns())).header();
    let mut answer = output(connection.id(), &Arc::clone(reading.columns()), Vec::new(), 0)?;
    let mut rows = 0;
    loop {
        let cut = match page.cut {
            _ if text.len() + page.bytes.len() > most => Some(Cut::Bytes),
            cut => {
                text.extend_from_slice(&page.bytes);
                rows += page.rows;
                cut.filter(|_| rows >= wanted)
            }
        };
        answer.notices.append(&mut page.notices);
        if let Some(cut) = cut {
            let limits = PageLimits { rows, bytes: most, largest: most };
            answer.truncated = Some(Truncated { hint: HINT.to_owned(), ..truncated(cut, limits, None) });
            break;
        }
        if page.cut.is_none() {
            break;
        }
        page =
            reading.page(call, piece(rows, text.len())).await.map_err(|error| error.on(connection.id()))?;
    }
    let text = String::from_utf8(text)
        .map_err(|_| Error::Driver { problem: "rows were written that are no text".to_owned() })?;
    call.service().count_rows(rows);
    call.trail().gave(rows);
    answer.resource =
        Some(ResultResource::of(&call.service().results().keep(connection.id(), rows, text)?));
    Ok(answer)
}
