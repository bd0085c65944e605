//! One connection's settings: as typed (strings under libpq's option names), then resolved and checked.
//!
//! Follows libpq: <https://www.postgresql.org/docs/current/libpq-connect.html>. Options come from a connection string,
//! the service file, `PG*` variables and defaults, in this order; only what is resolved can be connected to.

mod choice;
mod error;
mod key_value;
mod keyword;
mod options;
mod passfile;
mod reader;
mod resolve;
mod service;
mod target;
mod url;
mod values;

pub use choice::{ChannelBinding, HostOrder, SessionTarget, SslMode};
pub use error::SettingsError;
pub use options::{ConnectionOptions, PasswordSource};
pub use resolve::{Resolved, Trust};
pub use target::{Host, Target};
pub use values::{ConnectionDescription, ConnectionSettings};

pub(crate) use choice::TlsNegotiation;
pub(crate) use values::{RootCertificates, TlsSettings};
