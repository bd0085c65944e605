//! One connection's settings, complete and checked.
//!
//! Invariant: made by resolving [`ConnectionOptions`](super::ConnectionOptions) only, so that every value has been checked.

use std::path::PathBuf;
use std::time::Duration;

use super::choice::{ChannelBinding, HostOrder, SessionTarget, SslMode, TlsNegotiation};
use super::options::PasswordSource;
use super::passfile::Passfile;
use super::target::Target;

/// Everything needed to open a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSettings {
    pub(crate) targets: Vec<Target>,
    pub(crate) database: String,
    pub(crate) user: String,
    pub(crate) password: Option<PasswordSource>,
    pub(crate) passfile: Option<Passfile>,
    pub(crate) tls: TlsSettings,
    pub(crate) channel_binding: ChannelBinding,
    /// For each address tried, from looking up to the first answer; `None` waits for ever.
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) application_name: String,
    pub(crate) options: Option<String>,
    pub(crate) session_target: SessionTarget,
    pub(crate) host_order: HostOrder,
    pub(crate) keepalives: Option<Keepalives>,
    pub(crate) tcp_user_timeout: Option<Duration>,
}

/// How to encrypt and whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    pub(crate) mode: SslMode,
    pub(crate) negotiation: TlsNegotiation,
    pub(crate) roots: RootCertificates,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) sends_name: bool,
    pub(crate) allows_1_2: bool,
    pub(crate) allows_1_3: bool,
}

/// Which authorities are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RootCertificates {
    /// Those in a file.
    File(PathBuf),
    /// Those of the operating system.
    System,
    /// None were named: the certificate is not checked.
    Unchecked,
}

/// TCP keepalive; `None` leaves a value to the operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keepalives {
    pub(crate) idle: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) count: Option<u32>,
}

/// What may be shown of a connection: no secret, no file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionDescription {
    /// The first host, or the folder of its socket.
    pub host: String,
    /// The port of the first host.
    pub port: u16,
    /// All hosts with their ports, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// The database.
    pub database: String,
    /// The role that logs in.
    pub user: String,
    /// When the connection is encrypted and what is checked.
    pub sslmode: SslMode,
}

impl ConnectionSettings {
    /// The servers that may be connected to, in the order given; never empty.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The role that logs in.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// When the connection is encrypted and what is checked.
    pub fn ssl_mode(&self) -> SslMode {
        self.tls.mode
    }

    /// The name that the server lists for the connection.
    pub fn application_name(&self) -> &str {
        &self.application_name
    }

    /// How long each address is waited for; `None` is for ever.
    pub fn connect_timeout(&self) -> Option<Duration> {
        self.connect_timeout
    }

    /// The first server that is not in the list `allowed`, whose items are a host's name, address or socket folder, alone
    /// or with `:port`. A server given by name and address is in the list only if both are.
    pub fn target_outside(&self, allowed: &[String]) -> Option<&Target> {
        let is_listed = |host: &str, port: u16| {
            allowed.iter().any(|item| {
                item.eq_ignore_ascii_case(host) || item.eq_ignore_ascii_case(&format!("{host}:{port}"))
            })
        };
        self.targets.iter().find(|target| {
            let named = is_listed(&target.host.to_string(), target.port);
            let addressed = target.address.is_none_or(|address| is_listed(&address.to_string(), target.port));
            !(named && addressed)
        })
    }

    /// What may be shown to anybody who may use the connection.
    pub fn describe(&self) -> ConnectionDescription {
        let first = self.targets.first();
        ConnectionDescription {
            host: first.map(|target| target.host.to_string()).unwrap_or_default(),
            port: first.map_or(super::target::DEFAULT_PORT, |target| target.port),
            hosts: match self.targets.as_slice() {
                [_] => Vec::new(),
                targets => targets.iter().map(ToString::to_string).collect(),
            },
            database: self.database.clone(),
            user: self.user.clone(),
            sslmode: self.tls.mode,
        }
    }
}
