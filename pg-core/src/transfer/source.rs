//! The reading side of a job: takes ranges, and sends their rows to its writing side as they come from the wire.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use serde::Deserialize;
use tokio::sync::{Mutex, mpsc};
use tokio_postgres::{Client, IsolationLevel};

use super::{
    encode::{self, Form},
    plan::{ByBounds, SourcePlan},
    ranges::Range,
    run::Outcome,
    staged::{AnyStage, TextRow, UnderWay},
};
use crate::{
    Error, Parameter,
    row_encoder::Shape,
    session::{Backend, classify, prepare},
    statement::{Cache, Kept, Past, run},
    value,
};

/// Bytes of rows that travel together.
const PIECE: usize = 64 << 10;
/// Pieces that wait for the writing side.
const AHEAD: usize = 4;
/// Rows that travel together as values.
const VALUES: usize = 2048;
/// Rows that travel together through a stage: as many as are written at once.
const STAGED: usize = 4096;

/// The count and hash of rows, whatever their order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Digest {
    /// How many rows.
    pub rows: String,
    /// The sum of their hashes.
    pub hash: String,
}

/// What the writing side of a job gets of a range.
#[derive(Debug)]
pub(super) enum Piece {
    /// Bytes of a COPY.
    Bytes(Bytes),
    /// Rows as parameters.
    Rows(Vec<Vec<Parameter>>),
    /// Rows that a stage has in hand.
    Staged(Box<dyn UnderWay>),
    /// The range is whole: so many rows, and their digest. A range that ends without this is not.
    End {
        /// How many rows were sent.
        rows: u64,
        /// Their count and hash, as the server says.
        digest: Option<Digest>,
    },
}

/// What the writing side of a job gets.
#[derive(Debug)]
pub(super) enum Feed {
    /// A range, and where its rows come from.
    Range(Range, mpsc::Receiver<Piece>),
    /// There are no more ranges.
    Finish,
}

/// What the reading side of a job works with.
pub(super) struct Reader {
    pub plan: SourcePlan,
    pub form: Form,
    /// What happens to rows on the way.
    pub stage: Option<Arc<dyn AnyStage>>,
    /// The snapshot that all jobs read.
    pub snapshot: String,
    /// Is dropped once the snapshot is taken.
    pub taken: Option<mpsc::Sender<()>>,
    /// The ranges of all jobs.
    pub ranges: Arc<Mutex<mpsc::Receiver<Range>>>,
    /// What became of the other sessions.
    pub outcome: Arc<Outcome>,
    /// The writing side.
    pub feed: mpsc::Sender<Feed>,
}

impl Reader {
    /// Rows given to the stage.
    fn staged(&self, rows: Vec<TextRow>) -> Result<Piece, Error> {
        let stage = self.stage.clone().ok_or_else(|| Error::Driver { problem: "no stage".to_owned() })?;
        Ok(Piece::Staged(stage.begin(rows)))
    }
}

/// Reads ranges until there are none. It ends early, without an error, when the writing side has gone.
pub(super) async fn read(backend: &mut Backend, mut reader: Reader) -> Result<(), Error> {
    let limit = backend.statement_timeout();
    let (client, cache) = backend.own_parts()?;
    let driver = |error: tokio_postgres::Error| classify(&error, limit);
    let transaction = client
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await
        .map_err(driver)?;
    import(transaction.client(), &reader.snapshot, limit).await?;
    drop(reader.taken.take());
    settle_text(transaction.client()).await.map_err(driver)?;
    loop {
        if reader.outcome.has_failed() {
            return Ok(());
        }
        let Some(range) = reader.ranges.lock().await.recv().await else { break };
        let (pieces, wanted) = mpsc::channel(AHEAD);
        if reader.feed.send(Feed::Range(range.clone(), wanted)).await.is_err() {
            return Ok(());
        }
        let rows = rows(transaction.client(), cache, &reader, &range, &pieces, limit).await?;
        let digest = match &reader.plan.digest {
            Some(statements) => Some(digest(transaction.client(), cache, statements, &range, limit).await?),
            None => None,
        };
        if pieces.send(Piece::End { rows, digest }).await.is_err() {
            return Ok(());
        }
    }
    if !reader.outcome.is_found() {
        // The finder of ranges has failed, and says why: what came is not all.
        return Err(Error::Lost { last_words: None });
    }
    // A writing side that has gone has said why.
    let _told = reader.feed.send(Feed::Finish).await;
    Ok(())
}

