//! One named connection as configured: how to reach it and what may be done on it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::connection::ConnectionSettings;
use super::maintenance::MaintenanceOptions;
use super::monitor::MonitorOptions;
use pg_policy::{
    Access, ColumnMask, ColumnName, MaskKey, MaskedPredicates, SettingName, StatementKinds, Triggers,
};

/// A named connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectionEntry {
    /// How to reach the server.
    pub settings: ConnectionSettings,
    /// The profile that it is held to.
    pub profile: Option<String>,
    /// How much may be done.
    pub access: Access,
    /// The most backends in its pool.
    pub pool_size: u32,
    /// The schemas that unqualified names are looked for in; empty leaves it to the role's setting.
    pub search_path: Vec<String>,
    /// What people call it.
    pub label: Option<String>,
    /// Whether a pooler such as PgBouncer stands in between.
    pub pooler: Pooler,
    /// How long backends are kept, and waited for.
    pub pool: PoolOptions,
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
    /// What is said of checks, by their names.
    pub checks: BTreeMap<String, CheckOptions>,
    /// What run_maintenance does.
    pub maintenance: MaintenanceOptions,
    /// What monitor_databases looks for.
    pub monitor: MonitorOptions,
}

/// What is said of a check of databases.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CheckOptions {
    /// Whether it is run.
    pub enabled: bool,
    /// From which number on it warns, where that is not its own default.
    pub warning: Option<f64>,
    /// From which number on it is critical, where that is not its own default.
    pub critical: Option<f64>,
}

impl Default for CheckOptions {
    /// It is run, with its own thresholds.
    fn default() -> Self {
        Self { enabled: true, warning: None, critical: None }
    }
}

/// Whether a pooler such as PgBouncer stands between this program and the server, and when it changes the backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pooler {
    /// Found out on connecting; a pooler is taken for one that changes the backend with each transaction.
    #[default]
    Auto,
    /// There is none.
    Off,
    /// It keeps the backend until the session ends.
    Session,
    /// It changes the backend with each transaction.
    Transaction,
}

/// How long a pool keeps its backends, and how long callers wait for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolOptions {
    /// How old a backend grows before another takes its place.
    pub max_age: Duration,
    /// How long a backend may wait for work before it is closed.
    pub idle: Duration,
    /// How long a caller waits for a backend: for one of the pool to become free, or for a new one.
    pub check_out: Duration,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(30 * 60),
            idle: Duration::from_secs(10 * 60),
            check_out: Duration::from_secs(15),
        }
    }
}

/// A named policy.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profile {
    /// How much may be done.
    pub access: Access,
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
}

/// What connections get that are made at run time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ConnectionDefaults {
    /// How much may be done.
    pub access: Access,
    /// The most backends in a pool, unless the caller asks for another number.
    pub pool_size: u32,
    /// The most backends in a pool, whatever the caller asks for.
    pub max_pool_size: Option<u32>,
    /// How long backends are kept, and waited for.
    pub pool: PoolOptions,
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
    /// What is said of checks, by their names.
    pub checks: BTreeMap<String, CheckOptions>,
    /// What run_maintenance does.
    pub maintenance: MaintenanceOptions,
    /// What monitor_databases looks for.
    pub monitor: MonitorOptions,
}

impl Default for ConnectionDefaults {
    fn default() -> Self {
        Self {
            access: Access::default(),
            pool_size: super::load::POOL_SIZE,
            max_pool_size: None,
            pool: PoolOptions::default(),
            limits: Limits::default(),
            policy: PolicyOptions::default(),
            checks: BTreeMap::new(),
            maintenance: MaintenanceOptions::default(),
            monitor: MonitorOptions::default(),
        }
    }
}

/// How much one statement may take and give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows of one answer when the caller does not say.
    pub rows: u64,
    /// The most rows of one answer that a caller may ask for.
    pub max_rows: u64,
    /// The most bytes of one answer.
    pub max_bytes: usize,
    /// Bytes at which an answer is cut between rows; one row may exceed them up to `max_bytes`.
    pub answer_bytes: usize,
    /// The most bytes of a result that is kept to be read at an address.
    pub max_result_bytes: usize,
    /// The most bytes of one message of the server, which is one row at the largest.
    pub max_message_bytes: usize,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// The most transactions that may be open from call to call; each holds a backend.
    pub open_transactions: u32,
    /// How long an open transaction may be left alone before it is rolled back.
    pub transaction_lease: Duration,
    /// How many calls may work on the connection at once.
    pub max_concurrent: Option<u32>,
    /// How many statements callers may send in a minute.
    pub statements_per_minute: Option<u32>,
    /// The highest cost that the planner may estimate for a statement.
    pub max_cost: Option<u64>,
    /// The most rows that the planner may estimate for a step of a statement.
    pub max_rows_estimate: Option<u64>,
}

