//! Results that are kept for a while under an address, so that whoever asked for them can read them without a model in between.
//!
//! Separate from cursors, which hold a backend and go on in an answer: these hold bytes and no backend. Invariant: what is kept
//! belongs to the callers of one scope, never takes more memory than the bound, and is gone when its time is over.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{Error, cursors::random_name, process};

/// What the addresses begin with.
pub const RESULT_SCHEME: &str = "postgres-result://";
/// How long a result is kept.
pub(crate) const KEPT_FOR: Duration = Duration::from_secs(600);
/// Bytes of all results of a scope at most.
const MOST_BYTES: usize = 64 << 20;

/// A result that is kept: a text with a header line.
#[derive(Clone, Debug)]
pub struct KeptResult {
    /// Its address.
    pub uri: String,
    /// The connection that it was read from.
    pub connection_id: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its text, in CSV as RFC 4180 has it.
    pub text: Arc<str>,
    since: Instant,
}

impl KeptResult {
    /// What its text is written in.
    pub const MIME_TYPE: &'static str = "text/csv";

    /// For how long it will yet be there.
    #[must_use]
    pub fn left(&self) -> Duration {
        KEPT_FOR.saturating_sub(self.since.elapsed())
    }
}

/// The results that are kept.
#[derive(Debug, Default)]
pub(crate) struct Results {
    kept: Mutex<VecDeque<KeptResult>>,
}

impl Results {
    fn kept(&self) -> MutexGuard<'_, VecDeque<KeptResult>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.since.elapsed() < KEPT_FOR);
        kept
    }

    /// Keeps a result under a new address, until its time is over; where memory is short the oldest go first.
    pub(crate) fn keep(
        self: &Arc<Self>,
        connection_id: &str,
        rows: u64,
        text: String,
    ) -> Result<KeptResult, Error> {
        let result = KeptResult {
            uri: format!("{RESULT_SCHEME}{}", random_name()?),
            connection_id: connection_id.to_owned(),
            rows,
            text: text.into(),
            since: Instant::now(),
        };
        let mut kept = self.kept();
        kept.push_back(result.clone());
        let mut bytes: usize = kept.iter().map(|one| one.text.len()).sum();
        while bytes > MOST_BYTES && kept.len() > 1 {
            bytes -= kept.pop_front().map_or(0, |oldest| oldest.text.len());
        }
        drop(kept);
        let results = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(KEPT_FOR).await;
            // To look is to forget what is over.
            if let Some(results) = results.upgrade() {
                drop(results.kept());
            }
        });
        Ok(result)
    }

    /// All of them, the newest last.
    pub(crate) fn all(&self) -> Vec<KeptResult> {
        self.kept().iter().cloned().collect()
    }

    /// The result at an address.
    pub(crate) fn find(&self, uri: &str) -> Result<KeptResult, Error> {
        self.kept().iter().find(|one| one.uri == uri).cloned().ok_or_else(|| {
            let shown: String = uri.chars().take(100).collect();
            let name = uri.strip_prefix(RESULT_SCHEME).unwrap_or(uri);
            let why = process::not_open(name, "is not kept, or no longer: results are kept for ten minutes");
            let instead =
                if process::elsewhere(name).is_some() { process::STICK } else { "run the query again" };
            Error::argument(format!("the result {shown} {why}; {instead}"))
        })
    }

    /// Forgets the results of a connection that is removed.
    pub(crate) fn end(&self, connection_id: &str) {
        self.kept().retain(|one| one.connection_id != connection_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_oldest_go_when_memory_is_short_and_nobody_elses_is_found() {
        let results = Arc::new(Results::default());
        let large = || "x".repeat(MOST_BYTES / 2);
        let first = results.keep("a", 1, large()).unwrap();
        let second = results.keep("b", 1, large()).unwrap();
        assert_eq!(results.find(&first.uri).unwrap().rows, 1);
        let third = results.keep("a", 2, "n\n1\n2\n".to_owned()).unwrap();
        let gone = results.find(&first.uri).unwrap_err().to_string();
        assert!(gone.contains("kept for ten minutes") && gone.contains("run the query again"), "{gone}");
        results.end("b");
        assert!(results.find(&second.uri).is_err());
        assert_eq!(results.all().len(), 1);
        assert_eq!(&*results.find(&third.uri).unwrap().text, "n\n1\n2\n");
        assert!(Arc::new(Results::default()).find(&third.uri).is_err());
        let elsewhere = results.find("postgres-result://00000000-1").unwrap_err().to_string();
        assert!(elsewhere.contains("another process"), "{elsewhere}");
    }
}
