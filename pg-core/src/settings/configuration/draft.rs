//! Configuration as typed: everything optional, so that sources can be laid over each other.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::connection::ConnectionOptions;
use super::entry::{Limits, PolicyOptions};
use super::quantity::{ListenAddress, LogLevel};
use pg_policy::Access;

/// What one source says, apart from connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) defaults: EntryDraft,
    pub(super) connections: BTreeMap<String, EntryDraft>,
    pub(super) listen: Option<ListenAddress>,
    pub(super) allowed_origins: Vec<String>,
    pub(super) connect_hosts: Vec<String>,
    pub(super) log_level: Option<LogLevel>,
    pub(super) log_statements: Option<bool>,
    pub(super) slow_statement: Option<Duration>,
}

/// What one source says of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct EntryDraft {
    pub(super) options: ConnectionOptions,
    pub(super) access: Option<Access>,
    pub(super) pool_size: Option<u32>,
    pub(super) search_path: Option<Vec<String>>,
    pub(super) label: Option<String>,
    pub(super) rows: Option<u64>,
    pub(super) max_rows: Option<u64>,
    pub(super) max_bytes: Option<usize>,
    pub(super) statement_timeout: Option<Duration>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) open_transactions: Option<u32>,
    pub(super) transaction_lease: Option<Duration>,
    pub(super) allowed_operations: Option<Vec<String>>,
    pub(super) blocked_operations: Vec<String>,
    pub(super) allowed_functions: Option<Vec<String>>,
    pub(super) max_statement_bytes: Option<usize>,
}

impl EntryDraft {
    /// Fills what is missing from `under`; blocked operations add up. Connection options are left as they are.
    pub(super) fn or(self, under: &Self) -> Self {
        let mut blocked_operations = self.blocked_operations;
        for blocked in &under.blocked_operations {
            if !blocked_operations.contains(blocked) {
                blocked_operations.push(blocked.clone());
            }
        }
        Self {
            options: self.options,
            access: self.access.or(under.access),
            pool_size: self.pool_size.or(under.pool_size),
            search_path: self.search_path.or_else(|| under.search_path.clone()),
            label: self.label.or_else(|| under.label.clone()),
            rows: self.rows.or(under.rows),
            max_rows: self.max_rows.or(under.max_rows),
            max_bytes: self.max_bytes.or(under.max_bytes),
            statement_timeout: self.statement_timeout.or(under.statement_timeout),
            lock_timeout: self.lock_timeout.or(under.lock_timeout),
            open_transactions: self.open_transactions.or(under.open_transactions),
            transaction_lease: self.transaction_lease.or(under.transaction_lease),
            allowed_operations: self.allowed_operations.or_else(|| under.allowed_operations.clone()),
            blocked_operations,
            allowed_functions: self.allowed_functions.or_else(|| under.allowed_functions.clone()),
            max_statement_bytes: self.max_statement_bytes.or(under.max_statement_bytes),
        }
    }

    /// The limits, or the contradiction in them.
    pub(super) fn limits(&self) -> Result<Limits, String> {
        let default = Limits::default();
        let (rows, max_rows) = match (self.rows, self.max_rows) {
            (Some(rows), Some(most)) if rows > most => {
                return Err(format!(
                    "limits.rows = {rows} is more than limits.max_rows = {most}: make it smaller"
                ));
            }
            // A default gives way to what was said.
            (Some(rows), most) => (rows, most.unwrap_or(default.max_rows.max(rows))),
            (None, most) => {
                let most = most.unwrap_or(default.max_rows);
                (default.rows.min(most), most)
            }
        };
        Ok(Limits {
            rows,
            max_rows,
            max_bytes: self.max_bytes.unwrap_or(default.max_bytes),
            statement_timeout: self.statement_timeout.unwrap_or(default.statement_timeout),
            lock_timeout: self.lock_timeout.unwrap_or(default.lock_timeout),
            open_transactions: self.open_transactions.unwrap_or(default.open_transactions),
            transaction_lease: self.transaction_lease.unwrap_or(default.transaction_lease),
        })
    }

    /// What the policy is told.
    pub(super) fn policy(&self) -> PolicyOptions {
        PolicyOptions {
            allowed_operations: self.allowed_operations.clone(),
            blocked_operations: self.blocked_operations.clone(),
            allowed_functions: self.allowed_functions.clone().unwrap_or_default(),
            max_statement_bytes: self
                .max_statement_bytes
                .unwrap_or(PolicyOptions::default().max_statement_bytes),
        }
    }
}
