//! A bound on the size of one message of the server.
//!
//! The driver holds a message whole before it gives any of it away, so that one huge value would take the process down. The
//! length stands in front of each message: it is looked at as the bytes go by, and nothing is copied. Source: PostgreSQL
//! documentation, "Message Flow" and "Message Formats".
//!
//! How long the server may be silent is watched here too, where its messages are seen.
//!
//! Invariant: of a message that is too large nothing behind the first read is taken in; the connection is given up.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::patience::{GRACE, Patience};
use crate::Error;

/// The type of a message and its length.
const HEADER: usize = 5;

/// How large a message may be, and for how long none may come that is owed; and whether a connection was given up because of
/// either. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct MessageBound {
    limit: u64,
    met: Arc<AtomicU64>,
    patience: Duration,
    silent: Arc<AtomicBool>,
}

impl MessageBound {
    /// A bound in bytes, on connections whose statements may run for so long.
    pub(super) fn new(limit: u64, statement_timeout: Duration) -> Self {
        let patience = statement_timeout.saturating_add(GRACE);
        Self { limit, met: Arc::default(), patience, silent: Arc::default() }
    }

    /// Whether the connection was given up because nothing was heard of the server.
    pub(crate) fn was_silent(&self) -> bool {
        self.silent.load(Ordering::Relaxed)
    }

    /// Tells a connection that was lost from one that was given up because of a message that was too large, or none.
    pub(crate) fn why_lost(&self, error: Error) -> Error {
        let limit = self.limit;
        if self.was_silent() {
            let words = format!(
                "nothing was heard of the server for {} ms, longer than a statement may run: the network between has gone silent, or \
                 the server's machine; behind a pooler, it may have no backend free",
                self.patience.as_millis()
            );
            return error.if_lost(|| Error::Lost { last_words: Some(words) });
        }
        match self.met.load(Ordering::Relaxed) {
            0 => error,
            bytes => error.if_lost(|| Error::MessageTooLarge { bytes, limit }),
        }
    }
}

/// What the bytes are that go by.
enum Passing {
    /// Not messages: encrypted ones are looked at behind the decryption.
    Unseen,
    /// First the one byte that says whether the server offers TLS.
    TlsAnswer,
    /// Messages: a header that has come in part, and how much of the message behind it is still to come.
    Messages { header: [u8; HEADER], seen: usize, left: u64 },
}

impl Passing {
    const MESSAGES: Self = Self::Messages { header: [0; HEADER], seen: 0, left: 0 };
}

/// A stream whose messages are measured.
pub(super) struct Guarded<S> {
    stream: S,
    passing: Passing,
    bound: MessageBound,
    patience: Patience,
}

impl<S> Guarded<S> {
    /// A stream on which messages come at once.
    pub(super) fn messages(stream: S, bound: MessageBound) -> Self {
        Self::new(stream, Passing::MESSAGES, bound)
    }

    /// A stream on which the server is asked for TLS first.
    pub(super) fn asking_for_tls(stream: S, bound: MessageBound) -> Self {
        Self::new(stream, Passing::TlsAnswer, bound)
    }

    /// A stream that is encrypted from its first byte on.
    pub(super) fn encrypted(stream: S, bound: MessageBound) -> Self {
        Self::new(stream, Passing::Unseen, bound)
    }

    fn new(stream: S, passing: Passing, bound: MessageBound) -> Self {
        let patience = Patience::new(bound.patience);
        Self { stream, passing, bound, patience }
    }

