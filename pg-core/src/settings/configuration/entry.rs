//! One named connection as configured: how to reach it and what may be done on it.

use std::time::Duration;

use super::super::connection::ConnectionSettings;
use pg_policy::{Access, ColumnMask, MaskKey, StatementKinds};

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
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
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
    /// How much one statement may take and give.
    pub limits: Limits,
    /// What the policy makes of statements.
    pub policy: PolicyOptions,
}

impl Default for ConnectionDefaults {
    fn default() -> Self {
        Self {
            access: Access::default(),
            pool_size: super::load::POOL_SIZE,
            max_pool_size: None,
            limits: Limits::default(),
            policy: PolicyOptions::default(),
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
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 1000,
            max_rows: 10_000,
            max_bytes: 1024 * 1024,
            statement_timeout: Duration::from_secs(30),
            lock_timeout: Duration::from_secs(5),
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
    /// Columns that nobody sees, and what is seen instead.
    pub masked_columns: Vec<ColumnMask>,
    /// The key of tokens; without one the process makes its own.
    pub mask_key: Option<MaskKey>,
    /// The longest statement, in bytes.
    pub max_statement_bytes: usize,
}

impl Default for PolicyOptions {
    fn default() -> Self {
        Self {
            allowed_operations: None,
            blocked_operations: StatementKinds::new(),
            allowed_functions: Vec::new(),
            masked_columns: Vec::new(),
            mask_key: None,
            max_statement_bytes: 1024 * 1024,
        }
    }
}
