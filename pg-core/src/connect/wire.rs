//! The socket of one connection, opened here so that it can be looked at beside the driver that reads it.
//!
//! Separate because a driver notices the end of a connection when it is polled next, and the kernel knows before. Invariant:
//! looking takes no byte away and waits for nothing.

use std::{
    io,
    net::IpAddr,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
};

use socket2::{SockRef, TcpKeepalive};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::settings::{ConnectionSettings, Host, Target};

/// Where a server listens.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// On TCP.
    Tcp(IpAddr, u16),
    /// On a socket.
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Place {
    /// The place of a target at one of its addresses.
    pub(super) fn of(target: &Target, address: Option<IpAddr>) -> io::Result<Self> {
        match (&target.host, address) {
            (Host::Tcp(_), Some(address)) => Ok(Self::Tcp(address, target.port)),
            #[cfg(unix)]
            (Host::Unix(folder), _) => Ok(Self::Unix(folder.join(format!(".s.PGSQL.{}", target.port)))),
            _ => Err(io::Error::new(io::ErrorKind::NotFound, "there is no address")),
        }
    }

    /// Opens a connection, with nothing of the protocol said yet.
    pub(super) async fn open(&self) -> io::Result<Wire> {
        let socket = match self {
            Self::Tcp(address, port) => {
                let stream = TcpStream::connect((*address, *port)).await?;
                stream.set_nodelay(true)?;
                Socket::Tcp(stream)
            }
            #[cfg(unix)]
            Self::Unix(path) => Socket::Unix(UnixStream::connect(path).await?),
        };
        Ok(Wire { socket: Arc::new(socket) })
    }
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// One open connection: bytes, in both directions.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    socket: Arc<Socket>,
}

impl Wire {
    /// Sets what the settings say of TCP.
    pub(super) fn tune(&self, settings: &ConnectionSettings) -> io::Result<()> {
        let socket = match &*self.socket {
            Socket::Tcp(stream) => SockRef::from(stream),
            #[cfg(unix)]
            Socket::Unix(_) => return Ok(()),
        };
        #[cfg(target_os = "linux")]
        if let Some(timeout) = settings.tcp_user_timeout {
            socket.set_tcp_user_timeout(Some(timeout))?;
        }
        let Some(keepalives) = settings.keepalives else { return Ok(()) };
        let mut wanted = TcpKeepalive::new();
        if let Some(idle) = keepalives.idle {
            wanted = wanted.with_time(idle);
        }
        if let Some(interval) = keepalives.interval {
            wanted = wanted.with_interval(interval);
        }
        if let Some(count) = keepalives.count {
            wanted = wanted.with_retries(count);
        }
        socket.set_tcp_keepalive(&wanted)
    }

    /// What tells whether the other side is still there, without keeping the connection open.
    pub(super) fn line(&self) -> Line {
        Line(Arc::downgrade(&self.socket))
    }
}

/// A look at a connection from beside.
#[derive(Clone, Debug)]
pub(crate) struct Line(Weak<Socket>);

impl Line {
    /// Whether the other side has hung up, as far as this machine's kernel knows, also while bytes wait to be read.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.upgrade().is_none_or(|socket| socket.has_ended())
    }
}

impl Socket {
    #[cfg(unix)]
    fn has_ended(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        // Linux tells of a half that is closed while the other is open; elsewhere only the whole is seen.
        #[cfg(target_os = "linux")]
        let asked = PollFlags::RDHUP;
        #[cfg(not(target_os = "linux"))]
        let asked = PollFlags::empty();
        let mut sockets = [match self {
            Self::Tcp(stream) => PollFd::new(stream, asked),
            Self::Unix(stream) => PollFd::new(stream, asked),
        }];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        // What is not asked for and told all the same: HUP, ERR and NVAL, an end in any case.
        poll(&mut sockets, Some(&now)).is_ok_and(|told| told > 0)
    }

    #[cfg(not(unix))]
    fn has_ended(&self) -> bool {
        false
    }
}

/// Tries until the socket is ready: readiness that was told may be used up already.
macro_rules! when {
    ($ready:ident, $wire:expr, $context:expr, $attempt:ident($($argument:expr),*)) => {
        loop {
            let tried = match &*$wire.socket {
                Socket::Tcp(stream) => {
                    ready!(stream.$ready($context))?;
                    stream.$attempt($($argument),*)
                }
                #[cfg(unix)]
                Socket::Unix(stream) => {
                    ready!(stream.$ready($context))?;
                    stream.$attempt($($argument),*)
                }
            };
            match tried {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                other => break Poll::Ready(other),
            }
        }
    };
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        when!(poll_read_ready, self, context, try_read_buf(buffer)).map_ok(drop)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        when!(poll_write_ready, self, context, try_write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = match &*self.socket {
            Socket::Tcp(stream) => SockRef::from(stream),
            #[cfg(unix)]
            Socket::Unix(stream) => SockRef::from(stream),
        };
        Poll::Ready(match socket.shutdown(std::net::Shutdown::Write) {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            done => done,
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn sees_an_end_behind_bytes_that_nobody_has_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut wire = Place::Tcp(address.ip(), address.port()).open().await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        let line = wire.line();
        other.write_all(b"goodbye").await.unwrap();
        wire.write_all(b"hello").await.unwrap();
        other.read_exact(&mut [0; 5]).await.unwrap();
        assert!(!line.has_ended());
        drop(other);
        while !line.has_ended() {
            tokio::task::yield_now().await;
        }
        let mut said = String::new();
        wire.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "goodbye");
        drop(wire);
        assert!(line.has_ended());
    }
}
