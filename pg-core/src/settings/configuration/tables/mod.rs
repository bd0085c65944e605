//! The keys of the configuration file, as types: what is read, what the JSON Schema says, and what editors show.
//!
//! One table of the file, one type. Separate from what becomes of them, because several tables speak of one connection.
//! Invariant: a key stands here once, with its documentation; one that does not is an error where it is met.

mod audit;
mod checks;
mod confirmation;
mod connection;
mod limits;
mod maintenance;
mod masked_column;
mod monitor;
mod oauth;
mod policy;
mod pool;
mod quantities;
mod reports;
mod server;
mod telemetry;

use std::collections::BTreeMap;

use pg_policy::Access;
use serde::Deserialize;

pub(super) use audit::AuditTable;
pub use checks::CHECK_NAMES;
pub(super) use checks::ChecksTable;
pub(super) use confirmation::ConfirmationTable;
pub(super) use connection::ConnectionTable;
pub(super) use limits::{Calls, Cost, LimitsTable};
pub(super) use maintenance::MaintenanceTable;
pub(super) use masked_column::MaskedColumn;
pub(super) use monitor::MonitorTable;
pub(super) use oauth::{OauthGrantTable, OauthTable};
pub(super) use policy::{KindWord, PolicyTable};
pub(super) use pool::PoolTable;
pub(super) use quantities::{
    Backends, Bytes, Checked, Count, Hidden, Lease, Milliseconds, Parsed, Rows, Scalar,
};
pub(super) use reports::ReportsTable;
pub(super) use server::{LoggingTable, ServerTable, TokenTable};
pub(super) use telemetry::{HeaderTable, TelemetryTable};

use super::located::Located;

/// The configuration file of the PostgreSQL toolkit.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    /// Connections by name.
    pub(super) connections: BTreeMap<String, ConnectionTable>,
    /// Profiles by name, besides the built-in `read_only`, `standard` and `production`.
    pub(super) profiles: BTreeMap<String, ProfileTable>,
    /// What holds for connections that do not say it themselves.
    pub(super) defaults: DefaultsTable,
    /// The HTTP server.
    pub(super) server: ServerTable,
    /// What is logged.
    pub(super) logging: LoggingTable,
    /// The audit log.
    pub(super) audit: AuditTable,
    /// The checks of databases.
    pub(super) checks: ChecksTable,
    /// Reports by name.
    pub(super) reports: ReportsTable,
    /// What run_maintenance does.
    pub(super) maintenance: MaintenanceTable,
    /// What monitor_databases looks for.
    pub(super) monitor: MonitorTable,
    /// Where traces go.
    pub(super) telemetry: TelemetryTable,
}

/// A named policy that connections can hold themselves to.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProfileTable {
    /// The profile that this one begins with: what is said here wins, and what is blocked adds up.
    pub(super) extends: Option<Located<String>>,
    /// How much may be done; `read` where neither this profile nor the one it extends says it.
    pub(super) access: Option<Located<Access>>,
    /// How much one statement may take and give.
    pub(super) limits: LimitsTable,
    /// Which statements pass.
    pub(super) policy: PolicyTable,
}

/// What connections get that do not say it themselves, and those made at run time.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(super) struct DefaultsTable {
    /// The profile of connections that name none.
    pub(super) profile: Option<Located<String>>,
    /// How much may be done.
    pub(super) access: Option<Located<Access>>,
    /// The most backends in a pool.
    pub(super) pool_size: Option<Backends>,
    /// How long backends are kept, and waited for.
    pub(super) pool: PoolTable,
    /// How much one statement may take and give.
    pub(super) limits: LimitsTable,
    /// Which statements pass.
    pub(super) policy: PolicyTable,
}