/// Sends the rows of a range, and gives how many they were.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn rows(
    client: &Client,
    cache: &mut Cache,
    reader: &Reader,
    range: &Range,
    pieces: &mpsc::Sender<Piece>,
    limit: Duration,
) -> Result<u64, Error> {
    let driver = |error: tokio_postgres::Error| classify(&error, limit);
    let form = reader.form;
    let prepared = prepare(client, cache, range.choose(&reader.plan.rows), limit).await?;
    let parameters = value::bind(&range.parameters(), prepared.statement.params())?;
    let rows = client.query_raw(&prepared.statement, parameters).await.map_err(driver)?;
    let mut rows = std::pin::pin!(rows);
    let mut bytes = BytesMut::with_capacity(PIECE + 4096);
    let mut values = Vec::new();
    let mut cells = Vec::new();
    let mut scratch = Vec::new();
    let mut count = 0;
    if form == Form::Binary {
        bytes.extend_from_slice(encode::HEADER);
    }
    while let Some(row) = rows.try_next().await.map_err(driver)? {
        count += 1;
        match form {
            Form::Binary => encode::binary(&row, &mut bytes)?,
            Form::Text => encode::text(&row, &prepared.columns, &mut scratch, &mut bytes)?,
            Form::Values => values.push(encode::values(&row, &prepared.columns, &mut scratch)?),
            Form::Staged => cells.push(encode::cells(&row, &prepared.columns, &mut scratch)?),
        }
        let piece = if bytes.len() >= PIECE {
            Piece::Bytes(bytes.split().freeze())
        } else if values.len() >= VALUES {
            Piece::Rows(std::mem::take(&mut values))
        } else if cells.len() >= STAGED {
            reader.staged(std::mem::take(&mut cells))?
        } else {
            continue;
        };
        if pieces.send(piece).await.is_err() {
            return Ok(count);
        }
    }
    if form == Form::Binary {
        bytes.extend_from_slice(encode::TRAILER);
    }
    // Where the writing side has gone, so will this at its next piece.
    let _sent = match form {
        Form::Values => pieces.send(Piece::Rows(values)).await,
        Form::Staged => pieces.send(reader.staged(cells)?).await,
        Form::Binary | Form::Text => pieces.send(Piece::Bytes(bytes.freeze())).await,
    };
    Ok(count)
}

/// The count and hash of the rows of a range, on either side.
pub(super) async fn digest(
    client: &Client,
    cache: &mut Cache,
    statements: &ByBounds,
    range: &Range,
    limit: Duration,
) -> Result<Digest, Error> {
    let kept = Kept { shape: Shape::Objects, rows: 1, bytes: 1 << 10, past: Past::Counted };
    let ran = run(client, cache, range.choose(statements), &range.parameters(), kept, limit).await?;
    serde_json::from_slice(&ran.bytes).map_err(|source| Error::Row { source })
}

/// Sets, for the transaction, what the text of a value depends on and a role may have set in its own way.
#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(super) async fn settle_text(client: &Client) -> Result<(), tokio_postgres::Error> {
    client.execute_typed("SET LOCAL TimeZone = 'UTC'", &[]).await.map(drop)
}

/// Makes the transaction see what the snapshot shows.
#[expect(
    clippy::disallowed_methods,
    reason = "the name is one of the server's, of digits, letters and dashes"
)]
pub(super) async fn import(client: &Client, snapshot: &str, limit: Duration) -> Result<(), Error> {
    if snapshot.is_empty() || !snapshot.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Error::Driver { problem: "the snapshot has a name that no server gives".to_owned() });
    }
    let text = format!("SET TRANSACTION SNAPSHOT '{snapshot}'");
    client.execute_typed(&text, &[]).await.map(drop).map_err(|error| classify(&error, limit))
}
