//! Opening one connection: which server, how encrypted, as whom, and how its session starts.
//!
//! Separate from `settings`, which says what to connect to, and from sessions, which run statements.
//!
//! Invariants: nothing of the caller's is run here, only the one fixed statement that starts the session; no error holds
//! a password or a connection string; an encrypted mode never falls back to plain text unless it is `allow` or `prefer`.

mod addresses;
mod attempt;
mod backend_key;
mod cancel;
mod classify;
mod driver;
mod error;
mod message_guard;
mod open;
mod password;
mod patience;
mod probe;
mod scope;
mod start;
mod tls;
mod verifier;
mod wire;

pub use error::{ConnectError, ConnectErrorKind, ConnectFailure};
pub use probe::{Probe, probe};

pub(crate) use cancel::CancelHandle;
pub(crate) use driver::Driver;
pub(crate) use message_guard::MessageBound;
pub(crate) use open::{Connected, connect};
pub(crate) use scope::{Names, Scope};
pub(crate) use start::{Holds, SessionStart, begin_in_scope, start_session};
pub(crate) use wire::Line;
