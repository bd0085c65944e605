//! The writing side of a job: each range in a transaction of its own with its line in the ledger; or, without a ledger, all
//! ranges in one.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::SinkExt;
use tokio::sync::mpsc;
use tokio_postgres::{Client, Transaction};

use super::{
    ledger::Ledger,
    plan::TargetPlan,
    ranges::Range,
    run::Counter,
    source::{Digest, Feed, Piece, digest, settle_text},
    staged::staged,
};
use crate::{
    Error,
    bulk::{Instead, Row, Way},
    session::{Backend, classify, prepare},
    statement::Cache,
    write::commit,
};

/// What the writing side of a job works with.
pub(super) struct Writer {
    pub plan: TargetPlan,
    pub ledger: Option<Ledger>,
    /// The reading side.
    pub feed: mpsc::Receiver<Feed>,
    /// Counts rows that are in.
    pub counter: Arc<Counter>,
}

/// Writes what the reading side sends.
pub(super) async fn write(backend: &mut Backend, mut writer: Writer) -> Result<(), Error> {
    let limit = backend.statement_timeout();
    let (client, cache) = backend.own_parts()?;
    let Some(ledger) = writer.ledger.take() else {
        let mut transaction = begin(client, writer.plan.insert.is_none(), limit).await?;
        while let Some((range, pieces)) = writer.next().await? {
            let brought = one(&mut transaction, cache, &writer.plan, None, &range, pieces, limit).await?;
            writer.counter.add(brought);
        }
        return commit(transaction, limit).await;
    };
    while let Some((range, pieces)) = writer.next().await? {
        let mut transaction = begin(client, writer.plan.insert.is_none(), limit).await?;
        let brought =
            one(&mut transaction, cache, &writer.plan, Some(&ledger), &range, pieces, limit).await?;
        commit(transaction, limit).await?;
        writer.counter.add(brought);
    }
    Ok(())
}

impl Writer {
    /// The next range; `None` when there are no more.
    async fn next(&mut self) -> Result<Option<(Range, mpsc::Receiver<Piece>)>, Error> {
        match self.feed.recv().await {
            Some(Feed::Range(range, pieces)) => Ok(Some((range, pieces))),
            Some(Feed::Finish) => Ok(None),
            // The reading side has failed, and says why.
            None => Err(Error::Lost { last_words: None }),
        }
    }
}

async fn begin(client: &mut Client, reads_only: bool, limit: Duration) -> Result<Transaction<'_>, Error> {
    let failed = |error: tokio_postgres::Error| classify(&error, limit);
    let transaction = client.build_transaction().read_only(reads_only).start().await.map_err(failed)?;
    settle_text(transaction.client()).await.map_err(failed)?;
    Ok(transaction)
}

/// How many rows a range brought.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brought {
    /// Rows that were read.
    pub read: u64,
    /// Rows that the table was filled with.
    pub affected: u64,
}

async fn one(
    transaction: &mut Transaction<'_>,
    cache: &mut Cache,
    plan: &TargetPlan,
    ledger: Option<&Ledger>,
    range: &Range,
    mut pieces: mpsc::Receiver<Piece>,
    limit: Duration,
) -> Result<Brought, Error> {
    // Rows of a stage are written by it.
    let Some(insert) = plan.insert.as_ref().filter(|_| !plan.staged) else {
        return staged(transaction, cache, plan, ledger, range, pieces, limit).await;
    };
    let client = transaction.client();
    if let Some(ledger) = ledger {
        ledger.hold(client, cache, limit).await?;
    }
    let before = match &plan.digest {
        Some(statements) => Some(digest(client, cache, statements, range, limit).await?),
        None => None,
    };
    let one = prepare(client, cache, insert, limit).await?;
    let (brought, said) = match &plan.instead {
        Some(Instead::Copy(copy)) => {
            let copy = prepare(client, cache, copy, limit).await?;
            copied(client, &copy.statement, &mut pieces, limit).await?
        }
        instead => {
            let way = match instead {
                Some(Instead::Arrays(arrays)) => {
                    Way::Arrays { one, many: prepare(client, cache, arrays, limit).await? }
                }
                _ => Way::Pipelined(one),
            };
            sent(client, &way, &mut pieces, limit).await?
        }
    };
    if let (Some(statements), Some(before), Some(said)) = (&plan.digest, before, said) {
        let after = digest(client, cache, statements, range, limit).await?;
        compare(range, &before, &after, &said)?;
    }
    if let Some(ledger) = ledger {
        ledger.add(client, cache, range, brought.affected, limit).await?;
    }
    Ok(brought)
}