    /// Fails where an answer is owed for too long; otherwise the task is woken when it will be.
    fn give_up_if_silent(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.patience.poll(context) {
            Poll::Pending => Ok(()),
            Poll::Ready(error) => {
                self.bound.silent.store(true, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    /// Looks at bytes that came.
    fn look(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some(first) = bytes.first() {
            match &mut self.passing {
                Passing::Unseen => return Ok(()),
                Passing::TlsAnswer => {
                    self.passing = if *first == b'S' { Passing::Unseen } else { Passing::MESSAGES };
                    bytes = bytes.get(1..).unwrap_or_default();
                }
                Passing::Messages { left, .. } if *left > 0 => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= here as u64;
                    bytes = bytes.get(here..).unwrap_or_default();
                }
                Passing::Messages { header, seen, left } => {
                    if let Some(place) = header.get_mut(*seen) {
                        *place = *first;
                    }
                    *seen += 1;
                    bytes = bytes.get(1..).unwrap_or_default();
                    if *seen == HEADER {
                        let [kind, length @ ..] = *header;
                        self.patience.message(kind);
                        let length = u64::from(u32::from_be_bytes(length));
                        if length > self.bound.limit {
                            self.bound.met.store(length, Ordering::Relaxed);
                            return Err(io::Error::new(
                                io::ErrorKind::InvalidData,
                                "a message of the server is larger than the limit",
                            ));
                        }
                        *seen = 0;
                        // The length counts itself.
                        *left = length.saturating_sub(4);
                    }
                }
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(read) => read?,
            Poll::Pending => {
                self.give_up_if_silent(context)?;
                return Poll::Pending;
            }
        }
        self.patience.heard();
        Poll::Ready(self.look(buffer.filled().get(before..).unwrap_or_default()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        // Behind encryption they are looked at there, and the request for it is no message.
        if matches!(self.passing, Passing::Messages { .. }) {
            self.patience.sent(bytes.get(..written).unwrap_or_default());
            // The driver reads before it writes, so that the alarm would not be set before something came.
            self.give_up_if_silent(context)?;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Guarded<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// TLS behind which messages are measured.
pub(super) struct GuardedTls<T> {
    pub(super) tls: T,
    pub(super) bound: MessageBound,
}

impl<S, T> TlsConnect<S> for GuardedTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Guarded<T::Stream>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, T::Error>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        let bound = self.bound;
        let connecting = self.tls.connect(stream);
        Box::pin(async move { Ok(Guarded::messages(connecting.await?, bound)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: usize) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&u32::try_from(body + 4).unwrap().to_be_bytes());
        bytes.resize(bytes.len() + body, b'x');
        bytes
    }

    #[tokio::test]
    async fn lets_messages_pass_however_they_are_cut() {
        let stream: Vec<u8> = [message(b'D', 0), message(b'D', 96), message(b'Z', 1)].concat();
        for size in 1..stream.len() {
            let mut guarded = Guarded::messages((), MessageBound::new(100, Duration::MAX));
            for piece in stream.chunks(size) {
                guarded.look(piece).unwrap();
            }
            assert!(guarded.bound.met.load(Ordering::Relaxed) == 0);
        }
    }

    #[tokio::test]
    async fn stops_at_the_header_of_a_message_that_is_too_large() {
        let stream: Vec<u8> = [message(b'D', 96), message(b'D', 97)].concat();
        for size in 1..stream.len() {
            let mut guarded = Guarded::messages((), MessageBound::new(100, Duration::MAX));
            let stopped = stream.chunks(size).position(|piece| guarded.look(piece).is_err());
            assert_eq!(stopped, Some((101 + HEADER - 1) / size), "in pieces of {size}");
            assert_eq!(guarded.bound.met.load(Ordering::Relaxed), 101);
        }
    }

    #[tokio::test]
    async fn measures_plain_text_where_tls_is_not_offered_and_nothing_where_it_is() {
        let bound = MessageBound::new(100, Duration::MAX);
        let large = message(b'D', 200);
        let mut refused = Guarded::asking_for_tls((), bound.clone());
        refused.look(b"N").unwrap();
        assert!(refused.look(&large).is_err());
        let mut offered = Guarded::asking_for_tls((), bound);
        offered.look(b"S").unwrap();
        offered.look(&large).unwrap();
    }
}
