//! What the environment and the command line say of every connection, beside the file.
//!
//! Separate because both stand above the file, and yet only ever hold it narrower. Invariant: laying bounds over limits and
//! policy never lets more through; they only take the place of a built-in default.

use std::time::Duration;

use pg_policy::StatementKinds;

use super::entry::{Limits, PolicyOptions};
use super::terms::Terms;

/// Bounds of every connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    /// How long a statement may run.
    pub(super) statement_timeout: Option<Duration>,
    /// Only these kinds of statements.
    pub(super) allowed_operations: Option<StatementKinds>,
    /// Never these kinds of statements.
    pub(super) blocked_operations: StatementKinds,
    /// The longest statement, in bytes.
    pub(super) max_statement_bytes: Option<usize>,
    /// Where nothing says how many bytes an answer may have, it is cut at so many.
    pub(super) answer_bytes: Option<usize>,
}

impl Bounds {
    /// These bounds and another time-out: the narrower one holds.
    pub(super) fn and_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.statement_timeout = self.statement_timeout.into_iter().chain(timeout).min();
        self
    }

    /// The limits of these terms within the bounds.
    pub(super) fn limits(&self, terms: &Terms) -> Limits {
        let mut limits = terms.limits();
        let said = terms.limits.statement_timeout_ms.as_ref().map(|_| limits.statement_timeout);
        if let Some(timeout) = said.into_iter().chain(self.statement_timeout).min() {
            limits.statement_timeout = timeout;
        }
        if let Some(bytes) = self.answer_bytes.filter(|_| terms.limits.max_bytes.is_none()) {
            limits.answer_bytes = bytes.min(limits.max_bytes);
        }
        limits
    }

    /// The policy of these terms within the bounds, or what the two leave nothing of.
    pub(super) fn policy(&self, terms: &Terms) -> Result<PolicyOptions, String> {
        let mut policy = terms.policy();
        policy.blocked_operations.extend(self.blocked_operations.iter());
        if let Some(bound) = &self.allowed_operations {
            let common: StatementKinds = match &policy.allowed_operations {
                Some(allowed) => allowed.iter().filter(|kind| bound.contains(*kind)).collect(),
                None => bound.clone(),
            };
            if common.is_empty() {
                return Err(
                    "ALLOWED_OPERATIONS and allowed_operations have no kind of statement in common: the narrower of \
                     both holds, and nothing is left; change one of them"
                        .to_owned(),
                );
            }
            policy.allowed_operations = Some(common);
        }
        let said = terms.policy.max_statement_bytes.as_ref().map(|_| policy.max_statement_bytes);
        if let Some(bytes) = said.into_iter().chain(self.max_statement_bytes).min() {
            policy.max_statement_bytes = bytes;
        }
        Ok(policy)
    }
}
