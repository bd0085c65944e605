//! Counters of the statements that ran, kept for the life of the process.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{
    Error, ErrorKind,
    histogram::{Histogram, Spread},
};

/// Counts statements and their time.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    total: AtomicU64,
    successful: AtomicU64,
    refused: AtomicU64,
    slow: AtomicU64,
    rows: AtomicU64,
    micros: AtomicU64,
    durations: Histogram,
    operations: Mutex<BTreeMap<&'static str, Arc<Histogram>>>,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub total: u64,
    pub successful: u64,
    pub failed: u64,
    pub refused: u64,
    pub slow: u64,
    pub rows: u64,
    pub time: Duration,
}

impl Metrics {
    /// Counts one operation on data that ended.
    pub(crate) fn count<T>(&self, result: &Result<T, Error>, took: Duration, slow_at: Duration) {
        self.total.fetch_add(1, Ordering::Relaxed);
        self.durations.observe(took);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if took >= slow_at {
            self.slow.fetch_add(1, Ordering::Relaxed);
        }
        match result {
            Ok(_) => {
                self.successful.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if error.kind() == ErrorKind::Refused => {
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
    }

    /// Counts an operation that ended, under its name.
    pub(crate) fn ended(&self, operation: &'static str, took: Duration) {
        let known = Arc::clone(self.operations().entry(operation).or_default());
        known.observe(took);
    }

    /// How long operations on data took.
    pub(crate) fn durations(&self) -> Spread {
        self.durations.spread()
    }

    /// How long operations took, by their names.
    pub(crate) fn by_operation(&self) -> Vec<(&'static str, Spread)> {
        self.operations().iter().map(|(name, durations)| (*name, durations.spread())).collect()
    }

    fn operations(&self) -> MutexGuard<'_, BTreeMap<&'static str, Arc<Histogram>>> {
        self.operations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts rows that were handed out.
    pub(crate) fn count_rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// The counters now.
    pub(crate) fn counts(&self) -> Counts {
        let total = self.total.load(Ordering::Relaxed);
        let successful = self.successful.load(Ordering::Relaxed);
        let refused = self.refused.load(Ordering::Relaxed);
        Counts {
            total,
            successful,
            failed: total.saturating_sub(successful),
            refused,
            slow: self.slow.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            time: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
        }
    }
}
