//! One prepared statement run inside an open transaction, to its end: what it returned, as far as limits go, and what it
//! touched. A statement that writes is never cut short, only the rows of its answer are.

use std::{sync::Arc, time::Duration};

use futures_util::TryStreamExt;
use pg_policy::Vetted;
use tokio_postgres::Client;

use crate::{
    Error, Parameter,
    given::Bind,
    row_encoder::{RowEncoder, Shape},
    session::{Column, Prepared, classify, prepare},
    spans::StatementSpan,
};

/// How much of a statement's rows its answer keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// The shape of the rows.
    pub shape: Shape,
    /// Rows at most.
    pub rows: u64,
    /// Encoded bytes at most.
    pub bytes: usize,
    /// What becomes of rows past these.
    pub past: Past,
}

/// What becomes of rows that are more than an answer keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Past {
    /// They are counted, and the answer says so.
    Counted,
    /// The statement fails, and is undone.
    Fails,
    /// The same, of a statement whose caller wants one row at most.
    FailsAsSeveral,
}

/// What a statement did.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The columns that it returned, none where it returns no rows.
    pub columns: Arc<[Column]>,
    /// The kept rows, separated but not enclosed.
    pub bytes: Vec<u8>,
    /// How many rows are kept.
    pub kept: u64,
    /// How many rows it returned.
    pub returned: u64,
    /// How many rows it inserted, updated, deleted or merged.
    pub affected: u64,
}

pub(crate) use crate::session::PreparedCache as Cache;

/// Prepares, binds and runs one statement.
pub(crate) async fn run(
    client: &Client,
    cache: &mut Cache,
    vetted: &Vetted,
    parameters: &(impl Bind + ?Sized),
    kept: Kept,
    limit: Duration,
) -> Result<Ran, Error> {
    let prepared = prepare(client, cache, vetted, limit).await?;
    run_prepared(client, &prepared, vetted, parameters, kept, limit).await
}

/// Binds and runs a statement that is prepared on this backend.
pub(crate) async fn run_prepared(
    client: &Client,
    prepared: &Prepared,
    vetted: &Vetted,
    parameters: &(impl Bind + ?Sized),
    kept: Kept,
    limit: Duration,
) -> Result<Ran, Error> {
    let parameters = prepared.bind(parameters)?;
    let span = StatementSpan::begin(&prepared.summary);
    let ran = run_bound(client, prepared, vetted, parameters, kept, limit).await;
    match &ran {
        Ok(ran) => span.returned(ran.returned),
        Err(error) => span.failed(error),
    }
    ran
}

#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn run_bound(
    client: &Client,
    prepared: &Prepared,
    vetted: &Vetted,
    parameters: Vec<Parameter>,
    kept: Kept,
    limit: Duration,
) -> Result<Ran, Error> {
    let failed = |error: tokio_postgres::Error| prepared.relate(classify(&error, limit));
    let rows = client.query_raw(&prepared.statement, parameters).await.map_err(failed)?;
    let mut rows = std::pin::pin!(rows);
    let mut encoder = RowEncoder::new(kept.shape, Arc::clone(&prepared.columns));
    let mut ran =
        Ran { columns: Arc::clone(&prepared.columns), bytes: Vec::new(), kept: 0, returned: 0, affected: 0 };
    let mut full = false;
    while let Some(row) = rows.try_next().await.map_err(failed)? {
        ran.returned += 1;
        if full {
            continue;
        }
        let end = ran.bytes.len();
        if ran.kept > 0 {
            ran.bytes.extend_from_slice(encoder.separator());
        }
        encoder.row(&row, &mut ran.bytes)?;
        full = ran.kept >= kept.rows || ran.bytes.len() > kept.bytes;
        match kept.past {
            Past::FailsAsSeveral if full && ran.kept >= kept.rows => return Err(several()),
            Past::Fails | Past::FailsAsSeveral if full => return Err(too_many(ran.kept)),
            _ => {}
        }
        if full {
            ran.bytes.truncate(end);
        } else {
            ran.kept += 1;
        }
    }
    if vetted.kind().is_data_change() {
        ran.affected = rows.rows_affected().unwrap_or(ran.returned);
    }
    Ok(ran)
}

/// A result is to be had whole, and is larger than an answer may be.
pub(crate) fn too_many(rows: u64) -> Error {
    Error::Limited {
        rule: "limits.max_rows",
        problem: format!("the result has more than the {rows} rows that an answer may hold"),
        instead: "take the rows as a stream, narrow the statement, or raise `limits.max_rows` and `limits.max_bytes` of the \
                  connection"
            .to_owned(),
        retry_after: None,
    }
}

/// A result has more than the one row that its caller wants.
pub(crate) fn several() -> Error {
    Error::RowCount { wanted: "one row at most", found: "several rows" }
}
