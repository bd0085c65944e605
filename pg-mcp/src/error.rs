//! The crate's error: why a server could not start or go on. What fails within a call is answered, and is not here.

use std::{io, net::SocketAddr};

use pg_core::Exit;

/// Why a server could not start or go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration cannot be used.
    #[error("the configuration cannot be used")]
    Configuration {
        /// Where, what was given, and what is allowed.
        #[source]
        source: Box<pg_core::ConfigurationError>,
    },
    /// Traces cannot be sent.
    #[cfg(feature = "otlp")]
    #[error("[telemetry] cannot be used")]
    Telemetry {
        /// Where they were to go, and why they cannot.
        #[source]
        source: pg_core::TelemetryError,
    },
    /// The address to listen on does not make sense.
    #[error("`{given}` is no address to listen on: give HOST:PORT, such as 127.0.0.1:3000")]
    Address {
        /// What was given.
        given: String,
    },
    /// The address to listen on can be reached from other machines.
    #[error(
        "refusing to listen on {address}: other machines can reach it; listen on 127.0.0.1 or [::1], or let in callers with tokens \
         only ([server.tokens.NAME], `pg-mcp token NAME` makes one, or [server.oauth]) and behind a proxy that speaks TLS (server.tls_in_front = true)"
    )]
    BeyondLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// A token grants what there is not.
    #[error("[server.tokens.{token}]: {problem}")]
    Grant {
        /// The token's name.
        token: String,
        /// What is wrong.
        problem: String,
    },
    /// The authorization server's tokens cannot be believed.
    #[error("[server.oauth] cannot be used: {problem}")]
    Oauth {
        /// Why.
        problem: String,
    },
    /// No token could be made.
    #[error("no token could be made: {problem}")]
    Token {
        /// Why.
        problem: String,
    },
    /// The address could not be listened on.
    #[error("cannot listen on {address}{}", listen_hint(source))]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The HTTP server failed.
    #[error("the HTTP server failed")]
    Http {
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// Standard input or output cannot be used.
    #[error("standard input or output cannot be used")]
    Stdio {
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
    /// The client's first messages could not be answered.
    #[error("the client's handshake failed: {problem}")]
    Protocol {
        /// What the MCP library says.
        problem: String,
    },
    /// A client's configuration could not be changed.
    #[error("nothing was installed: {problem}")]
    Install {
        /// Why, and what to do instead.
        problem: String,
    },
    /// The threads or signals that a server needs could not be had.
    #[error("the server could not start")]
    Start {
        /// The operating system's error.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// The exit code of a process that ends with this error.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Error::Configuration { .. }
            | Error::Address { .. }
            | Error::BeyondLoopback { .. }
            | Error::Grant { .. }
            | Error::Oauth { .. }
            | Error::Listen { .. }
            | Error::Install { .. } => Exit::Usage,
            #[cfg(feature = "otlp")]
            Error::Telemetry { .. } => Exit::Usage,
            Error::Token { .. }
            | Error::Http { .. }
            | Error::Stdio { .. }
            | Error::Protocol { .. }
            | Error::Start { .. } => Exit::Connection,
        }
    }
}

fn listen_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::AddrInUse => {
            ": another process has this port; choose another one, or 0 for any that is free"
        }
        io::ErrorKind::PermissionDenied => ": this user may not have this port; choose one from 1024 up",
        _ => "",
    }
}
