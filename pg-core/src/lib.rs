#![doc = include_str!("../README.md")]

mod call;
mod connection;
mod operation;
pub mod operations;
mod service;

mod connect;
mod session;
mod settings;

mod batch;
mod bulk;
mod copy_in;
mod cursors;
mod local;
mod read;
mod statement;
mod transaction;
mod write;

mod markdown;
mod parameters;
mod row_encoder;
mod row_writer;
mod rows;
mod value;

mod catalog;
mod facts;

pub mod policy;

mod error;
mod exit;
mod masks;
mod mend;
mod metrics;
mod nearest;
mod notice;
mod report;
mod sql_error;

pub use call::{Call, Origin};
pub use connect::{ConnectError, ConnectErrorKind, ConnectFailure, Probe, probe};
pub use connection::Connection;
pub use copy_in::Rejected;
pub use error::{Error, ErrorKind};
pub use exit::Exit;
pub use markdown::{markdown_cell, markdown_header};
pub use nearest::closest;
pub use notice::Notice;
pub use operation::{
    Answer, AnyOperation, Arguments, Described, Effect, Example, Hints, Operation, Registered,
};
pub use parameters::Parameters;
pub use report::{ErrorReport, caret_line};
pub use row_writer::{RowFormat, RowWriter};
pub use rows::Rows;
pub use service::Service;
pub use session::PoolStats;
pub use settings::{
    ChannelBinding, Configuration, ConfigurationError, ConnectionDefaults, ConnectionDescription,
    ConnectionEntry, ConnectionOptions, ConnectionSettings, Environment, FilePosition, Host, HostOrder,
    Limits, ListenAddress, LogLevel, LoggingSettings, Overrides, PasswordSource, PolicyOptions, Profile,
    Resolved, Secret, ServerSettings, SessionTarget, SettingsError, SslMode, Target, Trust,
};
pub use sql_error::SqlError;
pub use value::{
    BindError, ColumnCodec, DecodeError, Parameter, ParameterError, Raw, bind, type_name, write_json_string,
};

pub use pg_policy::{Access, ColumnMask, MaskKey, MaskMethod};
