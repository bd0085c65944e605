//! The jobs of a transfer: one session finds ranges, and each job has one session that reads and one that writes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::sync::{Mutex, mpsc, oneshot};

use super::{
    ledger::Ledger,
    plan::Plan,
    ranges::{Finder, Left, find, left},
    source::{Reader, read},
    target::{Brought, Writer, write},
};
use crate::{Call, Connection, Error, session::on_session};

/// How far a transfer is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What is being done, where it is not rows that are moved; then `rows` counts parts of the whole.
    pub step: Option<Arc<str>>,
    /// Rows that are in the target, those of an earlier run too.
    pub rows: u64,
    /// About how many there will be, where that is known.
    pub of: Option<u64>,
    /// Rows a second, of this run.
    pub rate: f64,
    /// How long it will take from now, where that is known.
    pub left: Option<Duration>,
}

/// What was moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moved {
    /// Rows that were read by this run.
    pub read: u64,
    /// Rows that the target was filled with by this run.
    pub affected: u64,
    /// Rows that an earlier run had brought.
    pub earlier: u64,
    /// Whether the rows in the target were compared with those of the source.
    pub verified: bool,
}

/// Counts the rows that are in, and tells whoever wants to know.
#[derive(Debug)]
pub(super) struct Counter {
    call: Call,
    begun: Instant,
    read: AtomicU64,
    affected: AtomicU64,
    earlier: u64,
    estimate: Option<u64>,
}

impl Counter {
    /// Adds a range that is in.
    pub(super) fn add(&self, brought: Brought) {
        let read = self.read.fetch_add(brought.read, Ordering::Relaxed) + brought.read;
        self.affected.fetch_add(brought.affected, Ordering::Relaxed);
        let rate = read as f64 / self.begun.elapsed().as_secs_f64().max(1e-9);
        let rows = self.earlier + read;
        let left = self
            .estimate
            .filter(|_| rate > 0.0)
            .and_then(|all| Duration::try_from_secs_f64(all.saturating_sub(rows) as f64 / rate).ok());
        self.call.tell(Progress { step: None, rows, of: self.estimate, rate, left });
    }
}

/// What one session of a transfer must know of the others.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    found: AtomicBool,
    failed: AtomicBool,
}

impl Outcome {
    /// All ranges are found and handed out.
    pub(super) fn found(&self) {
        self.found.store(true, Ordering::Release);
    }

    /// Whether they are: ranges that end without it are not all.
    pub(super) fn is_found(&self) -> bool {
        self.found.load(Ordering::Acquire)
    }

    /// Whether a session has failed, so that no further range is worth beginning.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    fn note(&self, result: Result<(), Error>) -> Result<(), Error> {
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }
}

/// How a transfer is run.
#[derive(Clone, Debug)]
pub(crate) struct How {
    /// The name under which it can be resumed.
    pub transfer: Option<String>,
    /// Rows of a range.
    pub rows: u64,
    /// Jobs side by side.
    pub jobs: usize,
    /// The snapshot to read, where somebody holds one open; otherwise the run takes its own.
    pub snapshot: Option<String>,
}

/// Moves all rows.
pub(crate) async fn transfer(
    call: &Call,
    from: &Connection,
    to: &Connection,
    plan: Plan,
    how: How,
) -> Result<Moved, Error> {
    let (ledger, done) = match &how.transfer {
        Some(name) => {
            let (ledger, done) = Ledger::begin(call, to, name, &plan.definition).await?;
            (Some(ledger), done)
        }
        None => (None, Vec::new()),
    };
    let counter = Arc::new(Counter {
        call: call.clone(),
        begun: Instant::now(),
        read: AtomicU64::new(0),
        affected: AtomicU64::new(0),
        earlier: done.iter().map(|range| range.rows).sum(),
        estimate: plan.source.estimate,
    });
    let left = left(&done);
    if left.rest.is_some() || !left.gaps.is_empty() {
        jobs(call, from, to, &plan, &how, ledger.as_ref(), left, &counter).await?;
    }
    Ok(Moved {
        read: counter.read.load(Ordering::Relaxed),
        affected: counter.affected.load(Ordering::Relaxed),
        earlier: counter.earlier,
        verified: plan.target.digest.is_some(),
    })
}

#[expect(clippy::too_many_arguments, reason = "it is the one place where all of it meets")]
async fn jobs(
    call: &Call,
    from: &Connection,
    to: &Connection,
    plan: &Plan,
    how: &How,
    ledger: Option<&Ledger>,
    left: Left,
    counter: &Arc<Counter>,
) -> Result<(), Error> {
    let (ranges_out, ranges) = mpsc::channel(how.jobs);
    let (snapshot_out, snapshot) = oneshot::channel();
    let (taken, all_taken) = mpsc::channel(1);
    let outcome = Arc::new(Outcome::default());
    let finder = Finder {
        outcome: Arc::clone(&outcome),
        bound: plan.source.bound.clone(),
        key: plan.key.len(),
        rows: how.rows,
        left,
        given: how.snapshot.clone(),
        ranges: ranges_out,
        snapshot: Some(snapshot_out),
        taken: all_taken,
    };
    let finding = on_session(from, call, move |backend| find(backend, finder).boxed()).map(Side::Source);
    let ranges = Arc::new(Mutex::new(ranges));
    let outcome = &outcome;
    let working = async move {
        // The finder has failed, and says why.
        let Ok(snapshot) = snapshot.await else { return Vec::new() };
        let mut sides = FuturesUnordered::new();
        for _ in 0..how.jobs {
            let (feed_out, feed) = mpsc::channel(1);
            let reader = Reader {
                plan: plan.source.clone(),
                form: plan.form,
                stage: plan.stage.clone(),
                snapshot: snapshot.clone(),
                taken: Some(taken.clone()),
                ranges: Arc::clone(&ranges),
                outcome: Arc::clone(outcome),
                feed: feed_out,
            };
            let writer = Writer {
                plan: plan.target.clone(),
                ledger: ledger.cloned(),
                feed,
                counter: Arc::clone(counter),
            };
            let reading = on_session(from, call, move |backend| read(backend, reader).boxed());
            let writing = on_session(to, call, move |backend| write(backend, writer).boxed());
            sides.push(reading.map(|result| Side::Source(outcome.note(result))).boxed());
            sides.push(writing.map(|result| Side::Target(outcome.note(result))).boxed());
        }
        drop(taken);
        drop(ranges);
        let mut ended = Vec::new();
        while let Some(side) = sides.next().await {
            ended.push(side);
        }
        ended
    };
    let (found, mut ended) = futures_util::join!(finding, working);
    ended.push(found);
    first_cause(ended, from, to)
}

/// How one side of a job ended.
enum Side {
    Source(Result<(), Error>),
    Target(Result<(), Error>),
}

/// The error that the others follow from: a side that lost the other one knows no more than that.
fn first_cause(ended: Vec<Side>, from: &Connection, to: &Connection) -> Result<(), Error> {
    let mut errors: Vec<Error> = ended
        .into_iter()
        .filter_map(|side| match side {
            Side::Source(result) => result.err().map(|error| error.on(from.id())),
            Side::Target(result) => result.err().map(|error| error.on(to.id())),
        })
        .collect();
    errors.sort_by_key(|error| match error {
        Error::On { source, .. } => matches!(**source, Error::Lost { last_words: None }),
        _ => false,
    });
    errors.into_iter().next().map_or(Ok(()), Err)
}
