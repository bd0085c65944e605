//! This process's standard input and output as asynchronous streams: without blocking threads where they are pipes or
//! sockets, as they are under an MCP client; the blocking form for files and terminals.
//!
//! Invariant: a pipe's own flags are not changed, since other processes may share it; ours is opened anew.

use std::{io, time::Duration};

use tokio::io::{AsyncRead, AsyncWrite};

/// How often [`output_closed`] looks.
const LOOK: Duration = Duration::from_millis(100);

/// A byte stream to read from.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;
/// A byte stream to write to.
pub(crate) type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Standard input.
///
/// # Errors
/// The operating system's, where it is a pipe or a socket and could not be used as one.
pub(crate) fn input() -> io::Result<Input> {
    #[cfg(unix)]
    if let Some(input) = unix::input()? {
        return Ok(input);
    }
    Ok(Box::new(tokio::io::stdin()))
}

/// Standard output.
///
/// # Errors
/// The operating system's, where it is a pipe or a socket and could not be used as one.
pub(crate) fn output() -> io::Result<Output> {
    #[cfg(unix)]
    if let Some(output) = unix::output()? {
        return Ok(output);
    }
    Ok(Box::new(tokio::io::stdout()))
}

/// Waits until nobody can read standard output any more; for ever where that cannot be told.
pub(crate) async fn output_closed() {
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        #[cfg(unix)]
        if unix::output_is_closed() {
            return;
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        fs::File,
        io,
        os::{
            fd::{AsFd, OwnedFd},
            unix::{fs::FileTypeExt, net::UnixStream as StdUnixStream},
        },
    };

    use rustix::{
        event::{PollFd, PollFlags, poll},
        time::Timespec,
    };
    use tokio::net::{
        UnixStream,
        unix::pipe::{self, Receiver, Sender},
    };

    use super::{Input, Output};

    enum Kind {
        Pipe(OwnedFd),
        Socket(OwnedFd),
        Other,
    }

    fn kind(stream: impl AsFd) -> io::Result<Kind> {
        let file = File::from(stream.as_fd().try_clone_to_owned()?);
        let file_type = file.metadata()?.file_type();
        Ok(if file_type.is_fifo() {
            Kind::Pipe(file.into())
        } else if file_type.is_socket() {
            Kind::Socket(file.into())
        } else {
            Kind::Other
        })
    }

    pub(super) fn input() -> io::Result<Option<Input>> {
        Ok(match kind(io::stdin())? {
            Kind::Pipe(pipe) => {
                let reopened = pipe::OpenOptions::new().open_receiver("/proc/self/fd/0");
                Some(Box::new(reopened.or_else(|_| Receiver::from_owned_fd(pipe))?))
            }
            Kind::Socket(socket) => Some(Box::new(stream(socket)?)),
            Kind::Other => None,
        })
    }

    pub(super) fn output() -> io::Result<Option<Output>> {
        Ok(match kind(io::stdout())? {
            Kind::Pipe(pipe) => {
                let reopened = pipe::OpenOptions::new().open_sender("/proc/self/fd/1");
                Some(Box::new(reopened.or_else(|_| Sender::from_owned_fd(pipe))?))
            }
            Kind::Socket(socket) => Some(Box::new(stream(socket)?)),
            Kind::Other => None,
        })
    }

    fn stream(socket: OwnedFd) -> io::Result<UnixStream> {
        let socket = StdUnixStream::from(socket);
        socket.set_nonblocking(true)?;
        UnixStream::from_std(socket)
    }

    /// Whether whoever was to read standard output is gone.
    pub(super) fn output_is_closed() -> bool {
        let output = io::stdout();
        let mut watched = [PollFd::new(&output, PollFlags::empty())];
        let gone = PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL;
        poll(&mut watched, Some(&Timespec::default())).is_ok()
            && watched.iter().any(|stream| stream.revents().intersects(gone))
    }
}
