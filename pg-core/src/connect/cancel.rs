//! Stopping what a backend is doing, over a connection of its own.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    CancelToken, NoTls, Socket,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};

use super::classify;
use super::error::ConnectError;
use super::tls::Tls;
use super::wire::{Place, Wire};

/// How long a cancel request may take: it is worth little later.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How a cancel request gets to the server.
#[derive(Clone)]
enum Way {
    /// Over TLS, as the connection itself, to this address; its certificate is checked for this name.
    Encrypted(Tls, Place, String),
    /// In plain text, to this address.
    Plain(Place),
    /// As its owner says.
    Lent(Arc<dyn Fn() -> BoxFuture<'static, Result<(), tokio_postgres::Error>> + Send + Sync>),
}

/// Asks the server to stop what one backend is doing; encrypted as the backend's own connection.
#[derive(Clone)]
pub(crate) struct CancelHandle {
    token: CancelToken,
    way: Way,
    target: String,
}

impl CancelHandle {
    pub(super) fn new(token: CancelToken, tls: Option<(Tls, String)>, place: Place, target: String) -> Self {
        let way = match tls {
            Some((tls, host)) => Way::Encrypted(tls, place, host),
            None => Way::Plain(place),
        };
        Self { token, way, target }
    }

    /// One for a session that somebody else opened.
    pub(crate) fn lent<T>(token: CancelToken, tls: T) -> Self
    where
        T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let asking = token.clone();
        let ask = move || {
            let (token, tls) = (asking.clone(), tls.clone());
            async move { token.cancel_query(tls).await }.boxed()
        };
        Self { token, way: Way::Lent(Arc::new(ask)), target: "the server of a pool that was lent".to_owned() }
    }

    /// Sends the request. The server tells nobody whether it stopped anything: watch the statement for 57014.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if the request could not be delivered within five seconds.
    pub(crate) async fn cancel(&self) -> Result<(), ConnectError> {
        let request = async {
            let delivered = match &self.way {
                Way::Encrypted(tls, place, host) => {
                    deliver(&self.token, place, StayingOpen(tls.for_host::<StaysOpen<Wire>>(host))).await
                }
                Way::Plain(place) => deliver(&self.token, place, NoTls).await,
                Way::Lent(ask) => Ok(ask().await),
            };
            let asked =
                delivered.map_err(|error| ConnectError::new(classify::io_failure(&error, &self.target)))?;
            asked.map_err(|error| ConnectError::new(classify::driver_error(&error, &self.target, None)))
        };
        match tokio::time::timeout(TIMEOUT, request).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::new(classify::timed_out(&self.target, TIMEOUT))),
        }
    }
}

/// Sends the request and waits until the other side hangs up, which it does once the request was dealt with. The driver's own
/// way closes its half of the connection first, or says goodbye in TLS: at that PgBouncer forgets the request, and 1.18 even ends
/// itself where it has begun to pass one on.
async fn deliver<T>(
    token: &CancelToken,
    place: &Place,
    tls: T,
) -> io::Result<Result<(), tokio_postgres::Error>>
where
    T: TlsConnect<StaysOpen<Wire>>,
{
    let mut wire = place.open().await?;
    let sent = token.cancel_query_raw(StaysOpen(wire.clone()), tls).await;
    if sent.is_ok() {
        // What is answered is none of the protocol's; a connection that is reset was closed.
        let _closed = tokio::io::copy(&mut wire, &mut tokio::io::sink()).await;
    }
    Ok(sent)
}

/// TLS that does not say goodbye.
struct StayingOpen<T>(T);

impl<S, T> TlsConnect<S> for StayingOpen<T>
where
    T: TlsConnect<S>,
    T::Stream: Unpin,
    T::Future: Send + 'static,
{
    type Stream = StaysOpen<T::Stream>;
    type Error = T::Error;
    type Future = BoxFuture<'static, Result<Self::Stream, T::Error>>;

    fn connect(self, stream: S) -> Self::Future {
        self.0.connect(stream).map(|connected| connected.map(StaysOpen)).boxed()
    }
}

/// A connection that is written to and not closed.
struct StaysOpen<S>(S);

impl<S: TlsStream + Unpin> TlsStream for StaysOpen<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.0.channel_binding()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StaysOpen<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StaysOpen<S> {
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

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
