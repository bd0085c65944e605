//! What a table says of what may be done: access, limits, policy; and how several tables come together.
//!
//! Separate because profiles, `[defaults]` and connections all say it, over each other. Invariant: nothing that was blocked or
//! bounded further down is free again further up, except where a profile extends another one and says so.

use std::time::Duration;

use pg_policy::{Access, StatementKinds};

use super::entry::{Limits, PolicyOptions};
use super::error::ConfigurationError;
use super::lists;
use super::located::Located;
use super::tables::{KindWord, LimitsTable, PolicyTable};

/// What is said, with the places where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    pub(super) access: Option<Located<Access>>,
    pub(super) limits: LimitsTable,
    pub(super) policy: PolicyTable,
}

impl Terms {
    /// Lays these terms over others: what is said here wins, what is blocked adds up.
    pub(super) fn over(self, under: &Terms) -> Terms {
        let Terms { access, limits, policy } = self;
        let mut masked_columns = policy.masked_columns;
        masked_columns.extend(under.policy.masked_columns.iter().cloned());
        let mut blocked_operations = policy.blocked_operations;
        blocked_operations.extend(under.policy.blocked_operations.iter().cloned());
        let (allowed_schemas, allowed_tables) = match (policy.allowed_schemas, policy.allowed_tables) {
            // They are one list in two keys: to say one of them says it all.
            (None, None) => (under.policy.allowed_schemas.clone(), under.policy.allowed_tables.clone()),
            said => said,
        };
        Terms {
            access: access.or_else(|| under.access.clone()),
            limits: LimitsTable {
                rows: limits.rows.or_else(|| under.limits.rows.clone()),
                max_rows: limits.max_rows.or_else(|| under.limits.max_rows.clone()),
                max_bytes: limits.max_bytes.or_else(|| under.limits.max_bytes.clone()),
                max_result_bytes: limits.max_result_bytes.or_else(|| under.limits.max_result_bytes.clone()),
                max_message_bytes: limits
                    .max_message_bytes
                    .or_else(|| under.limits.max_message_bytes.clone()),
                statement_timeout_ms: limits
                    .statement_timeout_ms
                    .or_else(|| under.limits.statement_timeout_ms.clone()),
                lock_timeout_ms: limits.lock_timeout_ms.or_else(|| under.limits.lock_timeout_ms.clone()),
                open_transactions: limits
                    .open_transactions
                    .or_else(|| under.limits.open_transactions.clone()),
                transaction_lease_ms: limits
                    .transaction_lease_ms
                    .or_else(|| under.limits.transaction_lease_ms.clone()),
                max_concurrent: limits.max_concurrent.or_else(|| under.limits.max_concurrent.clone()),
                statements_per_minute: limits
                    .statements_per_minute
                    .or_else(|| under.limits.statements_per_minute.clone()),
                max_cost: limits.max_cost.or_else(|| under.limits.max_cost.clone()),
                max_rows_estimate: limits
                    .max_rows_estimate
                    .or_else(|| under.limits.max_rows_estimate.clone()),
            },
            policy: PolicyTable {
                allowed_operations: policy
                    .allowed_operations
                    .or_else(|| under.policy.allowed_operations.clone()),
                blocked_operations,
                allowed_functions: policy
                    .allowed_functions
                    .or_else(|| under.policy.allowed_functions.clone()),
                denied_functions: added(policy.denied_functions, &under.policy.denied_functions),
                allowed_schemas,
                denied_schemas: added(policy.denied_schemas, &under.policy.denied_schemas),
                allowed_tables,
                denied_tables: added(policy.denied_tables, &under.policy.denied_tables),
                allowed_columns: lists::columns(policy.allowed_columns, &under.policy.allowed_columns),
                denied_columns: added(policy.denied_columns, &under.policy.denied_columns),
                allowed_settings: policy.allowed_settings.or_else(|| under.policy.allowed_settings.clone()),
                allowed_wrappers: policy.allowed_wrappers.or_else(|| under.policy.allowed_wrappers.clone()),
                triggers: policy.triggers.or_else(|| under.policy.triggers.clone()),
                require_where: policy.require_where.or_else(|| under.policy.require_where.clone()),
                truncate: policy.truncate.or_else(|| under.policy.truncate.clone()),
                drop: policy.drop.or_else(|| under.policy.drop.clone()),
                masked_columns,
                masked_predicates: policy
                    .masked_predicates
                    .or_else(|| under.policy.masked_predicates.clone()),
                mask_key_file: policy.mask_key_file.or_else(|| under.policy.mask_key_file.clone()),
                mask_key_env: policy.mask_key_env.or_else(|| under.policy.mask_key_env.clone()),
                max_statement_bytes: policy
                    .max_statement_bytes
                    .or_else(|| under.policy.max_statement_bytes.clone()),
                confirm: match (policy.confirm, &under.policy.confirm) {
                    (Some(own), Some(other)) => Some(own.and(other)),
                    (own, other) => own.or_else(|| other.clone()),
                },
            },
        }
    }

