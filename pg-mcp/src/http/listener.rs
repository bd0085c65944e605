//! The address that the HTTP server listens on.
//!
//! Invariant: a listener that other machines can reach serves callers with tokens only, behind something that speaks TLS; there
//! is no other way to make one.

use std::net::SocketAddr;

use tokio::net::{TcpListener, lookup_host};

use super::HttpOptions;
use crate::Error;

/// A bound address, and how it is served.
#[derive(Debug)]
pub struct Listener {
    pub(super) options: HttpOptions,
    pub(super) socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens on `HOST:PORT`. Port 0 takes any free port.
    ///
    /// # Errors
    /// [`Error::Address`] for what is no address, [`Error::BeyondLoopback`] for one that other machines can reach where the options name
    /// no tokens or no TLS in front,
    /// [`Error::Listen`] where the operating system refuses it.
    pub async fn bind(given: &str, options: HttpOptions) -> Result<Self, Error> {
        let no_address = || Error::Address { given: given.to_owned() };
        let candidates: Vec<SocketAddr> = lookup_host(given).await.map_err(|_| no_address())?.collect();
        let guarded = options.tls_in_front && options.wants_tokens();
        let beyond = |address: &&SocketAddr| !address.ip().is_loopback();
        if let Some(address) = candidates.iter().find(beyond).filter(|_| !guarded) {
            return Err(Error::BeyondLoopback { address: *address });
        }
        let address = *candidates.first().ok_or_else(no_address)?;
        let listen = |source| Error::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(listen)?;
        let address = socket.local_addr().map_err(listen)?;
        Ok(Self { options, socket, address })
    }

    /// The address, with the port that was taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where clients find the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }
}

#[cfg(test)]
mod tests {
    use pg_core::{Grant, TokenHash};

    use super::{HttpOptions, Listener};
    use crate::Error;

    #[tokio::test]
    async fn refuses_an_address_that_other_machines_can_reach() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let tokens = [("ada".to_owned(), (TokenHash::of("x"), Grant::default()))];
            for (tokens, tls_in_front) in [(Vec::new(), false), (Vec::new(), true), (tokens.to_vec(), false)]
            {
                let options = HttpOptions {
                    tokens: tokens.into_iter().collect(),
                    tls_in_front,
                    ..HttpOptions::default()
                };
                let refused = Listener::bind(address, options).await;
                assert!(matches!(refused, Err(Error::BeyondLoopback { .. })), "{address}: {refused:?}");
            }
        }
    }

    #[tokio::test]
    async fn says_what_an_address_looks_like() {
        for address in ["3000", "127.0.0.1", "127.0.0.1:70000", ""] {
            let refused = Listener::bind(address, HttpOptions::default()).await;
            assert!(matches!(refused, Err(Error::Address { .. })), "{address}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_an_error_that_says_so() {
        let first = Listener::bind("127.0.0.1:0", HttpOptions::default()).await.unwrap();
        let taken = first.address().to_string();
        let error = Listener::bind(&taken, HttpOptions::default()).await.unwrap_err();
        assert!(error.to_string().contains("another process has this port"), "{error}");
    }
}
