//! How long a server that owes an answer may be silent.
//!
//! A server ends every statement at its time limit and says so; when nothing is heard for longer than that, the network has gone
//! without a word, or the server's machine has, and waiting on is waiting for ever. Separate because it looks at both
//! directions: an answer is owed for each Sync and each simple query, and given by
//! each ReadyForQuery. Source: PostgreSQL documentation, "Message Flow".
//!
//! Invariant: a server that owes nothing may be silent for as long as it likes.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// How much longer than a statement may run its answer is waited for.
pub(super) const GRACE: Duration = Duration::from_secs(5);

/// The type of a message and its length.
const HEADER: usize = 5;

/// What is owed on one connection, and since when nothing was heard.
pub(super) struct Patience {
    longest: Duration,
    owed: usize,
    /// When bytes went by last, in either direction.
    last: Instant,
    alarm: Option<Pin<Box<Sleep>>>,
    sent: Sent,
}

/// Where in a message of this side the bytes are that go by.
struct Sent {
    header: [u8; HEADER],
    seen: usize,
    left: u64,
}

impl Patience {
    /// Nothing is owed. The first message of a connection has no type, as is this side's first.
    pub(super) fn new(longest: Duration) -> Self {
        // As if the type of the first message had gone by.
        let sent = Sent { header: [0; HEADER], seen: 1, left: 0 };
        Self { longest, owed: 0, last: Instant::now(), alarm: None, sent }
    }

    /// Looks at bytes that were sent.
    pub(super) fn sent(&mut self, mut bytes: &[u8]) {
        self.last = Instant::now();
        let Sent { header, seen, left } = &mut self.sent;
        while let Some(first) = bytes.first() {
            if *left > 0 {
                let here = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= here as u64;
                bytes = bytes.get(here..).unwrap_or_default();
                continue;
            }
            if let Some(place) = header.get_mut(*seen) {
                *place = *first;
            }
            *seen += 1;
            bytes = bytes.get(1..).unwrap_or_default();
            if *seen == HEADER {
                let [kind, length @ ..] = *header;
                self.owed += usize::from(matches!(kind, b'S' | b'Q'));
                *seen = 0;
                *left = u64::from(u32::from_be_bytes(length)).saturating_sub(4);
            }
        }
    }

    /// Notes that bytes came.
    pub(super) fn heard(&mut self) {
        self.last = Instant::now();
    }

    /// Notes a message of the server by its type: ReadyForQuery answers a Sync, and a COPY that begins makes the server pass over
    /// the one that was sent with it.
    pub(super) fn message(&mut self, kind: u8) {
        if matches!(kind, b'Z' | b'G') {
            self.owed = self.owed.saturating_sub(1);
        }
    }

    /// Waits until the server has been silent for too long.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        if self.owed == 0 {
            return Poll::Pending;
        }
        let Some(end) = self.last.checked_add(self.longest) else { return Poll::Pending };
        // The alarm is set anew when it has rung, and not for each message.
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
        while alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the server has gone silent"));
            }
            alarm.as_mut().reset(end);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &[u8], body: usize) -> Vec<u8> {
        let mut bytes = kind.to_vec();
        bytes.extend_from_slice(&u32::try_from(body + 4).unwrap().to_be_bytes());
        bytes.resize(bytes.len() + body, b'S');
        bytes
    }

    #[tokio::test]
    async fn an_answer_is_owed_for_each_sync_and_query_however_they_are_cut() {
        let stream =
            [message(b"", 30), message(b"p", 9), message(b"P", 20), message(b"S", 0), message(b"Q", 6)]
                .concat();
        for size in 1..stream.len() {
            let mut patience = Patience::new(Duration::MAX);
            for piece in stream.chunks(size) {
                patience.sent(piece);
            }
            assert_eq!(patience.owed, 2, "in pieces of {size}");
            for kind in *b"1DCZ" {
                patience.message(kind);
            }
            assert_eq!(patience.owed, 1);
        }
    }

    #[tokio::test]
    async fn silence_counts_only_while_an_answer_is_owed() {
        let mut patience = Patience::new(Duration::ZERO);
        let silent = std::future::poll_fn(|context| Poll::Ready(patience.poll(context).is_ready()));
        assert!(!silent.await);
        patience.sent(&[message(b"", 0), message(b"S", 0)].concat());
        let error = std::future::poll_fn(|context| patience.poll(context)).await;
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