    /// The limits: a default gives way to what was said.
    pub(super) fn limits(&self) -> Limits {
        let default = Limits::default();
        let LimitsTable {
            rows,
            max_rows,
            max_bytes,
            max_result_bytes,
            max_message_bytes,
            statement_timeout_ms,
            lock_timeout_ms,
            open_transactions,
            transaction_lease_ms,
            max_concurrent,
            statements_per_minute,
            max_cost,
            max_rows_estimate,
        } = &self.limits;
        let calls = |said: &Option<Located<super::tables::Calls>>| {
            said.as_ref().and_then(|said| u32::try_from(said.value.get()).ok())
        };
        let estimate =
            |said: &Option<Located<super::tables::Cost>>| said.as_ref().map(|said| said.value.get());
        let rows = rows.as_ref().map(|rows| rows.value.get());
        let max_rows = match (max_rows, rows) {
            (Some(most), _) => most.value.get(),
            (None, rows) => default.max_rows.max(rows.unwrap_or_default()),
        };
        let time = |said: &Option<Located<super::tables::Milliseconds>>, default| {
            said.as_ref().map_or(default, |said| Duration::from_millis(said.value.get()))
        };
        Limits {
            rows: rows.unwrap_or(default.rows).min(max_rows),
            max_rows,
            max_bytes: bytes(max_bytes.as_ref()).unwrap_or(default.max_bytes),
            answer_bytes: bytes(max_bytes.as_ref()).unwrap_or(default.answer_bytes),
            max_result_bytes: bytes(max_result_bytes.as_ref()).unwrap_or(default.max_result_bytes),
            max_message_bytes: bytes(max_message_bytes.as_ref()).unwrap_or(default.max_message_bytes),
            statement_timeout: time(statement_timeout_ms, default.statement_timeout),
            lock_timeout: time(lock_timeout_ms, default.lock_timeout),
            open_transactions: open_transactions
                .as_ref()
                .and_then(|said| u32::try_from(said.value.get()).ok())
                .unwrap_or(default.open_transactions),
            transaction_lease: transaction_lease_ms
                .as_ref()
                .map_or(default.transaction_lease, |said| Duration::from_millis(said.value.get())),
            max_concurrent: calls(max_concurrent),
            statements_per_minute: calls(statements_per_minute),
            max_cost: estimate(max_cost),
            max_rows_estimate: estimate(max_rows_estimate),
        }
    }

    /// What the policy is told.
    pub(super) fn policy(&self) -> PolicyOptions {
        let PolicyTable {
            allowed_operations,
            blocked_operations,
            allowed_functions,
            masked_columns,
            mask_key_file: _,
            mask_key_env: _,
            max_statement_bytes,
            confirm,
            ..
        } = &self.policy;
        let functions = allowed_functions.iter().flat_map(|functions| &functions.value);
        PolicyOptions {
            allowed_operations: allowed_operations.as_ref().map(|words| kinds(&words.value)),
            blocked_operations: kinds(blocked_operations),
            allowed_functions: functions.map(|function| function.value.clone()).collect(),
            rules: lists::options(&self.policy),
            masked_columns: masked_columns.iter().map(|mask| mask.value.0.clone()).collect(),
            mask_key: None,
            max_statement_bytes: bytes(max_statement_bytes.as_ref())
                .unwrap_or(PolicyOptions::default().max_statement_bytes),
            confirmation: confirm.as_ref().map(|confirm| confirm.options()).unwrap_or_default(),
        }
    }
}

/// A list, and another one that adds to it.
fn added<T: Clone>(mut list: Vec<T>, more: &[T]) -> Vec<T> {
    list.extend(more.iter().cloned());
    list
}

/// All kinds that a list of words stands for.
pub(super) fn kinds(words: &[Located<KindWord>]) -> StatementKinds {
    words.iter().flat_map(|word| word.value.kinds.iter()).collect()
}

fn bytes(said: Option<&Located<super::tables::Bytes>>) -> Option<usize> {
    said.and_then(|said| usize::try_from(said.value.get()).ok())
}

/// Keys that contradict each other, at the place of one of them.
pub(super) fn conflict<T>(at: &Located<T>, problem: String) -> ConfigurationError {
    ConfigurationError::Conflict { place: at.at.to_string(), problem }
}
