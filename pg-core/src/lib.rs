#![doc = include_str!("../README.md")]

mod audit;
mod call;
mod caller;
mod confirm;
mod connection;
mod operation;
pub mod operations;
mod process;
mod recent;
mod service;
mod throttle;
mod token;
mod toolset;
mod trail;
mod update;

mod connect;
mod session;
mod settings;

mod batch;
mod bulk;
mod copy_in;
mod cursors;
mod given;
mod local;
mod open_transaction;
mod outcome;
mod planned;
mod read;
mod statement;
mod transaction;
mod transfer;
mod web;
mod webhook;
mod write;

#[cfg(feature = "parquet")]
mod columnar;
mod markdown;
mod parameters;
mod row_encoder;
mod row_writer;
mod rows;
mod typed;
mod value;

mod catalog;
mod changes;
mod compact;
mod estimate;
mod facts;

pub mod policy;

mod error;
mod exit;
mod filling;
mod findings;
mod histogram;
mod masks;
mod mend;
mod metrics;
mod nearest;
mod notice;
mod rendering;
mod report;
mod results;
mod spans;
mod sql_error;
#[cfg(feature = "otlp")]
mod telemetry;

pub use audit::{AuditFault, AuditVerdict, Identity, verify_audit};
pub use call::{Call, Origin};
pub use caller::Caller;
pub use confirm::{Agreement, Asker, Confirmation, Pass, Preview, Sample, TableChange};
pub use connect::{ConnectError, ConnectErrorKind, ConnectFailure, Probe, probe};
pub use connection::{
    Connection, FetchedRows, LentOptions, PlanRequest, Plans, ReadPage, SimulatedIndex, WholeRead,
};
pub use copy_in::Rejected;
pub use error::{Error, ErrorKind};
pub use exit::Exit;
pub use filling::{Filling, Lines, write_line};
pub use findings::{Report, ReportItem, ReportSection, Severity};
pub use histogram::Spread;
pub use local::read_local_file;
pub use markdown::{markdown_cell, markdown_header};
pub use nearest::closest;
pub use notice::Notice;
pub use operation::{
    Answer, AnyOperation, Arguments, Described, Effect, Example, Hints, Link, Operation, Registered,
};
pub use parameters::{ParameterTypes, Parameters};
pub use planned::{Leave, Plan, PlanBounds, PlanCode, PlannedStatement};
pub use process::process_name;
pub use recent::RecentCall;
pub use rendering::Rendering;
pub use report::{ErrorReport, caret_line};
pub use results::{KeptResult, RESULT_SCHEME};
#[cfg(feature = "parquet")]
pub use row_writer::ColumnFormat;
pub use row_writer::{RowFormat, RowWriter};
pub use rows::Rows;
pub use service::Service;
pub use session::{LentPool, PoolStats};
pub use settings::{
    AuditKey, AuditParameters, AuditSettings, CHECK_NAMES, ChannelBinding, CheckOptions, Configuration,
    ConfigurationError, ConfirmationOptions, ConnectionDefaults, ConnectionDescription, ConnectionEntry,
    ConnectionOptions, ConnectionSettings, Environment, FilePosition, Host, HostOrder, Limits, ListenAddress,
    LogLevel, LoggingSettings, MaintenanceOptions, MonitorOptions, OauthGrant, OauthKeys, OauthSettings,
    OldPartitions, Overrides, PartitionRule, PasswordSource, Period, PolicyOptions, PoolOptions, Pooler,
    Profile, ReportSettings, Resolved, RetentionRule, RuleOptions, Secret, ServerSettings, SessionTarget,
    SettingsError, SslMode, Target, TelemetrySettings, Trust, WebAddress, Webhook, read_toml,
};
pub use spans::TRACES;
pub use sql_error::SqlError;
#[cfg(feature = "otlp")]
pub use telemetry::{Telemetry, TelemetryError};
pub use token::{CallerLimits, Grant, TokenHash};
pub use toolset::Toolset;
pub use transfer::{
    Batch, Conflict, Fill, FilledColumn, Progress, QueryColumn, RefusedRow, SharedSnapshot, Stage,
    StageTarget, StagedRow, StagedTransfer, TextRow, Transferred, query_columns,
};
pub use typed::{ColumnIndex, FromRow, Record, RowStream, Transaction, TransactionOptions};
pub use update::Update;
pub use value::{
    BindError, ColumnCodec, DecodeError, Parameter, ParameterError, Raw, bind, type_name, write_json_string,
};
pub use web::fetch;
pub use webhook::send_to_webhook;

pub use postgres_types::{FromSql, ToSql, Type};

pub use pg_policy::{
    Access, ColumnMask, MaskKey, MaskMethod, MaskedPredicates, ScriptError, ScriptProblem, ScriptStatement,
    Triggers, split_script,
};
