//! The ranges of a key, one after the other, found in the source's snapshot while earlier ones are on their way.
//!
//! Invariant: ranges touch and do not overlap: each begins behind the upper bound of the one before; the last has none.

use std::sync::Arc;

use pg_policy::Vetted;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::IsolationLevel;

use super::{ledger::Done, plan::ByBounds, run::Outcome, source::import};
use crate::{
    Error,
    row_encoder::Shape,
    session::{Backend, classify},
    statement::{Kept, Past, run},
};

/// A value of the key, each column in its text form.
pub(super) type Bound = Vec<String>;

/// One range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    /// Its number, counted from 0.
    pub number: i64,
    /// Its lower bound, which is not in it.
    pub behind: Option<Bound>,
    /// Its upper bound, which is in it.
    pub up_to: Option<Bound>,
}

impl Range {
    /// The statement for the bounds that it has.
    pub(super) fn choose<'a>(&self, statements: &'a ByBounds) -> &'a Vetted {
        let [without, with] = statements;
        let [open, closed] = if self.behind.is_some() { with } else { without };
        if self.up_to.is_some() { closed } else { open }
    }

    /// The values of the bounds that it has.
    pub(super) fn parameters(&self) -> Vec<Value> {
        [&self.behind, &self.up_to].into_iter().flatten().flatten().cloned().map(Value::from).collect()
    }
}

/// What is left to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Ranges between those that are done.
    pub gaps: Vec<Range>,
    /// Where the ranges go on behind the last that is done: its number and lower bound. `None` where all is done.
    pub rest: Option<(i64, Option<Bound>)>,
}

/// What is left where these are done, which are in the order of their numbers.
pub(super) fn left(done: &[Done]) -> Left {
    let mut gaps = Vec::new();
    let mut expected: (i64, Option<Bound>) = (0, None);
    let mut ended = false;
    for range in done {
        if range.number != expected.0 {
            // Several ranges that are missing side by side are one now.
            gaps.push(Range { number: expected.0, behind: expected.1.clone(), up_to: range.behind.clone() });
        }
        expected = (range.number + 1, range.up_to.clone());
        ended = range.up_to.is_none();
    }
    Left { gaps, rest: (!ended).then_some(expected) }
}

/// What the finder of ranges works with.
pub(super) struct Finder {
    /// The statements that give the next bound; `None` where there is no key, and so one range.
    pub bound: Option<[Vetted; 2]>,
    /// The columns of the key.
    pub key: usize,
    /// Rows of a range.
    pub rows: u64,
    /// What is to be found.
    pub left: Left,
    /// The snapshot to read; a new one without.
    pub given: Option<String>,
    /// Where ranges go.
    pub ranges: mpsc::Sender<Range>,
    /// Where the name of the snapshot goes, if others are to read it too.
    pub snapshot: Option<oneshot::Sender<String>>,
    /// Where is said that all ranges are found.
    pub outcome: Arc<Outcome>,
    /// Closes when all who wait for the snapshot have it.
    pub taken: mpsc::Receiver<()>,
}

/// Opens the snapshot, and finds range after range. It ends early, without an error, when nobody takes them any more.
pub(super) async fn find(backend: &mut Backend, mut finder: Finder) -> Result<(), Error> {
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
    let name = match finder.given.take() {
        Some(name) => {
            import(transaction.client(), &name, limit).await?;
            name
        }
        None => export(transaction.client()).await.map_err(driver)?,
    };
    if let Some(snapshot) = finder.snapshot.take() {
        // Whoever waited for it may have gone: then nobody takes ranges either.
        let _told = snapshot.send(name);
    }
    // The snapshot is there for others only while this transaction lasts.
    while finder.taken.recv().await.is_some() {}
    for gap in std::mem::take(&mut finder.left.gaps) {
        if finder.ranges.send(gap).await.is_err() {
            return Ok(());
        }
    }
    let Some((mut number, mut behind)) = finder.left.rest else {
        finder.outcome.found();
        return Ok(());
    };
    loop {
        let up_to = match &finder.bound {
            None => None,
            Some([first, next]) => {
                let mut parameters: Vec<Value> = behind.iter().flatten().cloned().map(Value::from).collect();
                parameters.push(Value::from(finder.rows.saturating_sub(1)));
                let vetted = if behind.is_some() { next } else { first };
                let kept = Kept { shape: Shape::Arrays, rows: 1, bytes: 1 << 20, past: Past::Counted };
                let ran = run(transaction.client(), cache, vetted, &parameters, kept, limit).await?;
                bound(&ran.bytes, finder.key)?
            }
        };
        let last = up_to.is_none();
        let range = Range { number, behind, up_to: up_to.clone() };
        if finder.ranges.send(range).await.is_err() {
            return Ok(());
        }
        if last {
            finder.outcome.found();
            return Ok(());
        }
        number += 1;
        behind = up_to;
    }
}

fn bound(row: &[u8], columns: usize) -> Result<Option<Bound>, Error> {
    if row.is_empty() {
        return Ok(None);
    }
    let values: Vec<Option<String>> = serde_json::from_slice(row).map_err(|source| Error::Row { source })?;
    let bound: Option<Bound> = values.into_iter().collect();
    match bound {
        Some(bound) if bound.len() == columns => Ok(Some(bound)),
        _ => Err(Error::argument(
            "a column of `key` holds NULL: the key must tell every row apart, as a primary key does",
        )),
    }
}

#[expect(clippy::disallowed_methods, reason = "the text is a constant")]
pub(super) async fn export(client: &tokio_postgres::Client) -> Result<String, tokio_postgres::Error> {
    let row = client.query_typed_one("SELECT pg_catalog.pg_export_snapshot()", &[]).await?;
    row.try_get(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(number: i64, behind: Option<&str>, up_to: Option<&str>) -> Done {
        let bound = |text: Option<&str>| text.map(|text| vec![text.to_owned()]);
        Done { number, behind: bound(behind), up_to: bound(up_to), rows: 1 }
    }

    fn range(number: i64, behind: Option<&str>, up_to: Option<&str>) -> Range {
        let Done { number, behind, up_to, .. } = done(number, behind, up_to);
        Range { number, behind, up_to }
    }

    #[test]
    fn what_is_missing_between_ranges_is_one_range() {
        let all = [done(1, Some("a"), Some("b")), done(4, Some("d"), Some("e"))];
        let left = left(&all);
        assert_eq!(left.gaps, [range(0, None, Some("a")), range(2, Some("b"), Some("d"))]);
        assert_eq!(left.rest, Some((5, Some(vec!["e".to_owned()]))));
    }

    #[test]
    fn nothing_is_left_behind_the_last_range() {
        assert_eq!(left(&[]), Left { gaps: Vec::new(), rest: Some((0, None)) });
        let all = [done(0, None, Some("a")), done(1, Some("a"), None)];
        assert_eq!(left(&all), Left { gaps: Vec::new(), rest: None });
        let all = [done(1, Some("a"), None)];
        assert_eq!(left(&all), Left { gaps: vec![range(0, None, Some("a"))], rest: None });
    }
}