impl Limits {
    /// Bytes at which an answer is cut.
    pub(crate) fn cut_at(&self) -> usize {
        self.answer_bytes.min(self.max_bytes)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 1000,
            max_rows: 10_000,
            max_bytes: 1024 * 1024,
            answer_bytes: 1024 * 1024,
            max_result_bytes: 16 * 1024 * 1024,
            max_message_bytes: 64 * 1024 * 1024,
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
            open_transactions: 3,
            transaction_lease: Duration::from_secs(60),
            max_concurrent: None,
            statements_per_minute: None,
            max_cost: None,
            max_rows_estimate: None,
        }
    }
}

/// What the configuration says to the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyOptions {
    /// The statement kinds that are allowed, if not all that the access allows.
    pub allowed_operations: Option<StatementKinds>,
    /// The statement kinds that are refused whatever else is said.
    pub blocked_operations: StatementKinds,
    /// Functions that are allowed besides those known to be harmless.
    pub allowed_functions: Vec<String>,
    /// What the rules about names and conditions are told.
    pub rules: RuleOptions,
    /// Columns that nobody sees, and what is seen instead.
    pub masked_columns: Vec<ColumnMask>,
    /// The key of tokens; without one the process makes its own.
    pub mask_key: Option<MaskKey>,
    /// The longest statement, in bytes.
    pub max_statement_bytes: usize,
    /// Which changes must be confirmed.
    pub confirmation: ConfirmationOptions,
}

/// What the rules about names and conditions are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOptions {
    /// Functions that are never called.
    pub denied_functions: Vec<String>,
    /// Only relations of these schemas, and of the allowed tables.
    pub allowed_schemas: Option<Vec<String>>,
    /// No relation of these schemas.
    pub denied_schemas: Vec<String>,
    /// Only these relations, and those of the allowed schemas.
    pub allowed_tables: Option<Vec<String>>,
    /// None of these relations.
    pub denied_tables: Vec<String>,
    /// Of the relations in this list only these columns.
    pub allowed_columns: Vec<ColumnName>,
    /// None of these columns.
    pub denied_columns: Vec<ColumnName>,
    /// Settings that a transaction may change for itself.
    pub allowed_settings: Vec<SettingName>,
    /// Foreign-data wrappers whose tables may be used below admin access.
    pub allowed_wrappers: Vec<String>,
    /// What is asked of the functions of triggers.
    pub triggers: Triggers,
    /// What may be done with masked columns besides showing them.
    pub masked_predicates: MaskedPredicates,
    /// Whether changes need a condition that narrows them.
    pub require_where: bool,
    /// Whether `TRUNCATE` may pass.
    pub truncate: bool,
    /// Whether `DROP` may pass.
    pub drop: bool,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self {
            denied_functions: Vec::new(),
            allowed_schemas: None,
            denied_schemas: Vec::new(),
            allowed_tables: None,
            denied_tables: Vec::new(),
            allowed_columns: Vec::new(),
            denied_columns: Vec::new(),
            allowed_settings: Vec::new(),
            allowed_wrappers: Vec::new(),
            triggers: Triggers::default(),
            masked_predicates: MaskedPredicates::default(),
            require_where: false,
            truncate: true,
            drop: true,
        }
    }
}

impl Default for PolicyOptions {
    fn default() -> Self {
        Self {
            allowed_operations: None,
            blocked_operations: StatementKinds::new(),
            allowed_functions: Vec::new(),
            rules: RuleOptions::default(),
            masked_columns: Vec::new(),
            mask_key: None,
            max_statement_bytes: 1024 * 1024,
            confirmation: ConfirmationOptions::default(),
        }
    }
}

/// Which changes are previewed and made only once they are confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationOptions {
    /// Kinds of statements that must be confirmed.
    pub kinds: StatementKinds,
    /// Whether everything that may change something must be.
    pub writes: bool,
    /// A change that touches more rows than this must be.
    pub rows_above: Option<u64>,
    /// How long a code is good.
    pub expiry: Duration,
    /// Whether only a person may confirm, whom the front end asks.
    pub person: bool,
    /// Whether a front end may confirm unasked where its user said so beforehand (`--yes`).
    pub assume_yes: bool,
}

impl Default for ConfirmationOptions {
    /// Nothing is confirmed.
    fn default() -> Self {
        Self {
            kinds: StatementKinds::new(),
            writes: false,
            rows_above: None,
            expiry: Duration::from_secs(300),
            person: false,
            assume_yes: false,
        }
    }
}
