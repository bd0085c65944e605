//! How far a long operation is, told while it runs: a bar on a terminal, a line every few seconds elsewhere.
//!
//! Invariant: it goes to standard error, and a quiet command tells nothing.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pg_core::{Call, Progress};

use crate::messages::Messages;
use crate::printable;

/// The time between two states of the bar.
const REDRAW: Duration = Duration::from_millis(500);
/// The time between two lines where nobody looks at a terminal.
const PAUSE: Duration = Duration::from_secs(5);
/// Characters of the bar.
const BAR: u64 = 20;

/// The call, with its progress told to a person who watches, or to a log.
pub(crate) fn told(call: Call, messages: &Messages) -> Call {
    if messages.quiet {
        return call;
    }
    let messages = *messages;
    let terminal = io::stderr().is_terminal();
    let last = Mutex::new(Instant::now());
    call.with_progress(move |progress| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < if terminal { REDRAW } else { PAUSE } {
            return;
        }
        *last = Instant::now();
        if terminal {
            // Whoever does not see it misses nothing: the answer tells all.
            let _ =
                write!(io::stderr(), "\r\u{1b}[K{}{}\r", bar(&progress), printable::lines(&line(&progress)));
        } else {
            messages.note(&line(&progress));
        }
    })
}

/// How much of the whole is done, where that is known.
fn share(progress: &Progress) -> Option<f64> {
    let of = progress.of.filter(|of| *of > 0)?;
    Some((progress.rows as f64 / of as f64).clamp(0.0, 1.0))
}

fn bar(progress: &Progress) -> String {
    let Some(share) = share(progress) else { return String::new() };
    let full = (share * BAR as f64).round() as usize;
    format!("[{}{}] ", "#".repeat(full), " ".repeat((BAR as usize).saturating_sub(full)))
}

fn line(progress: &Progress) -> String {
    let left = progress.left.map(|left| format!(", {} s left", left.as_secs())).unwrap_or_default();
    if let Some(step) = &progress.step {
        let percent = share(progress).map(|share| format!("{:.0} %, ", share * 100.0)).unwrap_or_default();
        return format!("{percent}{step}{left}");
    }
    let of = progress.of.map(|of| format!(" of about {of}")).unwrap_or_default();
    format!("{} rows{of}, {:.0} rows/s{left}", progress.rows, progress.rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_known() {
        let progress = Progress { step: None, rows: 5, of: None, rate: 2.4, left: None };
        assert_eq!(line(&progress), "5 rows, 2 rows/s");
        assert_eq!(bar(&progress), "");
        let progress = Progress { of: Some(10), left: Some(Duration::from_millis(2500)), ..progress };
        assert_eq!(line(&progress), "5 rows of about 10, 2 rows/s, 2 s left");
        assert_eq!(bar(&progress), "[##########          ] ");
        let progress = Progress { step: Some("step 1 of 2: vacuum public.t".into()), left: None, ..progress };
        assert_eq!(line(&progress), "50 %, step 1 of 2: vacuum public.t");
    }
}
