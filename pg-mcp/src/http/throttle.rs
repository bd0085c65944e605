//! How many requests a caller may send in a minute, and have at work at once.
//!
//! Separate from the limits of connections, which count statements of all callers together. Invariant: a caller who is turned away is
//! told when to come back, and none is turned away for what another one does.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use pg_core::CallerLimits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// When to come back where nobody knows when a request at work will end.
const SOON: Duration = Duration::from_secs(1);

/// The throttle of one caller.
#[derive(Debug)]
pub(super) struct Throttle {
    places: Option<(u32, Arc<Semaphore>)>,
    requests: Option<Mutex<Bucket>>,
}

/// Requests that may still be sent; they come back with time.
#[derive(Debug)]
struct Bucket {
    a_minute: u32,
    left: f64,
    since: Instant,
}

impl Bucket {
    /// Takes one, or says how long it takes until there is one.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let most = f64::from(self.a_minute);
        let gained = now.saturating_duration_since(self.since).as_secs_f64() * most / 60.0;
        self.left = (self.left + gained).min(most);
        self.since = now;
        if self.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.left) * 60.0 / most));
        }
        self.left -= 1.0;
        Ok(())
    }
}

impl Throttle {
    pub(super) fn new(limits: CallerLimits) -> Self {
        let bucket =
            |a_minute| Mutex::new(Bucket { a_minute, left: f64::from(a_minute), since: Instant::now() });
        Self {
            places: limits.max_concurrent.map(|most| (most, Arc::new(Semaphore::new(most as usize)))),
            requests: limits.requests_per_minute.map(bucket),
        }
    }

    /// Counts a request.
    pub(super) fn count(&self) -> Result<(), TooMany> {
        let Some(bucket) = &self.requests else { return Ok(()) };
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let a_minute = bucket.a_minute;
        bucket.take(Instant::now()).map_err(|wait| TooMany {
            what: format!("you may send {a_minute} requests a minute, and have sent them"),
            wait,
        })
    }

    /// A place among the requests at work, given up when it is dropped.
    pub(super) fn place(&self) -> Result<Option<OwnedSemaphorePermit>, TooMany> {
        let Some((most, places)) = &self.places else { return Ok(None) };
        Arc::clone(places).try_acquire_owned().map(Some).map_err(|_| TooMany {
            what: format!("{most} of your requests are at work, as many as may be at once"),
            wait: SOON,
        })
    }
}

/// A request that was not let in, for now.
#[derive(Debug)]
pub(super) struct TooMany {
    what: String,
    wait: Duration,
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        // Whole seconds are all that the header knows; too early would be turned away again.
        let seconds = self.wait.as_millis().div_ceil(1000).max(1);
        let body = format!("{}; send it again in {seconds} s\n", self.what);
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], body).into_response()
    }
}

/// The response, which keeps its place until it is sent whole or its reader is gone.
pub(super) fn until_sent(response: Response, place: Option<OwnedSemaphorePermit>) -> Response {
    match place {
        Some(place) => response.map(|body| Body::new(Placed { body, _place: place })),
        None => response,
    }
}

struct Placed {
    body: Body,
    _place: OwnedSemaphorePermit,
}

impl HttpBody for Placed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_back_with_time_and_never_above_the_limit() {
        let begun = Instant::now();
        let mut bucket = Bucket { a_minute: 2, left: 2.0, since: begun };
        let after = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(bucket.take(after(600)), Ok(()));
        assert_eq!(bucket.take(after(600)), Ok(()));
        assert_eq!(bucket.take(after(600)), Err(Duration::from_secs(30)));
        assert_eq!(bucket.take(after(630)), Ok(()));
    }

    #[test]
    fn a_place_that_is_given_up_is_another_ones() {
        let throttle = Throttle::new(CallerLimits { max_concurrent: Some(1), ..CallerLimits::default() });
        let place = throttle.place().unwrap();
        let turned_away = throttle.place().unwrap_err().into_response();
        assert_eq!(turned_away.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(turned_away.headers()[header::RETRY_AFTER], "1");
        drop(place);
        assert!(throttle.place().unwrap().is_some());
    }
}
