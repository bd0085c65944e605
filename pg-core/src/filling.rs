//! Rows that a program makes while they are sent: several tables filled by COPY, and statements between them, in one transaction.
//!
//! Separate from [`copy_in`](crate::copy_in), which reads what somebody wrote and finds the row that is wrong. Invariant: everything is
//! written, or nothing; no more than a block of rows is in memory.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::{FutureExt, SinkExt};
use pg_policy::Vetted;
use postgres_types::Type;
use serde_json::Value;
use tokio_postgres::Client;

use crate::{
    Call, Connection, Error,
    bulk::{Instead, choose_copy},
    row_encoder::Shape,
    session::{Begin, Prepared, classify, on_session, prepare},
    statement::{Kept, Past, run_prepared},
    write::commit,
};

/// Bytes of one COPY: each must end within the time limit of statements, however many rows there are.
const ONE_COPY: usize = 32 << 20;

/// Lines of COPY's text format, each block with whole lines.
pub type Lines = Box<dyn Iterator<Item = Bytes> + Send>;

/// A step of [`Connection::fill`].
pub enum Filling {
    /// Rows for a table.
    Rows {
        /// The INSERT of one row that says which columns are filled and is judged in place of the COPY.
        insert: Vetted,
        /// The rows.
        lines: Lines,
    },
    /// A statement.
    Run {
        /// The statement.
        statement: Vetted,
        /// Its parameters.
        parameters: Vec<Value>,
    },
}

impl fmt::Debug for Filling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Filling").field(&self.statement().kind()).finish()
    }
}

impl Filling {
    fn statement(&self) -> &Vetted {
        match self {
            Filling::Rows { insert, .. } => insert,
            Filling::Run { statement, .. } => statement,
        }
    }
}

/// A step, with the COPY that stands in for its INSERT.
enum Step {
    Rows(Vetted, Lines),
    Run(Vetted, Vec<Value>),
}

impl Connection {
    /// Does these steps in one transaction, and tells how many rows each one wrote.
    ///
    /// # Errors
    /// [`Error::Access`]; an argument error where a table has rules or row security, which COPY does not know; what the server says, and
    /// then nothing was written; [`Error::OutcomeUnknown`] where the connection was lost while committing.
    pub async fn fill(&self, call: &Call, steps: Vec<Filling>) -> Result<Vec<u64>, Error> {
        let mut ready = Vec::with_capacity(steps.len());
        for step in steps {
            self.admit(call, step.statement()).await?;
            ready.push(match step {
                Filling::Rows { insert, lines } => Step::Rows(self.copy_for(call, &insert).await?, lines),
                Filling::Run { statement, parameters } => Step::Run(statement, parameters),
            });
        }
        let filled = on_session(self, call, move |backend| {
            async move {
                let limit = backend.statement_timeout();
                let (transaction, cache) = backend.begin(Begin::WRITE).await?;
                let client = transaction.client();
                let mut written = Vec::with_capacity(ready.len());
                for step in ready {
                    written.push(match step {
                        Step::Rows(copy, lines) => {
                            let copy = prepare(client, cache, &copy, limit).await?;
                            copied(client, &copy, lines)
                                .await
                                .map_err(|error| copy.relate(classify(&error, limit)))?
                        }
                        Step::Run(statement, parameters) => {
                            let prepared = prepare(client, cache, &statement, limit).await?;
                            let kept =
                                Kept { shape: Shape::Wire, rows: 0, bytes: usize::MAX, past: Past::Counted };
                            let parameters = parameters.as_slice();
                            run_prepared(client, &prepared, &statement, parameters, kept, limit)
                                .await?
                                .affected
                        }
                    });
                }
                commit(transaction, limit).await?;
                Ok(written)
            }
            .boxed()
        })
        .await
        .map_err(|mut error| {
            self.hide_rows(&mut error);
            error.on(self.id())
        })?;
        call.trail().changed(filled.iter().sum());
        Ok(filled)
    }

    async fn copy_for(&self, call: &Call, insert: &Vetted) -> Result<Vetted, Error> {
        match choose_copy(self, call, insert, &[] as &[Type]).await? {
            Some(Instead::Copy(copy)) => Ok(copy),
            _ => Err(Error::argument(format!(
                "{} cannot be filled by COPY: it has rules or row security; fill it by batch_execute",
                insert
                    .relations()
                    .iter()
                    .map(|relation| relation.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ))
            .on(self.id())),
        }
    }
}

/// Sends all lines, in as many COPYs as it takes.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn copied(
    client: &Client,
    copy: &Arc<Prepared>,
    mut lines: Lines,
) -> Result<u64, tokio_postgres::Error> {
    let mut rows = 0;
    let mut block = lines.next();
    while block.is_some() {
        let mut sink = std::pin::pin!(client.copy_in::<_, Bytes>(&copy.statement).await?);
        let mut sent = 0;
        while let Some(lines_of_block) = block.take() {
            sent += lines_of_block.len();
            sink.send(lines_of_block).await?;
            block = lines.next();
            if sent >= ONE_COPY {
                break;
            }
        }
        rows += sink.finish().await?;
    }
    Ok(rows)
}

/// Appends a row in COPY's text format: its values in turn, then the line's end.
pub fn write_line<'a>(values: impl Iterator<Item = Option<&'a str>>, out: &mut bytes::BytesMut) {
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.extend_from_slice(b"\t");
        }
        match value {
            Some(text) => crate::bulk::write_field(text.as_bytes(), out),
            None => crate::bulk::write_null(out),
        }
    }
    out.extend_from_slice(b"\n");
}
