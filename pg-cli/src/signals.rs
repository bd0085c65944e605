//! What stops a running operation from outside: Ctrl-C, SIGTERM, a closed terminal, the time limit of `--timeout`.

use std::{future, io, pin::Pin, time::Duration};

use pg_core::{ErrorKind, ErrorReport};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Sleep, sleep};

/// Why a running operation is to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    /// A signal came.
    Signal,
    /// The time limit was reached.
    TimeLimit(Duration),
}

impl Stop {
    /// What the caller is told.
    pub(crate) fn report(self) -> ErrorReport {
        match self {
            Stop::Signal => ErrorReport::new(ErrorKind::Cancelled, "stopped by a signal"),
            Stop::TimeLimit(limit) => ErrorReport::new(
                ErrorKind::Timeout,
                format!(
                    "no answer within {} s (--timeout), so the operation was stopped",
                    limit.as_secs_f64()
                ),
            )
            .with_hint("give it more time with --timeout, or ask for less"),
        }
    }
}

/// The stops of one process, one after the other.
#[derive(Debug)]
pub(crate) struct Stops {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    limit: Option<(Duration, Pin<Box<Sleep>>)>,
}

impl Stops {
    /// Takes over the signals and starts the clock.
    ///
    /// # Errors
    /// That of the operating system where it does not give the signals away.
    pub(crate) fn listen(limit: Option<Duration>) -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            limit: limit.map(|limit| (limit, Box::pin(sleep(limit)))),
        })
    }

    /// Waits for the next stop. Each signal is one; the time limit is reached once.
    pub(crate) async fn next(&mut self) -> Stop {
        let limit = async {
            match &mut self.limit {
                Some((limit, clock)) => {
                    clock.as_mut().await;
                    *limit
                }
                None => future::pending().await,
            }
        };
        let stop = tokio::select! {
            _ = self.interrupt.recv() => Stop::Signal,
            _ = self.terminate.recv() => Stop::Signal,
            _ = self.hang_up.recv() => Stop::Signal,
            limit = limit => Stop::TimeLimit(limit),
        };
        if let Stop::TimeLimit(_) = stop {
            self.limit = None;
        }
        stop
    }
}
