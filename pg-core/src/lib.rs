//! Skeleton.

mod connect;
mod settings;

pub use connect::{ConnectError, ConnectErrorKind, ConnectFailure, Probe, probe};
pub use settings::{
    Access, ChannelBinding, Configuration, ConfigurationError, ConnectionDefaults, ConnectionDescription,
    ConnectionEntry, ConnectionOptions, ConnectionSettings, Environment, FilePosition, Host, HostOrder,
    Limits, ListenAddress, LogLevel, LoggingSettings, Overrides, ParseAccessError, PasswordSource,
    PolicyOptions, Resolved, Secret, ServerSettings, SessionTarget, SettingsError, SslMode, Target, Trust,
};
