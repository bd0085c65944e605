//! How far a long operation is, told on a terminal while it runs.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pg_core::{Call, Progress};

use crate::messages::Messages;

/// The time between two lines.
const PAUSE: Duration = Duration::from_secs(1);

/// The call, with its progress told to a person who watches.
pub(crate) fn told(call: Call, messages: &Messages) -> Call {
    if messages.quiet || !io::stderr().is_terminal() {
        return call;
    }
    let messages = *messages;
    let last = Mutex::new(Instant::now());
    call.with_progress(move |progress| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= PAUSE {
            *last = Instant::now();
            messages.note(&line(progress));
        }
    })
}

fn line(progress: Progress) -> String {
    let of = progress.of.map(|of| format!(" of about {of}")).unwrap_or_default();
    let left = progress.left.map(|left| format!(", {} s left", left.as_secs())).unwrap_or_default();
    format!("{} rows{of}, {:.0} rows/s{left}", progress.rows, progress.rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_known() {
        let progress = Progress { rows: 5, of: None, rate: 2.4, left: None };
        assert_eq!(line(progress), "5 rows, 2 rows/s");
        let progress = Progress { of: Some(10), left: Some(Duration::from_millis(2500)), ..progress };
        assert_eq!(line(progress), "5 rows of about 10, 2 rows/s, 2 s left");
    }
}