/// The rows of a range as they come, into a COPY.
#[expect(clippy::disallowed_methods, reason = "the statement was prepared from vetted text")]
async fn copied(
    client: &Client,
    copy: &tokio_postgres::Statement,
    pieces: &mut mpsc::Receiver<Piece>,
    limit: Duration,
) -> Result<(Brought, Option<Digest>), Error> {
    let driver = |error: tokio_postgres::Error| classify(&error, limit);
    let mut sink = pin!(client.copy_in::<_, Bytes>(copy).await.map_err(driver)?);
    loop {
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => sink.feed(bytes).await.map_err(driver)?,
            Some(Piece::Rows(_) | Piece::Staged(_)) => {
                return Err(Error::Driver { problem: "rows came in two forms".to_owned() });
            }
            Some(Piece::End { rows, digest }) => {
                let affected = sink.finish().await.map_err(driver)?;
                return Ok((Brought { read: rows, affected }, digest));
            }
            None => return Err(Error::Lost { last_words: None }),
        }
    }
}

/// The rows of a range as parameters of a statement.
async fn sent(
    client: &Client,
    way: &Way,
    pieces: &mut mpsc::Receiver<Piece>,
    limit: Duration,
) -> Result<(Brought, Option<Digest>), Error> {
    let mut affected = 0;
    loop {
        match pieces.recv().await {
            Some(Piece::Rows(values)) => {
                let rows: Vec<Row> = values
                    .into_iter()
                    .enumerate()
                    .map(|(index, parameters)| Row { index, parameters })
                    .collect();
                for chunk in rows.chunks(way.chunk()) {
                    affected += way.send(client, chunk, limit).await.map_err(|fault| fault.error)?;
                }
            }
            Some(Piece::Bytes(_) | Piece::Staged(_)) => {
                return Err(Error::Driver { problem: "rows came in two forms".to_owned() });
            }
            Some(Piece::End { rows, digest }) => return Ok((Brought { read: rows, affected }, digest)),
            None => return Err(Error::Lost { last_words: None }),
        }
    }
}

/// What came between two digests of the target must be what the source said: hashes are summed, so that order does not
/// count, and what was there before is taken off.
fn compare(range: &Range, before: &Digest, after: &Digest, said: &Digest) -> Result<(), Error> {
    let same = differs_by(&before.rows, &after.rows, &said.rows)
        && differs_by(&before.hash, &after.hash, &said.hash);
    if same {
        return Ok(());
    }
    Err(Error::argument(format!(
        "range {} of the transfer is not in the target as it is in the source: {} rows were read and {} came; a trigger, a \
         rule or a default of the target may have changed them. Nothing of the range was kept",
        range.number, said.rows, after.rows
    )))
}

/// Whether `before` and `by` make `after`. Sums of hashes of 64 bits have more digits than 64 bits hold, and fewer than 128.
fn differs_by(before: &str, after: &str, by: &str) -> bool {
    let number = |text: &str| text.parse::<i128>().ok();
    match (number(before), number(after), number(by)) {
        (Some(before), Some(after), Some(by)) => before.checked_add(by) == Some(after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::differs_by;

    #[test]
    fn sums_are_compared_beyond_64_bits() {
        assert!(differs_by("18446744073709551616", "18446744073709551613", "-3"));
        assert!(!differs_by("1", "2", "2"));
        assert!(!differs_by("1", "", "2"));
    }
}
