//! How many calls and statements a connection takes: places for calls at work, and tokens that come back with time.
//!
//! Separate from limits that the server enforces. Invariant: a caller who is turned away is told when to come back.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Limits};

/// The throttle of one connection.
#[derive(Debug)]
pub(crate) struct Throttle {
    places: Option<(u32, Arc<Semaphore>)>,
    statements: Option<Mutex<Bucket>>,
}

/// Tokens, one for each statement.
#[derive(Debug)]
struct Bucket {
    a_minute: u32,
    tokens: f64,
    since: Instant,
}

impl Bucket {
    /// Takes a token, or says how long it takes until there is one.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let most = f64::from(self.a_minute);
        let a_second = most / 60.0;
        let gained = now.saturating_duration_since(self.since).as_secs_f64() * a_second;
        self.tokens = (self.tokens + gained).min(most);
        self.since = now;
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / a_second));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

impl Throttle {
    /// The throttle that the limits ask for.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            places: limits.max_concurrent.map(|most| (most, Arc::new(Semaphore::new(most as usize)))),
            statements: limits.statements_per_minute.map(|a_minute| {
                Mutex::new(Bucket { a_minute, tokens: f64::from(a_minute), since: Instant::now() })
            }),
        }
    }

    /// A place for a call, given up when it is dropped.
    ///
    /// # Errors
    /// [`Error::Limited`] where all are taken.
    pub(crate) fn place(&self) -> Result<Option<OwnedSemaphorePermit>, Error> {
        let Some((most, places)) = &self.places else { return Ok(None) };
        Arc::clone(places).try_acquire_owned().map(Some).map_err(|_| Error::Limited {
            rule: "limits.max_concurrent",
            problem: format!(
                "{most} calls are at work on this connection, as many as its policy allows at once"
            ),
            instead: "wait for one of them to end, then call again".to_owned(),
            retry_after: None,
        })
    }

    /// Counts a statement.
    ///
    /// # Errors
    /// [`Error::Limited`] where there were too many.
    pub(crate) fn statement(&self) -> Result<(), Error> {
        let Some(bucket) = &self.statements else { return Ok(()) };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let a_minute = bucket.a_minute;
        bucket.take(Instant::now()).map_err(|wait| Error::Limited {
            rule: "limits.statements_per_minute",
            problem: format!("this connection takes {a_minute} statements a minute, and they are used up"),
            instead: format!(
                "call again in {} ms; ask for more with one statement: a join, = ANY ($1), an aggregate",
                wait.as_millis() + 1
            ),
            retry_after: Some(wait),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_with_time_and_never_above_the_limit() {
        let begun = Instant::now();
        let mut bucket = Bucket { a_minute: 2, tokens: 2.0, since: begun };
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(bucket.take(after(600)), Ok(()));
        assert_eq!(bucket.take(after(600)), Ok(()));
        assert_eq!(bucket.take(after(600)), Err(Duration::from_secs(30)));
        assert_eq!(bucket.take(after(615)), Err(Duration::from_secs(15)));
        assert_eq!(bucket.take(after(630)), Ok(()));
    }
}
