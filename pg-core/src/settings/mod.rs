//! Where connections come from: connection strings, variables, service file, passfile and the configuration file.
//!
//! Separate from `connect`, which opens what is described here: nothing in this module talks to a server.
//!
//! Invariants: no secret is ever in a `Debug`, a `Display` or an error of this module; the process's environment
//! is read in [`Environment::capture`] and nowhere else.

use crate::nearest;

mod configuration;
mod connection;
mod environment;
pub(crate) mod private_file;
mod secret;
mod told;
mod web_address;
mod webhook;

pub use configuration::{
    AuditKey, AuditParameters, AuditSettings, CHECK_NAMES, CheckOptions, Configuration, ConfigurationError,
    ConfirmationOptions, ConnectionDefaults, ConnectionEntry, FilePosition, Limits, ListenAddress, LogLevel,
    LoggingSettings, MaintenanceOptions, MonitorOptions, OauthGrant, OauthKeys, OauthSettings, OldPartitions,
    Overrides, PartitionRule, Period, PolicyOptions, PoolOptions, Pooler, Profile, ReportSettings,
    RetentionRule, RuleOptions, ServerSettings, TelemetrySettings, read_toml,
};
pub use connection::{
    ChannelBinding, ConnectionDescription, ConnectionOptions, ConnectionSettings, Host, HostOrder,
    PasswordSource, Resolved, SessionTarget, SettingsError, SslMode, Target, Trust,
};
pub use environment::Environment;
pub use secret::Secret;
pub use web_address::WebAddress;
pub use webhook::Webhook;

pub(crate) use connection::{RootCertificates, TlsNegotiation, TlsSettings};
pub(crate) use told::Told;
