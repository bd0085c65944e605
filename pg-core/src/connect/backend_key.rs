//! The process number under which the other side took our connection.
//!
//! Separate because the driver keeps the number to itself: it is read from a cancel request that goes nowhere. A pooler
//! makes numbers up, so that a number that is not the backend's own tells that one stands in between.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio_postgres::{
    CancelToken,
    tls::{ChannelBinding, TlsConnect, TlsStream},
};

/// The request code with which a client asks for TLS. Source: PostgreSQL documentation, "Message Formats", SSLRequest.
const ASKS_FOR_TLS: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// The process number of the connection that a token cancels.
pub(super) async fn process_number(token: &CancelToken) -> Option<i32> {
    let (theirs, mut ours) = tokio::io::duplex(64);
    let read = async move {
        let mut head = [0; 8];
        ours.read_exact(&mut head).await.ok()?;
        if head == ASKS_FOR_TLS {
            ours.write_all(b"S").await.ok()?;
            ours.read_exact(&mut head).await.ok()?;
        }
        let number = ours.read_i32().await.ok()?;
        let _secret_key = ours.read_i32().await.ok()?;
        Some(number)
    };
    let (_sent, number) = futures_util::join!(token.cancel_query_raw(theirs, Unencrypted), read);
    number
}

/// What the driver takes for TLS, and is none: its bytes stay in this process.
struct Unencrypted;

impl TlsConnect<DuplexStream> for Unencrypted {
    type Stream = Bare;
    type Error = Infallible;
    type Future = Ready<Result<Bare, Infallible>>;

    fn connect(self, stream: DuplexStream) -> Self::Future {
        ready(Ok(Bare(stream)))
    }
}

struct Bare(DuplexStream);

impl AsyncRead for Bare {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Bare {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl TlsStream for Bare {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}
