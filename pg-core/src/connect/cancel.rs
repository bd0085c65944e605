//! Stopping what a backend is doing, over a connection of its own.

use std::{
    io,
    net::IpAddr,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_postgres::{
    CancelToken, NoTls, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

use super::classify;
use super::error::ConnectError;
use super::tls::Tls;
use crate::settings::{Host, Target};

/// How long a cancel request may take: it is worth little later.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How a cancel request gets to the server.
#[derive(Clone)]
enum Way {
    /// Over TLS, as the connection itself.
    Encrypted(Tls),
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
    pub(super) fn new(token: CancelToken, tls: Option<Tls>, place: Place, target: String) -> Self {
        let way = match tls {
            Some(tls) => Way::Encrypted(tls),
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
            let asked = match &self.way {
                Way::Encrypted(tls) => self.token.cancel_query(tls.connector.clone()).await,
                Way::Plain(place) => match place.ask(&self.token).await {
                    Ok(asked) => asked,
                    Err(error) => return Err(ConnectError::new(classify::io_failure(&error, &self.target))),
                },
                Way::Lent(ask) => ask().await,
            };
            asked.map_err(|error| ConnectError::new(classify::driver_error(&error, &self.target, None)))
        };
        match tokio::time::timeout(TIMEOUT, request).await {
            Ok(result) => result,
            Err(_) => Err(ConnectError::new(classify::timed_out(&self.target, TIMEOUT))),
        }
    }
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// On TCP.
    Tcp(IpAddr, u16),
    /// On a socket.
    #[cfg(unix)]
    Unix(PathBuf),
    /// Where the driver finds it.
    Unknown,
}

impl Place {
    /// The place of a target at one of its addresses.
    pub(super) fn of(target: &Target, address: Option<IpAddr>) -> Self {
        match (&target.host, address) {
            (Host::Tcp(_), Some(address)) => Self::Tcp(address, target.port),
            #[cfg(unix)]
            (Host::Unix(folder), _) => Self::Unix(folder.join(format!(".s.PGSQL.{}", target.port))),
            _ => Self::Unknown,
        }
    }

    async fn ask(&self, token: &CancelToken) -> io::Result<Result<(), tokio_postgres::Error>> {
        match self {
            Self::Tcp(address, port) => deliver(token, TcpStream::connect((*address, *port)).await?).await,
            #[cfg(unix)]
            Self::Unix(path) => deliver(token, tokio::net::UnixStream::connect(path).await?).await,
            Self::Unknown => Ok(token.cancel_query(NoTls).await),
        }
    }
}

/// Sends the request and waits until the other side hangs up, which it does once the request was dealt with. The driver's own
/// way closes its half of the connection first, at which PgBouncer 1.18 forgets the request.
async fn deliver<S>(token: &CancelToken, mut stream: S) -> io::Result<Result<(), tokio_postgres::Error>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let sent = token.cancel_query_raw(StaysOpen(&mut stream), NoTls).await;
    // An answer is none of the protocol's; a connection that is reset was closed.
    let _closed = stream.read(&mut [0; 1]).await;
    Ok(sent)
}

/// A stream that is written to and not closed.
struct StaysOpen<'a, S>(&'a mut S);

impl<S: AsyncRead + Unpin> AsyncRead for StaysOpen<'_, S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StaysOpen<'_, S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
