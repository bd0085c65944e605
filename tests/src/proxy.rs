//! A network that fails when a test says so: a proxy in front of a server.
//!
//! Separate because several faults need it. Invariant: it changes no byte; it passes them on, holds them back, or ends
//! connections.
#![expect(clippy::panic, reason = "without its proxy a test cannot go on, and says why")]

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use xtask::coordinates::{Coordinates, HOST};

/// What the network does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Network {
    /// It passes everything on.
    Up,
    /// It loses nothing and delivers nothing.
    Held,
    /// It ends every connection, and each new one.
    Down,
    /// It delivers what a client sends, and ends a connection behind the first message in which the client says these words:
    /// the server acts on them, and nobody hears of it.
    LosesAnswerTo(&'static str),
}

/// A proxy in front of a server's port.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    network: watch::Sender<Network>,
}

impl Proxy {
    /// Listens on a port of its own and leads to the server.
    ///
    /// # Panics
    /// There is no free port.
    pub async fn before(server: &Coordinates) -> Self {
        let listener = match TcpListener::bind((HOST, 0)).await {
            Ok(listener) => listener,
            Err(failure) => panic!("listening as a proxy: {failure}"),
        };
        let port = listener.local_addr().map_or(0, |address| address.port());
        let (network, state) = watch::channel(Network::Up);
        let target = (HOST, server.port());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = state.clone();
                tokio::spawn(async move {
                    // A connection that cannot be made, or ends, is what a network does.
                    let _ = lead(client, target, state).await;
                });
            }
        });
        Self { port, network }
    }

    /// Changes what the network does, for connections that are there too.
    pub fn set(&self, network: Network) {
        self.network.send_replace(network);
    }

    /// The URL with this proxy's port in place of the server's.
    pub fn url(&self, url: &str, server: &Coordinates) -> String {
        url.replace(&format!(":{}/", server.port()), &format!(":{}/", self.port))
    }
}

async fn lead(client: TcpStream, target: (&str, u16), state: watch::Receiver<Network>) -> io::Result<()> {
    if *state.borrow() == Network::Down {
        return Ok(());
    }
    let server = TcpStream::connect(target).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let lost = Arc::new(tokio::sync::Notify::new());
    let mut down = state.clone();
    tokio::select! {
        ended = pass(from_client, to_server, state.clone(), Some(&lost)) => ended,
        ended = pass(from_server, to_client, state, None) => ended,
        _ = down.wait_for(|network| *network == Network::Down) => Ok(()),
        () = lost.notified() => Ok(()),
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Network>,
    client: Option<&tokio::sync::Notify>,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = from.read(&mut buffer).await?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        let now =
            state.wait_for(|network| *network != Network::Held).await.map_err(io::Error::other)?.clone();
        match (now, client) {
            (Network::LosesAnswerTo(words), Some(lost)) if says(bytes, words) => {
                to.write_all(bytes).await?;
                // Behind what the server reads its input ends, as when a network goes: it still does what it was told.
                to.shutdown().await?;
                lost.notify_one();
            }
            _ => to.write_all(bytes).await?,
        }
    }
}

fn says(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len().max(1)).any(|window| window == words.as_bytes())
}
